"""Chapter 4: the whole backward pass through time of a GRU that is read out at its last step."""

import numpy as np

from ...activations import sigmoid
from ...gru import GRU
from ...losses import mean_squared_error
from ..exercise import Exercise
from .backward import GATES, PATHS, away_from_zero, weights_of
from .bptt_slips import SLIPS

ARRAYS = (*(f"{kind}{gate}" for gate in GATES for kind in ("W_x", "W_h", "b_")), "W_y", "b_y")
OUTPUTS = ("loss", *(f"d{name}" for name in ARRAYS), "dh_0")
RECIPE = {
    "tanh of a tanh",
    "stray + 1 at the candidate",
    "sigmoid of 1 - z",
    "r where h_prev belongs",
    "sigmoid of a sigmoid: reset gate",
    "overwritten dh",
    "dh not carried back",
}
# (batch, time, input, hidden, outputs), each for two cases.
SIZES = (
    (1, 1, 1, 1, 1),
    (1, 2, 1, 1, 1),
    (1, 2, 1, 2, 1),
    (2, 2, 1, 2, 1),
    (2, 3, 2, 2, 2),
    (3, 2, 2, 3, 1),
    (3, 3, 3, 3, 3),
    (2, 5, 3, 2, 2),
    (4, 4, 1, 3, 2),
    (3, 1, 2, 4, 3),
    (2, 4, 2, 3, 1),
    (1, 6, 2, 2, 3),
)


