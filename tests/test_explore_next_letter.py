"""The figure of chapter 9 against gru_lib, number by number, and what its words claim."""

import json
from pathlib import Path

import node
import numpy as np
import pytest
import traitlets

from gru_lib import GRU, Dense, Model
from gru_lib.activations import softmax
from gru_lib.explore import NextLetter
from gru_lib.letters import Alphabet, draw, nats_per_name, next_letter
from gru_lib.series import FOLDER

FOLDER_JS = Path(__file__).resolve().parents[1] / "gru_lib" / "explore" / "js"
ALPHABET = Alphabet()
ONE_HOT = np.eye(27)
STARTS = ["", "q", "jacq", "christina", "jacqueline", "zzzzzzzzzzzzzzzzzzzz", "nan", "aaaa"]
TOLERANCE = {"rtol": 0, "atol": 1e-9}

pytestmark = node.needs_node


def cast():
    """The chapter's model and the same in float64."""
    single = Model.load(FOLDER / "next-letter.npz")
    double = Model(GRU(27, 96, reset="after"), Dense(96, 27), output="all")
    for name, w in single.params.items():
        double.params[name][...] = w
    return single, double


SINGLE, DOUBLE = cast()
PACKED = NextLetter().weights


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    """Call functions of the figure with the weights in front: `script([(name, args), …])`."""
    module = tmp_path_factory.mktemp("js") / "all.mjs"
    letters, cells, view = (
        json.dumps((FOLDER_JS / f"{name}.mjs").as_uri())
        for name in ("letters", "cells", "next_letter")
    )
    module.write_text(
        f"import * as letters from {letters};\nimport {{ unpack }} from {cells};\n"
        f"export * from {letters};\nexport {{ render }} from {view};\n"
        f"const params = unpack({json.dumps(PACKED)});\n"
        "const reading = (typed) => letters.readName(params, typed);\n"
        "export const next = (typed, t) => letters.nextLetter(reading(typed), t);\n"
        "export const lean = (typed, k) => letters.leaning(params, reading(typed), k);\n"
        "const kept = new Map();\n"
        "export const exchange = (typed, k) => letters.exchanging(params, typed, k);\n"
        "export const again = (typed, k) => letters.exchanging(params, typed, k, kept);\n"
        "export const nats = (typed) => letters.natsOf(reading(typed), typed);\n"
        "export const one = (...rest) => letters.drawNext(params, ...rest);\n"
        "export const end = (...rest) => letters.drawToEnd(params, ...rest);\n"
        "export const seen = (state) => letters.look(params, state, kept);\n"
        "export const words = (state) => letters.tell(letters.look(params, state, kept));\n"
    )
    return lambda calls: node.run(module, calls)


def random_starts(count, longest=20, seed=0):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, longest + 1, count)
    return ["".join(rng.choice(list(ALPHABET.symbols[1:]), n)) for n in lengths]


def leaning(model, start, k):
    """The chapter's lean by the gradient, for one prediction."""
    x, _, _ = ALPHABET.encode([start])
    scores, _ = model.forward(x)
    dy = np.zeros_like(scores)
    dy[0, -1] = ONE_HOT[k] - softmax(scores[0, -1])
    g, _ = model.backward(dy)
    change = g - np.sum(g * x, axis=-1, keepdims=True)
    return np.sqrt(np.sum(change**2, axis=-1) / 26)[0, 1:]


def exchanging(model, start, k):
    """The same from real exchanges."""
    x, _, _ = ALPHABET.encode([start])
    many = np.tile(x, (27 * x.shape[1], 1, 1))
    for s in range(x.shape[1]):
        many[27 * s : 27 * s + 27, s] = ONE_HOT
    scores = model.forward(np.concatenate([x, many]))[0][:, -1]
    scores = scores - scores.max(axis=-1, keepdims=True)
    log_p = scores[:, k] - np.log(np.exp(scores).sum(axis=-1))
    change = (log_p[1:] - log_p[0]).reshape(-1, 27)
    return np.sqrt(np.sum(change**2, axis=1) / 26)[1:]


