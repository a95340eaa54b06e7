"""Print which exact versions differ between two folders of requirements: `python compare_versions.py LOCKED OTHER`."""

import sys
from pathlib import Path


def read_versions(folder: Path) -> dict[str, str]:
    """Read the exact versions of all packages.

    Args:
        folder: where `make lock` has written its lists.

    Returns:
        The version of each package; where an environment of its own has another one, the name says so.
    """
    versions = {}
    for name in ("tools/frameworks/", "", "tools/website/", "tests/"):
        versions |= _read(folder / f"{name}requirements.txt")
    clients = _read(folder / "tests/clients/python/requirements.txt")
    return versions | {f"{name} (the environment of the clients)": version for name, version in clients.items()}


def compare(locked: Path, other: Path) -> list[str]:
    """Return a line for each package whose version differs, such as "openai 3.57.0 -> 3.58.0"."""
    before, after = read_versions(locked), read_versions(other)
    return [
        f"{name} {before.get(name, '(none)')} -> {after.get(name, '(none)')}"
        for name in sorted(before | after)
        if before.get(name) != after.get(name)
    ]


def _read(file: Path) -> dict[str, str]:
    pins = [line.split()[0].partition("==") for line in file.read_text("utf-8").splitlines() if "==" in line]
    return {name: version for name, _, version in pins}


if __name__ == "__main__":
    print("\n".join(compare(Path(sys.argv[1]), Path(sys.argv[2]))) or "Nothing is newer than the locked versions.")
