"""The command line: what it writes, that it can be taken up again, and one line for every error."""

import copy
import csv
import io
import itertools
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from gru_lib import GRU, Dense, Model
from gru_lib.cli import main
from gru_lib.options import DEFAULTS
from gru_lib.runs import Run
from gru_lib.series import read_series
from gru_lib.storage import read, write
from gru_lib.training import Training
from gru_lib.updates import Updater

ROOT = Path(__file__).resolve().parents[1]
FIGURES = {"cost.png", "sequence.png", "residual.png"}
FILES = FIGURES | {"model.npz", "metrics.json", "history.csv", "checkpoint.npz"}
SMALL = ("--hidden-size", "2", "--num-epochs", "3", "--seq-length", "4")
posix = pytest.mark.skipif(os.name == "nt", reason="no such signals, pipes or terminals")


class Stream(io.TextIOWrapper):
    """Text in memory; a terminal, if its `terminal` is set."""

    terminal = False

    def isatty(self):
        return self.terminal


def cli(*arguments, encoding="utf-8", terminal=False):
    """The exit status of a command, and what it wrote to standard output and error."""
    out, err = (Stream(io.BytesIO(), encoding, write_through=True, newline="\n") for _ in "oe")
    err.terminal = terminal
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = main([str(a) for a in arguments])
        except SystemExit as leaving:
            status = leaving.code
    texts = (stream.buffer.getvalue().decode(encoding) for stream in (out, err))
    return SimpleNamespace(**dict(zip(("status", "out", "err"), (status, *texts), strict=True)))


def train(*arguments, data="s.csv", out="run", **options):
    return cli("train", "--data-file", data, *SMALL, "--out", out, *arguments, **options)


