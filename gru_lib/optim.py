"""Optimisers, and the two ways of clipping a gradient.

Everything here works in place on dictionaries of arrays: `params` and `grads` with the same keys.
"""

import numpy as np

from .validate import require_array, require_fraction, require_number, require_positive


class _Optimizer:
    """A learning rate, and what is remembered from one update to the next."""

    def __init__(self, learning_rate, *memory):
        self.learning_rate = require_positive("learning_rate", learning_rate)
        self._steps = 0
        self._memory = {kind: {} for kind in memory}

    def _remembered(self, kind, name, w):
        return self._memory[kind].setdefault(name, np.zeros_like(w))

    def state(self):
        """Return copies of all that is remembered, as one dict of arrays."""
        state = {"steps": np.array(self._steps)}
        for kind, arrays in self._memory.items():
            state |= {f"{kind}.{name}": array.copy() for name, array in arrays.items()}
        return state

    def restore(self, state, params):
        """Go on from what `state` returned, for parameters of the same names and shapes.

        Raises:
            TypeError, ValueError: the state is not one of this optimiser for these parameters.

        """
        names = params if len(state) > 1 else ()  # before the first update there is only the count
        expected = {"steps"} | {f"{kind}.{name}" for kind in self._memory for name in names}
        if set(state) != expected:
            raise ValueError(f"state: expected {sorted(expected)}, got {sorted(state)}")
        steps = require_array("steps", state["steps"], (), np.int64)
        memory = {kind: {} for kind in self._memory}
        for kind in memory:
            for name in names:
                key, w = f"{kind}.{name}", params[name]
                memory[kind][name] = require_array(key, state[key], w.shape, w.dtype).copy()
        self._steps, self._memory = int(steps), memory


class SGD(_Optimizer):
    """Gradient descent with momentum: v ← μ v + g, w ← w - η v (as PyTorch has it).

    Args:
        learning_rate: η, above 0.
        momentum: μ, from 0 (none) to below 1.

    """

    def __init__(self, learning_rate, momentum=0.0):
        super().__init__(learning_rate, "velocity")
        self.momentum = require_fraction("momentum", momentum)

    def update(self, params, grads):
        """Take one step; changes the arrays in `params`, leaves `grads` alone."""
        self._steps += 1
        for name, w in params.items():
            v = self._remembered("velocity", name, w)
            v *= self.momentum
            v += grads[name]
            w -= self.learning_rate * v


class Adam(_Optimizer):
    """Adam (Kingma and Ba, 2015): a step per weight, scaled by the gradient's recent size.

    m ← β₁ m + (1 - β₁) g and v ← β₂ v + (1 - β₂) g² start at zero; dividing by 1 - βᵏ after k
    steps takes that start out again. w ← w - η m̂ / (√v̂ + ε).

    With weight decay, w ← w - η λ w comes first (eq-weight-decay): apart from m and v, so that all
    weights shrink at the same rate (AdamW, Loshchilov and Hutter, 2019).

    Args:
        learning_rate: η, above 0.
        beta1: β₁, memory of the mean.
        beta2: β₂, memory of the square.
        epsilon: ε, keeps the quotient finite.
        weight_decay: λ, 0 (none) or above.

    """

    def __init__(
        self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, *, weight_decay=0.0
    ):
        super().__init__(learning_rate, "mean", "square")
        self.beta1 = require_fraction("beta1", beta1)
        self.beta2 = require_fraction("beta2", beta2)
        self.epsilon = require_positive("epsilon", epsilon)
        if require_number("weight_decay", weight_decay) < 0:
            raise ValueError(f"weight_decay: expected 0 or a number above it, got {weight_decay!r}")
        self.weight_decay = weight_decay

    def update(self, params, grads):
        """Take one step; changes the arrays in `params`, leaves `grads` alone."""
        self._steps += 1
        mean_correction = 1 - self.beta1**self._steps
        square_correction = 1 - self.beta2**self._steps
        for name, w in params.items():
            g = grads[name]
            m = self._remembered("mean", name, w)
            v = self._remembered("square", name, w)
            m *= self.beta1
            m += (1 - self.beta1) * g
            v *= self.beta2
            v += (1 - self.beta2) * (g * g)
            if self.weight_decay:
                w -= self.learning_rate * self.weight_decay * w  # eq-weight-decay
            denominator = np.sqrt(v / square_correction) + self.epsilon
            w -= (self.learning_rate / mean_correction) * m / denominator


def global_norm(grads):
    """Euclidean norm of all gradients taken together as one long vector."""
    norm = np.sqrt(sum(float(np.vdot(g, g).real) for g in grads.values()))  # eq-global-norm
    if not 1e-15 < norm < np.inf:  # the squares overflowed or vanished, or nothing is finite
        sizes = [np.abs(g).astype(np.float64) for g in grads.values()]
        largest = max([0.0, *(float(s.max()) for s in sizes)])
        if 0 < largest < np.inf:
            norm = largest * np.sqrt(sum(np.sum((s / largest) ** 2) for s in sizes))
    return float(norm)


def clip_by_value(grads, limit):
    """Move every entry into [-limit, limit], in place. This can change the direction.

    Raises:
        ValueError: `limit` is not a finite number above 0.

    """
    require_positive("clip_value", limit)
    for g in grads.values():
        np.clip(g, -limit, limit, out=g)  # eq-clip-value


def clip_by_global_norm(grads, max_norm):
    """Scale all gradients by one factor, in place, so that their global norm is at most `max_norm`.

    The direction stays (Pascanu et al., 2013).

    Returns:
        The norm before clipping.

    Raises:
        ValueError: `max_norm` is not a finite number above 0.

    """
    require_positive("clip_norm", max_norm)
    norm = global_norm(grads)
    if norm > max_norm:
        for g in grads.values():
            g *= max_norm / norm  # eq-clip-norm
    return norm
