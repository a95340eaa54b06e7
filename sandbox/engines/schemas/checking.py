"""Is a value valid under a JSON schema? A small validator for JSON Schema 2020-12.

The rule: each keyword of a schema is a condition of its own (`_KEYWORDS`), and a value is valid if it meets all. The
spellings of draft 7 (`definitions`, `items` as a list with `additionalItems`, `dependencies`) are read as well, and
`format` is a condition. Numbers are compared exactly: 1.0 is an integer and equals 1, True is no number, and 0.3 is a
multiple of 0.1, since both are read as the decimals that they are written as.

`unevaluatedProperties` and `unevaluatedItems` look at what the schema's other keywords have seen of a valid value, with
those inside `allOf`, `anyOf`, `oneOf`, `if`, `dependentSchemas` and `$ref` (`Checker.seen_properties`).
The work is bounded: see `Checker`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sandbox.engines.schemas.formats import has_format
from sandbox.engines.schemas.patterns import BadPattern, compile_pattern
from sandbox.engines.schemas.resolving import NOWHERE, find_target

MOST_CHECKS = 200_000
_DEEPEST = 100


class TooMuchWork(Exception):  # noqa: N818 (it says nothing of the value)
    """A check was given up, because it is too deep or takes too many steps."""


@dataclass(frozen=True)
class Violation:
    """Why a value is not valid.

    Attributes:
        path: names and numbers that lead to the part of the value, from the outermost.
        keyword: the schema's keyword that is not met.
        reason: what is wrong.
    """

    path: tuple[str | int, ...]
    keyword: str
    reason: str

    def __str__(self) -> str:
        return f"{self.reason} at {'/'.join(['#', *map(str, self.path)])}"


Path = tuple[str | int, ...]
Result = Violation | None


def find_violation(schema: Any, value: Any, root: Any = None) -> Result:
    """Say why a value is not valid under a schema, or None if it is valid.

    Args:
        schema: a JSON schema.
        value: a JSON value.
        root: the document that `$ref` refers to, `schema` itself unless given.
    """
    try:
        return Checker(schema if root is None else root).check(schema, value)
    except TooMuchWork as error:
        return Violation((), "", str(error))


class Checker:
    """Checks values, with at most `steps` conditions in all; then, or where it goes too deep, TooMuchWork is raised."""

    def __init__(self, root: Any, steps: int = MOST_CHECKS) -> None:
        self.root = root
        self.steps = steps

    def is_valid(self, schema: Any, value: Any, depth: int = 0) -> bool:
        """Say whether a value is valid under a schema."""
        return self.check(schema, value, (), depth) is None

    def check(self, schema: Any, value: Any, path: Path = (), depth: int = 0) -> Result:
        """Return the first condition that a value does not meet, or None."""
        if depth > _DEEPEST:
            raise TooMuchWork("the schema refers to itself without end, or is nested too deep")
        if schema is False:
            return Violation(path, "", "the schema is false, which allows no value,")
        if not isinstance(schema, dict):
            return None
        self.steps -= len(schema) + 1
        if self.steps < 0:
            raise TooMuchWork("checking takes too many steps")
        for keyword, argument in schema.items():
            condition = _KEYWORDS.get(keyword)
            found = condition(_Case(self, schema, path, depth + 1), argument, value) if condition else None
            if found:
                return found if isinstance(found, Violation) else Violation(path, keyword, found)
        return None

    def seen_properties(self, schema: Any, value: dict[str, Any], depth: int) -> set[str]:
        """Return the properties of a value, valid under a schema, that its keywords have seen."""
        seen: set[str] = set()
        for part in self._active_parts(schema, value, depth):
            if any(key in part for key in ("additionalProperties", "unevaluatedProperties")):
                return set(value)
            seen |= {name for name in value if name in part.get("properties", {}) or _patterns_of(part, name)}
        return seen

    def seen_items(self, schema: Any, value: list[Any], depth: int) -> set[int]:
        """Return the numbers of the items of a value, valid under a schema, that its keywords have seen."""
        seen: set[int] = set()
        for part in self._active_parts(schema, value, depth):
            first, others = split_items(part)
            if others is not None or "unevaluatedItems" in part:
                return set(range(len(value)))
            seen |= set(range(len(first)))
            if "contains" in part:
                seen |= {index for index, item in enumerate(value) if self.is_valid(part["contains"], item, depth + 1)}
        return seen

    def _active_parts(self, schema: Any, value: Any, depth: int) -> Iterator[dict[str, Any]]:
        """Yield a schema and the schemas that it applies to the same value, as far as the value is valid under them."""
        if depth > _DEEPEST:
            raise TooMuchWork("the schema refers to itself without end")
        if not isinstance(schema, dict):
            return
        yield schema
        waiting = [find_target(schema[key], self.root) for key in ("$ref", "$dynamicRef") if key in schema]
        waiting += schema.get("allOf", [])
        for key in ("anyOf", "oneOf"):
            waiting += [part for part in schema.get(key, []) if self.is_valid(part, value, depth + 1)]
        if "if" in schema:
            holds = self.is_valid(schema["if"], value, depth + 1)
            waiting += [schema["if"], schema.get("then", True)] if holds else [schema.get("else", True)]
        if isinstance(value, dict):
            dependent = {**schema.get("dependencies", {}), **schema.get("dependentSchemas", {})}
            waiting += [part for name, part in dependent.items() if name in value and not isinstance(part, list)]
        for part in waiting:
            yield from self._active_parts(part, value, depth + 1)


@dataclass(frozen=True, slots=True)
class _Case:
    """Where a keyword stands: in which schema, for which part of the value."""

    checker: Checker
    schema: dict[str, Any]
    path: Path
    depth: int

    def check(self, schema: Any, value: Any, *step: str | int) -> Result:
        return self.checker.check(schema, value, (*self.path, *step), self.depth)

    def is_valid(self, schema: Any, value: Any) -> bool:
        return self.checker.is_valid(schema, value, self.depth)


Outcome = Violation | str | None
Condition = Callable[[_Case, Any, Any], Outcome]


def json_type(value: Any) -> str:
    """Return a value's type as JSON Schema names it; a whole number is an "integer"."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    names = {float: "number", str: "string", list: "array", dict: "object"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "null")


