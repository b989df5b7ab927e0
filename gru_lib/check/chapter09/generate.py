"""Chapter 9: a whole name, drawn letter by letter."""

import operator

import numpy as np

from ...activations import softmax
from ..exercise import Exercise

SLIPS = {
    "state not carried": (
        "Every call of `step` gets `None` as the state, so the network forgets all but the symbol "
        "it reads. Hand over the state that the call before returned."
    ),
    "state kept at the start's": (
        "The state is carried through the given letters, but not from draw to draw: every drawn "
        "letter is read from the same old state. Take the new state from `step` each time."
    ),
    "state dropped after the start": (
        "The first letter drawn is read from the state `None`, as if nothing had been read before; "
        "from then on the state is carried. Go on with the state that the given letters have left."
    ),
    "mark not read": (
        "The letters of `start` are read without the mark in front of them (it is read only if "
        "`start` is empty). The network has been trained on names with the mark first; from the "
        "state `None` it expects the mark."
    ),
    "start not read": (
        "The name begins with `start`, but the network has not read it: what follows does not "
        "depend on it. Let it read each of the letters before the first draw."
    ),
    "last step only": (
        "Of `start` only the last letter is read. The state has to see all of its letters, in "
        "their order."
    ),
    "last letter read twice": (
        "The last symbol given, the last letter of `start` or the mark, is read twice: once with "
        "the given ones, and once more in front of the first draw. The scores of the first reading "
        "are those to draw from."
    ),
    "whole name read again": (
        "Before each draw the mark and the whole name are read again, on top of a state that has "
        "read them already. Let the network read the new letter alone, or begin again with "
        "`None`."
    ),
    "drawn letter not read": (
        "What is drawn is not read: the network reads the same symbol again and again. Let it read "
        "the index that was drawn."
    ),
    "likeliest letter read": (
        "The letter drawn is put at the end of the name, but the network reads the likeliest one: "
        "it goes on with another name than the one on paper. Let it read the index that was drawn."
    ),
    "start missing": (
        "Only the drawn letters are returned. The name is `start` and what was drawn after it."
    ),
    "mark kept": "The mark at the end is returned with the name. It says that the name is over.",
    "mark in front": "The name is returned with the mark in front, which is read, but no letter.",
    "end ignored": (
        "It goes on drawing after the mark was drawn. With the mark the network says that the name "
        "is over."
    ),
    "one step too many": "The name may get one letter more than `longest`.",
    "one step too few": "The name stops one letter before `longest`.",
    "start not counted": (
        "`longest` letters are drawn beside those of `start`. It is the name that may have "
        "`longest` letters, those of `start` included."
    ),
    "longest ignored": (
        "`longest` makes no difference: it draws until the mark comes or the numbers are used up."
    ),
    "off by one": (
        "The first draw uses `u[1]`, and `u[0]` is skipped. Nothing is drawn for the mark in front."
    ),
    "first number every time": (
        "Every draw uses `u[0]`. The draws have to be independent: the second one uses `u[1]`."
    ),
    "numbers by place": (
        "The numbers are counted by the place in the name, so those of the places in `start` are "
        "skipped. The first draw uses `u[0]`."
    ),
    "temperature multiplied": (
        "The scores are multiplied by the temperature. Divide: below 1 likely letters become "
        "likelier."
    ),
    "temperature ignored": (
        "The temperature makes no difference. Divide the scores by it, before the softmax."
    ),
    "always the likeliest": (
        "Each time the likeliest symbol is taken, whatever `u` is: so there is one name only. Draw "
        "from the probabilities."
    ),
}


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
    state = None
    for k in numbers:
        scores, state = step(k, None if "state not carried" in slips else state)
    return scores, state, numbers[-1]


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
        if "state not carried" in slips or (first and "state dropped after the start" in slips):
            state = None
        if "whole name read again" in slips:
            for letter in symbols[0] + name[:-1]:
                _, state = step(symbols.index(letter), state)
        scores, new = step(read, state)
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
