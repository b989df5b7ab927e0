"""Chapter 1, the project: the gradients that recipe A should have had."""

import numpy as np

from ...activations import sigmoid
from ...gradcheck import complex_step
from ..exercise import Exercise
from .recipe_a import SLIPS

PRODUCTS = {slip for slip in SLIPS if slip.startswith("product with the weights")}


def _draw(rng, i):
    batch, hidden = 1 + i // 2 % 4, 1 + i // 3 % 4
    time = (2, 3, 2, 9, 1, 12, 4)[i % 7]  # some longer than recipe A's truncation
    return {
        "x": 2 * rng.normal(size=(batch, time, 1)),
        "y": 4 * rng.normal(size=(batch, 1)),
        "U": rng.normal(size=(1, hidden)),
        "W": 1.5 * rng.normal(size=(hidden, hidden)),
        "V": 2 * rng.normal(size=(hidden, 1)),
        "clip": float(rng.uniform(0.05, 0.6)) if i % 3 == 2 or i == 1 else 20.0,
    }


def _truth(x, y, U, W, V, clip):
    weights = [matrix.astype(complex) for matrix in (U, W, V)]

    def loss():
        h = np.zeros((len(x), len(W)))
        for t in range(x.shape[1]):
            h = sigmoid(x[:, t] @ weights[0] + h @ weights[1])
        return np.mean((h @ weights[2] - y) ** 2) / 2

    return tuple(np.clip(complex_step(loss, matrix), -clip, clip) for matrix in weights)


def _variant(x, y, U, W, V, clip, slips=frozenset()):
    if "clip each window by itself" in slips:
        rest = slips - {"clip each window by itself"}
        each = [_variant(x[i : i + 1], y[i : i + 1], U, W, V, clip, rest) for i in range(len(x))]
        return tuple(np.mean(gradients, axis=0) for gradients in zip(*each, strict=True))
    a, h = _states(x, U, W, slips)
    windows = 1 if slips & {"sum for mean", "clip before the mean"} else len(x)
    if "recipe A as it is" in slips:
        return _recipe_a(x, h, h[-1] @ V - y, (U, W), clip, slips)
    error = (h[-1] @ V - y * ("target not used" not in slips)) / windows
    error = error / len(x) if "divided by the batch twice" in slips else error
    error = error * (2 if "half forgotten" in slips else 1) * (-1 if "sign" in slips else 1)
    dh = error * (1 if "path forgotten: V" in slips else V.T)
    if "error missing on the way back" in slips:
        dh = np.ones_like(error) @ V.T / windows
    dh = np.broadcast_to(dh, h[-1].shape) * (len(x) if "sum for mean in dU and dW" in slips else 1)
    counts = np.ones((len(x), 1))
    if "accumulators not reset between windows" in slips:
        counts = np.arange(len(x), 0, -1)[:, None]
    terms = _walk(x, a, h, dh * counts, (U, W), clip, slips)
    dU, dW = (_total(steps, clip, slips) for steps in zip(*terms, strict=True))
    if "not shared through time" in slips:
        dU = np.concatenate([term for term, _ in reversed(terms)])
    read = sum(h[1:]) if "readout at every step" in slips else h[-1]
    dV = read.T @ (error * counts) * (len(x) if "sum for mean in dV" in slips else 1)
    return _clipped((dU, dW, dV), clip, len(x), slips)


def _recipe_a(x, h, error, weights, clip, slips):
    """Return what recipe A takes for the gradients, added up over the windows."""
    U, W = weights
    clip = np.inf if "argument not used" in slips else clip
    totals = [np.zeros_like(U), np.zeros_like(W), np.zeros_like(h[0].T @ error)]
    walked = [np.zeros_like(U), np.zeros_like(W)]
    for t in range(x.shape[1]):
        for _ in range(min(t, 5)):  # an inner loop that never uses its index
            walked[0] += np.sum(x[:, t] * U, axis=0)
            walked[1] += np.sum(h[t] @ W, axis=0)
        steps = [*walked, h[t + 1].T @ error]
        totals = [np.clip(a + b, -clip, clip) for a, b in zip(totals, steps, strict=True)]
    return totals


def _states(x, U, W, slips):
    """Return all pre-activations and all states, h_0 included."""
    squeeze = np.tanh if "tanh for sigmoid" in slips else sigmoid
    W = W.T if "forward pass with the transpose" in slips else W
    first = np.zeros((len(x), len(W)))
    for _ in x[1:]:  # each window's state needs that of the one before
        if "state carried between windows" in slips:
            first[1:] = _run(x, first, U, W, squeeze)[1][-1][:-1]
    return _run(x, first, U, W, squeeze)


def _run(x, first, U, W, squeeze):
    a, h = [], [first.copy()]
    for t in range(x.shape[1]):
        a.append(x[:, t] @ U + h[t] @ W)
        h.append(squeeze(a[t]))
    return a, h


