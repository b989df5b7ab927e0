"""One training run and its folder: train, keep what was best, write it, and take it up again."""

import hashlib
import io
import json
import math
import time
from pathlib import Path

import pandas as pd

from .dense import Dense
from .evaluation import evaluate
from .forecaster import Forecaster
from .gru import GRU
from .lstm import LSTM
from .model import Model
from .optim import SGD, Adam
from .plots import plot_cost, plot_residuals, plot_sequence, plt, use_style
from .rnn import RNN
from .series import read_series
from .storage import read, whole, write
from .training import Training
from .updates import Batches, TrainingDiverged, Updater

CELLS = {"gru": GRU, "lstm": LSTM, "rnn": RNN}
OPTIMIZERS = {"adam": Adam, "sgd": SGD}
CHECKPOINT = "checkpoint.npz"
CHECKPOINT_SECONDS = 5  # at least, between two while training


class Run:
    """A network, the series it learns from, and its training.

    Args:
        options: dict of the options of `python -m gru_lib train`, by name with `_` for `-`; all of
            `options.DEFAULTS`.

    Attributes:
        series: the whole `pd.Series`.
        rows: how many rows of it, the earliest, are not the test part.
        fitted: how many of those are learnt from; on the others the best epoch is chosen.
        forecaster, training: see there.

    Raises:
        ValueError: the data or an option cannot be used.

    """

    def __init__(self, options):
        self.options = options
        name, log = options["data_file"], options["log"]
        self.series = read_series(name, options["column"], positive=log)
        values = self.series.to_numpy()
        self.rows = int(options["split_ratio"] * len(values) + 1e-9)
        held_out = int(options["validation_ratio"] * self.rows + 1e-9)
        self.fitted = self.rows - held_out
        lead = options["seq_length"] + options["difference"]
        if not lead < self.fitted <= self.rows < len(values):
            raise ValueError(
                f"{name}: too few rows: a training part of more than {lead} and a test part of at "
                f"least 1 were expected, got {self.fitted} and {len(values) - self.rows}"
            )
        if options["validation_ratio"] > 0 and held_out == 0:
            raise ValueError(f"{name}: too few rows: expected at least 1 for validation, got 0")
        cell, seed = CELLS[options["cell"]], options["seed"]
        hidden = options["hidden_size"]
        model = Model(cell(1, hidden, seed=seed), Dense(hidden, 1, seed=seed + 1))
        about = {"column": self.series.name, "window": options["seq_length"]}
        about |= {"log": log, "difference": options["difference"]}
        try:
            self.forecaster = Forecaster(model, values[: self.fitted], **about)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
        x, y = self.forecaster.examples(values)
        learnt, chosen = slice(self.fitted - lead), slice(self.fitted - lead, self.rows - lead)
        self._x, self._y = x[learnt], y[learnt]
        validation = (x[chosen], y[chosen]) if held_out else None
        optimizer = OPTIMIZERS[options["optimizer"]](options["learning_rate"])
        updater = Updater(model, optimizer, clip_norm=options["clip"])
        batches = Batches(options["batch_size"], seed=seed)
        self.training = Training(updater, batches, self._x, self._y, validation=validation)
        self._kept = None  # the state after the latest epoch
        self.written = False  # whether there is a checkpoint of this run

    def train(self, folder):
        """Train, with a checkpoint in the folder every few seconds, and write all files.

        Ctrl-C ends the training early, and so do numbers that are no longer finite: the best
        parameters so far are kept, as long as one epoch is complete.

        Returns:
            The `metrics`, and the exception that ended the training early or None.

        """
        folder, stopped, written = Path(folder), None, time.monotonic()

        def after_epoch(training):
            nonlocal written
            self._kept = training.state()
            if time.monotonic() - written > CHECKPOINT_SECONDS:
                self._write_checkpoint(folder)
                written = time.monotonic()

        try:
            self.training.run(self.options["num_epochs"], after_epoch=after_epoch)
        except (KeyboardInterrupt, TrainingDiverged) as error:
            if self._kept is None:
                raise
            self.training.restore(*self._kept)
            stopped = error
        return self._write(folder), stopped

    def metrics(self):
        """Return the scores of network and persistence on training and test part, for JSON.

        Raises:
            ArithmeticError: a score is not finite.

        """
        values, found = self.series.to_numpy(), {}
        learnt = evaluate(self.forecaster, values[: self.fitted], self.fitted)
        later = evaluate(self.forecaster, values, self.rows)
        for name in ("network", "persistence"):
            found[name] = {"train": learnt[name][0], "test": later[name][1]}
            if not all(math.isfinite(x) for part in found[name].values() for x in part.values()):
                culprit = f"{self.options['data_file']}: the scores of {name}"
                raise ArithmeticError(f"{culprit} are not finite")
        return found["network"] | {"persistence": found["persistence"]}

    def _write(self, folder):
        """Write checkpoint, model, metrics, history and figures, each whole; return the metrics.

        All is made before the first file is written.
        """
        metrics, history = self.metrics(), self.training.history
        contents = {
            "metrics.json": (json.dumps(metrics, indent=2, allow_nan=False) + "\n").encode(),
            "history.csv": history.to_csv(lineterminator="\n").encode(),
        }
        with plt.rc_context():
            use_style()
            for name, figure in self._figures(history):
                picture = io.BytesIO()
                figure.savefig(picture, format="png")
                plt.close(figure)
                contents[name] = picture.getvalue()
        self._write_checkpoint(folder)
        until = self.series.index[self.rows - 1].isoformat()
        notes = {"data_file": self.options["data_file"], "trained_until": until}
        self.forecaster.save(folder / "model.npz", notes)
        for name, content in contents.items():
            with whole(folder / name) as path:
                path.write_bytes(content)
        return metrics

    def _figures(self, history):
        lead, rows = self.forecaster.lead, self.rows
        unit = self.series.name.replace("$", r"\$")  # no formula of Matplotlib's
        predicted = self.forecaster.predict(self.series.to_numpy())
        predicted = pd.Series(predicted, self.series.index[lead:])
        parts = predicted[: rows - lead], predicted[rows - lead :]
        residuals = [(part, self.series[part.index] - part) for part in parts]
        yield "cost.png", plot_cost(history, self.forecaster.baseline_loss(self._x, self._y))
        yield "sequence.png", plot_sequence(self.series, *parts, unit=unit)
        yield "residual.png", plot_residuals(*residuals, unit=unit)

    def _write_checkpoint(self, folder):
        description, arrays = self._kept
        about = {"options": self.options, "data": _digest(self.series), "training": description}
        write(folder / CHECKPOINT, about, arrays, kind="checkpoint")
        self.written = True

    @classmethod
    def resume(cls, folder, given):
        """Return the run whose checkpoint is in a folder.

        Args:
            folder: where an earlier run was written.
            given: options that are given again; only `num_epochs` may differ from the earlier ones.

        Raises:
            ValueError: no checkpoint or a damaged one, an option or data that differ, fewer epochs
                than are done.

        """
        path = Path(folder) / CHECKPOINT
        if not path.is_file():
            raise ValueError(f"{path}: expected the checkpoint of an earlier run, got no such file")
        about, arrays = read(path, kind="checkpoint")
        try:
            earlier, done = about["options"], len(about["training"]["rows"])
            options = earlier | given
            same = {"num_epochs": 0, "data_file": ""}
            changed = [n for n in earlier if (earlier | same)[n] != (options | same)[n]]
            if not changed:
                self = cls(options)
                changed = [] if _digest(self.series) == about["data"] else ["data_file"]
        except (KeyError, TypeError) as error:
            raise ValueError(f"{path}: expected a checkpoint, got a damaged one") from error
        for name in changed:
            flag = f"--{name.replace('_', '-')}"
            was = "other data" if name == "data_file" else earlier[name]
            raise ValueError(f"{flag}: the run in {folder} began with {was}, which cannot change")
        if options["num_epochs"] < done:
            wanted = f"expected at least the {done} epochs that are done"
            raise ValueError(f"--num-epochs: {wanted}, got {options['num_epochs']}")
        self.training.restore(about["training"], arrays)
        self._kept = self.training.state()
        return self


def _digest(series):
    """Return a fingerprint of a series: same dates and values, same fingerprint."""
    content = series.index.to_numpy("datetime64[s]").tobytes() + series.to_numpy().tobytes()
    return hashlib.sha256(content).hexdigest()
