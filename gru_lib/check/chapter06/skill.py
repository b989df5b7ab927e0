"""Chapter 6: the skill of a forecast against persistence."""

import numpy as np

from ..exercise import Exercise

SLIPS = {
    "1 - forgotten": (
        "This is the ratio of the two errors. The skill is 1 minus it: 0 for persistence itself."
    ),
    "ratio the wrong way round": (
        "The ratio is upside down: persistence's error over that of the forecast. A perfect "
        "forecast would have a skill of minus infinity."
    ),
    "divided by the forecast's error": (
        "The gain is divided by the forecast's error. It is a share of *persistence's*."
    ),
    "difference for ratio": (
        "This is the difference of the two errors, in squared dollars. Divide by that of "
        "persistence."
    ),
    "root taken": (
        "The ratio is one of *root* mean squared errors. The skill is asked for in mean squared "
        "errors."
    ),
    "absolute error for squared": "The errors are not squared: this is a ratio of mean sizes.",
    "against the mean": (
        "The rival here is the mean of the test prices: this is an R². It is close to 1 for "
        "persistence itself, and nobody knows that mean before the end. For a price, compare with "
        "yesterday."
    ),
    "against the training mean": (
        "The rival here is the mean of the training prices, which is easy to beat. It should be "
        "the price of the day before."
    ),
    "the last training price held": (
        "The rival here repeats the last price of the training part on all days. Persistence "
        "repeats the price of the day before, `p[t - 1]`."
    ),
    "two days before for the day before": (
        "The rival here is the price of *two* days before. Persistence repeats `p[t - 1]`."
    ),
    "first test day left out": (
        "The first test day is not scored. The price of the day before it is known: it is the last "
        "one of the training part."
    ),
    "first test day left out for persistence": (
        "Persistence is not scored on the first test day, though it knows the price of the day "
        "before: it is the last one of the training part. Both have the same days."
    ),
    "other days for the baseline": (
        "Persistence is scored on all test days, the forecast on those days only that it has. One "
        "calm or wild day more on one side decides such a comparison: score both on the same days."
    ),
    "averaged over all steps": (
        "The forecast's squared errors are divided by the number of *all* test days, those without "
        "a forecast among them: they count as days without an error. A published recipe averages "
        "over steps that have no target in the same way, and its error looks small."
    ),
    "missing days as right": (
        "On days without a forecast its error is taken to be zero, as if the forecast had been "
        "right. Leave these days out, for both."
    ),
    "missing days not left out": (
        "The skill is NaN as soon as one test day has no forecast, since a sum with NaN in it is "
        "NaN. Leave these days out, for both errors."
    ),
    "missing days as the last forecast": (
        "On days without a forecast the last one is used again. That is a forecast for another "
        "day: leave these days out, for both."
    ),
    "missing days as zero": (
        "On days without a forecast the error is that of a forecast of 0 dollars. Leave these days "
        "out, for both."
    ),
    "missing days as persistence": (
        "On days without a forecast the forecast is taken to be that of persistence. Leave these "
        "days out, for both."
    ),
    "last scored day for the day before": (
        "The day before is here the last *scored* day: the days without a forecast were taken out "
        "first and the step made afterwards. Make the slices first, then choose the days."
    ),
    "last scored day, and the first left out": (
        "The day before is here the last *scored* day, since the step was made after the days "
        "without a forecast had been taken out; and the first scored day is lost for persistence. "
        "Make the slices first, then choose the days."
    ),
    "training part scored": (
        "Days of the training part are scored as well. The skill is that of day `n` and later."
    ),
    "yesterday's price for the truth": (
        "The forecast for a day is held against the price of the day *before*. That is where "
        "forecasts of prices look best; hold each against its own day."
    ),
    "mean of the ratios": (
        "This is a mean of daily ratios. Days on which the price hardly moved have huge ones. "
        "Divide one mean by the other."
    ),
}


