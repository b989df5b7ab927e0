"""Functions of the figures' JavaScript, called from a test through Node.js.

Without it such tests are skipped, and say so; CI always has it.
"""

import json
import math
import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

DRIVER = Path(__file__).with_name("driver.mjs")
NODE = shutil.which("node")

if os.environ.get("CI"):
    assert NODE, "CI needs Node.js"
needs_node = pytest.mark.skipif(not NODE, reason="Node.js is not installed: see README")


class Thrown(NamedTuple):
    """What a call left that threw an error."""

    message: str


def run(modules, calls, catch=False):
    """Call exported functions one after another, in one process of Node.

    Args:
        modules: path of an `.mjs` file, or a list of paths, which then export no name twice.
        calls: list of `(function, arguments)`. Arguments are what JSON can hold, and NumPy arrays;
            `result(k)` as an argument stands for what call number `k` returned.
        catch: give a `Thrown` as the result of a call that throws, and go on.

    Returns:
        The results, in the order of the calls, numbers as floats. NaN, infinities and -0 survive
        both ways; `undefined` comes back as None, or not at all inside an object.

    Raises:
        RuntimeError: a module cannot be imported, or a call threw; with what Node wrote to
            stderr.

    """
    paths = modules if isinstance(modules, (list, tuple)) else [modules]
    addresses = [Path(path).resolve().as_uri() for path in paths]
    command = [NODE, str(DRIVER), "catch" if catch else "throw", *addresses]
    text = json.dumps(_plain(list(calls)), allow_nan=False)
    done = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", timeout=60)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout, object_hook=_revive, parse_int=float)


def result(k):
    """Stand for what call number `k`, from 0, of the same `run` returned."""
    return {"$result": k}


def _plain(value):
    """Return `value` with lists for arrays, and with a word for a number that JSON lacks."""
    if isinstance(value, dict):
        return {name: _plain(v) for name, v in value.items()}
    if isinstance(value, (np.ndarray, np.generic)):
        return _plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"$number": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
    return value


def _revive(entries):
    if entries.keys() == {"$number"}:
        return float(entries["$number"])
    if entries.keys() == {"$thrown"}:
        return Thrown(entries["$thrown"])
    return entries