def _walk(x, a, h, dh, weights, clip, slips):
    """Return each step's terms of dU and dW, the last step's first."""
    terms, entering, W = [], dh, weights[1]
    for t in reversed(range(len(a))):
        t = len(a) - 1 if "inner index never used" in slips else t
        da = dh * _slope(a, h, t, slips)
        da = np.clip(da, -clip, clip) if "clip on the way back" in slips else da
        before = h[t + 1] if "this state for the one before" in slips else h[t]
        pairs = [(x[:, t], da), (before, da)]
        if slips & PRODUCTS:
            share = len(x) if any("averaged" in slip for slip in slips & PRODUCTS) else 1
            pairs = [
                (left, left @ matrix / share)
                for (left, _), matrix in zip(pairs, weights, strict=True)
            ]
        if any("every row" in slip for slip in slips):
            pairs = [(np.ones_like(left), right) for left, right in pairs]
        terms.append([left.T @ right for left, right in pairs])
        back = dh if "slope lost on the way back" in slips else da
        dh = back @ (W if "missing transpose" in slips else W.T)
        dh = entering if "dh not carried back" in slips else dh
        dh = dh + entering if "error added at every step" in slips else dh
        dh = np.clip(dh, -clip, clip) if "clip on the way back, by the state" in slips else dh
    return terms


def _slope(a, h, t, slips):
    t = len(a) - 1 if "derivative of the last step" in slips else t
    if "derivative missing" in slips:
        return 1
    if "derivative at the last step only" in slips and t < len(a) - 1:
        return 1
    if slips & {"derivative of the wrong function", "tanh for sigmoid"}:
        return 1 - h[t + 1] ** 2
    out = a[t] if "derivative at the pre-activation" in slips else h[t + 1]
    out = h[t] if "slope of the step before" in slips else out
    out = sigmoid(out) if "sigmoid of a sigmoid" in slips else out
    return out * (1 - out)


def _total(steps, clip, slips):
    """Add up one weight's terms, the last step's first."""
    every = len(steps)
    if "last step only" in slips:
        steps = steps[:1]
    elif "truncated, five steps crossed" in slips:
        steps = steps[:6]
    elif "truncated, five steps visited" in slips:
        steps = steps[:5]
    elif "= for +=" in slips:
        steps = steps[-1:]
    time = len(steps)
    counts = np.ones(time)
    if "accumulators not reset" in slips:
        counts = np.arange(time, 0, -1)
    elif "accumulators not reset, walking forwards" in slips:
        counts = np.arange(1, time + 1)
    elif "inner index never used, only counted" in slips:
        counts = np.arange(time - 1, -1, -1)
    total = np.zeros_like(steps[0])
    if "clip inside the loop, walking forwards" in slips:
        counts, steps = counts[::-1], steps[::-1]
    for count, step in zip(counts, steps, strict=True):
        step = np.clip(step, -clip, clip) if "clip each step by itself" in slips else step
        total = total + count * step
        if slips & {"clip inside the loop", "clip inside the loop, walking forwards"}:
            total = np.clip(total, -clip, clip)
    return total / every if "averaged over all steps" in slips else total


def _clipped(gradients, clip, batch, slips):
    joint = np.sqrt(sum(np.sum(g**2) for g in gradients))
    if "argument not used" in slips:
        return gradients
    if "clip each step by itself" in slips:
        return (*gradients[:2], np.clip(gradients[2], -clip, clip))
    if "clip by the norm" in slips:
        return tuple(g * min(1, clip / joint) for g in gradients)
    if "clip each array by itself" in slips:
        norms = [max(np.linalg.norm(g), clip) for g in gradients]
        return tuple(g * clip / norm for g, norm in zip(gradients, norms, strict=True))
    low = -np.inf if "clip from above only" in slips else -clip
    share = batch if "clip before the mean" in slips else 1
    return tuple(np.clip(g, low, clip) / share for g in gradients)


EXERCISE = Exercise(
    name="repair",
    outputs=("dU", "dW", "dV"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x, W, **_: {"windows": len(x), "time": x.shape[1], "hidden": len(W)},
)


def repair(answer):
    """Check the gradients of a sine-wave RNN with sigmoid units, read out at the last step.

    Args:
        answer: function `(x, y, U, W, V, clip) -> (dU, dW, dV)`. `x (batch, time, 1)`,
            `y (batch, 1)`; the weights, and so the results, have shapes `(1, hidden)`,
            `(hidden, hidden)` and `(hidden, 1)`. The loss is half the squared error, its mean
            over the windows; each number of the finished gradients is limited to ± `clip`.

    Returns:
        A `Verdict`. The truth is the complex step's derivative of the loss, clipped.

    """
    return EXERCISE.check(answer)
