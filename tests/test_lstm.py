"""The LSTM: two steps by hand, its equations on row vectors, parameters, and the forget bias."""

from math import exp, tanh

import numpy as np
import pytest

from gru_lib import LSTM

GATES = "ifog"


def logistic(a):
    return 1 / (1 + exp(-a))


def test_two_steps_by_hand():
    w = {
        **{"W_xi": 0.5, "W_hi": -0.8, "b_i": 0.1, "W_xf": -0.3, "W_hf": 0.7, "b_f": 0.4},
        **{"W_xo": 0.9, "W_ho": 0.2, "b_o": -0.2, "W_xg": -1.1, "W_hg": 0.6, "b_g": 0.3},
    }
    layer = LSTM(1, 1)
    for name, value in w.items():
        layer.named_params[name][...] = value

    def gates(x, h):
        i, f, o, g = (x * w[f"W_x{k}"] + h * w[f"W_h{k}"] + w[f"b_{k}"] for k in GATES)
        return logistic(i), logistic(f), logistic(o), tanh(g)

    x1, x2, h0, c0 = 1.0, -2.0, 0.3, -0.6
    i1, f1, o1, g1 = gates(x1, h0)
    c1 = f1 * c0 + i1 * g1
    h1 = o1 * tanh(c1)
    i2, f2, o2, g2 = gates(x2, h1)
    c2 = f2 * c1 + i2 * g2
    h2 = o2 * tanh(c2)
    h, (h_last, c_last) = layer.forward(np.array([[[x1], [x2]]]), ([[h0]], [[c0]]))
    np.testing.assert_allclose(h.ravel(), [h1, h2], rtol=1e-14)
    np.testing.assert_array_equal(h_last, h[:, -1])
    np.testing.assert_allclose(c_last, [[c2]], rtol=1e-14)

    # The loss is h1 / 2 + h2 - 3 c2.
    def before_activation(dh, dc, i, f, o, g, c_prev, c):
        da = {"i": dc * g * i * (1 - i), "f": dc * c_prev * f * (1 - f)}
        return da | {"o": dh * tanh(c) * o * (1 - o), "g": dc * i * (1 - g**2)}

    dc2 = o2 * (1 - tanh(c2) ** 2) - 3
    da2 = before_activation(1, dc2, i2, f2, o2, g2, c1, c2)
    dh1 = 0.5 + sum(da2[k] * w[f"W_h{k}"] for k in GATES)
    dc1 = dc2 * f2 + dh1 * o1 * (1 - tanh(c1) ** 2)
    da1 = before_activation(dh1, dc1, i1, f1, o1, g1, c0, c1)
    dx, (dh0, dc0) = layer.backward([[[0.5], [1.0]]], ([[0.0]], [[-3.0]]))
    true_dx = [sum(da[k] * w[f"W_x{k}"] for k in GATES) for da in (da1, da2)]
    np.testing.assert_allclose(dx.ravel(), true_dx, rtol=1e-13)
    np.testing.assert_allclose(dh0, [[sum(da1[k] * w[f"W_h{k}"] for k in GATES)]], rtol=1e-13)
    np.testing.assert_allclose(dc0, [[dc1 * f1]], rtol=1e-13)
    for k in GATES:
        grads = [layer.named_grads[name].item() for name in (f"W_x{k}", f"W_h{k}", f"b_{k}")]
        truth = [da1[k] * x1 + da2[k] * x2, da1[k] * h0 + da2[k] * h1, da1[k] + da2[k]]
        np.testing.assert_allclose(grads, truth, rtol=1e-13, err_msg=k)


def test_the_equations_act_on_row_vectors():
    layer, rng = LSTM(2, 3, seed=0), np.random.default_rng(0)
    x, h0, c0 = rng.normal(size=(1, 2)), rng.normal(size=(1, 3)), rng.normal(size=(1, 3))
    p = layer.named_params
    i, f, o, g = (x @ p[f"W_x{k}"] + h0 @ p[f"W_h{k}"] + p[f"b_{k}"] for k in GATES)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c0 + i * np.tanh(g)
    h, (_, c_last) = layer.forward(x[:, None], (h0, c0))
    np.testing.assert_allclose(c_last, c, rtol=1e-12)
    np.testing.assert_allclose(h[:, 0], o * np.tanh(c), rtol=1e-12)


def test_parameters_have_the_names_and_shapes_of_the_book():
    layer = LSTM(2, 3)
    shapes = {"W_x": (2, 12), "W_h": (3, 12), "b": (12,)}
    assert {name: w.shape for name, w in layer.params.items()} == shapes
    assert {name: g.shape for name, g in layer.grads.items()} == shapes
    named = {}
    for k in GATES:
        named |= {f"W_x{k}": (2, 3), f"W_h{k}": (3, 3), f"b_{k}": (3,)}
    assert {name: w.shape for name, w in layer.named_params.items()} == named
    assert {name: g.shape for name, g in layer.named_grads.items()} == named
    assert (layer.input_size, layer.hidden_size, layer.states) == (2, 3, ("h", "c"))


def test_the_forget_bias_is_set_and_nothing_else():
    drawn = LSTM(2, 3, seed=0)
    np.testing.assert_array_equal(drawn.named_params["b_f"], [1, 1, 1])
    for value in (0, -2.5, np.float32(0.1), 1e30):
        other = LSTM(2, 3, seed=0, forget_bias=value)
        for name, w in other.named_params.items():
            truth = value if name == "b_f" else drawn.named_params[name]
            np.testing.assert_array_equal(w, np.broadcast_to(truth, w.shape), err_msg=name)


@pytest.mark.parametrize("value", [None, True, "1", np.nan, np.inf, -np.inf, 1j, [1.0, 1.0, 1.0]])
def test_a_bad_forget_bias_is_refused(value):
    with pytest.raises(ValueError, match=r"^forget_bias: expected a finite number, got "):
        LSTM(2, 3, forget_bias=value)


def test_an_open_forget_gate_remembers_and_a_closed_one_forgets():
    x, start = np.zeros((1, 50, 1)), (np.zeros((1, 2)), np.full((1, 2), 3.0))
    for forget_bias, remembered in [(30.0, 3.0), (-30.0, 0.0)]:
        layer = LSTM(1, 2, forget_bias=forget_bias, seed=0)
        layer.named_params["b_i"][...] = -30.0
        _, (_, c) = layer.forward(x, start)
        np.testing.assert_allclose(c, remembered, rtol=0, atol=1e-9)
