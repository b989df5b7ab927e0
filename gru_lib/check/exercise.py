"""An exercise's checker: random cases, the truth, and the usual mistakes as code.

The answer runs on every case and is held against the truth, which is computed another way (a
numerical derivative, the package's own code). Where it differs, `diagnosis` says why.
"""

import copy
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np

from . import watch
from .case import Case
from .diagnosis import Diagnosis
from .outcome import call, signature_problem
from .verdict import NOT_ATTEMPTED, RIGHT, Verdict


@dataclass(frozen=True)
class Exercise:
    """What a checker knows of one exercise.

    Attributes:
        name: the name of the function that is asked for.
        outputs: names of what it returns, such as `("h_t",)`.
        draw: `(rng, i) -> dict` of the arguments of case i, in order; small for small i.
        truth: function of these arguments; the right results, found another way than `variant`.
        variant: function of these arguments and `slips`, a set of names: the right solution, with
            these mistakes put into it. Without any it equals `truth`.
        slips: for each mistake its explanation: text, or a function of a `Found` that returns it.
        sizes: function of the arguments that returns a dict of named sizes.
        loose: outputs in which an axis of length 1 may be there or not.
        cases: how many random cases.
    """

    name: str
    outputs: tuple[str, ...]
    draw: Callable
    truth: Callable
    variant: Callable
    slips: Mapping[str, str | Callable]
    sizes: Callable = field(default=lambda **arguments: {})
    loose: tuple[str, ...] = ()
    cases: int = 24

    @cached_property
    def drawn(self):
        """The random cases; the same in every session."""
        rng = np.random.default_rng([2026, zlib.crc32(self.name.encode())])
        cases = []
        for i in range(self.cases):
            arguments = self.draw(rng, i)
            truth = call(self.truth, arguments, self.outputs)
            cases.append(Case(arguments, self.sizes(**arguments), truth))
        return cases

    def check(self, answer):
        """Return the `Verdict` on an answer, whatever it does."""
        case = None
        try:
            diagnosis, message, case = watch.watched(partial(self._diagnosed, answer))
        except watch.StillRunning as late:
            diagnosis, message = ("still running" if late.place else "unrecognised"), _late(late)
        return Verdict(diagnosis == RIGHT, message, diagnosis, self.name, copy.deepcopy(case))

    def slipped(self, *slips):
        """Return the right solution with these mistakes put into it."""
        return partial(self.variant, slips=frozenset(slips))

    def _diagnosed(self, answer):
        """Return (diagnosis, message, the arguments of the case in the message, or None)."""
        problem = signature_problem(answer, list(self.drawn[0].arguments))
        if problem:
            return *problem, None
        outcomes = []
        for case in self.drawn:
            outcomes.append(call(answer, case.arguments, self.outputs))
            if outcomes[-1].error is NotImplementedError:
                return NOT_ATTEMPTED, "Not attempted yet.", None
        diagnosis = Diagnosis(self, answer, outcomes)
        i = diagnosis.smallest()
        return *diagnosis.found(), None if i is None else self.drawn[i].arguments


def _late(late):
    if not late.place:  # it was our own code that ran
        return f"Not right; why was not found within {watch.LIMIT:g} seconds."
    place = f"in line {late.place[1]} of its cell or file, in `{late.place[2]}`"
    message = (
        f"Still running after {watch.LIMIT:g} seconds, {place}. Look for a loop that never ends."
    )
    if not late.ended:
        message += " It could not be interrupted, and goes on: restart the kernel."
    return message
