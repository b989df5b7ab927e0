"""The GRU: one step by hand for both resets, parameters, and where the two differ."""

from math import exp, tanh

import numpy as np
import pytest
from conftest import assert_close, results
from hypothesis import given
from hypothesis import strategies as st

from gru_lib import GRU

WEIGHTS = {
    **{"W_xr": 0.5, "W_hr": -0.8, "b_r": 0.1, "W_xz": -0.3, "W_hz": 0.7, "b_z": 0.4},
    **{"W_xh": 0.9, "W_hh": 1.2, "b_h": -0.2, "b_hh": 0.6},
}
X, H, DH = 1.5, -0.4, 2.0


def logistic(a):
    return 1 / (1 + exp(-a))


def one_step(reset):
    """A layer of hidden size 1 with the weights above, after one step there and back."""
    layer = GRU(1, 1, reset=reset)
    for name, w in layer.named_params.items():
        w[...] = WEIGHTS[name]
    out = results(layer, [[[X]]], [[H]], dh=[[[DH]]])
    out |= layer.named_grads
    return {name: out[name].item() for name in ("h", "dx", "dstart h", *layer.named_params)}


def gates():
    w = WEIGHTS
    r = logistic(X * w["W_xr"] + H * w["W_hr"] + w["b_r"])
    z = logistic(X * w["W_xz"] + H * w["W_hz"] + w["b_z"])
    return r, z, w["W_hh"]


def truth(r, z, candidate, da_r, da_h, dh_through_candidate):
    """The results of one step, given what the two places of the reset gate do not share."""
    da = {"r": da_r, "z": DH * (H - candidate) * z * (1 - z), "h": da_h}
    out = {"h": z * H + (1 - z) * candidate}
    out["dx"] = sum(da[k] * WEIGHTS[f"W_x{k}"] for k in "rzh")
    out["dstart h"] = DH * z + dh_through_candidate
    out["dstart h"] += sum(da[k] * WEIGHTS[f"W_h{k}"] for k in "rz")
    for k in "rzh":
        out |= {f"W_x{k}": da[k] * X, f"W_h{k}": da[k] * H, f"b_{k}": da[k]}
    return out


def test_one_step_by_hand_with_the_reset_before_the_product():
    r, z, w_hh = gates()
    candidate = tanh(X * WEIGHTS["W_xh"] + r * H * w_hh + WEIGHTS["b_h"])
    da_h = DH * (1 - z) * (1 - candidate**2)
    out = truth(r, z, candidate, da_h * w_hh * H * r * (1 - r), da_h, da_h * w_hh * r)
    out["W_hh"] = da_h * r * H
    assert one_step("before") == pytest.approx(out, rel=1e-13)


def test_one_step_by_hand_with_the_reset_after_the_product():
    r, z, w_hh = gates()
    m = H * w_hh + WEIGHTS["b_hh"]
    candidate = tanh(X * WEIGHTS["W_xh"] + WEIGHTS["b_h"] + r * m)
    da_h = DH * (1 - z) * (1 - candidate**2)
    out = truth(r, z, candidate, da_h * m * r * (1 - r), da_h, da_h * r * w_hh)
    out["W_hh"], out["b_hh"] = da_h * r * H, da_h * r
    assert one_step("after") == pytest.approx(out, rel=1e-13)


@pytest.mark.parametrize("reset", ["before", "after"])
def test_the_equations_act_on_row_vectors(reset):
    layer, rng = GRU(2, 3, reset=reset, seed=0), np.random.default_rng(0)
    x, h0, p = rng.normal(size=(1, 2)), rng.normal(size=(1, 3)), layer.named_params
    r, z = (
        1 / (1 + np.exp(-(x @ p[f"W_x{k}"] + h0 @ p[f"W_h{k}"] + p[f"b_{k}"]))) for k in ("r", "z")
    )
    if reset == "before":
        a = x @ p["W_xh"] + (r * h0) @ p["W_hh"] + p["b_h"]
    else:
        a = x @ p["W_xh"] + p["b_h"] + r * (h0 @ p["W_hh"] + p["b_hh"])
    h, _ = layer.forward(x[:, None], h0)
    np.testing.assert_allclose(h[:, 0], z * h0 + (1 - z) * np.tanh(a), rtol=1e-12)


