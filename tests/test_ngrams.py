"""The next letter from counts, against counts and fractions by hand."""

import itertools
import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gru_lib.letters import Alphabet
from gru_lib.ngrams import NGram

AB = Alphabet("ab")
NAMES = st.lists(st.text("ab", max_size=5), min_size=1, max_size=6)


def test_letter_frequencies_by_hand():
    # of 7 symbols: 2 marks, 3 a, 2 b
    model = NGram(1, 2.0, AB).fit(["aba", "ab"])
    expected = (np.array([2, 3, 2]) + 2 / 3) / 9
    for context in ("", "b", "aab"):
        np.testing.assert_allclose(model.probabilities(context), expected, rtol=1e-12)


def test_bigrams_by_hand():
    model = NGram(2, 0.5, AB).fit(["aba", "ab"])
    unigram = (np.array([2, 3, 2]) + 0.5 / 3) / 7.5
    after_a = (np.array([1, 0, 2]) + 0.5 * unigram) / 3.5
    first = (np.array([0, 2, 0]) + 0.5 * unigram) / 2.5
    np.testing.assert_allclose(model.probabilities("ba"), after_a, rtol=1e-12)
    np.testing.assert_allclose(model.probabilities(""), first, rtol=1e-12)


def test_trigrams_by_hand():
    model = NGram(3, 1.0, AB).fit(["aba", "ab"])
    unigram = (np.array([2, 3, 2]) + 1 / 3) / 8
    after_a = (np.array([1, 0, 2]) + unigram) / 4
    first_was_a = (np.array([0, 0, 2]) + after_a) / 3
    np.testing.assert_allclose(model.probabilities("a"), first_was_a, rtol=1e-12)
    after_ba = (np.array([1, 0, 0]) + after_a) / 2
    np.testing.assert_allclose(model.probabilities("ba"), after_ba, rtol=1e-12)
    np.testing.assert_allclose(model.probabilities("aa"), after_a, rtol=1e-12)  # never seen


def test_nats_by_hand():
    model = NGram(2, 1.0, AB).fit(["aba", "ab"])
    p = [model.probabilities(c)[s] for c, s in (("", 2), ("b", 1), ("ba", 0))]
    nats = model.nats_per_name(["ba", ""])
    np.testing.assert_allclose(nats[0], -np.sum(np.log(p)), rtol=1e-12)
    np.testing.assert_allclose(nats[1], -np.log(model.probabilities("")[0]), rtol=1e-12)


def test_a_trigram_knows_the_beginning_from_the_middle():
    model = NGram(3, 0.1).fit(["anna", "hanna", "susanna"])
    assert model.probabilities("a")[14] > 0.9  # "n"
    assert model.probabilities("xa").argmax() == 14
    assert model.probabilities("nna")[0] > 0.9  # the end
    assert model.probabilities("na")[0] > model.probabilities("a")[0]


@settings(max_examples=40)
@given(NAMES, st.integers(1, 4), st.floats(1e-3, 100), st.text("ab", max_size=6))
def test_probabilities_are_positive_and_add_up_to_one(names, order, smoothing, context):
    p = NGram(order, smoothing, AB).fit(names).probabilities(context)
    assert (p > 0).all()
    assert p.sum() == pytest.approx(1, abs=1e-12)


def test_all_names_together_are_nearly_certain():
    model = NGram(3, 0.1, AB).fit(["a", "b", "ab"])
    names = ["".join(n) for length in range(10) for n in itertools.product("ab", repeat=length)]
    total = np.exp(-model.nats_per_name(names)).sum()
    assert 0.98 < total < 1


def test_much_smoothing_leaves_nothing_of_the_counts():
    model = NGram(3, 1e12).fit(["anna"])
    np.testing.assert_allclose(model.probabilities("an"), np.full(27, 1 / 27), rtol=1e-9)


def test_fitting_anew_forgets():
    model = NGram(2, 1.0, AB)
    assert model.fit(["aa"]) is model
    before = model.probabilities("a")
    model.fit(["bb", "b"])
    np.testing.assert_array_equal(model.fit(iter(["aa"])).probabilities("a"), before)


def test_drawn_names_follow_the_counts():
    model = NGram(2, 1e-9, AB).fit(["a", "a", "a", "ba"])
    names = model.generate(2000, seed=0)
    assert set(names) == {"a", "ba"}
    assert names.count("ba") / 2000 == pytest.approx(0.25, abs=0.03)
    assert model.generate(50, seed=3) == model.generate(50, seed=3) != model.generate(50, seed=4)
    longer = NGram(2, 1e-9, AB).fit(["ab" * 500]).generate(3, seed=0, longest=5)
    assert longer == ["ababa"] * 3
    assert len(NGram(1, 1.0, AB).fit(["a" * 500]).generate(1, seed=0)[0]) == 20


def test_trigrams_draw_with_the_letters_before():
    names = NGram(3, 1e-9).fit(["abcabd"]).generate(50, seed=0, longest=6)
    assert {name[:3] for name in names} <= {"abc", "abd"}
    assert all("abca".startswith(name[:4]) or name == "abd" for name in names)


def test_bad_input_gets_one_clear_error():
    with pytest.raises(ValueError, match="order: expected at least 1, got 0"):
        NGram(0, 1.0)
    with pytest.raises(ValueError, match="smoothing: expected a finite number above 0, got 0"):
        NGram(2, 0)
    model = NGram(2, 1.0)
    for call in (
        lambda: model.probabilities("a"),
        lambda: model.nats_per_name(["a"]),
        lambda: model.generate(1),
    ):
        with pytest.raises(RuntimeError, match="NGram: call fit on the training part first"):
            call()
    with pytest.raises(TypeError, match="names: expected a list of names, got the string 'anna'"):
        model.fit("anna")
    with pytest.raises(ValueError, match="'An': expected letters from 'a' to 'z', got 'A'"):
        model.fit(["An"])
    model.fit(["anna"])
    with pytest.raises(ValueError, match="'a·': expected letters from 'a' to 'z', got '·'"):
        model.probabilities("a·")
    with pytest.raises(ValueError, match="names: expected at least one, got none"):
        model.nats_per_name([])
    with pytest.raises(ValueError, match="'é': expected letters from 'a' to 'z', got 'é'"):
        model.nats_per_name(["é"])
    with pytest.raises(ValueError, match="longest: expected at least 1, got 0"):
        model.generate(1, longest=0)


def test_the_alphabet_is_that_of_the_names():
    p = NGram(1, 1.0).fit(list(string.ascii_lowercase)).probabilities("")
    assert p.shape == (27,)
    np.testing.assert_allclose(p[1:], (1 + 1 / 27) / 53, rtol=1e-12)
