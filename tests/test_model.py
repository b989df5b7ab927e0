"""Stacks of every kind of layer: whole models against the complex step, and what joins them."""

import copy

import numpy as np
import pytest
from conftest import KINDS, assert_close, assert_identical, draw_state, seeds
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gru_lib import GRU, LSTM, RNN, Bidirectional, Dense, Model
from gru_lib.gradcheck import complex_step, relative_error
from gru_lib.losses import mean_squared_error, softmax_cross_entropy

BOTH_WAYS = [("GRU before", "GRU before"), "LSTM"]


def build(sizes, output="last", dtype=np.float64, seed=0, levels=None):
    """A stack with a readout: `sizes` are input, hidden, …, output; a pair reads both ways."""
    levels = ["RNN tanh"] * (len(sizes) - 2) if levels is None else levels
    layers, inputs = [], sizes[0]
    for i, (level, size) in enumerate(zip(levels, sizes[1:-1], strict=True)):
        kinds = level if isinstance(level, tuple) else (level,)
        ways = [
            KINDS[kind](inputs, size, dtype=dtype, seed=seed + 10 * i + way)
            for way, kind in enumerate(kinds)
        ]
        layers.append(Bidirectional(*ways) if isinstance(level, tuple) else ways[0])
        inputs = layers[-1].hidden_size
    readout = Dense(inputs, sizes[-1], dtype=dtype, seed=seed + 9)
    return Model(*layers, readout, output=output)


def drawn_states(model, batch, rng):
    """A random state of every layer."""
    return tuple(
        tuple(draw_state(way, batch, rng) for way in (layer.forwards, layer.backwards))
        if isinstance(layer, Bidirectional)
        else draw_state(layer, batch, rng)
        for layer in model.recurrent
    )


def named(prefix, states):
    """The arrays of nested states by name."""
    if not isinstance(states, tuple):
        return {prefix: states}
    arrays = {}
    for i, state in enumerate(states):
        arrays |= named(f"{prefix}{i}", state)
    return arrays


def cast(states, change):
    """Nested states with `change` applied to each of their arrays."""
    if not isinstance(states, tuple):
        return change(states)
    return tuple(cast(state, change) for state in states)


def everything(model, x, state=None, lengths=None, dy=None):
    """What a forward and a backward pass give, by name; gradients as copies."""
    y, final = model.forward(x, state, lengths)
    dx, dstart = model.backward(np.ones_like(y) if dy is None else dy)
    out = {"y": y, "dx": dx} | named("final", final) | named("dstart", dstart)
    return out | {name: g.copy() for name, g in model.grads.items()}


kinds = st.sampled_from(tuple(KINDS))
stacks = st.lists(kinds | st.tuples(kinds, kinds), min_size=1, max_size=2)


def sizes_of(levels):
    return [2, *[3, 2][: len(levels)], 1]


