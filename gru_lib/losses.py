"""Losses. Each returns the loss and its gradient with respect to the prediction.

With `lengths`, the mean is over the real steps alone (eq-masked-mean): padding neither counts nor
receives a gradient.
"""

import numpy as np

from .activations import softmax
from .validate import require_array, valid_steps


def mean_squared_error(prediction, target, lengths=None):
    """Mean of the squared differences over all entries (eq-mse).

    Args:
        prediction: array of any shape; `(batch, time, ·)` with `lengths`.
        target: array of the same shape and dtype.
        lengths: `(batch,)` whole numbers from 0 to time; None if every step is real.

    Returns:
        The loss, a scalar, and ∂L/∂prediction, of the shape of `prediction` (eq-mse-gradient).

    Raises:
        TypeError, ValueError: `target` does not match `prediction`, or is not finite; `lengths`
            do not match it either, or leave no real step.

    """
    prediction = np.asarray(prediction)
    target = require_array("target", target, prediction.shape, prediction.dtype)
    difference, count = _real(prediction - target, lengths)
    loss = np.sum(difference * difference) / count  # eq-mse, eq-masked-mean
    return loss, 2 * difference / count  # eq-mse-gradient


def softmax_cross_entropy(logits, labels, lengths=None):
    """Mean of -log softmax(logits)[label] over all positions (eq-cross-entropy).

    Args:
        logits: `(..., classes)`, one unnormalised score per class; `(batch, time, classes)` with
            `lengths`.
        labels: `(...)` whole numbers from 0 to classes - 1, also at padded steps.
        lengths: `(batch,)` whole numbers from 0 to time; None if every step is real.

    Returns:
        The loss in nats, a scalar, and ∂L/∂logits `(..., classes)`: softmax minus one-hot, divided
        by the number of positions (eq-cross-entropy-gradient).

    Raises:
        TypeError, ValueError: `labels` are not whole numbers, of another shape, or out of range;
            `lengths` do not match, or leave no real step.

    """
    logits = np.asarray(logits)
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels: expected whole numbers, got dtype {labels.dtype}")
    labels = require_array("labels", labels, logits.shape[:-1], labels.dtype)
    classes = logits.shape[-1]
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"labels: expected 0 to {classes - 1}, got {labels.min()} to {labels.max()}"
        )
    chosen = labels[..., None]
    shifted = logits - np.max(logits.real, axis=-1, keepdims=True)  # or exp would overflow
    log_sum = np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    log_p = np.take_along_axis(shifted, chosen, axis=-1) - log_sum
    gradient = softmax(logits)
    np.put_along_axis(gradient, chosen, np.take_along_axis(gradient, chosen, axis=-1) - 1, axis=-1)
    log_p, count = _real(log_p, lengths)
    gradient, _ = _real(gradient, lengths)
    loss = -np.sum(log_p) / count  # eq-cross-entropy, eq-masked-mean
    return loss, gradient / count  # eq-cross-entropy-gradient


def _real(array, lengths):
    """Return the array with zeros at padded steps, and the number of its entries at real ones."""
    if lengths is None:
        return array, array.size
    if array.ndim != 3:
        raise ValueError(f"lengths: expected predictions (batch, time, ·), got {array.ndim} axes")
    valid = valid_steps(lengths, *array.shape[:2]).swapaxes(0, 1)
    if not valid.any():
        raise ValueError("lengths: expected at least one real step, got none")
    return np.where(valid, array, 0), int(valid.sum()) * array.shape[2]