def mulberry(seed, n):
    """Number n of the generator that the figure draws with, in whole numbers of 32 bits."""
    low = 2**32 - 1
    a = (seed + (n + 1) * 0x6D2B79F5) & low
    a = ((a ^ (a >> 15)) * (a | 1)) & low
    a ^= (a + (a ^ (a >> 7)) * (a | 61)) & low
    return (a ^ (a >> 14)) / 2**32


class Given:
    """A generator whose numbers are given."""

    def __init__(self, numbers):
        self.numbers = numbers

    def random(self, shape):
        return np.reshape(self.numbers, shape)


def test_probabilities_of_the_next_letter(script):
    cases = [(s, t) for s in STARTS + random_starts(20) for t in (0.2, 1.0, 2.0)]
    ours = np.array(script([("next", case) for case in cases]))
    np.testing.assert_allclose(
        ours, [next_letter(DOUBLE, ALPHABET, *case) for case in cases], **TOLERANCE
    )
    distance = np.abs(ours - [next_letter(SINGLE, ALPHABET, *case) for case in cases]).max()
    assert distance < 1e-5, "the weights are float32, sums in the book are too"
    print(f"largest distance from the float32 model: {distance:.1e}")


def test_leaning_by_the_gradient(script):
    rng = np.random.default_rng(1)
    starts = STARTS + random_starts(12, 12, seed=4)
    cases = [(start, int(k)) for start, k in zip(starts, rng.integers(0, 27, 20), strict=True)]
    for ours, case in zip(script([("lean", case) for case in cases]), cases, strict=True):
        np.testing.assert_allclose(ours, leaning(DOUBLE, *case), **TOLERANCE)


def test_leaning_by_exchange_with_and_without_memory(script):
    """With the memory of earlier beginnings, in any order and after it was full, the same."""
    pairs = ["a" + other for other in ALPHABET.symbols[1:]]
    starts = ["", "q", "jacq", "jac", "jaca", "zz", *pairs, *ALPHABET.symbols[5:20]]
    cases = [(start, k % 27) for k, start in enumerate(starts)]
    calls = [("again", case) for case in cases] + [("again", case) for case in cases[:6]]
    calls += [("exchange", case) for case in cases[:6]]
    for ours, (_, case) in zip(script(calls), calls, strict=True):
        np.testing.assert_allclose(ours, exchanging(DOUBLE, *case), **TOLERANCE)


def test_what_a_name_costs(script):
    names = STARTS + random_starts(8, seed=2)
    truth = nats_per_name(DOUBLE, ALPHABET, names)
    whole, begun = (script([("nats", [name + end]) for name in names]) for end in ("·", ""))
    np.testing.assert_allclose([sum(each) for each in whole], truth, **TOLERANCE)
    for name, with_end, without in zip(names, whole, begun, strict=True):
        assert without == with_end[:-1]
        last = -np.log(next_letter(DOUBLE, ALPHABET, name)[0])
        np.testing.assert_allclose(with_end[-1], last, **TOLERANCE)


# --- drawing -----------------------------------------------------------------------------------


def test_random_numbers():
    module = FOLDER_JS / "letters.mjs"
    cases = [(seed, n) for seed in range(100) for n in range(20)]
    ours = np.array(node.run(module, [("randomNumber", case) for case in cases]))
    assert list(ours) == [mulberry(*case) for case in cases]
    assert len(set(ours)) == len(ours)
    assert ours.min() >= 0
    assert ours.max() < 1
    parts = np.histogram(ours, bins=10, range=(0, 1))[0]
    assert np.abs(parts - 200).max() < 60  # 4.5 standard deviations


def test_a_symbol_is_drawn_as_by_the_library():
    rng = np.random.default_rng(3)
    p = [rng.dirichlet(np.full(27, alpha)) for alpha in (0.1, 1, 10) for _ in range(40)]
    p += [ONE_HOT[0], ONE_HOT[26], np.array([0.25, 0.25, 0.5])]
    cases = [(row, r) for row in p for r in (0.0, 0.25, 0.5, float(rng.random()), 1 - 2**-32)]
    ours = node.run(FOLDER_JS / "letters.mjs", [("drawSymbol", case) for case in cases])
    assert ours == [draw(row, Given(r)) for row, r in cases]


