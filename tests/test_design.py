"""The plan of the house: what may import what, how long things are, and that all is explained."""

import ast
import doctest
import importlib
import inspect
from pathlib import Path

import pytest

import gru_lib

GROUND = ["validate", "activations", "initializers", "cell", "recurrent"]
CELLS = ["rnn", "lstm", "gru", "concat_gru"]
JOINED = ["interop", "bidirectional", "dense", "dropout", "storage", "model"]
UPSTAIRS = ["losses", "optim", "history", "updates", "training", "gradcheck"]
SERIES = [
    "data",
    "series",
    "names",
    "letters",
    "ngrams",
    "forecast",
    "forecaster",
    "evaluation",
    "plots",
    "runs",
    "options",
    "cli",
    "__main__",
]
TOUCH = [
    "explore.weights",
    "explore.bundle",
    "explore.figure",
    "explore.unrolled",
    "explore.gradient_distance",
    "explore.cliff",
    "explore.lstm_gates",
    "explore.gru_gates",
    "explore.gru_blocks",
    "explore.free_running",
    "explore.next_letter",
    "explore.live",
    "explore",
]
CHECK = [
    "check.verdict",
    "check.watch",
    "check.outcome",
    "check.case",
    "check.symptoms",
    "check.diagnosis",
    "check.exercise",
    "check.quiz",
    "check",
]
FOLDER = Path(gru_lib.__file__).parent


def module_name(path):
    """`rnn`, `explore.figure`; a package has the name of its folder, the whole that of nothing."""
    return (
        ".".join(path.relative_to(FOLDER).with_suffix("").parts).removesuffix("__init__").strip(".")
    )


FILES = {module_name(path): path for path in sorted(FOLDER.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in FILES.items()}
# One module an exercise; a chapter's package stands behind its modules.
CHAPTERS = sorted(
    (name for name in FILES if name.startswith("check.chapter")),
    key=lambda name: (name.split(".")[1], name.count(".") == 1, name),
)
ORDER = GROUND + CELLS + JOINED + UPSTAIRS + SERIES + TOUCH + CHECK + CHAPTERS
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def imported(tree, package=""):
    """Names of the modules of gru_lib that a module of one of its packages imports, anywhere."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            folders = package.split(".") if package else []
            folders = folders[: len(folders) + 1 - node.level]
            names = [node.module] if node.module else [alias.name for alias in node.names]
            yield from (".".join([*folders, name]) for name in names)
        elif isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "gru_lib":
            yield node.module.removeprefix("gru_lib").lstrip(".")
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.split(".")[0] == "gru_lib"]
            yield from (name.removeprefix("gru_lib").lstrip(".") for name in names)


def code_lines(function, source):
    """Lines of a function's body that are neither docstring, nor blank, nor a comment alone."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body:
        return 0
    lines = source.splitlines()[body[0].lineno - 1 : function.end_lineno]
    return sum(bool(line.strip()) and not line.strip().startswith("#") for line in lines)


def public(tree, prefix=""):
    """Yield public classes, functions and methods with their full names."""
    for node in tree.body:
        if isinstance(node, DEFINITIONS) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node, f"{prefix}{node.name}.")


def test_every_module_has_its_place():
    assert set(TREES) - {""} == set(ORDER)


@pytest.mark.parametrize("module", ORDER)
def test_a_module_imports_only_from_those_above_it(module):
    package = ".".join(FILES[module].parent.relative_to(FOLDER).parts)
    assert set(imported(TREES[module], package)) <= set(ORDER[: ORDER.index(module)])


@pytest.mark.parametrize("module", CHAPTERS)
def test_an_exercise_needs_no_other_chapter(module):
    names = set(imported(TREES[module], ".".join(FILES[module].parent.relative_to(FOLDER).parts)))
    chapter = ".".join(module.split(".")[:2])
    assert all(name.startswith(chapter) for name in names if name.startswith("check.chapter"))


def test_imports_are_seen_in_every_form():
    source = "from . import a\nfrom .b import x\nimport gru_lib.c\nfrom gru_lib.d import y\n"
    assert list(imported(ast.parse(source + "import numpy\nfrom os import path"))) == list("abcd")
    inside = "from .figure import Figure\nfrom ..rnn import RNN\n"
    assert list(imported(ast.parse(inside), "explore")) == ["explore.figure", "rnn"]
    deeper = (
        "from .a import b\nfrom ..exercise import E\nfrom .. import watch\nfrom ...gru import G"
    )
    names = ["check.chapter01.a", "check.exercise", "check.watch", "gru"]
    assert list(imported(ast.parse(deeper), "check.chapter01")) == names


@pytest.mark.parametrize("module", TREES)
def test_no_module_is_longer_than_250_lines(module):
    assert len(FILES[module].read_text("utf-8").splitlines()) <= 250


@pytest.mark.parametrize(
    "script", sorted((FOLDER / "explore" / "js").glob("*.mjs")), ids=lambda path: path.name
)
def test_no_script_is_longer_than_250_lines_nor_wider_than_110(script):
    lines = script.read_text("utf-8").splitlines()
    assert lines[0].startswith("// ")
    assert len(lines) <= 250
    assert [line for line in lines if len(line) > 110] == []


@pytest.mark.parametrize("module", TREES)
def test_no_function_is_longer_than_40_lines(module):
    source = FILES[module].read_text("utf-8")
    functions = [n for n in ast.walk(TREES[module]) if isinstance(n, ast.FunctionDef)]
    assert {f.name: n for f in functions if (n := code_lines(f, source)) > 40} == {}


@pytest.mark.parametrize("module", TREES)
def test_everything_public_is_explained(module):
    assert ast.get_docstring(TREES[module])
    assert [name for name, node in public(TREES[module]) if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("module", TREES)
def test_examples_in_docstrings_run(module):
    name = f"gru_lib.{module}".rstrip(".")
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("name", gru_lib.__all__)
def test_what_the_package_offers_has_a_docstring(name):
    assert inspect.getdoc(getattr(gru_lib, name))


def test_some_example_is_run():
    assert doctest.testmod(importlib.import_module("gru_lib.rnn")).attempted > 0
    assert doctest.testmod(importlib.import_module("gru_lib.model")).attempted > 0
