"""Series in: every window, a split without shuffling, a scaler without a leak."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from gru_lib.data import (
    StandardScaler,
    adding_problem,
    chronological_split,
    cosine,
    sine,
    windows,
)


def test_made_series():
    np.testing.assert_allclose(sine(3), [0, np.sin(1), np.sin(2)])
    np.testing.assert_allclose(cosine(3), [1, np.cos(1), np.cos(2)])
    np.testing.assert_allclose(sine(2, step=0.5, start=2), [np.sin(2), np.sin(2.5)])
    np.testing.assert_allclose(cosine(2, step=0.5, start=2), [np.cos(2), np.cos(2.5)])


def test_windows_by_hand():
    x, y = windows([0.0, 1.0, 2.0, 3.0, 4.0], 3)
    np.testing.assert_array_equal(x, [[[0.0], [1.0], [2.0]], [[1.0], [2.0], [3.0]]])
    np.testing.assert_array_equal(y, [[3.0], [4.0]])


@given(st.integers(2, 30), st.data(), st.sampled_from([np.float32, np.float64]))
def test_windows(count, data, dtype):
    length = data.draw(st.integers(1, count - 1))
    series = np.arange(count, dtype=dtype)
    x, y = windows(series, length)
    assert x.dtype == y.dtype == dtype
    assert x.shape == (count - length, length, 1)
    assert y.shape == (count - length, 1)
    for i in range(count - length):
        np.testing.assert_array_equal(x[i, :, 0], series[i : i + length])
        assert y[i, 0] == series[i + length]
    x[...], y[...] = -1, -1  # new arrays: neither the series nor the other windows feel it
    np.testing.assert_array_equal(series, np.arange(count))


def test_the_sine_task_of_the_book():
    series = sine(200)
    x, y, x_later, y_later = chronological_split(*windows(series, 50), train=100)
    assert (x.shape, y.shape) == ((100, 50, 1), (100, 1))
    assert (x_later.shape, y_later.shape) == ((50, 50, 1), (50, 1))
    assert y[-1, 0] == series[149]
    np.testing.assert_array_equal(y_later[:, 0], series[150:])
    np.testing.assert_array_equal(x_later[-1, :, 0], series[149:199])


@given(st.integers(2, 60), st.data())
def test_split(count, data):
    rows = data.draw(st.integers(1, count - 1))
    a, b = np.arange(count), np.arange(count) * 10
    parts = chronological_split(a, b, train=rows)
    expected = (a[:rows], b[:rows], a[rows:], b[rows:])
    for part, other in zip(parts, expected, strict=True):
        np.testing.assert_array_equal(part, other)


@pytest.mark.parametrize(
    ("fraction", "count", "rows"), [(0.5, 10, 5), (0.8, 10, 8), (0.25, 10, 2), (0.29, 100, 29)]
)
def test_split_by_a_fraction(fraction, count, rows):
    earlier, later = chronological_split(np.arange(count), train=fraction)
    assert (len(earlier), len(later)) == (rows, count - rows)


def test_scaler_by_hand():
    scaler = StandardScaler().fit(np.array([[1.0, 10.0], [3.0, 30.0]]))
    np.testing.assert_array_equal(scaler.mean, [2.0, 20.0])
    np.testing.assert_array_equal(scaler.std, [1.0, 10.0])
    np.testing.assert_array_equal(scaler.transform([[4.0, 10.0]]), [[2.0, -1.0]])
    np.testing.assert_array_equal(scaler.inverse_transform([[2.0, -1.0]]), [[4.0, 10.0]])


def test_scaler_of_one_series():
    series = np.array([1.0, 3.0])
    np.testing.assert_array_equal(StandardScaler().fit(series).transform(series), [-1.0, 1.0])


shapes = array_shapes(min_dims=1, max_dims=3, min_side=2, max_side=5)


@given(shapes, st.integers(0, 2**32 - 1))
def test_scaler_there_and_back(shape, seed):
    train = np.random.default_rng(seed).normal(loc=5, scale=3, size=shape)
    scaler, kept = StandardScaler(), train.copy()
    assert scaler.fit(train) is scaler
    scaled = scaler.transform(train)
    axes = tuple(range(train.ndim - 1)) or (0,)
    np.testing.assert_allclose(scaled.mean(axis=axes), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.std(axis=axes), 1, rtol=1e-12)
    np.testing.assert_allclose(scaler.inverse_transform(scaled), train, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(train, kept)


@given(st.integers(0, 2**32 - 1), st.floats(-1e6, 1e6))
def test_the_later_part_does_not_leak(seed, later):
    series = np.random.default_rng(seed).normal(size=(30, 2))

    def scaled_training_part():
        train, _ = chronological_split(series, train=20)
        return StandardScaler().fit(train).transform(train)

    before = scaled_training_part()
    series[20:] = later
    np.testing.assert_array_equal(scaled_training_part(), before)


@pytest.mark.parametrize("value", [0.0, 3.0, 0.1, 1e6 / 7])
def test_a_feature_that_never_changes_is_refused(value):
    train = np.column_stack([np.arange(3.0), np.full(3, value)])
    with pytest.raises(ValueError, match=r"train: expected finite numbers that vary"):
        StandardScaler().fit(train)


def test_a_feature_with_a_nan_is_refused():
    with pytest.raises(ValueError, match=r"train: expected finite numbers that vary"):
        StandardScaler().fit(np.array([[1.0], [np.nan]]))


@pytest.mark.parametrize("method", ["transform", "inverse_transform"])
def test_a_scaler_must_be_fitted_first(method):
    with pytest.raises(RuntimeError, match="call fit"):
        getattr(StandardScaler(), method)(np.ones(2))


@given(st.integers(1, 20), st.integers(2, 9), st.integers(0, 2**32 - 1))
def test_adding_problem_marks_one_step_of_each_half(count, time, seed):
    x, y = adding_problem(count, time, seed=seed)
    assert x.shape == (count, time, 2)
    assert y.shape == (count, 1)
    values, marks = x[..., 0], x[..., 1]
    assert ((values >= 0) & (values < 1)).all()
    assert set(np.unique(marks)) <= {0, 1}
    np.testing.assert_array_equal(marks[:, : time // 2].sum(axis=1), 1)
    np.testing.assert_array_equal(marks[:, time // 2 :].sum(axis=1), 1)
    np.testing.assert_allclose(y[:, 0], [values[i][marks[i] == 1].sum() for i in range(count)])
    again, _ = adding_problem(count, time, seed=seed)
    np.testing.assert_array_equal(x, again)


def test_adding_problem_guess_and_places():
    x, y = adding_problem(20_000, 6, dtype=np.float32, seed=0)
    assert x.dtype == y.dtype == np.float32
    assert abs(np.mean((y - 1) ** 2) - 1 / 6) < 0.01
    np.testing.assert_allclose(x[..., 1].mean(axis=0), 1 / 3, atol=0.02)


@pytest.mark.parametrize(("arguments", "culprit"), [((0, 5), "count"), ((3, 1), "time")])
def test_adding_problem_refuses(arguments, culprit):
    with pytest.raises(ValueError, match=culprit):
        adding_problem(*arguments)
