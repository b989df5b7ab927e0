"""The touchable figures: what all of them have in common, without a browser."""

import json
import re
import subprocess

import node
import pytest
import traitlets

from gru_lib import explore
from gru_lib.explore.bundle import SCRIPTS, bundle
from gru_lib.explore.figure import Figure

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
    assert not re.search(r"^(//|/\*)", text, re.M)
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


def test_what_reset_goes_back_to_is_a_copy():
    figure = explore.LSTMGates()
    figure.f[0] = 0.25
    assert figure.about["start"]["f"][0] == 1


def test_a_page_takes_no_number_that_is_none():
    with pytest.raises(ValueError, match="JSON"):
        explore.Cliff(w=float("nan")).page()


def luminance(colour):
    """Relative luminance of `#rrggbb` as WCAG 2 defines it."""
    shares = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in shares]
    return sum(v * weight for v, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def contrast(one, other):
    """Contrast of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["LIGHT", "DARK"])
def test_words_and_marks_are_legible(theme):
    looks = (SCRIPTS / "looks.mjs").read_text("utf-8")
    block = re.search(rf"^const {theme} = `(.*?)`;", looks, re.M | re.S)[1]
    colour = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", block))
    marks = ["blue", "red", "green", "orange", "sky", "purple"]
    words = [(name, "paper") for name in ["ink", "soft", *marks]]
    words += [("ink", ground) for ground in ("fill", "input", "state", "output", "lit")]
    words += [("red", "state"), ("red", "lit"), ("soft", "lit"), ("soft", "fill")]
    low = [(pair, contrast(*(colour[n] for n in pair))) for pair in words]
    assert [pair for pair, value in low if value < 4.5] == []
    bars = [(name, "lit") for name in marks]
    assert [pair for pair in bars if contrast(*(colour[n] for n in pair)) < 3] == []
    assert contrast(colour["lit"], colour["state"]) > 1.1  # besides, what is lit has words


@node.needs_node
def test_the_joined_script_is_one_sound_module(kind, tmp_path):
    path = tmp_path / "figure.mjs"
    path.write_text(kind()._esm, encoding="utf-8")
    # two files with one name at the top would be a syntax error
    subprocess.run([node.NODE, "--check", path], check=True)
