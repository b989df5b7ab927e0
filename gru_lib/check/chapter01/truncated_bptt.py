"""Chapter 1: truncated backpropagation through time."""

import numpy as np

from ...gradcheck import complex_step
from ..exercise import Exercise

SLIPS = {
    "derivative at the pre-activation": (
        "The derivative of tanh is taken at the wrong place. `1 - h**2` is right for the *output* "
        "h = tanh(a); your numbers are those of `1 - a**2`, the same formula with the "
        "pre-activation put in."
    ),
    "derivative missing": (
        "The derivative of tanh is missing: the gradient passes each step as if the cell were "
        "linear. Multiply by `1 - h**2` before anything else."
    ),
    "derivative of the wrong function": (
        "The slope is that of the sigmoid, h (1 - h). The units here are tanh: `1 - h**2`."
    ),
    "derivative at the last step only": (
        "The slope comes in once, at the last step; from there the gradient goes back through "
        "`W_hh.T` alone. Every step has a tanh, so at each one its slope is a factor."
    ),
    "derivative of the last step": (
        "The slope of the last step is used at every step. Each step has its own: it depends on "
        "that step's state."
    ),
    "tanh of a tanh": (
        "The slope is `1 - tanh(h)**2`, and `h` is a tanh already. In terms of the output it is "
        "`1 - h**2`."
    ),
    "missing transpose": (
        "The step back multiplies by `W_hh` where `W_hh.T` belongs: forwards unit i sends "
        "`W_hh[i, j]` to unit j, so backwards unit i hears from j by the same number."
    ),
    "last step only": (
        "Only the last step's contribution is there. The weights are used at every step, so their "
        "gradient is a sum over the steps that the walk visits."
    ),
    "= for +=": (
        "The gradient is overwritten at each step instead of added up: what is left is the last "
        "step visited, the earliest one. Use `+=`."
    ),
    "one step too few": (
        "The walk crosses k - 1 recurrent steps. With k = 0 the last step still counts; with "
        "k = 1 there are two of them."
    ),
    "one step too few, at least one": (
        "The walk visits k steps, or one where k = 0. Crossing k recurrent steps means visiting "
        "k + 1 of them: with k = 1 there are two."
    ),
    "one step too many": "The walk crosses k + 1 recurrent steps: it visits one step too many.",
    "truncation ignored": "`k` makes no difference: this is the full gradient.",
    "truncation of W_hh only": (
        "`k` shortens the walk for `dW_hh` only; `dW_xh` and `db_h` are those of the full "
        "gradient. What is cut is the way back, and it is the same way for all three."
    ),
    "cut at fixed chunks": (
        "The sequence is cut into chunks of k + 1 steps, counted from its start, and the walk ends "
        "where the last chunk begins. So it may cross fewer than k steps. That is the chapter's "
        "second meaning of truncation; this is the first, counted from the end."
    ),
    "walk past the beginning": (
        "Where k is T or more the walk does not end at the first step: it goes on to step 0 and "
        "below. A negative index counts from the *end* of an array, and raises only when it "
        "leaves that, too."
    ),
    "k taken for a place": (
        "`k` is taken for the place where the walk ends: it visits T - k steps. It is a count of "
        "recurrent steps crossed from the end, so with k = 0 only the last step is visited."
    ),
    "forward pass cut off": (
        "The forward pass begins with a state of zeros where the gradient is cut. Truncation "
        "stops the gradient only; the state comes from all steps before."
    ),
    "walk in the wrong direction": (
        "The walk begins at the earliest of its steps and goes forwards. `dh` is the gradient "
        "of the *last* state, so it begins there and goes back."
    ),
    "this state for the one before": (
        "The gradient of `W_hh` uses the state h_t where the one before, h_{t-1}, belongs: the "
        "product in the forward pass is `h_prev @ W_hh`."
    ),
    "slope lost on the way back": (
        "What goes to the step before is `dh` times `W_hh.T`: the slope of this step is lost on "
        "the way. The pre-activation's gradient goes back, and it contains the slope."
    ),
    "dh not carried back": (
        "Every step begins with the same `dh`. That is the gradient of the last state; the states "
        "before receive theirs through `W_hh`, step by step."
    ),
    "loss at every step": (
        "`dh` is added again at every step, as if each state had a loss of its own. Here the loss "
        "reads the last state only."
    ),
    "bias forgotten": "The states are computed without the bias `b_h`.",
    "forward pass with the transpose": (
        "The forward pass multiplies by the transpose of `W_hh`, so all states are other ones. "
        "States are rows: `h_prev @ W_hh`."
    ),
    "product with the weights": (
        "The updates are products with the weights, `x_t W_xh` and `h_prev W_hh`, where the "
        "gradient with respect to the pre-activation belongs. Such an update never sees the "
        "target: a published recipe does this, and its curve goes down because the readout learns."
    ),
}


