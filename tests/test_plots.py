"""Figures: they are returned, they show what they are given, and their axes say what it is."""

import inspect
import textwrap

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from gru_lib import RNN
from gru_lib.activations import sigmoid
from gru_lib.plots import (
    COLOURS,
    STYLE,
    plot_cost,
    plot_forecast,
    plot_history,
    plot_residuals,
    plot_sequence,
    show_source,
    use_style,
)
from gru_lib.training import COLUMNS, History


@pytest.fixture(autouse=True)
def _clean():
    with mpl.rc_context():
        yield
    plt.close("all")


def drawn(axes):
    """The data of the labelled lines of one axes, by label."""
    lines = {line.get_label(): line for line in axes.get_lines()}
    return {label: line.get_xydata().T for label, line in lines.items() if label[0] != "_"}


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_history():
    rows = np.arange(1.0, 16.0).reshape(3, 5)
    index = pd.RangeIndex(1, 4, name="epoch")
    figure = plot_history(History(rows, index=index, columns=COLUMNS))
    losses, norms = figure.axes
    shown = {
        losses: {"training": rows[:, 0], "validation": rows[:, 1]},
        norms: {"before clipping": rows[:, 2], "after clipping": rows[:, 3]},
    }
    for axes, expected in shown.items():
        assert axes.get_xlabel() == "epoch"
        assert axes.get_yscale() == "log"
        lines = drawn(axes)
        assert legend(axes) == list(lines) == list(expected)
        for label, values in expected.items():
            np.testing.assert_array_equal(lines[label], [[1, 2, 3], values])
    assert losses.get_ylabel() == "loss"
    assert "norm" in norms.get_ylabel()
    figure.canvas.draw()


@pytest.mark.parametrize("epochs", [3, 30])
def test_cost(epochs):
    rows = np.arange(1.0, 5 * epochs + 1).reshape(epochs, 5)
    history = History(rows, index=pd.RangeIndex(1, epochs + 1, name="epoch"), columns=COLUMNS)
    (axes,) = plot_cost(history, 4.5).axes
    lines = drawn(axes)
    held_out = "network, validation part"
    assert legend(axes) == list(lines) == ["network, training part", held_out, "persistence"]
    np.testing.assert_array_equal(lines[held_out], [history.index, rows[:, 1]])
    np.testing.assert_array_equal(lines["network, training part"], [history.index, rows[:, 0]])
    np.testing.assert_array_equal(lines["persistence"][1], [4.5, 4.5])
    assert (axes.get_xlabel(), axes.get_yscale()) == ("epoch", "log")
    assert "mean squared error" in axes.get_ylabel()
    assert legend(plot_cost(history, 1, "the mean").axes[0])[-1] == "the mean"
    history["validation_loss"] = np.nan
    assert legend(plot_cost(history).axes[0]) == ["network, training part"]


def test_sequence():
    days = pd.date_range("2013-01-01", periods=6)
    actual = pd.Series(np.arange(6.0), days)
    figure = plot_sequence(actual, actual[2:4] + 1, actual[4:] + 2, unit="euros")
    (axes,) = figure.axes
    lines = {line.get_label(): line for line in axes.get_lines() if line.get_label()[0] != "_"}
    assert legend(axes) == list(lines) == ["actual", "predicted, training", "predicted, test"]
    expected = (actual, actual[2:4] + 1, actual[4:] + 2)
    for line, series in zip(lines.values(), expected, strict=True):
        np.testing.assert_array_equal(line.get_xdata(orig=True), series.index)
        np.testing.assert_array_equal(line.get_ydata(), series)
    (border,) = [line for line in axes.get_lines() if line.get_label()[0] == "_"]
    assert set(border.get_xdata(orig=True)) == {days[4]}
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("date", "euros")
    figure.canvas.draw()


def test_residuals():
    train, test = (np.array([1.0, 2.0]), np.array([0.5, -1.0])), (np.array([3.0]), np.array([2.0]))
    figure = plot_residuals(train, test, unit="euros")
    (axes,) = figure.axes
    assert legend(axes) == ["training part", "test part"]
    for points, pair in zip(axes.collections, (train, test), strict=True):
        np.testing.assert_array_equal(points.get_offsets(), np.transpose(pair))
    (zero,) = axes.get_lines()
    assert set(zero.get_ydata()) == {0}
    assert (axes.get_xlabel(), axes.get_ylabel()) == (
        "predicted (euros)",
        "actual - predicted (euros)",
    )
    figure.canvas.draw()


@pytest.mark.parametrize("count", [1, 3, 4])
def test_forecast(count):
    forecasts = {f"model {i}": np.arange(3.0) + i for i in range(count)}
    figure = plot_forecast(np.array([7.0, 8.0]), np.array([9.0, 8.0, 7.0]), forecasts)
    (axes,) = figure.axes
    lines = drawn(axes)
    assert legend(axes) == list(lines) == ["known", "truth", *forecasts]
    np.testing.assert_array_equal(lines["known"], [[-1, 0], [7, 8]])
    np.testing.assert_array_equal(lines["truth"], [[1, 2, 3], [9, 8, 7]])
    for label, values in forecasts.items():
        np.testing.assert_array_equal(lines[label], [[1, 2, 3], values])
    assert "step" in axes.get_xlabel()
    assert axes.get_ylabel()
    (border,) = [line for line in axes.get_lines() if line.get_label()[0] == "_"]
    assert set(border.get_xdata()) == {0.5}
    figure.canvas.draw()


def test_source_is_shown_as_python():
    step = textwrap.dedent(inspect.getsource(RNN.step)).strip()
    assert show_source(RNN.step).data == f"```python\n{step}\n```"
    both = show_source(sigmoid, RNN.step).data
    assert both.startswith("```python\ndef sigmoid(")
    assert both.endswith(f"\n\n\n{step}\n```")


def test_style():
    use_style()
    for name, value in STYLE.items():
        assert mpl.rcParams[name] == (list(value) if isinstance(value, tuple) else value), name
    cycle = [entry["color"] for entry in mpl.rcParams["axes.prop_cycle"]]
    assert cycle == [colour for name, colour in COLOURS.items() if name != "black"]
    assert len(set(COLOURS.values())) == len(COLOURS)
