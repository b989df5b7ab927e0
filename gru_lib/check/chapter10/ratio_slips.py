"""Chapter 10: what goes wrong when two programs are compared, and how to say it."""

import numpy as np


def _mean_told(found):
    means = np.mean(found.arguments["before"]) / np.mean(found.arguments["after"])
    return (
        f"`gain` is the ratio of the two means, {means:.4g} in the case below. One slow turn then "
        "has more weight than many others. Divide within each turn, and take the median of that."
    )


SLIPS = {  # those of `clear` first: a band must not be blamed where it is right
    "faster only": (
        "`clear` is True only where the new program is faster. A band that lies below 1 is a clear "
        "result, too: the new program is slower."
    ),
    "slower only": (
        "`clear` is True only where the new program is slower. A band that lies above 1 is a clear "
        "result, too."
    ),
    "always clear": (
        "`clear` is True in every case. It must be False where 1 lies between `low` and `high`, "
        "both included."
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
        "`clear` is False in every case. It must be True where the band lies above 1, and where it "
        "lies below; no band does both."
    ),
    "clear and unclear exchanged": "`clear` is True where 1 lies in the band, and False outside.",
    "ends left out": (
        "The ends are not counted as part of the band. They belong to it: where one of them is "
        "exactly 1, `clear` is False."
    ),
    "all turns on one side": (
        "`clear` asks whether all turns lie on one side of 1, so a single odd turn decides. Asked "
        "is whether the band from `low` to `high` does."
    ),
    "clear not from the band": (
        "`clear` does not say whether 1 lies outside the band. It is True if `low` is above 1 or "
        "`high` is below 1, and else False."
    ),
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
    "standard deviation with n - 1": (
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
}
