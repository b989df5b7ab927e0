"""Chapter 7 needs PyTorch, which the book does not require: without it, it is skipped."""

import importlib.util
import os

import pytest

NEEDS_TORCH = "07-pytorch.ipynb"
REASON = (
    "this whole notebook needs PyTorch; to include it: "
    "python -m pip install -r book/requirements-torch.txt"
)


def pytest_collection_modifyitems(items):
    if os.environ.get("CI") or importlib.util.find_spec("torch") is not None:
        return  # CI has it, or fails
    for item in items:
        if item.path.name == NEEDS_TORCH:
            item.add_marker(pytest.mark.skip(reason=REASON))
