"""Chapter 3: biases for a memory of a chosen length."""

import numpy as np

from ...activations import sigmoid
from ..exercise import Exercise

SLIPS = {
    "gates exchanged": (
        "The two blocks are exchanged, or both have the wrong sign. The first block of b is the "
        "input gate's, the second the forget gate's. As it is, a unit that should keep for long "
        "lets everything in and keeps nothing."
    ),
    "approximation for large n": (
        "The forget gate's block is ln(n / ln 2), which is close for long half-lives only. For one "
        "step it gives 0.37, where the gate should be 0.5 and its bias 0. Solve the equation for "
        "the gate, and then for its bias."
    ),
    "approximation with 1.44": (
        "The forget gate's block is ln(1.44 n), the chapter's rule for large n. For one step it "
        "gives 0.36, where the gate should be 0.5 and its bias 0. Solve the equation exactly."
    ),
    "length for half-life": (
        "The forget gate's block is ln(n), a rule for a memory of about n steps. Its half-life is "
        "some 0.7 n: after n steps only about 1/e is left."
    ),
    "1/e for one half": (
        "With these biases 1/e = 0.37 of the memory is left after n steps, and not one half."
    ),
    "n for 1/n": (
        "The gate is one half to the power n: the longer the memory should last, the less your "
        "gate keeps. It is the gate to the power n that is one half."
    ),
    "gate for its bias": (
        "The gate itself is written into the forget gate's block. What stands there goes through a "
        "sigmoid first: the block must hold the number whose sigmoid is the gate."
    ),
    "sigmoid of a sigmoid": (
        "The gate that is wanted went through a sigmoid once more. The way from a gate to its bias "
        "is the sigmoid's inverse."
    ),
    "logarithm for the inverse": (
        "The block is the logarithm of the gate, ln f. The inverse of the sigmoid has two "
        "logarithms in it: of f and of 1 - f."
    ),
    "input gate left alone": (
        "The input gate's block is as it was drawn. The gate then stands near 0.5, the memory "
        "goes on being written while it keeps everything, and it piles up."
    ),
    "input gate the same": (
        "The input gate's block has the forget gate's numbers, with the same sign. To keep more, "
        "write less: it is minus these."
    ),
    "old forget bias for the new one": (
        "The input gate's block is minus the forget biases *as they were drawn*. It follows from "
        "the new ones: first the forget gate's block, then this."
    ),
    "1 - b for -b": (
        "The input gate's block is 1 - b_f. The *gates* should add up to 1, and 1 - sigmoid(b) is "
        "sigmoid(-b)."
    ),
    "every fourth column": (
        "The numbers are written into every fourth place. The blocks stand one after the other: "
        "the first `hidden` numbers belong to i, the next `hidden` to f."
    ),
    "interleaved": (
        "The result is interleaved: the four biases of the first unit, then those of the second. "
        "The blocks stand one after the other, first all input gates, then all forget gates."
    ),
    "units in another order": (
        "The right numbers stand in reverse order in their blocks. `n[j]` belongs to unit j, the "
        "j-th number of each block."
    ),
    "added to the drawn ones": (
        "The new numbers are added to the drawn biases. They should replace them, or else the "
        "half-life is whatever the draw makes of it."
    ),
    "other biases lost": (
        "The blocks of o and g are zero. They should be as they were drawn; only the first two "
        "blocks are replaced."
    ),
}


def _draw(rng, i):
    hidden = 1 + i % 5
    n = np.where(
        rng.random(hidden) < 0.5, rng.uniform(0.3, 4, hidden), 10 ** rng.uniform(0, 2, hidden)
    )
    return {"b": rng.normal(size=4 * hidden), "n": n}


def _truth(b, n):
    """Bisect sigmoid(bias)**n = 1/2, which rises with the bias."""
    low, high = np.full_like(n, -20.0), np.full_like(n, 20.0)
    for _ in range(80):
        middle = (low + high) / 2
        more = sigmoid(middle) ** n < 0.5
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return np.concatenate([-low, low, b[2 * len(n) :]])


def _forget(n, slips):
    """The forget gate's block."""
    gate = np.exp(-1 / n) if "1/e for one half" in slips else 0.5 ** (1 / n)
    if "n for 1/n" in slips:
        gate = 0.5**n
    blocks = {
        "approximation for large n": np.log(n / np.log(2)),
        "approximation with 1.44": np.log(1.44 * n),
        "length for half-life": np.log(n),
        "gate for its bias": gate,
        "sigmoid of a sigmoid": sigmoid(gate),
        "logarithm for the inverse": np.log(gate),
    }
    for slip, block in blocks.items():
        if slip in slips:
            return block
    return np.log(gate / (1 - gate))


def _variant(b, n, slips=frozenset()):
    hidden = len(n)
    b_f = _forget(n[::-1] if "units in another order" in slips else n, slips)
    b_i = 1 - b_f if "1 - b for -b" in slips else -b_f
    b_i = b_f if "input gate the same" in slips else b_i
    b_i = -b[hidden : 2 * hidden] if "old forget bias for the new one" in slips else b_i
    places = slice(0, hidden), slice(hidden, 2 * hidden)
    if "every fourth column" in slips:
        places = slice(0, None, 4), slice(1, None, 4)
    i, f = reversed(places) if "gates exchanged" in slips else places
    new = np.zeros_like(b) if "other biases lost" in slips else b.copy()
    if "input gate left alone" not in slips:
        new[i] = b_i
    new[f] = b_f
    if "added to the drawn ones" in slips:
        for place in (f,) if "input gate left alone" in slips else (i, f):
            new[place] += b[place]
    return new.reshape(4, hidden).T.ravel() if "interleaved" in slips else new


EXERCISE = Exercise(
    name="forget_bias",
    outputs=("b_new",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda n, **_: {"hidden": len(n)},
)


def forget_bias(answer):
    """Check biases that give each unit a wanted half-life.

    Args:
        answer: function `(b, n) -> b_new`. `b (4 * hidden,)` holds the drawn biases of i, f, o and
            g, `n (hidden,)` the wanted half-lives in steps. In `b_new (4 * hidden,)` the forget
            gate's block gives them exactly, the input gate's is minus that, and the rest is `b`'s.

    Returns:
        A `Verdict`. The truth is found by bisection of sigmoid(b_f)**n = 1/2 (chapter 3, the
        equations of the half-life and of the pair of biases).

    """
    return EXERCISE.check(answer)
