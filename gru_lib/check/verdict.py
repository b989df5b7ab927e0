"""What a check says of an answer: passed or not, what is wrong, and the name of the mistake."""

import textwrap
from dataclasses import dataclass, field
from html import escape

NOT_ATTEMPTED = "not attempted"
RIGHT = "right"
LOOKS = {True: ("passed", "#1b7f4d"), False: ("not yet", "#b3470f"), None: ("to do", "#6b7280")}


@dataclass(frozen=True)
class Verdict:
    """The result of checking one answer.

    Attributes:
        passed: whether the answer is right.
        message: what was found, in sentences, with the numbers at hand.
        diagnosis: a short name: `"right"`, `"not attempted"`, the name of a usual mistake, or
            `"unrecognised"`.
        exercise: the name of the exercise.
        case: the arguments of the case that the message shows, a dict, or None; with
            `answer(*verdict.case.values())` one can look into it.

    A notebook shows it as a box, a terminal as text.

    >>> Verdict(False, "The gradient is half as large as the derivative.", "factor", "mse_gradient")
    mse_gradient: not yet (factor)
      The gradient is half as large as the derivative.
    """

    passed: bool
    message: str
    diagnosis: str = RIGHT
    exercise: str = ""
    case: dict | None = field(default=None, compare=False)

    def _heading(self):
        word, colour = LOOKS[None if self.diagnosis == NOT_ATTEMPTED else self.passed]
        named = self.diagnosis in (RIGHT, NOT_ATTEMPTED)
        return f"{self.exercise}: {word}" + ("" if named else f" ({self.diagnosis})"), colour

    def __repr__(self):
        """Text of at most 88 columns, each paragraph indented by two."""
        lines = [self._heading()[0]]
        for paragraph in self.message.split("\n"):
            lines += textwrap.wrap(
                paragraph,
                88,
                initial_indent="  ",
                subsequent_indent="  ",
                break_long_words=False,
                drop_whitespace=True,
            )
        return "\n".join(lines)

    def _repr_html_(self):
        """A box whose colour is said in words, too, and that suits light and dark pages."""
        heading, colour = self._heading()
        paragraphs = "".join(
            f'<p style="margin:0.3em 0 0">{_with_code(paragraph)}</p>'
            for paragraph in self.message.split("\n")
        )
        return (
            f'<div class="gru-lib-verdict" style="border-left:0.4em solid {colour};'
            f'padding:0.3em 0.9em;max-width:46em"><strong>{escape(heading)}</strong>'
            f"{paragraphs}</div>"
        )


def _with_code(text):
    """Escape for HTML; what stands between backticks becomes code."""
    parts = escape(text, quote=False).split("`")
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(parts))
