"""Chapter 6: the skill of a forecast against persistence."""

import numpy as np

from ..exercise import Exercise
from .score_slips import SLIPS


def _draw(rng, i):
    n, after = 2 + i % 5, 3 + i % 4 + i // 4
    p = 20 * np.exp(np.cumsum(rng.normal(scale=0.2, size=n + after)))
    forecast = np.append(p[0], p[:-1]) + rng.normal(scale=2 + i % 3, size=len(p))
    if i % 3:
        forecast[n + rng.permutation(after)[: 1 + i % 2]] = np.nan
    if i % 4 == 3:
        forecast[n - 1] = np.nan
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
    known = np.append(False, ~np.isnan(forecast[:-1]))[first:]  # of the day before, a forecast
    guess, truth, before = _aligned(forecast, p, first, slips)
    guess, scored = _filled(guess, truth, before, slips)
    if "first test day left out" in slips:
        scored[:1] = False
    if "days left out whose day before has no forecast" in slips:
        scored = scored & known
    target = before if "yesterday's price for the truth" in slips else truth
    own = np.abs(guess - target)[scored] ** power
    chosen = np.full(len(truth), True) if "other days for the baseline" in slips else scored
    if "first test day left out for persistence" in slips:
        chosen = chosen & (np.arange(len(chosen)) > 0)
    if "days left out so for persistence alone" in slips:
        chosen = chosen & known
    before = _rival(p, n, before, truth, scored, slips)
    rival = np.abs(before - truth)[chosen] ** power
    if {
        "last scored day without the first",
        "last scored day without the first, for both",
    } & slips:
        rival = np.abs(np.diff(truth[scored])) ** power
    if "last scored day without the first, for both" in slips:
        own = own[1:]
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


def _aligned(forecast, p, first, slips):
    """The forecast, the truth and the price of the day before, from the first day scored."""
    before, ok = np.append(np.nan, p[:-1]), ~np.isnan(forecast)
    late = "forecast taken for that of the next day"
    if {late, f"{late}, from day n on"} & slips:
        forecast = np.append(np.nan, forecast[:-1])
        first += late not in slips
    if "last forecast's day for the day before" in slips:
        before[ok] = np.append(np.nan, p[ok][:-1])[: ok.sum()]
    if {"days taken out before the cut", "days taken out before the cut and the step"} & slips:
        forecast, p, before = forecast[ok], p[ok], before[ok]
    if "days taken out before the cut and the step" in slips:
        before = np.append(np.nan, p[:-1])
    return forecast[first:], p[first:], before[first:]


def _filled(guess, truth, before, slips):
    """The forecasts, with what was put where there are none, and which days are scored."""
    scored, every = ~np.isnan(guess), np.full(len(guess), True)
    if "missing days as zero" in slips:
        return np.nan_to_num(guess), every
    if "missing days as right" in slips:
        return np.where(scored, guess, truth), every
    if "missing days not left out" in slips:
        return guess, every
    if "missing days as persistence" in slips:
        return np.where(scored, guess, before), every
    return guess, scored


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
