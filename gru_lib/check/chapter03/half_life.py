"""Chapter 3: after how many steps a memory has halved."""

import numpy as np

from ...activations import sigmoid
from ..exercise import Exercise

SLIPS = {
    "fraction inverted": (
        "The fraction stands on its head: this is one divided by the half-life. A gate nearer to 1 "
        "must give a longer memory, and yours gives a shorter one."
    ),
    "1/e for one half": (
        "This is the number of steps after which 1/e = 0.37 of the memory is left, the time "
        "constant, and not one half. (Two logarithms of different bases in one fraction give the "
        "same number.)"
    ),
    "sigmoid of a sigmoid": (
        "`f` is put through a sigmoid. It is a gate and has been through one: a second sigmoid "
        "puts every gate between 0.5 and 0.73, and no memory could last longer than 2.2 steps."
    ),
    "1 - f for f": (
        "This is the half-life of a memory that is multiplied by 1 - f at every step. Where the "
        "forget gate is 1 the memory is *kept*."
    ),
    "lost in equal parts": (
        "This lets the memory lose the same amount, 1 - f of the start, at every step. It loses "
        "the same *fraction* of what is left: it is multiplied by f again and again."
    ),
    "approximation for large n": (
        "This is ln 2 / (1 - f), which is close for f near 1 only. Solve the equation without an "
        "approximation."
    ),
    "rounded up": "The numbers are rounded up to whole steps. The half-life may have a fraction.",
    "rounded down": "The numbers are cut to whole steps. The half-life may have a fraction.",
    "rounded": "The numbers are rounded to whole steps. The half-life may have a fraction.",
    "one step too many": (
        "One step too many: after n steps the memory has been multiplied by f exactly n times, so "
        "a gate of 0.5 has a half-life of 1."
    ),
    "one step too few": (
        "One step too few: after n steps the memory has been multiplied by f exactly n times, so a "
        "gate of 0.5 has a half-life of 1."
    ),
    "logarithm missing": (
        "This divides one half by the gate. The gate multiplies the memory n times: n stands in an "
        "exponent, and only a logarithm gets it down from there."
    ),
}


def _draw(rng, i):
    shape = (1 + i,) if i < 4 else (1 + i % 3, 1 + i % 4)
    near = 1 - 10 ** rng.uniform(-3, -1, shape)
    return {"f": np.where(rng.random(shape) < 0.4, near, rng.uniform(0.05, 0.95, shape))}


def _truth(f):
    """Bisect f**n = 1/2, which falls with n."""
    low, high = np.zeros_like(f), np.full_like(f, 2.0**14)
    for _ in range(80):
        middle = (low + high) / 2
        more = f**middle > 0.5
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return low


def _variant(f, slips=frozenset()):
    if "sigmoid of a sigmoid" in slips:
        f = sigmoid(f)
    if "1 - f for f" in slips:
        f = 1 - f
    n = np.log(0.5) / np.log(f)
    if "fraction inverted" in slips:
        n = 1 / n
    if "1/e for one half" in slips:
        n = -1 / np.log(f)
    if "lost in equal parts" in slips:
        n = 0.5 / (1 - f)
    if "approximation for large n" in slips:
        n = np.log(2) / (1 - f)
    if "logarithm missing" in slips:
        n = 0.5 / f
    n = n + ("one step too many" in slips) - ("one step too few" in slips)
    for slip, rounded in (
        ("rounded up", np.ceil),
        ("rounded down", np.floor),
        ("rounded", np.round),
    ):
        n = rounded(n) if slip in slips else n
    return n


EXERCISE = Exercise(
    name="half_life",
    outputs=("n",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
)


def half_life(answer):
    """Check the half-life of a memory that is kept with a constant forget gate.

    Args:
        answer: function `f -> n` of an array of gates, of any shape, strictly between 0 and 1;
            `n`, of the same shape, is the number of steps after which half is left, not rounded.

    Returns:
        A `Verdict`. The truth is found by bisection of f**n = 1/2 (chapter 3, the equation of
        the half-life).

    """
    return EXERCISE.check(answer)
