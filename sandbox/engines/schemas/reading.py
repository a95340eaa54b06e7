"""Read a text into the properties of a schema.

The rule, in four steps:
1. The schema is resolved: `$ref`, `allOf`, `null` in `type` or `anyOf`. Of several branches that one is taken which
   the text fills best; the first one on a tie.
2. Enums and booleans take the words that name them ("in Celsius", "°F"); a boolean is true if its name is
   mentioned, false if that is denied ("without", "not", "off").
3. The values in the text (see `values`) go to the properties that they fit best (see `matching`), the surest pair
   first, each value to one property. A required property takes what fits at all, an optional one only what fits
   well. Properties in a series ("city_a" and "city_b") take theirs in order. "3 May at noon" serves a date and a time
   property together. Arrays take all that belong together ("Anna, Bob and Carl"); arrays of objects read the text part
   by part.
4. Free text (a query, a message, a title) takes quoted text, what follows "subject", "saying" or a colon, else what
   is left of the text without the command words and the values that others took.

Where only sure values are wanted, a place needs its preposition, and a phrase must fit as well as a value of an
optional property. The work is bounded: at most `MOST_NODES` properties are read, and as many again in trials of
branches and of parts; past that the branch that is quickest to fill is taken.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sandbox.engines.kin import FUNCTION_WORDS, actions, in_english, split_name
from sandbox.engines.schemas import freetext
from sandbox.engines.schemas.enums import enum_matches
from sandbox.engines.schemas.matching import convert, fits_string, score
from sandbox.engines.schemas.matching import value_direction as direction_of
from sandbox.engines.schemas.places import coordinates, uses_fahrenheit
from sandbox.engines.schemas.resolving import branches, resolve
from sandbox.engines.schemas.slots import Slot, make_slot
from sandbox.engines.schemas.values import LIMIT, PREPOSITIONS, Value, find_values, parse_date, parse_time
from sandbox.engines.words import STOP_WORDS, keywords, stem, words

Path = tuple[str, ...]
NOTHING = object()
_MAX_DEPTH = 8
MOST_NODES = 500
_MOST_PAIRS = 2000
_MOST_TRIAL_PAIRS = 200
_TRIAL_LIMIT = 2000
_LONGEST_LIST = 1000
_NEGATION = re.compile(
    r"\b(?:no|not|without|never|don't|dont|disable\w*|off|exclude|excluding|skip|isn't|non|cancel|stop)\b", re.I
)
_LIST_LINK = re.compile(
    r"[\s\"'”“]*(?:,\s*(?:and|or)?|and|or|&|und|oder|as well as|plus|versus|vs\.?|;|/"
    r"|(?:\w{1,20}er\s+|(?:more|less)\s+\w{1,20}\s+)?(?:than|als))\s*(?:also\s+)?(?:(?:in"
    r"|for|to|at|from|the|a|an|on|of)\s+){0,2}[\"'“„]*",
    re.I,
)
_SERIES_ENDS = ["a", "b", "c", "x", "y", "z", "1", "2", "3", "one", "two", "three"]
_COMPARE = re.compile(r"(?i)\bcompar(?:e|es|ing|ison)\b|\bvergleich")
_COMPARED_LINK = re.compile(
    rf"{_LIST_LINK.pattern}|\s*(?:with|to|mit)\s+(?:(?:the one|that|those)\s+)?(?:in\s+)?", re.I
)


@dataclass
class Node:
    """A property of a schema, or the schema itself: one value, or an object with `children`.

    Attributes:
        schema: its plain schema: the branch that was taken, with a `description`.
        path: names of the property and of the objects that it is in, outermost first.
        required: whether a value is required and may not be null.
        nullable: whether it may be null.
        slot: what it wants (see `matching`).
        children: the properties of an object that are read.
        value: what the texts say, or NOTHING.
        from_text: whether that stands in the text itself, not in its background.
    """

    schema: dict[str, Any]
    path: Path
    required: bool
    nullable: bool
    slot: Slot
    children: dict[str, "Node"] = field(default_factory=dict)
    value: Any = NOTHING
    from_text: bool = False


@dataclass(frozen=True)
class Reading:
    """What the texts say of a schema.

    Attributes:
        node: the schema as it was read.
        leaves: the properties that were read, without the objects around them.
        lists: path -> all values which the text lists for one property ("Rome and Oslo"), where there are several.
    """

    node: Node
    leaves: list[Node]
    lists: dict[Path, list[Any]]

    @property
    def value(self) -> Any:
        """An instance of the schema as far as it is known, NOTHING where nothing is.

        Objects have the properties that the texts give, the `default` of an optional one, and what the schema itself
        says (`const`).
        """
        return _known(self.node)

    def found(self) -> list[Path]:
        """Return the paths of what stands in the text itself."""
        return [leaf.path for leaf in self.leaves if leaf.from_text]

    def gaps(self) -> list[Node]:
        """Return the required properties that neither the texts nor the schema give, in the schema's order."""
        return _gaps(self.node)


