"""The first names of a census, and their split into parts."""

import math

import numpy as np
import pandas as pd

from .series import FOLDER
from .validate import require_positive


def read_names():
    """Return the first names of the US Census of 1990, see `data/README.md`.

    Returns:
        A `pd.DataFrame`, one row a name, sorted: `name`, lower-case a to z; `female` and `male`,
        per cent of women and of men who have it, 0 where the census does not list it.

    Raises:
        OSError: the file cannot be read.

    """
    # "nan" is a name, too
    return pd.read_csv(FOLDER / "names.csv", keep_default_na=False, na_values=[])


def require_names(names):
    """Return names as a list; raise TypeError or ValueError unless they are one or more strings."""
    if isinstance(names, str):
        raise TypeError(f"names: expected a list of names, got the string {names!r}")
    names = list(names)
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"names: expected strings, got {name!r}")
    if not names:
        raise ValueError("names: expected at least one, got none")
    return names


def split_names(names, seed=0, parts=(0.8, 0.1, 0.1)):
    """Deal distinct names out, at random, into parts for training, validation and test.

    A name that is given twice counts once: otherwise it might be tested on after it was learnt.

    Args:
        names: strings, in any order; the same names give the same split.
        seed: seed of the generator that shuffles them.
        parts: three shares, each above 0, that add up to 1.

    Returns:
        Three lists of names.

    Raises:
        TypeError, ValueError: no list of names; shares out of range, or a part without a name.

    """
    shares = [require_positive("parts", part) for part in parts]
    if len(shares) != 3 or not math.isclose(sum(shares), 1):
        raise ValueError(f"parts: expected three shares that add up to 1, got {parts}")
    distinct = sorted(set(require_names(names)))
    first = round(shares[0] * len(distinct))
    second = round((shares[0] + shares[1]) * len(distinct))
    if not 0 < first < second < len(distinct):
        raise ValueError(f"names: expected enough for three parts, got {len(distinct)} distinct")
    shuffled = [distinct[i] for i in np.random.default_rng(seed).permutation(len(distinct))]
    return shuffled[:first], shuffled[first:second], shuffled[second:]
