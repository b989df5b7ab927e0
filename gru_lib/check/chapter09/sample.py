"""Chapter 9: one symbol, drawn at a temperature."""

import math

import numpy as np

from ..exercise import Exercise

NO_SUM = (
    "`u` is compared with the probabilities themselves. The pieces have to be laid end to end "
    "first: compare with the sums F_k = p_0 + … + p_k."
)
SLIPS = {
    "temperature multiplied": (
        "The scores are multiplied by the temperature. Divide: below 1 the differences grow and "
        "the likely symbols become likelier still; yours are bold where they should be careful."
    ),
    "temperature ignored": (
        "The temperature makes no difference, except at 0. Divide the scores by it, before the "
        "softmax: a factor on the probabilities cancels when they are made to add up to 1."
    ),
    "softmax of a softmax": (
        "The probabilities are divided by the temperature and put through a softmax once more. "
        "They lie between 0 and 1, so the second softmax makes all of them nearly equal. What is "
        "divided are the scores."
    ),
    "edge on the wrong side": (
        "Right unless u falls exactly on a border: it belongs to the piece after the border, "
        "because u has to be smaller than F_k, not smaller or equal (`np.searchsorted` needs "
        '`side="right"`).'
    ),
    "off by one, too high": (
        "The index is one too high: as it stands, index 0 is never drawn. The first piece reaches "
        "from 0 to F_0, and belongs to index 0."
    ),
    "off by one, cut off": (
        "The index is one too high, and cut off at K - 1: as it stands, index 0 is never drawn. "
        "The first piece reaches from 0 to F_0, and belongs to index 0; are you counting a border "
        "at 0?"
    ),
    "off by one, too low": (
        "The index is one too low: where 0 belongs it is -1, which Python takes for the last. The "
        "first piece reaches from 0 to F_0, and belongs to index 0."
    ),
    "always the likeliest": (
        "This is the index of the largest score, whatever `u` is. That is temperature 0; at others "
        "every symbol has its piece of the line from 0 to 1, and `u` falls into one of them."
    ),
    "no cumulative sum": NO_SUM,
    "no cumulative sum, else the last": NO_SUM,
    "no cumulative sum, else the likeliest": NO_SUM,
    "nearest border": (
        "This is the index of the F_k that lies nearest to `u`, on either side. `u` falls into the "
        "piece that ends at the first F_k *above* it, however far that is."
    ),
    "borders above u counted": (
        "The borders above `u` are counted: so the small numbers `u` give the high indices, and K "
        "where index 0 belongs. Count those that are at most `u`."
    ),
    "laid from the other end": (
        "The pieces are laid from the last symbol to the first. F_k is the sum from p_0 on, so "
        "small numbers `u` belong to index 0."
    ),
    "laid by size": (
        "The probabilities are sorted before they are laid end to end. That draws as often, but "
        "another symbol for this `u`: the order is that of the indices."
    ),
    "place among the sorted ones": (
        "The probabilities are sorted, and what is returned is a place in the sorted order: 0 for "
        "the likeliest, whichever symbol that is. Leave them in the order of the indices."
    ),
    "overflow": (
        "Right for scores of ordinary size; with large ones, or at a low temperature, `exp` gives "
        "inf (or 0 everywhere), their quotient is no number, and every comparison with that is "
        "false. Subtract the largest score first."
    ),
    "not finite": (
        "Right for scores of ordinary size; with large ones, or at a low temperature, `exp` gives "
        "inf (or 0 everywhere), the sums are no numbers, `u` is below none of them and falls "
        "through to the last index. Subtract the largest score first."
    ),
    "temperature 0 left out": (
        "Temperature 0 is not treated by itself: the division by 0 gives no numbers, and what is "
        "returned does not depend on the scores. Return the index of the largest score there."
    ),
    "division by 0": (
        "At temperature 0 the scores are divided by 0: no number comes out, `u` is below none of "
        "them and falls through to the last index. Return the index of the largest score there."
    ),
    "temperature 0 taken for 1": (
        "At temperature 0 it draws as at temperature 1: 0 counts as false, so `temperature or 1` "
        "and the like put 1 in its place. At 0 the index of the largest score is wanted, whatever "
        "`u` is."
    ),
    "last of equals": (
        "At temperature 0 the last of several equally large scores is taken; wanted is the first."
    ),
    "tie at temperature 0": (
        "Temperature 0 is replaced by a small number. So equally large scores still share the line "
        "from 0 to 1, and `u` decides among them. At 0 the first of them is wanted, whatever `u` "
        "is."
    ),
}
HARD = (  # scores, temperature, u; all overflow, or underflow, without the shift
    ([990.0, 1000.0, 998.0], 1.0, 0.3),
    ([-1000.0, -999.0, -1001.5], 1.0, 0.5),
    ([8.2, 8.21, 8.2], 0.01, 0.5),
    ([-1000.0, -900.0, -950.0], 0.25, 0.2),
    ([1000.0, 999.0, 1000.5, 1000.0], 2.0, 0.45),
)


