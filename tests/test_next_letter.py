"""The trained network of chapter 9: the file, what `data/README.md` says of it, and its script."""

import importlib.util
import math
import re
from pathlib import Path

import numpy as np
import pytest

from gru_lib import Model
from gru_lib.letters import Alphabet, generate, nats_per_name, read_names, split_names
from gru_lib.ngrams import NGram

FOLDER = Path(__file__).parents[1] / "data"
FILE = FOLDER / "next-letter.npz"
README = (FOLDER / "README.md").read_text("utf-8")
PARTS = dict(zip(("training", "validation", "test"), split_names(read_names().name), strict=True))


@pytest.fixture
def script():
    spec = importlib.util.spec_from_file_location("script", FOLDER / "train_next_letter.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("part", PARTS)
def test_the_file_scores_what_is_told(part):
    count, nats, bits = re.search(rf"\| {part} \| (\d+) \| (\S+) \| (\S+) \|", README).groups()
    names = PARTS[part]
    found = nats_per_name(Model.load(FILE), Alphabet(), names)
    letters = sum(len(name) + 1 for name in names)
    assert (len(names), f"{found.mean():.2f}") == (int(count), nats)
    assert f"{found.sum() / letters / math.log(2):.3f}" == bits


@pytest.mark.parametrize(("order", "smoothing"), [(2, 1), (3, 12), (5, 16)])
def test_it_beats_counting(order, smoothing):  # by α that is best on the validation part
    counts = NGram(order, smoothing).fit(PARTS["training"])
    ours = nats_per_name(Model.load(FILE), Alphabet(), PARTS["test"])
    assert ours.mean() < counts.nats_per_name(PARTS["test"]).mean()


def test_the_file_is_small_and_as_described(script):
    model, untrained = Model.load(FILE), script.build()
    assert FILE.stat().st_size < 200_000
    assert {n: w.shape for n, w in model.params.items()} == {
        n: w.shape for n, w in untrained.params.items()
    }
    assert (model.dtype, model.layers[0].reset, model.output) == (np.float32, "after", "all")
    assert f"`GRU(27, {script.HIDDEN}" in README


def test_it_draws_names():
    names = generate(Model.load(FILE), Alphabet(), 300, seed=0)
    known = set(read_names().name)
    assert 0.1 < np.mean([name in known for name in names]) < 0.9
    assert 5 < np.mean([len(name) for name in names]) < 7


def test_the_script_writes_a_file_and_a_report(script, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(script, "HIDDEN", 4)
    monkeypatch.setattr(script, "read_names", lambda: read_names()[::40])
    monkeypatch.setattr(script.train, "__defaults__", (2,))
    script.main([str(tmp_path)])
    model = Model.load(tmp_path / "next-letter.npz")
    parts = split_names(read_names().name[::40])
    out = capsys.readouterr().out
    assert "2 epochs, the best one 2\n" in out
    for part, names in zip(PARTS, parts, strict=True):
        nats = nats_per_name(model, Alphabet(), names)
        bits = nats.sum() / sum(len(name) + 1 for name in names) / math.log(2)
        assert f"| {part} | {len(names)} | {nats.mean():.2f} | {bits:.3f} |\n" in out
    untrained = nats_per_name(script.build(), Alphabet(), parts[2])
    assert nats.mean() < untrained.mean() - 0.1
