"""Names, letter by letter: as arrays for a network, and as what a network makes of them."""

import string

import numpy as np

from .activations import softmax
from .bidirectional import Bidirectional
from .names import read_names, require_names, split_names
from .validate import require_count, require_positive

__all__ = [
    "Alphabet",
    "draw",
    "generate",
    "nats_per_name",
    "next_letter",
    "read_names",
    "split_names",
]
BATCH = 512  # names that are scored at once


class Alphabet:
    """Letters and their indices; index 0 is the mark that stands before and after every name.

    Example:
        >>> alphabet = Alphabet()
        >>> x, labels, lengths = alphabet.encode(["al", "bea"])
        >>> x.shape, lengths
        ((2, 4, 27), array([3, 4]))
        >>> alphabet.decode(x[1].argmax(axis=-1)), alphabet.decode(labels[1])
        ('·bea', 'bea·')

    Args:
        letters: a string of different letters, which get the indices 1, 2, …

    Raises:
        ValueError: no letters, one of them twice, or the mark among them.

    """

    mark = "·"

    def __init__(self, letters=string.ascii_lowercase):
        self.symbols = self.mark + letters
        if not letters or len(set(self.symbols)) < len(self.symbols):
            raise ValueError(f"letters: expected different ones without the mark, got {letters!r}")
        self._places = {symbol: i for i, symbol in enumerate(self.symbols)}

    def __len__(self):
        """Return the number of letters, with the mark."""
        return len(self.symbols)

    def indices(self, text):
        """Return the index of every letter of a string, `(len(text),)`.

        Raises:
            ValueError: a letter that the alphabet lacks; the mark is none of its letters.

        """
        for letter in text:
            if letter not in self._places or letter == self.mark:
                expected = f"letters from {self.symbols[1]!r} to {self.symbols[-1]!r}"
                raise ValueError(f"{text!r}: expected {expected}, got {letter!r}")
        return np.array([self._places[letter] for letter in text], dtype=np.int64)

    def decode(self, indices):
        """Return the string of the symbols at `indices (n,)`, with `"·"` for the mark."""
        return "".join(self.symbols[i] for i in indices)

    def encode(self, names, dtype=np.float64):
        """Return names as a batch of sequences in which each step's label is the next step's input.

        Args:
            names: n strings.
            dtype: of `x`, that of the model.

        Returns:
            `x (n, time, 27)`, one-hot: the mark, then the letters, then padding, all zeros;
            `labels (n, time)`, the letters, then the mark, then padding, 0;
            `lengths (n,)`, letters + 1. time is the largest of the lengths.

        Raises:
            TypeError, ValueError: no list of names, or a letter that the alphabet lacks.

        """
        rows = [self.indices(name) for name in require_names(names)]
        lengths = np.array([len(row) + 1 for row in rows])
        labels = np.zeros((len(rows), lengths.max()), np.int64)
        x = np.zeros((*labels.shape, len(self)), dtype)
        x[:, 0, 0] = 1
        for i, row in enumerate(rows):
            labels[i, : len(row)] = row
            x[i, np.arange(1, len(row) + 1), row] = 1
        return x, labels, lengths


def nats_per_name(model, alphabet, names):
    """Return -log p of each name with its end, in nats: the sum over its letters and the mark.

    Args:
        model: a `Model` from letters to letters, with `output="all"`.
        alphabet: its `Alphabet`.
        names: n strings.

    Returns:
        `(n,)`, float64.

    Raises:
        TypeError, ValueError: a model that is none of letters; no list of names, or a letter that
            the alphabet lacks.

    """
    _require_model(model, alphabet)
    names, nats = require_names(names), []
    for i in range(0, len(names), BATCH):
        x, labels, lengths = alphabet.encode(names[i : i + BATCH], model.dtype)
        scores = model.forward(x, lengths=lengths)[0].astype(np.float64)
        scores -= scores.max(axis=-1, keepdims=True)
        chosen = np.take_along_axis(scores, labels[..., None], axis=-1)[..., 0]
        log_p = chosen - np.log(np.exp(scores).sum(axis=-1))
        real = np.arange(labels.shape[1]) < lengths[:, None]
        nats.append(-np.sum(log_p, axis=1, where=real))
    return np.concatenate(nats)


