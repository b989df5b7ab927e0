"""Chapter 6: walk-forward evaluation of any model against persistence."""

import numpy as np

from ..exercise import Exercise


def _last_block(found):
    yours, expected = (np.size(f["forecast"]) for f in (found.yours, found.expected))
    return (
        "The last block is missing where it is shorter than the others. In the first such case "
        f"there should be {expected} forecasts, and there are {yours}."
    )


SLIPS = {
    "trained once": (
        "The model is trained once, on the first `n` prices, and used for all blocks. Walking "
        "forward means to train anew before each block."
    ),
    "trained on the block as well": (
        "Each block's model has been trained on the block itself: it has seen what it is to "
        "predict. Training ends on the day before the block."
    ),
    "trained on everything": (
        "The model is trained on all prices, the test part included. That is the leak that this "
        "evaluation is there to prevent."
    ),
    "trained on the block before only": (
        "Each model is trained on the `block` prices just before its block. It should be trained "
        "on all prices before it, from day 0 on."
    ),
    "a training part that slides": (
        "Each model is trained on the last `n` prices before its block. The training part should "
        "grow: all prices from day 0 on."
    ),
    "trained every day": (
        "The model is trained anew for every day. It is trained once per block, on the prices "
        "before the block's first day."
    ),
    "one day too many in training": (
        "The block's first day is among the prices that its model is trained on. The slice should "
        "end just before that day."
    ),
    "one day too few in training": (
        "The last day before the block is missing in the training. `p[:start]` ends on day "
        "start - 1."
    ),
    "today for tomorrow": (
        "The price that is to be predicted is the last one that `predict` gets. On the evening "
        "before day t only `p[:t]` is known."
    ),
    "one day too few": (
        "`predict` does not get the price of the day before, so it predicts for yesterday. "
        "`p[:t]` ends on day t - 1."
    ),
    "not moved on within the block": (
        "All days of a block get the same forecast, that for its first day. Each day is predicted "
        "from all true prices before *it*."
    ),
    "prediction fed back": (
        "Within a block the model goes on from its own predictions. Every day is predicted one day "
        "ahead, from true prices."
    ),
    "only the last n prices shown": (
        "`predict` gets the last `n` prices. It gets all that are known, from day 0 on, and makes "
        "of them what it likes."
    ),
    "only the training part shown": (
        "`predict` gets the first `n` prices on every day. It gets all that are known by then."
    ),
    "one block late": (
        "Each block's model lacks the block just before it. All prices before the block's first "
        "day are known."
    ),
    "last block left out": _last_block,
    "ratio the wrong way round": (
        "The ratios are upside down: persistence's error over that of the model. A ratio below 1 "
        "should mean that the model is better."
    ),
    "1 - ratio": "This is 1 minus the ratio, the skill. The ratio itself is asked for.",
    "not divided by persistence": (
        "These are the mean squared errors themselves, in squared dollars. Divide them by those of "
        "persistence."
    ),
    "divided by the training variance": (
        "These are mean squared errors in units of the training part's variance. Divide them by "
        "those of persistence, on the same days."
    ),
    "persistence of all test days": (
        "Each block's error is divided by that of persistence on the *whole* test part. A ratio "
        "compares the two on the same days, those of the block."
    ),
    "mean of daily ratios": (
        "The ratios are means of daily ratios, which days on which the price hardly moved decide. "
        "Divide one mean by the other."
    ),
    "root taken": "The ratios are those of *root* mean squared errors: leave the root out.",
    "absolute error for squared": "The errors are not squared: these are ratios of mean sizes.",
    "the last training price held": (
        "Persistence is held at the last price before the block. It repeats the price of the day "
        "before, `p[t - 1]`, on every day."
    ),
    "mean of the ratios": (
        "`overall` is the mean of the blocks' ratios, in which a quiet block weighs as much as a "
        "wild one, and a short one as much as a long one. Divide one mean over all test days by "
        "the other."
    ),
}


def _forecaster(step, echo, level):
    """A model that depends on all that it is trained on, and on all that it is shown."""

    def fit(history):
        history = np.asarray(history)
        drift = step * (history[-1] - history[0]) / max(len(history) - 1, 1)
        usual = np.mean(history)

        def predict(past):
            past = np.asarray(past)
            return past[-1] + drift + echo * (past[-1] - past[-2]) + level * (np.mean(past) - usual)

        return predict

    return fit


