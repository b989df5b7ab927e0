"""What touchable figures share, in a browser, each in a page of its own; the book is not needed.

Without Chromium and Playwright this is skipped, and says so; CI always has them.
"""

import pytest
from test_browser import browser, sync_playwright  # noqa: F401, the fixture and what it needs

from gru_lib import explore
from gru_lib.explore.bundle import bundle

PAGE = (
    '<!doctype html><html data-theme="%s"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><body style="margin: 0">%s</body>'
)
COLOUR = "e => getComputedStyle(e).color"


@pytest.fixture
def opened(browser, tmp_path):  # noqa: F811
    """A function that opens a page with some HTML and fails, in the end, if it complained."""
    contexts, complaints = [], []

    def visit(body, theme="light", **options):
        path = tmp_path / f"{len(contexts)}.html"
        path.write_text(PAGE % (theme, body), encoding="utf-8")
        options = {"viewport": {"width": 760, "height": 800}} | options
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def told(page, k=0):
    """The value of the step's slider of figure number k, as a screen reader has it."""
    page.wait_for_timeout(60)  # the next repaint
    return page.locator("input[data-name=step]").nth(k).get_attribute("aria-valuetext")


def test_two_of_a_kind_live_apart_and_again_in_a_saved_page(opened):
    page = opened(explore.LSTMGates().page() * 2)
    page.locator("input[data-name=step]").nth(1).press("ArrowRight")
    assert (told(page, 0), told(page, 1)) == ("3", "4")
    saved = page.evaluate("document.body.innerHTML")  # as "save page" writes it: no shadow roots
    again = opened(saved)
    assert again.locator(".card svg").count() == 2
    again.locator("input[data-name=step]").nth(0).press("ArrowRight")
    assert (told(again, 0), told(again, 1)) == ("4", "3")


def test_a_figure_in_something_closed_is_drawn_when_it_opens(opened):
    page = opened(f"<details><summary>Open</summary>{explore.LSTMGates().page()}</details>")
    page.locator("summary").click()
    page.wait_for_timeout(100)
    svg = page.locator(".card svg")
    assert svg.evaluate("e => e.viewBox.baseVal.width") == pytest.approx(
        svg.evaluate("e => e.getBoundingClientRect().width"), abs=1
    )


COUNT = """<script>
window.draws = 0;
const replace = Element.prototype.replaceChildren;
Element.prototype.replaceChildren = function (...parts) {
  if (this.tagName === "svg") draws++;
  return replace.apply(this, parts);
};
</script>"""


def test_a_figure_follows_the_width_and_is_drawn_no_oftener_than_need_be(opened):
    page = opened(COUNT + explore.LSTMGates().page())
    page.wait_for_timeout(200)
    assert page.evaluate("draws") == 1
    page.set_viewport_size({"width": 400, "height": 800})
    page.wait_for_timeout(200)
    assert page.locator(".card svg").evaluate("e => e.viewBox.baseVal.width") < 400
    page.evaluate(
        "() => { const input = document.querySelector('.gru-lib-stage').shadowRoot"
        ".querySelector('input'); draws = 0; for (let k = 0; k < 99; k++) {"
        " input.value = k / 100; input.dispatchEvent(new Event('input')); } }"
    )
    page.wait_for_timeout(200)
    assert page.evaluate("draws") == 1  # of all events between two repaints


def test_a_screen_reader_has_everything_once_and_hears_the_end_of_a_motion(opened):
    page = opened(explore.GRUBlocks(step=4).page())
    page.wait_for_timeout(900)
    tree = page.locator(".card").aria_snapshot()
    assert tree.count(explore.GRUBlocks.description) == 1
    assert tree.count("Step 4: ") == 1
    assert "status" not in tree  # an output beside a slider would be read out, too
    assert 'button "Back"' in tree
    assert 'button "Forward"' in tree
    spoken = page.locator("[aria-live]")
    assert spoken.text_content() == ""  # nothing is called out as the page opens
    page.evaluate(
        "() => { window.heard = []; const region = document.querySelector('.gru-lib-stage')"
        ".shadowRoot.querySelector('[aria-live]'); new MutationObserver(() => region.textContent"
        " && heard.push(region.textContent)).observe(region, { childList: true }); }"
    )
    play = page.get_by_role("button", name="Play", exact=True)
    play.press("Enter")
    pause = page.get_by_role("button", name="Pause")
    assert pause.evaluate("e => e.getRootNode().activeElement === e")
    page.wait_for_function("heard.length")
    play.wait_for()
    page.wait_for_timeout(800)
    heard = page.evaluate("heard")
    assert [words.partition(":")[0] for words in heard] == ["Step 6"]
    play.press("Enter")  # from the start again
    page.wait_for_timeout(200)
    page.get_by_role("button", name="Pause").press("Space")
    page.wait_for_function("heard.length === 2")
    assert page.evaluate("heard[1]").startswith("Step 1: ")


def test_reset_ends_a_motion(opened):
    page = opened(explore.LSTMGates(step=2).page())
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_timeout(700)
    page.get_by_role("button", name="Reset").click()
    page.wait_for_timeout(700)
    assert told(page) == "2"
    assert page.get_by_role("button", name="Play", exact=True).is_visible()


