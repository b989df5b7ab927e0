"""Sliders with a kernel behind them."""

import base64

import ipywidgets
import matplotlib.pyplot as plt
import pytest

from gru_lib.explore import Live

LIVE = "application/vnd.jupyter.widget-view+json"
PNG = b"\x89PNG\r\n"


def line(height, width=1):
    """A figure with one line; no height is no line."""
    if height == 0:
        raise ValueError("height: expected a number above 0, got <0>")
    figure, axes = plt.subplots(figsize=(width, 1))
    axes.plot([0, 1], [0, height])
    axes.set(ylim=(0, 10))
    return figure


def controls():
    return {
        "height": ipywidgets.IntSlider(3, 0, 9),
        "width": ipywidgets.Dropdown(options=[1, 2], value=1),
    }


def test_a_control_at_rest_draws_anew():
    plt.close("all")  # what other tests may have left
    box = Live(line, **controls())
    slider, dropdown, state, image = box.children
    first = bytes(image.value)
    assert first.startswith(PNG)
    slider.value = 5
    second = bytes(image.value)
    assert second.startswith(PNG)
    assert second != first
    dropdown.value = 2
    assert bytes(image.value) not in (first, second)
    dropdown.value, slider.value = 1, 3
    assert bytes(image.value) == first
    assert state.value == ""
    assert slider.continuous_update is False
    assert plt.get_fignums() == []


def test_values_that_the_function_refuses_are_told_and_the_picture_stays():
    box = Live(line, **controls())
    slider, _, state, image = box.children
    before = bytes(image.value)
    slider.value = 0
    assert state.value == "ValueError: height: expected a number above 0, got &lt;0&gt;"
    assert image.value == before
    slider.value = 4
    assert state.value == ""
    assert image.value != before


def test_no_figure_stays_open_after_an_error_either():
    def torn(height):
        plt.subplots()
        figure = line(1)
        if height == 4:
            raise ValueError("torn")
        figure.suptitle("$x^$" if height == 5 else "whole")  # the first is no formula
        return figure

    plt.close("all")
    mine = plt.figure()
    box = Live(torn, height=ipywidgets.IntSlider(3))
    slider, state, image = box.children
    before = bytes(image.value)
    for height, words in ((4, "torn"), (5, "ValueError"), (6, "")):
        slider.value = height
        assert words in state.value
        assert plt.get_fignums() == [mine.number]  # the reader's own figure stays
        assert bytes(image.value) == before
    plt.close(mine)


def test_a_function_that_draws_nothing_is_told_so():
    with pytest.raises(TypeError, match=r"^draw: expected it to return a .+ figure, got None"):
        Live(lambda height: None, height=ipywidgets.IntSlider(3))


def test_the_picture_is_never_wider_than_its_cell():
    assert Live(line, **controls()).children[-1].layout.max_width == "100%"


def test_the_page_has_the_picture_and_no_dead_slider(monkeypatch):
    monkeypatch.delenv("GRU_LIB_STATIC", raising=False)
    box = Live(line, **controls())
    data = box._repr_mimebundle_()
    assert set(data) == {LIVE, "image/png", "text/plain"}
    assert base64.b64decode(data["image/png"]) == box.children[-1].value
    assert data["text/plain"] == "Live(line, height=3, width=1)"
    monkeypatch.setenv("GRU_LIB_STATIC", "1")
    assert set(box._repr_mimebundle_()) == {"image/png", "text/plain"}


def test_bad_controls_are_named():
    with pytest.raises(TypeError, match=r"^height: expected a widget with a value, got 3"):
        Live(line, height=3)
    with pytest.raises(TypeError, match="depth"):
        Live(line, height=ipywidgets.IntSlider(3), depth=ipywidgets.IntSlider(3))
