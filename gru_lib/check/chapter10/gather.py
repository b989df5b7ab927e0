"""Chapter 10: the gradients of the weights, after the loop."""

import numpy as np

from ..exercise import Exercise

SLIPS = {
    "this state for the one before": (
        "`dW_h` takes the states from h_1 on. The product of step t read h_{t-1}, so the initial "
        "state counts and the last one does not."
    ),
    "initial state not used": (
        "`dW_h` is that of an initial state of zeros. `h[0]` is h_0, and step 1 has read it."
    ),
    "states rolled": (
        "The first step meets the last state: `np.roll` brings it round to the front. The state "
        "before step 1 is h_0, which stands in `h[0]`."
    ),
    "sums before the product": (
        "The rows are added up before they are multiplied, on both sides. A product of two sums "
        "has all pairs of rows; here each row meets the gradient of its own step and record."
    ),
    "records summed before the product": (
        "The records of a step are added up before they are multiplied, on both sides. A product "
        "of two sums has all pairs of records; each row meets the gradient of its own record."
    ),
    "steps summed before the product": (
        "The steps of a record are added up before they are multiplied, on both sides. A product "
        "of two sums has all pairs of steps; each row meets the gradient of its own step."
    ),
    "first step left out": (
        "The first step's contribution is missing. Its state is h_0, and that counts like others."
    ),
    "last step left out": "The last step's contribution is missing.",
    "last step only": (
        "Only the last step's contribution is there. The weights are used at every step, so their "
        "gradient is a sum over all of them."
    ),
    "last state with the last step": (
        "`dW_h` is made of the last state and the last step's gradient. All steps contribute, and "
        "the last state to none of them: the product of step t read h_{t-1}."
    ),
    "= for +=": (
        "Only the first step's contribution is there: what a walk back leaves if it overwrites the "
        "gradients instead of adding them up."
    ),
    "first record only": "Only the first record's contribution is there.",
    "batch and time mixed up": (
        "The rows of the input and of the states do not belong to the rows of `da` that they meet: "
        "records and steps were exchanged on one side before the axes were joined. All arrays have "
        "time first; join the first two axes of each as they are."
    ),
    "batch and time mixed up in da": (
        "The rows of `da` do not belong to the rows that they meet: in `da` records and steps were "
        "exchanged before the axes were joined. All arrays have time first already."
    ),
    "batch and time mixed up in dx": (
        "Records and steps are mixed up in `dx`: its rows were made record by record, and are "
        "counted off as if they stood step by step. All arrays have time first, `dx` too; no axes "
        "need be exchanged."
    ),
    "mixed up on the way back": (
        "Records and steps are mixed up in `dx`: its rows stand step by step, and are counted off "
        "as if they stood record by record. The product has the steps first already: cut it to "
        "the shape of `x`."
    ),
    "rows scrambled": (
        "An array was brought to a shape with D or H rows by `reshape` alone. That "
        "mixes the numbers of different rows: reshape to (T B, D) first and then transpose."
    ),
    "averaged over all steps": (
        "The gradients are divided by the number of steps. They are sums over the steps."
    ),
    "mean for sum": (
        "The gradients are divided by the number of records. They are sums over the records."
    ),
    "averaged over all rows": (
        "The gradients are means over steps and records, where sums are asked for."
    ),
    "bias summed over the steps only": (
        "`db` is summed over the steps and not over the records: expected shape (C,), got (B, C). "
        "All records share the bias, so both of the first two axes have to go."
    ),
    "bias averaged": (
        "`db` is a mean over steps and records, while the matrices' gradients are sums. The bias "
        "is the weight of an input that is always 1: a sum, too."
    ),
    "reshape for transpose": (
        "`dx` has the right shape, and its numbers are those of `W_x` brought to the shape of its "
        "transpose by `reshape`. That counts the numbers off anew; `.T` exchanges rows and columns."
    ),
    "missing transpose": (
        "It raised a ValueError wherever `W_x` is not square, and where it is, `dx` is wrong: on "
        "the way back to the input the matrix is used as it is, and should be transposed."
    ),
    "transposed": (
        "The matrices' gradients are transposed, expected shape (D, C) for `dW_x`: the rows on the "
        "left are transposed, those of `da` are not."
    ),
    "time reversed": "`dx` stands in the opposite order of steps.",
}

SUMMED = {
    "sums before the product": (0, 1),
    "records summed before the product": 1,
    "steps summed before the product": 0,
}


