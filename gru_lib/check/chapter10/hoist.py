"""Chapter 10: the input of all steps in one product, before the loop."""

import numpy as np

from ..exercise import Exercise

SLIPS = {
    "batch and time mixed up": (
        "Records and steps are mixed up. The rows stand record by record, and `reshape` to "
        "(T, B, C) counts them off as if they stood step by step. It changes no order: exchange "
        "the axes with `swapaxes`. With one record, or with one step, nothing is to be seen."
    ),
    "rows scrambled": (
        "The rows of the product hold numbers of different records and steps: the input was "
        "brought to a shape with D rows by `reshape` and then transposed. A row must hold the D "
        "numbers of one record at one step; keep the last axis last."
    ),
    "mixed up on the way back": (
        "The rows of the product stand step by step, and are counted off as if they stood record "
        "by record. The product has the steps first already: cut it with `reshape(T, B, C)`."
    ),
    "input's axis moved": (
        "The rows hold numbers of different steps: the last axis is no longer that of the input's "
        "numbers when the rows are made. Exchange the first two axes only."
    ),
    "first step only": "Only the first step is filled; the others stayed zero.",
    "sigmoid applied": (
        "An activation has been applied: the sigmoid. The projection waits for the state's part, "
        "and only their sum passes through it."
    ),
    "axes reversed": (
        "All three axes are reversed before the rows are made: `x.T` of an array with three axes "
        "has the input's numbers first. Exchange the first two axes only."
    ),
    "bias in the first step only": "Only the first step has the bias. It belongs to every row.",
    "batch first": (
        "The result has records first, expected shape (T, B, C). The loop reads one step after "
        "the other, so the step is its first axis."
    ),
    "bias forgotten": "The bias is missing: your numbers are those of b = 0.",
    "bias in the matrix": (
        "The bias is added to the matrix, x (W_x + b): so it is multiplied by the sum of the "
        "inputs. It is added to the product."
    ),
    "bias subtracted": "The bias is subtracted, and not added.",
    "time reversed": (
        "The steps stand in the opposite order: `a[0]` belongs to the last step, and not the first."
    ),
    "first step everywhere": "Every step holds the projection of the first one.",
    "last step everywhere": (
        "Every step holds the projection of the last one. Does something keep the same array for "
        "all steps?"
    ),
    "activation applied": (
        "An activation has been applied: tanh. The projection waits for the state's part, and only "
        "their sum passes through it."
    ),
    "sum over the steps": (
        "Each step holds the sum of all steps up to it: the rows are added up along the time axis."
    ),
    "records reversed": "The records stand in the opposite order within each step.",
}


def _draw(rng, i):
    B, T, D = 1 + (i + 1) % 4, 1 + (i // 2 + 1) % 5, 1 + i // 3 % 3
    C = 1 + (i + i // 5) % 6
    if i == 1:
        B, T, D, C = 2, 2, 1, 2
    x, W_x, b = rng.normal(size=(B, T, D)), rng.normal(size=(D, C)), rng.normal(size=C)
    return {"x": x, "W_x": W_x, "b": b}


def _truth(x, W_x, b):
    """One row at a time."""
    B, T, _ = x.shape
    return [
        [[x[i, t] @ W_x[:, j] + b[j] for j in range(len(b))] for i in range(B)] for t in range(T)
    ]


def _variant(x, W_x, b, slips=frozenset()):
    B, T, D = x.shape
    b = 0 * b if "bias forgotten" in slips else b
    b = -b if "bias subtracted" in slips else b
    if "bias in the matrix" in slips:
        W_x, b = W_x + b, 0 * b
    if "batch first" in slips:
        return x @ W_x + b
    if "batch and time mixed up" in slips:
        return (x.reshape(-1, D) @ W_x + b).reshape(T, B, -1)
    rows = x.swapaxes(0, 1).reshape(-1, D)
    if "input's axis moved" in slips:
        rows = x.transpose(1, 2, 0).reshape(-1, D)
    if "axes reversed" in slips:
        rows = x.T.reshape(-1, D)
    if "rows scrambled" in slips:
        rows = x.reshape(D, -1).T
    if "mixed up on the way back" in slips:
        return (rows @ W_x + b).reshape(B, T, -1).swapaxes(0, 1)
    a = (rows @ W_x + b).reshape(T, B, -1)
    if "bias in the first step only" in slips:
        a[1:] -= b
    a = a[::-1] if "time reversed" in slips else a
    a = a[:, ::-1] if "records reversed" in slips else a
    if "first step everywhere" in slips:
        a = np.repeat(a[:1], T, axis=0)
    if "last step everywhere" in slips:
        a = np.repeat(a[-1:], T, axis=0)
    a = np.cumsum(a, axis=0) if "sum over the steps" in slips else a
    if "first step only" in slips:
        a[1:] = 0
    a = 1 / (1 + np.exp(-a)) if "sigmoid applied" in slips else a
    return np.tanh(a) if "activation applied" in slips else a


EXERCISE = Exercise(
    name="hoist",
    outputs=("a",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x, W_x, b: {
        "records": x.shape[0],
        "steps": x.shape[1],
        "inputs": x.shape[2],
        "columns": len(b),
    },
)


def hoist(answer):
    """Check the projection of the input before the loop.

    Args:
        answer: function `(x, W_x, b) -> a` with `x (batch, time, input)`, `W_x (input, columns)`,
            `b (columns,)` and `a (time, batch, columns)`.

    Returns:
        A `Verdict`. The truth is computed number by number; how many products the answer takes
        is not looked at.

    """
    return EXERCISE.check(answer)
