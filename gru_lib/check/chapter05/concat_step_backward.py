"""Chapter 5: one step back of the concatenated GRU."""

import numpy as np

from ...gradcheck import complex_step
from ..exercise import Exercise

SLIPS = {
    "tanh of a tanh": (
        "The candidate's derivative is `1 - tanh(h_tilde)**2`, and `h_tilde` is a tanh already. In "
        "terms of the output the derivative is `1 - h_tilde**2`; a published recipe has this slip."
    ),
    "sigmoid of a sigmoid": (
        "The gates' derivatives apply the sigmoid once more to values that are sigmoids already. "
        "In terms of the output the derivative is `s * (1 - s)`."
    ),
    "derivative missing: tanh": (
        "The derivative of the candidate's tanh is missing, so its gradient does not reach the "
        "pre-activation."
    ),
    "derivative missing: the gates": (
        "The derivatives of the gates' sigmoids are missing: your gradients stop at r and z and do "
        "not reach the pre-activations."
    ),
    "dh for the candidate's gradient": (
        "`dW_h` and `db_h` are made with `dh`, the gradient of the new state, where the gradient "
        "of the candidate's pre-activation belongs. Give the two different names."
    ),
    "stray + 1": (
        "In the update gate's gradient stands h_prev + 1 - h_tilde. The derivative of (1 - z) "
        "times the candidate with respect to z is minus the candidate; the 1 falls away."
    ),
    "z and 1 - z exchanged": (
        "z and 1 - z have changed places, here and in the update gate's sign: these are the "
        "gradients of the convention in which z multiplies the candidate."
    ),
    "sign of the update gate": (
        "The update gate's gradient has the wrong sign. z multiplies the old state, so more of z "
        "means more of h_prev and less of h_tilde."
    ),
    "r for h_prev": (
        "The reset gate's gradient multiplies by r where h_prev belongs: the derivative of r ⊙ "
        "h_prev with respect to r is h_prev."
    ),
    "gated once too often": (
        "The reset gate's gradient contains a factor r too much: the gradient of r ⊙ h_prev goes "
        "on in two ways, times r to h_prev and times h_prev to r, and not one after the other."
    ),
    "reset forgotten on the way back": (
        "The first H columns of the candidate's row go to `dh_prev` as they are. They are the "
        "gradient of r ⊙ h_prev; on the way to h_prev they meet r."
    ),
    "path forgotten: the gated state": (
        "`dh_prev` lacks the path through the candidate: h_prev is contained in r ⊙ h_prev."
    ),
    "path forgotten: the reset gate": (
        "`dh_prev` and `dx` lack the path through the reset gate, which reads both of them."
    ),
    "path forgotten: the update gate": (
        "`dh_prev` and `dx` lack the path through the update gate, which reads both of them."
    ),
    "path forgotten: straight on": (
        "`dh_prev` lacks the path that needs no matrix, through z ⊙ h_prev in the last line of the "
        "step."
    ),
    "path forgotten: from the candidate to x": (
        "`dx` has the shares of the two gates only. The candidate reads x_t, too, through the last "
        "D rows of its matrix."
    ),
    "ungated row": (
        "`dW_h` is made with the gates' row [h, x]. The candidate's matrix multiplied another row, "
        "in which the state was gated. (The lower rows, those of x, are right.)"
    ),
    "concatenated in the other order": (
        "The matrices' gradients and the cut are those of a row [x, h]; here the state comes first."
    ),
    "cut at the wrong end": (
        "The gradient of the row is cut at the wrong end: its last H columns go to `dh_prev` and "
        "the first D to `dx`. The state comes first in [h, x]."
    ),
    "missing transpose": (
        "On the way back to h_prev the upper blocks are used as they are. Forwards unit i sends "
        "by row i, backwards it collects along the same row: transpose."
    ),
    "mean for sum": (
        "The gradients of matrices and biases are divided by the batch. They are sums here; a mean "
        "belongs in the loss, if at all."
    ),
}


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _draw(rng, i):
    B, D, H = 1 + i % 4, 1 + i // 2 % 4, 1 + (i // 3 + i + 1) % 4
    h_prev, x = rng.uniform(-1, 1, size=(B, H)), 1.5 * rng.normal(size=(B, D))
    W_r, W_z, W_h = rng.normal(size=(3, H + D, H))
    b_r, b_z, b_h = rng.normal(size=(3, H))
    r, z = (_sigmoid(np.hstack([h_prev, x]) @ W + b) for W, b in ((W_r, b_r), (W_z, b_z)))
    h_tilde = np.tanh(np.hstack([r * h_prev, x]) @ W_h + b_h)
    arguments = {"dh": rng.normal(size=(B, H)), "x": x, "h_prev": h_prev}
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


