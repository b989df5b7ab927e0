"""Chapter 6: windows at the border of training and test part."""

from functools import partial

import numpy as np

from ..exercise import Exercise


def _counted(text, found):
    """Add how many windows there are, and how many there should be."""
    counts = []
    for name, part in (("y_train", "for training"), ("y_test", "for the test")):
        given, right = (np.size(f[name]) for f in (found.yours, found.expected))
        if given != right:
            counts.append(f"{given} {part}, where it should be {right}")
    if counts:
        return f"{text} Windows in the first such case: {'; '.join(counts)}."
    given, right = np.shape(found.yours["x_train"]), np.shape(found.expected["x_train"])
    return text if given == right else f"{text} `x_train`: expected shape {right}, got {given}."


TEXTS = {
    "cut at window n": (
        "The cut is made at *window* number n, and its target comes `length - 1 + ahead` days "
        "later: the last training windows have targets in the test part, and some reach into it "
        "themselves. Ask on which day a window's target lies."
    ),
    "windows of each part by itself": (
        "The test windows are cut from the test prices alone, so the first `length - 1 + ahead` "
        "test days are never predicted. The prices before the cut are known on these days and may "
        "stand in a test window."
    ),
    "test windows begin too late": (
        "The first test window begins `length` days before the cut, and that is early enough for "
        "`ahead = 1` only: with a larger `ahead` the first test days are never predicted. On which "
        "day does the window begin whose target is day n?"
    ),
    "the first test window lost": ("The first test window is missing. Its target is day n."),
    "test windows that end before the cut left out": (
        "A window is a test window here only if its last day is in the test part. It is one as "
        "soon as its *target* is: all prices of the window may lie before the cut."
    ),
    "ahead ignored": (
        "`ahead` makes no difference: the target is always the price right after the window."
    ),
    "one day too far": (
        "The target is `ahead + 1` days after the window's last day. With `ahead = 1` it should be "
        "the next price."
    ),
    "today for tomorrow": (
        "The target is `ahead - 1` days after the window's last day: with `ahead = 1` it is the "
        "last price of the window itself, and there is nothing left to predict."
    ),
    "targets one day too early": (
        "The targets are the prices one day too early: with `ahead = 1` each is the last price of "
        "its own window. Count `ahead` days on from the window's last day."
    ),
    "targets one day too late": (
        "The targets are the prices one day too late: with `ahead = 1` each should be the price "
        "right after its window. Count `ahead` days on from the window's last day."
    ),
    "next price as target": (
        "The target is always the price right after the window. It should be the price `ahead` "
        "days after the window's last day."
    ),
    "counted from the window's first day": (
        "The target is `ahead` days after the window's *first* day, so it may lie inside the "
        "window. Count from its last day."
    ),
    "one window too many": (
        "There is one training window too many: its target is the first price of the test part."
    ),
    "cut by the window's last day": (
        "A window counts as training here if its own prices are in the training part. Its target "
        "comes `ahead` days later, and for the last windows it is a test price: a leak."
    ),
    "cut for the next day": (
        "The cut is where it belongs for `ahead = 1`. With a larger `ahead` the last training "
        "windows have targets in the test part."
    ),
    "one window too few": (
        "The last training window has gone into the test part. Its target is day n - 1, the last "
        "one of the training part."
    ),
    "the last training window lost": (
        "The last training window is missing. Its target is day n - 1; a `range` does not include "
        "its end."
    ),
    "the last window lost": (
        "The last test window is missing. Its target is the last price of all; a `range` does not "
        "include its end."
    ),
    "windows do not overlap": (
        "Each window begins where the one before ended. Windows begin on every day."
    ),
    "window one day too long": (
        "Each window has `length + 1` prices. With `ahead = 1` the last of them is the target."
    ),
    "newest first": "The prices of each window are in reverse. The oldest comes first.",
}
SLIPS = {name: partial(_counted, text) for name, text in TEXTS.items()}
SLIPS["results in another order"] = lambda found: (
    "The results come as `x_train`, `x_test`, `y_train`, `y_test`. Asked for are `x_train`, "
    "`y_train`, `x_test`, `y_test`, in this order. `y_train`: expected shape "
    f"{np.shape(found.expected['y_train'])}, got {np.shape(found.yours['y_train'])}."
)


