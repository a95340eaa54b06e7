"""Each check of the lessons finds the defect that it is for, and lets a lesson without it pass."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import notebook_checks as checks
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from notebook_checks import CHECKS, CODE_LINES, PROSE_WORDS, SERVICE_LINKS, SETUP, Page, check_manifest

from tools.lessons import ROOT, Lesson
from tools.run_notebooks import clean

LESSONS = [
    Lesson(1, "01_first.ipynb", "Count words", "One", 10, ["chat"], "Counting."),
    Lesson(2, "02_next.ipynb", "Count more", "One", 10, ["chat", "vision"], "Counting more."),
]
# Stands in for a picture, which no check looks into.
PICTURE = "AAAA"
DIAGRAM = '<img alt="A diagram" src="data:image/svg+xml;base64,AAAA">'


def picture(kind: str, data: str) -> NotebookNode:
    metadata = {kind: {"alt": "A chart"}}
    return new_output("display_data", {kind: data, "text/plain": "<Image>"}, metadata=metadata)


def make_lesson() -> NotebookNode:
    """Return a notebook with the form of a lesson, in which no check finds anything."""
    prose = "word " * (PROSE_WORDS[0] // 6)
    steps = [
        new_markdown_cell("## Count\n\n" + prose),
        new_code_cell("client.models.list()"),
        new_markdown_cell("### Count again\n\n![A chart](images/chart.png) " + prose),
        new_code_cell("print(2)", outputs=[new_output("stream", text="2\n")]),
        new_markdown_cell("See [the first step](#Count) and [the next lesson](02_next.ipynb#Count-more). " + prose),
        new_code_cell(
            "show()", outputs=[picture("image/png", PICTURE), new_output("display_data", {"text/html": DIAGRAM})]
        ),
        new_markdown_cell("## When it goes wrong\n\n" + prose),
        new_code_cell("'chatcmpl-0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f'"),
        new_markdown_cell("## Exercises\n\n" + prose),
        new_code_cell("answer = None"),
        new_markdown_cell("<details><summary>Hint</summary>Count.</details>"),
        new_code_cell("answer = 1", metadata={"tags": ["solution"], "jupyter": {"source_hidden": True}}),
        new_markdown_cell("### Another\n\n" + prose),
        new_code_cell("answer = 2", metadata={"tags": ["solution"], "jupyter": {"source_hidden": True}}),
        new_markdown_cell("## Recap\n\n" + prose + "\n\n## In practice\n\nThe [service](https://example.com/v2)."),
        new_markdown_cell(f"## Next\n\n[Count more](02_next.ipynb), <{'>, <'.join(SERVICE_LINKS)}>"),
    ]
    opening = "# Count words\n\nWhy.\n\n**What you'll do:** it.\n\n**What you'll learn:** it.\n\n"
    opening += "**What you'll need:** nothing. About 10 minutes."
    setup = new_code_cell(SETUP.format(capability="chat"), outputs=[new_output("stream", text="The sandbox.\n")])
    notebook = new_notebook(cells=[new_markdown_cell(opening), setup, *steps])
    number = 0
    for cell in notebook.cells:
        if cell.cell_type == "code":
            number += 1
            cell.execution_count = number
    clean(notebook)
    return notebook


@pytest.fixture
def page(tmp_path: Path) -> Page:
    """A lesson without a defect, in a folder with what it links to."""
    folder = tmp_path / "notebooks"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "chart.png").touch()
    (folder / "images" / "draft.ipynb").touch()
    (tmp_path / "notes.md").write_text("# Notes\n\n## What else?\n")
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Count more")]), folder / "02_next.ipynb")
    return Page(make_lesson(), folder / "01_first.ipynb", LESSONS[0], LESSONS)


def add_text(text: str) -> Callable[[NotebookNode], None]:
    def plant(notebook: NotebookNode) -> None:
        notebook.cells[2].source += "\n\n" + text

    return plant


def add_code(text: str) -> Callable[[NotebookNode], None]:
    def plant(notebook: NotebookNode) -> None:
        notebook.cells[3].source += "\n" + text

    return plant


def add_output(output_type: str, **content: object) -> Callable[[NotebookNode], None]:
    def plant(notebook: NotebookNode) -> None:
        notebook.cells[3].outputs.append(new_output(output_type, **content))

    return plant


def replace(old: str, new: str) -> Callable[[NotebookNode], None]:
    def plant(notebook: NotebookNode) -> None:
        assert any(old in cell.source for cell in notebook.cells)
        for cell in notebook.cells:
            cell.source = cell.source.replace(old, new)

    return plant


def set_count(count: int | None) -> Callable[[NotebookNode], None]:
    def plant(notebook: NotebookNode) -> None:
        notebook.cells[3].execution_count = count

    return plant


def set_metadata(index: int, **metadata: object) -> Callable[[NotebookNode], None]:
    def plant(notebook: NotebookNode) -> None:
        notebook.cells[index].metadata.update(metadata)

    return plant


def remove_diagram(notebook: NotebookNode) -> None:
    del notebook.cells[7].outputs[1]


def remove_alt(notebook: NotebookNode) -> None:
    notebook.cells[7].outputs[0].metadata = {}


def remove_cells(first: int, last: int) -> Callable[[NotebookNode], None]:
    def plant(notebook: NotebookNode) -> None:
        del notebook.cells[first:last]

    return plant


def set_notebook_metadata(notebook: NotebookNode) -> None:
    notebook.metadata.language_info.version = "3.11.7"


def split_stream(notebook: NotebookNode) -> None:
    notebook.cells[5].outputs.append(new_output("stream", text="3\n"))


def unname_sandbox(notebook: NotebookNode) -> None:
    notebook.cells[1].outputs = []


# Put together here, so that no tool takes this file for a leak.
KEY = "sk-" + "abcdefgh12345678"
HEX_KEY = "0f3a9c1be7" * 4
MIXED_KEY = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF"
UUID = "3f2b8c1d-9a4e-4b7f-8c2d-1e5a6b7c8d9e"

DEFECTS = [
    (checks.check_executed, set_count(None), "execution count None"),
    (checks.check_executed, set_count(7), "execution count 7"),
    (checks.check_no_errors, add_output("error", ename="ValueError", evalue="no", traceback=[]), "ValueError"),
    (checks.check_no_errors, add_output("stream", name="stderr", text="UserWarning: old"), "UserWarning"),
    (checks.check_secrets, add_text(KEY), "looks like a key"),
    (checks.check_secrets, add_code(f"key = '{HEX_KEY}'"), "looks like a key"),
    (checks.check_secrets, add_output("stream", text=f"Authorization: Bearer {KEY[3:]}"), "looks like a key"),
    (checks.check_secrets, add_output("execute_result", data={"text/plain": f"'{MIXED_KEY}'"}), "looks like a key"),
    (checks.check_secrets, add_output("display_data", data={"text/html": f"<b>{UUID}</b>"}), "looks like a key"),
    (checks.check_secrets, add_output("error", ename="E", evalue="", traceback=[HEX_KEY]), "looks like a key"),
    (checks.check_machine_paths, add_code("open('/home/ann/a.txt')"), "/home/"),
    (checks.check_machine_paths, add_text("It is in C:\\Users\\ann."), "C:\\Users"),
    (checks.check_machine_paths, add_output("stream", text="/tmp/ipykernel_1/2.py:1"), "/tmp/"),
    (checks.check_machine_paths, add_output("stream", text=f"{ROOT}/helpers"), "path of a machine"),
    (checks.check_headings, add_text("# Another"), "There has to be one"),
    (checks.check_headings, replace("# Count words", "# Count letters"), "There has to be one"),
    (checks.check_headings, replace("# Count words", "Hello.\n\n# Count words"), "does not begin"),
    (checks.check_headings, replace("## Count\n", "### Count\n"), "skips a level (H1 to H3)"),
    (checks.check_alternative_text, add_text("![](images/chart.png)"), "without alternative text"),
    (checks.check_alternative_text, add_text('<img src="images/chart.png">'), "has no alt"),
    (checks.check_alternative_text, add_text('<img alt="" src="images/chart.png">'), "has no alt"),
    (checks.check_alternative_text, add_output("display_data", data={"text/html": "<img>"}), "shows <img>"),
    (checks.check_alternative_text, remove_alt, "image/png without"),
    (checks.check_links, add_text("[it](03_none.ipynb)"), "leads to no file"),
    (checks.check_links, add_text("![it](images/none.png)"), "leads to no file"),
    (checks.check_links, add_text('<a href="none.md">it</a>'), "leads to no file"),
    (checks.check_links, add_text("[it][1]\n\n[1]: none.md"), "leads to no file"),
    (checks.check_links, add_text("[it](../../out.md)"), "out of the project"),
    (checks.check_links, add_text("[it](images/draft.ipynb)"), "not in lessons.toml"),
    (checks.check_links, add_text("[it](#None)"), "heading that is not there"),
    (checks.check_links, add_text("[it](02_next.ipynb#None)"), "heading that is not there"),
    (checks.check_links, add_text("[it](../notes.md#none)"), "heading that is not there"),
    (checks.check_links, add_text("[it](http://example.com)"), "is not https"),
    (checks.check_links, add_text("<http://localhost:8888/lab>"), "is not https"),
    (checks.check_links, add_text("[it](https://localhost:8888/lab)"), "names no host"),
    (checks.check_links, add_text("[it](https://127.0.0.1/lab)"), "names no host"),
    (checks.check_links, add_text("[it](https:///path)"), "names no host"),
    (checks.check_links, add_text("[it](https://[broken)"), "not well-formed"),
    (checks.check_setup, replace('"chat"', '"vision"'), "not the setup cell"),
    (checks.check_setup, replace("use_service()\n", "use_service()\n\n"), "not the setup cell"),
    (checks.check_setup, unname_sandbox, "does not name the sandbox"),
    (checks.check_opening, replace("**What you'll learn:**", "What you'll learn:"), "in bold"),
    (checks.check_opening, replace("10 minutes", "12 minutes"), "10 minutes"),
    (checks.check_sections, replace("## Recap", "## Summary"), "these H2 headings"),
    (checks.check_sections, replace("## Recap", "## Exercises"), "these H2 headings"),
    (checks.check_sections, replace("## Next", "## Next\n\n## Last"), "these H2 headings"),
    (checks.check_sections, replace("[Count more](02_next.ipynb)", "The end."), "no link to the next"),
    (checks.check_sections, replace(SERVICE_LINKS[1], "https://example.com"), "no link to the service's own"),
    (checks.check_first_answer, replace("**What you'll do:** it.", "word " * 250), "before the first request"),
    (checks.check_diagram, remove_diagram, "No cell draws a diagram"),
    (checks.check_size, remove_cells(4, 6), "16 cells, not"),
    (checks.check_size, add_text("word " * PROSE_WORDS[1]), "words of prose"),
    (checks.check_size, replace("word ", ""), "words of prose"),
    (checks.check_size, add_code("pass\n\n" * CODE_LINES), f"more than {CODE_LINES}"),
    (checks.check_size, remove_cells(4, 5), "no prose between"),
    (checks.check_solutions, set_metadata(15, jupyter={}), "a solution has the tag"),
    (checks.check_solutions, set_metadata(3, jupyter={"source_hidden": True}), "other cells neither"),
    (checks.check_solutions, remove_cells(14, 16), "There are 1 solutions"),
    (checks.check_no_exemptions, set_metadata(3, tags=["raises-exception"]), "raises-exception"),
    (checks.check_no_exemptions, set_metadata(3, tags=["nbval-ignore-output"]), "nbval-ignore-output"),
    (checks.check_no_exemptions, add_code("# NBVAL_SKIP"), "NBVAL_SKIP"),
    (checks.check_imports, add_code("import httpx"), "imports httpx"),
    (checks.check_imports, add_code("from sandbox.service import Sandbox"), "imports sandbox"),
    (checks.check_clean, set_metadata(3, execution={"iopub.status.busy": "2026-01-01"}), "make notebooks"),
    (checks.check_clean, set_metadata(3, collapsed=True), "make notebooks"),
    (checks.check_clean, set_notebook_metadata, "make notebooks"),
    (checks.check_clean, lambda notebook: notebook.cells[5].outputs.append(new_output("stream", text="3\n")), "make"),
]

HARMLESS = [
    add_text("`sk-...` is what a key may look like; send it as `Bearer YOUR_KEY`. Read [more](../notes.md#what-else)."),
    add_text("`[not a link](none.md)` and `<img>` are code.\n\n```python\n# not a heading\n[a](b)\n```"),
    add_text("The model `tsi-embedding-colqwen2-2b-v1-preview-2026` has a long name."),
    add_text("The page https://example.com/home/start is <https://example.com/tmp/>."),
    add_code("import httpx2  # not httpx"),
    lambda notebook: notebook.cells[5].update(source="tools = [" + "1,\n" * 30 + "]"),
    add_output(
        "execute_result", data={"text/plain": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA0a1B2c3D4e5F6g7H8"}
    ),
]


def run_checks(page: Page) -> list[str]:
    return [problem for check in CHECKS for problem in check(page)]


def test_a_lesson_without_defects_passes(page: Page) -> None:
    assert run_checks(page) == []


@pytest.mark.parametrize("plant", HARMLESS)
def test_what_only_looks_like_a_defect_passes(plant: Callable[[NotebookNode], None], page: Page) -> None:
    plant(page.notebook)
    assert run_checks(page) == []


@pytest.mark.parametrize(("check", "plant", "message"), DEFECTS)
def test_a_planted_defect_is_found(
    check: Callable[[Page], list[str]], plant: Callable[[NotebookNode], None], message: str, page: Page
) -> None:
    plant(page.notebook)
    problems = check(page)
    assert problems
    assert any(message in problem for problem in problems), problems


def test_every_check_has_a_planted_defect() -> None:
    assert {check for check, _, _ in DEFECTS} == set(CHECKS)


def test_an_empty_notebook_has_problems_and_stops_no_check(page: Page) -> None:
    page.notebook.cells = []
    assert run_checks(page)


def test_notebooks_and_the_list_have_to_agree(page: Page) -> None:
    folder = page.path.parent
    assert check_manifest(folder, LESSONS) == ["01_first.ipynb is in lessons.toml, but there is no such notebook."]
    (folder / "01_first.ipynb").touch()
    assert check_manifest(folder, LESSONS) == []
    (folder / "draft.ipynb").touch()
    assert check_manifest(folder, LESSONS) == ["draft.ipynb is in the folder, but not in lessons.toml. Add it there."]


def test_executing_finds_wrong_outputs_errors_and_warnings(tmp_path: Path) -> None:
    """Run pytest over a small notebook, with the project's own settings."""
    sources = {
        "print(2)": "PASSED",
        "print(3)": "FAILED",
        "print(2)\nraise ValueError('no')": "FAILED",
        "import warnings\nprint(2)\nwarnings.warn('old')": "FAILED",
        "import sys\nprint(2)\nprint('old', file=sys.stderr)": "FAILED",
        "2": "FAILED",
    }
    stored = [new_output("stream", text="2\n")]
    cells = [new_code_cell(source, execution_count=at, outputs=stored) for at, source in enumerate(sources, 1)]
    nbformat.write(new_notebook(cells=cells), tmp_path / "planted.ipynb")
    # The settings of this run of pytest are not for the inner one.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    options = ["-c", ROOT / "pyproject.toml", "--rootdir", ROOT, "-p", "no:cacheprovider", "-n0", "--color=no", "-rA"]
    options += ["-p", "conftest"]  # which is not in a folder above the notebook
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *options, tmp_path],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    lines = re.findall(r"^(PASSED|FAILED) \S*?planted\.ipynb::Cell (\d)", result.stdout, re.MULTILINE)
    outcomes = {int(cell): outcome for outcome, cell in lines}
    assert outcomes == dict(enumerate(sources.values())), result.stdout + result.stderr
    assert result.returncode == 1
