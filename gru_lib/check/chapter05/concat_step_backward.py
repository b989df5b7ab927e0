"""Chapter 5: one step back of the concatenated GRU."""

import numpy as np

from ...gradcheck import complex_step
from ..exercise import Exercise
from .backward_slips import GATES, SLIPS


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


# Two cases in a row have the same sizes, so that one's array can be tried in the other.
SIZES = ((1, 1, 2), (1, 1, 1), (2, 2, 2), (3, 1, 2), (2, 3, 1), (1, 2, 3), (4, 2, 2), (3, 4, 2))
SIZES += ((2, 1, 4), (1, 3, 3), (4, 1, 3), (3, 2, 4))


def _away_from_0(rng, low, high, size):
    """Random numbers of either sign, none of them so small that a mistake would not show."""
    return rng.choice([-1, 1], size=size) * rng.uniform(low, high, size=size)


def _draw(rng, i):
    B, D, H = SIZES[i // 2 % len(SIZES)]
    h_prev, x = _away_from_0(rng, 0.3, 0.9, (B, H)), _away_from_0(rng, 0.3, 1.5, (B, D))
    W_r, W_z, W_h = _away_from_0(rng, 0.4, 1.5, (3, H + D, H))
    r, z = rng.uniform(0.2, 0.8, size=(2, B, H))
    h_tilde = _away_from_0(rng, 0.4, 0.9, (B, H))
    arguments = {"dh": _away_from_0(rng, 0.3, 2, (B, H)), "x": x, "h_prev": h_prev}
    return arguments | {"r": r, "z": z, "h_tilde": h_tilde, "W_r": W_r, "W_z": W_z, "W_h": W_h}


def _truth(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """Differentiate dh · h_t; the biases are what makes r, z and h_tilde come out as given."""
    hx, rhx = np.hstack([h_prev, x]), np.hstack([r * h_prev, x])
    a_r, a_z = (np.log(s / (1 - s)) - hx @ W for s, W in ((r, W_r), (z, W_z)))
    offsets = a_r, a_z, np.arctanh(h_tilde) - rhx @ W_h
    arrays = [v.astype(complex) for v in (h_prev, x, W_r, np.zeros(r.shape[1]))]
    arrays += [v.astype(complex) for v in (W_z, np.zeros(r.shape[1]), W_h, np.zeros(r.shape[1]))]

    def loss():
        h, x, W_r, b_r, W_z, b_z, W_h, b_h = arrays
        hx = np.concatenate([h, x], axis=1)
        r, z = _sigmoid(hx @ W_r + b_r + offsets[0]), _sigmoid(hx @ W_z + b_z + offsets[1])
        rhx = np.concatenate([r * h, x], axis=1)
        return np.sum(dh * (z * h + (1 - z) * np.tanh(rhx @ W_h + b_h + offsets[2])))

    return tuple(complex_step(loss, array) for array in arrays)


def _slope(s, gate, slips):
    """The sigmoid's derivative at an output of a gate, "r" or "z"."""

    def has(slip):
        names = {f"{slip}: {gates}" for gates, letters in GATES.items() if gate in letters}
        return bool({slip, *names} & slips)

    s = _sigmoid(s) if has("sigmoid of a sigmoid") else s
    if has("derivative of the wrong function"):
        return 1 - s**2
    if has("derivative missing"):
        return 1
    return (1 if has("s missing") else s) * (1 if has("1 - s missing") else 1 - s)


def _first_two(dh, h_prev, z, h_tilde, slips):
    """Gradients of the pre-activations of the update gate and of the candidate."""
    sign = -1 if {"z and 1 - z exchanged", "sign of the update gate"} & slips else 1
    keep = 1 - z if "z and 1 - z exchanged" in slips else z
    gap = h_prev - (0 if "z in 1 - z forgotten" in slips else h_tilde) + ("stray + 1" in slips)
    gap = -h_tilde if "z in z ⊙ h_prev forgotten" in slips else gap
    out = np.tanh(h_tilde) if "tanh of a tanh" in slips else h_tilde
    slope = 1 if "derivative missing: tanh" in slips else 1 - out**2
    slope = 1 - h_tilde if "square missing" in slips else slope
    if "derivative of the wrong function: the candidate" in slips:
        slope = h_tilde * (1 - h_tilde)
    share = z if "z for 1 - z" in slips else 1 - keep
    slope = slope if "1 - z forgotten" in slips else share * slope
    straight = dh * (1 - z) if "1 - z for z" in slips else dh * keep
    straight = dh if "z forgotten" in slips else straight
    straight = straight * (1 - z) if "overwritten dh" in slips else straight
    return sign * dh * gap * _slope(z, "z", slips), dh * slope, straight


def _to_reset(da_h, drh, h_prev, r, slips):
    """Gradient of the pre-activation of the reset gate."""
    other = r if "r for h_prev" in slips else h_prev
    other = 1 if "h_prev forgotten" in slips else other
    other = r * other if "gated once too often" in slips else other
    return (da_h if "matrix forgotten" in slips else drh) * other * _slope(r, "r", slips)


def _back(da, W, H, slips, of):
    """The gradient of a row [h, x], cut into that of h and that of x; `of` says whose row."""
    row = da @ W.T
    wrong_ends = {"concatenated in the other order", "cut at the wrong end"}
    wrong_ends.add(f"cut at the wrong end: all of the {of}'s row")
    if wrong_ends & slips:
        return row[:, len(W) - H :], row[:, : len(W) - H]
    which = {f"the {of}", "the candidate" if of == "candidate" else "the gates"}
    if {"missing transpose", *(f"missing transpose: {name}" for name in which)} & slips:
        return da @ W[:H], row[:, H:]
    whose = "the candidate's row" if of == "candidate" else "the gates' rows"
    last = {"cut at the wrong end: the state", f"cut at the wrong end: {whose}"} & slips
    return row[:, len(W) - H :] if last else row[:, :H], row[:, H:]


def _back_to_gated(da_h, dh, r, W_h, H, slips):
    """The gradient of the candidate's row, cut: that of r ⊙ h_prev and that of x."""
    back = dh if "dh for the candidate's gradient: the row" in slips else da_h
    drh, dx = _back(back, W_h, H, slips, "candidate")
    early = _back(back * r, W_h, H, slips, "candidate")
    if "reset on the wrong side: the row" in slips:
        return early
    drh = early[0] if "reset on the wrong side" in slips else drh
    return drh * r if "gated twice" in slips else drh, dx


def _sum(shares, end, slips):
    """The sum of the shares that paths bring to "h_prev" or to "x"."""

    def lost(path):
        names = {path, f"{path}, to {end}"}
        if path in ("the reset gate", "the update gate"):
            names |= {"both gates", f"both gates, to {end}"}
        if end == "h_prev" and path != "straight on":
            names.add("all but straight on")
        return {f"path forgotten: {name}" for name in names} & slips

    return sum(share for path, share in shares.items() if not lost(path))


def _weights(x, h_prev, r, das, slips):
    """The gradients of all matrices and biases, in the order in which they are returned."""
    turned = {"concatenated in the other order", "gradient blocks exchanged"} & slips
    hx, rhx = (np.hstack([x, h] if turned else [h, x]) for h in (h_prev, r * h_prev))
    row_r, row_z = (
        rhx if {"gated row for the gates", f"gated row for the {gate} gate"} & slips else hx
        for gate in ("reset", "update")
    )
    rhx = hx if "ungated row" in slips else rhx
    share, share_b = (
        1 / len(x) if {"mean for sum", f"mean for sum: {kind}"} & slips else 1
        for kind in ("matrices", "biases")
    )
    results = []
    for row, da in zip((row_r, row_z, rhx), das, strict=True):
        results += [share * (row.T @ da), share_b * da.sum(axis=0)]
    if {"reset after for before", "reset after for before: dW_h"} & slips:
        results[4][: r.shape[1]] = share * (h_prev.T @ (r * das[2]))
    return results


def _variant(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h, slips=frozenset()):
    H = h_prev.shape[1]
    da_z, da_h, straight = _first_two(dh, h_prev, z, h_tilde, slips)
    drh, dx_h = _back_to_gated(da_h, dh, r, W_h, H, slips)
    gated = drh * (h_prev if "h_prev for r" in slips else r)
    gated = drh if "reset forgotten on the way back" in slips else gated
    after = {"reset after for before", "reset after for before: all but dW_h"} & slips
    if after or "reset on the wrong side: dh_prev" in slips:
        gated = _back(da_h * r, W_h, H, slips, "candidate")[0]
    da_r = _to_reset(da_h, drh, h_prev, r, slips)
    if after:
        da_r = da_h * (h_prev @ W_h[:H]) * _slope(r, "r", slips)
    of_r = _back(da_r, W_r, H, slips, "reset gate")
    of_z = _back(da_z, W_r if "W_r for W_z" in slips else W_z, H, slips, "update gate")
    to_h = {
        "straight on": straight,
        "the gated state": gated,
        "the reset gate": of_r[0],
        "the update gate": of_z[0],
    }
    to_x = {"the reset gate": of_r[1], "the update gate": of_z[1], "from the candidate to x": dx_h}
    dh_prev = _sum(to_h, "h_prev", slips) + 0 * h_prev
    dx = _sum(to_x, "x", slips) + 0 * x
    if "cut at the wrong end: dx" in slips:
        dx = (da_h @ W_h.T + da_r @ W_r.T + da_z @ W_z.T)[:, : x.shape[1]]
    last = dh if "dh for the candidate's gradient" in slips else da_h
    return (dh_prev, dx, *_weights(x, h_prev, r, (da_r, da_z, last), slips))


EXERCISE = Exercise(
    name="concat_step_backward",
    outputs=("dh_prev", "dx", "dW_r", "db_r", "dW_z", "db_z", "dW_h", "db_h"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda dh, x, **_: {"batch": len(x), "inputs": x.shape[1], "units": dh.shape[1]},
)


def concat_step_backward(answer):
    """Check one step back of the concatenated GRU.

    Args:
        answer: function `(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h) -> (dh_prev, dx, dW_r,
            db_r, dW_z, db_z, dW_h, db_h)`, with `x (batch, input)`, matrices `(hidden + input,
            hidden)` and all other arguments `(batch, hidden)`; results like what they are the
            gradients of, summed over the batch.

    Returns:
        A `Verdict`. The truth is the complex step's derivative of dh · h_t (chapter 5,
        eq-gru-concat-dw to eq-gru-concat-dx).

    """
    return EXERCISE.check(answer)
