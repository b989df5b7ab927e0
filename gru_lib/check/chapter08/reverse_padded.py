"""Chapter 8: every sequence of a padded batch turned round within its own length."""

import numpy as np

from ...bidirectional import reverse
from ..exercise import Exercise

SLIPS = {
    "padding counted": (
        "The whole array is turned round, padding included: a short sequence begins with its "
        "padding. A layer that reads this starts with steps that do not exist. Turn each sequence "
        "round within its own length."
    ),
    "padding set to zero": (
        "The padding has become zero. It stays as it was: begin with a copy of `x`."
    ),
    "longest for all": (
        "All sequences are turned round within the length of the longest one. Each has a length "
        "of its own."
    ),
    "padding in front": (
        "The real steps are turned round, but they stand at the end of the row, behind the "
        "padding. A layer that reads this starts with steps that do not exist."
    ),
    "nothing turned": (
        "The result is `x` as it was. If pairs are swapped, the loop must stop in the middle: one "
        "that goes on to the end swaps every pair back."
    ),
    "length 0 forgotten": (
        "For a length of 0 the whole row is turned round: a slice from `n - 1` downwards begins at "
        "-1 there. `x[i, :n]` is empty for n = 0, and can be turned round like any other."
    ),
    "every axis turned": (
        "All axes are turned round: the sequences, the steps and the D numbers of a step. Time is "
        "axis 1, and each sequence has a length of its own."
    ),
    "last axis turned": (
        "In the whole array, the D numbers of each step are turned round, and the steps stay where "
        "they are. Time is axis 1 of `x`."
    ),
    "padding turned, too": (
        "The padding has been turned round as well, within itself. It stays where it is."
    ),
    "off by one": (
        "Step t takes the number of step n - t. So the first padded step comes first, and the "
        "first real one is lost; where there is no padding, it raised an IndexError. With steps "
        "counted from 0 the last real one is n - 1."
    ),
    "off by one, held at the end": (
        "Step t takes the number of step n - t, and where that is beyond the end of the row, the "
        "last one. So the first real step is lost, and a padded step, or the last one twice, comes "
        "in. With steps counted from 0 the last real one is n - 1."
    ),
    "written one place late": (
        "Step t goes to place n - t. So no step goes to place 0, and one goes to the first padded "
        "place; where there is no padding, it raised an IndexError. With steps counted from 0 the "
        "last real place is n - 1."
    ),
    "one step too many": (
        "The first padded step is turned round with the real ones, and comes first. With steps "
        "counted from 0, a sequence of length n has the steps 0 to n - 1."
    ),
    "one step too few": (
        "The last real step stays where it is: only the steps before it are turned round. "
        "`x[i, :n]` has n steps, the last one included."
    ),
    "first step left out": (
        "The first real step is missing, and the last one stands there twice. A slice ends before "
        "its second index: `n - 1 : 0 : -1` goes down to 1. Take the real part first, and turn all "
        "of it round."
    ),
    "read after writing": (
        "The second half of each sequence is the mirror image of its first half: the array that is "
        "written is also the one that is read, and its first half has been overwritten by then. "
        "Read from `x`, write to a copy."
    ),
    "sequences turned, not steps": (
        "The order of the *sequences* in the batch is turned round (axis 0). Time is axis 1."
    ),
    "features turned, too": (
        "Within each step the D numbers are turned round as well. They stay in their order: turn "
        "round along the time axis alone."
    ),
    "features turned, not steps": (
        "Within each step the D numbers are turned round, and the steps stay where they are. Time "
        "is axis 1 of `x`, and axis 0 of `x[i]`."
    ),
}


def _draw(rng, i):
    batch, time, inputs = 1 + i % 4, 1 + (i + 2) % 6, 1 + i // 2 % 3
    lengths = rng.integers(0, time + 1, batch)
    if i % 3 == 0:
        lengths = np.minimum(lengths + 1, time - 1)
    if i % 3 == 1:
        lengths[0] = time
    return {"x": rng.normal(size=(batch, time, inputs)), "lengths": lengths}


def _turned(row, n, slips):
    """One sequence, turned round within its length n, with the slips that concern it."""
    out = np.zeros_like(row) if "padding set to zero" in slips else row.copy()
    source = out if "read after writing" in slips else row
    late = (
        "written one place late" in slips and not {"one step too few", "one step too many"} & slips
    )
    for t in range(n):
        place = n - 1 - t + ("off by one" in slips)
        if "off by one, held at the end" in slips:
            place = min(n - t, len(row) - 1)
        out[t + late] = source[place]
    if "first step left out" in slips and n > 0:
        out[n - 1] = row[n - 1]
    if "padding turned, too" in slips:
        out[n:] = row[n:][::-1]
    if "length 0 forgotten" in slips and n == 0:
        return row[::-1]
    if "features turned, not steps" in slips:
        out[:n] = row[:n, ::-1]
    if "features turned, too" in slips:
        out[:n] = row[:n][::-1, ::-1]
    return np.roll(out, len(row) - n, axis=0) if "padding in front" in slips else out


def _variant(x, lengths, slips=frozenset()):
    whole = {
        "padding counted": x[:, ::-1],
        "sequences turned, not steps": x[::-1],
        "every axis turned": x[::-1, ::-1, ::-1],
        "last axis turned": x[..., ::-1],
        "nothing turned": x,
    }
    for name in whole.keys() & slips:
        real = (np.arange(x.shape[1]) < lengths[:, None])[..., None]
        return (
            np.where(real[:, ::-1], whole[name], 0)
            if "padding set to zero" in slips
            else whole[name]
        )
    if "longest for all" in slips:
        lengths = np.full(len(x), lengths.max())
    if "one step too many" in slips:
        lengths = np.minimum(lengths + 1, x.shape[1])
    if "one step too few" in slips:
        lengths = np.maximum(lengths - 1, 0)
    return np.stack([_turned(row, n, slips) for row, n in zip(x, lengths, strict=True)])


EXERCISE = Exercise(
    name="reverse_padded",
    outputs=("turned",),
    draw=_draw,
    truth=reverse,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x, **_: dict(zip(("batch", "time", "input"), x.shape, strict=True)),
)


def reverse_padded(answer):
    """Check the turning round of each sequence within its own length.

    Args:
        answer: function `(x, lengths) -> turned`. `x` is `(batch, time, input)`, `lengths (batch,)`
            whole numbers from 0 to time. The padding stays where it is, and as it is.

    Returns:
        A `Verdict`. The truth is `gru_lib.bidirectional.reverse`.

    """
    return EXERCISE.check(answer)
