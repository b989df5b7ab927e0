"""What tests share: settings, the chapter that may be skipped, layers, random runs of them."""

import importlib.util
import os
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import matplotlib
import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st

from gru_lib import GRU, LSTM, RNN, ConcatGRU
from gru_lib.recurrent import Recurrent

matplotlib.use("Agg")
# Two workers with two BLAS threads each would wait for one another on two cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
settings.register_profile(
    "gru_lib", deadline=None, max_examples=50, derandomize=bool(os.environ.get("CI"))
)
settings.register_profile("mutants", deadline=None, max_examples=10, derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gru_lib"))

KINDS = {
    "RNN tanh": partial(RNN, activation="tanh"),
    "RNN sigmoid": partial(RNN, activation="sigmoid"),
    "LSTM": LSTM,
    "GRU before": partial(GRU, reset="before"),
    "GRU after": partial(GRU, reset="after"),
    "ConcatGRU": ConcatGRU,
}
seeds = st.integers(0, 2**32 - 1)


NEEDS_TORCH = Path(__file__).resolve().parents[1] / "book" / "07-pytorch.ipynb"
HINT = (
    "this whole notebook needs PyTorch; to include it: "
    "python -m pip install -r book/requirements-torch.txt"
)


def pytest_collection_modifyitems(items):
    """Skip chapter 7 where PyTorch, which the book does not require, is missing, and say so."""
    if os.environ.get("CI") or importlib.util.find_spec("torch") is not None:
        return  # CI has it, or fails
    for item in items:
        if item.path == NEEDS_TORCH:
            item.add_marker(pytest.mark.skip(reason=HINT))


class TwoArrays(Recurrent):
    """A state of two arrays, like an LSTM's: c_t = c_{t-1} / 2 + tanh a_t, h_t = tanh c_t."""

    states = ("h", "c")

    def step(self, a, h_prev, c_prev, h, c):
        np.tanh(a + h_prev @ self.params["W_h"], out=a)
        c[...] = c_prev / 2 + a
        np.tanh(c, out=h)

    def step_backward(self, dh, dc, da, a, h_prev, c_prev, h, c):
        dc = dc + dh * (1 - h * h)
        da[...] = dc * (1 - a * a)
        return [da @ self.params["W_h"].T, dc / 2]


@pytest.fixture(scope="session")
def pair_cell():
    """The class of a layer with a pair of arrays as its state."""
    return TwoArrays


def draw_state(layer, batch, rng):
    """A random array, or a tuple of them, of the form of the layer's state."""
    arrays = tuple(rng.normal(size=(batch, layer.hidden_size)) for _ in layer.states)
    return arrays if len(arrays) > 1 else arrays[0]


def parts(state):
    """The arrays of a state, as a list."""
    return list(state) if isinstance(state, tuple) else [state]


def over(function, state):
    """The state with `function` applied to each of its arrays."""
    return tuple(map(function, state)) if isinstance(state, tuple) else function(state)


@st.composite
def runs(draw, kinds=tuple(KINDS), most=(4, 6, 4, 4)):
    """A layer and everything that `forward` and `backward` take, with sizes down to 1.

    `most` are the largest sizes of batch, time, input and hidden.
    """
    kind = draw(st.sampled_from(kinds))
    batch, time, inputs, hidden = (draw(st.integers(1, n)) for n in most)
    rng = np.random.default_rng(draw(seeds))
    layer = KINDS[kind](inputs, hidden, seed=int(rng.integers(2**32)))
    if draw(st.booleans()):  # larger weights than those at the start
        for w in layer.params.values():
            w[...] = rng.uniform(-1, 1, w.shape)
    return SimpleNamespace(
        kind=kind,
        layer=layer,
        x=rng.normal(size=(batch, time, inputs)),
        state=draw_state(layer, batch, rng),
        lengths=np.array(draw(st.lists(st.integers(0, time), min_size=batch, max_size=batch))),
        dh=rng.normal(size=(batch, time, hidden)),
        dstate=draw_state(layer, batch, rng),
        truncate=draw(st.none() | st.integers(0, time + 1)),
        rng=rng,
    )


def results(layer, x, state=None, lengths=None, dh=None, dstate=None, truncate=None):
    """Everything that a forward and a backward pass give, by name; gradients as copies."""
    h, final = layer.forward(x, state, lengths)
    dx, dstart = layer.backward(dh, dstate, truncate)
    out = {"h": h, "dx": dx}
    for name, a, d in zip(layer.states, parts(final), parts(dstart), strict=True):
        out |= {f"final {name}": a, f"dstart {name}": d}
    return out | {name: g.copy() for name, g in layer.grads.items()}


def assert_close(ours, truth, tolerance=1e-12):
    """Equal within `tolerance` of the largest number of each array, or of 1."""
    assert ours.keys() == truth.keys()
    for name in truth:
        atol = tolerance * max(1, np.abs(truth[name]).max())
        np.testing.assert_allclose(ours[name], truth[name], rtol=0, atol=atol, err_msg=name)


def assert_identical(ours, truth):
    assert ours.keys() == truth.keys()
    for name in truth:
        np.testing.assert_array_equal(ours[name], truth[name], err_msg=name)
