"""What holds for every layer, whatever its gates: padding, batches, chunks, dtypes, ownership."""

import copy

import numpy as np
import pytest
from conftest import KINDS, assert_close, assert_identical, over, parts, results, runs
from hypothesis import given
from hypothesis import strategies as st


def row_of(out, layer, row, length):
    """The part of `results` that belongs to one sequence, without the weights' gradients."""
    one = slice(row, row + 1)
    part = {name: out[name][one, :length] for name in ("h", "dx")}
    for s in layer.states:
        part |= {name: out[name][one] for name in (f"final {s}", f"dstart {s}")}
    return part


def alone(run, row, length):
    """`results` of one sequence of the run, without padding."""
    one = slice(row, row + 1)
    return results(
        run.layer,
        run.x[one, :length],
        over(lambda a: a[one], run.state),
        dh=run.dh[one, :length],
        dstate=over(lambda a: a[one], run.dstate),
        truncate=run.truncate,
    )


@given(runs())
def test_a_padded_batch_equals_its_sequences_alone(run):
    layer = run.layer
    ours = results(layer, run.x, run.state, run.lengths, run.dh, run.dstate, run.truncate)
    total = {name: np.zeros_like(w) for name, w in layer.params.items()}
    for row, n in enumerate(run.lengths):
        assert not ours["h"][row, n:].any()
        assert not ours["dx"][row, n:].any()
        if n == 0:
            for s, a, d in zip(layer.states, parts(run.state), parts(run.dstate), strict=True):
                np.testing.assert_array_equal(ours[f"final {s}"][row], a[row])
                np.testing.assert_array_equal(ours[f"dstart {s}"][row], d[row])
            continue
        truth = alone(run, row, n)
        for name in total:
            total[name] += truth.pop(name)
        assert_close(row_of(ours, layer, row, n), truth)
    assert_close({name: ours[name] for name in total}, total)


@given(runs())
def test_a_batch_of_one_equals_that_row(run):
    run.lengths, time = None, run.x.shape[1]
    together = results(run.layer, run.x, run.state, None, run.dh, run.dstate, run.truncate)
    for row in range(len(run.x)):
        truth = row_of(together, run.layer, row, time)
        ours = alone(run, row, time)
        assert_close({name: ours[name] for name in truth}, truth)


@given(runs())
def test_garbage_in_the_padding_changes_nothing(run):
    rest = {"lengths": run.lengths, "dstate": run.dstate, "truncate": run.truncate}
    clean = results(run.layer, run.x, run.state, dh=run.dh, **rest)
    padded = np.arange(run.x.shape[1]) >= run.lengths[:, None]
    run.x[padded] = run.rng.normal(scale=1e6, size=run.x[padded].shape)
    run.dh[padded] = run.rng.normal(scale=1e6, size=run.dh[padded].shape)
    assert_identical(results(run.layer, run.x, run.state, dh=run.dh, **rest), clean)


@given(runs())
def test_full_lengths_equal_no_lengths(run):
    batch, time, _ = run.x.shape
    rest = {"dh": run.dh, "dstate": run.dstate, "truncate": run.truncate}
    with_lengths = results(run.layer, run.x, run.state, np.full(batch, time), **rest)
    assert_identical(with_lengths, results(run.layer, run.x, run.state, **rest))


@given(runs(), st.data())
def test_two_calls_that_carry_the_state_equal_one(run, data):
    layer = run.layer
    if run.x.shape[1] == 1:
        run.x, run.dh = (np.concatenate([a, 2 * a], axis=1) for a in (run.x, run.dh))
    cut = data.draw(st.integers(1, run.x.shape[1] - 1))
    whole = results(layer, run.x, run.state, dh=run.dh, dstate=run.dstate)
    _, middle = layer.forward(run.x[:, :cut], run.state)
    late = results(layer, run.x[:, cut:], middle, dh=run.dh[:, cut:], dstate=run.dstate)
    dmiddle = layer._as_state([late[f"dstart {s}"] for s in layer.states])
    early = results(layer, run.x[:, :cut], run.state, dh=run.dh[:, :cut], dstate=dmiddle)
    joined = {name: np.concatenate([early[name], late[name]], axis=1) for name in ("h", "dx")}
    joined |= {f"final {s}": late[f"final {s}"] for s in layer.states}
    joined |= {f"dstart {s}": early[f"dstart {s}"] for s in layer.states}
    assert_close(joined | {name: early[name] + late[name] for name in layer.grads}, whole)


@given(runs())
def test_float32_stays_float32_and_close_to_float64(run):
    wide = results(run.layer, run.x, run.state, run.lengths, run.dh, run.dstate, run.truncate)
    layer = KINDS[run.kind](run.layer.input_size, run.layer.hidden_size, dtype=np.float32)
    for name, w in run.layer.params.items():
        assert layer.params[name].dtype == layer.grads[name].dtype == np.float32
        layer.params[name][...] = w
    x, state, dh, dstate = (
        over(lambda a: a.astype(np.float32), a) for a in (run.x, run.state, run.dh, run.dstate)
    )
    narrow = results(layer, x, state, run.lengths, dh, dstate, run.truncate)
    assert {name for name, a in narrow.items() if a.dtype != np.float32} == set()
    assert {a.dtype for a in (*layer.params.values(), *layer.grads.values())} == {x.dtype}
    assert_close(narrow, wide, tolerance=1e-4)


