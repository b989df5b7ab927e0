"""Initial weights: each draw against the sentence that describes it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_lib import RNN, Dense
from gru_lib.initializers import INITIALIZERS, draw_bias, draw_weights, glorot, normal, orthogonal

sides = st.integers(1, 6)


def assert_fills(values, bound):
    """A uniform draw reaches both ends of its interval and centres on 0."""
    assert bound * 0.99 < values.max() <= bound
    assert -bound <= values.min() < -bound * 0.99
    assert abs(values.mean()) < 0.05 * bound


def test_uniform_depends_on_the_hidden_size():
    layer = RNN(50, 100, seed=0)
    for name in ("W_xh", "W_hh"):
        assert_fills(layer.params[name], 0.1)
    assert np.all(np.abs(layer.params["b_h"]) <= 0.1)
    assert np.ptp(layer.params["b_h"]) > 0.15


def test_uniform_readout_depends_on_its_input_size():
    readout = Dense(100, 50, seed=0)
    assert_fills(readout.params["W_hy"], 0.1)
    assert np.all(np.abs(readout.params["b_y"]) <= 0.1)
    assert np.ptp(readout.params["b_y"]) > 0.15


def test_glorot_depends_on_rows_and_columns():
    assert_fills(glorot(np.random.default_rng(0), 100, 50, size=None), np.sqrt(6 / 150))


def test_normal_is_small():
    w = normal(np.random.default_rng(0), 100, 100, size=None)
    assert w.std() == pytest.approx(0.01, rel=0.03)
    assert abs(w.mean()) < 0.0005


@given(sides, sides, st.integers(0, 2**32 - 1))
def test_orthogonal_has_only_unit_singular_values(rows, columns, seed):
    w = orthogonal(np.random.default_rng(seed), rows, columns, size=None)
    assert w.shape == (rows, columns)
    np.testing.assert_allclose(np.linalg.svd(w, compute_uv=False), 1, rtol=1e-12)


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (3, 2), (2, 3)])
def test_orthogonal_favours_no_sign(shape):
    rng = np.random.default_rng(0)
    first = np.array([orthogonal(rng, *shape, size=None)[0, 0] for _ in range(400)])
    assert 0.4 < np.mean(first > 0) < 0.6


@pytest.mark.parametrize("init", INITIALIZERS)
def test_gates_are_drawn_one_after_the_other(init):
    together = draw_weights(init, np.random.default_rng(0), 4, 3, 9, gates=3)
    rng = np.random.default_rng(0)
    apart = [INITIALIZERS[init](rng, 4, 3, 9) for _ in range(3)]
    assert together.shape == (4, 9)
    np.testing.assert_array_equal(together, np.hstack(apart))


@pytest.mark.parametrize("init", ["glorot", "orthogonal", "normal"])
def test_bias_starts_at_zero_except_for_uniform(init):
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(draw_bias(init, rng, 5, 4), np.zeros(5))
    drawn = draw_bias("uniform", rng, 5, 4)
    assert drawn.shape == (5,)
    assert 0 < np.abs(drawn).max() <= 0.5


@pytest.mark.parametrize("init", INITIALIZERS)
@pytest.mark.parametrize("build", [RNN, Dense])
def test_layers_draw_by_name_and_seed(build, init):
    first, same, other = (build(3, 4, init=init, seed=s).params for s in (0, 0, 1))
    for name, w in first.items():
        np.testing.assert_array_equal(w, same[name])
        if w.ndim == 2:
            assert not np.array_equal(w, other[name])
    matrix = next(iter(first.values()))
    size = 4 if build is RNN else 3
    drawn = INITIALIZERS[init](np.random.default_rng(0), 3, 4, size)
    np.testing.assert_array_equal(matrix, drawn)
