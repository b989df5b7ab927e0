"""The judge itself: it agrees with the right backward pass and convicts the wrong ones."""

import numpy as np
import pytest
from conftest import KINDS, runs
from hypothesis import given, settings
from hypothesis import strategies as st

from gru_lib import GRU, LSTM, RNN, ConcatGRU
from gru_lib.gradcheck import central_difference, complex_step, gradcheck, relative_error

ARRAYS = {
    "RNN": ["W_xh", "W_hh", "b_h", "x", "h0"],
    "LSTM": ["W_x", "W_h", "b", "x", "h0", "c0"],
    "GRU": ["W_x", "W_h", "b", "x", "h0"],
    "GRU after": ["W_x", "W_h", "b", "b_hh", "x", "h0"],
    "ConcatGRU": ["W_r", "b_r", "W_z", "b_z", "W_h", "b_h", "x", "h0"],
}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=30)
@given(data=st.data())
def test_backward_is_right(kind, data):
    run = data.draw(runs(kinds=(kind,), most=(3, 5, 3, 3)))
    lengths = data.draw(st.sampled_from([None, run.lengths]), "lengths")
    errors = gradcheck(run.layer, run.x, run.state, lengths, run.truncate)
    assert list(errors) == (ARRAYS.get(kind) or ARRAYS[kind.split()[0]])
    for name, error in errors.items():
        assert error <= 1e-10, name


@given(seed=st.integers(0, 2**32 - 1), truncate=st.none() | st.integers(0, 6), data=st.data())
def test_a_state_of_two_arrays(pair_cell, seed, truncate, data):
    lengths = data.draw(st.lists(st.integers(0, 5), min_size=2, max_size=2), "lengths")
    x = np.random.default_rng(seed).normal(size=(2, 5, 2))
    errors = gradcheck(pair_cell(2, 3, seed=seed), x, lengths=lengths, truncate=truncate)
    assert list(errors) == ["W_x", "W_h", "b", "x", "h0", "c0"]
    assert max(errors.values()) <= 1e-10
    assert errors == gradcheck(pair_cell(2, 3, seed=seed), x, None, lengths, truncate)


class MissingTranspose(RNN):
    def step_backward(self, dh, da, a, h_prev, h):
        super().step_backward(dh, da, a, h_prev, h)
        return [da @ self.params["W_hh"]]


class SlopeAtThePreActivation(RNN):
    def step_backward(self, dh, da, a, h_prev, h):
        return super().step_backward(dh, da, a, h_prev, a)


class MissingRecurrentPath(RNN):
    def step_backward(self, dh, da, a, h_prev, h):
        return [0 * d for d in super().step_backward(dh, da, a, h_prev, h)]


class BiasOfTheLastStepOnly(RNN):
    def gather(self, x, h_prev, a, da):
        dx = super().gather(x, h_prev, a, da)
        self.grads["b_h"][...] = da[-2:].sum(axis=0)  # the two sequences of the batch
        return dx


class AssignedInsteadOfAdded(RNN):
    def gather(self, x, h_prev, a, da):
        dx = super().gather(x, h_prev, a, da)
        self.grads["W_hh"][...] = h_prev[:2].T @ da[:2]
        return dx


class ForgetGateForgottenInTheCell(LSTM):
    def step_backward(self, dh, dc, da, *arrays):
        dh_prev, dc_prev = super().step_backward(dh, dc, da, *arrays)
        return [dh_prev, 0 * dc_prev]


class CellNotForgotten(LSTM):
    def step_backward(self, dh, dc, da, i, f, o, g, h_prev, c_prev, h, c):
        dh_prev, dc_prev = super().step_backward(dh, dc, da, i, f, o, g, h_prev, c_prev, h, c)
        return [dh_prev, dc_prev / f]


class OutputForgottenInTheCell(LSTM):
    def step_backward(self, dh, dc, da, i, f, o, *rest):
        _, dc_prev = super().step_backward(0 * dh, dc, da.copy(), i, f, o, *rest)
        dh_prev, _ = super().step_backward(dh, dc, da, i, f, o, *rest)
        return [dh_prev, dc_prev]


