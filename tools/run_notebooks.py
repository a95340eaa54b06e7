"""Execute the lessons in order against the sandbox, and store their outputs without anything that changes by itself.

`python -m tools.run_notebooks` runs all lessons, `python -m tools.run_notebooks 04_streaming.ipynb` only some. A lesson
with an error, or with anything on stderr (warnings go there), is left as it was.
"""

import argparse
import atexit
import functools
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager

from helpers.models import CAPABILITIES
from helpers.service import IGNORE_DOTENV, SENT_ANYWHERE
from sandbox.core.version import VERSION
from tools.lessons import find_notebooks

CELL_TIMEOUT_SECONDS = 300
CREDENTIAL_VARIABLES = ("API_KEY", "BASE_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL", *SENT_ANYWHERE)
MODEL_VARIABLES = ("MODEL", *(f"MODEL_{capability.upper()}" for capability in CAPABILITIES))

# How the helper `check` begins the line of a goal that is not reached.
NOT_YET = "Not yet: "
_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    # Without it ruff skips the notebook and says nothing.
    "language_info": {"name": "python"},
    # The site says it above every output.
    "sandbox": {"version": VERSION},
}
_IMAGE_METADATA = ("alt", "height", "width")
_SHOWN_LINES = 3
_TERMINAL_COLORS = re.compile(r"\x1b\[[0-9;]*m")


class LessonError(Exception):
    """A lesson cannot be executed as it should be.

    Args:
        message: what happened and in which cell, on one line.
        details: the first lines of what the cell said.
        name: the class of the exception that the cell raised, if it raised one.
    """

    def __init__(self, message: str, details: str = "", name: str = ""):
        super().__init__(message)
        lines = [line for line in _TERMINAL_COLORS.sub("", details).splitlines() if line.strip()]
        self.details = "\n".join(lines[:_SHOWN_LINES])
        self.name = name


def sandbox_environment() -> dict[str, str]:
    """Return this process's environment without credentials, models, and the user's settings for Jupyter and `openai`.

    A kernel started with it uses the sandbox, and shows what it would show on any machine.
    """
    left_out = (*CREDENTIAL_VARIABLES, "PYTHONSTARTUP", "JUPYTER_CONFIG_PATH", "OPENAI_LOG")
    kept = {name: value for name, value in os.environ.items() if name not in left_out and name not in MODEL_VARIABLES}
    return {**kept, IGNORE_DOTENV: "1", "IPYTHONDIR": _empty_folder(), "JUPYTER_CONFIG_DIR": _empty_folder()}


@functools.cache
def _empty_folder() -> str:
    folder = tempfile.mkdtemp(prefix="no-settings-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def execute(
    notebook: NotebookNode, folder: Path, environment: dict[str, str], timeout: int, past_errors: bool = False
) -> None:
    """Execute a notebook in a fresh kernel of the running Python, and keep the outputs in the notebook.

    Args:
        notebook: the notebook; its cells are changed.
        folder: the kernel's working folder.
        environment: the kernel's environment variables.
        timeout: the longest that a cell may take, in seconds.
        past_errors: whether cells after an exception are executed, too; nothing is then said of what went wrong.

    Raises:
        LessonError: a cell raised an exception, wrote to stderr, took too long, or ended the kernel.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    started = [0]
    # The kernel that nbval takes too: that of this environment, whatever else is installed under the name python3.
    manager = AsyncKernelManager(kernel_name=CURRENT_ENV_KERNEL_NAME, kernel_spec_manager=NbvalKernelspecManager())
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=timeout,
        allow_errors=past_errors,
        force_raise_errors=not past_errors,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
        # Otherwise the kernel remarks in the terminal that its local connections are not encrypted.
        extra_arguments=["--log-level=ERROR"],
        on_cell_execute=lambda cell, cell_index: started.append(cell_index),
    )
    try:
        client.execute(env=environment, cleanup_kc=True)
    except CellExecutionError:
        pass  # which is in the outputs
    except CellTimeoutError:
        raise LessonError(f"{describe_cell(notebook, started[-1])} took longer than {timeout} seconds") from None
    except DeadKernelError:
        raise LessonError(f"{describe_cell(notebook, started[-1])} ended the kernel") from None
    if not past_errors and (problems := find_problems(notebook)):
        raise problems[0]


@contextmanager
def copied_folder(path: Path) -> Iterator[Path]:
    """Copy the folder of a notebook, so that the notebook can write files there; the copy goes away at the end."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.parent.name
        shutil.copytree(path.parent, copy, ignore=shutil.ignore_patterns(".*"))
        yield copy


