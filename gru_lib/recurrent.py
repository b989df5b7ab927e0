"""The loop through time that every recurrent layer shares. It knows no gate.

A cell (see `rnn.py`) gives one step forward and one step backward. This module runs them through
time, hoists the input projection of all steps into one product before the loop and the weight
gradients into one product after it, cuts the gradient, and keeps padded steps out of everything.

Arrays inside are time-first, `(time, batch, ·)`, so that one step is one contiguous block; arrays
that come in and go out are batch-first.
"""

import numpy as np

from .initializers import draw_bias, draw_weights
from .validate import require_array, require_count, require_dtype, valid_steps


class Recurrent:
    """A layer that carries a state through time; a cell fills in `step` and `step_backward`.

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

    gates = 1
    states = ("h",)  # the arrays that make up the state, each (batch, hidden)
    weights = ("W_x", "W_h", "b")  # names: from the input, from the state, bias

    def __init__(self, input_size, hidden_size, *, init="uniform", dtype=np.float64, seed=None):
        self.input_size = require_count("input_size", input_size)
        self.hidden_size = require_count("hidden_size", hidden_size)
        self.dtype = require_dtype(dtype)
        rng = np.random.default_rng(seed)
        drawn = (
            draw_weights(init, rng, input_size, hidden_size, hidden_size, self.gates),
            draw_weights(init, rng, hidden_size, hidden_size, hidden_size, self.gates),
            draw_bias(init, rng, self.gates * hidden_size, hidden_size),
        )
        self.params = {
            name: w.astype(self.dtype) for name, w in zip(self.weights, drawn, strict=True)
        }
        self.grads = {name: np.zeros_like(w) for name, w in self.params.items()}
        self._run = None

    def step(self, a, *states):
        """Advance one time step in place: `a` (batch, gates * hidden) is the projected input.

        `states` are the arrays of the previous state, then those of the new one, to be filled.
        """
        raise NotImplementedError

    def step_backward(self, *arrays):
        """Go back one time step: from the gradient of the new state to that of the previous one.

        `arrays` are the gradients of the new state's arrays, `a` as `step` left it, the arrays of
        the previous state and those of the new one. Returns `(da, gradients of the previous
        state's arrays)`. It is linear in the gradients, which may have a leading axis.
        """
        raise NotImplementedError

    def forward(self, x, state=None, lengths=None):
        """Run the layer over a batch of sequences.

        Args:
            x: `(batch, time, input)`.
            state: the state before the first step, `(batch, hidden)`; zeros if None.
            lengths: `(batch,)` whole numbers from 0 to time; steps at or past a sequence's length
                keep its state and give zero output.

        Returns:
            `h (batch, time, hidden)`, the state after every step, and the final state
            `(batch, hidden)`. Both are new arrays.

        Raises:
            TypeError, ValueError: an argument of wrong dtype or shape, empty, or not finite.

        """
        x = require_array("x", x, ("batch", "time", self.input_size), self.dtype)
        batch, time, _ = x.shape
        start = self._require_state("state", state, batch)
        valid = valid_steps(lengths, batch, time)
        x = x.swapaxes(0, 1).copy()
        a = self._project(x)
        tracks = [np.empty((time + 1, batch, self.hidden_size), self.dtype) for _ in self.states]
        for track, array in zip(tracks, start, strict=True):
            track[0] = array
        for t in range(time):
            self.step(a[t], *(s[t] for s in tracks), *(s[t + 1] for s in tracks))
            if valid is not None:
                for s in tracks:
                    np.copyto(s[t + 1], s[t], where=~valid[t])
        h = tracks[0][1:].swapaxes(0, 1).copy()
        if valid is not None:
            h[~valid[..., 0].T] = 0
        self._run = (x, a, tracks, valid)
        return h, self._as_state([s[-1].copy() for s in tracks])

    def backward(self, dh=None, dstate=None, truncate=None):
        """Backpropagation through time; overwrites `grads`.

        Args:
            dh: ∂L/∂h `(batch, time, hidden)`: the loss terms at every step; None for none.
            dstate: ∂L/∂(final state) `(batch, hidden)`: a loss term at each sequence's own last
                step; None for none.
            truncate: the gradient of each loss term crosses at most this many recurrent steps.
                None, or a number of at least `time`, is full backpropagation.

        Returns:
            `dx (batch, time, input)` and the gradient of the initial state `(batch, hidden)`.

        Raises:
            RuntimeError: called before `forward`.
            TypeError, ValueError: an argument of wrong dtype or shape.

        """
        if self._run is None:
            raise RuntimeError("backward: call forward first")
        time = len(self._run[0])
        losses, dstart = self._loss_terms(dh, dstate)
        if truncate is None or require_count("truncate", truncate, least=0) >= time:
            da, first, reached = self._full(losses)
        else:
            da, first, reached = self._truncated(losses, truncate)
        dstart = [d + r for d, r in zip(dstart, reached, strict=True)]
        return self._finish(da, first), self._as_state(dstart)

    def _full(self, losses):
        """Each step's gradient joins the one that arrives from the future."""
        _, a, tracks, _ = self._run
        time = len(a)
        da = np.empty_like(a)
        carry = [np.zeros_like(s[0]) for s in tracks]
        for t in reversed(range(time)):
            if losses[t] is not None:
                carry = [c + d for c, d in zip(carry, losses[t], strict=True)]
            da[t], carry = self.step_backward(
                *carry, a[t], *(s[t] for s in tracks), *(s[t + 1] for s in tracks)
            )
        return da, 0, carry

    def _truncated(self, losses, limit):
        """Each loss term travels on its own and ends after crossing `limit` recurrent steps.

        Terms under way are stacked, so that a step back is one call for all of them. With one loss
        term, at the end, there is nothing to do after `limit` + 1 steps.
        """
        _, a, tracks, _ = self._run
        time = len(a)
        da = np.zeros_like(a)
        terms = []  # (recurrent steps crossed, gradients of the state's arrays)
        first = time
        for t in reversed(range(time)):
            if losses[t] is not None:
                terms.append((0, losses[t]))
            if not terms:
                continue
            first = t
            stacked = [np.stack(arrays) for arrays in zip(*(d for _, d in terms), strict=True)]
            each, previous = self.step_backward(
                *stacked, a[t], *(s[t] for s in tracks), *(s[t + 1] for s in tracks)
            )
            da[t] = each.sum(axis=0)
            terms = [
                (crossed + 1, [p[i] for p in previous])
                for i, (crossed, _) in enumerate(terms)
                if crossed < limit
            ]
        reached = [np.zeros_like(s[0]) for s in tracks]
        for _, arrays in terms:
            reached = [r + d for r, d in zip(reached, arrays, strict=True)]
        return da, first, reached

    def _loss_terms(self, dh, dstate):
        """Sort the loss terms by time step: a list of gradients of the state, None where none.

        Also returned is what reaches the initial state directly, from sequences of length 0.
        No gradient enters a padded step, so the rest of the backward pass needs no mask.
        """
        x, _, tracks, valid = self._run
        time, batch, _ = x.shape
        losses = [None] * time
        if dh is not None:
            shape = (batch, time, self.hidden_size)
            dh = require_array("dh", dh, shape, self.dtype, finite=False).swapaxes(0, 1)
            if valid is not None:
                dh = np.where(valid, dh, 0)
            rest = [np.zeros_like(s[0]) for s in tracks[1:]]
            losses = [[dh[t], *rest] if dh[t].any() else None for t in range(time)]
        dstart = [np.zeros_like(s[0]) for s in tracks]
        if dstate is not None:
            last = np.full(batch, time) if valid is None else valid[..., 0].sum(axis=0)
            dstate = self._require_state("dstate", dstate, batch, finite=False)
            for step in np.unique(last):
                here = (last == step)[:, None]
                term = [np.where(here, d, 0) for d in dstate]
                present = losses[step - 1] if step else None
                if step == 0:
                    dstart = term
                elif present is None:
                    losses[step - 1] = term
                else:
                    losses[step - 1] = [p + d for p, d in zip(present, term, strict=True)]
        return losses, dstart

    def _project(self, x):
        """Project the input of all time steps in one product: `x_t W_x + b`."""
        w, _, b = (self.params[name] for name in self.weights)
        time, batch, _ = x.shape
        a = x.reshape(time * batch, -1) @ w
        a += b
        return a.reshape(time, batch, -1)

    def _finish(self, da, first):
        """From the gradients of all `a` to `grads` and `dx`, one product each."""
        x, _, tracks, _ = self._run
        flat = da[first:].reshape(-1, da.shape[-1])
        w_x, w_h, b = self.weights
        inputs = x[first:].reshape(-1, self.input_size)
        before = tracks[0][first:-1].reshape(-1, self.hidden_size)  # h_{t-1} beside a_t
        self.grads[w_x][...] = inputs.T @ flat  # eq-rnn-dwxh
        self.grads[w_h][...] = before.T @ flat  # eq-rnn-dwhh
        self.grads[b][...] = flat.sum(axis=0)  # eq-rnn-dbh
        dx = np.zeros_like(x)
        dx[first:] = (flat @ self.params[w_x].T).reshape(dx[first:].shape)  # eq-rnn-dx
        return dx.swapaxes(0, 1).copy()

    def _require_state(self, name, state, batch, finite=True):
        """Return the state as a list of checked arrays; zeros for None."""
        shape = (batch, self.hidden_size)
        if state is None:
            return [np.zeros(shape, self.dtype) for _ in self.states]
        arrays = (state,) if len(self.states) == 1 else state
        return [
            require_array(f"{name} {part}", array, shape, self.dtype, finite)
            for part, array in zip(self.states, arrays, strict=True)
        ]

    @staticmethod
    def _as_state(arrays):
        return arrays[0] if len(arrays) == 1 else tuple(arrays)
