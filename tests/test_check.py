"""What all checkers of exercises share: the verdict, the clock, one call, symptoms, the search."""

import dataclasses
import threading
import time
import warnings

import numpy as np
import pytest
from conftest import seeds
from hypothesis import given
from hypothesis import strategies as st

from gru_lib.check import quiz, watch
from gru_lib.check.case import Case, difference
from gru_lib.check.exercise import Exercise
from gru_lib.check.outcome import Outcome, call, close, same, signature_problem
from gru_lib.check.quiz import Choice, Question, Quiz
from gru_lib.check.verdict import Verdict


def _draw(rng, i):
    n, m = 1 + i % 4, 1 + i % 3
    return {
        "x": rng.normal(size=(n, m)),
        "w": rng.normal(size=m),
        "scale": float(rng.uniform(1, 2)),
    }


def _variant(x, w, scale, slips=frozenset()):
    inner = np.tanh(x @ (w[::-1] if "backwards" in slips else w))
    y = scale * (np.abs(inner) if "absolute" in slips else inner)
    mean = y.sum() if "summed" in slips else y.mean()
    return y, mean


TOY = Exercise(
    name="toy",
    outputs=("y", "mean"),
    draw=_draw,
    truth=lambda x, w, scale: (scale * np.tanh((x * w).sum(1)), scale * np.tanh(x @ w).mean()),
    variant=_variant,
    slips={
        "backwards": "The weights are read backwards.",
        "absolute": lambda found: f"Absolute values; {found.yours['y'][0]:.2f} is positive.",
        "summed": "A sum where a mean belongs.",
    },
    sizes=lambda x, **_: {"batch": len(x)},
    loose=("y",),
)


def diagnosis(answer, exercise=TOY):
    return exercise.check(answer).diagnosis


# --- the verdict -----------------------------------------------------------------------------


def test_a_verdict_in_a_terminal_and_in_a_notebook():
    verdict = Verdict(False, "`W < 3` & more.\nSecond.", "sign", "step")
    assert repr(verdict) == "step: not yet (sign)\n  `W < 3` & more.\n  Second."
    html = verdict._repr_html_()
    assert "<strong>step: not yet (sign)</strong>" in html
    assert "<code>W &lt; 3</code> &amp; more." in html
    assert html.count("<p ") == 2
    assert "step: passed</strong>" in Verdict(True, "Right.", exercise="step")._repr_html_()
    assert repr(Verdict(False, "x", "not attempted", "step")).startswith("step: to do\n")


def test_long_lines_are_broken_for_a_terminal():
    assert max(map(len, repr(Verdict(True, "word " * 90)).splitlines())) <= 88


# --- the clock -------------------------------------------------------------------------------


def endless(*arguments):
    while True:
        pass


def deaf(*arguments):
    while True:
        try:
            time.sleep(0.001)
        except Exception:
            continue


def sleeping(*arguments):
    time.sleep(3)  # one call in C, which nothing interrupts


@pytest.mark.parametrize("answer", [endless, deaf, sleeping])
def test_an_answer_that_takes_long_is_given_up(answer, monkeypatch):
    monkeypatch.setattr(watch, "LIMIT", 0.2)
    monkeypatch.setattr(watch, "GRACE", 0.5)
    start = time.monotonic()
    verdict = TOY.check(answer)
    assert time.monotonic() - start < 2
    assert not verdict.passed
    assert verdict.diagnosis == "still running"
    assert f"`{answer.__name__}`" in verdict.message
    assert ("restart the kernel" in verdict.message) == (answer is sleeping)


def test_an_interrupted_answer_stops():
    before = threading.active_count()
    with pytest.raises(watch.StillRunning):
        watch.watched(endless, limit=0.1)
    time.sleep(0.2)
    assert threading.active_count() == before


def test_the_check_works_without_signals_and_outside_the_main_thread():
    results = []
    thread = threading.Thread(target=lambda: results.append(TOY.check(TOY.variant)))
    thread.start()
    thread.join()
    assert results[0].passed