def _draw(rng, i):
    length, ahead = (2, 2, 3, 1, 4, 3)[i % 6], (1, 2, 1, 3, 2, 3)[i // 2 % 6]
    n = length + ahead + (i + 1) % 4
    days = n + length + ahead + i % 3
    p = 20 * np.exp(np.cumsum(rng.normal(scale=0.2, size=days)))
    return {"p": p.round(1) if i < 6 else p, "n": n, "length": length, "ahead": ahead}


def _truth(p, n, length, ahead):
    """Day by day: what was known of it `ahead` days before."""
    parts = {True: ([], []), False: ([], [])}
    for day in range(len(p)):
        last = day - ahead
        if last - length + 1 >= 0:
            x, y = parts[day < n]
            x.append([p[last - k] for k in reversed(range(length))])
            y.append(p[day])
    return tuple(np.array(a) for part in (True, False) for a in parts[part])


def _variant(p, n, length, ahead, slips=frozenset()):
    ahead = 1 if "ahead ignored" in slips else ahead
    ahead += ("one day too far" in slips) - ("today for tomorrow" in slips)
    if "counted from the window's first day" in slips:
        ahead -= length - 1
    first = length - 1 + ahead
    cut = n - first
    cut = n if "cut at window n" in slips else cut
    cut = n - length + 1 if "cut by the window's last day" in slips else cut
    cut = n - length if "cut for the next day" in slips else cut
    cut += ("one window too many" in slips) - ("one window too few" in slips)
    shown = length + ("window one day too long" in slips)
    windows = np.lib.stride_tricks.sliding_window_view(p, shown)
    count = min(len(p) - first, len(windows))
    start = length if "next price as target" in slips else first
    start += ("targets one day too late" in slips) - ("targets one day too early" in slips)
    y = p[start : start + count]
    x = windows[: len(y)]
    if "newest first" in slips:
        x = x[:, ::-1]
    parts = [x[:cut], y[:cut], x[cut:], y[cut:]]
    if "windows of each part by itself" in slips:
        parts[2:] = windows[n:][: max(count - n, 0)], p[n + first :]
    if "test windows begin too late" in slips:
        parts[2:] = x[n - length :], y[n - length :]
    if "test windows that end before the cut left out" in slips:
        parts[2:] = x[n - length + 1 :], y[n - length + 1 :]
    if "the first test window lost" in slips:
        parts[2:] = [a[1:] for a in parts[2:]]
    if "the last training window lost" in slips:
        parts[:2] = [a[:-1] for a in parts[:2]]
    if "the last window lost" in slips:
        parts[2:] = [a[:-1] for a in parts[2:]]
    if "windows do not overlap" in slips:
        days = np.arange(count)
        chosen = (days[:cut] % length == 0, days[cut:] % length == 0)
        parts = [a[chosen[j // 2]] for j, a in enumerate(parts)]
    if "results in another order" in slips:
        parts = [parts[0], parts[2], parts[1], parts[3]]
    return tuple(parts)


EXERCISE = Exercise(
    name="border_windows",
    outputs=("x_train", "y_train", "x_test", "y_test"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda p, n, length, ahead: {
        "days": len(p),
        "training days": n,
        "length": length,
        "ahead": ahead,
    },
)


def border_windows(answer):
    """Check windows that are sorted into training and test by the day of their target.

    Args:
        answer: function `(p, n, length, ahead) -> (x_train, y_train, x_test, y_test)`. `p (days,)`
            are prices, the first `n` the training part; a window of `length` prices has as its
            target the price `ahead` days after its last day. Windows `(windows, length)`, targets
            `(windows,)`, by time.

    Returns:
        A `Verdict`. The truth goes over the days and asks what was known `ahead` days before.

    """
    return EXERCISE.check(answer)
