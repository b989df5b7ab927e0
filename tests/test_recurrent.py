"""The loop through time: truncation against a slow reference, its cost, state, copies, buffers."""

import copy
import pickle

import numpy as np
import pytest
from conftest import KINDS, assert_close, assert_identical, draw_state, over, parts, results, runs
from hypothesis import given
from hypothesis import strategies as st

from gru_lib import LSTM, RNN

PHI = {"tanh": np.tanh, "sigmoid": lambda a: 1 / (1 + np.exp(-a))}
SLOPE = {  # at the pre-activation, unlike the library's
    "tanh": lambda a: 1 / np.cosh(a) ** 2,
    "sigmoid": lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2,
}


def slow(layer, x, state, lengths, dh, dstate, truncate):
    """What `results` must give: every sequence alone, every loss term followed by itself."""
    phi, slope = PHI[layer.activation], SLOPE[layer.activation]
    w_xh, w_hh, b_h = (layer.params[name] for name in ("W_xh", "W_hh", "b_h"))
    out = {"h": np.zeros_like(dh), "final h": state.copy()}
    out |= {"dx": np.zeros_like(x), "dstart h": np.zeros_like(state)}
    out |= {name: np.zeros_like(w) for name, w in layer.params.items()}
    for row, length in enumerate(lengths):
        a, h = [], [state[row]]
        for t in range(length):
            a.append(x[row, t] @ w_xh + h[t] @ w_hh + b_h)
            h.append(phi(a[t]))
            out["h"][row, t] = out["final h"][row] = h[t + 1]
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
                out["dstart h"][row] += gradient
    return out


@given(
    runs(kinds=("RNN tanh", "RNN sigmoid")),
    st.sampled_from(["every", "last", "some"]),
    st.booleans(),
    st.data(),
)
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


@given(runs(), st.integers(0, 3))
def test_truncate_beyond_time_is_full_to_the_last_bit(run, beyond):
    arguments = (run.layer, run.x, run.state, run.lengths, run.dh, run.dstate)
    truncate = run.x.shape[1] + beyond
    assert_identical(results(*arguments, truncate=truncate), results(*arguments))


@given(runs())
def test_without_a_cut_the_two_ways_back_agree(run):
    """No term of T steps crosses more than T - 1, so only the initial state feels the cut."""
    time = run.x.shape[1]
    arguments = (run.layer, run.x, run.state, run.lengths, run.dh, run.dstate)
    cut, full = results(*arguments, truncate=time - 1), results(*arguments)
    for name in [f"dstart {s}" for s in run.layer.states]:
        del cut[name], full[name]
    assert_close(cut, full)


@given(runs())
def test_state_and_its_gradient_are_zero_if_not_given(run):
    zeros = over(np.zeros_like, run.state)
    rest = {"lengths": run.lengths, "dh": run.dh, "truncate": run.truncate}
    without = results(run.layer, run.x, **rest)
    assert_identical(without, results(run.layer, run.x, zeros, dstate=zeros, **rest))


@given(runs())
def test_the_outputs_gradient_is_zero_if_not_given(run):
    rest = {"lengths": run.lengths, "dstate": run.dstate, "truncate": run.truncate}
    zeros = np.zeros_like(run.dh)
    without = results(run.layer, run.x, run.state, **rest)
    assert_identical(without, results(run.layer, run.x, run.state, dh=zeros, **rest))


@pytest.mark.parametrize("truncate", [None, 0, 2, 4])
@pytest.mark.parametrize("lengths", [None, [0, 0]])
@pytest.mark.parametrize("kind", KINDS)
def test_backward_without_a_loss_gives_zeros(kind, lengths, truncate):
    layer, ones = KINDS[kind](2, 3, seed=0), np.ones((2, 4, 3))
    layer.forward(np.ones((2, 4, 2)))
    layer.backward(ones)  # leaves gradients that must be overwritten
    layer.forward(np.ones((2, 4, 2)), lengths=lengths)
    for dh in (None, 0 * ones, ones if lengths else None):
        dx, dstart = layer.backward(dh, truncate=truncate)
        for array in (dx, *parts(dstart), *layer.grads.values()):
            assert not array.any()


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
@pytest.mark.parametrize("kind", KINDS)
def test_cost_with_one_loss_at_the_end(monkeypatch, kind, through, k):
    layer = KINDS[kind](2, 3, seed=0)
    h, state = layer.forward(np.ones((2, 9, 2)))
    dh, dstate = (np.zeros_like(h), None) if through == "dh" else (None, over(np.ones_like, state))
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


