"""Chapter 4: a small trained GRU whose gates the reader takes over."""

import numpy as np
import traitlets

from ..gru import GRU
from .figure import Figure
from .weights import pack

STEPS = 16
UNITS = 2
PULSES = {2: 2, 5: 1, 8: 2, 11: 1, 14: 3}  # step: height
STARTS = (2, 11)

# Printed by data/train_gru_gates.py: a GRU(2, 2) trained on random sequences of the task below, its
# weights rounded to two digits.
WEIGHTS = {
    "W_xr": [[0.25, -2.58], [-6.4, -5.75]],
    "W_hr": [[0.41, 1.41], [0.33, 0.66]],
    "b_r": [1.78, 3.46],
    "W_xz": [[-5.07, -5.43], [-5.76, -1.87]],
    "W_hz": [[-2.22, 0.34], [-1.05, 0.57]],
    "b_z": [2.92, 4.86],
    "W_xh": [[0.1, 0.09], [-0.01, -0.02]],
    "W_hh": [[1.21, 0.06], [-0.03, -0.74]],
    "b_h": [0.0, 0.05],
}


def trained():
    """The layer of the figure."""
    layer = GRU(input_size=2, hidden_size=UNITS)
    for name, w in layer.named_params.items():
        w[...] = WEIGHTS[name]
    return layer


def asked(x):
    """The targets, in tenths: the sum of the pulses since the last start, and the last pulse."""
    y, total, pulse = [], 0, 0
    for height, start in x:
        total = height + (0 if start else total)
        pulse = height or pulse
        y.append((total / 10, pulse / 10))
    return np.array(y)


def sequence():
    """The input of the figure, (16, 2): the height of a pulse, and a 1 where a new sum starts."""
    x = np.zeros((STEPS, 2))
    for t, height in PULSES.items():
        x[t - 1, 0] = height
    for t in STARTS:
        x[t - 1, 1] = 1
    return x


def gate(value):
    """A knob of one number from 0 to 1 for each unit at each step."""
    row = traitlets.List(traitlets.CFloat(min=0, max=1), minlen=UNITS, maxlen=UNITS)
    rows = [[value] * UNITS for _ in range(STEPS)]
    return traitlets.List(row, rows, minlen=STEPS, maxlen=STEPS).tag(sync=True)


class GRUGates(Figure):
    """A trained GRU of two units over 16 steps, its gates computed by its weights or set by hand.

    r_t, z_t by the weights                                     (eq-gru-reset, eq-gru-update)
    h̃_t = tanh(x_t W_xh + (r_t ⊙ h_{t-1}) W_hh + b_h)           (eq-gru-candidate)
    h_t = z_t ⊙ h_{t-1} + (1 - z_t) ⊙ h̃_t                       (eq-gru-state)

    Attributes:
        gates: `"learned"` if the weights compute r and z, `"hand"` if the knobs `r` and `z` hold.
        r, z: for each of 16 steps two numbers from 0 to 1, the gates of the two units; used with
            gates `"hand"`. A slider that is moved with gates `"learned"` starts from those.
        unit: `"1"` or `"2"`, the unit that is looked at and that the sliders belong to.
        step: the step that is looked at, 1 to 16; the state before step 1 is 0.
        scope: `"all"` if a slider sets its gate at every step, `"one"` if at the step looked at.

    """

    script = "gru_gates"
    title = "A small GRU, its gates learned or in your hand"
    description = (
        "Pulses come in now and then. Unit 1 keeps their sum since the last start, unit 2 the last "
        "pulse, both in tenths. The gates r and z are as training left them, or set by sliders. "
        "One step is drawn with its numbers; below it state, candidate and gates over 16 steps."
    )
    weights = traitlets.Dict().tag(sync=True, fixed=True)
    task = traitlets.Dict().tag(sync=True, fixed=True)
    gates = traitlets.Enum(("learned", "hand"), "learned").tag(sync=True)
    r = gate(1.0)
    z = gate(0.9)
    unit = traitlets.Enum(("1", "2"), "1").tag(sync=True)
    step = traitlets.Int(5, min=1, max=STEPS).tag(sync=True)
    scope = traitlets.Enum(("all", "one"), "all").tag(sync=True)

    def __init__(self, **knobs):
        super().__init__(**knobs)
        x = sequence()
        self.weights = pack(trained().params)
        self.task = pack({"x": x, "targets": asked(x)})
