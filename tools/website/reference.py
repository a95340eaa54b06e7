"""The HTTPS reference: one page for each endpoint, made from the sandbox's OpenAPI document while the site is built.

What is in the document is on the pages: a new endpoint, parameter, or error needs no line here. The answers on the
pages are computed by the sandbox (see `reference_examples`).
"""

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from sandbox.catalogue import load_models
from sandbox.core.replies import Reply
from sandbox.core.requests import MAX_BODY_BYTES
from sandbox.core.version import VERSION
from sandbox.service import openapi_document
from tools.website.reference_examples import (
    OBJECTS,
    ask,
    curl_command,
    fill_in,
    show_answer,
    show_head,
    show_reply,
    text_of,
    with_base,
)
from tools.website.reference_fields import (
    Schema,
    anchor_of,
    component_name,
    describe_type,
    escape,
    field_list,
    reachable_components,
)

FOLDER = "reference"

_INDEX = Path(__file__).with_name("reference_index.md")
_FAULT = "X-Sandbox-Fault"
_EXAMPLE_MODEL = "gpt-oss-120b"
_LIMITS = "Limits and defaults on this page are the sandbox's; the service may have others."
_AZURE_MODELS = {"LLM": "gpt-5", "EMBEDDING": "text-embedding-ada-002"}


def reference_pages() -> dict[str, str]:
    """Write the pages of the reference.

    Returns:
        The Markdown of each page by its source path below docs/, in the order of the navigation.
    """
    document = openapi_document()
    operations = [
        _Operation(method.upper(), path, declaration, document["components"]["schemas"])
        for path, methods in document["paths"].items()
        for method, declaration in methods.items()
    ]
    pages = {f"{FOLDER}/index.md": _index(operations, document)}
    for operation in operations:
        pages |= {f"{FOLDER}/{name}": page for name, page in operation.pages()}
    return pages


