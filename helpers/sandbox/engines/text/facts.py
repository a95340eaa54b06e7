"""The sandbox's own body of facts, and the words it takes for one another: plain data, loaded when first needed.

`facts.txt` holds topics: a line `# heading | other names | kinds`, then one sentence a line. `alike.txt` holds groups
of words that count as the same word. Both are read from the package, so they work in a wheel and in a web page, too.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from helpers.sandbox.engines.words import stem


@dataclass(frozen=True)
class Topic:
    """One topic of `facts.txt`: its heading, all its names, what kind of thing it is, and its sentences."""

    heading: str
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    sentences: tuple[str, ...]


@cache
def topics() -> tuple[Topic, ...]:
    """Return all topics in the order of the file."""
    found: list[Topic] = []
    for block in _read("facts.txt").split("\n# ")[1:]:
        head, *lines = block.strip().splitlines()
        heading, names, kinds = (part.strip() for part in head.split("|"))
        if lines:
            found.append(Topic(heading, (heading, *_split(names)), _split(kinds), tuple(lines)))
    return tuple(found)


@cache
def alike() -> dict[str, str]:
    """Return, for each stem of `alike.txt`, the stem that stands for its group: the group's first word."""
    same: dict[str, str] = {}
    for line in _read("alike.txt").splitlines():
        if not line.startswith("#"):
            group = [stem(word) for word in line.split()]
            for member in group:
                same.setdefault(member, group[0])
    return same


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