@given(runs(), st.data())
def test_every_call_is_as_if_the_layer_were_new(run, data):
    """Large, the same again, small and large again; padded or not; truncated or not."""
    batch, time, _ = run.x.shape
    small = data.draw(st.tuples(st.integers(1, batch), st.integers(1, time)))
    returned = []
    for n, t in [(batch, time), (batch, time), small, (batch, time)]:
        call = {
            "x": run.rng.normal(size=run.x.shape)[:n, :t],
            "state": over(lambda a, n=n: a[:n], run.state),
            "lengths": data.draw(st.sampled_from([None, np.minimum(run.lengths[:n], t)])),
            "dh": run.rng.normal(size=run.dh.shape)[:n, :t],
            "dstate": over(lambda a, n=n: a[:n], run.dstate),
            "truncate": data.draw(st.sampled_from([None, run.truncate])),
        }
        truth = results(copy.deepcopy(run.layer), **call)
        returned.append((results(run.layer, **call), truth))
    for ours, truth in returned:  # also what was returned first is still as it was
        assert_identical(ours, truth)


@given(runs(), st.booleans())
def test_returned_arrays_are_the_callers_own(run, padded):
    layer, lengths = run.layer, run.lengths if padded else None
    truth = results(layer, run.x, run.state, lengths, run.dh, run.dstate, run.truncate)
    h, final = layer.forward(run.x, run.state, lengths)
    for array in (h, *parts(final)):
        array[...] = 7  # what the caller does with them is not felt inside
    dx, dstart = layer.backward(run.dh, run.dstate, run.truncate)
    np.testing.assert_array_equal(dx, truth["dx"])
    for s, d in zip(layer.states, parts(dstart), strict=True):
        np.testing.assert_array_equal(d, truth[f"dstart {s}"])
    mine = [h, *parts(final), dx, *parts(dstart)]
    mine += [*layer.params.values(), *layer.grads.values()]
    given_arrays = [run.x, *parts(run.state), run.dh, *parts(run.dstate)]
    for i, array in enumerate(mine):
        for other in mine[:i] + given_arrays:
            assert not np.shares_memory(array, other)


@given(runs())
def test_arguments_are_not_changed_and_may_be_changed_later(run):
    layer = run.layer
    arguments = (run.x, run.state, run.lengths, run.dh, run.dstate)
    kept = copy.deepcopy(arguments)
    truth = results(layer, *arguments, run.truncate)
    for argument, before in zip(arguments, kept, strict=True):
        for array, same in zip(parts(argument), parts(before), strict=True):
            np.testing.assert_array_equal(array, same)
    layer.forward(run.x, run.state, run.lengths)
    for array in (run.x, *parts(run.state)):
        array[...] = 5
    run.lengths[...] = 0
    dx, dstart = layer.backward(run.dh, run.dstate, run.truncate)
    np.testing.assert_array_equal(dx, truth["dx"])
    for s, d in zip(layer.states, parts(dstart), strict=True):
        np.testing.assert_array_equal(d, truth[f"dstart {s}"])
    assert_identical(layer.grads, {name: truth[name] for name in layer.grads})


@given(runs())
def test_arrays_may_be_views_or_nested_lists(run):
    rest = {"lengths": run.lengths, "truncate": run.truncate}
    truth = results(run.layer, run.x, run.state, dh=run.dh, dstate=run.dstate, **rest)
    arrays = (run.x, run.state, run.dh, run.dstate)
    views = [over(lambda a: np.repeat(a, 2, axis=-1)[..., ::2], a) for a in arrays]
    lists = [over(lambda a: a.tolist(), a) for a in arrays]
    rest["lengths"] = run.lengths.tolist()
    for x, state, dh, dstate in (views, lists):
        assert_identical(results(run.layer, x, state, dh=dh, dstate=dstate, **rest), truth)


@pytest.mark.parametrize("truncate", [None, 1])
@pytest.mark.parametrize("kind", KINDS)
def test_a_gradient_that_is_not_finite_passes_through(kind, truncate):
    layer, dh = KINDS[kind](2, 3, seed=0), np.zeros((2, 4, 3))
    dstate = layer._as_state([np.zeros((2, 3)) for _ in layer.states])
    layer.forward(np.ones((2, 4, 2)))
    for gradient in (dh, *parts(dstate)):
        gradient[1] = np.nan
        dx, _ = layer.backward(dh, dstate, truncate)
        assert {name for name, g in layer.grads.items() if not np.isnan(g).all()} == set()
        np.testing.assert_array_equal(np.isnan(dx[:, -1]), [[False] * 2, [True] * 2])
        gradient[1] = 0


@given(runs())
def test_backward_overwrites_the_gradients_in_place(run):
    grads = dict(run.layer.grads)
    run.layer.forward(run.x, run.state, run.lengths)
    run.layer.backward(run.dh, run.dstate, run.truncate)
    once = {name: g.copy() for name, g in grads.items()}
    run.layer.backward(run.dh, run.dstate, run.truncate)
    assert_identical(grads, once)
    assert all(run.layer.grads[name] is g for name, g in grads.items())
