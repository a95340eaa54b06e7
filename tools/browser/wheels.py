"""Fetch NumPy and Pillow for the pages that need them: `make run-pictures`, or `python -m tools.browser.wheels`.

PyPI and npm have neither for Python in a page, in any version. Pyodide's own distribution has both, and its list, which
is part of the npm package, says what their files are called and gives their SHA-256. It is the only step of the project
that needs a host besides the registries of packages, and only whoever publishes the site takes it.
"""

import hashlib
import json
import sys
import urllib.request
from pathlib import Path

from tools.browser.pack import CACHE, PYODIDE

NAMES = {"NumPy": "numpy", "Pillow": "pillow"}
"""The packages, by the names that readers know."""

_ADDRESS = "https://cdn.jsdelivr.net/pyodide/v{version}/full/{file}"


def find() -> dict[str, Path]:
    """Return the files that were fetched and are what they should be, by the names of their packages."""
    if not PYODIDE.is_dir():
        return {}
    return {name: path for name, (path, sha256) in _expected().items() if path.is_file() and _sha256(path) == sha256}


def fetch() -> None:
    """Download what is not there yet.

    Raises:
        OSError: the host cannot be reached, or there is no list, since npm has not installed Pyodide.
        ValueError: it sent something else.
    """
    version = json.loads((PYODIDE / "package.json").read_text("utf-8"))["version"]
    there = find()
    CACHE.mkdir(parents=True, exist_ok=True)
    for name, (path, sha256) in _expected().items():
        if name in there:
            continue
        with urllib.request.urlopen(_ADDRESS.format(version=version, file=path.name)) as answer:
            content = answer.read()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ValueError(f"{path.name} is not the file that Pyodide's list names, so it was not kept. Try again.")
        path.write_bytes(content)


def _expected() -> dict[str, tuple[Path, str]]:
    packages = json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8"))["packages"]
    return {
        name: (CACHE / packages[package]["file_name"], packages[package]["sha256"]) for name, package in NAMES.items()
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> int:
    """Fetch them, and say what became of it."""
    try:
        fetch()
    except (OSError, ValueError) as error:
        print(f"The lessons with images will have no Run buttons: {error}", file=sys.stderr)
        return 1
    print("Build the site again: the lessons with NumPy and images run in their pages now.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
