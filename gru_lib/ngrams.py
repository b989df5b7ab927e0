"""What a network is measured against: the next letter from counts of the few letters before."""

import numpy as np

from .letters import Alphabet, draw
from .names import require_names
from .validate import require_count, require_positive


class NGram:
    """The next letter from the last `order - 1` symbols, by counts, smoothed by interpolation.

    With c a context, c⁻ the same without its oldest symbol, and # counts in the names fitted on:

    p(l | c) = (#(c, l) + α p(l | c⁻)) / (#(c) + α),

    down to order 1, letter frequencies smoothed by the uniform 1 / 27. So α is how many
    observations the shorter context's opinion is worth (interpolation: Jelinek and Mercer, 1980;
    a bigram of this form, with a fitted distribution in place of the letter frequencies, from a
    prior: MacKay and Peto, 1995). A name is preceded by `order - 1` marks and followed by one.

    Example:
        >>> model = NGram(order=2, smoothing=0.5).fit(["quinn", "enrique"])
        >>> model.alphabet.decode([model.probabilities("q").argmax()])
        'u'

    Args:
        order: 1 for letter frequencies, 2 for bigrams, 3 for trigrams, and so on.
        smoothing: α, above 0; to be chosen on a validation part.
        alphabet: an `Alphabet`, by default the one of `letters`.

    Raises:
        TypeError, ValueError: `order` or `smoothing` is out of range.

    """

    def __init__(self, order, smoothing, alphabet=None):
        self.order = require_count("order", order)
        self.smoothing = require_positive("smoothing", smoothing)
        self.alphabet = Alphabet() if alphabet is None else alphabet
        self._counts = None  # context, at most order - 1 symbols: how often each symbol follows

    def fit(self, names):
        """Count in a list of names, anew; returns the model.

        Raises:
            TypeError, ValueError: no list of names, or a letter that the alphabet lacks.

        """
        counts = {}
        for name in require_names(names):
            text = self._before(name)
            for place, symbol in enumerate(self._following(name), start=self.order - 1):
                for length in range(self.order):
                    context = text[place - length : place]
                    if context not in counts:
                        counts[context] = np.zeros(len(self.alphabet))
                    counts[context][symbol] += 1
        self._counts = counts
        return self

    def probabilities(self, context):
        """Return the probability of every symbol after the beginning `context` of a name.

        Args:
            context: the letters so far, `""` for the first; only the last `order - 1` matter.

        Returns:
            `(27,)`, the mark, that is the end of the name, first.

        Raises:
            RuntimeError: called before `fit`.
            ValueError: a letter that the alphabet lacks.

        """
        self._require_fitted()
        self.alphabet.indices(context)
        return self._mixed(self._before(context))

    def nats_per_name(self, names):
        """Return -log p of each name with its end, `(n,)`, in nats.

        Raises:
            RuntimeError: called before `fit`.
            TypeError, ValueError: no list of names, or a letter that the alphabet lacks.

        """
        self._require_fitted()
        nats = []
        for name in require_names(names):
            text, symbols = self._before(name), self._following(name)
            ends = range(self.order - 1, len(text) + 1)
            p = [self._mixed(text[:end])[s] for end, s in zip(ends, symbols, strict=True)]
            nats.append(-np.sum(np.log(p)))
        return np.array(nats)

    def generate(self, count, seed=None, longest=20):
        """Draw `count` names letter by letter; one that reaches `longest` letters is cut there.

        Raises:
            RuntimeError: called before `fit`.
            TypeError, ValueError: `count` or `longest` is not a whole number above 0.

        """
        self._require_fitted()
        require_count("longest", longest)
        rng, names = np.random.default_rng(seed), []
        for _ in range(require_count("count", count)):
            name = ""
            while len(name) < longest and (symbol := draw(self._mixed(self._before(name)), rng)):
                name += self.alphabet.decode([symbol])
            names.append(name)
        return names

    def _before(self, name):
        return self.alphabet.mark * (self.order - 1) + name

    def _following(self, name):
        """Return the indices of the name's letters and of the mark at its end."""
        return [*self.alphabet.indices(name), 0]

    def _mixed(self, text):
        """From the uniform distribution up, each longer context corrects the shorter one's."""
        p = np.full(len(self.alphabet), 1 / len(self.alphabet))
        for length in range(self.order):
            counts = self._counts.get(text[len(text) - length :])
            if counts is None:  # never seen, and so is every longer one
                break
            p = (counts + self.smoothing * p) / (counts.sum() + self.smoothing)
        return p

    def _require_fitted(self):
        if self._counts is None:
            raise RuntimeError("NGram: call fit on the training part first")
