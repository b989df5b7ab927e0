"""What is wrong with an answer: which usual mistake gives the same numbers, or which symptom.

The answer's results are compared with those of a right solution into which one usual mistake, a
*slip*, or two, have been put: if they agree in every case, that is the mistake. Failing that,
general symptoms are looked for.
"""

import itertools

from .case import Found, difference
from .outcome import call, close, same
from .symptoms import GENERAL, another_order, unused_argument
from .verdict import RIGHT

SHOWN = ("not finite", "wrong shape", "wrong type")  # symptoms that show a case of their own


class Diagnosis:
    """The results of one answer to an exercise, in all its cases.

    Args:
        exercise: an `Exercise`.
        answer: the function that was handed in.
        outcomes: its `Outcome` in each of the exercise's cases.

    """

    def __init__(self, exercise, answer, outcomes):
        self.exercise, self.answer, self.outcomes = exercise, answer, outcomes
        self.cases, self.names = exercise.drawn, exercise.outputs
        self.apart = []
        self.loose = [name in exercise.loose for name in self.names]
        self.rights = [
            same(outcome, case.truth, self.loose)
            for outcome, case in zip(outcomes, self.cases, strict=True)
        ]

    def found(self):
        """Return (diagnosis, message)."""
        if not all(self.rights):
            return self._mistake()
        number = len(self.outcomes)
        return (
            self._changed() or self._remembers() or (RIGHT, f"Right in all {number} random cases.")
        )

    def _mistake(self):
        slips = self._matching(1)
        if not slips:
            refused = self._unusable() or self._changed() or self._remembers()
            if refused:
                return refused
            slips = self._matching(2) or self._matching_apart()
        if slips:
            explained = [self._explained(slip) for slip in slips]
            if self.apart:  # a slip may say more than is true of this one result
                explained = [
                    f"In `{name}`: {text}" for name, text in zip(self.apart, explained, strict=True)
                ]
            if len(slips) > 1:
                explained = [f"{i}. {text}" for i, text in enumerate(explained, 1)]
            changed = self._changed() or ("", "")
            parts = [*explained, changed[1], self._evidence()]
            return ", and ".join(dict.fromkeys(slips)), "\n".join(filter(None, parts))
        diagnosis, message = self._symptom()
        if diagnosis in SHOWN:
            return diagnosis, message
        return diagnosis, f"{message}\n{self._evidence()}".rstrip()

    def _matching(self, count):
        """Return the first `count` slips that together give the same results, or ()."""
        for slips in itertools.combinations(self.exercise.slips, count):
            if self._agrees(self.exercise.slipped(*slips)):
                return slips
        return ()

    def _agrees(self, variant):
        """Whether a variant gives the answer's results, of which some are wrong, in every case.

        Where one of the two raises (a product of matrices that do not fit), it is enough that both
        are wrong: a slip can be written in several ways.
        """
        seen = False
        for outcome, case, ok in zip(self.outcomes, self.cases, self.rights, strict=True):
            other = call(variant, case.arguments, self.names)
            if same(outcome, other, self.loose):
                seen |= not ok and outcome.values is not None
            elif ok or not (outcome.error or other.error) or same(other, case.truth, self.loose):
                return False
        return seen

    def _matching_apart(self):
        """Return slips that explain the wrong outputs one by one, if all can be explained."""
        slips = []
        wrong = self._wrong()
        for j in wrong:
            matching = [s for s in self.exercise.slips if self._matches_in(j, s)]
            if not matching:
                return ()
            slips.append(min(matching, key=lambda s: self._spoils(s, wrong)))
        self.apart = [self.names[j] for j in wrong]
        return tuple(slips)

    def _matches_in(self, j, slip):
        variant = self.exercise.slipped(slip)
        for outcome, case in zip(self.outcomes, self.cases, strict=True):
            other = call(variant, case.arguments, self.names)
            if other.values is None or not close(outcome.values[j], other.values[j], self.loose[j]):
                return False
        return True

    def _spoils(self, slip, wrong):
        """Return how many results a slip makes wrong that the answer has right."""
        variant = self.exercise.slipped(slip)
        calls = [call(variant, case.arguments, self.names) for case in self.cases]
        return len(set(self._wrong(calls)) - set(wrong))

    def _wrong(self, outcomes=None):
        """Return the places of the outputs that are wrong in some case."""
        return [
            j
            for j in range(len(self.names))
            if not all(
                close(outcome.values[j], case.truth.values[j], self.loose[j])
                for outcome, case in zip(outcomes or self.outcomes, self.cases, strict=True)
            )
        ]

    def _explained(self, slip):
        text = self.exercise.slips[slip]
        if isinstance(text, str):
            return text
        wrong = [i for i, ok in enumerate(self.rights) if not ok and self.outcomes[i].values]
        i = min(wrong, key=lambda i: self.cases[i].size())
        case = self.cases[i]
        yours = dict(zip(self.names, self.outcomes[i].values, strict=True))
        expected = dict(zip(self.names, case.truth.values, strict=True))
        return text(Found(case.arguments, yours, expected, case.sizes))

    def _unusable(self):
        """Return the problem of the first call that gave nothing to compare, or None."""
        for outcome, case in zip(self.outcomes, self.cases, strict=True):
            if outcome.problem:
                diagnosis, message = outcome.problem
                return diagnosis, f"{message} (In the first such case{case.where()}.)"
        return None

    def _changed(self):
        for outcome in self.outcomes:
            if outcome.changed:
                names = ", ".join(f"`{name}`" for name in outcome.changed)
                return "input changed in place", f"It changes its input {names}: " + (
                    "it comes back almost, and not to the last digit, for `w + e - e` need not be "
                    "`w`. Keep the number and put it back, or work on a copy."
                    if outcome.slightly
                    else "whoever called it finds other numbers or another shape there. `a += b`, "
                    "`a *= b` and `a[...] = b` write into the array that was handed over; "
                    "`a = a + b` makes a new one, and so does `a.copy()`."
                )
        return None

    def _remembers(self):
        for outcome, case in itertools.islice(zip(self.outcomes, self.cases, strict=True), 8):
            if not same(call(self.answer, case.arguments, self.names), outcome, self.loose):
                return "keeps something between calls", (
                    "Called twice with the same arguments, it gives two results. Something is kept "
                    "from call to call (a global array, a default argument that is changed) or "
                    "drawn at random."
                )
        return None

    def _symptom(self):
        order = another_order(self.names, self.outcomes, self.cases)
        if order:
            return order
        wrong = self._wrong()
        for j in wrong:
            given = [outcome.values[j] for outcome in self.outcomes]
            expected = [case.truth.values[j] for case in self.cases]
            for symptom in GENERAL:
                seen = symptom(self.names[j], given, expected, self.cases, self.loose[j])
                if seen:
                    return seen
        unused = unused_argument(self.exercise, self.answer, self.outcomes, wrong)
        if unused:
            return unused
        names = ", ".join(f"`{self.names[j]}`" for j in wrong)
        right = [f"`{n}`" for j, n in enumerate(self.names) if j not in wrong]
        kept = f" ({', '.join(right)}: right.)" if right else ""
        return "unrecognised", (
            f"{names}: not right, and not in a way that is known here.{kept} Work the case below "
            f"out, or the example in the text, and compare line by line. {self._how_to_look()}"
        )

    def _how_to_look(self):
        name = self.exercise.name
        chapter = self.exercise.draw.__module__.split(".")[2:3]
        check = ".".join([*chapter, name])
        return f"`v = {check}({name})` keeps the case, and `{name}(*v.case.values())` runs it."

    def smallest(self):
        """Return the wrong case of fewest numbers that gave a value of the right shape, or None."""
        shown = [
            (case.size(), i)
            for i, (outcome, case) in enumerate(zip(self.outcomes, self.cases, strict=True))
            if not self.rights[i] and self._differing(outcome, case)
        ]
        return min(shown)[1] if shown else None

    def _differing(self, outcome, case):
        """Return (name, value, truth) of the first result that can be set beside the right one."""
        pairs = zip(self.names, outcome.values or (), case.truth.values, strict=False)
        return next(
            ((n, a, b) for n, a, b in pairs if a.shape == b.shape and not close(a, b)), None
        )

    def _evidence(self):
        """Return one number of the smallest wrong case, beside the right one."""
        i = self.smallest()
        if i is None:
            return ""
        case = self.cases[i]
        return f"For example{case.listed()}: {difference(*self._differing(self.outcomes[i], case))}"
