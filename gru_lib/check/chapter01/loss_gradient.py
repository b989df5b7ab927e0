"""Chapter 1: the gradient of the mean squared error."""

import numpy as np

from ...gradcheck import complex_step
from ...losses import mean_squared_error
from ..exercise import Exercise


def _sum(found):
    batch, outputs = found.expected["dy"].shape
    return (
        f"This is the gradient of the sum of squares. The loss is a mean over all {batch} times "
        f"{outputs} numbers, over the windows and over the outputs, and its factor stays."
    )


def _shape(text):
    """Return an explanation that begins with the shapes."""

    def explanation(found):
        return (
            f"`dy`: expected shape {found.expected['dy'].shape}, "
            f"got {found.yours['dy'].shape}. {text}"
        )

    return explanation


SLIPS = {
    "factor 2 missing": (
        "A factor 2 is missing: the derivative of a square brings it down from the exponent."
    ),
    "half the square, summed over the outputs": (
        "This is the gradient of another usual loss: half the square, added up over the outputs, "
        "its mean over the windows. The loss here has no half, so the 2 stays, and its mean is "
        "over all B times O numbers."
    ),
    "sum for mean": _sum,
    "sum over the outputs": (
        "You divide by the number of windows, `len(prediction)`, only. The loss is a mean over the "
        "outputs, too: over all B times O numbers."
    ),
    "sum over the windows": (
        "You divide by the number of outputs only. The loss is a mean over the windows, too: over "
        "all B times O numbers."
    ),
    "sign": (
        "The sign is wrong: this is the derivative with respect to the target. Where the "
        "prediction is too high, the loss rises with it, and the gradient is positive."
    ),
    "absolute value": (
        "Every number is positive. A gradient has a direction: it is negative where the prediction "
        "is too low."
    ),
    "square left": (
        "The error is still squared. The derivative of the square of u is not a square: one power "
        "is gone, and the sign of u is back."
    ),
    "terms of the loss": (
        "These are the terms of the loss, the squares over B times O. Their sum is the loss; asked "
        "for is the derivative of that sum by each prediction."
    ),
    "derivative of the wrong function": (
        "This is the gradient of the root mean squared error. The loss here is the mean squared "
        "error itself; the root is for reporting."
    ),
    "sign of the error": (
        "Only the error's sign is left: that is the gradient of the mean absolute error. With "
        "squares a large error has a large gradient."
    ),
    "target not used": (
        "The target makes no difference. This is the one place where it enters the network's "
        "gradients: without it nothing can be learned from it."
    ),
    "loss for gradient": _shape(
        "This is the loss. Its gradient has one number for each number of the prediction."
    ),
    "summed over the windows": _shape(
        "The windows are added up, or averaged. Each has its own prediction, and the walk back "
        "needs the gradient of each."
    ),
    "summed over the outputs": _shape(
        "The outputs are added up, or averaged. Each has its own prediction, and the walk back "
        "needs the gradient of each."
    ),
    "one row for all windows": (
        "All rows are the same: the windows' errors have been averaged. The mean is in the factor "
        "1/(B O) already, and each number keeps the error of its own window."
    ),
}


def _draw(rng, i):
    shape = (1 + (i + 1) % 4, 1 + (i // 2 + i) % 3)
    return {"prediction": 2 * rng.normal(size=shape), "target": 2 * rng.normal(size=shape)}


def _truth(prediction, target):
    moved = prediction.astype(complex)
    return complex_step(lambda: mean_squared_error(moved, target.astype(complex))[0], moved)


def _count(shape, slips):
    """Return the number of terms that the mean is taken over."""
    batch, outputs = shape
    batch = 1 if slips & {"sum for mean", "sum over the windows"} else batch
    return batch * (1 if slips & {"sum for mean", "sum over the outputs"} else outputs)


def _variant(prediction, target, slips=frozenset()):
    error = prediction - target * ("target not used" not in slips)
    if "loss for gradient" in slips:
        return np.mean(error**2)
    if "terms of the loss" in slips:
        return error**2 / error.size
    if "half the square, summed over the outputs" in slips:
        return error / len(error)
    scale = _count(error.shape, slips)
    if "derivative of the wrong function" in slips:
        scale = scale * np.sqrt(np.mean(error**2))
    if "factor 2 missing" not in slips and not slips & {
        "derivative of the wrong function",
        "sign of the error",
    }:
        error = 2 * error
    if "square left" in slips:
        error = error**2 / 2
    error = np.sign(error) if "sign of the error" in slips else error
    error = np.abs(error) if "absolute value" in slips else error
    gradient = error * (-1 if "sign" in slips else 1) / scale
    if "one row for all windows" in slips:
        return np.broadcast_to(gradient.sum(axis=0), gradient.shape)
    if "summed over the windows" in slips:
        return gradient.sum(axis=0)
    return gradient.sum(axis=1) if "summed over the outputs" in slips else gradient


EXERCISE = Exercise(
    name="loss_gradient",
    outputs=("dy",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda prediction, target: {
        "windows": prediction.shape[0],
        "outputs": prediction.shape[1],
    },
)


def loss_gradient(answer):
    """Check the gradient of the mean squared error (eq-mse-gradient).

    Args:
        answer: function `(prediction, target) -> dy`; all three have shape `(batch, output)`.

    Returns:
        A `Verdict`. The truth is the complex step's derivative of the loss (eq-mse).

    """
    return EXERCISE.check(answer)
