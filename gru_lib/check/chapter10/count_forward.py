"""Chapter 10: what a layer's forward pass multiplies, and what hoisting stores."""

import numpy as np

from ..exercise import Exercise

SLIPS = {
    "backward counted, too": (
        "`products` is three times the right one: the chapter's count for a pass forward *and* "
        "back. Forwards each weight is used once per record and step."
    ),
    "additions counted, too": (
        "`products` is twice the right one: there are as many additions, and here only the "
        "multiplications are asked for."
    ),
    "one step only": "`products` is that of a single step. Each of the T steps takes as many.",
    "one record only": "`products` is that of one record. Each of the B records takes as many.",
    "one gate only": "`products` is that of one block. Each of the G blocks has its own matrices.",
    "input forgotten": (
        "`products` lacks the matrices for the input: D times H multiplications per block, record "
        "and step."
    ),
    "state forgotten": (
        "`products` lacks the matrices for the state: H times H multiplications per block, record "
        "and step."
    ),
    "one gate's state": (
        "`products` has the matrices for the input of all blocks, and that for the state of one "
        "block only. Is there a bracket missing? G multiplies both."
    ),
    "one gate's input": (
        "`products` has the matrices for the state of all blocks, and that for the input of one "
        "block only. Is there a bracket missing? G multiplies both."
    ),
    "product for sum": (
        "`products` has D times H where D + H belongs. One number of the result takes D "
        "multiplications with the input and H with the state, one after the other."
    ),
    "square of the sum": (
        "`products` has (D + H) squared. A row of D + H numbers meets matrices with H columns per "
        "block."
    ),
    "three gates assumed": (
        "Three blocks are counted, whatever `G` says. An RNN has one, an LSTM four."
    ),
    "bias counted, too": (
        "`products` has one multiplication too many for each number of the result. A bias is "
        "added; nothing is multiplied."
    ),
    "bits for bytes": "`megabytes` is eight times the right one: `size` is in bytes already.",
    "size not used": ("`megabytes` is a count of numbers. Each takes `size` bytes."),
    "double precision assumed": (
        "`megabytes` takes 8 bytes for each number, whatever `size` says."
    ),
    "2**20 for a million": (
        "`megabytes` is divided by 2**20 = 1,048,576. The exercise takes a megabyte for a million "
        "bytes; the other unit is called mebibyte."
    ),
    "width of the input": (
        "`megabytes` is that of an array as wide as the input. What stands before the loop is "
        "x W_x + b, and that has H columns per block; D is gone."
    ),
    "size of the input": (
        "`megabytes` is that of the input x itself. What stands before the loop is x W_x + b, with "
        "H columns for each block."
    ),
    "D times H columns": (
        "`megabytes` is that of an array with D times H columns per block. The product x W_x adds "
        "up over the D inputs, so D is gone and H columns remain."
    ),
    "size of the weights": (
        "`megabytes` is that of the matrices. What stands before the loop is x W_x + b of all "
        "records and steps."
    ),
    "state added to the width": (
        "`megabytes` is that of an array with D + H columns per block. The product x W_x has H."
    ),
    "one gate stored": (
        "`megabytes` has one block only. All G blocks of all steps stand there before the loop."
    ),
    "one record stored": "`megabytes` has one record only. All B of them stand there.",
    "states stored, too": (
        "`megabytes` has H numbers more for each record and step: the states. Asked for is the "
        "projected input alone."
    ),
    "one step stored": (
        "`megabytes` has one step only. Hoisting means that all T steps stand there at once."
    ),
}


def _draw(rng, i):
    if i == 0:
        return {"G": 3, "B": 2, "T": 5, "D": 4, "H": 6, "size": 8}
    big = 10 if i < 6 else 100
    arguments = {"G": int(rng.choice([1, 3, 4]))}
    arguments |= {name: int(rng.integers(1, big)) for name in "BTDH"}
    return arguments | {"size": int(rng.choice([4, 8]))}


def _truth(G, B, T, D, H, size):
    """Count gate by gate and term by term; ask an array of one step for its bytes."""
    products = 0
    for _ in range(G):
        for rows in (D, H):
            products += B * T * len(np.broadcast_to(0.0, (rows, H)).ravel())
    step = np.broadcast_to(np.zeros((), f"f{size}"), (B, G * H))
    return products, T * step.nbytes / 1e6


def _variant(G, B, T, D, H, size, slips=frozenset()):
    inner = D * H if "product for sum" in slips else D + H
    inner -= D * ("input forgotten" in slips)
    inner -= H * ("state forgotten" in slips)
    inner += "bias counted, too" in slips
    G = 3 if "three gates assumed" in slips else G
    columns = D + H if "square of the sum" in slips else H
    products = columns * inner * (1 if "one gate only" in slips else G)
    products -= H * H * (G - 1) * ("one gate's state" in slips)
    products -= D * H * (G - 1) * ("one gate's input" in slips)
    products *= (1 if "one record only" in slips else B) * (1 if "one step only" in slips else T)
    products *= 3 if "backward counted, too" in slips else 1
    products *= 2 if "additions counted, too" in slips else 1
    width = D if "width of the input" in slips else H
    width = D * H if "D times H columns" in slips else width
    width += D * ("state added to the width" in slips)
    wide = width * (1 if "one gate stored" in slips else G) + H * ("states stored, too" in slips)
    stored = wide * (1 if "one record stored" in slips else B)
    stored *= 1 if "one step stored" in slips else T
    stored = B * T * D if "size of the input" in slips else stored
    stored = G * H * (D + H) if "size of the weights" in slips else stored
    size = 8 if "double precision assumed" in slips else size
    size = 1 if "size not used" in slips else size
    size *= 8 if "bits for bytes" in slips else 1
    return products, stored * size / (2**20 if "2**20 for a million" in slips else 1e6)


EXERCISE = Exercise(
    name="count_forward",
    outputs=("products", "megabytes"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
)


def count_forward(answer):
    """Check the count of a forward pass.

    Args:
        answer: function `(G, B, T, D, H, size) -> (products, megabytes)` of whole numbers: blocks,
            records, steps, inputs, units and bytes per number. `products` are the multiplications
            in matrix products, `megabytes` the size of the hoisted array in millions of bytes.

    Returns:
        A `Verdict`. The truth is counted matrix by matrix (chapter 10, math-speed-count without
        the way back).

    """
    return EXERCISE.check(answer)
