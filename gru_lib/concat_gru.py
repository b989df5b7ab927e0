"""The GRU with one block matrix per gate, and changes of form that keep the network the same."""

import copy

import numpy as np

from .activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from .gru import GRU
from .recurrent import Recurrent


class ConcatGRU(Recurrent):
    """The GRU as one block matrix per gate that acts on the concatenation [h, x].

    r_t = σ([h_{t-1}, x_t] W_r + b_r)                           (eq-gru-concat-reset)
    z_t = σ([h_{t-1}, x_t] W_z + b_z)                           (eq-gru-concat-update)
    h̃_t = tanh([r_t ⊙ h_{t-1}, x_t] W_h + b_h)                  (eq-gru-concat-candidate)
    h_t = z_t ⊙ h_{t-1} + (1 - z_t) ⊙ h̃_t                       (eq-gru-state)

    The same network as `GRU` with `reset="before"`, and the same start for the same seed; equal to
    rounding, since the sums are taken in another order. The input cannot be projected before the
    loop; a training step takes somewhat longer.

    Example:
        >>> from gru_lib import GRU
        >>> layer = GRU(input_size=2, hidden_size=3, seed=0)
        >>> ConcatGRU.from_gru(layer).params["W_r"].shape
        (5, 3)

    Args:
        input_size: numbers per step in the input.
        hidden_size: numbers in the state.
        init: how the weights start, see `initializers`.
        dtype: `np.float64`, `np.float32`, or `np.complex128` for the complex-step check.
        seed: seed of the generator that draws the weights.

    Attributes:
        params: `W_r`, `W_z`, `W_h`, each `(hidden + input, hidden)`, and `b_r`, `b_z`, `b_h`, each
            `(hidden,)`.
        grads: the gradients by the same names, overwritten by every `backward`.

    """

    gates = ("r", "z", "h")
    takes_input = True

    def _draw(self, init, rng):
        super()._draw(init, rng)
        drawn = super()._named(self.params)
        self.params, self.grads = {}, {}
        for gate in self.gates:
            self._add(f"W_{gate}", np.vstack([drawn[f"W_h{gate}"], drawn[f"W_x{gate}"]]))
            self._add(f"b_{gate}", drawn[f"b_{gate}"])

    def _named(self, arrays):
        named = {}
        for gate in self.gates:
            named[f"W_x{gate}"] = arrays[f"W_{gate}"][self.hidden_size :]
            named[f"W_h{gate}"] = arrays[f"W_{gate}"][: self.hidden_size]
            named[f"b_{gate}"] = arrays[f"b_{gate}"]
        return named

    @classmethod
    def from_gru(cls, layer):
        """Return the concatenated form of a `GRU` with `reset="before"`, with copied weights.

        Raises:
            TypeError: `layer` is not a `GRU`.
            ValueError: its reset acts after the product.

        """
        if not isinstance(layer, GRU):
            raise TypeError(f"layer: expected a GRU, got {type(layer).__name__}")
        if layer.reset != "before":
            raise ValueError(
                'layer: expected reset="before", got "after", where the candidate needs the '
                "product of h alone and cannot be one product with [r ⊙ h, x]"
            )
        return _copy_weights(layer, cls(layer.input_size, layer.hidden_size, dtype=layer.dtype))

    def to_gru(self):
        """Return the split form, a `GRU` with `reset="before"`, with copied weights."""
        return _copy_weights(self, GRU(self.input_size, self.hidden_size, dtype=self.dtype))

    def project(self, x, a):
        """Nothing can be projected before the loop: x is multiplied together with h."""

    def step(self, x, r, z, h_tilde, h_prev, h):
        """One step; r, z and h_tilde are filled with the gates and the candidate."""
        hx = np.concatenate([h_prev, x], axis=1)
        sigmoid(hx @ self.params["W_r"] + self.params["b_r"], out=r)  # eq-gru-concat-reset
        sigmoid(hx @ self.params["W_z"] + self.params["b_z"], out=z)  # eq-gru-concat-update
        rhx = np.concatenate([r * h_prev, x], axis=1)
        tanh(rhx @ self.params["W_h"] + self.params["b_h"], out=h_tilde)  # eq-gru-concat-candidate
        np.add(z * h_prev, (1 - z) * h_tilde, out=h)  # eq-gru-state

    def step_backward(self, dh, da, x, r, z, h_tilde, h_prev, h):
        """One step back; only the columns of h in [h, x] lead further back in time."""
        da_r, da_z, da_h = self.split(da)
        W_hr, W_hz, W_hh = (self.params[f"W_{k}"][: self.hidden_size] for k in self.gates)
        np.multiply(dh * (h_prev - h_tilde), sigmoid_derivative(z), out=da_z)  # eq-gru-daz
        np.multiply(dh * (1 - z), tanh_derivative(h_tilde), out=da_h)  # eq-gru-dah
        d_rh = da_h @ W_hh.T  # eq-gru-drh
        np.multiply(d_rh * h_prev, sigmoid_derivative(r), out=da_r)  # eq-gru-dar
        dh_prev = dh * z + d_rh * r + da_r @ W_hr.T + da_z @ W_hz.T  # eq-gru-dh-prev
        return [dh_prev]

    def gather(self, x, h_prev, a, da):
        """Fill `grads` and return `dx`, for all steps at once. See `Cell.gather`."""
        x, r = x[:, :-1], a[0]
        hx, rhx = np.hstack([h_prev, x]), np.hstack([r * h_prev, x])
        dx = 0
        for gate, v, d in zip(self.gates, (hx, hx, rhx), self.split(da), strict=True):
            np.matmul(v.T, d, out=self.grads[f"W_{gate}"])  # eq-gru-concat-dw
            np.sum(d, axis=0, out=self.grads[f"b_{gate}"])  # eq-gru-concat-db
            dx = dx + d @ self.named_params[f"W_x{gate}"].T  # eq-gru-concat-dx
        return dx


def flip_update_gate(layer):
    """Return a copy of a GRU with the weights of the other convention of the update gate.

    Some write h_t = (1 - z_t) ⊙ h_{t-1} + z_t ⊙ h̃_t, where here z_t stands with h_{t-1}. Since
    1 - σ(a) = σ(-a), a change of the signs of W_xz, W_hz and b_z leads from the weights of one
    convention to those of the other, in both directions.

    Raises:
        TypeError: `layer` is neither a `GRU` nor a `ConcatGRU`.

    """
    if not isinstance(layer, (GRU, ConcatGRU)):
        raise TypeError(f"layer: expected a GRU or ConcatGRU, got {type(layer).__name__}")
    flipped = copy.deepcopy(layer)
    for name in ("W_xz", "W_hz", "b_z"):
        flipped.named_params[name][...] *= -1
    return flipped


def _copy_weights(source, target):
    for name, w in source.named_params.items():
        target.named_params[name][...] = w
    return target
