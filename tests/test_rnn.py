"""The vanilla cell: two steps by hand, and its parameters."""

from math import exp, tanh

import numpy as np
import pytest

from gru_lib import RNN


def logistic(a):
    return 1 / (1 + exp(-a))


@pytest.mark.parametrize(
    ("activation", "phi", "slope"),
    [
        ("tanh", tanh, lambda a: 1 - tanh(a) ** 2),
        ("sigmoid", logistic, lambda a: logistic(a) * (1 - logistic(a))),
    ],
)
def test_two_steps_by_hand(activation, phi, slope):
    layer = RNN(1, 1, activation=activation)
    w, u, b, h0, x1, x2 = 0.5, -0.8, 0.1, 0.3, 1.0, -2.0
    for name, value in zip(("W_xh", "W_hh", "b_h"), (w, u, b), strict=True):
        layer.params[name][...] = value
    h, state = layer.forward(np.array([[[x1], [x2]]]), np.array([[h0]]))
    a1 = x1 * w + h0 * u + b
    a2 = x2 * w + phi(a1) * u + b
    np.testing.assert_allclose(h.ravel(), [phi(a1), phi(a2)], rtol=1e-14)
    np.testing.assert_array_equal(state, h[:, -1])

    dx, dstate = layer.backward(np.array([[[0.0], [1.0]]]))
    d2 = slope(a2)
    d1 = d2 * u * slope(a1)
    np.testing.assert_allclose(dx.ravel(), [d1 * w, d2 * w], rtol=1e-14)
    np.testing.assert_allclose(dstate, [[d1 * u]], rtol=1e-14)
    np.testing.assert_allclose(layer.grads["W_xh"], [[d1 * x1 + d2 * x2]], rtol=1e-14)
    np.testing.assert_allclose(layer.grads["W_hh"], [[d1 * h0 + d2 * phi(a1)]], rtol=1e-14)
    np.testing.assert_allclose(layer.grads["b_h"], [d1 + d2], rtol=1e-14)


def test_matrices_act_on_row_vectors():
    layer = RNN(2, 3, seed=0)
    x, h0 = np.array([[0.5, -1.0]]), np.array([[0.1, 0.2, -0.3]])
    p = layer.params
    h, _ = layer.forward(x[:, None], h0)
    np.testing.assert_allclose(h[:, 0], np.tanh(x @ p["W_xh"] + h0 @ p["W_hh"] + p["b_h"]))


def test_parameters_have_the_names_and_shapes_of_the_book():
    layer = RNN(2, 3)
    shapes = {"W_xh": (2, 3), "W_hh": (3, 3), "b_h": (3,)}
    assert {name: w.shape for name, w in layer.params.items()} == shapes
    assert {name: g.shape for name, g in layer.grads.items()} == shapes
    assert (layer.input_size, layer.hidden_size, layer.activation) == (2, 3, "tanh")


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_every_array_has_the_layers_dtype(dtype):
    layer = RNN(2, 3, dtype=dtype, seed=0)
    h, state = layer.forward(np.ones((1, 2, 2), dtype))
    dx, dstate = layer.backward(np.ones_like(h), np.ones_like(state))
    arrays = [h, state, dx, dstate, *layer.params.values(), *layer.grads.values()]
    assert {a.dtype for a in arrays} == {np.dtype(dtype)}


def test_a_seed_repeats_and_the_default_is_float64():
    first, again, other = RNN(2, 3, seed=1), RNN(2, 3, seed=1), RNN(2, 3, seed=2)
    for name, w in first.params.items():
        assert w.dtype == np.float64
        np.testing.assert_array_equal(w, again.params[name])
        assert not np.array_equal(w, other.params[name])
