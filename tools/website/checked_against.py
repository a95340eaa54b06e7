"""What the lessons were checked against, from the stored results, for the page docs/checked-against.md."""

from typing import Any

from tools.checked_against import load
from tools.lessons import load_lessons

PLACEHOLDER = "<!-- checked against: {} -->"
"""In a Markdown page: the place of the results of one kind of run."""


def insert_checks(markdown: str) -> str:
    """Put the stored results in their places in a page."""
    for against, write in {"sandbox": _sandbox, "strange": _strange, "engine": _engine}.items():
        place = PLACEHOLDER.format(against)
        if place in markdown:
            run = load().get(against)
            markdown = markdown.replace(place, write(run) if run else "Not yet.")
    return markdown


def _sandbox(run: dict[str, Any]) -> str:
    rows = []
    for file, link in _links("{0.number}. {0.title}").items():
        found = run["lessons"].get(file, {})
        counts = [f"{found[name]:,}" if found else "-" for name in ("requests", "tokens_in", "tokens_out")]
        rows.append([link, found.get("result", "not yet"), *counts])
    heads = ["Lesson", "Result", "Requests", "Tokens in", "Tokens out"]
    return f"Counted on {run['date']}, sandbox {run['version']}:\n\n{_table(heads, ['---', '--:', '--:', '--:'], rows)}"


def _strange(run: dict[str, Any]) -> str:
    links = _links("{0.number}")
    rows, notes = [], []
    for name, description in run["variants"]:
        row = [description]
        for file, link in links.items():
            result, _, reason = run["lessons"].get(file, {}).get(name, "not yet").partition(": ")
            row.append("no model" if result == "does not apply" else result)
            if reason:
                notes.append(f"- Lesson {link}, {description.rstrip('.')}: {result}: {reason.rstrip('.')}.")
        rows.append(row)
    table = _table(["What is different", *links.values()], [":-:"] * len(links), rows)
    listed = "\n".join(notes)
    return f"Last run on {run['date']}. The columns are the lessons by their numbers.\n\n{table}\n\n{listed}"


def _engine(run: dict[str, Any]) -> str:
    models = "\n".join(f"- {kind}: {model}" for kind, model in run["models"].items())
    rows = []
    for file, link in _links("{0.number}. {0.title}").items():
        found = run["lessons"].get(file, {"result": "not yet", "notes": ""})
        rows.append([link, found["result"], found["notes"].replace("|", "\\|") or "-"])
    table = _table(["Lesson", "Result", "Notes"], ["---", "---"], rows)
    parts = [f"Last run on {run['date']}: {run['engine']} with", models, table]
    if bare := run.get("bare"):
        links = _links("{0.number}")
        results = ", ".join(f"{links[file]} {found['result']}" for file, found in bare["lessons"].items())
        parts.append(f"Without anything between, a newer engine, {bare['engine']}: lessons {results}.")
    if programs := run.get("programs"):
        parts.append(f"Of the snippets {programs['snippets']}, of the examples {programs['examples']}. The others:")
        parts.append("\n".join(f"- `{name}`: {reason}" for name, reason in programs["notes"].items()))
    return "\n\n".join(parts)


def _links(form: str) -> dict[str, str]:
    """Return a link to each lesson by the name of its file."""
    return {lesson.file: f"[{form.format(lesson)}](lessons/{lesson.file})" for lesson in load_lessons()}


def _table(heads: list[str], alignments: list[str], rows: list[list[str]]) -> str:
    """Write a table; the alignments are those of the columns after the first."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [heads, ["---", *alignments], *rows])
