"""Chapter 6: log returns, and predicted returns as prices."""

import math

import numpy as np

from ..exercise import Exercise

SLIPS = {
    "relative change for log return": (
        "`r` is the relative change, p_t / p_{t-1} - 1. For small changes it is close to the log "
        "return, and for large ones not: a price that halves has -0.5 and -0.69."
    ),
    "logarithm of the relative change": (
        "`r` is the logarithm of the relative change, p_t / p_{t-1} - 1. That is below 0 wherever "
        "the price falls, and has no logarithm there (NaN). Take the logarithm of the ratio itself."
    ),
    "logarithm missing": (
        "`r` is the change in dollars. Take the logarithm of the prices first, then the difference."
    ),
    "ratio for its logarithm": (
        "`r` is the ratio p_t / p_{t-1}, about 1. The log return is its logarithm, about 0."
    ),
    "log(1 + p) for log p": (
        "`np.log1p(p)` is the logarithm of 1 + p, and `np.expm1` undoes that one. A log return is "
        "made of the logarithms of the prices themselves."
    ),
    "difference missing": (
        "`r` is the logarithm of the price itself. A return is a difference of two neighbours."
    ),
    "log of base 2": "`r` is in base 2. `np.log` is the natural logarithm, the one of `np.exp`.",
    "log of base 10": "`r` is in base 10. `np.log` is the natural logarithm, that of `np.exp`.",
    "sign": (
        "`r` has the wrong sign: a price that rises has a positive return, log p_t - log p_{t-1}, "
        "the later one minus the earlier one."
    ),
    "change from the first day": (
        "`r` counts from day 0 each time: these are the returns of all days so far, added up. Each "
        "return is from the day before."
    ),
    "today for tomorrow": (
        "`p_hat` starts from the price of the very day that is to be predicted. On the evening "
        "before, p_{t-1} is the latest that is known."
    ),
    "cumulated from the first price": (
        "`p_hat` adds up all predicted returns from day 0 on, as if no price had become known "
        "since. Every day is predicted one day ahead, from the true price of the day before."
    ),
    "the first price held": (
        "`p_hat` starts from the price of day 0 every day. It starts from that of the day before."
    ),
    "1 + r for the exponential": (
        "`p_hat` is p_{t-1} (1 + r). That is right for a relative change; a log return goes back "
        "by the exponential."
    ),
    "power of 2": "`p_hat` takes powers of 2. The log returns are natural ones: powers of e.",
    "power of 10": "`p_hat` takes powers of 10. The log returns are natural ones: powers of e.",
    "exponent's sign": (
        "`p_hat` falls where a rise is predicted: the exponent has the wrong sign."
    ),
    "exponential missing": (
        "`p_hat` adds the predicted return to a price, 0.01 to 100 dollars. A log return is "
        "undone by multiplying with its exponential."
    ),
    "left in logarithms": (
        "`p_hat` is the logarithm of the forecast. The exponential makes dollars of it."
    ),
    "the return alone": (
        "`p_hat` is the exponential of the return, without the price that it belongs to."
    ),
}


def _draw(rng, i):
    days = 2 + i // 2 % 7
    p = 20 * np.exp(np.cumsum(rng.normal(scale=0.4, size=days)))
    r_hat = rng.normal(scale=0.4, size=days - 1)
    return {"p": p.round(1), "r_hat": r_hat.round(2) + 0.0} if i < 8 else {"p": p, "r_hat": r_hat}


def _truth(p, r_hat):
    """Day by day, by the logarithm of one relative change and by powers of e."""
    changes = [(p[t] - p[t - 1]) / p[t - 1] for t in range(1, len(p))]
    prices = [p[t - 1] * math.e ** r_hat[t - 1] for t in range(1, len(p))]
    return np.array([math.log1p(c) for c in changes]), np.array(prices)


def _variant(p, r_hat, slips=frozenset()):
    logs = np.log(p)
    returns = {
        "relative change for log return": np.diff(p) / p[:-1],
        "logarithm of the relative change": np.log(np.diff(p) / p[:-1]),
        "logarithm missing": np.diff(p),
        "ratio for its logarithm": p[1:] / p[:-1],
        "difference missing": logs[1:],
        "log of base 2": np.diff(logs) / np.log(2),
        "log of base 10": np.diff(logs) / np.log(10),
        "sign": -np.diff(logs),
        "change from the first day": logs[1:] - logs[0],
    }
    before = p[1:] if "today for tomorrow" in slips else p[:-1]
    prices = {
        "cumulated from the first price": p[0] * np.exp(np.cumsum(r_hat)),
        "the first price held": p[0] * np.exp(r_hat),
        "1 + r for the exponential": before * (1 + r_hat),
        "power of 2": before * 2**r_hat,
        "power of 10": before * 10**r_hat,
        "exponent's sign": before * np.exp(-r_hat),
        "exponential missing": before + r_hat,
        "left in logarithms": np.log(before) + r_hat,
        "the return alone": np.exp(r_hat),
    }
    if "log(1 + p) for log p" in slips:
        returns["log(1 + p) for log p"] = np.diff(np.log1p(p))
        prices["log(1 + p) for log p"] = np.expm1(np.log1p(before) + r_hat)
    r = next((f for s, f in returns.items() if s in slips), np.diff(logs))
    return r, next((f for s, f in prices.items() if s in slips), before * np.exp(r_hat))


EXERCISE = Exercise(
    name="log_returns",
    outputs=("r", "p_hat"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda p, r_hat: {"days": len(p)},
)


def log_returns(answer):
    """Check log returns, and prices made of predicted ones.

    Args:
        answer: function `(p, r_hat) -> (r, p_hat)`. `p (days,)` are prices above 0 and
            `r_hat (days - 1,)` predicted log returns; both results have the shape `(days - 1,)`
            and begin with day 1.

    Returns:
        A `Verdict`. The truth goes day by day, by `log1p` of the relative change
        (chapter 6, math-stock-return).

    """
    return EXERCISE.check(answer)
