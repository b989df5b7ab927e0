"""The networks that run on by themselves: the file, what `data/README.md` says, and its script."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from gru_lib.forecast import free_run
from gru_lib.storage import read

FOLDER = Path(__file__).parents[1] / "data"
FILE = FOLDER / "free-running.npz"
README = (FOLDER / "README.md").read_text("utf-8")
SECTION = next(part for part in README.split("\n## ") if "`free-running.npz`" in part)
KINDS = ("RNN", "LSTM", "GRU")


def load_script():
    spec = importlib.util.spec_from_file_location("script", FOLDER / "train_free_running.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def script():
    return load_script()


@pytest.fixture(scope="module")
def trained():
    return load_script().load(FILE)


@pytest.fixture(scope="module")
def runs(trained):
    return load_script().forecasts(trained)


def assert_same_tables(ours, told):
    """Compare tables by their words and, up to the last digit, by their numbers."""
    number = r"\d+\.\d{3}"
    assert [re.sub(number, "#", row) for row in ours] == [re.sub(number, "#", row) for row in told]
    ours, told = (np.array(re.findall(number, "".join(rows)), float) for rows in (ours, told))
    np.testing.assert_allclose(ours, told, rtol=0, atol=0.0011)


def test_the_arrays_are_as_described(script):
    description, arrays = read(FILE, "networks")
    assert description == {"hidden": script.HIDDEN, "reset": "before"}
    assert {name: w.shape for name, w in arrays.items()} == {
        "RNN.W_xh": (1, 49),
        "RNN.W_hh": (49, 49),
        "RNN.b_h": (49,),
        "RNN.readout.W_hy": (49, 1),
        "RNN.readout.b_y": (1,),
        "LSTM.W_x": (1, 96),
        "LSTM.W_h": (24, 96),
        "LSTM.b": (96,),
        "LSTM.readout.W_hy": (24, 1),
        "LSTM.readout.b_y": (1,),
        "GRU.W_x": (1, 84),
        "GRU.W_h": (28, 84),
        "GRU.b": (84,),
        "GRU.readout.W_hy": (28, 1),
        "GRU.readout.b_y": (1,),
    }
    assert {w.dtype for w in arrays.values()} == {np.dtype(np.float32)}
    for name in arrays:
        assert f"`{name.removesuffix('readout.W_hy').removesuffix('readout.b_y')}" in SECTION
    assert FILE.stat().st_size < 40_000
    for kind in KINDS:
        weights = sum(w.size for name, w in arrays.items() if name.startswith(f"{kind}."))
        assert f"| {kind} | {script.HIDDEN[kind]} | {weights} |" in SECTION


def test_the_models_hold_the_arrays_of_the_file(trained):
    arrays = read(FILE, "networks")[1]
    assert tuple(trained) == KINDS
    for kind, model in trained.items():
        for w, name in zip(model.params.values(), model.params, strict=True):
            layer, _, key = name.partition(".")
            part = f"{kind}.readout.{key}" if layer.startswith("dense") else f"{kind}.{key}"
            np.testing.assert_array_equal(w, arrays[part])
            assert w.dtype == np.float64
    assert trained["GRU"].layers[0].reset == "before"


def test_the_errors_are_those_that_are_told(script, runs):
    told = re.findall(r"^\| \d+ \| \d+ to \d+ \|.*", SECTION, re.M)
    assert_same_tables(script.by_period(runs), told)


def test_the_first_seed_is_the_one_that_is_kept(script, runs):
    told = re.findall(r"^(\| \w+ \| (?:sliding|carried) \| \S+) .*\|$", SECTION, re.M)
    assert_same_tables([row[:-2] for row in script.by_seed([runs])], told)
    assert script.SEEDS[0] == 0


def mean_period(run):
    """Return the mean distance of the upward crossings of 0, each found by a straight line."""
    up = np.flatnonzero((run[:-1] < 0) & (run[1:] >= 0))
    return np.diff(up + run[up] / (run[up] - run[up + 1])).mean()


def test_the_height_stays_and_the_period_is_drawn_towards_the_range(script, runs):
    told = re.search(
        r"period 8 the runs have periods of (\d+) to (\d+) steps, after one of period 60 of "
        r"(\d+) to (\d+)",
        " ".join(SECTION.split()),
    )
    fast, slow = np.array(told.groups(), int).reshape(2, 2)
    bounds = {period: (period * 0.98, period * 1.02) for period in script.PERIODS[1:-1]}
    for period, (low, high) in ({8: fast, 60: slow} | bounds).items():
        first = 20 * script.PERIODS.index(period)
        for kind in KINDS:
            mine = runs[kind, "sliding"][first : first + 20]
            periods = [mean_period(run) for run in mine]
            assert low < min(periods) <= max(periods) < high
            assert np.abs(np.abs(mine[:, 60:]).max(axis=1) - 1).max() < 0.03


def test_the_recurrence_is_exact(script):
    windows = script.tried()[:, : script.WINDOW]
    assert script.errors(script.recurrence(windows, script.STEPS)).max() < 1e-9


@pytest.mark.parametrize("kind", KINDS)
def test_windows_slide_as_in_chapter_1(kind, script, trained):
    windows, model = script.waves([20, 33], [0.5, 2.0], 50), trained[kind]
    for window, ours in zip(windows, script.sliding(model, windows, 7), strict=True):
        expected = free_run(lambda x: model.forward(x)[0][:, -1], window[:, None], 7)
        np.testing.assert_allclose(ours, expected, atol=1e-12)
    # the carried state is that of one long row, here of inputs that the network itself gave
    forecast = script.carried(model, windows, 7)
    row = np.column_stack([windows, forecast])[..., None]
    expected = model.forward(row)[0][:, 49:-1, 0]
    np.testing.assert_allclose(forecast, expected, atol=1e-12)


def test_the_first_steps_are_not_scored(script):
    rng = np.random.default_rng(0)
    prediction, target = rng.normal(size=(2, 3, 25, 1))
    value, dy = script.late_error(prediction, target)
    assert value == pytest.approx(np.mean((prediction - target)[:, 20:] ** 2))
    assert not dy[:, :20].any()
    moved = prediction + 1e-6 * dy
    change = script.late_error(moved, target)[0] - value
    assert change == pytest.approx(1e-6 * np.sum(dy**2), rel=1e-4)


def test_the_examples(script, monkeypatch):
    monkeypatch.setattr(script, "ROWS", 300)
    x, y = script.examples(0)
    assert x.shape == y.shape == (300, script.LENGTH, 1)
    noise = x[:, 1:] - y[:, :-1]
    assert noise.std() == pytest.approx(script.NOISE, rel=0.02)
    # y_{t+1} + y_{t-1} = 2 cos(2 π / period) y_t gives the period back
    middle, around = y[:, 1:-1], y[:, 2:] + y[:, :-2]
    cosine = np.sum(middle * around, axis=(1, 2)) / np.sum(middle**2, axis=(1, 2)) / 2
    periods = 2 * np.pi / np.arccos(cosine)
    assert 12 * 0.99 < periods.min() < 12.5
    assert 39 < periods.max() < 40 * 1.01
    assert np.median(periods) == pytest.approx(np.sqrt(12 * 40), rel=0.1)


def test_the_script_writes_a_file_and_a_report(script, tmp_path, monkeypatch, capsys):
    for name, value in {
        "HIDDEN": dict.fromkeys(KINDS, 3),
        "ROWS": 64,
        "LENGTH": 30,
        "EPOCHS": 2,
        "SEEDS": (0, 1),
        "WINDOW": 9,
        "STEPS": 12,
        "EARLY": 5,
    }.items():
        monkeypatch.setattr(script, name, value)
    script.main([str(tmp_path)])
    lines = capsys.readouterr().out.splitlines()
    path = tmp_path / script.NAME
    assert sum(re.fullmatch(r"seed [01], \w+: \d+ s", line) is not None for line in lines) == 6
    runs = script.forecasts(script.load(path))
    assert set(script.by_period(runs)) <= set(lines)
    trained = {kind: script.train(kind, 0) for kind in KINDS}
    again = script.models_of(script.arrays_of(trained))
    assert script.by_seed([script.forecasts(again)]) == script.by_seed([runs])
    first = path.read_bytes()
    script.main([str(tmp_path)])
    assert path.read_bytes() == first
    untrained = script.build("GRU")
    x, y = script.examples(0)
    before, after = (script.late_error(m.forward(x)[0], y)[0] for m in (untrained, trained["GRU"]))
    assert after < before