@settings(max_examples=30)
@given(
    levels=stacks,
    sizes=st.lists(st.integers(1, 2), min_size=4, max_size=4),
    batch=st.integers(1, 2),
    time=st.integers(1, 3),
    output=st.sampled_from(["last", "all"]),
    loss=st.sampled_from([mean_squared_error, softmax_cross_entropy]),
    padded=st.booleans(),
    seed=seeds,
)
@example(BOTH_WAYS, [2, 2, 3, 2], 2, 3, "last", mean_squared_error, True, 0)
@example(BOTH_WAYS, [2, 2, 3, 2], 2, 3, "all", softmax_cross_entropy, True, 0)
@example([*BOTH_WAYS, "GRU after"], [1, 2, 2, 2, 3], 2, 3, "last", mean_squared_error, False, 0)
def test_gradients_against_the_complex_step(levels, sizes, batch, time, output, loss, padded, seed):
    rng = np.random.default_rng(seed)
    sizes = [*sizes[: len(levels) + 1], sizes[-1]]
    model = build(sizes, output, complex, seed, levels)
    x = rng.normal(size=(batch, time, sizes[0])).astype(complex)
    state = cast(drawn_states(model, batch, rng), lambda a: a.astype(complex))
    lengths = rng.integers(0, time + 1, batch) if padded else None
    shape = (batch, sizes[-1]) if output == "last" else (batch, time, sizes[-1])
    if loss is mean_squared_error:
        y = rng.normal(size=shape).astype(complex)
    else:
        y = rng.integers(0, sizes[-1], shape[:-1])

    def value():
        return loss(model.forward(x, state, lengths)[0], y)[0]

    dy = loss(model.forward(x, state, lengths)[0], y)[1]
    ours = everything(model, x, state, lengths, dy)
    arrays = {"dx": x} | named("dstart", state) | model.params
    assert arrays.keys() == {n for n in ours if n != "y" and not n.startswith("final")}
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
@pytest.mark.parametrize("levels", [["RNN tanh"] * 2, ["LSTM", "GRU after"], ["ConcatGRU", "LSTM"]])
def test_two_calls_that_carry_the_states_equal_one(levels, output):
    model = build([2, 3, 4, 1], output, levels=levels)
    x = np.random.default_rng(0).normal(size=(3, 5, 2))
    whole, final = model.forward(x)
    y1, middle = model.forward(x[:, :2])
    y2, end = model.forward(x[:, 2:], middle)
    joined = y2 if output == "last" else np.concatenate([y1, y2], axis=1)
    np.testing.assert_allclose(joined, whole, rtol=0, atol=1e-12)
    assert_close(named("", end), named("", final))


@settings(max_examples=40)
@given(kinds, st.sampled_from(["last", "all"]), st.none() | st.integers(0, 5), seeds)
def test_truncate_reaches_the_recurrent_layer(kind, output, k, seed):
    model = build([2, 3, 1], output, seed=seed, levels=[kind])
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, 5, 2))
    y, _ = model.forward(x)
    dy = rng.normal(size=y.shape)
    dx, (dstate,) = model.backward(dy, truncate=k)
    ours = {name: g.copy() for name, g in model.grads.items()}
    layer, readout = model.layers
    dh = readout.backward(dy)
    loss = {"dh": dh} if output == "all" else {"dstate": layer.last_backward(dh)}
    dx_alone, dstate_alone = layer.backward(**loss, truncate=k)
    np.testing.assert_array_equal(dx, dx_alone)
    assert_identical(named("", dstate), named("", dstate_alone))
    own = {f"{type(layer).__name__.lower()}0.{name}": g for name, g in layer.grads.items()}
    assert_identical(ours, own | {f"dense1.{name}": g for name, g in readout.grads.items()})


@given(levels=stacks, output=st.sampled_from(["last", "all"]), seed=seeds, data=st.data())
def test_a_padded_batch_equals_its_sequences_alone(levels, output, seed, data):
    rng = np.random.default_rng(seed)
    batch, time = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 4))
    model = build(sizes_of(levels), output, seed=seed, levels=levels)
    lengths = data.draw(st.lists(st.integers(1, time), min_size=batch, max_size=batch))
    x, state = rng.normal(size=(batch, time, 2)), drawn_states(model, batch, rng)
    dy = rng.normal(size=(batch, 1) if output == "last" else (batch, time, 1))
    ours = everything(model, x, state, lengths, dy)
    total = {name: np.zeros_like(w) for name, w in model.params.items()}
    for row, n in enumerate(lengths):
        one = slice(row, row + 1)
        assert not ours["dx"][row, n:].any()
        here = {name: a[one] for name, a in ours.items() if name not in total}
        here["dx"] = here["dx"][:, :n]
        if output == "all":
            assert not ours["y"][row, n:].any()
            here["y"] = here["y"][:, :n]
        alone = dy[one] if output == "last" else dy[one, :n]
        start = cast(state, lambda a, one=one: a[one])
        truth = everything(model, x[one, :n], start, None, alone)
        for name in total:
            total[name] += truth.pop(name)
        assert_close(here, truth)
    assert_close({name: ours[name] for name in total}, total)


