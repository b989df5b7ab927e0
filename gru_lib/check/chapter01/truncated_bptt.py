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
    "missing transpose": (
        "The step back multiplies by `W_h` where `W_h.T` belongs: forwards unit i sends `W_h[i, j]`"
        " to unit j, so backwards unit i hears from j by the same number."
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
    "one step too many": "The walk crosses k + 1 recurrent steps: it visits one step too many.",
    "truncation ignored": "`k` makes no difference: this is the full gradient.",
    "this state for the one before": (
        "The gradient of `W_h` uses the state h_t where the one before, h_{t-1}, belongs: the "
        "product in the forward pass is `h_prev @ W_h`."
    ),
    "product with the weights": (
        "The updates are products with the weights, `x_t W_x` and `h_prev W_h`, where the gradient "
        "with respect to the pre-activation belongs. Such an update never sees the target: a "
        "published recipe does this, and its curve goes down because the readout learns."
    ),
}


def _draw(rng, i):
    time, inputs, hidden = (1 + i % 5, 1 + i // 2 % 3, 1 + i // 3 % 4)
    return {
        "x": rng.normal(size=(time, inputs)),
        "dh": rng.normal(size=hidden),
        "W_x": rng.normal(size=(inputs, hidden)),
        "W_h": rng.normal(size=(hidden, hidden)),
        "b": rng.normal(size=hidden),
        "k": int(rng.integers(0, 5)),
    }


def _truth(x, dh, W_x, W_h, b, k):
    """Differentiate dh · h_T, computed from a state frozen k + 1 steps before the end."""
    start = max(len(x) - 1 - k, 0)
    h = np.zeros(len(b))
    for x_t in x[:start]:
        h = np.tanh(x_t @ W_x + h @ W_h + b)
    weights = [W.astype(complex) for W in (W_x, W_h, b)]

    def loss():
        state = h
        for x_t in x[start:]:
            state = np.tanh(x_t @ weights[0] + state @ weights[1] + weights[2])
        return dh @ state

    return tuple(complex_step(loss, W) for W in weights)


def _variant(x, dh, W_x, W_h, b, k, slips=frozenset()):
    a, h = [], [np.zeros(len(b))]
    for x_t in x:
        a.append(x_t @ W_x + h[-1] @ W_h + b)
        h.append(np.tanh(a[-1]))
    crossed = k - ("one step too few" in slips) + ("one step too many" in slips)
    crossed = len(x) if "truncation ignored" in slips else crossed
    crossed = 0 if "last step only" in slips else crossed
    grads = [np.zeros_like(W) for W in (W_x, W_h, b)]
    for t in range(len(x) - 1, max(len(x) - 2 - crossed, -1), -1):
        out = a[t] if "derivative at the pre-activation" in slips else h[t + 1]
        da = dh * (1 if "derivative missing" in slips else 1 - out**2)
        before = h[t + 1] if "this state for the one before" in slips else h[t]
        terms = [np.outer(x[t], da), np.outer(before, da), da]
        if "product with the weights" in slips:
            terms[:2] = [np.outer(x[t], x[t] @ W_x), np.outer(before, before @ W_h)]
        for grad, term in zip(grads, terms, strict=True):
            grad[...] = term if "= for +=" in slips else grad + term
        dh = da @ (W_h if "missing transpose" in slips else W_h.T)
    return tuple(grads)


EXERCISE = Exercise(
    name="truncated_bptt",
    outputs=("dW_x", "dW_h", "db"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x, W_h, k, **_: {"time": len(x), "hidden": len(W_h), "k": k},
)


def truncated_bptt(answer):
    """Check truncated backpropagation through time, with one loss, at the last step.

    Args:
        answer: function `(x, dh, W_x, W_h, b, k) -> (dW_x, dW_h, db)`. `x (time, input)` is one
            sequence, `dh (hidden,)` the gradient of the loss with respect to the last state; the
            weights have shapes `(input, hidden)`, `(hidden, hidden)` and `(hidden,)`, the network
            begins with a state of zeros, and the gradient crosses at most `k` recurrent steps.

    Returns:
        A `Verdict`. The truth is the complex step's derivative of the loss, computed from a state
        that is held fixed k + 1 steps before the end (chapter 1, eq-rnn-da to eq-rnn-dwhh).

    """
    return EXERCISE.check(answer)
