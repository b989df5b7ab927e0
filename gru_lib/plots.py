"""Pictures out: one style for the book, and the figures that several chapters draw."""

import inspect
import itertools
import textwrap

import matplotlib.pyplot as plt
import numpy as np

# Okabe and Ito's palette, told apart by readers with any colour vision; black comes first.
COLOURS = {
    "black": "#222222",
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "green": "#009E73",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "purple": "#CC79A7",
}
STYLE = {
    "figure.figsize": (5.8, 3.3),
    "figure.dpi": 140,
    "savefig.dpi": 140,
    "figure.constrained_layout.use": True,
    "font.size": 12.5,
    "axes.titlesize": 12.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "lines.linewidth": 2,
    "legend.frameon": False,
    "axes.prop_cycle": plt.cycler(color=list(COLOURS.values())[1:]),
}


def use_style():
    """Set the book's style for every figure that follows."""
    plt.rcParams.update(STYLE)


def plot_history(history):
    """Draw loss, validation loss and gradient norm against the epoch, on logarithmic axes.

    Args:
        history: a `training.History`.

    Returns:
        The figure.

    """
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(5.8, 5.6))
    top.semilogy(history.index, history["loss"], label="training")
    if history["validation_loss"].notna().any():
        top.semilogy(history.index, history["validation_loss"], "--", label="validation")
    top.set(xlabel="epoch", ylabel="loss")
    top.legend()
    bottom.semilogy(history.index, history["gradient_norm"], label="before clipping")
    bottom.semilogy(history.index, history["clipped_norm"], "--", label="after clipping")
    bottom.set(xlabel="epoch", ylabel="norm of the gradient")
    bottom.legend()
    return figure


def plot_cost(history, baseline=None, label="persistence"):
    """Draw training and validation loss against the epoch, on a logarithmic axis, and a baseline's.

    Args:
        history: a `History`.
        baseline: loss of the baseline in the same units, None for none.
        label: what the baseline is called.

    Returns:
        The figure.

    """
    figure, axes = plt.subplots()
    few = "o" if len(history) < 10 else ""
    axes.semilogy(history.index, history["loss"], marker=few, label="network, training part")
    if history["validation_loss"].notna().any():
        style = {"linestyle": ":", "marker": few}
        axes.semilogy(
            history.index, history["validation_loss"], label="network, validation part", **style
        )
    if baseline is not None:
        line = {"color": COLOURS["black"], "linestyle": "--", "linewidth": 1.4}
        axes.axhline(baseline, label=label, **line)
    axes.set(xlabel="epoch", ylabel="loss (mean squared error)")
    axes.legend()
    return figure


def plot_sequence(actual, train, test, unit="US dollars"):
    """Draw a series, and on it what was predicted for its training and its test part.

    Args:
        actual: a `pd.Series` by date.
        train: predictions for the training part, a `pd.Series` by date.
        test: predictions for the test part, the same.
        unit: of the values.

    Returns:
        The figure.

    """
    figure, axes = plt.subplots()
    axes.plot(actual.index, actual, color=COLOURS["black"], linewidth=2.4, label="actual")
    thin = {"linewidth": 1}
    axes.plot(train.index, train, color=COLOURS["sky"], label="predicted, training", **thin)
    axes.plot(test.index, test, color=COLOURS["vermillion"], label="predicted, test", **thin)
    axes.axvline(test.index[0], color="#999999", linewidth=1)
    axes.set(xlabel="date", ylabel=unit)
    axes.legend()
    return figure


def plot_residuals(train, test, unit="US dollars"):
    """Draw residual, actual minus predicted, against prediction, for training and test part.

    Args:
        train: a pair (prediction, residual) of `(n,)`.
        test: the same.
        unit: of both axes.

    Returns:
        The figure.

    """
    figure, axes = plt.subplots()
    points = {"s": 7, "alpha": 0.6, "linewidths": 0}
    axes.scatter(*train, color=COLOURS["sky"], marker="o", label="training part", **points)
    axes.scatter(*test, color=COLOURS["vermillion"], marker="^", label="test part", **points)
    axes.axhline(0, color=COLOURS["black"], linewidth=1)
    axes.set(xlabel=f"predicted ({unit})", ylabel=f"actual - predicted ({unit})")
    axes.legend(markerscale=2)
    return figure


def plot_forecast(known, truth, forecasts):
    """Draw the end of a known series, then what truly follows and one or more forecasts.

    Args:
        known: `(m,)`, drawn before step 0.
        truth: `(n,)`, what follows.
        forecasts: a dict from a label to `(n,)`.

    Returns:
        The figure.

    """
    figure, axes = plt.subplots()
    steps = np.arange(1, len(truth) + 1)
    axes.plot(
        np.arange(1 - len(known), 1), known, color=COLOURS["black"], linewidth=1.6, label="known"
    )
    axes.plot(steps, truth, color="#bbbbbb", linewidth=5, label="truth")
    styles = itertools.cycle(("--", ":", "-."))
    for (label, values), style in zip(forecasts.items(), styles, strict=False):
        axes.plot(steps, values, style, linewidth=1.6, label=label)
    axes.axvline(0.5, color="#999999", linewidth=1)
    axes.set(xlabel="steps after the last known value", ylabel="value")
    axes.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def show_source(*objects):
    """Show the source of functions or classes in a notebook, so that what is read is what runs.

    Returns:
        An `IPython.display.Markdown` with one block of Python.

    """
    from IPython.display import Markdown  # only notebooks call this

    blocks = (textwrap.dedent(inspect.getsource(o)).strip() for o in objects)
    return Markdown("```python\n" + "\n\n\n".join(blocks) + "\n```")