def identity(value: Any) -> Any:
    """Return something hashable that is equal for values that are equal in JSON: 1 and 1.0, but not 1 and True."""
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, list):
        return ("array", tuple(identity(item) for item in value))
    if isinstance(value, dict):
        return ("object", frozenset((name, identity(item)) for name, item in value.items()))
    return value


def exact(number: float) -> Fraction:
    """Return the number that a float is written as: 0.1 is one tenth."""
    return Fraction(number) if isinstance(number, int) else Fraction(repr(number))


def split_items(schema: dict[str, Any]) -> tuple[list[Any], Any]:
    """Return the schemas of an array's first items, and that of all others (None if there is none)."""
    items = schema.get("items")
    if isinstance(items, list):
        return items, schema.get("additionalItems")
    return schema.get("prefixItems", []), items


def names_a_pattern_of(name: str, pattern: str) -> bool:
    """Say whether a property's name is one that a pattern of `patternProperties` is for."""
    return _occurs(pattern, name)


def _patterns_of(schema: dict[str, Any], name: str) -> list[str]:
    return [pattern for pattern in schema.get("patternProperties", {}) if _occurs(pattern, name)]


@lru_cache(maxsize=2000)
def _occurs(pattern: str, text: str) -> bool:
    try:
        return compile_pattern(pattern).occurs_in(text)
    except BadPattern:
        return True


def _type(_case: _Case, kinds: Any, value: Any) -> Outcome:
    kinds = kinds if isinstance(kinds, list) else [kinds]
    own = json_type(value)
    if own in kinds or (own == "integer" and "number" in kinds):
        return None
    return f"{short(value)} is not of type {' or '.join(map(str, kinds))}"


def _enum(_case: _Case, options: Any, value: Any) -> Outcome:
    own = identity(value)
    return (
        None
        if any(option == value and identity(option) == own for option in options)
        else f"{short(value)} is not in the enum"
    )


def _const(_case: _Case, constant: Any, value: Any) -> Outcome:
    return None if identity(constant) == identity(value) else f"{short(value)} is not {short(constant)}"