def next_letter(model, alphabet, start, temperature=1.0):
    """Return the probability of every symbol after the beginning `start` of a name.

    Args:
        model: a `Model` from letters to letters, with `output="all"`.
        alphabet: its `Alphabet`.
        start: the letters so far, `""` for the first.
        temperature: see `generate`.

    Returns:
        `(27,)`, the mark, that is the end of the name, first; float64.

    Raises:
        TypeError, ValueError: a model that is none of letters; a letter that the alphabet lacks;
            a temperature that is not a finite number above 0.

    """
    _require_model(model, alphabet)
    require_positive("temperature", temperature)
    x, _, _ = alphabet.encode([start], model.dtype)
    return _probabilities(model.forward(x)[0][0, -1], temperature)


def generate(model, alphabet, count, temperature=1.0, start="", seed=None, longest=20):
    """Draw names from a model, letter by letter, each letter drawn being the next step's input.

    All names are drawn side by side, and the state is carried, so that a letter costs one step.

    Args:
        model: a `Model` from letters to letters, with `output="all"`.
        alphabet: its `Alphabet`.
        count: how many names.
        temperature: what the scores are divided by before the softmax: below 1 likely letters
            become likelier, above 1 all become more alike.
        start: letters that every name begins with.
        seed: seed of the generator that draws.
        longest: a name of so many letters ends there.

    Returns:
        A list of strings.

    Raises:
        TypeError, ValueError: a model that is none of letters; a letter that the alphabet lacks;
            a number out of range; a `start` of more than `longest` letters.

    """
    _require_model(model, alphabet)
    require_count("count", count)
    require_positive("temperature", temperature)
    if len(start) > require_count("longest", longest):
        raise ValueError(f"start: expected at most {longest} letters, got {start!r}")
    rng = np.random.default_rng(seed)
    one_hot = np.eye(len(alphabet), dtype=model.dtype)
    x, _, _ = alphabet.encode([start] * count, model.dtype)
    names, state, ended = [start] * count, None, np.zeros(count, bool)
    for _ in range(longest - len(start)):
        scores, state = model.forward(x, state)
        chosen = draw(_probabilities(scores[:, -1], temperature), rng)
        ended |= chosen == 0
        if ended.all():
            break
        letters = zip(names, chosen, ended, strict=True)
        names = [name if end else name + alphabet.symbols[i] for name, i, end in letters]
        x = one_hot[chosen][:, None]
    return names


def draw(p, rng):
    """Draw an index from each distribution: `p (..., n)` to `(...)`; `rng` is a generator."""
    return np.sum(rng.random((*p.shape[:-1], 1)) >= p.cumsum(axis=-1)[..., :-1], axis=-1)


def _probabilities(scores, temperature):
    scores = scores.astype(np.float64)
    with np.errstate(over="ignore"):  # far below the largest at a tiny temperature: never drawn
        return softmax((scores - scores.max(axis=-1, keepdims=True)) / temperature)


def _require_model(model, alphabet):
    """Raise ValueError unless the model tells the next letter from those before."""
    sizes = model.layers[0].input_size, model.layers[-1].output_size
    if model.output != "all" or sizes != (len(alphabet), len(alphabet)):
        raise ValueError(
            f'model: expected output="all" and {len(alphabet)} numbers in and out, got '
            f'"{model.output}", {sizes[0]} and {sizes[1]}'
        )
    if any(isinstance(layer, Bidirectional) for layer in model.layers):
        raise ValueError("model: expected layers that run forwards, got one that sees what follows")
