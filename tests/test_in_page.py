"""Programs that run in the site's pages: every one of them, with the Python of the pages, under Node.js.

What the page itself does is tested in a browser: see tests/test_pages_run.py.
"""

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from in_browser import needs_packed

from sandbox.adapters.page import PageServer, find_sandbox
from sandbox.adapters.transports import SandboxTransport
from sandbox.service import Sandbox
from tools.browser import pack, wheels
from tools.browser.lazy import make_lazy
from tools.lessons import NOTEBOOKS, ROOT, load_lessons, read_code, read_code_cells
from tools.website.in_page import Runner, find_needs, find_runner, pack_files
from tools.website.programs import EXAMPLES, SNIPPETS, output_file

RUNNER = find_runner()
RUN_CELLS = ROOT / "tests" / "browser" / "run_cells.mjs"
PROGRAMS = [*SNIPPETS.glob("*/python.py"), *SNIPPETS.glob("*/python_async.py"), EXAMPLES / "from-openai/from_openai.py"]
RUNNABLE_PROGRAMS = [path for path in sorted(PROGRAMS) if not find_needs([path.read_text("utf-8")])]


RUNNABLE_LESSONS = [lesson.file for lesson in load_lessons() if not find_needs(read_code(NOTEBOOKS / lesson.file))]


