"""Chapter 2: clipping by the global norm."""

import math

import numpy as np

from ..exercise import Exercise

NAMES = ("W_xh", "W_hh", "b_h")


def _told(text):
    """Return a function that gives the norms before and after, and then the text."""

    def told(found):
        before = _norm(found.arguments["grads"].values())
        after, c = _norm(found.yours.values()), found.arguments["c"]
        return (
            f"A gradient of global norm {before:.4g} has the norm {after:.4g} after clipping at "
            f"{c:.4g}. {text}"
        )

    return told


def _norm(arrays):
    return math.hypot(*(v for g in arrays for v in np.ravel(g).tolist()))


SLIPS = {
    "clip each array by itself": _told(
        "Each array is clipped to its own norm. Then one that explodes is cut and the others are "
        "not, so the direction of the whole step changes. One factor for all."
    ),
    "own norm in the factor": _told(
        "You ask for the global norm, as you should, and then divide each array by its own norm. "
        "Every array gets the length c in this way. One factor for all."
    ),
    "norm not finished": _told(
        "The norm and the scaling stand in one loop: an array is scaled by the norm of those up to "
        "it, before the later ones are in. First the whole norm, then the scaling."
    ),
    "norm taken anew": _told(
        "The norm is taken again for each array, and by then the arrays before it are scaled "
        "already, so it has become smaller. Take it once, before anything changes."
    ),
    "condition for each array": _told(
        "The factor is right, but you apply it only to arrays whose own norm is above c. If the "
        "global norm is above c all arrays are scaled."
    ),
    "root missing in the condition": _told(
        "You compare the square of the norm with c, so gradients below the limit are scaled too."
    ),
    "clip per element": _told(
        "This is clipping by value: each entry is judged by itself, and the direction changes."
    ),
    "always rescaled": _told(
        "You scale in every case, and so enlarge a gradient that is below the limit. It is to be "
        "left alone; otherwise the steps never become small."
    ),
    "condition the wrong way round": _told(
        "You scale when the norm is below the limit. Gradients above it pass as they are."
    ),
    "division by zero": (
        "For a gradient that is zero everywhere you divide 0 by 0, and every number becomes nan. "
        "Where nothing is to be clipped nothing need be divided."
    ),
    "root forgotten": _told("Your norm is the sum of the squares; its root is missing."),
    "sum of norms": _told(
        "You add up the norms of the arrays. The squares must be added, over all arrays, and the "
        "root be taken once, at the end."
    ),
    "mean of the norms": _told(
        "You take the mean of the arrays' norms. The squares must be added, over all arrays."
    ),
    "largest norm": _told(
        "You take the largest of the arrays' norms. The global norm has all entries in it."
    ),
    "sum of absolute values": _told("Your norm adds up absolute values in place of squares."),
    "largest entry for the norm": _told("Your norm is the largest entry; all of them count."),
    "mean for sum": _told("Your norm is the root of the mean square; the sum belongs there."),
    "spectral norm for the norm of all entries": _told(
        "`np.linalg.norm(W, 2)` of a matrix is its largest singular value. For the root of the sum "
        "of all squares leave the 2 out."
    ),
    "bias forgotten": _told("`b_h` is not in your norm. All three arrays count."),
    "one array only": _told("Only `W_hh` is in your norm. All three arrays count."),
    "bias not scaled": _told("`b_h` comes back unscaled. The factor is for all three arrays."),
    "only one array scaled": _told(
        "Only `W_hh` is scaled. It may be the one that explodes, but the factor is for all three."
    ),
    "not divided by the norm": _told("You multiply by c. The factor is c over the norm."),
    "normalised to 1": _told("You divide by the norm: the length becomes 1, and should become c."),
    "divided the other way": _told("Your factor is the norm over c. It should be c over the norm."),
    "set to zero": _told("Gradients above the limit are thrown away. They should be shortened."),
}


