"""Chapter 7: PyTorch's stack of GRUs, forward, in NumPy."""

import numpy as np

from ...activations import sigmoid
from ...gru import GRU
from ...interop import load_torch
from ..exercise import Exercise
from .stack_slips import SLIPS

NAMES = "weight_ih", "weight_hh", "bias_ih", "bias_hh"
SIZES = ((1, 1, 1), (2, 2, 2), (3, 2, 2), (2, 3, 1), (3, 3, 3))  # inputs, hidden, layers


def _draw(rng, i):
    batch, time = ((1, 1), (1, 3), (2, 2), (3, 2), (1, 2), (3, 3))[i // 2 % 6]
    inputs, hidden, layers = SIZES[i // 2 % 5]
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
        h = h0[-1] if "last layer's initial state for all" in slips else h
        h = state[-1] if "state of the layer below" in slips and k else h
        below = outputs[-1] if k and "every layer reads the input" not in slips else source
        if k and "layer below one step late" in slips:
            below = np.concatenate([h0[k - 1][:, None], below[:, :-1]], axis=1)
        j = 0 if "first layer's weights for all" in slips else k
        own = [_named(weights, name, j, slips) for name in NAMES]
        states = [h]
        for t in range(below.shape[1]):
            states.append(_step(below[:, t], states[-1], *own, slips))
        same = "one array for all steps" in slips
        outputs.append(np.stack(states[-1:] * below.shape[1] if same else states[1:], axis=1))
        state.append(states[-2 if "one step too few" in slips else -1])
        if "first layer only" in slips:
            break
    output = outputs[0 if "first layer's output" in slips else -1]
    if {"batch and time exchanged", "time before batch in the output"} & slips:
        output = output.swapaxes(0, 1)
    output = output[:, -1] if "last step only" in slips else output
    return output, _returned(state, h0, slips)


def _named(weights, name, j, slips):
    """An array of layer j, or of the first."""
    if name == "weight_hh" and "first layer's recurrent weights for all" in slips:
        j = 0
    if name.startswith("bias") and "first layer's biases for all" in slips:
        j = 0
    return weights[f"{name}_l{j}"]


def _returned(state, h0, slips):
    """The states that are handed out."""
    if "last layer's state only" in slips:
        state = state[-1:]
    if "last layer's state only, without an axis" in slips:
        return state[-1]
    if "last layer's state for all" in slips:
        state = state[-1:] * len(state)
    state = np.array(h0 if "initial state returned" in slips else state)
    return state.swapaxes(0, 1) if "batch first in the state" in slips else state


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
    a = _inside(given[2], h, r, turned[2], b_hn, slips)
    n = a if "tanh missing" in slips else np.tanh(a)
    n = sigmoid(a) if "sigmoid for tanh" in slips else n
    z = 1 - z if "z and 1 - z exchanged" in slips else z
    return (1 - z) * n + z * h


def _inside(given, h, r, W, b, slips):
    """What the candidate's tanh is taken of; `given` comes from the input."""
    b = 0 * b if "candidate's second bias forgotten" in slips else b
    r = 1 - r if "r and 1 - r exchanged" in slips else r
    if "reset before for after" in slips:
        return given + (r * h) @ W + b
    if "bias outside the reset" in slips:
        return given + r * (h @ W) + b
    memory = h @ W + b
    if "reset gate left out" in slips:
        return given + memory
    if "reset on the wrong side" in slips:
        return r * given + memory
    if "reset on both sides" in slips:
        return r * (given + memory)
    if "candidate's second bias counted twice" in slips:
        return given + r * memory + b
    return given + r * memory


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
