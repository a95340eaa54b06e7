"""The OpenAPI document, made from the routes, the types of their bodies and answers, and texts of `openapi.toml`."""

import functools
import re
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from sandbox.core import faults
from sandbox.core.assets import read_table
from sandbox.core.bodies import AnswerPart
from sandbox.core.routing import MIRRORS, ROUTES, Route
from sandbox.core.uploads import Form
from sandbox.core.version import VERSION

_TEXTS = read_table("openapi")
_KNOWN_FAULTS = ", ".join(f"`{name}` ({what})" for name, what in faults.FAULTS.items())
_FAULT = {
    "name": faults.HEADER,
    "in": "header",
    "description": f"{_TEXTS['fault']} There are: {_KNOWN_FAULTS}.",
    "schema": {"type": "string", "pattern": f"^({'|'.join(faults.FAULTS)})(;|$)"},
}


class Problem(AnswerPart):
    """What is wrong with one part of the body."""

    loc: Annotated[list[str | int], Field(description="The way to it.")]
    msg: Annotated[str, Field(description="What is wrong with it.")]
    type: Annotated[str, Field(description="A short name of the rule that it breaks.")]


class DetailError(AnswerPart):
    """What happened, why, and what to do next; for a body that breaks its schema, the list of problems."""

    detail: str | list[Problem]
    """The message, or one problem for each wrong part of the body."""


class OpenAIErrorDetails(AnswerPart):
    """What happened."""

    message: Annotated[str, Field(description="What happened, why, and what to do next.")]
    type: Annotated[str, Field(description="The kind of error, such as `rate_limit_error`.")]
    param: Annotated[str | None, Field(description="The parameter that is to blame, if it is one.")]
    code: Annotated[str | None, Field(description="A short name of the problem, such as `model_not_found`.")]


class OpenAIError(AnswerPart):
    """An error in OpenAI's form."""

    error: OpenAIErrorDetails


Error = DetailError | OpenAIError


@functools.cache
def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document. It is shared: do not change it."""
    declared = [(route.body, "validation") for route in ROUTES if route.body]
    declared += [(kind, "serialization") for route in ROUTES for kind in (route.answer, route.chunk) if kind]
    declared.append((Error, "serialization"))
    adapters = [(str(kind), mode, TypeAdapter(kind)) for kind, mode in dict.fromkeys(declared)]
    schemas, found = TypeAdapter.json_schemas(adapters, ref_template="#/components/schemas/{model}")
    references = {kind: _plain(schema) for (kind, _), schema in schemas.items()}
    components = _plain(found)["$defs"]
    components["Error"] = references[str(Error)] | {"description": _TEXTS["error"]}
    references[str(Error)] = {"$ref": "#/components/schemas/Error"}
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, references)
    key = {"type": "http", "scheme": "bearer", "description": _TEXTS["key"]}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": _TEXTS["title"],
            "version": VERSION,
            "description": _TEXTS["description"],
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": base} for base in MIRRORS],
        "security": [{"key": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(path.split("/")[1] for path in paths)],
        "paths": paths,
        "components": {"securitySchemes": {"key": key}, "schemas": components},
    }


def _plain(schema: Any) -> Any:
    """Return a schema of pydantic without what says nothing to a reader: titles, empty defaults, discriminators."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {}
    for key, part in schema.items():
        if key in ("properties", "$defs"):
            plain[key] = {name: _plain(inner) for name, inner in part.items()}
        elif key not in ("title", "discriminator", "default") and (key, part) != ("additionalProperties", True):
            # Each form is told by a constant of its own, so that it makes no difference.
            plain["anyOf" if key == "oneOf" else key] = _plain(part)
    if "const" in plain:
        return {"type": "string", "enum": [plain["const"]], "description": f"Always `{plain['const']}`."}
    if "description" in plain:
        plain["description"] = " ".join(plain["description"].split())
    return plain


def _operation(route: Route, references: dict[str, Any]) -> dict[str, Any]:
    summary, _, description = (route.endpoint.__doc__ or "").partition("\n\n")
    content = {"application/json": {"schema": references[str(route.answer)]}}
    if route.answers_text:
        content["text/plain"] = {"schema": {"type": "string"}}
    if route.chunk:
        content["text/event-stream"] = {"schema": _event_schema(references[str(route.chunk)])}
    headers = _TEXTS["headers"]
    success = {"description": " ".join(route.answer.__doc__.split()), "headers": headers, "content": content}
    error = {"headers": headers, "content": {"application/json": {"schema": references[str(Error)]}}}
    errors = {status: {"description": text} | error for status, text in _TEXTS["errors"].items()}
    if not route.body:
        del errors["413"]
    operation = {
        "operationId": f"{route.endpoint.__module__.rpartition('.')[2]}_{route.endpoint.__name__}",
        "summary": summary.rstrip("."),
        "description": " ".join(description.split()),
        "tags": [route.path.split("/")[1]],
        "parameters": [*_parameters(route), _FAULT],
        "responses": {"200": success} | errors,
    }
    if route.bases != MIRRORS:
        operation["servers"] = [{"url": base} for base in route.bases]
    if route.body:
        examples = {name: {"value": body} for name, body in route.examples.items()}
        kind = "multipart/form-data" if issubclass(route.body, Form) else "application/json"
        content = {kind: {"schema": references[str(route.body)], "examples": examples}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    """Declare what a path names, and the parameters behind it."""
    texts, plain = _TEXTS["path"], {"type": "string", "minLength": 1}
    named = re.findall(r"\{(\w+)\}", route.path)
    found = [{"name": n, "in": "path", "required": True, "description": texts[n], "schema": plain} for n in named]
    return found + [
        {"name": name, "in": "query", "description": text, "schema": plain} for name, text in route.query.items()
    ]


def _event_schema(chunk: dict[str, Any]) -> dict[str, Any]:
    """Declare one server-sent event."""
    data = {"type": "string", "contentMediaType": "application/json", "contentSchema": chunk}
    end = {"type": "string", "enum": ["[DONE]"], "description": _TEXTS["end"]}
    properties = {"data": {"anyOf": [data, end]}}
    return {"type": "object", "description": _TEXTS["events"], "required": ["data"], "properties": properties}
