"""Both directions: against the complex step and two layers turned by hand; padding; refusals."""

import contextlib
import copy
import itertools
import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import KINDS, assert_close, assert_identical, draw_state, over, parts, seeds
from hypothesis import given, settings
from hypothesis import strategies as st

from gru_lib import GRU, LSTM, RNN, Bidirectional, ConcatGRU, Dense
from gru_lib.bidirectional import reverse
from gru_lib.gradcheck import complex_step, relative_error

WHOLE_NUMBERS = ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8")


def both(function, pair):
    """The pair of states with `function` applied to each of their arrays."""
    return tuple(over(function, state) for state in pair)


def named(prefix, pair):
    """The arrays of a pair of states by name."""
    return {f"{prefix} {way}{i}": a for way, s in enumerate(pair) for i, a in enumerate(parts(s))}


def everything(layer, x, state=None, lengths=None, dh=None, dstate=None):
    """What a forward and a backward pass give, by name; gradients as copies."""
    h, final = layer.forward(x, state, lengths)
    dx, dstart = layer.backward(dh, dstate)
    out = {"h": h, "dx": dx} | named("final", final) | named("dstart", dstart)
    return out | {name: g.copy() for name, g in layer.grads.items()}


def turned(x, lengths=None):
    """Every sequence turned round, step by step."""
    out = x.copy()
    for row, n in enumerate([x.shape[1]] * len(x) if lengths is None else lengths):
        for t in range(n):
            out[row, t] = x[row, n - 1 - t]
    return out


def by_hand(layer, x, state, lengths, dh, dstate):
    """What `everything` must give, from the two layers alone."""
    ahead, back = copy.deepcopy(layer.forwards), copy.deepcopy(layer.backwards)
    h_ahead, final_ahead = ahead.forward(x, state[0], lengths)
    h_back, final_back = back.forward(turned(x, lengths), state[1], lengths)
    size = ahead.hidden_size
    dx_ahead, dstart_ahead = ahead.backward(dh[..., :size], dstate[0])
    dx_back, dstart_back = back.backward(turned(dh[..., size:], lengths), dstate[1])
    out = {
        "h": np.concatenate([h_ahead, turned(h_back, lengths)], axis=-1),
        "dx": dx_ahead + turned(dx_back, lengths),
    }
    out |= named("final", (final_ahead, final_back)) | named("dstart", (dstart_ahead, dstart_back))
    out |= {f"forwards.{name}": g for name, g in ahead.grads.items()}
    return out | {f"backwards.{name}": g for name, g in back.grads.items()}


@st.composite
def runs(draw, most=(3, 4, 3, 3)):
    """A bidirectional layer of any two kinds and all that its passes take, sizes down to 1."""
    kinds = draw(st.tuples(st.sampled_from(tuple(KINDS)), st.sampled_from(tuple(KINDS))))
    batch, time, inputs = (draw(st.integers(1, n)) for n in most[:3])
    sizes = draw(st.tuples(st.integers(1, most[3]), st.integers(1, most[3])))
    rng = np.random.default_rng(draw(seeds))
    layer = make(kinds, inputs, sizes)
    for w in layer.params.values():
        w[...] = rng.uniform(-1, 1, w.shape)
    lengths = draw(st.none() | st.lists(st.integers(0, time), min_size=batch, max_size=batch))
    pair = (layer.forwards, layer.backwards)
    return SimpleNamespace(
        kinds=kinds,
        layer=layer,
        x=rng.normal(size=(batch, time, inputs)),
        state=tuple(draw_state(part, batch, rng) for part in pair),
        lengths=None if lengths is None else np.array(lengths),
        dh=rng.normal(size=(batch, time, sum(sizes))),
        dstate=tuple(draw_state(part, batch, rng) for part in pair),
        rng=rng,
    )


def make(kinds, inputs=2, sizes=(3, 2), dtype=np.float64):
    return Bidirectional(
        *(KINDS[kinds[i]](inputs, sizes[i], dtype=dtype, seed=i) for i in range(2))
    )


