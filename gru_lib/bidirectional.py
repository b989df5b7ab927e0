"""A layer that reads in both directions (Schuster and Paliwal, 1997)."""

import numpy as np

from .recurrent import Recurrent
from .validate import require_array, valid_steps


def reverse(x, lengths=None):
    """Turn every sequence of a batch round; padding stays where it is.

    Args:
        x: `(batch, time, ·)`.
        lengths: `(batch,)`; None if there is no padding.

    Returns:
        A new array of the same shape. Reversing twice gives `x` again.

    Raises:
        ValueError: `lengths` are not `batch` whole numbers from 0 to `time`.

    """
    if lengths is None:
        return x[:, ::-1].copy()
    batch, time, _ = x.shape
    valid = valid_steps(lengths, batch, time)[..., 0].T
    steps = np.arange(time)
    last = np.asarray(lengths).astype(np.intp)[:, None] - 1
    source = np.where(valid, last - steps, steps)
    return np.take_along_axis(x, source[..., None], axis=1)


class Joined:
    """Layers that act as one: their arrays stand together, under the names of the layers.

    A subclass has a dict of layers by name, `parts`.
    """

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
            f"{part}.{name}": array
            for part, layer in self.parts.items()
            for name, array in getattr(layer, kind).items()
        }


class Bidirectional(Joined):
    """Two layers over the same sequence, one from its beginning and one from its end.

    The output of a step joins what the first has seen up to there with what the second has seen
    from there on: `[h_forwards, h_backwards]`. The state is the pair of the layers' states; the
    final state of the second is the one after it has read the first step.

    Example:
        >>> import numpy as np
        >>> from gru_lib import GRU
        >>> layer = Bidirectional(GRU(1, 4, seed=0), GRU(1, 4, seed=1))
        >>> h, (ahead, back) = layer.forward(np.ones((2, 3, 1)))
        >>> h.shape, back.shape
        ((2, 3, 8), (2, 4))

    Args:
        forwards: the recurrent layer that reads from the beginning.
        backwards: the one that reads from the end, of the same input size and dtype.

    Attributes:
        hidden_size: numbers in the output of a step, of both layers together.
        params, grads: the arrays of both, under names such as `forwards.W_x`.

    Raises:
        TypeError, ValueError: not two different recurrent layers that fit each other.

    """

    def __init__(self, forwards, backwards):
        for name, layer in (("forwards", forwards), ("backwards", backwards)):
            if not isinstance(layer, Recurrent):
                raise TypeError(f"{name}: expected a recurrent layer, got {type(layer).__name__}")
        if forwards is backwards:
            raise ValueError("Bidirectional: expected two different layers, got one twice")
        if forwards.input_size != backwards.input_size:
            raise ValueError(
                f"backwards: expected {forwards.input_size} inputs, got {backwards.input_size}"
            )
        if forwards.dtype != backwards.dtype:
            raise TypeError(f"backwards: expected {forwards.dtype}, got {backwards.dtype}")
        self.forwards = forwards
        self.backwards = backwards
        self.cells = (forwards, backwards)
        self.parts = {"forwards": forwards, "backwards": backwards}
        self.input_size = forwards.input_size
        self.hidden_size = forwards.hidden_size + backwards.hidden_size
        self.dtype = forwards.dtype
        self._shape = None  # of the output of the last forward pass, None without one
        self._lengths = None

    def forward(self, x, state=None, lengths=None):
        """Run both layers; see `Recurrent.forward`.

        Returns:
            `h (batch, time, hidden)` and the pair of final states.

        """
        self._shape = None  # should a layer refuse, there is no run to go back through
        start = (None, None) if state is None else state
        if len(start) != 2:
            raise ValueError(f"state: expected a pair of states, got {len(start)}")
        ahead, ahead_final = self.forwards.forward(x, start[0], lengths)
        turned = reverse(np.asarray(x), lengths)
        back, back_final = self.backwards.forward(turned, start[1], lengths)
        h = np.concatenate([ahead, reverse(back, lengths)], axis=2)
        self._lengths = None if lengths is None else np.array(lengths)
        self._shape = h.shape
        return h, (ahead_final, back_final)

    def backward(self, dh=None, dstate=None, truncate=None):
        """Backpropagate through both layers; see `Recurrent.backward`.

        Raises:
            RuntimeError: called before `forward`.
            TypeError, ValueError: an argument of wrong dtype or shape, or `truncate` is given: what
                it cuts would be early steps for one layer and late ones for the other.

        """
        if self._shape is None:
            raise RuntimeError("backward: call forward first")
        if truncate is not None:
            raise ValueError("truncate: expected None, since a Bidirectional cannot be truncated")
        ends = (None, None) if dstate is None else dstate
        if len(ends) != 2:
            raise ValueError(f"dstate: expected a pair of states, got {len(ends)}")
        ahead = back = None
        if dh is not None:
            dh = require_array("dh", dh, self._shape, self.dtype, finite=False)
            ahead, back = np.split(dh, [self.forwards.hidden_size], axis=2)
            back = reverse(back, self._lengths)
        dx, dahead = self.forwards.backward(ahead, ends[0])
        dx_reversed, dback = self.backwards.backward(back, ends[1])
        return dx + reverse(dx_reversed, self._lengths), (dahead, dback)

    def last(self, state):
        """Return the outputs in a final state: `(batch, hidden)`, both layers joined."""
        return np.concatenate([c.last(s) for c, s in zip(self.cells, state, strict=True)], axis=1)

    def last_backward(self, dh):
        """Return the gradient of a final state from that of `last`."""
        ahead, back = np.split(dh, [self.forwards.hidden_size], axis=1)
        return self.forwards.last_backward(ahead), self.backwards.last_backward(back)
