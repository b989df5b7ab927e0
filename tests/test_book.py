"""Checks of the notebooks' sources and of the built book, without a browser."""

import functools
import json
import os
import re
import runpy
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import equations
import pytest
from equations import source

from gru_lib import GRU, LSTM, RNN, ConcatGRU, Dense

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
PAGES = equations.pages()
NOTEBOOKS = sorted(
    p for p in (ROOT / "book").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts
)


# --- equation and code are one thing ---------------------------------------------------------


def cited_labels():
    lines = (
        line
        for path in (ROOT / "gru_lib").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    comments = (line.partition("#")[2] for line in lines)
    return {label for comment in comments for label in re.findall(r"\beq-[a-z0-9-]+", comment)}


def defined_labels():
    return [
        label for page in PAGES for label in re.findall(r"\$\$ \((eq-[a-z0-9-]+)\)", source(page))
    ]


def test_every_cited_equation_is_in_the_book_and_has_its_line_of_code():
    assert len(defined_labels()) > 15
    assert cited_labels() == set(defined_labels())


def test_every_equation_label_stands_once():
    assert len(defined_labels()) == len(set(defined_labels()))


def test_docstrings_name_only_labels_that_exist():
    for path in (ROOT / "gru_lib").rglob("*.py"):
        assert set(re.findall(r"\beq-[a-z0-9-]+", path.read_text(encoding="utf-8"))) <= set(
            defined_labels()
        ), path


def test_notation_lists_every_parameter():
    table = source("book/appendix/notation")
    for layer in (RNN(1, 2), LSTM(1, 2), GRU(1, 2, reset="after"), ConcatGRU(1, 2), Dense(2, 1)):
        for name in layer.params:
            assert f'`params["{name}"]`' in table


# --- the notebooks ---------------------------------------------------------------------------


def cells(notebook):
    return json.loads(notebook.read_text(encoding="utf-8"))["cells"]


def name_of(path):
    return str(path.relative_to(ROOT))


def test_every_notebook_is_in_the_book():
    assert {name_of(p)[: -len(".ipynb")] for p in NOTEBOOKS} <= set(PAGES)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name_of)
def test_notebook_is_committed_executed_without_error(notebook):
    code = [c for c in cells(notebook) if c["cell_type"] == "code"]
    assert any("gru_lib" in "".join(c["source"]) for c in code)
    for cell in code:
        assert cell["execution_count"], "".join(cell["source"])
        for output in cell["outputs"]:
            assert output["output_type"] != "error"
            assert output.get("name") != "stderr", output


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name_of)
def test_every_plotted_figure_has_caption_and_alternative_text(notebook):
    for cell in cells(notebook):
        if any("image/png" in o.get("data", {}) for o in cell.get("outputs", [])):
            about = cell["metadata"]["mystnb"]
            assert len(about["image"]["alt"]) > 40
            assert about["figure"]["caption"]
            assert about["figure"]["name"].startswith("fig-")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name_of)
def test_every_figure_to_touch_has_caption_and_name_and_no_dead_view(notebook):
    assert "widgets" not in json.loads(notebook.read_text(encoding="utf-8"))["metadata"]
    for cell in cells(notebook):
        data = [o.get("data", {}) for o in cell.get("outputs", [])]
        assert not any("application/vnd.jupyter.widget-view+json" in d for d in data)
        if any("data-figure=" in "".join(d.get("text/html", "")) for d in data):
            about = cell["metadata"]["mystnb"]["figure"]
            assert len(about["caption"]) > 40
            assert about["name"].startswith("fig-touch-")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name_of)
def test_few_outputs_are_left_out_of_the_comparison(notebook):
    tags = [t for c in cells(notebook) for t in c["metadata"].get("tags", [])]
    assert not {"nbval-skip", "raises-exception", "nbval-raises-exception"} & set(tags)
    assert tags.count("nbval-ignore-output") <= 4


def test_diagrams_are_what_the_script_draws(tmp_path, monkeypatch):
    folder = ROOT / "book" / "figures"
    monkeypatch.syspath_prepend(folder)
    runpy.run_path(str(folder / "draw.py"))["main"](tmp_path)
    drawn = sorted(tmp_path.iterdir())
    assert drawn
    for path in drawn:
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def test_reading_times_on_the_landing_page():
    """About 150 words a minute; a formula or a line of code counts as a word or two."""
    rows = re.findall(r"\]\(([\w/.-]+)\) \|[^|]+\| (\d+) min \|", source("book/index"))
    assert len(rows) >= 5
    for target, minutes in rows:
        words = len(source(f"book/{target.rsplit('.', 1)[0]}").split())
        assert 0.6 < int(minutes) / (words / 150) < 1.7, (target, minutes, words)


# --- the chapters' plan ------------------------------------------------------------------------

CHAPTERS = [page for page in PAGES if re.match(r"book/\d\d-", page)]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_opens_and_closes_as_planned(chapter):
    text = source(chapter)
    opening = text.split("\n\n")[1]
    places = [
        opening.index(word) for word in ("**You will be able to**", "**You need**", "**Time**")
    ]
    assert places == sorted(places)
    heads = re.findall(r"^## (.+)", text, re.M)
    assert heads[-3:] == ["Summary", "Check yourself", "Further reading"]
    summary = text.partition("\n## Summary\n")[2].partition("\n## Check yourself\n")[0].strip()
    assert len(summary.splitlines()) == 5
    asked, answered = (
        re.findall(r"^(\d+)\. ", part, re.M)
        for part in text.partition("\n## Check yourself\n")[2].split(":::{dropdown} Answers")
    )
    assert len(asked) >= 6
    assert answered == asked
    assert "{cite" in text.partition("\n## Further reading\n")[2]


