"""Chapter 4: one step forward of a GRU, with the reset gate before the product."""

import numpy as np

from ...activations import sigmoid
from ...gru import GRU
from ..exercise import Exercise
from .backward import GATES, SIZES, away_from_zero, weights_of

PARTS = ("W_x", "W_h", "b_")
NAMES = {"r": "reset gate", "z": "update gate", "h": "candidate"}
SLIPS = {
    "reset after for before": (
        "The reset gate multiplies the product, `r * (h_prev @ W_hh)`. That is the other form of "
        "the cell. Here the state is gated first and multiplied then."
    ),
    "z and 1 - z exchanged": (
        "In the new state `z` multiplies the candidate. In this book it multiplies the old state: "
        "where z is 1, nothing changes."
    ),
    "reset forgotten": (
        "The candidate reads the whole old state, as in a vanilla RNN: the reset gate is computed "
        "and not used."
    ),
    "reset on the wrong side": (
        "The reset gate also multiplies what the input brings: `r` should dim the old state alone."
    ),
    "gates exchanged": (
        "The two gates have changed places: the update gate's value dims the state that the "
        "candidate reads, and the reset gate's value mixes old and new."
    ),
    "gates exchanged: weights": (
        "The two gates have each other's weights: `r` is computed with `W_xz`, `W_hz` and `b_z`, "
        "and `z` with `W_xr`, `W_hr` and `b_r`."
    ),
    **{
        f"{part}r for {part}z": (
            f"The update gate is computed with `{part}r`, where `{part}z` belongs. A line that was "
            "copied from the reset gate's has three names to change."
        )
        for part in PARTS
    },
    "gated state in the mean": (
        "The new state is a mean of the *gated* old state and the candidate. A reset hides the old "
        "state from the candidate; it erases nothing, so the mean takes the plain `h_prev`."
    ),
    "1 - z forgotten": (
        "The candidate is added whole. The new state is a weighted mean, and the two weights, z "
        "and 1 - z, make 1."
    ),
    "reset on the whole pre-activation": (
        "The reset gate multiplies all that is inside the candidate's tanh, the input's part and "
        "the bias too. It multiplies the old state alone, before the product with `W_hh`."
    ),
    "reset on the state and the whole pre-activation": (
        "The reset gate multiplies the old state, which is right, and then all that is inside the "
        "candidate's tanh once more. It belongs to the old state alone."
    ),
    "gated state in the update gate": (
        "The update gate reads the gated state. Both gates read the plain `h_prev`; only the "
        "candidate reads the gated one."
    ),
    "sigmoid of a sigmoid": (
        "The gates are put through the sigmoid twice: yours lie between 0.5 and 0.73 and can "
        "neither close nor open."
    ),
    "hard sigmoid": (
        "The gates are made by a straight line that is cut off at 0 and 1. Some libraries have had "
        "it in the sigmoid's place, since it is cheaper; near 0 the two are close. Here it is the "
        "sigmoid itself."
    ),
    "sigmoid forgotten": (
        "The gates are not put through the sigmoid, so they can be negative or above 1. A gate is "
        "a fraction, between 0 and 1."
    ),
    "tanh forgotten": "The candidate is its pre-activation: the tanh is missing.",
    "pre-activations returned": (
        "`h` is right, and in place of `r`, `z` and `h_tilde` their pre-activations are returned. "
        "Asked for are the values after sigmoid and tanh."
    ),
    "pre-activations returned: gates": (
        "`h` is right, and in place of the two gates their pre-activations are returned. Asked for "
        "are the values after the sigmoid."
    ),
    "sigmoid for tanh": (
        "The candidate is made by a sigmoid, so it can never be negative. New content must be able "
        "to go up and down: tanh."
    ),
    "tanh for sigmoid": (
        "The gates are made by tanh, so they can be negative. A gate is a fraction, between 0 and "
        "1: sigmoid."
    ),
    "sign in the sigmoid": (
        "The gates are 1/(1 + exp(a)), which is one minus the right ones: the exponent of the "
        "sigmoid is minus the pre-activation."
    ),
    "transposed": (
        "The recurrent matrices are transposed. The state is a row and stands on the left: "
        "`h_prev @ W`."
    ),
    "bias forgotten": "The three biases are not added.",
    "bias forgotten: reset gate": "The reset gate's bias is not added; the others are.",
    "bias forgotten: update gate": "The update gate's bias is not added; the others are.",
    "bias forgotten: candidate": "The gates have their biases, the candidate's is not added.",
    "results in another order": (
        "The four results are right and come in another order. Asked for are `r, z, h_tilde, h`; "
        "yours come as `h, r, z, h_tilde`."
    ),
    "results in another order: z before r": (
        "The two gates come back in the other order: asked for are `r, z, h_tilde, h`."
    ),
}


