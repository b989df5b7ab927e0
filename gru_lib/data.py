"""Series in: made series, windows, a chronological split, and a scaler without a leak."""

import numpy as np

from .validate import float_dtype, require_array, require_count, require_dtype


def sine(count, step=1.0, start=0.0):
    """Sine at `count` points `step` radians apart, from `start`: `(count,)`."""
    return np.sin(start + step * np.arange(require_count("count", count)))


def cosine(count, step=1.0, start=0.0):
    """Cosine at `count` points `step` radians apart, from `start`: `(count,)`."""
    return np.cos(start + step * np.arange(require_count("count", count)))


def adding_problem(count, time, *, dtype=np.float64, seed=None):
    """Sequences whose two marked values are to be added (Hochreiter and Schmidhuber, 1997).

    A step shows a value from U(0, 1) and a mark. One step of the first half of the sequence and one
    of the second are marked with 1, the others with 0. A guess that ignores the input can do no
    better than 1, the mean sum, with a mean squared error of 1/6.

    Args:
        count: sequences.
        time: steps in a sequence, at least 2.
        dtype: of both arrays, `np.float64` or `np.float32`.
        seed: seed of the generator that draws values and places.

    Returns:
        `x (count, time, 2)`, value and mark, and `y (count, 1)`, the sum of the marked values.

    Raises:
        TypeError, ValueError: `count` or `time` is not a whole number, or too small.

    """
    require_count("count", count)
    require_count("time", time, least=2)
    rng = np.random.default_rng(seed)
    x = np.zeros((count, time, 2), require_dtype(dtype))
    x[..., 0] = rng.uniform(size=(count, time))
    rows = np.arange(count)
    for start, stop in ((0, time // 2), (time // 2, time)):
        x[rows, rng.integers(start, stop, count), 1] = 1
    return x, np.sum(x[..., 0] * x[..., 1], axis=1, keepdims=True)


def windows(series, length):
    """Cut a series into all windows of `length` values, each with the value that follows it.

    Args:
        series: `(n,)`, with n > length.
        length: values in a window.

    Returns:
        `x (n - length, length, 1)` and `y (n - length, 1)`, both new arrays, of the series' dtype.

    Raises:
        TypeError, ValueError: not a one-dimensional series of finite floats, or one too short.

    """
    series = np.asarray(series)
    series = require_array("series", series, ("n",), float_dtype(series))
    require_count("length", length)
    if len(series) <= length:
        raise ValueError(f"series: expected more than {length} values, got {len(series)}")
    x = np.lib.stride_tricks.sliding_window_view(series[:-1], length)
    return x[..., None].copy(), series[length:, None].copy()


def chronological_split(*arrays, train):
    """Cut arrays of equal length into an earlier and a later part; nothing is shuffled.

    Args:
        arrays: one or more arrays whose first axis is time.
        train: length of the earlier part: a whole number of rows, or a fraction below 1.

    Returns:
        The earlier parts, then the later parts: `x_train, y_train, x_test, y_test` for `x, y`.

    Raises:
        ValueError: no array, unequal lengths, or a part that would be empty.

    """
    lengths = {len(a) for a in arrays}
    if len(lengths) != 1:
        raise ValueError(f"arrays: expected one or more of equal length, got {sorted(lengths)}")
    count = lengths.pop()
    rows = int(train * count + 1e-9) if isinstance(train, float) else train
    if not 0 < rows < count:
        raise ValueError(f"train: expected 1 to {count - 1} rows of {count}, got {rows}")
    return (*(a[:rows] for a in arrays), *(a[rows:] for a in arrays))


class StandardScaler:
    """Subtract the mean and divide by the standard deviation of the *training* part.

    A scaler that has seen the later part has leaked its level and its spread into training.

    Attributes:
        mean, std: `(features,)` of what it was fitted on, None before.

    """

    def __init__(self):
        self.mean = None
        self.std = None

    def fit(self, train):
        """Measure mean and standard deviation over all axes but the last; returns the scaler.

        Raises:
            ValueError: a feature that never changes cannot be scaled.

        """
        train = np.asarray(train)
        if train.size == 0 or not np.isfinite(train).all():
            raise ValueError(
                "train: expected finite numbers that vary, got NaN, infinity or nothing"
            )
        axes = tuple(range(train.ndim - 1)) if train.ndim > 1 else 0
        mean, std = train.mean(axis=axes), train.std(axis=axes)
        varies = train.max(axis=axes) > train.min(axis=axes)
        if not np.all(varies):
            raise ValueError(f"train: expected finite numbers that vary, got std {std}")
        self.mean, self.std = mean, std
        return self

    def transform(self, values):
        """From the data's units to standard deviations of the training part."""
        self._require_fitted()
        return (np.asarray(values) - self.mean) / self.std

    def inverse_transform(self, values):
        """Back to the data's units."""
        self._require_fitted()
        return np.asarray(values) * self.std + self.mean

    def _require_fitted(self):
        if self.mean is None:
            raise RuntimeError("StandardScaler: call fit on the training part first")
