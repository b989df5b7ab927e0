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
    for name, value in {"W_xh": w, "W_hh": u, "b_h": b}.items():
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


def test_the_fused_weights_are_those_of_the_equations():
    layer = RNN(2, 3, seed=0)
    assert layer.named_params.keys() == layer.params.keys()
    for name, w in layer.named_params.items():
        np.testing.assert_array_equal(w, layer.params[name])
        assert np.shares_memory(w, layer.params[name])


@pytest.mark.parametrize("activation", ["relu", "", None, np.tanh])
def test_a_bad_activation_is_refused(activation):
    with pytest.raises(ValueError, match=r"^activation: expected one of 'tanh', 'sigmoid', got "):
        RNN(2, 3, activation=activation)
