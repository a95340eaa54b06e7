"""What the tests of the pages' programs share: what they need, and a way to run them in the tests' own process."""

import gc
import io
import os
import runpy
import shutil
import warnings
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import pytest

from tools.run_programs import NODE_MODULES, copied

needs_curl = pytest.mark.skipif(
    shutil.which("curl") is None or shutil.which("bash") is None, reason="there is no curl or bash on this machine"
)
needs_jq = pytest.mark.skipif(shutil.which("jq") is None, reason="there is no jq on this machine")
needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not (NODE_MODULES / "openai").is_dir(),
    reason="there is no Node.js with the openai package; `make test` installs it where there is npm",
)


def run_in_process(program: Path, *, may_leave_open: bool = True, **variables: str | None) -> tuple[str, str]:
    """Run a Python program in a fresh namespace and in a folder of its own. What it does to the environment is undone.

    A process of its own would spend more time on importing `openai` than on all that the program does.

    Args:
        program: the program's file.
        may_leave_open: whether a connection may be left open. If not, it gives a warning, which pytest turns into an
            error. A client that is not asynchronous may be collected after its sockets, and then warns without need.
        variables: environment variables, besides the ones that are set; None takes one away.

    Returns:
        What it wrote to stdout and to stderr.

    Raises:
        SystemExit: the program ends itself.
    """
    stdout, stderr = io.StringIO(), io.StringIO()
    with (
        copied(program) as copy,
        warnings.catch_warnings(),
        patch.dict(os.environ, {name: value for name, value in variables.items() if value is not None}),
        chdir(copy.parent),
        redirect_stdout(stdout),
        redirect_stderr(stderr),
    ):
        for name, value in variables.items():
            if value is None:
                os.environ.pop(name, None)
        if may_leave_open:
            warnings.simplefilter("ignore", ResourceWarning)
        # Only what the program leaves behind is looked through, not all that the tests have in memory.
        gc.freeze()
        try:
            runpy.run_path(str(copy), run_name="__main__")
        finally:
            gc.collect()
            gc.unfreeze()
    return stdout.getvalue(), stderr.getvalue()
