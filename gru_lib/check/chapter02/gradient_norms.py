"""Chapter 2: the norms of the gradients on the way back through time."""

import numpy as np

from ...gradcheck import complex_step
from ..exercise import Exercise
from .explanations import SLIPS


def _draw(rng, i):
    time, inputs, hidden = (2, 3, 1, 4, 6)[i % 5], 1 + i // 2 % 3, (1, 2, 3, 2, 4, 3, 2)[i % 7]
    dh = rng.normal(size=(time, hidden)) * (30 if i % 4 == 3 else 1)
    if i % 3 == 2:
        dh[:-1] = 0  # the last step alone has a loss
    return {
        "x": rng.normal(size=(time, inputs)),
        "dh": dh,
        "h_0": rng.uniform(-0.9, 0.9, size=hidden),
        "W_xh": 0.6 * rng.normal(size=(inputs, hidden)),
        "W_hh": rng.normal(size=(hidden, hidden)),
        "b_h": 0.6 * rng.normal(size=hidden),
    }


def _truth(x, dh, h_0, W_xh, W_hh, b_h):
    """Differentiate the loss by a push at each state, and by each step's copy of the matrix."""
    T, H = dh.shape
    pushes = np.zeros((T + 1, H), complex)
    copies = np.stack([W_hh] * T).astype(complex)

    def loss():
        h, total = h_0 + pushes[0], 0
        for t in range(T):
            h = np.tanh(x[t] @ W_xh + h @ copies[t] + b_h) + pushes[t + 1]
            total = total + dh[t] @ h
        return total

    by_copy = complex_step(loss, copies)
    norms = np.sqrt(np.sum(complex_step(loss, pushes) ** 2, axis=1))
    parts = np.sqrt(np.sum(by_copy**2, axis=(1, 2)))
    return norms, parts, np.sqrt(np.sum(by_copy.sum(axis=0) ** 2))


def _size(array, slips):
    if "sum of absolute values" in slips:
        return np.abs(array).sum()
    if "largest entry for the norm" in slips:
        return np.abs(array).max()
    squares = np.mean(array**2) if "mean for sum" in slips else np.sum(array**2)
    return squares if "root forgotten" in slips else np.sqrt(squares)


def _slope(a, h, t, slips):
    t = t - 1 if "slope of the step before" in slips and t else t
    t = len(a) - 1 if "slope of the last step" in slips and t else t
    if "derivative missing" in slips:
        return 1.0
    if "derivative of the wrong function" in slips:
        return h[t] * (1 - h[t])
    out = a[t] if "derivative at the pre-activation" in slips else h[t]
    return 1 - (np.tanh(out) if "tanh of a tanh" in slips else out) ** 2


def _part(t, x, h, da, W_hh, slips):
    before = h[t] if "this state for the one before" in slips else h[t - 1]
    if "gradient of the bias" in slips:
        return da
    if "gradient of the input weights" in slips:
        return np.outer(x[t - 1], da)
    return np.outer(before, before @ W_hh if "product with the weights" in slips else da)


def _total(matrices, parts, slips):
    if "sum of norms" in slips:
        return parts.sum()
    if "squares of the parts added" in slips:
        return np.sqrt(np.sum(parts**2))
    matrices = matrices[:1] if "= for +=" in slips else matrices
    matrices = matrices[-1:] if "last step only" in slips else matrices
    whole = np.sum(matrices, axis=0)
    if "spectral norm for the norm of all entries" in slips and whole.ndim == 2:
        return np.linalg.norm(whole, 2)
    return _size(whole, slips) / (len(parts) if "averaged over all steps" in slips else 1)


def _forward(x, h_0, W_xh, W_hh, b_h, slips):
    h = [0 * h_0 if "path forgotten: the initial state" in slips else h_0]
    a = [np.arctanh(h[0])]
    W_hh = W_hh.T if "forward pass with the transpose" in slips else W_hh
    for x_t in x:
        a.append(x_t @ W_xh + h[-1] @ W_hh + (0 if "bias forgotten" in slips else b_h))
        h.append(np.tanh(a[-1]))
    return a, h


def _variant(x, dh, h_0, W_xh, W_hh, b_h, slips=frozenset()):
    a, h = _forward(x, h_0, W_xh, W_hh, b_h, slips)
    T, norms, matrices, back = len(x), [], [], 0 * h_0
    for t in range(T, 0, -1):
        alone = "path forgotten: the earlier losses" in slips and t < T
        direct = 0 * back if alone else dh[t - 1]
        g = direct + back
        if "clipped on the way back" in slips:
            g = np.clip(g, -10, 10)
        da = g * _slope(a, h, t, slips)
        shown = back if "path forgotten: the loss at the step itself" in slips else g
        if "path forgotten: the loss at the step itself, but for the last" in slips and t < T:
            shown = back
        if "path forgotten: the later steps, in the norms" in slips:
            shown = direct
        shown = da if "pre-activation for state" in slips else shown
        norms.append(_size(shown, slips))
        if "norms added" in slips:
            norms[-1] = _size(direct, slips) + _size(back, slips)
        matrices.append(_part(t, x, h, da, W_hh, slips))
        if "derivative counted twice" in slips:
            da = da * _slope(a, h, t, slips)
        da = g if "slope lost on the way back" in slips else da
        back = da @ (W_hh if "missing transpose" in slips else W_hh.T)
        if "matrix before the slope" in slips:
            back = (g @ W_hh.T) * _slope(a, h, t - 1, slips)
        if "path forgotten: the later steps" in slips:
            back = 0 * back
    back = back + dh[-1] if "last loss at h_0" in slips else back
    norms.append(0.0 if "one step too few" in slips else _size(back, slips))
    matrices.reverse()
    parts = np.array([_size(m, slips) for m in matrices])
    total = _total(matrices, parts, slips)
    if "running sum" in slips:
        sums = np.cumsum(matrices[::-1], axis=0)[::-1]
        parts = np.array([_size(m, slips) for m in sums])
    if "order of the walk" in slips:
        return norms, parts[::-1], total
    return norms[::-1], parts, total


EXERCISE = Exercise(
    name="gradient_norms",
    outputs=("norms", "parts", "total"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x, h_0, **_: {"time": len(x), "hidden": len(h_0)},
    loose=("total",),
)


def gradient_norms(answer):
    """Check the norms of the gradients on the way back, for losses at any steps.

    Args:
        answer: function `(x, dh, h_0, W_xh, W_hh, b_h) -> (norms, parts, total)`. `x (time,
            input)`, `dh (time, hidden)` what the loss sends directly to each state, `h_0
            (hidden,)`; `norms (time + 1,)` of ∂L/∂h_t by t, `parts (time,)` of what each step adds
            to the gradient of `W_hh`, and `total`, the norm of that gradient.

    Returns:
        A `Verdict`. The truth is the complex step's derivative by a push at each state and by a
        copy of `W_hh` for each step (chapter 2, math-jacobian-product; chapter 1, eq-rnn-dwhh).

    """
    return EXERCISE.check(answer)
