"""The built book at a phone's width; a module of its own, so that another worker can run it.

Without Chromium and Playwright these tests are skipped, and say so; CI always has them.
"""

import pytest
from test_browser import HTML, PAGES, Visit, browser, pytestmark  # noqa: F401

# The exercises and solutions have nothing whose width the theme could change.
BOTH = [(page, "light") for page in PAGES] + [
    (page, "dark") for page in PAGES if not page.startswith(("book/exercises/", "book/solutions/"))
]


@pytest.mark.parametrize(("page", "scheme"), BOTH)
def test_a_phone_does_not_scroll_sideways(browser, page, scheme):  # noqa: F811
    with Visit(browser, f"file://{HTML}/{page}.html", width=360, scheme=scheme) as visit:
        assert visit.page.evaluate("document.documentElement.dataset.theme") == scheme
        visit.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        wide = visit.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide[0] <= wide[1]
        assert (
            visit.page.evaluate(
                "[...document.querySelectorAll('mjx-container[display=true]')]"
                ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerHTML.length)"
            )
            == []
        )  # nor does any displayed formula
