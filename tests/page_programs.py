"""What the tests of the pages' programs share: what they need, and ways to run them without a process for each."""

import atexit
import gc
import io
import json
import os
import runpy
import shutil
import subprocess
import warnings
from contextlib import chdir, redirect_stderr, redirect_stdout
from functools import cache
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


@cache
def _start_node() -> subprocess.Popen[str]:
    command = ["node", str(Path(__file__).with_name("run_node.mjs"))]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(process.communicate)  # closes its input, with which it ends
    return process


def run_in_node(program: Path, **variables: str) -> tuple[str, str, int]:
    """Run a program for Node.js in a folder of its own, in the one process that all of them share.

    Args:
        program: the program's file.
        variables: environment variables; there are no others.

    Returns:
        What it wrote to stdout and to stderr, and the status with which it would have ended.
    """
    node = _start_node()
    with copied(program) as copy:
        (copy.parent / "node_modules").symlink_to(NODE_MODULES)
        print(json.dumps({"program": str(copy), "variables": variables}), file=node.stdin, flush=True)
        done = json.loads(node.stdout.readline())
    return done["stdout"], done["stderr"], done["status"]
