"""Chapter 3: one step of an LSTM."""

import numpy as np

from ...activations import sigmoid
from ...lstm import LSTM
from ..exercise import Exercise

SLIPS = {
    "gates exchanged": (
        "The last two blocks are exchanged: these are the numbers of the order i, f, g, o, which "
        "other libraries have. Here the third block is the output gate's and the fourth the "
        "candidate's."
    ),
    "input and forget gate exchanged": (
        "The first two blocks are exchanged, or i and f have changed places in the line for c. The "
        "first block is the input gate's, the second the forget gate's; f multiplies `c_prev`, and "
        "i the candidate."
    ),
    "every fourth column": (
        "The blocks are taken as every fourth column. They stand side by side: the first `hidden` "
        "columns belong to i, the next `hidden` to f, and so on. With one unit both are the same."
    ),
    "path forgotten: the state before": (
        "`h_prev` plays no part in the gates: these are the numbers for h_prev = 0. It goes into "
        "all four pre-activations."
    ),
    "path forgotten: the memory before": (
        "`c_prev` plays no part: the new memory is only what is written, i * g. What the forget "
        "gate keeps of the old one comes on top."
    ),
    "bias forgotten": "The bias is missing: these are the numbers for b = 0.",
    "1 added to the forget bias": (
        "1 is added to the forget gate's pre-activation. Some libraries do that inside the step; "
        "here `b` holds the whole bias. Whoever wants a long memory at the start writes it there."
    ),
    "memory for the state": (
        "The gates look at `c_prev`. They see what the memory has shown, `h_prev`; the old memory "
        "itself meets the forget gate and nothing else."
    ),
    "sigmoid for tanh": (
        "The candidate went through the sigmoid. It is content, not a decision, and must be able "
        "to lower the memory as well: it is a tanh."
    ),
    "tanh forgotten": (
        "`h` is the memory times the output gate. The memory can grow beyond 1, so it is squeezed "
        "by a tanh before the gate shows it."
    ),
    "squeezed before it is carried": (
        "The new memory is squeezed by a tanh before it is used and returned. The tanh is for what "
        "is shown, `h`; the memory is carried as it is, and nothing squeezes it on its way."
    ),
    "tanh returned for c": (
        "`h` is right, but `c` is returned after the tanh. The next step reads the memory itself."
    ),
    "this memory for the one before": (
        "`h` shows the old memory: `c_prev` stands where the new `c` belongs. First comes the "
        "memory's equation, then the state's."
    ),
    "f and 1 - f exchanged": (
        "The old memory is multiplied by 1 - f. Mind the name: where the forget gate is 1 the "
        "memory is *kept*."
    ),
    "1 - f for i": (
        "The candidate is let in by 1 - f, as if the two gates were coupled. That is a variant; "
        "here the input gate decides, with weights of its own."
    ),
    "input gate forgotten": (
        "The candidate is added in full. The input gate decides how much of it is written."
    ),
    "forget gate forgotten": (
        "The old memory is carried in full, as in the LSTM of 1997. Here the forget gate decides "
        "how much of it is kept."
    ),
    "sigmoid for tanh at the memory": (
        "The memory goes through a sigmoid before it is shown. It is squeezed by a tanh: what is "
        "shown must be able to be negative."
    ),
    "output gate forgotten": (
        "`h` is the tanh of the memory, whatever the output gate says. Multiply by it."
    ),
    "output gate inside the tanh": (
        "`h` is the tanh of o * c. The memory alone goes through the tanh; the gate then decides "
        "how much of the result is shown."
    ),
    "results exchanged": "The two results are exchanged: `h` comes first, then `c`.",
}


def _draw(rng, i):
    batch, inputs, hidden = 1 + i % 3, 1 + i // 2 % 3, 1 + i // 3 % 4
    return {
        "x": rng.normal(size=(batch, inputs)),
        "h_prev": np.tanh(rng.normal(size=(batch, hidden))),
        "c_prev": rng.uniform(0.5, 2, (batch, hidden)) * rng.choice([-1, 1], (batch, hidden)),
        "W_x": rng.normal(size=(inputs, 4 * hidden)),
        "W_h": rng.normal(size=(hidden, 4 * hidden)),
        "b": rng.normal(size=4 * hidden),
    }


def _truth(x, h_prev, c_prev, W_x, W_h, b):
    """The package's own layer, over a sequence of one step."""
    layer = LSTM(len(W_x), len(W_h))
    layer.params["W_x"][...], layer.params["W_h"][...], layer.params["b"][...] = W_x, W_h, b
    _, state = layer.forward(x[:, None], (h_prev, c_prev))
    return state


def _variant(x, h_prev, c_prev, W_x, W_h, b, slips=frozenset()):
    a = x @ W_x
    if "path forgotten: the state before" not in slips:
        a = a + (c_prev if "memory for the state" in slips else h_prev) @ W_h
    if "bias forgotten" not in slips:
        a = a + b
    hidden = len(W_h)
    a_i, a_f, a_o, a_g = (a[:, k * hidden : (k + 1) * hidden] for k in range(4))
    if "every fourth column" in slips:
        a_i, a_f, a_o, a_g = (a[:, k::4] for k in range(4))
    if "gates exchanged" in slips:
        a_o, a_g = a_g, a_o
    if "input and forget gate exchanged" in slips:
        a_i, a_f = a_f, a_i
    a_f = a_f + ("1 added to the forget bias" in slips)
    i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o)
    g = sigmoid(a_g) if "sigmoid for tanh" in slips else np.tanh(a_g)
    keep = 1 - f if "f and 1 - f exchanged" in slips else f
    write = 1 - f if "1 - f for i" in slips else i
    keep = 1 if "forget gate forgotten" in slips else keep
    c = g if "input gate forgotten" in slips else write * g
    if "path forgotten: the memory before" not in slips:
        c = c + keep * c_prev
    if "squeezed before it is carried" in slips:
        c = np.tanh(c)
    shown = c_prev if "this memory for the one before" in slips else c
    h = shown if "tanh forgotten" in slips else np.tanh(shown)
    if "sigmoid for tanh at the memory" in slips:
        h = sigmoid(shown)
    if "output gate inside the tanh" in slips:
        h = np.tanh(o * shown)
    elif "output gate forgotten" not in slips:
        h = o * h
    if "tanh returned for c" in slips:
        c = np.tanh(c)
    return (c, h) if "results exchanged" in slips else (h, c)


EXERCISE = Exercise(
    name="lstm_step",
    outputs=("h", "c"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x, W_x, W_h, **_: {"batch": len(x), "input": len(W_x), "hidden": len(W_h)},
)


def lstm_step(answer):
    """Check one step forward of an LSTM.

    Args:
        answer: function `(x, h_prev, c_prev, W_x, W_h, b) -> (h, c)`. `x (batch, input)`, the
            states `(batch, hidden)`, `W_x (input, 4 * hidden)`, `W_h (hidden, 4 * hidden)` and
            `b (4 * hidden,)`, with blocks of columns in the order i, f, o, g.

    Returns:
        A `Verdict`. The truth is `gru_lib.LSTM` over one step (chapter 3, eq-lstm-input to
        eq-lstm-state).

    """
    return EXERCISE.check(answer)
