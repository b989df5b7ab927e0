"""Make the exercises from the solutions: `python book/solutions/clear.py`, or `make exercises`.

nbgrader's ClearSolutions replaces what stands between BEGIN SOLUTION and END SOLUTION: in a code
cell by a stub that is "not attempted yet", in a Markdown cell by a link to that place among the
solutions. It needs `pip install -r book/requirements-nbgrader.txt`.
"""

import re
import sys
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.preprocessors import ClearOutput, ClearSolutions
from traitlets.config import Config

SOLUTIONS = Path(__file__).resolve().parent
EXERCISES = SOLUTIONS.parent / "exercises"
LINK = "SOLUTION-LINK"
STUB = "# Your code here, in place of the next line.\nraise NotImplementedError"


def exercise(solution):
    """Return the exercise notebook, without outputs, of one solution notebook.

    Args:
        solution: path of the notebook.

    """
    config = Config()
    config.ClearSolutions.enforce_metadata = False
    config.ClearSolutions.code_stub = {"python": STUB}
    config.ClearSolutions.text_stub = LINK
    config.NotebookExporter.preprocessors = [ClearSolutions, ClearOutput]
    text, _ = NotebookExporter(config=config).from_filename(str(solution))
    notebook = nbformat.reads(text, as_version=4)
    notebook.cells[0].source = notebook.cells[0].source.replace("# Solutions", "# Exercises", 1)
    place = ""
    for cell in notebook.cells:
        heading = re.search(r"^## (.+)", cell.source, re.M)
        if cell.cell_type == "markdown" and heading:
            place = slug(heading[1])
        link = f"[The solution](../solutions/{solution.name}#{place})"
        cell.source = cell.source.replace(LINK, link)
    return notebook


def slug(heading):
    """Return the anchor that the book gives a heading, as GitHub would."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def main(folder=EXERCISES):
    """Write every exercise notebook into `folder`."""
    for solution in sorted(SOLUTIONS.glob("*.ipynb")):
        nbformat.write(exercise(solution), Path(folder) / solution.name)


if __name__ == "__main__":
    main(*sys.argv[1:])
