"""Scores out: the error of a forecast, the baselines, and a model that runs on its own output."""

import numpy as np

from .validate import float_dtype, require_array, require_count, require_positive


def rmse(prediction, target):
    """Root of the mean squared error, in the units of the data.

    Raises:
        ValueError: the shapes differ (a broadcast would compare every pair).

    """
    prediction, target = np.asarray(prediction), np.asarray(target)
    if prediction.shape != target.shape:
        raise ValueError(f"prediction: expected shape {target.shape}, got {prediction.shape}")
    return float(np.sqrt(np.mean((prediction - target) ** 2)))


def scores(prediction, target, std):
    """Return three scores of a forecast, to be set beside those of a baseline.

    Args:
        prediction: an array.
        target: an array of the same shape.
        std: standard deviation of the training part, in the units of the data.

    Returns:
        A dict: `mse`, the mean squared error in units of `std`², `rmse` and `mae`, root mean
        squared and mean absolute error in the units of the data.

    Raises:
        ValueError: the shapes differ, or `std` is not above 0.

    """
    error = rmse(prediction, target)
    with np.errstate(over="ignore"):  # infinite, then
        mse = float(np.square(error / np.float64(require_positive("std", std))))
    return {
        "mse": mse,
        "rmse": error,
        "mae": float(np.mean(np.abs(np.asarray(prediction) - np.asarray(target)))),
    }


def persistence(x):
    """Predict that the next value equals the last one: `(n, time, 1)` to `(n, 1)`."""
    return np.asarray(x)[:, -1, :].copy()


def drift(x, slope):
    """Predict the last value plus `slope`, the mean step of the training part, in x's units."""
    return persistence(x) + slope


def two_term_recurrence(x, step=1.0):
    """Predict a noise-free sine exactly: y_t = 2 cos(step) y_{t-1} - y_{t-2}.

    Args:
        x: `(n, time, 1)` windows of a sine of any amplitude and phase; at least two steps.
        step: radians between two values.

    Returns:
        `(n, 1)`.

    """
    x = np.asarray(x)
    return 2 * np.cos(step) * x[:, -1, :] - x[:, -2, :]


def free_run(predict, window, steps):
    """Forecast with each prediction as the next input; the window slides along.

    Args:
        predict: function from `(1, length, 1)` to `(1, 1)`, such as
            `lambda x: model.forward(x)[0]`.
        window: `(length, 1)`, the last known values.
        steps: values to forecast.

    Returns:
        `(steps,)`.

    Raises:
        TypeError, ValueError: a window or a prediction of wrong dtype or shape, or not finite.

    """
    window = np.asarray(window)
    window = require_array("window", window, ("length", 1), float_dtype(window)).copy()
    forecast = np.empty(require_count("steps", steps), window.dtype)
    for i in range(steps):
        prediction = predict(window[None].copy())
        forecast[i] = require_array("prediction", prediction, (1, 1), window.dtype)[0, 0]
        window[:-1] = window[1:]
        window[-1] = forecast[i]
    return forecast
