"""Run programs of the pages in the tests' own process: importing `openai` takes longer than all that they do."""

import gc
import io
import os
import runpy
import warnings
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch


def run_in_process(program: Path, **variables: str) -> tuple[str, str]:
    """Run a Python program in a fresh namespace and in its own folder. What it does to the environment is undone.

    Warnings about open connections are left to `tools.run_programs`, which runs it in a process of its own: here a
    client may be collected after its sockets.

    Args:
        program: the program's file.
        variables: environment variables, beside the ones that are set.

    Returns:
        What it wrote to stdout and to stderr.

    Raises:
        SystemExit: the program ends itself.
    """
    stdout, stderr = io.StringIO(), io.StringIO()
    with (
        warnings.catch_warnings(),
        patch.dict(os.environ, variables),
        chdir(program.parent),
        redirect_stdout(stdout),
        redirect_stderr(stderr),
    ):
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            runpy.run_path(str(program), run_name="__main__")
        finally:
            gc.collect()
    return stdout.getvalue(), stderr.getvalue()
