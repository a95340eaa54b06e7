"""Fill a JSON schema with what a text says; the result is a valid instance of the schema.

The rule, in four steps:
1. The schema is resolved: `$ref`, `allOf`, `null` in `type` or `anyOf`. Of several branches that one is taken which
   the text fills best; the first one on a tie.
2. Enums and booleans take the words that name them ("in Celsius", "°F"); a boolean is true if its name is
   mentioned, false if that is denied ("without", "not", "off") or not mentioned.
3. The values in the text (see `values`) go to the properties that they fit best (see `matching`), the surest pair
   first, each value to one property. A required property takes what fits at all, an optional one only what fits
   well. "3 May at noon" serves a date and a time property together. Arrays take all that belong together ("Anna, Bob
   and Carl"); arrays of objects read the text part by part.
4. Free text (a query, a message, a title) takes quoted text, what follows "subject", "saying" or a colon, else what
   is left of the text without the command words and the values that others took.

What the text does not say: an optional property takes its `default` or is left out, a required one takes its
`default`, `const` or null where the schema allows it, else a placeholder, and is listed as missing. Where only sure
values are wanted, a place needs its preposition, and a phrase must fit as well as a value of an optional property.

The work is bounded. At most `MOST_NODES` properties are read, and as many again in trials of branches and of parts;
past that the branch that is quickest to fill is taken, and what is required holds a placeholder. A schema that no value
meets, or only one with more than `_MOST_PLACEHOLDERS` parts, gets a value that is not valid.
Standard library only.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from helpers.sandbox.engines.kin import FUNCTION_WORDS, in_english
from helpers.sandbox.engines.schemas import freetext
from helpers.sandbox.engines.schemas.matching import Slot, clamp, convert, enum_matches, fits_string, make_slot, score
from helpers.sandbox.engines.schemas.matching import value_direction as direction_of
from helpers.sandbox.engines.schemas.patterns import example
from helpers.sandbox.engines.schemas.places import coordinates, uses_fahrenheit
from helpers.sandbox.engines.schemas.values import LIMIT, PREPOSITIONS, Value, find_values, parse_date, parse_time
from helpers.sandbox.engines.words import STOP_WORDS, keywords, stem, words

Path = tuple[str, ...]
_NOTHING = object()
_MAX_DEPTH = 8
MOST_NODES = 500
_MOST_PLACEHOLDERS = 5000
_MOST_PAIRS = 5000
_MOST_TRIAL_PAIRS = 200
_MOST_BRANCHES = 40
_MOST_STEPS = 100
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
_COMPARE = re.compile(r"(?i)\bcompar(?:e|es|ing|ison)\b|\bvergleich")
_COMPARED_LINK = re.compile(
    rf"{_LIST_LINK.pattern}|\s*(?:with|to|mit)\s+(?:(?:the one|that|those)\s+)?(?:in\s+)?", re.I
)
_PLACEHOLDERS = {
    "date": "1970-01-01",
    "date-time": "1970-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "email": "unknown@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "ipv4": "0.0.0.0",
    "ipv6": "::",
    "hostname": "example.com",
    "duration": "P0D",
}


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


@dataclass
class _Node:
    schema: dict[str, Any]
    path: Path
    required: bool
    nullable: bool
    slot: Slot
    children: dict[str, "_Node"] = field(default_factory=dict)
    value: Any = _NOTHING
    from_text: bool = False


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
        A `Filled`. Its value is valid under the schema, whatever the text is, if a value of moderate size can be.
    """
    nodes, trials = iter(range(most_nodes)), iter(range(most_nodes))
    return _fill(_Reader(schema, subject, today, 0, sure, nodes, trials), schema, text, background, facts)


def _fill(
    reader: "_Reader",
    schema: dict[str, Any],
    text: str,
    background: Sequence[str] = (),
    facts: Sequence[str] = (),
) -> Filled:
    text = text[:LIMIT]
    node = reader.plan(schema, (), True, text)
    leaves = list(_leaves(node))
    lists = reader.read(leaves, text, from_text=True)
    for other in background:
        reader.read([leaf for leaf in leaves if leaf.required], other[:LIMIT], from_text=False)
    for fact in facts:
        reader.read([leaf for leaf in leaves if leaf.required], fact[:LIMIT], from_text=False, phrases=False)
    _infer_from_place(leaves, [text, *background, *facts])
    missing: list[Missing] = []
    value = _Builder(reader.root).build(node, missing)
    return Filled(value, missing, [leaf.path for leaf in leaves if leaf.from_text], lists)


