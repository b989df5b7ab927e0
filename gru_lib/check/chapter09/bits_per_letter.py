"""Chapter 9: bits per letter and perplexity."""

import numpy as np

from ..exercise import Exercise

SLIPS = {
    "natural log": (
        "These are nats: the logarithms of `log_p` are natural ones. One nat is 1 / ln 2 = 1.4427 "
        "bits."
    ),
    "nats taken for bits": (
        "`bits` are nats, the logarithms of `log_p` being natural ones, and the perplexity is 2 to "
        "their power. One nat is 1 / ln 2 = 1.4427 bits; 2 goes with bits, e with nats."
    ),
    "multiplied by ln 2": (
        "The nats were multiplied by ln 2, which makes the number smaller. A bit is the smaller "
        "unit, so there are more of them: divide by ln 2."
    ),
    "sign": (
        "Logarithms of probabilities are negative; bits per letter are minus their mean. With the "
        "wrong sign the better model seems the worse one, and 2 to that power falls below 1."
    ),
    "sign of the bits alone": (
        "`bits` have the wrong sign, and the perplexity has not. Logarithms of probabilities are "
        "negative; bits per letter are minus their mean."
    ),
    "perplexity upside down": (
        "The exponent of the perplexity has the wrong sign: it is 2 to the power of *plus* the "
        "bits. A perplexity says among how many symbols the model hesitates, so it is at least 1."
    ),
    "logarithm of a logarithm": (
        "No number comes out in any case. Is a logarithm taken of `log_p`? It holds logarithms "
        "already: they are negative, and a negative number has none. From nats to bits it takes "
        "a factor only."
    ),
    "padding counted": (
        "The padded steps are counted like real ones, in the sum and in the number it is divided "
        "by. What stands there was never a prediction: take the steps below `lengths` alone."
    ),
    "padding in the number": (
        "The sum is over the real steps, but it is divided by the number of all steps, n times "
        "time. The longer the longest name, the better the score would be."
    ),
    "padding in the sum": (
        "The padded steps are in the sum: leave out what stands at and after `lengths` in each row."
    ),
    "mean of means": (
        "A mean for each name first, and then the mean of these: so a letter of a short name "
        "counts for more. All letters count alike: add up everything and divide once."
    ),
    "per name": (
        "The sum is divided by the number of names. That is a score per name; per letter means "
        "per prediction, of which there are `lengths.sum()`."
    ),
    "end not counted": (
        "The sum is divided by the number of letters without the ends: `lengths` minus 1 for each "
        "name. The end is predicted too, its cost is in the sum, and it counts as one prediction."
    ),
    "one step too few": (
        "The last real step of each name, the prediction of its end, is left out of the sum and of "
        "the number. `lengths` counts it already."
    ),
    "end counted twice": (
        "The sum is divided by `lengths` plus 1 for each name. The end is in `lengths` already: "
        "they are numbers of predictions, not of letters."
    ),
    "one step too many": (
        "One step after the last real one is taken in, where there is one: that is padding. The "
        "real steps of a name have the numbers 0 to its length minus 1."
    ),
    "last step missing in the sum": (
        "The last real step of each name, the prediction of its end, is missing in the sum. The "
        "real steps have the numbers 0 to length minus 1."
    ),
    "one padded step in the sum": (
        "The step after each name's last one is in the sum, where there is one: that is padding. "
        "The real steps have the numbers 0 to length minus 1."
    ),
    "e to the power of bits": (
        "The perplexity is e to the power of the bits. Bits go with 2 and nats with e; mixed, the "
        "perplexity of 27 equally likely symbols would be 116 and not 27."
    ),
    "2 to the power of nats": (
        "The perplexity is 2 to the power of the nats. Bits go with 2 and nats with e; mixed, the "
        "perplexity of 27 equally likely symbols would be 9.8 and not 27."
    ),
    "mean before the logarithm": (
        "The mean is taken of the probabilities, and the logarithm of that mean. A name's "
        "probability is a product, so the logarithms are what is averaged."
    ),
    "mean of the perplexities": (
        "Your perplexity is the mean of 1 / p over the letters: a single surprise decides it. It "
        "has to be taken once, from the mean of the logarithms."
    ),
}


