"""Fill a JSON schema with what a text says; the result is a valid instance of the schema.

The rule, in two steps:
1. `reading` reads the text, and then its background, into the schema's properties.
2. `building` makes a valid value around that; what would break a rule is dropped. What the texts do not say: an
   optional property takes its `default` or is left out, a required one takes its `default`, `const` or null where the
   schema allows it, else a placeholder, and is listed as missing.

Standard library only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sandbox.engines.schemas.building import build
from sandbox.engines.schemas.checking import identity
from sandbox.engines.schemas.reading import MOST_NODES, NOTHING, Node, Path, read


@dataclass(frozen=True)
class Missing:
    """A required property that the text does not give: where it is, and its schema."""

    path: Path
    schema: dict[str, Any]


@dataclass(frozen=True)
class Filled:
    """What came out of `fill`.

    Attributes:
        value: a valid instance of the schema.
        missing: the required properties that hold a placeholder, in the schema's order.
        found: path of each property that came from the text (not from `background`).
        lists: path -> all values which the text lists for one property ("Rome and Oslo"), where there are several.
    """

    value: Any
    missing: list[Missing] = field(default_factory=list)
    found: list[Path] = field(default_factory=list)
    lists: dict[Path, list[Any]] = field(default_factory=dict)


def fill(
    schema: dict[str, Any],
    text: str,
    *,
    background: Sequence[str] = (),
    facts: Sequence[str] = (),
    subject: str = "",
    today: date | None = None,
    sure: bool = False,
    most_nodes: int = MOST_NODES,
) -> Filled:
    """Fill a schema with what a text says.

    Args:
        schema: a JSON schema.
        text: the text to read.
        background: texts to look into, in this order, for required values that `text` does not give.
        facts: texts to look into after these. A place or a name that is written small there is not taken.
        subject: what is filled, in words (a tool's name). Its words are left out of free text.
        today: the day that "tomorrow" starts from, where it is known.
        sure: whether to leave out values whose kind may not fit, because the text may be about something else.
        most_nodes: how many properties to read at most, and how many in trials.

    Returns:
        A `Filled`. Its value is valid under the schema, whatever the text is.

    Raises:
        NoInstance: if no value was found that the schema allows.
    """
    reading = read(
        schema,
        text,
        background=background,
        facts=facts,
        subject=subject,
        today=today,
        sure=sure,
        most_nodes=most_nodes,
    )
    value = build(schema, reading.value)
    lost = [leaf for leaf in reading.leaves if leaf.value is not NOTHING and not _is_kept(leaf, value)]
    gaps = [leaf for leaf in [*reading.gaps(), *lost] if leaf.required or leaf not in lost]
    found = [path for path in reading.found() if path not in {leaf.path for leaf in lost}]
    return Filled(value, [Missing(gap.path, gap.schema) for gap in gaps], found, reading.lists)


def _is_kept(leaf: Node, value: Any) -> bool:
    """Whether a value that was read has become a part of the whole value; of a list, any item."""
    for name in leaf.path:
        if not isinstance(value, dict) or name not in value:
            return False
        value = value[name]
    if isinstance(leaf.value, list | dict):
        return bool(value)
    return identity(leaf.value) == identity(value)
