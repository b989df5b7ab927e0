"""Repeat the longer runs that chapters quote as "measured apart": `python benchmarks/apart.py 3`.

Without a number it runs all of them, in under half an hour. The functions and classes are
those of the chapter's own notebook. Networks and data are seeded; float32 trainings that pass
through a chaotic phase can still end elsewhere on another machine, by a few updates or digits.
"""

import sys

from notebooks import SINGLE, page, show  # first: it sets the number of BLAS threads

# isort: split
import numpy as np
from apart08 import chapter08
from apart09 import chapter09

from gru_lib import GRU, LSTM, RNN, Dense, Model
from gru_lib.data import adding_problem, chronological_split, sine, windows
from gru_lib.forecast import rmse
from gru_lib.initializers import orthogonal
from gru_lib.optim import Adam
from gru_lib.training import fit


def chapter02():
    """Starts and rates on the recall task; the adding problem from an orthogonal start."""
    names = page("02-exploding-gradient")
    names["x_recall"], names["y_recall"] = names["recall"](800, seed=0)
    names["x_valid"], names["y_valid"] = names["recall"](500, seed=1)

    def ends(seeds, **options):
        return [names["train_recall"](seed, radius=1.0, **options)[0] for seed in range(seeds)]

    show("orthogonal, truncation 4, rate 0.05", ends(3, rate=0.05, truncate=4))
    show("Gaussian, radius 1, rate 0.1", ends(5, start="gaussian"))
    show("Gaussian, radius 1, rate 0.05", ends(5, start="gaussian", rate=0.05))
    x, y = adding_problem(6400, 50, seed=0, **SINGLE)
    held_out = adding_problem(1000, 50, seed=1, **SINGLE)
    options = {"epochs": 40, "batch_size": 64, "clip_norm": 1.0, "validation": held_out}
    for start in ("orthogonal", "uniform"):
        losses = []
        for seed in range(8):
            layer = RNN(2, 64, seed=seed, **SINGLE)
            if start == "orthogonal":
                rng = np.random.default_rng(seed)
                layer.params["W_hh"][...] = orthogonal(rng, 64, 64, 64)
            model = Model(layer, Dense(64, 1, seed=100 + seed, **SINGLE))
            history = fit(model, x, y, Adam(0.001), seed=seed, **options)
            losses.append(history["validation_loss"].min())
        show(f"adding problem, {start}, 4000 updates", losses)


def chapter03():
    """Seeds, forget biases, gaps of 100 steps, and the vanilla RNN on the adding problem."""
    names = page("03-lstm")
    learn = names["learn"]

    def updates(layers, *settings):
        """Updates until solved, or the lowest error where it was not."""
        runs = [learn(layer, *settings)[1] for layer in layers]
        return [50 * len(errors) if errors[-1] < 0.01 else min(errors) for errors in runs]

    def biased(b_f, b_i, seed):
        layer = LSTM(2, 16, forget_bias=float(b_f), seed=seed, **SINGLE)
        if b_i is not None:
            layer.named_params["b_i"][...] = b_i
        return layer

    for cell in (GRU, LSTM):
        layers = [cell(2, 32, seed=seed, **SINGLE) for seed in range(5)]
        show(f"{cell.__name__}, 32 units, 50 steps", updates(layers, 50, 32, 0.01, 1500))
    names["x_watch"], _ = adding_problem(20, 50, seed=0)
    for seed in range(2):
        model, _, _ = learn(LSTM(2, 32, seed=seed, **SINGLE), 50, 32, 0.01, 1500)
        drawn = np.random.default_rng(1).normal(size=(20, 64))
        sent = np.tile(model.layers[1].params["W_hy"].T, (20, 1)).astype(float)
        for start, names["dh_watch"] in (("random", drawn), ("readout's", sent)):
            full, direct = names["lstm_sizes"](model.layers[0])
            show(f"LSTM {seed}, {start}: full, direct at 40", [full[40], direct[40]])
    for units, most in ((32, 1500), (65, 1000)):
        layers = [RNN(2, units, seed=0, **SINGLE)]
        show(f"RNN, {units} units, 50 steps", updates(layers, 50, 32, 0.01, most))
    pairs = ((0, None), (1, None), (3, None), (3, -3), (5, None), (5, -5), (1, -5))
    for b_f, b_i in pairs:
        layers = [biased(b_f, b_i, seed) for seed in range(5)]
        show(f"50 steps, biases {b_f}, {b_i}", updates(layers, 50, 16, 0.02, 1500))
    for b_f, b_i in ((5, -5), (1, None), (5, None)):
        layers = [biased(b_f, b_i, seed) for seed in range(2)]
        show(f"100 steps, biases {b_f}, {b_i}", updates(layers, 100, 16, 0.02, 1500))
    for seed in range(2):
        layers = [RNN(2, 64, init="orthogonal", seed=seed, **SINGLE)]
        found = updates(layers, 50, 32, 0.0003, 12000)
        show(f"RNN, orthogonal, rate 0.0003, seed {seed}", found)


def chapter05():
    """Chapter 1's sine with twelve seeds, and with other learning rates."""
    names = page("05-gru-concatenated")
    split = chronological_split(*windows(sine(200), length=50), train=100)
    names["x_train"], names["y_train"], x_valid, y_valid = split
    names["x_valid"], names["y_valid"] = x_valid, y_valid

    def middle(cell, hidden, epochs, seeds):
        models = [names["fit_sine"](cell, hidden, epochs, seed) for seed in range(seeds)]
        return [np.median([rmse(model.forward(x_valid)[0], y_valid) for model in models])]

    runs = ((RNN, 100, 4), (GRU, 57, 4), (LSTM, 49, 4), (RNN, 100, 12), (GRU, 100, 4))
    for cell, hidden, epochs in (*runs, (LSTM, 100, 4)):
        label = f"{cell.__name__}, {hidden} units, {epochs} epochs, twelve seeds"
        show(label, middle(cell, hidden, epochs, 12), "{:.4f}")
    for rate in (0.001, 0.003, 0.006, 0.01):
        names["Adam"] = lambda _, rate=rate: Adam(rate)  # the notebook's recipe, at another rate
        for cell, hidden, epochs in runs[:3]:
            label = f"{cell.__name__}, {hidden} units, rate {rate}, five seeds"
            show(label, middle(cell, hidden, epochs, 5), "{:.4f}")


if __name__ == "__main__":
    chapters = {"2": chapter02, "3": chapter03, "5": chapter05, "8": chapter08, "9": chapter09}
    for number in sys.argv[1:] or chapters:
        print(f"chapter {number}")
        chapters[number]()