def _draw(rng, i):
    n, block = 3 + i % 4, (2, 3, 1, 4)[i % 4]
    days = n + (4, 3, 5, 8, 7, 9)[i // 2 % 6] + i // 12
    p = 20 * np.exp(np.cumsum(rng.normal(scale=0.2, size=days)))
    fit = _forecaster(*rng.uniform(0.5, 1.5, 3).round(1))
    return {"p": p.round(1) if i < 6 else p, "n": n, "block": block, "fit": fit}


def _truth(p, n, block, fit):
    """Day by day, each with a model of its own, which is that of the day's block."""
    days = np.arange(n, len(p))
    number = (days - n) // block
    first = n + number * block
    forecast = np.array([fit(p[:f])(p[:t]) for t, f in zip(days, first, strict=True)])
    own, rival = (forecast - p[days]) ** 2, (p[days - 1] - p[days]) ** 2
    sums = [np.bincount(number, squares) for squares in (own, rival)]
    return forecast, sums[0] / sums[1], own.sum() / rival.sum()


def _variant(p, n, block, fit, slips=frozenset()):
    forecast, baseline, blocks = [], [], []
    for start in range(n, len(p), block):
        stop = min(start + block, len(p))
        if "last block left out" in slips and stop - start < block:
            break
        seen = _seen(p, n, start, block, slips)
        predict = fit(seen)
        known = list(p[:start])
        for t in range(start, stop):
            past = p[: t + ("today for tomorrow" in slips) - ("one day too few" in slips)]
            past = p[:start] if "not moved on within the block" in slips else past
            past = np.array(known) if "prediction fed back" in slips else past
            past = p[t - n : t] if "only the last n prices shown" in slips else past
            past = p[:n] if "only the training part shown" in slips else past
            predict = fit(p[:t]) if "trained every day" in slips else predict
            forecast.append(predict(past))
            baseline.append(p[(start if "the last training price held" in slips else t) - 1])
            known.append(forecast[-1])
        blocks.append(slice(start - n, stop - n))
    truth = p[n : n + len(forecast)]
    power = 1 if "absolute error for squared" in slips else 2
    own, rival = (np.abs(np.array(f) - truth) ** power for f in (forecast, baseline))
    if "divided by the training variance" in slips:
        rival = np.full(len(own), p[:n].var())
    ratios = np.array([_ratio(own[b], rival[b], slips) for b in blocks])
    if "persistence of all test days" in slips:
        ratios = np.array([own[b].mean() / rival.mean() for b in blocks])
    overall = ratios.mean() if "mean of the ratios" in slips else _ratio(own, rival, slips)
    return np.array(forecast), ratios, overall


def _seen(p, n, start, block, slips):
    """The prices that a block's model is trained on."""
    stop = start + ("one day too many in training" in slips)
    stop -= "one day too few in training" in slips
    stop = max(start - block, n) if "one block late" in slips else stop
    stop = n if "trained once" in slips else stop
    stop = start + block if "trained on the block as well" in slips else stop
    stop = len(p) if "trained on everything" in slips else stop
    first = start - n if "a training part that slides" in slips else 0
    first = max(start - block, 0) if "trained on the block before only" in slips else first
    return p[first:stop]


def _ratio(own, rival, slips):
    if "not divided by persistence" in slips:
        return own.mean()
    if "mean of daily ratios" in slips:
        return np.mean(own / rival)
    ratio = own.mean() / rival.mean()
    ratio = np.sqrt(ratio) if "root taken" in slips else ratio
    ratio = 1 / ratio if "ratio the wrong way round" in slips else ratio
    return 1 - ratio if "1 - ratio" in slips else ratio


EXERCISE = Exercise(
    name="walk_forward",
    outputs=("forecast", "ratios", "overall"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda p, n, block, fit: {"days": len(p), "training days": n, "block": block},
)


def walk_forward(answer):
    """Check a walk-forward evaluation of a model that comes in as a function.

    Args:
        answer: function `(p, n, block, fit) -> (forecast, ratios, overall)`. `p (days,)` are
            prices, the first `n` the training part, the others come in blocks of `block` days;
            `fit(history)` returns a function `predict(past)` of one number. `forecast (days - n,)`,
            `ratios (blocks,)` mean squared errors over those of persistence, and `overall` the
            same for all test days.

    Returns:
        A `Verdict`. The truth trains a model for every single day, that of its block.

    """
    return EXERCISE.check(answer)