class _Operation:
    """One endpoint with one method.

    Args:
        method: the HTTP method.
        path: the path below the base path, with "{id}" for a part that varies.
        declaration: what the OpenAPI document says of it.
        components: the schemas that the declaration refers to.
    """

    def __init__(self, method: str, path: str, declaration: dict[str, Any], components: dict[str, Schema]):
        self.method = method
        base = declaration.get("servers", [{"url": "/v2"}])[0]["url"]
        self.path = path if base == "/v2" else base + path
        self.summary: str = declaration["summary"]
        self.file = _file_name(method, path)
        self.parameters: list[dict[str, Any]] = declaration["parameters"]
        # Ids of other objects are random, so examples have them in variables.
        own_path = self.path.replace("{id}", _EXAMPLE_MODEL)
        self.own_path = re.sub(r"\{(\w+)\}", lambda name: f"${name[1].upper()}", own_path)
        self._description: str = declaration["description"]
        self._responses: dict[str, dict[str, Any]] = declaration["responses"]
        self._components = components
        body = next(iter(declaration.get("requestBody", {}).get("content", {}).values()), {})
        self._body_schema: Schema = components[component_name(body["schema"])] if body else {}
        self._examples: dict[str, Any] = {name: entry["value"] for name, entry in body.get("examples", {}).items()}
        self._first_body: dict[str, Any] | None = next(iter(self._examples.values()), None)

    def pages(self) -> Iterator[tuple[str, str]]:
        """Give the endpoint's page, and a page with more examples if it has any: file name and Markdown."""
        examples_file = self.file.replace(".md", "-examples.md")
        others = list(self._examples.items())[1:]
        blocks = [f"# {self.summary}", f"```text\n{self.method} {with_base(self.path)}\n```", escape(self._description)]
        if self._body_schema:
            blocks.append(_LIMITS)
        blocks.append("## Example")
        if names := dict.fromkeys(re.findall(r"\$([A-Z]+)", json.dumps([self.own_path, self._first_body]))):
            listed, ids = (
                " and ".join(f"`{name}`" for name in names),
                "id of one" if len(names) == 1 else "ids of those",
            )
            blocks.append(f"Before this command, set {listed} to the {ids} that you have made.")
        blocks += [*_exchange(self.method, self.own_path, self._first_body)]
        if others:
            blocks.append(
                f"[More examples]({examples_file}): {', '.join(name[0].lower() + name[1:] for name, _ in others)}."
            )
        blocks += [*self._request(), *self._answer(), *self._stream(), *self._headers(), *self._errors()]
        yield self.file, "\n\n".join(blocks) + "\n"
        if others:
            yield examples_file, "\n\n".join(self._more_examples(others)) + "\n"

    def _more_examples(self, examples: list[tuple[str, Any]]) -> Iterator[str]:
        yield f"# {self.summary}: examples"
        yield (
            f"Requests to [`{self.method} {with_base(self.path)}`]({self.file}), and what the sandbox answers. A real "
            "model answers in the same form with other words."
        )
        for name, body in examples:
            yield f"## {name}"
            yield from _exchange(self.method, self.own_path, body)

    def _request(self) -> Iterator[str]:
        yield "## Request {#request}"
        yield "The [headers of a request](index.md#request-headers) are the same for every endpoint."
        for place, name in (("path", "Path"), ("query", "Query")):
            if found := [parameter for parameter in self.parameters if parameter["in"] == place]:
                yield f"### {name} {{#{place}}}"
                yield _parameter_list(found)
        if self._body_schema:
            yield "### Body {#body}"
            yield field_list(self._body_schema, self._components, "body.", of_request=True)
            for name in reachable_components(self._body_schema, self._components):
                yield from _object(name, self._components, of_request=True)

    def _answer(self) -> Iterator[str]:
        yield "## Answer {#answer}"
        for name in self._answer_components():
            yield from _object(name, self._components, of_request=False)

    def _stream(self) -> Iterator[str]:
        events = self._content("text/event-stream")
        if not events:
            return
        yield "## Stream {#stream}"
        yield "With `stream` the answer comes as [server-sent events](index.md#streams), one for each chunk."
        new = [name for name in reachable_components(events, self._components) if name not in self._answer_components()]
        if not new:
            yield "A chunk looks like the whole [answer](#answer), with a piece of the text."
        for name in new:
            yield from _object(name, self._components, of_request=False)

    def _headers(self) -> Iterator[str]:
        yield "## Headers of the answer {#headers}"
        headers = self._responses["200"]["headers"]
        yield "\n".join(f"-   **`{name}`**: {escape(header['description'])}" for name, header in headers.items())
        on_azure = self._on_azure(self.own_path, self._first_body)
        if on_azure and "x-ratelimit-limit-requests" in (reply := ask(self.method, *on_azure)).headers:
            yield "A model on Azure answers with these:"
            yield show_head(reply)

    def _errors(self) -> Iterator[str]:
        yield "## Errors {#errors}"
        yield "The messages are the sandbox's own. Let your program decide by the status."
        for status, response in self._responses.items():
            if status == "200":
                continue
            yield f"### {status} {HTTPStatus(int(status)).phrase} {{#error-{status}}}"
            yield f"{escape(response['description'])} [What to do about {status}](../errors-and-limits.md#{status})"
            for how, reply in self._provoke(status):
                yield f"{how}:"
                yield show_reply(reply)

    def _provoke(self, status: str) -> Iterator[tuple[str, Reply]]:
        """Give what leads to an error, and the error, in both forms where there are two."""
        for how, path, body, headers in self._provocations(status):
            yield how, ask(self.method, path, body, headers)
            on_azure = self._on_azure(path, body)
            if on_azure and "error" in json.loads(text_of(reply := ask(self.method, *on_azure, headers))):
                yield "The same from a model on Azure", reply

    def _provocations(self, status: str) -> Iterator[tuple[str, str, dict[str, Any] | str | None, dict[str, str]]]:
        """Give requests that lead to an error: what is special about them, the path, the body, and headers."""
        path, body = self.own_path, self._first_body
        unknown = dict.fromkeys(OBJECTS, "none")
        if status == "400" and body:
            missing = self._body_schema["required"][-1]
            rest = {name: value for name, value in body.items() if name != missing}
            yield f"Without `{missing}`", path, rest, {}
        elif status == "400":
            yield f"With an unknown fault, `{_FAULT}: none`", path, body, {_FAULT.lower(): "none"}
        elif status == "401":
            yield "With a wrong key", path, body, {"authorization": "Bearer wrong"}
        elif status == "403":
            yield "With the header `Host: sandbox.example`", path, body, {"host": "sandbox.example"}
        elif status == "404" and "$" in json.dumps([path, body]):
            yield "With an unknown id", fill_in(path, unknown), fill_in(body, unknown), {}
        elif status == "404" and body and "model" in body:
            yield "With an unknown model", path, body | {"model": "none"}, {}
        elif status == "404" and "{id}" in self.path:
            yield "With an unknown model", self.path.replace("{id}", "none"), body, {}
        elif status == "404":
            yield "With an unknown path", "/none", body, {}
        elif status == "413":
            yield f"With a body of more than {MAX_BODY_BYTES // 2**20} MiB", path, " " * (MAX_BODY_BYTES + 1), {}
        for fault in {"429": ("rate", "budget"), "503": ("unavailable",)}.get(status, ()):
            yield f"With `{_FAULT}: {fault}`", path, body, {_FAULT.lower(): fault}

    def _on_azure(self, path: str, body: Any) -> tuple[str, Any] | None:
        """Return the path and the body for a model on Azure, None if the request names none, or one that is there."""
        models = load_models()
        name = body.get("model") if isinstance(body, dict) else path.rpartition("/")[2]
        if name not in models or models[name].hosting == "azure":
            return None
        other = _AZURE_MODELS.get(models[name].meta_data["model_type"])
        if other is None:
            return None
        return (path, body | {"model": other}) if isinstance(body, dict) else (path.replace(name, other), body)

    def _answer_components(self) -> list[str]:
        return reachable_components(self._content("application/json"), self._components)

    def _content(self, media_type: str) -> Schema:
        return self._responses["200"]["content"].get(media_type, {}).get("schema", {})


