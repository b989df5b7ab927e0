"""Chapter 1: a network of one unit, unrolled; numbers go forward, gradients come back."""

import traitlets

from .figure import Figure

STEPS = 6


def fixed_list(values):
    """Numbers of the example, one per step, that no control turns."""
    return traitlets.List(traitlets.CFloat(), values).tag(sync=True, fixed=True)


class UnrolledNetwork(Figure):
    """A vanilla RNN with one unit over 6 steps, forward and then back, truncated per loss term.

    h_t = tanh(u x_t + w h_{t-1})              (eq-rnn-preactivation, eq-rnn-state)
    L = sum of L_t, L_t = (h_t - y_t)^2        (eq-mse-gradient for its derivative)
    dL/da_t = dL/dh_t (1 - h_t^2)              (eq-rnn-da)
    dL/dh_{t-1} = w dL/da_t + dL_{t-1}/dh_{t-1}    (eq-rnn-dh)

    In the names of `gru_lib.RNN`: W_xh = u, W_hh = w, b_h = 0, and h_0 = 0. The input is 1 at the
    first step and 0 afterwards; the target is 1 at every step. All numbers are without a unit.

    Attributes:
        u: the input weight, -2 to 2.
        w: the recurrent weight, -1.5 to 1.5.
        k: recurrent steps that the gradient of each loss term crosses at most, 0 to 5; with 5 it
            crosses all arrows between the six states.
        loss: `"last"` if the loss has one term, at the last step; `"every"` if one at each step.
        moment: 0 before anything is read, 1 to 6 after that step forward, 7 to 12 when the
            gradient has come back to state 6, 5, ..., 1.
        x, y: inputs and targets, 6 numbers each; fixed.

    """

    script = "unrolled"
    title = "An unrolled network, forward and back"
    description = (
        "Six steps of one unit. Numbers go forward along the arrows, then the gradient of the loss "
        "comes back. The slider k sets how many recurrent arrows the gradient of each loss term "
        "may cross; bars compare the gradients of the two weights with those of the full path."
    )
    u = traitlets.CFloat(1.0, min=-2, max=2).tag(sync=True)
    w = traitlets.CFloat(0.9, min=-1.5, max=1.5).tag(sync=True)
    k = traitlets.Int(2, min=0, max=STEPS - 1).tag(sync=True)
    loss = traitlets.Enum(("last", "every"), "last").tag(sync=True)
    moment = traitlets.Int(2 * STEPS, min=0, max=2 * STEPS).tag(sync=True)
    x = fixed_list([1.0] + [0.0] * (STEPS - 1))
    y = fixed_list([1.0] * STEPS)
