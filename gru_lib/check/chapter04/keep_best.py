"""Chapter 4: keep the best weights."""

import numpy as np

from ..exercise import Exercise

SLIPS = {
    "keeps the latest": (
        "What comes back are the weights of the last epoch, whatever they scored. This is the "
        "eighth error of recipe B. `best = w` gives the array a second name; what is added to it "
        "later, with `+=`, is added to both. Keep a copy."
    ),
    "largest for smallest": (
        "These are the weights with the largest score. A score is an error here: smaller is better."
    ),
    "last of equals": (
        "Where several epochs share the smallest score, yours keeps the last of them. The earliest "
        "was asked for: replace only what is beaten, not what is equalled."
    ),
    "compared with the epoch before": (
        "These are the weights of the last epoch that was better than the one before it. Compare "
        "with the smallest score *so far*, not with the previous one."
    ),
    "stops at the first rise": (
        "These are the best weights up to the first score that is no better than the one before. A "
        "smaller score may come later: go through all epochs."
    ),
    "compared with the first epoch": (
        "These are the weights of the last epoch that was better than the first. The score to beat "
        "has to be replaced, too, whenever it is beaten."
    ),
    "one step too few": (
        "These are the weights that the best epoch started from. `scores[e]` belongs to the "
        "weights after `updates[e]` was added."
    ),
    "one step too many": (
        "These are the weights one update after the best epoch. `scores[e]` belongs to the weights "
        "after `updates[e]` was added, before `updates[e + 1]`."
    ),
    "= for +=": (
        "Only the best epoch's own update is added to the starting weights. The updates of all "
        "epochs before it belong there as well: each starts from what the last one left."
    ),
    "starts from 1": (
        "The smallest score so far starts from a number such as 1: where all scores are larger, no "
        "epoch is kept. A score need not be below 1, nor positive. Start from `np.inf`."
    ),
    "compared by size": (
        "The scores are compared without their signs: these are the weights with the score nearest "
        "to 0. A score need not be positive, and -2 is smaller than 0.1."
    ),
    "worse epochs undone": (
        "An update that did not lower the smallest score is taken back, and the next one starts "
        "from the best weights. The training itself goes on from what the epoch before left, "
        "whatever that scored; only what is returned is chosen."
    ),
    "start forgotten": "The updates are added up, but not to `w`: training starts from `w`.",
}


def _draw(rng, i):
    epochs, n = 1 + (i + 2) % 6, 1 + i // 2 % 3
    scores = rng.choice(np.arange(1, 10), size=epochs) / 10
    if i % 3 == 1 and epochs > 2:
        scores[rng.choice(epochs, size=2, replace=False)] = 0.05
    if i % 6 == 5:  # as the squared errors of prices that were not scaled
        scores = scores * 1e9
    elif i % 6 == 0 and i:
        scores[rng.choice(epochs, size=2, replace=False)] *= -1
    return {
        "w": rng.normal(size=n).round(2),
        "updates": (rng.uniform(0.5, 2, (epochs, n)) * rng.choice([-1, 1], (epochs, n))).round(2),
        "scores": scores,
    }


def _truth(w, updates, scores):
    """Sort the epochs by score, then by number; add up from the start to the first of them."""
    best = min(range(len(scores)), key=lambda e: (scores[e], e))
    return w + np.sum(updates[: best + 1], axis=0)


def _variant(w, updates, scores, slips=frozenset()):
    left = np.zeros_like(w) if "start forgotten" in slips else w
    if "starts from 1" in slips and min(scores) >= 1:
        return left
    if "compared by size" in slips:
        scores = np.abs(scores)
    if "worse epochs undone" in slips:
        lowers = scores < np.minimum.accumulate([np.inf, *scores[:-1]])
        return left + updates[lowers].sum(axis=0)
    after, best = [left], 0
    stopped = False
    for e, update in enumerate(updates):
        after.append((w if "= for +=" in slips else after[-1]) + update)
        compared = scores[best]
        if "compared with the epoch before" in slips:
            compared = scores[max(e - 1, 0)]
        elif "compared with the first epoch" in slips:
            compared = scores[0]
        better = scores[e] < compared
        if "largest for smallest" in slips:
            better = scores[e] > compared
        if "last of equals" in slips:
            better = better or scores[e] == compared
        stopped |= "stops at the first rise" in slips and e > 0 and scores[e] >= scores[e - 1]
        if (better or "keeps the latest" in slips) and not stopped:
            best = e
    place = best + 1 - ("one step too few" in slips) + ("one step too many" in slips)
    return after[min(place, len(updates))]


EXERCISE = Exercise(
    name="keep_best",
    outputs=("best",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda w, updates, scores: {
        "epochs": len(updates),
        "weights": len(w),
        "smallest score": min(scores),  # tells what is special where nothing was returned
    },
)


def keep_best(answer):
    """Check a bookkeeping that keeps the weights with the smallest validation error.

    Args:
        answer: function `(w, updates, scores) -> best`. `w (n,)` are the weights at the start,
            `updates (epochs, n)` what each epoch adds to them, `scores (epochs,)` the errors after
            each; of equal scores the earliest counts.

    Returns:
        A `Verdict`. The truth sorts the epochs by score and number and adds up the updates to the
        first of them (chapter 4, error 8 of the recipe).

    """
    return EXERCISE.check(answer)
