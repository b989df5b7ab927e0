"""What all touchable figures share: an anywidget that also works in a plain page, with no kernel.

A figure is a class with a few numbers that can be turned, its *knobs*, and a script that draws
them. In JupyterLab the numbers are synchronised with Python. In a page of the built book there is
no Python; the same script then runs on the numbers that the page was written with.
"""

import copy
import hashlib
import json
import os
from html import escape

import anywidget
import traitlets

from .bundle import bundle

BASE = set(anywidget.AnyWidget.class_trait_names())

# The page's stand-in for a widget's model: the same five methods over a plain object. (That a
# figure is alive is no attribute of its element, which a reader who saves the page would save, too:
# opened again, it would stay dead.)
STAND_IN = """
{
const hosts = [...document.querySelectorAll('[data-figure="%(key)s"]')];
const host = hosts.find((one) => !one.alive);
host.alive = true;
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
        start = {name: copy.deepcopy(getattr(self, name)) for name in self._knobs}
        self.about = {"title": self.title, "description": self.description, "start": start}

    def __repr__(self):
        """The same each time, so that a notebook can be compared with itself."""
        knobs = (f"{name}={getattr(self, name)!r}" for name in self._knobs)
        return f"{type(self).__name__}({', '.join(knobs)})"

    def page(self):
        """Return the figure as HTML that needs no kernel, no library and no network."""
        values = {name: getattr(self, name) for name in self._values}
        text = json.dumps(values, ensure_ascii=False, sort_keys=True, allow_nan=False)
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
