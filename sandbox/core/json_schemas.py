"""The check of a JSON schema that a client sends, for a tool's parameters or for the format of an answer.

`check_schema` refuses what is no JSON schema, or larger than the sandbox takes. `check_strict` has the rules of strict
mode as OpenAI's guide to structured outputs gives them ("Supported schemas", February 2026): the keywords that it names
and no others, and its limits of 10 levels, 1,000 enum values and 120,000 characters of names and values.
"""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.core.errors import ApiError

_MOST_PARTS, _DEEPEST, _LARGEST_SIZE, _LARGEST_NUMBER = 2000, 50, 1000, 1e300
_STRICT_LEVELS, _STRICT_VALUES, _STRICT_CHARACTERS = 10, 1000, 120_000
_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_SIZES = ("minItems", "maxItems", "minLength", "maxLength")
# What strict mode permits; the last line has what says nothing about values.
_STRICT = frozenset(
    ("type", "enum", "const", "anyOf", "$ref", "$defs", "definitions", "properties", "required", "additionalProperties")
    + ("items", "minItems", "maxItems", "pattern", "format", *_NUMBERS)
    + ("description", "title", "$schema", "$id", "$comment")
)
_KINDS = {  # what a keyword's value has to be
    "enum": (list, "a list that is not empty"),
    "anyOf": (list, "a list of schemas that is not empty"),
    "oneOf": (list, "a list of schemas that is not empty"),
    "allOf": (list, "a list of schemas that is not empty"),
    "required": (list, "a list of strings"),
    "properties": (dict, "an object"),
    "$defs": (dict, "an object"),
    "definitions": (dict, "an object"),
    "pattern": (str, "a string"),
    "format": (str, "a string"),
    "description": (str, "a string"),
    "title": (str, "a string"),
    "$ref": (str, "a string"),
}


class _Problem(Exception):  # noqa: N818 (it says what is wrong with a schema)
    pass


def check_schema(schema: Any, what: str, parameter: str, code: str) -> None:
    """Check that a JSON schema is well-formed and not too large.

    Args:
        schema: the JSON schema.
        what: what it is the schema of, for the message: "function 'get_weather'".
        parameter: the request's parameter that holds it.
        code: the error's code.

    Raises:
        ApiError: 400 if a keyword has a value of the wrong kind, if a reference leads nowhere, or if the schema is
            larger or deeper than the sandbox takes.
    """
    try:
        for place, node in _walk(schema, _root_name(parameter)):
            if problem := _find_wrong_value(node, schema):
                raise _Problem(f"{place}.{problem}.")
    except _Problem as problem:
        raise ApiError(400, f"Invalid schema for {what}: {problem}", parameter, code) from problem


def check_strict(schema: Any, what: str, parameter: str, code: str) -> None:
    """Check a well-formed schema (see `check_schema`) against the rules of strict mode. Arguments as there.

    Raises:
        ApiError: 400 with the place, the keyword, and the cure.
    """
    try:
        if schema.get("type") != "object" or "anyOf" in schema:
            raise _Problem(
                "in strict mode the root has to be of type 'object', without anyOf. "
                "Put what is there into a property of an object."
            )
        for place, node in _walk(schema, _root_name(parameter)):
            _check_strict_node(node, place)
        _check_strict_size(schema)
    except _Problem as problem:
        raise ApiError(
            400, f"Invalid schema for {what}: {problem} Or set strict to false.", parameter, code
        ) from problem


def _root_name(parameter: str) -> str:
    return "parameters" if parameter == "tools" else "schema"


def _walk(schema: Any, name: str) -> list[tuple[str, dict[str, Any]]]:
    """List all schemas in a schema, each with its place: "parameters.properties.age"."""
    found: list[tuple[str, dict[str, Any]]] = []
    waiting = [(name, schema, 0)]
    while waiting:
        place, node, depth = waiting.pop()
        if isinstance(node, bool) and depth:
            continue
        if not isinstance(node, dict):
            raise _Problem(f"{place} has to be an object.")
        found.append((place, node))
        if len(found) > _MOST_PARTS or depth > _DEEPEST:
            raise _Problem(
                f"it is too large for the sandbox, which takes at most {_MOST_PARTS} parts, nested at most "
                f"{_DEEPEST} deep. Give a smaller schema."
            )
        waiting += [(f"{place}.{step}", part, depth + 1) for step, part in _parts(node)]
    return found


