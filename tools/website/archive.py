"""The project as an archive, so that a reader of the hosted site gets it where they read about it."""

import io
import zipfile
from pathlib import Path

FILE = "llm-serving-tutorials.zip"

_CONTENTS = (
    ".ci",
    ".env.example",
    ".gitattributes",
    ".gitignore",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "conftest.py",
    "deploy",
    "docs",
    "helpers",
    "mkdocs.yml",
    "notebooks",
    "pyproject.toml",
    "requirements.in",
    "requirements.txt",
    "sandbox",
    "tests",
    "tools",
)
_MADE = {"__pycache__", "generated", "node_modules"}
_TIME = (1980, 1, 1, 0, 0, 0)
"""The same for all files and builds, so that the same files give the same archive."""


def pack_project(root: Path) -> bytes:
    """Pack what belongs to the project, and nothing that a user has added at the top, into a ZIP archive.

    Args:
        root: the project's folder.

    Returns:
        The archive; all files are in one folder.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in _find_files(root):
            name = Path(FILE).stem / file.relative_to(root)
            entry = zipfile.ZipInfo(name.as_posix(), _TIME)
            entry.external_attr = file.stat().st_mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
    return buffer.getvalue()


def _find_files(root: Path) -> list[Path]:
    found = []
    for name in _CONTENTS:
        start = root / name
        files = sorted(start.rglob("*")) if start.is_dir() else [start]
        found += [file for file in files if file.is_file() and not _is_left_out(file.relative_to(start))]
    return found


def _is_left_out(file: Path) -> bool:
    """Say whether a file was made by a program, or is hidden, as .env with its key is."""
    return any(part in _MADE or part.startswith(".") for part in file.parts)
