"""Activation functions and their derivatives, each derivative written in terms of the output.

A backward pass has the *output* of an activation at hand, not its input, so the derivative is a
function of the output. Putting the input there instead is one of the commonest mistakes: it gives
numbers that look reasonable and are wrong.
"""

import numpy as np


def sigmoid(x, out=None):
    """Logistic sigmoid, σ(x) = 1 / (1 + exp(-x)), elementwise.

    Computed as (1 + tanh(x / 2)) / 2, the same function, which cannot overflow.

    Args:
        x: array of any shape, real or complex.
        out: array of the same shape that receives the result; it may be `x` itself.

    Returns:
        Array of the shape of `x`, between 0 and 1 for real input.

    """
    out = np.tanh(np.multiply(x, 0.5, out=out), out=out)
    out += 1
    out *= 0.5
    return out


def sigmoid_derivative(s):
    """Slope of the sigmoid where its output is `s`: s (1 - s), at most 1/4."""
    return s * (1 - s)  # eq-sigmoid-derivative


def tanh(x, out=None):
    """Hyperbolic tangent, elementwise; the result lies between -1 and 1 for real input."""
    return np.tanh(x, out=out)


def tanh_derivative(h):
    """Slope of tanh where its output is `h`: 1 - h², at most 1."""
    return 1 - h * h  # eq-tanh-derivative


def softmax(x, axis=-1):
    """Exponentials normalised to sum to one along `axis` (eq-softmax).

    The largest real part is subtracted first: the result is the same and nothing overflows.
    """
    e = np.exp(x - np.max(x.real, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)  # eq-softmax


def softmax_backward(p, dp, axis=-1):
    """Gradient with respect to the input of `softmax`, from its output `p` and ∂L/∂p.

    The derivative is a matrix, diag(p) - pᵀp, so the product with `dp` is returned instead of it.
    """
    return p * (dp - np.sum(dp * p, axis=axis, keepdims=True))
