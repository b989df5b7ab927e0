"""Chapter 7: the relative difference of two sets of arrays."""

from dataclasses import replace

import numpy as np

from ...gradcheck import relative_error
from ..exercise import Exercise
from .difference_slips import NONE_FOUND, SLIPS


def _draw(rng, i):
    names = ["W_x", "W_h", "b", "b_hh"][: 2 + i % 3]
    theirs = {}
    for name in names:
        shape = (2,) if i % 2 == 0 else tuple(rng.integers(1, 4, size=1 + (name < "b")))
        theirs[name] = rng.normal(size=shape) * 10.0 ** rng.integers(-2, 2)
        if i % 4 == 1:
            theirs[name] = -np.abs(theirs[name])
    ours = {}
    for k in rng.permutation(len(names)):
        other = theirs[names[k]]
        size = rng.uniform(0.1, 0.9)
        ours[names[k]] = other * (1 + size * rng.normal(size=other.shape))
    if i % 6 >= 4:  # both zero, or theirs alone
        for name in (names[-1], names[0])[: 1 + i % 4 // 2]:
            theirs[name] = np.zeros_like(theirs[name])
            others = {other: a for other, a in ours.items() if other != name}
            wrong = rng.uniform(-0.9, 0.9, theirs[name].shape).round(2) - 0.03
            ours = {name: theirs[name] + (i % 6 == 5) * wrong} | others
    if i in (8, 14, 20):  # all of them agree
        ours = {name: theirs[name].copy() for name in ours}
    if i in (3, 16):  # and one of them is zero, the first or the only one
        name = next(iter(ours))
        ours = {other: theirs[other].copy() for other in (ours if i == 16 else [name])}
        ours[name] = np.zeros_like(ours[name])
        theirs = {other: ours[other].copy() for other in theirs if other in ours}
    return {"ours": ours, "theirs": theirs}


def _truth(ours, theirs):
    """The package's relative error, array by array."""
    worst, largest = "", -1.0
    for name, array in ours.items():
        error = relative_error(array, theirs[name])
        if error > largest:
            worst, largest = name, error
    return worst, largest


def _variant(ours, theirs, slips=frozenset()):
    pairs = [(name, ours[name], theirs[name]) for name in ours]
    if "paired by place" in slips:
        pairs = list(zip(ours, ours.values(), theirs.values(), strict=True))
    if "the first in theirs" in slips:
        pairs = [(name, ours[name], theirs[name]) for name in theirs]
    common = max(np.max(np.abs(b)) for b in theirs.values())
    found = {}
    for name, a, b in pairs:
        found[name] = _delta(a, b, common if "one scale for all" in slips else None, slips)
    order = list(found)[::-1] if "the last of equals" in slips else list(found)
    worst = max(order, key=found.get)
    if "the smallest for the largest" in slips:
        worst = min(order, key=found.get)
    if "chosen by the undivided difference" in slips:
        worst = max(order, key=lambda name: np.max(np.abs(ours[name] - theirs[name])))
    worst = order[-1] if "the last array" in slips else worst
    if "named by place" in slips:
        return list(theirs)[list(ours).index(worst)], found[worst]
    return worst, found[worst]


def _delta(a, b, common, slips):
    """The relative difference of two arrays."""
    if "element by element" in slips:
        ratio = np.abs(a - b) / np.abs(b)
        return np.max(ratio if "0/0" in slips else np.where(a == b, 0, ratio))
    both = np.abs(a) + np.abs(b)
    if "element by element, by the sum of both" in slips:
        return np.max(np.abs(a - b) / np.maximum(both, 1e-8))
    difference = a - b if "absolute value missing in the difference" in slips else np.abs(a - b)
    size = b if "absolute value missing in the scale" in slips else np.abs(b)
    top = np.mean if "mean for the largest" in slips else np.max
    top = np.linalg.norm if "norm for the largest" in slips else top
    if "mean for the largest, above" in slips:
        difference = np.mean(difference)
    if "mean for the largest, below" in slips:
        size = np.mean(size)
    difference, scale, own = top(difference), top(size), np.max(np.abs(a))
    late = "absolute value after the maximum"
    if {late, f"{late}, above"} & slips:
        difference = np.abs(np.max(a - b))
    if {late, f"{late}, below"} & slips:
        scale = np.abs(np.max(b))
    if "difference of the largest sizes" in slips:
        difference = np.abs(own - scale)
    if "not divided" in slips:
        return difference
    scale += 1e-8 * ("1e-8 added to the scale" in slips)
    scale += 1e-12 * ("1e-12 added to the scale" in slips)
    scale = own if "divided by ours" in slips else scale
    scale = max(own, scale) if "divided by the larger of the two everywhere" in slips else scale
    if "scale at the place of the largest difference" in slips:
        scale = np.abs(b).flat[np.argmax(np.abs(a - b))]
    if scale > 0:
        scale = max(own, scale) if "divided by the larger of the two" in slips else scale
        scale = own + scale if "divided by the sum of both" in slips else scale
        scale = np.max(both) if "divided by the sum of both, place by place" in slips else scale
    return _divided(difference, scale if common is None else common, slips)


def _divided(difference, scale, slips):
    """The difference in units of the scale."""
    if scale == 0 and "not divided where theirs is zero" in slips:
        return difference
    if scale == 0 and "one where theirs is zero" in slips:
        return float(difference > 0)
    if scale == 0 and "0/0" not in slips:
        agree = difference == 0 and "infinity where both are zero" not in slips
        return 0.0 if agree or "zero whatever ours is" in slips else np.inf
    return difference / scale


EXERCISE = Exercise(
    name="relative_difference",
    outputs=("worst", "largest"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda ours, theirs: {"arrays": len(ours)},
)


def relative_difference(answer):
    """Check the largest relative difference of two dictionaries of arrays, and its name.

    Args:
        answer: function `(ours, theirs) -> (worst, largest)`: two dictionaries with the same names
            and shapes, in any order; the name of the array with the largest
            max|ours - theirs| / max|theirs|, and that number. It is 0 where both are zero, and
            infinite where theirs alone is.

    Returns:
        A `Verdict`. The truth is the package's `relative_error` (eq-relative-error).

    """
    verdict = EXERCISE.check(answer)
    nothing = "`worst` is `None`" in verdict.message or verdict.message.endswith("and is ''.")
    if verdict.diagnosis in ("returns None", "unrecognised") and nothing:
        shown = verdict.message.rpartition("\n")[2]
        return replace(verdict, diagnosis="no array found", message=f"{shown}\n{NONE_FOUND}")
    return verdict
