"""The JSON schemas of the OpenAPI document as Markdown: one list of fields for each object."""

import re
from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_REFERENCE = "#/components/schemas/"
_CODE = re.compile(r"(`[^`]*`)")
_SPECIAL = re.compile(r"([\\*_\[\]])")
_PLURALS = {"string": "strings", "number": "numbers", "integer": "integers"}
_LIMITS = (
    ("minimum", "maximum", ""),
    ("minLength", "maxLength", " characters"),
    ("minItems", "maxItems", " items"),
)


def escape(text: str) -> str:
    """Write a text of the document so that Markdown shows it as it stands. Only its code spans keep their meaning."""
    parts = _CODE.split(text)
    for index in range(0, len(parts), 2):
        plain = _SPECIAL.sub(r"\\\1", parts[index])
        parts[index] = plain.replace("&", "&amp;").replace("<", "&lt;").replace("{", "&#123;").replace("|", "&#124;")
    return "".join(parts)


def component_name(reference: Schema) -> str:
    """Return the name of the component that a reference leads to."""
    return reference["$ref"].removeprefix(_REFERENCE)


def anchor_of(component: str) -> str:
    """Return the id of a component's heading."""
    return component.lower()


def reachable_components(schema: Any, components: dict[str, Schema]) -> list[str]:
    """List the components that a schema needs, each followed by those that it needs itself."""
    names: list[str] = []
    waiting = list(_references(schema))
    while waiting:
        name = waiting.pop(0)
        if name not in names:
            names.append(name)
            waiting = [*_references(components[name]), *waiting]
    return names


def _references(schema: Any) -> Iterator[str]:
    """Give the names of the components that stand in a schema."""
    if isinstance(schema, list):
        for part in schema:
            yield from _references(part)
    elif isinstance(schema, dict):
        if "$ref" in schema:
            yield component_name(schema)
        for part in schema.values():
            yield from _references(part)


def describe_type(schema: Schema) -> str:
    """Write what a value may be, with links to the objects, and its limits."""
    if "$ref" in schema:
        name = component_name(schema)
        return f"[{name}](#{anchor_of(name)})"
    if "anyOf" in schema:
        return " or ".join(map(describe_type, schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(f"`{value}`" if value else "empty" for value in schema["enum"])
    if schema.get("format") == "binary":
        return "file"
    kinds = schema.get("type", "anything")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return " or ".join(_describe_kind(kind, schema) for kind in kinds) + _limits(schema)


def _describe_kind(kind: str, schema: Schema) -> str:
    if kind == "array":
        return f"list of {_describe_types(schema['items'])}"
    values = schema.get("additionalProperties")
    if kind == "object" and isinstance(values, dict):
        return f"object whose values are {_describe_types(values)}" if values else "JSON object"
    return kind


def _describe_types(schema: Schema) -> str:
    """Write what several values may be."""
    plural = _PLURALS.get(str(schema.get("type")))
    return f"{plural}{_limits(schema)}" if plural else describe_type(schema)


def _limits(schema: Schema) -> str:
    """Write the limits of a number, a text, or a list in parentheses; "" if there are none that say something."""
    for lower, upper, unit in _LIMITS:
        least, most = schema.get(lower), schema.get(upper)
        if least is not None and most is not None:
            return f" ({least:,} to {most:,}{unit})"
        if most is not None:
            return f" (at most {most:,}{unit})"
        if least == 1 and unit:
            return " (not empty)"
        if least:
            return f" (at least {least:,}{unit})"
    return ""


def field_list(schema: Schema, components: dict[str, Schema], prefix: str, of_request: bool) -> str:
    """Write the fields of an object as a list.

    Args:
        schema: the object.
        components: the document's components.
        prefix: what the ids of the list's items begin with.
        of_request: whether the reader sends the object. Then its required fields come first; in an answer, a field is
            there unless the list says otherwise.
    """
    needed = schema.get("required", [])
    fields = list(schema.get("properties", {}).items())
    if of_request:
        fields.sort(key=lambda field: field[0] not in needed)
    items = []
    for name, field in fields:
        facts = [describe_type(field)]
        if of_request and name in needed:
            facts.append("**required**")
        if not of_request and name not in needed:
            facts.append("not always there")
        text = escape(describe(field, components))
        items.append(f"-   **`{name}`**: {', '.join(facts)}  \n    {text}\n    {{: #{prefix}{name} }}")
    return "\n".join(items)


def describe(field: Schema, components: dict[str, Schema]) -> str:
    """Return the description of a field: its own, else that of the object that it is."""
    choices = [field, *field.get("anyOf", [])]
    choices += [components[component_name(choice)] for choice in choices if "$ref" in choice]
    return next((choice["description"] for choice in choices if "description" in choice), "")