def _draw(rng, i):
    lengths = rng.integers(1, 2 + i % 6, size=1 + i % 4)
    lengths[0] = max(lengths[0], 2)  # a name at least has a letter, besides its end
    log_p = np.log(rng.uniform(0.01, 1, size=(len(lengths), lengths.max() + i % 3)))
    padding = np.arange(log_p.shape[1]) >= lengths[:, None]
    log_p[padding] = rng.normal(size=padding.sum())
    return {"log_p": log_p, "lengths": lengths}


def _truth(log_p, lengths):
    """Multiply the probabilities of all predictions; the perplexity is a root of 1 / that."""
    likelihood, count = 1.0, 0
    for row, length in zip(log_p, lengths, strict=True):
        for t in range(length):
            likelihood *= float(np.exp(row[t]))
            count += 1
    return -np.log2(likelihood) / count, likelihood ** (-1 / count)


def _nats(log_p, lengths, slips):
    """Nats per prediction."""
    steps = lengths - ("one step too few" in slips) + ("one step too many" in slips)
    real = np.arange(log_p.shape[1]) < steps[:, None]
    count = {
        "padding in the number": log_p.size,
        "per name": len(lengths),
        "end not counted": (lengths - 1).sum(),
        "end counted twice": (lengths + 1).sum(),
    }
    count = next((count[slip] for slip in count if slip in slips), real.sum())
    if "padding in the sum" in slips or "padding counted" in slips:
        real = np.full(log_p.shape, True)
    if "padding counted" in slips:
        count = real.sum()
    if "last step missing in the sum" in slips:
        real = np.arange(log_p.shape[1]) < lengths[:, None] - 1
    if "one padded step in the sum" in slips:
        real = np.arange(log_p.shape[1]) < lengths[:, None] + 1
    if "mean of means" in slips:
        return -np.mean(np.sum(log_p * real, axis=1) / steps)
    if "mean before the logarithm" in slips:
        return -np.log(np.exp(log_p)[real].sum() / count)
    return -log_p[real].sum() / count


def _variant(log_p, lengths, slips=frozenset()):
    nats = _nats(log_p, lengths, slips) * (-1 if "sign" in slips else 1)
    if "logarithm of a logarithm" in slips:
        nats = np.nan
    bits = nats / np.log(2)
    perplexity = np.exp(nats)
    if "natural log" in slips or "nats taken for bits" in slips:
        bits = nats
    if "nats taken for bits" in slips:
        perplexity = 2**nats
    if "multiplied by ln 2" in slips:
        bits = nats * np.log(2)
        perplexity = 2**bits
    if "e to the power of bits" in slips:
        perplexity = np.exp(bits)
    if "2 to the power of nats" in slips:
        perplexity = 2**nats
    if "mean of the perplexities" in slips:
        real = np.arange(log_p.shape[1]) < lengths[:, None]
        perplexity = np.mean(np.exp(-log_p[real]))
    bits = -bits if "sign of the bits alone" in slips else bits
    return bits, 1 / perplexity if "perplexity upside down" in slips else perplexity


EXERCISE = Exercise(
    name="bits_per_letter",
    outputs=("bits", "perplexity"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda log_p, lengths: {
        "names": len(log_p),
        "time": log_p.shape[1],
        "predictions": int(lengths.sum()),
    },
)


def bits_per_letter(answer):
    """Check the score of a model of text, in bits per prediction and as a perplexity.

    Args:
        answer: function `(log_p, lengths) -> (bits, perplexity)`. `log_p (n, time)` holds natural
            logarithms of probabilities, padded with anything; `lengths (n,)` the number of real
            steps of each name, the end included.

    Returns:
        A `Verdict`. The truth is computed from the product of all probabilities.

    """
    return EXERCISE.check(answer)
