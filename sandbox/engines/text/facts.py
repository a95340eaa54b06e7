"""The text engine's data, loaded when first needed: its facts, and the lists of words that its rules name.

`facts.txt` holds topics: a line `# heading | other names | kinds`, then one sentence a line. `alike.txt` holds groups
of words that count as the same word, German ones beside English ones. `vocabulary.txt` holds named lists of words. All
are read from the package, so they work in a wheel and in a web page, too.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sandbox.engines.words import stem


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


@cache
def vocabulary(name: str) -> tuple[str, ...]:
    """Return the list of that name in `vocabulary.txt`, in order."""
    return _vocabularies()[name]


def any_of(*names: str) -> str:
    """Return a regular expression that matches any entry of these lists; an underscore stands for a space."""
    return "(?:" + "|".join(entry.replace("_", " ") for name in names for entry in vocabulary(name)) + ")"


@cache
def _vocabularies() -> dict[str, tuple[str, ...]]:
    found = {}
    for block in _read("vocabulary.txt").split("\n# ")[1:]:
        head, _, entries = block.partition("\n")
        found[head.partition(":")[0]] = tuple(entries.split())
    return found


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