def day(i):
    """The i-th working day, Monday 2013-01-07 being the 0-th."""
    return date(2013, 1, 7) + timedelta(days=7 * (i // 5) + i % 5)


def prices(n=40):
    return [float(round(x, 2)) for x in 100 + np.cumsum(np.random.default_rng(1).normal(size=n))]


def table(values, column="Close"):
    """The text of a file; `values` may hold text."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["Date", column])
    writer.writerows([day(i), v] for i, v in enumerate(values))
    return text.getvalue()


def put(name, text):
    Path(name).write_text(text, "utf-8", newline="")


def content(folder="."):
    """All files below a folder, and the folders: a dict from name to bytes."""
    paths = sorted(Path(folder).rglob("*"))
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in paths}


def history(folder="run"):
    with open(Path(folder) / "history.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def timeless(rows):
    return [{name: v for name, v in row.items() if name != "seconds"} for row in rows]


def same_run(a, b):
    """Assert that two folders hold the same run, measured seconds apart."""
    ours, truth = content(a), content(b)
    assert set(ours) == set(truth) == FILES
    for name in FILES - {"history.csv", "checkpoint.npz"}:
        assert ours[name] == truth[name], name
    assert timeless(history(a)) == timeless(history(b))


def refused(result, *parts):
    """Assert that a command left with one line on standard error that holds all parts."""
    assert result.status == 2, (result.out, result.err)
    assert result.err.endswith("\n")
    assert len(result.err.splitlines()) == 1, result.err
    assert result.out == ""
    for part in parts:
        assert part in result.err


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """An empty folder to work in, with a series of 40 rows."""
    monkeypatch.chdir(tmp_path)
    put("s.csv", table(prices()))
    return tmp_path


@pytest.fixture
def quick(monkeypatch):
    """Draw three empty figures."""

    def figures(*_):
        for name in sorted(FIGURES):
            yield name, Figure(figsize=(0.1, 0.1))

    monkeypatch.setattr("gru_lib.runs.Run._figures", figures)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with `s.csv` and a finished run, not to be changed."""
    folder, before = tmp_path_factory.mktemp("trained"), Path.cwd()
    os.chdir(folder)
    try:
        put("s.csv", table(prices()))
        result = train()
    finally:
        os.chdir(before)
    return SimpleNamespace(folder=folder / "run", result=result, files=content(folder / "run"))


@pytest.fixture
def run(trained):
    """A copy of that run, in the present folder."""
    shutil.copytree(trained.folder, "run")
    return trained


# What is written


def test_a_run_writes_its_files_and_says_what_it_did(trained):
    assert trained.result.status == 0
    assert trained.result.err == ""
    assert set(trained.files) == FILES
    for name in FIGURES:
        assert trained.files[name].startswith(b"\x89PNG\r\n\x1a\n")
        assert trained.files[name].endswith(b"IEND\xaeB`\x82")
    out = trained.result.out
    assert f"s.csv, Close: 40 rows, the first 28 (to {day(27)}) to train on\n" in out
    assert re.search(r"\n3 epochs done in all, \d+\.\d s now; kept: epoch 3, which has", out)
    again = "python -m gru_lib train --resume run --num-epochs 6\n"
    assert out.endswith(f"\nwritten to run; to go on: {again}")


def test_the_history_has_one_row_per_epoch(run):
    rows = history()
    names = ["epoch", "loss", "validation_loss", "gradient_norm", "clipped_norm", "seconds"]
    assert list(rows[0]) == names
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert all(float(row["loss"]) > 0 and float(row["seconds"]) > 0 for row in rows)
    assert b"\r" not in run.files["history.csv"]


TRANSFORMS = [(), ("--log",), ("--difference",), ("--log", "--difference")]


def by_hand(folder, values, count=None):
    """Predictions of a saved GRU in the units of the data, each from the true values before it.

    With `count`, forecasts that follow the last value instead, each prediction the next input.
    """
    with np.load(Path(folder) / "model.npz") as entries:
        arrays = {name: entries[name] for name in entries.files}
    notes = json.loads(arrays.pop("header.json").tobytes())["description"]["notes"]
    assert set(notes) >= {"scaler", "column", "log", "difference", "window"}
    model, (_, scaler) = Model.load(Path(folder) / "model.npz"), (0, notes["scaler"])
    there, back = (math.log, math.exp) if notes["log"] else (float, float)

    def following(known):
        levels = [there(v) for v in known]
        seen = [b - a for a, b in itertools.pairwise(levels)]
        seen = (seen if notes["difference"] else levels)[-notes["window"] :]
        x = (np.array(seen) - scaler["mean"]) / scaler["std"]
        y = model.forward(x[None, :, None])[0][0, 0] * scaler["std"] + scaler["mean"]
        return back(y + levels[-1] if notes["difference"] else y)

    if count is None:
        lead = notes["window"] + notes["difference"]
        return lead, [following(values[:i]) for i in range(lead, len(values))]
    known = list(values)
    for _ in range(count):
        known.append(following(known))
    return known[len(values) :]


def scored(predicted, actual, unit):
    errors = [p - a for p, a in zip(predicted, actual, strict=True)]
    mse = sum(e * e for e in errors) / len(errors)
    mae = sum(map(abs, errors)) / len(errors)
    return {"mse": mse / unit**2, "rmse": mse**0.5, "mae": mae}


@pytest.mark.parametrize("transform", TRANSFORMS, ids=" ".join)
def test_metrics_by_hand(transform, quick):
    assert train(*transform, "--split-ratio", "0.6").status == 0
    values, rows = prices(), 24
    lead, predicted = by_hand("run", values)
    assert lead == 4 + ("--difference" in transform)
    mean = sum(values[:rows]) / rows
    unit = (sum((v - mean) ** 2 for v in values[:rows]) / rows) ** 0.5
    cut = rows - lead
    network = (predicted[:cut], values[lead:rows]), (predicted[cut:], values[rows:])
    last = (values[lead - 1 : rows - 1], values[lead:rows]), (values[rows - 1 : -1], values[rows:])
    found = json.loads(Path("run/metrics.json").read_text("utf-8"))
    assert set(found) == {"train", "test", "persistence"}
    assert set(found["persistence"]) == {"train", "test"}
    for i, part in enumerate(("train", "test")):
        assert found[part] == pytest.approx(scored(*network[i], unit), rel=1e-9)
        assert found["persistence"][part] == pytest.approx(scored(*last[i], unit), rel=1e-9)


def test_the_scaler_and_the_notes_of_a_model(run):
    about, _ = read(Path("run/model.npz"))
    notes, part = about["notes"], prices()[:28]
    expected = {"mean": np.mean(part), "std": np.std(part)}
    assert notes["scaler"] == pytest.approx(expected, rel=1e-12)
    kept = {name: notes[name] for name in ("column", "window", "log", "difference")}
    assert kept == {"column": "Close", "window": 4, "log": False, "difference": False}


def test_the_test_part_does_not_leak_into_the_model(quick):
    values = prices()
    put("other.csv", table(values[:28] + [1000 + i * i for i in range(12)]))
    assert train(out="a").status == train(data="other.csv", out="b").status == 0
    (about, arrays), (other, others) = (read(Path(n) / "model.npz") for n in "ab")
    assert about["notes"]["scaler"] == other["notes"]["scaler"]
    np.testing.assert_equal(arrays, others)
    assert timeless(history("a")) == timeless(history("b"))


@pytest.mark.parametrize(
    ("n", "ratio", "rows"), [(40, "0.7", 28), (100, "0.29", 29), (40, "0.72", 28), (20, "0.95", 19)]
)
def test_the_training_part_is_the_earliest_rows(n, ratio, rows, quick):
    put("s.csv", table(prices(n)))
    result = train("--split-ratio", ratio)
    assert f"{n} rows, the first {rows} (to {day(rows - 1)}) to train on\n" in result.out
    notes = read(Path("run/model.npz"))[0]["notes"]
    assert notes["scaler"]["mean"] == pytest.approx(np.mean(prices(n)[:rows]), rel=1e-12)


def test_the_smallest_training_and_test_part(quick):
    put("s.csv", table(prices(6)))
    assert train("--split-ratio", "0.84").status == 0  # 5 rows: one window of 4, one target


def test_a_bare_name_is_also_looked_for_in_data(quick):
    result = train("--seq-length", "2000", "--split-ratio", "0.4", "--num-epochs", "1", data="GOOG")
    refused(result, "GOOG: expected a CSV file", "AAPL.csv, GOOG.csv, IBM.csv")
    wide = ("--seq-length", "1", "--split-ratio", "0.001", "--num-epochs", "1")
    result = train(*wide, data="GOOG.csv")
    assert "GOOG.csv, Adj Close: " in result.out
    shutil.copy("s.csv", "GOOG.csv")  # the one that is here goes first
    assert "GOOG.csv, Close: 40 rows" in train(data="GOOG.csv", out="b").out
    refused(train(data=Path("sub") / "IBM.csv"), "expected a CSV file, got no such file")


def test_adj_close_goes_before_close_unless_a_column_is_named(quick):
    rows = [f"{day(i)},{i},{2 * i},{v}" for i, v in enumerate(prices())]
    put("s.csv", "\n".join(["Date,Close,Adj Close,Open", *rows]))
    for given_column, column in (((), "Adj Close"), (("--column", "Open"), "Open")):
        assert f"s.csv, {column}: 40 rows" in train(*given_column).out
        assert read(Path("run/model.npz"))[0]["notes"]["column"] == column


CHANGES = ["--cell lstm", "--cell rnn", "--hidden-size 3", "--seq-length 5", "--split-ratio 0.6"]
CHANGES += ["--num-epochs 2", "--batch-size 7", "--learning-rate 0.002", "--optimizer sgd"]
CHANGES += ["--clip 0.001 --optimizer sgd --learning-rate 1", "--seed 1", "--log", "--difference"]


def test_every_option_of_train_is_heeded(quick):
    train()
    train("--optimizer", "sgd", "--learning-rate", "1", out="sgd")
    seen = {Path(n, "model.npz").read_bytes() for n in ("run", "sgd")}
    for change in CHANGES:
        assert train(*change.split(), out="changed").status == 0
        seen.add(Path("changed/model.npz").read_bytes())
    assert len(seen) == len(CHANGES) + 2


def test_the_gradient_is_clipped_to_the_norm_that_was_given(quick):
    train("--clip", "0.001")
    for row in history():
        assert float(row["gradient_norm"]) > 0.001
        assert float(row["clipped_norm"]) == pytest.approx(0.001, rel=1e-9)


def test_the_best_epoch_is_kept_rather_than_the_last(quick):
    wild = ("--optimizer", "sgd", "--learning-rate", "5", "--cell", "rnn")
    result = train(*wild, "--num-epochs", "8")
    losses = [float(row["loss"]) for row in history()]
    best = losses.index(min(losses)) + 1
    assert best < 8
    assert f"kept: epoch {best}," in result.out
    train(*wild, "--num-epochs", best, out="short")
    assert Path("run/model.npz").read_bytes() == Path("short/model.npz").read_bytes()


HELD_OUT = ("--validation-ratio", "0.25")  # 7 of the 28 rows of the training part


def test_the_best_epoch_is_chosen_on_the_validation_part(quick):
    wild = ("--optimizer", "sgd", "--learning-rate", "0.5", "--cell", "rnn", *HELD_OUT)
    result = train(*wild, "--num-epochs", "12")
    losses, chosen = (
        [float(row[name]) for row in history()] for name in ("loss", "validation_loss")
    )
    best = chosen.index(min(chosen)) + 1
    assert best not in (1, 12, losses.index(min(losses)) + 1)
    assert f"kept: epoch {best}, which has the lowest validation loss" in result.out
    train(*wild, "--num-epochs", best, out="short")
    assert Path("run/model.npz").read_bytes() == Path("short/model.npz").read_bytes()
    train(*wild, "--num-epochs", 3, out="later")
    cli("train", "--resume", "later", "--num-epochs", "12")
    same_run("later", "run")


def test_the_validation_part_is_not_learnt_from(quick):
    values = prices()
    put("other.csv", table(values[:21] + [v + 5 for v in values[21:28]] + values[28:]))
    for name, data in (("a", "s.csv"), ("b", "other.csv")):
        result = train(*HELD_OUT, data=data, out=name)
        assert f"the first 28 (to {day(27)}) to train on, the last 7 of them" in result.out
    (about, _), (other, _) = (read(Path(name) / "model.npz") for name in "ab")
    assert about["notes"]["scaler"] == other["notes"]["scaler"]
    assert about["notes"]["scaler"]["mean"] == pytest.approx(np.mean(values[:21]), rel=1e-12)
    for ours, others in zip(history("a"), history("b"), strict=True):
        assert ours["loss"] == others["loss"]
        assert ours["validation_loss"] != others["validation_loss"]


def test_metrics_with_a_validation_part(quick):
    assert train(*HELD_OUT).status == 0
    values = prices()
    lead, predicted = by_hand("run", values)
    unit = np.std(values[:21])
    found = json.loads(Path("run/metrics.json").read_text("utf-8"))
    expected = scored(predicted[: 21 - lead], values[lead:21], unit)
    assert found["train"] == pytest.approx(expected, rel=1e-9)
    expected = scored(predicted[28 - lead :], values[28:], unit)
    assert found["test"] == pytest.approx(expected, rel=1e-9)
    expected = scored(values[lead - 1 : 20], values[lead:21], unit)
    assert found["persistence"]["train"] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("ratio", "part"),
    [
        ("0.02", "s.csv: too few rows: expected at least 1 for validation, got 0"),
        ("0.9", "s.csv: too few rows: a training part of more than 4"),
        ("1", "expected a number above 0 and below 1, got '1'"),
    ],
)
def test_a_validation_part_of_no_use(ratio, part):
    refused(train("--validation-ratio", ratio), part)
    assert not Path("run").exists()


# The same again


def test_same_seed_same_files(run):
    assert train(out="b").status == 0
    same_run("run", "b")
    assert train("--seed", "1", out="c").status == 0
    ours, other = content("b"), content("c")
    assert all(ours[name] != other[name] for name in FILES)


@pytest.mark.parametrize("transform", [(), ("--log", "--difference", "--clip", "0.5")])
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_a_run_that_is_taken_up_again_equals_one_in_one_go(optimizer, transform, request):
    if transform or optimizer == "sgd":
        request.getfixturevalue("quick")
    options = ("--optimizer", optimizer, "--batch-size", "5", *transform)
    assert train(*options, "--num-epochs", "7", out="once").status == 0
    assert train(*options, "--num-epochs", "2").status == 0
    assert cli("train", "--resume", "run", "--num-epochs", "5").status == 0
    assert cli("train", "--resume", "run", "--num-epochs", "7", "--out", "late").status == 0
    assert len(history("run")) == 5
    same_run("once", "late")
    (_, arrays), (_, others) = (
        read(Path(n) / "checkpoint.npz", kind="checkpoint") for n in ("once", "late")
    )
    np.testing.assert_equal(arrays, others)


def test_a_run_in_a_folder_that_holds_another_replaces_it(run, quick):
    assert train("--seed", "3").status == train("--seed", "3", out="b").status == 0
    ours, other = content("run"), content("b")
    assert ours["model.npz"] == other["model.npz"]
    assert ours["metrics.json"] == other["metrics.json"]


# Ctrl-C, kill, divergence


@pytest.fixture
def interrupt(monkeypatch):
    """A context in which KeyboardInterrupt is raised in the middle of an epoch."""

    @contextmanager
    def at(epoch):
        update = Updater.update

        def interrupted(self, x, y, state, where, lengths=None):
            if where == (epoch, 2):
                raise KeyboardInterrupt
            return update(self, x, y, state, where, lengths)

        with monkeypatch.context() as patch:
            patch.setattr(Updater, "update", interrupted)
            yield

    return at


def test_ctrl_c_keeps_the_best_so_far_and_says_so(interrupt, quick):
    train("--batch-size", "5", "--num-epochs", "3", out="short")
    train("--batch-size", "5", "--num-epochs", "6", out="once")
    with interrupt(4):
        result = train("--batch-size", "5", "--num-epochs", "6")
    assert result.status == 130
    assert result.err == "\ninterrupted; the best network so far is kept\n"
    assert result.out.endswith("to go on: python -m gru_lib train --resume run\n")
    same_run("run", "short")
    assert cli("train", "--resume", "run").status == 0
    same_run("run", "once")


def test_ctrl_c_between_two_epochs(monkeypatch, quick):
    train("--num-epochs", "3", out="short")
    copies, parameters = [], Updater.copy_parameters

    def interrupted(self):
        copies.append(1)
        if len(copies) == 5:  # the first is made at the start, this one after epoch 4
            raise KeyboardInterrupt
        return parameters(self)

    monkeypatch.setattr(Updater, "copy_parameters", interrupted)
    assert train("--num-epochs", "6").status == 130
    same_run("run", "short")


def test_ctrl_c_in_the_first_epoch_leaves_nothing(interrupt):
    before = content()
    with interrupt(1):
        result = train("--batch-size", "5")
    assert (result.status, result.out) == (130, "")
    assert result.err.strip() == "interrupted before an epoch was complete: nothing is kept"
    assert content() == before


def test_ctrl_c_after_resume_and_before_an_epoch_keeps_what_was(interrupt, quick):
    assert train("--batch-size", "5").status == 0
    before = content("run")
    with interrupt(4):
        result = cli("train", "--resume", "run", "--num-epochs", "6")
    assert result.status == 130
    assert "the best network so far is kept" in result.err
    after = content("run")
    assert all(after[name] == before[name] for name in FILES - {"checkpoint.npz"})


def failing(monkeypatch, error, at):
    """Let the `at`-th replacement of a file fail (0 is the first)."""
    replace, calls = os.replace, []

    def fails(*names):
        calls.append(names)
        if len(calls) - 1 == at:
            raise error
        replace(*names)

    monkeypatch.setattr("gru_lib.storage.os.replace", fails)


@pytest.mark.parametrize("at", range(len(FILES)))
def test_a_second_ctrl_c_does_not_claim_that_nothing_is_kept(at, monkeypatch, quick):
    failing(monkeypatch, KeyboardInterrupt(), at)
    result = train()
    assert (result.status, result.out) == (130, "")
    assert len(result.err.split("\n")) <= 3
    assert ("nothing is kept" in result.err) == (at == 0)
    assert Path("run").exists() == (at > 0)


CHECKPOINTS = """
import signal, sys
from gru_lib import cli, runs
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored when tests run in background
runs.CHECKPOINT_SECONDS = -1
sys.exit(cli.main(sys.argv[1:]))
"""


def start(*arguments, code=CHECKPOINTS, **options):
    """A process of its own, with a checkpoint after every epoch."""
    env = os.environ | {"PYTHONPATH": os.environ.get("PYTHONPATH", str(ROOT))}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": env} | options
    how = ("-m", "gru_lib") if code is None else ("-c", code)
    return subprocess.Popen([sys.executable, *how, *map(str, arguments)], **pipes)


def train_for_long():
    """A process that has just written its first checkpoint, and would go on for hours."""
    options = ("--batch-size", "5", "--num-epochs", "90000000", "--data-file", "s.csv")
    process = start("train", *SMALL, *options, "--out", "run")
    end = time.monotonic() + 60
    while not Path("run/checkpoint.npz").exists() and process.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.02)
    return process


