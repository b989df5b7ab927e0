"""Chapter 3: one LSTM unit whose gates the reader sets."""

import traitlets

from .figure import Figure

STEPS = 20
PULSE = 3  # the step at which something is to be written; steps count from 1


def per_step(values, low=0):
    """A knob of one number from `low` to 1 for each step."""
    number = traitlets.CFloat(min=low, max=1)
    return traitlets.List(number, values, minlen=STEPS, maxlen=STEPS).tag(sync=True)


class LSTMGates(Figure):
    """One unit of an LSTM over 20 steps, its gates and its candidate set by hand.

    c_t = f_t c_{t-1} + i_t g_t    (eq-lstm-cell)
    h_t = o_t tanh(c_t)            (eq-lstm-state)

    Attributes:
        i, f, o: 20 numbers from 0 to 1, the gates of every step.
        g: 20 numbers from -1 to 1, the candidate of every step; at first a pulse at step 3.
        step: the step that is looked at, 1 to 20.
        scope: `"all"` if a slider sets its gate at every step, `"one"` if at the step looked at.

    """

    script = "lstm_gates"
    title = "One LSTM unit, its gates in your hand"
    description = (
        "A candidate of 1 comes in at step 3. Sliders set the gates i, f and o and the candidate "
        "g; curves show the cell state c and the state h over 20 steps."
    )
    i = per_step([1.0] * STEPS)
    f = per_step([1.0] * STEPS)
    o = per_step([1.0] * STEPS)
    g = per_step([float(t == PULSE) for t in range(1, STEPS + 1)], low=-1)
    step = traitlets.Int(PULSE, min=1, max=STEPS).tag(sync=True)
    scope = traitlets.Enum(("all", "one"), "all").tag(sync=True)
