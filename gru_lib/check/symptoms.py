"""What can be said of a wrong result without knowing the exercise: sign, factor, transpose, …

Each function in `GENERAL` takes the arrays of one output over all cases, the answer's and the
expected ones, and returns `(diagnosis, message)` or None.
"""

import itertools

import numpy as np

from .outcome import call, close


def wrong_type(name, given, expected, cases, loose):
    """Text where numbers are expected, or the other way round."""
    for ours, truth, case in zip(given, expected, cases, strict=True):
        if (ours.dtype.kind == "U") != (truth.dtype.kind == "U"):
            kinds = ("text", "numbers") if truth.dtype.kind == "U" else ("numbers", "text")
            return "wrong type", f"`{name}`: expected {kinds[0]}, got {kinds[1]}{case.where()}."
    return None


def wrong_shape(name, given, expected, cases, loose):
    """The shape is not the one asked for; shown where the sizes tell most."""
    wrong = []
    for ours, truth, case in zip(given, expected, cases, strict=True):
        squeezed = np.squeeze(ours).shape == np.squeeze(truth).shape
        if ours.shape != truth.shape and not (loose and squeezed):
            wrong.append((squeezed, -len(set(truth.shape) - {1}), -truth.size, len(wrong)))
            wrong[-1] += (ours.shape, truth.shape, case)
    if not wrong:
        return None
    squeezed, *_, ours, truth, case = min(wrong, key=lambda w: w[:4])
    message = f"`{name}`: expected shape {truth}, got {ours}{case.where()}."
    if len(ours) == 2 and ours == truth[::-1]:
        return "transposed", f"{message} It looks transposed."
    if len(ours) == len(truth) and sorted(ours) == sorted(truth):
        message += " The axes stand in another order."
    elif squeezed:
        message += " An axis of length 1 is missing, or is too much."
    return "wrong shape", message


def not_finite(name, given, expected, cases, loose):
    """NaN or infinity where a number is expected."""
    for ours, truth, case in zip(given, expected, cases, strict=True):
        if ours.dtype.kind == truth.dtype.kind == "f" and ours.shape == truth.shape:
            bad = ~np.isfinite(ours) & np.isfinite(truth)
            if bad.any():
                count = f"{bad.sum()} of its {bad.size} numbers" if bad.size > 1 else "the number"
                return "not finite", (
                    f"`{name}`: {count} came out as {ours[bad][0]}{case.where()}. Look for an "
                    "overflow in `exp`, a logarithm of 0 or less, a division by 0, or a mean of "
                    "no numbers."
                )
    return None


def factor(name, given, expected, cases, loose):
    """Every number is the right one times the same factor: a sign, a size, a constant."""
    ratios = [_ratio(np.squeeze(a), np.squeeze(b)) for a, b in zip(given, expected, strict=True)]
    known = [(r, c) for r, c in zip(ratios, cases, strict=True) if r != "zero"]
    if not known or any(r is None for r, _ in known):
        return None
    if all(np.isclose(r, -1) for r, _ in known):
        return "sign", f"`{name}` has the wrong sign: every number is minus the right one."
    for size in known[0][1].sizes:
        counts = [case.sizes[size] for _, case in known]
        if len(set(counts)) == 1:
            continue
        for mean, power in ((False, 1), (True, -1)):
            if all(
                np.isclose(r, float(n) ** power) for (r, _), n in zip(known, counts, strict=True)
            ):
                way = f"{'divided' if mean else 'multiplied'} by the size `{size}`"
                _, case = max(known, key=lambda pair: pair[1].sizes[size])
                return "mean for sum" if mean else "sum for mean", (
                    f"`{name}` is the right one {way}, such as {case.sizes[size]}{case.where()}: "
                    f"a {'mean' if mean else 'sum'} where a {'sum' if mean else 'mean'} belongs."
                )
    if all(np.isclose(r, known[0][0]) for r, _ in known):
        return "factor", f"`{name}` is {known[0][0]:.4g} times the right one, in every case."
    return None


def _ratio(ours, truth):
    """The number c with ours = c truth; "zero" where truth is 0; None if there is no such c."""
    if ours.shape != truth.shape or ours.dtype.kind != "f" or truth.dtype.kind != "f":
        return None
    square = float(np.sum(truth * truth))
    if square == 0:
        return "zero" if not np.any(ours) else None
    c = float(np.sum(ours * truth)) / square
    return c if c != 0 and close(ours, c * truth) else None