def assert_equal_to_one_go(epochs):
    options = ("--batch-size", "5", "--num-epochs", epochs)
    assert cli("train", "--resume", "run", "--num-epochs", epochs).status == 0
    assert train(*options, out="once").status == 0
    assert len(history("run")) == epochs
    same_run("run", "once")


@posix
def test_sigint(quick):
    process = train_for_long()
    process.send_signal(signal.SIGINT)
    try:
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert err == b"\ninterrupted; the best network so far is kept\n"
    assert b"written to run" in out
    assert set(content("run")) == FILES
    assert_equal_to_one_go(len(history("run")) + 2)


def test_kill_and_resume(quick):
    process = train_for_long()
    process.kill()
    process.communicate(timeout=60)
    done = len(read(Path("run/checkpoint.npz"), kind="checkpoint")[0]["training"]["rows"])
    assert done >= 1
    for path in Path("run").glob(".*"):  # what was being written when the process died
        path.unlink()
    assert_equal_to_one_go(done + 2)


def test_a_checkpoint_is_written_while_training(monkeypatch, quick):
    seen, written = [], []
    epoch, checkpoint = Training._epoch, Run._write_checkpoint

    def watched(self, *arguments):
        seen.append(len(written))
        return epoch(self, *arguments)

    def counted(self, folder):
        written.append(folder)
        checkpoint(self, folder)

    clock = iter(range(1000, 2000, 4))
    fake = SimpleNamespace(monotonic=lambda: next(clock), perf_counter=time.perf_counter)
    monkeypatch.setattr("gru_lib.runs.time", fake)
    monkeypatch.setattr(Training, "_epoch", watched)
    monkeypatch.setattr(Run, "_write_checkpoint", counted)
    train("--num-epochs", "4")
    assert seen == [0, 0, 1, 1]  # after 4 s no checkpoint, after 8 s one, 4 s later none


