"""The touchable figures: what all of them have in common, without a browser."""

import json
import re
import subprocess

import node
import pytest
import traitlets

from gru_lib import explore
from gru_lib.explore.figure import Figure, bundle

FIGURES = [
    kind
    for name in explore.__all__
    if isinstance(kind := getattr(explore, name), type) and issubclass(kind, Figure)
]
LIVE = "application/vnd.jupyter.widget-view+json"


def values_in(page):
    """The values that a page was written with."""
    return json.loads(re.findall(r"^const values = (.*);$", page, re.M)[-1])


@pytest.fixture(params=FIGURES, ids=lambda kind: kind.__name__)
def kind(request):
    return request.param


def test_there_are_figures():
    assert len(FIGURES) >= 1


def test_a_figure_says_what_is_to_be_seen(kind):
    assert kind.__doc__
    assert len(kind.title) > 10
    assert len(kind.description) > 40
    assert not kind.title.endswith(".")
    assert kind.description.endswith(".")


def test_the_page_is_the_same_each_time(kind):
    assert kind().page() == kind().page()
    assert repr(kind()) == repr(kind())
    assert repr(kind()).startswith(f"{kind.__name__}(")
    assert len(repr(kind())) < 1000  # no weights


def test_the_page_holds_the_knobs_and_asks_for_nothing(kind):
    figure = kind()
    page = figure.page()
    assert page.count("</script") == 1  # nothing in it ends the script early
    assert "<!--" not in page
    urls = set(re.findall(r"https?://[^\s\"'`]+", page))
    assert urls <= {"http://www.w3.org/2000/svg"}  # a name, not an address
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|importScripts|innerHTML)\b", page)
    assert not re.search(r"^\s*(import|export)\b|\bimport\(", page, re.M)
    values = values_in(page)
    start = values["about"]["start"]
    assert start
    assert {name: values[name] for name in start} == start
    assert kind.title in page.partition("<script")[0]  # words for a reader without JavaScript


def test_every_knob_is_explained(kind):
    start = values_in(kind().page())["about"]["start"]
    told = kind.__doc__.partition("Attributes:")[2]
    assert [name for name in start if not re.search(rf"\b{name}\b", told)] == []


def test_a_knob_that_is_not_there_is_named(kind):
    with pytest.raises(TypeError, match=r"^nonsense: expected one of .+"):
        kind(nonsense=1)


def test_in_a_notebook_the_live_view_comes_with_the_page(kind, monkeypatch):
    monkeypatch.delenv("GRU_LIB_STATIC", raising=False)
    figure = kind()
    data, _ = figure._repr_mimebundle_()
    assert set(data) == {LIVE, "text/html", "text/plain"}
    assert data["text/html"] == figure.page()
    assert data["text/plain"] == repr(figure)
    monkeypatch.setenv("GRU_LIB_STATIC", "1")
    assert set(figure._repr_mimebundle_()[0]) == {"text/html", "text/plain"}


def test_the_live_view_gets_the_same_script(kind):
    assert kind()._esm == bundle(kind.script) + "export default { render };\n"


def test_start_values_can_be_chosen_and_are_checked():
    figure = explore.LSTMGates(step=7, f=[0.5] * 20)
    assert values_in(figure.page())["step"] == 7
    assert figure.about["start"]["f"] == [0.5] * 20
    assert "step=7" in repr(figure)
    with pytest.raises(traitlets.TraitError, match="'step' trait of a LSTMGates"):
        explore.LSTMGates(step=21)
    with pytest.raises(traitlets.TraitError, match=r"'o' trait of a LSTMGates.*length"):
        explore.LSTMGates(o=[1.0])
    with pytest.raises(traitlets.TraitError, match=r"'i' trait of a LSTMGates"):
        explore.LSTMGates(i=[2.0] * 20)


def test_moving_a_knob_does_not_move_what_reset_goes_back_to():
    figure = explore.LSTMGates(step=7)
    figure.step = 9
    assert figure.about["start"]["step"] == 7
    assert values_in(figure.page())["step"] == 9


def test_a_bundle_has_every_script_once_and_in_order():
    text = bundle("lstm_gates")
    assert text.index("function lstmState(") < text.index("function trace(")
    names = re.findall(r"^(?:async )?function (\w+)", text, re.M)
    assert len(names) == len(set(names)) > 20
    assert not re.search(r"^(\s|//|/\*)", text, re.M)  # no indentation, no comments
    with pytest.raises(FileNotFoundError):
        bundle("nonsense")


class Angry(Figure):
    """Words that could end the script."""

    script = "lstm_gates"
    title = "Words with </script> and <b>"
    description = "An end of a script inside the text must not end the script of the page."
    word = traitlets.Unicode("</script><!-- ]]>").tag(sync=True)


def test_no_text_can_end_the_script():
    page = Angry().page()
    assert page.count("</script") == 1
    assert "<!--" not in page
    assert "<b>" not in page.partition("<script")[0]
    assert values_in(page)["word"] == "</script><!-- ]]>"


@node.needs_node
def test_the_joined_script_is_one_sound_module(kind, tmp_path):
    path = tmp_path / "figure.mjs"
    path.write_text(kind()._esm, encoding="utf-8")
    # two files with one name at the top would be a syntax error
    subprocess.run([node.NODE, "--check", path], check=True)
