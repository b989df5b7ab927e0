"""What `make bench` runs: every case once, small, and the sums behind its table."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gru_lib import cli

FOLDER = Path(__file__).parents[1] / "benchmarks"
SIZE = (3, 4, 2, 5)


sys.path.append(str(FOLDER))  # the scripts import one another


def load(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


bench, worker = load("bench"), load("numpy_worker")


@pytest.mark.parametrize("dtype", bench.DTYPES)
@pytest.mark.parametrize("cell", bench.CELLS + bench.FORMS)
def test_every_form_runs(monkeypatch, cell, dtype):
    asked = []
    kind = type(worker.make_layer(cell, *SIZE[2:], dtype))
    backward = kind.backward

    def noted(self, dh=None, dstate=None, truncate=None):
        asked.append((dh is not None, dstate is not None, truncate))
        return backward(self, dh, dstate, truncate)

    monkeypatch.setattr(kind, "backward", noted)
    worker.make_layer_run(cell, SIZE, dtype)()
    at_the_end = cell.endswith("loss at the end")
    assert asked == [(not at_the_end, at_the_end, 5 if "truncate" in cell else None)]


@pytest.mark.parametrize("cell", bench.CELLS)
def test_the_products_are_those_of_the_layer(monkeypatch, cell):
    """As many multiplications as a forward and a backward pass need, no more and no fewer."""
    counted = []
    matmul = np.matmul

    def counting(a, b, out=None):
        counted.append(a.size * b.shape[-1])
        return matmul(a, b, out=out)

    run = worker.make_products(cell, SIZE, "float64")
    monkeypatch.setattr(np, "matmul", counting)  # the products before and after the loop
    run()
    batch, time, inputs, hidden = SIZE
    gates = {"RNN": 1, "LSTM": 4, "GRU": 3}[cell]
    steps = batch * time
    assert sum(counted) == steps * hidden * gates * (inputs + 1) + steps * hidden * gates * hidden


def test_a_training_step_changes_every_weight(monkeypatch):
    norms = []
    clip = worker.clip_by_global_norm
    monkeypatch.setattr(
        worker, "clip_by_global_norm", lambda g, limit: norms.append(clip(g, limit))
    )
    run = worker.make_training("GRU", SIZE, "float32")
    run()
    run()
    assert len(norms) == 2
    assert norms[0] != norms[1]


@pytest.mark.parametrize("cell", bench.CELLS)
def test_the_peak_of_memory_is_what_is_stored_and_little_more(cell):
    found = worker.memory(cell, (32, 100, 1, 100), "float64")
    assert found["stored"] < found["peak"] <= 1.5 * found["stored"]


def test_every_other_turn_goes_backwards(monkeypatch):
    asked = []

    class Worker:
        def ask(self, action, name):
            asked.append(name)
            return len(asked)

    monkeypatch.setattr(bench, "PAUSE", 0)
    worker = Worker()
    requests = [(worker, {"name": name}) for name in "ab"]
    assert bench.take_turns(requests, 3) == [[1, 4, 5], [2, 3, 6]]
    assert "".join(asked) == "abbaab"


def test_sums_of_the_table():
    s = bench.summary([1.0, 2.0, 9.0], [2.0, 4.0, 3.0])
    assert s == {"ms": 2000.0, "other_ms": 3000.0, "ratio": 0.5, "quartiles": [0.5, 1.75]}
    rows = [{"torch": {"ratio": 0.5}}, {"torch": {"ratio": 2.0}}]
    assert bench.geometric_mean(rows) == pytest.approx(1.0)


def test_the_longer_runs_use_the_functions_of_the_notebooks():
    apart = load("apart")
    assert "train_recall" in apart.page("02-exploding-gradient")
    learn = apart.page("03-lstm")["learn"]
    _, errors, _ = learn(apart.GRU(2, 4, dtype=np.float32, seed=0), 5, 2, 0.01, 50)
    assert len(errors) == 1
    assert "fit_sine" in apart.page("05-gru-concatenated")
    assert {"train", "measure", "learn", "both"} <= set(apart.page("08-deeper"))
    assert {"new_model", "bits_per_letter"} <= set(apart.page("09-next-letter"))


def test_the_full_runs_on_stocks(tmp_path, monkeypatch):
    """Each row of the table is one run of the command line; what is there is left alone."""
    stocks = load("stocks")
    commands = []

    def run(words, check):
        assert check
        commands.append(words)
        assert cli.main(words[3:]) == 0

    monkeypatch.setattr(stocks.subprocess, "run", run)
    monkeypatch.setattr(stocks, "TABLE", tmp_path / "stocks.csv")
    monkeypatch.setattr(stocks, "TICKERS", ("GOOG",))
    monkeypatch.setattr(stocks, "SEEDS", (3,))
    monkeypatch.setitem(stocks.SETTINGS, "hidden-size", 2)
    monkeypatch.setitem(stocks.SETTINGS, "num-epochs", 1)
    monkeypatch.setattr(stocks, "VARIANTS", {"log": ["--log"]})
    stocks.main()
    stocks.main()
    monkeypatch.setitem(stocks.VARIANTS, "levels", [])
    stocks.main()
    assert len(commands) == 2
    assert "--data-file GOOG.csv --split-ratio 0.7 --seq-length 10" in " ".join(commands[0])
    table = pd.read_csv(tmp_path / "stocks.csv")
    assert table["variant"].tolist() == ["log", "levels"]
    assert set(table["epochs"]) == {1}
    persistence = table[["persistence_test_mse", "persistence_test_rmse", "persistence_test_mae"]]
    np.testing.assert_allclose(persistence, 2 * [[0.0054590, 4.8939, 3.3030]], rtol=1e-4)
    assert (table["test_rmse"] > 4.9).all()


def test_the_table_of_full_runs_is_complete():
    stocks = load("stocks")
    table = pd.read_csv(stocks.TABLE)
    runs = [(t, v, s) for s in stocks.SEEDS for v in stocks.VARIANTS for t in stocks.TICKERS]
    assert list(table[stocks.KEY].itertuples(index=False, name=None)) == runs
    long = ~table["variant"].str.endswith("validated")
    assert set(table["epochs"][long]) == {stocks.SETTINGS["num-epochs"]}
    assert (table["best_epoch"] <= table["epochs"]).all()