def _draw(rng, i):
    T, B, D = 1 + (i + 1) % 5, 1 + (i // 2 + 1) % 4, 1 + i // 3 % 4
    H, C = 1 + (i + i // 4) % 3, 1 + (i // 2 + i // 5) % 5
    if i == 1:
        T, B, D, H, C = 2, 2, 2, 1, 2
    return {
        "x": rng.normal(size=(T, B, D)),
        "h": rng.normal(size=(T + 1, B, H)),
        "da": rng.normal(size=(T, B, C)),
        "W_x": rng.normal(size=(D, C)),
    }


def _truth(x, h, da, W_x):
    """Add up step by step and record by record."""
    dW_x, dW_h, db = 0.0, 0.0, 0.0
    dx = np.empty_like(x)
    for t, i in np.ndindex(da.shape[:2]):
        dW_x = dW_x + np.outer(x[t, i], da[t, i])
        dW_h = dW_h + np.outer(h[t, i], da[t, i])
        db = db + da[t, i]
        dx[t, i] = [np.dot(row, da[t, i]) for row in W_x]
    return dW_x, dW_h, db, dx


def _chosen(x, h, da, slips):
    """The rows that are multiplied with each other, and how much each counts."""
    T, B, _ = da.shape
    after = h[1:]
    h = after if "this state for the one before" in slips else h[:-1]
    if "initial state not used" in slips:
        h = np.concatenate([0 * h[:1], h[1:]])
    if "states rolled" in slips:
        h = np.roll(after, 1, axis=0)
    for slip, axes in SUMMED.items():
        if slip in slips:
            x, h, da = (array.sum(axis=axes, keepdims=True) for array in (x, h, da))
    if "first step left out" in slips:
        x, h, da = x[1:], h[1:], da[1:]
    if "last step left out" in slips:
        x, h, da = x[:-1], h[:-1], da[:-1]
    if "last step only" in slips:
        x, h, da = x[-1:], h[-1:], da[-1:]
    if "= for +=" in slips:
        x, h, da = x[:1], h[:1], da[:1]
    if "first record only" in slips:
        x, h, da = x[:, :1], h[:, :1], da[:, :1]
    if "batch and time mixed up" in slips:
        x, h = x.swapaxes(0, 1), h.swapaxes(0, 1)
    if "batch and time mixed up in da" in slips:
        da = da.swapaxes(0, 1)
    share = 1 / T if {"averaged over all steps", "averaged over all rows"} & slips else 1
    share /= B if {"mean for sum", "averaged over all rows"} & slips else 1
    return x, h, da, share


def _variant(x, h, da, W_x, slips=frozenset()):
    T, B, C = da.shape
    left, states, right, share = _chosen(x, h, da, slips)
    rows = right.reshape(-1, C)

    def product(array):
        if "rows scrambled" in slips:
            gradient = share * array.reshape(array.shape[-1], -1) @ rows
        else:
            gradient = share * array.reshape(-1, array.shape[-1]).T @ rows
        return gradient.T if "transposed" in slips else gradient

    db = share * rows.sum(axis=0) / (T * B if "bias averaged" in slips else 1)
    if "bias summed over the steps only" in slips:
        db = da.sum(axis=0)
    back = W_x if "missing transpose" in slips else W_x.T
    back = W_x.reshape(W_x.shape[::-1]) if "reshape for transpose" in slips else back
    dW_h = product(states)
    if "last state with the last step" in slips:
        dW_h = share * h[-1].T @ da[-1]
    return product(left), dW_h, db, _back(da, back, slips)


def _back(da, back, slips):
    """The gradient of the input."""
    T, B, _ = da.shape
    if "batch and time mixed up in dx" in slips:
        return (da.swapaxes(0, 1) @ back).reshape(T, B, -1)
    dx = da @ back
    if "mixed up on the way back" in slips:
        return dx.reshape(B, T, -1).swapaxes(0, 1)
    return dx[::-1] if "time reversed" in slips else dx


EXERCISE = Exercise(
    name="gather",
    outputs=("dW_x", "dW_h", "db", "dx"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x, h, da, W_x: {
        "steps": da.shape[0],
        "records": da.shape[1],
        "inputs": x.shape[2],
        "units": h.shape[2],
        "columns": da.shape[2],
    },
)


def gather(answer):
    """Check the sums over all steps at once.

    Args:
        answer: function `(x, h, da, W_x) -> (dW_x, dW_h, db, dx)` with `x (time, batch, input)`,
            `h (time + 1, batch, hidden)` from the initial state on, `da (time, batch, columns)`
            and `W_x (input, columns)`.

    Returns:
        A `Verdict`. The truth is added up step by step and record by record (chapter 1,
        eq-rnn-dwxh to eq-rnn-dx).

    """
    return EXERCISE.check(answer)
