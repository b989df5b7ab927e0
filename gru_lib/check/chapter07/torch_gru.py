"""Chapter 7: PyTorch's stack of GRUs, forward, in NumPy."""

from functools import partial

import numpy as np

from ...activations import sigmoid
from ...gru import GRU
from ...interop import load_torch
from ..exercise import Exercise


def _shaped(text, found):
    """Add which shapes differ."""
    for name in ("output", "state"):
        given, right = np.shape(found.yours[name]), np.shape(found.expected[name])
        if given != right:
            text += f" `{name}`: expected shape {right}, got {given}."
    return text


SLIPS = {
    "reset before for after": (
        "The reset gate multiplies the state *before* the product with W_hn. That is the GRU as it "
        "is mostly printed, and another model: PyTorch multiplies the product, bias included."
    ),
    "bias outside the reset": (
        "The bias b_hn stands outside the bracket that the reset gate multiplies. It belongs to "
        "the product with the state."
    ),
    "reset gate left out": (
        "The reset gate makes no difference. In the candidate it multiplies what comes from the "
        "state."
    ),
    "reset on the wrong side": (
        "The reset gate multiplies what comes from the *input*. It multiplies what comes from the "
        "state."
    ),
    "z and 1 - z exchanged": (
        "z multiplies the candidate here. In PyTorch, as in this book, it multiplies the old state."
    ),
    "gates exchanged": (
        "The blocks of r and z have changed places: the order is r, z, n. (Keras has z first.)"
    ),
    "missing transpose": (
        "The state is multiplied by `weight_hh` blocks as they are. They are meant for columns; a "
        "row needs the transpose, `h @ W.T`. No shape complains, since the blocks are square."
    ),
    "bias forgotten": "`bias_hh` is left out. Each product has a bias of its own.",
    "input's bias forgotten": "`bias_ih` is left out. Each product has a bias of its own.",
    "tanh missing": "The candidate is not passed through tanh.",
    "initial state ignored": "The layers begin with zeros. Layer k begins with `h0[k]`.",
    "first layer's initial state for all": (
        "Every layer begins with `h0[0]`. Layer k begins with `h0[k]`."
    ),
    "state of the layer below": (
        "A layer begins with the last state of the layer below it. Layer k begins with `h0[k]`."
    ),
    "first layer's weights for all": (
        "Every layer uses the weights of layer 0. The names of layer k end in `l{k}`."
    ),
    "every layer reads the input": (
        "Every layer reads `x`. Layer k reads the states of layer k - 1."
    ),
    "batch and time exchanged": (
        "The first axis of `x` is taken for time. With `batch_first=True` it is the batch, and "
        "time is the second."
    ),
    "first layer only": partial(_shaped, "Only the first layer has run."),
    "last layer's state only": partial(
        _shaped, "`state` is that of the last layer. It should have one row per layer."
    ),
    "last step only": partial(
        _shaped, "`output` is the state after the last step. All steps are asked for."
    ),
    "first layer's output": (
        "`output` is that of the first layer. The last layer's states are asked for."
    ),
    "one step too few": "`state` is the state before the last step, not after it.",
}


def _draw(rng, i):
    batch, time = ((1, 1), (1, 3), (2, 2), (3, 2), (1, 2), (3, 3))[i % 6]
    inputs, hidden, layers = ((1, 1, 1), (2, 2, 2), (3, 2, 2), (2, 3, 1), (3, 3, 3))[i % 5]
    weights = {}
    for k in range(layers):
        weights[f"weight_ih_l{k}"] = rng.normal(size=(3 * hidden, hidden if k else inputs))
        weights[f"weight_hh_l{k}"] = rng.normal(size=(3 * hidden, hidden))
        weights[f"bias_ih_l{k}"] = rng.normal(size=3 * hidden)
        weights[f"bias_hh_l{k}"] = rng.normal(size=3 * hidden)
    return {
        "x": rng.normal(size=(batch, time, inputs)),
        "h0": rng.uniform(-1, 1, size=(layers, batch, hidden)),
        "weights": weights,
    }


