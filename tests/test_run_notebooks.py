"""Executing lessons and storing their outputs."""

import base64
import io
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from notebook_checks import SETUP
from PIL import Image

from helpers.service import IGNORE_DOTENV
from sandbox.core.version import VERSION
from tools.run_notebooks import CREDENTIAL_VARIABLES, MODEL_VARIABLES, clean, main, read_notebook, sandbox_environment

SHOW = """
from IPython.display import Image, display
display(Image(filename="dot.png", alt="A red dot", width=20))
"""


def write_notebook(path: Path, *sources: str) -> Path:
    """Write a notebook with what JupyterLab and other programs leave behind."""
    cells = [new_markdown_cell("# Title", metadata={"editable": True})]
    cells += [new_code_cell(source, metadata={"tags": [], "scrolled": True}, execution_count=9) for source in sources]
    metadata = {
        "kernelspec": {"name": "mine", "display_name": "Mine", "language": "python"},
        "language_info": {"name": "python", "version": "3.9"},
        "widgets": {},
    }
    nbformat.write(new_notebook(cells=cells, metadata=metadata), path)
    return path


def test_outputs_are_stored_clean_and_the_same_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (1, 1), "red").save(tmp_path / "dot.png")
    path = write_notebook(
        tmp_path / "a.ipynb",
        "print(1)\nprint(2, flush=True)\ndisplay(3)\nprint(4)",
        SHOW,
        "import os\n[name in os.environ for name in ('API_KEY', 'BASE_URL')]",
        "os.path.basename(os.getcwd()), os.environ['" + IGNORE_DOTENV + "']",
    )
    ids = [cell.id for cell in read_notebook(path).cells]
    assert main([str(path)]) == 0
    first = path.read_bytes()
    assert first.endswith(b"}\n")
    assert main([str(path)]) == 0
    assert path.read_bytes() == first
    assert "a.ipynb: executed and stored." in capsys.readouterr().out

    notebook = read_notebook(path)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "sandbox": {"version": VERSION},
    }
    assert [cell.id for cell in notebook.cells] == ids
    assert all(cell.metadata == {} for cell in notebook.cells)
    code = notebook.cells[1:]
    assert [cell.execution_count for cell in code] == [1, 2, 3, 4]
    assert [(output.output_type, output.get("text")) for output in code[0].outputs] == [
        ("stream", "1\n2\n4\n"),
        ("display_data", None),
    ]
    assert code[1].outputs[0].metadata == {"image/png": {"alt": "A red dot", "width": 20}}
    assert Image.open(io.BytesIO(base64.b64decode(code[1].outputs[0].data["image/png"]))).size == (1, 1)
    assert code[2].outputs[0].data["text/plain"] == "[False, False]"
    assert code[3].outputs[0].data["text/plain"] == f"('{tmp_path.name}', '1')"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("raise ValueError('1\\n2\\n\\n3\\nfour')", "raised ValueError. The file is left as it was.\n1\n2\n3\n"),
        ("import warnings\nwarnings.warn('old way')", "wrote to stderr. The file is left as it was."),
        ("import os\nos._exit(1)", "ended the kernel"),
    ],
)
def test_a_failing_lesson_is_left_as_it_was(
    source: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = write_notebook(tmp_path / "bad.ipynb", "1", source)
    good = write_notebook(tmp_path / "good.ipynb", "1")
    before, id_of_cell = bad.read_bytes(), read_notebook(bad).cells[2].id
    assert main([str(bad), str(good)]) == 1
    assert bad.read_bytes() == before
    assert read_notebook(good).cells[1].execution_count == 1
    errors = capsys.readouterr().err
    assert f"bad.ipynb: code cell 2 (id {id_of_cell})" in errors
    assert message in errors
    assert "four" not in errors


def test_an_unknown_notebook_is_a_wrong_argument(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["no-such.ipynb"])
    assert "There is no notebook no-such.ipynb" in capsys.readouterr().err


def test_kernels_get_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*CREDENTIAL_VARIABLES, *MODEL_VARIABLES):
        monkeypatch.setenv(name, "secret")
    environment = sandbox_environment()
    assert "secret" not in environment.values()
    assert environment[IGNORE_DOTENV] == "1"


def test_the_users_settings_do_not_reach_the_outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / "ipython" / "profile_default" / "ipython_kernel_config.py"
    settings.parent.mkdir(parents=True)
    settings.write_text('get_config().InteractiveShell.ast_node_interactivity = "all"\n', "utf-8")
    startup = tmp_path / "startup.py"
    startup.write_text("print('Good morning')\n", "utf-8")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONSTARTUP", str(startup))
    # The package writes to stderr then, which no lesson may.
    monkeypatch.setenv("OPENAI_LOG", "debug")
    path = write_notebook(tmp_path / "settings.ipynb", f"{SETUP.format(capability='chat')}\n1\n2")
    assert main([str(path)]) == 0
    [line, output] = read_notebook(path).cells[1].outputs
    assert line.text.startswith("Service: the sandbox")
    assert output.data == {"text/plain": "2"}


@pytest.mark.parametrize("name", ["JUPYTER_CONFIG_DIR", "JUPYTER_CONFIG_PATH"])
def test_the_users_settings_do_not_reach_jupyterlab(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "/of/the/user")
    command = [sys.executable, "-m", "jupyter_core", "--paths"]
    for environment, is_read in ((os.environ, True), (sandbox_environment(), False)):
        paths = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        assert ("/of/the/user" in paths) == is_read


def test_cleaning_keeps_tags_and_folded_sources() -> None:
    metadata = {"tags": ["solution"], "jupyter": {"source_hidden": True, "outputs_hidden": True}, "deletable": False}
    notebook = new_notebook(cells=[new_code_cell("1", metadata=metadata)])
    clean(notebook)
    assert notebook.cells[0].metadata == {"tags": ["solution"], "jupyter": {"source_hidden": True}}


def test_a_progress_bar_is_stored_as_it_ended() -> None:
    bar = [new_output("stream", name="stdout", text=text) for text in ("Begin\n\r1 of 2", "\r2 of 2", "\nEnd\r\n")]
    notebook = new_notebook(cells=[new_code_cell("1", outputs=bar)])
    clean(notebook)
    assert notebook.cells[0].outputs[0].text == "Begin\n2 of 2\nEnd\r\n"


def test_older_formats_get_cell_ids(tmp_path: Path) -> None:
    path = tmp_path / "old.ipynb"
    path.write_text(
        '{"nbformat": 4, "nbformat_minor": 4, "metadata": {},'
        ' "cells": [{"cell_type": "markdown", "metadata": {}, "source": ["Hello"]}]}'
    )
    notebook = read_notebook(path)
    assert notebook.nbformat_minor >= 5
    assert notebook.cells[0].id
