"""The table of docs/rag-compared.md, from the stored outputs and the code of the lessons that answer from documents."""

import ast
import json
from pathlib import Path
from typing import Any

from tools.lessons import NOTEBOOKS

PLACEHOLDER = "<!-- rag compared -->"
"""In a Markdown page: the place of the table."""

LESSONS = {
    "by hand": "09_rag.ipynb",
    "LangChain": "10_rag_langchain.ipynb",
    "LlamaIndex": "11_rag_llamaindex.ipynb",
}
"""The columns of the table with their lessons."""

KEYS = (
    "hit rate at 1",
    "hit rate at 3",
    "right (same words)",
    "right (other words)",
    "refused",
    "citations right",
    "tokens",
)
"""What the last step of each lesson prints, a line for each."""


def insert_comparison(markdown: str, folder: Path = NOTEBOOKS) -> str:
    """Put the table in its place in a page.

    Args:
        markdown: the page.
        folder: where the notebooks are.
    """
    if PLACEHOLDER not in markdown:
        return markdown
    notebooks = [json.loads((folder / file).read_text("utf-8")) for file in LESSONS.values()]
    results = [find_results(notebook) for notebook in notebooks]
    heads = [f"[{name}](lessons/{file})" for name, file in LESSONS.items()]
    rows = [["", *heads], ["---", *["--:"] * len(heads)]]
    rows += [[key, *[result[key] for result in results]] for key in KEYS]
    rows.append(["lines of code that `ask` needs", *[str(count_lines(notebook)) for notebook in notebooks]])
    return markdown.replace(PLACEHOLDER, "\n".join(f"| {' | '.join(row)} |" for row in rows))


def find_results(notebook: dict[str, Any]) -> dict[str, str]:
    """Read the row of results from the stored outputs.

    Raises:
        ValueError: no cell prints all of `KEYS`.
    """
    for cell in notebook["cells"]:
        lines = "".join("".join(output.get("text", "")) for output in cell.get("outputs", [])).splitlines()
        found = dict(line.split(": ", 1) for line in lines if ": " in line)
        if all(key in found for key in KEYS):
            return {key: found[key] for key in KEYS}
    raise ValueError(f"No cell prints all of these, a line for each: {', '.join(KEYS)}.")


def count_lines(notebook: dict[str, Any]) -> int:
    """Count the lines of code that the function `ask` needs: its own, and those that what it uses needs in turn.

    Not counted are blank lines, comments, the setup cell, and what a lesson only shows or tries.
    """
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    last = next(number for number, cell in enumerate(cells) if "def ask(" in cell)
    lines = "\n".join(cells[1 : last + 1]).splitlines()
    statements = ast.parse("\n".join(lines)).body
    needed: set[ast.stmt] = set()
    names = {"ask"}
    # Until nothing new is found: what is needed needs more, and a later line can change what an earlier one made.
    while found := [statement for statement in statements if statement not in needed and _makes(statement) & names]:
        needed.update(found)
        for statement in found:
            names |= _uses(statement)
    spans = [range(statement.lineno - 1, statement.end_lineno) for statement in needed]
    code = [lines[number].strip() for span in spans for number in span]
    return sum(bool(line) and not line.startswith("#") for line in code)


def _makes(statement: ast.stmt) -> set[str]:
    """Return the names that a statement binds, or whose objects it changes; none if it prints or draws."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    made = set()
    for node in ast.walk(statement):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name == "print" or name.startswith("draw_"):
                return set()
            case ast.alias(name=name, asname=other):
                made.add(other or name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.For(iter=ast.Name(id=name)):
                made.add(name)
            case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                made |= _loaded(node)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=changed))):  # such as texts.append(...)
                made |= _loaded(changed)
    return made - _stored_inside(statement)


def _uses(statement: ast.stmt) -> set[str]:
    """Return the names that a statement needs from others."""
    own = _stored_inside(statement)
    inside = list(ast.walk(statement))
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        own |= {node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    defaults = [default for node in inside if isinstance(node, ast.arguments) for default in node.defaults]
    return (_loaded(statement) - own).union(*map(_loaded, defaults))


def _stored_inside(tree: ast.AST) -> set[str]:
    """Return the names that are bound inside only: those of parameters and of comprehensions."""
    targets = [node.target for node in ast.walk(tree) if isinstance(node, ast.comprehension)]
    names = {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
    return names | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def _loaded(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
