"""The vanilla recurrent network (Elman, 1990)."""

import numpy as np

from .activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from .recurrent import Recurrent
from .validate import require_choice

ACTIVATIONS = {"tanh": (tanh, tanh_derivative), "sigmoid": (sigmoid, sigmoid_derivative)}


class RNN(Recurrent):
    """A vanilla recurrent layer.

    a_t = x_t W_xh + h_{t-1} W_hh + b_h   (eq-rnn-preactivation)
    h_t = φ(a_t)                          (eq-rnn-state)

    Example:
        >>> import numpy as np
        >>> layer = RNN(input_size=1, hidden_size=4, seed=0)
        >>> h, state = layer.forward(np.ones((2, 3, 1)))  # two sequences of three steps
        >>> h.shape, state.shape
        ((2, 3, 4), (2, 4))

    Args:
        input_size: numbers per step in the input.
        hidden_size: numbers in the state.
        activation: φ, `"tanh"` or `"sigmoid"`.
        init: how the weights start, see `initializers`.
        dtype: `np.float64`, `np.float32`, or `np.complex128` for the complex-step check.
        seed: seed of the generator that draws the weights.

    Attributes:
        params: `W_xh (input, hidden)`, `W_hh (hidden, hidden)`, `b_h (hidden,)`.
        grads: the gradients by the same names, overwritten by every `backward`.

    """

    weights = ("W_xh", "W_hh", "b_h")
    options = ("activation",)

    def __init__(
        self,
        input_size,
        hidden_size,
        *,
        activation="tanh",
        init="uniform",
        dtype=np.float64,
        seed=None,
    ):
        self.activation = require_choice("activation", activation, ACTIVATIONS)
        super().__init__(input_size, hidden_size, init=init, dtype=dtype, seed=seed)

    def step(self, a, h_prev, h):
        """One step; `a` comes in as x_t W_xh + b_h and goes out as a_t."""
        activation, _ = ACTIVATIONS[self.activation]
        a += h_prev @ self.params["W_hh"]  # eq-rnn-preactivation
        activation(a, out=h)  # eq-rnn-state

    def step_backward(self, dh, da, a, h_prev, h):
        """One step back; `dh` is all that reaches h_t, from its loss and the future."""
        _, derivative = ACTIVATIONS[self.activation]
        np.multiply(dh, derivative(h), out=da)  # eq-rnn-da
        dh_prev = da @ self.transposed("W_hh")  # eq-rnn-dh
        return [dh_prev]
