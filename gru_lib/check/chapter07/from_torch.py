"""Chapter 7: the weights of PyTorch's GRU in the package's layout."""

from functools import partial

import numpy as np

from ...gru import GRU
from ...interop import load_torch
from ..exercise import Exercise
from ..outcome import close

OUTPUTS = ("W_x", "W_h", "b", "b_hh")


def _untransposed(text, found):
    """Add which matrices are concerned."""
    names = [name for name in ("W_x", "W_h") if not close(found.yours[name], found.expected[name])]
    return text.format(" and ".join(f"`{name}`" for name in names))


def _shaped(text, found):
    """Add which shapes differ."""
    for name in OUTPUTS:
        given, right = np.shape(found.yours[name]), np.shape(found.expected[name])
        if given != right:
            text += f" `{name}`: expected shape {right}, got {given}."
    return text


TEXTS = {
    "missing transpose": (
        "The matrices are handed on as they are. PyTorch multiplies them by columns, we multiply "
        "rows by ours: transpose them."
    ),
    "reshaped for transposed": (
        "`reshape` gives the right shape and puts the numbers elsewhere: it keeps their order in "
        "memory. A transpose exchanges rows and columns."
    ),
    "blocks stacked along the wrong axis": (
        "The transposed blocks are stacked one below the other. In `gru_lib` they stand side by "
        "side."
    ),
    "missing transpose in each block": (
        "The blocks of {} stand side by side, but they have not been transposed. (No shape "
        "complains where a block is square.)"
    ),
    "z and 1 - z exchanged": (
        "The signs of z's weights are turned, which makes 1 - z of z. In both libraries z is the "
        "factor of the old state: nothing has to be turned."
    ),
    "gates exchanged": (
        "The blocks of r and z have changed places. Their order is r, z, candidate in both "
        "libraries (other libraries have other orders)."
    ),
    "bias forgotten": (
        "`b` is `bias_ih_l0` alone. In r and z both biases are added, and ours has room for one "
        "only: their sum."
    ),
    "input's bias forgotten": (
        "`b` is `bias_hh_l0` alone. In r and z both biases are added; in the candidate, `b` holds "
        "that of `bias_ih_l0`."
    ),
    "candidate's second bias forgotten": ("`b_hh` is zero. It is the last third of `bias_hh_l0`."),
    "candidate's biases added in both places": (
        "The sum of the candidate's two biases stands in `b` and in `b_hh`. They are kept apart: "
        "r multiplies one of them and not the other."
    ),
    "candidate's second bias counted twice": (
        "The last third of `b` is the sum of both biases. The candidate's second one goes into "
        "`b_hh`, where the reset gate multiplies it; it must not stand in `b` as well."
    ),
    "bias outside the reset": (
        "The candidate's two biases are added up in `b`, and `b_hh` is zero. But r multiplies one "
        "of them and not the other: that is another model."
    ),
    "both biases inside the reset": (
        "The candidate's two biases are added up in `b_hh`, and the last third of `b` is zero. But "
        "r multiplies one of them and not the other: that is another model."
    ),
    "b_hh is the whole bias": (
        "`b_hh` is the whole of `bias_hh_l0`. Only its last third belongs to the candidate."
    ),
    "b_hh from the other bias": (
        "`b_hh` is taken from `bias_ih_l0`. Inside the bracket stands the bias that goes with the "
        "state, that of `bias_hh_l0`."
    ),
    "candidate's biases exchanged": (
        "The candidate's two biases have changed places. The one that goes with the input is the "
        "last third of `b`; that which goes with the state is `b_hh`."
    ),
    "weights for the bias": (
        "`b_hh` is the matrix W_hn, transposed. In our letters that is W_hh, and it is the last "
        "block of the result `W_h`. The result `b_hh` is a bias: the last third of `bias_hh_l0`."
    ),
    "weights for the bias, not transposed": (
        "`b_hh` is the matrix W_hn. Transposed it is our W_hh, and the last block of the result "
        "`W_h`. The result `b_hh` is a bias: the last third of `bias_hh_l0`."
    ),
    "inputs for units": (
        "The biases are cut at 2 D, where D is the number of *inputs*. Their thirds are as long as "
        "there are units, H: that is the number of columns of `weight_hh_l0`."
    ),
    "inputs for units in b_hh": (
        "`b_hh` begins at place 2 D of `bias_hh_l0`, where D is the number of *inputs*. Its thirds "
        "are as long as there are units, H: that is the number of columns of `weight_hh_l0`."
    ),
    "first third for the last": (
        "`b_hh` is the first third of `bias_hh_l0`, that of r. The candidate's is the last."
    ),
    "middle third for the last": (
        "`b_hh` is the middle third of `bias_hh_l0`, that of z. The candidate's is the last."
    ),
    "mean for sum": "The two biases of r and z are averaged. In the gate they are added.",
    "mean of both biases": (
        "`b` is the mean of both biases. In r and z they are added; in the candidate, `b` holds "
        "that of `bias_ih_l0` alone."
    ),
    "last two thirds added": (
        "The biases are added in the last two thirds of `b`. r and z are the first two."
    ),
    "only the first third added": (
        "The biases are added for r and not for z: the first *two* thirds of `b` are sums."
    ),
}
SLIPS = {name: partial(_shaped, text) for name, text in TEXTS.items()}
SLIPS["missing transpose in each block"] = partial(
    _untransposed, TEXTS["missing transpose in each block"]
)


