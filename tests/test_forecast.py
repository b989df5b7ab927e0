"""Scores out: baselines that are exact, and a forecast that runs on its own output."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_lib.data import sine, windows
from gru_lib.forecast import drift, free_run, persistence, rmse, scores, two_term_recurrence


def test_rmse_by_hand():
    score = rmse(np.array([[1.0], [5.0]]), np.array([[2.0], [-2.0]]))
    assert score == 5.0
    assert isinstance(score, float)
    with pytest.raises(ValueError, match=r"prediction: expected shape \(2, 1\), got \(2,\)"):
        rmse(np.ones(2), np.ones((2, 1)))


def test_persistence():
    x = np.arange(6.0).reshape(2, 3, 1)
    last = persistence(x)
    np.testing.assert_array_equal(last, [[2.0], [5.0]])
    assert not np.shares_memory(last, x)


def test_drift():
    x = np.arange(6.0).reshape(2, 3, 1)
    np.testing.assert_array_equal(drift(x, 0.5), [[2.5], [5.5]])
    series = np.arange(10.0) * 0.3 + 1
    x, y = windows(series, 4)
    np.testing.assert_allclose(drift(x, 0.3), y, rtol=1e-14)


def test_scores_by_hand():
    found = scores(np.array([1.0, 5.0]), np.array([2.0, -2.0]), 2.5)
    assert found == {"mse": pytest.approx(4.0), "rmse": 5.0, "mae": 4.0}
    assert all(type(value) is float for value in found.values())
    with pytest.raises(ValueError, match=r"prediction: expected shape \(2, 1\), got \(2,\)"):
        scores(np.ones(2), np.ones((2, 1)), 1.0)
    with pytest.raises(ValueError, match=r"std: expected a finite number above 0, got 0"):
        scores(np.ones(2), np.ones(2), 0)


@given(st.floats(0.01, 3), st.floats(0, 6), st.floats(0.1, 10), st.integers(2, 9))
def test_two_terms_predict_any_sine(step, start, amplitude, length):
    x, y = windows(amplitude * sine(30, step, start), length)
    np.testing.assert_allclose(two_term_recurrence(x, step), y, rtol=0, atol=1e-12)


def test_two_terms_assume_a_step_of_one():
    x, y = windows(sine(30), 2)
    np.testing.assert_allclose(two_term_recurrence(x), y, rtol=0, atol=1e-12)


@pytest.mark.parametrize("length", [1, 2, 5])
def test_free_run_of_a_known_linear_predictor(length):
    window = np.arange(1.0, length + 1)[:, None]

    def predict(x):
        assert x.shape == (1, length, 1)
        return 0.5 * x[:, -1] + 2 * x[:, 0]

    known = window[:, 0].tolist()
    for _ in range(8):
        known.append(0.5 * known[-1] + 2 * known[-length])
    forecast = free_run(predict, window, 8)
    np.testing.assert_allclose(forecast, known[length:], rtol=1e-13)
    np.testing.assert_array_equal(window[:, 0], np.arange(1.0, length + 1))


def test_free_run_follows_a_sine():
    series = sine(60, 0.3)
    forecast = free_run(lambda x: two_term_recurrence(x, 0.3), series[:10, None], 50)
    np.testing.assert_allclose(forecast, series[10:], rtol=0, atol=1e-10)


def test_free_run_keeps_the_dtype():
    window = np.ones((3, 1), np.float32)
    assert free_run(persistence, window, 2).dtype == np.float32
