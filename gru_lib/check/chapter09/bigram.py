"""Chapter 9: a bigram model, smoothed by the frequencies of the letters."""

import numpy as np

from ...letters import Alphabet
from ...ngrams import NGram
from ..exercise import Exercise


def _rows(text):
    """Return an explanation that ends with what the rows of the answer add up to."""

    def explained(found):
        sums = found.yours["p"].sum(axis=1)
        worst = sums[np.argmax(np.abs(np.nan_to_num(sums, nan=np.inf) - 1))]
        return f"{text} One of your rows adds up to {worst:.4g}."

    return explained


SLIPS = {
    "smoothing missing": (
        "These are the bare counts divided by their sum. What was never seen has the probability "
        "0, its loss is infinite, and a symbol that no name contains has a row of 0 / 0. Mix in "
        "alpha times p(l)."
    ),
    "letter frequencies left out": (
        "Each row is mixed with 1 / K where the smoothed frequencies p(l) belong. After a rare "
        "letter a common one is likelier than a rare one; 1 / K comes in one level below."
    ),
    "letter frequencies not smoothed": (
        "p(l) is C(l) / C without smoothing: a symbol that no name contains is impossible after "
        "everything. It is mixed with 1 / K in the same way, with the same alpha."
    ),
    "Laplace's rule": (
        "This is (C(c, l) + alpha) / (C(c) + alpha K): alpha observations of *every* symbol. Here "
        "alpha observations are shared among all symbols, in the proportions of p(l)."
    ),
    "Laplace's rule for the letters": (
        "p(l) is (C(l) + alpha) / (C + alpha K): alpha observations of *every* symbol. Here alpha "
        "observations are shared among the K symbols, alpha / K for each."
    ),
    "alpha for alpha / K": _rows(
        "p(l) is (C(l) + alpha) / (C + alpha): each of the K symbols gets all of alpha. It is "
        "shared among them, alpha / K for each; otherwise the p(l) add up to more than 1."
    ),
    "p(l) along the rows": _rows(
        "Alpha times p(l) is added along the wrong axis: all of row c gets p(c). Each *column* l "
        "gets its p(l), so it must be an array of shape `(K,)` or `(1, K)`, not `(K, 1)`."
    ),
    "uniform for what was never seen": (
        "The row of a symbol that no name contains is 1 / K. The formula needs no exception: with "
        "no counts, p(l) remains, and common letters stay the likelier ones."
    ),
    "alpha missing below": _rows(
        "Alpha is added above and not below. What is added above adds up to alpha, over all "
        "symbols; the sum below grows by the same."
    ),
    "divided by all predictions": _rows(
        "Each count is divided by the number of all predictions: that is how probable the *pair* "
        "is. After c means among those that follow c: divide each row by its own C(c)."
    ),
    "keepdims missing": _rows(
        "The sums of the rows are divided into the columns: `(K, K) / (K,)` divides column l by "
        "number l. Row c belongs to C(c), so the sums need the shape `(K, 1)`."
    ),
    "transposed": (
        "The table is the other way round: what is read belongs to the rows and what follows to "
        "the columns."
    ),
    "front mark counted": (
        "The mark is counted twice for each name in p(l): the one in front is read only, nobody "
        "has to predict it. C(l) counts what was asked for."
    ),
    "end not counted": (
        "The mark after each name is not counted, so that names never end. A name of n letters "
        "has n + 1 predictions, and the end is one of them."
    ),
    "beginning not counted": (
        "What comes first, after the mark in front, is not counted: the row of the mark holds "
        "nothing but p(l). A name of n letters has n + 1 predictions."
    ),
    "names run together": (
        "The names are joined without marks between them: the first letter of a name is counted as "
        "following the last letter of the one before. Every name has its own two marks."
    ),
    "mark after mark counted": (
        "All names, each with its two marks, are read as one text: between two names the mark "
        "seems to follow the mark. Nobody predicts the mark in front; count name by name."
    ),
    "names counted once": (
        "A name that occurs several times is counted once. Here every entry of the list counts."
    ),
    "27 for K": (
        "27 is the chapter's alphabet; here K is `len(symbols)`, and each symbol gets alpha / K."
    ),
    "alpha times K below": _rows(
        "alpha K is added below, where alpha belongs. What is added above is alpha times p(l), and "
        "over all symbols that adds up to alpha."
    ),
    "alpha missing above": _rows(
        "p(l) is added above without its factor alpha. Above and below must grow by the same, and "
        "the p(l) add up to 1."
    ),
    "p(l) of letters alone": (
        "p(l) is made without the ends of the names. The mark after each name is asked for like a "
        "letter: C(0) is the number of names, and they count in C."
    ),
    "ends not in C": _rows(
        "In p(l) the sum C is the number of letters, without the ends. The mark after each name "
        "is a prediction, too."
    ),
    "repeats counted once": (
        "A pair that occurs several times in a name is counted once: `counts[a, b] += 1` with "
        "arrays a and b writes the same entry several times, each time from the old value. "
        "`np.add.at` adds, and so does a loop."
    ),
    "= for +=": (
        "Each pair is counted once however often it occurs: its count is set to 1 and not raised "
        "by 1 (`counts[a, b] = 1`, or `+= 1` with arrays a and b of all pairs; `np.add.at` adds)."
    ),
    "numbers of the alphabet": (
        "The letters are numbered as in the alphabet, a 1, b 2, and so on. Their numbers are their "
        "places in `symbols`, whose order may be another one."
    ),
}


