"""The exercises and their solutions as notebooks: one is made from the other, and both run."""

import importlib.util
import json
import os
import re
import runpy
from pathlib import Path

import equations
import pytest

from gru_lib.check import quiz

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
NAMES = sorted(path.stem for path in (BOOK / "solutions").glob("*.ipynb"))
CHAPTERS = sorted(path.stem for path in BOOK.glob("[0-9][0-9]-*.ipynb"))
CHECK = re.compile(r"^(?:verdict = )?chapter\d\d\.(\w+)\((\w+)\)", re.M)


def cells(folder, name):
    return json.loads((BOOK / folder / f"{name}.ipynb").read_text("utf-8"))["cells"]


def text(cell):
    return "".join(cell["source"])


def verdicts(folder, name):
    """The first line of every verdict among the outputs, such as `step: passed`."""
    shown = (
        "".join(o["data"]["text/plain"])
        for c in cells(folder, name)
        for o in c.get("outputs", [])
        if "data" in o
    )
    return [t.splitlines()[0] for t in shown if re.match(r"\w+: (passed|to do|not yet)", t)]


def sections(name):
    """The exercises of a solutions notebook, each as one text."""
    whole = "\n\n".join(map(text, cells("solutions", name)))
    return re.split(r"^(?=## )", whole, flags=re.M)[1:]


def test_every_chapter_has_exercises_and_solutions_in_the_book():
    assert NAMES == CHAPTERS
    assert {f"book/{kind}/{name}" for kind in ("exercises", "solutions") for name in NAMES} <= set(
        equations.pages()
    )


@pytest.mark.parametrize("name", NAMES)
def test_an_exercise_is_its_solution_without_the_solutions(name):
    if importlib.util.find_spec("nbgrader") is None and not os.environ.get("CI"):
        pytest.skip("needs nbgrader: pip install -r book/requirements-nbgrader.txt")
    made = runpy.run_path(str(BOOK / "solutions" / "clear.py"))["exercise"](
        BOOK / "solutions" / f"{name}.ipynb"
    )
    kept = cells("exercises", name)
    assert [(c.cell_type, c.source, c.id, dict(c.metadata)) for c in made.cells] == [
        (c["cell_type"], text(c), c["id"], c["metadata"]) for c in kept
    ]


@pytest.mark.parametrize("name", NAMES)
def test_solutions_pass_and_untouched_exercises_are_not_attempted(name):
    asked = [
        m[1]
        for c in cells("solutions", name)
        if c["cell_type"] == "code"
        for m in [CHECK.search(text(c))]
        if m
    ]
    assert 4 <= len(asked) <= 7
    assert verdicts("solutions", name) == [f"{one}: passed" for one in asked]
    assert verdicts("exercises", name) == [f"{one}: to do" for one in asked]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_solution_is_left_in_an_exercise(name):
    for cell in cells("exercises", name):
        assert "SOLUTION" not in text(cell)
    stubs = [text(c) for c in cells("exercises", name) if "raise NotImplementedError" in text(c)]
    assert len(stubs) >= len(verdicts("exercises", name))


@pytest.mark.parametrize("name", NAMES)
def test_an_exercise_has_time_hints_and_an_explained_solution(name):
    for number, part in enumerate(sections(name), 1):
        assert part.startswith(f"## Exercise {number}: "), part[:60]
        needs = r"\n\*About \d+ minutes\. Needs the sections? [^*]*\]\(\.\./[^*]*\*\n"
        assert re.search(needs, part), part[:200]
        hints = re.findall(r"<details><summary>Hint (\d): ", part)
        assert hints == [str(i + 1) for i in range(len(hints))]
        assert 2 <= len(hints) <= 4
        assert part.count("<details>") == part.count("</details>") == len(hints)
        assert (
            len(re.findall(r"<!-- BEGIN SOLUTION -->.{80,}?<!-- END SOLUTION -->", part, re.S)) == 1
        )


@pytest.mark.parametrize("name", NAMES)
def test_the_notebooks_read_well_without_sphinx(name):
    for cell in cells("solutions", name):
        if cell["cell_type"] == "markdown":
            assert not re.search(r"(?<![\w`])\{\w+\}`|^:::|^```\{", text(cell), re.M), text(cell)


@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_leads_to_its_exercises_and_has_a_quiz(name):
    whole = "\n".join(map(text, cells(".", name)))
    end = whole.partition("\n## Check yourself\n")[2]
    assert f"](exercises/{name}.ipynb)" in end
    assert f"quiz({int(name[:2])})" in end


@pytest.mark.parametrize("chapter", [int(name[:2]) for name in NAMES])
def test_a_quiz_has_five_questions_each_with_one_right_choice_and_every_choice_explained(chapter):
    questions = quiz(chapter).questions
    assert len(questions) == 5
    for question in questions:
        assert 3 <= len(question.choices) <= 4
        assert sum(choice.right for choice in question.choices) == 1
        texts = [choice.text for choice in question.choices]
        assert len(set(texts)) == len(texts)
        for choice in question.choices:
            assert len(choice.why.split()) >= 6
        for words in (question.text, *texts, *(choice.why for choice in question.choices)):
            assert words.count(r"\(") == words.count(r"\)")
            assert words.count("`") % 2 == 0
            assert "$" not in words
    rights = [[c.right for c in q.choices].index(True) for q in questions]
    assert len(set(rights)) > 1
