"""Chapter 5: one step forward of the concatenated GRU."""

import numpy as np

from ...concat_gru import ConcatGRU
from ..exercise import Exercise

SLIPS = {
    "reset gate not used": (
        "`r`, the reset gate, is computed and not used: the candidate reads the gates' row "
        "[h, x]. It needs a row of its own, in which the state has been gated."
    ),
    "reset after for before": (
        "The reset gate acts after the product: your candidate is that of tanh(r ⊙ (h W_hh) + "
        "x W_xh + b_h). This is the other GRU, the one of PyTorch; here the state is gated before "
        "it meets the matrix."
    ),
    "reset after, bias inside": (
        "The reset gate acts after the product, and on the bias as well: tanh(r ⊙ (h W_hh + b_h) + "
        "x W_xh). This is the GRU of PyTorch; here the state is gated before it meets the matrix."
    ),
    "reset on the wrong side": (
        "The reset gate multiplies the input's part as well: it is applied to a whole row or to a "
        "finished product. It should touch the state only, and before the product."
    ),
    "reset on the candidate": (
        "The reset gate multiplies the candidate itself, after the tanh. It gates the old state, "
        "before the product: the input must pass whatever r says."
    ),
    "update gate for reset gate": (
        "The candidate's row is gated by z. It is r that decides how much of the old state the "
        "candidate sees."
    ),
    "gates' jobs exchanged": (
        "Both gates are right, and each does the other's work: z gates the state in the "
        "candidate's row, r mixes in the last line. r stands for reset: it should be r in the row, "
        "and z in the last line."
    ),
    "1 - r for r": "The candidate's row is gated by 1 - r where r belongs.",
    "gates exchanged": (
        "r and z have changed places: the reset gate is computed with the update gate's matrix and "
        "bias, and the other way round."
    ),
    "results in another order": (
        "r and z are returned in the other order; the new state is right. It should be "
        "(r, z, h_tilde, h)."
    ),
    "update gate reads the gated row": (
        "The update gate is computed from the candidate's row [r ⊙ h, x]. Both gates read the row "
        "in which nothing has been gated."
    ),
    "b_r for b_z": (
        "The update gate is computed with the reset gate's bias `b_r`. A copied line, perhaps."
    ),
    "W_r for W_z": (
        "The update gate is computed with the reset gate's matrix `W_r`. A copied line, perhaps: "
        "the shapes are the same."
    ),
    "z and 1 - z exchanged": (
        "z and 1 - z have changed places in the last line. In this book z multiplies the old "
        "state; the texts with z on the candidate have the other sign of the gate's weights."
    ),
    "gated state for the old one": (
        "The last line reads r ⊙ h_prev where the old state itself belongs. The gate is meant for "
        "the candidate's row only; give that row, or the product, a name of its own."
    ),
    "path forgotten: the old state": (
        "z ⊙ h_prev is missing in the new state: nothing is carried over, whatever z says."
    ),
    "1 - z missing": (
        "The candidate enters the new state in full: its factor 1 - z is missing in the last line."
    ),
    "z missing": "The old state enters the new one in full: its factor z is missing.",
    "z for 1 - z": (
        "Both parts of the new state are multiplied by z. It is a mean with the weights z and "
        "1 - z, which together are 1."
    ),
    "tanh of the new state": (
        "The new state passes through another tanh. The LSTM has one there; the GRU's state is "
        "between -1 and 1 anyway."
    ),
    "concatenated in the other order": (
        "The rows are [x, h] and the matrices are made for [h, x]. The shapes fit, so nothing "
        "complains; the state meets the input's rows."
    ),
    "other order for the gates": (
        "The gates' row is [x, h], the candidate's [h, x] as it should be. All three matrices are "
        "made for a row with the state first."
    ),
    "other order for the candidate": (
        "The candidate's row is [x, h], the gates' [h, x] as it should be. All three matrices are "
        "made for a row with the state first."
    ),
    "bias forgotten": "The biases are missing: your numbers are those of biases of zero.",
    "bias forgotten: b_r": "The reset gate lacks its bias.",
    "bias forgotten: b_z": "The update gate lacks its bias.",
    "bias forgotten: b_h": "The candidate lacks its bias.",
    "activation missing: gates": (
        "The gates are their pre-activations: the sigmoid is missing, which makes them shares "
        "between 0 and 1."
    ),
    "tanh for sigmoid": (
        "The gates pass through the tanh, so that they can be negative. A gate is a share between "
        "0 and 1: the sigmoid."
    ),
    "sigmoid of a sigmoid": (
        "The sigmoid is applied twice to the gates: they lie between 0.5 and 0.74 only."
    ),
    "tanh of a tanh": "The tanh is applied twice to the candidate.",
    "sigmoid for tanh": (
        "The candidate passes through the sigmoid. It is no gate: it needs the tanh, so that the "
        "state can become negative."
    ),
    "activation missing": "The candidate is its pre-activation: the tanh is missing.",
}


# Two cases in a row have the same sizes, so that one's array can be tried in the other.
SIZES = ((1, 1, 2), (1, 1, 1), (2, 2, 2), (3, 1, 2), (2, 3, 1), (1, 2, 3), (4, 2, 2), (3, 4, 2))
SIZES += ((2, 1, 4), (1, 3, 3), (4, 1, 3), (3, 2, 4))


