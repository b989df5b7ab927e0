"""A touchable figure, a quiz and a verdict in JupyterLab itself.

Without Chromium and Playwright this is skipped, and says so; CI always has them.
"""

import json
import os
import re
import subprocess
import sys
import time

import nbformat
import pytest
from test_browser import browser, sync_playwright  # noqa: F401, the fixture and what it needs

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is missing").expect

CELLS = [
    "from gru_lib.explore import LSTMGates\n\nfigure = LSTMGates()\nfigure",
    "print('Python has', figure.step)",
    "figure.step = 11",
    "figure",  # a second view of the same
    "from gru_lib.check import chapter01, quiz\n\nquiz(1)",
    "chapter01.truncated_bptt(lambda x, dh, W_x, W_h, b, k: (W_x, W_h * float('nan'), b))",
]


@pytest.fixture
def lab(tmp_path):
    """JupyterLab on a free port, in a folder with one notebook; the address of that notebook."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, tmp_path / "touch.ipynb")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0"]
    command += ["--IdentityProvider.token=", "--ServerApp.password=", f"--notebook-dir={tmp_path}"]
    runtime = tmp_path / "runtime"
    environment = os.environ | {"JUPYTER_RUNTIME_DIR": str(runtime), "JUPYTER_NO_CONFIG": "1"}
    with open(tmp_path / "log", "w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        for _ in range(300):
            found = [json.loads(path.read_text()) for path in runtime.glob("jpserver-*.json")]
            if found:
                break
            assert server.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.2)
        yield f"http://127.0.0.1:{found[0]['port']}/lab/tree/touch.ipynb?reset"
    finally:
        server.terminate()
        server.wait(20)


def test_slider_and_python_are_one_and_a_quiz_and_a_verdict_are_shown(browser, lab):  # noqa: F811
    page = browser.new_context(viewport={"width": 1280, "height": 2400}).new_page()
    page.set_default_timeout(60_000)
    page.goto(lab)
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    cells.nth(5).wait_for()

    def run(k):
        """Execute a cell, as often as it takes: a key pressed while the page loads can be lost."""
        prompt = cells.nth(k).locator(".jp-InputPrompt")
        before = prompt.inner_text()
        for _ in range(6):
            cells.nth(k).locator(".cm-content").click()
            page.keyboard.press("Control+Enter")
            try:
                expect(prompt).to_have_text(re.compile(r"\d"), timeout=10_000)
                expect(prompt).not_to_have_text(before, timeout=10_000)
            except AssertionError:
                continue
            return
        raise AssertionError(f"cell {k} does not run: {page.locator('body').inner_text()}")

    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    run(0)
    slider = cells.nth(0).locator(".gru-lib-stage input[data-name=step]")
    expect(cells.nth(0)).to_contain_text("Reset", timeout=60_000)  # tells what stands there instead
    run(3)
    second = cells.nth(3).locator(".gru-lib-stage input[data-name=step]")
    second.wait_for()
    assert slider.get_attribute("aria-valuetext") == "3"
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    run(1)
    told = cells.nth(1).locator(".jp-OutputArea-output")
    told.wait_for()
    assert re.sub(r"\s+", " ", told.inner_text()).strip() == "Python has 5"
    run(2)
    page.wait_for_function(
        "s => s.getAttribute('aria-valuetext') === '11'", arg=slider.element_handle()
    )
    assert "At step 11" in cells.nth(0).locator(".gru-lib-stage .words").inner_text()
    assert second.get_attribute("aria-valuetext") == "11"
    cells.nth(3).locator(".gru-lib-stage button.reset").click()
    run(1)
    page.wait_for_function(
        "c => c.innerText.includes('Python has 3')", arg=cells.nth(1).element_handle()
    )
    assert slider.get_attribute("aria-valuetext") == "3"

    run(4)
    quiz = cells.nth(4).locator(".gru-lib-quiz")
    quiz.locator("mjx-container").first.wait_for()  # the mathematics is set
    right = quiz.locator("details.right").first
    expect(right.locator("p")).to_be_hidden()
    right.locator("summary").press("Enter")
    expect(right.locator("p")).to_contain_text("Right.")
    expect(right.locator("p")).to_be_visible()
    run(5)
    verdict = cells.nth(5).locator(".gru-lib-verdict")
    expect(verdict).to_contain_text("truncated_bptt: not yet (not finite)")
    page.context.close()
