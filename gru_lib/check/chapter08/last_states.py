"""Chapter 8: the last state of each sequence of a padded batch."""

import numpy as np

from ..exercise import Exercise


def _every_pair(found):
    expected, yours = found.expected["states"].shape, found.yours["states"].shape
    return (
        f"`states`: expected shape {expected}, got {yours}. `h[:, columns]` reads every sequence "
        "at *every* length, (B, B, H). Of two arrays of indices, one of rows and one of columns, "
        "NumPy takes one pair after the other."
    )


SLIPS = {
    "padding counted": (
        "Your result is the last column of `h`, the state after the padding. A padded step is a "
        "step: it multiplies the state and adds the bias. Sequence i ends after `lengths[i]` steps."
    ),
    "length 0 forgotten": (
        "A sequence of length 0 does not get zeros, the state of one that has not begun. Mind the "
        "index `lengths - 1`: it is -1 there, which NumPy reads as the last column, without an "
        "error."
    ),
    "off by one": (
        "It takes column `lengths[i]`, which is the first *padded* step (held at the last column "
        "where there is none). Python counts from 0: the last of 3 steps stands in column 2."
    ),
    "one step too many": (
        "It takes column `lengths[i]`, which is the first *padded* step; for a sequence without "
        "padding there is no such column. It raised an IndexError there. Python counts from 0: "
        "the last of 3 steps stands in column 2."
    ),
    "one step too few": (
        "It takes the state one step before the last real one. A sequence of length n has its "
        "last step in column n - 1."
    ),
    "longest for all": (
        "All rows are read in the same column, the last one of the *longest* sequence. The "
        "shorter ones have gone through padding by then."
    ),
    "averaged over all steps": (
        "It is the mean over all columns, padding included. Here one state is asked for, the one "
        "after the last real step."
    ),
    "mean of the real steps": (
        "It is the mean of the states over the real steps. That is another summary of a sequence; "
        "here one state is asked for, the one after the last real step."
    ),
    "sum of the real steps": (
        "It is the sum of the states over the real steps. That is another summary of a sequence; "
        "here one state is asked for, the one after the last real step."
    ),
    "first sequence for all": (
        "Every row is read out of the *first* sequence, though in the right column. Row i of the "
        "result belongs to sequence i, so row and column change together."
    ),
    "every sequence at every length": _every_pair,
    "length 0 takes the first state": (
        "A sequence of length 0 gets the state in column 0. That is the state after a padded step; "
        "one that has not begun has zeros."
    ),
}


def _draw(rng, i):
    batch, time, hidden = (2, 3, 1, 4)[i % 4], 1 + (i + 1) % 5, 1 + i // 2 % 3
    lengths = rng.integers(0, time + 1, batch)
    if i % 3 == 0:
        lengths = np.minimum(lengths, max(time - 2, 1))
    if i % 3 == 1:
        lengths[0] = time
    return {"h": rng.normal(size=(batch, time, hidden)), "lengths": lengths}


def _truth(h, lengths):
    """Walk along each sequence and keep what the last real step left."""
    batch, time, hidden = h.shape
    states = []
    for i in range(batch):
        state = [0.0] * hidden
        for t in range(time):
            if t < lengths[i]:
                state = [float(number) for number in h[i, t]]
        states.append(state)
    return np.array(states)


def _variant(h, lengths, slips=frozenset()):
    batch, time, _ = h.shape
    column = lengths - 1
    if "padding counted" in slips:
        column = np.full(batch, time - 1)
    if "longest for all" in slips:
        column = np.full(batch, lengths.max() - 1)
    if "one step too many" in slips:
        column = lengths
    if "off by one" in slips:
        column = np.minimum(lengths, time - 1)
    if "one step too few" in slips:
        column = np.maximum(lengths - 2, 0)
    rows = np.zeros(batch, int) if "first sequence for all" in slips else np.arange(batch)
    states = h[rows, column]
    if "every sequence at every length" in slips:
        states = h[:, column]
    if "averaged over all steps" in slips:
        states = h.mean(axis=1)
    if {"mean of the real steps", "sum of the real steps"} & slips:
        states = (h * (np.arange(time) < lengths[:, None])[..., None]).sum(axis=1)
    if "mean of the real steps" in slips:
        states = states / np.maximum(lengths, 1)[:, None]
    if "length 0 takes the first state" in slips:
        return np.where(lengths[:, None] > 0, states, h[:, 0])
    guarded = "length 0 forgotten" not in slips
    return np.where(lengths[:, None] > 0, states, 0) if guarded else states


EXERCISE = Exercise(
    name="last_states",
    outputs=("states",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda h, **_: dict(zip(("batch", "time", "hidden"), h.shape, strict=True)),
)


def last_states(answer):
    """Check the last state of each sequence of a padded batch.

    Args:
        answer: function `(h, lengths) -> states`. `h (batch, time, hidden)` are the states of a
            layer without a mask, `lengths (batch,)` whole numbers from 0 to time. The result has
            the shape `(batch, hidden)`; a sequence of length 0 has zeros.

    Returns:
        A `Verdict`. The truth walks along each sequence and keeps what its last real step left.

    """
    return EXERCISE.check(answer)
