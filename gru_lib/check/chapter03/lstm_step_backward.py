"""Chapter 3: one step back of an LSTM."""

import numpy as np

from ...gradcheck import complex_step
from ..exercise import Exercise
from . import back

SLIPS = back.SLIPS | {
    "gates exchanged": (
        "The blocks of `da` stand in the order i, f, g, o, which other libraries have. Here the "
        "order is i, f, o, g, in the weights too: with `W_h` as it is, the last two blocks meet "
        "each other's weights."
    ),
    "every fourth column": (
        "The four gradients are interleaved: each has every fourth column of `da`. The blocks "
        "stand side by side, `hidden` columns each."
    ),
    "blocks stacked along the wrong axis": (
        "`da`: expected shape `(batch, 4 * hidden)`, got `(4, batch, hidden)`. The four blocks are "
        "stacked, and have an axis of their own. They stand side by side, as columns of one array."
    ),
    "blocks one below the other": (
        "`da`: expected shape `(batch, 4 * hidden)`, got `(4 * batch, hidden)`. The four blocks "
        "stand one below the other, as if they were more sequences. They stand side by side: the "
        "rows are the batch."
    ),
    "results exchanged": "The last two results are exchanged: `dh_prev` comes before `dc_prev`.",
}


def _draw(rng, i):
    batch, hidden = 1 + i % 3, 1 + i // 2 % 4
    gates = {k: 1 / (1 + np.exp(-1.5 * rng.normal(size=(batch, hidden)))) for k in "ifo"}
    gates["g"] = np.tanh(rng.normal(size=(batch, hidden)))
    dh, dc, c_prev = rng.uniform(0.5, 2, (3, batch, hidden)) * rng.choice(
        [-1, 1], (3, batch, hidden)
    )
    return {
        "dh": dh,
        "dc": dc,
        **gates,
        "c_prev": c_prev,
        "c": gates["f"] * c_prev + gates["i"] * gates["g"],
        "W_h": rng.normal(size=(hidden, 4 * hidden)),
    }


def _truth(dh, dc, i, f, o, g, c_prev, c, W_h):
    """Differentiate a loss that has these gradients, dh · h + dc · c, by what the step reads."""
    logits = [np.log(s / (1 - s)) for s in (i, f, o)]
    a = np.concatenate([*logits, np.arctanh(g)], axis=1).astype(complex)
    moved = np.zeros(dh.shape, complex)  # how far h_prev is from where it was
    c_prev = c_prev.astype(complex)

    def loss():
        a_i, a_f, a_o, a_g = np.split(a + moved @ W_h, 4, axis=1)
        kept = c_prev / (1 + np.exp(-a_f))
        memory = kept + np.tanh(a_g) / (1 + np.exp(-a_i))
        state = np.tanh(memory) / (1 + np.exp(-a_o))
        return np.sum(dh * state) + np.sum(dc * memory)

    return tuple(complex_step(loss, array) for array in (a, moved, c_prev))


def _variant(dh, dc, i, f, o, g, c_prev, c, W_h, slips=frozenset()):
    da, dh_prev, dc_prev = back.step_back(dh, dc, i, f, o, g, c_prev, c, W_h, slips)
    if "gates exchanged" in slips:
        da = [da[0], da[1], da[3], da[2]]
        dh_prev = np.concatenate(da, axis=1) @ W_h.T
    if "every fourth column" in slips:
        da = np.stack(da, axis=2).reshape(len(dh), -1)
    elif "blocks stacked along the wrong axis" in slips:
        da = np.stack(da)
    elif "blocks one below the other" in slips:
        da = np.concatenate(da)
    else:
        da = np.concatenate(da, axis=1)
    return (da, dc_prev, dh_prev) if "results exchanged" in slips else (da, dh_prev, dc_prev)


EXERCISE = Exercise(
    name="lstm_step_backward",
    outputs=("da", "dh_prev", "dc_prev"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda dh, **_: {"batch": len(dh), "hidden": dh.shape[1]},
)


def lstm_step_backward(answer):
    """Check one step back of an LSTM.

    Args:
        answer: function `(dh, dc, i, f, o, g, c_prev, c, W_h) -> (da, dh_prev, dc_prev)`. All
            arrays are `(batch, hidden)`, but `W_h (hidden, 4 * hidden)` and `da (batch, 4 *
            hidden)`, with blocks in the order i, f, o, g. `dh` is the whole gradient of h_t, `dc`
            the share of c_t's from the next step; the gates come as outputs of their functions.

    Returns:
        A `Verdict`. The truth is the complex step's derivative of a loss with these gradients
        (chapter 3, eq-lstm-dc to eq-lstm-dh-prev).

    """
    return EXERCISE.check(answer)
