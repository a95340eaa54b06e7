"""The table of what each model of the sandbox can do, for the page docs/models.md."""

from sandbox.catalogue import Model, load_models

PLACEHOLDER = "<!-- capabilities -->"
"""In a Markdown page: the place of the table."""

_COLUMNS = {
    "Chat": "chat",
    "Images": "vision",
    "Tools": "tools",
    "JSON schema": "json_schema",
    "Raw text": "completions",
    "Vectors": "embeddings",
}
"""The headings of the columns, with the names of the catalogue."""


def insert_capabilities(markdown: str) -> str:
    """Put the table in its place in a page."""
    return markdown.replace(PLACEHOLDER, _table()) if PLACEHOLDER in markdown else markdown


def _table() -> str:
    heads = ["Model", *_COLUMNS, "Thinks", "Place"]
    rows = [["---", *(":-:" for _ in heads[2:]), "---"], *map(_row, load_models().values())]
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, *rows])


def _row(model: Model) -> list[str]:
    can = ["yes" if name in model.capabilities else "-" for name in _COLUMNS.values()]
    thinks = "yes" if model.reasoning else "-"
    place = (model.meta_data["deployment_country"] or "not stated").strip()
    note = " (on `/vision`)" if model.path == "vision" else ""
    return [f"`{model.id}`{note}", *can, thinks, place]
