"""Chapter 3: a whole backward pass through time of an LSTM."""

import numpy as np

from ...activations import sigmoid
from ...lstm import LSTM
from ..exercise import Exercise
from . import back

BOTH = {"path forgotten: the next step", "share for the whole"}


def _with_reach(text):
    """Return an explanation that ends with the size of dx at the first step, yours and right."""

    def explain(found):
        yours, right = (np.linalg.norm(d["dx"][:, 0]) for d in (found.yours, found.expected))
        return (
            f"{text} At the first step your `dx` has norm {yours:.3g}, the right one {right:.3g}."
        )

    return explain


SLIPS = {
    "gates exchanged": (
        "These are the gradients of another network: one whose blocks stand in the order i, f, g, "
        "o. Here the third block is the output gate's and the fourth the candidate's."
    ),
    "gates exchanged on the way back": (
        "On the way back the blocks of `da` stand in the order i, f, g, o. The forward pass and "
        "the weights have i, f, o, g."
    ),
    "path forgotten: the loss at earlier steps": (
        "Only the last step's `dh` is used. The loss may read every state: at each step `dh[:, t]` "
        "is added to what comes back from later."
    ),
    "= for +=": (
        "The weights' gradients are overwritten at each step: what is left is the first step's "
        "contribution. The same weights are used at every step, and their gradients add up."
    ),
    "last step only": _with_reach(
        "Only the last step's contribution is there. The weights are used at every step, so the "
        "walk goes back to the first."
    ),
    "one step too few": _with_reach("The walk ends one step too early: it never visits the first."),
    "this state for the one before": (
        "The gradient of `W_h` uses the state after the step where the one before belongs: the "
        "product in the forward pass is h_{t-1} W_h."
    ),
    "averaged over all steps": (
        "The weights' gradients are divided by the number of steps. They are sums over the steps; "
        "how much each step counts is in `dh` already."
    ),
    "mean for sum": (
        "The weights' gradients are divided by the number of sequences. They are sums over the "
        "batch; if the loss is a mean, `dh` has that factor in it already."
    ),
    "forget gate of the step before": (
        "The cell's share is passed on with the forget gate of the step *before*. From c_t to "
        "c_{t-1} it passes the gate of step t, which multiplied c_{t-1} in the forward pass."
    ),
    "bias forgotten": "The forward pass leaves out the bias: these are the gradients at b = 0.",
    "memory not carried": (
        "In the forward pass every step begins with an empty memory, c_{t-1} = 0. The state of an "
        "LSTM is the pair of h and c, and both are carried."
    ),
    "squeezed before it is carried": (
        "In the forward pass the memory is squeezed by a tanh before it is carried on. The tanh is "
        "for what is shown; c itself goes to the next step as it is."
    ),
    "one array for all memories": (
        "All memories that were kept are the last one. A line such as `c *= f` or `c += i * g` "
        "writes into the very array that is in the list already, as often as it was put there. "
        "Let each step make a new array, or keep copies."
    ),
    "one array for all states": (
        "All states that were kept are the last one: one array is in the list again and again, and "
        "every step writes into it. Let each step make a new array, or keep copies."
    ),
    "order of the walk": (
        "The numbers of `dx` are right and stand in the order in which the walk finds them, the "
        "last step first. `dx[:, t]` belongs to step t."
    ),
    "walks forwards": (
        "The walk goes from the first step to the last. A step back needs what comes from *later* "
        "steps, so it begins at the end."
    ),
    "off by one": (
        "The loss's shares are taken one place off: at each step `dh` of the step before is used."
    ),
    "+= for = in the state's share": (
        "The share of the state piles up from step to step. A share belongs to one step: each step "
        "back makes a new one, which replaces the old."
    ),
    "+= for = in the cell's share": (
        "The share of the cell state piles up from step to step. The step back has used up the old "
        "one, it is in the whole gradient; the new one replaces it."
    ),
    "axes exchanged": (
        "The first axis of `x` and `dh` is taken for the time and the second for the batch. It is "
        "the other way round: `x[:, t]` is step t of all sequences. With one sequence of one step "
        "both are the same."
    ),
    # With a memory's share of zero to begin with, these two are the same as "dc not carried".
    **{k: v for k, v in back.SLIPS.items() if k not in BOTH},
    "da not carried back": (
        "Nothing comes back through the four gates: the share of the state before is zero, or it "
        "is computed and not added to `dh[:, t]`, which is the loss's own share and not the whole. "
        "A published LSTM template leaves it out. The state before is read by all four "
        "pre-activations, and each of them sends its gradient back through its weights."
    ),
}


def _draw(rng, i):
    batch, time, inputs, hidden = 1 + i % 3, 1 + (i + 1) % 5, 1 + i // 2 % 3, 1 + i // 3 % 4
    states = (batch, time, hidden)
    return {
        "x": rng.normal(size=(batch, time, inputs)),
        "dh": rng.uniform(0.5, 2, states) * rng.choice([-1, 1], states),
        "W_x": rng.normal(size=(inputs, 4 * hidden)),
        "W_h": rng.normal(size=(hidden, 4 * hidden)),
        "b": rng.normal(size=4 * hidden),
    }