@given(levels=stacks, output=st.sampled_from(["last", "all"]), seed=seeds, data=st.data())
def test_garbage_in_the_padding_changes_nothing(levels, output, seed, data):
    rng = np.random.default_rng(seed)
    model = build(sizes_of(levels), output, seed=seed, levels=levels)
    lengths = np.array(data.draw(st.lists(st.integers(0, 4), min_size=3, max_size=3)))
    x, state = rng.normal(size=(3, 4, 2)), drawn_states(model, 3, rng)
    dy = rng.normal(size=(3, 1) if output == "last" else (3, 4, 1))
    clean = everything(model, x, state, lengths, dy)
    padded = np.arange(4) >= lengths[:, None]
    x[padded] = 1e6
    if output == "all":
        dy[padded] = np.nan
    assert_identical(everything(model, x, state, lengths, dy), clean)
    if not padded.any():
        assert_identical(everything(model, x, state, None, dy), clean)


@pytest.mark.parametrize("output", ["last", "all"])
def test_the_readout_is_given_h_and_not_c(output):
    model = build([2, 3, 1], output, levels=["LSTM"])
    x = np.random.default_rng(0).normal(size=(2, 4, 2))
    y, ((h_last, c_last),) = model.forward(x)
    h, _ = model.layers[0].forward(x)
    np.testing.assert_array_equal(h[:, -1], h_last)
    readout = model.layers[1].forward
    np.testing.assert_array_equal(y, readout(h_last if output == "last" else h))
    assert (readout(c_last) != (y if output == "last" else y[:, -1])).all()


def test_the_readout_of_both_ways_is_given_both_final_states():
    model = build([2, 3, 1], levels=[("LSTM", "GRU before")])
    x = np.random.default_rng(0).normal(size=(2, 4, 2))
    y, (((h_ahead, _), h_back),) = model.forward(x, lengths=[4, 2])
    joined = np.concatenate([h_ahead, h_back], axis=1)
    np.testing.assert_array_equal(y, model.layers[1].forward(joined))


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


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        (["RNN tanh"] * 2, "expected one recurrent layer, got 2"),
        (["LSTM", "GRU before", "LSTM"], "expected one recurrent layer, got 3"),
        (BOTH_WAYS, "expected one recurrent layer, got 2"),
        (BOTH_WAYS[:1], "expected None, since a Bidirectional cannot be truncated"),
    ],
)
@pytest.mark.parametrize("truncate", [0, 2, 9])
def test_truncate_is_refused_by_stacks_and_both_ways(levels, message, truncate):
    model = build([2, *([3] * len(levels)), 1], levels=levels)
    y, _ = model.forward(np.ones((1, 4, 2)))
    with pytest.raises(ValueError, match=f"^truncate: {message}$"):
        model.backward(np.ones_like(y), truncate=truncate)


def test_parameters_are_the_layers_own_arrays():
    model = build([2, 3, 4, 1])
    names = [f"rnn{i}.{n}" for i in (0, 1) for n in ("W_xh", "W_hh", "b_h")]
    assert list(model.params) == list(model.grads) == [*names, "dense2.W_hy", "dense2.b_y"]
    assert model.params["rnn1.W_hh"] is model.layers[1].params["W_hh"]
    assert model.grads["dense2.b_y"] is model.layers[2].grads["b_y"]


@settings(max_examples=30)
@given(stacks, st.sampled_from(["last", "all"]))
def test_names_are_unique_and_stay(levels, output):
    sizes = sizes_of(levels)
    model, other = (build(sizes, output, levels=levels, seed=seed) for seed in (0, 1))
    arrays = [w for layer in model.layers for w in layer.params.values()]
    names = list(model.params)
    assert len(names) == len(arrays)
    assert all(a is b for a, b in zip(model.params.values(), arrays, strict=True))
    assert list(model.grads) == list(other.params) == names
    everything(model, np.ones((2, 3, 2)))
    assert list(model.params) == list(model.grads) == names
    assert all(model.grads[name].shape == w.shape for name, w in model.params.items())