def read(
    schema: Any,
    text: str,
    *,
    background: Sequence[str] = (),
    facts: Sequence[str] = (),
    subject: str = "",
    today: date | None = None,
    sure: bool = False,
    most_nodes: int = MOST_NODES,
) -> Reading:
    """Read a text into a schema. For the arguments see `filling.fill`."""
    nodes, trials = iter(range(most_nodes)), iter(range(most_nodes))
    root = schema if isinstance(schema, dict) else {}
    return _read(_Reader(root, subject, today, 0, sure, nodes, trials), schema, text, background, facts)


def _read(
    reader: "_Reader",
    schema: Any,
    text: str,
    background: Sequence[str] = (),
    facts: Sequence[str] = (),
) -> Reading:
    text = text[:LIMIT]
    node = reader.plan(schema, (), True, text)
    leaves = list(_leaves(node))
    lists = reader.read(leaves, text, from_text=True)
    for other in background:
        reader.read([leaf for leaf in leaves if leaf.required], other[:LIMIT], from_text=False)
    for fact in facts:
        reader.read([leaf for leaf in leaves if leaf.required], fact[:LIMIT], from_text=False, phrases=False)
    _infer_from_place(leaves, [text, *background, *facts])
    return Reading(node, leaves, lists)


def _known(node: Node) -> Any:
    """The value of a node as far as it is known."""
    if not node.children:
        return node.value
    if node.nullable and not _has_content(node):
        return NOTHING
    result = {}
    for name, child in node.children.items():
        needed = name in node.schema.get("required", [])
        if _has_content(child) or needed:
            value = _known(child)
            value = _only_choice(child) if value is NOTHING and needed else value
        else:
            value = child.schema.get("default", NOTHING)
        if value is not NOTHING:
            result[name] = value
    return result


def _only_choice(node: Node) -> Any:
    options = [node.schema["const"]] if "const" in node.schema else node.schema.get("enum") or []
    return options[0] if len(options) == 1 and not node.nullable else NOTHING


def _gaps(node: Node) -> list[Node]:
    schema = node.schema
    if node.children and not (node.nullable and not _has_content(node)):
        needed = schema.get("required", [])
        read = [child for name, child in node.children.items() if name in needed or _has_content(child)]
        return [gap for child in read for gap in _gaps(child)]
    if node.value is not NOTHING or node.nullable or "default" in schema or _only_choice(node) is not NOTHING:
        return []
    may_be_empty = schema.get("type") == "object" and not schema.get("minProperties")
    return [] if schema.get("type") == "boolean" or may_be_empty else [node]


