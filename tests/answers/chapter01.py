"""Answers to the exercises of chapter 1."""

import numpy as np
from catalogue import right, wrong


@right("truncated_bptt")
def by_matrix_products(x, dh, W_x, W_h, b, k):
    """The walk stores the pre-activation gradients; the weights' gradients are two products."""
    x = np.asarray(x)
    T = len(x)
    h = np.zeros((T + 1, len(b)))
    for t in range(T):
        h[t + 1] = np.tanh(x[t] @ W_x + h[t] @ W_h + b)
    first = max(0, T - 1 - k)
    da = np.zeros((T, len(b)))
    for t in reversed(range(first, T)):
        da[t] = dh * (1 - h[t + 1] ** 2)
        dh = W_h @ da[t]
    return x.T @ da, h[:-1].T @ da, da.sum(axis=0)


@wrong("truncated_bptt", "missing transpose")
def forward_weights_backward(x, dh, W_x, W_h, b, k):
    """Goes back with W_h, not with its transpose."""
    T = len(x)
    h = [np.zeros(len(b))]
    for t in range(T):
        h.append(np.tanh(x[t] @ W_x + h[t] @ W_h + b))
    dW_x, dW_h, db = 0 * W_x, 0 * W_h, 0 * b
    for t in reversed(range(max(0, T - 1 - k), T)):
        da = dh * (1 - h[t + 1] ** 2)
        dW_x += np.outer(x[t], da)
        dW_h += np.outer(h[t], da)
        db += da
        dh = da @ W_h
    return dW_x, dW_h, db