def test_names_tell_the_kind_the_place_and_the_way():
    model = build([2, 3, 2, 2, 1], levels=[("GRU after", "LSTM"), "ConcatGRU", "RNN tanh"])
    gru, rest = ["W_x", "W_h", "b", "b_hh"], ["W_x", "W_h", "b"]
    names = [f"bidirectional0.forwards.{n}" for n in gru]
    names += [f"bidirectional0.backwards.{n}" for n in rest]
    names += [f"concatgru1.{n}" for n in ("W_r", "b_r", "W_z", "b_z", "W_h", "b_h")]
    names += [f"rnn2.{n}" for n in ("W_xh", "W_hh", "b_h")]
    assert list(model.params) == [*names, "dense3.W_hy", "dense3.b_y"]
    layer = model.layers[0].backwards
    assert model.params["bidirectional0.backwards.W_h"] is layer.params["W_h"]
    assert model.grads["bidirectional0.backwards.W_h"] is layer.grads["W_h"]


@settings(max_examples=30)
@given(stacks, st.sampled_from(["last", "all"]), st.none() | st.just([3, 0]))
def test_float32_stays_float32_and_close_to_float64(levels, output, lengths):
    sizes = sizes_of(levels)
    wide, model = (build(sizes, output, dtype, levels=levels) for dtype in (float, np.float32))
    x = np.random.default_rng(0).normal(size=(2, 4, 2))
    narrow = everything(model, x.astype(np.float32), lengths=lengths)
    arrays = narrow | model.params | {f"d{name}": g for name, g in model.grads.items()}
    assert {name for name, a in arrays.items() if a.dtype != np.float32} == set()
    assert model.dtype == np.float32
    assert_close(narrow, everything(wide, x, lengths=lengths), tolerance=1e-5)


def test_a_copy_has_the_weights_and_lives_its_own_life():
    model, x = build([2, 3, 2, 1], levels=BOTH_WAYS), np.ones((2, 4, 2))
    truth = everything(model, x)
    twin = copy.deepcopy(model)
    assert_identical(everything(twin, x), truth)
    for w in twin.params.values():
        w[...] = 0
    assert_identical(everything(model, x), truth)


def test_returned_arrays_are_the_callers_own():
    model, x = build([2, 3, 3, 1], "all", levels=BOTH_WAYS), np.ones((2, 4, 2))

    def run(x):
        y, states = model.forward(x)
        dx, dstates = model.backward(y)
        return [y, *named("", states).values(), dx, *named("", dstates).values()]

    first = run(x)
    kept = [a.copy() for a in first]
    others = [*run(x + 1), x, *model.params.values(), *model.grads.values()]
    for array, before in zip(first, kept, strict=True):
        np.testing.assert_array_equal(array, before)
        assert not any(np.shares_memory(array, other) for other in others)
    np.testing.assert_array_equal(x, np.ones((2, 4, 2)))


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
        ([Bidirectional(LSTM(1, 2), GRU(1, 3)), Dense(3, 1)], ValueError, "3 inputs, .* gives 5$"),
        ([RNN(1, 2), Bidirectional(LSTM(1, 2), GRU(1, 2)), Dense(4, 1)], ValueError, "gives 2$"),
        ([RNN(1, 2, dtype="f4"), LSTM(2, 2), Dense(2, 1)], TypeError, "got float32 and float64"),
        ([RNN(1, 2), Dense(2, 2), Dense(2, 1)], ValueError, "Dense gives None$"),
        (["RNN", Dense(2, 1)], ValueError, "Dense expects 2 inputs, str gives None$"),
        ([RNN(1, 2), "LSTM", Dense(2, 1)], ValueError, "RNN gives 2$"),
        ([RNN, Dense(2, 1)], ValueError, "gives None$"),
    ],
)
def test_layers_that_do_not_fit(layers, error, message):
    with pytest.raises(error, match=f"^Model: .*{message}"):
        Model(*layers)


