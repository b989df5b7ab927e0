"""The training loop: `fit`, the `Training` that it runs, and the `History` that both keep."""

import time

import numpy as np
from tqdm import tqdm

from .history import COLUMNS, History, history_of
from .losses import mean_squared_error
from .updates import Batches, TrainingDiverged, Updater, chunks, learning_rates
from .validate import require_array, require_count

__all__ = ["COLUMNS", "History", "Training", "TrainingDiverged", "fit"]


def fit(
    model,
    x,
    y,
    optimizer,
    *,
    epochs,
    batch_size=32,
    loss=mean_squared_error,
    lengths=None,
    validation=None,
    truncate=None,
    chunk_length=None,
    stateful=True,
    clip_value=None,
    clip_norm=None,
    schedule="constant",
    patience=None,
    shuffle=True,
    seed=None,
):
    """Train `model` in place by mini-batch gradient descent; it ends with its best parameters.

    Best: of lowest validation loss, or training loss without `validation`. The progress bar
    shows only in a terminal.

    Args:
        model: a `Model`.
        x: `(n, time, input)`, one sequence per row.
        y: `(n, output)`, or `(n, time, output)` for a model with `output="all"`.
        optimizer: an object of `optim`.
        epochs: passes over the data.
        batch_size: sequences per update.
        loss: function of prediction and target that returns the loss and its gradient; with
            `lengths` and a model with `output="all"`, it is given the batch's lengths, too.
        lengths: `(n,)`, see `Recurrent.forward`; each batch is cut to its longest sequence.
        validation: `(x, y)` or `(x, y, lengths)`, measured after every epoch, never trained on.
        truncate: truncated BPTT, first meaning: the gradient of each loss term crosses at most
            this many recurrent steps.
        chunk_length: truncated BPTT, second meaning, for a model with `output="all"`: sequences
            are cut into chunks of this many steps, with an update, and BPTT, inside each.
        stateful: with `chunk_length`, a chunk starts from the state in which the one before it
            ended; False starts every chunk from zeros.
        clip_value: clip every entry of the gradient into [-clip_value, clip_value].
        clip_norm: clip the global norm of the gradient.
        schedule: `"constant"`, or `"linear"`: the learning rate falls, update by update, to 0.
        patience: stop when this many epochs in a row have not improved on the best.
        shuffle: visit the sequences in a new random order every epoch.
        seed: seed of that order.

    Returns:
        The `History`.

    Raises:
        TrainingDiverged: a loss, a gradient or a parameter is no longer finite.
        TypeError, ValueError: an option out of range, or `x` and `y` that do not fit the model.

    """
    updater = Updater(model, optimizer, loss, truncate, clip_value, clip_norm)
    batches = Batches(batch_size, shuffle, seed)
    options = {"lengths": lengths, "validation": validation}
    options |= {"chunk_length": chunk_length, "stateful": stateful}
    training = Training(updater, batches, x, y, **options)
    return training.run(epochs, schedule=schedule, patience=patience)


