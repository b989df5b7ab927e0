"""The built book in a real browser: Debian's Chromium, driven by Playwright.

Without them these tests are skipped, and say so; CI always has them.
"""

import functools
import http.server
import os
import shutil
import threading
from pathlib import Path

import equations
import pytest

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
PAGES = equations.pages()
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update "
    "--disable-sync --no-first-run"
)

if os.environ.get("CI"):
    from playwright.sync_api import sync_playwright  # CI has it, or fails here

    assert CHROMIUM, "CI needs Chromium"
    pytestmark = []
else:
    sync_playwright = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed: see README"
    ).sync_playwright
    pytestmark = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed: see README")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def server():
    """The book over http, on a free port of this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = functools.partial(Quiet, directory=str(HTML))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_address[1]}"
        httpd.shutdown()


class Visit:
    """A page that has been opened, with all it asked for and complained of."""

    def __init__(self, browser, address, width=1280, scheme="light", touch=False):
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, has_touch=touch
        )
        self.page = self.context.new_page()
        self.requests, self.failures, self.complaints = [], [], []
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.page.on("requestfailed", lambda r: self.failures.append(r.url))
        self.page.on("response", lambda r: r.status >= 400 and self.failures.append(r.url))
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on(
            "console",
            lambda m: m.type in {"error", "warning"} and self.complaints.append(m.text),
        )
        self.page.goto(address)
        self.page.wait_for_load_state("load")
        self.page.wait_for_function(
            "() => !window.MathJax || MathJax.startup?.promise?.then(() => true)"
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()


def check(visit, origin):
    assert visit.requests
    assert [r for r in visit.requests if not r.startswith((origin, "data:", "blob:"))] == []
    assert visit.failures == []
    assert visit.complaints == []


@pytest.mark.parametrize("page", PAGES)
def test_over_http_nothing_leaves_the_page(browser, server, page):
    with Visit(browser, f"{server}/{page}.html") as visit:
        check(visit, server)
        formulas = visit.page.locator(".math").count()
        assert visit.page.locator("mjx-container").count() >= formulas
        assert visit.page.locator("[data-mjx-error], mjx-merror").count() == 0


@pytest.mark.parametrize("page", PAGES)
def test_from_a_file_nothing_leaves_the_page(browser, page):
    with Visit(browser, f"file://{HTML}/{page}.html") as visit:
        check(visit, "file:")
        assert visit.page.locator("mjx-container").count() >= visit.page.locator(".math").count()


CHAPTERS = [page for page in PAGES if page.startswith("book/0") or page.startswith("book/1")]


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_quiz_is_answered_by_keyboard(browser, page):
    with Visit(browser, f"file://{HTML}/{page}.html") as visit:
        choices = visit.page.locator(".gru-lib-quiz details")
        assert choices.count() >= 15
        assert visit.page.locator(".gru-lib-quiz details[open]").count() == 0
        raw = visit.page.locator(".gru-lib-quiz").evaluate("e => e.textContent.includes('\\\\(')")
        assert not raw  # all mathematics is set
        for k, key in enumerate(("Enter", "Space")):
            choices.nth(k).locator("summary").focus()
            visit.page.keyboard.press(key)
            words = choices.nth(k).locator("p")
            assert words.is_visible()
            assert words.inner_text().startswith(("Right.", "Not this one."))
            visit.page.keyboard.press(key)
            assert not words.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["book/04-gru", "book/exercises/04-gru"])
def test_quizzes_and_verdicts_have_the_colours_of_the_text(browser, page, scheme):
    with Visit(browser, f"file://{HTML}/{page}.html", scheme=scheme) as visit:
        places = {"text": "article p", "box": ".gru-lib-quiz p, .gru-lib-verdict p"}
        colours = {
            name: visit.page.locator(where).first.evaluate("e => getComputedStyle(e).color")
            for name, where in places.items()
        }
        assert colours["text"] == colours["box"]
        frame = visit.page.locator("div.text_html:has(> .gru-lib-quiz, > .gru-lib-verdict)").first
        assert frame.evaluate("e => getComputedStyle(e).backgroundColor") == "rgba(0, 0, 0, 0)"


EXERCISES = [page for page in PAGES if page.startswith("book/exercises/")]


@pytest.mark.parametrize("page", EXERCISES)
def test_hints_open_and_each_solution_is_one_click_away_and_out_of_sight(browser, page):
    with Visit(browser, f"file://{HTML}/{page}.html") as visit:
        hints = visit.page.locator("article details")
        assert hints.count() >= 8
        assert not hints.first.locator("p").first.is_visible()
        hints.first.locator("summary").press("Enter")
        assert hints.first.locator("p").first.is_visible()
        links = visit.page.locator("article a", has_text="The solution")
        number = links.count()
        assert number == visit.page.locator("article h2").count() >= 4
        assert visit.page.locator("article .gru-lib-verdict").count() == number
        heading = visit.page.locator("article h2").nth(number - 1).inner_text()
        links.nth(number - 1).click()
        visit.page.wait_for_load_state("load")
        assert "/solutions/" in visit.page.url
        there = visit.page.locator("section:target > h2, span:target ~ h2").first.inner_text()
        assert there == heading


def test_search_finds_a_chapter(browser, server):
    with Visit(browser, f"{server}/search.html?q=truncation") as visit:
        visit.page.wait_for_selector("#search-results li a")
        found = visit.page.locator("#search-results li a").all_inner_texts()
        assert any("sine wave" in title for title in found)
        check(visit, server)


def test_search_works_from_a_file(browser):
    with Visit(browser, f"file://{HTML}/search.html?q=persistence") as visit:
        visit.page.wait_for_selector("#search-results li a")
        assert visit.complaints == []


def test_next_leads_through_the_book_in_order(browser, server):
    with Visit(browser, f"{server}/index.html") as visit:
        visit.page.wait_for_url(f"{server}/{PAGES[0]}.html")
        for page in PAGES[1:]:
            visit.page.click("a.right-next")
            visit.page.wait_for_url(f"{server}/{page}.html")
        assert visit.page.locator("a.right-next").count() == 0


def test_answers_open_when_asked(browser):
    with Visit(browser, f"file://{HTML}/book/01-vanilla-rnn.html") as visit:
        answers = visit.page.locator("details.sd-dropdown", has_text="Answers")
        hidden = answers.locator("li").first
        assert not hidden.is_visible()
        answers.locator("summary").press("Enter")
        assert hidden.is_visible()


# --- figures to touch ------------------------------------------------------------------------

TOUCHABLE = [
    page
    for page in PAGES
    if (HTML / f"{page}.html").exists()
    and "data-figure=" in (HTML / f"{page}.html").read_text("utf-8")
]
SIZES = """card => {
  const svg = card.querySelector("svg");
  const frame = svg.getBoundingClientRect();
  const words = [...svg.querySelectorAll("text")].filter((t) => t.textContent.trim());
  const edges = words.map((t) => [t.textContent, t.getBoundingClientRect()]);
  const shared = (a, b) => Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left) - 2)
    * Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) - 5);
  return {
    overlapping: edges.flatMap(([t, a], k) => edges.slice(k + 1)
      .filter(([, b]) => shared(a, b) > 0).map(([u]) => [t, u])),
    small: words.map((t) => {
      const scale = frame.width / svg.viewBox.baseVal.width;
      return [t.textContent, parseFloat(getComputedStyle(t).fontSize) * scale];
    }).filter(([, size]) => size < 11.5),
    cut: edges.filter(([, b]) => b.left < frame.left - 2 || b.right > frame.right + 2
      || b.top < frame.top - 2 || b.bottom > frame.bottom + 2).map(([t]) => t),
    tiny: [...card.querySelectorAll("button, input")].filter((e) => {
      const b = (e.closest("label") ?? e).getBoundingClientRect();
      return b.width < 24 || b.height < 24;
    }).map((e) => e.outerHTML),
    unnamed: [...card.querySelectorAll("button, input")].filter((e) =>
      !e.textContent.trim() && !e.labels?.length && !e.getAttribute("aria-label")
    ).map((e) => e.outerHTML),
  };
}"""


def cards(visit):
    """The figures of a page, each scrolled into view once."""
    found = visit.page.locator(".gru-lib-figure .card").all()
    for card in found:
        card.scroll_into_view_if_needed()
    return found


def seen(card):
    """What a reader has before them: the picture and the words."""
    card.page.wait_for_timeout(60)  # the next repaint
    return card.locator("svg").first.inner_html() + card.locator(".words").inner_text()


def test_there_are_figures_to_touch():
    assert HTML.exists(), "build the book first: make book"
    assert len(TOUCHABLE) >= 6


@pytest.mark.parametrize("page", TOUCHABLE)
def test_a_figure_moves_by_keyboard_and_goes_back(browser, page):
    with Visit(browser, f"file://{HTML}/{page}.html") as visit:
        before = len(visit.requests)
        for card in cards(visit):
            first, moved = seen(card), 0
            for slider in card.locator("input[type=range]").all():
                told = slider.get_attribute("aria-valuetext")
                at_end = slider.evaluate("e => Number(e.value) >= Number(e.max)")
                still = seen(card)
                slider.press("ArrowLeft" if at_end else "ArrowRight")
                moved += seen(card) != still
                assert slider.get_attribute("aria-valuetext") != told or slider.is_disabled()
            for button in card.locator("button:not(.reset)").all():
                if button.is_enabled():
                    button.press("Enter")
            for box in card.locator("input[type=checkbox]").all():
                box.press("Space")
            assert moved
            assert seen(card) != first
            card.locator("button.reset").press("Enter")
            assert seen(card) == first
        assert len(visit.requests) == before
        assert visit.complaints == []


@pytest.mark.parametrize("page", TOUCHABLE)
def test_a_figure_moves_by_touch(browser, page):
    with Visit(browser, f"file://{HTML}/{page}.html", width=360, touch=True) as visit:
        for card in cards(visit):
            slider = card.locator("input[type=range]").first
            slider.scroll_into_view_if_needed()
            still, box = seen(card), slider.bounding_box()
            for share in (0.25, 0.6):
                x = box["x"] + share * box["width"]
                visit.page.touchscreen.tap(x, box["y"] + box["height"] / 2)
            assert seen(card) != still
            card.locator("button.reset").tap()
            assert seen(card) == still
        assert visit.complaints == []


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("page", TOUCHABLE)
def test_a_figure_is_legible_and_named(browser, page, width):
    with Visit(browser, f"file://{HTML}/{page}.html", width=width) as visit:
        for card in cards(visit):
            seen(card)
            faults = card.evaluate(SIZES)
            assert faults == {kind: [] for kind in faults}
            assert len(card.locator("svg").first.get_attribute("aria-label")) > 20
            assert card.locator("[aria-live=polite]").count() >= 1


def test_a_figure_follows_the_theme(browser):
    with Visit(browser, f"file://{HTML}/book/03-lstm.html") as visit:
        (card,) = cards(visit)
        light = card.evaluate("e => getComputedStyle(e).backgroundColor")
        visit.page.evaluate("document.documentElement.dataset.theme = 'dark'")
        dark = card.evaluate("e => getComputedStyle(e).backgroundColor")
        assert (light, dark) == ("rgb(255, 255, 255)", "rgb(27, 31, 36)")


def test_a_page_without_scripts_says_what_a_figure_shows(browser):
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(f"file://{HTML}/book/03-lstm.html")
    words = opened.locator(".gru-lib-figure").inner_text()
    context.close()
    assert "its gates in your hand" in words
    assert "can be touched where JavaScript runs" in words