def test_weight_gradients_are_summed_only_over_the_steps_reached(monkeypatch):
    layer, steps = RNN(2, 3, seed=0), []
    h, state = layer.forward(np.ones((2, 9, 2)))
    original = layer.gather
    monkeypatch.setattr(
        layer, "gather", lambda x, *rest: steps.append(len(x)) or original(x, *rest)
    )
    layer.backward(dstate=np.ones_like(state), truncate=3)
    layer.backward(np.ones_like(h))
    assert steps == [2 * 4, 2 * 9]


@pytest.mark.parametrize("kind", KINDS)
def test_arrays_are_used_again_by_a_call_of_the_same_shape(kind):
    layer, used = KINDS[kind](2, 3, seed=0), []
    for shape in [(2, 4, 2), (2, 4, 2), (4, 2, 2), (4, 2, 2), (2, 4, 2)]:
        layer.forward(np.ones(shape))
        used.append(layer._run)
    first, again, other, same, last = used
    assert first is again
    assert first is not other
    assert other is same
    assert last is not first


@given(runs())
def test_a_layer_may_be_made_complex_after_a_forward_pass(run):
    truth = results(run.layer, run.x, run.state, run.lengths, run.dh, run.dstate, run.truncate)
    layer = run.layer
    layer.dtype = np.dtype(np.complex128)
    layer.params = {name: w.astype(complex) for name, w in layer.params.items()}
    layer.grads = {name: g.astype(complex) for name, g in layer.grads.items()}
    x, state, dh, dstate = (
        over(lambda a: a.astype(complex), a) for a in (run.x, run.state, run.dh, run.dstate)
    )
    ours = results(layer, x, state, run.lengths, dh, dstate, run.truncate)
    assert {a.dtype for a in ours.values()} == {np.dtype(np.complex128)}
    assert_close({name: a.real for name, a in ours.items()}, truth)
    assert not any(a.imag.any() for a in ours.values())


@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))],
    ids=["deepcopy", "pickle"],
)
@given(run=runs())
def test_a_copy_has_the_weights_but_not_the_last_run(duplicate, run):
    arguments = (run.x, run.state, run.lengths, run.dh, run.dstate, run.truncate)
    truth = results(run.layer, *arguments)
    twin = duplicate(run.layer)
    with pytest.raises(RuntimeError, match=r"^backward: call forward first$"):
        twin.backward(run.dh, run.dstate)
    assert_identical(twin.params, run.layer.params)
    assert_identical(results(twin, *arguments), truth)
    for arrays in (twin.params, twin.grads):
        for array in arrays.values():
            array[...] = 7
    results(twin, *arguments)
    dx, _ = run.layer.backward(run.dh, run.dstate, run.truncate)
    np.testing.assert_array_equal(dx, truth["dx"])
    assert_identical(run.layer.grads, {name: truth[name] for name in run.layer.grads})
    assert_identical(results(run.layer, *arguments), truth)


@pytest.mark.parametrize("kind", KINDS)
def test_backward_before_forward_is_refused(kind):
    layer = KINDS[kind](2, 3, seed=0)
    with pytest.raises(RuntimeError, match=r"^backward: call forward first$"):
        layer.backward(np.ones((2, 4, 3)))


@pytest.mark.parametrize("kind", KINDS)
def test_the_output_in_a_state_and_the_way_back_from_it(kind):
    layer, rng = KINDS[kind](2, 3, seed=0), np.random.default_rng(0)
    state, dh = draw_state(layer, 2, rng), rng.normal(size=(2, 3))
    assert layer.last(state) is parts(state)[0]
    gradient = layer.last_backward(dh)
    assert type(gradient) is type(state)
    first, *others = parts(gradient)
    assert len(others) == len(layer.states) - 1
    np.testing.assert_array_equal(first, dh)
    for other in others:
        assert other.dtype == dh.dtype
        np.testing.assert_array_equal(other, np.zeros((2, 3)), strict=True)


class ForgetsTheCell(LSTM):
    def step_backward(self, *arrays):
        return super().step_backward(*arrays)[:1]