def _truth(x, h0, weights):
    """The package's layers, one after the other."""
    state = []
    for k, h in enumerate(h0):
        own = {name.replace(f"_l{k}", "_l0"): w for name, w in weights.items() if f"_l{k}" in name}
        layer = GRU(x.shape[2], h.shape[1], reset="after")
        load_torch(layer, own)
        x, last = layer.forward(x, h)
        state.append(last)
    return x, np.array(state)


def _variant(x, h0, weights, slips=frozenset()):
    source = x.swapaxes(0, 1) if "batch and time exchanged" in slips else x
    outputs, state = [], []
    for k, h in enumerate(h0):
        h = 0 * h if "initial state ignored" in slips else h
        h = h0[0] if "first layer's initial state for all" in slips else h
        h = state[-1] if "state of the layer below" in slips and k else h
        below = outputs[-1] if k and "every layer reads the input" not in slips else source
        j = 0 if "first layer's weights for all" in slips else k
        names = "weight_ih", "weight_hh", "bias_ih", "bias_hh"
        states = [h]
        for t in range(below.shape[1]):
            own = [weights[f"{name}_l{j}"] for name in names]
            states.append(_step(below[:, t], states[-1], *own, slips))
        outputs.append(np.stack(states[1:], axis=1))
        state.append(states[-2 if "one step too few" in slips else -1])
        if "first layer only" in slips:
            break
    output = outputs[0 if "first layer's output" in slips else -1]
    if "batch and time exchanged" in slips:
        output = output.swapaxes(0, 1)
    output = output[:, -1] if "last step only" in slips else output
    return output, np.array(state[-1:] if "last layer's state only" in slips else state)


def _step(x, h, W_i, W_h, b_i, b_h, slips):
    """One step of one layer."""
    b_i = 0 * b_i if "input's bias forgotten" in slips else b_i
    b_h = 0 * b_h if "bias forgotten" in slips else b_h
    turned = [w if "missing transpose" in slips else w.T for w in np.split(W_h, 3)]
    given = np.split(x @ W_i.T + b_i, 3, axis=1)
    known = [h @ w + b for w, b in zip(turned, np.split(b_h, 3), strict=True)]
    r, z = (sigmoid(given[j] + known[j]) for j in (0, 1))
    r, z = (z, r) if "gates exchanged" in slips else (r, z)
    b_hn = np.split(b_h, 3)[2]
    a = given[2] + r * known[2]
    if "reset before for after" in slips:
        a = given[2] + (r * h) @ turned[2] + b_hn
    if "bias outside the reset" in slips:
        a = given[2] + r * (known[2] - b_hn) + b_hn
    if "reset gate left out" in slips:
        a = given[2] + known[2]
    if "reset on the wrong side" in slips:
        a = r * given[2] + known[2]
    n = a if "tanh missing" in slips else np.tanh(a)
    z = 1 - z if "z and 1 - z exchanged" in slips else z
    return (1 - z) * n + z * h


EXERCISE = Exercise(
    name="torch_gru",
    outputs=("output", "state"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x, h0, weights: {
        "batch": x.shape[0],
        "time": x.shape[1],
        "inputs": x.shape[2],
        "hidden": h0.shape[2],
        "layers": len(h0),
    },
)


def torch_gru(answer):
    """Check PyTorch's stack of GRUs, forward, from the weights as PyTorch stores them.

    Args:
        answer: function `(x, h0, weights) -> (output, state)`. `x (batch, time, input)`,
            `h0 (layers, batch, hidden)`, and a dictionary with `weight_ih_l{k}`, `weight_hh_l{k}`,
            `bias_ih_l{k}` and `bias_hh_l{k}` for each layer; `output (batch, time, hidden)` are the
            last layer's states, `state (layers, batch, hidden)` every layer's last one.

    Returns:
        A `Verdict`. The truth is a `GRU` of the package with `reset="after"` per layer, filled by
        `load_torch`, which is tested against PyTorch (chapter 7, math-torch-gru).

    """
    return EXERCISE.check(answer)
