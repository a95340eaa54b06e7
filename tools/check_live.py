"""Execute the lessons against the real service, for somebody with a key, and say what passed.

`python -m tools.check_live` runs all lessons, `python -m tools.check_live 04_streaming.ipynb` only some. The key is
found as the lessons find it. The wording of a model's answer is free; compared is the structure: a cell that has stored
output has output of the same kinds, and a solution reaches its goals, except for those that lessons.toml lists as
`model_goals`. Nothing is stored, and no notebook gets to know the key: it talks through a proxy.
"""

import argparse
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx2
from nbformat import NotebookNode

from helpers.models import NoModelError
from helpers.service import REAL_BASE_URL, Credentials, find_credentials, without_proxy
from tools.lessons import find_notebooks, load_lessons
from tools.recording_proxy import RecordingProxy, Usage
from tools.run_notebooks import (
    LessonError,
    copied_folder,
    describe_cell,
    execute,
    find_problems,
    missed_goals,
    read_notebook,
    sandbox_environment,
)

# A model at work may take its time.
CELL_TIMEOUT_SECONDS = 300
_SECONDS_TO_ANSWER = 30
_HIDDEN = "[key]"
_REASON_CHARACTERS = 200
_NO_KEY = f"""\
There is no key, so there is no service to check the lessons against. Set these variables, or write them to a file .env:
  API_KEY=your-key
  BASE_URL={REAL_BASE_URL}  (this one may be left out)"""


@dataclass(frozen=True)
class Row:
    """What became of one lesson.

    Attributes:
        lesson: its file name without the ending.
        result: "passed", "failed", "missed" if a solution did not reach a goal, or "skipped" because the key has no
            model for it.
        reason: why it did not pass, on one line; in brackets the goals that need a better model.
        usage: its requests and tokens.
        seconds: how long it took.
    """

    lesson: str
    result: str
    reason: str
    usage: Usage
    seconds: float


def find_problem(credentials: Credentials) -> str:
    """Ask the service for its models, and say what is wrong with the answer; empty if nothing is.

    Args:
        credentials: the key and the address.
    """
    headers = {"Authorization": f"Bearer {credentials.api_key}"}
    try:
        answer = httpx2.get(f"{credentials.base_url}/models", headers=headers, timeout=_SECONDS_TO_ANSWER)
    except httpx2.HTTPError as error:
        return f"{credentials.base_url} does not answer: {type(error).__name__} {error}."
    if answer.status_code != 200:
        return f"{credentials.base_url} answers with status {answer.status_code}: {answer.text[:_REASON_CHARACTERS]}."
    return ""


def check_lesson(path: Path, proxy: RecordingProxy, environment: dict[str, str]) -> Row:
    """Execute one lesson through the proxy, in a copy of its folder.

    Args:
        path: the notebook.
        proxy: the proxy, inside its `with` block.
        environment: the kernel's environment variables.

    Returns:
        What became of it.
    """
    stored, executed = read_notebook(path), read_notebook(path)
    proxy.usage = Usage()
    started = time.monotonic()
    with copied_folder(path) as copy:
        try:
            execute(executed, copy, environment, CELL_TIMEOUT_SECONDS, past_errors=True)
            problems = find_problems(executed)
        except LessonError as error:
            problems = [*find_problems(executed), error]
    lesson = next((lesson for lesson in load_lessons() if lesson.file == path.name), None)
    result, reason = judge(stored, executed, problems, lesson.model_goals if lesson else [])
    return Row(path.stem, result, reason, proxy.usage, time.monotonic() - started)


def judge(
    stored: NotebookNode, executed: NotebookNode, problems: list[LessonError], model_goals: list[str]
) -> tuple[str, str]:
    """Say what became of an executed notebook.

    Args:
        stored: the notebook as it is committed.
        executed: the same notebook, executed elsewhere.
        problems: what went wrong in its cells.
        model_goals: goals that only count for good models.

    Returns:
        The result and its reason, as in `Row`.
    """
    if problems:
        first = problems[0]
        details = first.details.partition("\n")[0][:_REASON_CHARACTERS]
        if first.name == NoModelError.__name__:
            return "skipped", details
        cells = [cell for cell in executed.cells if cell.cell_type == "code"]
        unreached = sum(cell.execution_count is None for cell in cells)
        counts = f"{len(problems)} of {len(cells)} cells failed, {unreached} not reached"
        return "failed", f"{first}: {details}".rstrip(": ") + f" ({counts})"
    if difference := compare_structure(stored, executed):
        return "failed", difference
    solutions = [cell for cell in executed.cells if "solution" in cell.metadata.get("tags", [])]
    missed = [goal for cell in solutions for out in cell.outputs for goal in missed_goals(out.get("text", ""))]
    excused = [goal for goal in missed if goal.startswith(tuple(model_goals))]
    counted = [goal for goal in missed if goal not in excused]
    return "missed" if counted else "passed", " ".join([*counted, *(f"({goal})" for goal in excused)])


