"""One random case of an exercise, and how its numbers are shown."""

from dataclasses import dataclass

import numpy as np

from .outcome import Outcome


@dataclass
class Case:
    """One random case.

    Attributes:
        arguments: dict, in the order of the answer's parameters.
        sizes: dict of named sizes, for the messages and to recognise a sum for a mean.
        truth: the right `Outcome`.
    """

    arguments: dict
    sizes: dict
    truth: Outcome

    def size(self):
        """Return how many numbers the arguments hold."""
        return sum(map(_count, self.arguments.values()))

    def where(self):
        """Return `, with batch 2, time 3`, or the arguments themselves where they are few."""
        sizes = ", ".join(f"{name} {size}" for name, size in self.sizes.items())
        return f", with {sizes}" if sizes else ""

    def listed(self):
        """Return ` with `x` = 0.5, `k` = 2` if these are few numbers, else the sizes."""
        if self.size() > 20:
            return self.where()
        given = {n: v for n, v in self.arguments.items() if not callable(v)}
        return ", with " + ", ".join(f"`{n} = {shown(v)}`" for n, v in given.items())


@dataclass
class Found:
    """What is at hand when a mistake is explained: the first case in which the answer is wrong.

    Attributes:
        arguments: dict of that case's arguments.
        yours: dict of the answer's results, by name.
        expected: dict of the right results, by name.
        sizes: dict of the case's named sizes.
    """

    arguments: dict
    yours: dict
    expected: dict
    sizes: dict


def difference(name, ours, truth):
    """Say of the number that differs most what it should be and what it is."""
    if ours.dtype.kind == "U" or truth.dtype.kind == "U":
        index = tuple(int(i) for i in np.argwhere(np.atleast_1d(ours != truth))[0])
    else:
        gap = np.nan_to_num(np.abs(np.atleast_1d(ours - truth)), nan=np.inf)
        index = tuple(int(i) for i in np.unravel_index(np.argmax(gap), gap.shape))
    place = f"[{', '.join(map(str, index))}]" if truth.ndim else ""
    ours, truth = np.atleast_1d(ours)[index], np.atleast_1d(truth)[index]
    right, given = shown(truth), shown(ours)
    if right == given:
        right, given = f"{float(truth):.10g}", f"{float(ours):.10g}"
    return f"`{name}{place}` should be {right}, and is {given}."


def shown(value):
    """Return a value of an argument or a result as text, with four digits."""
    if isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim):
        return "[" + ", ".join(shown(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {shown(v)}" for k, v in value.items()) + "}"
    if isinstance(value, str):
        return repr(str(value))  # and not `np.str_('…')`
    if isinstance(value, bool | np.bool_):
        return repr(value)
    if isinstance(value, int | float | np.number | np.ndarray):
        return f"{float(value):.4g}"
    return str(value)


def _count(value):
    if isinstance(value, dict):
        return sum(map(_count, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(_count, value))
    return np.size(value)
