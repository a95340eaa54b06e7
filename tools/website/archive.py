"""The project as an archive, so that a reader of the hosted site gets it where they read about it."""

from pathlib import Path

from tools.archives import make_zip

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


def pack_project(root: Path) -> bytes:
    """Pack what belongs to the project, and nothing that a user has added at the top, into a ZIP archive.

    Args:
        root: the project's folder.

    Returns:
        The archive; all files are in one folder.
    """
    top = Path(FILE).stem
    return make_zip(
        ((top / file.relative_to(root)).as_posix(), file.read_bytes(), file.stat().st_mode)
        for file in _find_files(root)
    )


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