def test_nothing_is_printed_and_errors_come_through(capsys):
    assert watch.watched(lambda: print("hello") or 3) == 3
    assert capsys.readouterr().out == ""
    with pytest.raises(ZeroDivisionError):
        watch.watched(lambda: 1 / 0)


# --- one call --------------------------------------------------------------------------------


def leaves(*arguments):
    raise SystemExit("bye")


def interrupts(*arguments):
    raise KeyboardInterrupt


def deep(*arguments):
    return deep(*arguments)


@pytest.mark.parametrize(
    ("answer", "expected", "words"),
    [
        (lambda *_: None, "returns None", "return"),
        (lambda *_: (None, 1.0), "returns None", "`y`"),
        (lambda *_: "text", "wrong type", "a str"),
        (lambda *_: (1, 2, 3), "wrong type", "of 3"),
        (lambda *_: {"y": 1}, "wrong type", "lacks mean."),
        (lambda *_: {"y": 1, "mean": 1, "more": 2}, "wrong type", "has more."),
        (lambda *_: (object(), 1), "wrong type", "an object"),
        (lambda *_: ([[1], [1, 2]], 1), "wrong type", "a list"),
        (lambda *_: (1j, 1), "wrong type", "complex numbers"),
        (lambda x, w, scale: x[100], "raises", "IndexError"),
        (leaves, "raises", "SystemExit: bye"),
        (interrupts, "raises", "KeyboardInterrupt"),
        (deep, "raises", "RecursionError"),
        (lambda x, w: 1, "arguments", "`(x, w, scale)`"),
        (lambda x, w, scale, extra: 1, "arguments", "x, w, scale, extra"),
        (TOY.variant(np.ones((1, 1)), np.ones(1), 1.0), "not a function", "a tuple"),
        (None, "not a function", "a NoneType"),
    ],
)
def test_unusable_answers_get_a_verdict(answer, expected, words):
    verdict = TOY.check(answer)
    assert verdict.diagnosis == expected
    assert words in verdict.message


def test_the_line_that_raised_is_named():
    assert "`return deep(*arguments)`" in TOY.check(deep).message


def test_an_answer_gets_copies_and_is_told_of_what_it_changes():
    array, pair = np.ones(3), {"a": np.ones(2)}

    def changes(array, pair, number):
        array += 1
        pair["a"][0] = 5
        return array

    outcome = call(changes, {"array": array, "pair": pair, "number": 1}, ("y",))
    assert outcome.changed == ("array", "pair")
    np.testing.assert_array_equal(array, 1)
    np.testing.assert_array_equal(pair["a"], 1)


def test_default_arguments_and_built_ins_are_functions_too():
    assert signature_problem(lambda x, y, z=3: x, ["x", "y"]) is None
    assert signature_problem(max, ["x", "y"]) is None
    assert TOY.check(lambda *arguments, **options: TOY.variant(*arguments)).passed


@given(seeds, st.sampled_from([np.float32, np.float64]))
def test_close_is_relative_and_suits_the_dtype(seed, dtype):
    truth = np.random.default_rng(seed).normal(size=5) * 1000
    ours = truth.astype(dtype)
    assert close(ours, truth)
    wrong = 1e-3 if dtype is np.float32 else 1e-5
    ours[2] += wrong * np.abs(truth).max()
    assert not close(ours, truth)


def test_close_minds_shapes_unless_they_are_loose():
    assert not close(np.ones((3, 1)), np.ones(3))
    assert close(np.ones((3, 1)), np.ones(3), loose=True)
    assert not close(np.ones((3, 1)), np.ones((1, 2)), loose=True)
    assert close(np.array([np.nan, 1]), np.array([np.nan, 1]))
    assert not close(np.array([np.nan, 1]), np.array([0, 1]))
    assert close(np.array("abc"), np.array("abc"))
    assert not close(np.array("abc"), np.array("abd"))


def test_outcomes_are_the_same_by_values_or_by_the_class_of_the_error():
    one, two = (Outcome((np.array(x),)) for x in (1.0, 2.0))
    bad, worse = Outcome(error=ValueError), Outcome(error=KeyError)
    assert same(one, one)
    assert same(bad, bad)
    assert not any((same(one, two), same(one, bad), same(bad, worse), same(Outcome(), Outcome())))