def _parts(node: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give the schemas inside a schema, each with the way to it."""
    for key in ("properties", "$defs", "definitions"):
        if isinstance(node.get(key), dict):
            yield from ((f"{key}.{name}", part) for name, part in node[key].items())
    for key in ("anyOf", "oneOf", "allOf"):
        if isinstance(node.get(key), list):
            yield from ((f"{key}.{number}", part) for number, part in enumerate(node[key]))
    yield from ((key, node[key]) for key in ("items", "additionalProperties") if key in node)


def _find_wrong_value(node: dict[str, Any], root: Any) -> str | None:
    kinds = node.get("type", "string")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not isinstance(kinds, list) or not kinds or not all(kind in _TYPES for kind in kinds):
        return f"type has to be one of {', '.join(_TYPES)}, or a list of them"
    for keyword, (kind, wanted) in _KINDS.items():
        value = node.get(keyword, wanted if kind is str else kind())
        is_empty = keyword in ("enum", "anyOf", "oneOf", "allOf") and keyword in node and not value
        if not isinstance(value, kind) or is_empty:
            return f"{keyword} has to be {wanted}"
    if not all(isinstance(name, str) for name in node.get("required", [])):
        return "required has to be a list of strings"
    for keyword in _NUMBERS:
        value = node.get(keyword, 1)
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _LARGEST_NUMBER:
            return f"{keyword} has to be a number"
    if node.get("multipleOf", 1) <= 0:
        return "multipleOf has to be more than 0"
    for keyword in _SIZES:
        value = node.get(keyword, 0)
        whole = not isinstance(value, bool) and isinstance(value, int | float) and value == int(value)
        if not whole or value < 0 or (keyword.startswith("min") and value > _LARGEST_SIZE):
            return f"{keyword} has to be a whole number of at least 0 (and at most {_LARGEST_SIZE} for the least)"
    for low, high in (("minLength", "maxLength"), ("minItems", "maxItems"), ("minimum", "maximum")):
        if low in node and high in node and node[low] > node[high]:
            return f"{low} {node[low]} and {high} {node[high]} leave no value. Change one of them"
    try:
        re.compile(node.get("pattern", ""))
    except (re.error, OverflowError, RecursionError) as error:
        return f"pattern {node['pattern']!r} cannot be used: {error}"
    return (
        None
        if "$ref" not in node or _leads_somewhere(node["$ref"], root)
        else (
            f"$ref {node['$ref']!r} leads nowhere. A reference has to lead to a part of this schema, such as '#/$defs/Item'"
        )
    )


def _leads_somewhere(reference: str, root: Any) -> bool:
    head, *steps = reference.split("/")
    for step in steps:
        name = step.replace("~1", "/").replace("~0", "~")
        root = root.get(name) if isinstance(root, dict) else None
    return head == "#" and isinstance(root, dict)


def _check_strict_node(node: dict[str, Any], place: str) -> None:
    for keyword in node:
        if keyword not in _STRICT:
            raise _Problem(f"{place}: {keyword!r} is not permitted in strict mode. Remove it.")
    if "format" in node and node["format"] not in _FORMATS:
        raise _Problem(f"{place}: format {node['format']!r} is not one of {', '.join(_FORMATS)}. Remove it.")
    if not node.keys() & {"type", "enum", "const", "anyOf", "$ref"}:
        raise _Problem(f"{place}: in strict mode a schema must have a 'type'. Add it.")
    if "array" in _kinds(node) and "items" not in node:
        raise _Problem(f"{place}: an array needs 'items'. Add the schema of its items.")
    if "object" not in _kinds(node) and "properties" not in node:
        return
    if node.get("additionalProperties") is not False:
        raise _Problem(
            f"{place}: in strict mode 'additionalProperties' is required to be supplied and to be false. "
            'Add "additionalProperties": false.'
        )
    names, required = node.get("properties", {}), node.get("required", [])
    if missing := [name for name in names if name not in required]:
        raise _Problem(
            f"{place}: in strict mode 'required' is required to be supplied and to be an array including every key in "
            f"properties. Missing: {', '.join(missing)}. Add them; for an optional one also allow the type 'null'."
        )
    if extra := [name for name in required if name not in names]:
        raise _Problem(f"{place}: required names {', '.join(extra)}, which properties does not have. Add or remove it.")


def _check_strict_size(schema: dict[str, Any]) -> None:
    nodes = [node for _, node in _walk(schema, "")]
    names = [name for node in nodes for key in ("properties", "$defs", "definitions") for name in node.get(key, {})]
    values = [value for node in nodes for value in node.get("enum", [])]
    texts = [*names, *values, *(node["const"] for node in nodes if "const" in node)]
    for count, most, unit in (
        (_count_levels(schema), _STRICT_LEVELS, "levels of nesting"),
        (len(values), _STRICT_VALUES, "enum values"),
        (
            sum(len(text) for text in texts if isinstance(text, str)),
            _STRICT_CHARACTERS,
            "characters of names and values",
        ),
    ):
        if count > most:
            raise _Problem(f"{count} {unit} exceed the limit of {most} in strict mode. Give a smaller schema.")


def _count_levels(node: Any) -> int:
    """Count the objects and arrays inside one another, without following references."""
    inner = [_count_levels(part) for _, part in _parts(node)] if isinstance(node, dict) else []
    return max(inner, default=0) + (isinstance(node, dict) and not {"object", "array"}.isdisjoint(_kinds(node)))


def _kinds(node: dict[str, Any]) -> list[str]:
    kinds = node.get("type", [])
    return [kinds] if isinstance(kinds, str) else kinds
