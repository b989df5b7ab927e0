"""Chapter 5: the nine arrays of the split form become the six of the concatenated one."""

import numpy as np

from ..exercise import Exercise

GATES = ("r", "z", "h")
SLIPS = {
    "concatenated in the other order": (
        "The input's matrix stands on top, the state's below: these blocks fit a row [x, h]. Here "
        "the row is [h, x], and its first numbers meet the first rows. The shapes fit either way."
    ),
    "candidate in the other order": (
        "In the candidate's matrix the input's block stands on top. In [r ⊙ h, x] the state comes "
        "first, too."
    ),
    "blocks stacked along the wrong axis": (
        "The two matrices stand side by side. It raised a ValueError wherever they differ in "
        "their number of rows, and where they do not the result is twice as wide as it should be. "
        "Side by side keeps two products apart; one above the other adds them up."
    ),
    "transposed": (
        "The blocks are laid out for columns, expected shape (H + D, H), got (H, H + D). That is "
        "right in texts that write W · [h; x]; here a row stands on the left of its matrix."
    ),
    "reshaped, not transposed": (
        "The shape is right and the numbers stand in the wrong places: a wide array was brought "
        "to the shape of a tall one by `reshape`, which counts the same numbers off anew. Put "
        "the two matrices one above the other, and no reshape is needed."
    ),
    "added, not stacked": (
        "The two matrices are added, expected shape (H + D, H). They multiply different numbers "
        "and must stay apart; what is added up is their products."
    ),
    "bias as a last row": (
        "The bias stands in the block matrix as another row, expected shape (H + D, H). Such a "
        "matrix is made for a row [h, x, 1]; here the bias is an array of its own."
    ),
    "gates exchanged": (
        "The arrays of the reset gate and of the update gate have changed places. The shapes "
        "cannot tell; look at the order in which the results are returned."
    ),
    "update gate and candidate exchanged": (
        "The arrays of the update gate and of the candidate have changed places. The shapes cannot "
        "tell; look at the order in which the results are returned."
    ),
    "upper block transposed": (
        "The state's matrices are transposed before they are stacked. They are square, so nothing "
        "complains; a row h stands on the left of the matrix in both forms."
    ),
    "results in another order": (
        "All matrices come first and then all biases: `W_z` stands where `b_r` is expected. It "
        "should be (W_r, b_r, W_z, b_z, W_h, b_h)."
    ),
    "one array for all": (
        "All three matrices hold the numbers of the candidate's. An array that is made once, "
        "filled anew for each gate and returned each time is one array under three names, and "
        "what was written last is in it. Make a new one for each gate."
    ),
    "z and 1 - z exchanged": (
        "`W_z` and `b_z` have the other sign. That changes to the convention in which z multiplies "
        "the candidate; here both forms have z with the old state, and every number stays."
    ),
}
COPIED = {
    f"copied line: W_{part}{other} in W_{gate}": (part, gate, other)
    for part in "hx"
    for gate in GATES
    for other in GATES
    if gate != other
}
COPIED |= {f"copied line: b_{o} for b_{g}": ("b", g, o) for g in GATES for o in GATES if g != o}
SLIPS |= {
    name: (
        (
            f"`b_{gate}` is `b_{other}`. All biases"
            if part == "b"
            else f"`W_{gate}` holds `W_{part}{other}` where `W_{part}{gate}` belongs. All gates"
        )
        + " have the same shapes, so a line that was copied and not changed throughout still runs."
    )
    for name, (part, gate, other) in COPIED.items()
}


# Two cases in a row have the same sizes, so that one's array can be tried in the other.
SIZES = ((1, 2), (2, 2), (3, 1), (1, 3), (4, 2), (2, 3), (1, 1), (5, 2), (3, 4), (2, 5), (4, 1))


def _draw(rng, i):
    D, H = SIZES[i // 2 % len(SIZES)]
    shapes = {"x": (D, H), "h": (H, H)}
    arguments = {}
    for k in GATES:
        arguments |= {f"W_{part}{k}": rng.normal(size=shapes[part]) for part in "xh"}
        arguments[f"b_{k}"] = rng.normal(size=H)
    return arguments


def _truth(**arrays):
    """Row i of a block matrix is what the row [h, x] gives that is 1 at place i and else 0."""
    H = len(arrays["b_r"])
    rows = np.eye(H + len(arrays["W_xr"]))
    results = []
    for k in GATES:
        results.append(rows[:, :H] @ arrays[f"W_h{k}"] + rows[:, H:] @ arrays[f"W_x{k}"])
        results.append(arrays[f"b_{k}"])
    return tuple(results)


def _stacked(W_h, W_x, b, slips):
    """One block matrix."""
    if "concatenated in the other order" in slips:
        W_h, W_x = W_x, W_h
    if "blocks stacked along the wrong axis" in slips:
        return np.hstack([W_h, W_x])
    if "added, not stacked" in slips:
        return W_h + W_x
    if "upper block transposed" in slips:
        W_h = W_h.T
    wide = np.hstack([W_h.T, W_x.T])
    if "transposed" in slips:
        return wide
    if "reshaped, not transposed" in slips:
        return wide.reshape(wide.shape[::-1])
    return np.vstack([wide.T, b]) if "bias as a last row" in slips else wide.T


def _variant(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h, slips=frozenset()):
    parts = {
        "x": dict(zip(GATES, (W_xr, W_xz, W_xh), strict=True)),
        "h": dict(zip(GATES, (W_hr, W_hz, W_hh), strict=True)),
        "b": {"r": b_r, "z": b_z, "h": b_h},
    }
    used = {part: dict(of) for part, of in parts.items()}
    for name in COPIED.keys() & slips:
        part, gate, other = COPIED[name]
        used[part][gate] = parts[part][other]
    biases = used["b"]
    blocks = {k: _stacked(used["h"][k], used["x"][k], biases[k], slips) for k in GATES}
    if "candidate in the other order" in slips:
        blocks["h"] = np.vstack([W_xh, W_hh])
    if "one array for all" in slips:
        blocks = dict.fromkeys(GATES, blocks["h"])
    if "z and 1 - z exchanged" in slips:
        blocks["z"], biases["z"] = -blocks["z"], -b_z
    order = ("z", "r", "h") if "gates exchanged" in slips else GATES
    order = ("r", "h", "z") if "update gate and candidate exchanged" in slips else order
    if "results in another order" in slips:
        return tuple(blocks[k] for k in order) + tuple(biases[k] for k in order)
    return tuple(array for k in order for array in (blocks[k], biases[k]))


EXERCISE = Exercise(
    name="concatenate_weights",
    outputs=("W_r", "b_r", "W_z", "b_z", "W_h", "b_h"),
    draw=_draw,
    truth=lambda *arrays: _truth(
        **dict(zip(_draw(np.random.default_rng(), 0), arrays, strict=True))
    ),
    variant=_variant,
    slips=SLIPS,
    sizes=lambda W_xr, **_: {"inputs": W_xr.shape[0], "units": W_xr.shape[1]},
)


def concatenate_weights(answer):
    """Check the change from the split to the concatenated form.

    Args:
        answer: function `(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h) -> (W_r, b_r, W_z,
            b_z, W_h, b_h)`, with matrices `(input, hidden)` and `(hidden, hidden)` that become
            blocks `(hidden + input, hidden)` for the row [h, x].

    Returns:
        A `Verdict`. The truth is what each row with a single 1 must give (chapter 5,
        math-concat-product).

    """
    return EXERCISE.check(answer)
