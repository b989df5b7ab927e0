"""Checks of what comes in: one clear error that names the culprit and what was expected."""

import math
import numbers

import numpy as np

DTYPES = (np.float32, np.float64, np.complex128)


def require_array(name, value, shape, dtype, finite=True):
    """Return `value` as an array, or raise one error that says what is wrong with it.

    Args:
        name: what the error calls the array.
        value: an array, or nested lists of numbers.
        shape: one entry per axis: a number the axis must equal, or a word that names a free axis
            of length one or more, such as `("batch", "time", 3)`.
        dtype: the exact dtype expected; nothing is cast silently.
        finite: refuse NaN and infinity.

    Returns:
        The array itself, not a copy.

    Raises:
        TypeError: not numbers, or of another dtype.
        ValueError: wrong number or length of axes, an empty axis, or a number that is not finite.

    """
    try:
        array = np.asarray(value)
    except ValueError as error:  # ragged nested lists
        raise ValueError(f"{name}: expected a rectangular array, got {error}") from None
    dtype = np.dtype(dtype)
    if array.dtype != dtype:
        raise TypeError(
            f"{name}: expected dtype {dtype}, got {array.dtype}; "
            f"np.asarray({name.split()[0]}, dtype=np.{dtype}) converts it"
        )
    _require_shape(name, array.shape, shape)
    if finite and not np.isfinite(array).all():
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name}: expected finite numbers, got {array[index]} at index {index}")
    return array


def _require_shape(name, given, expected):
    wanted = "(" + ", ".join(str(n) for n in expected) + ("," if len(expected) == 1 else "") + ")"
    fits = len(given) == len(expected) and all(
        isinstance(e, str) or g == e for g, e in zip(given, expected, strict=True)
    )
    if not fits:
        raise ValueError(f"{name}: expected shape {wanted}, got {given}")
    if 0 in given:
        raise ValueError(f"{name}: expected at least one number on every axis, got shape {given}")


def float_dtype(array):
    """Return the array's own dtype if it is a floating one, else float64, to be asked for."""
    return array.dtype if array.dtype.kind == "f" else np.dtype(np.float64)


def require_count(name, value, least=1):
    """Return `value` as an int that is at least `least`; anything else raises one clear error.

    Raises:
        TypeError: not a whole number.
        ValueError: too small.

    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name}: expected a whole number, got {value!r}")
    if value < least:
        raise ValueError(f"{name}: expected at least {least}, got {value}")
    return int(value)


def require_number(name, value):
    """Return `value` if it is a finite number; raise ValueError otherwise."""
    if not _is_finite(value):
        raise ValueError(f"{name}: expected a finite number, got {value!r}")
    return value


def require_positive(name, value):
    """Return `value` if it is a finite number above zero; raise ValueError otherwise."""
    if not (_is_finite(value) and value > 0):
        raise ValueError(f"{name}: expected a finite number above 0, got {value!r}")
    return value


def require_fraction(name, value):
    """Return `value` if it is a number from 0 to below 1; raise ValueError otherwise."""
    if not (_is_finite(value) and 0 <= value < 1):
        raise ValueError(f"{name}: expected a number from 0 to below 1, got {value!r}")
    return value


def _is_finite(value):
    try:
        number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        return number and math.isfinite(value)
    except OverflowError:  # an integer beyond every float
        return False


def require_choice(name, value, choices):
    """Return `value` if it is one of `choices`; raise ValueError that lists them otherwise."""
    if not isinstance(value, str) or value not in choices:
        listed = ", ".join(repr(c) for c in choices)
        raise ValueError(f"{name}: expected one of {listed}, got {value!r}")
    return value


def require_dtype(dtype):
    """Return `dtype` as a `np.dtype`; raise TypeError if layers do not come in it."""
    if np.dtype(dtype) not in DTYPES:
        raise TypeError(f"dtype: expected float32, float64 or complex128, got {np.dtype(dtype)}")
    return np.dtype(dtype)


def valid_steps(lengths, batch, time):
    """Return a mask (time, batch, 1), True at real steps, or None when there is no padding.

    Raises:
        ValueError: `lengths` are not `batch` whole numbers from 0 to `time`.

    """
    if lengths is None:
        return None
    lengths = np.asarray(lengths)
    if lengths.shape != (batch,) or lengths.dtype.kind not in "iu":
        raise ValueError(
            f"lengths: expected {batch} whole numbers, got {lengths.dtype} {lengths.shape}"
        )
    if lengths.min() < 0 or lengths.max() > time:
        raise ValueError(f"lengths: expected numbers from 0 to {time}, got {lengths.tolist()}")
    return (np.arange(time)[:, None] < lengths)[..., None]
