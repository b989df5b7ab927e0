"""Chapter 3: one step back of an LSTM, into which the usual mistakes can be put."""

import numpy as np

from ...activations import sigmoid

GATES = {"input gate": 0, "forget gate": 1, "output gate": 2, "candidate": 3}

SLIPS = {
    "path forgotten: the next step": (
        "The share `dc` from the next step is never added to the cell state's gradient: it has "
        "only what comes through `h`. So the memory's own way back is cut at every step."
    ),
    "path forgotten: the state": (
        "The cell state's gradient has only the share from the next step. The state of the same "
        "step shows the cell state: what comes through `h`, by the output gate and the tanh's "
        "slope, belongs to it too, and before anything else is computed."
    ),
    "share for the whole": (
        "The incoming share `dc` is passed on to the step before, times the forget gate. What is "
        "passed on is the *whole* gradient of the cell state, with what came through `h`."
    ),
    "dc not carried": (
        "Nothing comes back along the cell: the step before receives zeros for its cell state, the "
        "same `dc` at every step. A published LSTM template does this, and it learns short gaps "
        "only. The share is the whole gradient of the cell state times the forget gate."
    ),
    "da not carried back": (
        "Nothing comes back through the four gates: the share of the state before is zero. A "
        "published LSTM template leaves it out. The state before is read by all four "
        "pre-activations, and each of them sends its gradient back through its weights."
    ),
    "sigmoid of a sigmoid": (
        "The gates' slopes are taken at sigmoid(gate). The gates *are* sigmoids already: their "
        "slope is s (1 - s) with the gate itself for s. A second sigmoid makes every slope about "
        "0.2, so the network seems to train, and a shut gate gets a gradient that it has not."
    ),
    "sigmoid of a sigmoid at the forget gate": (
        "The forget gate's slope is taken at sigmoid(f). `f` is a sigmoid already: its slope is "
        "f (1 - f). Yours is about 0.2 whatever f is; at f = 0.99 that is twenty times too much."
    ),
    "sigmoid of a sigmoid as the slope": (
        "What reaches the gates is multiplied by sigmoid(gate), as in a published template, "
        "`sigmoid(f) * df`. That is wrong twice: the gates are sigmoids already, and to go back "
        "through a function one multiplies by its slope, s (1 - s)."
    ),
    "sigmoid of a sigmoid as the forget gate's slope": (
        "The forget gate's gradient is `sigmoid(f) * df`, as in a published template. That is "
        "wrong twice: `f` is a sigmoid already, and to go back through a function one multiplies "
        "by its slope, f (1 - f)."
    ),
    "gate for its slope": (
        "The gates' slopes are s, without the factor 1 - s. A gate that stands at 1 is flat and "
        "gets no gradient; yours gets the most."
    ),
    "derivative missing": (
        "The slopes of the four boxes are missing: these are the gradients of the gates and of "
        "the candidate themselves. Their pre-activations are one step further back."
    ),
    "derivative missing at the gates": (
        "The slopes of the three gates are missing: what stands for the gradients of their "
        "pre-activations are those of the gates themselves. A gate's pre-activation is one step "
        "further back, through the sigmoid."
    ),
    "derivative missing on the way back": (
        "The slopes of the four boxes are missing in the share of the state before: it is made "
        "from the gradients of the gates and the candidate. The recurrent weights lead to the "
        "pre-activations, so it is their gradients that go back through these weights."
    ),
    "derivative missing at the candidate": (
        "The candidate's slope is missing: its block is the gradient of the candidate itself, and "
        "not of its pre-activation."
    ),
    "derivative missing at the cell": (
        "The slope of the tanh between cell state and state is missing: what comes through `h` "
        "reaches the cell state too large."
    ),
    "derivative at the pre-activation": (
        "The tanh's slope on the way to the cell state is 1 - c**2. One minus the square is right "
        "for the tanh's *output*, tanh(c); where |c| is above 1 yours is negative."
    ),
    "tanh of a tanh": (
        "The candidate's slope is taken at tanh(g). `g` is a tanh already: its slope is one minus "
        "the square of g itself."
    ),
    "tanh of a tanh at the cell": (
        "On the way to the cell state the tanh is taken twice: the slope is one minus the square "
        "of tanh(c), and yours is that of tanh(tanh(c))."
    ),
    "derivative of the wrong function": (
        "The candidate's slope is g (1 - g), that of a sigmoid. The candidate comes from a tanh."
    ),
    "derivative of the wrong function at the gates": (
        "The slopes of the three gates are 1 - s**2, that of a tanh. The gates come from a sigmoid."
    ),
    "square missing": (
        "The candidate's slope is 1 - g, without the square. For negative g that is more than 1, "
        "and a tanh is nowhere steeper than 1."
    ),
    "square missing at the cell": (
        "The tanh's slope on the way to the cell state is 1 - tanh(c), without the square."
    ),
    "output gate forgotten": (
        "What comes to the cell state through `h` lacks the output gate: where it is shut, nothing "
        "passes."
    ),
    "this memory for the one before": (
        "The forget gate's gradient uses c_t. The forget gate multiplies the memory *before* the "
        "step, c_{t-1}."
    ),
    "memory before for this one": (
        "tanh(c) is taken of the memory *before* the step. The state shows the new memory: the "
        "tanh's slope and the output gate's gradient both need c_t."
    ),
    "memory for its tanh": (
        "The output gate's gradient uses the cell state itself. The output gate multiplies "
        "tanh(c_t)."
    ),
    "output gate from the cell": (
        "The output gate's gradient is made from the gradient of the cell state. The gate is used "
        "in `h` and not in `c`: its gradient comes from `dh`."
    ),
    "gates from the state": (
        "The gradients of i, f and g are made from `dh`. These three are used in the cell state: "
        "theirs come from its whole gradient, which has `dc` in it."
    ),
    "i and g exchanged": (
        "Input gate and candidate are multiplied by themselves. In a product each factor's slope "
        "is the *other* factor: i multiplies g, and g multiplies i."
    ),
    "forget gate forgotten": (
        "The whole gradient of the cell state is passed on as it is. On its way to the step before "
        "it meets the forget gate, as the memory did on its way here."
    ),
    "dh passed on": (
        "The share of the state before has `dh` itself in it. No way leads straight from one state "
        "to the next: h_{t-1} reaches h_t through the four pre-activations alone. It is the cell "
        "state that has such a way."
    ),
    "missing transpose": (
        "The way back to the state multiplies each block by W_hk where its transpose belongs: "
        "forwards unit m sends W_hk[m, j] to unit j, so backwards unit m hears from j by the same "
        "number."
    ),
} | {
    f"path forgotten: the {name}": (
        f"The share of the state before lacks what comes back through the {name}. All four "
        "pre-activations read the state before, and all four send something back."
    )
    for name in GATES
}


