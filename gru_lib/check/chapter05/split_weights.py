"""Chapter 5: the six arrays of the concatenated form become the three fused ones of `GRU`."""

import numpy as np

from ...concat_gru import ConcatGRU
from ..exercise import Exercise

GATES = ("r", "z", "h")
SLIPS = {
    "concatenated in the other order": (
        "The first rows are taken for the input's and the last for the state's. That fits a row "
        "[x, h]; these blocks are made for [h, x], whose first H numbers are the state."
    ),
    "candidate in the other order": (
        "The candidate's matrix is cut as if its row began with the input. In [r ⊙ h, x] the state "
        "comes first, too."
    ),
    "cut after D rows": (
        "The cut is after D rows, expected shape (D, 3 H) for `W_x` and (H, 3 H) for `W_h`. The "
        "state's rows come first, and there are H of them: as many as there are columns."
    ),
    "cut in the middle": (
        "The matrices are cut in the middle, expected shape (D, 3 H) for `W_x` and (H, 3 H) for "
        "`W_h`. That fits where D = H. The state has as many rows as there are units, whatever the "
        "number of inputs is."
    ),
    "results in another order": (
        "`W_x` and `W_h` have changed places, expected shape (D, 3 H) for the first: the input's "
        "array is returned first."
    ),
    "gates exchanged": (
        "The gates stand in the order z, r, candidate, as in Keras. `GRU` expects r, z, candidate; "
        "the shapes cannot tell."
    ),
    "update gate and candidate exchanged": (
        "The gates stand in the order r, candidate, z. `GRU` expects r, z, candidate; the shapes "
        "cannot tell."
    ),
    "upper blocks transposed": (
        "The state's blocks are transposed. They are square, so nothing complains; a row h stands "
        "on the left of the matrix in both forms."
    ),
    "blocks stacked along the wrong axis": (
        "The gates stand one above the other, expected shape (D, 3 H) for `W_x`. Side by side they "
        "give three results for one row; one above the other they would need a longer row."
    ),
    "reshaped, not side by side": (
        "The shape is right and the numbers stand in the wrong places: the gates were put one "
        "above the other and then brought to the shape by `reshape`, which mixes rows and gates."
    ),
    "interleaved": (
        "The columns alternate, r, z, candidate of unit 1, then of unit 2. It should be all units "
        "of r, then all of z, then all of the candidate."
    ),
    "transposed": (
        "The arrays are transposed, expected shape (D, 3 H) for `W_x`. PyTorch keeps them as "
        "(3 H, D); here a row stands on the left of its matrix."
    ),
    "z and 1 - z exchanged": (
        "The update gate's part has the other sign. That changes to the convention in which z "
        "multiplies the candidate; here both forms have z with the old state."
    ),
    "candidate's block only": (
        "`W_h` is the candidate's block alone, expected shape (H, 3 H). The fused matrix for "
        "the state has such a block of each of the three, side by side."
    ),
    "candidate's matrix as it came": (
        "`W_h` is the argument of this name, the candidate's block matrix: expected shape "
        "(H, 3 H), got (H + D, H). The result of the same name is another array: the state's "
        "blocks of r, z and the candidate, side by side."
    ),
    "biases added up": (
        "`b` is the sum of the three biases, expected shape (3 H,). Each belongs to its own gate, "
        "so they stand one after the other."
    ),
}
COPIED = {
    f"copied line: {gate} from {other} in {fused}": (fused, gate, other)
    for fused in ("W_x", "W_h", "b")
    for gate in GATES
    for other in GATES
    if gate != other
}
LETTERS = {"r": "reset gate", "z": "update gate", "h": "candidate"}
SLIPS |= {
    name: (
        f"In `{fused}` the part of the {LETTERS[gate]} holds the numbers of the {LETTERS[other]}. "
        "All gates have the same shapes, so a line that was copied still runs."
    )
    for name, (fused, gate, other) in COPIED.items()
}


# Two cases in a row have the same sizes, so that one's array can be tried in the other.
SIZES = ((1, 2), (2, 2), (3, 1), (1, 3), (4, 2), (2, 3), (1, 1), (5, 2), (3, 4), (2, 5), (4, 1))