def run_pages(pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Run the cells of pages, each page in a Python of its own: see run_cells.mjs."""
    command = ["node", str(RUN_CELLS), str(RUNNER.packed), str(pack.PYODIDE)]
    ran = subprocess.run(command, input=json.dumps(pages), capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.fixture(scope="module")
def lessons() -> dict[str, dict[str, Any]]:
    pages = [{"alone": False, "cells": read_code(NOTEBOOKS / file)} for file in RUNNABLE_LESSONS]
    return dict(zip(RUNNABLE_LESSONS, run_pages(pages), strict=True))


@pytest.fixture(scope="module")
def programs(tmp_path_factory) -> dict[Path, dict[str, Any]]:
    archive = tmp_path_factory.mktemp("files") / "files.zip"
    archive.write_bytes(pack_files(SNIPPETS / "fine_tune", [SNIPPETS / "fine_tune" / "examples.jsonl"]))
    # On one page, which is quicker than on one each.
    page = {"alone": True, "cells": [path.read_text("utf-8") for path in RUNNABLE_PROGRAMS], "archive": str(archive)}
    return dict(zip(RUNNABLE_PROGRAMS, run_pages([page])[0]["results"], strict=True))


def seen(outputs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what a reader sees: printed text in one piece, and without what a carriage return has written over."""
    pieces: list[tuple[str, str]] = []
    for kind, content in outputs:
        if kind == "stdout" and pieces and pieces[-1][0] == kind:
            content = pieces.pop()[1] + content
        pieces.append((kind, content))
    return [(kind, re.sub(r"[^\n]*\r(?=[^\r\n])", "", content)) for kind, content in pieces]


def stored(cell: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the stored outputs of a cell in the same form."""
    kinds = {"text/markdown": "markdown", "text/html": "html", "image/png": "png", "image/jpeg": "jpeg"}
    outputs = []
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            outputs.append((output["name"], "".join(output["text"])))
            continue
        data = output["data"]
        form = next((form for form in kinds if form in data), "text/plain")
        outputs.append((kinds.get(form, "result"), "".join(data[form])))
    return outputs


@needs_packed
@pytest.mark.parametrize("file", RUNNABLE_LESSONS)
def test_every_cell_of_a_lesson_gives_its_stored_output(lessons, file):
    results = lessons[file]["results"]
    cells = read_code_cells(NOTEBOOKS / file)
    assert [result["state"] for result in results] == ["done"] * len(cells)
    for cell, result in zip(cells, results, strict=True):
        assert seen(result["outputs"]) == stored(cell)


@needs_packed
@pytest.mark.parametrize("path", RUNNABLE_PROGRAMS, ids=lambda path: path.relative_to(ROOT / "docs").as_posix())
def test_a_program_prints_its_stored_output(programs, path):
    assert programs[path]["state"] == "done"
    assert seen(programs[path]["outputs"]) == [("stdout", output_file(path).read_text("utf-8"))]


@needs_packed
def test_the_first_lessons_need_no_file_after_the_start(lessons):
    assert {file: lessons[file]["late"] for file in RUNNABLE_LESSONS[:4]} == {file: [] for file in RUNNABLE_LESSONS[:4]}


@needs_packed
def test_the_memory_has_nothing_left_over():
    cells = [
        "import os; print(os.environ.get('API_KEY'), sorted(os.listdir()))",
        "import sandbox.adapters.page as page; print(page._sandboxes)",
        "raise SystemExit('The end.')",
        "1 / 0",
        "import openai; openai.OpenAI(api_key='a', base_url='https://example.org', max_retries=0).models.list()",
        "import sqlite3; sqlite3.sqlite_version_info > (3,)",
        "import random; random.random()",
    ]
    page, again = run_pages([{"alone": False, "cells": cells}, {"alone": False, "cells": cells[-1:]}])
    settings, sandboxes, ending, error, elsewhere, module, chance = page["results"]
    assert settings["outputs"] == [["stdout", "None []\n"]]
    assert sandboxes["outputs"] == [["stdout", "{}\n"]]
    assert (ending["state"], ending["outputs"]) == ("failed", [["stderr", "The end.\n"]])
    assert error["state"] == "failed"
    assert error["outputs"][0][1].startswith(
        'Traceback (most recent call last):\n  File "<cell 4>", line 1, in <module>'
    )
    assert elsewhere["outputs"][0][1].splitlines()[-1] == "openai.APIConnectionError: Connection error."
    assert "ConnectError: A web page makes no connections" in elsewhere["outputs"][0][1]
    assert "packages.zip" not in elsewhere["outputs"][0][1]  # the cell's own lines only
    assert (module["state"], module["outputs"]) == ("done", [["result", "True"]])
    assert set(page["late"]) == {"std.zip"}
    assert chance["outputs"] != again["results"][0]["outputs"]  # is not the same for all readers


# What runs where


def test_half_of_the_lessons_run_in_the_page():
    assert len(RUNNABLE_LESSONS) >= 12
    needs = [find_needs(read_code(NOTEBOOKS / lesson.file)) for lesson in load_lessons()]
    assert sum(set(needed) <= set(wheels.NAMES) for needed in needs) > len(RUNNABLE_LESSONS)


@pytest.mark.parametrize(
    ("program", "needs"),
    [
        ("import json, os\nfrom openai import OpenAI", []),
        ("import numpy as np", ["NumPy"]),
        ("from concurrent.futures import ThreadPoolExecutor", ["threads"]),
        ("def later():\n    from PIL import Image", ["Pillow"]),
        ("from helpers import check, show_image", ["Pillow"]),
        ('content = [{"type": "image_url"}]', ["NumPy", "Pillow"]),
        ("client.audio.transcriptions.create()", ["PocketSphinx"]),
        ("from langchain_core.prompts import ChatPromptTemplate", ["LangChain"]),
    ],
)
def test_needs_are_read_from_the_program(program, needs):
    assert find_needs([program]) == needs


def test_a_runner_knows_what_it_lacks(tmp_path):
    wheel = tmp_path / "numpy-1-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    runner = Runner(tmp_path, {"NumPy": wheel})
    assert runner.lacks(["NumPy", "Pillow"]) == ["Pillow"]
    [(name, digest)] = runner.wheel_files(["NumPy"])
    assert (name, len(digest)) == (wheel.name, 64)


# What is packed


def test_the_pages_have_the_versions_of_the_lessons():
    pinned = re.compile(r"^([\w-]+)==(\S+)", re.MULTILINE)
    lessons = dict(pinned.findall((ROOT / "requirements.txt").read_text("utf-8")))
    pages = dict(pinned.findall((pack.HERE / "requirements.txt").read_text("utf-8")))
    assert {name: lessons.get(name) for name in pages} == pages


@pytest.mark.parametrize(
    "name", ["tools/browser/requirements.txt", "sandbox/service.py", "docs/javascripts/run/memory.js"]
)
def test_the_version_follows_the_content(monkeypatch, name):
    before = pack.version()
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b"#" * (path == ROOT / name))
    assert pack.version() != before


def exported(init: Path) -> set[str]:
    """Return the names that a package's own file imports for others."""
    tree = ast.parse(init.read_text("utf-8"))
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_lazy_modules_give_the_same_names(tmp_path):
    types = Path(openai.__file__).parent / "types"
    shutil.copytree(types.parent, tmp_path / "openai", ignore=shutil.ignore_patterns("__pycache__"))
    assert make_lazy(tmp_path / "openai" / "types") > 40
    names = {
        ".".join(("openai", *init.parent.relative_to(types.parent).parts)): sorted(exported(init) - {"annotations"})
        for init in sorted(types.rglob("__init__.py"))
    }
    program = f"""
import importlib, sys
for package, names in {names!r}.items():
    for name in names:
        getattr(importlib.import_module(package), name)
    try:
        importlib.import_module(package).none_such
    except AttributeError:
        continue
    raise SystemExit(package)
import openai.types
print(openai.types.__file__)
"""
    ran = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert ran.stdout == f"{tmp_path / 'openai' / 'types' / '__init__.py'}\n", ran.stderr


def test_only_its_sandboxes_answer_in_a_page():
    server = PageServer(Sandbox())
    request = httpx2.Request("GET", f"{server.base_url}/models", headers={"Authorization": "Bearer sandbox"})
    assert SandboxTransport(find_sandbox(request)).handle_request(request).status_code == 200
    for address in ("https://llm-server.llmhub.t-systems.net/v2/models", "http://127.0.0.1:1/v2/models"):
        with pytest.raises(httpx2.ConnectError, match="makes no connections"):
            find_sandbox(httpx2.Request("GET", address))
    server.stop()
    with pytest.raises(httpx2.ConnectError):
        find_sandbox(request)
