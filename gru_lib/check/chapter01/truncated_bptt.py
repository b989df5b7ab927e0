"""Chapter 1: truncated backpropagation through time."""

import numpy as np

from ...gradcheck import complex_step
from ..exercise import Exercise
from .bptt_slips import SLIPS


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
    if "loss at every step, each with its own walk" in slips:
        walks = [_variant(x[: t + 1], dh, W_xh, W_hh, b_h, k) for t in range(len(x))]
        return tuple(map(sum, zip(*walks, strict=True)))
    visited = _visited(len(x), k, slips)
    a, h = _states(x, W_xh, W_hh, b_h, min(visited, default=0), slips)
    grads = [np.zeros_like(W) for W in (W_xh, W_hh, b_h)]
    entering = dh
    for t in visited:
        da = dh * _slope(a, h, t, slips)
        before = h[t + 1] if "this state for the one before" in slips else h[t]
        before = h[-1] if "last state for h_0" in slips and t == 0 else before
        terms = _terms(x[t], before, da, (W_xh, W_hh), slips)
        uncrossed = "one step too few, for W_hh" in slips and t == visited[-1]
        if uncrossed or ("truncation of W_hh only" in slips and t < len(x) - 1 - k):
            terms[1] = 0
        for grad, term in zip(grads, terms, strict=True):
            grad[...] = term if "= for +=" in slips else grad + term
        back = dh if "slope lost on the way back" in slips else da
        dh = back @ (W_hh if "missing transpose" in slips else W_hh.T)
        dh = entering if "dh not carried back" in slips else dh
        dh = dh + entering if "loss at every step" in slips else dh
    return tuple(grads)


def _terms(x_t, before, da, weights, slips):
    """Return what one step adds to the three gradients."""
    terms = [np.outer(x_t, da), np.outer(before, da), da]
    if "number by number for the outer product" in slips:
        terms[1] = before * da
    if "number by number for both outer products" in slips:
        terms[:2] = x_t * da, before * da
    if "product with the weights" in slips:
        terms[:2] = [np.outer(row, row @ W) for row, W in zip((x_t, before), weights, strict=True)]
    return terms


def _visited(time, k, slips):
    """Return the steps of the walk, counted from 0, in its order."""
    crossed = k - ("one step too few" in slips) + ("one step too many" in slips)
    crossed = max(k - 1, 0) if "one step too few, at least one" in slips else crossed
    crossed = (time - 1) % (k + 1) if "cut at fixed chunks" in slips else crossed
    crossed = time - 1 - k if "k taken for a place" in slips else crossed
    crossed = time if slips & {"truncation ignored", "truncation of W_hh only"} else crossed
    crossed = 0 if "last step only" in slips else crossed
    if "first steps for the last" in slips:
        return list(range(min(k, time - 1), -1, -1))
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
    if "slope of the step before" in slips:
        return 1 - h[t] ** 2
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
