"""Write the appendix "From equation to code": each equation, its lines of code and its tests.

The chapters give an equation a label, `$$ … $$ (eq-lstm-cell)`, and the line of `gru_lib` that
computes it names that label in a comment. Both sides are read here, in the order of `_toc.yml`;
which test proves which equation stands in `PROOFS`. `make refresh` runs this file, and
`test_equations.py` breaks every line to see whether the proofs notice.
"""

import ast
import itertools
import json
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "book" / "appendix" / "equations.md"
SIGNS = str.maketrans("+-", "-+")
OWNERS = ("np", "self")  # what stands before the dot in `np.sum(…)` is no array

# Tests of `test_equations.py`, and the equations that each of them proves. Where several lines
# compute one equation, in different layers, it stands under the test of each layer.
PROOFS = {
    "test_rnn_outputs": "eq-rnn-preactivation eq-rnn-state",
    "test_rnn_gradients": "eq-rnn-da eq-rnn-dh eq-rnn-dwxh eq-rnn-dwhh eq-rnn-dbh eq-rnn-dx",
    "test_readout": "eq-rnn-readout eq-rnn-dh-last eq-rnn-dwhy eq-rnn-dby",
    "test_squared_error": "eq-mse eq-mse-gradient",
    "test_slope_of_tanh": "eq-tanh-derivative",
    "test_slope_of_the_sigmoid": "eq-sigmoid-derivative",
    "test_clipping_by_value": "eq-clip-value",
    "test_clipping_by_norm": "eq-global-norm eq-clip-norm",
    "test_lstm_outputs": (
        "eq-lstm-input eq-lstm-forget eq-lstm-output eq-lstm-candidate eq-lstm-cell eq-lstm-state"
    ),
    "test_lstm_gradients": (
        "eq-lstm-dc eq-lstm-dai eq-lstm-daf eq-lstm-dao eq-lstm-dag eq-lstm-dh-prev eq-lstm-dc-prev"
    ),
    "test_gru_before_outputs": "eq-gru-reset eq-gru-update eq-gru-candidate eq-gru-state",
    "test_gru_before_gradients": (
        "eq-gru-daz eq-gru-dah eq-gru-drh eq-gru-dar eq-gru-dh-prev eq-gru-dwhh eq-rnn-dwhh"
    ),
    "test_gru_after_outputs": (
        "eq-gru-reset eq-gru-update eq-gru-memory eq-gru-candidate-after eq-gru-state"
    ),
    "test_gru_after_gradients": (
        "eq-gru-daz eq-gru-dah eq-gru-dm eq-gru-dar-after eq-gru-dh-prev-after eq-gru-dwhh-after "
        "eq-gru-dbhh eq-rnn-dwhh"
    ),
    "test_concat_gru_outputs": (
        "eq-gru-concat-reset eq-gru-concat-update eq-gru-concat-candidate eq-gru-state"
    ),
    "test_concat_gru_gradients": (
        "eq-gru-daz eq-gru-dah eq-gru-drh eq-gru-dar eq-gru-dh-prev eq-gru-concat-dw "
        "eq-gru-concat-db eq-gru-concat-dx"
    ),
    "test_masked_state": "eq-mask-state",
    "test_mean_over_real_steps": "eq-masked-mean",
    "test_dropout": "eq-dropout eq-dropout-gradient",
    "test_weight_decay": "eq-weight-decay",
    "test_softmax": "eq-softmax",
    "test_cross_entropy": "eq-cross-entropy eq-cross-entropy-gradient",
    "test_central_difference": "eq-central-difference",
    "test_complex_step": "eq-complex-step",
    "test_relative_error": "eq-relative-error",
}

INTRODUCTION = """\
<!-- Written by tests/equations.py (make refresh). Do not edit. -->

# From equation to code

This page is for looking things up. It lists every equation of the book that `gru_lib` computes, \
page by page, in the order in which you read them. An entry has three parts.

1. **The equation**, as it stands in the chapter, without its remark on shapes. The number \
above it leads to the place where it is explained and derived. Beside the number is its label.
2. **The code**: the line that computes the equation, or completes it, and the function where it \
stands. In the package the label stands in a comment behind that line. Where several layers share \
an equation, each has a line of its own.
3. **The test** that proves the line. All of these tests are in `tests/test_equations.py`.

The symbols, and their names in the code, are in [one table](notation.md). An array named in \
`out=` receives the result. In `step` an array such as `a` or `r` comes in holding $x_t W + b$, \
which is computed for all steps before the loop; the line adds the rest.

## How a line is proved

**Forward.** The test writes the equations once more, in plain NumPy, one array per symbol, and \
runs them beside the layer, on random numbers. States and outputs must agree to twelve digits.

**Backward.** The truth is the complex step, {eq}`eq-complex-step`, on those plain equations. It \
uses no derivative and no layer of the package. The gradient of every weight, input and initial \
state must agree with it to twelve digits. The two rules for numerical derivatives, the relative \
error and clipping are held against small examples with known answers.

**Is the proof real?** A test that passes proves nothing if it would pass with a wrong line too. \
So a second test breaks each line on this page and demands that the proof fails. It multiplies \
the line's result by 1.01, then each part of the line, one at a time: every sum, product, array \
and number. And it exchanges every plus and minus. From `f * c_prev + i * g` it makes, among \
others, `(f * 1.01) * c_prev + i * g` and `f * c_prev - i * g`. In all, {breaks} wrong lines are \
tried, and each must be noticed.

To do this for one equation:

```bash
.venv/bin/pytest tests/test_equations.py \\
    -k "[eq-rnn-state]"
```

One thing no test can see: whether the label stands beside the right equation. If the labels of \
two lines in one function were exchanged, all proofs would still hold. That is left to the reader, \
and it is why equation and code stand together here.
"""