def converted(run, dtype):
    """The layer of a run in another dtype, and its arguments."""
    sizes = (run.layer.forwards.hidden_size, run.layer.backwards.hidden_size)
    layer = make(run.kinds, run.layer.input_size, sizes, dtype)
    for name, w in layer.params.items():
        w[...] = run.layer.params[name]

    def cast(array):
        return array.astype(dtype)

    return layer, cast(run.x), both(cast, run.state), cast(run.dh), both(cast, run.dstate)


def arguments(run):
    return run.x, run.state, run.lengths, run.dh, run.dstate


@settings(max_examples=40)
@given(runs(most=(2, 3, 2, 2)))
def test_gradients_against_the_complex_step(run):
    layer, x, state, dh, dstate = converted(run, np.complex128)
    weights = named("final", dstate)

    def loss():
        h, final = layer.forward(x, state, run.lengths)
        ends = named("final", final)
        return np.sum(h * dh) + sum(np.sum(ends[name] * w) for name, w in weights.items())

    ours = everything(layer, x, state, run.lengths, dh, dstate)
    arrays = {"dx": x} | named("dstart", state) | layer.params
    assert arrays.keys() == {name for name in ours if name != "h" and not name.startswith("final")}
    for name, array in arrays.items():
        assert relative_error(ours[name].real, complex_step(loss, array)) <= 1e-10, name


@given(runs())
def test_it_is_two_layers_of_which_one_reads_the_sequence_turned_round(run):
    assert_identical(everything(run.layer, *arguments(run)), by_hand(run.layer, *arguments(run)))


@given(runs(), st.sampled_from([(0,), (1,), (0, 1)]))
def test_a_state_or_gradient_that_is_not_given_is_zero(run, missing):
    def without(pair):
        return tuple(None if way in missing else s for way, s in enumerate(pair))

    def zeroed(pair):
        return tuple(over(np.zeros_like, s) if way in missing else s for way, s in enumerate(pair))

    x, state, lengths, dh, dstate = arguments(run)
    truth = everything(run.layer, x, zeroed(state), lengths, dh, zeroed(dstate))
    ours = everything(run.layer, x, without(state), lengths, dh, without(dstate))
    assert_identical(ours, truth)
    if len(missing) == 2:
        assert_identical(everything(run.layer, x, None, lengths, dh, None), truth)
        truth = everything(run.layer, x, None, lengths, np.zeros_like(dh), dstate)
        assert_identical(everything(run.layer, x, None, lengths, None, dstate), truth)


@given(
    st.integers(1, 4),
    st.integers(1, 5),
    st.sampled_from(WHOLE_NUMBERS),
    st.sampled_from([np.float32, np.float64, np.complex128]),
    st.data(),
)
def test_reverse_turns_each_sequence_and_nothing_else(batch, time, kind, dtype, data):
    x = np.arange(batch * time * 2).reshape(batch, time, 2).astype(dtype)
    given_lengths = st.lists(st.integers(0, time), min_size=batch, max_size=batch)
    lengths = data.draw(st.none() | given_lengths)
    for form in (lengths, None if lengths is None else np.array(lengths, kind)):
        before = x.copy()
        once = reverse(x, form)
        np.testing.assert_array_equal(x, before)
        np.testing.assert_array_equal(once, turned(x, lengths))
        twice = reverse(once, form)
        np.testing.assert_array_equal(twice, x)
        assert once.dtype == twice.dtype == dtype
        assert not np.shares_memory(once, x)


def test_reverse_by_hand():
    x = np.arange(12.0).reshape(3, 4, 1)
    out = reverse(x, [4, 0, 3])[..., 0]
    np.testing.assert_array_equal(out, [[3, 2, 1, 0], [4, 5, 6, 7], [10, 9, 8, 11]])
    np.testing.assert_array_equal(reverse(x)[0, :, 0], [3, 2, 1, 0])


@pytest.mark.parametrize("lengths", [[1], [1, 4], [-1, 2], [1.0, 2.0], [[1, 2]]])
def test_reverse_refuses_lengths_that_do_not_fit(lengths):
    with pytest.raises(ValueError, match=r"^lengths: expected "):
        reverse(np.ones((2, 3, 1)), lengths)


