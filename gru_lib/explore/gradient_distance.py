"""Chapter 2: how much of a gradient arrives, step by step back, and what clipping does to it."""

import numpy as np
import traitlets

from ..initializers import orthogonal
from .figure import Figure
from .weights import pack

UNITS = 16
LONGEST = 100


def draw_network(seed=0):
    """Return what the network is made of: arrays by name, recurrent ones with spectral radius 1.

    Drawn ones are rounded to nine places, so that every computer draws the same.
    """
    rng = np.random.default_rng(seed)
    gaussian = rng.normal(size=(UNITS, UNITS))
    arrays = {
        "orthogonal": orthogonal(rng, UNITS, UNITS, UNITS),
        "gaussian": gaussian / np.abs(np.linalg.eigvals(gaussian)).max(),
        "transient": np.kron(np.eye(UNITS // 2), [[1, 2 / 0.9], [0, 1]]),  # at 0.9: chapter 2's
        "W_xh": orthogonal(rng, 1, UNITS, UNITS),
        "x": rng.normal(size=(LONGEST, 1)),
    }
    arrays = {name: np.round(array, 9) for name, array in arrays.items()}
    return arrays | {"g": np.tile([0, 1], UNITS // 2) / np.sqrt(UNITS / 2)}


class GradientDistance(Figure):
    """The norm of a gradient against the distance in time, in a vanilla network of 16 units.

    a_t = x_t W_xh + h_{t-1} W_hh    (eq-rnn-preactivation)
    h_t = φ(a_t)                     (eq-rnn-state)

    The loss reads the last state alone; its gradient there has length 1. On the way back follow
    eq-rnn-da and eq-rnn-dh. The gradient of the weights is clipped by eq-clip-norm.

    Attributes:
        matrix: W_hh before it is scaled: `"orthogonal"`, `"gaussian"` (random) or `"transient"`
            (eight blocks of two units, with growth before the decay).
        activation: φ, `"tanh"`, `"sigmoid"` or `"identity"`, the linear network.
        radius: the spectral radius that W_hh is scaled to, 0.5 to 1.6.
        steps: T, the length of the sequence in steps, 10 to 100.
        size: what the inputs, random numbers of standard deviation 1, are multiplied by, 0 to 3.
        clip: whether the gradient of the weights is clipped to norm 1.

    """

    script = "gradient_distance"
    title = "The gradient against the distance in time"
    description = (
        "A recurrent network of 16 units whose loss reads the last state alone. A curve shows the "
        "norm of the gradient at every earlier state, with what the spectral radius predicts and "
        "the proved bound. A second one, below, shows what each step adds to the gradient of the "
        "weights, before and after clipping."
    )
    matrix = traitlets.Enum(("orthogonal", "gaussian", "transient"), "orthogonal").tag(sync=True)
    activation = traitlets.Enum(("tanh", "sigmoid", "identity"), "tanh").tag(sync=True)
    radius = traitlets.CFloat(1.1, min=0.5, max=1.6).tag(sync=True)
    steps = traitlets.Int(50, min=10, max=LONGEST).tag(sync=True)
    size = traitlets.CFloat(1.0, min=0, max=3).tag(sync=True)
    clip = traitlets.Bool(False).tag(sync=True)
    weights = traitlets.Dict().tag(sync=True, fixed=True)
    norms = traitlets.Dict().tag(sync=True, fixed=True)  # spectral norms of the three matrices

    @traitlets.default("weights")
    def _draw_weights(self):
        return pack(draw_network())

    @traitlets.default("norms")
    def _measure_norms(self):
        arrays = draw_network()
        kinds = self.traits()["matrix"].values
        return {kind: round(float(np.linalg.norm(arrays[kind], 2)), 9) for kind in kinds}
