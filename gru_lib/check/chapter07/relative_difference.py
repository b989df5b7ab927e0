"""Chapter 7: the relative difference of two sets of arrays."""

import numpy as np

from ...gradcheck import relative_error
from ..exercise import Exercise

SLIPS = {
    "paired by place": (
        "The arrays are paired by their place in the two dictionaries and not by name. The order "
        "of the names may differ, and then other arrays are compared; where their shapes do not "
        "fit, even an exception is raised."
    ),
    "named by place": (
        "`largest` is right, but its name is looked up by its place in the other dictionary, where "
        "the order may differ. Keep each number together with its name."
    ),
    "element by element": (
        "Each difference is divided by the number at the same place. One entry that happens to be "
        "nearly zero then decides. Take the two maxima apart from each other."
    ),
    "not divided": (
        "This is the largest difference itself. 0.01 is much for a bias of 0.02 and nothing for a "
        "weight of 100: divide by the largest size in theirs."
    ),
    "divided by ours": (
        "The differences are divided by the largest size of *ours*. The scale is that of theirs, "
        "which is taken for the truth."
    ),
    "divided by the larger of the two": (
        "The scale is the larger one of both arrays. It should be that of theirs alone."
    ),
    "divided by the sum of both": (
        "The scale is the sum of both arrays' largest sizes. It should be that of theirs alone."
    ),
    "divided by the sum of both, place by place": (
        "The scale is the largest sum of the two sizes at one place. It should be the largest size "
        "in theirs alone. (A sum of both belongs to another definition, which treats both alike.)"
    ),
    "element by element, by the sum of both": (
        "Each difference is divided by the sum of the two sizes at the same place. That is another "
        "definition, common in gradient checks. Here each array has one scale, the largest size in "
        "theirs."
    ),
    "absolute value missing in the difference": (
        "The differences are not taken by their size: where ours is smaller, the largest of them "
        "counts for nothing."
    ),
    "absolute value missing in the scale": (
        "The scale is the largest number of theirs, not the largest *size*: an array of negative "
        "numbers has a scale too."
    ),
    "scale at the place of the largest difference": (
        "The largest difference is divided by the number at the same place. The scale is the "
        "largest size in the whole array, wherever it stands."
    ),
    "not divided where theirs is zero": (
        "Where theirs is zero everywhere and ours is not, the difference itself is returned. "
        "Infinity is asked for."
    ),
    "one scale for all": (
        "All arrays are divided by the largest size that occurs in any of them. A small array's "
        "error vanishes beside a large one; each has a scale of its own."
    ),
    "mean for the largest": (
        "The differences and the sizes are averaged within an array. One wrong entry among many "
        "then hardly shows: take the largest."
    ),
    "mean for the largest, above": (
        "The differences are averaged, the sizes are not. One wrong entry among many then hardly "
        "shows: take the largest difference."
    ),
    "mean for the largest, below": (
        "The largest difference is divided by the *mean* size. The scale is the largest size."
    ),
    "difference of the largest sizes": (
        "The two arrays' largest sizes are compared. They may agree where the arrays do not: take "
        "the differences first, then the largest."
    ),
    "chosen by the undivided difference": (
        "The array is chosen by its largest difference, before that is divided by the scale. An "
        "array of large numbers then hides the others."
    ),
    "1e-8 added to the scale": (
        "A small number in the scale prevents a division by zero. But where theirs is zero and "
        "ours is not, infinity is asked for."
    ),
    "1e-12 added to the scale": (
        "A small number in the scale prevents a division by zero. But where theirs is zero and "
        "ours is not, infinity is asked for."
    ),
    "norm for the largest": (
        "This is the norm of the difference over the norm of theirs. Here the largest difference "
        "over the largest size is asked for."
    ),
    "the smallest for the largest": (
        "This is the array that agrees best. The worst one should be found."
    ),
    "the last array": (
        "What is returned belongs to the last array, whatever came before. Keep the largest."
    ),
    "zero whatever ours is": (
        "Where theirs is zero everywhere, the result is 0 even if ours is not. A gradient that "
        "should be zero and is not is the largest error there is: infinity."
    ),
    "infinity where both are zero": (
        "Where both arrays are zero everywhere, they agree, and the difference is 0."
    ),
    "0/0": (
        "Where both arrays are zero everywhere, 0 is divided by 0, and NaN spoils the comparison. "
        "They agree: the difference is 0."
    ),
    "the last of equals": (
        "Of several arrays with the same difference the last is named. It should be the first in "
        "`ours`: replace the largest only by one that is larger."
    ),
    "the first in theirs": (
        "Of several arrays with the same difference the one is named that is first in `theirs`. It "
        "should be the first in `ours`."
    ),
}


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
            ours = {name: theirs[name] + (i % 6 == 5)} | others
    if i in (8, 14, 20):  # all of them agree
        ours = {name: theirs[name].copy() for name in ours}
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
    if "difference of the largest sizes" in slips:
        difference = np.abs(own - scale)
    if "not divided" in slips:
        return difference
    scale += 1e-8 * ("1e-8 added to the scale" in slips)
    scale += 1e-12 * ("1e-12 added to the scale" in slips)
    scale = own if "divided by ours" in slips else scale
    if "scale at the place of the largest difference" in slips:
        scale = np.abs(b).flat[np.argmax(np.abs(a - b))]
    if scale > 0:
        scale = max(own, scale) if "divided by the larger of the two" in slips else scale
        scale = own + scale if "divided by the sum of both" in slips else scale
        scale = np.max(both) if "divided by the sum of both, place by place" in slips else scale
    scale = scale if common is None else common
    if scale == 0 and "not divided where theirs is zero" in slips:
        return difference
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
    return EXERCISE.check(answer)
