"""Chapter 4: the share of the previous state's gradient that comes back through one step."""

import numpy as np

from ...activations import sigmoid
from ...gradcheck import complex_step
from ..exercise import Exercise
from .backward import PATHS, TRANSPOSES, draw_step, loss, sizes, texts

ARGUMENTS = ("dh", "h_prev", "r", "z", "h_tilde", "W_hr", "W_hz", "W_hh")


def _without(path, why):
    return {f"path forgotten: {path}": f"One of the four ways back is missing, the one {why}"}


FORGOTTEN = {
    **_without("new state", "straight through the new state, where `z` multiplies `h_prev`."),
    **_without("gated state", "through the gated state, where `r` multiplies `h_prev`."),
    **_without("reset gate", "through the reset gate's pre-activation, with `W_hr`."),
    **_without("update gate", "through the update gate's pre-activation, with `W_hz`."),
}
SLIPS = {
    **FORGOTTEN,
    "missing transpose": TRANSPOSES,
    "missing transpose: gates": (
        "`W_hr` and `W_hz` are used as on the way forward. Backwards each is transposed, as "
        "`W_hh` is in yours."
    ),
    "missing transpose: W_hh": "`W_hh` is used where `W_hh.T` belongs; the others are right.",
    "missing transpose: W_hr": "`W_hr` is used where `W_hr.T` belongs; the others are right.",
    "missing transpose: W_hz": "`W_hz` is used where `W_hz.T` belongs; the others are right.",
    "gates exchanged": (
        "The matrices of the two gates have changed places: the reset gate's gradient goes back "
        "through `W_hr`, the update gate's through `W_hz`."
    ),
    **texts("tanh of a tanh", "stray + 1", "stray + 1 at the candidate"),
    **texts("sigmoid of a sigmoid", "r where h_prev belongs"),
    "z and 1 - z exchanged": (
        "`z` and `1 - z` are exchanged: the way along the state has the factor 1 - z, the way "
        "into the candidate z. In this book z multiplies the old state."
    ),
    "1 - z for z": (
        "The way straight through the new state has the factor 1 - z; the others are right. In the "
        "new state the old one is multiplied by z."
    ),
    "h_prev where r belongs": (
        "The gradient of the gated state joins the old state's with the factor `h_prev`. In the "
        "product r ⊙ h_prev the slope for one factor is the *other* factor: `h_prev` belongs to "
        "the reset gate's gradient, and `r` to the old state's."
    ),
    "1 - z forgotten": (
        "The factor `1 - z` is missing on the way into the candidate, and so in everything behind "
        "it, the gated state and the reset gate."
    ),
    "z forgotten": (
        "The way straight through the new state has lost its factor: only the share `z` of the old "
        "state is in the new one."
    ),
    "reset forgotten": (
        "The gradient of the gated state joins the old state's without the factor `r`: the reset "
        "has dimmed the state on the way forward, and dims the gradient on the way back."
    ),
    "reset on the wrong side": (
        "On the way through the candidate `r` multiplies before `W_hh.T`, as if the gate acted "
        "after the product. Forwards the state met `r` first and the matrix then; backwards the "
        "matrix comes first and `r` after it."
    ),
    "gated gradient overwritten": (
        "The reset gate's gradient has a factor `r` too much: it is made from the gated state's "
        "gradient after `r` was multiplied into it. One name stands for two gradients. The "
        "factor `r` belongs to the way of the old state alone."
    ),
    "dh overwritten too early": (
        "`z` was multiplied into `dh` for the way along the state, and the other ways were then "
        "computed from this `dh`. They need the one that came in. (After `dh_prev = dh` there are "
        "two names and one array: `dh_prev *= z` changes `dh`, and the caller's.)"
    ),
    "derivative missing": (
        "The slopes of the two sigmoids are missing: what goes back through `W_hr` and `W_hz` "
        "should be the gradients of the pre-activations, not of the gates."
    ),
    "sign": (
        "The way through the update gate has the wrong sign: `h_tilde - h_prev` belongs to the "
        "convention in which z multiplies the candidate."
    ),
    **texts("reset after for before"),
}


def _draw(rng, i):
    arrays = draw_step(rng, i)
    return {name: arrays[name] for name in ARGUMENTS}


def _truth(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """Add something small to the state before, wherever it is read."""
    moved = np.zeros(h_prev.shape, complex)

    def moved_loss():
        gates = {"a_r": moved @ W_hr, "a_z": moved @ W_hz}
        return loss(dh, h_prev, r, z, h_tilde, W_hh, h=h_prev + moved, **gates)

    return complex_step(moved_loss, moved)


def _variant(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh, slips=frozenset()):
    def back(name, W):
        kinds = {"missing transpose", f"missing transpose: {name}"}
        if name != "W_hh":
            kinds.add("missing transpose: gates")
        return W if slips & kinds else W.T

    def slope(gate):
        if "derivative missing" in slips:
            return 1
        gate = sigmoid(gate) if "sigmoid of a sigmoid" in slips else gate
        return gate * (1 - gate)

    keep, new = (1 - z, z) if "z and 1 - z exchanged" in slips else (z, 1 - z)
    out = np.tanh(h_tilde) if "tanh of a tanh" in slips else h_tilde
    keep = 1 - z if "1 - z for z" in slips else keep
    along = dh * (1 if "z forgotten" in slips else keep)
    if "dh overwritten too early" in slips:
        dh = along
    da_h = dh * (1 if "1 - z forgotten" in slips else new) * (1 - out**2)
    bracket = h_prev - h_tilde + ("stray + 1" in slips) - ("stray + 1 at the candidate" in slips)
    da_z = dh * bracket * slope(z) * (-1 if "sign" in slips else 1)
    d_rh = da_h @ back("W_hh", W_hh)
    factor = r if "r where h_prev belongs" in slips else h_prev
    gated = d_rh * (1 if "reset forgotten" in slips else r)
    gated = d_rh * h_prev if "h_prev where r belongs" in slips else gated
    da_r = (gated if "gated gradient overwritten" in slips else d_rh) * factor * slope(r)
    if "reset on the wrong side" in slips:
        gated = (da_h * r) @ back("W_hh", W_hh)
    if "reset after for before" in slips:
        da_r = da_h * (h_prev @ W_hh) * slope(r)
        gated = (da_h * r) @ back("W_hh", W_hh)
    to_r, to_z = back("W_hr", W_hr), back("W_hz", W_hz)
    if "gates exchanged" in slips:
        to_r, to_z = to_z, to_r
    ways = (along, gated, da_r @ to_r, da_z @ to_z)
    taken = zip(PATHS, ways, strict=True)
    return sum(way for path, way in taken if f"path forgotten: {path}" not in slips)


EXERCISE = Exercise(
    name="previous_state_gradient",
    outputs=("dh_prev",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=sizes,
)


def previous_state_gradient(answer):
    """Check the share of the previous state's gradient that comes back through one step.

    Args:
        answer: function `(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh) -> dh_prev`. The first
            five arguments and the result are `(batch, hidden)`, gates and candidate after their
            activations, the matrices `(hidden, hidden)`.

    Returns:
        A `Verdict`. The truth is the complex step's derivative along all four ways (chapter 4,
        eq-gru-dh-prev).

    """
    return EXERCISE.check(answer)