class UpdateGateExchanged(GRU):
    def step_backward(self, dh, da, r, z, *rest):
        return super().step_backward(dh, da, r, 1 - z, *rest)


class ResetPathForgotten(GRU):
    def step_backward(self, dh, da, *arrays):
        previous = super().step_backward(dh, da, *arrays)
        da_r = self.split(da)[0]
        previous[0] -= da_r @ self.named_params["W_hr"].T
        da_r[...] = 0
        return previous


class ResetNotInTheWeights(GRU):
    def gather(self, x, h_prev, a, da):
        dx = super().gather(x, h_prev, a, da)
        self.named_grads["W_hh"][...] = h_prev.T @ self.split(da)[-1]
        return dx


class SecondBiasLikeTheFirst(GRU):
    def gather(self, x, h_prev, a, da):
        dx = super().gather(x, h_prev, a, da)
        self.grads["b_hh"][...] = self.named_grads["b_h"]
        return dx


class ColumnsOfInputForgotten(ConcatGRU):
    def gather(self, x, h_prev, a, da):
        super().gather(x, h_prev, a, da)
        return self.split(da)[-1] @ self.named_params["W_xh"].T


class StateAndInputExchanged(ConcatGRU):
    def gather(self, x, h_prev, a, da):
        dx = super().gather(x, h_prev, a, da)
        self.grads["W_z"][...] = np.roll(self.grads["W_z"], self.input_size, axis=0)
        return dx


RNN_ALL, LSTM_ALL, GRU_ALL = (set(ARRAYS[kind]) for kind in ("RNN", "LSTM", "GRU"))
BEFORE, AFTER = {"reset": "before"}, {"reset": "after"}
WRONG = [
    *(
        (wrong, {"activation": activation}, arrays)
        for activation in ("tanh", "sigmoid")
        for wrong, arrays in [
            (MissingTranspose, RNN_ALL),
            (SlopeAtThePreActivation, RNN_ALL),
            (MissingRecurrentPath, RNN_ALL),
            (BiasOfTheLastStepOnly, {"b_h"}),
            (AssignedInsteadOfAdded, {"W_hh"}),
        ]
    ),
    (ForgetGateForgottenInTheCell, {}, LSTM_ALL),
    (CellNotForgotten, {}, LSTM_ALL),
    (OutputForgottenInTheCell, {}, LSTM_ALL),
    (UpdateGateExchanged, BEFORE, GRU_ALL),
    (UpdateGateExchanged, AFTER, GRU_ALL | {"b_hh"}),
    (ResetPathForgotten, BEFORE, GRU_ALL),
    (ResetPathForgotten, AFTER, GRU_ALL | {"b_hh"}),
    (ResetNotInTheWeights, BEFORE, {"W_h"}),
    (ResetNotInTheWeights, AFTER, {"W_h"}),
    (SecondBiasLikeTheFirst, AFTER, {"b_hh"}),
    (ColumnsOfInputForgotten, {}, {"x"}),
    (StateAndInputExchanged, {}, {"W_z"}),
]


@pytest.mark.parametrize(
    ("wrong", "options", "arrays"),
    WRONG,
    ids=[" ".join([wrong.__name__, *options.values()]) for wrong, options, _ in WRONG],
)
def test_a_wrong_backward_is_caught(wrong, options, arrays):
    x = np.random.default_rng(0).normal(size=(2, 5, 2))
    errors = gradcheck(wrong(2, 3, seed=0, **options), x)
    caught = {name for name, error in errors.items() if error > 1e-3}
    assert caught == arrays
    assert all(errors[name] < 1e-10 for name in errors.keys() - arrays)


class CrossesOneStepMore(RNN):
    def backward(self, dh=None, dstate=None, truncate=None):
        return super().backward(dh, dstate, None if truncate is None else truncate + 1)


class IgnoresTruncation(RNN):
    def backward(self, dh=None, dstate=None, truncate=None):
        return super().backward(dh, dstate)


class IgnoresLengths(RNN):
    def forward(self, x, state=None, lengths=None):
        return super().forward(x, state)