def _draw(rng, i):
    size = (3, 4, 8, 5, 2, 6)[i % 6]
    logits = rng.normal(scale=1.5, size=size)
    temperature = (1.0, 0.5, 2.0, 0.25, 4.0)[i % 5]
    u = round(float(rng.uniform()), 3)
    if i % 7 == 4:  # equal scores: the borders are exact
        size = (2, 4)[i % 2]
        logits = np.full(size, float(i % 3))
        u = float(rng.integers(0, size)) / size
    elif i % 7 == 5:
        temperature = 0.0
        if i % 2:
            first, second = rng.choice(size, 2, replace=False)
            logits[first] = logits[second] = 3.0
    elif i % 7 == 6:
        scores, temperature, u = HARD[i // 7 % len(HARD)]
        logits = np.array(scores)
    return {"logits": logits, "temperature": temperature, "u": u}


def _truth(logits, temperature, u):
    """The smallest index whose exact sum of weights is above u times the sum of all."""
    largest = max(logits)
    if temperature == 0:
        return [y == largest for y in logits].index(True)
    weights = [math.exp((y - largest) / temperature) for y in logits]
    total = math.fsum(weights)
    return next(k for k in range(len(weights)) if u * total < math.fsum(weights[: k + 1]))


def _probabilities(logits, temperature, slips):
    shift = 0 if {"overflow", "not finite"} & slips else logits.max()
    if "temperature ignored" in slips:
        temperature = 1.0
    if "temperature 0 taken for 1" in slips:
        temperature = temperature or 1.0
    if "softmax of a softmax" in slips:
        e = np.exp(logits - shift)
        logits, shift = e / e.sum(), 0
    if "tie at temperature 0" in slips:
        temperature = max(temperature, 1e-8)
    scores = logits - shift
    many = "temperature multiplied" in slips
    e = np.exp(scores * temperature if many else scores / np.float64(temperature))
    return e / e.sum()


def _without_sum(p, u, slips):
    """The first symbol whose own probability is above u, or one of three where there is none."""
    if (u < p).any():
        return int(np.argmax(u < p))
    if "no cumulative sum, else the likeliest" in slips:
        return int(np.argmax(p))
    return len(p) - 1 if "no cumulative sum, else the last" in slips else 0


def _variant(logits, temperature, u, slips=frozenset()):
    if temperature == 0 and "last of equals" in slips:
        return len(logits) - 1 - int(logits[::-1].argmax())
    untreated = slips & {
        "temperature 0 left out",
        "division by 0",
        "tie at temperature 0",
        "temperature 0 taken for 1",
    }
    if "always the likeliest" in slips or (temperature == 0 and not untreated):
        return int(logits.argmax())
    p = _probabilities(logits, temperature, slips)
    if any(slip.startswith("no cumulative sum") for slip in slips):
        return _without_sum(p, u, slips)
    order = np.arange(len(p))
    if "laid from the other end" in slips:
        order = order[::-1]
    if {"laid by size", "place among the sorted ones"} & slips:
        order = np.argsort(-p, kind="stable")
    borders = np.cumsum(p[order])
    if np.isnan(borders).any() and {"not finite", "division by 0"} & slips:
        return len(p) - 1
    if "nearest border" in slips:
        return int(np.abs(borders - u).argmin())
    if "borders above u counted" in slips:
        return int(np.sum(u < borders))
    borders = borders[:-1]
    index = np.sum(u > borders if "edge on the wrong side" in slips else u >= borders)
    index = order[index] if {"laid from the other end", "laid by size"} & slips else index
    if "off by one, cut off" in slips:
        return min(int(index) + 1, len(p) - 1)
    return int(index) + ("off by one, too high" in slips) - ("off by one, too low" in slips)


EXERCISE = Exercise(
    name="sample",
    outputs=("index",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda logits, temperature, u: {"symbols": len(logits)},
    cases=105,
)


def sample(answer):
    """Check the drawing of an index from scores, at a temperature, with a given random number.

    Args:
        answer: function `(logits, temperature, u) -> index`. `logits (K,)` are scores of any size,
            `temperature` is 0 or more and `u` at least 0 and below 1; the index is the smallest
            with u below the sum of the probabilities so far, at temperature 0 the largest score's.

    Returns:
        A `Verdict`. The truth is that definition with exactly rounded sums (chapter 9,
        math-temperature).

    """
    return EXERCISE.check(answer)
