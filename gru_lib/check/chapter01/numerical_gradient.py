"""Chapter 1: the gradient by central differences."""

from dataclasses import dataclass

import numpy as np

from ...gradcheck import central_difference
from ..exercise import Exercise


@dataclass(frozen=True)
class Polynomial:
    """A function of an array: the sum of its cubes, and a multiple of its sum squared.

    Attributes:
        factor: of the second term, which ties all numbers together.
        shape: the only shape that is taken.

    """

    factor: int
    shape: tuple[int, ...]

    def __call__(self, w):
        """Return the function's value at `w`."""
        if np.shape(w) != self.shape:
            raise ValueError(f"f: expected an array of shape {self.shape}, got {np.shape(w)}")
        w = np.asarray(w)
        return np.sum(w**3) + self.factor * np.sum(w) ** 2

    def __str__(self):
        """The formula."""
        return f"sum(w**3) + {self.factor} * sum(w)**2"


SLIPS = {
    "one-sided difference": (
        "This is the one-sided difference, from w up to w + eps, divided by eps. Its error falls "
        "only as fast as eps; go up and down from w, and the error falls with its square."
    ),
    "one-sided difference, downwards": (
        "This is the one-sided difference, from w - eps up to w, divided by eps. Its error falls "
        "only as fast as eps; go up and down from w, and the error falls with its square."
    ),
    "half a one-sided difference": (
        "The second loss is taken at w itself, and the difference is divided by 2 eps: about half "
        "of the derivative. From w + eps down to w - eps it is two steps. (If both moves are made "
        "in one array, the one down only leads back to w.)"
    ),
    "factor 2 missing": (
        "The 2 below the line is missing: from w - eps to w + eps the distance is 2 eps."
    ),
    "no copy made": (
        "All numbers are 0: the two losses are the same. After `v = w` there is one array with two "
        "names, and what moves up through one moves down again through the other."
    ),
    "not put back": (
        "A number that has been moved stays at w - eps while the later ones are moved. Each "
        "derivative is taken with all other numbers where they were."
    ),
    "copies made once": (
        "The two copies are made once, before the loop, and each keeps the earlier moves: at the "
        "last number all are moved. Each derivative is taken with all other numbers where they "
        "were."
    ),
    "all moved at once": (
        "All numbers are moved together, so each result is the sum of all derivatives. Move one "
        "at a time."
    ),
    "all moved at once, one number": (
        "`gradient`: expected shape `w.shape`, got a single number. `w + eps` moves all numbers "
        "together, and the difference is then the sum of all derivatives. Move one at a time, "
        "and keep a difference for each."
    ),
    "whole rows moved at once": (
        "Whole rows are moved together: `w[i]` of a matrix is a row. Visit every number."
    ),
    "complex step": (
        "This is the complex step, with an imaginary eps. The exercise asks for the central "
        "difference, in real numbers; for a large eps the two are not the same."
    ),
    "second derivative": (
        "This is the second difference, up minus twice the middle plus down, over eps squared: it "
        "approximates the second derivative."
    ),
    "sign": (
        "The sign is wrong: take the loss at w - eps from that at w + eps, not the other way round."
    ),
}


def _draw(rng, i):
    shapes = [(2,), (1, 2), (3,), (2, 2), (1,), (3, 2), (2, 3), (2, 1, 3), (5,), (1, 1)]
    shape = shapes[i % len(shapes)]
    f = Polynomial(2 + int(i % 3), shape)
    return {"f": f, "w": rng.normal(size=shape), "eps": float(rng.uniform(0.05, 0.5))}


def _truth(f, w, eps):
    return central_difference(lambda: f(w), w, step=eps)


def _moves(w, eps, slips):
    """Yield (place, w moved up, w moved down, w unmoved) for each number."""
    up, down, kept = w.copy(), w.copy(), w.copy()
    for index in np.ndindex(w.shape):
        if not slips & {"not put back", "copies made once"}:
            up, down, kept = w.copy(), w.copy(), w.copy()
        where = index
        if "all moved at once" in slips:
            where = ...
        elif "whole rows moved at once" in slips:
            where = index[0]
        if "not put back" in slips:
            up = down.copy()
        up[where] += eps
        down[where] -= eps
        yield index, up, (up if "no copy made" in slips else down), kept


def _variant(f, w, eps, slips=frozenset()):
    if "all moved at once, one number" in slips:
        return (f(w + eps) - f(w - eps)) / (2 * eps)
    gradient = np.zeros(w.shape)
    for index, up, down, kept in _moves(w, eps, slips):
        above, middle, below, distance = f(up), f(kept), f(down), 2 * eps
        if "one-sided difference" in slips:
            below, distance = middle, eps
        if "one-sided difference, downwards" in slips:
            above, distance = middle, eps
        if "half a one-sided difference" in slips:
            below = middle
        distance = distance / 2 if "factor 2 missing" in slips else distance
        gradient[index] = (above - below) / distance * (-1 if "sign" in slips else 1)
        if "second derivative" in slips:
            gradient[index] = (above - 2 * middle + below) / eps**2
        if "complex step" in slips:
            moved = w.astype(complex)
            moved[index] += 1j * eps
            gradient[index] = f(moved).imag / eps
    return gradient


EXERCISE = Exercise(
    name="numerical_gradient",
    outputs=("gradient",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda w, **_: {"numbers": w.size},
)


def numerical_gradient(answer):
    """Check the gradient of a function of an array by central differences.

    Args:
        answer: function `(f, w, eps) -> gradient`. `f` takes an array of the shape of `w` and
            returns a number; `w` holds floats and must hold the same ones afterwards; `eps` is
            the step. The result has the shape of `w`.

    Returns:
        A `Verdict`. The truth is `gru_lib.gradcheck.central_difference` with this step
        (eq-central-difference).

    """
    return EXERCISE.check(answer)
