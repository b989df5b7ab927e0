"""Chapter 2: the Jacobian of one step."""

import numpy as np

from ...activations import sigmoid, sigmoid_derivative
from ...gradcheck import complex_step
from ..exercise import Exercise

SLIPS = {
    "derivative at the pre-activation": (
        "The slope of tanh is taken at the wrong place. `1 - h**2` is right for the output "
        "h = tanh(a); your numbers are those of `1 - a**2`, which can even be negative."
    ),
    "derivative missing": (
        "This is `W_hh` itself: the Jacobian of a linear network. The slopes of tanh are missing."
    ),
    "tanh of a tanh": (
        "The tanh is applied to h_t, which is already a tanh: the slopes are those of "
        "`1 - tanh(h)**2`."
    ),
    "derivative of the wrong function": (
        "h (1 - h) is the slope of the sigmoid. For tanh it is 1 - h², from its output h."
    ),
    "sigmoid for tanh": "The state is that of a sigmoid network. The activation here is tanh.",
    "sum of squares for the squares": (
        "`h @ h` of a row is the sum of the squares, one number for all units. Each unit has a "
        "slope of its own, from its own square: `h * h`, or `h**2`."
    ),
    "square forgotten": "The slopes are 1 - h. The slope of tanh is 1 - h², never above 1.",
    "value for slope": (
        "Column j is multiplied by h_t[j] itself, the value of the tanh. Its slope is wanted, "
        "which is 1 - h² at its output h."
    ),
    "weights missing": (
        "This is the diagonal matrix of the slopes: the derivative of h_t by a_t. The way goes on "
        "from a_t to h_{t-1}, through `W_hh`."
    ),
    "matrix product with the slopes": (
        "`J_t`: expected shape `(H, H)`, got `(H,)`. `W_hh @ slope` multiplies and then adds up "
        "each row. Here nothing is added: column j of `W_hh` is multiplied by `slope[j]`."
    ),
    "slope on the wrong side": (
        "The slopes scale the rows of `W_hh`: entry [i, j] has the slope of unit i, which sends. "
        "The tanh on the way is that of the unit that receives, j: the slope belongs to column j."
    ),
    "transposed": (
        "This is the transpose of J_t. Entry [i, j] is the derivative of the new h[j] by the old "
        "h[i]: the row is the unit that sends. Many books write columns and have it the other way."
    ),
    "transpose too many": (
        "The slopes scale the right columns, but of the transpose of `W_hh`. In `h_prev @ W_hh` "
        "the number that leads from unit i to unit j is `W_hh[i, j]`."
    ),
    "this state for the one before": (
        "The slopes are taken at `h_prev`. The tanh that lies between h_{t-1} and h_t is that of "
        "step t: its slope is found from h_t."
    ),
    "bias forgotten": "h_t is computed without `b_h`, so the slopes are those of another state.",
    "path forgotten: the input": (
        "h_t is computed without `x_t W_xh`. The input does not depend on the state before, but "
        "it moves h_t, and with it the slopes."
    ),
    "path forgotten: the state": (
        "h_t is computed without `h_prev W_hh`, so the slopes are those of another state."
    ),
    "forward pass with the transpose": (
        "h_t is computed with the transpose of `W_hh`, so the slopes are those of another state. "
        "States are rows: `h_prev @ W_hh`."
    ),
    "derivative by the input": (
        "This is the derivative of h_t by the input, from `W_xh`. Asked for is that by h_{t-1}."
    ),
}


def _draw(rng, i):
    inputs, hidden = 1 + i // 2 % 3, (1, 2, 3, 2, 4)[i % 5]
    return {
        "x_t": 1.5 * rng.normal(size=inputs),
        "h_prev": rng.uniform(-0.95, 0.95, size=hidden),
        "W_xh": rng.normal(size=(inputs, hidden)),
        "W_hh": rng.normal(size=(hidden, hidden)),
        "b_h": rng.normal(size=hidden),
    }


def _truth(x_t, h_prev, W_xh, W_hh, b_h):
    """Differentiate every number of h_t by every number of h_{t-1}."""
    state = h_prev.astype(complex)

    def h_t():
        return np.tanh(x_t @ W_xh + state @ W_hh + b_h)

    columns = [complex_step(lambda j=j: h_t()[j], state) for j in range(len(b_h))]
    return np.stack(columns, axis=1)


def _slope(a, h_prev, slips):
    if "sigmoid for tanh" in slips:
        return sigmoid_derivative(sigmoid(a))
    h = h_prev if "this state for the one before" in slips else np.tanh(a)
    if "derivative missing" in slips:
        return np.ones_like(h)
    if "derivative of the wrong function" in slips:
        return h * (1 - h)
    if "value for slope" in slips:
        return h
    if "square forgotten" in slips:
        return 1 - h
    if "sum of squares for the squares" in slips:
        return np.full_like(h, 1 - h @ h)
    if "derivative at the pre-activation" in slips:
        h = a
    return 1 - (np.tanh(h) if "tanh of a tanh" in slips else h) ** 2


def _variant(x_t, h_prev, W_xh, W_hh, b_h, slips=frozenset()):
    a = 0 if "bias forgotten" in slips else b_h
    a = a + (0 if "path forgotten: the input" in slips else x_t @ W_xh)
    forth = W_hh.T if "forward pass with the transpose" in slips else W_hh
    a = a + (0 if "path forgotten: the state" in slips else h_prev @ forth)
    slope = _slope(a, h_prev, slips)
    if "weights missing" in slips:
        return np.diag(slope)
    if "matrix product with the slopes" in slips:
        return W_hh @ slope
    W = W_xh if "derivative by the input" in slips else W_hh
    W = W.T if "transpose too many" in slips else W
    if "slope on the wrong side" in slips and len(W) == len(slope):
        J = slope[:, np.newaxis] * W
    else:
        J = W * slope
    return J.T if "transposed" in slips else J


EXERCISE = Exercise(
    name="step_jacobian",
    outputs=("J_t",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x_t, h_prev, **_: {"input": len(x_t), "hidden": len(h_prev)},
)


def step_jacobian(answer):
    """Check the Jacobian of one step of a tanh network.

    Args:
        answer: function `(x_t, h_prev, W_xh, W_hh, b_h) -> J_t`. `x_t (input,)`,
            `h_prev (hidden,)`, the weights `(input, hidden)`, `(hidden, hidden)`, `(hidden,)`;
            `J_t[i, j]` is the derivative of h_t[j] by h_prev[i].

    Returns:
        A `Verdict`. The truth is the complex step's derivative of every number of h_t (chapter 2,
        math-step-jacobian).

    """
    return EXERCISE.check(answer)
