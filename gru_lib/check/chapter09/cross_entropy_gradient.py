"""Chapter 9: softmax and cross-entropy together, and their gradient."""

from dataclasses import replace
from functools import partial

import numpy as np

from ...gradcheck import complex_step
from ...losses import softmax_cross_entropy
from ..exercise import Exercise


def _overflow(found):
    largest = np.abs(found.arguments["logits"]).max()
    here = f", and here one is {largest:.0f} in size" if largest > 700 else ""
    return (
        f"Large scores are too much for `exp`{here}: already that of 710 is more than a "
        "floating-point number can hold, and inf / inf is no number. Subtract the largest score "
        "of each row first, in the sum as well as at the right class."
    )


def _sign(found):
    turned = [n for n in found.yours if np.sum(found.yours[n] * found.expected[n]) < 0]
    names = " and ".join(f"`{name}`" for name in turned or found.yours)
    return (
        f"The sign of {names} is wrong. The loss is minus the mean logarithm, a positive number, "
        "and a higher score of the right class makes it smaller: there the gradient is negative, "
        "elsewhere positive."
    )


SLIPS = {
    "overflow": _overflow,
    "largest of the whole array": (
        "The largest score of the whole array is subtracted from every row. A row that lies far "
        "below it has only exponentials of 0 then, and 0 / 0. Take the largest of each row."
    ),
    "logarithm of 0": (
        "The loss takes the logarithm of a probability that was rounded to 0. The logarithm of a "
        "quotient is a difference; with that form no small number occurs."
    ),
    "small number added": (
        "A small number is added to the probability, or the probability is cut off at one. So no "
        "loss can be infinite, but with 1e-12 none can be larger than 27.6 either, and with 1e-7 "
        "than 16.1, where the true one may be 1000. No such number is needed if the logarithm of "
        "the quotient is written as a difference."
    ),
    "largest not added back": (
        "The largest score is subtracted in the sum of the exponentials, but not from the score of "
        "the right class: the loss is off by just that number. Use the same scores in both places."
    ),
    "sum for mean": (
        "A sum over the predictions stands where the mean belongs. The loss is divided by N, and "
        "so is its gradient: each prediction has its share of the mean."
    ),
    "averaged over the classes too": (
        "It is divided by the number of all scores, N times K. The mean is over the predictions, "
        "of which there are N; of each only one class is right."
    ),
    "sign": _sign,
    "softmax over the wrong axis": (
        "The probabilities of a column add up to 1, and not those of a row. Each prediction is a "
        "row: the sum in the softmax runs over the classes, axis 1."
    ),
    "softmax over the whole array": (
        "The exponentials are added up over all predictions. Each row has its own largest score "
        "and its own sum: `axis=1, keepdims=True`."
    ),
    "sum over the whole array": (
        "The exponentials are added up over all predictions. Each row has its own sum: `axis=1, "
        "keepdims=True`."
    ),
    "softmax of a softmax": (
        "The scores pass through a softmax twice: probabilities are taken for scores. They lie "
        "between 0 and 1, so the second softmax makes all of them nearly equal, and the loss "
        "cannot become small."
    ),
    "labels of all rows": (
        "At each label 1 is subtracted in *every* row: `p[:, labels]` are whole columns. A row "
        "loses 1 at its own label alone, so the rows' numbers have to go with the labels."
    ),
    "one-hot forgotten": (
        "The gradient is p / N: what the network said, without what came. At the right class 1 has "
        "to be subtracted; each row adds up to zero then."
    ),
    "derivative of the wrong function": (
        "The difference p - one-hot is multiplied by p (1 - p), as if a squared error had to pass "
        "a sigmoid. With the logarithm in the loss that slope cancels: nothing is left to "
        "multiply."
    ),
    "gradient at the probabilities": (
        "This is the derivative with respect to the probability, -1 / p at the right class and 0 "
        "elsewhere. The scores lie on the other side of the softmax, and every score moves every "
        "probability of its row."
    ),
    "right class only": (
        "Only the right class has a gradient, p - 1. The other scores are in the denominator of "
        "the softmax, and theirs is p."
    ),
    "target not used": (
        "The likeliest class is taken for the right one: `labels` makes no difference. So the "
        "network is told that it was right whatever it said."
    ),
    "log of base 2": (
        "The loss is in bits: the logarithm in it is the natural one. (The gradient p - one-hot "
        "belongs to nats.)"
    ),
}