class Training:
    """A training that can be stopped, kept, and taken up again later; `fit` runs one to its end.

    Example:
        >>> import numpy as np
        >>> from gru_lib import RNN, Dense, Model
        >>> from gru_lib.optim import SGD
        >>> model = Model(RNN(1, 4, seed=0), Dense(4, 1, seed=1))
        >>> x, y = np.ones((5, 3, 1)), np.ones((5, 1))
        >>> training = Training(Updater(model, SGD(0.1)), Batches(seed=0), x, y)
        >>> len(training.run(2)), len(training.run(5))
        (2, 5)

    Args:
        updater: what makes one update of the model.
        batches: what the updates of an epoch are made from.
        x, y, lengths, validation, chunk_length, stateful: as for `fit`.

    """

    def __init__(
        self,
        updater,
        batches,
        x,
        y,
        *,
        lengths=None,
        validation=None,
        chunk_length=None,
        stateful=True,
    ):
        self._updater, self._batches = updater, batches
        self._x, self._y, self._lengths = updater.require_rows("x and y", x, y, lengths)
        if validation is not None:
            if len(validation) not in (2, 3):
                raise ValueError(f"validation: expected 2 or 3 arrays, got {len(validation)}")
            validation = updater.require_rows("validation", *validation)
        self._validation = validation
        self._chunks = chunks(updater.model, self._x.shape[1], chunk_length, lengths)
        self._stateful = stateful
        self._rows, self._best, self._waited = [], np.inf, 0
        self._kept = self._latest = updater.copy_parameters()

    @property
    def history(self):
        """The `History` of the epochs that are complete."""
        return history_of(self._rows)

    def run(self, epochs, *, schedule="constant", patience=None, after_epoch=None):
        """Train until `epochs` epochs are complete in all; the model ends with its best parameters.

        Args:
            epochs: all epochs, with those of earlier calls.
            schedule: see `fit`.
            patience: see `fit`.
            after_epoch: function that is called with this training after every epoch.

        Returns:
            The `history`.

        Raises:
            TrainingDiverged: a loss, a gradient or a parameter is no longer finite.
            TypeError, ValueError: an option out of range.

        """
        epochs, done = require_count("epochs", epochs), len(self._rows)
        patience = np.inf if patience is None else require_count("patience", patience)
        full_rate = self._updater.optimizer.learning_rate
        per_epoch = self._batches.count(len(self._x)) * len(self._chunks)
        rates = learning_rates(schedule, full_rate, epochs, per_epoch, done)
        bar = tqdm(range(done + 1, epochs + 1), "epoch", epochs, initial=done, disable=None)
        self._updater.restore_parameters(self._latest)
        try:
            for epoch in bar:
                score = self._epoch(epoch, rates)
                bar.set_postfix_str(f"loss {score:.3g}")
                if after_epoch is not None:
                    after_epoch(self)
                if self._waited >= patience:
                    break
        except TrainingDiverged as error:
            error.history = self.history
            raise
        finally:  # also when the user interrupts
            bar.close()
            self._updater.optimizer.learning_rate = full_rate
            self._updater.restore_parameters(self._kept)
        return self.history

    def _epoch(self, epoch, rates):
        """Visit all sequences once; return the number by which the best epoch is chosen."""
        measured, started = [], time.perf_counter()
        for batch, chosen in enumerate(self._batches.draw(len(self._x)), start=1):
            state = None
            lengths = None if self._lengths is None else self._lengths[chosen]
            for part in self._chunks:
                self._updater.optimizer.learning_rate = next(rates)
                if lengths is not None:
                    part = slice(max(1, lengths.max()))
                x, y = self._x[chosen, part], self._y[chosen]
                if self._updater.model.output == "all":
                    y = y[:, part]
                numbers, state = self._updater.update(x, y, state, (epoch, batch), lengths)
                state = state if self._stateful else None
                measured.append(numbers)
        value, norm, clipped = np.mean(measured, axis=0)
        score = np.nan
        if self._validation is not None:
            score = self._updater.evaluate(*self._validation, (epoch, batch))
        self._rows.append([value, score, norm, clipped, time.perf_counter() - started])
        self._latest = self._updater.copy_parameters()
        score = value if self._validation is None else score
        self._waited = 0 if score < self._best else self._waited + 1
        if score < self._best:
            self._best, self._kept = score, self._latest
        return score

    def state(self):
        """Return all that later epochs depend on, as it was after the latest complete epoch.

        To be called from `after_epoch`, or between calls of `run`.

        Returns:
            A description that `json` can hold, and a dict of arrays.

        """
        rng = self._batches.rng
        description = {
            "rows": [list(map(float, row)) for row in self._rows],
            "best": float(self._best),
            "waited": self._waited,
            "random": None if rng is None else rng.bit_generator.state,
            "dropout": self._updater.model.rng.bit_generator.state,
        }
        arrays = {f"latest.{name}": w.copy() for name, w in self._latest.items()}
        arrays |= {f"best.{name}": w.copy() for name, w in self._kept.items()}
        memory = self._updater.optimizer.state()
        return description, arrays | {f"optimizer.{name}": a for name, a in memory.items()}

    def restore(self, description, arrays):
        """Go on from what `state` returned; the model is given the best parameters.

        Raises:
            TypeError, ValueError: the state is not that of a training like this one.

        """
        try:
            rows = np.array(description["rows"], float).reshape(-1, len(COLUMNS)).tolist()
            if len(rows) != len(description["rows"]):
                raise ValueError(f"rows: expected {len(COLUMNS)} numbers in each")
            parts = {part: {} for part in ("latest", "best", "optimizer")}
            for key, array in arrays.items():
                part, _, name = key.partition(".")
                parts[part][name] = array
            params = self._updater.model.params
            for part in ("latest", "best"):
                for name, w in params.items():
                    require_array(f"{part}.{name}", parts[part][name], w.shape, w.dtype)
            self._updater.optimizer.restore(parts["optimizer"], params)
            if self._batches.rng is not None:
                self._batches.rng.bit_generator.state = description["random"]
            self._updater.model.rng.bit_generator.state = description["dropout"]
            self._best, self._waited = float(description["best"]), int(description["waited"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"state: not that of a training like this one: {error}") from error
        self._rows, self._latest, self._kept = rows, parts["latest"], parts["best"]
        self._updater.restore_parameters(self._kept)