def _draw(rng, i):
    D, H = SIZES[i // 2 % len(SIZES)]
    arguments = {}
    for k in GATES:
        arguments |= {f"W_{k}": rng.normal(size=(H + D, H)), f"b_{k}": rng.normal(size=H)}
    return arguments


def _truth(W_r, b_r, W_z, b_z, W_h, b_h):
    """Let the library change the form."""
    layer = ConcatGRU(len(W_r) - len(b_r), len(b_r), seed=0)
    arrays = {"W_r": W_r, "b_r": b_r, "W_z": W_z, "b_z": b_z, "W_h": W_h, "b_h": b_h}
    for name, array in arrays.items():
        layer.params[name][...] = array
    params = layer.to_gru().params
    return params["W_x"], params["W_h"], params["b"]


def _joined(parts, slips):
    """Matrices of three gates as one."""
    if "blocks stacked along the wrong axis" in slips:
        return np.vstack(parts)
    if "reshaped, not side by side" in slips:
        return np.vstack(parts).reshape(len(parts[0]), -1)
    if "interleaved" in slips:
        return np.stack(parts, axis=-1).reshape(len(parts[0]), -1)
    return np.hstack(parts).T if "transposed" in slips else np.hstack(parts)


def _variant(W_r, b_r, W_z, b_z, W_h, b_h, slips=frozenset()):
    rows, H = W_r.shape
    state, rest = slice(H), slice(H, None)
    if "concatenated in the other order" in slips:
        state, rest = slice(rows - H, None), slice(rows - H)
    if "cut after D rows" in slips:
        state, rest = slice(rows - H), slice(rows - H, None)
    if "cut in the middle" in slips:
        state, rest = slice(rows // 2), slice(rows // 2, None)
    sign = -1 if "z and 1 - z exchanged" in slips else 1
    blocks = {"r": W_r, "z": sign * W_z, "h": W_h}
    biases = {"r": b_r, "z": sign * b_z, "h": b_h}
    parts = {
        "W_x": {k: block[rest] for k, block in blocks.items()},
        "W_h": {k: block[state] for k, block in blocks.items()},
        "b": biases,
    }
    if "candidate in the other order" in slips:
        parts["W_x"]["h"], parts["W_h"]["h"] = W_h[: rows - H], W_h[rows - H :]
    if "upper blocks transposed" in slips:
        parts["W_h"] = {k: block.T for k, block in parts["W_h"].items()}
    used = {fused: dict(of) for fused, of in parts.items()}
    for name in COPIED.keys() & slips:
        fused, gate, other = COPIED[name]
        used[fused][gate] = parts[fused][other]
    order = ("z", "r", "h") if "gates exchanged" in slips else GATES
    order = ("r", "h", "z") if "update gate and candidate exchanged" in slips else order
    lists = {fused: [of[k] for k in order] for fused, of in used.items()}
    W_x, fused = (_joined(lists[fused], slips) for fused in ("W_x", "W_h"))
    fused = parts["W_h"]["h"] if "candidate's block only" in slips else fused
    W_h = W_h if "candidate's matrix as it came" in slips else fused
    b = sum(lists["b"]) if "biases added up" in slips else np.concatenate(lists["b"])
    b = np.stack(lists["b"], axis=-1).ravel() if "interleaved" in slips else b
    return (W_h, W_x, b) if "results in another order" in slips else (W_x, W_h, b)


EXERCISE = Exercise(
    name="split_weights",
    outputs=("W_x", "W_h", "b"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda W_r, **_: {"inputs": W_r.shape[0] - W_r.shape[1], "units": W_r.shape[1]},
)


def split_weights(answer):
    """Check the change from the concatenated form to the fused arrays of `GRU`.

    Args:
        answer: function `(W_r, b_r, W_z, b_z, W_h, b_h) -> (W_x, W_h, b)`; blocks `(hidden +
            input, hidden)` for the row [h, x] become `W_x (input, 3 * hidden)`, `W_h (hidden,
            3 * hidden)` and `b (3 * hidden,)` with the gates r, z, candidate side by side.

    Returns:
        A `Verdict`. The truth is `ConcatGRU.to_gru` (chapter 5, math-concat-blocks).

    """
    return EXERCISE.check(answer)
