"""Chapter 4: the gradients of the reset gate's pre-activation and of its three arrays."""

import numpy as np

from ...activations import sigmoid
from ..exercise import Exercise
from .backward import BATCH, draw_step, gate_results, gate_truth, loss, sizes, texts

ARGUMENTS = ("dh", "x_t", "h_prev", "r", "z", "h_tilde", "W_hh")
SLIPS = {
    **texts("r where h_prev belongs", "sigmoid of a sigmoid"),
    "derivative missing": (
        "The slope of the sigmoid is missing: these are the gradients with respect to the gate, "
        "after its sigmoid. `da_r` is asked for in front of it."
    ),
    **texts("derivative of the wrong function", "missing transpose"),
    "matrix forgotten": (
        "The way back skips `W_hh`: the gradient of the candidate's pre-activation is used as if "
        "it were that of the gated state, which stood in front of the matrix."
    ),
    **texts("tanh of a tanh"),
    "derivative missing: candidate": (
        "The slope of the candidate's tanh is missing. The reset gate acts inside that tanh, so "
        "its gradient passes through the slope."
    ),
    **texts("1 - z forgotten", "z and 1 - z exchanged"),
    "old state forgotten": (
        "The factor `h_prev` is missing: in the gated state it multiplies the gate. Where the old "
        "state is zero it makes no difference whether it is hidden."
    ),
    "gated state for the plain one": (
        "`dW_hr` is made with the gated state. `W_hr` multiplied the plain `h_prev`; only `W_hh` "
        "multiplied the gated one."
    ),
    "reset after for before": (
        "These are the gradients of the other form of the cell: the gate's factor is "
        "`h_prev @ W_hh`, the product that it multiplies there. Here it multiplies the state."
    ),
    "old state before the matrix": (
        "`h_prev` is multiplied in before the way back through `W_hh`. On the way forward the "
        "product with `r` came first and the matrix then; backwards the matrix comes first."
    ),
    "derivative missing in the arrays": (
        "`da_r` is right, but the three arrays are computed from the gradient of the gate itself, "
        "without the sigmoid's slope. They belong to the pre-activation, so it is `da_r` that "
        "multiplies."
    ),
    "dh for da_r": (
        "`da_r` is right, but the three arrays are computed from `dh`. They belong to the "
        "pre-activation, so it is `da_r` that multiplies."
    ),
    **texts("summed over the wrong axis", *BATCH),
}


def _draw(rng, i):
    arrays = draw_step(rng, i)
    return {name: arrays[name] for name in ARGUMENTS}


def _truth(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """Add something small to the reset gate's pre-activation, or to its arrays."""

    def moved(a_r):
        return loss(dh, h_prev, r, z, h_tilde, W_hh, a_r=a_r)

    return gate_truth(moved, x_t, h_prev, dh.shape[1])


def _slope(r, slips):
    if "derivative missing" in slips:
        return 1
    if "derivative of the wrong function" in slips:
        return 1 - r**2
    gate = sigmoid(r) if "sigmoid of a sigmoid" in slips else r
    return gate * (1 - gate)


def _variant(dh, x_t, h_prev, r, z, h_tilde, W_hh, slips=frozenset()):
    share = z if "z and 1 - z exchanged" in slips else 1 - z
    out = np.tanh(h_tilde) if "tanh of a tanh" in slips else h_tilde
    da_h = dh * (1 if "1 - z forgotten" in slips else share)
    if "derivative missing: candidate" not in slips:
        da_h = da_h * (1 - out**2)
    d_rh, factor = da_h @ (W_hh if "missing transpose" in slips else W_hh.T), h_prev
    if "matrix forgotten" in slips:
        d_rh = da_h
    if "r where h_prev belongs" in slips:
        factor = r
    elif "old state forgotten" in slips:
        factor = 1
    elif "reset after for before" in slips:
        d_rh, factor = da_h, h_prev @ W_hh
    elif "old state before the matrix" in slips:
        d_rh, factor = (da_h * h_prev) @ W_hh.T, 1
    da_r = source = d_rh * factor * _slope(r, slips)
    if "derivative missing in the arrays" in slips:
        source = d_rh * factor
    elif "dh for da_r" in slips:
        source = dh
    left = r * h_prev if "gated state for the plain one" in slips else h_prev
    return gate_results(da_r, x_t, left, slips, source)


EXERCISE = Exercise(
    name="reset_gate_gradient",
    outputs=("da_r", "dW_xr", "dW_hr", "db_r"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=sizes,
)


def reset_gate_gradient(answer):
    """Check the gradients of the reset gate's pre-activation and of its arrays, over one step.

    Args:
        answer: function `(dh, x_t, h_prev, r, z, h_tilde, W_hh) -> (da_r, dW_xr, dW_hr, db_r)`.
            `x_t (batch, input)`, `W_hh (hidden, hidden)`, all other arguments `(batch, hidden)`,
            gates and candidate after their activations; the results are `(batch, hidden)`,
            `(input, hidden)`, `(hidden, hidden)` and `(hidden,)`.

    Returns:
        A `Verdict`. The truth is the complex step's derivative (chapter 4, eq-gru-drh, eq-gru-dar).

    """
    return EXERCISE.check(answer)
