"""Chapter 2: the proved bound on how far a gradient can grow."""

import numpy as np

from ...activations import sigmoid, tanh
from ...gradcheck import complex_step
from ..exercise import Exercise

SLIPS = {
    "eigenvalue for singular value": (
        "Your factor for one step comes from the largest size of an eigenvalue, the spectral "
        "radius. It rules the long run of a linear network and bounds nothing over a few steps: "
        "`[[0, 2], [0, 0]]` has the radius 0 and stretches a row to twice its length."
    ),
    "Frobenius norm for spectral norm": (
        "`np.linalg.norm(W)` without a second argument is the root of the sum of all squares. It "
        "is a bound too, but weaker than the theorem's, which needs the largest singular value."
    ),
    "smallest singular value": (
        "The smallest singular value says what a step leaves at least of a length. For what it "
        "leaves at most, the largest is needed."
    ),
    "root of the eigenvalue forgotten": (
        "The eigenvalues of `W @ W.T` are the squares of the singular values: take the root."
    ),
    "sum of the singular values": "The singular values are added up. The largest alone is needed.",
    "row sums": (
        "This is the largest sum of absolute values over a row: a norm as well, for other lengths. "
        "With the ordinary length the factor is the largest singular value."
    ),
    "column sums": (
        "This is the largest sum of absolute values over a column: a norm as well, for other "
        "lengths. With the ordinary length the factor is the largest singular value."
    ),
    "eigenvalues of a symmetric matrix": (
        "`eigvalsh` and `eigh` are for symmetric matrices: they read one half of `W_hh` and "
        "suppose that the other half mirrors it. And a step stretches by singular values."
    ),
    "largest entry for the norm": (
        "The largest entry is not the furthest that a matrix stretches: several entries act "
        "together. `[[1, 1], [1, 1]]` stretches (1, 1) to twice its length."
    ),
    "norm of the power": (
        "You take the power first and its norm afterwards, times the slopes. This is smaller, and "
        "true of the linear network only: with slopes between the matrices the product is no "
        "power, and what cancels in the power need not cancel in it. The proof bounds each step "
        "by itself."
    ),
    "derivative missing": (
        "The slope of the activation is missing. For the tanh that changes nothing, for the "
        "sigmoid each step brings in another factor."
    ),
    "derivative of the wrong function": (
        "You use 1/4 for the tanh, too. That is the largest slope of the sigmoid; the tanh's is 1."
    ),
    "value for slope": (
        "For the sigmoid you use 1/2. That is its value at 0; its slope there, the largest, is "
        "1/2 (1 - 1/2)."
    ),
    "slopes exchanged": "The slopes are exchanged: 1 belongs to the tanh, 1/4 to the sigmoid.",
    "slope counted once": (
        "The slope of the activation is there once. It comes in at each of the n steps, as often "
        "as the matrix does."
    ),
    "weights counted once": (
        "The norm of the matrix is there once, and only the slope n times. Each of the n steps "
        "multiplies by both."
    ),
    "divided by the slope": (
        "You divide by the slope. 1/γ is what the norm is compared with in the condition for "
        "vanishing; in the bound the slope is a factor."
    ),
    "one step only": "The result does not grow or shrink with `n`: it is the bound for one step.",
    "multiplied by n": (
        "You multiply the factor of one step by n. Each step multiplies what the one before has "
        "left: over n steps that is a power."
    ),
    "exponent n - 1": (
        "The exponent is n - 1: this is the bound for one step too few. With n = 0 nothing has "
        "happened, and the bound is 1."
    ),
    "one step too few": "This is the bound for n - 1 steps. With n = 0 nothing has happened: 1.",
    "one step too many": "This is the bound for n + 1 steps. With n = 0 nothing has happened: 1.",
    "never below 1": (
        "Your bound is never below 1. Where the factor of a step is below 1 the gradient must "
        "shrink: that is what the theorem is about."
    ),
    "capped at 1": (
        "The bound never exceeds 1 in your version. The gradient may grow when the factor of a "
        "step is above 1, and the bound with it."
    ),
}


