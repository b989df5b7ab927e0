"""Chapter 8: early stopping, on recorded trainings."""

import numpy as np

from ..exercise import Exercise


def _index_for_weights(found):
    shape = found.expected["best"].shape
    return (
        f"`best`: expected shape {shape}, got one number: the index of the best epoch. Asked for "
        "are the weights after that epoch, a row of `weights`."
    )


SLIPS = {
    "the latest kept": (
        "`best` are the weights at which the training stopped: the latest, not the best. A "
        "published recipe does this. Keep those of the epoch whose loss is the lowest so far."
    ),
    "counted back from the end": (
        "`best` are the weights `patience` epochs before the last one. That is the record if the "
        "training was stopped; a training that ran through to the end may have its record anywhere."
    ),
    "lowest not lowered": (
        "Each loss is compared with the *first* one: the lowest so far is never set anew. With an "
        "improvement three things change, the lowest loss, the weights and the count."
    ),
    "best of epochs never run": (
        "`best` was sought among all recorded epochs. The lowest loss may come after the end of "
        "the training; such weights would never have been computed."
    ),
    "patience ignored": (
        "The training never stops early: all recorded epochs are run, and the best of them is "
        "kept, whatever `patience` is."
    ),
    "count not set back": (
        "All epochs without an improvement are counted, not those in a row: an improvement has to "
        "set the count back to 0."
    ),
    "compared with the epoch before": (
        "Each loss is compared with that of the epoch before. After a bad epoch, a slightly better "
        "one counts as an improvement, although it is no record. Compare with the lowest so far."
    ),
    "count compared with the epoch before": (
        "The weights of the lowest loss are kept, but for the count each loss is compared with "
        "that of the epoch before. After a bad epoch, a slightly better one sets the count back, "
        "although it is no record. Compare with the lowest so far."
    ),
    "equal counts as better": (
        "An epoch whose loss equals the lowest so far counts as an improvement. It has to be below."
    ),
    "first epoch counted": (
        "The first epoch counts as one without an improvement; is its loss compared with itself? "
        "It always is an improvement: begin the loop at the second epoch, or begin with `np.inf` "
        "as the lowest loss."
    ),
    "one step too many": (
        "The training runs one epoch too long: it stops when the count is *above* `patience`. It "
        "stops as soon as `patience` epochs in a row have brought nothing."
    ),
    "one step too few": (
        "The training stops one epoch too early. With patience 2, two epochs in a row have to "
        "bring nothing."
    ),
    "record counted": (
        "The training stops one epoch too early: the record itself is counted among the `patience` "
        "epochs. With patience 2, two epochs *after* it bring nothing; with patience 1, the first "
        "epoch alone is no reason to stop."
    ),
    "off by one": (
        "`epochs` is one too small: it is the index of the last epoch, counted from 0. After the "
        "epoch with index 5, six have been run."
    ),
    "last epoch not counted": (
        "When the training is stopped, `epochs` is one too small: it is the index of the last "
        "epoch, counted from 0. The epoch at which the training stops has been run."
    ),
    "best epoch for epochs run": (
        "`epochs` is the number of the best epoch. The epochs after it, in which nothing better "
        "came, have been run as well."
    ),
    "one epoch late": (
        "`best` are the weights one epoch after the best one. `losses[e]` and `weights[e]` belong "
        "to the same epoch."
    ),
    "index for weights": _index_for_weights,
    "highest for lowest": ("The *highest* loss counts as the best. For a loss, lower is better."),
}


def _draw(rng, i):
    epochs, size, patience = 1 + (i + 1) % 12, (2, 1, 3)[i % 3], 1 + int(rng.integers(0, 3))
    trend = 0.2 * np.abs(np.arange(epochs) - rng.integers(0, epochs + 1))
    return {
        "losses": np.round(0.3 + trend + rng.uniform(0, 0.6, epochs), 1),
        "weights": rng.normal(size=(epochs, size)),
        "patience": patience,
    }


def _truth(losses, weights, patience):
    """For each possible end, look back: is the lowest loss `patience` epochs old?"""
    for epochs in range(1, len(losses) + 1):
        lowest = int(np.argmin(losses[:epochs]))  # the first of equals
        if epochs - 1 - lowest == patience:
            break
    return weights[lowest], epochs


def _better(losses, e, lowest, slips):
    """Whether epoch e is an improvement."""
    if e == 0:
        return True
    bar = losses[e - 1] if "compared with the epoch before" in slips else lowest
    if "highest for lowest" in slips:
        return losses[e] > bar
    return losses[e] <= bar if "equal counts as better" in slips else losses[e] < bar


def _variant(losses, weights, patience, slips=frozenset()):
    limit = patience + ("one step too many" in slips) - ("record counted" in slips)
    if "one step too few" in slips:
        limit = max(patience - 1, 1)
    if "patience ignored" in slips:
        limit = np.inf
    best, waited, lowest, last, stopped = 0, 0, losses[0], len(losses) - 1, False
    for e in range(len(losses)):
        better = _better(losses, e, lowest, slips)
        if better:
            best, lowest = e, lowest if "lowest not lowered" in slips else losses[e]
        progress = better
        if "count compared with the epoch before" in slips and e > 0:
            progress = losses[e] < losses[e - 1]
        if e == 0 and "first epoch counted" in slips:
            progress = False
        waited = (waited if "count not set back" in slips else 0) if progress else waited + 1
        if waited >= limit:
            last, stopped = e, True
            break
    epochs = best + 1 if "best epoch for epochs run" in slips else last + 1
    epochs -= "off by one" in slips or ("last epoch not counted" in slips and stopped)
    if "counted back from the end" in slips:
        best = max(last - patience, 0)
    if "the latest kept" in slips:
        best = last
    if "best of epochs never run" in slips:
        best = int(np.argmin(losses))
    if "one epoch late" in slips:
        best = min(best + 1, len(losses) - 1)
    return best if "index for weights" in slips else weights[best], epochs


EXERCISE = Exercise(
    name="early_stopping",
    outputs=("best", "epochs"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda losses, patience, **_: {"epochs": len(losses), "patience": patience},
    cases=36,
)


def early_stopping(answer):
    """Check early stopping on recorded trainings.

    Args:
        answer: function `(losses, weights, patience) -> (best, epochs)`. `losses (epochs,)` are the
            validation losses after each epoch, `weights (epochs, n)` the weights; the training ends
            when `patience` epochs in a row were not below the lowest loss before them. `best (n,)`
            are the weights of the lowest loss among the epochs that were run.

    Returns:
        A `Verdict`. The truth looks, for each possible end, how old the lowest loss is.

    """
    return EXERCISE.check(answer)
