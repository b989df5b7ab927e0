"""What tests share: no window for figures, how hard hypothesis searches, a cell with two arrays."""

import os

import matplotlib
import numpy as np
import pytest
from hypothesis import settings

from gru_lib.recurrent import Recurrent

matplotlib.use("Agg")
# Two workers with two BLAS threads each would wait for one another on two cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
settings.register_profile(
    "gru_lib", deadline=None, max_examples=50, derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("gru_lib")


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