def _draw(rng, i):
    time, inputs, hidden = (1 + i % 5, 1 + i // 2 % 3, 1 + i // 3 % 4)
    return {
        "x": rng.normal(size=(time, inputs)),
        "dh": rng.normal(size=hidden),
        "W_xh": rng.normal(size=(inputs, hidden)),
        "W_hh": rng.normal(size=(hidden, hidden)),
        "b_h": rng.normal(size=hidden),
        "k": int(rng.integers(0, 5)),
    }


def _truth(x, dh, W_xh, W_hh, b_h, k):
    """Differentiate dh · h_T, computed from a state frozen k + 1 steps before the end."""
    start = max(len(x) - 1 - k, 0)
    h = np.zeros(len(b_h))
    for x_t in x[:start]:
        h = np.tanh(x_t @ W_xh + h @ W_hh + b_h)
    weights = [W.astype(complex) for W in (W_xh, W_hh, b_h)]

    def loss():
        state = h
        for x_t in x[start:]:
            state = np.tanh(x_t @ weights[0] + state @ weights[1] + weights[2])
        return dh @ state

    return tuple(complex_step(loss, W) for W in weights)


def _variant(x, dh, W_xh, W_hh, b_h, k, slips=frozenset()):
    visited = _visited(len(x), k, slips)
    a, h = _states(x, W_xh, W_hh, b_h, min(visited, default=0), slips)
    grads = [np.zeros_like(W) for W in (W_xh, W_hh, b_h)]
    entering = dh
    for t in visited:
        da = dh * _slope(a, h, t, slips)
        before = h[t + 1] if "this state for the one before" in slips else h[t]
        terms = [np.outer(x[t], da), np.outer(before, da), da]
        if "truncation of W_hh only" in slips and t < len(x) - 1 - k:
            terms[1] = 0
        if "product with the weights" in slips:
            terms[:2] = [np.outer(x[t], x[t] @ W_xh), np.outer(before, before @ W_hh)]
        for grad, term in zip(grads, terms, strict=True):
            grad[...] = term if "= for +=" in slips else grad + term
        back = dh if "slope lost on the way back" in slips else da
        dh = back @ (W_hh if "missing transpose" in slips else W_hh.T)
        dh = entering if "dh not carried back" in slips else dh
        dh = dh + entering if "loss at every step" in slips else dh
    return tuple(grads)


def _visited(time, k, slips):
    """Return the steps of the walk, counted from 0, in its order."""
    crossed = k - ("one step too few" in slips) + ("one step too many" in slips)
    crossed = max(k - 1, 0) if "one step too few, at least one" in slips else crossed
    crossed = (time - 1) % (k + 1) if "cut at fixed chunks" in slips else crossed
    crossed = time - 1 - k if "k taken for a place" in slips else crossed
    crossed = time if slips & {"truncation ignored", "truncation of W_hh only"} else crossed
    crossed = 0 if "last step only" in slips else crossed
    first = time - 1 - crossed
    first = first if "walk past the beginning" in slips else max(first, 0)
    visited = list(range(time - 1, first - 1, -1))
    return visited[::-1] if "walk in the wrong direction" in slips else visited


def _states(x, W_xh, W_hh, b_h, first, slips):
    """Return all pre-activations and all states, h_0 included."""
    a, h = [], [np.zeros(len(b_h))]
    for t, x_t in enumerate(x):
        if t == first and "forward pass cut off" in slips:
            h[-1] = np.zeros(len(b_h))
        forth = W_hh.T if "forward pass with the transpose" in slips else W_hh
        a.append(x_t @ W_xh + h[-1] @ forth + b_h * ("bias forgotten" not in slips))
        h.append(np.tanh(a[-1]))
    return a, h


def _slope(a, h, t, slips):
    t = len(a) - 1 if "derivative of the last step" in slips else t
    if "derivative missing" in slips:
        return 1
    if "derivative at the last step only" in slips and t < len(a) - 1:
        return 1
    if "derivative of the wrong function" in slips:
        return h[t + 1] * (1 - h[t + 1])
    if "tanh of a tanh" in slips:
        return 1 - np.tanh(h[t + 1]) ** 2
    return 1 - (a[t] if "derivative at the pre-activation" in slips else h[t + 1]) ** 2


EXERCISE = Exercise(
    name="truncated_bptt",
    outputs=("dW_xh", "dW_hh", "db_h"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x, W_hh, k, **_: {
        "time": len(x),
        "hidden": len(W_hh),
        "k": k,
        "steps visited": min(len(x), k + 1),
    },
)


def truncated_bptt(answer):
    """Check truncated backpropagation through time, with one loss, at the last step.

    Args:
        answer: function `(x, dh, W_xh, W_hh, b_h, k) -> (dW_xh, dW_hh, db_h)`. `x (time, input)`
            is one sequence, `dh (hidden,)` the gradient of the loss with respect to the last
            state; the weights have shapes `(input, hidden)`, `(hidden, hidden)` and `(hidden,)`,
            the network begins with a state of zeros, and the gradient crosses at most `k`
            recurrent steps.

    Returns:
        A `Verdict`. The truth is the complex step's derivative of the loss, computed from a state
        that is held fixed k + 1 steps before the end (chapter 1, eq-rnn-da to eq-rnn-dwhh).

    """
    return EXERCISE.check(answer)
