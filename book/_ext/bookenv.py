"""What the built book needs beyond Jupyter Book's settings.

A page of the book requests nothing from outside: the thebe scripts, which the theme loads from a
CDN on every page, are dropped, and MathJax is copied into the book from a pinned Python package.
"""

import shutil
from importlib.util import find_spec
from pathlib import Path

MATHJAX_PARTS = ("tex-svg.js", "input/tex/extensions", "a11y", "sre")


def drop_thebe(app, pagename, templatename, context, doctree):
    """Remove from a page every script and style sheet, linked or inline, that names thebe."""

    def names_thebe(file):
        inline = getattr(file, "attributes", {}).get("body", "")
        return "thebe" in f"{getattr(file, 'filename', file)} {inline}".lower()

    for kind in ("script_files", "css_files"):
        context[kind] = [f for f in context.get(kind, []) if not names_thebe(f)]


def copy_mathjax(app, exception):
    """Copy MathJax 3 from `sphinx-mathjax-offline` to `_static/mathjax`."""
    if exception is not None or app.builder.format != "html":
        return
    source = next(
        Path(find_spec("sphinx-mathjax-offline").origin).parent.rglob("tex-svg.js")
    ).parent
    target = Path(app.outdir, "_static", "mathjax")
    for part in MATHJAX_PARTS:
        if (source / part).is_dir():
            shutil.copytree(source / part, target / part, dirs_exist_ok=True)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / part, target / part)


def setup(app):
    """Register the two steps with Sphinx."""
    app.connect("html-page-context", drop_thebe, priority=900)
    app.connect("build-finished", copy_mathjax)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