@pytest.mark.parametrize("rate", ["1e30", "1e300"])
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_a_training_that_diverges_keeps_the_best_or_nothing(cell, rate, quick):
    options = ("--optimizer", "sgd", "--learning-rate", rate, "--batch-size", "64")
    result = train("--cell", cell, *options, "--num-epochs", "50")
    if result.status == 2:
        refused(result)
        assert not Path("run").exists()
    else:
        assert result.status == 1
        assert "training diverged in epoch" in result.err
        assert "best parameters so far are kept" in result.err
        assert len(result.err.strip().splitlines()) == 1
        assert set(content("run")) == FILES


def test_figures_of_a_training_that_diverges():
    rate = ("--optimizer", "sgd", "--learning-rate", "1e30", "--batch-size", "64")
    result = train("--cell", "rnn", *rate, "--num-epochs", "50")
    assert result.status == 1
    assert set(content("run")) == FILES


def test_a_training_that_diverges_at_once_leaves_nothing():
    before = content()
    result = train("--learning-rate", "1e308", out=Path("a") / "b")
    refused(result, "training diverged in epoch 1")
    assert content() == before


def test_the_words_on_divergence_name_what_this_program_offers():
    result = train("--learning-rate", "1e308")
    assert "clip_norm" not in result.err
    assert "are kept" not in result.err


# Files whole or not at all


@pytest.mark.parametrize("at", range(len(FILES)))
def test_a_full_disk_leaves_whole_files(at, run, monkeypatch, quick):
    train("--seed", "5", out="new")
    expected = content("new")
    failing(monkeypatch, OSError(28, "No space left on device"), at)
    refused(train("--seed", "5"), "No space left on device")
    found = content("run")
    assert set(found) == FILES
    replaced = {name for name in FILES if found[name] != run.files[name]}
    assert len(replaced) == at
    for name in replaced - {"history.csv", "checkpoint.npz"}:
        assert found[name] == expected[name]


def test_a_figure_that_cannot_be_drawn_leaves_nothing(monkeypatch):
    savefig, calls = Figure.savefig, []

    def fails(self, *names, **options):
        savefig(self, *names, **options)
        calls.append(names)
        if len(calls) == 2:
            raise ValueError("no such glyph")

    monkeypatch.setattr(Figure, "savefig", fails)
    refused(train(), "no such glyph")
    assert not Path("run").exists()


def test_a_forecast_that_fails_halfway_leaves_the_older_file(run, monkeypatch):
    put("f.csv", "older")
    failing(monkeypatch, OSError(28, "No space left on device"), 0)
    before = content()
    refused(cli("predict", "--model", "run", "--steps", "2", "--out", "f.csv"), "No space left")
    assert content() == before


# One line for every error

LINES = table(prices()).splitlines()


def changed(row, text):
    """The series with another line as its row (the header is row 1)."""
    return "\n".join([*LINES[: row - 1], *text.splitlines(), *LINES[row:]]) + "\n"


def without(first, last):
    return "\n".join(LINES[: first - 1] + LINES[last:])


