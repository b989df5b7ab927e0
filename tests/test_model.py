"""Readout and stacks: whole models against the complex step, and what joins the layers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_lib import RNN, Dense, Model
from gru_lib.gradcheck import complex_step, relative_error
from gru_lib.losses import mean_squared_error, softmax_cross_entropy

seeds = st.integers(0, 2**32 - 1)


def build(sizes, output="last", dtype=np.float64, seed=0, **options):
    """A stack of RNNs with a readout: `sizes` are input, hidden, …, output."""
    *recurrent, last = [(sizes[i], sizes[i + 1]) for i in range(len(sizes) - 1)]
    layers = [RNN(*s, dtype=dtype, seed=seed + i, **options) for i, s in enumerate(recurrent)]
    return Model(*layers, Dense(*last, dtype=dtype, seed=seed + 9), output=output)


@given(
    sizes=st.lists(st.integers(1, 3), min_size=3, max_size=4),
    batch=st.integers(1, 3),
    time=st.integers(1, 4),
    output=st.sampled_from(["last", "all"]),
    loss=st.sampled_from([mean_squared_error, softmax_cross_entropy]),
    activation=st.sampled_from(["tanh", "sigmoid"]),
    padded=st.booleans(),
    seed=seeds,
)
def test_gradients_against_the_complex_step(
    sizes, batch, time, output, loss, activation, padded, seed
):
    rng = np.random.default_rng(seed)
    model = build(sizes, output, complex, seed, activation=activation)
    x = rng.normal(size=(batch, time, sizes[0])).astype(complex)
    state = tuple(rng.normal(size=(batch, n)).astype(complex) for n in sizes[1:-1])
    lengths = rng.integers(0, time + 1, batch) if padded else None
    shape = (batch, sizes[-1]) if output == "last" else (batch, time, sizes[-1])
    if loss is mean_squared_error:
        y = rng.normal(size=shape).astype(complex)
    else:
        y = rng.integers(0, sizes[-1], shape[:-1])

    def value():
        return loss(model.forward(x, state, lengths)[0], y)[0]

    dx, dstate = model.backward(loss(model.forward(x, state, lengths)[0], y)[1])
    ours = {**model.grads, "x": dx} | {f"state{i}": d for i, d in enumerate(dstate)}
    arrays = {**model.params, "x": x} | {f"state{i}": s for i, s in enumerate(state)}
    assert ours.keys() == arrays.keys()
    ours = {name: g.copy() for name, g in ours.items()}
    for name, array in arrays.items():
        assert relative_error(ours[name].real, complex_step(value, array)) <= 1e-10, name


def test_a_model_is_its_layers_one_upon_the_other():
    model = build([2, 3, 4, 1], output="all")
    first, second, readout = model.layers
    x, lengths = np.random.default_rng(0).normal(size=(3, 5, 2)), [5, 0, 2]
    y, states = model.forward(x, lengths=lengths)
    h1, s1 = first.forward(x, lengths=lengths)
    h2, s2 = second.forward(h1, lengths=lengths)
    real = np.arange(5) < np.array(lengths)[:, None]
    np.testing.assert_array_equal(y, readout.forward(h2) * real[..., None])
    np.testing.assert_array_equal(states[0], s1)
    np.testing.assert_array_equal(states[1], s2)


def test_the_last_output_reads_each_sequences_own_final_state():
    last, every = build([2, 3, 4, 1]), build([2, 3, 4, 1], output="all")
    x, lengths = np.random.default_rng(0).normal(size=(3, 5, 2)), np.array([5, 1, 2])
    y, _ = last.forward(x, lengths=lengths)
    steps, _ = every.forward(x, lengths=lengths)
    assert y.shape == (3, 1)
    assert steps.shape == (3, 5, 1)
    np.testing.assert_allclose(y, steps[np.arange(3), lengths - 1], rtol=0, atol=1e-12)


@pytest.mark.parametrize("output", ["last", "all"])
def test_two_calls_that_carry_the_states_equal_one(output):
    model = build([2, 3, 4, 1], output)
    x = np.random.default_rng(0).normal(size=(3, 5, 2))
    whole, final = model.forward(x)
    y1, middle = model.forward(x[:, :2])
    y2, end = model.forward(x[:, 2:], middle)
    joined = y2 if output == "last" else np.concatenate([y1, y2], axis=1)
    np.testing.assert_allclose(joined, whole, rtol=0, atol=1e-12)
    for a, b in zip(end, final, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)


@given(seeds, st.integers(0, 5))
def test_truncate_reaches_the_recurrent_layer(seed, k):
    model = build([2, 3, 1], output="all", seed=seed)
    rng = np.random.default_rng(seed)
    x, dy = rng.normal(size=(2, 5, 2)), rng.normal(size=(2, 5, 1))
    model.forward(x)
    dx, (dstate,) = model.backward(dy, truncate=k)
    ours = {name: g.copy() for name, g in model.grads.items()}
    layer, readout = model.layers
    dx_alone, dstate_alone = layer.backward(readout.backward(dy), truncate=k)
    np.testing.assert_array_equal(dx, dx_alone)
    np.testing.assert_array_equal(dstate, dstate_alone)
    for name, g in layer.grads.items():
        np.testing.assert_array_equal(ours[f"rnn0.{name}"], g)


@pytest.mark.parametrize("output", ["last", "all"])
def test_a_state_of_two_arrays(pair_cell, output):
    rng = np.random.default_rng(0)
    bottom, top = pair_cell(2, 3, dtype=complex, seed=0), pair_cell(3, 2, dtype=complex, seed=1)
    model = Model(bottom, top, Dense(2, 1, dtype=complex, seed=2), output=output)
    x = rng.normal(size=(2, 4, 2)).astype(complex)
    state = tuple(tuple(rng.normal(size=(2, 2, n)).astype(complex)) for n in (3, 2))
    y, finals = model.forward(x, state)
    _, dstates = model.backward(np.ones_like(y))
    assert [len(final) for final in finals] == [2, 2]
    arrays = {**model.params} | {(i, j): state[i][j] for i in (0, 1) for j in (0, 1)}
    ours = {**model.grads} | {(i, j): dstates[i][j] for i in (0, 1) for j in (0, 1)}
    ours = {name: g.real.copy() for name, g in ours.items()}
    for name, array in arrays.items():
        truth = complex_step(lambda: np.sum(model.forward(x, state)[0]), array)
        assert relative_error(ours[name], truth) <= 1e-10, name


def test_truncate_is_refused_by_a_stack():
    model = build([2, 3, 3, 1])
    y, _ = model.forward(np.ones((1, 4, 2)))
    with pytest.raises(ValueError, match=r"truncate: expected one recurrent layer, got 2"):
        model.backward(np.ones_like(y), truncate=2)


def test_parameters_are_the_layers_own_arrays():
    model = build([2, 3, 4, 1])
    names = [f"rnn{i}.{n}" for i in (0, 1) for n in ("W_xh", "W_hh", "b_h")]
    assert list(model.params) == list(model.grads) == [*names, "dense2.W_hy", "dense2.b_y"]
    assert model.params["rnn1.W_hh"] is model.layers[1].params["W_hh"]
    assert model.grads["dense2.b_y"] is model.layers[2].grads["b_y"]


@pytest.mark.parametrize("output", ["last", "all"])
def test_float32_stays_float32(output):
    model = build([2, 3, 3, 1], output, np.float32)
    y, states = model.forward(np.ones((2, 4, 2), np.float32))
    dx, dstates = model.backward(np.ones_like(y))
    arrays = [y, dx, *states, *dstates, *model.params.values(), *model.grads.values()]
    assert {a.dtype for a in arrays} == {np.dtype(np.float32)}
    assert model.dtype == np.float32


def test_returned_arrays_are_the_callers_own():
    model, x = build([2, 3, 3, 1], "all"), np.ones((2, 4, 2))

    def run(x):
        y, states = model.forward(x)
        dx, dstates = model.backward(y)
        return [y, *states, dx, *dstates]

    first = run(x)
    kept = [a.copy() for a in first]
    others = [*run(x + 1), x, *model.params.values(), *model.grads.values()]
    for array, copy in zip(first, kept, strict=True):
        np.testing.assert_array_equal(array, copy)
        assert not any(np.shares_memory(array, other) for other in others)
    np.testing.assert_array_equal(x, np.ones((2, 4, 2)))


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


@pytest.mark.parametrize(
    ("layers", "error", "message"),
    [
        ([], TypeError, "one or more recurrent layers and then a Dense"),
        ([Dense(1, 1)], TypeError, "one or more recurrent layers and then a Dense"),
        ([RNN(1, 2), RNN(2, 2)], TypeError, "one or more recurrent layers and then a Dense"),
        ([RNN(1, 2), Dense(3, 1)], ValueError, "Dense expects 3 inputs, RNN gives 2"),
        ([RNN(1, 2), RNN(4, 3), Dense(3, 1)], ValueError, "RNN expects 4 inputs, RNN gives 2"),
        ([Dense(1, 2), Dense(2, 1)], ValueError, "Dense expects 2 inputs, Dense gives None"),
        ([RNN(1, 2), Dense(2, 1, dtype=np.float32)], TypeError, "got float64 and float32"),
    ],
)
def test_layers_that_do_not_fit(layers, error, message):
    with pytest.raises(error, match=f"^Model: .*{message}"):
        Model(*layers)


def test_padding_never_reaches_the_readout():
    model = Model(RNN(2, 3, seed=0), Dense(3, 1, seed=1), output="all")
    x = np.random.default_rng(0).normal(size=(2, 4, 2))
    y, _ = model.forward(x, lengths=[4, 1])
    assert np.all(y[1, 1:] == 0)
    model.backward(np.ones((2, 4, 1)))
    assert model.grads["dense1.b_y"][0] == 5
    model.forward(x)
    model.backward(np.ones((2, 4, 1)))
    assert model.grads["dense1.b_y"][0] == 8


def test_a_layer_stands_once():
    layer = RNN(2, 2)
    with pytest.raises(ValueError, match=r"^Model: .* twice$"):
        Model(layer, layer, Dense(2, 1))


def test_lengths_do_not_hide_what_is_wrong_with_x():
    model = Model(RNN(2, 3, seed=0), Dense(3, 1, seed=1), output="all")
    with pytest.raises(ValueError, match=r"^x: expected shape \(batch, time, 2\), got \(1,\)$"):
        model.forward([1.0], lengths=[1])
