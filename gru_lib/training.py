"""The training loop: `fit`, the `History` it returns, and the error that ends a diverging run."""

import itertools
import time

import numpy as np
import pandas as pd
from tqdm import tqdm

from .losses import mean_squared_error
from .optim import clip_by_global_norm, clip_by_value, global_norm
from .validate import require_array, require_choice, require_count, require_positive

COLUMNS = ["loss", "validation_loss", "gradient_norm", "clipped_norm", "seconds"]


class History(pd.DataFrame):
    """One row per epoch, indexed from 1.

    Columns: `loss` (mean over the batches, each before its update), `validation_loss` (at the end;
    NaN without validation data), `gradient_norm` and `clipped_norm` (mean global norm before and
    after clipping), `seconds` (that epoch took).
    """

    @property
    def _constructor(self):
        return pd.DataFrame  # a part of a history is a plain table

    @property
    def best_epoch(self):
        """The epoch whose parameters `fit` kept: lowest validation loss, else loss; 0 at first."""
        column = "loss" if self["validation_loss"].isna().all() else "validation_loss"
        return 0 if self.empty else int(self[column].idxmin())


class TrainingDiverged(ArithmeticError):
    """Training met a number that is not finite; the model holds the best parameters so far.

    The attribute `history` holds the epochs that were completed.
    """

    def __init__(self, epoch, batch, culprit):
        super().__init__(
            f"training diverged in epoch {epoch}, batch {batch}: {culprit} is not finite. "
            "The usual remedies: a smaller learning rate, clipping (clip_norm=1.0), "
            "inputs scaled to about unit size. The best parameters so far are kept."
        )
        self.history = None


