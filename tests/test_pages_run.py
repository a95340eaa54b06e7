"""Programs that run in the page that shows them, in a real browser: what they print, Stop, Reset, Edit, and what no
program can do there.

A start of Python takes seconds, so most tests share one page of lesson 1. Cells and snippets that are not looked at
here run under Node.js.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from in_browser import needs_axe, needs_browser, needs_packed
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from playwright.sync_api import Browser, Locator, Route, expect

from tools.lessons import NOTEBOOKS, ROOT, Lesson, read_code_cells
from tools.website.browser import (
    LIGHT,
    MOST_LAYOUT_SHIFT,
    PHONE_DARK,
    Response,
    ServedSite,
    Tab,
    open_tab,
    serve,
)
from tools.website.programs import SNIPPETS

pytestmark = [needs_browser, needs_axe, needs_packed]

FIRST = "/lessons/01_first_request/"
SECOND = "/lessons/02_choose_a_model/"
MOST_SCRIPT_BYTES = 1_000
MOST_START_BYTES = 16_500_000
SCRATCH = 5
"""A cell of lesson 1 that no other needs, for code of the tests' own."""
STORED = re.compile(r"^Output \(sandbox")
"""How an output that came with the page begins."""
GONE = "A part of Python is not there any more. Load the page again."
OFFLINE = "There is no connection."


class RunPage:
    """A page whose programs run in it."""

    def __init__(self, tab: Tab):
        self.tab = tab
        self.page = tab.page
        self.panel = tab.page.locator(".run-panel")
        self.status = self.panel.get_by_role("status")
        self.page.on("dialog", lambda dialog: dialog.accept())  # Reset asks before it discards code

    def block(self, cell: int) -> Locator:
        """Return the code of a cell."""
        return self.page.locator(f"[data-cell='{cell}']")

    def button(self, cell: int, name: str) -> Locator:
        """Return Run or Edit of a cell."""
        return self.block(cell).locator("+ .run-bar").get_by_role("button", name=name)

    def output(self, cell: int) -> Locator:
        """Return the output of a cell: the fresh one, if there is one."""
        return self.block(cell).locator("+ .run-bar + .output")

    def label(self, cell: int) -> Locator:
        """Return the line above the output of a cell."""
        return self.output(cell).locator(".output-label")

    def run(self, cell: int) -> None:
        """Press Run, and wait until the cell is done."""
        self.button(cell, "Run").click()
        self.wait_for(cell)

    def wait_for(self, cell: int, state: str = "done") -> None:
        """Wait for the end of a cell."""
        ends = {"done": r"^(Output \(just now, in your browser\)|Done, without output)$"}
        expect(self.label(cell)).to_have_text(re.compile(ends.get(state, rf"browser\): {state}$")))

    def write(self, cell: int, code: str) -> None:
        """Edit a cell."""
        self.button(cell, "Edit").click()
        self.block(cell).get_by_role("textbox").fill(code)

    def start(self, code: str) -> None:
        """Begin code of one's own."""
        self.write(SCRATCH, code)
        self.button(SCRATCH, "Run").click()

    def result(self, code: str, state: str = "done") -> str:
        """Run code of one's own, and return what it gives."""
        self.start(code)
        self.wait_for(SCRATCH, state)
        return "".join(self.output(SCRATCH).locator("pre").all_text_contents())

    def press(self, name: str) -> None:
        """Press a button of the panel."""
        self.panel.get_by_role("button", name=name).click()

    def content(self, cell: int) -> list[Any]:
        """Return the fresh output of a cell: texts, rows of tables, and images with their alternative texts."""
        return self.output(cell).evaluate("""output => [...output.children].slice(1).map(part => {
          if (part.matches("pre")) return part.textContent;
          const image = part.querySelector("img");
          if (image) return [image.alt, image.src];
          return [...part.querySelectorAll("tr")].map(row => [...row.cells].map(cell => cell.textContent));
        })""")


