"""The check of a JSON schema that a client sends, for a tool's parameters or for the format of an answer.

`check_schema` refuses what is no JSON schema, or larger than the sandbox takes. `check_strict` has the rules of strict
mode as OpenAI's guide to structured outputs gives them ("Supported schemas", February 2026), with its limits: 10
levels, 1,000 enum values and 120,000 characters of names and values. Of its 5,000 properties the sandbox takes fewer.
"""

from typing import Any

from sandbox.core.bodies import json_type
from sandbox.core.errors import ApiError
from sandbox.engines.schemas import patterns
from sandbox.engines.schemas.resolving import NOWHERE, find_target, parts

_MOST_PARTS = 2000
_DEEPEST = 50
_MOST_VALUES = 1000
_LARGEST_SIZE = 1000
_LARGEST_NUMBER = 1e300
_STRICT_LEVELS = 10
_STRICT_CHARACTERS = 120_000
_LONG_ENUM = 250
_LONG_ENUM_CHARACTERS = 15_000

_TYPES = {"string", "number", "integer", "boolean", "object", "array", "null"}
_LEAST_SIZES = ("minItems", "minLength", "minProperties", "minContains")
_MOST_SIZES = ("maxItems", "maxLength", "maxProperties", "maxContains")
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_STRINGS = ("pattern", "format", "description", "title", "$ref", "$id", "$anchor")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_NAMED = (
    "properties", "$defs", "definitions", "patternProperties", "dependentSchemas", "dependentRequired", "dependencies"
)  # fmt: skip
_NOT_STRICT = ("allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas")
_ORDERED = [
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
    ("minimum", "maximum"),
    ("exclusiveMinimum", "maximum"),
    ("minimum", "exclusiveMaximum"),
    ("exclusiveMinimum", "exclusiveMaximum"),
]


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
        ApiError: 400 if a keyword has a value of the wrong kind, if a reference leads nowhere, if two keywords
            contradict each other, or if the schema is larger or deeper than the sandbox takes.
    """
    try:
        for place, node in _walk(schema, _root_name(parameter)):
            _check_node(node, schema, place)
    except _Problem as problem:
        raise ApiError(400, f"Invalid schema for {what}: {problem}", parameter, code) from problem


def check_strict(schema: Any, what: str, parameter: str, code: str) -> None:
    """Check a well-formed schema (see `check_schema`) against the rules of strict mode. Arguments as there.

    Raises:
        ApiError: 400 with the place and the cure.
    """
    try:
        _check_strict_root(schema)
        for place, node in _walk(schema, _root_name(parameter)):
            _check_strict_node(node, place)
        _check_strict_size(schema)
    except _Problem as problem:
        cure = "Or set strict to false."
        raise ApiError(400, f"Invalid schema for {what}: {problem} {cure}", parameter, code) from problem


def _root_name(parameter: str) -> str:
    return "parameters" if parameter == "tools" else "schema"


def _walk(schema: Any, name: str = "schema") -> list[tuple[str, Any]]:
    """List all schemas in a schema, each with its place: "parameters.properties.age"."""
    found: list[tuple[str, Any]] = []
    waiting = [(name, schema, 0)]
    while waiting:
        place, node, depth = waiting.pop()
        found.append((place, node))
        if len(found) > _MOST_PARTS or depth > _DEEPEST:
            raise _Problem(
                f"it is too large for the sandbox, which takes at most {_MOST_PARTS} parts, nested at most "
                f"{_DEEPEST} deep. Give a smaller schema."
            )
        if not isinstance(node, dict | bool):
            raise _Problem(f"{place} has to be an object or a boolean, but is of type {json_type(node)}.")
        waiting += [(f"{place}.{step.replace('/', '.', 1)}", part, depth + 1) for step, part in parts(node)]
    return found


def _check_node(node: Any, root: Any, place: str) -> None:
    """Check the keywords of one schema, without those of the schemas inside it."""
    if isinstance(node, bool):
        return
    for problem in (_find_wrong_value(node), _find_contradiction(node)):
        if problem:
            raise _Problem(f"{place}.{problem}.")
    if "$ref" in node and find_target(node["$ref"], root) is NOWHERE:
        raise _Problem(
            f"{place}: $ref {node['$ref']!r} leads nowhere. A reference has to lead to a part of this schema, such as "
            "'#/$defs/Item'."
        )
    for pattern in [node.get("pattern", ""), *node.get("patternProperties", {})]:
        try:
            patterns.compile_pattern(pattern)
        except patterns.BadPattern as error:
            raise _Problem(f"{place}: the pattern {pattern!r} cannot be used: {error}.") from error


def _find_wrong_value(node: dict[str, Any]) -> str | None:
    kinds = node.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    known = isinstance(kinds, list) and all(isinstance(kind, str) and kind in _TYPES for kind in kinds)
    if not known or ("type" in node and not kinds):
        return f"type has to be one of {', '.join(sorted(_TYPES))}, or a list of them"
    if "enum" in node and (not isinstance(node["enum"], list) or not node["enum"]):
        return "enum has to be a list that is not empty"
    if len(node.get("enum", [])) > _MOST_VALUES:
        return f"enum has more than the {_MOST_VALUES} values that the sandbox takes"
    required = node.get("required", [])
    if not isinstance(required, list) or not all(isinstance(key, str) for key in required):
        return "required has to be a list of strings"
    for keyword in _NUMBERS:
        if keyword in node and not _is_number(node[keyword]):
            return f"{keyword} has to be a number"
    if node.get("multipleOf", 1) <= 0:
        return "multipleOf has to be more than 0"
    for keyword in _LEAST_SIZES + _MOST_SIZES:
        size = node.get(keyword, 0)
        whole = json_type(size) == "integer" or (isinstance(size, float) and size.is_integer())
        if not whole or size < 0 or (keyword in _LEAST_SIZES and size > _LARGEST_SIZE):
            limit = f" and at most {_LARGEST_SIZE}" if keyword in _LEAST_SIZES else ""
            return f"{keyword} has to be a whole number of at least 0{limit}"
    for keyword in _STRINGS:
        if not isinstance(node.get(keyword, ""), str):
            return f"{keyword} has to be a string"
    for keyword in _LISTS:
        if keyword in node and (not isinstance(node[keyword], list) or not node[keyword]):
            return f"{keyword} has to be a list of schemas that is not empty"
    for keyword in _NAMED:
        if not isinstance(node.get(keyword, {}), dict):
            return f"{keyword} has to be an object"
    for names in node.get("dependentRequired", {}).values():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            return "dependentRequired has to give a list of strings for each property"
    if not isinstance(node.get("uniqueItems", False), bool):
        return "uniqueItems has to be true or false"
    return None


def _is_number(value: Any) -> bool:
    return json_type(value) in ("integer", "number") and -_LARGEST_NUMBER < value < _LARGEST_NUMBER


def _find_contradiction(node: dict[str, Any]) -> str | None:
    for low, high in _ORDERED:
        if low in node and high in node:
            beyond = node[low] >= node[high] if "exclusive" in low + high else node[low] > node[high]
            if beyond:
                return f"{low} {node[low]} and {high} {node[high]} leave no value. Change one of them"
    return None


def _check_strict_root(schema: Any) -> None:
    if not isinstance(schema, dict) or schema.get("type") != "object" or "anyOf" in schema:
        raise _Problem(
            "in strict mode the root has to be of type 'object', without anyOf. "
            "Put what is there into a property of an object."
        )


def _check_strict_node(node: Any, place: str) -> None:
    if not isinstance(node, dict):
        return
    for keyword in _NOT_STRICT:
        if keyword in node:
            raise _Problem(f"{place}: {keyword!r} is not permitted in strict mode. Remove it, or use anyOf.")
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


def _check_strict_size(schema: Any) -> None:
    nodes = [(place, node) for place, node in _walk(schema) if isinstance(node, dict)]
    names = [name for _, node in nodes for key in ("properties", "$defs", "definitions") for name in node.get(key, {})]
    enums = [value for _, node in nodes for value in node.get("enum", [])]
    constants = [node["const"] for _, node in nodes if "const" in node]
    characters = sum(len(value) for value in names + enums + constants if isinstance(value, str))
    levels = _count_levels(schema)
    for node in (node for _, node in nodes if len(node.get("enum", [])) > _LONG_ENUM):
        length = sum(len(value) for value in node["enum"] if isinstance(value, str))
        if length > _LONG_ENUM_CHARACTERS:
            raise _Problem(
                f"an enum of more than {_LONG_ENUM} values has {length} characters, more than the "
                f"{_LONG_ENUM_CHARACTERS} of strict mode. Give shorter values."
            )
    for count, most, unit in (
        (levels, _STRICT_LEVELS, "levels of nesting"),
        (len(enums), _MOST_VALUES, "enum values"),
        (characters, _STRICT_CHARACTERS, "characters of names and values"),
    ):
        if count > most:
            raise _Problem(f"{count} {unit} exceed the limit of {most} in strict mode. Give a smaller schema.")


def _count_levels(schema: Any) -> int:
    """Count the objects and arrays inside one another, without following references."""
    deepest = 0
    waiting = [(schema, 0)]
    while waiting:
        node, level = waiting.pop()
        level += isinstance(node, dict) and bool({"object", "array"} & {*_kinds(node)})
        deepest = max(deepest, level)
        waiting += [(part, 0 if step.startswith(("$defs/", "definitions/")) else level) for step, part in parts(node)]
    return deepest


def _kinds(node: dict[str, Any]) -> list[str]:
    kinds = node.get("type", [])
    return [kinds] if isinstance(kinds, str) else kinds
