"""The longer runs of chapter 9: other counting models, more seeds, names read backwards."""

from notebooks import BOOK, page, show  # first: it sets the number of BLAS threads

# isort: split
import numpy as np

from gru_lib import Model
from gru_lib.activations import softmax
from gru_lib.letters import Alphabet, nats_per_name, read_names, split_names
from gru_lib.losses import softmax_cross_entropy
from gru_lib.ngrams import NGram
from gru_lib.optim import Adam
from gru_lib.training import fit


def of_each_letter(model, x, labels, lengths):
    """Return the probability that a model gave each letter that came, name after name."""
    real = np.arange(labels.shape[1]) < lengths[:, None]
    p = softmax(model.forward(x, lengths=lengths)[0].astype(float))
    return np.take_along_axis(p, labels[..., None], axis=-1)[real, 0]


def chapter09():
    """A 6-gram, a 5-gram that is told the position, more seeds, and names read backwards."""
    names = page("09-next-letter")
    alphabet, bits_per_letter = Alphabet(), names["bits_per_letter"]
    parts = split_names(read_names()["name"].tolist(), seed=0)
    training, validation, test = parts

    class Placed(NGram):
        """Each order is asked twice, the second time with the number of the letter."""

        def fit(self, names):
            self._counts = {}
            for name in names:
                for end, symbol in enumerate(self._following(name), self.order - 1):
                    for key in self._keys(self._before(name)[:end]):
                        self._counts.setdefault(key, np.zeros(27))[symbol] += 1
            return self

        def _keys(self, text):
            for length in range(self.order):
                context = text[len(text) - length :]
                yield from ((context,), (context, len(text)))

        def _mixed(self, text):
            p = np.full(27, 1 / 27)
            for key in self._keys(text):
                counts = self._counts.get(key, np.zeros(27))
                p = (counts + self.smoothing * p) / (counts.sum() + self.smoothing)
            return p

    for label, model in (("6-gram", NGram(6, 1)), ("5-gram and position", Placed(5, 1))):
        model.fit(training)
        found = []
        for model.smoothing in (10, 20, 50, 100):
            bits = bits_per_letter(model.nats_per_name(validation), validation)
            found.append((bits, model.smoothing))
        best, model.smoothing = min(found)
        bits = bits_per_letter(model.nats_per_name(test), test)
        show(f"{label}: alpha, validation, test", [model.smoothing, best, bits], "{:.4g}")
    for turned in (False, True):
        seen, held_out, new = ([n[::-1] for n in part] if turned else part for part in parts)
        x, labels, lengths = alphabet.encode(seen, np.float32)
        options = {"lengths": lengths, "validation": alphabet.encode(held_out, np.float32)}
        for seed in range(3):
            model = names["new_model"](seed)
            history = fit(
                model,
                x,
                labels,
                Adam(0.01),
                epochs=16,
                batch_size=64,
                loss=softmax_cross_entropy,
                clip_norm=1.0,
                seed=seed,
                **options,
            )
            best = history["validation_loss"].min() / np.log(2)
            nats = nats_per_name(model, alphabet, new)
            way = "reversed" if turned else "forwards"
            label = f"{way}, seed {seed}: epoch, bits, test bits, nats"
            measured = history.best_epoch, best, bits_per_letter(nats, new), nats.mean()
            show(label, measured, "{:.4g}")
            if (turned, seed) == (False, 0):
                trained = Model.load(BOOK.parent / "data" / "next-letter.npz")
                coded = alphabet.encode(test, np.float32)
                begin = np.cumsum(coded[2]) - coded[2]
                p, q = of_each_letter(trained, *coded), of_each_letter(model, *coded)
                gain = np.add.reduceat(np.log((p + q) / 2) - np.log(p), begin)
                error = gain.std(ddof=1) / np.sqrt(len(test))
                show("mixed with the committed GRU: gain, error", [gain.mean(), error])
