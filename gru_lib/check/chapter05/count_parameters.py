"""Chapter 5: how many numbers each array of a GRU holds, in both forms."""

from ...concat_gru import ConcatGRU
from ...gru import GRU
from ..exercise import Exercise

SLIPS = {
    "bias forgotten": (
        "The total has the matrices only. Each of the three gates has a bias of H numbers, too."
    ),
    "biases counted as 0": (
        "The biases are counted with no numbers at all. They are trained like the matrices; a bias "
        "is added to the result of a product, which has H numbers."
    ),
    "a bias too many": (
        "The total has H numbers too many, as many as one bias. A second bias of the candidate, "
        "b_hh, belongs to the GRU with the reset *after* the product; here it is before."
    ),
    "one gate only": (
        "The total is a third of the right one: that is the reset gate alone. The update gate and "
        "the candidate have arrays of the same shapes."
    ),
    "candidate forgotten": (
        "The total has two of three parts. The candidate is no gate, but it has a matrix and a "
        "bias of the same shapes as theirs."
    ),
    "a gate too many": (
        "The total has four parts, as an LSTM has. A GRU has two gates and a candidate: three."
    ),
    "both forms added up": (
        "The total is twice the right one: the numbers of both forms are added up. They are the "
        "same numbers, stored in another way."
    ),
    "block with H + D columns": (
        "A block matrix is counted as a square of H + D rows and H + D columns. It multiplies a "
        "row of H + D numbers, so it has as many rows; what comes out has H numbers, so it has H "
        "columns."
    ),
    "block with D columns": (
        "A block matrix is counted with D columns. It multiplies a row of H + D numbers, so it has "
        "as many rows; what comes out has H numbers, so it has H columns."
    ),
    "product for sum": (
        "A block matrix is counted with H times D rows. Its blocks stand one above the other, so "
        "their rows are added up."
    ),
    "input and state exchanged": (
        "In `split` the numbers of the input's and of the state's matrices are exchanged. "
        "`W_xr` has a row for each input, `W_hr` a row for each unit."
    ),
    "state matrix D by D": (
        "In `split` the state's matrix is counted as D by D. It leads from H units to H units."
    ),
    "bias in the block": (
        "A block matrix is counted with H + D + 1 rows. The bias is an array of its own here."
    ),
    "bias as long as the row": (
        "The biases of the concatenated form are counted with H + D numbers. A bias is added to "
        "the result of the product, which has H."
    ),
    "D and H exchanged": (
        "Inputs and units have changed places everywhere: D is the number of inputs, and H, the "
        "number of units, is what every result of a product and every bias has."
    ),
    "a second bias in the total": (
        "The total has 3 H numbers too many, as if each of the three parts had two biases, as in "
        "PyTorch and Keras. Here each has one."
    ),
    "two biases": (
        "Each gate has two biases in your count, one for the input and one for the state. Their "
        "sum is all that counts, and the GRU of the exercise has one."
    ),
    "matrices first": (
        "All matrices come first and then all biases. It should be gate by gate: everything of r, "
        "then everything of z, then that of the candidate."
    ),
    "gates of one kind together": (
        "In `split` the three matrices for the input come first, then those for the state, then "
        "the biases. It should be gate by gate: everything of r, then of z, then of the candidate."
    ),
}


def _draw(rng, i):
    return {"D": int(rng.integers(1, 9)) if i else 3, "H": int(rng.integers(1, 9)) if i else 2}


def _truth(D, H):
    """Ask the arrays of the library's layers."""
    split, concat = GRU(D, H, seed=0).named_params, ConcatGRU(D, H, seed=0).params
    gates = ("r", "z", "h")
    return (
        [split[name].size for k in gates for name in (f"W_x{k}", f"W_h{k}", f"b_{k}")],
        [concat[name].size for k in gates for name in (f"W_{k}", f"b_{k}")],
        sum(array.size for array in concat.values()),
    )


def _variant(D, H, slips=frozenset()):
    if "D and H exchanged" in slips:
        D, H = H, D
    b = 2 * H if "two biases" in slips else H
    b = 0 if "biases counted as 0" in slips else b
    one = [H * H, D * H, b] if "input and state exchanged" in slips else [D * H, H * H, b]
    if "state matrix D by D" in slips:
        one = [D * H, D * D, b]
    rows = H * D if "product for sum" in slips else H + D
    rows += "bias in the block" in slips
    columns = H + D if "block with H + D columns" in slips else H
    columns = D if "block with D columns" in slips else columns
    long = H + D if "bias as long as the row" in slips else b
    block = [rows * columns, long]
    total = 3 * sum(one if "state matrix D by D" in slips else block)
    total -= 3 * b * ("bias forgotten" in slips)
    total += H * ("a bias too many" in slips)
    total += 3 * H * ("a second bias in the total" in slips)
    total -= 2 * sum(one) * ("one gate only" in slips)
    total -= sum(one) * ("candidate forgotten" in slips)
    total += sum(one) * ("a gate too many" in slips)
    total *= 1 + ("both forms added up" in slips)
    split, concat = 3 * one, 3 * block
    if "matrices first" in slips:
        split, concat = 3 * one[:2] + 3 * one[2:], 3 * block[:1] + 3 * block[1:]
    if "gates of one kind together" in slips:
        split = [size for size in one for _ in range(3)]
    return split, concat, total


EXERCISE = Exercise(
    name="count_parameters",
    outputs=("split", "concat", "total"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
)


def count_parameters(answer):
    """Check the numbers of parameters in the split and in the concatenated form.

    Args:
        answer: function `(D, H) -> (split, concat, total)` of the numbers of inputs and units.
            `split (9,)` is the size of `W_xr, W_hr, b_r` and so on for z and the candidate,
            `concat (6,)` that of `W_r, b_r, W_z, b_z, W_h, b_h`, `total` that of the network.

    Returns:
        A `Verdict`. The truth is the size of the arrays of `GRU` and `ConcatGRU`.

    """
    return EXERCISE.check(answer)