def _draw(rng, i):
    batch, inputs, hidden = SIZES[i // 2 % len(SIZES)]
    return {
        "x_t": away_from_zero(rng, 0.5, 2, (batch, inputs)),
        "h_prev": away_from_zero(rng, 0.4, 1, (batch, hidden)),
        "weights": weights_of(rng, inputs, hidden),
    }


def _truth(x_t, h_prev, weights):
    """Run the library's step: projected inputs go in, the gates come out in their place."""
    layer = GRU(x_t.shape[1], h_prev.shape[1])
    for name, w in layer.named_params.items():
        w[...] = weights[name]
    steps = [x_t @ weights[f"W_x{gate}"] + weights[f"b_{gate}"] for gate in GATES]
    h = np.empty_like(h_prev)
    layer.step_before(*steps, h_prev, h)
    return *steps, h


def _changed(weights, slips):
    """Return the weights, with those exchanged, transposed or left out that a slip names."""
    w = dict(weights)
    for part in PARTS:
        if "gates exchanged: weights" in slips:
            w[f"{part}r"], w[f"{part}z"] = w[f"{part}z"], w[f"{part}r"]
        if f"{part}r for {part}z" in slips:
            w[f"{part}z"] = w[f"{part}r"]
    for gate in GATES:
        if "transposed" in slips:
            w[f"W_h{gate}"] = w[f"W_h{gate}"].T
        if slips & {"bias forgotten", f"bias forgotten: {NAMES[gate]}"}:
            w[f"b_{gate}"] = np.zeros_like(w[f"b_{gate}"])
    return w


def _activated(a, slips):
    """Return a gate, from its pre-activation."""
    if "sigmoid forgotten" in slips:
        return a
    if "tanh for sigmoid" in slips:
        return np.tanh(a)
    if "hard sigmoid" in slips:
        return np.clip(0.2 * a + 0.5, 0, 1)
    s = sigmoid(-a if "sign in the sigmoid" in slips else a)
    return sigmoid(s) if "sigmoid of a sigmoid" in slips else s


def _variant(x_t, h_prev, weights, slips=frozenset()):
    w = _changed(weights, slips)

    def before(name, state):
        return x_t @ w[f"W_x{name}"] + state @ w[f"W_h{name}"] + w[f"b_{name}"]

    a_r = before("r", h_prev)
    r = _activated(a_r, slips)
    a_z = before("z", r * h_prev if "gated state in the update gate" in slips else h_prev)
    z = _activated(a_z, slips)
    dims, keeps = (z, r) if "gates exchanged" in slips else (r, z)
    read = h_prev if "reset forgotten" in slips else dims * h_prev
    new, recurrent = x_t @ w["W_xh"], read @ w["W_hh"]
    if "reset after for before" in slips:
        recurrent = dims * (h_prev @ w["W_hh"])
    if "reset on the wrong side" in slips:
        new = dims * new
    if "reset on the whole pre-activation" in slips:
        recurrent = h_prev @ w["W_hh"]
    a = new + recurrent + w["b_h"]
    a = a * (dims if any("whole pre-activation" in slip for slip in slips) else 1)
    h_tilde = sigmoid(a) if "sigmoid for tanh" in slips else np.tanh(a)
    h_tilde = a if "tanh forgotten" in slips else h_tilde
    if "z and 1 - z exchanged" in slips:
        keeps = 1 - keeps
    old = read if "gated state in the mean" in slips else h_prev
    h = keeps * old + (1 if "1 - z forgotten" in slips else 1 - keeps) * h_tilde
    if slips & {"pre-activations returned", "pre-activations returned: gates"}:
        r, z, h_tilde = a_r, a_z, a if "pre-activations returned" in slips else h_tilde
    if "results in another order: z before r" in slips:
        r, z = z, r
    return (h, r, z, h_tilde) if "results in another order" in slips else (r, z, h_tilde, h)


EXERCISE = Exercise(
    name="gru_step",
    outputs=("r", "z", "h_tilde", "h"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x_t, h_prev, **_: {
        "batch": len(x_t),
        "input": x_t.shape[1],
        "hidden": h_prev.shape[1],
    },
)


def gru_step(answer):
    """Check one step forward of a GRU with the reset before the product.

    Args:
        answer: function `(x_t, h_prev, weights) -> (r, z, h_tilde, h)`. `x_t (batch, input)`,
            `h_prev (batch, hidden)`, `weights` a dict of the nine arrays by their names in the
            chapter; the results are `(batch, hidden)` each.

    Returns:
        A `Verdict`. The truth is the library's own step (chapter 4, eq-gru-reset, eq-gru-update,
        eq-gru-candidate and eq-gru-state).

    """
    return EXERCISE.check(answer)
