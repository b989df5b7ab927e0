"""The loop through time: truncation against a slow reference, lengths, state, dtypes, buffers."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_lib import RNN

PHI = {"tanh": np.tanh, "sigmoid": lambda a: 1 / (1 + np.exp(-a))}
SLOPE = {  # at the pre-activation, unlike the library's
    "tanh": lambda a: 1 / np.cosh(a) ** 2,
    "sigmoid": lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2,
}


@st.composite
def runs(draw, most_batch=4):
    """A layer and everything that `forward` and `backward` take, with sizes down to 1."""
    batch = draw(st.integers(1, most_batch))
    time, inputs, hidden = (draw(st.integers(1, most)) for most in (6, 4, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    activation = draw(st.sampled_from(sorted(PHI)))
    return SimpleNamespace(
        layer=RNN(inputs, hidden, activation=activation, seed=int(rng.integers(2**32))),
        x=rng.normal(size=(batch, time, inputs)),
        state=rng.normal(size=(batch, hidden)),
        lengths=np.array(draw(st.lists(st.integers(0, time), min_size=batch, max_size=batch))),
        dh=rng.normal(size=(batch, time, hidden)),
        dstate=rng.normal(size=(batch, hidden)),
        truncate=draw(st.none() | st.integers(0, time + 1)),
        rng=rng,
    )


def results(layer, x, state=None, lengths=None, dh=None, dstate=None, truncate=None):
    """Everything that a forward and a backward pass give, by name; gradients as copies."""
    h, final = layer.forward(x, state, lengths)
    dx, dstart = layer.backward(dh, dstate, truncate)
    grads = {name: g.copy() for name, g in layer.grads.items()}
    return {"h": h, "final": final, "dx": dx, "dstart": dstart} | grads


def assert_close(ours, truth, atol=1e-12):
    assert ours.keys() == truth.keys()
    for name in truth:
        np.testing.assert_allclose(ours[name], truth[name], rtol=0, atol=atol, err_msg=name)


def assert_identical(ours, truth):
    assert ours.keys() == truth.keys()
    for name in truth:
        np.testing.assert_array_equal(ours[name], truth[name], err_msg=name)


def slow(layer, x, state, lengths, dh, dstate, truncate):
    """What `results` must give: every sequence alone, every loss term followed by itself."""
    phi, slope = PHI[layer.activation], SLOPE[layer.activation]
    w_xh, w_hh, b_h = (layer.params[name] for name in ("W_xh", "W_hh", "b_h"))
    out = {"h": np.zeros_like(dh), "final": state.copy()}
    out |= {"dx": np.zeros_like(x), "dstart": np.zeros_like(state)}
    out |= {name: np.zeros_like(w) for name, w in layer.params.items()}
    for row, length in enumerate(lengths):
        a, h = [], [state[row]]
        for t in range(length):
            a.append(x[row, t] @ w_xh + h[t] @ w_hh + b_h)
            h.append(phi(a[t]))
            out["h"][row, t] = out["final"][row] = h[t + 1]
        terms = [(t, dh[row, t]) for t in range(length)] + [(length - 1, dstate[row])]
        for last, gradient in terms:
            for crossed, t in enumerate(range(last, -1, -1)):
                da = gradient * slope(a[t])
                out["W_xh"] += np.outer(x[row, t], da)
                out["W_hh"] += np.outer(h[t], da)
                out["b_h"] += da
                out["dx"][row, t] += w_xh @ da
                if crossed == truncate:
                    break
                gradient = w_hh @ da
            else:  # it got as far as the initial state
                out["dstart"][row] += gradient
    return out


@given(runs(), st.sampled_from(["every", "last", "some"]), st.booleans(), st.data())
def test_truncation_against_the_slow_reference(run, where, with_dstate, data):
    batch, time, _ = run.x.shape
    if where == "last":
        run.dh[:, :-1] = 0
    elif where == "some":
        kept = data.draw(st.lists(st.booleans(), min_size=time, max_size=time))
        run.dh[:, ~np.array(kept)] = 0
    lengths = data.draw(st.sampled_from([None, run.lengths]))
    dstate = run.dstate if with_dstate else np.zeros_like(run.dstate)
    full = np.full(batch, time) if lengths is None else lengths
    truth = slow(run.layer, run.x, run.state, full, run.dh, dstate, run.truncate)
    given_dstate = run.dstate if with_dstate else None
    ours = results(run.layer, run.x, run.state, lengths, run.dh, given_dstate, run.truncate)
    assert_close(ours, truth)


def test_state_starts_at_zero():
    layer, x, dh = RNN(2, 3, seed=0), np.ones((2, 4, 2)), np.ones((2, 4, 3))
    zeros = np.zeros((2, 3))
    assert_identical(results(layer, x, dh=dh), results(layer, x, zeros, dh=dh, dstate=zeros))


@pytest.mark.parametrize("truncate", [None, 0, 2, 4])
@pytest.mark.parametrize("lengths", [None, [0, 0]])
def test_backward_without_a_loss_gives_zeros(lengths, truncate):
    layer, ones = RNN(2, 3, seed=0), np.ones((2, 4, 3))
    layer.forward(np.ones((2, 4, 2)))
    layer.backward(ones)  # leaves gradients that must be overwritten
    layer.forward(np.ones((2, 4, 2)), lengths=lengths)
    for dh in (None, 0 * ones, ones if lengths else None):
        dx, dstart = layer.backward(dh, truncate=truncate)
        for array in (dx, dstart, *layer.grads.values()):
            assert not array.any()


@given(runs(), st.integers(0, 3))
def test_truncate_beyond_time_is_full_to_the_last_bit(run, beyond):
    arguments = (run.layer, run.x, run.state, run.lengths, run.dh, run.dstate)
    truncate = run.x.shape[1] + beyond
    assert_identical(results(*arguments, truncate=truncate), results(*arguments))


def count_rows(monkeypatch, layer):
    """Make `layer` note at each step back how many loss terms it carries."""
    rows, original = [], layer.step_backward

    def counted(dh, *rest):
        rows.append(1 if dh.ndim == 2 else len(dh))
        return original(dh, *rest)

    monkeypatch.setattr(layer, "step_backward", counted)
    return rows


@pytest.mark.parametrize("k", [0, 1, 5, 8])
@pytest.mark.parametrize("through", ["dh", "dstate"])
def test_cost_with_one_loss_at_the_end(monkeypatch, k, through):
    layer = RNN(2, 3, seed=0)
    h, state = layer.forward(np.ones((2, 9, 2)))
    dh, dstate = (np.zeros_like(h), None) if through == "dh" else (None, np.ones_like(state))
    if through == "dh":
        dh[:, -1] = 1
    rows = count_rows(monkeypatch, layer)
    layer.backward(dh, dstate, truncate=k)
    assert rows == [1] * (k + 1)


@pytest.mark.parametrize("k", [0, 1, 5, 8])
def test_cost_with_a_loss_at_every_step(monkeypatch, k):
    layer = RNN(2, 3, seed=0)
    h, _ = layer.forward(np.ones((2, 9, 2)))
    rows = count_rows(monkeypatch, layer)
    layer.backward(np.ones_like(h), truncate=k)
    assert len(rows) == 9
    assert sum(rows) == sum(min(t, k) + 1 for t in range(9))


def test_cost_skips_the_steps_between_two_losses(monkeypatch):
    layer = RNN(2, 3, seed=0)
    h, _ = layer.forward(np.ones((2, 9, 2)))
    dh = np.zeros_like(h)
    dh[:, [2, 7]] = 1
    rows = count_rows(monkeypatch, layer)
    layer.backward(dh, truncate=1)
    assert rows == [1] * 4
    rows.clear()
    layer.backward(dh)
    assert rows == [1] * 9


@given(runs())
def test_a_padded_batch_equals_its_sequences_alone(run):
    ours = results(
        run.layer, run.x, run.state, run.lengths, run.dh, run.dstate, truncate=run.truncate
    )
    total = {name: np.zeros_like(w) for name, w in run.layer.params.items()}
    for row, n in enumerate(run.lengths):
        one = slice(row, row + 1)
        for name in ("h", "dx"):
            assert not ours[name][row, n:].any()
        if n == 0:
            np.testing.assert_array_equal(ours["final"][row], run.state[row])
            np.testing.assert_array_equal(ours["dstart"][row], run.dstate[row])
            continue
        alone = results(
            run.layer,
            run.x[one, :n],
            run.state[one],
            dh=run.dh[one, :n],
            dstate=run.dstate[one],
            truncate=run.truncate,
        )
        for name in total:
            total[name] += alone.pop(name)
        part = {"h": ours["h"][one, :n], "dx": ours["dx"][one, :n]}
        part |= {name: ours[name][one] for name in ("final", "dstart")}
        assert_close(part, alone)
    assert_close({name: ours[name] for name in total}, total)


@given(runs())
def test_garbage_in_the_padding_changes_nothing(run):
    arguments = {"dstate": run.dstate, "truncate": run.truncate, "lengths": run.lengths}
    clean = results(run.layer, run.x, run.state, dh=run.dh, **arguments)
    padded = np.arange(run.x.shape[1]) >= run.lengths[:, None]
    run.x[padded] = run.rng.normal(scale=1e6, size=run.x[padded].shape)
    run.dh[padded] = run.rng.normal(scale=1e6, size=run.dh[padded].shape)
    assert_identical(results(run.layer, run.x, run.state, dh=run.dh, **arguments), clean)


@given(runs())
def test_full_lengths_equal_no_lengths(run):
    batch, time, _ = run.x.shape
    rest = {"dh": run.dh, "dstate": run.dstate, "truncate": run.truncate}
    with_lengths = results(run.layer, run.x, run.state, np.full(batch, time), **rest)
    assert_identical(with_lengths, results(run.layer, run.x, run.state, **rest))


@given(runs())
def test_a_batch_of_one_equals_that_row(run):
    rest = {"truncate": run.truncate}
    together = results(run.layer, run.x, run.state, dh=run.dh, dstate=run.dstate, **rest)
    for row in range(len(run.x)):
        one = slice(row, row + 1)
        alone = results(
            run.layer, run.x[one], run.state[one], dh=run.dh[one], dstate=run.dstate[one], **rest
        )
        names = ("h", "final", "dx", "dstart")
        assert_close({n: alone[n] for n in names}, {n: together[n][one] for n in names})


@given(runs(), st.data())
def test_two_calls_that_carry_the_state_equal_one(run, data):
    cut = data.draw(st.integers(0, run.x.shape[1]))
    if cut in (0, run.x.shape[1]):
        cut, run.x = 1, np.concatenate([run.x, run.x], axis=1)
        run.dh = np.concatenate([run.dh, run.dh], axis=1)
    whole = results(run.layer, run.x, run.state, dh=run.dh, dstate=run.dstate)
    h1, middle = run.layer.forward(run.x[:, :cut], run.state)
    h2, final = run.layer.forward(run.x[:, cut:], middle)
    dx2, dmiddle = run.layer.backward(run.dh[:, cut:], run.dstate)
    grads = {name: g.copy() for name, g in run.layer.grads.items()}
    run.layer.forward(run.x[:, :cut], run.state)
    dx1, dstart = run.layer.backward(run.dh[:, :cut], dmiddle)
    grads = {name: g + run.layer.grads[name] for name, g in grads.items()}
    h, dx = np.concatenate([h1, h2], axis=1), np.concatenate([dx1, dx2], axis=1)
    assert_close({"h": h, "final": final, "dx": dx, "dstart": dstart} | grads, whole)


@given(runs())
def test_float32_stays_float32_and_close_to_float64(run):
    wide = results(
        run.layer, run.x, run.state, run.lengths, run.dh, run.dstate, truncate=run.truncate
    )
    layer = RNN(*run.layer.params["W_xh"].shape, dtype=np.float32)
    layer.activation = run.layer.activation
    for name, w in run.layer.params.items():
        assert layer.params[name].dtype == np.float32
        layer.params[name][...] = w
    x, state, dh, dstate = (
        array.astype(np.float32) for array in (run.x, run.state, run.dh, run.dstate)
    )
    narrow = results(layer, x, state, run.lengths, dh, dstate, truncate=run.truncate)
    for name, array in narrow.items():
        assert array.dtype == np.float32, name
        atol = 1e-5 * (1 + np.abs(wide[name]).max())
        np.testing.assert_allclose(array, wide[name], rtol=0, atol=atol, err_msg=name)


@given(runs(), st.booleans())
def test_returned_arrays_are_the_callers_own(run, padded):
    lengths = run.lengths if padded else None
    rest = {"lengths": lengths, "dh": run.dh, "dstate": run.dstate, "truncate": run.truncate}
    first = results(run.layer, run.x, run.state, **rest)
    kept = {name: array.copy() for name, array in first.items()}
    second = results(run.layer, run.x + 1, run.state + 1, **rest)
    assert_identical(first, kept)
    names = ("h", "final", "dx", "dstart")
    others = [second[n] for n in names] + [run.x, run.state, run.dh, run.dstate]
    others += [*run.layer.params.values(), *run.layer.grads.values()]
    for name in names:
        assert not any(np.shares_memory(first[name], other) for other in others), name
        second[name][...] = 7  # what the caller does with them is not felt inside
    for array in run.layer.forward(run.x, run.state, lengths):
        array[...] = 7
    dx, dstart = run.layer.backward(run.dh, run.dstate, run.truncate)
    np.testing.assert_array_equal(dx, kept["dx"])
    np.testing.assert_array_equal(dstart, kept["dstart"])


@given(runs())
def test_arguments_are_not_changed_and_may_be_changed_later(run):
    arguments = [run.x, run.state, run.lengths, run.dh, run.dstate]
    kept = [a.copy() for a in arguments]
    truth = results(run.layer, *arguments, truncate=run.truncate)
    for argument, copy in zip(arguments, kept, strict=True):
        np.testing.assert_array_equal(argument, copy)
    run.layer.forward(run.x, run.state, run.lengths)
    run.x[...], run.state[...], run.lengths[...] = 5, 5, 0
    dx, dstart = run.layer.backward(run.dh, run.dstate, run.truncate)
    np.testing.assert_array_equal(dx, truth["dx"])
    np.testing.assert_array_equal(dstart, truth["dstart"])
    for name, g in run.layer.grads.items():
        np.testing.assert_array_equal(g, truth[name])


@given(runs())
def test_arrays_may_be_views_or_nested_lists(run):
    rest = {"lengths": run.lengths, "truncate": run.truncate}
    truth = results(run.layer, run.x, run.state, dh=run.dh, dstate=run.dstate, **rest)
    views = [np.repeat(a, 2, axis=-1)[..., ::2] for a in (run.x, run.state, run.dh, run.dstate)]
    rest["lengths"] = run.lengths.tolist()
    for x, state, dh, dstate in (views, [a.tolist() for a in views]):
        assert_identical(results(run.layer, x, state, dh=dh, dstate=dstate, **rest), truth)


@pytest.mark.parametrize("truncate", [None, 1])
def test_a_gradient_that_is_not_finite_passes_through(truncate):
    layer, dh, dstate = RNN(2, 3, seed=0), np.zeros((2, 4, 3)), np.zeros((2, 3))
    layer.forward(np.ones((2, 4, 2)))
    for gradient in (dh[1], dstate[1]):
        gradient[...] = np.nan
        dx, _ = layer.backward(dh, dstate, truncate)
        assert np.isnan(layer.grads["b_h"]).all()
        np.testing.assert_array_equal(np.isnan(dx[:, -1]), [[False] * 2, [True] * 2])
        gradient[...] = 0


@given(runs())
def test_backward_overwrites_the_gradients_in_place(run):
    grads = dict(run.layer.grads)
    run.layer.forward(run.x, run.state, run.lengths)
    run.layer.backward(run.dh, run.dstate, run.truncate)
    once = {name: g.copy() for name, g in grads.items()}
    run.layer.backward(run.dh, run.dstate, run.truncate)
    assert_identical(grads, once)
    assert all(run.layer.grads[name] is g for name, g in grads.items())