# --- what is wrong -----------------------------------------------------------------------------


def test_right_answers_pass():
    assert TOY.check(TOY.variant).message == "Right in all 24 random cases."
    assert (
        diagnosis(lambda x, w, s: (TOY.variant(x, w, s)[0][:, None], TOY.variant(x, w, s)[1]))
        == "right"
    )
    assert (
        diagnosis(lambda x, w, s: dict(zip(("mean", "y"), TOY.variant(x, w, s)[::-1], strict=True)))
        == "right"
    )


@pytest.mark.parametrize("slip", TOY.slips)
def test_a_slip_is_recognised(slip):
    verdict = TOY.check(TOY.slipped(slip))
    assert verdict.diagnosis == slip
    assert "For example, with" in verdict.message
    assert "should be" in verdict.message


def test_two_slips_at_once_are_both_named():
    verdict = TOY.check(TOY.slipped("backwards", "summed"))
    assert verdict.diagnosis == "backwards, and summed"
    assert "1. The weights are read backwards.\n2. A sum" in verdict.message


def test_two_slips_in_two_outputs_are_found_apart():
    def answer(x, w, scale):
        return TOY.slipped("absolute")(x, w, scale)[0], TOY.slipped("backwards")(x, w, scale)[1]

    verdict = TOY.check(answer)
    assert verdict.diagnosis == "absolute, and backwards"
    assert "2. In `mean`: The weights are read backwards." in verdict.message


def test_a_slip_is_recognised_though_it_raises_where_shapes_differ():
    def answer(x, w, scale):
        y, mean = TOY.slipped("backwards")(x, w, scale)
        return y + np.zeros(5 if x.shape == (3, 3) else len(x)), mean

    assert TOY.check(answer).passed is False
    assert diagnosis(answer) == "backwards"


def _shifted(x, w, scale):
    y, mean = TOY.variant(x, w, scale)
    return np.roll(y, 1), mean


def test_right_results_in_another_order_are_told_so():
    verdict = TOY.check(lambda x, w, scale: TOY.variant(x, w, scale)[::-1])
    assert verdict.diagnosis == "results in another order"
    assert "expected: y, mean." in verdict.message


def test_many_results_are_put_in_order_quickly():
    names = tuple("abcdefghijklm")
    many = Exercise("many", names, lambda rng, i: {"x": rng.normal(size=13)}, tuple, None, {})
    start = time.monotonic()
    assert diagnosis(lambda x: tuple(x[::-1]), many) == "results in another order"
    assert diagnosis(lambda x: (*x[:-1], x[-1] + x[0] ** 2), many) == "unrecognised"
    assert time.monotonic() - start < 2


def test_a_search_that_takes_long_is_not_called_an_endless_loop(monkeypatch):
    def late(work):
        raise watch.StillRunning(None, True)  # where it was is no line of the reader's

    monkeypatch.setattr(watch, "watched", late)
    verdict = TOY.check(TOY.variant)
    assert verdict.diagnosis == "unrecognised"
    assert "within 10 seconds" in verdict.message


def test_the_verdict_keeps_the_smallest_wrong_case():
    verdict = TOY.check(lambda x, w, scale: (np.zeros(len(x)), 0.0))
    assert verdict.case["x"].shape == (1, 1)
    assert f"`scale = {verdict.case['scale']:.4g}`" in verdict.message
    assert TOY.check(TOY.variant).case is None
    verdict = TOY.check(lambda x, w, scale: TOY.slipped("backwards")(x, w, scale))
    assert verdict.case["x"].shape == (1, 2)  # with one weight it makes no difference


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda x, w, s: (-TOY.variant(x, w, s)[0], TOY.variant(x, w, s)[1]), "sign"),
        (lambda x, w, s: (TOY.variant(x, w, s)[0] / 2, TOY.variant(x, w, s)[1]), "factor"),
        (
            lambda x, w, s: (TOY.variant(x, w, s)[0] / len(x), TOY.variant(x, w, s)[1]),
            "mean for sum",
        ),
        (
            lambda x, w, s: (TOY.variant(x, w, s)[0] * len(x), TOY.variant(x, w, s)[1]),
            "sum for mean",
        ),
        (lambda x, w, s: (TOY.variant(x, w, s)[0] * np.inf, TOY.variant(x, w, s)[1]), "not finite"),
        (lambda x, w, s: (TOY.variant(x, w, s)[0].sum(), TOY.variant(x, w, s)[1]), "wrong shape"),
        (_shifted, "off by one"),
        (lambda x, w, s: (np.tanh(x @ w) * 1.5 + 1, 1.0), "argument not used"),
        (lambda x, w, s: (s * np.tanh(x @ w) + x[:, 0] ** 2, s), "unrecognised"),
    ],
)
def test_symptoms_are_seen_without_a_slip(answer, expected):
    verdict = TOY.check(answer)
    assert not verdict.passed
    assert verdict.diagnosis == expected, verdict


