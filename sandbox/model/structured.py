"""Answers that are JSON: the rules for a schema that a client sends, and the answer under it.

Strict mode takes the keywords that OpenAI's guide to structured outputs names ("Supported schemas", February 2026) and
no others, with its limits of 10 levels, 1,000 enum values and 120,000 characters of names and values.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.core.bodies import list_problems
from sandbox.core.errors import ApiError

_MOST_PARTS, _STRICT_LEVELS, _STRICT_VALUES, _STRICT_CHARACTERS = 2000, 10, 1000, 120_000
_FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
_STRICT = frozenset(
    "type enum const anyOf $ref $defs definitions properties required additionalProperties items minItems maxItems "
    "pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf description title $schema $id".split()
)
_NAMED = ("properties", "$defs", "definitions")
_LISTED = ("anyOf", "oneOf", "allOf")
_Type = Literal["array", "boolean", "integer", "null", "number", "object", "string"]
_Number = Annotated[float, Field(ge=-1e300, le=1e300)]
_Size = Annotated[int, Field(ge=0, le=1000)]
_Schemas = Annotated[list["_Node"], Field(min_length=1)]


class _Node(BaseModel):
    """A JSON schema: what its keywords have to be."""

    model_config = ConfigDict(extra="allow", strict=True, defer_build=True)

    type: _Type | Annotated[list[_Type], Field(min_length=1)] = "string"
    enum: Annotated[list[Any], Field(min_length=1, max_length=1000)] = [None]
    required: list[str] = []
    properties: dict[str, "_Node | bool"] = {}
    defs: Annotated[dict[str, "_Node"], Field(alias="$defs")] = {}
    definitions: dict[str, "_Node"] = {}
    items: "_Node | bool" = True
    additional: Annotated["_Node | bool", Field(alias="additionalProperties")] = True
    any_of: Annotated[_Schemas | None, Field(alias="anyOf")] = None
    one_of: Annotated[_Schemas | None, Field(alias="oneOf")] = None
    all_of: Annotated[_Schemas | None, Field(alias="allOf")] = None
    pattern: str = ""
    format: str = ""
    description: str = ""
    title: str = ""
    ref: Annotated[str, Field(alias="$ref")] = ""
    minimum: _Number = 0
    maximum: _Number = 0
    exclusive_minimum: Annotated[_Number, Field(alias="exclusiveMinimum")] = 0
    exclusive_maximum: Annotated[_Number, Field(alias="exclusiveMaximum")] = 0
    multiple_of: Annotated[_Number, Field(alias="multipleOf", gt=0)] = 1
    min_items: Annotated[_Size, Field(alias="minItems")] = 0
    max_items: Annotated[int, Field(alias="maxItems", ge=0)] = 0
    min_length: Annotated[_Size, Field(alias="minLength")] = 0
    max_length: Annotated[int, Field(alias="maxLength", ge=0)] = 0


def check_schema(schema: Any, what: str, parameter: str, strict: bool) -> None:
    """Check a JSON schema that a client sends.

    Args:
        schema: the JSON schema.
        what: what it is the schema of, for the message: "function 'get_weather'".
        parameter: the request's parameter that holds it: "tools", where it has to be of an object, or another.
        strict: whether it has to keep to the rules of strict mode.

    Raises:
        ApiError: 400 with the place, the reason, and the cure.
    """
    is_tool = parameter == "tools"
    root = "parameters" if is_tool else "schema"
    problem = _find_malformed(schema, root)
    if not problem and is_tool and (schema.get("type") != "object" or "properties" not in schema):
        problem = "parameters has to be of type 'object', with properties (which may be empty)."
    if not problem and strict:
        problem = _find_not_strict(schema, root)
    if problem:
        code = "invalid_function_parameters" if is_tool else "invalid_json_schema"
        raise ApiError(400, f"Invalid schema for {what}: {problem}", parameter, code)


def _find_malformed(schema: Any, root: str) -> str | None:
    try:
        _Node.model_validate(schema)
    except ValidationError as error:
        problem = list_problems(error, schema)[0]
        return f"{'.'.join(map(str, [root, *problem['loc']]))} {problem['msg']}."
    nodes = _walk(schema, root)
    if len(nodes) > _MOST_PARTS:
        return f"it has more than the {_MOST_PARTS} parts that the sandbox takes. Give a smaller schema."
    for place, node in nodes:
        for low, high in (("minLength", "maxLength"), ("minItems", "maxItems"), ("minimum", "maximum")):
            if low in node and high in node and node[low] > node[high]:
                return f"{place}: {low} {node[low]} and {high} {node[high]} leave no value. Change one of them."
        if "array" in _kinds(node) and "items" not in node:
            return f"{place}: an array needs 'items'. Add the schema of its items."
        if "$ref" in node and not _leads_somewhere(node["$ref"], schema):
            return f"{place}: $ref {node['$ref']!r} leads nowhere. Name a part of this schema, such as '#/$defs/Item'."
        try:
            re.compile(node.get("pattern", ""))
        except (re.error, OverflowError, RecursionError) as error:
            return f"{place}: the pattern {node['pattern']!r} cannot be used: {error}."
    return None


def _leads_somewhere(reference: str, node: Any) -> bool:
    head, *steps = reference.split("/")
    for step in steps:
        name = step.replace("~1", "/").replace("~0", "~")
        node = node.get(name) if isinstance(node, dict) else None
    return head == "#" and isinstance(node, dict)


def _find_not_strict(schema: dict[str, Any], root: str) -> str | None:
    if schema.get("type") != "object" or "anyOf" in schema:
        return "in strict mode the root has to be of type 'object', without anyOf. Put it into a property of an object."
    nodes = _walk(schema, root)
    for place, node in nodes:
        if problem := _find_not_strict_here(node):
            return f"{place}: {problem} Or set strict to false."
    names = [name for _, node in nodes for key in _NAMED for name in node.get(key, {})]
    values = [value for _, node in nodes for value in node.get("enum", [])]
    constants = [node["const"] for _, node in nodes if "const" in node]
    characters = sum(len(text) for text in [*names, *values, *constants] if isinstance(text, str))
    for count, most, unit in (
        (_count_levels(schema), _STRICT_LEVELS, "levels of nesting"),
        (len(values), _STRICT_VALUES, "enum values"),
        (characters, _STRICT_CHARACTERS, "characters of names and values"),
    ):
        if count > most:
            return f"{count} {unit} exceed the limit of {most} in strict mode. Give a smaller schema."
    return None


def _find_not_strict_here(node: dict[str, Any]) -> str | None:
    if unknown := [keyword for keyword in node if keyword not in _STRICT]:
        return f"{unknown[0]!r} is not permitted in strict mode. Remove it."
    if node.get("format", "date") not in _FORMATS:
        return f"format {node['format']!r} is not one of {', '.join(_FORMATS)}. Remove it."
    if not node.keys() & {"type", "enum", "const", "anyOf", "$ref"}:
        return "in strict mode a schema needs a 'type'. Add it."
    if "object" not in _kinds(node) and "properties" not in node:
        return None
    if node.get("additionalProperties") is not False:
        return "in strict mode 'additionalProperties' is required to be supplied and to be false. Add it."
    names, required = node.get("properties", {}), node.get("required", [])
    if missing := [name for name in names if name not in required]:
        rule = (
            "in strict mode 'required' is required to be supplied and to be an array including every key in properties."
        )
        return f"{rule} Missing: {', '.join(missing)}. Add them; for an optional one also allow the type 'null'."
    extra = [name for name in required if name not in names]
    return f"required names {', '.join(extra)}, which properties does not have." if extra else None


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
