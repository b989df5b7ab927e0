"""One update at a time: batches, chunks, clipping, rates, and the error of a diverging run."""

import itertools

import numpy as np

from .losses import mean_squared_error
from .optim import clip_by_global_norm, clip_by_value, global_norm
from .validate import require_array, require_choice, require_count, require_positive, valid_steps


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
        self.epoch, self.batch, self.culprit = epoch, batch, culprit
        self.history = None


class Updater:
    """One update, and one evaluation, of a model; every number is checked to be finite."""

    def __init__(
        self,
        model,
        optimizer,
        loss=mean_squared_error,
        truncate=None,
        clip_value=None,
        clip_norm=None,
    ):
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
    def update(self, x, y, state, where, lengths=None):
        """Take one step; return (loss, norm, clipped norm) and the final state."""
        prediction, final = self.model.forward(x, state, lengths, training=True)
        self.require_finite(where, {"the prediction": prediction})
        value, dy = self._loss(prediction, y, lengths)
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
    def evaluate(self, x, y, lengths, where):
        """Return the loss on data that is not trained on."""
        value, _ = self._loss(self.model.forward(x, lengths=lengths)[0], y, lengths)
        self.require_finite(where, {"the validation loss": value})
        return value

    def _loss(self, prediction, y, lengths):
        padded = lengths is not None and self.model.output == "all"
        return self.loss(prediction, y, lengths) if padded else self.loss(prediction, y)

    @staticmethod
    def require_finite(where, arrays):
        """Raise TrainingDiverged at (epoch, batch) with the name of the first bad array."""
        for name, array in arrays.items():
            if not np.isfinite(array).all():
                raise TrainingDiverged(*where, name)

    def require_rows(self, name, x, y, lengths=None):
        """Return inputs, targets and lengths, checked against each other and the model."""
        shape = ("n", "time", self.model.layers[0].input_size)
        x = require_array(f"x of {name}", x, shape, self.model.dtype)
        y = np.atleast_1d(y)
        if len(y) != len(x):
            raise ValueError(f"{name}: expected as many targets as inputs, got {len(y)}, {len(x)}")
        if self.model.output == "all" and y.shape[1:2] != x.shape[1:2]:
            raise ValueError(f"{name}: expected {x.shape[1]} targets a row, got shape {y.shape}")
        y = require_array(f"y of {name}", y, tuple(f"n{i}" for i in range(y.ndim)), y.dtype)
        if lengths is not None:
            valid_steps(lengths, *x.shape[:2])
            lengths = np.array(lengths)
        return x, y, lengths

    def copy_parameters(self):
        """Return a copy of the model's parameters, by name."""
        return {name: w.copy() for name, w in self.model.params.items()}

    def restore_parameters(self, kept):
        """Put kept values back into the model's own arrays."""
        for name, w in self.model.params.items():
            w[...] = kept[name]


class Batches:
    """The mini-batches of every epoch, in a new order each time; arguments as for `fit`."""

    def __init__(self, batch_size=32, shuffle=True, seed=None):
        self.batch_size = require_count("batch_size", batch_size)
        self.rng = np.random.default_rng(seed) if shuffle else None

    def count(self, rows):
        """Return the number of batches of an epoch."""
        return -(-rows // self.batch_size)

    def draw(self, rows):
        """Return the index arrays of the batches of the next epoch."""
        order = np.arange(rows) if self.rng is None else self.rng.permutation(rows)
        return np.array_split(order, range(self.batch_size, rows, self.batch_size))


def chunks(model, time_steps, chunk_length, lengths=None):
    """Return the slices of the time axis that are trained on one after the other."""
    if chunk_length is None:
        return [slice(None)]
    require_count("chunk_length", chunk_length)
    if lengths is not None:
        raise ValueError("lengths: expected None with chunk_length, got both")
    if model.output != "all":
        raise ValueError('chunk_length: expected a model with output="all", got "last"')
    return [slice(i, i + chunk_length) for i in range(0, time_steps, chunk_length)]


def learning_rates(schedule, full, epochs, per_epoch, done):
    """Return the learning rates of all updates after the first `done` epochs, in order."""
    count, total = done * per_epoch, epochs * per_epoch
    if require_choice("schedule", schedule, ("constant", "linear")) == "constant":
        return itertools.repeat(full, max(0, total - count))
    return iter(full * (1 - np.arange(count, total) / total))
