"""Answers to the exercises, right and wrong, that the checkers are tried on.

`chapterNN.py` is written beside the checker; `chapterNN_apart.py` from the exercise's text alone,
without sight of the checker. The docstring of a wrong answer says what is wrong with it, and the
decorator which diagnosis is the right one. `python tests/answers/catalogue.py [NN…]` prints the
table, for these chapters or for all.
"""

import functools
import importlib
import runpy
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


def right(exercise):
    """Mark a right answer to an exercise."""
    return _marked(exercise, ("right",))


def wrong(exercise, *diagnoses):
    """Mark a wrong answer; any of the diagnoses is right."""
    return _marked(exercise, diagnoses)


def _marked(exercise, diagnoses):
    def mark(answer):
        answer.exercise, answer.diagnoses = exercise, diagnoses
        return answer

    return mark


@dataclass(frozen=True)
class Answer:
    """One answer: where it stands, to which exercise, and what should be said of it."""

    chapter: str
    exercise: str
    name: str
    diagnoses: tuple[str, ...]
    apart: bool
    function: object

    def __str__(self):
        return f"{self.chapter}.{self.exercise}-{self.name}{'-apart' * self.apart}"

    @functools.cache  # noqa: B019, a few hundred answers
    def verdict(self):
        """What the checker says."""
        return getattr(importlib.import_module(f"gru_lib.check.{self.chapter}"), self.exercise)(
            self.function
        )

    def diagnosed(self, verdict):
        """Whether the verdict names the mistake; one of two at once may come first or second."""
        return bool({*verdict.diagnosis.split(", and ")} & {*self.diagnoses})


def answers():
    """All answers, in the order of files and lines."""
    found = []
    for path in sorted(HERE.glob("chapter*.py")):
        for name, function in runpy.run_path(str(path)).items():
            if hasattr(function, "diagnoses"):
                chapter, _, apart = path.stem.partition("_")
                found.append(
                    Answer(
                        chapter, function.exercise, name, function.diagnoses, bool(apart), function
                    )
                )
    return found


def table(verdicts):
    """Rows (exercise, wrong, refused, diagnosed, of them apart: wrong, refused, diagnosed, right).

    Args:
        verdicts: list of (`Answer`, `Verdict`).

    """
    rows = defaultdict(lambda: [0] * 8)
    for answer, verdict in verdicts:
        row = rows[f"{answer.chapter}.{answer.exercise}"]
        if answer.diagnoses == ("right",):
            row[6] += 1
            row[7] += verdict.passed
            continue
        seen = (1, not verdict.passed, not verdict.passed and answer.diagnosed(verdict))
        for place, value in enumerate(seen):
            row[place] += value
            row[3 + place] += value * answer.apart
    return dict(rows)


def main():
    """Print the table, and every answer that was judged otherwise than it should be."""
    wanted = tuple(f"chapter{number}" for number in sys.argv[1:])
    chosen = [a for a in answers() if not wanted or a.chapter in wanted]
    verdicts = [(answer, answer.verdict()) for answer in chosen]
    print(
        f"{'exercise':<44}wrong  refused  diagnosed | apart  refused  diagnosed | right  accepted"
    )
    total = [0] * 8
    for name, row in table(verdicts).items():
        total = [a + b for a, b in zip(total, row, strict=True)]
        print("{:<44}{:5}  {:7}  {:9} | {:5}  {:7}  {:9} | {:5}  {:8}".format(name, *row))
    print("{:<44}{:5}  {:7}  {:9} | {:5}  {:7}  {:9} | {:5}  {:8}".format("all", *total))
    for answer, verdict in verdicts:
        if not answer.diagnosed(verdict):
            expected = " or ".join(answer.diagnoses)
            print(f"\n{answer}: expected {expected}, got:\n{verdict!r}")


if __name__ == "__main__":
    main()