@pytest.mark.parametrize("kind", WHOLE_NUMBERS)
def test_lengths_may_be_whole_numbers_of_any_kind(kind):
    layer, x, lengths = make(("GRU before", "LSTM")), np.arange(12.0).reshape(2, 3, 2), [2, 0]
    truth = everything(layer, x, lengths=lengths, dh=np.ones((2, 3, 5)))
    ours = everything(layer, x, lengths=np.array(lengths, kind), dh=np.ones((2, 3, 5)))
    assert_identical(ours, truth)


def one_row(pair, row):
    return both(lambda a: a[row : row + 1], pair)


@given(runs())
def test_padding_never_changes_a_result_or_a_gradient(run):
    layer, time = run.layer, run.x.shape[1]
    ours = everything(layer, *arguments(run))
    total = {name: np.zeros_like(w) for name, w in layer.params.items()}
    lengths = [time] * len(run.x) if run.lengths is None else run.lengths
    for row, n in enumerate(lengths):
        assert not ours["h"][row, n:].any()
        assert not ours["dx"][row, n:].any()
        here = {name: a[row : row + 1] for name, a in ours.items() if name not in total}
        if n == 0:
            ends = {name: a for name, a in here.items() if name not in ("h", "dx")}
            own = named("final", run.state) | named("dstart", run.dstate)
            assert_identical(ends, {name: a[row : row + 1] for name, a in own.items()})
            continue
        x, dh = run.x[row : row + 1, :n], run.dh[row : row + 1, :n]
        truth = everything(layer, x, one_row(run.state, row), None, dh, one_row(run.dstate, row))
        for name in total:
            total[name] += truth.pop(name)
        assert_close(here | {"h": here["h"][:, :n], "dx": here["dx"][:, :n]}, truth)
    assert_close({name: ours[name] for name in total}, total)


@given(runs())
def test_garbage_in_the_padding_changes_nothing(run):
    run.lengths = np.zeros(len(run.x), int) if run.lengths is None else run.lengths
    clean = everything(run.layer, *arguments(run))
    padded = np.arange(run.x.shape[1]) >= run.lengths[:, None]
    run.x[padded] = run.rng.normal(scale=1e6, size=run.x[padded].shape)
    run.dh[padded] = run.rng.normal(scale=1e6, size=run.dh[padded].shape)
    assert_identical(everything(run.layer, *arguments(run)), clean)


@given(runs())
def test_full_lengths_equal_no_lengths(run):
    x, state, _, dh, dstate = arguments(run)
    full = np.full(len(x), x.shape[1])
    truth = everything(run.layer, x, state, None, dh, dstate)
    assert_identical(everything(run.layer, x, state, full, dh, dstate), truth)


@given(runs())
def test_float32_stays_float32_and_close_to_float64(run):
    wide = everything(run.layer, *arguments(run))
    layer, x, state, dh, dstate = converted(run, np.float32)
    narrow = everything(layer, x, state, run.lengths, dh, dstate)
    last = layer.last(layer.forward(x, state, run.lengths)[1])
    ends = named("last", layer.last_backward(last))
    arrays = narrow | layer.params | layer.grads | {"last": last} | ends
    assert {name for name, a in arrays.items() if a.dtype != np.float32} == set()
    assert layer.dtype == np.float32
    assert_close(narrow, wide, tolerance=1e-4)


