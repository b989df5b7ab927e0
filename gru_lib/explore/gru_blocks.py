"""Chapter 5: one GRU's numbers, stored in two forms."""

import traitlets

from ..gru import GRU
from .figure import Figure
from .weights import pack

STATE = [0.5, -0.4]  # what the small step of chapter 4 starts from
INPUT = [1.0, 0.0, -1.0, 0.5, 0.0, 2.0]
WEIGHTS = {  # those of the small step
    "W_xr": [[1, -1]],
    "W_hr": [[1, 0], [-1, 2]],
    "b_r": [0.5, 0],
    "W_xz": [[0.5, -1]],
    "W_hz": [[0, 1], [1, -1]],
    "b_z": [0, 1],
    "W_xh": [[-0.5, 1]],
    "W_hh": [[2, -1], [1, 1]],
    "b_h": [0, 0.5],
}


def by_hand():
    """The layer of the figure: the GRU of chapter 4's small step."""
    layer = GRU(input_size=1, hidden_size=2)
    for name, w in layer.named_params.items():
        w[...] = WEIGHTS[name]
    return layer


class GRUBlocks(Figure):
    """All weights of one small GRU, as `GRU` stores them or as `ConcatGRU` does.

    r_t = σ(x_t W_xr + h_{t-1} W_hr + b_r) = σ([h_{t-1}, x_t] W_r + b_r)
                                                        (eq-gru-reset, eq-gru-concat-reset)
    z_t, in the same way                                (eq-gru-update, eq-gru-concat-update)
    h̃_t = tanh(x_t W_xh + (r_t ⊙ h_{t-1}) W_hh + b_h)   (eq-gru-candidate)
        = tanh([r_t ⊙ h_{t-1}, x_t] W_h + b_h)          (eq-gru-concat-candidate)

    Attributes:
        form: `"apart"`, the arrays of `GRU`, or `"concatenated"`, those of `ConcatGRU`.
        gate: `"r"`, `"z"` or `"h"` (the candidate), whose numbers are lit.
        x: the input of every step, 6 numbers from -2 to 2.
        step: the step that is looked at, 1 to 6; step 1 starts from the state (0.5, -0.4).

    """

    script = "gru_blocks"
    title = "Two forms, the same numbers"
    description = (
        "The 18 weights and 6 biases of a GRU with one input and two units as a grid, cut across, "
        "as in GRU, or down, as in ConcatGRU. What one gate needs is lit. Beside the rows stands "
        "what they are multiplied by, under the columns what comes out."
    )
    weights = traitlets.Dict().tag(sync=True, fixed=True)
    state = traitlets.List(traitlets.CFloat()).tag(sync=True, fixed=True)
    form = traitlets.Enum(("apart", "concatenated"), "apart").tag(sync=True)
    gate = traitlets.Enum(("r", "z", "h"), "r").tag(sync=True)
    x = traitlets.List(
        traitlets.CFloat(min=-2, max=2), INPUT, minlen=len(INPUT), maxlen=len(INPUT)
    ).tag(sync=True)
    step = traitlets.Int(1, min=1, max=len(INPUT)).tag(sync=True)

    def __init__(self, **knobs):
        super().__init__(**knobs)
        self.weights = pack(by_hand().params)
        self.state = STATE
