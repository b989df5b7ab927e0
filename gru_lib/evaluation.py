"""A trained forecaster, judged on a series beside the baselines."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from .data import windows
from .forecast import drift, persistence, scores
from .forecaster import Forecaster
from .series import read_series


def load(model, data_file=None):
    """Return a trained forecaster, a series, and how many of its rows the training had seen.

    Args:
        model: the folder of a run, or its `model.npz`.
        data_file: CSV file; None for the one that the model was trained on.

    Raises:
        ValueError: the model or the data cannot be used.
        OSError: a file cannot be read.

    """
    path = Path(model)
    path = path / "model.npz" if path.is_dir() else path
    if not path.is_file():
        raise ValueError(f"{path}: expected a trained model, got no such file")
    forecaster, notes = Forecaster.load(path)
    try:
        until = datetime.fromisoformat(notes["trained_until"])
        trained_on = notes["data_file"]
        if until.tzinfo is not None or type(trained_on) is not str:
            raise ValueError(f"{until} and {trained_on!r}")
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: expected the model of a run, got {error}") from error
    data_file = trained_on if data_file is None else data_file
    series = read_series(data_file, forecaster.column, positive=forecaster.log)
    if len(series) <= forecaster.lead:
        found = f"more than {forecaster.lead} rows for windows of {forecaster.window}"
        raise ValueError(f"{data_file}: too few rows: expected {found}, got {len(series)}")
    return forecaster, series, int(series.index.searchsorted(pd.Timestamp(until), side="right"))


def evaluate(forecaster, values, rows):
    """Return the scores of the network and of the baselines on the first `rows` and on the others.

    The mean, and the slope of the drift, are those of the first part.

    Returns:
        A dict from a name to a pair of dicts, see `forecast.scores`, None for an empty part.

    """
    lead, count = forecaster.lead, len(values)
    x, target = windows(values, lead)
    target = target[:, 0]
    forecasts = {"network": forecaster.predict(values), "persistence": persistence(x)[:, 0]}
    if rows > 1:
        slope = (values[rows - 1] - values[0]) / (rows - 1)
        forecasts["drift"] = drift(x, slope)[:, 0]
        forecasts["mean"] = np.full_like(target, np.mean(values[:rows]))
    cut = min(max(rows - lead, 0), count - lead)
    found = {}
    for name, predicted in forecasts.items():
        parts = ((predicted[:cut], target[:cut]), (predicted[cut:], target[cut:]))
        found[name] = [scores(*part, forecaster.unit) if len(part[0]) else None for part in parts]
    return found