def test_drawing_a_letter_and_to_the_end(script):
    cases = [("", 1.0, 0), ("", 0.2, 7), ("ma", 1.0, 3), ("jacq", 2.0, 0), ("q", 2.0, 99)]
    ones, ends = (script([(name, case) for case in cases]) for name in ("one", "end"))
    for (start, temperature, seed), one, end in zip(cases, ones, ends, strict=True):
        name = start
        while len(name) < 20 and not name.endswith("·"):
            p = next_letter(DOUBLE, ALPHABET, name, temperature)
            name += ALPHABET.symbols[draw(p, Given(mulberry(seed, len(name))))]
        assert end == name
        assert one == name[: len(start) + 1]


def test_a_name_that_is_over_or_full_stays(script):
    full = "a" * 20
    calls = [(name, (typed, 1, 0)) for name in ("one", "end") for typed in ("anna·", "·", full)]
    assert script(calls) == ["anna·", "·", full] * 2


# --- what is typed, and the words --------------------------------------------------------------

CLEANED = [
    ("anna", "anna", ""),
    ("Anna", "anna", ""),
    ("anna·", "anna·", ""),
    ("·", "·", ""),
    ("", "", ""),
    ("a" * 20 + "·", "a" * 20 + "·", ""),
    ("an3na", "anna", "“3” is refused: letters a to z only."),
    ("anna lena", "annalena", "A space is refused: letters a to z only."),
    ("Zoé", "zo", "“é” is refused: letters a to z only."),
    ("😀a`{", "a", "“😀” is refused: letters a to z only."),
    ("a" * 23, "a" * 20, "Cut off: a name has at most 20 letters."),
    ("anna\tlena", "annalena", "A space is refused: letters a to z only."),
    ("zoe\u0301", "zo", "“é” is refused: letters a to z only."),
    ("anna·b", "anna·", "Refused: nothing comes after the mark ·."),
    ("anna.", "anna·", ""),
    (".", "·", ""),
    ("j. r.", "j·", "Refused: nothing comes after the mark ·."),
]


def test_cleaning():
    calls = [("clean", [raw]) for raw, _, _ in CLEANED] + [("clean", [c[1]]) for c in CLEANED]
    results = node.run(FOLDER_JS / "letters.mjs", calls)
    both = zip(results[: len(CLEANED)], results[len(CLEANED) :], CLEANED, strict=True)
    for ours, again, (_, typed, hint) in both:
        assert ours == {"typed": typed, "hint": hint}
        assert again == {"typed": typed, "hint": ""}
        NextLetter(typed=typed)


def test_percent():
    cases = [0, 0.0049, 0.005, 0.314, 0.9949, 0.9951, 1]
    ours = node.run(FOLDER_JS / "letters.mjs", [("percent", [p]) for p in cases])
    shown = ["<1", "<1", "1", "31", "99", ">99", "100"]
    assert [words.replace("\N{NO-BREAK SPACE}", " ") for words in ours] == [f"{n} %" for n in shown]


def state(typed, temperature=1.0, measure="gradient"):
    return {"typed": typed, "temperature": temperature, "measure": measure}


