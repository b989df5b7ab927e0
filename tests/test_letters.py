"""Names as arrays, and a network that is asked for the next letter."""

import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_lib import GRU, LSTM, RNN, Bidirectional, Dense, Model
from gru_lib.activations import softmax
from gru_lib.letters import (
    Alphabet,
    draw,
    generate,
    nats_per_name,
    next_letter,
    read_names,
    split_names,
)
from gru_lib.losses import softmax_cross_entropy

ALPHABET = Alphabet()
ABC = Alphabet("abc")
NAMES = st.lists(st.text(string.ascii_lowercase, max_size=12), min_size=1, max_size=8)


def network(alphabet=ABC, layer=GRU, size=5, dtype=np.float64):
    """A small network with large weights, so that no two letters are alike to it."""
    letters = len(alphabet)
    layers = layer(letters, size, dtype=dtype, seed=0), Dense(size, letters, dtype=dtype, seed=1)
    model = Model(*layers, output="all")
    for w in model.params.values():
        w *= 4
    return model


def table(rows, alphabet=ABC):
    """A network that only knows the latest symbol: each one's row of probabilities of the next."""
    size = len(alphabet)
    model = Model(RNN(size, size), Dense(size, size), output="all")
    for w in model.params.values():
        w[...] = 0
    model.params["rnn0.W_xh"][...] = 40 * np.eye(size)  # tanh(40) is 1
    model.params["dense1.W_hy"][...] = np.log(np.maximum(rows, 1e-300))
    return model


ROWS = np.array([[0, 0.5, 0.25, 0.25], [0.5, 0, 0.5, 0], [0.125, 0.75, 0, 0.125], [1, 0, 0, 0]])


def test_the_names_of_the_census():
    names = read_names()
    assert list(names.columns) == ["name", "female", "male"]
    assert (len(names), (names.female > 0).sum(), (names.male > 0).sum()) == (5163, 4275, 1219)
    assert {"na", "nan"} <= set(names.name)
    assert names.female.dtype == names.male.dtype == np.float64
    assert names.set_index("name").loc["jamie"].tolist() == [0.153, 0.066]
    assert set("".join(names.name)) == set(string.ascii_lowercase)


def test_a_split_deals_out_every_name_once():
    names = [f"{a}{b}" for a in "abcdefghij" for b in "klmnopqrst"]
    parts = split_names(names)
    assert [len(part) for part in parts] == [80, 10, 10]
    assert sorted(parts[0] + parts[1] + parts[2]) == sorted(names)
    assert parts == split_names(names[::-1] + names[:50])
    assert parts == split_names(iter(names), seed=0)
    assert parts != split_names(names, seed=1)
    assert parts[0] != sorted(parts[0])


def test_the_parts_of_a_split():
    names = list(string.ascii_lowercase[:8])
    assert [len(p) for p in split_names(names, parts=(0.25, 0.5, 0.25))] == [2, 4, 2]
    assert [len(p) for p in split_names(read_names().name)] == [4130, 517, 516]
    names = [f"{i:02}" for i in range(100)]  # 0.29 * 100 is a little less than 29
    assert [len(p) for p in split_names(names, parts=(0.29, 0.5, 0.21))] == [29, 50, 21]


@pytest.mark.parametrize("parts", [(0.8, 0.2), (0.8, 0.1, 0.2), (0.4, 0.3, 0.2, 0.1)])
def test_parts_that_are_not_three_shares(parts):
    with pytest.raises(ValueError, match=r"parts: expected three shares that add up to 1"):
        split_names(["ann", "bea", "cleo"], parts=parts)


def test_a_split_that_cannot_be():
    with pytest.raises(ValueError, match=r"parts: expected a finite number above 0, got 0"):
        split_names(["a", "b", "c"], parts=(0.5, 0.5, 0))
    with pytest.raises(ValueError, match=r"names: expected enough for three parts, got 2 distinct"):
        split_names(["a", "b", "a"])
    with pytest.raises(ValueError, match=r"names: expected enough for three parts, got 3 distinct"):
        split_names(["a", "b", "c"], parts=(0.01, 0.5, 0.49))


def test_encoding_by_hand():
    x, labels, lengths = ABC.encode(["ba", "", "cab"])
    expected = np.zeros((3, 4, 4))
    expected[:, 0, 0] = 1
    expected[0, [1, 2], [2, 1]] = 1
    expected[2, [1, 2, 3], [3, 1, 2]] = 1
    np.testing.assert_array_equal(x, expected)
    np.testing.assert_array_equal(labels, [[2, 1, 0, 0], [0, 0, 0, 0], [3, 1, 2, 0]])
    assert lengths.tolist() == [3, 1, 4]
    assert (x.dtype, labels.dtype.kind, lengths.dtype.kind) == (np.float64, "i", "i")
    assert ABC.encode(["a"], np.float32)[0].dtype == np.float32