def _draw(rng, i):
    count, classes = (2, 3, 1, 4, 3, 6)[i % 6], (3, 2, 4, 4, 5)[i % 5]
    logits = rng.normal(scale=2, size=(count, classes))
    if i % 4 == 3:  # far apart, within a row and from row to row
        logits[:, 0] += 1000 * (-1) ** (i // 4)
        logits += 500 * rng.integers(-2, 3, size=(count, 1))
    labels = rng.integers(0, classes, size=count)
    if i % 8 == 7:
        labels[0] = 0
        logits[-1] += 1500
    return {"logits": logits, "labels": labels}


def _truth(logits, labels):
    """The loss by pairwise `logaddexp`; the gradient by the complex step of the package's loss."""
    chosen = logits[np.arange(len(labels)), labels]
    loss = np.mean(np.logaddexp.reduce(logits, axis=1) - chosen)
    scores = logits.astype(complex)
    return loss, complex_step(lambda: softmax_cross_entropy(scores, labels)[0], scores)


def _largest(logits, slips):
    """What is subtracted before `exp`."""
    if "overflow" in slips:
        return 0.0
    if {"largest of the whole array", "softmax over the whole array"} & slips:
        return logits.max()
    axis = 0 if "softmax over the wrong axis" in slips else 1
    return logits.max(axis=axis, keepdims=True)


def _mended(p, answer):
    """The probabilities with a small number added, or cut off, as this answer does it.

    What it does is read off its losses where p is 0 and where it is 1.
    """
    at_0, at_1 = 1e-12, 1 + 1e-12
    if answer:
        low, high = np.array([[1000.0, 0.0]]), np.array([[0.0, 1000.0]])
        at_0, at_1 = (np.exp(-float(answer(y, np.array([1]))[0])) for y in (low, high))
    return p + at_0 if at_1 > 1 else np.clip(p, at_0, at_1)


def _at_probabilities(p, one_hot, answer):
    """The derivative with respect to the probabilities, cut off where this answer does."""
    least = 0.0
    if answer:
        gradient = answer(np.array([[1000.0, 0.0]]), np.array([1]))[1]
        least = np.nan_to_num(-1 / np.asarray(gradient)[0, 1])
    return -one_hot / np.where(one_hot == 1, np.maximum(p, least), 1)


def _variant(logits, labels, slips=frozenset(), answer=None):
    rows, count = np.arange(len(logits)), len(logits)
    labels = logits.argmax(axis=1) if "target not used" in slips else labels
    if "softmax of a softmax" in slips:
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        logits = e / e.sum(axis=1, keepdims=True)
    shifted = logits - _largest(logits, slips)
    e = np.exp(shifted)
    total = e.sum(axis=0 if "softmax over the wrong axis" in slips else 1, keepdims=True)
    if {"softmax over the whole array", "sum over the whole array"} & slips:
        total = np.full((count, 1), e.sum())
    p, one_hot = e / total, np.eye(logits.shape[1])[labels]
    nats = (np.log(total) - shifted)[rows, labels]
    if "overflow" in slips or "logarithm of 0" in slips:
        nats = -np.log(p[rows, labels])
    if "small number added" in slips:
        nats = -np.log(_mended(p[rows, labels], answer))
    if "largest not added back" in slips:
        nats = (np.log(total) - logits)[rows, labels]
    if "labels of all rows" in slips:
        one_hot = np.tile(one_hot.max(axis=0), (count, 1))
    gradient = p - (0 if "one-hot forgotten" in slips else one_hot)
    if "derivative of the wrong function" in slips:
        gradient = gradient * p * (1 - p)
    if "gradient at the probabilities" in slips:
        gradient = _at_probabilities(p, one_hot, answer)
    if "right class only" in slips:
        gradient = one_hot * (p - 1)
    if "log of base 2" in slips:
        nats = nats / np.log(2)
    divisor = 1 if "sum for mean" in slips else count
    divisor = logits.size if "averaged over the classes too" in slips else divisor
    sign = -1 if "sign" in slips else 1
    return sign * nats.sum() / divisor, sign * gradient / divisor


EXERCISE = Exercise(
    name="cross_entropy_gradient",
    outputs=("loss", "gradient"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda logits, labels: {"predictions": len(logits), "classes": logits.shape[1]},
    cases=32,
)


def cross_entropy_gradient(answer):
    """Check the mean cross-entropy of a softmax and its gradient with respect to the scores.

    Args:
        answer: function `(logits, labels) -> (loss, gradient)`. `logits (N, K)` are scores of any
            size, `labels (N,)` the right classes; `loss` is a number and `gradient (N, K)`.

    Returns:
        A `Verdict`. The truth is `logaddexp` for the loss, and for the gradient the complex step's
        derivative of the package's loss (eq-cross-entropy, eq-cross-entropy-gradient).

    """
    return replace(EXERCISE, variant=partial(_variant, answer=answer)).check(answer)
