"""Chapter 6: walk-forward evaluation of any model against persistence."""

from contextlib import suppress
from dataclasses import replace
from functools import partial

import numpy as np

from .. import watch
from ..exercise import Exercise
from ..outcome import call
from .forward_slips import NUMBER_OF_BLOCKS, PART_OF_THE_PAST, SLIPS


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
        predict = fit(_seen(p, n, start, block, slips))
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
    return np.array(forecast), ratios, _overall(own, rival, blocks, ratios, slips)


def _overall(own, rival, blocks, ratios, slips):
    if "mean of the ratios" in slips:
        return ratios.mean()
    if "mean of the ratios by days" in slips:
        return np.average(ratios, weights=[len(own[b]) for b in blocks])
    if "ratio of the blocks' means" in slips:
        own, rival = (np.array([squares[b].mean() for b in blocks]) for squares in (own, rival))
    return _ratio(own, rival, slips)


def _seen(p, n, start, block, slips):
    """The prices that a block's model is trained on."""
    stop = start + ("one day too many in training" in slips)
    stop -= "one day too few in training" in slips
    stop = max(start - block, n) if "one block late" in slips else stop
    stop = n if "trained once" in slips else stop
    if "the last model for all" in slips:
        stop = n + (len(p) - n - 1) // block * block
    stop = start + block if "trained on the block as well" in slips else stop
    stop = len(p) if "trained on everything" in slips else stop
    first = start - n if "a training part that slides" in slips else 0
    first = max(start - block, 0) if "trained on the block before only" in slips else first
    if "trained on the block before only, but for the first" in slips and start > n:
        first = start - block
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


def _recorder(pasts):
    """A model that writes down what it is shown, and never fails."""

    def predict(past):
        pasts.append(np.ravel(past))
        return 1.0

    return lambda history: predict


def _misread(answer):
    """Return (diagnosis, message) if the past is cut short or blocks are counted, else None."""
    counted = []
    for case in EXERCISE.drawn:
        p, n, block, _ = case.arguments.values()
        pasts = []
        fit = _recorder(pasts)
        given = call(answer, case.arguments | {"fit": fit}, EXERCISE.outputs).values
        short = [len(past) for past in pasts if list(past[:1]) != [p[0]]]
        if short:
            return "past cut short", (
                f"{PART_OF_THE_PAST} In the first such case{case.where()}, it has the "
                f"length {short[0]} and does not begin with p[0]."
            )
        blocks = -(-(len(p) - n) // block)
        if given is not None and block <= len(p) - n:
            counted.append((np.size(given[1]) == block, block, blocks, case))
    wrong = [(block, blocks, case) for _, block, blocks, case in counted if block != blocks]
    if wrong and all(same for same, *_ in counted):
        block, blocks, case = wrong[0]
        text = NUMBER_OF_BLOCKS.format(block=block, blocks=blocks)
        return (
            "number of blocks for their length",
            f"{text} (In the first such case{case.where()}.)",
        )
    return None


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
    verdict = EXERCISE.check(answer)
    if verdict.diagnosis not in ("unrecognised", "raises", "wrong shape"):
        return verdict
    with suppress(watch.StillRunning):
        misread = watch.watched(partial(_misread, answer))
        if misread:
            evidence = verdict.message.rpartition("\n")[2]
            return replace(verdict, diagnosis=misread[0], message=f"{misread[1]}\n{evidence}")
    return verdict
