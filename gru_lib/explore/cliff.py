"""Chapter 2: gradient descent on the loss of one unit, which has a cliff."""

import traitlets

from .figure import Figure


class Cliff(Figure):
    """Sixty steps of gradient descent for one tanh unit with two weights, w and b.

    h_t = tanh(w h_{t-1} + b), from h_0 = 0.5 (eq-rnn-state), and L = (h_50 - 0.3)².

    The gradient is clipped by eq-clip-norm or eq-clip-value, or not.

    Attributes:
        w: recurrent weight at the start, 1 to 1.6.
        b: bias at the start, -0.3 to 0.1.
        rate: the learning rate, 0.001 to 0.1.
        clip: `"off"`, `"norm"` or `"value"`.
        limit: what clipping limits the norm, or each entry, to: 0.1 to 10.
        step: how many steps of the descent are seen, 0 to 60.

    """

    script = "cliff"
    title = "Gradient descent at a cliff"
    description = (
        "A map shows the loss of one tanh unit over its recurrent weight and its bias: a plateau "
        "that ends in a cliff. Gradient descent sets out from a point that can be moved, with or "
        "without clipping; a curve below shows the loss after every step."
    )
    w = traitlets.CFloat(1.4, min=1, max=1.6).tag(sync=True)
    b = traitlets.CFloat(-0.1514, min=-0.3, max=0.1).tag(sync=True)
    rate = traitlets.CFloat(0.01, min=0.001, max=0.1).tag(sync=True)
    clip = traitlets.Enum(("off", "norm", "value"), "off").tag(sync=True)
    limit = traitlets.CFloat(1.0, min=0.1, max=10).tag(sync=True)
    step = traitlets.Int(1, min=0, max=60).tag(sync=True)