@dataclass
class Lesson1:
    """Lesson 1 after all of its cells have run.

    Attributes:
        page: the page.
        before: what was loaded before the first press.
        after: what was loaded after it.
        asked: the addresses that were asked for after it.
        contents: what the cells have given, by their numbers.
    """

    page: RunPage
    before: list[Response]
    after: list[Response]
    asked: list[str]
    contents: dict[int, list[Any]]


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[ServedSite]:
    with serve(site) as served:
        yield served


@pytest.fixture(scope="module")
def lesson(browser: Browser, served: ServedSite) -> Iterator[Lesson1]:
    with open_tab(browser, served, LIGHT) as tab:
        visit = tab.visit(FIRST, accessibility=False)
        served.responses.clear()
        asked: list[str] = []
        tab.page.on("request", lambda request: asked.append(request.url))
        page = RunPage(tab)
        contents = run_lesson(page, FIRST)
        yield Lesson1(page, visit.responses, list(served.responses), asked, contents)


@pytest.fixture
def page(lesson: Lesson1) -> RunPage:
    return lesson.page


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[ServedSite]:
    """Serve something at another origin, for whoever asks."""
    (tmp_path / "index.html").write_text("Hello")
    with serve(tmp_path, {"access-control-allow-origin": "*"}) as served:
        yield served


def notebook_cells(address: str) -> list[dict[str, Any]]:
    return read_code_cells(NOTEBOOKS / f"{address.split('/')[-2]}.ipynb")


def stored_content(cell: dict[str, Any]) -> list[Any]:
    """Return what a notebook stores of a cell's output, as `RunPage.content` does."""
    found: list[Any] = []
    for output in cell["outputs"]:
        if "text" in output:
            found.append("".join(output["text"]))
        elif markdown := output["data"].get("text/markdown"):
            lines = "".join(markdown).replace("`", "").splitlines()
            rows = [[text.strip() for text in line.strip("|").split("|")] for line in lines]
            found.append([rows[0], *rows[2:]])
        else:
            image = BeautifulSoup("".join(output["data"]["text/html"]), "html.parser").img
            found.append([image["alt"], image["src"]])
    return found


def run_lesson(page: RunPage, address: str) -> dict[int, list[Any]]:
    """Run a lesson as a reader may: its last cell, with those before it, and then the folded solutions."""
    cells = list(enumerate(notebook_cells(address), 1))
    solutions = [number for number, cell in cells if "solution" in cell["metadata"].get("tags", ())]
    plain = [number for number, _ in cells if number not in solutions]
    page.run(plain[-1])
    contents = {number: page.content(number) for number in plain}
    page.page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    for number in solutions:
        page.run(number)
        contents[number] = page.content(number)
    return contents


def stored_contents(address: str) -> dict[int, list[Any]]:
    return {number: stored_content(cell) for number, cell in enumerate(notebook_cells(address), 1)}


# What is loaded


def test_before_a_press_there_is_one_small_script_more(browser: Browser, served: ServedSite, lesson: Lesson1) -> None:
    def leave_it_out(route: Route) -> None:
        answer = route.fetch()
        html = re.sub(r'<script type="module".*?</script>', "", answer.text(), flags=re.DOTALL)
        assert "run.js" not in html
        route.fulfill(response=answer, body=html)

    with open_tab(browser, served, LIGHT) as tab:
        tab.page.route(re.compile(f"{FIRST}$"), leave_it_out)
        without = tab.visit(FIRST, accessibility=False).responses
    more = [response for response in lesson.before if response.path.startswith("/run/")]
    assert [response.path.rpartition("/")[2] for response in more] == ["run.js"]
    assert more[0].size <= MOST_SCRIPT_BYTES
    rest = sorted(response.path for response in lesson.before if response not in more)
    assert rest == sorted(response.path for response in without)


def test_nothing_moves_when_the_buttons_come(browser: Browser, served: ServedSite) -> None:
    held: list[Route] = []
    with open_tab(browser, served, LIGHT) as tab:
        tab.page.route("**/run.js", lambda route: held.append(route))
        tab.page.goto(FIRST, wait_until="commit")
        tab.page.wait_for_function("() => performance.getEntriesByType('paint').length")
        tab.page.wait_for_function("() => document.querySelectorAll('[data-cell]').length > 3")
        RunPage(tab).block(1).evaluate("block => block.scrollIntoView()")
        while not held:
            tab.page.wait_for_timeout(10)
        held[0].continue_()
        expect(RunPage(tab).button(1, "Run")).to_be_visible()
        tab.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        moved = tab.page.evaluate("layoutShifts")
    assert sum(share for share, _ in moved) <= MOST_LAYOUT_SHIFT, moved


