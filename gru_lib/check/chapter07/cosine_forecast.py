"""Chapter 7: a network that runs free, with its state carried on."""

import numpy as np

from ..exercise import Exercise

SLIPS = {
    "the last known value read twice": (
        "The last known value is read once more before the first prediction. After the known "
        "values have been read, the state is ready: the first prediction is its readout."
    ),
    "known values not read": (
        "Only the last known value is read. The state should have seen all of them, in order."
    ),
    "nothing read": (
        "The known values are not read at all: the first prediction is the readout of the first "
        "state."
    ),
    "the last known value not read": (
        "The last known value is not read: the first prediction is one *of* it, not of what "
        "follows."
    ),
    "the first known value not read": "The first known value is not read. All of them are.",
    "predictions of known values": (
        "The forecast begins with predictions made while the known values were read. They are of "
        "known values; the first that counts comes after the last of these."
    ),
    "prediction added to the last value": (
        "Each prediction is added to the value before. The readout is the value itself, not the "
        "change."
    ),
    "zero for the prediction": (
        "After the known values the network reads zeros. It reads the prediction just made."
    ),
    "one step too few": "The last place of the forecast is still zero: one round is missing.",
    "window and state at once": (
        "The state is carried on, and yet the window of the last values is read again before each "
        "prediction. Each value is read once."
    ),
    "prediction not fed back": (
        "The last known value is read over and over. From the second step on the input is the "
        "prediction just made."
    ),
    "state not carried": (
        "Each prediction is read from the *first* state `h`, as if nothing had come before. The "
        "state goes on from step to step."
    ),
    "state after the known values kept": (
        "Each prediction is read by the state after the known values, as if no prediction had been "
        "read in between. The state goes on from step to step."
    ),
    "a window that slides": (
        "Each prediction is made from a window of as many values as there were known ones, read "
        "from the first state. That is the chapter's free run; here nothing is read twice, and the "
        "state is carried on."
    ),
    "prediction not read": (
        "The state stays as it is after the known values, so all predictions are the same. Each is "
        "read before the next one is made."
    ),
    "first prediction lost": (
        "The forecast begins with the second prediction. The first is the readout of the state "
        "after the last known value."
    ),
    "last known value in front": (
        "The forecast begins with the last known value. Its first entry should be the first "
        "prediction."
    ),
    "initial state ignored": (
        "The network begins with a state of zeros. It is given one, `h`: begin with that."
    ),
    "newest first": "The known values are read in reverse. The oldest comes first.",
    "read once more after the forecast": (
        "The state goes through an additional step between two predictions: each prediction is "
        "read twice."
    ),
}


def _network(rng, hidden):
    """A random network as two functions."""
    w_x, W_h = rng.normal(size=hidden), rng.normal(size=(hidden, hidden)) / np.sqrt(hidden)
    b, w_y, c = rng.normal(size=hidden), rng.normal(size=hidden), rng.normal()

    def step(x_t, h):
        return np.tanh(x_t * w_x + h @ W_h + b)

    def readout(h):
        return h @ w_y + c

    return step, readout


def _draw(rng, i):
    length = (3, 4, 1, 6, 2)[i // 2 % 5]
    hidden = max(3 + i // 2 % 3, 7 - length)
    step, readout = _network(rng, hidden)
    return {
        "known": rng.normal(size=length),
        "h": rng.normal(size=hidden),
        "step": step,
        "readout": readout,
        "n": 3 + i % 4 if i % 8 != 6 else 1,
    }


def _truth(known, h, step, readout, n):
    """For each value read everything again from the beginning."""
    values = list(known)
    for _ in range(n):
        state = h
        for x_t in values:
            state = step(x_t, state)
        values.append(readout(state))
    return np.array(values[len(known) :])


def _variant(known, h, step, readout, n, slips=frozenset()):
    if "a window that slides" in slips:
        return _sliding(known, h, step, readout, n, carried=False)
    if "window and state at once" in slips:
        return _sliding(known, h, step, readout, n, carried=True)
    start = 0 * h if "initial state ignored" in slips else h
    values = {
        "known values not read": known[-1:],
        "nothing read": known[:0],
        "the last known value not read": known[:-1],
        "the first known value not read": known[1:],
        "the last known value read twice": np.append(known, known[-1]),
        "newest first": known[::-1],
    }
    state, early = start, []
    for x_t in next((v for s, v in values.items() if s in slips), known):
        state = step(x_t, state)
        early.append(readout(state))
    forecast = [known[-1]] if "last known value in front" in slips else []
    if "predictions of known values" in slips:
        forecast = early[: min(n, len(known) - 1)]
    value, reached = known[-1], state
    extra = "first prediction lost" in slips
    while len(forecast) < n + extra:
        added = value if "prediction added to the last value" in slips else 0
        value = added + readout(state)
        forecast.append(value)
        if "prediction not read" in slips:
            continue
        before = start if "state not carried" in slips else state
        before = reached if "state after the known values kept" in slips else before
        x_t = known[-1] if "prediction not fed back" in slips else value
        x_t = 0.0 if "zero for the prediction" in slips else x_t
        state = step(x_t, before)
        if "read once more after the forecast" in slips:
            state = step(x_t, state)
    if "one step too few" in slips:
        forecast[-1] = 0.0
    return np.array(forecast[extra:])


def _sliding(known, h, step, readout, n, carried):
    """The window of the last values is read anew for each prediction."""
    values, state = list(known), h
    for _ in range(n):
        state = state if carried else h
        for x_t in values[-len(known) :]:
            state = step(x_t, state)
        values.append(readout(state))
    return np.array(values[len(known) :])


EXERCISE = Exercise(
    name="cosine_forecast",
    outputs=("forecast",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda known, h, step, readout, n: {"known values": len(known), "hidden": len(h), "n": n},
)


def cosine_forecast(answer):
    """Check a free run whose state is carried on.

    Args:
        answer: function `(known, h, step, readout, n) -> forecast`. `known (length,)` are values,
            `h (hidden,)` the state before them, `step(x_t, h)` returns the next state and
            `readout(h)` a number; `forecast (n,)`, each prediction read as the next input.

    Returns:
        A `Verdict`. The truth reads everything again from the beginning for each value.

    """
    return EXERCISE.check(answer)
