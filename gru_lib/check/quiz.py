"""Five questions on each chapter, with an explanation for every choice.

A question's choices are `<details>` elements: a choice that is opened shows its explanation. That
needs no script, no kernel and no network; the keyboard and screen readers know such elements, and
mathematics is set by whatever page it stands in. (Of the kept libraries, jupyterquiz numbers its
elements at random, so that a notebook never repeats, and shows mathematics raw.)
"""

import re
import tomllib
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from .verdict import Verdict

STYLE = """<style>
.gru-lib-quiz > ol > li { margin: 0 0 1.2em; }
.gru-lib-quiz p { margin: 0 0 0.4em; }
.gru-lib-quiz details { margin: 0.3em 0; padding: 0.3em 0.7em; border: 1px solid #8a8f98;
  border-radius: 0.4em; background: none; }
.gru-lib-quiz summary { cursor: pointer; padding: 0.15em 0; }
.gru-lib-quiz details[open] { border-left-width: 0.5em; }
.gru-lib-quiz details[open].right { border-color: #1b9e5a; }
.gru-lib-quiz details[open].wrong { border-color: #d9772b; }
.gru-lib-quiz details > p { margin: 0.4em 0 0.2em; }
</style>
"""


@dataclass(frozen=True)
class Choice:
    """One of the answers that can be chosen: its text, whether it is right, and why."""

    text: str
    why: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """A question and its choices, of which one is right."""

    text: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Quiz:
    r"""The questions on one chapter; a notebook and a page show it with choices to open.

    In the texts, `\( … \)` is mathematics, what stands between backticks is code and
    between asterisks emphasised.

    Attributes:
        chapter: the chapter's number.
        questions: tuple of `Question`.
    """

    chapter: int
    questions: tuple[Question, ...]

    def answer(self, question, choice):
        """Choose an answer in a terminal.

        Args:
            question: the question's number, from 1.
            choice: the choice's letter, from "a".

        Returns:
            A `Verdict` with the explanation.

        Raises:
            ValueError: there is no such question or choice.

        """
        name = f"question {question}, {choice}"
        if question not in range(1, len(self.questions) + 1):
            raise ValueError(f"question: expected 1 to {len(self.questions)}, got {question!r}")
        choices = dict(zip("abcdef", self.questions[question - 1].choices, strict=False))
        if choice not in choices:
            raise ValueError(f"choice: expected one of {', '.join(choices)}, got {choice!r}")
        chosen = choices[choice]
        return Verdict(chosen.right, chosen.why, "right" if chosen.right else "wrong", name)

    def __repr__(self):
        """The questions and the choices as text, without the answers."""
        lines = []
        for number, question in enumerate(self.questions, 1):
            lines.append(f"{number}. {question.text}")
            lines += [f"   {a}) {c.text}" for a, c in zip("abcdef", question.choices, strict=False)]
        return "\n".join(lines)

    def _repr_html_(self):
        """Every choice can be opened, and then shows why it is right or wrong."""
        items = "".join(
            f"<li><p>{_html(q.text)}</p>\n{''.join(map(_details, q.choices))}</li>\n"
            for q in self.questions
        )
        return f'{STYLE}<div class="gru-lib-quiz mathjax_process">\n<ol>\n{items}</ol>\n</div>'


def quiz(chapter):
    """Return the five questions on a chapter.

    Args:
        chapter: its number, from 1.

    Raises:
        ValueError: no questions on such a chapter.

    """
    folder = files(__package__) / "quizzes"
    known = sorted(int(re.findall(r"\d+", f.name)[0]) for f in folder.iterdir())
    if chapter not in known:
        numbers = ", ".join(map(str, known))
        raise ValueError(f"chapter: expected one of {numbers}, got {chapter!r}")
    text = (folder / f"chapter{chapter:02}.toml").read_text("utf-8")
    questions = []
    for question in tomllib.loads(text)["question"]:
        choices = tuple(Choice(**choice) for choice in question["choice"])
        questions.append(Question(question["text"], choices))
    return Quiz(chapter, tuple(questions))


def _details(choice):
    kind, word = ("right", "Right.") if choice.right else ("wrong", "Not this one.")
    return (
        f'<details class="{kind}"><summary>{_html(choice.text)}</summary>'
        f"<p><strong>{word}</strong> {_html(choice.why)}</p></details>\n"
    )


def _html(text):
    """Escape; `code` and *emphasis* become elements, mathematics is left to the page."""
    parts = re.split(r"(`[^`]*`|\\\(.*?\\\))", escape(" ".join(text.split()), quote=False))
    return "".join(
        f"<code>{part[1:-1]}</code>"
        if part.startswith("`")
        else part
        if part.startswith(r"\(")
        else re.sub(r"\*(\S(?:[^*]*\S)?)\*", r"<em>\1</em>", part)
        for part in parts
    )