@given(runs())
def test_every_call_is_as_if_the_layer_were_new(run):
    """With lengths, without, with fewer sequences and steps, and as at first."""
    half = slice(0, (len(run.x) + 1) // 2)
    n = (run.x.shape[1] + 1) // 2
    small = (run.x[half, :n], both(lambda a: a[half], run.state), None, run.dh[half, :n])
    small += (both(lambda a: a[half], run.dstate),)
    x, state, _, dh, dstate = arguments(run)
    calls = [arguments(run), (x, state, None, dh, dstate), small, arguments(run)]
    returned = []
    for call in calls:
        truth = everything(copy.deepcopy(run.layer), *call)
        returned.append((everything(run.layer, *call), truth))
    for ours, truth in returned:  # also what was returned first is still as it was
        assert_identical(ours, truth)


@given(runs())
def test_what_is_given_and_what_is_returned_stays_the_callers_own(run):
    layer, kept = run.layer, copy.deepcopy(arguments(run))
    truth = everything(layer, *kept)
    h, final = layer.forward(run.x, run.state, run.lengths)
    last = layer.last(final)
    for array in (h, last, *named("", final).values(), run.x, *named("", run.state).values()):
        array[...] = 7
    if run.lengths is not None:
        run.lengths[...] = 0
    dx, dstart = layer.backward(run.dh, run.dstate)
    np.testing.assert_array_equal(run.dh, kept[3])
    assert_identical(named("", run.dstate), named("", kept[4]))
    ours = {"dx": dx} | named("dstart", dstart) | layer.grads
    assert_identical(ours, {name: truth[name] for name in ours})
    arrays = [h, dx, last, *named("", final).values(), *named("", dstart).values()]
    arrays += [*layer.params.values(), *layer.grads.values(), run.x, run.dh]
    for one, other in itertools.combinations(arrays, 2):
        assert not np.shares_memory(one, other)


@given(runs())
def test_arrays_may_be_nested_lists(run):
    def listed(array):
        return array.tolist()

    truth = everything(run.layer, *arguments(run))
    lengths = None if run.lengths is None else run.lengths.tolist()
    lists = (run.x.tolist(), list(both(listed, run.state)), lengths)
    lists += (run.dh.tolist(), list(both(listed, run.dstate)))
    assert_identical(everything(run.layer, *lists), truth)


def test_the_arrays_are_the_layers_own_by_way_and_name():
    ahead, back = LSTM(2, 3, seed=0), ConcatGRU(2, 1, seed=1)
    layer = Bidirectional(ahead, back)
    names = [f"forwards.{n}" for n in ("W_x", "W_h", "b")]
    names += [f"backwards.{n}" for n in ("W_r", "b_r", "W_z", "b_z", "W_h", "b_h")]
    assert list(layer.params) == list(layer.grads) == names
    for way, part in (("forwards", ahead), ("backwards", back)):
        for name in part.params:
            assert layer.params[f"{way}.{name}"] is part.params[name]
            assert layer.grads[f"{way}.{name}"] is part.grads[name]
    assert (layer.forwards, layer.backwards) == (ahead, back)
    assert (layer.input_size, layer.hidden_size, layer.dtype) == (2, 4, np.float64)


def test_the_output_joins_what_came_before_with_what_comes_after():
    layer = make(("RNN tanh", "GRU after"))
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1, 5, 2))
    h, _ = layer.forward(x)
    x[0, 2] += 1
    changed = layer.forward(x)[0] != h
    np.testing.assert_array_equal(changed[0, :, :3].any(axis=1), [False, False, True, True, True])
    np.testing.assert_array_equal(changed[0, :, 3:].any(axis=1), [True, True, True, False, False])


@pytest.mark.parametrize("kinds", list(itertools.product(["LSTM", "GRU before"], repeat=2)))
def test_the_outputs_in_a_final_state(kinds):
    """h, not c: of the first layer at each sequence's last step, of the second at its first."""
    layer, x = make(kinds), np.random.default_rng(0).normal(size=(3, 4, 2))
    h, final = layer.forward(x, lengths=[4, 1, 2])
    last = layer.last(final)
    assert last.shape == (3, 5)
    np.testing.assert_array_equal(last[:, :3], h[np.arange(3), [3, 0, 1], :3])
    np.testing.assert_array_equal(last[:, 3:], h[:, 0, 3:])


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_outputs_are_of_a_pair_of_states(count):
    layer = make(("LSTM", "GRU before"))
    _, (ahead, back) = layer.forward(X)
    with pytest.raises(ValueError, match="argument"):
        layer.last((ahead, back, back)[:count])


@given(runs())
def test_the_way_back_from_the_outputs_in_a_final_state(run):
    layer, batch = run.layer, len(run.x)
    dlast = run.rng.normal(size=(batch, layer.hidden_size))
    dstate = layer.last_backward(dlast)
    ways = [dlast[:, : layer.forwards.hidden_size], dlast[:, layer.forwards.hidden_size :]]
    pairs = zip((layer.forwards, layer.backwards), ways, dstate, strict=True)
    for part, dh, gradient in pairs:
        first, *others = parts(gradient)
        np.testing.assert_array_equal(first, dh)
        assert [a.shape for a in others] == [dh.shape] * (len(part.states) - 1)
        assert not any(a.any() for a in others)
    out = everything(layer, run.x, run.state, run.lengths, None, dstate)
    truth = by_hand(layer, run.x, run.state, run.lengths, np.zeros_like(run.dh), dstate)
    assert_identical(out, truth)