def _draw(rng, i):
    size = (3, 5, 4, 7, 6)[i % 5]
    letters = rng.permutation(list("abcdefgh"[: size - 1]))
    known = letters if i % 3 < 2 else letters[: max(1, size - 2)]  # one is never seen
    weights = rng.dirichlet(np.full(len(known), 2.0))
    lengths = rng.integers(1, 6, size=1 + (i + 1) % 6)
    names = ["".join(rng.choice(known, n, p=weights)) for n in lengths]
    names += names[:1] * (i % 4 == 1)  # stands twice
    alpha = (1.0, 0.5, 2.0, 5.0)[i % 4]
    return {"names": names, "symbols": "·" + "".join(letters), "alpha": alpha}


def _truth(names, symbols, alpha):
    """The package's own bigram, asked for each context by itself."""
    model = NGram(order=2, smoothing=alpha, alphabet=Alphabet(symbols[1:])).fit(names)
    return np.stack([model.probabilities(context) for context in ["", *symbols[1:]]])


def _pairs(names, symbols, slips):
    """Yield the numbers of the symbols read and asked for, name by name."""
    for name in ["".join(names)] if "names run together" in slips else names:
        numbers = [symbols.index(letter) for letter in name]
        if "numbers of the alphabet" in slips:
            numbers = [ord(letter) - ord("a") + 1 for letter in name]
        pairs = list(zip([0, *numbers], [*numbers, 0], strict=True))
        pairs = pairs[1:] if "beginning not counted" in slips else pairs
        yield pairs[:-1] if "end not counted" in slips else pairs


def _counts(names, symbols, slips):
    """How often each symbol was asked for, in columns, after each, in rows."""
    counts = np.zeros((len(symbols), len(symbols)))
    names = sorted(set(names)) if "names counted once" in slips else names
    for pairs in _pairs(names, symbols, slips):
        for pair in set(pairs) if "repeats counted once" in slips else pairs:
            counts[pair] = 1 if "= for +=" in slips else counts[pair] + 1
    if "mark after mark counted" in slips:
        counts[0, 0] += len(names) - 1
    return counts


def _alone(asked, names, alpha, slips):
    """The smoothed frequencies p(l), from how often each symbol was asked for."""
    size = len(asked)
    if "letter frequencies left out" in slips:
        return np.full(size, 1 / size)
    if "front mark counted" in slips:
        asked = asked + len(names) * (np.arange(size) == 0)
    if "p(l) of letters alone" in slips:
        asked = asked * (np.arange(size) > 0)
    if "letter frequencies not smoothed" in slips:
        return asked / asked.sum()
    if "Laplace's rule for the letters" in slips:
        return (asked + alpha) / (asked.sum() + alpha * size)
    floor = alpha if "alpha for alpha / K" in slips else alpha / size
    floor = alpha / 27 if "27 for K" in slips else floor
    below = asked[1:].sum() if "ends not in C" in slips else asked.sum()
    return (asked + floor) / (below + alpha)


def _variant(names, symbols, alpha, slips=frozenset()):
    size = len(symbols)
    counts = _counts(names, symbols, slips)
    alone = _alone(counts.sum(axis=0), names, alpha, slips)
    alone = alone[:, None] if "p(l) along the rows" in slips else alone
    above, seen = alpha * alone, counts.sum(axis=1, keepdims=True)
    below = alpha * size if "alpha times K below" in slips else alpha
    if "alpha missing above" in slips:
        above = alone
    if "smoothing missing" in slips:
        above, below = 0 * above, 0
    if "Laplace's rule" in slips:
        above, below = np.full(size, alpha), alpha * size
    if "alpha missing below" in slips:
        below = 0
    if "divided by all predictions" in slips:
        seen = counts.sum()
    if "keepdims missing" in slips:
        seen = counts.sum(axis=1)
    p = (counts + above) / (seen + below)
    if "uniform for what was never seen" in slips:
        p[counts.sum(axis=1) == 0] = 1 / size
    return p.T if "transposed" in slips else p


EXERCISE = Exercise(
    name="bigram",
    outputs=("p",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda names, symbols, alpha: {"names": len(names), "symbols": len(symbols)},
)


def bigram(answer):
    """Check the probabilities of a bigram model.

    Args:
        answer: function `(names, symbols, alpha) -> p`. `names` is a list of strings, `symbols` a
            string of K symbols, the mark first, `alpha` the smoothing; `p (K, K)` has the
            probability of symbol l after symbol c in row c and column l.

    Returns:
        A `Verdict`. The truth is `gru_lib.ngrams.NGram` (chapter 9, math-letters-interpolation).

    """
    return EXERCISE.check(answer)