class _Reader:
    """Plans a schema as a tree of nodes, and reads texts into its leaves."""

    def __init__(
        self,
        root: dict[str, Any],
        subject: str,
        today: date | None,
        depth: int,
        sure: bool,
        nodes: Iterator[int],
        trials: Iterator[int],
    ) -> None:
        self.root, self.subject, self.today, self.depth, self.sure = root, subject, today, depth, sure
        self.nodes, self.trials = nodes, trials
        self.subject_stems = frozenset(keywords(subject))

    def plan(self, schema: Any, path: Path, required: bool, text: str) -> Node:
        options, nullable = branches(schema, self.root)
        chosen = options[0] if len(options) == 1 else self._best_branch(options, text)
        description = str(
            chosen.get("description") or (schema.get("description") if isinstance(schema, dict) else "") or ""
        )
        inner = chosen
        if chosen.get("type") == "array":
            inner = branches(chosen.get("items", {}), self.root)[0][0]
            description = description or str(inner.get("description", ""))
        chosen = {**chosen, "description": description}
        slot = make_slot(path, {**inner, "description": description}, description, self.subject_stems)
        required = required and not nullable
        node = Node(chosen, path, required, nullable, slot)
        properties = _properties(chosen)
        if properties and len(path) < _MAX_DEPTH:
            for name, child in properties.items():
                needed = name in chosen.get("required", [])
                if (needed or len(path) < 4) and next(self.nodes, None) is not None:
                    node.children[name] = self.plan(child, (*path, name), required and needed, text)
        return node

    def _best_branch(self, options: list[dict[str, Any]], text: str) -> dict[str, Any]:
        cheapest = min(options, key=lambda option: bool(_properties(option)) or option.get("type") == "array")
        if self.depth > 2:
            return cheapest
        best, best_points = options[0], 0.0
        for option in options[:20]:
            trial = self._try(option, text[:_TRIAL_LIMIT])
            if trial is None:
                return best if best_points else cheapest
            named = sum(
                2
                for child in _properties(option).values()
                for value in [resolve(child, self.root)]
                for constant in [
                    value.get("const", (value.get("enum") or [None])[0] if len(value.get("enum") or []) == 1 else None)
                ]
                if isinstance(constant, str) and enum_matches([constant], text)
            )
            points = len(trial.found()) + named - 0.6 * len(trial.gaps())
            if points > best_points:
                best, best_points = option, points
        return best

    def _try(self, schema: dict[str, Any], text: str) -> Reading | None:
        """Read a text into a part of the schema on trial, or return None where there have been enough trials."""
        if next(self.trials, None) is None:
            return None
        reader = _Reader(self.root, self.subject, self.today, self.depth + 1, False, self.trials, self.trials)
        return _read(reader, schema, text)

    def read(self, leaves: list[Node], text: str, *, from_text: bool, phrases: bool = True) -> dict[Path, list[Any]]:
        """Fill the empty leaves from a text, with or without its phrases. What is mere background must fit well."""
        empty = [leaf for leaf in leaves if leaf.value is NOTHING and "const" not in leaf.schema]
        if not empty or not text.strip():
            return {}
        lists: dict[Path, list[Any]] = {}
        enums = self._read_enums(empty, text, lists)
        _read_booleans(empty, text)
        if from_text:
            self._read_object_lists(empty, text)
        rest = _masked(text, enums)
        open_leaves = [leaf for leaf in empty if leaf.value is NOTHING]
        taken = enums + self._read_values(open_leaves, rest, lists, from_text, phrases)
        if from_text:
            self._read_free_text(empty, text, taken, enums)
        for leaf in empty:
            leaf.from_text = from_text and leaf.value is not NOTHING
        return lists

    def _read_enums(self, leaves: list[Node], text: str, lists: dict[Path, list[Any]]) -> list[tuple[int, int]]:
        pairs = []
        for index, leaf in enumerate(leaves):
            if leaf.slot.role == "enum":
                for option, start, end, points in enum_matches(list(leaf.slot.schema.get("enum", [])), text):
                    value = Value("unit", text[start:end], start, end, option, _word_before(text, start))
                    direction = direction_of(value, text)
                    points += (
                        0.0
                        if not leaf.slot.direction or not direction
                        else 3.0
                        if direction == leaf.slot.direction
                        else -5.0
                    )
                    near = {stem(word) for word in re.findall(r"\w+", text[max(0, start - 20) : end + 20].lower())}
                    points += 1.0 if near & leaf.slot.names else 0.0
                    points -= 0.5 * sum(
                        1
                        for other in leaves
                        if other is not leaf and other.slot.names & {stem(text[start:end].lower())}
                    )
                    pairs.append((-points, index, start, -end, option))
        taken: list[tuple[int, int]] = []
        for points, index, start, negative_end, option in sorted(pairs, key=lambda pair: pair[:4]):
            leaf, span = leaves[index], (start, -negative_end)
            if points > -3 or _overlaps(span, taken):
                continue
            if _is_array(leaf):
                leaf.value = _extended(leaf, option)
            elif leaf.value is NOTHING:
                leaf.value = option
            else:
                if option not in lists.setdefault(leaf.path, [leaf.value]):
                    lists[leaf.path].append(option)
                continue
            taken.append(span)
        return taken

    def _read_object_lists(self, leaves: list[Node], text: str) -> None:
        for leaf in leaves:
            if not (_is_array(leaf) and _properties(leaf.slot.schema)) or self.depth > 2:
                continue
            parts = [
                part
                for part in re.split(r"\s*(?:,\s*and\b|,|;|\n|\band\b|\bplus\b)\s*", freetext.after_colon(text))
                if part
            ]
            trials = [self._try(leaf.slot.schema, part) for part in parts[:200]]
            complete = [trial.value for trial in trials if trial and trial.found() and not trial.gaps()]
            if not complete:
                whole = self._try(leaf.slot.schema, text)
                complete = [whole.value] if whole and whole.found() and not whole.gaps() else []
            if complete:
                leaf.value = complete[: leaf.schema.get("maxItems", len(complete))]

    def _read_values(
        self, leaves: list[Node], text: str, lists: dict[Path, list[Any]], from_text: bool, phrases: bool
    ) -> list[tuple[int, int]]:
        roles = {leaf.slot.role for leaf in leaves}
        values = _combined(find_values(text, self.today), text)
        values += freetext.special_values(text) if roles & {"expression", "sql"} else []
        if {"date", "time"} <= roles and "datetime" not in roles:
            values = _date_and_time(values)
        if any(leaf.slot.part for leaf in leaves):
            values += _name_parts(values)
        labels = frozenset(name for leaf in leaves for name in leaf.slot.names) | self.subject_stems
        listed = _listed_places(values, text)
        values = [value for value in values if phrases or value.kind != "phrase"]
        most_pairs = _MOST_TRIAL_PAIRS if self.depth else _MOST_PAIRS
        values = values[: max(10, most_pairs // max(1, len(leaves)))]
        pairs = []
        for index, leaf in enumerate(leaves):
            if leaf.slot.role in {"enum", "boolean", "object", "array", "null", "other"}:
                continue
            for value in values:
                points = score(leaf.slot, value, text)
                if value.kind == "phrase" and labels.issuperset(keywords(value.text)):
                    continue
                if _is_array(leaf) and (value.start, value.end) in listed:
                    points += 1.5 if points > 0 else 0.0
                if points >= self._least(leaf, value, from_text, not phrases):
                    pairs.append((-points, index, value.start, value.end, value))
        taken: list[tuple[int, int]] = []
        best: dict[Path, float] = {}
        chosen: list[tuple[Node, Value, Any]] = []
        for negative, index, start, end, value in sorted(pairs, key=lambda pair: pair[:4]):
            leaf = leaves[index]
            closed = leaf.value is not NOTHING and not _is_array(leaf)
            if closed or _overlaps((start, end), taken) or -negative < best.get(leaf.path, 0.0) - 2.0:
                continue
            item = convert(leaf.slot, value, self.today)
            if item is None:
                continue
            best.setdefault(leaf.path, -negative)
            leaf.value = _extended(leaf, item) if _is_array(leaf) else item
            taken.append((start, end))
            chosen.append((leaf, value, item))
        self._read_lists(_in_series(chosen, text, self.today), values, text, taken, lists)
        return taken

    def _least(self, leaf: Node, value: Value, from_text: bool, is_fact: bool) -> float:
        """The points from which on a leaf takes a value."""
        if self.sure and leaf.slot.role == "place":
            return 4.5
        trusted = leaf.required and (from_text or is_fact or leaf.slot.role == "person")
        if leaf.slot.role in {"place", "person"} and not trusted and not _is_array(leaf):
            return 4.5
        doubtful = self.sure and value.kind == "phrase"
        return 2.0 if leaf.required and from_text and not doubtful else 4.0

    def _read_lists(
        self,
        chosen: list[tuple[Node, Value, Any]],
        values: list[Value],
        text: str,
        taken: list[tuple[int, int]],
        lists: dict[Path, list[Any]],
    ) -> None:
        """Add the values that stand in one list with a chosen value and that no other property took."""
        members: dict[Path, list[tuple[int, Any]]] = {}
        for leaf, value, item in chosen:
            group = members.setdefault(leaf.path, [])
            group.append((value.start, item))
            if (leaf.slot.role in {"text", "expression", "sql"} and value.kind != "quoted") or len(group) > 50:
                continue
            for other in _listed_with(value, values, text, taken):
                converted = convert(leaf.slot, other, self.today)
                if converted is not None:
                    group.append((other.start, converted))
                    taken.append((other.start, other.end))
        for leaf, _, _ in chosen:
            items = list(dict.fromkeys(item for _, item in sorted(members[leaf.path], key=lambda member: member[0])))
            if _is_array(leaf):
                leaf.value = items[: leaf.schema.get("maxItems", len(items))]
            elif len(items) > 1:
                lists[leaf.path] = items
                leaf.value = items[0]

    def _read_free_text(
        self, leaves: list[Node], text: str, taken: list[tuple[int, int]], enums: list[tuple[int, int]]
    ) -> None:
        texts = [
            leaf for leaf in leaves if leaf.slot.role in {"text", "name", "thing"} and not _properties(leaf.slot.schema)
        ]
        texts = [
            leaf
            for leaf in texts
            if "enum" not in leaf.slot.schema and leaf.slot.schema.get("type", "string") == "string"
        ]
        every = [leaf.path[-1] for leaf in leaves if leaf.path]
        for leaf in texts:
            labelled = freetext.labelled(text, leaf.path[-1], every) if leaf.path else ""
            if labelled and (leaf.value is NOTHING or leaf.slot.role == "text"):
                self._set_text(leaf, labelled)
                position = text.find(labelled)
                taken.append((position, position + len(labelled)))
        message = next((leaf for leaf in texts if freetext.kind_of(_last(leaf)) == "message"), None)
        ordered = sorted(texts, key=lambda leaf: leaf is not message)
        for leaf in ordered:
            if leaf.value is not NOTHING or (leaf.slot.role != "text" and (self.depth or self.sure)):
                continue
            kind = freetext.kind_of(_last(leaf))
            if not leaf.required and not (kind == "message" and freetext.has_marker(text)):
                continue
            if kind == "title" and message is None and freetext.has_marker(text):
                kind = "message"
            kept = [span for span in enums if kind == "query" and _ends_phrase(span, find_values(text, self.today))]
            cut = [span for span in taken if span not in kept]
            found = freetext.remainder(text, cut, kind, self.subject_stems | leaf.slot.names)
            if kind == "title" and not found:
                has_message = message is not None and isinstance(message.value, str)
                found = freetext.opening(
                    message.value if message and has_message else text, has_message, self.subject_stems
                )
            self._set_text(leaf, found)
            if leaf.value is not NOTHING and found in text:
                taken.append((text.find(found), text.find(found) + len(found)))

    def _set_text(self, leaf: Node, found: str) -> None:
        parts = re.split(r"\s*(?:,\s*and\b|,|;|\band\b)\s*", found) if _is_array(leaf) else [found]
        parts = [part for part in parts if not _says_nothing(part) and fits_string(leaf.slot.schema, part)]
        if parts:
            leaf.value = parts[: leaf.schema.get("maxItems", len(parts))] if _is_array(leaf) else found


def _in_series(chosen: list[tuple[Node, Value, Any]], text: str, today: date | None) -> list[tuple[Node, Value, Any]]:
    """Let properties that form a series ("city_a" and "city_b", or "from" and "to") take their values in order.

    The ends of a route do so only where the text does not say which is which.
    """
    series: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for number, (leaf, value, _) in enumerate(chosen):
        words = split_name(leaf.path[-1]) if leaf.path and not _is_array(leaf) else []
        key = (*leaf.path[:-1], leaf.slot.role)
        if words and words[-1] in _SERIES_ENDS:
            series.setdefault((*key, *words[:-1]), []).append((_SERIES_ENDS.index(words[-1]), number))
        elif leaf.slot.direction and not direction_of(value, text):
            series.setdefault((*key, "route"), []).append((leaf.slot.direction == "to", number))
    for ranked in series.values():
        numbers = [number for _, number in sorted(ranked)]
        values = sorted((chosen[number][1] for number in numbers), key=lambda value: value.start)
        items = [convert(chosen[number][0].slot, value, today) for number, value in zip(numbers, values, strict=True)]
        if None not in items:
            for number, value, item in zip(numbers, values, items, strict=True):
                chosen[number][0].value = item
                chosen[number] = (chosen[number][0], value, item)
    return chosen


def _ends_phrase(span: tuple[int, int], values: list[Value]) -> bool:
    """Whether an enum's word is the end of a longer phrase: "shoes" in "red running shoes"."""
    return any(value.kind == "phrase" and value.start < span[0] and span[1] <= value.end for value in values)


def _says_nothing(text: str) -> bool:
    """Whether a text has function words only: "the", "um", "ein"."""
    return all(word in STOP_WORDS | FUNCTION_WORDS | PREPOSITIONS for word in words(text))


def _properties(schema: dict[str, Any]) -> dict[str, Any]:
    found = schema.get("properties")
    return found if isinstance(found, dict) and schema.get("type", "object") == "object" else {}


def _leaves(node: Node) -> list[Node]:
    return [leaf for child in node.children.values() for leaf in _leaves(child)] if node.children else [node]


def _last(leaf: Node) -> str:
    return leaf.path[-1] if leaf.path else "text"


def _is_array(leaf: Node) -> bool:
    return leaf.schema.get("type") == "array"


def _extended(leaf: Node, item: Any) -> list[Any]:
    items = [] if leaf.value is NOTHING else leaf.value
    return items if item in items or len(items) >= leaf.schema.get("maxItems", 1000) else [*items, item]


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)


def _masked(text: str, taken: list[tuple[int, int]]) -> str:
    for start, end in taken:
        text = text[:start] + "|" * (end - start) + text[end:]
    return text


def _word_before(text: str, start: int) -> str:
    found = re.findall(r"[^\W_]+", text[max(0, start - 25) : start].lower())
    return next((word for word in reversed(found[-2:]) if word not in {"the", "a", "an"}), "")


def _combined(values: list[Value], text: str) -> list[Value]:
    """Add a datetime for a date and a time side by side, and a unit for each number's unit."""
    extra = []
    for first, second in itertools.pairwise(values):
        between = text[first.end : second.start].strip(" ,").lower()
        if {first.kind, second.kind} == {"date", "time"} and in_english(between) in {"", "at", "on", "from"}:
            extra.append(Value("datetime", text[first.start : second.end], first.start, second.end, None, first.before))
    for value in values:
        if value.kind == "number" and value.unit:
            start = text.lower().find(value.unit, value.end)
            if start >= 0:
                extra.append(
                    Value("unit", text[start : start + len(value.unit)], start, start + len(value.unit), value.unit, "")
                )
    return values + extra


def _date_and_time(values: list[Value]) -> list[Value]:
    """Take combined values apart, for schemas with a property for the date and one for the time."""
    parts = [value for value in values if value.kind != "datetime"]
    for value in values:
        iso = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?).*", value.text)
        if value.kind == "datetime" and iso:
            middle = value.start + 10
            parts.append(Value("date", iso[1], value.start, middle, parse_date(iso[1]), value.before))
            parts.append(Value("time", iso[2], middle + 1, value.end, parse_time(iso[2]), value.before))
    return parts


