"""Chapter 9: a name as arrays."""

import numpy as np

from ...letters import Alphabet
from ..exercise import Exercise


def _shapes(text):
    """Return an explanation that begins with the shapes, since no numbers can be compared."""

    def explained(found):
        wrong = [n for n in found.expected if found.yours[n].shape != found.expected[n].shape]
        shapes = ", ".join(
            f"`{n}`: expected shape {found.expected[n].shape}, got {found.yours[n].shape}"
            for n in wrong
        )
        name = found.arguments["name"]
        return f"{text} (With `name = {name!r}`: {shapes}.)"

    return explained


SLIPS = {
    "labels not shifted": (
        "The labels are the numbers of what is read at the same step, so the answer stands in the "
        "input. What is asked for at a step is what will be read at the next one."
    ),
    "x and labels exchanged": (
        "What is read and what is asked for are exchanged: the mark comes first in what is read, "
        "and last in what is asked for."
    ),
    "mark read at the end": (
        "The labels are right, but the mark is read last: it belongs in front, or there is nothing "
        "from which the first letter could be predicted."
    ),
    "mark in front missing": _shapes(
        "Nothing stands before the first letter: the mark has to be read first, so that the first "
        "letter can be predicted from it."
    ),
    "end mark missing": _shapes(
        "The last step is missing: after the last letter the mark is asked for. A network trained "
        "without it never ends a name."
    ),
    "a mark at both ends": _shapes(
        "Both arrays have a mark at either end. A name of n letters gives n + 1 predictions: what "
        "is read lacks the mark at the end, what is asked for lacks the one in front."
    ),
    "numbers of the alphabet": (
        "The letters are numbered as in the alphabet, a 1, b 2, and so on. Their numbers are their "
        "places in `symbols`, whose order may be another one."
    ),
    "symbols sorted": (
        "The symbols are sorted before they are numbered, as `sorted(set(text))` does: the mark "
        "and the letters get other numbers. They are numbered already, by their places in "
        "`symbols`."
    ),
    "off by one": (
        "The letters are counted from 0, but number 0 is the mark: the first letter after it in "
        "`symbols` has number 1. As it is, that letter cannot be told from the end of the name."
    ),
    "mark as zeros": (
        "The row of the mark in `x` is all zeros. The mark is a symbol like any other, number 0: "
        "its row has a 1 at place 0. (Rows of zeros are for padding.)"
    ),
    "not one-hot": _shapes(
        "`x` holds the numbers of the symbols. A network would take b for twice a: each number has "
        "to become a row of K zeros with a single 1 at its place."
    ),
    "labels one-hot": _shapes(
        "The labels are one-hot rows; what is asked for is wanted as numbers, one for each step."
    ),
}


def _draw(rng, i):
    size = (5, 3, 8, 2, 6, 4)[i % 6]
    letters = rng.permutation(list("abcdefghi"[: size - 1]))
    count = (3, 2, 4, 1, 0, 5, 7)[i % 7]
    return {"name": "".join(rng.choice(letters, count)), "symbols": "·" + "".join(letters)}


def _truth(name, symbols):
    """What the package's own alphabet makes of a batch of one name."""
    x, labels, _ = Alphabet(symbols[1:]).encode([name])
    return x[0], labels[0]


def _variant(name, symbols, slips=frozenset()):
    mark = 0
    if "symbols sorted" in slips:
        mark, symbols = sorted(symbols).index(symbols[0]), "".join(sorted(symbols))
    numbers = [symbols.find(letter) for letter in name]
    if "numbers of the alphabet" in slips:
        numbers = [ord(letter) - ord("a") + 1 for letter in name]
    if "off by one" in slips:
        numbers = [number - 1 for number in numbers]
    read, asked = [mark, *numbers], [*numbers, mark]
    if "labels not shifted" in slips:
        asked = read
    if "x and labels exchanged" in slips:
        read, asked = asked, read
    if "mark read at the end" in slips:
        read = [*numbers, 0]
    if "mark in front missing" in slips:
        read = read[1:]
    if "end mark missing" in slips:
        read, asked = read[:-1], asked[:-1]
    if "a mark at both ends" in slips:
        read, asked = [*read, 0], [0, *asked]
    x, one_hot = np.array(read, int), np.eye(len(symbols))
    x = x if "not one-hot" in slips else one_hot[x]
    x = x * (np.array(read, int) > 0)[:, None] if "mark as zeros" in slips else x
    labels = np.array(asked, int)
    return x, one_hot[labels] if "labels one-hot" in slips else labels


EXERCISE = Exercise(
    name="encode",
    outputs=("x", "labels"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
    sizes=lambda name, symbols: {"letters": len(name), "symbols": len(symbols)},
)


def encode(answer):
    """Check how a name becomes what is read and what is asked for.

    Args:
        answer: function `(name, symbols) -> (x, labels)`. `symbols` is a string of K different
            symbols, the mark first; `name` has n of its letters. `x (n + 1, K)` is one-hot, the
            mark and the letters; `labels (n + 1,)` are numbers, the letters and the mark.

    Returns:
        A `Verdict`. The truth is what `gru_lib.letters.Alphabet` makes of the name.

    """
    return EXERCISE.check(answer)
