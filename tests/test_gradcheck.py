"""The judge itself: it agrees with the right backward pass and convicts the wrong ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_lib import RNN
from gru_lib.gradcheck import central_difference, complex_step, gradcheck, relative_error


@given(
    batch=st.integers(1, 4),
    time=st.integers(1, 6),
    inputs=st.integers(1, 4),
    hidden=st.integers(1, 4),
    activation=st.sampled_from(["tanh", "sigmoid"]),
    seed=st.integers(0, 2**32 - 1),
    data=st.data(),
)
def test_backward_is_right(batch, time, inputs, hidden, activation, seed, data):
    layer = RNN(inputs, hidden, activation=activation, seed=seed)
    x = np.random.default_rng(seed).normal(size=(batch, time, inputs))
    steps = st.lists(st.integers(0, time), min_size=batch, max_size=batch)
    lengths = data.draw(st.none() | steps.map(np.array), "lengths")
    truncate = data.draw(st.none() | st.integers(0, time + 2), "truncate")
    errors = gradcheck(layer, x, lengths=lengths, truncate=truncate, seed=seed)
    assert list(errors) == ["W_xh", "W_hh", "b_h", "x", "h0"]
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
    def step_backward(self, dh, a, h_prev, h):
        da, _ = super().step_backward(dh, a, h_prev, h)
        return da, [da @ self.params["W_hh"]]


class SlopeAtThePreActivation(RNN):
    def step_backward(self, dh, a, h_prev, h):
        return super().step_backward(dh, a, h_prev, a)


class MissingRecurrentPath(RNN):
    def step_backward(self, dh, a, h_prev, h):
        da, previous = super().step_backward(dh, a, h_prev, h)
        return da, [np.zeros_like(previous[0])]


class Noting(RNN):
    """Remembers every step back, so that a subclass can accumulate wrongly."""

    def step_backward(self, dh, a, h_prev, h):
        da, previous = super().step_backward(dh, a, h_prev, h)
        self.steps.append((h_prev, da))
        return da, previous

    def backward(self, *arguments):
        self.steps = []
        result = super().backward(*arguments)
        self.accumulate()
        return result


class BiasOfTheLastStepOnly(Noting):
    def accumulate(self):
        self.grads["b_h"][...] = self.steps[0][1].sum(axis=0)


class AssignedInsteadOfAdded(Noting):
    def accumulate(self):
        for h_prev, da in self.steps:
            self.grads["W_hh"][...] = h_prev.T @ da


WRONG = [
    (MissingTranspose, {"W_xh", "W_hh", "b_h", "x", "h0"}),
    (SlopeAtThePreActivation, {"W_xh", "W_hh", "b_h", "x", "h0"}),
    (MissingRecurrentPath, {"W_xh", "W_hh", "b_h", "x", "h0"}),
    (BiasOfTheLastStepOnly, {"b_h"}),
    (AssignedInsteadOfAdded, {"W_hh"}),
]


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
@pytest.mark.parametrize(("wrong", "arrays"), WRONG)
def test_a_wrong_backward_is_caught(wrong, arrays, activation):
    x = np.random.default_rng(0).normal(size=(2, 5, 2))
    errors = gradcheck(wrong(2, 3, activation=activation, seed=0), x)
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