BAD_TABLES = {
    "empty": ("", "expected a header and rows of numbers, got 0 rows"),
    "header alone": ("Date,Close\n", "expected a header and rows of numbers, got 1 rows"),
    "no price": ("Date,Open,High\n2013-01-07,1,2\n", "'Adj Close' or 'Close'", "'Open', 'High'"),
    "no date": ("Day,Close\n2013-01-07,1\n", "one column 'Date', got none", "'Day', 'Close'"),
    "two": ("Date,Close,Close\n2013-01-07,1,2\n", "one column 'Close', got 2 of them"),
    "semicolons": ("Date;Close\n2013-01-07;1\n", "it has 'Date;Close'"),
    "word": (changed(5, f"{day(3)},abc"), "row 5 (2013-01-10)", "finite number", "'abc'"),
    "comma": (changed(5, f'{day(3)},"1,5"'), "row 5", "'1,5'"),
    "nothing": (changed(5, f"{day(3)},"), "row 5", "finite number in column 'Close', got ''"),
    "nan": (changed(2, f"{day(0)},nan"), "row 2 (2013-01-07)", "got 'nan'"),
    "null": (changed(41, f"{day(39)},null"), "row 41", "got 'null'"),
    "inf": (changed(5, f"{day(3)},-inf"), "row 5", "got '-inf'"),
    "too large": (changed(5, f"{day(3)},1e100"), "row 5", "got '1e100'"),
    "underscore": (changed(5, f"{day(3)},1_0"), "row 5", "got '1_0'"),
    "date": (changed(7, "07/01/2013,5"), "row 7:", "a date such as 2013-03-01, got '07/01/2013'"),
    "no such day": (changed(7, "2013-02-30,5"), "row 7:", "got '2013-02-30'"),
    "no day": (changed(7, ",5"), "row 7:", "a date such as"),
    "NaT": (changed(7, "NaT,5"), "row 7:", "got 'NaT'"),
    "twice": (changed(9, f"{day(6)},5"), "row 9: expected a date after 2013-01-15", "again"),
    "unsorted": (changed(9, f"{day(1)},5"), "row 9:", "oldest row comes first, got 2013-01-08"),
    "newest first": ("\n".join(LINES[:1] + LINES[:0:-1]), "row 3:", "oldest row comes first"),
    "gap": (without(10, 21), "row 10 (2013-02-04)", "a gap since 2013-01-16"),
    "short row": (changed(6, "2013-01-11"), "row 6: expected 2 entries, got 1"),
    "long row": (changed(6, "2013-01-11,5,6"), "row 6: expected 2 entries, got 3"),
    "quote": (changed(40, '"2013-01-11,5'), "expected CSV"),
    "one row": ("\n".join(LINES[:2]), "too few rows", "got 0 and 1"),
    "constant": (table([3.0] * 40), "std", "got 0.0"),
    "constant 0.1": (table([0.1] * 40), "expected finite numbers that vary"),
    "constant at first": (table([3.0] * 28 + [4.0] * 12), "std"),
    "too small": (table([1e-300 * (1 + i) for i in range(40)]), "std"),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_a_bad_table_is_refused(name):
    text, *parts = BAD_TABLES[name]
    put("bad.csv", text)
    before = content()
    refused(train(data="bad.csv"), "python -m gru_lib: bad.csv", *parts)
    assert content() == before


def test_a_row_that_spans_lines_and_empty_lines_are_counted_as_an_editor_does():
    lines = ["Date,Note,Close", '2013-01-07,"a\nb",1', "", "2013-01-08,,x"]
    put("bad.csv", "\n".join(lines))
    refused(train(data="bad.csv"), "row 5 (2013-01-08)")


def test_a_file_that_is_not_utf8_is_refused():
    Path("bad.csv").write_bytes(b"Date,Close\n2013-01-07,\xff\n")
    refused(train(data="bad.csv"), "bad.csv: expected UTF-8 text, got other bytes at 22")


def test_a_gap_of_two_weeks_is_a_holiday(quick):
    put("s.csv", without(11, 19))  # from 2013-01-17 to 2013-01-31, 14 days
    assert train("--split-ratio", "0.6").status == 0


TOO_SMALL, TOO_LARGE = "expected a whole number from 1 to ", "99999999999999999999"
BAD_OPTIONS = {
    "--data-file nope.csv": ("nope.csv: expected a CSV file, got no such file", "GOOG.csv"),
    "--data-file .": (".: expected a CSV file, got a folder",),
    "--data-file ../../x": ("expected a CSV file, got no such file",),
    "--column Nope": ("expected one column 'Nope', got none; it has 'Date', 'Close'",),
    "--column close": ("expected one column 'close', got none; it has 'Date', 'Close'",),
    "--column Date": ("row 2 (2013-01-07): expected a finite number in column 'Date'",),
    "--seq-length 28": ("too few rows", "more than 28", "at least 1", "got 28 and 12"),
    "--seq-length 27 --difference": ("too few rows", "more than 28", "got 28 and 12"),
    "--split-ratio 0.1": ("too few rows", "more than 4", "got 4 and 36"),
    "--split-ratio 1e-300": ("too few rows", "got 0 and 40"),
    "--out s.csv": ("s.csv",),
    "--out s.csv/sub": ("s.csv",),
    "--cell mlp": ("--cell", "invalid choice: 'mlp'", "gru"),
    "--optimizer Adam": ("--optimizer", "invalid choice: 'Adam'", "sgd"),
    "--seed -1": ("--seed: expected a whole number from 0 to 4294967294, got '-1'",),
    "--seed 4294967295": ("--seed: expected a whole number from 0 to",),
    "--hidden-size 4097": ("--hidden-size: expected a whole number from 1 to 4096",),
    "--resume nope": ("expected the checkpoint of an earlier run, got no such file", "nope"),
    "--resume s.csv": ("expected the checkpoint of an earlier run, got no such file",),
    "--nope 1": ("unrecognized arguments: --nope 1",),
    "extra": ("unrecognized arguments: extra",),
    "--log=1": ("--log: ignored explicit argument '1'",),
    "--l 1": ("ambiguous option: --l", "--learning-rate"),
    "--clip": ("--clip: expected one argument",),
    "--steps 3": ("unrecognized arguments: --steps 3",),
}
for flag in ("--seq-length", "--hidden-size", "--num-epochs", "--batch-size"):
    for text in ("0", "-1", "1.5", "1e3", "nan", "x", TOO_LARGE):
        BAD_OPTIONS[f"{flag} {text}"] = (f"{flag}: {TOO_SMALL}", f"got '{text}'")
for flag in ("--learning-rate", "--clip"):
    for text in ("0", "-1", "nan", "inf", "-inf", "1e400", "x"):
        BAD_OPTIONS[f"{flag}={text}"] = (f"{flag}: expected a number above 0, got '{text}'",)
for text in ("0", "1", "-0.5", "1.5", "nan", "inf", "x"):
    BAD_OPTIONS[f"--split-ratio={text}"] = ("--split-ratio: expected a number above 0 and below 1",)


@pytest.mark.parametrize("text", BAD_OPTIONS)
def test_a_bad_option_is_refused(text):
    before = content()
    refused(train(*text.split()), "python -m gru_lib", *BAD_OPTIONS[text])
    assert content() == before


@pytest.mark.parametrize(
    ("flag", "text"),
    [
        ("--out", ""),
        ("--out", "a\0b"),
        ("--data-file", ""),
        ("--data-file", "a\0b"),
        ("--data-file", "a\nb"),
        ("--data-file", "a" * 5000),
        ("--data-file", "\udcff"),
        ("--column", ""),
        ("--column", "a\nb"),
        ("--resume", ""),
        ("--resume", "a\0b"),
        ("--hidden-size", "9" * 5000),
        ("--a\nb", "1"),
        ("--out", os.path.join("a", "b", "c" * 300)),
    ],
)
def test_strange_text_is_refused(flag, text):
    before = content()
    refused(train(flag, text))
    assert content() == before


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ("", "required: COMMAND"),
        ("tr", "invalid choice: 'tr'"),
        ("train", "--data-file: expected one"),
        ("train --out run", "--data-file: expected one"),
        ("train --data-file s.csv", "--out: expected one"),
        ("evaluate", "required: --model"),
        ("evaluate --model nope", "nope: expected a trained model, got no such file"),
        ("evaluate --model s.csv", "npz"),
        ("predict --model nope", "required: --steps"),
        ("predict --model nope --steps 1", "nope: expected a trained model, got no such file"),
        ("predict --model nope --steps 0", "--steps: expected a whole number from 1 to 100000"),
        ("predict --model nope --steps 100001", "--steps: expected a whole number"),
    ],
)
def test_a_bad_command_is_refused(arguments, part):
    before = content()
    refused(cli(*arguments.split()), part)
    assert content() == before


@pytest.mark.parametrize("number", [0.0, -1.5])
@pytest.mark.parametrize("place", [0, 39])
@pytest.mark.parametrize("transform", [("--log",), ("--log", "--difference")], ids=" ".join)
def test_a_logarithm_needs_numbers_above_0(number, place, transform):
    values = prices()
    values[place] = number
    put("bad.csv", table(values))
    got = f"({day(place)}): expected a number above 0 for the logarithm, got {number}"
    refused(train(*transform, data="bad.csv"), f"bad.csv, row {place + 2} {got}")
    assert not Path("run").exists()


