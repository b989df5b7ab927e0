"""What a cell is: weights by name, one step forward, one step back, and the sums over all steps.

The matrices of a cell's gates stand side by side in one array, so that one product serves them all.
"""

import numpy as np

from .initializers import draw_bias, draw_weights
from .validate import require_count, require_dtype


class Cell:
    """The weights of a recurrent layer and its equations; a subclass gives the equations.

    Args:
        input_size: numbers per step in the input.
        hidden_size: numbers in the state.
        init: `"uniform"`, `"glorot"`, `"orthogonal"` or `"normal"` (see `initializers`).
        dtype: `np.float64`, `np.float32`, or `np.complex128` for the complex-step check.
        seed: seed of the generator that draws the weights.

    Attributes:
        params: the weights by name.
        grads: the gradients by the same names, overwritten by every `backward`.

    """

    gates = ("h",)  # letters of the gates, in the order of their columns in the fused weights
    states = ("h",)  # the arrays that make up the state, each (batch, hidden)
    weights = ("W_x", "W_h", "b")  # names: from the input, from the state, bias
    options = ()  # names of a subclass's own arguments, besides those above
    takes_input = False  # whether `step` is given x_t itself instead of its projection

    def __init__(self, input_size, hidden_size, *, init="uniform", dtype=np.float64, seed=None):
        self.input_size = require_count("input_size", input_size)
        self.hidden_size = require_count("hidden_size", hidden_size)
        self.dtype = require_dtype(dtype)
        self.params = {}
        self.grads = {}
        self._draw(init, np.random.default_rng(seed))
        self._transposed = None  # by name, inside a backward pass

    def _draw(self, init, rng):
        w_x, w_h, b = self.weights
        size, gates = self.hidden_size, len(self.gates)
        self._add(w_x, draw_weights(init, rng, self.input_size, size, size, gates))
        self._add(w_h, draw_weights(init, rng, size, size, size, gates))
        self._add(b, draw_bias(init, rng, gates * size, size))

    def _add(self, name, array):
        self.params[name] = np.array(array, dtype=self.dtype, order="C")
        self.grads[name] = np.zeros_like(self.params[name])

    @property
    def named_params(self):
        """The weights by the names of the equations, as views: `W_xr`, `W_hr`, `b_r`, …"""
        return self._named(self.params)

    @property
    def named_grads(self):
        """The gradients by the names of the equations, as views."""
        return self._named(self.grads)

    def _named(self, arrays):
        w_x, w_h, b = self.weights
        named = {}
        for k, gate in enumerate(self.gates):
            named[f"W_x{gate}"] = self.split(arrays[w_x])[k]
            named[f"W_h{gate}"] = self.split(arrays[w_h])[k]
            named[f"b_{gate}"] = self.split(arrays[b])[k]
        return named | {name: w for name, w in arrays.items() if name not in self.weights}

    def split(self, fused):
        """Cut an array whose last axis is gate after gate into the gates' parts, as views."""
        size = self.hidden_size
        return [fused[..., k : k + size] for k in range(0, fused.shape[-1], size)]

    def transposed(self, name):
        """Return `params[name].T`; inside a backward pass contiguous, for faster products."""
        if self._transposed is None:
            return self.params[name].T
        if name not in self._transposed:
            self._transposed[name] = self.params[name].T.copy()
        return self._transposed[name]

    @property
    def stored(self):
        """Arrays `(batch, hidden)` that every step keeps for the way back, besides the state."""
        return len(self.gates)

    def project(self, x, a):
        """Project the input of many steps at once, before the loop.

        The bias is the weight of an input that is always one.

        Args:
            x: `(steps, input + 1)`, the last column all ones.
            a: `(stored, steps, hidden)`; the first arrays, one per gate, are filled with x W_x + b.

        """
        w_x, _, b = self.weights
        fused = np.vstack([self.params[w_x], self.params[b]])
        for k, w in enumerate(self.split(fused)):
            np.matmul(x, w, out=a[k])

    def step(self, *arrays):
        """Advance one time step in place.

        `arrays`, each `(batch, hidden)`, are for an LSTM i, f, o, g, h_prev, c_prev, h, c. First
        come `stored` arrays that are kept for the way back: those of the gates hold their projected
        input and are overwritten with their values. Then comes the previous state, then the new
        one, to be filled.
        """
        raise NotImplementedError

    def step_backward(self, *arrays):
        """Go back one time step: from the gradient of the new state to that of the previous one.

        `arrays` are the gradients of the new state; `da (batch, stored * hidden)`, to be filled
        with the gradients of the pre-activations; and the arrays of `step`, as it left them.
        Returns the gradients of the previous state, a list of new arrays. Gradients may have a
        leading axis, one entry per loss term: the step back is linear in them.
        """
        raise NotImplementedError

    def gather(self, x, h_prev, a, da):
        """Fill `grads` and return `dx`, for all steps at once, after the loop.

        Args:
            x: `(steps, input + 1)`, the last column all ones.
            h_prev: `(steps, hidden)`, the first array of the state before each step.
            a: `(stored, steps, hidden)`, as `step` left it.
            da: `(steps, stored * hidden)`, as `step_backward` filled it.

        """
        np.matmul(h_prev.T, da, out=self.grads[self.weights[1]])  # eq-rnn-dwhh
        return self.gather_input(x, da)

    def gather_input(self, x, da, columns=slice(None)):
        """Fill the gradients of some columns of the input weights and bias; return their `dx`."""
        w_x, _, b = self.weights
        both = x.T @ da
        self.grads[w_x][:, columns] = both[:-1]  # eq-rnn-dwxh
        self.grads[b][columns] = both[-1]  # eq-rnn-dbh
        return da @ self.params[w_x][:, columns].T  # eq-rnn-dx
