"""Chapter 10: a layer of gated recurrent units, forward, with few products."""

import numpy as np

from ...gru import GRU
from ..exercise import Exercise

SLIPS = {
    "reset before for after": (
        "The state is gated before it meets `W_hh`: the other GRU. It needs a second product per "
        "step; here the gate multiplies what comes out of the product."
    ),
    "reset gate not used": "The reset gate is computed and not used: the candidate sees all of m.",
    "reset on the wrong side": (
        "The reset gate multiplies the input's part as well. Only the bracket with the state, m, "
        "is gated."
    ),
    "1 - r for r": "The memory m is gated by 1 - r where r belongs.",
    "bias outside the gate": (
        "`b_hh` is added outside the reset gate. It belongs to m, which the gate multiplies; "
        "outside it would be no other bias than b_h."
    ),
    "bias inside the gate": (
        "b_h stands inside the reset gate, beside b_hh. It belongs to the input's part, which is "
        "not gated."
    ),
    "bias forgotten": "`b_hh`, the candidate's second bias, is missing.",
    "bias of the input forgotten": "`b`, the bias of the projected input, is missing.",
    "gates exchanged": (
        "r and z have changed places. The columns stand in the order r, z, candidate; Keras has "
        "z first."
    ),
    "reset gate in the mean": (
        "r stands in the new state where z belongs. The reset gate acts on the memory m alone."
    ),
    "update gate on the memory": (
        "The memory m is multiplied by z, and belongs to r. The update gate acts in the new state "
        "alone."
    ),
    "sigmoid forgotten": (
        "The gates are not put through the sigmoid, so they can be negative or above 1. A gate is "
        "a fraction, between 0 and 1."
    ),
    "sigmoid forgotten: reset gate": (
        "The reset gate is not put through the sigmoid, so it can be negative or above 1."
    ),
    "sigmoid forgotten: update gate": (
        "The update gate is not put through the sigmoid, so it can be negative or above 1."
    ),
    "tanh for sigmoid": (
        "The gates are made by tanh, so they can be negative. A gate is a fraction, between 0 and "
        "1: sigmoid."
    ),
    "update gate and candidate exchanged": (
        "The last two thirds of the columns have changed places. They stand in the order r, z, "
        "candidate."
    ),
    "columns read interleaved": (
        "Every third column is taken for one gate. The H columns of a gate stand side by side."
    ),
    "bias added twice": "`b` is added twice, before the loop and in it.",
    "gated state for the old one": (
        "The last line reads r ⊙ h_prev where the old state itself belongs."
    ),
    "1 - z missing": (
        "The candidate enters the new state in full: its factor 1 - z is missing in the last line."
    ),
    "tanh of the new state": (
        "The new state passes through another tanh, as the LSTM's cell does. The GRU has none."
    ),
    "input off by one": "Each step reads the input of the step before.",
    "mixed up on the way back": (
        "The states of the loop have time first, and `reshape` counts them off as if records came "
        "first. Exchange the two axes with `swapaxes` in place of it."
    ),
    "z and 1 - z exchanged": (
        "z and 1 - z have changed places in the new state. Here z multiplies the old one."
    ),
    "batch and time mixed up": (
        "Records and steps are mixed up: `reshape` counts off in the order in which the numbers "
        "stand, and does not exchange axes. With one record nothing is to be seen."
    ),
    "time first": (
        "The result has time first, expected shape (B, T, H). Inside the loop that is the right "
        "order; what is returned has records first, as x has."
    ),
    "initial state not used": "The first step starts from zeros, whatever `h0` says.",
    "product with the state hoisted": (
        "The product with `W_h` is that of `h0` in every step. Only what needs no state can stand "
        "before the loop; h changes in each step, and so does its product."
    ),
    "state not carried": (
        "Every step starts from `h0`: the new state is stored, and not handed on to the next step."
    ),
    "off by one": (
        "The result starts with h_0 and lacks h_T: each state stands one place too late. Store the "
        "state after it has been computed."
    ),
    "last state everywhere": (
        "All steps show the last state. A list, or a stack, that holds one array T times shows "
        "its last contents T times; a step should make a new array or copy."
    ),
    "sigmoid for tanh": (
        "The candidate passes through the sigmoid. It is no gate: it needs the tanh, so that the "
        "state can become negative."
    ),
    "activation missing": "The tanh of the candidate is missing.",
    "path forgotten: the old state": (
        "z ⊙ h_prev is missing in the new state: nothing is carried over, whatever z says."
    ),
    "time reversed": "The steps are run from the last to the first.",
    "states reversed": (
        "The states are right, and stand in the opposite order: the last one comes first."
    ),
}


