"""The readout: from the state of a recurrent layer to a prediction."""

import numpy as np

from .initializers import draw_bias, draw_weights
from .validate import require_array, require_count, require_dtype


class Dense:
    """The readout: y = h W_hy + b_y (eq-rnn-readout), applied to the last axis.

    Args:
        input_size: numbers in h.
        output_size: numbers in y.
        init: how the weights start, see `initializers`.
        dtype: `np.float64`, `np.float32` or `np.complex128`.
        seed: seed of the generator that draws the weights.

    Attributes:
        params: `W_hy (input, output)`, `b_y (output,)`.
        grads: the gradients by the same names, overwritten by every `backward`.

    """

    def __init__(self, input_size, output_size, *, init="uniform", dtype=np.float64, seed=None):
        self.input_size = require_count("input_size", input_size)
        self.output_size = require_count("output_size", output_size)
        self.dtype = require_dtype(dtype)
        rng = np.random.default_rng(seed)
        w = draw_weights(init, rng, input_size, output_size, size=input_size)
        b = draw_bias(init, rng, output_size, size=input_size)
        self.params = {"W_hy": w.astype(self.dtype), "b_y": b.astype(self.dtype)}
        self.grads = {name: np.zeros_like(w) for name, w in self.params.items()}
        self._h = None

    def forward(self, h):
        """Map `h (..., input)` to `y (..., output)`.

        Raises:
            TypeError, ValueError: `h` of another dtype, or its last axis is not `input_size`.

        """
        free = tuple(f"n{i}" for i in range(np.ndim(h) - 1))
        self._h = require_array("h", h, (*free, self.input_size), self.dtype, finite=False).copy()
        return self._h @ self.params["W_hy"] + self.params["b_y"]  # eq-rnn-readout

    def backward(self, dy):
        """From ∂L/∂y `(..., output)` to ∂L/∂h `(..., input)`; overwrites `grads`.

        Raises:
            RuntimeError: called before `forward`.
            TypeError, ValueError: `dy` of wrong dtype or shape.

        """
        if self._h is None:
            raise RuntimeError("backward: call forward first")
        shape = (*self._h.shape[:-1], self.output_size)
        dy = require_array("dy", dy, shape, self.dtype, finite=False)
        flat = dy.reshape(-1, self.output_size)
        self.grads["W_hy"][...] = self._h.reshape(len(flat), -1).T @ flat  # eq-rnn-dwhy
        self.grads["b_y"][...] = flat.sum(axis=0)  # eq-rnn-dby
        return dy @ self.params["W_hy"].T  # eq-rnn-dh-last
