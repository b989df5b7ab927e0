"""What the exercises on one step back share: cases, the truth, and explanations of mistakes.

The truth is a numerical derivative. The pre-activations are found from the values that the forward
pass left, by the inverse of sigmoid and tanh; something small is added to them, and the complex
step says how the loss, dh · h_t, answers.
"""

import numpy as np

from ...activations import sigmoid
from ...gradcheck import complex_step

GATES = ("r", "z", "h")
PATHS = ("new state", "gated state", "reset gate", "update gate")
# (batch, input, hidden), each for two cases, so that arguments can be exchanged between them.
SIZES = (
    (1, 1, 1),
    (1, 1, 2),
    (2, 1, 2),
    (2, 2, 2),
    (3, 2, 1),
    (2, 3, 4),
    (3, 3, 3),
    (1, 2, 3),
    (4, 2, 3),
    (3, 1, 2),
    (4, 4, 4),
    (2, 1, 3),
)

TEXTS = {
    "tanh of a tanh": (
        "The slope of the tanh is taken as `1 - tanh(h_tilde)**2`. But `h_tilde` has been through "
        "the tanh already; the slope in terms of the output needs no second one. This is the first "
        "error of recipe B."
    ),
    "derivative of the wrong function": (
        "The slope is that of another activation: `s * (1 - s)` belongs to a sigmoid with output "
        "s, `1 - s**2` to a tanh. Which of the two made this array?"
    ),
    "sigmoid of a sigmoid": (
        "The slope of the gate is taken at `sigmoid(gate)`, but the gate has been through the "
        "sigmoid already. Your slopes lie between 0.19 and 0.25 whatever the gate says; the true "
        "one goes to zero where the gate is near its ends."
    ),
    "stray + 1": (
        "There is a stray 1 in the bracket of the update gate's gradient. Where old state and "
        "candidate are equal the gate decides nothing, and the gradient should be zero there; "
        "yours is not. This is the second error of recipe B."
    ),
    "stray + 1 at the candidate": (
        "There is a stray 1 in the bracket of the update gate's gradient, on the candidate's side. "
        "Where old state and candidate are equal the gate decides nothing, and the gradient should "
        "be zero there. This is the second error of recipe B."
    ),
    "r where h_prev belongs": (
        "The gradient of the gated state is multiplied by `r` on its way to the reset gate. In "
        "the product r ⊙ h_prev the slope for one factor is the *other* factor. This is the third "
        "error of recipe B."
    ),
    "missing transpose": (
        "The way back goes through `W_hh` where `W_hh.T` belongs: forwards unit i sends "
        "`W_hh[i, j]` to unit j, so backwards unit i hears from j by the same number."
    ),
    "1 - z forgotten": (
        "The factor `1 - z` is missing: only that share of the candidate is in the new state, so "
        "only that share of the gradient reaches it."
    ),
    "z and 1 - z exchanged": (
        "`z` and `1 - z` are exchanged. In this book z multiplies the *old* state, and what is "
        "left, 1 - z, the candidate; some papers have it the other way round."
    ),
    "plain state for the gated one": (
        "`dW_hh` is made with `h_prev`. What `W_hh` multiplied on the way forward was the gated "
        "state; the shapes agree, so nothing complains."
    ),
    "summed over the wrong axis": (
        "The bias's gradient is summed over the units. The bias was added to every *row*, so the "
        "rows are summed, and one number for each unit is left."
    ),
    "rows not summed": (
        "The bias's gradient: expected shape `(hidden,)`, got `(batch, hidden)`. There is one row "
        "for each sequence left. The bias was added to every row, so its gradient is the sum over "
        "the rows."
    ),
    "mean for sum": (
        "The gradients of the three arrays are divided by the number of sequences. L is one number "
        "in which all sequences occur, so each array's gradient is a sum over them; if L is a "
        "mean, `dh` has that factor in it already."
    ),
    "mean for sum at the bias": (
        "The bias's gradient is a mean over the sequences. The bias was added to every row, so its "
        "gradient is the *sum* of the rows."
    ),
    "last sequence only": (
        "The gradients of the three arrays have only what the last sequence contributes. The same "
        "arrays are used for every sequence, and the contributions add up: in a loop, `+=`."
    ),
    "sums before the product": (
        "The rows are summed first and multiplied then. A sum of products is not the product of "
        "the sums: each sequence's input meets its own gradient. With one sequence both are the "
        "same."
    ),
    "reset after for before": (
        "These are the numbers of the other form of the cell, in which the reset gate acts after "
        "the product with `W_hh`. Here it acts on the state, before the product."
    ),
}
BATCH = (
    "rows not summed",
    "mean for sum",
    "mean for sum at the bias",
    "last sequence only",
    "sums before the product",
)
TRANSPOSES = (
    "The three recurrent matrices are used as on the way forward. Backwards each is transposed: "
    "unit i hears from j by the number by which it sent to j."
)


