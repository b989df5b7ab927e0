"""Chapter 1: one step of a vanilla RNN."""

import numpy as np

from ...activations import sigmoid
from ...rnn import RNN
from ..exercise import Exercise


def _outside(found):
    largest = np.max(np.abs(found.yours["h_t"]))
    return (
        "The tanh is missing: this is the pre-activation a_t. A state lies between -1 and 1; your "
        f"largest number is {largest:.4g} in size."
    )


SLIPS = {
    "tanh missing": _outside,
    "bias forgotten": "The bias `b_h` is missing. It is added to every row, before the tanh.",
    "bias twice": "The bias is added twice: there is one `b_h`, not one for each product.",
    "path forgotten: the state": (
        "The state before makes no difference: the recurrent term, `h_prev` times `W_hh`, is "
        "missing. Such a network sees the present input only, and has no memory."
    ),
    "path forgotten: the input": (
        "The input makes no difference: the term `x_t` times `W_xh` is missing."
    ),
    "transposed": (
        "The state is multiplied by the transpose of `W_hh`. It is square, so nothing complains; "
        "`W_hh[i, j]` leads from unit i to unit j, and with rows that is `h_prev @ W_hh`."
    ),
    "tanh of a tanh": "The tanh is applied twice; once is enough.",
    "tanh of each part": (
        "The tanh is applied to the input's part and to the state's part, and the results are "
        "added. It belongs around the sum: tanh(p + q) is not tanh(p) + tanh(q)."
    ),
    "tanh of each part, bias with the input": (
        "The tanh is applied to the input's part, bias included, and to the state's part, and the "
        "results are added. It belongs around the sum: tanh(p + q) is not tanh(p) + tanh(q)."
    ),
    "tanh of half the sum": (
        "These are the values of tanh(a/2): that is what 2 σ(a) - 1 gives. tanh(a) is "
        "2 σ(2a) - 1; `np.tanh` spares you the formula."
    ),
    "bias outside the tanh": (
        "The bias is added after the tanh. It is part of the pre-activation, so it belongs inside."
    ),
    "state outside the tanh": (
        "The recurrent term is added after the tanh, and so is not squeezed: the state can grow "
        "without limit. All three terms belong inside."
    ),
    "old state squeezed again": (
        "`h_prev` goes through the tanh before it meets `W_hh`. It is the tanh of the step before "
        "already, and is used as it is."
    ),
    "old state added": (
        "The old state is added to the result. The new state takes the old one's place; the old "
        "one acts through `W_hh` only."
    ),
    "sigmoid for tanh": (
        "This is the sigmoid, between 0 and 1, where the tanh, between -1 and 1, belongs."
    ),
    "windows taken for steps": (
        "The state goes from row to row. The rows are the windows of a batch, all at the same "
        "step, and they know nothing of each other: row b of `h_prev` belongs to row b of `x_t`."
    ),
}


def _draw(rng, i):
    batch, inputs, hidden = 1 + i // 2 % 4, 1 + i % 3, 1 + i // 3 % 4
    return {
        "x_t": rng.normal(size=(batch, inputs)),
        "h_prev": rng.uniform(-1, 1, size=(batch, hidden)),
        "W_xh": rng.normal(size=(inputs, hidden)),
        "W_hh": rng.normal(size=(hidden, hidden)),
        "b_h": rng.normal(size=hidden),
    }


def _truth(x_t, h_prev, W_xh, W_hh, b_h):
    layer = RNN(*W_xh.shape)
    for name, value in (("W_xh", W_xh), ("W_hh", W_hh), ("b_h", b_h)):
        layer.params[name][...] = value
    return layer.forward(x_t[:, None], h_prev)[1]


def _variant(x_t, h_prev, W_xh, W_hh, b_h, slips=frozenset()):
    if "windows taken for steps" in slips:
        rows, slips = [h_prev[:1]], slips - {"windows taken for steps"}
        for row in x_t:
            rows.append(_variant(row[None], rows[-1], W_xh, W_hh, b_h, slips))
        return np.concatenate(rows[1:])
    squeeze = sigmoid if "sigmoid for tanh" in slips else np.tanh
    old = np.tanh(h_prev) if "old state squeezed again" in slips else h_prev
    from_input = 0 if "path forgotten: the input" in slips else x_t @ W_xh
    from_state = old @ (W_hh.T if "transposed" in slips else W_hh)
    from_state = from_state * ("path forgotten: the state" not in slips)
    bias = b_h * (2 if "bias twice" in slips else "bias forgotten" not in slips)
    a, outside = from_input + from_state + bias, 0
    if "bias outside the tanh" in slips:
        a, outside = from_input + from_state, bias
    if "state outside the tanh" in slips:
        a, outside = from_input + bias, from_state
    if "tanh of each part" in slips:
        inside = bias * ("bias outside the tanh" not in slips)
        a, outside = from_input, squeeze(from_state + inside) + bias - inside
    if "tanh of each part, bias with the input" in slips:
        a, outside = from_input + bias, squeeze(from_state)
    a = a / 2 if "tanh of half the sum" in slips else a
    h = (a if "tanh missing" in slips else squeeze(a)) + outside
    h = squeeze(h) if "tanh of a tanh" in slips else h
    return h + h_prev if "old state added" in slips else h


EXERCISE = Exercise(
    name="forward_step",
    outputs=("h_t",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x_t, W_xh, **_: {
        "batch": len(x_t),
        "input": W_xh.shape[0],
        "hidden": W_xh.shape[1],
    },
)


def forward_step(answer):
    """Check one step forward of a vanilla RNN (eq-rnn-preactivation, eq-rnn-state).

    Args:
        answer: function `(x_t, h_prev, W_xh, W_hh, b_h) -> h_t`. `x_t (batch, input)`,
            `h_prev (batch, hidden)`; the weights have shapes `(input, hidden)`,
            `(hidden, hidden)` and `(hidden,)`, the result has that of `h_prev`.

    Returns:
        A `Verdict`. The truth is `gru_lib.RNN` with these weights.

    """
    return EXERCISE.check(answer)
