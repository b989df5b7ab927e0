"""Chapter 7: what usually goes wrong in a stack of GRUs with PyTorch's weights."""

from functools import partial

import numpy as np


def _shaped(text, found):
    """Add which shapes differ."""
    for name in ("output", "state"):
        given, right = np.shape(found.yours[name]), np.shape(found.expected[name])
        if given != right:
            text += f" `{name}`: expected shape {right}, got {given}."
    return text


SLIPS = {
    "reset before for after": (
        "The reset gate multiplies the state *before* the product with W_hn. That is the GRU as it "
        "is mostly printed, and another model: PyTorch multiplies the product, bias included."
    ),
    "bias outside the reset": (
        "The bias b_hn stands outside the bracket that the reset gate multiplies. It belongs to "
        "the product with the state."
    ),
    "reset gate left out": (
        "The reset gate makes no difference. In the candidate it multiplies what comes from the "
        "state."
    ),
    "reset on the wrong side": (
        "The reset gate multiplies what comes from the *input*. It multiplies what comes from the "
        "state."
    ),
    "reset on both sides": (
        "The reset gate multiplies all that is inside the tanh. What comes from the input stays as "
        "it is."
    ),
    "r and 1 - r exchanged": "The candidate's bracket is multiplied by 1 - r. It should be r.",
    "candidate's second bias forgotten": (
        "The bias b_hn is missing. It stands inside the bracket that the reset gate multiplies."
    ),
    "candidate's second bias counted twice": (
        "The bias b_hn counts twice, inside the bracket that the reset gate multiplies and "
        "outside. It belongs inside."
    ),
    "z and 1 - z exchanged": (
        "z multiplies the candidate here. In PyTorch, as in this book, it multiplies the old state."
    ),
    "gates exchanged": (
        "The blocks of r and z have changed places: the order is r, z, n. (Keras has z first.)"
    ),
    "missing transpose": (
        "The state is multiplied by `weight_hh` blocks as they are. They are meant for columns; a "
        "row needs the transpose, `h @ W.T`. No shape complains, since the blocks are square."
    ),
    "bias forgotten": "`bias_hh` is left out. Each product has a bias of its own.",
    "input's bias forgotten": "`bias_ih` is left out. Each product has a bias of its own.",
    "tanh missing": "The candidate is not passed through tanh.",
    "sigmoid for tanh": "The candidate is passed through a sigmoid. It is a tanh.",
    "initial state ignored": "The layers begin with zeros. Layer k begins with `h0[k]`.",
    "first layer's initial state for all": (
        "Every layer begins with `h0[0]`. Layer k begins with `h0[k]`."
    ),
    "last layer's initial state for all": (
        "Every layer begins with `h0[-1]`. Layer k begins with `h0[k]`."
    ),
    "layer below one step late": (
        "A layer reads what the layer below it gave at the step *before*. At step t, layer k reads "
        "the new state of layer k - 1."
    ),
    "initial state returned": "`state` is `h0` as it was. Return the states after the last step.",
    "batch first in the state": partial(
        _shaped,
        "`state` has the batch as its first axis. `batch_first=True` does not move that one: the "
        "layers come first.",
    ),
    "last layer's state for all": (
        "`state` has the last layer's state in every row. Row k belongs to layer k."
    ),
    "first layer's recurrent weights for all": (
        "Every layer uses `weight_hh_l0`. The names of layer k end in `l{k}`."
    ),
    "first layer's biases for all": (
        "Every layer uses the biases of layer 0. The names of layer k end in `l{k}`."
    ),
    "one array for all steps": (
        "All steps of `output` are alike: they are one array, which every step overwrites with its "
        "own state (`h[...] = …` or `h += …`), so the last one is left. Make a new array at each "
        "step, or keep copies."
    ),
    "time before batch in the output": partial(
        _shaped,
        "`output` has time as its first axis and the batch as its second. The batch comes first.",
    ),
    "state of the layer below": (
        "A layer begins with the last state of the layer below it. Layer k begins with `h0[k]`."
    ),
    "first layer's weights for all": (
        "Every layer uses the weights of layer 0. The names of layer k end in `l{k}`."
    ),
    "every layer reads the input": (
        "Every layer reads `x`. Layer k reads the states of layer k - 1."
    ),
    "batch and time exchanged": (
        "The first axis of `x` is taken for time. With `batch_first=True` it is the batch, and "
        "time is the second."
    ),
    "first layer only": partial(_shaped, "Only the first layer has run."),
    "last layer's state only": partial(
        _shaped, "`state` is that of the last layer. It should have one row per layer."
    ),
    "last layer's state only, without an axis": partial(
        _shaped, "`state` is that of the last layer. It should have one row per layer."
    ),
    "last step only": partial(
        _shaped, "`output` is the state after the last step. All steps are asked for."
    ),
    "first layer's output": (
        "`output` is that of the first layer. The last layer's states are asked for."
    ),
    "one step too few": "`state` is the state before the last step, not after it.",
}
