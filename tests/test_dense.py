"""The readout: by hand, on any array, against the complex step; what it keeps; refusals."""

import copy

import numpy as np
import pytest
from conftest import seeds
from hypothesis import given
from hypothesis import strategies as st

from gru_lib import Dense
from gru_lib.gradcheck import complex_step, relative_error


def test_dense_by_hand():
    layer = Dense(2, 1)
    layer.params["W_hy"][...] = [[2.0], [-1.0]]
    layer.params["b_y"][...] = 0.5
    h = np.array([[1.0, 3.0], [0.0, 1.0]])
    np.testing.assert_array_equal(layer.forward(h), [[-0.5], [-0.5]])
    h[...] = 7  # the layer keeps its own copy
    dh = layer.backward(np.array([[1.0], [10.0]]))
    np.testing.assert_array_equal(dh, [[2.0, -1.0], [20.0, -10.0]])
    np.testing.assert_array_equal(layer.grads["W_hy"], [[1.0], [13.0]])
    np.testing.assert_array_equal(layer.grads["b_y"], [11.0])


@given(st.lists(st.integers(1, 3), max_size=3), st.integers(1, 3), st.integers(1, 3), seeds)
def test_dense_maps_the_last_axis_of_any_array(free, inputs, outputs, seed):
    rng = np.random.default_rng(seed)
    layer = Dense(inputs, outputs, seed=seed)
    h, dy = rng.normal(size=(*free, inputs)), rng.normal(size=(*free, outputs))
    y, dh = layer.forward(h), layer.backward(dy)
    w, dw, db = layer.params["W_hy"], np.zeros((inputs, outputs)), np.zeros(outputs)
    for i in np.ndindex(*free):
        np.testing.assert_allclose(y[i], h[i] @ w + layer.params["b_y"], rtol=0, atol=1e-14)
        np.testing.assert_allclose(dh[i], w @ dy[i], rtol=0, atol=1e-14)
        dw += np.outer(h[i], dy[i])
        db += dy[i]
    np.testing.assert_allclose(layer.grads["W_hy"], dw, rtol=0, atol=1e-13)
    np.testing.assert_allclose(layer.grads["b_y"], db, rtol=0, atol=1e-13)


@given(st.lists(st.integers(1, 3), max_size=2), st.integers(1, 3), st.integers(1, 3), seeds)
def test_gradients_against_the_complex_step(free, inputs, outputs, seed):
    rng = np.random.default_rng(seed)
    layer = Dense(inputs, outputs, dtype=np.complex128, seed=seed)
    h = rng.normal(size=(*free, inputs)).astype(complex)
    dy = rng.normal(size=(*free, outputs)).astype(complex)
    layer.forward(h)
    ours = {"h": layer.backward(dy)} | layer.grads
    for name, array in ({"h": h} | layer.params).items():
        truth = complex_step(lambda: np.sum(layer.forward(h) * dy), array)
        assert relative_error(ours[name].real, truth) <= 1e-10, name


