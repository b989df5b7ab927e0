"""Chapter 2: a matrix is scaled to a given spectral radius."""

import numpy as np

from ..exercise import Exercise


def _radius(W):
    """Return lim ‖Wᵏ‖^(1/k) (Gelfand's formula), for k = 2⁴⁵ by squaring."""
    logarithm, power = 0.0, np.asarray(W, float)
    for doublings in range(46):
        size = np.linalg.norm(power)
        if not 0 < size < np.inf:
            return size
        logarithm += np.log(size) / 2.0**doublings
        power = power / size
        power = power @ power
    return np.exp(logarithm)


def _told(text):
    """Return a function that says which radius the result has, and then the text."""

    def told(found):
        yours, asked = _radius(found.yours["W"]), found.arguments["radius"]
        if np.allclose(found.yours["W"], -found.expected["W"]):
            return f"Your result is minus the right one here, so your c is below 0. {text}"
        return f"Your result has the spectral radius {yours:.4g}, asked for is {asked:.4g}. {text}"

    return told


SLIPS = {
    "spectral norm for the radius": _told(
        "You divide by the largest singular value, the spectral norm. It says how far one product "
        "can stretch a row. The radius is the largest size of an eigenvalue, and mostly smaller."
    ),
    "Frobenius norm for the radius": _told(
        "`np.linalg.norm(W)` is the root of the sum of all squares, not the largest size of an "
        "eigenvalue."
    ),
    "largest real part": _told(
        "You divide by the largest real part of an eigenvalue. With a complex pair the imaginary "
        "part counts as well, and a negative eigenvalue can be the one of the largest size."
    ),
    "size of the real part alone": _told(
        "You take the size of the real parts. The size of a complex number has both parts in it."
    ),
    "real part of the result": _told(
        "You divide by the largest eigenvalue itself, which may be complex or negative, and take "
        "the real part afterwards. The radius is a size: first all the sizes, then the largest."
    ),
    "largest before its size": _told(
        "You take the largest eigenvalue first, and its size afterwards. For complex numbers "
        "`max` goes by the real part. First all the sizes, then the largest of them."
    ),
    "mean of the sizes": _told(
        "You divide by the mean size of the eigenvalues. The radius is the largest."
    ),
    "sum of the sizes": _told(
        "You divide by the sum of the eigenvalues' sizes. The radius is the largest of them."
    ),
    "first eigenvalue": _told("The first eigenvalue is taken. They come in no particular order."),
    "smallest eigenvalue": _told(
        "The smallest size of an eigenvalue is taken. In the long run the largest wins."
    ),
    "eigenvalues of a symmetric matrix": _told(
        "`eigvalsh` and `eigh` are for symmetric matrices: they read one half of `W` and suppose "
        "that the other half mirrors it. `eigvals` is for any square matrix."
    ),
    "root of the determinant": _told(
        "You take the root of the determinant. That is the size of the eigenvalues if they are all "
        "of one size, as a single complex pair is; in general it is their geometric mean."
    ),
    "largest entry for the radius": _told("The largest entry of a matrix is no eigenvalue of it."),
    "old radius not divided out": _told(
        "You multiply by `radius` without dividing by the radius that `W` has already."
    ),
    "normalised to radius 1": _told("You divide by the radius of `W`, and do not use `radius`."),
    "divided the other way": _told(
        "Your factor is the old radius over the new one. It must be the other way round."
    ),
    "root of the factor": _told(
        "Your factor is a root of the right one. c W has the eigenvalues of W times c, not c²."
    ),
    "only scaled down": _told(
        "A matrix whose radius is below the wanted one is left as it is. It should be scaled up."
    ),
    "shifted for scaled": _told(
        "You add a number to the diagonal, which adds the same number to all eigenvalues. Asked "
        "for is a multiple of `W`."
    ),
}


def _draw(rng, i):
    hidden = (2, 1, 3, 2, 4, 5)[i % 6]
    W = rng.normal(size=(hidden, hidden))
    if i in (0, 9):  # a complex pair
        W = np.array([[0.8, 0.2], [-0.4, 0.6]]) * (1 + i)
    if i in (3, 15):  # two real ones of either sign, the negative one larger
        W = np.array([[-2.0, 0.5], [0.4, 0.7]]) + 0.2 * rng.normal(size=(2, 2))
    return {"W": W, "radius": float(rng.uniform(0.3, 3))}


def _divisor(W, slips):
    values = np.linalg.eigvals(W)
    wrong = {
        "spectral norm for the radius": lambda: np.linalg.norm(W, 2),
        "Frobenius norm for the radius": lambda: np.linalg.norm(W),
        "largest real part": lambda: values.real.max(),
        "size of the real part alone": lambda: np.abs(values.real).max(),
        "largest before its size": lambda: np.abs(values.max()),
        "mean of the sizes": np.abs(values).mean,
        "sum of the sizes": np.abs(values).sum,
        "first eigenvalue": lambda: np.abs(values[0]),
        "smallest eigenvalue": lambda: np.abs(values).min(),
        "eigenvalues of a symmetric matrix": lambda: np.abs(np.linalg.eigvalsh(W)).max(),
        "root of the determinant": lambda: np.abs(np.linalg.det(W)) ** (1 / len(W)),
        "largest entry for the radius": lambda: np.abs(W).max(),
        "old radius not divided out": lambda: 1.0,
    }
    return next((f() for slip, f in wrong.items() if slip in slips), np.abs(values).max())


def _variant(W, radius, slips=frozenset()):
    if "real part of the result" in slips:
        return (W * (radius / np.linalg.eigvals(W).max())).real
    old = _divisor(W, slips)
    if "shifted for scaled" in slips:
        return W + (radius - old) * np.eye(len(W))
    factor = (1 if "normalised to radius 1" in slips else radius) / old
    factor = old / radius if "divided the other way" in slips else factor
    factor = np.sqrt(factor) if "root of the factor" in slips else factor
    return W * (min(factor, 1) if "only scaled down" in slips else factor)


EXERCISE = Exercise(
    name="scale_to_radius",
    outputs=("W",),
    draw=_draw,
    truth=lambda W, radius: W * (radius / _radius(W)),
    variant=_variant,
    slips=SLIPS,
    sizes=lambda W, **_: {"hidden": len(W)},
)


def scale_to_radius(answer):
    """Check the scaling of a recurrent matrix to a given spectral radius.

    Args:
        answer: function `(W, radius) -> W`, `(hidden, hidden)` both. The radius of the `W` that
            comes in is not zero; its eigenvalues may be negative or complex.

    Returns:
        A `Verdict`. The truth finds the radius without eigenvalues, as the limit of the k-th root
        of the norm of Wᵏ.

    """
    return EXERCISE.check(answer)
