"""The request bodies, declared once as JSON schemas, and the check of a body against them.

The sandbox runs where no package can be installed, so it checks with the few keywords of JSON Schema that the
declarations below use, and nothing else.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT, "minItems": 1}

_IMAGE_URL = {
    "type": "object",
    "required": ["url"],
    "properties": {"url": _TEXT, "detail": {"enum": ["auto", "low", "high"]}},
}
_PART = {
    "type": "object",
    "required": ["type"],
    "properties": {"type": {"enum": ["text", "image_url"]}, "text": _TEXT, "image_url": _IMAGE_URL},
}
_TOOL_CALL = {
    "type": "object",
    "required": ["id", "function"],
    "properties": {
        "id": _TEXT,
        "function": {
            "type": "object",
            "required": ["name", "arguments"],
            "properties": {"name": _TEXT, "arguments": _TEXT},
        },
    },
}
_MESSAGE = {
    "type": "object",
    "required": ["role"],
    "properties": {
        "role": {"enum": ["system", "developer", "user", "assistant", "tool"]},
        "content": {"anyOf": [_TEXT, {"type": "array", "items": _PART}, {"type": "null"}]},
        "tool_calls": _or_null({"type": "array", "items": _TOOL_CALL}),
        "tool_call_id": _TEXT,
    },
}
_TOOL = {
    "type": "object",
    "required": ["type", "function"],
    "properties": {
        "type": {"enum": ["function"]},
        "function": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 64},
                "description": _or_null(_TEXT),
                "parameters": _or_null({"type": "object"}),
                "strict": _or_null({"type": "boolean"}),
            },
        },
    },
}
_TOOL_CHOICE = {
    "anyOf": [
        {"enum": ["none", "auto", "required"]},
        {
            "type": "object",
            "required": ["type", "function"],
            "properties": {
                "type": {"enum": ["function"]},
                "function": {"type": "object", "required": ["name"], "properties": {"name": _TEXT}},
            },
        },
        {"type": "null"},
    ]
}


_GENERATION = {
    "model": _TEXT,
    "stream": _or_null({"type": "boolean"}),
    "stream_options": _or_null({"type": "object", "properties": {"include_usage": {"type": "boolean"}}}),
    "temperature": _or_null({"type": "number", "minimum": 0, "maximum": 2}),
    "top_p": _or_null({"type": "number", "minimum": 0, "maximum": 1}),
    "max_tokens": _or_null({"type": "integer", "minimum": 1}),
    "stop": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "maxItems": 4}, {"type": "null"}]},
    "n": _or_null({"type": "integer", "minimum": 1, "maximum": 16}),
    "seed": _or_null({"type": "integer"}),
    "user": _or_null(_TEXT),
}

CHAT_BODY: Schema = {
    "type": "object",
    "required": ["model", "messages"],
    "properties": _GENERATION
    | {
        "messages": {"type": "array", "items": _MESSAGE, "minItems": 1},
        "max_completion_tokens": _or_null({"type": "integer", "minimum": 1}),
        "tools": _or_null({"type": "array", "items": _TOOL}),
        "tool_choice": _TOOL_CHOICE,
        "parallel_tool_calls": _or_null({"type": "boolean"}),
    },
}

COMPLETION_BODY: Schema = {
    "type": "object",
    "required": ["model", "prompt"],
    "properties": _GENERATION
    | {"prompt": {"anyOf": [_TEXT, {**_TEXTS, "maxItems": 20}]}, "echo": _or_null({"type": "boolean"})},
}

EMBEDDING_BODY: Schema = {
    "type": "object",
    "required": ["model", "input"],
    "properties": {
        "model": _TEXT,
        "input": {"anyOf": [{"type": "string", "minLength": 1}, {**_TEXTS, "maxItems": 2048}]},
        "encoding_format": _or_null({"enum": ["float", "base64"]}),
        "user": _or_null(_TEXT),
    },
}

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def find_problems(schema: Schema, value: Any, path: tuple[str | int, ...] = ("body",)) -> list[dict[str, Any]]:
    """Check a value against a schema.

    Args:
        schema: a JSON schema with the keywords that this module uses.
        value: the parsed JSON.
        path: where the value stands in the body.

    Returns:
        The problems, each with `loc` (the path as a list), `msg` and `type`, as FastAPI services list them. Empty if
        the value is fine.
    """
    return list(_problems(schema, value, path))


def _problems(schema: Schema, value: Any, path: tuple[str | int, ...]) -> Iterator[dict[str, Any]]:
    def problem(message: str, kind: str, at: tuple[str | int, ...] = path) -> dict[str, Any]:
        return {"loc": list(at), "msg": message, "type": kind}

    if "anyOf" in schema:
        yield from _problems_of_choices(schema["anyOf"], value, path)
        return
    if "enum" in schema and value not in schema["enum"]:
        yield problem(f"must be one of {', '.join(map(repr, schema['enum']))}", "enum")
        return
    kind = schema.get("type")
    if kind and not _is_a(value, kind):
        yield problem(f"must be of type {kind}, but is of type {json_type(value)}", f"{kind}_type")
        return
    for keyword, wrong, message in _LIMITS:
        if keyword in schema and wrong(value, schema[keyword]):
            yield problem(message.format(schema[keyword]), keyword)
    if isinstance(value, dict):
        for name in schema.get("required", []):
            if name not in value:
                yield problem("is required, but missing", "missing", (*path, name))
        for name, part in schema.get("properties", {}).items():
            if name in value:
                yield from _problems(part, value[name], (*path, name))
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from _problems(schema["items"], item, (*path, index))


def _problems_of_choices(choices: list[Schema], value: Any, path: tuple[str | int, ...]) -> Iterator[dict[str, Any]]:
    """Report the problems of the choice that comes closest: the one of the value's own type, else all types."""
    attempts = [list(_problems(choice, value, path)) for choice in choices]
    if any(not attempt for attempt in attempts):
        return
    for choice, attempt in zip(choices, attempts, strict=True):
        if _is_a(value, choice.get("type", "string")):
            yield from attempt
            return
    kinds = " or ".join(choice.get("type", "string") for choice in choices)
    yield {"loc": list(path), "msg": f"must be of type {kinds}, but is of type {json_type(value)}", "type": "type"}


def _is_a(value: Any, kind: str) -> bool:
    # bool is a subclass of int in Python, but not in JSON.
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])


def json_type(value: Any) -> str:
    """Return the name of a value's JSON type, such as "string" or "null"."""
    return next(kind for kind in _TYPES if _is_a(value, kind))


_LIMITS = (
    ("minimum", lambda value, limit: value < limit, "must be at least {}"),
    ("maximum", lambda value, limit: value > limit, "must be at most {}"),
    ("minLength", lambda value, limit: len(value) < limit, "needs at least {} character(s)"),
    ("maxLength", lambda value, limit: len(value) > limit, "must have at most {} characters"),
    ("minItems", lambda value, limit: len(value) < limit, "needs at least {} item(s)"),
    ("maxItems", lambda value, limit: len(value) > limit, "must have at most {} items"),
)