def _bound(sign: str, is_met: Callable[[Any, Any], bool]) -> Condition:
    def condition(_case: _Case, limit: Any, value: Any) -> Outcome:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return f"{value} is not {sign} {limit}" if is_number and not is_met(value, limit) else None

    return condition


def _multiple_of(_case: _Case, step: Any, value: Any) -> Outcome:
    if not isinstance(value, int | float) or isinstance(value, bool) or not step:
        return None
    return f"{value} is no multiple of {step}" if exact(value) % exact(step) else None


def _size(kind: type, unit: str, is_least: bool) -> Condition:
    def condition(_case: _Case, limit: Any, value: Any) -> Outcome:
        if not isinstance(value, kind) or (len(value) >= limit if is_least else len(value) <= limit):  # type: ignore
            return None
        return f"{short(value)} has {'fewer' if is_least else 'more'} than {limit} {unit}"

    return condition


def _pattern(_case: _Case, pattern: str, value: Any) -> Outcome:
    if not isinstance(value, str) or _occurs(pattern, value):
        return None
    return f"{short(value)} does not match {pattern!r}"


def _format(_case: _Case, name: Any, value: Any) -> Outcome:
    if not isinstance(value, str) or has_format(value, name):
        return None
    return f"{short(value)} is no {name}"


def _first_items(case: _Case, schemas: Any, value: Any) -> Outcome:
    if not isinstance(value, list):
        return None
    pairs = enumerate(zip(schemas, value, strict=False))
    return next((found for index, (part, item) in pairs if (found := case.check(part, item, index))), None)


def _items(case: _Case, schema: Any, value: Any) -> Outcome:
    if isinstance(schema, list):
        return _first_items(case, schema, value)
    return _later_items(case, schema, value, len(case.schema.get("prefixItems", [])))


def _additional_items(case: _Case, schema: Any, value: Any) -> Outcome:
    first = case.schema.get("items")
    return _later_items(case, schema, value, len(first)) if isinstance(first, list) else None


def _later_items(case: _Case, schema: Any, value: Any, start: int) -> Outcome:
    if not isinstance(value, list) or schema is True:
        return None
    indexes = range(start, len(value))
    return next((found for index in indexes if (found := case.check(schema, value[index], index))), None)


def _contains(case: _Case, schema: Any, value: Any) -> Outcome:
    if not isinstance(value, list):
        return None
    count = sum(case.is_valid(schema, item) for item in value)
    least, most = case.schema.get("minContains", 1), case.schema.get("maxContains", len(value))
    if count < least:
        return f"{count} items match contains, fewer than {least},"
    return f"{count} items match contains, more than {most}," if count > most else None


def _unique_items(_case: _Case, wanted: Any, value: Any) -> Outcome:
    if not isinstance(value, list) or not wanted:
        return None
    return None if len({identity(item) for item in value}) == len(value) else "items are not unique"


def _unevaluated_items(case: _Case, schema: Any, value: Any) -> Outcome:
    if not isinstance(value, list):
        return None
    others = {key: part for key, part in case.schema.items() if key != "unevaluatedItems"}
    seen = case.checker.seen_items(others, value, case.depth)
    rest = (index for index in range(len(value)) if index not in seen)
    return next((found for index in rest if (found := case.check(schema, value[index], index))), None)


def _properties(case: _Case, schemas: Any, value: Any) -> Outcome:
    if not isinstance(value, dict):
        return None
    pairs = ((name, part) for name, part in schemas.items() if name in value)
    return next((found for name, part in pairs if (found := case.check(part, value[name], name))), None)


def _pattern_properties(case: _Case, schemas: Any, value: Any) -> Outcome:
    if not isinstance(value, dict):
        return None
    pairs = ((name, schemas[pattern]) for name in value for pattern in _patterns_of(case.schema, name))
    return next((found for name, part in pairs if (found := case.check(part, value[name], name))), None)


def _additional_properties(case: _Case, schema: Any, value: Any) -> Outcome:
    if not isinstance(value, dict) or schema is True:
        return None
    own = case.schema.get("properties", {})
    extra = (name for name in value if name not in own and not _patterns_of(case.schema, name))
    return next((found for name in extra if (found := case.check(schema, value[name], name))), None)


