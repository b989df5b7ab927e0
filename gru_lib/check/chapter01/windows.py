"""Chapter 1: windows of a series, and the value after each."""

import numpy as np

from ... import data
from ..exercise import Exercise


def _shapes(text):
    """Return an explanation that begins with the shapes of x."""

    def explanation(found):
        return (
            f"`x`: expected shape {found.expected['x'].shape}, got {found.yours['x'].shape}. {text}"
        )

    return explanation


SLIPS = {
    "today for tomorrow": (
        "The target is the last value of its own window, so the answer stands in the question: a "
        "network that repeats its input scores an error of 0. The target is the value after it."
    ),
    "one step too late": _shapes(
        "One value is skipped between each window and its target: the target is the second value "
        "after the window, and one example is lost at the end."
    ),
    "one step too late, the last value repeated": (
        "The target is the second value after the window, one value too late. Next comes "
        "`series[i + length]`: the slice ends before it."
    ),
    "one step too late, round to the start": (
        "The target is the second value after the window, one value too late. Next comes "
        "`series[i + length]`: the slice ends before it."
    ),
    "last window forgotten": _shapes(
        "The last window is missing, although it has a target: the series' last value. There are "
        "`n - length` windows."
    ),
    "last window has no target": _shapes(
        "There is one window too many: the last one ends where the series ends, and no value "
        "follows it."
    ),
    "target inside the window": _shapes(
        "Each window holds one value too many, and this value is the target. The end of a slice "
        "is not part of it: `series[i : j]` has j - i values."
    ),
    "windows side by side": _shapes(
        "The windows lie side by side. They should overlap: each begins one place after the one "
        "before."
    ),
    "time before batch": _shapes(
        "Time and windows are exchanged. The order of the axes is (batch, time, input): `x[0]` is "
        "the first window."
    ),
    "reshape for transpose": (
        "The right numbers at the wrong places: an array with a row for each place in the window "
        "has been brought into shape by `reshape`. That keeps the numbers in their order and only "
        "cuts it anew; what exchanges two axes is the transpose, `.T`."
    ),
    "axes in another order": _shapes(
        "The axis of length 1 stands in the middle. The order is (batch, time, input), and the "
        "input, one number per step, comes last."
    ),
    "backwards": (
        "Each window runs backwards, latest value first. The network would read it against the "
        "direction of time, and would see the value before the target first of all."
    ),
    "windows in reverse order": (
        "The windows come latest first. With the earliest first, a chronological split takes its "
        "training part from the beginning."
    ),
}


def _draw(rng, i):
    length = 1 + i % 5
    return {"series": rng.normal(size=length + 2 + i // 2 % 6), "length": length}


def _variant(series, length, slips=frozenset()):
    late = "one step too late" in slips
    count = len(series) - length - late - ("last window forgotten" in slips)
    starts = list(range(count))
    if "windows side by side" in slips:
        starts = starts[::length]
    if "windows in reverse order" in slips:
        starts.reverse()
    ahead = length + late - ("today for tomorrow" in slips)
    y = np.array([series[i + ahead] for i in starts])[:, None]
    if "one step too late, the last value repeated" in slips:
        y = np.concatenate([y[1:], y[-1:]])
    if "one step too late, round to the start" in slips:
        y = np.concatenate([y[1:], [series[:1]]])
    if "last window has no target" in slips:
        starts.append(count)
    width = length + ("target inside the window" in slips)
    x = np.array([series[i : i + width] for i in starts])
    x = x[:, ::-1] if "backwards" in slips else x
    x = x.T.reshape(x.shape) if "reshape for transpose" in slips else x
    if "time before batch" in slips:
        return x.T[:, :, None], y
    return x[:, None] if "axes in another order" in slips else x[:, :, None], y


EXERCISE = Exercise(
    name="windows",
    outputs=("x", "y"),
    draw=_draw,
    truth=data.windows,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda series, length: {"n": len(series), "length": length},
)


def windows(answer):
    """Check that a series is cut into all windows that have a value after them.

    Args:
        answer: function `(series, length) -> (x, y)`. `series (n,)`, `length` from 1 to n - 1;
            `x (n - length, length, 1)` are the windows, earliest first, and
            `y (n - length, 1)` the value after each.

    Returns:
        A `Verdict`. The truth is `gru_lib.data.windows`.

    """
    return EXERCISE.check(answer)
