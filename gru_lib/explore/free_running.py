"""Chapter 5: trained networks go on with a sine on their own."""

import numpy as np
import traitlets

from ..series import FOLDER
from ..storage import read
from .figure import Figure
from .weights import pack

FILE = FOLDER / "free-running.npz"  # see data/README.md
STARTS = 40
WINDOW = 50


class FreeRunning(Figure):
    """An RNN, an LSTM and a GRU read a window of a sine and go on alone for 120 steps.

    Each network reads the window once; then its prediction is its next input, and its state is
    carried on. Beside them stands the recurrence y_t = 2 cos(ω) y_{t-1} - y_{t-2}, with 2 cos(ω)
    by least squares from the window (math-recurrence).

    Attributes:
        period: of the sine, 8 to 60 steps; the networks were trained on 12 to 40.
        start: first step of the window, 0 to 40.
        window: steps that are read, 5 to 50.
        amplitude: of the sine, 0.25 to 1.5; in training it was 1.
        noise: standard deviation of the noise on the window's values, 0 to 0.2; in training 0.05.
        weights: of the three networks, packed; read from `data/free-running.npz`.
        draws: standard normal numbers, one for each step that a window can reach; the noise is
            `noise` times these.

    Raises:
        OSError: the file of the weights cannot be read.

    """

    script = "free_running"
    title = "Three trained networks go on alone"
    description = (
        "An RNN, an LSTM and a GRU read a window of a sine wave and go on for 120 steps, each on "
        "its own predictions. Curves show their forecasts and the two-term recurrence's over the "
        "true wave; sliders set the wave, the window and noise."
    )
    period = traitlets.Int(28, min=8, max=60).tag(sync=True)
    start = traitlets.Int(0, min=0, max=STARTS).tag(sync=True)
    window = traitlets.Int(WINDOW, min=5, max=WINDOW).tag(sync=True)
    amplitude = traitlets.CFloat(1, min=0.25, max=1.5).tag(sync=True)
    noise = traitlets.CFloat(0, min=0, max=0.2).tag(sync=True)
    weights = traitlets.Dict().tag(sync=True, fixed=True)
    draws = traitlets.List().tag(sync=True, fixed=True)

    def __init__(self, **knobs):
        super().__init__(**knobs)
        self.weights = pack(read(FILE, "networks")[1])
        self.draws = np.random.default_rng(0).normal(size=STARTS + WINDOW).round(3).tolist()
