"""Arrays and a description in one `.npz` file: no pickle, and never half a file."""

import contextlib
import json
import os
import uuid
from pathlib import Path

import numpy as np

FORMAT = "gru_lib model"
VERSION = 1  # raise it when an older reader would misread a file
HEADER = "header.json"


def write(path, description, arrays):
    """Write a file; one that is there already is replaced only when the new one is complete.

    Args:
        path: the file, which must end in `.npz`.
        description: what `json` can hold.
        arrays: dict of arrays by name.

    Raises:
        ValueError: `path` does not end in `.npz`.
        OSError: the file cannot be written.

    """
    path = _require_npz(path)
    text = json.dumps({"format": FORMAT, "version": VERSION, "description": description})
    header = np.frombuffer(text.encode("utf-8"), np.uint8)
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with open(partial, "xb") as file:
            np.savez(file, allow_pickle=False, **{HEADER: header}, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise


def read(path):
    """Return the description and the arrays of a file that `write` wrote.

    Raises:
        ValueError: the file is damaged, foreign, or written by a newer version of this package.
        OSError: the file cannot be read.

    """
    path = _require_npz(path)
    with open(path, "rb") as file:
        try:
            with np.load(file, allow_pickle=False) as entries:
                arrays = {name: entries[name] for name in entries.files}
            header = json.loads(arrays.pop(HEADER).tobytes().decode("utf-8"))
            kind, version = header["format"], header["version"]
        except Exception as error:  # a damaged file can make the readers fail in any way
            message = f"{path}: expected a model file, got a damaged or foreign one"
            raise ValueError(message) from error
    if kind != FORMAT:
        raise ValueError(f"{path}: expected format {FORMAT!r}, got {kind!r}")
    if type(version) is not int or version != VERSION:
        newer = type(version) is int and version > VERSION
        hint = "; a newer gru_lib can read it" if newer else ""
        raise ValueError(f"{path}: expected version {VERSION}, got {version!r}{hint}")
    if "description" not in header:
        raise ValueError(f"{path}: expected a model file, got a damaged or foreign one")
    return header["description"], arrays


def _require_npz(path):
    path = Path(path)
    if path.suffix != ".npz":
        raise ValueError(f"path: expected a name that ends in .npz, got {path.name!r}")
    return path