def fit(
    model,
    x,
    y,
    optimizer,
    *,
    epochs,
    batch_size=32,
    loss=mean_squared_error,
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
        loss: function of prediction and target that returns the loss and its gradient.
        validation: a pair like `(x, y)` that is measured after every epoch, never trained on.
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
    epochs = require_count("epochs", epochs)
    patience = np.inf if patience is None else require_count("patience", patience)
    trainer = _Trainer(model, optimizer, loss, truncate, clip_value, clip_norm)
    x, y = trainer.require_pair("x and y", x, y)
    if validation is not None:
        validation = trainer.require_pair("validation", *validation)
    chunks = _chunks(model, x.shape[1], chunk_length)
    batches = _Batches(len(x), batch_size, shuffle, seed)
    full_rate = optimizer.learning_rate
    rates = _rates(schedule, full_rate, epochs * len(batches) * len(chunks))
    best, waited, rows = np.inf, 0, []
    kept = trainer.copy_parameters()
    try:
        for epoch in tqdm(range(1, epochs + 1), "epoch", disable=None):
            measured, started = [], time.perf_counter()
            for batch, chosen in enumerate(batches, start=1):
                state = None
                for part in chunks:
                    optimizer.learning_rate = next(rates)
                    target = y[chosen] if chunk_length is None else y[chosen, part]
                    numbers, state = trainer.update(x[chosen, part], target, state, (epoch, batch))
                    state = state if stateful else None
                    measured.append(numbers)
            value, norm, clipped = np.mean(measured, axis=0)
            score = np.nan if validation is None else trainer.evaluate(*validation, (epoch, batch))
            rows.append([value, score, norm, clipped, time.perf_counter() - started])
            score = value if validation is None else score
            waited = 0 if score < best else waited + 1
            if score < best:
                best, kept = score, trainer.copy_parameters()
            if waited >= patience:
                break
    except TrainingDiverged as error:
        error.history = _history(rows)
        raise
    finally:  # also when the user interrupts
        optimizer.learning_rate = full_rate
        trainer.restore_parameters(kept)
    return _history(rows)


class _Trainer:
    """One update, and one evaluation, of a model; every number is checked to be finite."""

    def __init__(self, model, optimizer, loss, truncate, clip_value, clip_norm):
        for name, limit in (("clip_value", clip_value), ("clip_norm", clip_norm)):
            if limit is not None:
                require_positive(name, limit)
        self.model = model
        self.optimizer = optimizer
        self.loss = loss
        self.truncate = truncate
        self.clip_value = clip_value
        self.clip_norm = clip_norm

    @np.errstate(over="ignore", invalid="ignore")  # reported by name, see `require_finite`
    def update(self, x, y, state, where):
        """Take one step; return (loss, norm, clipped norm) and the final state."""
        prediction, final = self.model.forward(x, state)
        self.require_finite(where, {"the prediction": prediction})
        value, dy = self.loss(prediction, y)
        self.require_finite(where, {"the loss": value})
        self.model.backward(dy, truncate=self.truncate)
        grads, params = self.model.grads, self.model.params
        norm = global_norm(grads)
        if not np.isfinite(norm):
            self.require_finite(where, {f"the gradient of {n}": g for n, g in grads.items()})
        if self.clip_value is not None:
            clip_by_value(grads, self.clip_value)
        if self.clip_norm is not None:
            clip_by_global_norm(grads, self.clip_norm)
        clipped = global_norm(grads)
        self.optimizer.update(params, grads)
        self.require_finite(where, {f"the parameter {n}": w for n, w in params.items()})
        return (value, norm, clipped), final

    @np.errstate(over="ignore", invalid="ignore")
    def evaluate(self, x, y, where):
        """Return the loss on data that is not trained on."""
        value, _ = self.loss(self.model.forward(x)[0], y)
        self.require_finite(where, {"the validation loss": value})
        return value

    @staticmethod
    def require_finite(where, arrays):
        for name, array in arrays.items():
            if not np.isfinite(array).all():
                raise TrainingDiverged(*where, name)

    def require_pair(self, name, x, y):
        """Return inputs and targets as arrays, checked against each other and the model."""
        shape = ("n", "time", self.model.layers[0].input_size)
        x = require_array(f"x of {name}", x, shape, self.model.dtype)
        y = np.atleast_1d(y)
        if len(y) != len(x):
            raise ValueError(f"{name}: expected as many targets as inputs, got {len(y)}, {len(x)}")
        if self.model.output == "all" and y.shape[1:2] != x.shape[1:2]:
            raise ValueError(f"{name}: expected {x.shape[1]} targets a row, got shape {y.shape}")
        y = require_array(f"y of {name}", y, tuple(f"n{i}" for i in range(y.ndim)), y.dtype)
        return x, y

    def copy_parameters(self):
        return {name: w.copy() for name, w in self.model.params.items()}

    def restore_parameters(self, kept):
        for name, w in self.model.params.items():
            w[...] = kept[name]


class _Batches:
    """Index arrays of the mini-batches of one epoch, in a new order each time."""

    def __init__(self, count, batch_size, shuffle, seed):
        self.count = count
        self.batch_size = require_count("batch_size", batch_size)
        self.rng = np.random.default_rng(seed) if shuffle else None

    def __len__(self):
        return -(-self.count // self.batch_size)

    def __iter__(self):
        order = np.arange(self.count) if self.rng is None else self.rng.permutation(self.count)
        return iter(np.array_split(order, range(self.batch_size, self.count, self.batch_size)))


def _chunks(model, time_steps, chunk_length):
    """Return the slices of the time axis that are trained on one after the other."""
    if chunk_length is None:
        return [slice(None)]
    require_count("chunk_length", chunk_length)
    if model.output != "all":
        raise ValueError('chunk_length: expected a model with output="all", got "last"')
    return [slice(i, i + chunk_length) for i in range(0, time_steps, chunk_length)]


def _rates(schedule, full, updates):
    """Return the learning rates of all updates, in order."""
    if require_choice("schedule", schedule, ("constant", "linear")) == "constant":
        return itertools.repeat(full, updates)
    return iter(full * (1 - np.arange(updates) / updates))


def _history(rows):
    index = pd.RangeIndex(1, len(rows) + 1, name="epoch")
    return History(rows, index=index, columns=COLUMNS, dtype=float)
