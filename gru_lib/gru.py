"""The gated recurrent unit (Cho et al., 2014), with its reset gate before or after the product."""

import numpy as np

from .activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from .initializers import draw_bias
from .recurrent import Recurrent
from .validate import require_choice


class GRU(Recurrent):
    """A layer of gated recurrent units.

    r_t = σ(x_t W_xr + h_{t-1} W_hr + b_r)                      (eq-gru-reset)
    z_t = σ(x_t W_xz + h_{t-1} W_hz + b_z)                      (eq-gru-update)
    h̃_t = tanh(x_t W_xh + (r_t ⊙ h_{t-1}) W_hh + b_h)           (eq-gru-candidate)
    h_t = z_t ⊙ h_{t-1} + (1 - z_t) ⊙ h̃_t                       (eq-gru-state)

    With `reset="after"` the reset gate acts after the product, as in PyTorch and cuDNN. This is
    another model, with a second bias of the candidate:

    m_t = h_{t-1} W_hh + b_hh                                   (eq-gru-memory)
    h̃_t = tanh(x_t W_xh + b_h + r_t ⊙ m_t)                      (eq-gru-candidate-after)

    Example:
        >>> import numpy as np
        >>> layer = GRU(input_size=1, hidden_size=4, seed=0)
        >>> h, state = layer.forward(np.ones((2, 3, 1)))
        >>> h.shape, layer.named_params["W_xr"].shape
        ((2, 3, 4), (1, 4))

    Args:
        input_size: numbers per step in the input.
        hidden_size: numbers in the state.
        reset: `"before"` the product with W_hh (the usual textbook form) or `"after"` it.
        init: how the weights start, see `initializers`.
        dtype: `np.float64`, `np.float32`, or `np.complex128` for the complex-step check.
        seed: seed of the generator that draws the weights.

    Attributes:
        params: `W_x (input, 3 * hidden)`, `W_h (hidden, 3 * hidden)`, `b (3 * hidden,)`, each with
            the columns of r, z and h̃ in this order, and with `reset="after"` also
            `b_hh (hidden,)`; `named_params` has them one by one.
        grads: the gradients by the same names, overwritten by every `backward`.

    """

    gates = ("r", "z", "h")
    options = ("reset",)

    def __init__(
        self,
        input_size,
        hidden_size,
        *,
        reset="before",
        init="uniform",
        dtype=np.float64,
        seed=None,
    ):
        self.reset = require_choice("reset", reset, ("before", "after"))
        super().__init__(input_size, hidden_size, init=init, dtype=dtype, seed=seed)
        self._rz = slice(2 * self.hidden_size)  # columns of r and z
        self._h = slice(2 * self.hidden_size, 3 * self.hidden_size)  # columns of the candidate

    def _draw(self, init, rng):
        super()._draw(init, rng)
        if self.reset == "after":
            self._add("b_hh", draw_bias(init, rng, self.hidden_size, self.hidden_size))

    @property
    def stored(self):
        """Arrays kept per step: r, z and the candidate; with `reset="after"` also m."""
        return 3 if self.reset == "before" else 4

    def step(self, *arrays):
        """One step, see `step_before` and `step_after`."""
        return getattr(self, f"step_{self.reset}")(*arrays)

    def step_backward(self, *arrays):
        """One step back, see `step_before_backward` and `step_after_backward`."""
        return getattr(self, f"step_{self.reset}_backward")(*arrays)

    def step_before(self, r, z, h_tilde, h_prev, h):
        """One step; each gate comes in as its projected input and goes out as its value."""
        W_h = self.params["W_h"]
        rec_r, rec_z = self.split(h_prev @ W_h[:, self._rz])
        sigmoid(r + rec_r, out=r)  # eq-gru-reset
        sigmoid(z + rec_z, out=z)  # eq-gru-update
        tanh(h_tilde + (r * h_prev) @ W_h[:, self._h], out=h_tilde)  # eq-gru-candidate
        np.add(z * h_prev, (1 - z) * h_tilde, out=h)  # eq-gru-state

    def step_before_backward(self, dh, da, r, z, h_tilde, h_prev, h):
        """One step back; `dh` is all that reaches h_t, from its loss and the future."""
        W_h_T = self.transposed("W_h")
        da_r, da_z, da_h = self.split(da)
        np.multiply(dh * (h_prev - h_tilde), sigmoid_derivative(z), out=da_z)  # eq-gru-daz
        np.multiply(dh * (1 - z), tanh_derivative(h_tilde), out=da_h)  # eq-gru-dah
        d_rh = da_h @ W_h_T[self._h]  # eq-gru-drh
        np.multiply(d_rh * h_prev, sigmoid_derivative(r), out=da_r)  # eq-gru-dar
        dh_prev = dh * z + d_rh * r + da[..., self._rz] @ W_h_T[self._rz]  # eq-gru-dh-prev
        return [dh_prev]

    def step_after(self, r, z, h_tilde, m, h_prev, h):
        """One step in which the reset gate acts after the product, m."""
        rec_r, rec_z, rec_h = self.split(h_prev @ self.params["W_h"])
        sigmoid(r + rec_r, out=r)  # eq-gru-reset
        sigmoid(z + rec_z, out=z)  # eq-gru-update
        np.add(rec_h, self.params["b_hh"], out=m)  # eq-gru-memory
        tanh(h_tilde + r * m, out=h_tilde)  # eq-gru-candidate-after
        np.add(z * h_prev, (1 - z) * h_tilde, out=h)  # eq-gru-state

    def step_after_backward(self, dh, da, r, z, h_tilde, m, h_prev, h):
        """One step back; the columns of `da` are those of r, z, m and h̃, in this order.

        The first three are gradients of what h_{t-1} W_h gave, all but the third of what x_t W_x
        gave, so either product has its columns side by side or in two pieces.
        """
        da_r, da_z, dm, da_h = self.split(da)
        np.multiply(dh * (h_prev - h_tilde), sigmoid_derivative(z), out=da_z)  # eq-gru-daz
        np.multiply(dh * (1 - z), tanh_derivative(h_tilde), out=da_h)  # eq-gru-dah
        np.multiply(da_h, r, out=dm)  # eq-gru-dm
        np.multiply(da_h * m, sigmoid_derivative(r), out=da_r)  # eq-gru-dar-after
        recurrent = da[..., : -self.hidden_size]
        dh_prev = dh * z + recurrent @ self.transposed("W_h")  # eq-gru-dh-prev-after
        return [dh_prev]

    def gather(self, x, h_prev, a, da):
        """Fill `grads` and return `dx`, for all steps at once. See `Cell.gather`."""
        dW_h = self.grads["W_h"]
        if self.reset == "before":
            r = a[0]
            dW_h[:, self._rz] = h_prev.T @ da[:, self._rz]  # eq-rnn-dwhh
            dW_h[:, self._h] = (r * h_prev).T @ da[:, self._h]  # eq-gru-dwhh
            return self.gather_input(x, da)
        np.matmul(h_prev.T, da[:, : -self.hidden_size], out=dW_h)  # eq-rnn-dwhh, eq-gru-dwhh-after
        np.sum(da[:, self._h], axis=0, out=self.grads["b_hh"])  # eq-gru-dbhh
        dx = self.gather_input(x, da[:, self._rz], self._rz)
        dx += self.gather_input(x, da[:, -self.hidden_size :], self._h)
        return dx