@pytest.mark.parametrize("reset", ["before", "after"])
def test_parameters_have_the_names_and_shapes_of_the_book(reset):
    layer = GRU(2, 3, reset=reset)
    shapes, named = {"W_x": (2, 9), "W_h": (3, 9), "b": (9,)}, {}
    for k in "rzh":
        named |= {f"W_x{k}": (2, 3), f"W_h{k}": (3, 3), f"b_{k}": (3,)}
    if reset == "after":
        shapes["b_hh"] = named["b_hh"] = (3,)
    assert {name: w.shape for name, w in layer.params.items()} == shapes
    assert {name: g.shape for name, g in layer.grads.items()} == shapes
    assert {name: w.shape for name, w in layer.named_params.items()} == named
    assert {name: g.shape for name, g in layer.named_grads.items()} == named
    assert (layer.input_size, layer.hidden_size, layer.reset) == (2, 3, reset)


def test_the_reset_acts_before_the_product_unless_asked():
    assert GRU(2, 3).reset == "before"


@pytest.mark.parametrize("reset", ["Before", "", None, True, 1])
def test_a_bad_reset_is_refused(reset):
    with pytest.raises(ValueError, match=r"^reset: expected one of 'before', 'after', got "):
        GRU(2, 3, reset=reset)


def both_forms(inputs, hidden, seed):
    """GRUs with the reset before and after, with the same weights and no second bias."""
    before = GRU(inputs, hidden, seed=seed)
    after = GRU(inputs, hidden, reset="after", seed=seed)
    after.params["b_hh"][...] = 0
    for name, w in before.params.items():
        np.testing.assert_array_equal(after.params[name], w)  # drawn before b_hh
    return before, after


def compared(layer, x, state, dh):
    out = results(layer, x, state, dh=dh)
    out.pop("b_hh", None)
    return out


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_before_and_after_differ_only_with_more_than_one_number_in_the_state(inputs, hidden, seed):
    before, after = both_forms(inputs, hidden, seed)
    rng = np.random.default_rng(seed)
    x, state = rng.normal(size=(2, 4, inputs)), rng.normal(size=(2, hidden))
    dh = rng.normal(size=(2, 4, hidden))
    ours, theirs = (compared(layer, x, state, dh) for layer in (before, after))
    if hidden == 1:
        assert_close(ours, theirs)
    else:
        assert np.abs(ours["h"] - theirs["h"]).max() > 1e-6


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_with_the_reset_gate_open_before_and_after_agree(inputs, hidden, seed):
    layers = both_forms(inputs, hidden, seed)
    rng = np.random.default_rng(seed)
    x, state = rng.normal(size=(2, 4, inputs)), rng.normal(size=(2, hidden))
    dh = rng.normal(size=(2, 4, hidden))
    for layer in layers:
        layer.named_params["b_r"][...] = 50
    ours, theirs = (compared(layer, x, state, dh) for layer in layers)
    assert_close(ours, theirs)


def test_the_second_bias_differs_from_the_first_by_the_reset_gate():
    rng = np.random.default_rng(0)
    layer, h0 = GRU(2, 3, reset="after", seed=0), rng.normal(size=(1, 3))
    x = rng.normal(size=(1, 1, 2))
    layer.forward(x, h0)
    layer.backward(np.ones((1, 1, 3)))
    p, g = layer.named_params, layer.named_grads
    r = 1 / (1 + np.exp(-(x[0] @ p["W_xr"] + h0 @ p["W_hr"] + p["b_r"])))
    np.testing.assert_allclose(g["b_hh"], r[0] * g["b_h"], rtol=1e-12)


@pytest.mark.parametrize("reset", ["before", "after"])
def test_a_closed_update_gate_copies_and_an_open_one_forgets(reset):
    layer, rng = GRU(2, 3, reset=reset, seed=0), np.random.default_rng(0)
    x, h0 = rng.normal(size=(1, 6, 2)), rng.normal(size=(1, 3))
    layer.named_params["b_z"][...] = 50
    np.testing.assert_allclose(layer.forward(x, h0)[1], h0, rtol=1e-12)
    layer.named_params["b_z"][...] = -50
    layer.named_params["b_r"][...] = -50
    fresh, _ = layer.forward(x, h0)
    again, _ = layer.forward(x, -h0)
    np.testing.assert_allclose(fresh, again, rtol=1e-12)
