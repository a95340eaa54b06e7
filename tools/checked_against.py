"""What the lessons were last checked against, as data for the site: docs/checked-against.json."""

import json
from typing import Any

from tools.lessons import ROOT

PATH = ROOT / "docs" / "checked-against.json"


def load() -> dict[str, Any]:
    """Return the stored runs by what they were against ("sandbox", "strange", "engine", "service")."""
    return json.loads(PATH.read_text("utf-8")) if PATH.exists() else {}


def store(against: str, run: dict[str, Any]) -> None:
    """Replace one stored run; the others stay as they are."""
    PATH.write_text(json.dumps({**load(), against: run}, indent=1, sort_keys=True) + "\n", "utf-8")