def _draw(rng, i):
    n, after = 2 + i % 5, 3 + i % 4 + i // 4
    p = 20 * np.exp(np.cumsum(rng.normal(scale=0.2, size=n + after)))
    forecast = np.append(p[0], p[:-1]) + rng.normal(scale=2 + i % 3, size=len(p))
    if i % 3:
        forecast[n + rng.permutation(after)[: 1 + i % 2]] = np.nan
    forecast[: (1, 2, n)[i % 3]] = np.nan
    p, forecast = (p.round(1), forecast.round(1)) if i < 6 else (p, forecast)
    return {"forecast": forecast, "p": p, "n": n}


def _truth(forecast, p, n):
    """Day by day, with two sums."""
    own = rival = 0.0
    for t in range(n, len(p)):
        if not np.isnan(forecast[t]):
            own += (p[t] - forecast[t]) ** 2
            rival += (p[t] - p[t - 1]) ** 2
    return (rival - own) / rival


def _variant(forecast, p, n, slips=frozenset()):
    power = 1 if "absolute error for squared" in slips else 2
    first = 1 if "training part scored" in slips else n
    if "missing days as the last forecast" in slips:
        forecast = _carried_on(forecast)
    guess, truth, before = forecast[first:], p[first:], p[first - 1 : -1]
    scored = ~np.isnan(guess)
    if "missing days as zero" in slips:
        guess, scored = np.nan_to_num(guess), np.full(len(guess), True)
    if {"missing days as right", "missing days not left out"} & slips:
        fill = truth if "missing days as right" in slips else np.nan
        guess, scored = np.where(scored, guess, fill), np.full(len(guess), True)
    if "missing days as persistence" in slips:
        guess, scored = np.where(scored, guess, before), np.full(len(guess), True)
    if "first test day left out" in slips:
        scored[0] = False
    target = before if "yesterday's price for the truth" in slips else truth
    own = np.abs(guess - target)[scored] ** power
    chosen = np.full(len(truth), True) if "other days for the baseline" in slips else scored
    if "first test day left out for persistence" in slips:
        chosen = chosen & (np.arange(len(chosen)) > 0)
    before = _rival(p, n, before, truth, scored, slips)
    rival = np.abs(before - truth)[chosen] ** power
    if "last scored day, and the first left out" in slips:
        rival = np.diff(truth[scored]) ** power
    if "mean of the ratios" in slips:
        return 1 - np.mean(own / rival)
    error, other = own.mean(), rival.mean()
    if "averaged over all steps" in slips:
        error = own.sum() / len(truth)
    if "difference for ratio" in slips:
        return other - error
    if "divided by the forecast's error" in slips:
        return other / error - 1
    ratio = other / error if "ratio the wrong way round" in slips else error / other
    ratio = np.sqrt(ratio) if "root taken" in slips else ratio
    return ratio if "1 - forgotten" in slips else 1 - ratio


def _carried_on(forecast):
    """Each gap filled with the last forecast before it."""
    last = np.maximum.accumulate(np.where(np.isnan(forecast), 0, np.arange(len(forecast))))
    return forecast[last]


def _rival(p, n, before, truth, scored, slips):
    """What persistence, or what was taken for it, says of every day."""
    if "against the mean" in slips:
        return np.full(len(truth), truth[scored].mean())
    if "against the training mean" in slips:
        return np.full(len(truth), p[:n].mean())
    if "the last training price held" in slips:
        return np.full(len(truth), p[n - 1])
    if "two days before for the day before" in slips:
        return p[n - 2 : -2]
    if "last scored day for the day before" in slips:
        before = before.copy()
        before[scored] = np.append(before[0], truth[scored][:-1])
    return before


EXERCISE = Exercise(
    name="skill",
    outputs=("skill",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda forecast, p, n: {"days": len(p), "training days": n},
)


def skill(answer):
    """Check the skill of a forecast: 1 - MSE / MSE of persistence, on the test part.

    Args:
        answer: function `(forecast, p, n) -> skill`. `forecast (days,)` has NaN where there is
            none, `p (days,)` are the prices, the first `n` the training part. Scored are the days
            from `n` on that have a forecast.

    Returns:
        A `Verdict`. The truth goes day by day, with two sums.

    """
    return EXERCISE.check(answer)