def _truth(x, dh, W_x, W_h, b):
    """The package's own layer, whose gradients the complex step has confirmed."""
    layer = LSTM(len(W_x), len(W_h))
    layer.params["W_x"][...], layer.params["W_h"][...], layer.params["b"][...] = W_x, W_h, b
    layer.forward(x)
    dx, _ = layer.backward(dh)
    return layer.grads["W_x"], layer.grads["W_h"], layer.grads["b"], dx


def _forward(x, W_x, W_h, b, slips):
    """Return for every step i, f, o, g, c_prev and c, and the states before and after."""
    h = c = np.zeros((len(x), len(W_h)))
    steps, states = [], [h]
    for x_t in x.swapaxes(0, 1):
        a = x_t @ W_x + h @ W_h + (0 if "bias forgotten" in slips else b)
        a_i, a_f, a_o, a_g = np.split(a, 4, axis=1)
        if "gates exchanged" in slips:
            a_o, a_g = a_g, a_o
        i, f, o, g = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o), np.tanh(a_g)
        c_prev = np.zeros_like(c) if "memory not carried" in slips else c
        c = f * c_prev + i * g
        h = o * np.tanh(c)
        steps.append((i, f, o, g, c_prev, c))
        states.append(h)
        if "squeezed before it is carried" in slips:
            c = np.tanh(c)
    if "one array for all memories" in slips:
        steps = [(*gates, c, c) for *gates, _, _ in steps]
    if "one array for all states" in slips:
        states = [h] * len(states)
    return steps, states


def _variant(x, dh, W_x, W_h, b, slips=frozenset()):
    if "axes exchanged" in slips:
        x, dh = x.swapaxes(0, 1), dh.swapaxes(0, 1)
        *grads, dx = _variant(x, dh, W_x, W_h, b, slips - {"axes exchanged"})
        return (*grads, dx.swapaxes(0, 1))
    steps, states = _forward(x, W_x, W_h, b, slips)
    grads = [np.zeros_like(W) for W in (W_x, W_h, b)]
    dx, time = np.zeros_like(x), len(steps)
    W_back = W_h
    exchanged = {"gates exchanged", "gates exchanged on the way back"} & slips
    if "gates exchanged" in slips:  # the blocks' weights, in the order of back.GATES
        W_back = np.concatenate([np.split(W_h, 4, axis=1)[k] for k in (0, 1, 3, 2)], axis=1)
    dh_share = dc_share = np.zeros_like(states[0])
    first = time - 1 if "last step only" in slips else int("one step too few" in slips)
    for t in range(time) if "walks forwards" in slips else reversed(range(first, time)):
        dh_t, kept = dh_share, (dh_share, dc_share)
        if t == time - 1 or "path forgotten: the loss at earlier steps" not in slips:
            dh_t = dh_share + dh[:, t - ("off by one" in slips)]
        da, dh_share, dc_share = back.step_back(dh_t, dc_share, *steps[t], W_back, slips)
        da = np.concatenate([da[k] for k in ((0, 1, 3, 2) if exchanged else range(4))], axis=1)
        if "gates exchanged on the way back" in slips:
            dh_share = da @ W_h.T
        if "forget gate of the step before" in slips and t:
            dc_share = dc_share / steps[t][1] * steps[t - 1][1]
        dh_share = dh_share + kept[0] * ("+= for = in the state's share" in slips)
        dc_share = dc_share + kept[1] * ("+= for = in the cell's share" in slips)
        before = states[t + 1] if "this state for the one before" in slips else states[t]
        terms = x[:, t].T @ da, before.T @ da, da.sum(axis=0)
        for grad, term in zip(grads, terms, strict=True):
            grad[...] = term if "= for +=" in slips else grad + term
        dx[:, t] = da @ W_x.T
    if "averaged over all steps" in slips:
        grads = [grad / time for grad in grads]
    if "mean for sum" in slips:
        grads = [grad / len(x) for grad in grads]
    return (*grads, dx[:, ::-1] if "order of the walk" in slips else dx)


EXERCISE = Exercise(
    name="lstm_bptt",
    outputs=("dW_x", "dW_h", "db", "dx"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x, W_h, **_: {"batch": len(x), "time": x.shape[1], "hidden": len(W_h)},
)


def lstm_bptt(answer):
    """Check backpropagation through time of an LSTM that begins with zeros.

    Args:
        answer: function `(x, dh, W_x, W_h, b) -> (dW_x, dW_h, db, dx)`. `x (batch, time, input)`;
            `dh (batch, time, hidden)` has the loss's own share for every state; `W_x (input, 4 *
            hidden)`, `W_h (hidden, 4 * hidden)` and `b (4 * hidden,)` have their blocks in the
            order i, f, o, g. Each result has the shape of its array.

    Returns:
        A `Verdict`. The truth is `gru_lib.LSTM`, which the complex step has confirmed (chapter 3,
        eq-lstm-dc to eq-lstm-dh-prev, and the sums over time for the weights).

    """
    return EXERCISE.check(answer)
