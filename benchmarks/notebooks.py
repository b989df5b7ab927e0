"""What the longer runs share: the functions that a notebook defines, and one printed line each."""

import ast
import json
import os
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded

import numpy as np

BOOK = Path(__file__).resolve().parents[1] / "book"
SINGLE = {"dtype": np.float32}


def page(name):
    """Return the names that a notebook imports and defines, without running anything else."""
    cells = json.loads((BOOK / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef
    body = [node for node in ast.parse(code).body if isinstance(node, kinds)]
    names = {}
    exec(compile(ast.Module(body, []), name, "exec"), names)
    return names


def show(label, numbers, form="{:.3g}"):
    """Print one line as soon as it is known."""
    print(f"{label:44}", *(form.format(number) for number in numbers), flush=True)