def _unevaluated_properties(case: _Case, schema: Any, value: Any) -> Outcome:
    if not isinstance(value, dict):
        return None
    others = {key: part for key, part in case.schema.items() if key != "unevaluatedProperties"}
    seen = case.checker.seen_properties(others, value, case.depth)
    rest = (name for name in value if name not in seen)
    return next((found for name in rest if (found := case.check(schema, value[name], name))), None)


def _property_names(case: _Case, schema: Any, value: Any) -> Outcome:
    if not isinstance(value, dict):
        return None
    return next((found for name in value if (found := case.check(schema, name, name))), None)


def _required(_case: _Case, names: Any, value: Any) -> Outcome:
    missing = [name for name in names if name not in value] if isinstance(value, dict) else []
    return f"{missing[0]!r} is missing" if missing else None


def _dependent_required(case: _Case, names: Any, value: Any) -> Outcome:
    if not isinstance(value, dict):
        return None
    results = (_required(case, needed, value) for name, needed in names.items() if name in value)
    return next((found for found in results if found), None)


def _dependent_schemas(case: _Case, schemas: Any, value: Any) -> Outcome:
    if not isinstance(value, dict):
        return None
    results = (case.check(part, value) for name, part in schemas.items() if name in value)
    return next((found for found in results if found), None)


def _dependencies(case: _Case, dependencies: Any, value: Any) -> Outcome:
    names = {name: part for name, part in dependencies.items() if isinstance(part, list)}
    schemas = {name: part for name, part in dependencies.items() if not isinstance(part, list)}
    return _dependent_required(case, names, value) or _dependent_schemas(case, schemas, value)


def _reference(case: _Case, reference: Any, value: Any) -> Outcome:
    target = find_target(reference, case.checker.root)
    return f"{reference!r} leads nowhere" if target is NOWHERE else case.check(target, value)


def _all_of(case: _Case, schemas: Any, value: Any) -> Outcome:
    return next((found for part in schemas if (found := case.check(part, value))), None)


def _any_of(case: _Case, schemas: Any, value: Any) -> Outcome:
    return None if any(case.is_valid(part, value) for part in schemas) else f"no schema of anyOf fits {short(value)}"


def _one_of(case: _Case, schemas: Any, value: Any) -> Outcome:
    count = sum(case.is_valid(part, value) for part in schemas)
    return None if count == 1 else f"{count} schemas of oneOf fit {short(value)}"


def _not(case: _Case, schema: Any, value: Any) -> Outcome:
    return f"{short(value)} is what not excludes" if case.is_valid(schema, value) else None


def _if(case: _Case, schema: Any, value: Any) -> Outcome:
    return case.check(case.schema.get("then" if case.is_valid(schema, value) else "else", True), value)


def short(value: Any) -> str:
    """Return a value in a few characters, for a message."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


_KEYWORDS: dict[str, Condition] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "minimum": _bound("at least", lambda value, limit: value >= limit),
    "maximum": _bound("at most", lambda value, limit: value <= limit),
    "exclusiveMinimum": _bound("above", lambda value, limit: value > limit),
    "exclusiveMaximum": _bound("below", lambda value, limit: value < limit),
    "multipleOf": _multiple_of,
    "minLength": _size(str, "characters", True),
    "maxLength": _size(str, "characters", False),
    "pattern": _pattern,
    "format": _format,
    "prefixItems": _first_items,
    "items": _items,
    "additionalItems": _additional_items,
    "contains": _contains,
    "minItems": _size(list, "items", True),
    "maxItems": _size(list, "items", False),
    "uniqueItems": _unique_items,
    "unevaluatedItems": _unevaluated_items,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "propertyNames": _property_names,
    "unevaluatedProperties": _unevaluated_properties,
    "required": _required,
    "minProperties": _size(dict, "properties", True),
    "maxProperties": _size(dict, "properties", False),
    "dependentRequired": _dependent_required,
    "dependentSchemas": _dependent_schemas,
    "dependencies": _dependencies,
    "$ref": _reference,
    "$dynamicRef": _reference,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
}
