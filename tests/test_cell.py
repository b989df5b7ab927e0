"""What every cell has: weights that start gate by gate, their names, dtypes, and transposes."""

import numpy as np
import pytest
from conftest import KINDS, assert_identical, draw_state, results

from gru_lib.cell import Cell
from gru_lib.initializers import INITIALIZERS, draw_bias, draw_weights
from gru_lib.recurrent import Recurrent

every_kind = pytest.mark.parametrize("kind", KINDS)
fused_kinds = pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "ConcatGRU"])


def gate_names(layer, prefix):
    return [f"{prefix}{gate}" for gate in layer.gates]


@every_kind
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_every_array_has_the_layers_dtype(kind, dtype):
    layer = KINDS[kind](2, 3, dtype=dtype, seed=0)
    state = layer._as_state([np.ones((1, 3), dtype) for _ in layer.states])
    out = results(layer, np.ones((1, 2, 2), dtype), state, dh=np.ones((1, 2, 3), dtype))
    assert {a.dtype for a in (*out.values(), *layer.params.values())} == {np.dtype(dtype)}
    assert layer.dtype == dtype


@every_kind
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
@pytest.mark.parametrize("init", INITIALIZERS)
def test_weights_are_contiguous_and_gradients_start_at_zero(kind, dtype, init):
    layer = KINDS[kind](2, 3, dtype=dtype, init=init, seed=0)
    assert layer.params.keys() == layer.grads.keys()
    for name, w in layer.params.items():
        g = layer.grads[name]
        assert w.flags.c_contiguous, name
        assert g.flags.c_contiguous, name
        assert w.dtype == g.dtype == dtype, name
        np.testing.assert_array_equal(g, np.zeros(w.shape), err_msg=name)


@every_kind
def test_a_seed_repeats_and_the_defaults_are_uniform_and_float64(kind):
    first, other = KINDS[kind](2, 3, seed=1), KINDS[kind](2, 3, seed=2)
    again = KINDS[kind](2, 3, seed=1, init="uniform", dtype=np.float64)
    unseeded, chance = KINDS[kind](2, 3), KINDS[kind](2, 3)
    for name, w in first.named_params.items():
        assert w.dtype == np.float64
        np.testing.assert_array_equal(w, again.named_params[name])
        if name != "b_f":
            assert not np.array_equal(w, other.named_params[name])
            assert not np.array_equal(chance.named_params[name], unseeded.named_params[name])
            assert 0 < np.abs(w).max() <= 1 / np.sqrt(3)


@fused_kinds
@pytest.mark.parametrize("init", INITIALIZERS)
def test_weights_are_drawn_in_a_fixed_order(kind, init):
    """From the input, from the state, bias, second bias: a seed means the same network always."""
    layer, rng = KINDS[kind](2, 3, init=init, seed=4), np.random.default_rng(4)
    gates = len(layer.gates)
    truth = [draw_weights(init, rng, rows, 3, 3, gates) for rows in (2, 3)]
    truth.append(draw_bias(init, rng, 3 * gates, 3))
    if "b_hh" in layer.params:
        truth.append(draw_bias(init, rng, 3, 3))
    if kind == "LSTM":
        truth[2][3:6] = 1
    for ours, drawn in zip(layer.params.values(), truth, strict=True):
        np.testing.assert_array_equal(ours, drawn)


@every_kind
def test_orthogonal_makes_every_gates_matrix_orthogonal(kind):
    layer = KINDS[kind](2, 5, init="orthogonal", seed=0)
    for name in gate_names(layer, "W_h"):
        w = layer.named_params[name]
        np.testing.assert_allclose(w @ w.T, np.eye(5), atol=1e-14, err_msg=name)
    for name in gate_names(layer, "W_x"):
        w = layer.named_params[name]
        np.testing.assert_allclose(w @ w.T, np.eye(2), atol=1e-14, err_msg=name)


@every_kind
def test_glorot_looks_at_the_shape_of_one_gate(kind):
    layer = KINDS[kind](60, 40, init="glorot", seed=0)
    for prefix, bound in [("W_x", np.sqrt(6 / 100)), ("W_h", np.sqrt(6 / 80))]:
        for name in gate_names(layer, prefix):
            assert 0.99 * bound < np.abs(layer.named_params[name]).max() <= bound, name


@every_kind
@pytest.mark.parametrize("init", ["glorot", "orthogonal", "normal"])
def test_biases_start_at_zero_except_for_uniform(kind, init):
    layer = KINDS[kind](2, 3, init=init, seed=0)
    biases = {name: w for name, w in layer.named_params.items() if w.ndim == 1}
    assert len(biases) == len(layer.gates) + ("b_hh" in biases)
    for name, b in biases.items():
        np.testing.assert_array_equal(b, np.full(3, float(name == "b_f")), err_msg=name)


@every_kind
def test_wrong_arguments_are_named(kind):
    build = KINDS[kind]
    with pytest.raises(ValueError, match=r"^init: expected one of 'uniform', .*, got 'he'$"):
        build(2, 3, init="he")
    with pytest.raises(ValueError, match=r"^input_size: expected at least 1, got 0$"):
        build(0, 3)
    with pytest.raises(ValueError, match=r"^hidden_size: expected at least 1, got 0$"):
        build(2, 0)
    with pytest.raises(TypeError, match=r"^dtype: expected float32, .*, got float16$"):
        build(2, 3, dtype=np.float16)


@every_kind
def test_sizes_may_be_small_integers_of_numpy(kind):
    layer, same = KINDS[kind](np.int8(2), np.int8(50), seed=0), KINDS[kind](2, 50, seed=0)
    arguments = {"x": np.ones((1, 2, 2)), "dh": np.ones((1, 2, 50))}
    assert_identical(results(layer, **arguments), results(same, **arguments))


