"""Chapter 8: one step of a recurrent layer, with a mask."""

import numpy as np

from ..exercise import Exercise

SLIPS = {
    "one step too many": (
        "The step `t = lengths[i]` is treated as real. With t counted from 0, a sequence of length "
        "3 has the steps 0, 1 and 2; compare with `<`, not with `<=`."
    ),
    "one step too few": (
        "The last real step is treated as padding. With t counted from 0, a sequence of length 3 "
        "has the steps 0, 1 and 2, and step 2 is real."
    ),
    "m and 1 - m exchanged": (
        "The mask works the other way round: real steps keep the old state, padded ones take the "
        "new one. m is 1 where the step is *real*."
    ),
    "state not kept at padding": (
        "At a padded step your `h_t` is zero. What the layer *hands on* is zero there; the state "
        "itself stays as it was, or the sequence's last state would be lost before the end."
    ),
    "padding counted": (
        "At a padded step your `h_t` is the new state, so padding drives the state on. It has to "
        "stay `h_prev` there."
    ),
    "padding passed on": (
        "At a padded step `out` is `h_t`, the state that was kept. What is handed on is m times "
        "the state: zero at padding, so that the layer above sees nothing there."
    ),
    "new state handed on": (
        "`out` is `new` at every step. At a padded step the result of the step is not even the "
        "layer's state, and what is handed on there is zero."
    ),
    "mask along the wrong axis": (
        "The mask has the shape `(B,)`, so NumPy lines it up with the *units*. Where B and H differ"
        " it raises an error; where they are equal it goes through, and is wrong. One number per "
        "sequence needs the shape `(B, 1)`: `m[:, None]`."
    ),
    "1 - m forgotten": (
        "The old state is added at every step, not only at padding: the factor 1 - m is missing "
        "there. At a real step h_t is the new state alone."
    ),
    "last step only": (
        "Only the very last step of each sequence counts as real. All steps before it are real as "
        "well: t is below the length."
    ),
    "state before handed on": (
        "`out` is made of `h_prev`: the layer above would see each state one step late. What is "
        "handed on is m times the new `h_t`."
    ),
    "padding alone passed on": (
        "`out` is zero where the step is real, and the state where it is padding. It should be "
        "the other way round."
    ),
    "results in another order": (
        "The two results stand in the other order: first the state, then what is handed on."
    ),
    "one length for all": (
        "One decision is taken for all sequences, by the longest one's length: as long as that one "
        "has real steps, all of them take the new state. Each sequence has a mask of its own."
    ),
}


def _draw(rng, i):
    batch, hidden, time = (1 + i % 4, 1 + i // 2 % 4, 1 + i // 3 % 5)
    lengths = rng.integers(0, time + 1, batch)
    t = int(rng.integers(0, time + 1))
    if i % 2:
        lengths[-1] = t
    if i % 4 == 2:
        lengths[0] = t + 1
    shape = (batch, hidden)
    return {
        "new": np.tanh(rng.normal(size=shape)),
        "h_prev": np.tanh(rng.normal(size=shape)),
        "t": t,
        "lengths": lengths,
    }


def _truth(new, h_prev, t, lengths):
    """Decide for one sequence after the other whether it has ended."""
    state, handed_on = [], []
    for i, length in enumerate(lengths):
        ended = t >= length
        state.append(list(h_prev[i] if ended else new[i]))
        handed_on.append([0.0] * len(new[i]) if ended else list(new[i]))
    return np.array(state), np.array(handed_on)


def _variant(new, h_prev, t, lengths, slips=frozenset()):
    if "one length for all" in slips:
        lengths = np.full(len(lengths), lengths.max())
    last = lengths + ("one step too many" in slips) - ("one step too few" in slips)
    m = t < last
    if "mask along the wrong axis" not in slips:
        m = m[:, None]
    if "last step only" in slips:
        m &= (t == last - 1)[:, None] if m.ndim == 2 else t == last - 1
    if "m and 1 - m exchanged" in slips:
        m = ~m
    kept = 0 if "state not kept at padding" in slips else h_prev
    kept = new if "padding counted" in slips else kept
    h_t = m * new + (1 if "1 - m forgotten" in slips else 1 - m) * kept
    if "state before handed on" in slips:
        return h_t, m * h_prev
    if "padding alone passed on" in slips:
        return h_t, (1 - m) * h_t
    if "results in another order" in slips:
        return m * h_t, h_t
    if "padding passed on" in slips:
        return h_t, h_t
    return h_t, new if "new state handed on" in slips else m * h_t


EXERCISE = Exercise(
    name="masked_step",
    outputs=("h_t", "out"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda new, t, **_: {"batch": new.shape[0], "hidden": new.shape[1], "t": t},
)


def masked_step(answer):
    """Check one step with a mask (eq-mask-state).

    Args:
        answer: function `(new, h_prev, t, lengths) -> (h_t, out)`. `new` and `h_prev` are
            `(batch, hidden)`, the step's result and the state before it; `t` counts from 0, and
            `lengths (batch,)` from 0. `h_t` is the state, kept at padding, and `out` is what is
            handed on, zero at padding.

    Returns:
        A `Verdict`. The truth decides for one sequence after the other.

    """
    return EXERCISE.check(answer)
