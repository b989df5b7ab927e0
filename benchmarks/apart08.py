"""The longer runs of chapter 8: longer trainings and other controls of its two halves."""

from notebooks import SINGLE, page, show  # first: it sets the number of BLAS threads

# isort: split
import numpy as np
import statsmodels.api as sm

from gru_lib import RNN, Dense, Model
from gru_lib.data import StandardScaler, windows
from gru_lib.losses import mean_squared_error
from gru_lib.optim import Adam
from gru_lib.training import Training, fit
from gru_lib.updates import Batches, Updater


class PerStep(Adam):
    """Adam that leaves the upper layer's recurrent weights at 0: no second pass through time."""

    def update(self, params, grads):
        super().update(params, grads | {"rnn1.W_hh": np.zeros_like(grads["rnn1.W_hh"])})


def best_forwards(x, y, lengths, draws=4000):
    """Squared errors of the best reader that has seen x_1 to x_t, by importance sampling."""
    rng, errors = np.random.default_rng(5), []
    for row, target, length in zip(x[..., 0], y[..., 0], lengths, strict=True):
        level, spread = rng.normal(size=draws), np.exp(rng.uniform(-1, 1, draws))
        future = level[:, None] + spread[:, None] * rng.normal(size=(draws, 12))
        for t in range(1, length + 1):
            seen = row[:t]
            fit_ = -((seen - level[:, None]) ** 2).sum(axis=1) / (2 * spread**2)
            fit_ -= t * np.log(spread)
            weight = np.exp(fit_ - fit_.max())
            ends = rng.integers(max(t, 3), 13, draws)[:, None]
            real = np.arange(12) < ends
            whole = future.copy()
            whole[:, :t] = seen
            mean = (whole * real).sum(axis=1) / ends[:, 0]
            variance = ((whole - mean[:, None]) ** 2 * real).sum(axis=1) / ends[:, 0]
            guess = (weight * (seen[-1] - mean) / np.sqrt(variance)).sum() / weight.sum()
            errors.append((guess - target[t - 1]) ** 2)
    return np.array(errors)


def standardising(names):
    """Longer training, a tanh at each step, no masks, and the best possible forward reader."""
    gru, both = names["gru"], names["both"]
    names["kinds"] = {
        "forwards, 32": [(gru, 1, 32)],
        "forwards, 18 + 18": [(gru, 1, 18), (gru, 18, 18)],
        "both ways, 22": [(both, 1, 22)],
        "both ways, 11 + 11": [(both, 1, 11), (both, 22, 11)],
    }
    x, y, lengths = names["x"], names["y"], names["lengths"] = names["draw"](1000, seed=0)
    x_test, y_test, n_test = names["draw"](2000, seed=1)
    names["y_test"], names["lengths_test"] = y_test, n_test
    train, measure = names["train"], names["measure"]
    longer = np.pad(x_test, [(0, 0), (0, 12), (0, 0)])

    few = slice(250)
    best = best_forwards(x_test[few].astype(float), y_test[few], n_test[few])
    model = train("forwards, 32", 0, lengths)
    found = model.forward(x_test[few], lengths=n_test[few])[0]
    found = mean_squared_error(found, y_test[few], n_test[few])[0]
    show("250 sequences: best forwards, forwards 32", [best.mean(), found])
    for kind in names["kinds"]:
        error = measure(train(kind, 0, lengths, epochs=32), x_test, n_test)
        show(f"{kind}, 32 epochs, seed 0", [error], "{:.3f}")
    for epochs, seeds in ((8, 3), (32, 1)):
        errors = []
        for seed in range(seeds):
            mixer = RNN(38, 16, seed=10 * seed + 2, **SINGLE)
            mixer.params["W_hh"][...] = 0
            readout = Dense(16, 1, seed=10 * seed + 9, **SINGLE)
            model = Model(both(1, 19, 10 * seed, np.float32), mixer, readout, output="all")
            options = {"epochs": epochs, "batch_size": 50, "lengths": lengths, "seed": seed}
            fit(model, x, y, PerStep(0.02), clip_norm=1.0, schedule="linear", **options)
            assert not mixer.params["W_hh"].any()
            errors.append(measure(model, x_test, n_test))
        weights = names["size"](model) - 256
        show(f"both ways, 19, then tanh: {weights}, {epochs} epochs", errors, "{:.3f}")
    for kind in ("forwards, 32", "both ways, 22", "both ways, 11 + 11"):
        models = [train(kind, seed, None) for seed in range(3)]
        show(f"{kind}, no mask", [measure(m, x_test, None) for m in models], "{:.3f}")
        show("    12 more zeros", [measure(m, longer, None) for m in models], "{:.3f}")


