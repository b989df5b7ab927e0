"""Chapter 7: the gradient of a batch that comes in parts."""

import numpy as np

from ..exercise import Exercise

SLIPS = {
    "sum for mean": (
        "The parts' gradients are added up as they are. Each is that of a mean, and a sum of "
        "means is too large: every part counts by its share of all rows."
    ),
    "parts weighted alike": (
        "This is the mean of the parts' gradients. It is right for parts of equal length; here a "
        "row of a short last part counts for more than the others. Weight each part by its number "
        "of rows."
    ),
    "= for +=": (
        "Each part overwrites the one before: what is left is the last part's share. Add them up."
    ),
    "sum over rows for mean": (
        "This is the sum over all rows: each part's mean, times its rows, is its sum. The last "
        "step is missing: divide by the number of all rows."
    ),
    "targets not moved along": (
        "The rows of `x` move on from part to part, those of `y` do not: later rows are held "
        "against the first targets."
    ),
    "the last part filled up": (
        "The last part is filled up with rows from the front, which then count twice. It has what "
        "is left, and its weight is smaller for it."
    ),
    "last part only": "This is the gradient of the last part alone, as if it were the whole batch.",
    "first part only": (
        "This is the gradient of the first part alone. Is there a `return` inside the loop?"
    ),
    "the last, smaller part left out": (
        "The rows that do not fill a part are left out. The last part has what is left."
    ),
    "the last, smaller part left out of all": (
        "The rows that do not fill a part are left out, and the mean is one over the others. The "
        "last part has what is left."
    ),
    "nearly equal parts weighted alike": (
        "The parts are of nearly the same length (as `np.array_split` makes them), and only "
        "nearly: a row of a shorter part counts for more. Weight each part by its number of rows."
    ),
    "every part taken for a full one": (
        "Each part is weighted by `size`, the last one too, which may have fewer rows. Weight it "
        "by the rows it has."
    ),
    "parts rounded down": (
        "The sum of the parts' gradients is divided by `n // size`, which forgets the last, "
        "smaller part. And the parts do not count alike: weight each by its number of rows."
    ),
    "rows rounded up": (
        "The rows' sum is divided by `size` times the number of parts, as if all parts were full. "
        "Divide by the number of rows that there are."
    ),
    "rows' sum divided by the size": (
        "The rows' sum is divided by `size`. Divide by the number of all rows."
    ),
    "running mean of two": (
        "What there was and the new part are averaged each time, so the last part counts for half "
        "of the whole and the first ones for next to nothing."
    ),
    "running mean of two, from zero": (
        "What there was and the new part are averaged each time, so the last part counts for half "
        "of the whole and the first ones for next to nothing. And half of the first part is half "
        "of zero."
    ),
    "divided by the rows": (
        "The sum of the parts' gradients is divided by the number of rows, but each part has been "
        "averaged over its rows already."
    ),
    "divided by the size": (
        "The sum of the parts' gradients is divided by `size`. What counts is how many rows of all "
        "a part has."
    ),
}


def _gradient(w, size):
    """The gradient of a mean loss, for at most `size` rows."""

    def gradient(x, y):
        rows = len(x)
        if rows == 0 or rows > size:
            raise MemoryError(f"got {rows} rows, expected 1 to {size}")
        out = np.tanh(np.asarray(x) @ w)
        return 2 * ((out - y) * (1 - out**2)) @ x / rows

    return gradient


def _draw(rng, i):
    size, parts = (2, 3, 1, 4, 3)[i % 5], 2 + i // 2 % 3
    rows = max(size * parts - (1, 2, 0)[i % 3], size, 4)
    size = rows if i % 8 == 7 else size
    inputs = 1 + i % 4
    return {
        "gradient": _gradient(rng.normal(size=inputs), size),
        "x": rng.normal(size=(rows, inputs)),
        "y": rng.normal(size=rows) + 2,
        "size": size,
    }


def _truth(gradient, x, y, size):
    """The mean of the gradients of single rows."""
    return np.mean([gradient(x[i : i + 1], y[i : i + 1]) for i in range(len(x))], axis=0)


def _variant(gradient, x, y, size, slips=frozenset()):
    cuts = range(size, len(x), size)
    if "nearly equal parts weighted alike" in slips:
        cuts = [len(part) for part in np.array_split(x, len(cuts) + 1)]
        cuts = np.cumsum(cuts)[:-1]
    parts = list(zip(np.split(x, cuts), np.split(y, cuts), strict=True))
    rows = len(x)
    if {"the last, smaller part left out", "the last, smaller part left out of all"} & slips:
        parts = [part for part in parts if len(part[0]) == size]
    if "the last, smaller part left out of all" in slips:
        rows = size * len(parts)
    if "targets not moved along" in slips:
        parts = [(part, y[: len(part)]) for part, _ in parts]
    if "the last part filled up" in slips:
        places = [np.arange(start, start + size) % rows for start in range(0, rows, size)]
        return np.mean([gradient(x[k], y[k]) for k in places], axis=0)
    gradients = np.array([gradient(*part) for part in parts])
    lengths = np.array([len(part[0]) for part in parts])
    if "last part only" in slips:
        return gradients[-1]
    if "first part only" in slips:
        return gradients[0]
    if {"running mean of two", "running mean of two, from zero"} & slips:
        total = gradients[0] * ("running mean of two" in slips)
        for one in gradients["running mean of two" in slips :]:
            total = (total + one) / 2
        return total
    shares = {
        "parts rounded down": np.full(len(parts), 1 / (rows // size)),
        "rows rounded up": lengths / (size * len(parts)),
        "rows' sum divided by the size": lengths / size,
        "sum for mean": np.ones(len(parts)),
        "sum over rows for mean": lengths,
        "parts weighted alike": np.full(len(parts), 1 / len(parts)),
        "nearly equal parts weighted alike": np.full(len(parts), 1 / len(parts)),
        "every part taken for a full one": np.full(len(parts), size / rows),
        "divided by the rows": np.full(len(parts), 1 / rows),
        "divided by the size": np.full(len(parts), 1 / size),
    }
    share = next((value for slip, value in shares.items() if slip in slips), lengths / rows)
    return share[-1] * gradients[-1] if "= for +=" in slips else share @ gradients


EXERCISE = Exercise(
    name="accumulated",
    outputs=("gradient",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda gradient, x, y, size: {"rows": len(x), "size": size},
)


def accumulated(answer):
    """Check the gradient of a mean loss, put together from parts of a batch.

    Args:
        answer: function `(gradient, x, y, size) -> array`. `gradient(x, y)` returns the gradient
            of the mean loss over at most `size` rows; `x (rows, inputs)` and `y (rows,)` are the
            batch.

    Returns:
        A `Verdict`. The truth is the mean of the gradients of single rows.

    """
    return EXERCISE.check(answer)