def _name_parts(values: list[Value]) -> list[Value]:
    """First and last name of each full name; which part it is stands in `unit`."""
    parts = []
    for value in values:
        first, space, last = value.text.partition(" ")
        if value.kind == "name" and space:
            middle = value.start + len(first)
            parts.append(Value("name", first, value.start, middle, first, value.before, "first"))
            parts.append(Value("name", last, middle + 1, value.end, last, value.before, "last"))
    return parts


def _listed_places(values: list[Value], text: str) -> set[tuple[int, int]]:
    """Places of all values that stand in a list with a neighbor of their kind."""
    found: set[tuple[int, int]] = set()
    last: dict[str, Value] = {}
    for value in values:
        before = last.get(value.kind)
        if before and value.start - before.end < 60 and _LIST_LINK.fullmatch(text, before.end, value.start):
            found |= {(before.start, before.end), (value.start, value.end)}
        last[value.kind] = value
    return found


def _listed_with(value: Value, values: list[Value], text: str, taken: list[tuple[int, int]]) -> list[Value]:
    """The values of the same kind that follow or precede a value in a list: "Rome, Oslo and Bern"."""
    same = [
        other
        for other in values
        if other.kind == value.kind
        and abs(other.start - value.start) < _LONGEST_LIST
        and (other == value or not _overlaps((other.start, other.end), taken))
    ]
    position = same.index(value)
    link = _COMPARED_LINK if _COMPARE.search(text[max(0, value.start - 100) : value.start]) else _LIST_LINK
    found = []
    for step, line in ((1, same[position:]), (-1, same[position::-1])):
        for first, second in itertools.pairwise(line):
            left, right = (first, second) if step > 0 else (second, first)
            if not link.fullmatch(text, left.end, right.start):
                break
            found.append(second)
    return found


