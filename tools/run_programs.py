"""Run the programs of the site's pages against the sandbox, and store what they print.

`python -m tools.run_programs` runs all of them, `python -m tools.run_programs docs/examples/cost/growing_cost.py` only
some. A program that fails, or that writes to stderr (warnings go there), leaves its stored output as it was.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.service import without_proxy
from sandbox.adapters.server import LocalServer
from sandbox.service import Sandbox
from tools.lessons import ROOT
from tools.run_notebooks import sandbox_environment
from tools.website.programs import EXAMPLES, FENCE_NAMES, LANGUAGES, SNIPPETS, output_file

TIMEOUT_SECONDS = 300
NODE_MODULES = ROOT / "tests" / "clients" / "node" / "node_modules"
CLIENTS_PYTHON = Path(f"{sys.prefix}-clients") / "bin" / "python"
"""What runs the programs of the pages in docs/tools: `make test` makes that environment beside the running one."""


def find_programs() -> list[Path]:
    """List the programs whose output is stored: the Python form of every snippet, and every example."""
    examples = [file for file in EXAMPLES.glob("*/*") if file.suffix in FENCE_NAMES]
    return sorted(SNIPPETS.glob(f"*/{LANGUAGES[0].file}")) + sorted(examples)


def is_of_a_tool(program: Path) -> bool:
    """Tell whether a program belongs to a page in docs/tools: an example is in the folder named after its page."""
    return (ROOT / "docs" / "tools" / f"{program.parent.name}.md").is_file()


def run_program(program: Path, base_url: str, api_key: str = "sandbox") -> subprocess.CompletedProcess[str]:
    """Run a program as a reader would, in a folder of its own, with nothing set but key and base URL.

    Args:
        program: a file for Python (.py), bash (.sh), or Node.js (.mjs).
        base_url: the service's address.
        api_key: the service's key.

    Returns and raises what `run_with` does.
    """
    return run_with(program, {"API_KEY": api_key, "BASE_URL": base_url})


@contextmanager
def copied(program: Path) -> Iterator[Path]:
    """Copy a program and the files beside it to a new folder, where it may write: the project stays as it is.

    Args:
        program: the program's file.

    Yields:
        The copy of the program; its folder is gone afterward.
    """
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(program.parent, folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        yield Path(folder, program.name)


def run_with(program: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a program as a reader would, in a folder of its own.

    Args:
        program: a file for Python (.py), bash (.sh), or Node.js (.mjs).
        variables: the environment variables with keys and base URLs; no others are set.

    Returns:
        The finished process: `returncode`, `stdout`, and `stderr` as text.

    Raises:
        FileNotFoundError: bash, Node.js, or the Python with the tools is not on this machine.
        subprocess.TimeoutExpired: it runs for more than `TIMEOUT_SECONDS`.
    """
    environment = sandbox_environment() | without_proxy(os.environ) | variables
    with copied(program) as copy:
        if program.suffix == ".mjs":
            # Node looks for packages beside the program.
            (copy.parent / "node_modules").symlink_to(NODE_MODULES)
            command = ["node", str(copy)]
        elif program.suffix == ".sh":
            command = ["bash", "-eo", "pipefail", str(copy)]
        else:
            # The tools leave connections open until the process ends.
            tool = [str(CLIENTS_PYTHON), "-W", "error", "-W", "ignore::ResourceWarning"]
            python = tool if is_of_a_tool(program) else [sys.executable, "-W", "error"]
            command = [*python, str(copy)]
        return subprocess.run(
            command,
            cwd=copy.parent,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
        )


def main(arguments: list[str] | None = None) -> int:
    """Run programs and store their outputs.

    Args:
        arguments: the command line without the program's name; None takes the process's own.

    Returns:
        The exit status: 0, or 1 if a program failed.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.run_programs", description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, help="programs to run (default: all)")
    files = [file.resolve() for file in parser.parse_args(arguments).files]
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        parser.error(f"there is no file {', '.join(missing)}")
    failed = False
    for program in files or find_programs():
        name = os.path.relpath(program, ROOT)
        # One for each program: what others have asked before must not change its answers.
        server = LocalServer(Sandbox(pace=0))
        server.serve_in_background()
        done = run_program(program, server.base_url)
        server.stop()
        if done.returncode or done.stderr:
            failed = True
            print(f"{name} failed with status {done.returncode}. Its output is left as it was.", file=sys.stderr)
            print(done.stderr, file=sys.stderr)
            continue
        output_file(program).write_text(done.stdout, "utf-8")
        print(f"{name}: executed and stored.", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
