"""The check of the JSON schema that a tool gives for its parameters."""

from typing import Any

from helpers.sandbox.core.bodies import json_type
from helpers.sandbox.core.errors import ApiError

_MOST_NODES = 500
_DEEPEST = 50
_LARGEST_SIZE = 1000

_TYPES = {"string", "number", "integer", "boolean", "object", "array", "null"}
_LEAST_SIZES = ("minItems", "minLength", "minProperties")
_MOST_SIZES = ("maxItems", "maxLength", "maxProperties")
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_ONE = ("items", "not", "additionalProperties", "contains")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_NAMED = ("properties", "$defs", "definitions")


def check_parameters(name: str, schema: dict[str, Any]) -> None:
    """Check the schema of a function's parameters.

    Args:
        name: the function's name, for the message.
        schema: the JSON schema.

    Raises:
        ApiError: 400 if a keyword has a value of the wrong type, or if the schema is larger or deeper than the sandbox
            takes.
    """
    open_nodes: list[tuple[Any, str, int]] = [(schema, "parameters", 0)]
    seen = 0
    while open_nodes:
        node, path, depth = open_nodes.pop()
        seen += 1
        if seen > _MOST_NODES or depth > _DEEPEST:
            limit = f"at most {_MOST_NODES} parts, nested at most {_DEEPEST} deep"
            raise _invalid(name, f"it is too large for the sandbox, which takes {limit}")
        if isinstance(node, bool):
            continue
        if not isinstance(node, dict):
            raise _invalid(name, f"{path} has to be an object, but is of type {json_type(node)}")
        if problem := _find_problem(node):
            raise _invalid(name, f"{path}.{problem}")
        parts = {keyword: node[keyword] for keyword in _ONE if keyword in node}
        for keyword in _LISTS:
            parts |= {f"{keyword}[{number}]": part for number, part in enumerate(node.get(keyword, []))}
        for keyword in _NAMED:
            parts |= {f"{keyword}.{key}": part for key, part in node.get(keyword, {}).items()}
        open_nodes += [(part, f"{path}.{keyword}", depth + 1) for keyword, part in parts.items()]


def _find_problem(node: dict[str, Any]) -> str | None:
    """Return what is wrong with the keywords of one schema, without those inside it."""
    kinds = node.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not isinstance(kinds, list) or not all(isinstance(kind, str) and kind in _TYPES for kind in kinds):
        return f"type has to be one of {', '.join(sorted(_TYPES))}, or a list of them"
    if "enum" in node and (not isinstance(node["enum"], list) or not node["enum"]):
        return "enum has to be a list that is not empty"
    required = node.get("required", [])
    if not isinstance(required, list) or not all(isinstance(key, str) for key in required):
        return "required has to be a list of strings"
    for keyword in _NUMBERS:
        if keyword in node and json_type(node[keyword]) not in ("integer", "number"):
            return f"{keyword} has to be a number"
    for keyword in _LEAST_SIZES + _MOST_SIZES:
        size = node.get(keyword, 0)
        if json_type(size) != "integer" or size < 0 or (keyword in _LEAST_SIZES and size > _LARGEST_SIZE):
            limit = f" and at most {_LARGEST_SIZE}" if keyword in _LEAST_SIZES else ""
            return f"{keyword} has to be a whole number of at least 0{limit}"
    for keyword in ("pattern", "format", "description", "$ref"):
        if not isinstance(node.get(keyword, ""), str):
            return f"{keyword} has to be a string"
    for keyword in _LISTS:
        if not isinstance(node.get(keyword, []), list):
            return f"{keyword} has to be a list"
    for keyword in _NAMED:
        if not isinstance(node.get(keyword, {}), dict):
            return f"{keyword} has to be an object"
    return None


def _invalid(name: str, problem: str) -> ApiError:
    return ApiError(400, f"Invalid schema for function {name!r}: {problem}.", "tools", "invalid_function_parameters")