_VAGUE_FLAGS = frozenset(stem(word) for word in "include is use enable should has with show return only allow".split())
_SWITCH = re.compile(r"\b(?:turn|switch|schalte|mach)\b.{0,60}?\b(on|off|an|ein|aus)\b", re.IGNORECASE)
_SWITCH_NAMES = frozenset(stem(word) for word in "on state power enabled active".split())


def _read_booleans(leaves: list[Node], text: str) -> None:
    """Set the flags that a clause of the text names: true, or false where the clause denies it."""
    for leaf in leaves:
        if leaf.slot.role != "boolean" or leaf.value is not NOTHING or _is_array(leaf):
            continue
        names = (leaf.slot.names - _VAGUE_FLAGS) or leaf.slot.names
        for clause in re.split(r"[.,;!?\n]|\band\b|\bbut\b", text):
            switched = _SWITCH.search(clause) if names & _SWITCH_NAMES else None
            if switched:
                leaf.value = switched[1].lower() not in {"off", "aus"}
                break
            if names == {"on"} and any("change" in actions(word) for word in words(clause)):
                leaf.value = not _NEGATION.search(clause)
                break
            if not names.isdisjoint(keywords(clause)):
                leaf.value = not _NEGATION.search(clause)
                break


def _infer_from_place(leaves: list[Node], texts: list[str]) -> None:
    """A unit of temperature or measure follows from the place (Fahrenheit in the United States), as coordinates do."""
    places = " ".join(
        str(leaf.value) for leaf in leaves if leaf.slot.role in {"place", "name", "thing"} and leaf.value is not NOTHING
    )
    for leaf in leaves:
        options = {str(option).lower(): option for option in leaf.slot.schema.get("enum", [])}
        local = [options[name] for name in ("fahrenheit", "f", "°f", "imperial", "us") if name in options]
        usual = [options[name] for name in ("celsius", "c", "°c", "metric") if name in options]
        wanted = leaf.required or re.search(r"infer|depend|based on|location", leaf.schema["description"], re.I)
        if leaf.value is NOTHING and local and usual and wanted and (places or leaf.required) and not _is_array(leaf):
            leaf.value = (local if uses_fahrenheit(places) else usual)[0]
    axes = [
        next((leaf for leaf in leaves if _last(leaf).lower() in names and leaf.slot.role == "number"), None)
        for names in (("latitude", "lat"), ("longitude", "lon", "lng", "long"))
    ]
    if axes[0] and axes[1] and axes[0].value is NOTHING and axes[1].value is NOTHING:
        named = [value.text for text in texts for value in find_values(text) if value.kind in {"name", "phrase"}]
        found = next((place for place in map(coordinates, named) if place), None)
        for axis, value in zip(axes, found or (), strict=False):
            if axis:
                axis.value, axis.from_text = value, True


def _has_content(node: Node) -> bool:
    return any(leaf.value is not NOTHING for leaf in _leaves(node))
