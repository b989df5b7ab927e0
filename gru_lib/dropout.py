"""Dropout: while a network is trained, entries of a layer's output are left out at random."""

import numpy as np

from .validate import require_fraction


class Dropout:
    """Set each entry to zero with probability `rate`, and enlarge the others to make up for it.

    Srivastava et al. (2014), in its inverted form: entries that stay are divided by `1 - rate`, so
    that the mean is what it is without dropout, and nothing has to be done when predicting.

    Args:
        rate: share of the entries that is left out, from 0 to below 1.
        seed: seed, or generator, that draws what is left out.

    Raises:
        ValueError: `rate` is not a number from 0 to below 1.

    """

    def __init__(self, rate, seed=None):
        self.rate = require_fraction("dropout", rate)
        self.rng = np.random.default_rng(seed)
        self._scale = None  # 0 or 1 / (1 - rate) for each entry; None if nothing was left out

    def forward(self, h, training=True):
        """Return a new array of the shape of `h`; without `training`, or at rate 0, `h` itself."""
        self._scale = None
        if not training or self.rate == 0:
            return h
        kept = self.rng.random(h.shape) >= self.rate
        self._scale = (kept / (1 - self.rate)).astype(h.dtype)
        return h * self._scale  # eq-dropout

    def backward(self, dh):
        """From ∂L/∂(output) to ∂L/∂(input): the gradient passes where the entry did."""
        if self._scale is None:
            return dh
        return dh * self._scale  # eq-dropout-gradient