def _draw(rng, i):
    B, T, D = 1 + (i + 1) % 4, 1 + (i // 2 + 1) % 5, 1 + i // 3 % 3
    H = 1 + (i + i // 4 + 1) % 4
    if i == 1:
        B, T, D, H = 2, 2, 1, 1
    return {
        "x": 1.5 * rng.normal(size=(B, T, D)),
        "h0": rng.uniform(-1, 1, size=(B, H)),
        "W_x": rng.normal(size=(D, 3 * H)),
        "W_h": rng.normal(size=(H, 3 * H)),
        "b": rng.normal(size=3 * H),
        "b_hh": rng.normal(size=H),
    }


def _truth(x, h0, W_x, W_h, b, b_hh):
    """Let the library run its layer."""
    layer = GRU(x.shape[2], h0.shape[1], reset="after", seed=0)
    for name, array in {"W_x": W_x, "W_h": W_h, "b": b, "b_hh": b_hh}.items():
        layer.params[name][...] = array
    return layer.forward(x, h0)[0]


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _candidate(a, h, product, r, W_hh, b_hh, slips):
    r = 1 - r if "1 - r for r" in slips else r
    inside, outside = (0, b_hh) if "bias outside the gate" in slips else (b_hh, 0)
    if "reset before for after" in slips:
        total = a + (r * h) @ W_hh + b_hh
    elif "reset on the wrong side" in slips:
        total = r * (a + product + b_hh)
    else:
        r = 1 if "reset gate not used" in slips else r
        total = a + r * (product + inside) + outside
    if "activation missing" in slips:
        return total
    return (_sigmoid if "sigmoid for tanh" in slips else np.tanh)(total)


def _gates(total, slips):
    """Both gates, from their pre-activations side by side."""
    activation = np.tanh if "tanh for sigmoid" in slips else _sigmoid
    gates = np.split(total, 2, axis=1)
    for k, name in enumerate(("reset gate", "update gate")):
        if not {"sigmoid forgotten", f"sigmoid forgotten: {name}"} & slips:
            gates[k] = activation(gates[k])
    return gates[::-1] if "gates exchanged" in slips else gates


def _step(a, h, product, W_h, b_hh, slips):
    """One new state from the projected input of three gates, and the product with the state."""
    H = h.shape[1]
    if "columns read interleaved" in slips:
        order = np.arange(3 * H).reshape(H, 3).T.ravel()
        a, product, W_h = a[:, order], product[:, order], W_h[:, order]
    if "update gate and candidate exchanged" in slips:
        order = np.r_[:H, 2 * H : 3 * H, H : 2 * H]
        a, product, W_h = a[:, order], product[:, order], W_h[:, order]
    r, z = _gates(a[:, : 2 * H] + product[:, : 2 * H], slips)
    memory = z if "update gate on the memory" in slips else r
    h_tilde = _candidate(
        a[:, 2 * H :], h, product[:, 2 * H :], memory, W_h[:, 2 * H :], b_hh, slips
    )
    z = r if "reset gate in the mean" in slips else z
    keep = 1 - z if "z and 1 - z exchanged" in slips else z
    old = 0 if "path forgotten: the old state" in slips else h
    old = r * h if "gated state for the old one" in slips else old
    new = keep * old + (1 if "1 - z missing" in slips else 1 - keep) * h_tilde
    return np.tanh(new) if "tanh of the new state" in slips else new


def _variant(x, h0, W_x, W_h, b, b_hh, slips=frozenset()):
    B, T, D = x.shape
    H = h0.shape[1]
    b_hh = 0 * b_hh if "bias forgotten" in slips else b_hh
    if "bias inside the gate" in slips:
        b, b_hh = np.concatenate([b[: 2 * H], np.zeros(H)]), b_hh + b[2 * H :]
    a = x.swapaxes(0, 1) @ W_x + (0 if "bias of the input forgotten" in slips else b)
    if "batch and time mixed up" in slips:
        a = (x.reshape(-1, D) @ W_x + b).reshape(T, B, -1)
    a = a[::-1] if "time reversed" in slips else a
    a = a + b if "bias added twice" in slips else a
    a = np.roll(a, 1, axis=0) if "input off by one" in slips else a
    states = [0 * h0 if "initial state not used" in slips else h0]
    for t in range(T):
        h = states[0] if "state not carried" in slips else states[-1]
        product = (states[0] if "product with the state hoisted" in slips else h) @ W_h
        states.append(_step(a[t], h, product, W_h, b_hh, slips))
    result = np.array(states[:-1] if "off by one" in slips else states[1:])
    result = result[::-1] if "states reversed" in slips else result
    if "last state everywhere" in slips:
        result = np.repeat(result[-1:], T, axis=0)
    if "mixed up on the way back" in slips:
        return result.reshape(B, T, -1)
    return result if "time first" in slips else result.swapaxes(0, 1)


EXERCISE = Exercise(
    name="gru_forward",
    outputs=("states",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x, h0, **_: {
        "records": x.shape[0],
        "steps": x.shape[1],
        "inputs": x.shape[2],
        "units": h0.shape[1],
    },
)


def gru_forward(answer):
    """Check the forward pass of a GRU with the reset after the product.

    Args:
        answer: function `(x, h0, W_x, W_h, b, b_hh) -> states` with `x (batch, time, input)`,
            `h0 (batch, hidden)`, `W_x (input, 3 * hidden)`, `W_h (hidden, 3 * hidden)`,
            `b (3 * hidden,)`, `b_hh (hidden,)` and `states (batch, time, hidden)`.

    Returns:
        A `Verdict`. The truth is `GRU` with `reset="after"` (chapter 4, eq-gru-reset,
        eq-gru-update, eq-gru-memory, eq-gru-candidate-after, eq-gru-state); no clock is read.

    """
    return EXERCISE.check(answer)
