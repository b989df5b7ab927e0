"""Files that are whole or not there; arrays and a description in one `.npz`, without pickle."""

import contextlib
import json
import os
import uuid
from pathlib import Path

import numpy as np

VERSION = 1  # raise it when an older reader would misread a file
HEADER = "header.json"


@contextlib.contextmanager
def whole(path):
    """Give a temporary name beside `path`; the file takes the place of `path` when it is complete.

    If anything goes wrong inside the `with` block, the temporary file is removed, and an older file
    under `path` stays as it was.
    """
    path = Path(path)
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        yield partial
        os.replace(partial, path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise


def write(path, description, arrays, kind="model"):
    """Write a file; one that is there already is replaced only when the new one is complete.

    Args:
        path: the file, which must end in `.npz`.
        description: what `json` can hold.
        arrays: dict of arrays by name.
        kind: what the file holds, in a word; `read` must be asked for the same.

    Raises:
        ValueError: `path` does not end in `.npz`.
        OSError: the file cannot be written.

    """
    path = _require_npz(path)
    header = {"format": f"gru_lib {kind}", "version": VERSION, "description": description}
    text = np.frombuffer(json.dumps(header).encode("utf-8"), np.uint8)
    with whole(path) as partial, open(partial, "xb") as file:
        try:
            np.savez(file, allow_pickle=False, **{HEADER: text}, **arrays)
        except ValueError as error:
            if isinstance(error.__context__, KeyboardInterrupt):  # zipfile covers up a Ctrl-C
                raise KeyboardInterrupt from error
            raise
        file.flush()
        os.fsync(file.fileno())


def read(path, kind="model"):
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
            found, version = header["format"], header["version"]
        except Exception as error:  # a damaged file can make the readers fail in any way
            message = f"{path}: expected a {kind} file, got a damaged or foreign one"
            raise ValueError(message) from error
    if found != f"gru_lib {kind}":
        raise ValueError(f"{path}: expected format {f'gru_lib {kind}'!r}, got {found!r}")
    if type(version) is not int or version != VERSION:
        newer = type(version) is int and version > VERSION
        hint = "; a newer gru_lib can read it" if newer else ""
        raise ValueError(f"{path}: expected version {VERSION}, got {version!r}{hint}")
    if "description" not in header:
        raise ValueError(f"{path}: expected a {kind} file, got a damaged or foreign one")
    return header["description"], arrays


def _require_npz(path):
    path = Path(path)
    if path.suffix != ".npz":
        raise ValueError(f"path: expected a name that ends in .npz, got {path.name!r}")
    return path