def _parameter_list(parameters: list[dict[str, Any]]) -> str:
    """Write parameters of the path or the header as a list."""
    return "\n".join(
        f"-   **`{parameter['name']}`**: {describe_type(parameter['schema'])}"
        f"{', **required**' if parameter.get('required') else ''}  \n    {escape(parameter['description'])}"
        for parameter in parameters
    )


def _object(name: str, components: dict[str, Schema], of_request: bool) -> Iterator[str]:
    """Write an object with its fields, under a heading that types link to."""
    schema = components[name]
    yield f"### {name} {{#{anchor_of(name)}}}"
    yield escape(schema["description"])
    if "anyOf" in schema:
        yield f"It is {describe_type(schema)}."
    yield field_list(schema, components, f"{anchor_of(name)}.", of_request)


def _file_name(method: str, path: str) -> str:
    """Name the page of an endpoint: `list-models.md`, `get-model.md`, `chat-completions.md`."""
    name = "-".join(part for part in path.split("/") if part and "{" not in part)
    if method == "POST":
        return f"{name}.md"
    if method == "DELETE":
        return f"delete-{name.removesuffix('s')}.md"
    return f"get-{name.removesuffix('s')}.md" if path.endswith("}") else f"list-{name}.md"


def _index(operations: list[_Operation], document: dict[str, Any]) -> str:
    rows = [f"| [{each.summary}]({each.file}) | `{each.method} {with_base(each.path)}` |" for each in operations]
    components = document["components"]["schemas"]
    errors = reachable_components(components["Error"], components)
    places = {
        "version": VERSION,
        "endpoints": "\n".join(["| What it does | Method and path |", "|---|---|", *rows]),
        "headers": _parameter_list(_request_headers(operations, document)),
        "errors": "\n\n".join(block for name in errors for block in _object(name, components, of_request=False)),
        "fault": "\n\n".join(_exchange("GET", f"/models/{_EXAMPLE_MODEL}", None, {_FAULT: "unavailable"})),
    }
    text = _INDEX.read_text("utf-8")
    for place, content in places.items():
        text = text.replace(f"<!-- {place} -->", content)
    return text


def _request_headers(operations: list[_Operation], document: dict[str, Any]) -> list[dict[str, Any]]:
    """List the headers that all requests may have, as parameters."""
    text = {"type": "string"}
    key, *others = document["components"]["securitySchemes"].values()
    body = "The type of the body: `application/json`, or `multipart/form-data` where files are sent."
    return [
        {"name": "Authorization", "schema": text, "required": True, "description": key["description"]},
        {"name": "Content-Type", "schema": text, "description": body},
        *[other | {"schema": text} for other in others],
        *[parameter for parameter in operations[0].parameters if parameter["in"] == "header"],
    ]


def _exchange(
    method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str] | None = None
) -> Iterator[str]:
    """Write a request as a command, and what the sandbox answers."""
    yield f"```bash\n{curl_command(method, path, body, headers)}\n```"
    yield "The sandbox answers:"
    lower = {name.lower(): value for name, value in (headers or {}).items()}
    yield show_answer(text_of(ask(method, path, body, lower)))
