"""Train the networks of `free-running.npz`: `python data/train_free_running.py [FOLDER]`.

Takes about eight minutes on one core: an RNN, an LSTM and a GRU with about as many weights each are
trained, from each of three seeds. The file keeps those of the first seed, which need not be the
best. All kinds are trained alike, on sines of many periods. The inputs have noise and the targets
have none, so that the networks learn to come back to the wave when their own output has left it.
"""

import sys
import time
from pathlib import Path

import numpy as np

from gru_lib import GRU, LSTM, RNN, Dense, Model
from gru_lib.forecast import two_term_recurrence
from gru_lib.losses import mean_squared_error
from gru_lib.optim import Adam
from gru_lib.storage import read, write
from gru_lib.training import fit

FOLDER = Path(__file__).resolve().parent
NAME = "free-running.npz"
KINDS = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU}
HIDDEN = {"RNN": 49, "LSTM": 24, "GRU": 28}  # 2549, 2521 and 2549 weights
SHORTEST, LONGEST = 12, 40  # periods, in steps
ROWS = 16384
LENGTH = 80
SKIPPED = 20  # steps at the start of a row that are not scored: the period is not yet known
NOISE = 0.05
LEARNING_RATE = 0.01
EPOCHS = 10
SEEDS = (0, 1, 2)

WINDOW = 50
STEPS = 120
EARLY = 50  # the steps are scored in two parts, up to this one and after it
PERIODS = (8, 14, 20, 28, 38, 60)  # the first and the last are outside of the training
PHASES = 2 * np.pi * np.arange(20) / 20


def waves(periods, phases, count):
    """Return sines of amplitude 1, one row for each period and phase: `(n, count)`."""
    steps = 2 * np.pi / np.asarray(periods, float)[:, None]
    return np.sin(np.asarray(phases)[:, None] + steps * np.arange(count))


def examples(seed):
    """Return noisy sines and, for every step, the next value without noise: `(n, time, 1)` each.

    The logarithm of the period is uniform: as many rows from 12 to 15 steps as from 32 to 40.
    """
    rng = np.random.default_rng(10 * seed)
    periods = np.exp(rng.uniform(np.log(SHORTEST), np.log(LONGEST), ROWS))
    clean = waves(periods, rng.uniform(0, 2 * np.pi, ROWS), LENGTH + 1)
    noisy = clean[:, :-1] + NOISE * rng.normal(size=(ROWS, LENGTH))
    return noisy[..., None].astype(np.float32), clean[:, 1:, None].astype(np.float32)


def build(kind, seed=0, dtype=np.float32):
    """Return the untrained model of one kind; a GRU has its reset gate before the product."""
    size = HIDDEN[kind]
    layer = KINDS[kind](1, size, init="orthogonal", dtype=dtype, seed=10 * seed + 1)
    return Model(layer, Dense(size, 1, dtype=dtype, seed=10 * seed + 2), output="all")


def late_error(prediction, target):
    """Return the mean squared error of the steps after the first `SKIPPED`, and its gradient."""
    value, late = mean_squared_error(prediction[:, SKIPPED:], target[:, SKIPPED:])
    dy = np.zeros_like(prediction)
    dy[:, SKIPPED:] = late
    return value, dy


def train(kind, seed):
    """Return a trained model of one kind."""
    model = build(kind, seed)
    x, y = examples(seed)
    fit(
        model,
        x,
        y,
        Adam(LEARNING_RATE),
        epochs=EPOCHS,
        batch_size=32,
        loss=late_error,
        clip_norm=1.0,
        schedule="linear",
        seed=10 * seed + 3,
    )
    return model


def arrays_of(models):
    """Return the arrays of the file: `RNN.W_hh`, `RNN.readout.W_hy` and so on, in float32."""
    arrays = {}
    for kind, model in models.items():
        layer, readout = model.layers
        arrays |= {f"{kind}.{name}": w for name, w in layer.params.items()}
        arrays |= {f"{kind}.readout.{name}": w for name, w in readout.params.items()}
    return {name: w.astype(np.float32) for name, w in arrays.items()}


def models_of(arrays):
    """Return the models that the arrays of a file describe, in float64, as the figure runs them."""
    models = {kind: build(kind, dtype=np.float64) for kind in KINDS}
    for kind, model in models.items():
        layer, readout = model.layers
        for part, params in ((kind, layer.params), (f"{kind}.readout", readout.params)):
            for name, w in params.items():
                w[...] = arrays[f"{part}.{name}"]
    return models


def load(path=FOLDER / NAME):
    """Return the models of a file, in float64."""
    return models_of(read(path, "networks")[1])


