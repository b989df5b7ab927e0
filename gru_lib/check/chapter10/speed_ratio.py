"""Chapter 10: how much faster, and whether that is more than noise."""

import statistics
from dataclasses import replace
from functools import partial

import numpy as np

from ..exercise import Exercise
from .ratio_slips import SLIPS

CATCH_ALL = "clear not from the band"
CLOSE = (  # one end of the band is exactly 1; 1 lies near the band, or only just in it
    (0.5, 0.8, 1, 1, 1),
    (1, 1, 1, 1.5, 3),
    (0.9, 1.01, 1.1, 1.2, 1.3),
    (0.8, 0.99, 1.1, 1.2, 1.3),
)


def _draw(rng, i):
    if i % 6 == 4:
        ratios = CLOSE[i // 6]
        after = rng.integers(1, 9, size=len(ratios)) / 4
        return {"before": ratios * after, "after": after}
    turns = 3 + i % 3 if i < 3 else 2 + (5 * i + 3) % 13
    after = np.exp(0.2 * rng.normal(size=turns)) * (1 + 4 * (rng.random(turns) < 0.2))
    wanted = (1.6, 1.02, 0.6, 1.3, 0.97, 0.85)[i % 6]
    before = wanted * after * np.exp((0.25, 0.1, 0.2)[i % 3] * rng.normal(size=turns))
    return {"before": before.round(3), "after": after.round(3)}


def _truth(before, after):
    """Sort by hand, and interpolate between neighbours."""
    ratios = sorted(b / a for b, a in zip(before.tolist(), after.tolist(), strict=True))

    def at(part):
        place = part * (len(ratios) - 1)
        k = min(int(place), len(ratios) - 2)
        return ratios[k] + (place - k) * (ratios[k + 1] - ratios[k])

    low, high = at(0.25), at(0.75)
    return at(0.5), low, high, not low <= 1 <= high


def _gain(before, after, ratios, slips):
    if "ratio of the means" in slips:
        return before.mean() / after.mean()
    if "ratio of the medians" in slips:
        return np.median(before) / np.median(after)
    if "ratio of the fastest" in slips:
        return before.min() / after.min()
    if "geometric mean" in slips:
        return np.exp(np.log(ratios).mean())
    if {"mean of the ratios", "mean and standard deviation", "standard error"} & slips:
        return np.mean(ratios)
    if "median without interpolation" in slips:
        return np.sort(ratios)[len(ratios) // 2]
    return np.median(ratios)


def _band(before, after, ratios, gain, slips):
    parts = np.array([0.25, 0.75])
    if "quartiles of the times" in slips:
        return np.quantile(before, parts) / np.quantile(after, parts)
    if {"standard deviation for quartiles", "mean and standard deviation"} & slips:
        return gain - ratios.std(), gain + ratios.std()
    if "standard deviation with n - 1" in slips:
        return gain - ratios.std(ddof=1), gain + ratios.std(ddof=1)
    if "smallest and largest" in slips:
        return ratios.min(), ratios.max()
    if "quartiles without interpolation" in slips:
        ranked = np.sort(ratios)
        return ranked[len(ratios) // 4], ranked[3 * len(ratios) // 4]
    if "quartiles of another definition" in slips:
        return statistics.quantiles(ratios, n=4)[::2]
    if "standard error" in slips:
        error = ratios.std() / np.sqrt(len(ratios))
        return gain - error, gain + error
    parts = np.array([0.05, 0.95]) if "five and ninety-five per cent" in slips else parts
    parts = np.array([0.1, 0.9]) if "ten and ninety per cent" in slips else parts
    return np.quantile(ratios, parts / 100 if "percent for parts" in slips else parts)


def _given(results, low, high):
    """The `clear` of these results where it contradicts their band; else what is right."""
    _, first, last, clear = results
    return clear if bool(clear) != (first > 1 or last < 1) else low > 1 or high < 1


def _variant(before, after, slips=frozenset(), answer=None):
    if "first turn dropped" in slips:
        before, after = before[1:], after[1:]
    if "ratios upside down" in slips:
        before, after = after, before
    if "sorted apart" in slips:
        before, after = np.sort(before), np.sort(after)
    ratios = before / after
    gain = _gain(before, after, ratios, slips)
    low, high = _band(before, after, ratios, gain, slips)
    clear = _clear(gain, low, high, ratios, slips)
    if answer and CATCH_ALL in slips:
        clear = _given(answer(before, after), low, high)
    if "quartiles exchanged" in slips:
        low, high = high, low
    if "ratio less 1" in slips:
        gain, low, high = gain - 1, low - 1, high - 1
    if "per cent" in slips:
        gain, low, high = 100 * (gain - 1), 100 * (low - 1), 100 * (high - 1)
    if "share saved" in slips:
        gain, low, high = np.quantile(1 - after / before, [0.5, 0.25, 0.75])
    return gain, low, high, bool(clear)


def _clear(gain, low, high, ratios, slips):
    if CATCH_ALL in slips:
        return abs(gain - 1) > (high - low) / 2
    if {"never clear", "always clear"} & slips:
        return "always clear" in slips
    if "distance against width" in slips:
        return abs(gain - 1) > high - low
    if "band not used" in slips:
        return gain != 1
    if "gain above 1 is clear" in slips:
        return gain > 1
    if "all turns on one side" in slips:
        low, high = ratios.min(), ratios.max()
    ends = "ends left out" in slips
    above, below = low > 1 or (ends and low == 1), high < 1 or (ends and high == 1)
    clear = (above and "slower only" not in slips) or (below and "faster only" not in slips)
    return not clear if "clear and unclear exchanged" in slips else clear


EXERCISE = Exercise(
    name="speed_ratio",
    outputs=("gain", "low", "high", "clear"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda before, after: {"turns": len(before)},
)


def speed_ratio(answer):
    """Check the comparison of two programs that took turns.

    Args:
        answer: function `(before, after) -> (gain, low, high, clear)` of two arrays `(turns,)` of
            seconds: the median of the turns' ratios before / after, their first and third
            quartile, and whether 1 lies outside that band.

    Returns:
        A `Verdict`. The truth sorts the ratios and interpolates by hand; no clock is read.

    """
    return replace(EXERCISE, variant=partial(_variant, answer=answer)).check(answer)
