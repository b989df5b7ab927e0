"""Chapter 6: persistence and its mean squared error."""

from functools import partial

import numpy as np

from ...data import StandardScaler, windows
from ...forecast import persistence as last_values
from ...forecast import scores
from ..exercise import Exercise


def _counted(text, found):
    """Add how many forecasts there are, and how many there should be."""
    yours, expected = (np.size(f["forecast"]) for f in (found.yours, found.expected))
    if yours == expected:
        return text
    return f"{text} There should be {expected} forecasts in the first such case, not {yours}."


SLIPS = {
    "today for tomorrow": (
        "Each forecast is the price of the very day that it is about, so the error is zero. "
        "Persistence knows the price of the day *before*."
    ),
    "off by one": (
        "The forecasts are the prices of two days before. The day before the first test day is the "
        "last one of the training part."
    ),
    "the last training price held": (
        "All forecasts are the last price of the training part. Every test day is predicted one "
        "day ahead: on the second one the true price of the first is known."
    ),
    "the last price first": (
        "The first test day is predicted by the *last* price of all: `np.roll` puts what falls out "
        "at the end back in front. The day before the first test day is the last one of the "
        "training part."
    ),
    "the mean for persistence": (
        "The forecast is the mean of the training prices. That is another of the sceptic's rules, "
        "and it knows nothing of yesterday."
    ),
    "drift for persistence": (
        "The mean step of the training part is added. That is the drift, another of the sceptic's "
        "rules; persistence adds nothing."
    ),
    "training part predicted": partial(
        _counted,
        "These are forecasts for the training part. What counts is the test part: day `n` and "
        "later.",
    ),
    "training part scored": partial(
        _counted,
        "Days of the training part are scored as well. What counts is the test part: day `n` and "
        "later.",
    ),
    "first test day left out": partial(
        _counted,
        "The first test day is missing. The price of the day before it is known: it is the last "
        "one of the training part.",
    ),
    "one forecast too many": partial(
        _counted,
        "The last forecast is one for the day after the last price. That day is not among the test "
        "days.",
    ),
    "forecast in scaled units": (
        "The forecasts are scaled prices. They should be prices, as in `p`; it is only `mse` that "
        "has the variance as its unit."
    ),
    "divided by all days": (
        "The squared errors of the test days are added up and divided by the number of *all* days. "
        "Divide by the number of test days."
    ),
    "divided by the training days": (
        "The squared errors of the test days are added up and divided by `n`, the number of "
        "training days. Divide by the number of test days."
    ),
    "scaler fitted on everything": (
        "The error is divided by the variance of *all* prices. The unit is the variance of the "
        "training part: nobody knew the later prices on the day of the cut, and where they rise, "
        "such a unit makes every score look better."
    ),
    "scaler fitted on the test part": (
        "The error is divided by the variance of the test prices. The unit is that of the training "
        "part."
    ),
    "one day too many": (
        "The variance is that of the first n + 1 prices: the first test day is among them."
    ),
    "one day too few": ("The variance is that of n - 1 prices: the last training day is missing."),
    "mean not subtracted": (
        "The error is divided by the mean square of the training prices. Their variance is the "
        "mean square of the *deviations* from their mean."
    ),
    "variance of the wrong kind": (
        "The variance is a sum over n - 1 (as in pandas, or with `ddof=1`). Here it is the mean of "
        "the n squared deviations, a sum over n."
    ),
    "variance of the changes": (
        "The error is divided by the variance of the training part's daily *changes*. The unit is "
        "the variance of its prices."
    ),
    "unit forgotten": (
        "The error is in squared dollars. It has to be divided by the variance of the training "
        "prices."
    ),
    "divided by the standard deviation": (
        "The squared error is divided by s where s squared belongs, so its unit is dollars."
    ),
    "root taken": "This is the root of the mean squared error. `mse` is the mean itself.",
    "root of the error alone": (
        "A root is taken of the error before it is divided by the variance, so dollars stand above "
        "the line and squared dollars below. `mse` has no root."
    ),
    "square of the mean": (
        "The mean of the errors is squared. Errors of opposite signs cancel in it: square each "
        "error first, then take the mean."
    ),
    "absolute error for squared": (
        "The errors are not squared: this is the mean of their sizes, over the standard deviation."
    ),
    "sum for mean": (
        "The squared errors are added up and not averaged: the result grows with the number of "
        "test days."
    ),
}


