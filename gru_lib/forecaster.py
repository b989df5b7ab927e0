"""A network and all that it needs to forecast a series: column, logarithm, scaler, window."""

import numpy as np

from .data import StandardScaler, windows
from .forecast import free_run, persistence
from .model import Model
from .storage import read
from .validate import require_array, require_count, require_number, require_positive

NOTES = {"column": str, "log": bool, "difference": bool, "window": int, "unit": float}
SCALER = {"mean": float, "std": float}


class Forecaster:
    """A model that predicts the next value of a series from a window of the latest ones.

    The network does not see the values themselves. They are transformed in this order: logarithm
    (if `log`), difference from one value to the next (if `difference`; with both, log returns), and
    the scaler, which knows the training part alone. A prediction goes the same way back.

    Args:
        model: a `Model` from one input to one output, with `output="last"`.
        train: `(n,)`, values of the training part, in the units of the data.
        column: what the series is called.
        window: steps that the network is shown.
        log: transform by the logarithm first.
        difference: let the network see, and predict, steps instead of values.

    Attributes:
        scaler: the `StandardScaler`.
        unit: standard deviation of the training part's values, in the units of the data.

    Raises:
        TypeError, ValueError: values that are not finite, too few, equal, or, for `log`, not
            positive; a window below 1.

    """

    def __init__(self, model, train, *, column, window, log=False, difference=False):
        self.model = _require_fit(model)
        self.column = column
        self.window = require_count("window", window)
        self.log = log
        self.difference = difference
        train = self._require_values("train", train, self.lead + 1)
        self.unit = require_positive("std of the training part", float(np.std(train)))
        self.scaler = StandardScaler().fit(self._steps(train))
        least = 1e-12 * np.abs(np.log(train) if log else train).max()
        if not self.scaler.std > least:
            found = f"a standard deviation of {self.scaler.std:.1g}"
            raise ValueError(f"train: expected steps that vary by more than rounding, got {found}")

    @property
    def lead(self):
        """Values at the start of a series for which there is no prediction."""
        return self.window + self.difference

    def examples(self, values):
        """Return what the network is trained on.

        Args:
            values: `(n,)` in the units of the data.

        Returns:
            `x (n - lead, window, 1)` and `y (n - lead, 1)`, scaled; one row per value from
            `values[lead]` on.

        """
        values = self._require_values("values", values, self.lead + 1)
        return windows(self.scaler.transform(self._steps(values)), self.window)

    def predict(self, values):
        """Predict every value from `values[lead]` on from the true ones before it: `(n - lead,)`.

        In the units of the data. With `log`, the median of what may come rather than the mean.
        """
        x, _ = self.examples(values)
        return self._back(self.model.forward(x)[0][:, 0], np.asarray(values)[self.lead - 1 : -1])

    def run_on(self, values, steps):
        """Predict `steps` values that follow, each prediction being the next input: `(steps,)`.

        Raises:
            ArithmeticError: a value is beyond every floating-point number.

        """
        values = self._require_values("values", values, self.lead)
        latest = self.scaler.transform(self._steps(values[-self.lead :]))
        future = free_run(lambda x: self.model.forward(x)[0], latest[:, None], steps)
        if self.difference:
            steps_on = np.cumsum(self.scaler.inverse_transform(future))
            with np.errstate(over="ignore"):
                future = values[-1] * np.exp(steps_on) if self.log else values[-1] + steps_on
        else:
            future = self._back(future, None)
        for step in np.flatnonzero(~np.isfinite(future))[:1]:
            raise ArithmeticError(f"the forecast is beyond every number from step {step + 1} on")
        return future

    def baseline_loss(self, x, y):
        """Return the loss of persistence on examples, to be set beside the network's."""
        last = self.scaler.transform(np.zeros_like(y)) if self.difference else persistence(x)
        return float(np.mean((last - y) ** 2))

    def save(self, path, notes=None):
        """Write model, scaler and options to one `.npz` file, with `notes` that `json` can hold.

        `Model.load` reads the file too.
        """
        about = {name: getattr(self, name) for name in NOTES}
        about["scaler"] = {name: float(getattr(self.scaler, name)) for name in SCALER}
        self.model.save(path, about | {"notes": notes})

    @classmethod
    def load(cls, path):
        """Return the forecaster that `save` wrote, and the notes.

        Raises:
            ValueError: the file is damaged, or holds a model without scaler and window.
            OSError: the file cannot be read.

        """
        model, about = Model.load(path), read(path)[0].get("notes")
        self = cls.__new__(cls)
        self.scaler = StandardScaler()
        try:
            self.model = _require_fit(model)
            for owner, kinds, given in (
                (self, NOTES, about),
                (self.scaler, SCALER, about["scaler"]),
            ):
                for name, kind in kinds.items():
                    if type(given[name]) is not kind:
                        raise TypeError(f"{name}: expected {kind.__name__}, got {given[name]!r}")
                    setattr(owner, name, given[name])
            require_count("window", self.window)
            require_number("mean", self.scaler.mean)
            for std in (self.unit, self.scaler.std):
                require_positive("std", std)
            return self, about["notes"]
        except (KeyError, TypeError, ValueError) as error:
            message = f"{path}: expected a model with its scaler and window, got {error}"
            raise ValueError(message) from error

    def _require_values(self, name, values, least):
        values = require_array(name, np.asarray(values, np.float64), ("n",), np.float64)
        if len(values) < least:
            raise ValueError(f"{name}: expected at least {least} values, got {len(values)}")
        if self.log and values.min() <= 0:
            place = int(np.argmin(values))
            raise ValueError(f"{name}: expected values above 0 for log, got {values[place]:g}")
        return values

    def _steps(self, values):
        values = np.log(values) if self.log else values
        return np.diff(values) if self.difference else values

    def _back(self, scaled, before):
        """From the network's units to the data's; `before` are the values one step earlier."""
        values = self.scaler.inverse_transform(scaled)
        if self.difference:
            values = values + (np.log(before) if self.log else before)
        with np.errstate(over="ignore"):  # infinite, then
            return np.exp(values) if self.log else values


def _require_fit(model):
    """Return a model of the form that a forecaster needs, or raise ValueError."""
    found = model.layers[0].input_size, model.layers[-1].output_size, model.output, model.dtype.name
    if found != (1, 1, "last", "float64"):
        wanted = "1 input, 1 output, the last one, float64"
        raise ValueError(f"model: expected {wanted}, got {', '.join(map(str, found))}")
    return model
