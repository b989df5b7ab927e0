"""Chapter 4: the gradients of the update gate's pre-activation and of its three arrays."""

from ...activations import sigmoid
from ..exercise import Exercise
from .backward import BATCH, draw_step, gate_results, gate_truth, loss, sizes, texts

ARGUMENTS = ("dh", "x_t", "h_prev", "z", "h_tilde")
SLIPS = {
    **texts("stray + 1", "stray + 1 at the candidate"),
    "stray + 1 outside the bracket": (
        "A stray 1 is added to the gate's gradient before the slope. It does not even depend on "
        "the loss: with `dh` zero everywhere the gradient should be zero, and yours is not."
    ),
    **texts("sigmoid of a sigmoid"),
    "sigmoid of 1 - z": (
        "The slope is taken at `sigmoid(1 - z)`, a second sigmoid on top of the gate. The gate has "
        "been through its sigmoid already, and z (1 - z) is the slope for z and for 1 - z alike."
    ),
    "derivative missing": (
        "The slope of the sigmoid is missing: these are the gradients with respect to the gate, "
        "after its sigmoid. `da_z` is asked for in front of it."
    ),
    **texts("derivative of the wrong function"),
    "path forgotten: candidate": (
        "The candidate is missing: z occurs twice in the new state, and the second place, 1 - z, "
        "contributes minus the candidate. Your gate hears how large the old value is, and not "
        "whether the candidate would be better."
    ),
    "path forgotten: old state": (
        "The old state is missing: z occurs twice in the new state, and the first place "
        "contributes `h_prev`."
    ),
    "sign": (
        "Every number has the wrong sign. `h_tilde - h_prev` belongs to the other convention, in "
        "which z multiplies the candidate; here z multiplies the old state."
    ),
    "sum for difference": (
        "Old state and candidate are added. The candidate comes with 1 - z, and the slope of "
        "1 - z is minus one."
    ),
    "brackets forgotten": (
        "These are the numbers of `dh * h_prev - h_tilde`: without brackets `dh` multiplies the "
        "old state alone. What the gate decides between is the whole difference."
    ),
    "derivative missing in the arrays": (
        "`da_z` is right, but the three arrays are computed from the gradient of the gate itself, "
        "without the sigmoid's slope. They belong to the pre-activation, so it is `da_z` that "
        "multiplies."
    ),
    "dh for da_z": (
        "`da_z` is right, but the three arrays are computed from `dh`. They belong to the "
        "pre-activation, so it is `da_z` that multiplies."
    ),
    "this state for the one before": (
        "`dW_hz` is made with the new state h_t. What `W_hz` multiplied on the way forward was the "
        "state before, `h_prev`."
    ),
    "gated state for the plain one": (
        "`dW_hz` is made with `z * h_prev`. What `W_hz` multiplied on the way forward was the "
        "plain `h_prev`; the gate multiplies the state later, in the mean."
    ),
    **texts("summed over the wrong axis", *BATCH),
}


def _draw(rng, i):
    arrays = draw_step(rng, i)
    return {name: arrays[name] for name in ARGUMENTS}


def _truth(dh, x_t, h_prev, z, h_tilde):
    """Add something small to the update gate's pre-activation, or to its arrays."""

    def moved(a_z):
        return loss(dh, h_prev, z, z, h_tilde, a_z=a_z)  # the reset gate does not matter

    return gate_truth(moved, x_t, h_prev, dh.shape[1])


def update_gate(dh, h_prev, z, h_tilde, slips):
    """Return ∂L/∂a^z, with some of the mistakes that can be made in it."""
    bracket = h_prev - h_tilde
    if "path forgotten: candidate" in slips:
        bracket = h_prev
    elif "path forgotten: old state" in slips:
        bracket = -h_tilde
    elif "sum for difference" in slips:
        bracket = h_prev + h_tilde
    bracket = bracket + ("stray + 1" in slips) - ("stray + 1 at the candidate" in slips)
    dz = dh * bracket * (-1 if "sign" in slips else 1) + ("stray + 1 outside the bracket" in slips)
    if "brackets forgotten" in slips:
        dz = dh * h_prev - h_tilde
    gate = z
    if "sigmoid of a sigmoid" in slips:
        gate = sigmoid(z)
    elif "sigmoid of 1 - z" in slips:
        gate = sigmoid(1 - z)
    if "derivative missing" in slips:
        return dz
    if "derivative of the wrong function" in slips:
        return dz * (1 - z**2)
    return dz * gate * (1 - gate)


def _variant(dh, x_t, h_prev, z, h_tilde, slips=frozenset()):
    da_z = update_gate(dh, h_prev, z, h_tilde, slips)
    left = h_prev
    if "this state for the one before" in slips:
        left = z * h_prev + (1 - z) * h_tilde
    left = z * h_prev if "gated state for the plain one" in slips else left
    source = dh if "dh for da_z" in slips else da_z
    if "derivative missing in the arrays" in slips:
        source = update_gate(dh, h_prev, z, h_tilde, slips | {"derivative missing"})
    return gate_results(da_z, x_t, left, slips, source)


EXERCISE = Exercise(
    name="update_gate_gradient",
    outputs=("da_z", "dW_xz", "dW_hz", "db_z"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=sizes,
)


def update_gate_gradient(answer):
    """Check the gradients of the update gate's pre-activation and of its arrays, over one step.

    Args:
        answer: function `(dh, x_t, h_prev, z, h_tilde) -> (da_z, dW_xz, dW_hz, db_z)`.
            `x_t (batch, input)`, all other arguments `(batch, hidden)`, gate and candidate after
            their activations; the results are `(batch, hidden)`, `(input, hidden)`,
            `(hidden, hidden)` and `(hidden,)`.

    Returns:
        A `Verdict`. The truth is the complex step's derivative (chapter 4, eq-gru-daz).

    """
    return EXERCISE.check(answer)
