"""The loop through time that every recurrent layer shares. It knows no gate.

A cell (see `cell.py`) gives one step forward and one step backward. This module runs them through
time, with one product for the input of all steps before the loop and one for the weight gradients
after it, cuts the gradient, and keeps padded steps out of everything.

Arrays inside are time-first, `(time, batch, ·)`, so that one step is one contiguous block; arrays
that come in and go out are batch-first.
"""

import numpy as np

from .cell import Cell
from .validate import require_array, require_count, valid_steps


class Recurrent(Cell):
    """A layer that carries a state through time. See `Cell` for the arguments."""

    _run = None  # what the last forward pass left, a `_Run`

    def forward(self, x, state=None, lengths=None):
        """Run the layer over a batch of sequences.

        Args:
            x: `(batch, time, input)`.
            state: the state before the first step, `(batch, hidden)`, or a tuple of such arrays if
                the layer has several `states`; zeros if None.
            lengths: `(batch,)` whole numbers from 0 to time; steps at or past a sequence's length
                keep its state and give zero output.

        Returns:
            `h (batch, time, hidden)`, the state after every step, and the final state, of the form
            of `state`. All are new arrays.

        Raises:
            TypeError, ValueError: an argument of wrong dtype or shape, empty, or not finite.

        """
        x = require_array("x", x, ("batch", "time", self.input_size), self.dtype)
        batch, time, _ = x.shape
        start = self._require_state("state", state, batch)
        valid = valid_steps(lengths, batch, time)
        run = self._run
        if run is None or run.da.shape[:2] != (time, batch) or run.da.dtype != self.dtype:
            run = self._run = _Run(self, time, batch)
        run.valid = valid
        run.x[..., :-1] = x.swapaxes(0, 1)
        run.tracks[:, 0] = start
        self.project(_flat(run.x), _flat(run.a))
        for t, arrays in enumerate(run.steps):
            self.step(*arrays)
            if valid is not None:
                np.copyto(run.tracks[:, t + 1], run.tracks[:, t], where=~valid[t])  # eq-mask-state
        h = run.tracks[0, 1:].copy().swapaxes(0, 1)
        if valid is not None:
            h[~valid[..., 0].T] = 0
        return h, self._as_state(run.tracks[:, -1].copy())

    def backward(self, dh=None, dstate=None, truncate=None):
        """Backpropagation through time; overwrites `grads`.

        Args:
            dh: `(batch, time, hidden)`, for every h_t the gradient of the loss terms that read it
                directly, without what comes back through later steps; None for none.
            dstate: ∂L/∂(final state), of the form of the state: a loss term at each sequence's own
                last step; None for none.
            truncate: the gradient of each loss term crosses at most this many recurrent steps.
                None, or a number of at least `time`, is full backpropagation.

        Returns:
            `dx (batch, time, input)` and the gradient of the initial state, of the form of the
            state.

        Raises:
            RuntimeError: called before `forward`.
            TypeError, ValueError: an argument of wrong dtype or shape.

        """
        if self._run is None:
            raise RuntimeError("backward: call forward first")
        run = self._run
        time, batch = run.da.shape[:2]
        limit = time if truncate is None else require_count("truncate", truncate, least=0)
        dh, ends = self._loss_terms(dh, dstate)
        self._transposed = {}
        try:
            if limit >= time:
                first, dstart = 0, self._full(dh, ends)
            else:
                first, dstart = self._truncated(dh, ends, limit)
        finally:
            self._transposed = None
        if -1 in ends:  # sequences of length 0
            dstart = [d + e for d, e in zip(dstart, ends[-1], strict=True)]
        dx = np.zeros((time, batch, self.input_size), self.dtype)
        arrays = run.x[first:], run.tracks[0, first:-1], run.a[:, first:], run.da[first:]
        _flat(dx[first:])[...] = self.gather(*(_flat(array) for array in arrays))
        return dx.swapaxes(0, 1), self._as_state(dstart)

    def _full(self, dh, ends):
        """Each step's gradient joins the one that arrives from the future."""
        run = self._run
        carry = list(np.zeros_like(run.tracks[:, 0]))
        for t in reversed(range(len(run.steps))):
            if dh is not None:
                carry[0] += dh[t]
            if t in ends:
                carry = [c + e for c, e in zip(carry, ends[t], strict=True)]
            carry = self.step_backward(*carry, run.da[t], *run.steps[t])
        return carry

    def _truncated(self, dh, ends, limit):
        """Each loss term travels on its own and ends after crossing `limit` recurrent steps.

        Terms under way are stacked, so that a step back is one call for all of them. With one loss
        term, at the end, there is nothing to do after `limit` + 1 steps. Also returned is the first
        step that any term reached.
        """
        run = self._run
        zeros = list(np.zeros_like(run.tracks[:, 0]))
        terms = []  # (recurrent steps crossed, gradients of the state's arrays)
        first, skipped = len(run.steps), []
        for t in reversed(range(len(run.steps))):
            if dh is not None or t in ends:
                new = list(ends.get(t, zeros))
                if dh is not None:
                    new[0] = new[0] + dh[t]
                if any(array.any() for array in new):
                    terms.append((0, new))
            if not terms:
                skipped.append(t)
                continue
            first = t
            stacked = [np.stack(arrays) for arrays in zip(*(d for _, d in terms), strict=True)]
            each = np.empty((len(terms), *run.da[t].shape), self.dtype)
            previous = self.step_backward(*stacked, each, *run.steps[t])
            np.sum(each, axis=0, out=run.da[t])
            terms = [
                (crossed + 1, [p[i] for p in previous])
                for i, (crossed, _) in enumerate(terms)
                if crossed < limit
            ]
        run.da[[t for t in skipped if t > first]] = 0
        reached = [sum(arrays) for arrays in zip(zeros, *(d for _, d in terms), strict=True)]
        return first, reached

    def _loss_terms(self, dh, dstate):
        """Return `dh` time-first, and what `dstate` adds, by the step at which it enters.

        Step -1 stands for the initial state of sequences of length 0. No gradient enters a padded
        step, so the rest of the backward pass needs no mask.
        """
        valid = self._run.valid
        time, batch = self._run.da.shape[:2]
        if dh is not None:
            shape = (batch, time, self.hidden_size)
            dh = require_array("dh", dh, shape, self.dtype, finite=False).swapaxes(0, 1)
            if valid is not None:
                dh = np.where(valid, dh, 0)
        if dstate is None:
            return dh, {}
        dstate = self._require_state("dstate", dstate, batch, finite=False)
        if valid is None:
            return dh, {time - 1: dstate}
        last = valid[..., 0].sum(axis=0)[:, None] - 1
        return dh, {int(t): [np.where(last == t, d, 0) for d in dstate] for t in np.unique(last)}

    def _require_state(self, name, state, batch, finite=True):
        """Return the state as a list of checked arrays; zeros for None."""
        shape = (batch, self.hidden_size)
        if state is None:
            return [np.zeros(shape, self.dtype) for _ in self.states]
        arrays = (state,) if len(self.states) == 1 else state
        together = isinstance(arrays, (tuple, list))
        if not together or len(arrays) != len(self.states):
            got = f"{len(arrays)} arrays" if together else type(arrays).__name__
            raise ValueError(f"{name}: expected a tuple ({', '.join(self.states)}), got {got}")
        return [
            require_array(f"{name} {part}", array, shape, self.dtype, finite)
            for part, array in zip(self.states, arrays, strict=True)
        ]

    @staticmethod
    def _as_state(arrays):
        return arrays[0] if len(arrays) == 1 else tuple(arrays)

    def last(self, state):
        """Return h of a state."""
        return state if len(self.states) == 1 else state[0]

    def last_backward(self, dh):
        """Return the gradient of a state from that of its h."""
        return self._as_state([dh, *(np.zeros_like(dh) for _ in self.states[1:])])

    def __getstate__(self):
        return self.__dict__ | {"_run": None}  # a copy has the weights, not the last run


class _Run:
    """What a forward pass leaves for the backward pass, in arrays that the next one uses again.

    New arrays of this size are slow to touch for the first time.
    """

    def __init__(self, layer, time, batch):
        size, dtype = layer.hidden_size, layer.dtype
        self.x = np.ones((time, batch, layer.input_size + 1), dtype)
        self.a = np.empty((layer.stored, time, batch, size), dtype)
        self.tracks = np.empty((len(layer.states), time + 1, batch, size), dtype)
        self.da = np.empty((time, batch, layer.stored * size), dtype)
        inputs = [self.x[..., :-1]] if layer.takes_input else []
        before, after = self.tracks[:, :-1], self.tracks[:, 1:]
        self.steps = list(zip(*inputs, *self.a, *before, *after, strict=True))
        self.valid = None  # mask (time, batch, 1) of the real steps, None without padding


def _flat(array):
    """Join the axes (time, batch) into one, as a view."""
    *rest, time, batch, size = array.shape
    return array.reshape(*rest, time * batch, size)