def test_a_press_loads_python_and_no_more(served: ServedSite, lesson: Lesson1) -> None:
    names = {response.path.rpartition("/")[2] for response in lesson.after}
    assert "memory.bin.gz" in names
    assert not names & {"std.zip", "packages.zip"}
    assert sum(response.size for response in lesson.after) <= MOST_START_BYTES
    own = (f"{served.origin}/", "blob:", "data:")
    assert any(address.endswith("memory.bin.gz") for address in lesson.asked)
    assert [address for address in lesson.asked if not address.startswith(own)] == []


# What programs print


def test_every_cell_gives_what_is_stored(lesson: Lesson1) -> None:
    assert lesson.contents == stored_contents(FIRST)


def test_every_cell_gives_what_is_stored_under_a_strict_policy(
    browser: Browser, site: Path, elsewhere: ServedSite
) -> None:
    with (
        serve(site, {"content-security-policy": strict_policy(site, SECOND)}) as served,
        open_tab(browser, served, LIGHT) as tab,
    ):
        tab.page.goto(SECOND)
        page = RunPage(tab)
        assert run_lesson(page, SECOND) == stored_contents(SECOND)
        assert page.result(escapes(elsewhere)) == NO_ESCAPE
    assert elsewhere.responses == []


def strict_policy(site: Path, address: str) -> str:
    """Return the strictest policy under which a page works."""
    html = (site / address[1:] / "index.html").read_text("utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    theme = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {theme}; connect-src 'self' blob: data:; "
        "worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; font-src 'self'"
    )


def test_both_forms_of_a_snippet_print_its_output(browser: Browser, served: ServedSite) -> None:
    output = (SNIPPETS / "chat" / "output.txt").read_text("utf-8")
    with open_tab(browser, served, LIGHT) as tab:
        tab.page.goto("/snippets/chat/")
        page = RunPage(tab)
        for number, name in enumerate(("Python", "Python async"), 1):
            tab.page.locator(".tabbed-labels").get_by_text(name, exact=True).click()
            page.run(number)
            assert page.content(number) == [output]


# What a reader does


STOPPED = {
    "a loop": ("while True:\n    pass", ""),
    "a sleep": ("import time\ntime.sleep(1000)", ""),
    "an await": ("import asyncio\nawait asyncio.sleep(1000)", ""),
    "a loop with a finally": ("try:\n    while True:\n        pass\nfinally:\n    print('tidied up')", "tidied up\n"),
}


@pytest.mark.parametrize("name", STOPPED)
def test_text_comes_while_a_cell_runs_and_stop_ends_it(page: RunPage, name: str) -> None:
    code, after = STOPPED[name]
    page.result("kept = 41")
    page.start(f"print('begun')\n{code}")
    expect(page.output(SCRATCH).locator("pre")).to_have_text("begun\n")
    expect(page.label(SCRATCH)).to_have_text("Running in your browser")
    page.press("Stop")
    page.wait_for(SCRATCH, "stopped")
    assert page.content(SCRATCH) == [f"begun\n{after}"]
    expect(page.status).to_have_text(f"Cell {SCRATCH} was stopped.")
    assert page.result("print(kept + 1)") == "42\n"


def test_a_stopped_cell_may_run_again_at_once(page: RunPage) -> None:
    page.start("import time\ntime.sleep(1000)")
    expect(page.label(SCRATCH)).to_have_text("Running in your browser")
    page.press("Stop")
    page.wait_for(SCRATCH, "stopped")
    page.button(SCRATCH, "Run").click()
    page.page.evaluate("() => new Promise(done => setTimeout(done, 3000))")  # as long as Stop waits for Python
    expect(page.status).to_have_text(f"Cell {SCRATCH} is running. Escape stops it.")
    page.press("Stop")
    page.wait_for(SCRATCH, "stopped")