MATRIX = Exercise(
    name="matrix",
    outputs=("dW",),
    draw=lambda rng, i: {"W": rng.normal(size=(2 + i % 2, 2 + i % 2 + i // 12))},
    truth=lambda W: W**2,
    variant=lambda W, slips: W**2,
    slips={},
)


def test_a_transposed_result_is_seen_by_its_shape_or_its_numbers():
    assert diagnosis(lambda W: (W**2).T, MATRIX) == "transposed"
    verdict = MATRIX.check(lambda W: (W**2).T if W.shape[0] == W.shape[1] else W**2)
    assert verdict.diagnosis == "transposed"
    assert "transpose of the right one" in verdict.message


def test_text_for_numbers_is_a_wrong_type():
    assert diagnosis(lambda W: "text", MATRIX) == "wrong type"
    verdict = TOY.check(lambda *_: (np.array(["a"]), 1.0))
    assert verdict.diagnosis == "wrong type"
    assert "expected numbers, got text" in verdict.message


def test_an_answer_that_changes_its_input_is_refused_though_its_result_is_right():
    def answer(x, w, scale):
        result = TOY.variant(x, w, scale)
        x *= 2
        return result

    verdict = TOY.check(answer)
    assert verdict.diagnosis == "input changed in place"
    assert "`x`" in verdict.message


def test_a_change_of_the_last_digit_is_told_apart():
    def answer(x, w, scale):
        result = TOY.variant(x, w, scale)
        x += 0.1
        x -= 0.1
        return result

    verdict = TOY.check(answer)
    assert verdict.diagnosis == "input changed in place"
    assert "not to the last digit" in verdict.message


def test_axes_in_another_order_are_told():
    boxes = Exercise(
        "box", ("y",), lambda rng, i: {"n": 2 + i}, lambda n: np.ones((n, 1, 2)), None, {}
    )
    verdict = boxes.check(lambda n: np.ones((1, n, 2)))
    assert (
        "expected shape (25, 1, 2), got (1, 25, 2). The axes stand in another order."
        in verdict.message
    )


def test_an_answer_that_remembers_is_refused():
    calls = []

    def answer(x, w, scale):
        calls.append(1)
        y, mean = TOY.variant(x, w, scale)
        return y + (len(calls) > 24), mean

    assert diagnosis(answer) == "keeps something between calls"


def test_cases_are_the_same_in_every_session_and_differ():
    again = Exercise(**{name: getattr(TOY, name) for name in TOY.__dataclass_fields__})
    for one, two in zip(TOY.drawn, again.drawn, strict=True):
        np.testing.assert_array_equal(one.arguments["x"], two.arguments["x"])
    assert TOY.drawn[0].arguments["scale"] != TOY.drawn[1].arguments["scale"]


def test_numbers_are_shown_short_and_functions_not_at_all():
    arguments = {"f": max, "x": np.array([[0.123456]]), "names": ["a"], "g": {"k": 2.0}}
    truth = Outcome((np.array(1.0),))
    case = Case(arguments, {"time": 3}, truth)
    assert case.listed() == ", with `x = [[0.1235]]`, `names = ['a']`, `g = {'k': 2}`"
    assert Case({"g": {"k": np.ones(21)}}, {"time": 3}, truth).listed() == ", with time 3"
    assert difference("y", np.array(2.0), np.array(1.0)) == "`y` should be 1, and is 2."
    assert difference("y", np.array([1, np.nan]), np.array([1, 2.0])) == (
        "`y[1]` should be 2, and is nan."
    )
    assert difference("y", np.array(2.00001), np.array(2.0)) == "`y` should be 2, and is 2.00001."
    assert difference("y", np.array(["a", "c"]), np.array(["a", "b"])) == (
        "`y[1]` should be 'b', and is 'c'."
    )


def test_an_answer_that_warns_is_judged_by_its_result():
    def answer(x, w, scale):
        warnings.warn("careful", stacklevel=1)
        return TOY.variant(x, w, scale)

    assert TOY.check(answer).passed


@pytest.mark.parametrize(("step", "way", "sign"), [(1, "late", "-"), (-1, "early", "+")])
def test_the_direction_of_a_shift_is_told(step, way, sign):
    series = Exercise(
        "series", ("y",), lambda rng, i: {"x": rng.normal(size=4 + i)}, np.cumsum, None, {}
    )
    message = series.check(lambda x: np.roll(np.cumsum(x), step)).message
    assert f"one place too {way}: at place i is what belongs at i {sign} 1." in message


def test_a_slip_is_not_named_if_the_answer_is_right_where_the_slip_is_not():
    def answer(x, w, scale):
        return (TOY.slipped("backwards") if len(x) == 4 else TOY.variant)(x, w, scale)

    assert diagnosis(answer) != "backwards"


def test_of_two_slips_the_one_that_leaves_right_results_right_is_named():
    def variant(x, w, scale, slips=frozenset()):
        y, mean = TOY.variant(x, w, scale)
        return (y + ("both" in slips), mean + bool(slips))

    slips = {"both": "Both are one too large.", "mean": "One too large."}
    both = dataclasses.replace(TOY, variant=variant, slips=slips)
    assert diagnosis(both.slipped("mean"), both) == "mean"
    turned = dataclasses.replace(both, slips=slips | {"other": "Never seen."})

    def half(x, w, scale):
        return TOY.variant(x, w, scale)[0], variant(x, w, scale, {"both"})[1]

    assert diagnosis(half, turned) == "mean"


def test_a_changed_input_is_told_beside_a_slip_and_there_are_no_empty_lines():
    def answer(x, w, scale):
        result = TOY.slipped("summed")(x, w, scale)
        w *= 2
        return result

    verdict = TOY.check(answer)
    assert verdict.diagnosis == "summed"
    assert "It changes its input `w`" in verdict.message
    assert "" not in TOY.check(TOY.slipped("summed")).message.split("\n")


# --- quizzes -----------------------------------------------------------------------------------


def test_a_quiz_is_answered_in_a_terminal():
    one = quiz(1)
    assert repr(one).startswith("1. ")
    assert "why" not in repr(one)
    verdicts = [one.answer(1, letter) for letter in "abc"[: len(one.questions[0].choices)]]
    assert sum(v.passed for v in verdicts) == 1
    with pytest.raises(ValueError, match="question: expected 1 to"):
        one.answer(9, "a")
    with pytest.raises(ValueError, match="choice: expected one of a, b"):
        one.answer(1, "z")
    with pytest.raises(ValueError, match="chapter: expected one of 1"):
        quiz(77)


def test_texts_of_a_quiz_become_html():
    choice = Choice(
        r"a < `b * c` and \(x^* \cdot y^*\), *not that*", "2 * 3 is no emphasis, so * it is"
    )
    html = Quiz(1, (Question("Which?", (choice,)),))._repr_html_()
    assert r"a &lt; <code>b * c</code> and \(x^* \cdot y^*\), <em>not that</em></summary>" in html
    assert "2 * 3 is no emphasis, so * it is</p>" in html


def test_a_quiz_in_a_page_needs_no_script_and_has_no_random_ids():
    html = quiz(1)._repr_html_()
    assert html == quiz(1)._repr_html_()
    assert "<script" not in html
    assert " id=" not in html
    assert html.count("<details") == sum(len(q.choices) for q in quiz(1).questions)
    assert html.count("<strong>Right.</strong>") == len(quiz(1).questions)
