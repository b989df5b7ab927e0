"""The long short-term memory (Hochreiter and Schmidhuber, 1997; forget gate: Gers et al., 2000)."""

import numpy as np

from .activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from .recurrent import Recurrent
from .validate import require_number


class LSTM(Recurrent):
    """A long short-term memory layer; its state is the pair `(h, c)`.

    i_t = σ(x_t W_xi + h_{t-1} W_hi + b_i)       (eq-lstm-input)
    f_t = σ(x_t W_xf + h_{t-1} W_hf + b_f)       (eq-lstm-forget)
    o_t = σ(x_t W_xo + h_{t-1} W_ho + b_o)       (eq-lstm-output)
    g_t = tanh(x_t W_xg + h_{t-1} W_hg + b_g)    (eq-lstm-candidate)
    c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t              (eq-lstm-cell)
    h_t = o_t ⊙ tanh(c_t)                        (eq-lstm-state)

    Example:
        >>> import numpy as np
        >>> layer = LSTM(input_size=1, hidden_size=4, seed=0)
        >>> h, (h_last, c_last) = layer.forward(np.ones((2, 3, 1)))
        >>> h.shape, c_last.shape
        ((2, 3, 4), (2, 4))

    Args:
        input_size: numbers per step in the input.
        hidden_size: numbers in h and in c.
        forget_bias: b_f at the start; at 1 the cell forgets more slowly from the beginning
            (Jozefowicz et al., 2015).
        init: how the weights start, see `initializers`.
        dtype: `np.float64`, `np.float32`, or `np.complex128` for the complex-step check.
        seed: seed of the generator that draws the weights.

    Attributes:
        params: `W_x (input, 4 * hidden)`, `W_h (hidden, 4 * hidden)`, `b (4 * hidden,)`, each with
            the columns of i, f, o and g in this order; `named_params` has them one by one.
        grads: the gradients by the same names, overwritten by every `backward`.

    """

    gates = ("i", "f", "o", "g")
    states = ("h", "c")

    def __init__(
        self,
        input_size,
        hidden_size,
        *,
        forget_bias=1.0,
        init="uniform",
        dtype=np.float64,
        seed=None,
    ):
        super().__init__(input_size, hidden_size, init=init, dtype=dtype, seed=seed)
        self.named_params["b_f"][...] = require_number("forget_bias", forget_bias)

    def step(self, i, f, o, g, h_prev, c_prev, h, c):
        """One step; each gate comes in as its projected input and goes out as its value."""
        rec_i, rec_f, rec_o, rec_g = self.split(h_prev @ self.params["W_h"])
        sigmoid(i + rec_i, out=i)  # eq-lstm-input
        sigmoid(f + rec_f, out=f)  # eq-lstm-forget
        sigmoid(o + rec_o, out=o)  # eq-lstm-output
        tanh(g + rec_g, out=g)  # eq-lstm-candidate
        np.add(f * c_prev, i * g, out=c)  # eq-lstm-cell
        np.multiply(o, tanh(c), out=h)  # eq-lstm-state

    def step_backward(self, dh, dc, da, i, f, o, g, h_prev, c_prev, h, c):
        """One step back; `dh` is all that reaches h_t, `dc` what reaches c_t from later steps."""
        da_i, da_f, da_o, da_g = self.split(da)
        tanh_c = tanh(c)
        dc = dc + dh * o * tanh_derivative(tanh_c)  # eq-lstm-dc: and what comes through h_t
        np.multiply(dc * g, sigmoid_derivative(i), out=da_i)  # eq-lstm-dai
        np.multiply(dc * c_prev, sigmoid_derivative(f), out=da_f)  # eq-lstm-daf
        np.multiply(dh * tanh_c, sigmoid_derivative(o), out=da_o)  # eq-lstm-dao
        np.multiply(dc * i, tanh_derivative(g), out=da_g)  # eq-lstm-dag
        dh_prev = da @ self.transposed("W_h")  # eq-lstm-dh-prev
        dc_prev = dc * f  # eq-lstm-dc-prev
        return [dh_prev, dc_prev]