def sunspots(names):
    """Remedies with dropout off, early stopping on half of the years, and no square root."""
    data = sm.datasets.sunspots.load_pandas().data
    year = data["YEAR"].to_numpy().astype(int)
    numbers = data["SUNACTIVITY"].to_numpy()
    target_year = year[9:]
    names["target_year"] = target_year
    names["parts"] = {
        "training": target_year <= 1900,
        "validation": (target_year > 1900) & (target_year <= 1950),
    }

    def use(series):
        scaled = StandardScaler().fit(series[year <= 1900]).transform(series)
        names["x_all"], names["y_all"] = windows(scaled, length=9)

    def watch(model, x, y, optimizer, *, epochs, batch_size, validation, clip_norm, seed, **_):
        """Train as `fit` does; return squared errors per epoch and year, with dropout off."""
        updater = Updater(model, optimizer, mean_squared_error, None, None, clip_norm)
        training = Training(updater, Batches(batch_size, seed=seed), x, y, validation=validation)
        rows = {"training": [], "validation": []}

        def after(_):
            for name, (inputs, target) in (("training", (x, y)), ("validation", validation)):
                rows[name].append((model.forward(inputs)[0] - target)[:, 0].astype(float) ** 2)

        training.run(epochs, after_epoch=after)
        return {name: np.array(values) for name, values in rows.items()}

    use(np.sqrt(numbers))
    ordinary, names["fit"] = names["fit"], watch
    settings = {
        "none": {},
        "dropout 0.5": {"dropout": 0.5},
        "weight decay 1": {"decay": 1.0},
        "6 units": {"units": 6},
        "all three": {"units": 6, "dropout": 0.5, "decay": 1.0},
    }
    for name, options in settings.items():
        runs = [names["learn"](seed, **options)[1] for seed in range(5)]
        show(f"{name}: training error at the end", [r["training"][-1].mean() for r in runs])
        show("    validation, end", [r["validation"][-1].mean() for r in runs])
        show("    validation, best", [r["validation"].mean(axis=1).min() for r in runs])
        if name == "none":
            for words, first in (
                ("alternate years", slice(1, None, 2)),
                ("either half", slice(25)),
            ):
                errors = []
                for run in runs:
                    chosen = np.zeros(50, bool)
                    chosen[first] = True
                    both_ways = []
                    for half in (chosen, ~chosen):
                        epoch = run["validation"][:, half].mean(axis=1).argmin()
                        both_ways.append(run["validation"][epoch, ~half].mean())
                    errors.append(np.mean(both_ways))
                show(f"    stopped on {words}, measured on rest", errors)
                show("    median", [np.median(errors)])
    names["fit"] = ordinary
    for words, series in (("root", np.sqrt(numbers)), ("plain", numbers)):
        use(series)
        rows = names["parts"]["validation"]
        error = np.mean((names["autoregression"](9) - names["y_all"])[rows] ** 2)
        show(f"{words}: AR(9), validation", [error])
        best = [names["learn"](seed)[1]["validation_loss"].min() for seed in range(5)]
        show(f"{words}: GRU, best epoch, median", [np.median(best)])


def chapter08():
    """Longer trainings and other controls of both halves of the chapter."""
    names = page("08-deeper")
    standardising(names)
    sunspots(names)