@pytest.mark.parametrize("output", ["first", None, 1, ["last"]])
def test_an_unknown_output_is_refused(output):
    with pytest.raises(ValueError, match=r"^output: expected one of 'last', 'all', got "):
        Model(RNN(1, 2), Dense(2, 1), output=output)


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


@pytest.mark.parametrize("way", [0, 1])
def test_a_layer_stands_once_also_if_it_is_one_of_both_ways(way):
    layers = GRU(4, 2, seed=0), GRU(4, 2, seed=1)
    for second in (layers[way], Bidirectional(*layers[::-1])):
        with pytest.raises(ValueError, match=r"^Model: .* twice$"):
            Model(Bidirectional(*layers), second, Dense(second.hidden_size, 1))
    Model(Bidirectional(*layers), GRU(4, 2, seed=0), Dense(2, 1))


X = np.ones((2, 4, 2))
H3, H2 = np.ones((2, 3)), np.ones((2, 2))
GIVEN = [
    ((X, ()), ValueError, r"^state: expected 2 states, got 0$"),
    ((X, (None,)), ValueError, r"^state: expected 2 states, got 1$"),
    ((X, (None,) * 3), ValueError, r"^state: expected 2 states, got 3$"),
    ((X, ((H3,), None)), ValueError, r"^state: expected a pair of states, got 1$"),
    ((X, ((H3, H2), None)), ValueError, r"^state h: expected shape \(2, 3\), got \(2, 2\)$"),
    ((X, (None, (H2, H3))), ValueError, r"^state c: expected shape \(2, 2\), got \(2, 3\)$"),
    ((X, None, [4, 5]), ValueError, r"^lengths: expected numbers from 0 to 4, got \[4, 5\]$"),
    ((X[..., :1],), ValueError, r"^x: expected shape \(batch, time, 2\), got \(2, 4, 1\)$"),
    ((X.astype("f4"),), TypeError, r"^x: expected dtype float64, got float32"),
    ((X * np.inf,), ValueError, r"^x: expected finite numbers, got inf"),
]


@pytest.mark.parametrize(("arguments", "error", "message"), GIVEN)
def test_wrong_arguments_are_named(arguments, error, message):
    model = build([2, 3, 2, 1], levels=BOTH_WAYS)
    with pytest.raises(error, match=message):
        model.forward(*arguments)


@pytest.mark.parametrize("output", ["last", "all"])
def test_a_forward_pass_refused_by_the_second_layer_leaves_no_mixture(output):
    model = build([2, 3, 2, 1], output, levels=BOTH_WAYS)
    y, _ = model.forward(X)
    for refused in ((2 * X, (None, (H3, H2))), (X[0],)):
        with pytest.raises(ValueError, match=r"expected shape"):
            model.forward(*refused)
        with pytest.raises(RuntimeError, match=r"^backward: call forward first$"):
            model.backward(np.ones_like(y))
    truth = everything(copy.deepcopy(model), X)
    assert_identical(everything(model, X), truth)


@pytest.mark.parametrize("output", ["last", "all"])
@pytest.mark.parametrize("lengths", [None, [4, 1]])
@pytest.mark.parametrize("shape", [(2, 2), (1, 1), (2,), (2, 4, 2), (1, 4, 1), (2, 3, 1), (2, 4)])
def test_a_gradient_of_another_shape_is_refused(output, lengths, shape):
    model = build([2, 3, 2, 1], output, levels=BOTH_WAYS)
    model.forward(X, lengths=lengths)
    wanted = {"last": r"\(2, 1\)", "all": r"\(2, 4, 1\)"}[output]
    with pytest.raises(ValueError, match=rf"^dy: expected shape {wanted}, got "):
        model.backward(np.ones(shape))


def test_lengths_do_not_hide_what_is_wrong_with_x():
    model = Model(RNN(2, 3, seed=0), Dense(3, 1, seed=1), output="all")
    with pytest.raises(ValueError, match=r"^x: expected shape \(batch, time, 2\), got \(1,\)$"):
        model.forward([1.0], lengths=[1])
