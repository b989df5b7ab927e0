"""The checkers of the exercises, tried on right and wrong answers and on junk."""

import importlib
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from gru_lib.check import watch
from gru_lib.check.exercise import Exercise
from gru_lib.check.outcome import same

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "answers"))
import catalogue  # noqa: E402

ANSWERS = catalogue.answers()
CHAPTERS = sorted(p.name for p in (ROOT / "gru_lib" / "check").glob("chapter*"))


def exercises():
    """Yield (chapter, exercise) of all modules of all chapters."""
    for chapter in CHAPTERS:
        for path in sorted((ROOT / "gru_lib" / "check" / chapter).glob("*.py")):
            module = importlib.import_module(f"gru_lib.check.{chapter}.{path.stem}")
            for value in vars(module).values():
                if isinstance(value, Exercise):
                    yield chapter, value


EXERCISES = {f"{chapter}.{exercise.name}": exercise for chapter, exercise in exercises()}


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_is_offered_and_asked(name):
    chapter, _, function = name.partition(".")
    module = importlib.import_module(f"gru_lib.check.{chapter}")
    assert function in module.__all__
    assert not [slip for slip in EXERCISES[name].slips if ", and " in slip]  # joins two of them
    (notebook,) = (ROOT / "book" / "exercises").glob(f"{chapter[-2:]}-*.ipynb")
    assert f"{chapter}.{function}({function})" in notebook.read_text("utf-8")


@pytest.mark.parametrize("name", EXERCISES)
def test_the_two_ways_to_the_truth_agree(name):
    exercise = EXERCISES[name]
    assert exercise.check(exercise.slipped()).passed
    assert all(case.truth.values is not None for case in exercise.drawn)
    if len(exercise.drawn[0].arguments) and exercise.cases > 1:
        first, last = exercise.drawn[0].truth, exercise.drawn[-1].truth
        assert not same(first, last)


@pytest.mark.parametrize(
    ("name", "slip"), [(name, slip) for name, e in EXERCISES.items() for slip in e.slips]
)
def test_every_slip_is_noticed_and_told_from_the_others(name, slip):
    exercise = EXERCISES[name]
    verdict = exercise.check(exercise.slipped(slip))
    assert not verdict.passed
    assert verdict.diagnosis == slip
    assert re.search(r"should be|It raised|expected shape", verdict.message), verdict.message


JUNK = {
    "returns None": lambda *_: None,
    "not attempted": lambda *_: (_ for _ in ()).throw(NotImplementedError),
    "raises": lambda *_: 1 / 0,
    "wrong type": lambda *_: object(),
    "not a function": 3,
    "arguments": lambda: 0,
}


@pytest.mark.parametrize("kind", JUNK)
@pytest.mark.parametrize("name", EXERCISES)
def test_junk_gets_a_verdict(name, kind):
    verdict = EXERCISES[name].check(JUNK[kind])
    assert not verdict.passed
    assert verdict.diagnosis == kind


@pytest.mark.parametrize("name", EXERCISES)
def test_nan_and_wrong_shapes_get_a_verdict(name):
    exercise = EXERCISES[name]
    outputs = len(exercise.outputs)

    def results(value):
        return value if outputs == 1 else (value,) * outputs

    assert not exercise.check(lambda *_: results(np.nan)).passed
    text = any(v.dtype.kind == "U" for v in exercise.drawn[0].truth.values)
    strange = exercise.check(lambda *_: results(np.zeros((2, 3, 1, 5, 2))))
    assert strange.diagnosis == ("wrong type" if text else "wrong shape")


@pytest.mark.parametrize("name", EXERCISES)
def test_harmless_differences_are_tolerated(name):
    exercise = EXERCISES[name]

    def converted(to):
        def answer(*arguments):
            result = exercise.variant(*arguments)
            return to(result) if len(exercise.outputs) == 1 else [to(r) for r in result]

        return answer

    assert exercise.check(converted(lambda r: np.asarray(r).tolist())).passed
    if np.asarray(exercise.drawn[0].truth.values[0]).dtype.kind == "f":
        assert exercise.check(converted(np.float32)).passed


@pytest.mark.parametrize("name", EXERCISES)
def test_an_endless_answer_is_interrupted(name, monkeypatch):
    monkeypatch.setattr(watch, "LIMIT", 0.2)

    def endless(*arguments):
        while True:
            pass

    verdict = EXERCISES[name].check(endless)
    assert verdict.diagnosis == "still running"
    assert "`endless`" in verdict.message


def test_answers_are_to_exercises_that_exist():
    assert {f"{a.chapter}.{a.exercise}" for a in ANSWERS} <= set(EXERCISES)


@pytest.mark.parametrize("answer", [a for a in ANSWERS if a.diagnoses == ("right",)], ids=str)
def test_right_answers_are_accepted(answer):
    verdict = answer.verdict()
    assert verdict.passed, verdict


@pytest.mark.parametrize("answer", [a for a in ANSWERS if a.diagnoses != ("right",)], ids=str)
def test_wrong_answers_are_refused(answer):
    assert not answer.verdict().passed


@pytest.mark.parametrize("name", EXERCISES)
def test_at_least_nine_in_ten_are_diagnosed_and_half_are_independent(name):
    mine = [a for a in ANSWERS if f"{a.chapter}.{a.exercise}" == name]
    bad = [a for a in mine if a.diagnoses != ("right",)]
    missed = [str(a) for a in bad if not a.diagnosed(a.verdict())]
    assert len(mine) - len(bad) >= 2, "right answers"
    assert len(bad) >= 8, "wrong answers"
    assert sum(a.apart for a in bad) >= len(bad) / 2, Counter(a.apart for a in bad)
    assert len(missed) <= len(bad) / 10, missed