def _draw(rng, i):
    hidden = (2, 1, 3, 4, 2, 5, 3)[i % 7]
    W_hh = rng.normal(size=(hidden, hidden)) * (2.5 if i % 2 else 1.0)
    if i == 6:
        W_hh = np.triu(W_hh, 1)  # every eigenvalue is 0
    n = (2, 3, 1, 4, 0, 6)[i % 6] if i < 12 else int(rng.integers(0, 8))
    return {"W_hh": W_hh, "activation": ("tanh", "sigmoid")[i // 2 % 2 ^ i % 2], "n": n}


def _truth(W_hh, activation, n):
    """Multiply the factors of n steps: the steepest slope, and the root of W Wᵀ's eigenvalue."""
    a = np.linspace(-3, 3, 61).astype(complex)
    function = {"tanh": tanh, "sigmoid": sigmoid}[activation]
    steepest = complex_step(lambda: function(a).sum(), a).max()
    stretch = np.sqrt(np.linalg.eigvalsh(W_hh @ W_hh.T)[-1])
    bound = 1.0
    for _ in range(n):
        bound *= steepest * stretch
    return bound


def _stretch(W, slips):
    if "eigenvalue for singular value" in slips:
        return np.abs(np.linalg.eigvals(W)).max()
    if "eigenvalues of a symmetric matrix" in slips:
        return np.abs(np.linalg.eigvalsh(W)).max()
    if "largest entry for the norm" in slips:
        return np.abs(W).max()
    orders = {
        "sum of the singular values": "nuc",
        "row sums": np.inf,
        "column sums": 1,
        "Frobenius norm for spectral norm": "fro",
        "smallest singular value": -2,
    }
    stretch = np.linalg.norm(W, next((o for slip, o in orders.items() if slip in slips), 2))
    return stretch**2 if "root of the eigenvalue forgotten" in slips else stretch


def _gamma(activation, slips):
    gamma = {"tanh": 1.0, "sigmoid": 0.25}
    if "slopes exchanged" in slips:
        gamma = {"tanh": 0.25, "sigmoid": 1.0}
    if "derivative of the wrong function" in slips:
        gamma["tanh"] = 0.25
    if "value for slope" in slips:
        gamma["sigmoid"] = 0.5
    if "derivative missing" in slips:
        return 1.0
    return 1 / gamma[activation] if "divided by the slope" in slips else gamma[activation]


def _variant(W_hh, activation, n, slips=frozenset()):
    stretch, gamma = _stretch(W_hh, slips), _gamma(activation, slips)
    if "multiplied by n" in slips:
        return n * gamma * stretch
    n = max(n - 1, 0) if "one step too few" in slips else n
    n = n - ("exponent n - 1" in slips) + ("one step too many" in slips)
    n = 1 if "one step only" in slips else n
    weights = 1 if "weights counted once" in slips else n
    slopes = 1 if "slope counted once" in slips else n
    power = stretch**weights
    if "norm of the power" in slips:
        power = np.linalg.norm(np.linalg.matrix_power(W_hh, n), 2)
    bound = power * gamma**slopes
    bound = max(bound, 1.0) if "never below 1" in slips else bound
    return min(bound, 1.0) if "capped at 1" in slips else bound


EXERCISE = Exercise(
    name="spectral_bound",
    outputs=("bound",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda W_hh, n, **_: {"hidden": len(W_hh), "n": n},
    loose=("bound",),
)


def spectral_bound(answer):
    """Check the proved bound on the growth of a gradient over n steps.

    Args:
        answer: function `(W_hh, activation, n) -> bound`. `W_hh (hidden, hidden)`; `activation` is
            `"tanh"` or `"sigmoid"`, `n` a whole number from 0; the bound is one number.

    Returns:
        A `Verdict`. The truth takes the steepest slope by the complex step, and the stretch from
        the eigenvalues of W Wᵀ (chapter 2, math-gradient-bound).

    """
    return EXERCISE.check(answer)