def test_the_glossary_is_in_order_and_in_three_languages():
    entries = source("book/appendix/glossary").split("```{glossary}\n")[1].split("\n```")[0]
    entries = re.split(r"\n\n(?=\S)", entries.strip())
    assert len(entries) > 80
    terms = [entry.splitlines()[0].casefold() for entry in entries]
    assert terms == sorted(terms)
    for entry in entries:
        assert re.search(r"\n\n  Spanish: .+ · Portuguese: .+$", entry), entry


# --- the built book --------------------------------------------------------------------------


class Page(HTMLParser):
    """What a page loads, links to and shows."""

    def __init__(self, path):
        super().__init__()
        self.path, self.ids, self.loads, self.links, self.images = path, set(), [], [], []
        self.words = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            self.ids.add(attrs["id"])
        if tag in {"script", "img", "iframe", "source"} and attrs.get("src"):
            self.loads.append(attrs["src"])
        if tag == "link" and {"stylesheet", "icon", "preload"} & set(attrs.get("rel", "").split()):
            self.loads.append(attrs["href"])
        if tag == "a" and "href" in attrs:
            self.links.append(attrs["href"])
        if tag == "img":
            self.images.append(attrs)

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def pages():
    assert (HTML / "index.html").exists(), "build the book first: make book"
    return {page: Page(HTML / f"{page}.html") for page in PAGES}


def local_path(page, address):
    return (page.path.parent / unquote(address.split("#")[0].split("?")[0])).resolve()


def test_a_page_loads_nothing_from_elsewhere(pages):
    for name, page in pages.items():
        assert page.loads
        for address in page.loads:
            assert not re.match(r"(https?:)?//", address), (name, address)
            if not address.startswith("data:"):
                assert local_path(page, address).is_file(), (name, address)


def test_inner_links_and_anchors_lead_somewhere(pages):
    checked = 0
    opened = functools.cache(Page)  # hundreds of links lead to one page
    for name, page in pages.items():
        for address in page.links:
            if re.match(r"(https?|mailto|doi):", address):
                continue
            target = local_path(page, address) if address.split("#")[0] else page.path
            assert target.is_file(), (name, address)
            anchor = address.partition("#")[2]
            if anchor and target.suffix == ".html":
                assert unquote(anchor) in opened(target.resolve()).ids, (name, address)
            checked += 1
    assert checked > 50


def test_every_picture_says_what_is_to_be_seen(pages):
    for name, page in pages.items():
        for image in page.images:
            alt = image.get("alt", "")
            is_logo = "logo" in image.get("class", "")
            assert len(alt) > (5 if is_logo else 40), (name, image)
            assert not re.search(r"\.(png|svg)", alt), (name, image)


def test_nothing_is_left_unresolved(pages):
    for name, page in pages.items():
        text = " ".join(page.words)
        for trace in ("{glue", "{eq}", "{ref}", "{numref}", "{cite}", "???", ":::"):
            assert trace not in text, (name, trace)


def test_mathematics_comes_from_the_book_itself(pages):
    assert (HTML / "_static" / "mathjax" / "tex-svg.js").stat().st_size > 1_000_000
    page = pages["book/01-vanilla-rnn"]
    assert any("mathjax/tex-svg.js" in a for a in page.loads)
    assert not any("thebe" in a for a in page.loads)


def test_search_index_knows_every_page():
    index = (HTML / "searchindex.js").read_text(encoding="utf-8")
    names = json.loads(re.search(r'"docnames":\s*(\[.*?\])', index)[1])
    assert set(PAGES) <= set(names)


def test_the_first_page_leads_into_the_book():
    assert "book/index.html" in (HTML / "index.html").read_text(encoding="utf-8")


# --- the house -------------------------------------------------------------------------------


def test_requirements_are_exact_and_cover_the_short_list():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith(("#", "-e"))]
    assert all(re.match(r"[\w.-]+(\[\w+\])?==[\w.]+", pin) for pin in pins)
    assert "uv pip compile" in "\n".join(lines[:3])
    listed = {re.match(r"[\w.-]+", pin)[0].lower().replace("_", "-") for pin in pins}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = sum(project["optional-dependencies"].values(), project["dependencies"])
    assert {re.match(r"[\w-]+", name)[0] for name in declared} <= listed


# --- the one chapter that needs PyTorch --------------------------------------------------------


NAME = "07-pytorch"


def run_without_torch(*arguments):
    """Run pytest in a process in which PyTorch cannot be found."""
    script = (
        f"import sys, pytest; sys.modules['torch'] = None; sys.exit(pytest.main({list(arguments)}))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    options = {"cwd": ROOT, "capture_output": True, "text": True, "check": False}
    return subprocess.run([sys.executable, "-c", script], env=environment, **options)


def test_without_pytorch_its_chapter_is_skipped_and_says_how_to_include_it():
    notebook = ROOT / "book" / f"{NAME}.ipynb"
    code = sum(cell["cell_type"] == "code" for cell in cells(notebook))
    beside = str(ROOT / "tests" / "test_dense.py")  # brings conftest.py, as a whole run does
    done = run_without_torch(
        "-q", "-n0", "-p", "no:cacheprovider", "-k", NAME, beside, str(notebook)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(rf"SKIPPED \[{code}\] .*07-pytorch", done.stdout), done.stdout
    assert re.search(rf"^{code} skipped, \d+ deselected in", done.stdout, re.M), done.stdout
    assert "pip install -r book/requirements-torch.txt" in done.stdout
    assert (ROOT / "book" / "requirements-torch.txt").is_file()
