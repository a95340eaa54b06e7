"""The table of what each model of the sandbox can do, for the page docs/models.md."""

from sandbox.catalogue import Model, load_models

PLACEHOLDER = "<!-- capabilities -->"
"""In a Markdown page: the place of the table."""

_NAMES = {
    "chat": "chat",
    "vision": "images",
    "tools": "tools",
    "json_schema": "JSON schema",
    "completions": "raw text",
    "embeddings": "vectors",
    "reasoning": "reasoning",
    "responses": "Responses API",
    "images": "drawing images",
    "transcription": "speech to text",
}
"""The capabilities of the catalogue, as the table names them."""


def insert_capabilities(markdown: str) -> str:
    """Put the table in its place in a page."""
    if PLACEHOLDER not in markdown:
        return markdown
    rows = ["| Model | What it can do | Place |", "|---|---|---|", *map(_row, load_models().values())]
    return markdown.replace(PLACEHOLDER, "\n".join(rows))


def _row(model: Model) -> str:
    can = [name for capability, name in _NAMES.items() if capability in model.capabilities]
    place = (model.meta_data["deployment_country"] or "not stated").strip()
    note = " (on `/vision`)" if model.path == "vision" else ""
    return f"| `{model.id}`{note} | {', '.join(can)} | {place} |"
