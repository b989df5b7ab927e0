"""Losses: numbers by hand, gradients against the complex step, and inputs of any size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from gru_lib.gradcheck import complex_step
from gru_lib.losses import mean_squared_error, softmax_cross_entropy

shapes = array_shapes(min_dims=1, max_dims=3, max_side=4)
seeds = st.integers(0, 2**32 - 1)


def test_mean_squared_error_by_hand():
    loss, gradient = mean_squared_error(np.array([[1.0], [2.0]]), np.array([[0.0], [4.0]]))
    assert loss == 2.5
    np.testing.assert_array_equal(gradient, [[1.0], [-2.0]])


def test_softmax_cross_entropy_by_hand():
    logits = np.log([[1.0, 3.0], [1.0, 1.0]])
    loss, gradient = softmax_cross_entropy(logits, np.array([0, 1]))
    assert loss == pytest.approx((np.log(4) + np.log(2)) / 2, rel=1e-15)
    np.testing.assert_allclose(gradient, [[-0.375, 0.375], [0.25, -0.25]], rtol=1e-14)


def test_one_prediction_without_a_batch():
    loss, gradient = softmax_cross_entropy(np.zeros(3), 1)
    assert loss == pytest.approx(np.log(3), rel=1e-15)
    np.testing.assert_allclose(gradient, [1 / 3, -2 / 3, 1 / 3], rtol=1e-14)


@given(shapes, seeds)
def test_mean_squared_error_gradient(shape, seed):
    rng = np.random.default_rng(seed)
    prediction, target = (rng.normal(size=shape).astype(complex) for _ in range(2))
    truth = complex_step(lambda: mean_squared_error(prediction, target)[0], prediction)
    ours = mean_squared_error(prediction.real, target.real)[1]
    np.testing.assert_allclose(ours, truth, rtol=0, atol=1e-13)


@given(shapes, seeds)
def test_softmax_cross_entropy_gradient(shape, seed):
    rng = np.random.default_rng(seed)
    logits = rng.normal(scale=3, size=shape).astype(complex)
    labels = rng.integers(0, shape[-1], shape[:-1])
    truth = complex_step(lambda: softmax_cross_entropy(logits, labels)[0], logits)
    loss, ours = softmax_cross_entropy(logits.real, labels)
    np.testing.assert_allclose(ours, truth, rtol=0, atol=1e-13)
    p = np.exp(logits.real) / np.exp(logits.real).sum(axis=-1, keepdims=True)
    terms = [np.log(p[i][labels[i]]) for i in np.ndindex(shape[:-1])]
    assert loss == pytest.approx(-np.mean(terms), abs=1e-12)


def padded(seed, batch, time, classes):
    """A batch of predictions with its lengths, targets and labels; padding holds garbage."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, time + 1, batch)
    lengths[rng.integers(batch)] = rng.integers(1, time + 1)
    prediction, target = rng.normal(size=(2, batch, time, classes))
    labels = rng.integers(0, classes, (batch, time))
    return prediction, target, labels, lengths, np.arange(time) < lengths[:, None]


@given(seeds, st.integers(1, 4), st.integers(1, 5), st.integers(1, 4))
def test_with_lengths_it_is_the_loss_of_the_real_steps_alone(seed, batch, time, classes):
    prediction, target, labels, lengths, real = padded(seed, batch, time, classes)
    for loss, truth in ((mean_squared_error, target), (softmax_cross_entropy, labels)):
        value, gradient = loss(prediction, truth, lengths)
        alone, alone_gradient = loss(prediction[real], truth[real])
        assert value == pytest.approx(alone, rel=1e-12)
        np.testing.assert_allclose(gradient[real], alone_gradient, rtol=1e-12, atol=1e-15)
        assert not gradient[~real].any()
        assert gradient.dtype == prediction.dtype


def test_with_lengths_float32_stays_float32():
    y, lengths = np.ones((1, 2, 3), np.float32), np.array([1])
    for loss, truth in ((mean_squared_error, 0 * y), (softmax_cross_entropy, [[0, 1]])):
        assert all(number.dtype == np.float32 for number in loss(y, truth, lengths))


@pytest.mark.parametrize(
    ("shape", "lengths", "message"),
    [
        ((2, 3, 1), [0, 0], "lengths: expected at least one real step"),
        ((2, 3, 1), [1, 4], "lengths: expected numbers from 0 to 3"),
        ((2, 3, 1), [1], "lengths: expected 2 whole numbers"),
        ((2, 3), [1, 2], r"lengths: expected predictions \(batch, time, ·\), got 2 axes"),
    ],
)
def test_lengths_that_do_not_fit_are_refused(shape, lengths, message):
    with pytest.raises(ValueError, match=message):
        mean_squared_error(np.zeros(shape), np.zeros(shape), np.array(lengths))
    with pytest.raises(ValueError, match=message):
        softmax_cross_entropy(np.zeros(shape), np.zeros(shape[:-1], int), np.array(lengths))


@pytest.mark.parametrize("scale", [1e4, -1e4])
def test_large_logits_neither_overflow_nor_become_nan(scale):
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss, gradient = softmax_cross_entropy(scale * np.array([[0.0, 1.0]]), np.array([1]))
    assert loss == max(0, -scale)
    np.testing.assert_array_equal(gradient, [[0.0, 0.0]] if scale > 0 else [[1.0, -1.0]])


@given(shapes, seeds)
def test_arguments_are_not_changed(shape, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=shape), rng.normal(size=shape)
    labels = rng.integers(0, shape[-1], shape[:-1])
    kept = [a.copy() for a in (x, y, labels)]
    _, dx = mean_squared_error(x, y)
    _, dlogits = softmax_cross_entropy(x, labels)
    for array, copy in zip((x, y, labels), kept, strict=True):
        np.testing.assert_array_equal(array, copy)
        assert not np.shares_memory(array, dx)
        assert not np.shares_memory(array, dlogits)


def test_float32_stays_float32():
    x = np.ones((2, 3), np.float32)
    for loss, target in ((mean_squared_error, x * 2), (softmax_cross_entropy, np.array([0, 2]))):
        value, gradient = loss(x, target)
        assert value.dtype == gradient.dtype == np.float32


def test_softmax_cross_entropy_of_rows_far_apart():
    loss, _ = softmax_cross_entropy(np.array([[0.0, 0.0], [2e3, 2e3]]), np.array([0, 1]))
    np.testing.assert_allclose(loss, np.log(2))
