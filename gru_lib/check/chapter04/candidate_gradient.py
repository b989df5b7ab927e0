"""Chapter 4: the gradients of the candidate's pre-activation and of its three arrays."""

import numpy as np

from ..exercise import Exercise
from .backward import BATCH, draw_step, gate_results, gate_truth, loss, sizes, texts

ARGUMENTS = ("dh", "x_t", "h_prev", "r", "z", "h_tilde")
SLIPS = {
    **texts("tanh of a tanh", "derivative of the wrong function"),
    "derivative missing": (
        "The slope of the tanh is missing: these are the gradients with respect to the candidate, "
        "after its tanh. `da_h` is asked for in front of it."
    ),
    "square forgotten": "The slope of the tanh is taken as `1 - h_tilde`; the square is missing.",
    "derivative at the new state": (
        "The slope is taken at the new state h_t. The tanh made the candidate, and its slope is to "
        "be taken there; h_t is a mean of that and the old state."
    ),
    **texts("1 - z forgotten", "z and 1 - z exchanged"),
    "slope of the gate for its value": (
        "The way into the candidate has the factor z (1 - z). That is the slope of the update "
        "gate's sigmoid, and belongs to the gate's own gradient; the candidate is multiplied by "
        "1 - z."
    ),
    "overwritten dh": (
        "`da_h` is right, but the three arrays are computed from `dh` after something was written "
        "over it: from dh (1 - z), without the slope. This is how the fourth error of recipe B "
        "comes about: one name for two gradients. Use `da_h` for all three."
    ),
    "dh for da_h": (
        "`da_h` is right, but the three arrays are computed from `dh`. They belong to the "
        "pre-activation, so it is `da_h` that multiplies."
    ),
    **texts("plain state for the gated one"),
    "reset after for before": (
        "`dW_hh` is that of the other form of the cell, `h_prev.T @ (da_h * r)`, in which the gate "
        "acts after the product. Here `W_hh` multiplied the gated state."
    ),
    **texts("summed over the wrong axis", *BATCH),
}


def _draw(rng, i):
    arrays = draw_step(rng, i)
    return {name: arrays[name] for name in ARGUMENTS}


def _truth(dh, x_t, h_prev, r, z, h_tilde):
    """Add something small to the candidate's pre-activation, or to its arrays."""

    def moved(a_h):
        return loss(dh, h_prev, r, z, h_tilde, a_h=a_h)

    return gate_truth(moved, x_t, r * h_prev, dh.shape[1])


def _variant(dh, x_t, h_prev, r, z, h_tilde, slips=frozenset()):
    share = z if "z and 1 - z exchanged" in slips else 1 - z
    share = z * (1 - z) if "slope of the gate for its value" in slips else share
    dh_tilde = dh if "1 - z forgotten" in slips else dh * share
    out = np.tanh(h_tilde) if "tanh of a tanh" in slips else h_tilde
    if "derivative at the new state" in slips:
        out = z * h_prev + (1 - z) * h_tilde
    slope = 1 - out**2
    if "derivative missing" in slips:
        slope = 1
    elif "derivative of the wrong function" in slips:
        slope = h_tilde * (1 - h_tilde)
    elif "square forgotten" in slips:
        slope = 1 - h_tilde
    da_h = source = dh_tilde * slope
    if "overwritten dh" in slips:
        source = dh_tilde
    elif "dh for da_h" in slips:
        source = dh
    left = h_prev if "plain state for the gated one" in slips else r * h_prev
    results = list(gate_results(da_h, x_t, left, slips, source))
    if "reset after for before" in slips:
        results[2] = h_prev.T @ (source * r)
    return tuple(results)


EXERCISE = Exercise(
    name="candidate_gradient",
    outputs=("da_h", "dW_xh", "dW_hh", "db_h"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=sizes,
)


def candidate_gradient(answer):
    """Check the gradients of the candidate's pre-activation and of its three arrays, over one step.

    Args:
        answer: function `(dh, x_t, h_prev, r, z, h_tilde) -> (da_h, dW_xh, dW_hh, db_h)`.
            `x_t (batch, input)`, all other arguments `(batch, hidden)`, the gates and the
            candidate after their activations; the results are `(batch, hidden)`,
            `(input, hidden)`, `(hidden, hidden)` and `(hidden,)`.

    Returns:
        A `Verdict`. The truth is the complex step's derivative (chapter 4, eq-gru-dah,
        eq-gru-dwhh).

    """
    return EXERCISE.check(answer)