def _draw(rng, i):
    inputs, hidden = ((1, 1), (2, 3), (3, 1), (3, 3), (4, 2), (1, 3), (6, 2), (2, 2))[i % 8]
    return {
        "weights": {
            "weight_ih_l0": rng.normal(size=(3 * hidden, inputs)),
            "weight_hh_l0": rng.normal(size=(3 * hidden, hidden)),
            "bias_ih_l0": rng.normal(size=3 * hidden),
            "bias_hh_l0": rng.normal(size=3 * hidden),
        }
    }


def _truth(weights):
    """Let the package load them."""
    rows, inputs = weights["weight_ih_l0"].shape
    layer = GRU(inputs, rows // 3, reset="after")
    load_torch(layer, weights)
    return tuple(layer.params[name] for name in OUTPUTS)


def _variant(weights, slips=frozenset()):
    b_i, b_h = weights["bias_ih_l0"], weights["bias_hh_l0"]
    size = len(b_i) // 3
    inputs = weights["weight_ih_l0"].shape[1]
    first = size if "only the first third added" in slips else 2 * size
    first = 2 * inputs if "inputs for units" in slips else first
    b = b_i.copy()
    b[:first] += b_h[:first]
    if "mean for sum" in slips:
        b[:first] /= 2
    b = b_i if "bias forgotten" in slips else b
    b = b_h if "input's bias forgotten" in slips else b
    b = (b_i + b_h) / 2 if "mean of both biases" in slips else b
    if "last two thirds added" in slips:
        b = np.concatenate([b_i[:size], (b_i + b_h)[size:]])
    if {
        "candidate's second bias counted twice",
        "candidate's biases added in both places",
        "bias outside the reset",
    } & slips:
        b = b_i + b_h
    if "candidate's biases exchanged" in slips:
        b = np.concatenate([b[: 2 * size], b_h[2 * size :]])
    if "both biases inside the reset" in slips:
        b[2 * size :] = 0
    W_x, W_h = (_turned(weights[f"weight_{part}_l0"], slips) for part in ("ih", "hh"))
    if "gates exchanged" in slips:
        b = np.concatenate([b[size : 2 * size], b[:size], b[2 * size :]])
    if "z and 1 - z exchanged" in slips:
        sign = np.repeat([1, -1, 1], size)
        W_x, W_h, b = W_x * sign, W_h * sign, b * sign
    return W_x, W_h, b, _inside(weights, size, inputs, slips)


def _inside(weights, size, inputs, slips):
    """The bias inside the reset's bracket."""
    b_i, b_h = weights["bias_ih_l0"], weights["bias_hh_l0"]
    W_hn = weights["weight_hh_l0"][2 * size :]
    b_hh = {
        "bias outside the reset": np.zeros(size),
        "candidate's second bias forgotten": np.zeros(size),
        "candidate's biases added in both places": (b_i + b_h)[2 * size :],
        "both biases inside the reset": (b_i + b_h)[2 * size :],
        "middle third for the last": b_h[size : 2 * size],
        "b_hh is the whole bias": b_h,
        "b_hh from the other bias": b_i[2 * size :],
        "candidate's biases exchanged": b_i[2 * size :],
        "first third for the last": b_h[:size],
        "weights for the bias": W_hn.T,
        "weights for the bias, not transposed": W_hn,
        "inputs for units": b_h[2 * inputs :],
        "inputs for units in b_hh": b_h[2 * inputs :],
    }
    return next((value for slip, value in b_hh.items() if slip in slips), b_h[2 * size :])


def _turned(w, slips):
    """Three blocks, transposed, side by side."""
    blocks = np.split(w, 3)
    if "missing transpose" in slips:
        return w
    if "reshaped for transposed" in slips:
        return w.reshape(w.shape[::-1])
    if "missing transpose in each block" in slips:
        return np.hstack(blocks)
    if "gates exchanged" in slips:
        blocks = [blocks[1], blocks[0], blocks[2]]
    stack = np.vstack if "blocks stacked along the wrong axis" in slips else np.hstack
    return stack([block.T for block in blocks])


EXERCISE = Exercise(
    name="from_torch",
    outputs=OUTPUTS,
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda weights: {
        "hidden": weights["weight_hh_l0"].shape[1],
        "inputs": weights["weight_ih_l0"].shape[1],
    },
)


def from_torch(answer):
    """Check the conversion of PyTorch's GRU weights into the package's layout.

    Args:
        answer: function `(weights) -> (W_x, W_h, b, b_hh)` of a dictionary of PyTorch's names,
            `weight_ih_l0 (3 * hidden, input)`, `weight_hh_l0 (3 * hidden, hidden)`, `bias_ih_l0`
            and `bias_hh_l0 (3 * hidden,)`. The results have the shapes `(input, 3 * hidden)`,
            `(hidden, 3 * hidden)`, `(3 * hidden,)` and `(hidden,)`.

    Returns:
        A `Verdict`. The truth is what `gru_lib.interop.load_torch` puts into a `GRU`
        (chapter 7, math-torch-gru).

    """
    return EXERCISE.check(answer)