def test_complex_numbers_are_nowhere_conjugated():
    layer = Dense(1, 1, dtype=np.complex128)
    layer.params["W_hy"][...] = 2j
    layer.params["b_y"][...] = 1
    assert layer.forward(np.array([3 + 1j])) == [-1 + 6j]
    assert layer.backward(np.array([1 + 1j])) == [-2 + 2j]
    assert layer.grads["W_hy"] == [[2 + 4j]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_every_array_is_of_the_layers_dtype(dtype):
    layer = Dense(2, 3, dtype=dtype, seed=0)
    y = layer.forward(np.ones((4, 2), dtype))
    arrays = [y, layer.backward(y), *layer.params.values(), *layer.grads.values()]
    assert {a.dtype for a in arrays} == {np.dtype(dtype)}
    assert layer.dtype == dtype


def test_arrays_by_name():
    layer = Dense(np.int8(2), np.int64(3))
    shapes = {"W_hy": (2, 3), "b_y": (3,)}
    assert {name: w.shape for name, w in layer.params.items()} == shapes
    assert {name: g.shape for name, g in layer.grads.items()} == shapes
    assert not any(g.any() for g in layer.grads.values())
    assert (layer.input_size, layer.output_size) == (2, 3)
    assert {type(layer.input_size), type(layer.output_size)} == {int}


@pytest.mark.parametrize("init", ["glorot", "orthogonal", "normal", "uniform"])
def test_how_it_starts(init):
    layer = Dense(100, 4, init=init, seed=0)
    same, other = Dense(100, 4, init=init, seed=0), Dense(100, 4, init=init, seed=1)
    w, b = layer.params["W_hy"], layer.params["b_y"]
    np.testing.assert_array_equal(w, same.params["W_hy"])
    assert (w != other.params["W_hy"]).all()
    if init != "uniform":
        assert not b.any()
    else:
        assert 0 < np.abs(b).max() <= 0.1  # 1/√input
        assert 0.095 < np.abs(w).max() <= 0.1


def test_backward_overwrites_the_gradients_in_place():
    layer = Dense(2, 3, seed=0)
    grads, truth = dict(layer.grads), copy.deepcopy(layer)
    h, dy = np.array([[1.0, -2.0]]), np.array([[3.0, 0.5, -1.0]])
    truth.forward(h)
    truth.backward(dy)
    layer.forward(np.ones((4, 5, 2)))
    layer.backward(np.ones((4, 5, 3)))
    layer.forward(h)
    for _ in range(2):
        layer.backward(dy)
    for name, g in grads.items():
        assert layer.grads[name] is g
        np.testing.assert_array_equal(g, truth.grads[name])


def test_nested_lists_will_do():
    layer = Dense(2, 3, seed=0)
    h, dy = np.array([[1.0, -2.0]]), np.array([[3.0, 0.5, -1.0]])
    y, dh = layer.forward(h), layer.backward(dy)
    np.testing.assert_array_equal(layer.forward(h.tolist()), y)
    np.testing.assert_array_equal(layer.backward(dy.tolist()), dh)


def test_what_is_not_finite_passes_through():
    layer = Dense(2, 1, seed=0)
    assert np.isnan(layer.forward(np.array([[np.nan, 0.0], [1.0, 1.0]]))).tolist() == [[1], [0]]
    dh = layer.backward(np.array([[0.0], [np.inf]]))
    assert np.isinf(dh).tolist() == [[False, False], [True, True]]


def test_backward_before_forward_is_refused():
    with pytest.raises(RuntimeError, match=r"^backward: call forward first$"):
        Dense(2, 3).backward(np.ones((4, 3)))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((0, 1), ValueError, r"^input_size: expected at least 1, got 0$"),
        ((1, -1), ValueError, r"^output_size: expected at least 1, got -1$"),
        ((1.0, 1), TypeError, r"^input_size: expected a whole number, got 1.0$"),
        ((1, True), TypeError, r"^output_size: expected a whole number, got True$"),
    ],
)
def test_sizes_that_cannot_be(arguments, error, message):
    with pytest.raises(error, match=message):
        Dense(*arguments)


ONES = np.ones((4, 2))
FORWARD = [
    (np.ones((4, 3)), ValueError, r"^h: expected shape \(n0, 2\), got \(4, 3\)$"),
    (np.ones((5, 4, 3)), ValueError, r"^h: expected shape \(n0, n1, 2\), got \(5, 4, 3\)$"),
    (np.ones(3), ValueError, r"^h: expected shape \(2,\), got \(3,\)$"),
    (1.0, ValueError, r"^h: expected shape \(2,\), got \(\)$"),
    (np.ones((0, 2)), ValueError, r"^h: expected at least one number on every axis"),
    (ONES.astype("f4"), TypeError, r"^h: expected dtype float64, got float32"),
]
BACKWARD = [
    (np.ones((4, 2)), ValueError, r"^dy: expected shape \(4, 3\), got \(4, 2\)$"),
    (np.ones((3, 3)), ValueError, r"^dy: expected shape \(4, 3\), got \(3, 3\)$"),
    (np.ones((1, 4, 3)), ValueError, r"^dy: expected shape \(4, 3\), got \(1, 4, 3\)$"),
    (np.ones((4, 3), complex), TypeError, r"^dy: expected dtype float64, got complex128"),
]


@pytest.mark.parametrize(("h", "error", "message"), FORWARD)
def test_wrong_arguments_of_forward_are_named(h, error, message):
    layer = Dense(2, 3, seed=0)
    layer.forward(ONES)
    truth = layer.backward(np.ones((4, 3)))
    with pytest.raises(error, match=message):
        layer.forward(h)
    np.testing.assert_array_equal(layer.backward(np.ones((4, 3))), truth)  # the last run counts


@pytest.mark.parametrize(("dy", "error", "message"), BACKWARD)
def test_wrong_arguments_of_backward_are_named(dy, error, message):
    layer = Dense(2, 3, seed=0)
    layer.forward(ONES)
    layer.backward(np.ones((4, 3)))
    grads = {name: g.copy() for name, g in layer.grads.items()}
    with pytest.raises(error, match=message):
        layer.backward(dy)
    for name, g in grads.items():
        np.testing.assert_array_equal(layer.grads[name], g)