def _draw(rng, i):
    inputs, hidden = (1, 2, 1, 3, 2)[i % 5], (1, 2, 3, 2, 4, 1, 3)[i % 7]
    shapes = dict(zip(NAMES, ((inputs, hidden), (hidden, hidden), (hidden,)), strict=True))
    grads = {name: 3 * rng.normal(size=shape) for name, shape in shapes.items()}
    if i % 4 == 2:
        grads["W_hh"] = 20 * grads["W_hh"]
    if i in (7, 13):  # small and below the limit: the norm's square is below it, too
        grads = {name: g / 30 for name, g in grads.items()}
    if i in (5, 17):
        grads = {name: 0 * g for name, g in grads.items()}
    part = (0.5, 2.0, 0.1, 0.95, 0.3, 1.2)[i % 6]
    return {"grads": grads, "c": part * _norm(grads.values()) or 1.5}


def _truth(grads, c):
    """Shorten one long vector by the ratio of its length and the limit, found with `hypot`."""
    length = _norm(grads.values())
    ratio = max(length, c) / c
    return {name: grads[name] / ratio for name in NAMES}


def _size(arrays, slips):
    arrays = arrays[:-1] if "bias forgotten" in slips else arrays
    arrays = arrays[1:2] if "one array only" in slips else arrays
    entries = np.concatenate([g.ravel() for g in arrays])
    norms = np.array([np.linalg.norm(g) for g in arrays])
    wrong = {
        "root forgotten": lambda: np.sum(entries**2),
        "sum of norms": norms.sum,
        "mean of the norms": norms.mean,
        "largest norm": norms.max,
        "sum of absolute values": lambda: np.abs(entries).sum(),
        "largest entry for the norm": lambda: np.abs(entries).max(),
        "mean for sum": lambda: np.sqrt(np.mean(entries**2)),
        "spectral norm for the norm of all entries": lambda: np.sqrt(
            sum(np.linalg.norm(g, 2) ** 2 for g in arrays)
        ),
    }
    return next((f() for slip, f in wrong.items() if slip in slips), np.sqrt(np.sum(entries**2)))


def _factor(norm, c, slips):
    if norm == 0:
        return np.nan if "division by zero" in slips else 1.0
    asked = norm**2 if "root missing in the condition" in slips else norm
    above = asked < c if "condition the wrong way round" in slips else asked > c
    if not above and "always rescaled" not in slips:
        return 1.0
    wrong = {
        "not divided by the norm": c,
        "normalised to 1": 1 / norm,
        "divided the other way": norm / c,
        "set to zero": 0.0,
    }
    return next((f for slip, f in wrong.items() if slip in slips), c / norm)


def _variant(grads, c, slips=frozenset()):
    arrays = [grads[name] for name in NAMES]
    if "clip per element" in slips:
        return [np.clip(g, -c, c) for g in arrays]
    factors = [_factor(_size(arrays, slips), c, slips)] * 3
    if "clip each array by itself" in slips:
        factors = [_factor(_size([g], slips), c, slips) for g in arrays]
    if "norm not finished" in slips:
        factors = [_factor(_size(arrays[: j + 1], slips), c, slips) for j in range(3)]
    if "norm taken anew" in slips:
        factors = []
        for j in range(3):
            scaled = [f * g for f, g in zip(factors, arrays[:j], strict=True)]
            factors.append(_factor(_size([*scaled, *arrays[j:]], slips), c, slips))
    if "own norm in the factor" in slips and factors[0] != 1:
        factors = [c / np.linalg.norm(g) for g in arrays]
    if "condition for each array" in slips:
        factors = [factors[0] if np.linalg.norm(g) > c else 1.0 for g in arrays]
    if "bias not scaled" in slips:
        factors[-1] = 1.0
    if "only one array scaled" in slips:
        factors[0] = factors[2] = 1.0
    return [factor * g for factor, g in zip(factors, arrays, strict=True)]


EXERCISE = Exercise(
    name="clip_by_norm",
    outputs=NAMES,
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda grads, **_: {"entries": sum(g.size for g in grads.values())},
)


def clip_by_norm(answer):
    """Check clipping by the global norm.

    Args:
        answer: function `(grads, c) -> clipped`: dicts of `W_xh (input, hidden)`,
            `W_hh (hidden, hidden)` and `b_h (hidden,)`, and a limit above 0.

    Returns:
        A `Verdict`. The truth takes the length of all entries at once by `math.hypot` (chapter 2,
        eq-global-norm and eq-clip-norm).

    """
    return EXERCISE.check(answer)