def test_the_right_answer_to_an_exercise_is_done(page: RunPage) -> None:
    code = "".join(notebook_cells(FIRST)[8]["source"])
    answer = 'client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": question}])'
    assert "return None" in code
    page.write(9, code.replace("return None", f"return {answer}"))
    page.run(9)
    assert page.content(9)[0].endswith("Done: the answer is complete.\n")


def test_the_keyboard_is_enough(page: RunPage) -> None:
    keyboard = page.page.keyboard
    page.button(2, "Edit").focus()
    for _ in range(10):
        keyboard.press("Tab")
        if page.button(3, "Run").evaluate("button => button === document.activeElement"):
            break
    before = page.output(3).element_handle()
    keyboard.press("Enter")
    page.page.wait_for_function("output => !output.isConnected", arg=before)
    page.wait_for(3)
    expect(page.button(3, "Run")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Enter")
    editor = page.block(3).get_by_role("textbox", name="Code of Cell 3")
    expect(editor).to_be_focused()
    keyboard.press("Control+A")
    keyboard.type("if True:\nprint('typed')")  # Enter has begun the second line further in
    keyboard.press("Control+Enter")
    expect(page.output(3).locator("pre")).to_have_text("typed\n")
    expect(editor).to_be_focused()
    keyboard.press("Tab")
    expect(editor).not_to_be_focused()
    expect(page.page.locator("body")).not_to_be_focused()


def test_a_page_in_use_is_accessible_and_fits_a_phone(page: RunPage) -> None:
    error = page.result("def fail():\n    1 / 0\n\n\nfail()", "failed")
    assert error.startswith('Traceback (most recent call last):\n  File "<cell 5>", line 5, in <module>\n    fail()\n')
    assert error.endswith("ZeroDivisionError: division by zero\n")
    expect(page.block(SCRATCH).get_by_role("textbox")).to_be_visible()
    assert page.tab.violations() == {}
    page.page.set_viewport_size({"width": PHONE_DARK.width, "height": PHONE_DARK.height})
    page.page.emulate_media(color_scheme=PHONE_DARK.scheme)
    expect(page.page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    assert page.tab.violations() == {}
    assert page.page.evaluate("document.documentElement.scrollWidth") == PHONE_DARK.width
    page.page.set_viewport_size({"width": LIGHT.width, "height": LIGHT.height})
    page.page.emulate_media(color_scheme=LIGHT.scheme)


# What programs cannot do


def escapes(elsewhere: ServedSite) -> str:
    """Return code that tries to reach another host in several ways."""
    return f"""
import js
from js import fetch
from openai import OpenAI
from pyodide.code import run_js
from pyodide.http import open_url, pyfetch

ADDRESS = "{elsewhere.origin}/"
ATTEMPTS = {{
    "fetch": lambda: fetch(ADDRESS),
    "pyfetch": lambda: pyfetch(ADDRESS),
    "open_url": lambda: open_url(ADDRESS),
    "a script": lambda: run_js(f"import('{{ADDRESS}}')"),
    "a worker": lambda: js.Worker.new(ADDRESS),
    "openai": lambda: OpenAI(api_key="any", base_url=ADDRESS, max_retries=0).models.list(),
}}
for name, attempt in ATTEMPTS.items():
    try:
        await attempt()
    except Exception as error:
        print(name, "fails")
    else:
        print(name, "reaches it")
"""


NO_ESCAPE = "".join(f"{name} fails\n" for name in ("fetch", "pyfetch", "open_url", "a script", "a worker", "openai"))


def test_no_cell_reaches_another_host(page: RunPage, elsewhere: ServedSite) -> None:
    assert page.result(escapes(elsewhere)) == NO_ESCAPE
    assert elsewhere.responses == []


def test_there_is_no_keyboard_for_input(page: RunPage) -> None:
    assert "There is no keyboard input in a web page." in page.result("input('Your name: ')", "failed")


def test_too_much_output_is_counted(page: RunPage) -> None:
    shown, note = page.result("print('x' * 250_000)").split("\n")
    assert shown == "x" * 200_000
    assert note == "50,001 more characters are not shown."


def test_the_text_of_an_exit_is_shown(page: RunPage) -> None:
    assert page.result("raise SystemExit('Set API_KEY first.')", "failed") == "Set API_KEY first.\n"


# What ends Python; each of these tests lets it start again


def test_a_cell_that_cannot_be_stopped_can_be_ended(page: RunPage) -> None:
    page.start("print('begun')\nsum(range(10**15))")  # one long call, which asks for no signals
    expect(page.output(SCRATCH).locator("pre")).to_have_text("begun\n")
    page.press("Stop")
    page.press("End Python")
    expect(page.status).to_have_text("Python has ended. Run starts it again.")
    expect(page.panel.get_by_role("button", name="End Python")).to_have_count(0)
    page.wait_for(SCRATCH, "stopped")


def test_a_broken_python_is_told(page: RunPage) -> None:
    page.start("import ctypes\nctypes.string_at(2**32 - 8, 1000)")
    expect(page.status).to_have_text("Python has ended. Run starts it again.")


def test_cells_below_a_failed_one_do_not_run_and_reset_brings_everything_back(page: RunPage) -> None:
    code = page.block(1).locator("code").text_content()
    page.press("Reset")
    page.write(1, "1 / 0")
    page.button(3, "Run").click()
    page.wait_for(1, "failed")
    for cell in (2, 3):
        expect(page.label(cell)).to_have_text("Not run: Cell 1 has failed.")
    page.press("Reset")
    expect(page.label(1)).to_have_text(STORED)
    expect(page.page.locator("textarea")).to_have_count(0)
    expect(page.block(1).locator("code")).to_be_visible()
    assert page.block(1).locator("code").text_content() == code
    page.run(1)
    assert page.content(1) == stored_contents(FIRST)[1]


# Where something is missing


def test_without_the_stored_memory_the_output_is_the_same(browser: Browser, served: ServedSite) -> None:
    with open_tab(browser, served, LIGHT) as tab:
        tab.page.goto(f"{FIRST}?memory=none")
        served.responses.clear()
        check_slow_start(RunPage(tab), last=4)
    names = {response.path.rpartition("/")[2] for response in served.responses}
    assert "packages.zip" in names
    assert "memory.bin.gz" not in names


def check_slow_start(page: RunPage, last: int) -> None:
    """Run the first cells of lesson 1, and check that the reader is told why it takes so long."""
    page.button(last, "Run").click()
    expect(page.status).to_contain_text("This takes longer in this browser.")
    page.wait_for(last)
    stored = stored_contents(FIRST)
    for cell in range(1, last + 1):
        assert page.content(cell) == stored[cell]


@pytest.fixture
def copy(site: Path, tmp_path: Path) -> Path:
    """Return a copy of the site whose files may be replaced, not changed."""
    return shutil.copytree(site, tmp_path / "site", copy_function=os.link)


def find_file(site: Path, name: str) -> Path:
    return next(site.glob(f"run/*/{name}"))


def test_a_damaged_memory_is_not_used(browser: Browser, copy: Path) -> None:
    file = find_file(copy, "memory.bin.gz")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.unlink()
    file.write_bytes(content)
    with serve(copy) as served, open_tab(browser, served, LIGHT) as tab:
        tab.page.goto(FIRST)
        check_slow_start(RunPage(tab), last=1)


@pytest.mark.parametrize("name", ["worker.js", "memory.json", "pyodide.asm.mjs", "pyodide.asm.wasm.gz"])
def test_a_missing_file_is_told(browser: Browser, copy: Path, name: str) -> None:
    find_file(copy, name).unlink()
    with serve(copy) as served, open_tab(browser, served, LIGHT) as tab:
        tab.page.goto(FIRST)
        page = RunPage(tab)
        page.button(2, "Run").click()
        expect(page.status).to_have_text(GONE)
        for cell in (1, 2):
            expect(page.label(cell)).to_have_text(STORED)


def test_a_missing_script_is_told(browser: Browser, copy: Path) -> None:
    find_file(copy, "page.js").unlink()
    with serve(copy) as served, open_tab(browser, served, LIGHT) as tab:
        tab.page.goto(FIRST)
        RunPage(tab).button(1, "Run").click()
        expect(tab.page.locator(".run-bar").first.get_by_role("status")).to_have_text(GONE)


def test_without_a_connection_a_reader_tries_again(browser: Browser, served: ServedSite) -> None:
    with open_tab(browser, served, LIGHT) as tab:
        tab.page.goto("/")
        page = RunPage(tab)
        stored = page.output(1).locator("pre").text_content()
        tab.page.context.set_offline(True)
        page.button(1, "Run").click()
        expect(tab.page.locator(".run-bar").get_by_role("status")).to_have_text(OFFLINE)
        tab.page.context.set_offline(False)
        page.button(1, "Edit").click()
        expect(tab.page.get_by_role("textbox", name="Code of The program")).to_be_focused()
        tab.page.context.set_offline(True)
        page.button(1, "Run").click()
        expect(page.status).to_have_text(OFFLINE)
        tab.page.context.set_offline(False)
        page.press("Try again")
        expect(page.panel.get_by_role("button", name="Try again")).to_have_count(0)
        page.wait_for(1)
        assert page.content(1) == [f"{stored}\n"]


# What packages of other places add


def write_notebook(folder: Path, title: str, code: str) -> Lesson:
    """Write a lesson with one cell."""
    source, stored = f"# {title}\n\nOne cell.", {"metadata": {}, "outputs": [], "execution_count": None}
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": source},
        {"cell_type": "code", "id": "b", "source": code, **stored},
    ]
    about = {"language_info": {"name": "python"}, "sandbox": {"version": "2.2"}}
    file = f"{title.lower()}.ipynb"
    (folder / file).write_text(
        json.dumps({"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}), "utf-8"
    )
    return Lesson(len(title), file, title, "First steps", 1, [], "One cell.")


def test_a_fetched_wheel_lets_pages_run_that_need_it(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "numpy-0.0.1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("numpy/__init__.py", "WHOSE = 'that of the tests'")
        archive.writestr("numpy-0.0.1.dist-info/METADATA", "Metadata-Version: 2.1\nName: numpy\nVersion: 0.0.1\n")
        archive.writestr("numpy-0.0.1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n")
    expected = {"NumPy": (wheel, hashlib.sha256(wheel.read_bytes()).hexdigest())}
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.md").write_text("# Home\n", "utf-8")
    lessons = [
        write_notebook(tmp_path, "Sums", "import numpy\n\nprint('NumPy is', numpy.WHOSE)"),
        write_notebook(tmp_path, "Sounds", "import numpy\n\nclient.audio.transcriptions"),
    ]
    # A site with nothing else is built in a moment.
    monkeypatch.setattr("tools.browser.wheels._expected", lambda: expected)
    monkeypatch.setattr("tools.lessons.NOTEBOOKS", tmp_path)
    monkeypatch.setattr("tools.lessons.load_lessons", lambda: lessons)
    monkeypatch.setattr("tools.website.reference.reference_pages", dict)
    monkeypatch.setattr("tools.website.archive.pack_project", lambda root: b"")
    nav = ["index.md", {"Lessons": []}, {"HTTPS reference": []}]
    folders = {"docs_dir": str(docs), "site_dir": str(tmp_path / "site")}
    mkdocs_build(load_config(str(ROOT / "mkdocs.yml"), nav=nav, **folders))

    with serve(tmp_path / "site") as served, open_tab(browser, served, LIGHT) as tab:
        tab.page.goto("/lessons/sounds/")
        expect(tab.page.locator(".lesson-facts")).to_contain_text(
            "Runs on your machine, not in the page: it needs PocketSphinx ·"
        )
        expect(tab.page.get_by_role("button", name="Run")).to_have_count(0)
        tab.page.goto("/lessons/sums/")
        expect(tab.page.locator(".lesson-facts")).to_contain_text("Runs in this page")
        page = RunPage(tab)
        page.run(1)
        assert page.content(1) == ["NumPy is that of the tests\n"]
