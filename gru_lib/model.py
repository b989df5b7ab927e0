"""A readout, and layers joined to a model."""

import itertools

import numpy as np

from .initializers import draw_bias, draw_weights
from .validate import require_array, require_choice, require_count, require_dtype, valid_steps


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


class Model:
    """Recurrent layers, one upon the other, with a readout on top.

    Example:
        >>> import numpy as np
        >>> from gru_lib import RNN, Dense, Model
        >>> model = Model(RNN(1, 4, seed=0), Dense(4, 1, seed=1))
        >>> y, states = model.forward(np.ones((2, 3, 1)))
        >>> y.shape
        (2, 1)

    Args:
        layers: one or more recurrent layers, then a `Dense`; sizes and dtypes must fit.
        output: `"last"`, one prediction from the final state (many-to-one), or `"all"`, one
            prediction after every step (many-to-many).

    Attributes:
        params, grads: the arrays of all layers, under names such as `rnn0.W_hh`, `dense1.b_y`.

    Raises:
        TypeError, ValueError: no recurrent layer, no `Dense` at the end, or sizes that do not fit.

    """

    def __init__(self, *layers, output="last"):
        if len(layers) < 2 or not isinstance(layers[-1], Dense):
            raise TypeError("Model: expected one or more recurrent layers and then a Dense")
        if len({id(layer) for layer in layers}) < len(layers):
            raise ValueError("Model: expected different layers, got one of them twice")
        for below, above in itertools.pairwise(layers):
            if getattr(below, "hidden_size", None) != above.input_size:
                raise ValueError(
                    f"Model: {type(above).__name__} expects {above.input_size} inputs, "
                    f"{type(below).__name__} gives {getattr(below, 'hidden_size', None)}"
                )
            if below.dtype != above.dtype:
                raise TypeError(f"Model: expected one dtype, got {below.dtype} and {above.dtype}")
        self.layers = layers
        self.output = require_choice("output", output, ("last", "all"))
        self.dtype = layers[0].dtype
        self._valid = None  # mask (batch, time, 1) of the real steps, None without padding

    @property
    def params(self):
        """All weights, by layer and name."""
        return self._collect("params")

    @property
    def grads(self):
        """All gradients, by the same names as `params`."""
        return self._collect("grads")

    def _collect(self, kind):
        return {
            f"{type(layer).__name__.lower()}{i}.{name}": array
            for i, layer in enumerate(self.layers)
            for name, array in getattr(layer, kind).items()
        }

    def forward(self, x, state=None, lengths=None):
        """Predict from a batch of sequences.

        Args:
            x: `(batch, time, input)`.
            state: the tuple of the layers' states that an earlier call returned; None for zeros.
            lengths: `(batch,)`, see `Recurrent.forward`; with `output="all"`, predictions at padded
                steps are zero, and their gradients are ignored.

        Returns:
            `y`, `(batch, output)` for `output="last"` and `(batch, time, output)` for `"all"`,
            and the tuple of the layers' final states.

        Raises:
            TypeError, ValueError: an argument of wrong dtype or shape, empty, or not finite.

        """
        *recurrent, readout = self.layers
        starts = [None] * len(recurrent) if state is None else state
        if len(starts) != len(recurrent):
            raise ValueError(f"state: expected {len(recurrent)} states, got {len(starts)}")
        finals = []
        for layer, start in zip(recurrent, starts, strict=True):
            x, final = layer.forward(x, start, lengths)
            finals.append(final)
        self._valid = None
        if lengths is not None and self.output == "all":
            self._valid = valid_steps(lengths, *x.shape[:2]).swapaxes(0, 1)
        top = finals[-1] if self.output == "last" else x
        h = top[0] if isinstance(top, tuple) else top
        y = readout.forward(h)
        return y if self._valid is None else np.where(self._valid, y, 0), tuple(finals)

    def backward(self, dy, truncate=None):
        """From the gradient of the prediction to `grads` of every layer.

        Args:
            dy: ∂L/∂y, of the shape of the prediction.
            truncate: see `Recurrent.backward`; for one recurrent layer only, since in a stack the
                layers' cuts would add up.

        Returns:
            `dx (batch, time, input)` and the tuple of the gradients of the initial states.

        Raises:
            RuntimeError: called before `forward`.
            TypeError, ValueError: `dy` of wrong dtype or shape, or `truncate` with a stack.

        """
        *recurrent, readout = self.layers
        if truncate is not None and len(recurrent) > 1:
            raise ValueError(f"truncate: expected one recurrent layer, got {len(recurrent)}")
        if self._valid is not None and np.shape(dy)[:2] == self._valid.shape[:2]:
            dy = np.where(self._valid, dy, 0)
        dh, dstate = readout.backward(dy), None
        if self.output == "last":
            top = recurrent[-1]
            rest = [np.zeros_like(dh) for _ in top.states[1:]]
            dh, dstate = None, (dh, *rest) if rest else dh
        dstarts = []
        for layer in reversed(recurrent):
            dh, dstart = layer.backward(dh, dstate, truncate)
            dstate = None
            dstarts.append(dstart)
        return dh, tuple(reversed(dstarts))
