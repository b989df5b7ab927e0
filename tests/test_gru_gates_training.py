"""The script that trained the GRU of chapter 4's figure."""

import ast
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from gru_lib.explore import gru_gates as module

FOLDER = Path(__file__).parents[1] / "data"


@pytest.fixture
def script():
    spec = importlib.util.spec_from_file_location("script", FOLDER / "train_gru_gates.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_sequences_are_those_of_the_task(script):
    x, y = script.draw(np.random.default_rng(0), rows=200, steps=30)
    assert x.shape == y.shape == (200, 30, 2)
    np.testing.assert_allclose(y, [module.asked(row) for row in x], atol=1e-12)
    assert set(np.unique(x[..., 0])) == {0, 1, 2, 3}
    assert np.mean(x[..., 1] == 1) == pytest.approx(0.06, abs=0.01)
    assert np.mean(x[..., 0] > 0) == pytest.approx(0.1, abs=0.02)  # some pulses are left out
    assert y.max() == 0.4


def test_training_lowers_the_error(script):
    layer = script.build()
    before = script.error(layer)
    script.train(layer, 40)
    assert (script.error(layer) < 0.9 * before).all()


def test_it_prints_the_table_of_the_figure(script, capsys):
    script.main(["2"])
    printed = capsys.readouterr().out
    code, rmse = printed.split("#")
    found = ast.literal_eval(code.removeprefix("WEIGHTS = "))
    assert found.keys() == module.WEIGHTS.keys()
    for name, w in module.WEIGHTS.items():
        assert np.shape(found[name]) == np.shape(w)
    assert rmse.startswith(" RMSE of the two units: 0.")


def test_the_figure_holds_such_a_table(script):
    layer = module.trained()
    source = Path(module.__file__).read_text("utf-8")
    assert script.literal(layer) in source
    readme = (FOLDER / "README.md").read_text("utf-8")
    for value in script.error(layer):
        assert f"{value:.3f}" in readme