def test_words_say_what_is_so(script):
    measures = {"gradient": leaning, "exchange": exchanging}
    cases = [
        state(typed, t, measure)
        for typed, t in (("j", 1.0), ("jacq", 0.5), ("ann·", 1.0), ("mari", 1.0))
        for measure in measures
    ]
    calls = [(name, [case]) for case in cases for name in ("words", "seen")]
    results = iter(script(calls))
    for case in cases:
        words, seen = next(results).replace("\N{NO-BREAK SPACE}", " "), next(results)
        letters = case["typed"].rstrip("·")
        p = next_letter(DOUBLE, ALPHABET, letters, case["temperature"])
        first = np.argsort(-p)[:3]
        np.testing.assert_allclose(seen["p"], p, **TOLERANCE)
        np.testing.assert_allclose(seen["plain"], next_letter(DOUBLE, ALPHABET, letters))
        assert seen["order"] == list(np.argsort(-p, kind="stable"))
        target = 0 if case["typed"] != letters else first[0]
        assert seen["target"] == target
        for k in first:
            name = "the end" if k == 0 else ALPHABET.symbols[k]
            share = f"{100 * p[k]:.0f}" if p[k] >= 0.005 else "<1"
            assert f"{name} {'>99' if 0.995 <= p[k] < 1 else share} %" in words
        lean = measures[case["measure"]](DOUBLE, letters, target)
        np.testing.assert_allclose(seen["lean"], lean, **TOLERANCE)
        by = "the gradient" if case["measure"] == "gradient" else "exchange"
        assert f"By {by}, the prediction of" in words
        if len(letters) == 1:
            assert f" leans on {letters} by {lean[0]:.2f} nats." in words
        else:
            most, least = (
                f"letter {n + 1}, {letters[n]} ({lean[n]:.2f}"
                for n in (lean.argmax(), lean.argmin())
            )
            assert f" leans most on {most} nats), and least on {least})." in words
        cost = nats_per_name(DOUBLE, ALPHABET, [letters])[0]
        if target == 0:
            assert "were:" in words
            assert f"“{letters}” is over; with its end it cost {cost:.2f} nats." in words
        else:
            begun = cost + np.log(next_letter(DOUBLE, ALPHABET, letters)[0])
            assert f"So far the name cost {begun:.2f} nats." in words
        assert ("temperature 0.5" in words) == (case["temperature"] == 0.5)
        assert words.endswith("those of temperature 1.") == (case["temperature"] == 0.5)


CHAPTER = {  # what the text around the figure says
    ("patri", 1, "gradient"): ["c 43 %, n 19 %", "most on letter 2, a (1.98", "5, i (0.59)"],
    ("patri", 1, "exchange"): ["most on letter 5, i (3.45", "least on letter 2, a (0.52)"],
    ("jacq", 1, "gradient"): ["u 97 %", "q (0.15 nats)"],
    ("jacq", 1, "exchange"): ["q (4.93 nats)"],
    ("christina", 1, "gradient"): ["the end 99 %", "most on letter 9, a (0.03 nats)"],
    ("christina", 1, "exchange"): ["most on letter 9, a (3.32 nats)"],
    ("patri", 0.5, "gradient"): ["c 78 %", "(1.98 nats)"],
    ("patri", 2, "gradient"): ["c 19 %", "(1.98 nats)"],
    ("emma·", 1, "gradient"): ["with its end it cost 10.04 nats"],
}


def test_numbers_of_the_chapter(script):
    said = script([("words", [state(*case)]) for case in CHAPTER])
    for words, parts in zip(said, CHAPTER.values(), strict=True):
        assert all(part in words.replace("\N{NO-BREAK SPACE}", " ") for part in parts)
    start = NextLetter().seed
    drawn = script([("end", ("", temperature, start)) for temperature in (1, 0.5, 1.5)])
    assert drawn == ["marysena·", "maryolina·", "maryukl·"]
    assert NextLetter().typed == "patri"
    one, two = (next_letter(DOUBLE, ALPHABET, "patri", temperature) for temperature in (1, 2))
    assert {ALPHABET.symbols[k] for k in range(27) if two[k] < one[k]} == set("cne")


def test_words_without_a_letter(script):
    start, over = script([("words", [state("")]), ("words", [state("·")])])
    assert start == "At the beginning of a name the likeliest are: m 9\xa0%, l 8\xa0% and s 8\xa0%."
    assert "leans" not in over
    assert "The empty name is over; with its end it cost " in over


# --- the figure in Python ----------------------------------------------------------------------


def test_the_weights_are_in_the_page_and_no_knob():
    figure = NextLetter(typed="ma")
    assert repr(figure) == (
        "NextLetter(measure='gradient', order='letter', seed=1, temperature=1.0, typed='ma')"
    )
    assert "weights" not in figure.about["start"]
    assert all(entry["dtype"] == "float32" for entry in PACKED.values())
    page = figure.page()
    assert len(page) < 300_000
    assert all(entry["data"] in page for entry in PACKED.values())
    with pytest.raises(TypeError):
        NextLetter(weights={})


@pytest.mark.parametrize("typed", ["Anna", "an na", "a" * 21, "·a", "··", "anna\n", 3])
def test_no_name(typed):
    with pytest.raises(traitlets.TraitError):
        NextLetter(typed=typed)
