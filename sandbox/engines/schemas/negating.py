"""What a value may look like that is not valid under a schema.

The rule: a schema is a list of conditions, and a value is not valid if it breaks one of them. So the opposite of a
schema is one of several schemas, each of which breaks one keyword: the opposite of `{"minLength": 3}` is a string
with `{"maxLength": 2}`. Where a keyword has no opposite that can be written down (`enum`, `format`), a value that
breaks it is found by trial (see `building`).
"""

from typing import Any

from sandbox.engines.schemas.resolving import NOWHERE, find_target

TYPES = ("string", "integer", "number", "boolean", "object", "array", "null")


def opposites(schema: Any, root: Any) -> list[Any]:
    """List schemas such that a value that is valid under one of them may not be valid under the schema given."""
    if not isinstance(schema, dict):
        return [] if schema is True else [{}]
    found: list[Any] = []
    for keyword, argument in schema.items():
        found += _opposites_of(keyword, argument, schema, root)
    return found


def _opposites_of(keyword: str, argument: Any, schema: dict[str, Any], root: Any) -> list[Any]:
    """List schemas that break one keyword."""
    if keyword in _SIMPLE:
        kind, other, change = _SIMPLE[keyword]
        possible = not other.startswith("max") or not change or argument > 0
        return [{"type": kind, other: argument + change}] if possible else []
    if keyword == "type":
        kinds = argument if isinstance(argument, list) else [argument]
        others = [kind for kind in TYPES if kind not in kinds and not (kind == "integer" and "number" in kinds)]
        return [{"type": others}] if others else []
    if keyword == "pattern":
        return [{"type": "string", "not": {"pattern": argument}}]
    if keyword in ("$ref", "$dynamicRef"):
        target = find_target(argument, root)
        return [] if target is NOWHERE else [{"not": target}]
    if keyword in ("required", "properties", "additionalProperties", "dependentRequired", "patternProperties"):
        return _opposites_of_object(keyword, argument, schema)
    if keyword == "items" and not isinstance(argument, list):
        return [{"type": "array", "contains": {"not": argument}}]
    if keyword == "contains":
        return [{"type": "array", "items": {"not": argument}}]
    if keyword == "uniqueItems":
        return [{"type": "array", "minItems": 2}] if argument else []
    return _opposites_of_combination(keyword, argument, schema)


def _opposites_of_object(keyword: str, argument: Any, schema: dict[str, Any]) -> list[Any]:
    if keyword == "required":
        return [{"type": "object", "properties": {name: False}} for name in argument]
    if keyword == "dependentRequired":
        pairs = [(name, other) for name, others in argument.items() for other in others]
        return [{"type": "object", "required": [name], "properties": {other: False}} for name, other in pairs]
    if keyword == "patternProperties":
        return [
            {"type": "object", "minProperties": 1, "patternProperties": {pattern: {"not": part}}}
            for pattern, part in argument.items()
        ]
    if keyword == "additionalProperties":
        name = next(
            f"extra_{number}" for number in range(10**6) if f"extra_{number}" not in schema.get("properties", {})
        )
        argument = {name: argument}
    return [
        {"type": "object", "required": [name], "properties": {name: {"not": part}}} for name, part in argument.items()
    ]


def _opposites_of_combination(keyword: str, argument: Any, schema: dict[str, Any]) -> list[Any]:
    if keyword == "not":
        return [argument]
    if keyword == "allOf":
        return [{"not": part} for part in argument]
    if keyword == "anyOf":
        return [{"allOf": [{"not": part} for part in argument]}]
    if keyword == "oneOf":
        pairs = [{"allOf": [argument[0], part]} for part in argument[1:]]
        return [{"allOf": [{"not": part} for part in argument]}, *pairs]
    if keyword == "if":
        fails = [{"allOf": [argument, {"not": schema["then"]}]}] if "then" in schema else []
        return fails + ([{"allOf": [{"not": argument}, {"not": schema["else"]}]}] if "else" in schema else [])
    return [{}] if keyword in ("enum", "const", "format", "multipleOf", "propertyNames") else []


_SIMPLE: dict[str, tuple[Any, str, int]] = {
    "minimum": (["number", "integer"], "exclusiveMaximum", 0),
    "maximum": (["number", "integer"], "exclusiveMinimum", 0),
    "exclusiveMinimum": (["number", "integer"], "maximum", 0),
    "exclusiveMaximum": (["number", "integer"], "minimum", 0),
    "minLength": ("string", "maxLength", -1),
    "maxLength": ("string", "minLength", 1),
    "minItems": ("array", "maxItems", -1),
    "maxItems": ("array", "minItems", 1),
    "minProperties": ("object", "maxProperties", -1),
    "maxProperties": ("object", "minProperties", 1),
}