def slopes(i, f, o, g, slips):
    """Return the slopes of the four boxes, from their outputs."""
    s = np.stack([i, f, o])
    slope = s * (1 - s)
    twice = sigmoid(s)
    if "sigmoid of a sigmoid" in slips:
        slope = twice * (1 - twice)
    if "sigmoid of a sigmoid as the slope" in slips:
        slope = twice
    if "sigmoid of a sigmoid at the forget gate" in slips:
        slope[1] = twice[1] * (1 - twice[1])
    if "sigmoid of a sigmoid as the forget gate's slope" in slips:
        slope[1] = twice[1]
    if "gate for its slope" in slips:
        slope = s
    if "derivative of the wrong function at the gates" in slips:
        slope = 1 - s**2
    if "derivative missing at the gates" in slips:
        slope = np.ones_like(s)
    candidate = 1 - (np.tanh(g) if "tanh of a tanh" in slips else g) ** 2
    if "derivative of the wrong function" in slips:
        candidate = g * (1 - g)
    if "square missing" in slips:
        candidate = 1 - g
    if "derivative missing at the candidate" in slips:
        candidate = 1
    if "derivative missing" in slips:
        return 1, 1, 1, 1
    return (*slope, candidate)


def whole(dh, dc, o, c, slips):
    """Return the whole gradient of the cell state."""
    u = np.tanh(c)
    u = np.tanh(u) if "tanh of a tanh at the cell" in slips else u
    slope = 1 - (c if "derivative at the pre-activation" in slips else u) ** 2
    if "square missing at the cell" in slips:
        slope = 1 - u
    if "derivative missing at the cell" in slips:
        slope = 1
    through = dh * slope * (1 if "output gate forgotten" in slips else o)
    if "path forgotten: the next step" in slips:
        return through
    return dc if "path forgotten: the state" in slips else dc + through


def step_back(dh, dc, i, f, o, g, c_prev, c, W_h, slips):
    """Return the four pre-activations' gradients, and the shares of h and c one step before."""
    seen = c_prev if "memory before for this one" in slips else c
    share, dc = dc, whole(dh, dc, o, seen, slips)
    slope_i, slope_f, slope_o, slope_g = slopes(i, f, o, g, slips)
    shown = seen if "memory for its tanh" in slips else np.tanh(seen)
    before = c if "this memory for the one before" in slips else c_prev
    from_c = dh if "gates from the state" in slips else dc
    from_h = dc if "output gate from the cell" in slips else dh
    read_i, read_g = (i, g) if "i and g exchanged" in slips else (g, i)
    da = [
        from_c * read_i * slope_i,
        from_c * before * slope_f,
        from_h * shown * slope_o,
        from_c * read_g * slope_g,
    ]
    sent = da
    if "derivative missing on the way back" in slips:
        sent = [from_c * read_i, from_c * before, from_h * shown, from_c * read_g]
    dh_prev = np.zeros_like(dh)
    for k, (name, W) in enumerate(zip(GATES, np.split(W_h, 4, axis=1), strict=True)):
        if f"path forgotten: the {name}" not in slips:
            dh_prev = dh_prev + sent[k] @ (W if "missing transpose" in slips else W.T)
    if "da not carried back" in slips:
        dh_prev = np.zeros_like(dh)
    if "dh passed on" in slips:
        dh_prev = dh_prev + dh
    dc_prev = (share if "share for the whole" in slips else dc) * f
    if "forget gate forgotten" in slips:
        dc_prev = dc
    return da, dh_prev, np.zeros_like(dc) if "dc not carried" in slips else dc_prev