def test_on_paper_a_dark_figure_is_light(opened):
    page = opened(explore.LSTMGates().page(), theme="dark")
    card = page.locator(".card")
    assert card.evaluate(COLOUR) == "rgb(232, 232, 232)"
    page.emulate_media(media="print")
    assert card.evaluate(COLOUR) == "rgb(34, 34, 34)"
    assert not page.get_by_role("button", name="Reset").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_choose_the_theme(opened, scheme):
    other = "dark" if scheme == "light" else "light"
    page = opened(
        explore.LSTMGates().page(), theme=other, forced_colors="active", color_scheme=scheme
    )
    assert page.locator(".gru-lib-stage").get_attribute("data-theme") == scheme
    page.emulate_media(forced_colors="none")
    page.wait_for_timeout(100)
    assert page.locator(".gru-lib-stage").get_attribute("data-theme") == other


def test_a_finger_that_scrolls_moves_nothing_and_a_tap_does(opened):
    page = opened(
        explore.Cliff().page() + '<div style="height: 2000px"></div>',
        viewport={"width": 360, "height": 600},
        has_touch=True,
        is_mobile=True,
    )
    slider = page.locator("input[data-name=w]")
    start = slider.get_attribute("aria-valuetext")
    page.locator(".card image").scroll_into_view_if_needed()
    box = page.locator(".card image").bounding_box()
    x, y = box["x"] + 40, box["y"] + 100
    session = page.context.new_cdp_session(page)

    def touch(kind, *points):
        session.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )

    before = page.evaluate("scrollY")
    touch("touchStart", (x, y))
    for k in range(1, 9):
        touch("touchMove", (x + k % 3, y - 15 * k))
    touch("touchEnd")
    page.wait_for_timeout(100)
    assert page.evaluate("scrollY") > before + 50
    box = page.locator(".card image").bounding_box()
    for x in (20, 60):  # nor does a mouse that comes by later
        page.mouse.move(box["x"] + x, box["y"] + 120)
    page.wait_for_timeout(100)
    assert slider.get_attribute("aria-valuetext") == start
    page.touchscreen.tap(box["x"] + 40, box["y"] + 120)
    page.wait_for_timeout(100)
    tapped = slider.get_attribute("aria-valuetext")
    assert float(tapped) < 1.2
    x, y = box["x"] + 60, box["y"] + 120
    touch("touchStart", (x, y))
    for k in range(1, 9):
        touch("touchMove", (x + 15 * k, y))
    page.wait_for_timeout(100)
    assert float(slider.get_attribute("aria-valuetext")) > float(tapped) + 0.1  # on the way
    touch("touchEnd")


@pytest.mark.parametrize("name", [name for name in explore.__all__ if name != "Live"])
def test_a_figure_fits_into_320_units(opened, name):
    page = opened(getattr(explore, name)().page(), viewport={"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


CLEAN = """
const counts = {};
const count = (name, by) => (counts[name] = (counts[name] ?? 0) + by);
const model = {
  get: (name) => values[name],
  set: (name, value) => (values[name] = value),
  on: (event) => count(event, 1),
  off: (event) => count(event, -1),
  save_changes() {},
};
const watched = [];
for (const kind of ["ResizeObserver", "MutationObserver"]) {
  const Real = window[kind];
  window[kind] = class extends Real {
    observe(...of) { watched.push(this); super.observe(...of); }
    disconnect() { this.gone = true; super.disconnect(); }
  };
}
const queries = [];
const real = matchMedia;
window.matchMedia = (words) => {
  const query = real(words);
  queries.push(query);
  query.heard = 0;
  const [add, remove] = [query.addEventListener, query.removeEventListener];
  query.addEventListener = (...of) => (query.heard++, add.apply(query, of));
  query.removeEventListener = (...of) => (query.heard--, remove.apply(query, of));
  return query;
};
const host = document.querySelector("#host");
const leave = render({ model, el: host });
window.begun = [Object.values(counts), watched.length, queries.map((q) => q.heard)];
const buttons = [...host.firstChild.shadowRoot.querySelectorAll("button")];
buttons.find((b) => b.textContent === "Play")?.click();
window.left = () => {
  leave();
  const [svg, before] = [host.firstChild.shadowRoot.querySelector("svg"), JSON.stringify(values)];
  let draws = 0;
  new MutationObserver(() => draws++).observe(svg, { childList: true });
  return new Promise((done) => setTimeout(() => done({
    counts: Object.values(counts),
    watched: watched.slice(0, begun[1]).map((o) => o.gone === true),
    heard: queries.map((q) => q.heard), draws, moved: JSON.stringify(values) !== before,
  }), 1500));
};
"""


@pytest.mark.parametrize("name", [name for name in explore.__all__ if name != "Live"])
def test_a_figure_that_is_taken_away_leaves_nothing_behind(opened, name):
    figure = getattr(explore, name)()
    page = figure.page()
    values = page[page.rindex("const values = ") :].partition("\n")[0]
    script = f"{bundle(figure.script)}{{\n{values}\n{CLEAN}}}"
    page = opened(f'<div id="host"></div><script type="module">{script}</script>')
    listeners, observers, queries = page.evaluate("begun")
    assert min(listeners) == 1
    assert observers == 3
    assert sum(queries) == 2
    left = page.evaluate("left()")
    assert set(left["counts"]) == {0}
    assert set(left["watched"]) == {True}
    assert set(left["heard"]) == {0}
    assert left["draws"] == 0
    assert left["moved"] is False