def find_problems(notebook: NotebookNode) -> list[LessonError]:
    """Find the cells that raised an exception or wrote to stderr in an executed notebook."""
    problems = []
    for index, cell in enumerate(notebook.cells):
        place = describe_cell(notebook, index)
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                problems.append(LessonError(f"{place} raised {output.ename}", output.evalue, output.ename))
            elif output.output_type == "stream" and output.name == "stderr":
                problems.append(LessonError(f"{place} wrote to stderr", output.text))
    return problems


def missed_goals(text: str) -> list[str]:
    """Find the goals in the output of an exercise's solution that it did not reach."""
    return [line.removeprefix(NOT_YET) for line in text.splitlines() if line.startswith(NOT_YET)]


def describe_cell(notebook: NotebookNode, index: int) -> str:
    """Say which cell it is, in both ways that people count: `code cell 3 (id cell-07)`."""
    number = sum(cell.cell_type == "code" for cell in notebook.cells[: index + 1])
    return f"code cell {number} (id {notebook.cells[index].get('id', 'none')})"


def clean(notebook: NotebookNode) -> None:
    """Remove from a notebook what changes without its text or its results having changed.

    Kept are cell ids, tags, hidden sources, the outputs, and alternative text and size of pictures. The pieces of a
    stream are joined, and of a line that was written over only the last text stays, as nbval does before it compares.

    Args:
        notebook: the notebook, of format 4.5 or later; it is changed.
    """
    notebook.metadata = nbformat.from_dict(_METADATA)
    for cell in notebook.cells:
        kept = {}
        if cell.metadata.get("tags"):
            kept["tags"] = cell.metadata.tags
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            kept["jupyter"] = {"source_hidden": True}
        cell.metadata = nbformat.from_dict(kept)
        if cell.cell_type == "code":
            cell.outputs = _join_streams(cell.outputs)
            for output in cell.outputs:
                if "metadata" in output:
                    output.metadata = _image_metadata(output.metadata)


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook as format 4; cells of a file older than 4.5 get ids."""
    notebook = nbformat.read(path, as_version=4)
    # From this minor version on, cells have ids.
    return nbformat.v4.upgrade(notebook) if notebook.nbformat_minor < 5 else notebook


def main(arguments: list[str] | None = None) -> int:
    """Execute and store notebooks.

    Args:
        arguments: the command line without the program's name; None takes the process's own.

    Returns:
        The exit status: 0, or 1 if a lesson failed.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.run_notebooks", description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", help="notebooks to run (default: all lessons)")
    try:
        paths = find_notebooks(parser.parse_args(arguments).files)
    except FileNotFoundError as error:
        parser.error(str(error))
    failed = False
    for path in paths:
        notebook = read_notebook(path)
        try:
            execute(notebook, path.parent, sandbox_environment(), CELL_TIMEOUT_SECONDS)
        except LessonError as error:
            failed = True
            print(f"{path.name}: {error}. The file is left as it was.\n{error.details}", file=sys.stderr)
            continue
        clean(notebook)
        nbformat.write(notebook, path)
        print(f"{path.name}: executed and stored.", flush=True)
    return int(failed)


def _join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    streams: dict[str, NotebookNode] = {}
    joined = []
    for output in outputs:
        if output.output_type == "stream" and output.name in streams:
            streams[output.name].text += output.text
            continue
        if output.output_type == "stream":
            streams[output.name] = output
        joined.append(output)
    for stream in streams.values():
        # What a terminal would show in the end, of a progress bar for example.
        stream.text = re.sub(r".*\r(?=[^\n])", "", stream.text)
    return joined


def _image_metadata(metadata: NotebookNode) -> NotebookNode:
    kept = {}
    for media_type, values in metadata.items():
        if media_type.startswith("image/") and values.get("alt"):
            kept[media_type] = {name: values[name] for name in _IMAGE_METADATA if name in values}
    return nbformat.from_dict(kept)


if __name__ == "__main__":
    sys.exit(main())
