"""One call of an answer: what came back, as arrays, or what is wrong with it."""

import copy
import inspect
import traceback
from dataclasses import dataclass

import numpy as np

from .verdict import NOT_ATTEMPTED
from .watch import Stopped, in_library

RTOL = {"float64": 1e-6, "float32": 1e-4, "float16": 1e-2}
ATOL = 1e-9


@dataclass
class Outcome:
    """What one call gave.

    Attributes:
        values: one array per output, or None if there is a problem.
        problem: `(diagnosis, message)`, or None.
        error: the exception's class, if one was raised.
        changed: names of the arguments that were changed in place.
        slightly: whether these differ only by rounding.

    """

    values: tuple | None = None
    problem: tuple[str, str] | None = None
    error: type | None = None
    changed: tuple[str, ...] = ()
    slightly: bool = False


def call(answer, arguments, outputs):
    """Call the answer with copies of the arguments; whatever it does, return an `Outcome`.

    Args:
        answer: a function of as many arguments.
        arguments: dict, in the order of the function's parameters.
        outputs: names of what it returns.

    Raises:
        Stopped: the time was up meanwhile.

    """
    given = copy.deepcopy(arguments)
    try:
        with np.errstate(all="ignore"):
            result = answer(*given.values())
    except Stopped:
        raise
    except NotImplementedError:
        return Outcome(problem=(NOT_ATTEMPTED, "Not attempted yet."), error=NotImplementedError)
    except BaseException as error:  # SystemExit and KeyboardInterrupt, too: an answer's own
        return Outcome(problem=("raises", _told(error)), error=type(error))
    changed = tuple(n for n in arguments if not _identical(arguments[n], given[n]))
    slightly = all(_nearly(arguments[n], given[n]) for n in changed)
    values, problem = _converted(result, outputs)
    return Outcome(values, problem, None, changed, slightly)


def signature_problem(answer, names):
    """Return what is wrong with the answer as a function of these arguments, or None."""
    if not callable(answer):
        kind = type(answer).__name__
        return "not a function", (
            f"Expected a function of {_listed(names)}, got {_article(kind)}. "
            "Hand over the function itself, without calling it: `check(f)`, not `check(f(…))`."
        )
    try:
        inspect.signature(answer).bind(*names)
    except TypeError:
        parameters = ", ".join(inspect.signature(answer).parameters) or "nothing"
        return "arguments", (
            f"Expected a function of {_listed(names)}, in this order; yours takes {parameters}."
        )
    except ValueError:  # a built-in without a signature: the call will tell
        pass
    return None


def close(value, expected, loose=False):
    """Whether two arrays agree, with a tolerance that suits the first one's dtype.

    Args:
        value: array or anything like it, from an answer.
        expected: array.
        loose: whether axes of length 1 may be there or not.

    """
    value, expected = np.asarray(value), np.asarray(expected)
    if loose:
        value, expected = np.squeeze(value), np.squeeze(expected)
    if value.shape != expected.shape:
        return False
    if "U" in (value.dtype.kind, expected.dtype.kind):
        return bool(np.array_equal(value, expected))
    finite = np.abs(expected[np.isfinite(expected)])
    scale = float(finite.max()) if finite.size else 0.0
    tolerance = RTOL.get(value.dtype.name, 1e-6) * scale + ATOL
    return bool(np.allclose(value, expected, rtol=0, atol=tolerance, equal_nan=True))


def same(one, other, loose=()):
    """Whether two outcomes agree: equal values, or exceptions of the same class.

    Args:
        one: an `Outcome`.
        other: an `Outcome`.
        loose: for each output, whether axes of length 1 may be there or not.

    """
    if one.values is None or other.values is None:
        return one.values is other.values and one.error is other.error is not None
    return all(map(close, one.values, other.values, loose or [False] * len(one.values)))


def _converted(result, outputs):
    """Return (values, None) or (None, problem)."""
    if result is None:
        return None, ("returns None", "It returned `None`. Is there a `return` at its end?")
    if len(outputs) == 1:
        result = [result]
    elif isinstance(result, dict):
        for kind, names in (
            ("lacks", set(outputs) - set(result)),
            ("has", set(result) - set(outputs)),
        ):
            if names:
                listed = ", ".join(sorted(map(str, names)))
                text = f"Expected a dict with the keys {_listed(outputs)}; yours {kind} {listed}."
                return None, ("wrong type", text)
        result = [result[name] for name in outputs]
    elif not isinstance(result, tuple | list) or len(result) != len(outputs):
        got = _article(type(result).__name__)
        if isinstance(result, tuple | list):
            got += f" of {len(result)}"
        return None, (
            "wrong type",
            f"Expected {len(outputs)} results, {_listed(outputs)}; got {got}.",
        )
    values = []
    for name, one in zip(outputs, result, strict=True):
        if one is None:
            return None, ("returns None", f"`{name}` is `None`.")
        try:
            array = np.array(one)  # a copy: a later call may reuse the answer's buffer
        except Exception:
            array = np.empty((), object)
        if array.dtype.kind not in "fiubU":
            got = _article(type(one).__name__)
            if isinstance(one, np.ndarray):
                got = f"an array of dtype {one.dtype}"
            if array.dtype.kind == "c":
                got = "complex numbers (the size of one is its `np.abs`)"
            return None, ("wrong type", f"`{name}`: expected an array of numbers, got {got}.")
        values.append(array.astype(float) if array.dtype.kind in "iub" else array)
    return tuple(values), None


def _identical(one, other):
    """Whether an argument is as it was."""
    if isinstance(one, dict):
        return (
            isinstance(other, dict)
            and one.keys() == other.keys()
            and all(_identical(one[k], other[k]) for k in one)
        )
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_identical, one, other))
    if isinstance(one, np.ndarray):
        return one.shape == other.shape and np.array_equal(
            one, other, equal_nan=one.dtype.kind == "f"
        )
    if isinstance(one, np.random.Generator):
        return True
    return one is other or bool(one == other)


def _nearly(one, other):
    arrays = isinstance(one, np.ndarray) and one.shape == other.shape and one.dtype.kind == "f"
    return arrays and np.allclose(one, other, rtol=1e-9, atol=1e-12)


def _told(error):
    """Say what was raised, and in which line of the answer."""
    own = [f for f in traceback.extract_tb(error.__traceback__) if not in_library(f.filename)]
    text = f"It raised {type(error).__name__}: {error}".rstrip(": ").rstrip(".") + "."
    if own and own[-1].line:
        text += f" The line is number {own[-1].lineno} of its cell or file: `{own[-1].line}`."
    return text


def _article(kind):
    return ("an " if kind[0].lower() in "aeiou" else "a ") + kind


def _listed(names):
    return f"`({', '.join(names)})`"
