"""Chapter 5: one step forward of the concatenated GRU."""

import numpy as np

from ...concat_gru import ConcatGRU
from ..exercise import Exercise
from .concat_slips import SLIPS

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
    outside = {"bias outside the activation", "bias outside the activation: gates"} & slips
    inside, outside = (0, b) if outside else (b, 0)
    if "activation missing: gates" in slips:
        return row @ W + b
    gate = (np.tanh if "tanh for sigmoid" in slips else _sigmoid)(row @ W + inside)
    return (_sigmoid(gate) if "sigmoid of a sigmoid" in slips else gate) + outside


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
    elif "reset on the whole pre-activation" in slips:
        a = g * (row(h_prev, x) @ W_h + b_h) - b_h
    elif "r for the gated state" in slips:
        a = row(g, x) @ W_h
    elif "reset after, bias inside" in slips:
        a = g * (row(h_prev, 0 * x) @ W_h + b_h) + row(0 * h_prev, x) @ W_h - b_h
    elif "reset after for before" in slips:
        a = g * (row(h_prev, 0 * x) @ W_h) + row(0 * h_prev, x) @ W_h
    else:
        a = row(g * h_prev, x) @ W_h
    if "activation missing" in slips:
        return a + b_h
    outside = {"bias outside the activation", "bias outside the activation: candidate"} & slips
    inside, outside = (0, b_h) if outside else (b_h, 0)
    h_tilde = (_sigmoid if "sigmoid for tanh" in slips else np.tanh)(a + inside) + outside
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
    keep = r if {"gates' jobs exchanged", "reset gate for update gate"} & slips else keep
    share = 1 if "1 - z missing" in slips else 1 - keep
    share = z if "z for 1 - z" in slips else share
    share = 1 - r if "1 - r for 1 - z" in slips else share
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