def _slope(s, slips):
    """The sigmoid's derivative at an output."""
    s = _sigmoid(s) if "sigmoid of a sigmoid" in slips else s
    return 1 if "derivative missing: the gates" in slips else s * (1 - s)


def _first_two(dh, h_prev, z, h_tilde, slips):
    """Gradients of the pre-activations of the update gate and of the candidate."""
    sign = -1 if {"z and 1 - z exchanged", "sign of the update gate"} & slips else 1
    keep = 1 - z if "z and 1 - z exchanged" in slips else z
    gap = h_prev - h_tilde + ("stray + 1" in slips)
    out = np.tanh(h_tilde) if "tanh of a tanh" in slips else h_tilde
    slope = 1 if "derivative missing: tanh" in slips else 1 - out**2
    return sign * dh * gap * _slope(z, slips), dh * (1 - keep) * slope, dh * keep


def _back(da, W, H, slips):
    """The gradient of a row [h, x], cut into that of h and that of x."""
    row = da @ W.T
    if {"concatenated in the other order", "cut at the wrong end"} & slips:
        return row[:, len(W) - H :], row[:, : len(W) - H]
    return da @ W[:H] if "missing transpose" in slips else row[:, :H], row[:, H:]


def _variant(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h, slips=frozenset()):
    H = h_prev.shape[1]
    da_z, da_h, straight = _first_two(dh, h_prev, z, h_tilde, slips)
    drh, dx_h = _back(da_h, W_h, H, slips)
    other = r if "r for h_prev" in slips else h_prev
    da_r = drh * other * _slope(r, slips) * (r if "gated once too often" in slips else 1)
    gated = drh if "reset forgotten on the way back" in slips else drh * r
    shares = {
        "straight on": (straight, 0),
        "the gated state": (gated, 0),
        "the reset gate": _back(da_r, W_r, H, slips),
        "the update gate": _back(da_z, W_z, H, slips),
        "from the candidate to x": (0, dx_h),
    }
    kept = [share for name, share in shares.items() if f"path forgotten: {name}" not in slips]
    dh_prev = sum(to_h for to_h, _ in kept) + 0 * h_prev
    dx = sum(to_x for _, to_x in kept) + 0 * x
    turned = -1 if "concatenated in the other order" in slips else 1
    hx, rhx = (np.hstack([h, x][::turned]) for h in (h_prev, r * h_prev))
    rhx = hx if "ungated row" in slips else rhx
    last = dh if "dh for the candidate's gradient" in slips else da_h
    share = 1 / len(x) if "mean for sum" in slips else 1
    results = [dh_prev, dx]
    for row, da in ((hx, da_r), (hx, da_z), (rhx, last)):
        results += [share * (row.T @ da), share * da.sum(axis=0)]
    return tuple(results)


EXERCISE = Exercise(
    name="concat_step_backward",
    outputs=("dh_prev", "dx", "dW_r", "db_r", "dW_z", "db_z", "dW_h", "db_h"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x, h_prev, **_: {
        "batch": len(x),
        "inputs": x.shape[1],
        "units": h_prev.shape[1],
    },
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
