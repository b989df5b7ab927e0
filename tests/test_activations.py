"""Activations: values, slopes, and numbers so large that a careless formula overflows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from gru_lib.activations import (
    sigmoid,
    sigmoid_derivative,
    softmax,
    softmax_backward,
    tanh,
    tanh_derivative,
)
from gru_lib.gradcheck import complex_step

PAIRS = [(sigmoid, sigmoid_derivative), (tanh, tanh_derivative)]
values = arrays(np.float64, array_shapes(max_dims=3, max_side=4), elements=st.floats(-30, 30))


@given(values)
def test_sigmoid_is_the_logistic_function(x):
    np.testing.assert_allclose(sigmoid(x), 1 / (1 + np.exp(-x)), rtol=1e-12, atol=1e-15)


def test_values_by_hand():
    np.testing.assert_allclose(sigmoid(np.array([0.0, np.log(3)])), [0.5, 0.75], rtol=1e-15)
    np.testing.assert_allclose(tanh(np.array([0.0, np.log(2)])), [0.0, 0.6], rtol=1e-15)
    np.testing.assert_allclose(softmax(np.log([1.0, 2.0, 5.0])), [1 / 8, 2 / 8, 5 / 8], rtol=1e-15)


@pytest.mark.parametrize(("function", "derivative"), PAIRS)
@given(x=values)
def test_derivative_is_written_in_terms_of_the_output(function, derivative, x):
    z = x.astype(complex)
    slope = complex_step(lambda: function(z).sum(), z)
    np.testing.assert_allclose(derivative(function(x)), slope, rtol=0, atol=1e-14)


@pytest.mark.parametrize("function", [sigmoid, tanh])
@given(x=values)
def test_out_may_be_the_input_itself(function, x):
    expected, kept = function(x), x.copy()
    np.testing.assert_array_equal(x, kept)
    assert function(x, out=x) is x
    np.testing.assert_array_equal(x, expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_large_inputs_saturate(dtype):
    x = np.array([-1000, 1000], dtype)
    with np.errstate(over="raise", invalid="raise"):
        np.testing.assert_array_equal(sigmoid(x), np.array([0, 1], dtype))
        np.testing.assert_array_equal(tanh(x), np.array([-1, 1], dtype))
        np.testing.assert_array_equal(softmax(x * 10), np.array([0, 1], dtype))


@given(values, st.data())
def test_softmax_sums_to_one_and_ignores_a_shift(x, data):
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    p = softmax(x, axis=axis)
    assert p.shape == x.shape
    np.testing.assert_allclose(p.sum(axis=axis), 1, rtol=1e-14)
    np.testing.assert_allclose(softmax(x + 1e4, axis=axis), p, rtol=1e-9, atol=1e-300)


@given(values, st.data(), st.integers(0, 2**32 - 1))
def test_softmax_backward(x, data, seed):
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    dp, z = np.random.default_rng(seed).normal(size=x.shape), x.astype(complex)
    truth = complex_step(lambda: np.sum(dp * softmax(z, axis=axis)), z)
    ours = softmax_backward(softmax(x, axis=axis), dp, axis=axis)
    np.testing.assert_allclose(ours, truth, rtol=0, atol=1e-14)
    if axis in (-1, x.ndim - 1):
        np.testing.assert_array_equal(softmax_backward(softmax(x), dp), ours)


@pytest.mark.parametrize("function", [sigmoid, tanh, softmax])
def test_float32_stays_float32(function):
    assert function(np.ones((2, 3), np.float32)).dtype == np.float32


def test_softmax_of_rows_far_apart():
    """Each row is shifted by its own largest number, or the lower one would vanish."""
    np.testing.assert_array_equal(softmax(np.array([[0.0, 0.0], [2e3, 2e3]])), 0.5)
