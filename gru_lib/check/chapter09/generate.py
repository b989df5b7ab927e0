"""Chapter 9: a whole name, drawn letter by letter."""

import operator

import numpy as np

from ...activations import softmax
from ..exercise import Exercise
from .drawing_slips import SLIPS


class _Network:
    """A small network with random weights, as the function that the answer is given."""

    def __init__(self, rng, size):
        self.W_x = rng.normal(scale=1.5, size=(size, 4))
        self.W_h = rng.normal(scale=1.2, size=(4, 4))
        self.W_y = rng.normal(scale=1.5, size=(4, size))

    def __call__(self, k, state):
        k = operator.index(k)
        if not 0 <= k < len(self.W_x):
            raise ValueError(
                f"k: expected the number of a symbol, 0 to {len(self.W_x) - 1}, got {k}"
            )
        a = self.W_x[k] if state is None else self.W_x[k] + state @ self.W_h
        return np.tanh(a) @ self.W_y, np.tanh(a)

    def __deepcopy__(self, memo):
        return self


def _draw(rng, i):
    size = (3, 4, 5, 6)[i % 4]
    letters = "".join(rng.permutation(list("abcde"[: size - 1])))
    longest = (4, 3, 6, 5, 1)[i % 5]
    count = min((0, 1, 2, 3, 0, 2)[i % 6], longest)
    return {
        "step": _Network(rng, size),
        "symbols": "·" + letters,
        "start": "".join(rng.choice(list(letters), count)),
        "temperature": (1.0, 0.4, 2.0)[i % 3],
        "u": rng.uniform(size=longest + 3),
        "longest": longest,
    }


def _truth(step, symbols, start, temperature, u, longest):
    """Each letter anew: read the mark and the whole name so far, and draw the next from that."""
    name = start
    for u_t in u:
        state = None
        for symbol in "·" + name:
            scores, state = step(symbols.index(symbol), state)
        below = np.cumsum(softmax(scores / temperature))
        k = int(np.searchsorted(below, u_t, side="right"))
        if len(name) >= longest or k == 0:
            break
        name += symbols[k]
    return name


def _read(step, symbols, start, slips):
    """Return (scores, state, the last symbol read) before the first draw."""
    numbers = [symbols.index(letter) for letter in start]
    if "start not read" in slips:
        numbers = []
    if "last step only" in slips:
        numbers = numbers[-1:]
    if "mark not read" not in slips or not numbers:
        numbers = [0, *numbers]
    if "last letter read twice" in slips:
        numbers.append(numbers[-1])
    first, after = step(numbers[0], None)
    scores, state = first, after
    for k in numbers[1:]:
        state = after if "state not carried in the start" in slips else state
        forgotten = {"state not carried", "start read from None"} & slips
        scores, state = step(k, None if forgotten else state)
    state = after if "state not carried in the start" in slips else state
    return first if "scores of the mark" in slips else scores, state, numbers[-1]


def _chosen(scores, temperature, u, slips):
    if "temperature ignored" in slips:
        temperature = 1
    scores = scores * temperature if "temperature multiplied" in slips else scores / temperature
    if "always the likeliest" in slips:
        return int(np.argmax(scores))
    return int(np.sum(u >= np.cumsum(softmax(scores))[:-1]))


def _variant(step, symbols, start, temperature, u, longest, slips=frozenset()):
    scores, state, last = _read(step, symbols, start, slips)
    name, given = start, len(start)
    draws = longest - given + ("one step too many" in slips) - ("one step too few" in slips)
    draws = max(draws, 1) if "length tested too late" in slips else draws
    draws = longest if "start not counted" in slips else draws
    draws = len(u) if "longest ignored" in slips else draws
    for t in range(draws):
        first = t == 0
        t = 0 if "first number every time" in slips else t
        place = given if "numbers by place" in slips else int("off by one" in slips)
        k = _chosen(scores, temperature, u[place + t], slips)
        if k > 0 or "mark kept" in slips:
            name += symbols[k]
        if k == 0 and "end ignored" not in slips:
            break
        read = last if "drawn letter not read" in slips else k
        read = int(np.argmax(scores)) if "likeliest letter read" in slips else read
        read = 0 if "mark read for the drawn letter" in slips else read
        if {"state not carried", "state not carried while drawing"} & slips:
            state = None
        state = None if first and "state dropped after the start" in slips else state
        if "whole name read again" in slips:
            for letter in symbols[0] + name[:-1]:
                _, state = step(symbols.index(letter), state)
        if "drawn letter read twice" in slips:
            _, state = step(read, state)
        new_scores, new = step(read, state)
        scores = scores if "scores not renewed" in slips else new_scores
        state = state if "state kept at the start's" in slips else new
    name = name[given:] if "start missing" in slips else name
    return symbols[0] + name if "mark in front" in slips else name


EXERCISE = Exercise(
    name="generate",
    outputs=("name",),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda symbols, start, longest, **_: {
        "symbols": len(symbols),
        "letters in `start`": len(start),
        "longest": longest,
    },
    cases=60,
)


def generate(answer):
    """Check the drawing of a whole name from a network that is given as a function.

    Args:
        answer: function `(step, symbols, start, temperature, u, longest) -> name`. `step(k, state)`
            returns the scores `(K,)` and the new state, `symbols` are K symbols, the mark first,
            `start` is what the name begins with, `u` has at least `longest` random numbers.

    Returns:
        A `Verdict`. The truth reads the whole name again for every letter that it draws.

    """
    return EXERCISE.check(answer)
