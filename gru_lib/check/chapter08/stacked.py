"""Chapter 8: the forward pass of layers that read both ways, on padded sequences."""

import numpy as np

from ...bidirectional import reverse
from ..exercise import Exercise
from .slips_of_stacked import BELOW, FIRST, LATE, RIGHT, SLIPS, UPWARDS, ZEROS


def _layer(x, weights):
    """A leaky RNN from a state of zeros, which takes half, or the share given, of the new state."""
    W_x, W_h, b, share = (*weights, 0.5)[:4]
    state, h = np.zeros((len(x), len(b))), np.zeros((*x.shape[:2], len(b)))
    for t in range(x.shape[1]):
        new = np.tanh(x[:, t] @ W_x + state @ W_h + b)
        state = (1 - share) * state + share * new
        h[:, t] = state
    return h


def _plain_layer(x, weights):
    """A vanilla RNN, as in the notebook."""
    W_x, W_h, b = weights
    return _layer(x, (W_x, W_h, b, 1.0))


def _draw(rng, i):
    batch, time, inputs = 2 + i % 3, 1 + (i + 2) % 5, 1 + i // 2 % 3
    inputs = 2 + 2 * (i // 5 % 2) if i % 5 == 1 else inputs  # all layers of one size
    lengths = rng.integers(1, time + 1, batch)
    lengths[0] = time if i % 3 else max(time - 1, 1)
    if i % 4 == 3:
        lengths[-1] = 0
    if i == 14:
        lengths[:] = 0
    layers, weights, size = 1 + i // 2 % 3, [], inputs
    for _ in range(layers):
        hidden = inputs // 2 if i % 5 == 1 else int(rng.integers(1, 4))
        ways = [
            [rng.normal(size=s) for s in ((size, hidden), (hidden, hidden), hidden)] for _ in "fb"
        ]
        share = [float(rng.uniform(0.3, 0.8))] * (i % 4 == 2)  # a cell's weights may be anything
        weights.append(tuple((*way, *share) for way in ways))
        size = 2 * hidden
    x = rng.normal(size=(batch, time, inputs))
    return {"x": x, "lengths": lengths, "layer": _layer, "weights": weights}


def _truth(x, lengths, layer, weights):
    """Run each sequence alone, without padding."""
    size = 2 * len(weights[-1][0][2])
    h, final = np.zeros((*x.shape[:2], size)), np.zeros((len(x), size))
    for i, n in enumerate(lengths):
        if n == 0:
            continue
        alone = x[i : i + 1, :n]
        for forwards, backwards in weights:
            ahead, back = layer(alone, forwards), layer(alone[:, ::-1], backwards)
            alone = np.concatenate([ahead, back[:, ::-1]], axis=2)
        h[i, :n] = alone[0]
        final[i] = np.concatenate([ahead[0, -1], back[0, -1]])
    return h, final


def _turn(x, lengths, slips):
    turned = reverse(x, lengths)
    if ZEROS not in slips:
        return turned
    return np.where((np.arange(x.shape[1]) < lengths[:, None])[..., None], turned, 0)


def _both(x, lengths, layer, pair, slips):
    """Return the joined states of one layer, without a mask, and the backward ones as they came."""
    forwards, backwards = pair[::-1] if "weights exchanged" in slips else pair
    if "the same weights twice" in slips:
        backwards = forwards
    if "padding counted" in slips:
        came = layer(x[:, ::-1], backwards)
    elif {"not turned round", "turned on the way back alone"} & slips:
        came = layer(x, backwards)
    else:
        came = layer(_turn(x, lengths, slips), backwards)
    if {"not turned back", "not turned round"} & slips:
        back = came
    elif {"padding counted", "turned back over the whole"} & slips:
        back = came[:, ::-1]
    else:
        back = _turn(came, lengths, slips)
    halves = [layer(x, forwards), back]
    if "concatenated in the other order" in slips:
        halves = halves[::-1]
    return np.concatenate(halves, axis=2), came


def _final(h, zeroed, came, lengths, slips):
    """Return the final states from the joined ones."""
    if "last column of h" in slips:
        return zeroed[:, -1]
    half, rows = h.shape[2] // 2, np.arange(len(h))
    if "concatenated in the other order" in slips:
        h = np.roll(h, half, axis=2)
    first, second = h[rows, lengths - 1, :half], h[:, 0, half:]
    if {"state not kept at padding", "last column for the last state"} & slips:
        first = h[:, -1, :half]
    if "zero for the last state" in slips:
        first = zeroed[:, -1, :half]
    if "backward state at the last step" in slips:
        second = h[rows, lengths - 1, half:]
    if "last column for the last state" in slips:
        second = h[:, -1, half:]
    if "backward state in the last column" in slips:
        second = came[:, -1]
    if RIGHT in slips:
        second = came[rows, lengths - 1]
    if not {"length 0 forgotten", "length 0 forgotten in the forward half"} & slips:
        first = np.where(lengths[:, None] > 0, first, 0)
    if not {"length 0 forgotten", "length 0 forgotten in the backward half"} & slips:
        second = np.where(lengths[:, None] > 0, second, 0)
    halves = [first, second]
    if "concatenated in the other order" in slips and RIGHT not in slips:
        halves = halves[::-1]
    if "last states in the other order" in slips:
        halves = halves[::-1]
    return np.concatenate(halves, axis=1)


def _variant(x, lengths, layer, weights, slips=frozenset()):
    slips = {part for name in slips for part in name.split(", ")}
    if "sorted by length" in slips:
        order = np.argsort(lengths if UPWARDS in slips else -lengths, kind="stable")
        x, lengths = x[order], lengths[order]
    layer = _plain_layer if "another layer called" in slips else layer
    late = LATE in slips or ("padding passed on" in slips and BELOW not in slips)
    real = (np.arange(x.shape[1]) < lengths[:, None])[..., None]
    below = x = np.where(real, x, 0) if FIRST in slips else x
    for pair in weights[:1] if "first layer only" in slips else weights:
        below = x if "upper layer reads x" in slips else below
        h, came = _both(below, lengths, layer, pair, slips)
        below = h if late else np.where(real, h, 0)
    zeroed = h if "padding passed on" in slips else np.where(real, h, 0)
    return zeroed, _final(h, zeroed, came, lengths, slips)


EXERCISE = Exercise(
    name="stacked",
    outputs=("h", "final"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda x, weights, **_: {
        "batch": len(x),
        "time": x.shape[1],
        "input": x.shape[2],
        "layers": len(weights),
    },
)


def stacked(answer):
    """Check the forward pass of layers that each read both ways, on padded sequences.

    Args:
        answer: function `(x, lengths, layer, weights) -> (h, final)`. `x` is `(batch, time,
            input)`, `lengths (batch,)` whole numbers from 0 to time; `layer(x, weights)` returns
            the states after all steps and knows no lengths; `weights` holds a pair per layer, for
            the directions forwards and backwards. `h (batch, time, 2 hidden)` is the highest
            layer's output, zero at padding, and `final (batch, 2 hidden)` its final states.

    Returns:
        A `Verdict`. The truth runs each sequence alone, without padding (math-both-ways,
        math-stack).

    """
    return EXERCISE.check(answer)
