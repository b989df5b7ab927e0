"""The concatenated GRU: the same network as the split one, and the other update gate."""

import copy
import re

import numpy as np
import pytest
from conftest import KINDS, assert_close, assert_identical, results, runs
from hypothesis import given

from gru_lib import GRU, LSTM, RNN, ConcatGRU, flip_update_gate

gru_runs = runs(kinds=("GRU before",))
any_gru_runs = runs(kinds=("GRU before", "GRU after", "ConcatGRU"))


def named_results(layer, run):
    """`results`, with the gradients by the names of the equations."""
    out = results(layer, run.x, run.state, run.lengths, run.dh, run.dstate, run.truncate)
    out = {name: array for name, array in out.items() if name not in layer.grads}
    return out | {name: g.copy() for name, g in layer.named_grads.items()}


def assert_same_weights_apart(ours, other):
    """Equal to the last bit, without shared memory."""
    assert_identical(ours.named_params, other.named_params)
    for name, w in ours.named_params.items():
        assert w.tobytes() == other.named_params[name].tobytes(), name
        assert not np.shares_memory(w, other.named_params[name]), name


@given(gru_runs)
def test_it_is_the_same_network_as_the_split_form(run):
    ours = named_results(ConcatGRU.from_gru(run.layer), run)
    assert_close(ours, named_results(run.layer, run))


@given(gru_runs)
def test_there_and_back_to_the_last_bit(run):
    joined = ConcatGRU.from_gru(run.layer)
    split = joined.to_gru()
    again = ConcatGRU.from_gru(split)
    assert (type(split), split.reset) == (GRU, "before")
    for layer in (joined, split, again):
        sizes = (layer.input_size, layer.hidden_size)
        assert sizes == (run.layer.input_size, run.layer.hidden_size)
        assert_same_weights_apart(layer, run.layer)
    assert_same_weights_apart(joined, again)
    assert_identical(joined.params, again.params)
    assert_identical(split.params, run.layer.params)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_there_and_back_keeps_the_dtype(dtype):
    layer = GRU(2, 3, dtype=dtype, seed=0)
    joined = ConcatGRU.from_gru(layer)
    assert joined.dtype == joined.to_gru().dtype == dtype
    assert_same_weights_apart(joined.to_gru(), layer)


def test_the_matrices_stack_the_state_over_the_input():
    layer = GRU(2, 3, seed=0)
    joined, p = ConcatGRU.from_gru(layer), layer.named_params
    for k in "rzh":
        stacked = np.vstack([p[f"W_h{k}"], p[f"W_x{k}"]])
        np.testing.assert_array_equal(joined.params[f"W_{k}"], stacked)
        np.testing.assert_array_equal(joined.params[f"b_{k}"], p[f"b_{k}"])


def test_the_equations_act_on_the_concatenated_row():
    layer, rng = ConcatGRU(2, 3, seed=0), np.random.default_rng(0)
    x, h0, p = rng.normal(size=(1, 2)), rng.normal(size=(1, 3)), layer.params
    hx = np.hstack([h0, x])
    r, z = (1 / (1 + np.exp(-(hx @ p[f"W_{k}"] + p[f"b_{k}"]))) for k in "rz")
    candidate = np.tanh(np.hstack([r * h0, x]) @ p["W_h"] + p["b_h"])
    h, _ = layer.forward(x[:, None], h0)
    np.testing.assert_allclose(h[:, 0], z * h0 + (1 - z) * candidate, rtol=1e-12)


def test_parameters_have_the_names_and_shapes_of_the_book():
    layer = ConcatGRU(2, 3)
    shapes, named = {}, {}
    for k in "rzh":
        shapes |= {f"W_{k}": (5, 3), f"b_{k}": (3,)}
        named |= {f"W_x{k}": (2, 3), f"W_h{k}": (3, 3), f"b_{k}": (3,)}
    assert {name: w.shape for name, w in layer.params.items()} == shapes
    assert {name: g.shape for name, g in layer.grads.items()} == shapes
    assert {name: w.shape for name, w in layer.named_params.items()} == named
    assert {name: g.shape for name, g in layer.named_grads.items()} == named


@pytest.mark.parametrize("init", ["uniform", "glorot", "orthogonal", "normal"])
def test_a_seed_starts_the_same_network_in_both_forms(init):
    assert_same_weights_apart(ConcatGRU(2, 3, init=init, seed=5), GRU(2, 3, init=init, seed=5))


@pytest.mark.parametrize(
    "other", [RNN(2, 3), LSTM(2, 3), ConcatGRU(2, 3), None], ids=lambda a: type(a).__name__
)
def test_only_a_gru_is_joined(other):
    message = rf"^layer: expected a GRU, got {type(other).__name__}$"
    with pytest.raises(TypeError, match=message):
        ConcatGRU.from_gru(other)


def test_a_gru_with_the_reset_after_cannot_be_joined():
    message = (
        'layer: expected reset="before", got "after", where the candidate needs the product of h '
        "alone and cannot be one product with [r ⊙ h, x]"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        ConcatGRU.from_gru(GRU(2, 3, reset="after"))


@given(any_gru_runs)
def test_flipping_twice_gives_the_same_bits(run):
    kept = copy.deepcopy(run.layer.params)
    once = flip_update_gate(run.layer)
    twice = flip_update_gate(once)
    assert type(once) is type(twice) is type(run.layer)
    assert_identical(run.layer.params, kept)
    assert_same_weights_apart(twice, run.layer)
    for name, w in once.named_params.items():
        sign = -1 if name in ("W_xz", "W_hz", "b_z") else 1
        np.testing.assert_array_equal(w, sign * run.layer.named_params[name], err_msg=name)
        assert not np.shares_memory(w, run.layer.named_params[name])


@pytest.mark.parametrize("kind", ["GRU before", "GRU after", "ConcatGRU"])
def test_a_flipped_layer_computes_the_other_convention(kind):
    layer, rng = KINDS[kind](2, 3, seed=0), np.random.default_rng(0)
    x, h0, p = rng.normal(size=(2, 4, 2)), rng.normal(size=(2, 3)), layer.named_params
    h, truth = h0, []
    for t in range(4):
        r, z = (
            1 / (1 + np.exp(-(x[:, t] @ p[f"W_x{k}"] + h @ p[f"W_h{k}"] + p[f"b_{k}"])))
            for k in "rz"
        )
        m = r * (h @ p["W_hh"] + p["b_hh"]) if kind == "GRU after" else (r * h) @ p["W_hh"]
        h = (1 - z) * h + z * np.tanh(x[:, t] @ p["W_xh"] + m + p["b_h"])
        truth.append(h)
    ours, _ = flip_update_gate(layer).forward(x, h0)
    np.testing.assert_allclose(ours, np.stack(truth, axis=1), rtol=1e-12)


@pytest.mark.parametrize("other", [RNN(2, 3), LSTM(2, 3), None], ids=lambda a: type(a).__name__)
def test_only_a_gru_has_an_update_gate(other):
    message = rf"^layer: expected a GRU or ConcatGRU, got {type(other).__name__}$"
    with pytest.raises(TypeError, match=message):
        flip_update_gate(other)
