"""The check of a request's body against its declaration.

The sandbox runs where no package can be installed, so it checks with the few keywords of JSON Schema that the
declarations in `bodies` use, and nothing else. A schema that a client sends is another matter, see `json_schemas`.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
Path = tuple[str | int, ...]

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_LIMITS = (
    ("minimum", lambda value, limit: value < limit, "must be at least {}"),
    ("maximum", lambda value, limit: value > limit, "must be at most {}"),
    ("minLength", lambda value, limit: len(value) < limit, "needs at least {} character(s)"),
    ("maxLength", lambda value, limit: len(value) > limit, "must have at most {} characters"),
    ("minItems", lambda value, limit: len(value) < limit, "needs at least {} item(s)"),
    ("maxItems", lambda value, limit: len(value) > limit, "must have at most {} items"),
)
KEYWORDS = {"type", "anyOf", "enum", "required", "properties", "additionalProperties", "items"} | {
    keyword for keyword, _, _ in _LIMITS
}


def find_problems(schema: Schema, value: Any, path: Path = ("body",)) -> list[dict[str, Any]]:
    """Check a value against a schema.

    Args:
        schema: a JSON schema with no other keywords for checks than `KEYWORDS`.
        value: the parsed JSON.
        path: where the value stands in the body.

    Returns:
        The problems, each with `loc` (the path as a list), `msg` and `type`, as FastAPI services list them. Empty if
        the value is fine.
    """
    return list(_problems(schema, value, path))


def _problems(schema: Schema, value: Any, path: Path) -> Iterator[dict[str, Any]]:
    if "anyOf" in schema:
        yield from _problems_of_choices(schema["anyOf"], value, path)
        return
    if "enum" in schema and not any(type(option) is type(value) and option == value for option in schema["enum"]):
        yield _problem(path, f"must be one of {', '.join(map(repr, schema['enum']))}", "enum")
        return
    kind = schema.get("type")
    if kind and not _is_a(value, kind):
        yield _problem(path, f"must be of type {kind}, but is of type {json_type(value)}", f"{kind}_type")
        return
    for keyword, is_wrong, message in _LIMITS:
        if keyword in schema and is_wrong(value, schema[keyword]):
            yield _problem(path, message.format(schema[keyword]), keyword)
    if isinstance(value, dict):
        yield from _problems_of_properties(schema, value, path)
    elif isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from _problems(schema["items"], item, (*path, index))


def _problems_of_properties(schema: Schema, value: dict[str, Any], path: Path) -> Iterator[dict[str, Any]]:
    for name in schema.get("required", ()):
        if name not in value:
            yield _problem((*path, name), "is required, but missing", "missing")
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties")
    for name, part in value.items():
        if name in properties:
            yield from _problems(properties[name], part, (*path, name))
        elif others is not None:
            yield from _problems(others, part, (*path, name))


def _problems_of_choices(choices: list[Schema], value: Any, path: Path) -> Iterator[dict[str, Any]]:
    """Report the problems of the choice that comes closest: the one of the value's own type, else all types."""
    attempts = []
    for choice in choices:
        problems = list(_problems(choice, value, path))
        if not problems:
            return
        attempts.append((choice.get("type", "string"), problems))
    for kind, problems in attempts:
        if _is_a(value, kind):
            yield from problems
            return
    kinds = " or ".join(kind for kind, _ in attempts)
    yield _problem(path, f"must be of type {kinds}, but is of type {json_type(value)}", "type")


def _problem(path: Path, message: str, kind: str) -> dict[str, Any]:
    return {"loc": list(path), "msg": message, "type": kind}


def _is_a(value: Any, kind: str) -> bool:
    # bool is a subclass of int in Python, but not in JSON; 1.0 is an integer in JSON Schema.
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[kind])


def json_type(value: Any) -> str:
    """Return the name of a value's JSON type, such as "string" or "null"."""
    return next(kind for kind in _TYPES if _is_a(value, kind))