def test_a_series_with_equal_steps_has_no_differences_to_learn(quick):
    put("bad.csv", table([float(i) for i in range(40)]))
    refused(train("--difference", data="bad.csv"), "bad.csv", "expected finite numbers that vary")
    put("bad.csv", table([1.5**i for i in range(40)]))
    refused(train("--difference", "--log", data="bad.csv"), "bad.csv")
    assert not Path("run").exists()


def test_scores_that_overflow_leave_nothing(quick):
    put("bad.csv", table([1e-60 * (1 + i % 5) for i in range(28)] + [1e99] * 12))
    refused(train(data="bad.csv"), "bad.csv")
    assert not Path("run").exists()


def test_large_and_small_numbers_are_learnt(quick):
    for factor in (9e97, 1e-140):
        put("s.csv", table([factor * v for v in prices()]))
        assert train(out=f"{factor}").status == 0
    large, small = (json.loads(Path(n, "metrics.json").read_text()) for n in ("9e+97", "1e-140"))
    assert large["test"]["mse"] == pytest.approx(small["test"]["mse"], rel=1e-6)


# Names that are hard to print or draw

NAMES = ["$x_", "$x_$", "$x^2$", "$\\frac{1}$", "$$", "\\alpha", "a\nb", '"q"', "%s", "{x}", "_no"]
NAMES += ["Größe", "a,b", "日本"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_column_may_have_any_name(name, encoding, request):
    if encoding == "ascii":
        request.getfixturevalue("quick")
    put("s.csv", table(prices(), column=name))
    result = train("--column", name, encoding=encoding)
    assert (result.status, result.err) == (0, "")
    assert set(content("run")) == FILES
    result = cli("predict", "--model", "run", "--steps", "1", encoding=encoding)
    assert (result.status, result.err) == (0, "")


def test_a_forecast_is_a_table_that_can_be_read_whatever_the_name(quick):
    put("s.csv", table(prices(), column="a,b"))
    train("--column", "a,b")
    result = cli("predict", "--model", "run", "--steps", "2")
    assert [len(row) for row in csv.reader(io.StringIO(result.out))] == [2, 2, 2]


# A checkpoint that was touched


def touched(change):
    path = Path("run/checkpoint.npz")
    about, arrays = read(path, kind="checkpoint")
    change(about, arrays)
    write(path, about, arrays, kind="checkpoint")


def resume_is_refused(*parts, arguments=()):
    before = content()
    refused(cli("train", "--resume", "run", "--num-epochs", "9", *arguments), *parts)
    assert content() == before


def test_a_run_that_was_stopped_while_writing_is_written(run):
    before = content("run")
    for name in FILES - {"checkpoint.npz"}:
        Path("run", name).unlink()
    assert cli("train", "--resume", "run").status == 0
    assert content("run") == before


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ("--seed 1", "--seed: the run in run began with 0, which cannot change"),
        ("--hidden-size 5", "--hidden-size: the run in run began with 2"),
        ("--log", "--log: the run in run began with False"),
        ("--clip 1", "--clip: the run in run began with None"),
        ("--column Open", "--column: the run in run began with"),
        ("--num-epochs 2", "--num-epochs: expected at least the 3 epochs that are done, got 2"),
        ("--num-epochs 1", "--num-epochs: expected at least the 3 epochs that are done, got 1"),
        ("--data-file other.csv", "--data-file: the run in run began with other data"),
        ("--data-file nope.csv", "nope.csv"),
    ],
)
def test_a_run_cannot_be_taken_up_with_other_options(arguments, part, run):
    put("other.csv", changed(41, f"{day(39)},1"))
    resume_is_refused(part, arguments=arguments.split())


def test_a_run_cannot_be_taken_up_when_its_data_changed(run):
    put("s.csv", changed(41, f"{day(39) + timedelta(days=1)},{prices()[-1]}"))
    resume_is_refused("--data-file: the run in run began with other data")


def test_a_run_is_taken_up_with_the_same_options_and_the_data_elsewhere(run, quick):
    Path("s.csv").rename("moved.csv")
    options = ("--seed", "0", "--data-file", "moved.csv", "--num-epochs", "4")
    assert cli("train", "--resume", "run", *options).status == 0
    assert len(history()) == 4
    assert read(Path("run/model.npz"))[0]["notes"]["notes"]["data_file"] == "moved.csv"


def test_a_model_is_no_checkpoint(run):
    shutil.copy("run/model.npz", "run/checkpoint.npz")
    resume_is_refused("checkpoint.npz", "expected format 'gru_lib checkpoint'")


@settings(max_examples=20)
@given(st.floats(0, 1, exclude_max=True))
def test_a_checkpoint_that_was_cut_is_refused(trained, share):
    whole = trained.files["checkpoint.npz"]
    Path("run").mkdir(exist_ok=True)
    Path("run/checkpoint.npz").write_bytes(whole[: int(share * len(whole))])
    resume_is_refused("checkpoint.npz", "damaged or foreign")


JUNK = [None, "x", -1, 0.5, [], {}, [[]], [None], {"a": 1}, math.nan, 10**30, [[1.0, 2.0]]]


JUNKS = [(n, v) for n in ("options", "training", "data", "rows", "random") for v in JUNK]
JUNKS = [(n, v) for n, v in JUNKS if n != "rows" or v not in ([], {})]  # no epoch yet


@pytest.mark.parametrize(("name", "value"), JUNKS, ids=repr)
def test_a_checkpoint_with_junk_inside_is_refused(name, value, run, quick):
    def change(about, _):
        (about["training"] if name in ("rows", "random") else about)[name] = copy.deepcopy(value)

    touched(change)
    resume_is_refused()


@pytest.mark.parametrize("name", ["options", "training", "data"])
def test_a_checkpoint_that_lacks_an_entry_is_refused(name, run):
    touched(lambda about, _: about.pop(name))
    resume_is_refused("checkpoint.npz")


def test_a_checkpoint_whose_description_is_no_object_is_refused(run):
    for value in ([], "x", 1, None):
        write(Path("run/checkpoint.npz"), value, {}, kind="checkpoint")
        resume_is_refused("checkpoint.npz")


ARRAYS = ["latest.gru0.W_x", "best.dense1.b_y", "optimizer.steps", "optimizer.mean.gru0.W_x"]


@pytest.mark.parametrize("name", ARRAYS)
def test_a_checkpoint_with_other_arrays_is_refused(name, run):
    whole = Path("run/checkpoint.npz").read_bytes()
    for value in (None, np.zeros((3, 3)), np.array("x"), np.zeros(0), np.array(1.5, np.float32)):

        def change(_, arrays, value=value):
            del arrays[name]
            if value is not None:
                arrays[name] = value

        Path("run/checkpoint.npz").write_bytes(whole)
        touched(change)
        resume_is_refused("state: not that of a training like this one", name.split(".")[-1])


@pytest.mark.parametrize("name", ARRAYS[:2])
def test_a_checkpoint_with_a_nan_is_refused(name, run):
    touched(lambda _, arrays: arrays[name].fill(np.nan))
    resume_is_refused("finite")


