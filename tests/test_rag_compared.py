"""The table that compares the three lessons on answering from documents."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tools.lessons import NOTEBOOKS
from tools.website.rag_compared import KEYS, LESSONS, PLACEHOLDER, count_lines, find_results, insert_comparison

CODE = """\
import json
from pathlib import Path

import numpy as np

# Not counted.
texts = []
for name in ["a", "b"]:
    texts.append(Path(name))
shown = [name for name in texts]
print(np.zeros(2), shown)


def search(question):
    name = question
    return texts


for text in texts:
    print(text)


def ask(question, find=search):
    return find(question)


ask("Who?")
"""


def notebook_of(*cells: str, text: str = "") -> dict[str, Any]:
    outputs = [{"output_type": "stream", "name": "stdout", "text": text}]
    return {"cells": [{"cell_type": "code", "source": cell, "outputs": outputs} for cell in cells]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in LESSONS.values():
        shutil.copy(NOTEBOOKS / file, tmp_path)
    return tmp_path


def test_the_numbers_are_those_of_the_notebooks(folder: Path) -> None:
    before = insert_comparison(f"Before\n\n{PLACEHOLDER}\n\nAfter", folder)
    for name, file in LESSONS.items():
        results = find_results(json.loads((folder / file).read_text("utf-8")))
        for key in KEYS:
            column = list(LESSONS).index(name) + 1
            [row] = [line for line in before.splitlines() if line.startswith(f"| {key} |")]
            assert row.split("|")[column + 1].strip() == results[key]
        text = (folder / file).read_text("utf-8")
        old = f"tokens: {results['tokens']}"
        assert old in text
        (folder / file).write_text(text.replace(old, "tokens: 4711"), "utf-8")
    after = insert_comparison(f"Before\n\n{PLACEHOLDER}\n\nAfter", folder)
    assert "| tokens | 4711 | 4711 | 4711 |" in after
    assert [line for line in after.splitlines() if "tokens" not in line] == [
        line for line in before.splitlines() if "tokens" not in line
    ]


def test_a_lesson_without_results_is_refused() -> None:
    with pytest.raises(ValueError, match="hit rate at 1"):
        find_results(notebook_of("print(1)", text="hit rate at 3: 1"))


def test_other_pages_stay_as_they_are() -> None:
    assert insert_comparison("A page.") == "A page."


def test_only_what_ask_needs_is_counted() -> None:
    # The import of Path, the list, the loop that fills it, and two functions.
    assert count_lines(notebook_of("setup = 1", CODE, "unused = ask")) == 1 + 1 + 2 + 3 + 2