def test_a_gradient_that_is_not_finite_passes_through():
    layer, dh = make(("GRU before", "LSTM")), np.zeros((2, 4, 5))
    layer.forward(np.ones((2, 4, 2)))
    dh[1, 2] = np.nan
    dx, _ = layer.backward(dh)
    assert np.isnan(dx[1]).all()
    assert not np.isnan(dx[0]).any()


FIRST = r"^backward: call forward first$"


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda a: pickle.loads(pickle.dumps(a))])
def test_backward_before_forward_is_refused_also_by_a_copy(duplicate):
    layer, x = make(("GRU before", "LSTM")), np.ones((2, 4, 2))
    for dh in (np.ones((2, 4, 5)), None):
        with pytest.raises(RuntimeError, match=FIRST):
            layer.backward(dh)
    truth = everything(layer, x, dh=np.ones((2, 4, 5)))
    twin = duplicate(layer)
    with pytest.raises(RuntimeError, match=FIRST):
        twin.backward(np.ones((2, 4, 5)))
    assert_identical(everything(twin, x, dh=np.ones((2, 4, 5))), truth)


@pytest.mark.parametrize("truncate", [0, 1, 4, 9])
def test_truncate_is_refused_and_leaves_the_last_run(truncate):
    layer, dh = make(("GRU before", "LSTM")), np.ones((2, 4, 5))
    truth = everything(layer, np.ones((2, 4, 2)), dh=dh)
    grads = {name: g.copy() for name, g in layer.grads.items()}
    message = r"^truncate: expected None, since a Bidirectional cannot be truncated$"
    with pytest.raises(ValueError, match=message):
        layer.backward(2 * dh, truncate=truncate)
    assert_identical(layer.grads, grads)
    np.testing.assert_array_equal(layer.backward(dh)[0], truth["dx"])


X, DH = np.ones((2, 4, 2)), np.ones((2, 4, 5))
H3, H2 = np.ones((2, 3)), np.ones((2, 2))
PAIR = r"expected a pair of states, got"
FORWARD = [
    ((X, (H3,)), ValueError, rf"^state: {PAIR} 1$"),
    ((X, (H3, (H2, H2), H3)), ValueError, rf"^state: {PAIR} 3$"),
    ((X, ((H2, H2), H3)), ValueError, r"^state h: expected shape \(2, 3\), got \(2, 2, 2\)$"),
    ((X, (H2, None)), ValueError, r"^state h: expected shape \(2, 3\), got \(2, 2\)$"),
    ((X, (H3[:1], None)), ValueError, r"^state h: expected shape \(2, 3\), got \(1, 3\)$"),
    ((X, (None, (H2, H3))), ValueError, r"^state c: expected shape \(2, 2\), got \(2, 3\)$"),
    ((X, (None, (H2, H2.astype("f4")))), TypeError, r"^state c: .*float64, got float32"),
    ((X, (H3 * np.nan, None)), ValueError, r"^state h: expected finite numbers, got nan"),
    ((X[0],), ValueError, r"^x: expected shape \(batch, time, 2\), got \(4, 2\)$"),
    ((X[..., :1],), ValueError, r"^x: expected shape \(batch, time, 2\), got \(2, 4, 1\)$"),
    ((X[:, :0],), ValueError, r"^x: expected at least one number on every axis"),
    ((X.astype("f4"),), TypeError, r"^x: expected dtype float64, got float32"),
    ((X * np.nan,), ValueError, r"^x: expected finite numbers, got nan"),
    (([[[1.0], [2.0, 3.0]]],), ValueError, r"^x: expected a rectangular array"),
    ((X, None, [4]), ValueError, r"^lengths: expected 2 whole numbers, got int64 \(1,\)$"),
    ((X, None, [4, 5]), ValueError, r"^lengths: expected numbers from 0 to 4, got \[4, 5\]$"),
    ((X, None, [4.0, 3.0]), ValueError, r"^lengths: expected 2 whole numbers, got float64"),
]
BACKWARD = [
    ((DH[:1],), ValueError, r"^dh: expected shape \(2, 4, 5\), got \(1, 4, 5\)$"),
    ((DH[:, :3],), ValueError, r"^dh: expected shape \(2, 4, 5\), got \(2, 3, 5\)$"),
    ((DH[..., :3],), ValueError, r"^dh: expected shape \(2, 4, 5\), got \(2, 4, 3\)$"),
    ((DH[:, 0],), ValueError, r"^dh: expected shape \(2, 4, 5\), got \(2, 5\)$"),
    ((DH.astype("f4"),), TypeError, r"^dh: expected dtype float64, got float32"),
    ((None, (H3,)), ValueError, rf"^dstate: {PAIR} 1$"),
    ((None, (H3, None, None)), ValueError, rf"^dstate: {PAIR} 3$"),
    ((None, (H2, None)), ValueError, r"^dstate h: expected shape \(2, 3\), got \(2, 2\)$"),
    ((None, (None, (H2, H3))), ValueError, r"^dstate c: expected shape \(2, 2\), got \(2, 3\)$"),
]


