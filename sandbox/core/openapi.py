"""The OpenAPI document, made from the routes and from the types of their bodies and answers."""

import functools
import inspect
from typing import Any

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from sandbox.core import faults
from sandbox.core.bodies import answer
from sandbox.core.routing import BASE_PATHS, ROUTES, Route
from sandbox.core.version import VERSION

_DESCRIPTION = """\
A stand-in for the T-Systems LLM Serving API, for lessons and tests. It runs on your own machine, needs no network, and
is not a language model: simple rules make its answers. Endpoints, parameters, and errors are those of the service, as
far as it documents them.

The same endpoints exist under each of the base paths: `/v2` has the models for chat, completions, and embeddings;
`/vision` has older vision models; `/queue` mirrors `/v2`.
"""
_KEY = "The header `Authorization: Bearer KEY`. The sandbox's key is `sandbox`."
_ERRORS = {
    "400": "The request cannot be answered as it is. In the sandbox, the message names the parameter.",
    "401": "The key is missing or wrong.",
    "403": "The Host header or the Origin header names a place that the sandbox does not answer to. The service "
    "documents 403 for what a key or its plan does not include.",
    "404": "There is no such model or path.",
    "413": "The body is too large.",
    "429": "A rate limit is reached, or in the sandbox, on request, a budget. `Retry-After` says when to try again, if "
    "that helps.",
    "500": "The server failed. From the sandbox it is a defect: please report it.",
    "503": "The model is temporarily unavailable.",
}
_RATES = {
    "limit": "The most {} in a minute.",
    "remaining": "The {} that are left of the minute.",
    "reset": "When the {} count from zero again, such as `42s`.",
}
_HEADERS = {
    "x-sandbox": {"description": "Always `1`: this is the sandbox, not the service.", "required": True},
    "retry-after": {"description": "Seconds after which to try again, with some errors."},
} | {
    f"x-ratelimit-{kind}-{unit}": {"description": f"{text.format(unit)} Only models on Azure send it."}
    for kind, text in _RATES.items()
    for unit in ("requests", "tokens")
}


@answer
class Problem(TypedDict):
    """What is wrong with one part of the body."""

    loc: list[str | int]
    """The way to it."""
    msg: str
    """What is wrong with it."""
    type: str
    """A short name of the rule that it breaks."""


@answer
class DetailError(TypedDict):
    """What happened, why, and what to do next; for a body that breaks its schema, the list of problems."""

    detail: str | list[Problem]
    """The message, or one problem for each wrong part of the body."""


@answer
class OpenAIErrorDetails(TypedDict):
    """What happened."""

    message: str
    """What happened, why, and what to do next."""
    type: str
    """The kind of error, such as `rate_limit_error`."""
    param: str | None
    """The parameter that is to blame, if it is one."""
    code: str | None
    """A short name of the problem, such as `model_not_found`."""


@answer
class OpenAIError(TypedDict):
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
    components = _plain({"$defs": found["$defs"]})["$defs"]
    components["Error"] = references[str(Error)] | {
        "description": "Models that the service runs on Azure answer in OpenAI's form, everything else with `detail`."
    }
    references[str(Error)] = {"$ref": "#/components/schemas/Error"}
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, references, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sandbox of the LLM Serving API tutorials",
            "version": VERSION,
            "description": _DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": base} for base in BASE_PATHS],
        "security": [{"key": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(map(_tag, ROUTES))],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": _KEY}},
            "schemas": components,
        },
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
        plain = {"type": "string", "enum": [plain["const"]], "description": f"Always `{plain['const']}`."}
    if isinstance(plain.get("description"), str):
        plain["description"] = " ".join(plain["description"].split())
    return plain


def _tag(route: Route) -> str:
    return route.path.split("/")[1]


def _operation(route: Route, references: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    summary, _, description = (inspect.getdoc(route.endpoint) or "").partition("\n\n")
    known = ", ".join(f"`{name}` ({what})" for name, what in faults.FAULTS.items())
    fault = {
        "name": faults.HEADER,
        "in": "header",
        "description": "Only in the sandbox. Asks for a fault, such as `rate; times=2; retry-after=1`. "
        f"There are: {known}.",
        "schema": {"type": "string", "pattern": f"^({'|'.join(faults.FAULTS)})(;|$)"},
    }
    path = {
        "name": "id",
        "in": "path",
        "required": True,
        "description": "The id of a model, as in the list of models.",
        "schema": {"type": "string", "minLength": 1},
    }
    schema = references[str(route.answer)]
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    if route.chunk:
        content["text/event-stream"] = {"schema": _event_schema(references[str(route.chunk)])}
    headers = {name: {**header, "schema": {"type": "string"}} for name, header in _HEADERS.items()}
    error = {"headers": headers, "content": {"application/json": {"schema": references[str(Error)]}}}
    answer = {"description": components[schema["$ref"].rpartition("/")[2]]["description"], "headers": headers}
    operation: dict[str, Any] = {
        "operationId": f"{route.endpoint.__module__.rpartition('.')[2]}_{route.endpoint.__name__}",
        "summary": summary.rstrip("."),
        "description": " ".join(description.split()),
        "tags": [_tag(route)],
        "parameters": [path, fault] if "{id}" in route.path else [fault],
        "responses": {"200": answer | {"content": content}}
        | {status: {"description": text} | error for status, text in _ERRORS.items() if route.body or status != "413"},
    }
    if route.body:
        examples = {name: {"value": body} for name, body in route.examples.items()}
        content = {"application/json": {"schema": references[str(route.body)], "examples": examples}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _event_schema(chunk: dict[str, Any]) -> dict[str, Any]:
    """Declare one server-sent event."""
    data = {"type": "string", "contentMediaType": "application/json", "contentSchema": chunk}
    end = {"type": "string", "enum": ["[DONE]"], "description": "The end of the stream."}
    return {
        "type": "object",
        "description": "Server-sent events: lines `data: {chunk}` with an empty line between them.",
        "required": ["data"],
        "properties": {"data": {"anyOf": [data, end]}},
    }
