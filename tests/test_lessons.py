"""The list of lessons, and the form of every lesson on it."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from notebook_checks import CHECKS, Page, check_manifest

from tools.lessons import NOTEBOOKS, ROOT, find_notebooks, insert_table, load_lessons
from tools.run_notebooks import read_notebook

LESSONS = load_lessons()
# Those that are missing are the matter of one test, below.
FILES = [lesson.file for lesson in LESSONS if (NOTEBOOKS / lesson.file).exists()]

LESSON = """
[[lessons]]
number = {number}
file = "{file}"
title = "{title}"
part = "{part}"
minutes = 10
capabilities = ["chat"]
summary = "What it is about."
"""


def lesson_entry(number: int = 1, file: str = "", title: str = "", part: str = "One") -> str:
    return LESSON.format(number=number, file=file or f"{number}.ipynb", title=title or f"Title {number}", part=part)


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    """All lessons that are there, read once."""
    return {
        lesson.file: Page(read_notebook(NOTEBOOKS / lesson.file), NOTEBOOKS / lesson.file, lesson, LESSONS)
        for lesson in LESSONS
        if lesson.file in FILES
    }


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_form_of_lesson(file: str, check: Callable[[Page], list[str]], pages: dict[str, Page]) -> None:
    problems = check(pages[file])
    if problems:
        pytest.fail("\n".join([f"{file}:", *problems]), pytrace=False)


@pytest.mark.parametrize("file", FILES)
def test_file_is_as_make_notebooks_writes_it(file: str, pages: dict[str, Page]) -> None:
    expected = nbformat.writes(pages[file].notebook) + "\n"
    assert (NOTEBOOKS / file).read_text("utf-8") == expected, f"Run `make notebooks` to write {file} anew."


def test_the_list_names_all_notebooks_and_no_others() -> None:
    assert check_manifest(NOTEBOOKS, LESSONS) == []


def test_the_table_in_the_readme_is_up_to_date() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert readme == insert_table(readme, LESSONS), "Run `python -m tools.lessons`."


def test_table_is_grouped_by_part(tmp_path: Path) -> None:
    path = tmp_path / "lessons.toml"
    path.write_text(lesson_entry(1) + lesson_entry(2) + lesson_entry(3, part="Two"))
    text = insert_table("Before\n<!-- lessons -->\nold\n<!-- /lessons -->\nAfter\n", load_lessons(path))
    assert text.startswith("Before\n<!-- lessons -->\n\n**One**\n\n| No. |")
    assert "| 2 | [Title 2](notebooks/2.ipynb) | 10 | What it is about. |\n\n**Two**\n" in text
    assert text.endswith("|\n\n<!-- /lessons -->\nAfter\n")
    assert "old" not in text
    assert insert_table(text, load_lessons(path)) == text


@pytest.mark.parametrize("readme", ["nothing", "<!-- lessons -->", "<!-- /lessons --> <!-- lessons -->"])
def test_table_needs_its_markers(readme: str) -> None:
    with pytest.raises(ValueError, match="README"):
        insert_table(readme, LESSONS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (lesson_entry(2) + lesson_entry(1), "do not ascend"),
        (lesson_entry(1) + lesson_entry(1), "do not ascend"),
        (lesson_entry(1) + lesson_entry(2, file="1.ipynb"), "same file"),
        (lesson_entry(1) + lesson_entry(2, title="Title 1"), "same title"),
        (lesson_entry(1) + lesson_entry(2, part="Two") + lesson_entry(3), "same part"),
        (lesson_entry().replace("minutes = 10", 'minutes = "10"'), "wrong type"),
        (lesson_entry().replace('"What it is about."', '""'), "empty"),
        (lesson_entry().replace("minutes = 10", ""), "needs the fields"),
        (lesson_entry() + "more = 1\n", "needs the fields"),
    ],
)
def test_a_wrong_list_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "lessons.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        load_lessons(path)


def test_notebooks_are_found_by_path_and_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text("{}")
    assert find_notebooks([str(path)]) == [path]
    with pytest.raises(FileNotFoundError, match="no-such"):
        find_notebooks(["no-such.ipynb"])
