"""What all touchable figures share: an anywidget that also works in a plain page, with no kernel.

A figure is a class with a few numbers that can be turned, its *knobs*, and a script that draws
them. In JupyterLab the numbers are synchronised with Python. In a page of the built book there is
no Python; the same script then runs on the numbers that the page was written with.
"""

import hashlib
import json
import os
import re
from html import escape
from pathlib import Path

import anywidget
import traitlets

SCRIPTS = Path(__file__).parent / "js"
BASE = set(anywidget.AnyWidget.class_trait_names())
IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+)\.mjs";\n', re.M)
COMMENT = re.compile(r"^\s*(?:/\*\*.*?\*/|//[^\n]*)\n", re.M | re.S)
EXPORT = re.compile(r"^export (?=(?:async function|function|const|let|class)\b)", re.M)

# The page's stand-in for a widget's model: the same five methods over a plain object.
STAND_IN = """
{
const host = document.querySelector('[data-figure="%(key)s"]:not([data-alive])');
host.dataset.alive = "";
const values = %(values)s;
const heard = {};
const model = {
  get: (name) => values[name],
  set(name, value) {
    if (values[name] === value) return;
    values[name] = value;
    (heard["change:" + name] ?? []).forEach((f) => f());
  },
  on: (event, f) => (heard[event] ??= []).push(f),
  off: (event, f) => (heard[event] = (heard[event] ?? []).filter((g) => g !== f)),
  save_changes() {},
};
render({ model, el: host });
}
"""


def bundle(name, seen=None):
    """Return the text of `js/<name>.mjs` with all that it imports in front: one module alone.

    Every file is an ES module of its own, with imports of the form `import { a } from "./b.mjs";`
    (a path from this folder). Joined they need no import, so the page fetches nothing. Comments
    that stand on lines of their own, and the indentation, stay behind.

    Raises:
        FileNotFoundError: no such script.

    """
    seen = set() if seen is None else seen
    seen.add(name)
    source = (SCRIPTS / f"{name}.mjs").read_text("utf-8")
    before = "".join(bundle(n, seen) for n in IMPORT.findall(source) if n not in seen)
    bare = re.sub(r"^\s+", "", COMMENT.sub("", IMPORT.sub("", source)), flags=re.M)
    return before + EXPORT.sub("", bare)


class Figure(anywidget.AnyWidget):
    """A figure to touch; see the subclasses.

    A subclass names its script, `script = "lstm_gates"`, says in `title` and `description` what is
    to be seen, and has its knobs as traits tagged `sync=True`; what is not to be turned (weights)
    is also tagged `fixed=True`. The script exports `render({ model, el })`.

    Args:
        **knobs: values to begin with, which the Reset button brings back.

    Raises:
        TypeError: a knob that the figure lacks.
        traitlets.TraitError: a value out of a knob's range.

    """

    script = title = description = None
    about = traitlets.Dict().tag(sync=True, fixed=True)  # the words, and the knobs at the start

    def __init_subclass__(cls, **kwargs):
        """Join the scripts of a new kind of figure."""
        if cls.__dict__.get("script"):
            cls._esm = bundle(cls.script) + "export default { render };\n"
        super().__init_subclass__(**kwargs)

    def __init__(self, **knobs):
        self._values = sorted(set(self.trait_names(sync=True)) - BASE)
        fixed = {name for name in self._values if self.trait_metadata(name, "fixed")}
        self._knobs = sorted(set(self._values) - fixed)
        for name in knobs:
            if name not in self._knobs:
                raise TypeError(f"{name}: expected one of {', '.join(self._knobs)}")
        super().__init__(**knobs)
        start = {name: getattr(self, name) for name in self._knobs}
        self.about = {"title": self.title, "description": self.description, "start": start}

    def __repr__(self):
        """The same each time, so that a notebook can be compared with itself."""
        knobs = (f"{name}={getattr(self, name)!r}" for name in self._knobs)
        return f"{type(self).__name__}({', '.join(knobs)})"

    def page(self):
        """Return the figure as HTML that needs no kernel, no library and no network."""
        values = {name: getattr(self, name) for name in self._values}
        text = json.dumps(values, ensure_ascii=False, sort_keys=True)
        text = text.replace("<", r"\u003c")  # no text can end the script
        key = f"{self.script}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        run = STAND_IN % {"key": key, "values": text}
        return (
            f'<div class="gru-lib-figure" data-figure="{key}">\n'
            f"<p><strong>{escape(self.title)}.</strong> {escape(self.description)}</p>\n"
            "<p>This figure can be touched where JavaScript runs; in a notebook, run its cell."
            f'</p>\n</div>\n<script type="module">\n{bundle(self.script)}{run}</script>\n'
        )

    def _repr_mimebundle_(self, **kwargs):
        """The live view for JupyterLab and, beside it, the plain page.

        With GRU_LIB_STATIC set (as `make refresh` does) the plain page alone: a stored reference to
        a live view is dead when the notebook is opened again.
        """
        plain = {"text/plain": repr(self), "text/html": self.page()}
        if os.environ.get("GRU_LIB_STATIC"):
            return plain, {}
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | plain, metadata