def assert_last_run_or_none(layer, dh, truth):
    """No gradient is made half of a refused call and half of the one before."""
    with contextlib.suppress(RuntimeError):
        np.testing.assert_array_equal(layer.backward(dh)[0], truth["dx"])


@pytest.mark.parametrize(("given_arguments", "error", "message"), FORWARD)
def test_wrong_arguments_of_forward_are_named(given_arguments, error, message):
    layer = make(("GRU before", "LSTM"))
    truth = everything(layer, X, dh=DH)
    with pytest.raises(error, match=message):
        layer.forward(*given_arguments)
    assert_last_run_or_none(layer, DH, truth)


@pytest.mark.parametrize(("given_arguments", "error", "message"), BACKWARD)
def test_wrong_arguments_of_backward_are_named(given_arguments, error, message):
    layer = make(("GRU before", "LSTM"))
    truth = everything(layer, X, dh=DH)
    with pytest.raises(error, match=message):
        layer.backward(*given_arguments)
    np.testing.assert_array_equal(layer.backward(DH)[0], truth["dx"])


@pytest.mark.parametrize("lengths", [None, [3, 1]])
def test_a_forward_pass_refused_by_the_second_layer_leaves_no_mixture(lengths):
    layer = make(("LSTM", "GRU before"))
    truth = everything(layer, X, lengths=lengths, dh=DH)
    with pytest.raises(ValueError, match=r"^state h: expected shape \(2, 2\), got \(2, 3\)$"):
        layer.forward(2 * X, (None, H3))
    assert_last_run_or_none(layer, DH, truth)


ONE = GRU(2, 3)
PAIRS = [
    ((ONE, ONE), ValueError, r"^Bidirectional: expected two different layers, got one twice$"),
    ((ONE, GRU(1, 3)), ValueError, r"^backwards: expected 2 inputs, got 1$"),
    ((RNN(2, 3), GRU(2, 3, dtype="f4")), TypeError, r"^backwards: .*float64, got float32$"),
    ((None, ONE), TypeError, r"^forwards: expected a recurrent layer, got NoneType$"),
    ((ONE, None), TypeError, r"^backwards: expected a recurrent layer, got NoneType$"),
    ((GRU, ONE), TypeError, r"^forwards: expected a recurrent layer, got type$"),
    ((ONE, Dense(2, 3)), TypeError, r"^backwards: expected a recurrent layer, got Dense$"),
    ((make(("LSTM",) * 2), ONE), TypeError, r"^forwards: .* recurrent layer, got Bidirectional$"),
    (("GRU", "GRU"), TypeError, r"^forwards: expected a recurrent layer, got str$"),
]


@pytest.mark.parametrize(("pair", "error", "message"), PAIRS)
def test_layers_that_do_not_make_a_pair(pair, error, message):
    with pytest.raises(error, match=message):
        Bidirectional(*pair)