class Line(NamedTuple):
    """A line of code that names equations."""

    labels: list[str]
    module: str
    function: str  # with its class, `LSTM.step`
    number: int
    code: str  # without indentation and comment


def pages():
    """Return the names of the book's pages, in reading order."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [chapter for part in toc["parts"] for chapter in part["chapters"]]
    below = ((c["file"], *(s["file"] for s in c.get("sections", ()))) for c in chapters)
    return [toc["root"], *itertools.chain.from_iterable(below)]


def source(page):
    """Return the Markdown of a page of `_toc.yml`."""
    path = ROOT / f"{page}.md"
    if path.exists():
        return path.read_text(encoding="utf-8")
    cells = json.loads((ROOT / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def equations():
    """Return `(title, [(label, TeX), …])` of every page that defines labels, in reading order."""
    display = re.compile(r"^\$\$(.+?)\$\$(?: \((eq-[a-z0-9-]+)\))?", re.M | re.S)
    found = []
    for text in map(source, pages()):
        if defined := [(label, tex) for tex, label in display.findall(text) if label]:
            found.append((re.search(r"^# (.+)", text, re.M)[1], defined))
    return found


def functions(tree, prefix=""):
    """Yield the full name of every function and method, and its node."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from functions(node, f"{prefix}{node.name}.")


@cache
def lines():
    """Return every line of `gru_lib` that names equations, module by module."""
    found = []
    for path in sorted((ROOT / "gru_lib").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        spans = list(functions(ast.parse(text)))
        for number, line in enumerate(text.splitlines(), start=1):
            code, _, comment = line.partition("  # ")
            if labels := re.findall(r"\beq-[a-z0-9-]+", comment):
                [name] = [n for n, node in spans if node.lineno < number <= node.end_lineno]
                found.append(Line(labels, path.stem, name, number, code.strip()))
    return found


def proofs():
    """Return the names of the tests that prove each equation."""
    found = {}
    for test, labels in PROOFS.items():
        for label in labels.split():
            found.setdefault(label, []).append(test)
    return found


def values(node):
    """Yield each expression in a line whose value enters the result, after those around it."""
    match node:
        case ast.Expr(value=ast.Call(args=inner)):  # its result goes to `out`
            pass
        case ast.Assign() | ast.AugAssign() | ast.Return():
            inner = [node.value]
        case ast.Tuple():
            inner = node.elts
        case ast.GeneratorExp():
            inner = [node.elt]
        case ast.Constant(value=str()):
            return
        case _:
            yield node
            match node:
                case ast.BinOp():
                    inner = [node.left, node.right]
                case ast.UnaryOp():
                    inner = [node.operand]
                case ast.Call(func=ast.Attribute(value=value)) if ast.unparse(value) not in OWNERS:
                    inner = [value]  # a method of an array
                case ast.Call():
                    inner = node.args
                case _:
                    inner = []
    for child in inner:
        yield from values(child)


def breaks(code):
    """Yield every wrong form of a line: something in it times 1.01, or a sign exchanged."""
    [statement] = ast.parse(code).body
    out = [k.value for k in getattr(statement.value, "keywords", []) if k.arg == "out"]
    if isinstance(statement, ast.AugAssign):
        out = [statement.target]
        if isinstance(statement.op, ast.Add | ast.Sub):
            sign = statement.target.end_col_offset + 1
            yield code[:sign] + code[sign].translate(SIGNS) + code[sign + 1 :]
    for array in out:
        yield f"{code}; {ast.unparse(array)} *= 1.01"
    for node in values(statement):
        start, end = node.col_offset, node.end_col_offset
        part = code[start:end]
        factor = f"({part})" if isinstance(node, ast.BinOp | ast.UnaryOp) else part
        yield f"{code[:start]}({factor} * 1.01){code[end:]}"
        if isinstance(node, ast.UnaryOp):
            end = start + 1
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            start, end = node.left.end_col_offset, node.right.col_offset
        else:
            continue
        yield code[:start] + code[start:end].translate(SIGNS) + code[end:]


def bare(tex):
    """Return an equation without the remark on shapes and the comma or full stop at its end."""
    return re.sub(r"(,\s*\\qquad [^=]*)?\s*[,.]?\s*$", "", tex).strip()


def entry(label, tex, cited, tests):
    """Return the Markdown of one equation, with its lines of code and its tests."""
    parts = [f"{{eq}}`{label}` **`{label}`**", f"$$\n{bare(tex)}\n$$"]
    for code in dict.fromkeys(line.code for line in cited):
        where = [f"`{line.function}` in `{line.module}.py`" for line in cited if line.code == code]
        parts += [f"{', '.join(where)}:", f"```python\n{code}\n```"]
    return "\n\n".join([*parts, f"Proved by {', '.join(f'`{test}`' for test in tests)}.", "---"])


def page():
    """Return the text of the page."""
    count = sum(len(list(breaks(line.code))) for line in lines())
    text, tests = [INTRODUCTION.replace("{breaks}", str(count)).rstrip()], proofs()
    for title, defined in equations():
        text.append(f"## {title}")
        for label, tex in defined:
            cited = [line for line in lines() if label in line.labels]
            text.append(entry(label, tex, cited, tests[label]))
        text[-1] = text[-1].removesuffix("\n\n---")
    return "\n\n".join(text) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
