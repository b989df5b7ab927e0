"""Chapter 8: a mean squared error over the real steps, and its gradient."""

import numpy as np

from ...gradcheck import complex_step
from ..exercise import Exercise

SLIPS = {
    "padding counted": (
        "This belongs to the plain mean over all steps: the padding counts as data. `lengths` "
        "says which steps are real."
    ),
    "averaged over all steps": (
        "Only real steps are in the sum, but it is divided by the number of *all* steps. The more "
        "padding stands beside them, the less the same errors count. Divide by the sum of the "
        "mask."
    ),
    "padding in the sum": (
        "The sum goes over all steps, padded ones too, and is divided by the number of real steps. "
        "The mask belongs in both."
    ),
    "target not masked": (
        "The mask sets the *prediction* to zero at padding, but the target is still there, and so "
        "is an error. Mask the difference."
    ),
    "last step only": (
        "Only the last real step of each sequence is in the loss. All real steps are."
    ),
    "mean of the sequences' means": (
        "Each sequence is averaged by itself, and then the sequences are. So a step of a short "
        "sequence weighs more than one of a long sequence; in the loss asked for all real steps "
        "weigh the same."
    ),
    "padding in the gradient": (
        "`dprediction` is not zero at padding. A prediction that does not occur in the loss has "
        "the gradient 0."
    ),
    "gradient averaged over all steps": (
        "The loss is divided by the number of real steps, and the gradient by that of *all* steps. "
        "A gradient is divided by what its loss is divided by."
    ),
    "factor 2 missing": (
        "`dprediction` is half as large as the derivative: the derivative of the square is twice "
        "the difference."
    ),
    "sign": (
        "`dprediction` has the wrong sign: it is built from target minus prediction. A prediction "
        "that is too large must have a positive gradient."
    ),
    "gradient not divided": (
        "The gradient is that of a *sum* of errors: what the loss is divided by "
        "divides the gradient, too."
    ),
    "sum for mean": (
        "This belongs to the *sum* over the real steps and outputs: nothing has been divided. "
        "Twice as many sequences would give twice the loss. A mean is asked for."
    ),
    "outputs not averaged": (
        "The errors of a step's O outputs are added up, not averaged: what comes out is O "
        "times too large."
    ),
    "one step too many": (
        "The first padded step of each sequence counts as real. With steps counted from 0, step t "
        "is real where `t < lengths[i]`."
    ),
    "one step too few": (
        "The last real step of each sequence is left out. With steps counted from 0, step t is "
        "real where `t < lengths[i]`."
    ),
    "sequences counted": (
        "The sum over the real steps is divided by the number of sequences, not by the number of "
        "real steps."
    ),
    "root of the mean": (
        "The loss is the square root of the mean, an RMSE. The loss asked for has no root."
    ),
    "absolute for squared": (
        "The loss is made of the *absolute* differences. Asked for are their squares: a difference "
        "of 3 counts 9, not 3."
    ),
    "gradient of the absolute error": (
        "`dprediction` knows the sign of each difference, and not its size: it is the gradient of "
        "the absolute error. That of a square is proportional to the difference."
    ),
}


def _draw(rng, i):
    batch, time, outputs = 1 + (i + 1) % 4, 1 + (i // 2 + 1) % 5, 1 + i // 3 % 3
    lengths = rng.integers(1, time + 1, batch)
    if i % 3 == 2:
        lengths[0] = time
    shape = (batch, time, outputs)
    return {
        "prediction": rng.normal(size=shape),
        "target": rng.normal(1, 1, size=shape),
        "lengths": lengths,
    }


def _truth(prediction, target, lengths):
    """Add up the real steps one by one; differentiate that by the complex step."""
    prediction = prediction.astype(complex)
    outputs = prediction.shape[2]

    def loss():
        total, steps = 0, 0
        for guessed, wanted, length in zip(prediction, target, lengths, strict=True):
            for t in range(length):
                total += sum((guessed[t] - wanted[t]) ** 2) / outputs
                steps += 1
        return total / steps

    return float(loss().real), complex_step(loss, prediction)


def _variant(prediction, target, lengths, slips=frozenset()):
    batch, time, outputs = prediction.shape
    last = lengths + ("one step too many" in slips) - ("one step too few" in slips)
    m = np.arange(time) < last[:, None]
    if "last step only" in slips:
        m = np.arange(time) == last[:, None] - 1
    if "padding counted" in slips:
        m = np.ones((batch, time), bool)
    m = m[..., None].astype(float)
    count = m.sum()
    if "averaged over all steps" in slips:
        count = batch * time
    if "sequences counted" in slips:
        count = batch
    if "mean of the sequences' means" in slips:
        count = batch * m.sum(axis=1, keepdims=True)
    if "outputs not averaged" not in slips:
        count = count * outputs
    if "sum for mean" in slips:
        count = 1
    difference = prediction - target
    if "target not masked" in slips:
        difference = m * prediction - target
    if {"target not masked", "padding in the sum"} & slips:
        m = np.ones_like(m)
    errors = np.abs(difference) if "absolute for squared" in slips else difference**2
    loss = np.sum(m * errors / count)
    if "root of the mean" in slips:
        loss = np.sqrt(loss)
    gradient = (1 if "factor 2 missing" in slips else 2) * difference
    if "gradient of the absolute error" in slips:
        gradient = np.sign(difference)
    if "padding in the gradient" not in slips:
        gradient = m * gradient
    if "gradient averaged over all steps" in slips:
        count = prediction.size
    if "gradient not divided" not in slips:
        gradient = gradient / count
    return loss, -gradient if "sign" in slips else gradient


def _sizes(prediction, target, lengths):
    batch, time, outputs = prediction.shape
    return {"batch": batch, "time": time, "outputs": outputs, "real steps": int(lengths.sum())}


EXERCISE = Exercise(
    name="masked_mean",
    outputs=("loss", "dprediction"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=_sizes,
)


def masked_mean(answer):
    """Check the mean squared error over the real steps, and its gradient (eq-masked-mean).

    Args:
        answer: function `(prediction, target, lengths) -> (loss, dprediction)`. `prediction` and
            `target` are `(batch, time, outputs)`, `lengths (batch,)` whole numbers from 1 to time.
            The loss is the mean over the real steps of the mean over the outputs.

    Returns:
        A `Verdict`. The truth adds up the real steps one by one, and its gradient is the complex
        step's derivative.

    """
    return EXERCISE.check(answer)
