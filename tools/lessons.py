"""The list of lessons, read from notebooks/lessons.toml.

`python -m tools.lessons` writes the table of lessons into README.md, between the markers.
"""

import json
import sys
import tomllib
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"

_README = ROOT / "README.md"
_START = "<!-- lessons -->"
_END = "<!-- /lessons -->"


@dataclass(frozen=True)
class Lesson:
    """One entry of lessons.toml.

    Attributes:
        number: the number that the file begins with. Numbers ascend; some are still free.
        file: the notebook's name in the folder `NOTEBOOKS`.
        title: the notebook's heading.
        part: the part of the course that it belongs to.
        minutes: how long a reader needs.
        capabilities: what the models that it uses have to be able to do.
        summary: one sentence.
        model_goals: those goals of its exercises that a small model may miss.
    """

    number: int
    file: str
    title: str
    part: str
    minutes: int
    capabilities: list[str]
    summary: str
    model_goals: list[str] = field(default_factory=list)


def load_lessons(path: Path = NOTEBOOKS / "lessons.toml") -> list[Lesson]:
    """Read the list of lessons.

    Args:
        path: the file to read.

    Returns:
        The lessons, in order.

    Raises:
        ValueError: a field is missing, unknown, or of the wrong type, the numbers do not ascend, a file or a title
            occurs twice, or the lessons of a part do not stand together.
    """
    lessons = [_read_lesson(entry) for entry in tomllib.loads(path.read_text("utf-8")).get("lessons", [])]
    numbers = [lesson.number for lesson in lessons]
    if numbers != sorted(set(numbers)):
        raise ValueError(f"The numbers of the lessons in {path.name} do not ascend: {numbers}")
    parts = [part for part, _ in groupby(lessons, lambda lesson: lesson.part)]
    for name, values in (
        ("file", [lesson.file for lesson in lessons]),
        ("title", [lesson.title for lesson in lessons]),
        ("part", parts),
    ):
        twice = {value for value in values if values.count(value) > 1}
        if twice:
            raise ValueError(f"{path.name}: the same {name} in more than one place: {', '.join(sorted(twice))}")
    return lessons


def find_notebooks(names: list[str]) -> list[Path]:
    """Turn file names from a command line into paths.

    Args:
        names: paths, or names of files in the folder `NOTEBOOKS`. None at all stands for all lessons, in order.

    Returns:
        The paths.

    Raises:
        FileNotFoundError: there is no such notebook.
    """
    paths = []
    for name in names or [lesson.file for lesson in load_lessons()]:
        path = Path(name) if Path(name).is_file() else NOTEBOOKS / name
        if not path.is_file():
            raise FileNotFoundError(f"There is no notebook {name}, neither here nor in {NOTEBOOKS}.")
        paths.append(path.resolve())
    return paths


def lessons_table(lessons: list[Lesson]) -> str:
    """Write the lessons as Markdown, one table for each part, with links that work from README.md."""
    blocks = []
    for part, group in groupby(lessons, lambda lesson: lesson.part):
        rows = [f"**{part}**", "", "| No. | Lesson | Minutes | What it is about |", "|--:|---|--:|---|"]
        rows += [
            f"| {lesson.number} | [{lesson.title}](notebooks/{lesson.file}) | {lesson.minutes} | {lesson.summary} |"
            for lesson in group
        ]
        blocks.append("\n".join(rows))
    return "\n\n".join(blocks)


def insert_table(readme: str, lessons: list[Lesson]) -> str:
    """Replace what stands between the markers.

    Args:
        readme: the text of README.md.
        lessons: the lessons, in order.

    Returns:
        The new text.

    Raises:
        ValueError: the two markers are not there, once each and in order.
    """
    before, start, rest = readme.partition(_START)
    _, end, after = rest.partition(_END)
    if not start or not end or _START in after or _END in before + after:
        raise ValueError(f"README.md needs the line {_START} and after it the line {_END}, once each.")
    return f"{before}{_START}\n\n{lessons_table(lessons)}\n\n{_END}{after}"


def main() -> int:
    """Bring the table in README.md up to date."""
    old = _README.read_text("utf-8")
    new = insert_table(old, load_lessons())
    _README.write_text(new, "utf-8")
    print("README.md: the table of lessons is", "as it was." if new == old else "rewritten.")
    return 0


def read_code_cells(notebook: Path) -> list[dict[str, Any]]:
    """Read the code cells of a notebook, in order, as its file has them."""
    return [cell for cell in json.loads(notebook.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]


def read_code(notebook: Path) -> list[str]:
    """Read the code of a notebook, cell by cell."""
    return ["".join(cell["source"]) for cell in read_code_cells(notebook)]


def _read_lesson(entry: dict[str, object]) -> Lesson:
    types = {"number": int, "minutes": int, "capabilities": list, "model_goals": list}
    expected = set(Lesson.__dataclass_fields__) - {"model_goals"}
    if set(entry) - {"model_goals"} != expected:
        raise ValueError(f"A lesson needs the fields {', '.join(sorted(expected))}. This one is different: {entry}")
    for name, value in entry.items():
        if not isinstance(value, types.get(name, str)) or not value:
            raise ValueError(f"The field {name} is empty or of the wrong type in this lesson: {entry}")
    return Lesson(**entry)  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main())
