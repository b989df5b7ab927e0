"""Losses. Each returns the loss and its gradient with respect to the prediction."""

import numpy as np

from .activations import softmax
from .validate import require_array


def mean_squared_error(prediction, target):
    """Mean of the squared differences over all entries (eq-mse).

    Args:
        prediction: array of any shape.
        target: array of the same shape and dtype.

    Returns:
        The loss, a scalar, and ∂L/∂prediction, of the shape of `prediction` (eq-mse-gradient).

    Raises:
        TypeError, ValueError: `target` does not match `prediction`, or is not finite.

    """
    prediction = np.asarray(prediction)
    target = require_array("target", target, prediction.shape, prediction.dtype)
    difference = prediction - target
    loss = np.sum(difference * difference) / difference.size  # eq-mse
    return loss, 2 * difference / difference.size  # eq-mse-gradient


def softmax_cross_entropy(logits, labels):
    """Mean of -log softmax(logits)[label] over all positions.

    Args:
        logits: `(..., classes)`, one unnormalised score per class.
        labels: `(...)` whole numbers from 0 to classes - 1.

    Returns:
        The loss in nats, a scalar, and ∂L/∂logits `(..., classes)`: softmax minus one-hot, divided
        by the number of positions.

    Raises:
        TypeError, ValueError: `labels` are not whole numbers, of another shape, or out of range.

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
    return -np.sum(log_p) / labels.size, gradient / labels.size
