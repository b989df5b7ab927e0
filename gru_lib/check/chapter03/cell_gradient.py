"""Chapter 3: the whole gradient of the cell state."""

import numpy as np

from ...activations import sigmoid
from ...gradcheck import complex_step
from ..exercise import Exercise

SLIPS = {
    "path forgotten: the next step": (
        "`dc` is missing: this is only what reaches the cell state through `h`. The next step "
        "reads the cell state too, and its share is added."
    ),
    "path forgotten: the state": (
        "This is `dc` alone, the share from the next step. The state of the same step shows the "
        "cell state, so a second share comes through `dh`."
    ),
    "output gate forgotten": (
        "The output gate is missing: what comes back through `h` passes the product with `o`, and "
        "where the gate is shut nothing passes."
    ),
    "derivative missing": (
        "The tanh's slope is missing: what comes through `h` goes back as if the memory were shown "
        "without being squeezed."
    ),
    "derivative at the pre-activation": (
        "The tanh's slope is taken at the wrong place: these are the numbers of `1 - c**2`. One "
        "minus the square is right for the tanh's *output*, and `c` goes into it. Where |c| is "
        "above 1 your slope is even negative."
    ),
    "derivative at the new state": (
        "The slope is taken at the state, `1 - h**2` with h = o * tanh(c). In a vanilla RNN the "
        "state is the tanh's output. Here the output gate has been multiplied into it, and the "
        "slope belongs to the tanh alone."
    ),
    "tanh of a tanh": (
        "The tanh is taken twice: the slope is one minus the square of tanh(c), and yours is that "
        "of tanh(tanh(c))."
    ),
    "derivative of the wrong function": (
        "This is u (1 - u) with u = tanh(c): the form that the *sigmoid's* slope has. The tanh's "
        "is another."
    ),
    "square missing": (
        "The slope is 1 - tanh(c), without the square. For negative c that is more than 1, and a "
        "tanh is nowhere steeper than 1."
    ),
    "square in the wrong place": (
        "The slope is 1 - tanh(c**2): the square is taken inside the tanh. It is the tanh's output "
        "that is squared."
    ),
    "value for the slope": (
        "`dh * o` is multiplied by tanh(c) itself. Back through a function one multiplies by its "
        "slope; tanh(c) belongs to the gradient of the output gate."
    ),
    "sigmoid of a sigmoid": (
        "The output gate is put through the sigmoid. `o` has been through it already: it is the "
        "gate, and multiplies as it is."
    ),
    "slope of the gate for the gate": (
        "What comes through `h` is multiplied by o (1 - o). That slope belongs to the output "
        "gate's own pre-activation; the way to the cell state passes the gate itself."
    ),
    "next step's share through the tanh": (
        "The slope of the tanh multiplies both shares. Only what comes through `h` has a tanh in "
        "its way; the next step reads the cell state itself."
    ),
    "next step's share through the state": (
        "`dc` is treated as if it came through `h`: gate and slope multiply both shares. The next "
        "step reads the cell state itself, so `dc` is added as it is."
    ),
    "product for sum": ("The two shares are multiplied. Gradients that come from two places add."),
    "sign": "The share through `h` is subtracted. Shares add, each with the sign it has.",
}


def _draw(rng, i):
    shape = (1 + i % 3, 1 + i // 2 % 4)
    return {
        "dh": rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape),
        "dc": rng.normal(size=shape),
        "o": rng.uniform(0.1, 0.9, shape),
        "c": rng.uniform(0.3, 2, shape) * rng.choice([-1, 1], shape),
    }


def _truth(dh, dc, o, c):
    """Differentiate a loss that has these gradients: dh · h + dc · c."""
    c = c.astype(complex)
    return complex_step(lambda: np.sum(dh * o * np.tanh(c)) + np.sum(dc * c), c)


def _variant(dh, dc, o, c, slips=frozenset()):
    u = np.tanh(c)
    if "tanh of a tanh" in slips:
        u = np.tanh(u)
    slope = 1 - (c if "derivative at the pre-activation" in slips else u) ** 2
    if "derivative at the new state" in slips:
        slope = 1 - (o * u) ** 2
    if "derivative missing" in slips:
        slope = np.ones_like(c)
    if "derivative of the wrong function" in slips:
        slope = u * (1 - u)
    if "square in the wrong place" in slips:
        slope = 1 - np.tanh(c**2)
    if "square missing" in slips:
        slope = 1 - u
    if "value for the slope" in slips:
        slope = u
    gate = np.ones_like(o) if "output gate forgotten" in slips else o
    if "slope of the gate for the gate" in slips:
        gate = o * (1 - o)
    if "sigmoid of a sigmoid" in slips:
        gate = sigmoid(o)
    through = dh * gate * slope
    if "sign" in slips:
        through = -through
    if "next step's share through the tanh" in slips:
        dc = dc * slope
    if "next step's share through the state" in slips:
        dc = dc * gate * slope
    if "product for sum" in slips:
        return dc * through
    if "path forgotten: the next step" in slips:
        return through
    return dc if "path forgotten: the state" in slips else dc + through


EXERCISE = Exercise(
    name="cell_gradient",
    outputs=("dc_t",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda c, **_: {"batch": len(c), "hidden": c.shape[1]},
)


def cell_gradient(answer):
    """Check the whole gradient of an LSTM's cell state.

    Args:
        answer: function `(dh, dc, o, c) -> dc_t` of four arrays `(batch, hidden)`: the whole
            gradient of h_t, the share of c_t's gradient from the next step, the output gate and
            the cell state. The result has their shape.

    Returns:
        A `Verdict`. The truth is the complex step's derivative of a loss with these gradients
        (chapter 3, eq-lstm-dc).

    """
    return EXERCISE.check(answer)