@pytest.mark.parametrize("truncate", [None, 1])
@pytest.mark.parametrize("lengths", [[2, 2], [1, 0], [2, 1]])
def test_a_step_back_that_forgets_an_array_of_the_state_is_refused(lengths, truncate):
    layer, state = ForgetsTheCell(2, 3, seed=0), (np.ones((2, 3)), np.ones((2, 3)))
    layer.forward(np.ones((2, 2, 2)), lengths=lengths)
    with pytest.raises((ValueError, TypeError), match=r"argument"):
        layer.backward(np.ones((2, 2, 3)), state, truncate)


X, STATE, DH = np.ones((2, 4, 2)), np.ones((2, 3)), np.ones((2, 4, 3))
NAN = np.full((2, 3), np.nan)
FORWARD = [
    ((X[0],), ValueError, r"^x: expected shape \(batch, time, 2\), got \(4, 2\)$"),
    ((X[..., :1],), ValueError, r"^x: expected shape \(batch, time, 2\), got \(2, 4, 1\)$"),
    ((X.astype("f4"),), TypeError, r"^x: expected dtype float64, got float32"),
    ((np.nan * X,), ValueError, r"^x: expected finite numbers, got nan"),
    ((X, (STATE, STATE[:1])), ValueError, r"^state c: expected shape \(2, 3\), got \(1, 3\)$"),
    ((X, (STATE, STATE.T)), ValueError, r"^state c: expected shape \(2, 3\), got \(3, 2\)$"),
    ((X, (STATE.astype("f4"), STATE)), TypeError, r"^state h: expected dtype float64, got float32"),
    ((X, (STATE, NAN)), ValueError, r"^state c: expected finite numbers, got nan"),
    ((X, (STATE,)), ValueError, r"^state: expected a tuple \(h, c\), got [13] arrays$"),
    ((X, (STATE,) * 3), ValueError, r"^state: expected a tuple \(h, c\), got [13] arrays$"),
    ((X, None, [4]), ValueError, r"^lengths: expected 2 whole numbers, got int64 \(1,\)$"),
    ((X, None, [4, 5]), ValueError, r"^lengths: expected numbers from 0 to 4, got \[4, 5\]$"),
]
BACKWARD = [
    ((DH[:1],), ValueError, r"^dh: expected shape \(2, 4, 3\), got \(1, 4, 3\)$"),
    ((DH.astype("f4"),), TypeError, r"^dh: expected dtype float64, got float32"),
    ((DH, (STATE, STATE[:1])), ValueError, r"^dstate c: expected shape \(2, 3\), got \(1, 3\)$"),
    ((DH, (STATE.astype("f4"), STATE)), TypeError, r"^dstate h: expected dtype float64, got "),
    ((DH, (STATE,)), ValueError, r"^dstate: expected a tuple \(h, c\), got 1 arrays$"),
    ((DH, None, -1), ValueError, r"^truncate: expected at least 0, got -1$"),
    ((DH, None, 1.5), TypeError, r"^truncate: expected a whole number, got 1.5$"),
]


@pytest.mark.parametrize(("arguments", "error", "message"), FORWARD)
def test_wrong_arguments_of_forward_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        LSTM(2, 3, seed=0).forward(*arguments)


@pytest.mark.parametrize(("arguments", "error", "message"), BACKWARD)
def test_wrong_arguments_of_backward_are_named(arguments, error, message):
    layer = LSTM(2, 3, seed=0)
    layer.forward(X)
    with pytest.raises(error, match=message):
        layer.backward(*arguments)


def test_after_a_refused_call_the_last_run_still_counts():
    layer, fresh = LSTM(2, 3, seed=0), LSTM(2, 3, seed=0)
    truth = results(fresh, X, lengths=[3, 1], dh=DH)
    layer.forward(X, lengths=[3, 1])
    with pytest.raises(ValueError, match=r"^x: expected finite"):
        layer.forward(np.nan * X)
    with pytest.raises(ValueError, match=r"^truncate"):
        layer.backward(DH, truncate=-1)
    dx, _ = layer.backward(DH)
    np.testing.assert_array_equal(dx, truth["dx"])
    assert_identical(layer.grads, {name: truth[name] for name in layer.grads})