def run_on(predict, windows, steps):
    """Let the window slide: `gru_lib.forecast.free_run` for many windows at once.

    Args:
        predict: function from `(n, length, 1)` to `(n, 1)`.
        windows: `(n, length)`.
        steps: values to forecast.

    Returns:
        `(n, steps)`.

    """
    forecast = np.empty((len(windows), steps))
    for i in range(steps):
        forecast[:, i] = predict(windows[..., None])[:, 0]
        windows = np.column_stack([windows[:, 1:], forecast[:, i]])
    return forecast


def sliding(model, windows, steps):
    """Forecast as chapter 1 does: every window is read from a state of zeros."""
    return run_on(lambda x: model.forward(x)[0][:, -1], windows, steps)


def carried(model, windows, steps):
    """Forecast with the state carried on: the window is read once, then only what came out."""
    latest, forecast = windows[..., None], np.empty((len(windows), steps))
    state = None
    for i in range(steps):
        prediction, state = model.forward(latest, state)
        latest = prediction[:, -1:]
        forecast[:, i] = latest[:, 0, 0]
    return forecast


def recurrence(windows, steps):
    """Forecast by the two-term recurrence, with the least-squares frequency of each window."""
    middle, around = windows[:, 1:-1], windows[:, 2:] + windows[:, :-2]
    twice_cosine = np.sum(middle * around, axis=1) / np.sum(middle**2, axis=1)
    frequency = np.arccos(np.clip(twice_cosine / 2, -1, 1))[:, None]
    return run_on(lambda x: two_term_recurrence(x, frequency), windows, steps)


def last_value(windows, steps):
    """Forecast by persistence: the last known value, for ever."""
    return np.repeat(windows[:, -1:], steps, axis=1)


def tried():
    """Return the sines that are tried, windows and truth, period by period: `(n, time)`."""
    periods = np.repeat(PERIODS, len(PHASES))
    return waves(periods, np.tile(PHASES, len(PERIODS)), WINDOW + STEPS)


def forecasts(models):
    """Return what the models make of all that is tried, by kind and way of running on."""
    windows, runs = tried()[:, :WINDOW], {}
    for kind, model in models.items():
        for way in (sliding, carried):
            runs[kind, way.__name__] = way(model, windows, STEPS)
    return runs


def errors(forecast):
    """Return the RMSE of every forecast `(n, STEPS)` of what is tried: `(period, phase, part)`.

    The parts are the early steps and the late ones.
    """
    squares = (forecast - tried()[:, WINDOW:]) ** 2
    parts = np.split(squares, [EARLY], axis=1)
    rmse = [np.sqrt(part.mean(axis=1)) for part in parts]
    return np.stack(rmse, axis=1).reshape(len(PERIODS), len(PHASES), 2)


def by_period(runs):
    """Return a table of medians and, in brackets, worst: a row for each period and part."""
    found = [errors(runs[kind, "sliding"]) for kind in KINDS]
    found.append(errors(last_value(tried()[:, :WINDOW], STEPS)))
    rows = []
    for i, period in enumerate(PERIODS):
        for part, steps in enumerate((f"1 to {EARLY}", f"{EARLY + 1} to {STEPS}")):
            cells = [f"{np.median(e[i, :, part]):.3f} ({e[i, :, part].max():.3f})" for e in found]
            rows.append(f"| {period} | {steps} | {' | '.join(cells)} |")
    return rows


def by_seed(seeds):
    """Return a table of the median late error inside the range, from the forecasts of each seed."""
    inside = [SHORTEST <= period <= LONGEST for period in PERIODS]
    rows = []
    for kind, way in seeds[0]:
        late = [np.median(errors(runs[kind, way])[inside, :, 1]) for runs in seeds]
        rows.append(f"| {kind} | {way} | {' | '.join(f'{error:.3f}' for error in late)} |")
    return rows


def main(arguments):
    """Train, write the file, and print what `README.md` tells of it."""
    path = Path(arguments[0] if arguments else FOLDER) / NAME
    seeds = []
    for seed in SEEDS:
        models = {}
        for kind in KINDS:
            started = time.perf_counter()
            models[kind] = train(kind, seed)
            print(f"seed {seed}, {kind}: {time.perf_counter() - started:.0f} s")
        arrays = arrays_of(models)
        if seed == SEEDS[0]:
            write(path, {"hidden": HIDDEN, "reset": "before"}, arrays, "networks")
        seeds.append(forecasts(models_of(arrays)))
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
    print(*by_period(seeds[0]), sep="\n")
    print(*by_seed(seeds), sep="\n")
    exact = errors(recurrence(tried()[:, :WINDOW], STEPS))
    print(f"recurrence: {exact.max():.0e} at most")


if __name__ == "__main__":
    main(sys.argv[1:])