def resolve(schema: Any, root: dict[str, Any], steps: Iterator[int] | None = None) -> dict[str, Any]:
    """Follow `$ref` (inside `root`) and merge `allOf`, in at most `steps`; True and anything odd become {}."""
    steps = steps if steps is not None else iter(range(_MOST_STEPS))
    for _ in steps:
        if not isinstance(schema, dict):
            return {}
        if "$ref" in schema:
            schema = {**_target(schema["$ref"], root), **{k: v for k, v in schema.items() if k != "$ref"}}
        elif "allOf" in schema:
            merged = {key: value for key, value in schema.items() if key != "allOf"}
            for part in [resolve(part, root, steps) for part in schema["allOf"]]:
                properties = {**merged.get("properties", {}), **part.get("properties", {})}
                required = [*merged.get("required", []), *part.get("required", [])]
                merged = {**part, **merged, "properties": properties, "required": required}
            return {key: value for key, value in merged.items() if value or key not in {"properties", "required"}}
        else:
            return schema
    return {}


def _target(reference: Any, root: dict[str, Any]) -> dict[str, Any]:
    target: Any = root
    for part in str(reference).removeprefix("#").strip("/").split("/"):
        part = part.replace("~1", "/").replace("~0", "~")
        target = target.get(part) if isinstance(target, dict) and part else target
    return target if isinstance(target, dict) else {}


