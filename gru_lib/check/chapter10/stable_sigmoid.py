"""Chapter 10: a sigmoid that cannot overflow."""

import contextlib
import functools
import math
from dataclasses import replace

import numpy as np

from ..exercise import Exercise


def _clipped(found):
    a, s = np.ravel(found.arguments["a"]), np.ravel(found.yours["s"])
    s = s[np.argmax(np.abs(a))]
    return (
        "Far out the numbers do not reach 0 and 1: the argument was cut off at about "
        f"±{abs(np.log(s / (1 - s))):.3g} first. That avoids the overflow, and changes the "
        "function where it is still seen."
    )


SLIPS = {
    "overflow": (
        "The numbers are right, and on the way the exponential of a large number overflows. NumPy "
        "warns of it, unless its warnings are switched off, which hides it only. With `np.where` "
        "it happens, too, since both branches are computed for every number. Look for a function "
        "that stays finite for any argument."
    ),
    "factor 2 missing": (
        "Your curve is twice as steep as the sigmoid: these are the numbers of σ(2a). The argument "
        "of the tanh is half of a."
    ),
    "tanh for sigmoid": (
        "The numbers lie between -1 and 1: a tanh, not yet brought into the range from 0 to 1."
    ),
    "brackets": (
        "The numbers lie between 0.5 and 1.5: only the tanh is halved. The 1 is inside the bracket."
    ),
    "sum not halved": "The numbers lie between 0 and 2: 1 + tanh still has to be halved.",
    "sign of the argument": (
        "These are the numbers of σ(-a): the curve falls where it should rise. The exponent, or "
        "the argument of the tanh, has the wrong sign."
    ),
    "derivative for the function": (
        "These are the numbers of σ(a) (1 - σ(a)): the sigmoid's derivative."
    ),
    "clipped": _clipped,
    "doubled, not halved": (
        "Your curve is four times as steep as the sigmoid: the argument of the tanh is doubled, "
        "and should be halved."
    ),
    "1 forgotten": "The numbers lie between -0.5 and 0.5: the 1 in the bracket is missing.",
    "softmax for sigmoid": (
        "The numbers add up to 1: a softmax over the whole array. A sigmoid looks at each number "
        "by itself."
    ),
    "straight line for the curve": (
        "This is the hard sigmoid, 0.2 a + 0.5 cut off at 0 and 1: a substitute, not the function."
    ),
    "sign of a forgotten": (
        "For negative a the result is that for -a: |a| keeps the exponential small, but the "
        "two signs need two formulas."
    ),
}


def _draw(rng, i):
    shape = [(3,), (2, 2), (2,), (1,), (2, 3, 2), (7,)][i % 6]
    a = rng.normal(size=shape) * (1 + i % 4)
    if i % 3:
        a = a.ravel()
        a[0] = (-1000.0, 1000.0)[i % 2]
        a[-1] = (1000.0, -1000.0)[i % 2]
        a = a.reshape(shape)
    return {"a": a}


def _truth(a):
    """Number by number; the exponential of -|a| cannot overflow."""
    small = [math.exp(-abs(v)) for v in a.ravel()]
    values = [(1 if v > 0 else e) / (1 + e) for v, e in zip(a.ravel(), small, strict=True)]
    return np.reshape(values, a.shape), 0


def _limit(answer):
    """Return where this answer cuts its argument off, read off its largest value."""
    s = float(answer(np.array([1000.0]))[0][0]) if answer else 1 / (1 + np.exp(-5))
    return np.log(s / (1 - s))


def _variant(a, slips=frozenset(), answer=None):
    warned = float("overflow" in slips and np.max(np.abs(a)) > 800)
    if "softmax for sigmoid" in slips:
        return np.exp(a - a.max()) / np.exp(a - a.max()).sum(), warned
    if "straight line for the curve" in slips:
        return np.clip(0.2 * a + 0.5, 0, 1), warned
    if "clipped" in slips:
        limit = _limit(answer)
        a = np.clip(a, -limit, limit)
    a = 4 * a if "doubled, not halved" in slips else a
    a = np.abs(a) if "sign of a forgotten" in slips else a
    a = -a if "sign of the argument" in slips else a
    s = np.tanh(a if "factor 2 missing" in slips else a / 2)
    if "brackets" in slips:
        s = 1 + s / 2
    elif "sum not halved" in slips:
        s = 1 + s
    elif "1 forgotten" in slips:
        s = s / 2
    elif "tanh for sigmoid" not in slips:
        s = (1 + s) / 2
    return s * (1 - s) if "derivative for the function" in slips else s, warned


EXERCISE = Exercise(
    name="stable_sigmoid",
    outputs=("s", "warnings"),
    draw=_draw,
    truth=_truth,
    variant=_variant,
    slips=SLIPS,
)


class Listening(np.ndarray):
    """An array that notes when an operation on it overflows, silenced or not."""

    noted = None

    def __array_finalize__(self, other):
        """Views and results note in the same list."""
        self.noted = getattr(other, "noted", None)

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **options):
        """Compute with plain arrays, and listen."""
        inputs = [np.asarray(a) for a in inputs]
        if out:
            options["out"] = tuple(np.asarray(a) for a in out)
        with _listening(self.noted):
            result = np.asarray(getattr(ufunc, method)(*inputs, **options)).view(Listening)
        result.noted = self.noted
        return result


@contextlib.contextmanager
def _listening(noted):
    """Note overflows and what is invalid, in place of a warning."""
    with np.errstate(
        over="call", invalid="call", divide="call", call=lambda kind, _: noted.append(kind)
    ):
        yield


def heard(answer):
    """Return the function `(a) -> (s, warnings)`, with 1 where NumPy would warn, else 0.

    Args:
        answer: function `(a) -> s`; whatever cannot be called is returned as it is.

    """
    if not callable(answer):
        return answer

    @functools.wraps(answer)
    def hearing(*arguments):
        noted = []
        array = arguments[0].view(Listening)
        array.noted = noted
        with _listening(noted):
            s = answer(array, *arguments[1:])
        return s if s is None else (s, float(bool(noted)))

    return hearing


def stable_sigmoid(answer):
    """Check a sigmoid that cannot overflow.

    Args:
        answer: function `(a) -> s` of an array of any shape with at least one axis. Whatever NumPy
            would warn of, an overflow or something invalid, is a mistake here.

    Returns:
        A `Verdict`. The truth is computed number by number, with the exponential of -|a|.

    """
    answer = heard(answer)
    return replace(EXERCISE, variant=functools.partial(_variant, answer=answer)).check(answer)
