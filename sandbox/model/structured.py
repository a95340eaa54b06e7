"""Answers that are JSON: the rules for a schema that a client sends, and the answer under it.

Strict mode takes the keywords that OpenAI's guide to structured outputs names ("Supported schemas", February 2026) and
no others, with its limits of 10 levels, 1,000 enum values and 120,000 characters of names and values.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from sandbox.core.bodies import Count, list_problems
from sandbox.core.errors import ApiError

_MOST_PARTS = 2000
_STRICT_LIMITS = {"levels of nesting": 10, "enum values": 1000, "characters of names and values": 120_000}
_FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
_STRICT = frozenset(
    "type enum const anyOf $ref $defs definitions properties required additionalProperties items minItems maxItems "
    "pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf description title $schema $id".split()
)
_NAMED = ("properties", "$defs", "definitions")
_LISTED = ("anyOf", "oneOf", "allOf")
_RANGES = (("minLength", "maxLength"), ("minItems", "maxItems"), ("minimum", "maximum"))
_Type = Literal["array", "boolean", "integer", "null", "number", "object", "string"]
_Number = Annotated[float, Field(ge=-1e300, le=1e300)]
_Size = Annotated[int, Field(ge=0, le=1000)]
_KEYWORDS = {
    "type": _Type | Annotated[list[_Type], Field(min_length=1)],
    "enum": Annotated[list[Any], Field(min_length=1, max_length=1000)],
    "required": list[str],
    "properties": dict[str, "_Node | bool"],
    "$defs definitions": dict[str, "_Node"],
    "items additionalProperties": "_Node | bool",
    "anyOf oneOf allOf": Annotated[list["_Node"], Field(min_length=1)],
    "pattern format description title $ref": str,
    "minimum maximum exclusiveMinimum exclusiveMaximum": _Number,
    "multipleOf": Annotated[_Number, Field(gt=0)],
    "minItems": _Size,
    "maxItems": Count,
    "minLength": _Size,
    "maxLength": Count,
}
_Node = TypedDict("_Node", {name: kind for names, kind in _KEYWORDS.items() for name in names.split()}, total=False)
_Node.__pydantic_config__ = ConfigDict(extra="allow", strict=True, defer_build=True)
_SCHEMA = TypeAdapter(_Node)


def check_schema(schema: Any, what: str, parameter: str, strict: bool) -> None:
    """Check a JSON schema that a client sends. Raises ApiError (400) with the place, the reason, and the cure.

    The message calls it the schema of `what`, such as "function 'get_weather'". `parameter` is the one of the request
    that holds it: in "tools" it has to be of an object. With `strict`, it has to keep to the rules of strict mode.
    """
    is_tool = parameter == "tools"
    if problem := next(_find_problems(schema, is_tool, strict), None):
        code = "invalid_function_parameters" if is_tool else "invalid_json_schema"
        raise ApiError(400, f"Invalid schema for {what}: {problem}", parameter, code)


def _find_problems(schema: Any, is_tool: bool, strict: bool) -> Iterator[str]:
    """Find what is wrong with a schema. Only the first problem counts: each rule relies on those before it."""
    root = "parameters" if is_tool else "schema"
    try:
        _SCHEMA.validate_python(schema)
    except ValidationError as error:
        problem = list_problems(error, schema)[0]
        yield f"{'.'.join(map(str, [root, *problem['loc']]))} {problem['msg']}."
    nodes = _walk(schema, root)
    if len(nodes) > _MOST_PARTS:
        yield f"it has more than the {_MOST_PARTS} parts that the sandbox takes. Give a smaller schema."
    for place, node in nodes:
        yield from (f"{place}: {problem}" for problem in _find_malformed(node, schema))
    if is_tool and (schema.get("type") != "object" or "properties" not in schema):
        yield "parameters has to be of type 'object', with properties (which may be empty)."
    if strict:
        yield from _find_not_strict(schema, nodes)


def _find_malformed(node: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    for low, high in _RANGES:
        if low in node and high in node and node[low] > node[high]:
            yield f"{low} {node[low]} and {high} {node[high]} leave no value. Change one of them."
    if "array" in _kinds(node) and "items" not in node:
        yield "an array needs 'items'. Add the schema of its items."
    if "$ref" in node and not _leads_somewhere(node["$ref"], schema):
        yield f"$ref {node['$ref']!r} leads nowhere. Name a part of this schema, such as '#/$defs/Item'."
    try:
        re.compile(node.get("pattern", ""))
    except (re.error, OverflowError, RecursionError) as error:
        yield f"the pattern {node['pattern']!r} cannot be used: {error}."


def _leads_somewhere(reference: str, node: Any) -> bool:
    head, *steps = reference.split("/")
    for step in steps:
        name = step.replace("~1", "/").replace("~0", "~")
        node = node.get(name) if isinstance(node, dict) else None
    return head == "#" and isinstance(node, dict)


def _find_not_strict(schema: dict[str, Any], nodes: list[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    if schema.get("type") != "object" or "anyOf" in schema:
        yield "in strict mode the root has to be of type 'object', without anyOf. Put it into a property of an object."
    for place, node in nodes:
        yield from (f"{place}: {problem} Or set strict to false." for problem in _find_not_strict_here(node))
    names = [name for _, node in nodes for key in _NAMED for name in node.get(key, {})]
    values = [value for _, node in nodes for value in node.get("enum", [])]
    constants = [node["const"] for _, node in nodes if "const" in node]
    characters = sum(len(text) for text in [*names, *values, *constants] if isinstance(text, str))
    counts = (_count_levels(schema), len(values), characters)
    for count, (unit, most) in zip(counts, _STRICT_LIMITS.items(), strict=True):
        if count > most:
            yield f"{count} {unit} exceed the limit of {most} in strict mode. Give a smaller schema."


def _find_not_strict_here(node: dict[str, Any]) -> Iterator[str]:
    if unknown := [keyword for keyword in node if keyword not in _STRICT]:
        yield f"{unknown[0]!r} is not permitted in strict mode. Remove it."
    if node.get("format", "date") not in _FORMATS:
        yield f"format {node['format']!r} is not one of {', '.join(_FORMATS)}. Remove it."
    if not node.keys() & {"type", "enum", "const", "anyOf", "$ref"}:
        yield "in strict mode a schema needs a 'type'. Add it."
    if "object" not in _kinds(node) and "properties" not in node:
        return
    if node.get("additionalProperties") is not False:
        yield "in strict mode 'additionalProperties' is required to be supplied and to be false. Add it."
    names, required = node.get("properties", {}), node.get("required", [])
    if missing := [name for name in names if name not in required]:
        rule = "'required' is required to be supplied and to be an array including every key in properties"
        cure = "Add them; for an optional one also allow the type 'null'."
        yield f"in strict mode {rule}. Missing: {', '.join(missing)}. {cure}"
    if extra := [name for name in required if name not in names]:
        yield f"required names {', '.join(extra)}, which properties does not have."


def _walk(schema: dict[str, Any], root: str) -> list[tuple[str, dict[str, Any]]]:
    """List the schemas in a schema, up to one more than the sandbox takes, each with its place: "schema.items"."""
    found = [(root, schema)]
    for place, node in found:
        if len(found) > _MOST_PARTS:
            break
        found += [(f"{place}.{step}", part) for step, part in _parts(node)]
    return found


def _parts(node: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = [(f"{key}.{name}", part) for key in _NAMED for name, part in node.get(key, {}).items()]
    found += [(f"{key}.{place}", part) for key in _LISTED for place, part in enumerate(node.get(key, []))]
    found += [(key, node[key]) for key in ("items", "additionalProperties") if key in node]
    return [(step, part) for step, part in found if isinstance(part, dict)]


def _count_levels(node: dict[str, Any]) -> int:
    """Count the objects and arrays inside one another, without following references."""
    inner = max((_count_levels(part) for _, part in _parts(node)), default=0)
    return inner + (not {"object", "array"}.isdisjoint(_kinds(node)))


def _kinds(node: dict[str, Any]) -> list[str]:
    kinds = node.get("type", [])
    return [kinds] if isinstance(kinds, str) else kinds