def branches(schema: Any, root: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    """List the plain schemas that a schema allows, each with at most one type, and whether it allows null."""
    plain = _plain_branches(schema, root, 0, iter(range(_MOST_BRANCHES)))
    nullable = any(branch.get("type") == "null" or None in branch.get("enum", []) for branch in plain)
    return [branch for branch in plain if branch.get("type") != "null"] or [{"const": None}], nullable


def _plain_branches(schema: Any, root: dict[str, Any], depth: int, steps: Iterator[int]) -> list[dict[str, Any]]:
    """Take `anyOf` and `oneOf` apart, down to ten levels and into as many branches as there are `steps`."""
    schema = resolve(schema, root)
    key = next((name for name in ("anyOf", "oneOf") if schema.get(name)), None)
    if key and depth < 10:
        base = {name: value for name, value in schema.items() if name != key}
        options = [{**base, **resolve(branch, root)} for branch, _ in zip(schema[key], steps, strict=False)]
        return [plain for option in options for plain in _plain_branches(option, root, depth + 1, steps)]
    kind = schema.get("type")
    return [{**schema, "type": one} for one in kind] if isinstance(kind, list) else [schema]


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

    def plan(self, schema: Any, path: Path, required: bool, text: str) -> _Node:
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
        node = _Node(chosen, path, required, nullable, slot)
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
            trial = self._sub_fill(option, text[:_TRIAL_LIMIT])
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
            points = len(trial.found) + named - 0.6 * len(trial.missing)
            if points > best_points:
                best, best_points = option, points
        return best

    def _sub_fill(self, schema: dict[str, Any], text: str) -> Filled | None:
        """Fill a part of the schema on trial, or return None where there have been enough trials."""
        if next(self.trials, None) is None:
            return None
        reader = _Reader(self.root, self.subject, self.today, self.depth + 1, False, self.trials, self.trials)
        return _fill(reader, schema, text)

    def read(self, leaves: list[_Node], text: str, *, from_text: bool, phrases: bool = True) -> dict[Path, list[Any]]:
        """Fill the empty leaves from a text, with or without its phrases. What is mere background must fit well."""
        empty = [leaf for leaf in leaves if leaf.value is _NOTHING and "const" not in leaf.schema]
        if not empty or not text.strip():
            return {}
        lists: dict[Path, list[Any]] = {}
        taken = self._read_enums(empty, text, lists)
        _read_booleans(empty, text)
        if from_text:
            self._read_object_lists(empty, text)
        rest = _masked(text, taken)
        open_leaves = [leaf for leaf in empty if leaf.value is _NOTHING]
        taken += self._read_values(open_leaves, rest, lists, from_text, phrases)
        if from_text:
            self._read_free_text(empty, text, taken)
        for leaf in empty:
            leaf.from_text = from_text and leaf.value is not _NOTHING
        return lists

    def _read_enums(self, leaves: list[_Node], text: str, lists: dict[Path, list[Any]]) -> list[tuple[int, int]]:
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
            elif leaf.value is _NOTHING:
                leaf.value = option
            else:
                if option not in lists.setdefault(leaf.path, [leaf.value]):
                    lists[leaf.path].append(option)
                continue
            taken.append(span)
        return taken

    def _read_object_lists(self, leaves: list[_Node], text: str) -> None:
        for leaf in leaves:
            if not (_is_array(leaf) and _properties(leaf.slot.schema)) or self.depth > 2:
                continue
            parts = [
                part
                for part in re.split(r"\s*(?:,\s*and\b|,|;|\n|\band\b|\bplus\b)\s*", freetext.after_colon(text))
                if part
            ]
            trials = [self._sub_fill(leaf.slot.schema, part) for part in parts[:200]]
            complete = [trial.value for trial in trials if trial and trial.found and not trial.missing]
            if not complete:
                whole = self._sub_fill(leaf.slot.schema, text)
                complete = [whole.value] if whole and whole.found and not whole.missing else []
            if complete:
                leaf.value = complete[: leaf.schema.get("maxItems", len(complete))]

    def _read_values(
        self, leaves: list[_Node], text: str, lists: dict[Path, list[Any]], from_text: bool, phrases: bool
    ) -> list[tuple[int, int]]:
        values = _combined(find_values(text, self.today), text) + freetext.special_values(text)
        roles = {leaf.slot.role for leaf in leaves}
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
                if points >= self._least(leaf, value, from_text):
                    pairs.append((-points, index, value.start, value.end, value))
        taken: list[tuple[int, int]] = []
        best: dict[Path, float] = {}
        chosen: list[tuple[_Node, Value, Any]] = []
        for negative, index, start, end, value in sorted(pairs, key=lambda pair: pair[:4]):
            leaf = leaves[index]
            closed = leaf.value is not _NOTHING and not _is_array(leaf)
            if closed or _overlaps((start, end), taken) or -negative < best.get(leaf.path, 0.0) - 2.0:
                continue
            item = convert(leaf.slot, value, self.today)
            if item is None:
                continue
            best.setdefault(leaf.path, -negative)
            leaf.value = _extended(leaf, item) if _is_array(leaf) else item
            taken.append((start, end))
            chosen.append((leaf, value, item))
        self._read_lists(chosen, values, text, taken, lists)
        return taken

    def _least(self, leaf: _Node, value: Value, from_text: bool) -> float:
        """The points from which on a leaf takes a value."""
        if self.sure and leaf.slot.role == "place":
            return 4.5
        doubtful = self.sure and value.kind == "phrase"
        return 2.0 if leaf.required and from_text and not doubtful else 4.0

    def _read_lists(
        self,
        chosen: list[tuple[_Node, Value, Any]],
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

    def _read_free_text(self, leaves: list[_Node], text: str, taken: list[tuple[int, int]]) -> None:
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
            if labelled and (leaf.value is _NOTHING or leaf.slot.role == "text"):
                self._set_text(leaf, labelled)
                position = text.find(labelled)
                taken.append((position, position + len(labelled)))
        message = next((leaf for leaf in texts if freetext.kind_of(_last(leaf)) == "message"), None)
        ordered = sorted(texts, key=lambda leaf: leaf is not message)
        for leaf in ordered:
            if leaf.value is not _NOTHING or (leaf.slot.role != "text" and (self.depth or self.sure)):
                continue
            kind = freetext.kind_of(_last(leaf))
            if not leaf.required and not (kind == "message" and freetext.has_marker(text)):
                continue
            if kind == "title" and message is None and freetext.has_marker(text):
                kind = "message"
            found = freetext.remainder(text, taken, kind, self.subject_stems | leaf.slot.names)
            if kind == "title" and not found:
                has_message = message is not None and isinstance(message.value, str)
                found = freetext.opening(
                    message.value if message and has_message else text, has_message, self.subject_stems
                )
            self._set_text(leaf, found)
            if leaf.value is not _NOTHING and found in text:
                taken.append((text.find(found), text.find(found) + len(found)))

    def _set_text(self, leaf: _Node, found: str) -> None:
        parts = re.split(r"\s*(?:,\s*and\b|,|;|\band\b)\s*", found) if _is_array(leaf) else [found]
        parts = [part for part in parts if not _says_nothing(part) and fits_string(leaf.slot.schema, part)]
        if parts:
            leaf.value = parts[: leaf.schema.get("maxItems", len(parts))] if _is_array(leaf) else found


def _says_nothing(text: str) -> bool:
    """Whether a text has function words only: "the", "um", "ein"."""
    return all(word in STOP_WORDS | FUNCTION_WORDS | PREPOSITIONS for word in words(text))


def _properties(schema: dict[str, Any]) -> dict[str, Any]:
    found = schema.get("properties")
    return found if isinstance(found, dict) and schema.get("type", "object") == "object" else {}


def _leaves(node: _Node) -> list[_Node]:
    return [leaf for child in node.children.values() for leaf in _leaves(child)] if node.children else [node]


def _last(leaf: _Node) -> str:
    return leaf.path[-1] if leaf.path else "text"


def _is_array(leaf: _Node) -> bool:
    return leaf.schema.get("type") == "array"


def _extended(leaf: _Node, item: Any) -> list[Any]:
    items = [] if leaf.value is _NOTHING else leaf.value
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
_SWITCH = re.compile(r"\b(?:turn|switch)\b.{0,60}?\b(on|off)\b", re.IGNORECASE)


def _read_booleans(leaves: list[_Node], text: str) -> None:
    """Set the flags that a clause of the text names: true, or false where the clause denies it."""
    for leaf in leaves:
        if leaf.slot.role != "boolean" or leaf.value is not _NOTHING or _is_array(leaf):
            continue
        names = (leaf.slot.names - _VAGUE_FLAGS) or leaf.slot.names
        for clause in re.split(r"[.,;!?\n]|\band\b|\bbut\b", text):
            switched = _SWITCH.search(clause) if names & {"on", "stat", "power", "enabl", "activ"} else None
            if switched:
                leaf.value = switched[1].lower() == "on"
                break
            if not names.isdisjoint(keywords(clause)):
                leaf.value = not _NEGATION.search(clause)
                break


def _infer_from_place(leaves: list[_Node], texts: list[str]) -> None:
    """A unit of temperature or measure follows from the place (Fahrenheit in the United States), as coordinates do."""
    places = " ".join(
        str(leaf.value)
        for leaf in leaves
        if leaf.slot.role in {"place", "name", "thing"} and leaf.value is not _NOTHING
    )
    for leaf in leaves:
        options = {str(option).lower(): option for option in leaf.slot.schema.get("enum", [])}
        local = [options[name] for name in ("fahrenheit", "f", "°f", "imperial", "us") if name in options]
        usual = [options[name] for name in ("celsius", "c", "°c", "metric") if name in options]
        wanted = leaf.required or re.search(r"infer|depend|based on|location", leaf.schema["description"], re.I)
        if leaf.value is _NOTHING and local and usual and wanted and (places or leaf.required) and not _is_array(leaf):
            leaf.value = (local if uses_fahrenheit(places) else usual)[0]
    axes = [
        next((leaf for leaf in leaves if _last(leaf).lower() in names and leaf.slot.role == "number"), None)
        for names in (("latitude", "lat"), ("longitude", "lon", "lng", "long"))
    ]
    if axes[0] and axes[1] and axes[0].value is _NOTHING and axes[1].value is _NOTHING:
        named = [value.text for text in texts for value in find_values(text) if value.kind in {"name", "phrase"}]
        found = next((place for place in map(coordinates, named) if place), None)
        for axis, value in zip(axes, found or (), strict=False):
            if axis:
                axis.value, axis.from_text = value, True


def _has_content(node: _Node) -> bool:
    return any(leaf.value is not _NOTHING for leaf in _leaves(node))


class _Builder:
    """Builds values, with at most `_MOST_PLACEHOLDERS` placeholders."""

    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root
        self.steps = iter(range(_MOST_PLACEHOLDERS))

    def build(self, node: _Node, missing: list[Missing]) -> Any:
        schema = node.schema
        if node.value is not _NOTHING and not node.children:
            return self._padded(list(node.value), schema, 0) if _is_array(node) else node.value
        if node.children and not (node.nullable and not _has_content(node)):
            result = {}
            for name, child in node.children.items():
                needed = name in schema.get("required", [])
                if needed or _has_content(child):
                    result[name] = self.build(child, missing)
                elif "default" in child.schema:
                    result[name] = child.schema["default"]
            return self._completed(result, schema)
        if "default" in schema:
            return schema["default"]
        if "const" in schema or (len(schema.get("enum", [])) == 1 and not node.nullable):
            return schema["const"] if "const" in schema else schema["enum"][0]
        if node.nullable:
            return None
        if schema.get("type") != "boolean" and (schema.get("type") != "object" or schema.get("minProperties")):
            missing.append(Missing(node.path, schema))
        return self.placeholder(schema, 0)

    def _completed(self, result: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
        properties = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in result:
                result[name] = self.placeholder(properties.get(name, {}), 0)
        return result

    def _padded(self, items: list[Any], schema: dict[str, Any], depth: int) -> list[Any]:
        """The items that the schema allows, with placeholders up to `minItems`."""
        items = items[: schema.get("maxItems", len(items))]
        inner = schema.get("items", {})
        options = branches(inner, self.root)[0][0] if schema.get("uniqueItems") else {}
        spare = iter([option for option in options.get("enum", []) if option not in items])
        while len(items) < schema.get("minItems", 0) and next(self.steps, None) is not None:
            item = self.placeholder(inner, depth + 1)
            if schema.get("uniqueItems") and item in items:
                other = _another(item, len(items), options)
                item = next((option for option in spare if option not in items), other)
            items.append(item)
        return items

    def placeholder(self, schema: Any, depth: int) -> Any:
        options, nullable = branches(schema, self.root)
        if nullable and "default" not in options[0]:
            return None
        simple = options if depth < 6 else sorted(options, key=lambda option: option.get("type") in {"object", "array"})
        schema = simple[0]
        for key in ("default", "const"):
            if key in schema:
                return schema[key]
        if schema.get("enum"):
            return schema["enum"][0]
        kind = schema.get("type") or (
            "object" if "properties" in schema else "array" if "items" in schema else "string"
        )
        if kind == "object":
            needed = schema.get("required", []) if depth < 30 else []
            properties = schema.get("properties", {})
            return {
                name: self.placeholder(properties.get(name, {}), depth + 1)
                for name in needed
                if next(self.steps, None) is not None
            }
        if kind == "array":
            return self._padded([], schema, depth) if depth < 30 else []
        if kind == "boolean":
            return False
        if kind in {"integer", "number"}:
            return clamp(schema, 0) or 0
        return _string_placeholder(schema)


def _another(item: Any, number: int, schema: dict[str, Any]) -> Any:
    """A placeholder that differs from the ones before it, where the type allows one."""
    if isinstance(item, str):
        return f"{item} {number + 1}"
    return clamp(schema, item + number * schema.get("multipleOf", 1)) if isinstance(item, int | float) else item


def placeholder(schema: Any, root: dict[str, Any] | None = None) -> Any:
    """Return a small valid instance: default, const, first enum value, null, or the least that the type allows."""
    return _Builder(root if root is not None else schema if isinstance(schema, dict) else {}).placeholder(schema, 0)


def _string_placeholder(schema: dict[str, Any]) -> str:
    text = _PLACEHOLDERS.get(str(schema.get("format")), "unknown")
    if "pattern" in schema:
        text = example(str(schema["pattern"])) or text
    lowest = schema.get("minLength", 0)
    text = text + "x" * (lowest - len(text)) if "pattern" not in schema else text
    return text[: schema["maxLength"]] if "maxLength" in schema else text
