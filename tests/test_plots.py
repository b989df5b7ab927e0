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
from gru_lib.plots import COLOURS, STYLE, plot_forecast, plot_history, show_source, use_style
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