def transposed(name, given, expected, cases, loose):
    """A square matrix that is the transpose of the right one."""
    pairs = [(a, b) for a, b in zip(given, expected, strict=True) if b.ndim == 2]
    pairs = [(a, b) for a, b in pairs if not close(a, b)]
    if pairs and all(close(a.T, b) for a, b in pairs):
        return "transposed", f"`{name}` is the transpose of the right one."
    return None


def shifted(name, given, expected, cases, loose):
    """The right numbers, one place too early or too late along some axis."""
    pairs = [(a, b) for a, b in zip(given, expected, strict=True) if not close(a, b, loose)]
    pairs = [(a, b) for a, b in pairs if a.shape == b.shape and b.ndim and b.dtype.kind == "f"]
    for axis in range(max((b.ndim for _, b in pairs), default=0)):
        long = [
            (np.moveaxis(a, axis, 0), np.moveaxis(b, axis, 0)) for a, b in pairs if b.ndim > axis
        ]
        long = [(a, b) for a, b in long if len(b) > 2]
        for early, way in ((True, "early"), (False, "late")):
            cut = [(a[:-1], b[1:]) if early else (a[1:], b[:-1]) for a, b in long]
            if cut and all(close(a, b) for a, b in cut):
                return "off by one", (
                    f"`{name}`: the right numbers stand one place too {way}: at place i is what "
                    f"belongs at i {'+' if early else '-'} 1."
                )
    return None


def another_order(names, outcomes, cases):
    """Return (diagnosis, message) if the right results come in another order, else None.

    Args:
        names: of the results.
        outcomes: the answer's `Outcome` in each case, none without values.
        cases: list of `Case`.

    """
    columns = list(zip(*(outcome.values for outcome in outcomes), strict=True))
    truths = list(zip(*(case.truth.values for case in cases), strict=True))
    places = [
        next((k for k, truth in enumerate(truths) if all(map(close, column, truth))), None)
        for column in columns
    ]
    if None in places or sorted(places) != list(range(len(truths))):
        return None
    return "results in another order", (
        f"These are the right results in another order; expected: {', '.join(names)}."
    )


def unused_argument(exercise, answer, outcomes, wrong):
    """Return (diagnosis, message) if an argument that should matter does not, else None.

    Args:
        exercise: an `Exercise`.
        answer: the function that was handed in.
        outcomes: its `Outcome` in each case, none without values.
        wrong: places of the results that are wrong.

    """
    names = exercise.outputs

    def alike(one, other, places):
        loose = [names[j] in exercise.loose for j in places]
        return all(
            close(one.values[j], other.values[j], free)
            for j, free in zip(places, loose, strict=True)
        )

    mixed = {name: list(_mixed(exercise, answer, name)) for name in exercise.drawn[0].arguments}
    for places in [range(len(names)), *([j] for j in wrong)]:
        for name, pairs in mixed.items():
            ignored = [
                alike(ours, outcomes[i], places)
                for i, truth, ours in pairs
                if not alike(truth, exercise.drawn[i].truth, places)
            ]
            if len(ignored) > 2 and all(ignored):
                which = f"`{names[places[0]]}`" if len(places) == 1 else "The result"
                return "argument not used", (
                    f"{which} does not depend on `{name}`: with another `{name}` it stays the same "
                    "to the last digit, and it should not."
                )
    return None


def _mixed(exercise, answer, name):
    """Yield (i, the truth, the answer's outcome) of case i with the next one's argument."""
    for i, (case, following) in enumerate(itertools.pairwise(exercise.drawn)):
        here, other = case.arguments[name], following.arguments[name]
        if getattr(here, "shape", ()) != getattr(other, "shape", ()) or here is other:
            continue
        arguments = case.arguments | {name: other}
        truth = call(exercise.truth, arguments, exercise.outputs)
        ours = call(answer, arguments, exercise.outputs)
        if truth.values is not None and ours.values is not None:
            yield i, truth, ours


GENERAL = (wrong_type, wrong_shape, not_finite, factor, transposed, shifted)
