"""The OpenAPI document, made from the routes and the declarations of bodies and answers."""

import functools
from typing import Any

from sandbox.core import answers, faults
from sandbox.core.checking import Schema
from sandbox.core.routes import BASE_PATHS, ROUTES, Route
from sandbox.core.version import VERSION

_DESCRIPTION = """\
A stand-in for the T-Systems LLM Serving API, for lessons and tests. It runs on your own machine, needs no network, and
is not a language model: simple rules make its answers. Endpoints, parameters, and errors are those of the service, as
far as it documents them.

The same endpoints exist under each of the base paths: `/v2` has the models for chat, completions, and embeddings;
`/vision` has older vision models; `/queue` mirrors `/v2`.
"""
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
_RATE_HEADERS = {
    "limit-requests": "The most requests in a minute.",
    "limit-tokens": "The most tokens in a minute, those of input and output together.",
    "remaining-requests": "The requests that are left of the minute.",
    "remaining-tokens": "The tokens that are left of the minute.",
    "reset-requests": "When the requests count from zero again, such as `42s`.",
    "reset-tokens": "When the tokens count from zero again, such as `42s`.",
}
_HEADERS = {
    "x-sandbox": {"description": "Always `1`: this is the sandbox, not the service.", "required": True},
    "retry-after": {"description": "Seconds after which to try again, with some errors."},
} | {
    f"x-ratelimit-{name}": {"description": f"{what} Only models on Azure send it."}
    for name, what in _RATE_HEADERS.items()
}


@functools.cache
def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document. It is shared: do not change it."""
    components: dict[str, Schema] = {}
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, components)
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
        "tags": [{"name": _tag(route)} for route in {_tag(route): route for route in ROUTES}.values()],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The header `Authorization: Bearer KEY`. The sandbox's key is `sandbox`.",
                }
            },
            "schemas": components,
        },
    }


def _tag(route: Route) -> str:
    return route.path.split("/")[1]


def _operation(route: Route, components: dict[str, Schema]) -> dict[str, Any]:
    known = ", ".join(f"`{name}` ({what})" for name, what in faults.FAULTS.items())
    operation: dict[str, Any] = {
        "operationId": route.endpoint.__module__.rpartition(".")[2] + "_" + route.endpoint.__name__,
        "summary": route.summary,
        "description": route.description,
        "tags": [_tag(route)],
        "parameters": [
            {
                "name": faults.HEADER,
                "in": "header",
                "description": f"Only in the sandbox. Asks for a fault, such as `rate; times=2; retry-after=1`. "
                f"There are: {known}.",
                "schema": {"type": "string", "pattern": f"^({'|'.join(faults.FAULTS)})(;|$)"},
            }
        ],
        "responses": _responses(route, components),
    }
    if "{id}" in route.path:
        operation["parameters"].insert(
            0,
            {
                "name": "id",
                "in": "path",
                "required": True,
                "description": "The id of a model, as in the list of models.",
                "schema": {"type": "string", "minLength": 1},
            },
        )
    if route.body:
        examples = {name: {"value": body} for name, body in route.examples.items()}
        content = {"application/json": {"schema": _hoist(route.body, components), "examples": examples}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _responses(route: Route, components: dict[str, Schema]) -> dict[str, Any]:
    content = {"application/json": {"schema": _hoist(route.answer, components)}}
    if route.chunk:
        content["text/event-stream"] = {"schema": _event_schema(_hoist(route.chunk, components))}
    headers = {name: {**header, "schema": {"type": "string"}} for name, header in _HEADERS.items()}
    error = {"application/json": {"schema": _hoist(answers.ERROR, components)}}
    return {"200": {"description": route.answer["description"], "headers": headers, "content": content}} | {
        status: {"description": description, "headers": headers, "content": error}
        for status, description in _ERRORS.items()
        if route.body or status != "413"
    }


def _event_schema(chunk: Schema) -> Schema:
    """Declare one server-sent event."""
    return {
        "type": "object",
        "description": "Server-sent events: lines `data: {chunk}` with an empty line between them.",
        "required": ["data"],
        "properties": {
            "data": {
                "anyOf": [
                    {"type": "string", "contentMediaType": "application/json", "contentSchema": chunk},
                    {"type": "string", "enum": ["[DONE]"], "description": "The end of the stream."},
                ]
            }
        },
    }


def _hoist(schema: Any, components: dict[str, Schema]) -> Any:
    """Return the schema with each part that has a title moved to the components and referred to."""
    if isinstance(schema, list):
        return [_hoist(part, components) for part in schema]
    if not isinstance(schema, dict):
        return schema
    hoisted = {name: _hoist(part, components) for name, part in schema.items()}
    title = hoisted.get("title")
    if not isinstance(title, str):
        return hoisted
    components[title] = hoisted
    return {"$ref": f"#/components/schemas/{title}"}
