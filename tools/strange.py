"""Execute the lessons against services that differ from the sandbox in one thing, and say which lesson survives which.

`python -m tools.strange` runs all lessons behind all variants of `tests/strange/variants.py`; file names and
`--variant NAME` choose some. A lesson may say that a service does not do something, but no cell may raise an error or
write to stderr, and every solution has to reach its goals.
"""

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import socket
import sys
import warnings
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbformat import NotebookNode

from helpers.models import NoModelError
from sandbox.adapters.server import LocalServer
from sandbox.core.version import VERSION
from tests.strange.service import StrangeService
from tests.strange.variants import VARIANTS
from tools.checked_against import store
from tools.lessons import find_notebooks
from tools.run_notebooks import copied_folder, describe_cell, missed_goals, read_notebook, sandbox_environment

_REASON_CHARACTERS = 200
_getaddrinfo = socket.getaddrinfo


@dataclass(frozen=True)
class Outcome:
    """What became of one lesson behind one variant.

    Attributes:
        result: "passed", "stopped" by an error, "missed" if a solution says "Not yet", "does not apply" if the service
            has no model for the lesson.
        reason: the cell with its error, or the goal, or what is missing; empty if it passed.
        requests: how many requests came.
        changed: how many of them were different from the sandbox.
        tokens_in: the tokens of all prompts.
        tokens_out: the tokens of all answers.
    """

    result: str
    reason: str
    requests: int
    changed: int
    tokens_in: int
    tokens_out: int


def run_lesson(path: Path, variants: list[str]) -> dict[str, Outcome]:
    """Execute one notebook behind one variant after the other, in this process, each time in a fresh namespace.

    Args:
        path: the notebook.
        variants: names of variants.

    Returns:
        What became of it, by variant; `unchanged` is always there.
    """
    notebook = read_notebook(path)
    strange = StrangeService()
    server = LocalServer(strange)
    server.serve_in_background()
    environment = {**sandbox_environment(), "API_KEY": "sandbox", "BASE_URL": server.base_url}
    outcomes: dict[str, Outcome] = {}
    socket.getaddrinfo = _only_this_machine

    async def run(name: str) -> Outcome:
        strange.begin(VARIANTS[name])
        os.environ.clear()
        os.environ.update(environment)
        # Leaving the block makes Python forget which warnings it has already shown.
        with warnings.catch_warnings():
            result, reason = await _execute(notebook)
        counts = len(strange.requests), strange.changed, strange.tokens_in, strange.tokens_out
        return Outcome(result, reason[:_REASON_CHARACTERS], *counts)

    async def run_all() -> None:
        outcomes["unchanged"] = await run("unchanged")
        requests = strange.requests
        for name in variants:
            strange.begin(VARIANTS[name])
            for request in requests:
                strange.handle(*request)
                if strange.changed:
                    break
            # The sandbox answers the same request in the same way. So where no answer differs, nothing else does.
            outcomes[name] = await run(name) if strange.changed else replace(outcomes["unchanged"], changed=0)

    with copied_folder(path) as copy, contextlib.chdir(copy):
        # One loop for all, since what one run leaves open is closed during a later one.
        asyncio.run(run_all())
    return outcomes


def _only_this_machine(host: str, *arguments: Any, **options: Any) -> Any:
    """Find the address of this machine, but of no other, so that the result is the same everywhere."""
    if host != "127.0.0.1":
        raise socket.gaierror(f"{host} is not this machine.")
    return _getaddrinfo(host, *arguments, **options)


async def _execute(notebook: NotebookNode) -> tuple[str, str]:
    """Run the cells up to the first error; return the result and its reason."""
    shell = InteractiveShell.instance()
    shell.reset(new_session=True)
    shell.showtraceback = lambda *_, **__: None
    missed = ""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        with capture_output() as captured:
            done = await shell.run_cell_async(
                cell.source, store_history=False, transformed_cell=shell.transform_cell(cell.source)
            )
        place = describe_cell(notebook, index)
        error = done.error_before_exec or done.error_in_exec
        if isinstance(error, NoModelError) and "use_service()" in cell.source:
            return "does not apply", str(error).partition(". ")[0]
        if error:
            return "stopped", " ".join(f"{place}: {type(error).__name__}: {error}".split())
        if captured.stderr:
            return "stopped", " ".join(f"{place} wrote to stderr: {captured.stderr}".split())
        if "solution" in cell.metadata.get("tags", []) and not missed:
            missed = "; ".join(f"{place}: {goal}" for goal in missed_goals(captured.stdout))
    return ("missed", missed) if missed else ("passed", "")


def main(arguments: list[str] | None = None) -> int:
    """Run notebooks behind variants and print a line for each.

    Args:
        arguments: the command line without the program's name; None takes the process's own.

    Returns:
        The exit status: 0, or 1 if a lesson stopped or missed a goal, or a variant changed nothing in any lesson.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.strange", description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", help="notebooks to run (default: all lessons)")
    parser.add_argument(
        "--variant", action="append", choices=VARIANTS, help="may be given several times (default: all)"
    )
    parser.add_argument("--store", action="store_true", help="store the results of all lessons for the site")
    options = parser.parse_args(arguments)
    try:
        paths = find_notebooks(options.files)
    except FileNotFoundError as error:
        parser.error(str(error))
    names = [name for name in options.variant or VARIANTS if name != "unchanged"]
    is_partial = bool(options.files or options.variant)
    if options.store and is_partial:
        parser.error("Only a run of all lessons behind all variants can be stored.")
    failed, lessons = False, {}
    idle = set(names)
    # A fresh process for each lesson, which the lessons before it cannot have changed.
    with multiprocessing.get_context("spawn").Pool(os.cpu_count(), maxtasksperchild=1) as pool:
        running = [(path, pool.apply_async(run_lesson, (path, names))) for path in paths]
        for path, waiting in running:
            lessons[path.name] = outcomes = waiting.get()
            for name, outcome in outcomes.items():
                if outcome.changed or name == "unchanged":
                    print(f"{path.stem}  {name}: {outcome.result}  {outcome.reason}".rstrip())
            untouched = [name for name in names if not outcomes[name].changed]
            print(f"{path.stem}  the same with: {', '.join(untouched)}", flush=True)
            failed |= any(outcome.result in ("stopped", "missed") for outcome in outcomes.values())
            idle &= set(untouched)
        # A process that ends by itself cleans up; leaving the block would stop it.
        pool.close()
        pool.join()
    if is_partial:
        return int(failed)
    if idle:
        print(f"These variants changed nothing in any lesson: {', '.join(sorted(idle))}.")
    if options.store:
        _store(lessons)
    return int(failed or bool(idle))


def _store(lessons: dict[str, dict[str, Outcome]]) -> None:
    today = date.today().isoformat()
    plain, strange = {}, {}
    for file, outcomes in lessons.items():
        unchanged = outcomes.pop("unchanged")
        plain[file] = {name: getattr(unchanged, name) for name in ("result", "requests", "tokens_in", "tokens_out")}
        strange[file] = {
            name: (f"{outcome.result}: {outcome.reason}" if outcome.reason else outcome.result)
            if outcome.changed
            else "same"
            for name, outcome in outcomes.items()
        }
    store("sandbox", {"date": today, "version": VERSION, "lessons": plain})
    variants = [(name, variant.__doc__) for name, variant in VARIANTS.items() if name != "unchanged"]
    store("strange", {"date": today, "variants": variants, "lessons": strange})


if __name__ == "__main__":
    sys.exit(main())
