"""Sliders for what Python must compute anew, such as a training; a picture where no kernel runs."""

import base64
import html
import io
import os

import ipywidgets
import matplotlib.pyplot as plt


class Live(ipywidgets.VBox):
    """A figure that a function draws anew whenever a control comes to rest.

    In a notebook the controls stand above the picture. In the plain page there is no Python to ask,
    so the page shows the picture of the start values and no controls.

    Example:
        >>> def wave(periods):
        ...     figure, axes = plt.subplots()
        ...     _ = axes.plot([0, 1], [0, periods])
        ...     return figure
        >>> Live(wave, periods=ipywidgets.IntSlider(3, 1, 9))
        Live(wave, periods=3)

    Args:
        draw: function of the controls' values that returns a Matplotlib figure.
        **controls: an ipywidgets control for each argument of `draw`.

    Raises:
        TypeError: a control that is no widget with a value, arguments that `draw` does not take, or
            no figure from it.

    """

    def __init__(self, draw, **controls):
        for name, control in controls.items():
            if not (isinstance(control, ipywidgets.Widget) and hasattr(control, "value")):
                raise TypeError(f"{name}: expected a widget with a value, got {control!r}")
        self._draw, self._controls = draw, controls
        fit = ipywidgets.Layout(max_width="100%", align_self="flex-start")
        self._image = ipywidgets.Image(format="png", layout=fit)
        self._state = ipywidgets.HTML()
        self._picture()
        for name, control in controls.items():
            control.description = control.description or name.replace("_", " ")
            control.style.description_width = "initial"
            if hasattr(control, "continuous_update"):
                control.continuous_update = False  # not for every place that a hand passes
            control.observe(self._again, "value")
        super().__init__([*controls.values(), self._state, self._image])

    def __repr__(self):
        """The same each time, so that a notebook can be compared with itself."""
        values = (f", {name}={control.value!r}" for name, control in self._controls.items())
        return f"{type(self).__name__}({self._draw.__name__}{''.join(values)})"

    def _again(self, _):
        self._state.value = "computing …"
        try:
            self._picture()
        except Exception as error:  # the reader's values: say what is wrong, keep the last picture
            self._state.value = html.escape(f"{type(error).__name__}: {error}")
        else:
            self._state.value = ""

    def _picture(self):
        """Draw into memory; no figure is left open to be shown a second time, not by an error."""
        before = plt.get_fignums()
        try:
            values = {name: control.value for name, control in self._controls.items()}
            figure = self._draw(**values)
            if not hasattr(figure, "savefig"):
                raise TypeError(f"draw: expected it to return a Matplotlib figure, got {figure!r}")
            png = io.BytesIO()
            figure.savefig(png, format="png")
            plt.close(figure)  # also one that was there before
        finally:
            for number in set(plt.get_fignums()) - set(before):
                plt.close(number)
        self._image.value = png.getvalue()

    def _repr_mimebundle_(self, **kwargs):
        """The live view, and for the plain page the picture; see `Figure._repr_mimebundle_`."""
        png = base64.b64encode(self._image.value).decode()
        plain = {"text/plain": repr(self), "image/png": png}
        if os.environ.get("GRU_LIB_STATIC"):
            return plain
        return super()._repr_mimebundle_(**kwargs) | plain