@pytest.mark.parametrize("wrong", [CrossesOneStepMore, IgnoresTruncation])
@pytest.mark.parametrize("truncate", [0, 2])
def test_a_wrong_cut_is_caught(wrong, truncate):
    x = np.random.default_rng(0).normal(size=(2, 5, 2))
    assert gradcheck(wrong(2, 3, seed=0), x, truncate=truncate)["W_hh"] > 1e-3


@pytest.mark.parametrize("truncate", [None, 1])
def test_ignored_lengths_are_caught(truncate):
    x = np.random.default_rng(0).normal(size=(2, 5, 2))
    errors = gradcheck(IgnoresLengths(2, 3, seed=0), x, lengths=[2, 0], truncate=truncate)
    assert min(errors.values()) > 1e-3


def test_the_layer_and_its_input_are_not_changed():
    layer, x = RNN(2, 3, seed=0, dtype=np.float32), np.ones((2, 4, 2), np.float32)
    state = np.full((2, 3), 0.5, np.float32)
    kept = {name: w.copy() for name, w in layer.params.items()}
    errors = gradcheck(layer, x, state)
    assert max(errors.values()) < 1e-10
    np.testing.assert_array_equal(x, 1)
    np.testing.assert_array_equal(state, 0.5)
    assert layer.dtype == np.float32
    for name, w in layer.params.items():
        assert w.dtype == np.float32
        np.testing.assert_array_equal(w, kept[name])
        assert not layer.grads[name].any()


def test_the_given_state_is_the_one_that_is_used():
    class Seeing(RNN):
        starts = ()

        def forward(self, x, state=None, lengths=None):
            Seeing.starts = (*Seeing.starts, state.real.copy())
            return super().forward(x, state, lengths)

    state = np.array([[0.25, -0.5]])
    gradcheck(Seeing(1, 2, seed=0), np.ones((1, 1, 1)), state)
    np.testing.assert_array_equal(Seeing.starts[0], state)


def test_complex_step_and_central_difference():
    w = np.array([[0.3, -1.2], [2.0, 0.0]])
    truth, z = np.exp(w) * np.cos(w) - np.exp(w) * np.sin(w), w.astype(complex)
    exact = complex_step(lambda: np.sum(np.exp(z) * np.cos(z)), z)
    np.testing.assert_allclose(exact, truth, rtol=1e-14, atol=1e-15)
    np.testing.assert_array_equal(z, w)
    kept = w.copy()
    near = central_difference(lambda: np.sum(np.exp(w) * np.cos(w)), w)
    np.testing.assert_array_equal(w, kept)
    np.testing.assert_allclose(near, truth, rtol=0, atol=1e-8)
    coarse = central_difference(lambda: np.sum(w**3), w, step=0.5)
    np.testing.assert_allclose(coarse, 3 * w**2 + 0.25, rtol=1e-12)


def test_complex_step_takes_any_step():
    z = np.array([2.0 + 0j])
    assert complex_step(lambda: np.sum(z**3), z, step=0.5)[0] == pytest.approx(12 - 0.25)


def test_a_dtype_that_would_lose_the_step_is_refused():
    with pytest.raises(TypeError, match=r"array: expected a complex dtype, got float64"):
        complex_step(lambda: 0, np.ones(1))
    for array in (np.ones(1, int), np.ones(1, complex)):
        with pytest.raises(
            TypeError, match=rf"array: expected a floating dtype, got {array.dtype}"
        ):
            central_difference(lambda: 0, array)


def test_relative_error():
    truth = np.array([1.0, -4.0])
    assert relative_error(truth, truth) == 0
    assert relative_error([1.0, -3.0], truth) == 0.25
    assert relative_error([1.0, -5.0], truth) == 0.25
    assert relative_error(np.zeros(2), np.zeros(2)) == 0
    assert relative_error([0.0, 1e-30], np.zeros(2)) == np.inf
    assert np.isnan(relative_error([np.nan, 0.0], truth))
    with pytest.raises(ValueError, match=r"gradient: expected shape \(2,\), got \(1,\)"):
        relative_error([1.0], truth)