def _draw(rng, i):
    batch, time, inputs, hidden, outputs = SIZES[i // 2 % len(SIZES)]
    readout = {"W_y": rng.normal(size=(hidden, outputs)), "b_y": rng.normal(size=outputs)}
    return {
        "x": away_from_zero(rng, 0.5, 2, (batch, time, inputs)),
        "y": away_from_zero(rng, 1, 3, (batch, outputs)),
        "h_0": away_from_zero(rng, 0.4, 1, (batch, hidden)),
        "weights": weights_of(rng, inputs, hidden) | readout,
    }


def _truth(x, y, h_0, weights, reset="before"):
    """Let the library do it: its `GRU`, which is held against the complex step elsewhere."""
    layer = GRU(x.shape[2], h_0.shape[1], reset=reset)
    for name, w in layer.named_params.items():
        w[...] = weights.get(name, 0)  # a second bias is zero
    _, last = layer.forward(x, h_0)
    loss, d_prediction = mean_squared_error(last @ weights["W_y"] + weights["b_y"], y)
    _, dh_0 = layer.backward(dstate=d_prediction @ weights["W_y"].T)
    found = [layer.named_grads[name].copy() for name in ARRAYS[:9]]
    return loss, *found, last.T @ d_prediction, d_prediction.sum(axis=0), dh_0


def _variant(x, y, h_0, weights, slips=frozenset()):
    if "reset after for before" in slips:
        return _truth(x, y, h_0, weights, reset="after")
    if "recipe B" in slips:
        slips = slips | RECIPE
    w, update = dict(weights), ("W_xz", "W_hz", "b_z")
    if "z and 1 - z exchanged" in slips:
        w |= {name: -w[name] for name in update}
    if "reshaped for transposed" in slips:
        x = np.swapaxes(x.reshape(x.shape[1], x.shape[0], x.shape[2]), 0, 1)
    steps, h = [], [0 * h_0 if "initial state not used" in slips else h_0]
    for x_t in np.swapaxes(x, 0, 1):
        r, z = (
            sigmoid(x_t @ w[f"W_x{g}"] + h[-1] @ w[f"W_h{g}"] + w[f"b_{g}"]) for g in ("r", "z")
        )
        h_tilde = np.tanh(x_t @ w["W_xh"] + (r * h[-1]) @ w["W_hh"] + w["b_h"])
        steps.append((x_t, h[-1], r, z, h_tilde))
        h.append(z * h[-1] + (1 - z) * h_tilde)
    if "one array for all states" in slips:
        h = [h[-1]] * len(h)
        steps = [(x_t, h[-1], *gates) for x_t, _, *gates in steps]
    grads = {name: np.zeros_like(array) for name, array in w.items()}
    loss, own = _readout(h, y, w, grads, slips)
    dh_0 = _walk(steps, h, own, w, grads, slips)
    if "z and 1 - z exchanged" in slips:
        grads |= {name: -grads[name] for name in update}
    return loss, *(grads[name] for name in ARRAYS), dh_0


def _readout(h, y, w, grads, slips):
    """Return the loss and what it sends to each step; fill the readout's gradients."""
    read = [len(h) - 1]
    if slips & {"averaged over all steps", "target at every step"}:
        read = list(range(1, len(h)))
    own = [np.zeros_like(state) for state in h]
    loss, count, divisor = 0.0, y.size * len(read), y.size * len(read)
    if "mean over the batch only" in slips:
        count = divisor = len(y)
    divisor = len(y) if "divided by the batch only" in slips else divisor
    if slips & {"sum for mean", "sum for mean in the gradients"}:
        divisor = 1
    for t in read:
        target = y if t == len(h) - 1 or "target at every step" in slips else np.zeros_like(y)
        prediction = h[t] @ w["W_y"] + (0 if "bias forgotten: readout" in slips else w["b_y"])
        loss += np.sum((prediction - target) ** 2)
        d = prediction if "target not used" in slips else prediction - target
        d = d * (1 if "factor 2 missing" in slips else 2) / divisor
        d = d * ("loss never differentiated" not in slips)
        before = "readout of the state before" in slips
        grads["W_y"] += h[t - 1 if before else t].T @ d
        grads["b_y"] += d.sum(axis=0)
        own[t] = d @ w["W_y"].T
    return loss / (1 if "sum for mean" in slips else count), own


def _walk(steps, h, own, w, grads, slips):
    """Fill the gradients of the nine arrays and return that of the first state."""
    first = 1 if "one step too few" in slips else 0
    first = len(steps) - 1 if "last step only" in slips else first
    dh = share = came_in = own[-1]
    order = range(len(steps) - 1, first - 1, -1)
    for t in reversed(order) if "walks forwards" in slips else order:
        x_t, h_prev, r, z, _ = steps[t]
        da_r, da_z, da_h, share = _step_back(dh, steps[t], w, slips)
        if "dh replaced before the sums" in slips:
            da_r, da_z, da_h, _ = _step_back(share, steps[t], w, slips)
        source = _candidate_source(dh, da_h, share, z, slips)
        state = h[t + 1] if "this state for the one before" in slips else h_prev
        gated = state if "plain state for the gated one" in slips else r * state
        for gate, da, read in zip("rzh", (da_r, da_z, source), (state, state, gated), strict=True):
            terms = {
                f"W_x{gate}": x_t.T @ da,
                f"W_h{gate}": read.T @ da,
                f"b_{gate}": da.sum(axis=0),
            }
            for name, term in terms.items():
                grads[name] = term if "= for +=" in slips else grads[name] + term
        came_in = dh
        if "same dh at every step" not in slips:
            own_t = own[-1] if "last dh added at every step" in slips else own[t]
            dh = own_t + (0 if "dh not carried back" in slips else share)
    if "gradient of h_1 for dh_0" in slips:
        return came_in
    return 0 * share if "dh_0 left at zero" in slips else share


def _candidate_source(dh, da_h, share, z, slips):
    """Return what the candidate's three arrays are computed from."""
    if "overwritten dh" in slips:
        return share
    if "overwritten dh before the slope" in slips:
        return dh * (1 - z)
    return dh if "dh for da_h" in slips else da_h


def _step_back(dh, step, w, slips):
    """Return the gradients of the three pre-activations, and the share of the state before."""
    _, h_prev, r, z, h_tilde = step

    def slope(gate, name):
        if "derivative missing" in slips:
            return 1
        if name == "update" and "sigmoid of 1 - z" in slips:
            gate = 1 - gate
            return sigmoid(gate) * (1 - sigmoid(gate))
        twice = slips & {"sigmoid of a sigmoid", f"sigmoid of a sigmoid: {name} gate"}
        gate = sigmoid(gate) if twice else gate
        return gate * (1 - gate)

    W_hr, W_hz, W_hh = (
        w[name] if "missing transpose" in slips else w[name].T for name in ("W_hr", "W_hz", "W_hh")
    )
    out = np.tanh(h_tilde) if "tanh of a tanh" in slips else h_tilde
    da_h = dh * (1 if "1 - z forgotten" in slips else 1 - z)
    if "dh overwritten too early" in slips:
        dh = da_h
    da_h = da_h * (1 if "derivative missing: candidate" in slips else 1 - out**2)
    bracket = h_prev - h_tilde + ("stray + 1" in slips) - ("stray + 1 at the candidate" in slips)
    d_rh = da_h @ W_hh
    da_r = d_rh * (r if "r where h_prev belongs" in slips else h_prev) * slope(r, "reset")
    read = dh
    if "dh replaced too early" in slips:
        read = dh * z + d_rh * r + da_r @ W_hr
    dz = read * bracket + ("stray + 1 outside the bracket" in slips)
    da_z = dz * slope(z, "update")
    ways = zip(PATHS, (dh * z, d_rh * r, da_r @ W_hr, da_z @ W_hz), strict=True)
    share = sum(way for path, way in ways if f"path forgotten: {path}" not in slips)
    share = share + dh * ("+= for = in dh" in slips)
    return da_r, da_z, da_h, share


EXERCISE = Exercise(
    name="gru_bptt",
    outputs=OUTPUTS,
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x, y, h_0, **_: {
        "batch": len(x),
        "time": x.shape[1],
        "input": x.shape[2],
        "hidden": h_0.shape[1],
        "outputs": y.shape[1],
    },
)


def gru_bptt(answer):
    """Check the whole backward pass through time of a GRU that is read out at its last step.

    Args:
        answer: function `(x, y, h_0, weights)` that returns a dict of the loss, the gradients of
            nine arrays of the cell and two of the readout, and `dh_0`. `x (batch, time, input)`,
            `y (batch, outputs)`, `h_0 (batch, hidden)`; the loss is the mean of all squared errors.

    Returns:
        A `Verdict`. The truth is the library's own `GRU` and mean squared error (chapter 4,
        eq-gru-daz to eq-gru-dwhh).

    """
    return EXERCISE.check(answer)
