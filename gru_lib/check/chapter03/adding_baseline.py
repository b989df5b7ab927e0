"""Chapter 3: what always giving the same answer costs in the adding problem."""

import itertools

import numpy as np

from ..exercise import Exercise

SLIPS = {
    "0.1767 for 1/6": (
        "The error is that of a published number: 0.1767 for two values between 0 and 1. It is "
        "printed in many places and it is wrong: one such value has the variance 1/12, two have "
        "1/6 = 0.1667. Against 0.1767 a network that has learned nothing looks better than "
        "guessing."
    ),
    "0.1767 in every case": (
        "The error is 0.1767 whatever the values are. This number is printed in many places for "
        "two values between 0 and 1, and even there it is wrong: one such value has the variance "
        "1/12, two have 1/6 = 0.1667."
    ),
    "one value only": (
        "Answer and error are those of a single value, whatever `count` is. The target is the sum "
        "of `count` of them: means add, and so do the variances of independent values."
    ),
    "variances not added": (
        "The error is that of a single value, whatever `count` is. The target is a sum: the "
        "variances of independent values add."
    ),
    "count squared": (
        "The error grows with the square of `count`. That is right for `count` times one and the "
        "same value. These are drawn independently, and some errors cancel: the variances add."
    ),
    "mean for sum": (
        "The answer and the error are those of the *mean* of the values. The target is their sum."
    ),
    "standard deviation for variance": (
        "The error is the root of the expected squared error, the standard deviation. The mean "
        "squared error is its square."
    ),
    "always answering 0": (
        "The error is that of always answering 0, the mean of the squared target. The best "
        "constant lies in the middle of the targets and leaves only their variance."
    ),
    "mean not subtracted": (
        "The error is `count` times the mean of one value's *square*. That is the variance only "
        "where the values lie around 0. The best constant takes their mean off, so the square of "
        "the mean is subtracted from the mean of the squares."
    ),
    "integral for mean": (
        "The error grows with the third power of the distance from `low` to `high`: it is the "
        "integral of the square. A mean is that integral divided by the distance."
    ),
    "whole numbers for real ones": (
        "The error is that of *whole* numbers from `low` to `high`, ((w + 1)**2 - 1) / 12 with w = "
        "high - low. Here every number between them can be drawn, not only whole ones."
    ),
    "distance for the middle": (
        "The answer is made from half the distance between `low` and `high`. That is the middle "
        "only if `low` is 0: in general it is half their sum."
    ),
    "one value's middle": (
        "The answer is the middle of one value. The target is the sum of `count` of them."
    ),
    "square missing": (
        "The error grows with the distance from `low` to `high` itself. The error is a mean of "
        "squares: twice the distance makes it four times as large."
    ),
    "absolute error": (
        "The error is the mean *absolute* deviation of one value, added up. Asked for is the mean "
        "of the square."
    ),
    "coin for a uniform value": (
        "The error is that of values which are either `low` or `high`. Values drawn uniformly "
        "between them lie nearer to the middle: a third of that."
    ),
    "variance of 0 to high": (
        "The error depends on `high` alone: it is that of values between 0 and `high`. What counts "
        "is the distance from `low` to `high`."
    ),
}


def _draw(rng, i):
    if i == 0:
        return {"count": 2, "low": 0.0, "high": 1.0}
    low = float(np.round(rng.uniform(-2, 2), 1))
    return {"count": 1 + i % 4, "low": low, "high": low + float(np.round(rng.uniform(0.5, 4), 1))}


def _truth(count, low, high):
    """Average over all combinations of Gauss's points, which is exact for squares."""
    points, weights = np.polynomial.legendre.leggauss(3)
    values = low + (points + 1) / 2 * (high - low)
    sums = np.array([sum(v) for v in itertools.product(values, repeat=count)])
    shares = np.array([np.prod(w) for w in itertools.product(weights / 2, repeat=count)])
    answer = shares @ sums
    return answer, shares @ (sums - answer) ** 2


def _variant(count, low, high, slips=frozenset()):
    width, middle = high - low, (low + high) / 2
    number = 1 / count if "mean for sum" in slips else count
    number = 1 if {"one value only", "variances not added"} & slips else number
    number = count**2 if "count squared" in slips else number
    one = width**2 / 12
    if "0.1767 for 1/6" in slips:
        one = width**2 * 0.1767 / 2
    if "coin for a uniform value" in slips:
        one = width**2 / 4
    if "variance of 0 to high" in slips:
        one = high**2 / 12
    if "mean not subtracted" in slips:
        one = one + middle**2
    if "integral for mean" in slips:
        one = width**3 / 12
    if "whole numbers for real ones" in slips:
        one = ((width + 1) ** 2 - 1) / 12
    if "square missing" in slips:
        one = width / 12
    if "absolute error" in slips:
        one = width / 4
    answer, error = count * middle, number * one
    if {"mean for sum", "one value only", "one value's middle"} & slips:
        answer = middle
    if "distance for the middle" in slips:
        answer = count * width / 2
    if "always answering 0" in slips:
        error = error + (count * middle) ** 2
    if "0.1767 in every case" in slips:
        error = 0.1767
    return answer, np.sqrt(error) if "standard deviation for variance" in slips else error


EXERCISE = Exercise(
    name="adding_baseline",
    outputs=("answer", "error"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
)


def adding_baseline(answer):
    """Check the best constant answer to the adding problem, and its error.

    Args:
        answer: function `(count, low, high) -> (answer, error)`. The target is the sum of `count`
            independent values, uniform between `low` and `high`; `answer` is the constant with the
            smallest expected squared error, `error`.

    Returns:
        A `Verdict`. The truth is an average over all combinations of Gauss's points, which is
        exact for squares (chapter 3, the adding problem).

    """
    return EXERCISE.check(answer)