# evaluate and predict


def scores_in(out):
    """The numbers of the table that is printed, by row; None for a dash."""
    rows = {}
    for line in out.splitlines():
        name, *entries = line.split() or [""]
        if name in ("network", "persistence", "drift", "mean"):
            rows[name] = [None if e == "-" else float(e) for e in entries]
    return rows


def numbers(*parts):
    return [float(f"{part[name]:.4g}") for part in parts for name in ("mse", "rmse", "mae")]


def test_evaluate_agrees_with_the_metrics_and_with_train(run):
    result = cli("evaluate", "--model", "run")
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith("Close: 40 rows, the first 28 up to the end of training\n")
    found, rows = json.loads(run.files["metrics.json"]), scores_in(result.out)
    assert rows["network"] == numbers(found["train"], found["test"])
    both = found["persistence"]
    assert rows["persistence"] == numbers(both["train"], both["test"])
    printed = scores_in(run.result.out)
    assert printed == {name: rows[name] for name in ("network", "persistence")}
    assert scores_in(cli("evaluate", "--model", "run/model.npz").out) == rows


def test_drift_and_mean_by_hand(run):
    values = prices()
    unit, slope = np.std(values[:28]), (values[27] - values[0]) / 27
    found = scores_in(cli("evaluate", "--model", "run").out)
    for name in ("drift", "mean"):
        parts = []
        for first, last in ((4, 28), (28, 40)):
            guess = {
                "drift": [v + slope for v in values[first - 1 : last - 1]],
                "mean": [np.mean(values[:28])] * (last - first),
            }[name]
            parts.append(scored(guess, values[first:last], unit))
        assert found[name] == pytest.approx(numbers(*parts), rel=1e-3)


def shifted(years):
    return "\n".join(LINES[:1] + [str(2013 + years) + line[4:] for line in LINES[1:]])


def test_evaluate_on_data_of_other_years(run):
    put("later.csv", shifted(4))
    put("earlier.csv", shifted(-4))
    later, earlier = (
        cli("evaluate", "--model", "run", "--data-file", f) for f in ("later.csv", "earlier.csv")
    )
    assert "40 rows, the first 0 up to the end of training" in later.out
    assert "40 rows, the first 40 up to the end of training" in earlier.out
    assert set(scores_in(later.out)) == {"network", "persistence"}
    for rows, empty in ((scores_in(later.out), slice(3)), (scores_in(earlier.out), slice(3, 6))):
        for row in rows.values():
            assert row[empty] == [None] * 3
            assert row.count(None) == 3


def test_the_training_part_ends_where_it_ended_in_whatever_file(run):
    put("more.csv", "\n".join([LINES[0], *LINES[21:]]))  # the last 8 of training, 12 of test
    result = cli("evaluate", "--model", "run", "--data-file", "more.csv")
    assert "Close: 20 rows, the first 8 up to the end of training" in result.out
    found = json.loads(run.files["metrics.json"])
    assert scores_in(result.out)["network"][3:] == numbers(found["test"])


@pytest.mark.parametrize("command", [("evaluate",), ("predict", "--steps", "2")])
def test_too_few_rows_for_the_window(command, run):
    for rows in (1, 4):
        put("few.csv", "\n".join(LINES[: rows + 1]))
        result = cli(*command, "--model", "run", "--data-file", "few.csv")
        refused(result, "few.csv: too few rows", "more than 4", f"got {rows}")
    put("few.csv", "\n".join(LINES[:6]))
    assert cli(*command, "--model", "run", "--data-file", "few.csv").status == 0


@pytest.mark.parametrize("transform", TRANSFORMS, ids=" ".join)
def test_predict_by_hand(transform, quick):
    train(*transform)
    for name, values in (("s.csv", prices()), ("short.csv", prices()[:6])):
        put(name, table(values))
        given_file = () if name == "s.csv" else ("--data-file", name)
        result = cli("predict", "--model", "run", "--steps", "3", *given_file)
        assert (result.status, result.err) == (0, "")
        lines = result.out.splitlines()
        assert lines[0] == "step,Close"
        expected = by_hand("run", values, count=3)
        assert [line.split(",")[0] for line in lines[1:]] == ["1", "2", "3"]
        assert [float(line.split(",")[1]) for line in lines[1:]] == pytest.approx(
            expected, rel=1e-5
        )


def test_predict_to_a_file(run):
    shown = cli("predict", "--model", "run", "--steps", "2")
    result = cli("predict", "--model", "run", "--steps", "2", "--out", "f.csv")
    assert (result.status, result.out, result.err) == (0, "", "")
    assert Path("f.csv").read_bytes() == shown.out.encode()
    before = content()
    for out in ("run", os.path.join("no", "f.csv"), "", "a\0b"):
        refused(cli("predict", "--model", "run", "--steps", "2", "--out", out))
    assert content() == before


@pytest.mark.parametrize("command", [("evaluate",), ("predict", "--steps", "2")])
def test_the_logarithm_of_other_data(command, quick):
    train("--log", "--difference")
    put("bad.csv", table([-1.0] * 40))
    refused(cli(*command, "--model", "run", "--data-file", "bad.csv"), "bad.csv", "above 0")


def reload_is_refused(*parts):
    for command in (("evaluate",), ("predict", "--steps", "2")):
        refused(cli(*command, "--model", "m.npz"), *parts)


def test_a_model_of_another_kind_is_refused(run):
    Model(GRU(1, 2, seed=0), Dense(2, 1, seed=0)).save("m.npz")
    reload_is_refused("m.npz")
    shutil.copy("run/checkpoint.npz", "m.npz")
    reload_is_refused("m.npz")
    for n in (0, 100, len(run.files["model.npz"]) - 1):
        Path("m.npz").write_bytes(run.files["model.npz"][:n])
        reload_is_refused("m.npz")