@every_kind
def test_options_build_the_same_kind_again(kind):
    layer = KINDS[kind](2, 3)
    options = {name: getattr(layer, name) for name in layer.options}
    assert options == getattr(KINDS[kind], "keywords", {})
    again = type(layer)(2, 3, **options)
    assert again.named_params.keys() == layer.named_params.keys()
    assert {name: getattr(again, name) for name in again.options} == options


@every_kind
def test_textbook_names_are_views(kind):
    layer, rng = KINDS[kind](2, 3, seed=0), np.random.default_rng(0)
    for named, arrays in [("named_params", layer.params), ("named_grads", layer.grads)]:
        for name in getattr(layer, named):
            before = {key: a.copy() for key, a in arrays.items()}
            view = getattr(layer, named)[name]
            view[...] = rng.normal(size=view.shape)
            changed = sum(np.sum(a != before[key]) for key, a in arrays.items())
            assert changed == view.size, name
            np.testing.assert_array_equal(getattr(layer, named)[name], view)
        sizes = sum(view.size for view in getattr(layer, named).values())
        assert sizes == sum(a.size for a in arrays.values())


@fused_kinds
def test_gates_stand_side_by_side(kind):
    layer = KINDS[kind](2, 3, seed=0)
    for prefix, fused in zip(("W_x", "W_h", "b_"), layer.weights, strict=True):
        for named, arrays in [
            (layer.named_params, layer.params),
            (layer.named_grads, layer.grads),
        ]:
            joined = np.concatenate([named[n] for n in gate_names(layer, prefix)], axis=-1)
            np.testing.assert_array_equal(joined, arrays[fused])


def test_split_cuts_the_last_axis_into_views():
    layer, fused = KINDS["LSTM"](2, 3), np.arange(24.0).reshape(2, 12)
    views = layer.split(fused)
    assert [view.shape for view in views] == [(2, 3)] * 4
    np.testing.assert_array_equal(np.hstack(views), fused)
    assert all(np.shares_memory(view, fused) for view in views)
    assert [view.shape for view in layer.split(np.zeros((5, 2, 9)))] == [(5, 2, 3)] * 3


@fused_kinds
def test_a_transpose_is_contiguous_inside_a_backward_pass_and_a_view_outside(kind, monkeypatch):
    layer, rng = KINDS[kind](2, 3, seed=0), np.random.default_rng(0)
    name, seen = layer.weights[1], []
    original = layer.step_backward

    def seeing(*arrays):
        seen.append(layer.transposed(name))
        return original(*arrays)

    monkeypatch.setattr(layer, "step_backward", seeing)
    layer.forward(np.ones((1, 3, 2)), draw_state(layer, 1, rng))
    for _ in range(2):
        seen.clear()
        layer.params[name][...] = rng.normal(size=layer.params[name].shape)
        layer.backward(np.ones((1, 3, 3)))
        assert len(seen) == 3
        assert all(array is seen[0] for array in seen)
        assert seen[0].flags.c_contiguous
        np.testing.assert_array_equal(seen[0], layer.params[name].T)
        assert not np.shares_memory(seen[0], layer.params[name])
    for cell in (layer, KINDS[kind](2, 3)):
        view = cell.transposed(name)
        np.testing.assert_array_equal(view, cell.params[name].T)
        assert np.shares_memory(view, cell.params[name])


@fused_kinds
def test_a_refused_backward_leaves_no_transpose_behind(kind):
    layer = KINDS[kind](2, 3, seed=0)
    layer.forward(np.ones((1, 3, 2)))
    with pytest.raises(ValueError, match=r"^truncate: expected at least 0, got -1$"):
        layer.backward(np.ones((1, 3, 3)), truncate=-1)
    for w in (layer.params[layer.weights[1]], np.ones(())):
        layer.params[layer.weights[1]][...] = w + 1
        transpose = layer.transposed(layer.weights[1])
        np.testing.assert_array_equal(transpose, layer.params[layer.weights[1]].T)


@fused_kinds
def test_the_input_of_all_steps_is_projected_at_once(kind):
    layer, rng = KINDS[kind](2, 3, seed=0), np.random.default_rng(0)
    x = np.hstack([rng.normal(size=(5, 2)), np.ones((5, 1))])
    a = np.full((layer.stored, 5, 3), 7.0)
    layer.project(x, a)
    p, gates = layer.named_params, layer.gates
    for k, gate in enumerate(gates):
        truth = x[:, :2] @ p[f"W_x{gate}"] + p[f"b_{gate}"]
        np.testing.assert_allclose(a[k], truth, atol=1e-14, err_msg=gate)
    np.testing.assert_array_equal(a[len(gates) :], 7)


@every_kind
def test_a_step_keeps_one_array_per_gate_and_one_for_the_memory(kind):
    layer = KINDS[kind](2, 3)
    assert layer.stored == len(layer.gates) + (kind == "GRU after")
    assert layer.takes_input == (kind == "ConcatGRU")


@pytest.mark.parametrize("base", [Cell, Recurrent])
def test_a_cell_without_equations_takes_no_step(base):
    cell = base(2, 3, seed=0)
    assert {name: w.shape for name, w in cell.params.items()} == {
        "W_x": (2, 3),
        "W_h": (3, 3),
        "b": (3,),
    }
    assert (cell.gates, cell.states, cell.options, cell.stored) == (("h",), ("h",), (), 1)
    for step in (cell.step, cell.step_backward):
        with pytest.raises(NotImplementedError):
            step()
