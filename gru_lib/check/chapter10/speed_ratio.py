"""Chapter 10: how much faster, and whether that is more than noise."""

import statistics

import numpy as np

from ..exercise import Exercise


def _mean_told(found):
    means = np.mean(found.arguments["before"]) / np.mean(found.arguments["after"])
    return (
        f"`gain` is the ratio of the two means, {means:.4g} in the case below. One slow turn then "
        "has more weight than many others. Divide within each turn, and take the median of that."
    )


SLIPS = {
    "ratio of the means": _mean_told,
    "ratio of the medians": (
        "`gain` is the quotient of the two medians, whose times may have been taken in different "
        "turns. Divide within each turn first."
    ),
    "mean of the ratios": (
        "`gain` is the mean of the turns' ratios. A single disturbed turn moves a mean; the median "
        "stays."
    ),
    "geometric mean": (
        "`gain` is the geometric mean of the ratios. It is fairer to ratios than the mean, and a "
        "single disturbed turn moves it all the same; asked for is the median."
    ),
    "per cent": "The numbers are per cent. Asked for is before divided by after: 1.6, and not 60.",
    "ratio less 1": "The ratios are less by 1. Asked for is before divided by after.",
    "share saved": (
        "The numbers are the share of the old time that is saved, 1 - after/before. Asked for is "
        "time before divided by time after."
    ),
    "first turn dropped": (
        "The first turn is left out. The warm-up comes before the turns; all of them count."
    ),
    "ratio of the fastest": (
        "`gain` is the ratio of the two fastest times. The fastest turn counts for a bound, which "
        "asks what a machine can do; a comparison takes the ratio within each turn."
    ),
    "ratios upside down": (
        "The ratios are time after divided by time before: below 1 where the new program is "
        "faster. They should be before divided by after."
    ),
    "sorted apart": (
        "The two series of times are sorted before they are divided, so that a ratio compares "
        "times of different turns. The two times of a turn belong together."
    ),
    "quartiles of the times": (
        "`low` and `high` are quotients of the quartiles of the times. They should be the "
        "quartiles of the ratios."
    ),
    "percent for parts": (
        "`low` and `high` lie next to the smallest ratio: `np.percentile` was given 0.25 and 0.75, "
        "and it expects 25 and 75. `np.quantile` expects 0.25 and 0.75."
    ),
    "standard deviation for quartiles": (
        "`low` and `high` are the gain minus and plus one standard deviation. One slow turn makes "
        "such a band wide; quartiles stay."
    ),
    "mean and standard deviation": (
        "The three numbers are the mean of the ratios and the mean minus and plus one standard "
        "deviation. One slow turn moves all three; median and quartiles stay."
    ),
    "standard error": (
        "`low` and `high` are the mean minus and plus its standard error, which shrinks with every "
        "turn. Quartiles say how the turns scatter."
    ),
    "median without interpolation": (
        "`gain` is one of the ratios even where their number is even. The median then lies half "
        "way between the middle two."
    ),
    "quartiles without interpolation": (
        "`low` and `high` are ratios of single turns, picked at a quarter and three quarters of "
        "the sorted list. `np.quantile` interpolates between neighbours by default."
    ),
    "quartiles of another definition": (
        "`low` and `high` are quartiles by another definition, that of `statistics.quantiles` "
        'with its default, "exclusive"; the band is wider. Asked for are those that `np.quantile` '
        "gives by default."
    ),
    "ten and ninety per cent": (
        "`low` and `high` leave out a tenth at either end. Quartiles leave out a quarter."
    ),
    "five and ninety-five per cent": (
        "`low` and `high` leave out a twentieth at either end. Quartiles leave out a quarter."
    ),
    "smallest and largest": (
        "`low` and `high` are the smallest and the largest ratio, so that a single odd turn "
        "decides. They should be the first and the third quartile."
    ),
    "quartiles exchanged": "`low` and `high` have changed places.",
    "faster only": (
        "`clear` is True only where the new program is faster. A band that lies below 1 is a clear "
        "result, too: the new program is slower."
    ),
    "band not used": (
        "`clear` is True although 1 lies within the band. A gain that is smaller than the noise is "
        "no result: the whole band has to be above 1, or below."
    ),
    "gain above 1 is clear": (
        "`clear` is True wherever the gain is above 1, whatever the band. It is the whole band "
        "that has to lie above 1, or below."
    ),
    "distance against width": (
        "`clear` compares the gain's distance from 1 with the width of the band. Asked is whether "
        "1 lies outside the band."
    ),
    "never clear": (
        "`clear` is False everywhere: no band lies above 1 *and* below 1. One of the two is enough."
    ),
    "clear and unclear exchanged": "`clear` is True where 1 lies in the band, and False outside.",
    "ends left out": (
        "`clear` is True where an end of the band is exactly 1. The ends belong to the band, so "
        "this 1 lies in it."
    ),
}


def _draw(rng, i):
    if i % 6 == 4:  # one end of the band is exactly 1
        ratios = (0.5, 0.8, 1, 1, 1) if i == 4 else (1, 1, 1, 1.5, 3)
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


def _variant(before, after, slips=frozenset()):
    if "first turn dropped" in slips:
        before, after = before[1:], after[1:]
    if "ratios upside down" in slips:
        before, after = after, before
    if "sorted apart" in slips:
        before, after = np.sort(before), np.sort(after)
    ratios = before / after
    gain = _gain(before, after, ratios, slips)
    low, high = _band(before, after, ratios, gain, slips)
    clear = _clear(gain, low, high, slips)
    if "quartiles exchanged" in slips:
        low, high = high, low
    if "ratio less 1" in slips:
        gain, low, high = gain - 1, low - 1, high - 1
    if "per cent" in slips:
        gain, low, high = 100 * (gain - 1), 100 * (low - 1), 100 * (high - 1)
    if "share saved" in slips:
        gain, low, high = np.quantile(1 - after / before, [0.5, 0.25, 0.75])
    return gain, low, high, bool(clear)


def _clear(gain, low, high, slips):
    clear = low > 1 or high < 1
    if "never clear" in slips:
        clear = False
    if "distance against width" in slips:
        clear = abs(gain - 1) > high - low
    if "gain above 1 is clear" in slips:
        clear = gain > 1
    if "faster only" in slips:
        clear = low > 1
    if "band not used" in slips:
        clear = gain != 1
    if "ends left out" in slips:
        clear = low >= 1 or high <= 1
    if "clear and unclear exchanged" in slips:
        clear = not clear
    return clear


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
    return EXERCISE.check(answer)