KINDS = {
    "inputs": (GRU(2, 2, seed=0), Dense(2, 1, seed=0), "last"),
    "outputs": (GRU(1, 2, seed=0), Dense(2, 2, seed=0), "last"),
    "all": (GRU(1, 2, seed=0), Dense(2, 1, seed=0), "all"),
    "float32": (GRU(1, 2, seed=0, dtype="float32"), Dense(2, 1, seed=0, dtype="float32"), "last"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_that_does_not_fit_a_series_is_refused(kind, run):
    cell, dense, output = KINDS[kind]
    notes = read(Path("run/model.npz"))[0]["notes"]
    Model(cell, dense, output=output).save("m.npz", notes)
    reload_is_refused()


@pytest.mark.parametrize(
    "name", ["column", "window", "log", "difference", "unit", "scaler", "notes"]
)
def test_a_model_with_junk_in_its_notes_is_refused(name, run):
    about, arrays = read(Path("run/model.npz"))
    for value in (None, [], {}, -1, 0, math.nan, math.inf, 10**30):
        if (name, value) == ("window", 10**30):
            continue  # a window that no series fills
        about["notes"][name] = value
        write(Path("m.npz"), about, arrays)
        reload_is_refused("m.npz")


@pytest.mark.parametrize("name", ["mean", "std", "data_file", "trained_until"])
@pytest.mark.parametrize("value", [None, [], {}, -1, 1.5, math.nan, "2013-02-01T00:00Z"], ids=repr)
def test_a_model_with_junk_deeper_in_its_notes(name, value, run):
    about, arrays = read(Path("run/model.npz"))
    about["notes"]["scaler" if name in ("mean", "std") else "notes"][name] = value
    write(Path("m.npz"), about, arrays)
    for command in (("evaluate",), ("predict", "--steps", "2")):
        result = cli(*command, "--model", "m.npz")
        assert result.status in (0, 2)
        assert len(result.err.splitlines()) == (result.status == 2)


# The loader, fuzzed

CELLS = ["", "nan", "inf", "1", "-2.5", "1e99", "1e999", "x", "2013-01-07", "2013-01-08T10:00Z"]
CELLS += ["0001-01-01", "9999-12-31", "99999-01-01", "2013-W05", "20130109", "now", "\0", "٣", "'"]
CELLS += ['"', ",", "\n", "\r", "1_0", "2013-01-10 00:00:00-05:00", "\ufeff", "Date", "Close", "-"]
tables = (
    st.binary(max_size=60)
    | st.text(max_size=60).map(lambda t: t.encode("utf-8", "surrogatepass"))
    | st.lists(st.lists(st.sampled_from(CELLS), max_size=4), max_size=8).map(
        lambda rows: ("Date,Close\n" + "\n".join(map(",".join, rows))).encode()
    )
    | st.tuples(st.integers(2, 40), st.sampled_from(CELLS), st.sampled_from(CELLS)).map(
        lambda t: changed(t[0], f"{t[1]},{t[2]}").encode()
    )
    | st.tuples(st.integers(0, 700), st.binary(min_size=1, max_size=3)).map(
        lambda t: table(prices()).encode()[: t[0]] + t[1] + table(prices()).encode()[t[0] + 1 :]
    )
)


@settings(max_examples=300)
@given(tables)
def test_whatever_the_file_holds_there_is_one_line_or_a_series(data):
    Path("fuzz.csv").write_bytes(data)
    try:
        series = read_series("fuzz.csv")
    except ValueError:
        refused(train(data="fuzz.csv"), "fuzz.csv")
        assert not Path("run").exists()
    else:
        assert np.isfinite(series).all()
        assert series.index.is_monotonic_increasing
        assert series.index.is_unique


# Streams, progress, help


def test_progress_shows_on_a_terminal_with_loss_and_time_left(quick):
    result = train(terminal=True)
    assert result.status == 0
    last = result.err.rstrip().split("\r")[-1]
    assert re.search(r"epoch: 100%\|.*\| 3/3 \[\d\d:\d\d<\d\d:\d\d, .*loss [\d.e+-]+", last)
    loss = float(re.search(r"loss ([\d.]+)", last)[1])
    assert loss == pytest.approx(float(history()[-1]["loss"]), rel=5e-3)
    result = cli("train", "--resume", "run", "--num-epochs", "5", terminal=True)
    assert "3/5" in result.err
    assert "5/5" in result.err


def test_progress_is_silent_elsewhere(quick):
    assert train().err == ""


def test_ctrl_c_on_a_terminal_is_said_on_a_line_of_its_own(interrupt, quick):
    with interrupt(3):
        result = train("--batch-size", "5", terminal=True)
    assert "\ninterrupted; the best network so far is kept\n" in result.err


@posix
def test_a_reader_that_has_seen_enough(run):
    reader, writer = os.pipe()
    os.close(reader)
    process = start("predict", "--model", "run", "--steps", "2", code=None, stdout=writer)
    os.close(writer)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, b"")


def test_no_streams_at_all(run, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", None)
        status = main(["predict", "--model", "run", "--steps", "1", "--out", "f.csv"])
    assert status == 0
    assert Path("f.csv").exists()


def described(text, flag):
    """What the help says of an option, as one line."""
    entry = re.search(rf"^ +(?:-\w, )?{flag}\b(.*?)(?=^ +-|^\S|\Z)", text, re.M | re.S)
    assert entry, flag
    return " ".join(entry[1].split())


def test_help_of_train_names_every_option_with_its_default():
    result = cli("train", "--help")
    assert (result.status, result.err) == (0, "")
    options = result.out[result.out.index("\ndata:") :]
    for name, default in DEFAULTS.items():
        said = described(options, f"--{name.replace('_', '-')}")
        assert len(said.split()) >= 3
        if default not in (None, False):
            assert f"(default: {default})" in said
    assert "(default: Adj Close where there is one, else Close)" in described(options, "--column")
    assert "(default: no clipping)" in described(options, "--clip")
    assert described(options, "--out")
    assert described(options, "--resume")
    for name in FILES:
        assert f"\n  {name} " in result.out


def test_the_defaults_that_the_help_names_are_those_that_are_used(quick):
    put("s.csv", table(prices()))
    assert cli("train", "--data-file", "s.csv", "--num-epochs", "1", "--out", "run").status == 0
    options = read(Path("run/checkpoint.npz"), kind="checkpoint")[0]["options"]
    expected = {"split_ratio": 0.7, "seq_length": 10, "cell": "gru", "hidden_size": 70}
    expected |= {"batch_size": 32, "learning_rate": 0.001, "optimizer": "adam", "clip": None}
    expected |= {"seed": 0, "log": False, "difference": False, "column": None}
    expected |= {"validation_ratio": 0.0}
    assert options == expected | {"data_file": "s.csv", "num_epochs": 1}


@pytest.mark.parametrize(
    ("command", "flags"),
    [
        ((), ("train", "evaluate", "predict")),
        (("evaluate",), ("--model", "--data-file")),
        (("predict",), ("--model", "--data-file", "--steps", "--out")),
    ],
)
def test_help_of_the_others(command, flags):
    result = cli(*command, "--help")
    assert (result.status, result.err) == (0, "")
    for flag in flags:
        assert re.search(rf"^ +{flag}\b.*\n", result.out, re.M)
    if "--data-file" in flags:
        assert "(default: the one it was trained on)" in described(result.out, "--data-file")
    if "--steps" in flags:
        assert "(default: the screen)" in described(
            result.out[result.out.index("options:") :], "--out"
        )


def test_help_comes_without_pandas_and_matplotlib():
    code = (
        "import sys\nfrom gru_lib import cli\ntry:\n    cli.main(['--help'])\nfinally:\n"
        "    print(sorted({'pandas', 'matplotlib', 'tqdm'} & set(sys.modules)))\n"
    )
    process = start(code=code)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert out.splitlines()[-1] == b"[]"


def test_the_program_runs_as_a_module():
    process = start("train", "--data-file", "nope.csv", "--out", "run", code=None)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, b"")
    assert err.startswith(b"python -m gru_lib: nope.csv: expected a CSV file")
    assert len(err.splitlines()) == 1


def test_the_program_leaves_the_environment_of_its_caller_alone(quick):
    """A kernel that is started later must not inherit how this program draws."""
    before = dict(os.environ)
    assert train().status == 0
    assert dict(os.environ) == before