def texts(*names):
    """Return the explanations of some of the shared mistakes."""
    return {name: TEXTS[name] for name in names}


def away_from_zero(rng, low, high, shape):
    """Draw numbers of either sign whose sizes lie between low and high."""
    return rng.uniform(low, high, size=shape) * rng.choice([-1, 1], size=shape)


def weights_of(rng, inputs, hidden):
    """Draw the nine arrays of a GRU: a dict by their names."""
    drawn = {}
    for gate in GATES:
        drawn[f"W_x{gate}"] = rng.normal(size=(inputs, hidden))
        drawn[f"W_h{gate}"] = rng.normal(size=(hidden, hidden))
        drawn[f"b_{gate}"] = rng.normal(size=hidden)
    return drawn


def draw_step(rng, i):
    """Draw what a step back can be given: a dict of arrays, small for small i."""
    batch, inputs, hidden = SIZES[i // 2 % len(SIZES)]
    state, square = (batch, hidden), (hidden, hidden)
    arrays = {
        "dh": away_from_zero(rng, 0.5, 2, state),
        "x_t": away_from_zero(rng, 0.5, 2, (batch, inputs)),
        "h_prev": away_from_zero(rng, 0.2, 1, state),
        "r": rng.uniform(0.05, 0.95, size=state),
        "z": rng.uniform(0.05, 0.95, size=state),
        "h_tilde": away_from_zero(rng, 0.2, 0.95, state),
    }
    return arrays | {name: rng.normal(size=square) for name in ("W_hr", "W_hz", "W_hh")}


def sizes(dh, x_t=None, **_):
    """Return the named sizes of a case."""
    named = {"batch": len(dh), "hidden": dh.shape[1]}
    return named if x_t is None else named | {"input": x_t.shape[1]}


def loss(dh, h_prev, r, z, h_tilde, W_hh=None, h=None, a_r=0, a_z=0, a_h=0):
    """Return dh · h_t of a step whose state and pre-activations are moved a little.

    Args:
        dh: `(batch, hidden)`.
        h_prev: `(batch, hidden)`, the state with which the gates below were computed.
        r: `(batch, hidden)`, the reset gate.
        z: `(batch, hidden)`, the update gate.
        h_tilde: `(batch, hidden)`, the candidate.
        W_hh: `(hidden, hidden)`; None if neither `h` nor `a_r` is moved.
        h: `(batch, hidden)`, the state in place of `h_prev`; None if it is not moved.
        a_r: what is added to the reset gate's pre-activation.
        a_z: what is added to the update gate's.
        a_h: what is added to the candidate's.

    """
    h = h_prev if h is None else h
    moved_r = sigmoid(np.log(r / (1 - r)) + a_r)
    moved_z = sigmoid(np.log(z / (1 - z)) + a_z)
    before = np.arctanh(h_tilde) + a_h
    if W_hh is not None:
        before = before + (moved_r * h - r * h_prev) @ W_hh
    return np.sum(dh * (moved_z * h + (1 - moved_z) * np.tanh(before)))


def gate_truth(moved_loss, x_t, left, hidden):
    """Return the gradients of a pre-activation and of the three arrays it is made of.

    Args:
        moved_loss: function of what is added to the pre-activation, `(batch, hidden)`.
        x_t: `(batch, input)`, what the input matrix multiplies.
        left: `(batch, hidden)`, what the recurrent matrix multiplies.
        hidden: number of units.

    """
    shapes = (left.shape, (x_t.shape[1], hidden), (hidden, hidden), (hidden,))
    a, W_x, W_h, b = small = [np.zeros(shape, complex) for shape in shapes]

    def moved():
        return moved_loss(a + x_t @ W_x + left @ W_h + b)

    return tuple(complex_step(moved, array) for array in small)


def gate_results(da, x_t, left, slips, source=None):
    """Return `da` and the gradients of three arrays; `source` is used for the arrays if given."""
    source = da if source is None else source
    batch = len(da)
    if "last sequence only" in slips:
        x_t, left, source = x_t[-1:], left[-1:], source[-1:]
    elif "sums before the product" in slips:
        x_t, left, source = (a.sum(axis=0, keepdims=True) for a in (x_t, left, source))
    db = source.sum(axis=1 if "summed over the wrong axis" in slips else 0)
    db = db / (batch if slips & {"mean for sum", "mean for sum at the bias"} else 1)
    db = source if "rows not summed" in slips else db
    share = 1 / batch if "mean for sum" in slips else 1
    return da, x_t.T @ source * share, left.T @ source * share, db