def _away_from_0(rng, low, high, size):
    """Random numbers of either sign, none of them so small that a mistake would not show."""
    return rng.choice([-1, 1], size=size) * rng.uniform(low, high, size=size)


def _draw(rng, i):
    B, D, H = SIZES[i // 2 % len(SIZES)]
    arguments = {
        "x": _away_from_0(rng, 0.3, 1.5, (B, D)),
        "h_prev": _away_from_0(rng, 0.3, 0.9, (B, H)),
    }
    for k in "rzh":
        arguments[f"W_{k}"] = _away_from_0(rng, 0.4, 1.5, (H + D, H))
        arguments[f"b_{k}"] = _away_from_0(rng, 0.2, 1, H)
    return arguments


def _truth(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """Run the library's layer for one step; the values of its gates are what it kept."""
    layer = ConcatGRU(x.shape[1], h_prev.shape[1], seed=0)
    arrays = {"W_r": W_r, "b_r": b_r, "W_z": W_z, "b_z": b_z, "W_h": W_h, "b_h": b_h}
    for name, array in arrays.items():
        layer.params[name][...] = array
    r, z, h_tilde, h = np.empty((4, *h_prev.shape))
    layer.step(x, r, z, h_tilde, h_prev, h)
    return r, z, h_tilde, h


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _gate(row, W, b, slips):
    """One gate."""
    if "activation missing: gates" in slips:
        return row @ W + b
    gate = np.tanh(row @ W + b) if "tanh for sigmoid" in slips else _sigmoid(row @ W + b)
    return _sigmoid(gate) if "sigmoid of a sigmoid" in slips else gate


def _candidate(x, h_prev, r, z, W_h, b_h, slips):
    """The candidate, from gates that have been computed."""
    turned = {"concatenated in the other order", "other order for the candidate"} & slips

    def row(h, x):
        return np.hstack([x, h] if turned else [h, x])

    g = z if {"update gate for reset gate", "gates' jobs exchanged"} & slips else r
    g = 1 - g if "1 - r for r" in slips else g
    if {"reset gate not used", "reset on the candidate"} & slips:
        a = row(h_prev, x) @ W_h
    elif "reset on the wrong side" in slips:
        a = g * (row(h_prev, x) @ W_h)
    elif "reset after, bias inside" in slips:
        a = g * (row(h_prev, 0 * x) @ W_h + b_h) + row(0 * h_prev, x) @ W_h - b_h
    elif "reset after for before" in slips:
        a = g * (row(h_prev, 0 * x) @ W_h) + row(0 * h_prev, x) @ W_h
    else:
        a = row(g * h_prev, x) @ W_h
    if "activation missing" in slips:
        return a + b_h
    h_tilde = (_sigmoid if "sigmoid for tanh" in slips else np.tanh)(a + b_h)
    h_tilde = g * h_tilde if "reset on the candidate" in slips else h_tilde
    return np.tanh(h_tilde) if "tanh of a tanh" in slips else h_tilde


def _variant(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h, slips=frozenset()):
    b_r, b_z, b_h = (
        0 if {"bias forgotten", f"bias forgotten: {name}"} & slips else b
        for name, b in (("b_r", b_r), ("b_z", b_z), ("b_h", b_h))
    )
    if "gates exchanged" in slips:
        W_r, b_r, W_z, b_z = W_z, b_z, W_r, b_r
    W_z = W_r if "W_r for W_z" in slips else W_z
    b_z = b_r if "b_r for b_z" in slips else b_z
    turned = {"concatenated in the other order", "other order for the gates"} & slips
    order = -1 if turned else 1
    r = _gate(np.hstack([h_prev, x][::order]), W_r, b_r, slips)
    read = r * h_prev if "update gate reads the gated row" in slips else h_prev
    z = _gate(np.hstack([read, x][::order]), W_z, b_z, slips)
    h_tilde = _candidate(x, h_prev, r, z, W_h, b_h, slips)
    old = r * h_prev if "gated state for the old one" in slips else h_prev
    old = 0 if "path forgotten: the old state" in slips else old
    keep = 1 - z if "z and 1 - z exchanged" in slips else z
    keep = r if "gates' jobs exchanged" in slips else keep
    share = 1 if "1 - z missing" in slips else 1 - keep
    share = z if "z for 1 - z" in slips else share
    h = (1 if "z missing" in slips else keep) * old + share * h_tilde
    h = np.tanh(h) if "tanh of the new state" in slips else h
    return (z, r, h_tilde, h) if "results in another order" in slips else (r, z, h_tilde, h)


EXERCISE = Exercise(
    name="concat_step",
    outputs=("r", "z", "h_tilde", "h"),
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


def concat_step(answer):
    """Check one step of the concatenated GRU.

    Args:
        answer: function `(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h) -> (r, z, h_tilde, h)`, with
            `x (batch, input)`, `h_prev (batch, hidden)`, matrices `(hidden + input, hidden)` for
            the row [h, x], biases `(hidden,)` and results `(batch, hidden)`.

    Returns:
        A `Verdict`. The truth is `ConcatGRU.step` (chapter 5, eq-gru-concat-reset to
        eq-gru-concat-candidate, and eq-gru-state).

    """
    return EXERCISE.check(answer)