@given(NAMES)
def test_what_is_encoded_can_be_decoded(names):
    x, labels, lengths = ALPHABET.encode(names)
    assert x.shape == (len(names), max(map(len, names)) + 1, 27)
    for i, name in enumerate(names):
        assert ALPHABET.decode(x[i, : lengths[i]].argmax(axis=-1)) == "·" + name
        assert ALPHABET.decode(labels[i, : lengths[i]]) == name + "·"
        assert x[i].sum() == lengths[i] == len(name) + 1
        assert not labels[i, lengths[i] :].any()


def test_the_alphabet():
    assert (len(ALPHABET), ALPHABET.symbols[0], ALPHABET.symbols[26]) == (27, "·", "z")
    assert ALPHABET.indices("az").tolist() == [1, 26]
    assert ALPHABET.indices("").dtype.kind == "i"
    for letters in ("", "aba", "a·"):
        with pytest.raises(ValueError, match=r"letters: expected different ones without the mark"):
            Alphabet(letters)


@pytest.mark.parametrize("text", ["bd", "·", "b A", "\N{LATIN SMALL LETTER E WITH ACUTE}"])
def test_a_letter_that_the_alphabet_lacks_is_named(text):
    model = network()
    culprit = text.strip("b")[0]
    message = rf"'{text}': expected letters from 'a' to 'c', got '{culprit}'"
    for call in (
        lambda: ABC.indices(text),
        lambda: ABC.encode(["a", text]),
        lambda: nats_per_name(model, ABC, [text]),
        lambda: next_letter(model, ABC, text),
        lambda: generate(model, ABC, 2, start=text),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_names_that_are_no_list_of_names():
    for call in (split_names, ABC.encode, lambda names: nats_per_name(network(), ABC, names)):
        with pytest.raises(TypeError, match="names: expected a list of names, got the string 'ab'"):
            call("ab")
        with pytest.raises(TypeError, match="names: expected strings, got nan"):
            call(["a", float("nan")])
        with pytest.raises(ValueError, match="names: expected at least one, got none"):
            call([])


def test_nats_by_hand():
    nats = nats_per_name(table(ROWS), ABC, ["ab", "c", "ba", "bab"])
    # "ab·" is 1/2 1/2 1/8, "c·" 1/4 1, "ba·" 1/4 3/4 1/2, "bab·" 1/4 3/4 1/2 1/8
    expected = np.log([32, 4, 32 / 3, 256 / 3])
    np.testing.assert_allclose(nats, expected, rtol=1e-12)


def test_nats_are_those_of_the_loss():
    model, names = network(), ["a", "cab", "", "bb"]
    x, labels, lengths = ABC.encode(names)
    loss, _ = softmax_cross_entropy(model.forward(x)[0], labels, lengths)
    np.testing.assert_allclose(nats_per_name(model, ABC, names).sum(), loss * lengths.sum())


def test_nats_of_many_names_stay_in_order(monkeypatch):
    names = ["a", "cab", "bb", "ca", "ccc"]
    at_once = nats_per_name(network(), ABC, names)
    monkeypatch.setattr("gru_lib.letters.BATCH", 2)
    np.testing.assert_allclose(nats_per_name(network(), ABC, names), at_once, rtol=1e-12)
    assert len(set(at_once.round(6))) == 5


def test_nats_of_scores_that_would_overflow():
    model = network(dtype=np.float32)
    for w in model.layers[-1].params.values():
        w *= 1e4
    nats = nats_per_name(model, ABC, ["abc", "cba"])
    assert nats.dtype == np.float64
    assert np.isfinite(nats).all()
    assert (nats > 100).all()


def test_probabilities_are_what_the_nats_are_made_of():
    model = network()
    steps = [next_letter(model, ABC, "ca"[:i])[s] for i, s in enumerate(ABC.indices("ca"))]
    end = next_letter(model, ABC, "ca")[0]
    nats = nats_per_name(model, ABC, ["ca"])[0]
    np.testing.assert_allclose(-np.log([*steps, end]).sum(), nats, rtol=1e-12)


def test_the_next_letter_by_hand():
    model = table(ROWS)
    np.testing.assert_allclose(next_letter(model, ABC, ""), ROWS[0], atol=1e-12)
    np.testing.assert_allclose(next_letter(model, ABC, "ab"), ROWS[2], atol=1e-12)
    colder = next_letter(model, ABC, "ab", temperature=0.5)
    np.testing.assert_allclose(colder, np.array([1, 36, 0, 1]) / 38, atol=1e-12)
    warmer = next_letter(model, ABC, "", temperature=1e6)
    np.testing.assert_allclose(warmer, np.full(4, 0.25), atol=1e-3)
    assert next_letter(network(dtype=np.float32), ABC, "a").dtype == np.float64


@pytest.mark.parametrize(("layer", "dtype"), [(GRU, np.float64), (LSTM, np.float32)])
def test_names_are_drawn_as_if_each_were_run_from_its_beginning(layer, dtype):
    model, rng, temperature = network(layer=layer, dtype=dtype), np.random.default_rng(3), 1.5
    expected, open_names = ["b"] * 6, set(range(6))
    for _ in range(7):
        for i, u in enumerate(rng.random(6)):
            p = next_letter(model, ABC, expected[i], temperature)
            symbol = int(np.searchsorted(p.cumsum(), u))
            if i in open_names and symbol:
                expected[i] += ABC.symbols[symbol]
            else:
                open_names.discard(i)
    found = generate(model, ABC, 6, temperature, start="b", seed=3, longest=8)
    assert found == expected
    assert len({len(name) for name in found}) > 1


def test_every_letter_costs_one_step(monkeypatch):
    model, shapes, forward = table(np.roll(np.eye(4), 1, axis=1)), [], Model.forward

    def watched(self, x, *arguments):
        shapes.append(x.shape)
        return forward(self, x, *arguments)

    monkeypatch.setattr(Model, "forward", watched)
    assert generate(model, ABC, 5, seed=0) == ["abc"] * 5
    assert shapes == [(5, 1, 4)] * 4
    shapes.clear()
    assert generate(model, ABC, 2, start="ab", seed=0) == ["abc"] * 2
    assert shapes == [(2, 3, 4), (2, 1, 4)]


def test_a_name_ends_at_the_mark_or_at_the_longest():
    for_ever = table([[0, 1, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 1, 0, 0]])
    assert generate(for_ever, ABC, 2, longest=5) == ["ababa"] * 2
    assert generate(for_ever, ABC, 1, start="aba", longest=3) == ["aba"]
    assert generate(for_ever, ABC, 1) == ["ab" * 10]
    empty = table([[1, 0, 0, 0]] + [[0, 1, 0, 0]] * 3)  # the mark, from which "a" could follow
    assert generate(empty, ABC, 3) == [""] * 3


def test_letters_come_as_often_as_they_should():
    names = generate(table(ROWS), ABC, 4000, seed=1)
    first = np.array([sum(name.startswith(letter) for name in names) for letter in "abc"])
    np.testing.assert_allclose(first / 4000, ROWS[0, 1:], atol=0.03)
    assert "cb" not in "".join(name + "·" for name in names)


def test_the_seed_decides_and_nothing_else():
    model = network()
    found = generate(model, ABC, 9, seed=5)
    np.random.seed(0)  # noqa: NPY002
    assert generate(model, ABC, 9, seed=5) == found
    assert generate(model, ABC, 9, seed=6) != found
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    generate(model, ABC, 9)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_at_a_tiny_temperature_the_likeliest_letter_is_drawn():
    model = network()
    found = generate(model, ABC, 4, temperature=1e-320, seed=0, longest=6)
    expected = ""
    while len(expected) < 6 and (symbol := next_letter(model, ABC, expected).argmax()):
        expected += ABC.symbols[symbol]
    assert found == [expected] * 4


def test_drawing_by_hand():
    class Rng:
        @staticmethod
        def random(shape):
            return np.array([0.0, 0.2, 0.25, 0.7499, 0.75, 0.9999]).reshape(shape)

    p = np.tile([0.25, 0.5, 0.0, 0.25], (6, 1))
    assert draw(p, Rng).tolist() == [0, 0, 1, 1, 3, 3]
    short = np.tile([0.5, 0.25], (6, 1))  # a sum below 1 leaves the rest to the last
    assert draw(short, Rng).tolist() == [0, 0, 0, 1, 1, 1]
    assert draw(softmax(np.array([0.0, 99.0])), np.random.default_rng(0)) == 1


def test_a_number_out_of_range():
    model = network()
    for temperature in (0, -1.0, np.inf, np.nan, "1"):
        message = "temperature: expected a finite number above 0"
        with pytest.raises(ValueError, match=message):
            generate(model, ABC, 1, temperature)
        with pytest.raises(ValueError, match=message):
            next_letter(model, ABC, "", temperature)
    with pytest.raises(ValueError, match="count: expected at least 1, got 0"):
        generate(model, ABC, 0)
    with pytest.raises(TypeError, match=r"longest: expected a whole number, got 2\.5"):
        generate(model, ABC, 1, longest=2.5)
    with pytest.raises(ValueError, match="start: expected at most 2 letters, got 'abc'"):
        generate(model, ABC, 1, start="abc", longest=2)


def test_a_model_that_is_none_of_letters():
    last = Model(RNN(4, 2), Dense(2, 4))
    other = Model(RNN(4, 2), Dense(2, 3), output="all")
    both = Model(Bidirectional(RNN(4, 2), RNN(4, 2)), Dense(4, 4), output="all")
    for model, message in (
        (last, 'model: expected output="all" and 4 numbers in and out, got "last", 4 and 4'),
        (other, 'model: expected output="all" and 4 numbers in and out, got "all", 4 and 3'),
        (both, "model: expected layers that run forwards, got one that sees what follows"),
    ):
        for call in (
            lambda model=model: nats_per_name(model, ABC, ["a"]),
            lambda model=model: next_letter(model, ABC, "a"),
            lambda model=model: generate(model, ABC, 1),
        ):
            with pytest.raises(ValueError, match=message):
                call()
