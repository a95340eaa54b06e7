"""LangChain and LlamaIndex talk to the service and to nobody else, as the lessons set them up."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tools.lessons import NOTEBOOKS, ROOT

LANGCHAIN, LLAMAINDEX = "10_rag_langchain.ipynb", "11_rag_llamaindex.ipynb"
PACKAGES = {LANGCHAIN: "langchain_openai", LLAMAINDEX: "llama_index"}
# Variables that a reader may have set for other programs.
ELSEWHERE = {"LANGCHAIN_TRACING_V2": "true", "LANGSMITH_TRACING": "true", "LANGSMITH_API_KEY": "none"}

# Refuses to look up or to reach other hosts, and names each that was tried.
GUARD = """
import sys

def guard(event, arguments):
    host = None
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    if host not in (None, "127.0.0.1"):
        print("Tried to reach", host, file=sys.__stderr__, flush=True)
        raise OSError("This test allows no other host.")

sys.addaudithook(guard)
"""


def run_steps(file: str, tmp_path: Path, left_out: str = "") -> str:
    """Run a lesson up to its first answer, without a piece of its code; return what is on stderr."""
    assert find_spec(PACKAGES[file]), "The marks of the tests see to it."
    notebook = json.loads((NOTEBOOKS / file).read_text("utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    steps = "\n".join(cells[: 1 + next(number for number, cell in enumerate(cells) if "firefighters" in cell)])
    assert left_out in steps
    script = tmp_path / "steps.py"
    script.write_text(GUARD + steps.replace(left_out, ""), "utf-8")
    environment = os.environ | ELSEWHERE | {"PYTHONPATH": str(ROOT)}
    if left_out:  # a tokenizer that another program has downloaded before would hide what happens
        environment["TIKTOKEN_CACHE_DIR"] = str(tmp_path / "none")
    done = subprocess.run([sys.executable, script], cwd=NOTEBOOKS, env=environment, capture_output=True, text=True)
    assert left_out or "Not in the handbook." in done.stdout, done.stderr
    return done.stderr


def needs(file: str):
    return pytest.mark.skipif(not find_spec(PACKAGES[file]), reason=f"{PACKAGES[file]} is not installed")


@pytest.mark.parametrize("file", [pytest.param(file, marks=needs(file)) for file in PACKAGES])
def test_nothing_goes_to_another_host(file: str, tmp_path: Path) -> None:
    assert run_steps(file, tmp_path) == ""


@needs(LANGCHAIN)
def test_without_its_setting_langchain_reaches_another_host(tmp_path: Path) -> None:
    stderr = run_steps(LANGCHAIN, tmp_path, ", check_embedding_ctx_length=False")
    assert "Tried to reach openaipublic.blob.core.windows.net" in stderr


@pytest.mark.parametrize("file", PACKAGES)
def test_a_lesson_without_its_package_says_what_to_install(file: str) -> None:
    notebook = json.loads((NOTEBOOKS / file).read_text("utf-8"))
    setup, connect, *_ = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    missing = f"import sys\nsys.modules[{PACKAGES[file]!r}] = None\n"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", f"{missing}{setup}\n{connect}"]
    done = subprocess.run(command, cwd=NOTEBOOKS, env=environment, capture_output=True, text=True)
    assert "is not installed. Run `make lab`, or `pip install" in done.stderr.splitlines()[-1]
