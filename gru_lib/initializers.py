"""How weights start: four ways, each a function of a generator and a matrix shape."""

import numpy as np

from .validate import require_choice


def uniform(rng, rows, columns, size):
    """U(-1/√size, 1/√size), as in PyTorch; `size` is the hidden size, for a readout its input's."""
    bound = 1 / np.sqrt(size)
    return rng.uniform(-bound, bound, (rows, columns))


def glorot(rng, rows, columns, size):
    """U(-a, a) with a = √(6 / (rows + columns)) (Glorot and Bengio, 2010)."""
    bound = np.sqrt(6 / (rows + columns))
    return rng.uniform(-bound, bound, (rows, columns))


def orthogonal(rng, rows, columns, size):
    """A random matrix with orthonormal rows or columns: every singular value is 1.

    The signs of the triangular factor are divided out; without that the draw is not uniform over
    the orthogonal matrices (Mezzadri, 2007).
    """
    tall = rng.normal(size=(max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(tall)
    q *= np.where(np.diag(r) < 0, -1.0, 1.0)
    return q if rows >= columns else q.T


def normal(rng, rows, columns, size):
    """N(0, 0.01²) for every entry: small, so that the network starts almost linear."""
    return rng.normal(0, 0.01, (rows, columns))


INITIALIZERS = {f.__name__: f for f in (uniform, glorot, orthogonal, normal)}


def draw_weights(init, rng, rows, columns, size, gates=1):
    """Draw a matrix `(rows, gates * columns)`, gate by gate.

    Raises:
        ValueError: `init` is not one of `INITIALIZERS`.

    """
    draw = INITIALIZERS[require_choice("init", init, INITIALIZERS)]
    return np.concatenate([draw(rng, rows, columns, size) for _ in range(gates)], axis=1)


def draw_bias(init, rng, columns, size):
    """Draw a bias `(columns,)`: like the weights for `uniform`, else zeros."""
    if init == "uniform":
        return uniform(rng, 1, columns, size)[0]
    return np.zeros(columns)
