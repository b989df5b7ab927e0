"""Checks of the exercises and quizzes: each says whether an answer is right, and if not, why.

`from gru_lib.check import chapter01`, then `chapter01.forward_step(answer)`; `quiz(1)` for the
five questions on chapter 1.
"""

from .quiz import quiz

__all__ = ["quiz"]