def kernel_environment(proxy: RecordingProxy, api_key: str) -> dict[str, str]:
    """Return the environment for kernels: the proxy's address and token, and no variable that has the key in it."""
    kept = {name: value for name, value in sandbox_environment().items() if api_key not in value}
    service = {"API_KEY": proxy.token, "BASE_URL": proxy.base_url}
    return {**kept, **service, **without_proxy(os.environ)}


def compare_structure(stored: NotebookNode, executed: NotebookNode) -> str:
    """Say where the outputs of two executions differ in kind.

    Args:
        stored: the notebook as it is committed.
        executed: the same notebook, executed elsewhere.

    Returns:
        The first difference as a sentence, empty if there is none.
    """
    for index, cell in enumerate(stored.cells):
        if cell.cell_type == "code":
            expected, found = _kinds(cell), _kinds(executed.cells[index])
            if expected != found:
                place = describe_cell(stored, index)
                return f"{place} has output of the kind {_listed(found)}, not {_listed(expected)}"
    return ""


def format_table(rows: list[Row]) -> str:
    """Write the results as a table with a line of totals below it."""
    table = [("lesson", "result", "requests", "tokens", "seconds", "reason")]
    table += [
        (row.lesson, row.result, str(row.usage.requests), str(row.usage.tokens), f"{row.seconds:.1f}", row.reason)
        for row in rows
    ]
    widths = [max(len(line[column]) for line in table) for column in range(5)]
    lines = []
    for lesson, result, *numbers, reason in table:
        aligned = [number.rjust(width) for number, width in zip(numbers, widths[2:], strict=True)]
        lines.append("  ".join([lesson.ljust(widths[0]), result.ljust(widths[1]), *aligned, reason]).rstrip())
    counts = [
        f"{sum(row.result == result for row in rows)} {result}" for result in ("passed", "missed", "failed", "skipped")
    ]
    requests = sum(row.usage.requests for row in rows)
    tokens = sum(row.usage.tokens for row in rows)
    seconds = sum(row.seconds for row in rows)
    lines += ["", f"{', '.join(counts)}; {requests} requests, {tokens} tokens, {seconds:.0f} seconds"]
    models = set().union(*(row.usage.models for row in rows))
    lines += [f"Models: {', '.join(sorted(models))}"] if models else []
    lines += [
        f"The service lacks for {row.lesson}: {', '.join(sorted(row.usage.lacks))}" for row in rows if row.usage.lacks
    ]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Check notebooks and print the table.

    Args:
        arguments: the command line without the program's name; None takes the process's own.

    Returns:
        The exit status: 0, 1 if a lesson failed or missed a goal, or 2 if there is no key.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.check_live", description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", help="notebooks to run (default: all lessons)")
    try:
        paths = find_notebooks(parser.parse_args(arguments).files)
        credentials = find_credentials()
    except (FileNotFoundError, ValueError) as error:
        parser.error(str(error))
    if credentials is None:
        print(_NO_KEY, file=sys.stderr)
        return 2

    def show(text: str, end: str = "\n") -> None:
        # No text should have the key in it. Should one, it is not shown.
        print(text.replace(credentials.api_key, _HIDDEN), end=end, flush=True)

    if problem := find_problem(credentials):
        show(f"{problem} Check API_KEY and BASE_URL.")
        return 1
    rows = []
    with RecordingProxy(credentials.api_key, credentials.base_url) as proxy:
        environment = kernel_environment(proxy, credentials.api_key)
        show(f"Service: {credentials.base_url}")
        for path in paths:
            show(f"{path.stem} ... ", end="")
            rows.append(check_lesson(path, proxy, environment))
            show(rows[-1].result)
    show("\n" + format_table(rows))
    return int(any(row.result in ("failed", "missed") for row in rows))


def _kinds(cell: NotebookNode) -> set[str]:
    return {output.output_type for output in cell.outputs}


def _listed(kinds: set[str]) -> str:
    return " and ".join(sorted(kinds)) or "nothing"


if __name__ == "__main__":
    sys.exit(main())