def _draw(rng, i):
    days = (5, 6, 8, 9, 12, 20)[i // 2 % 6] + i // 6
    p = 20 * np.exp(np.cumsum(rng.normal(scale=0.2, size=days)))
    return {"p": p.round(1) if i < 6 else p, "n": 3 + i // 2 % 3}


def _truth(p, n):
    """The package's windows of one day, its persistence and its score."""
    x, y = windows(p, length=1)
    forecast = last_values(x)[n - 1 :, 0]
    scaler = StandardScaler().fit(p[:n])
    return forecast, scores(forecast, y[n - 1 :, 0], std=scaler.std)["mse"]


def _variant(p, n, slips=frozenset()):
    target = p[n:]
    forecast = {
        "today for tomorrow": target,
        "off by one": p[n - 2 : -2],
        "the last training price held": np.full(len(target), p[n - 1]),
        "the last price first": np.roll(target, 1),
        "the mean for persistence": np.full(len(target), p[:n].mean()),
        "drift for persistence": p[n - 1 : -1] + np.diff(p[:n]).mean(),
    }
    forecast = next((f for s, f in forecast.items() if s in slips), p[n - 1 : -1])
    if "training part predicted" in slips:
        forecast, target = p[: n - 1], p[1:n]
    if "training part scored" in slips:
        forecast, target = p[:-1], p[1:]
    if "first test day left out" in slips:
        forecast, target = p[n:-1], p[n + 1 :]
    absolute = "absolute error for squared" in slips
    error = np.abs(forecast - target) ** (1 if absolute else 2)
    mse = error.sum() if "sum for mean" in slips else error.mean()
    mse = error.sum() / n if "divided by the training days" in slips else mse
    mse = error.sum() / len(p) if "divided by all days" in slips else mse
    mse = np.mean(forecast - target) ** 2 if "square of the mean" in slips else mse
    mse = np.sqrt(mse) if "root of the error alone" in slips else mse
    part = _part(p, n, slips)
    unit = 1 if "unit forgotten" in slips else _unit(part, slips)
    if absolute or "divided by the standard deviation" in slips:
        unit = np.sqrt(unit)
    if "one forecast too many" in slips:
        forecast = np.append(forecast, p[-1])
    if "forecast in scaled units" in slips:
        forecast = (forecast - part.mean()) / part.std()
    return forecast, np.sqrt(mse / unit) if "root taken" in slips else mse / unit


def _part(p, n, slips):
    """The prices whose variance is the unit."""
    part = p if "scaler fitted on everything" in slips else p[:n]
    part = p[n:] if "scaler fitted on the test part" in slips else part
    part = p[: n + 1] if "one day too many" in slips else part
    return p[: n - 1] if "one day too few" in slips else part


def _unit(part, slips):
    """The variance that the error is divided by."""
    if "variance of the changes" in slips:
        part = np.diff(part)
    if "mean not subtracted" in slips:
        return np.mean(part**2)
    return part.var(ddof="variance of the wrong kind" in slips)


EXERCISE = Exercise(
    name="persistence",
    outputs=("forecast", "mse"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda p, n: {"days": len(p), "training days": n, "test days": len(p) - n},
)


def persistence(answer):
    """Check the forecasts of persistence on the test part, and their score.

    Args:
        answer: function `(p, n) -> (forecast, mse)`. `p (days,)` are prices, of which the first
            `n` are the training part; `forecast (days - n,)`, and `mse` is a number, in units of
            the training prices' variance.

    Returns:
        A `Verdict`. The truth is made of the package's `windows`, `persistence` and `scores`
        (chapter 6, math-stock-baselines and math-stock-mse).

    """
    return EXERCISE.check(answer)
