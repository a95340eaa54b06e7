"""The OpenAPI document: complete, true, and tried with schemathesis over HTTP."""

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pydantic
import pytest
from direct_requests import content, events, post
from openai.types import Completion, CreateEmbeddingResponse, ImagesResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent

from sandbox.adapters.server import LocalServer
from sandbox.catalogue import load_models
from sandbox.core.routing import MIRRORS, ROUTES
from sandbox.service import Sandbox, openapi_document
from tools.website.reference_examples import encode_body, fill_in, make_objects

SETTINGS = Path(__file__).parent / "openapi"
DOCUMENT = openapi_document()
EXAMPLES = [(route, name, body) for route in ROUTES for name, body in route.examples.items()]


def post_example(path, body):
    """Post an example to a sandbox that has the objects which it names."""
    sandbox = Sandbox(pace=0)

    def send(method, path, data, kind):
        headers = {"host": "localhost", "authorization": "Bearer sandbox", "content-type": kind}
        return content(sandbox.handle(method, path, headers, data))

    data, kind = encode_body(fill_in(body, make_objects(send)))
    return post(sandbox, path, data, {"content-type": kind})


def schema_of(name):
    """Return a component with everything that it refers to."""
    return {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}


def test_it_has_every_route_and_base_path():
    assert {(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods} == {
        (route.method, route.path) for route in ROUTES
    }
    assert [server["url"] for server in DOCUMENT["servers"]] == list(MIRRORS)


def test_every_component_is_a_schema_and_every_reference_leads_somewhere():
    components = DOCUMENT["components"]["schemas"]
    for schema in components.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    references = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(DOCUMENT)))
    assert references == set(components)


@pytest.mark.parametrize(("route", "name", "body"), EXAMPLES, ids=[name for _, name, _ in EXAMPLES])
@pytest.mark.parametrize("base", ["/v2", "/queue"])
def test_every_example_works_and_its_answer_is_as_declared(base, route, name, body):
    if "/audio/" in route.path:
        pytest.importorskip("pocketsphinx", reason="needs PocketSphinx, which has no wheel for this Python")
    reply = post_example(base + route.path, body)
    assert reply.status == (200 if base in route.bases else 404), content(reply)
    if reply.status == 404:
        return
    if body.get("stream"):
        *chunks, last = events(reply)
        assert (last == "[DONE]") != ("type" in last)
        for chunk in chunks if last == "[DONE]" else [*chunks, last]:
            jsonschema.validate(chunk, schema_of(route.chunk.__name__))
    else:
        jsonschema.validate(content(reply), schema_of(route.answer.__name__))


# The types of the package for what the API has, and what the sandbox sends beyond them.
API_TYPES = {
    "ChatCompletion": ChatCompletion,
    "ChatChunk": ChatCompletionChunk,
    "Completion": Completion,
    "Embeddings": CreateEmbeddingResponse,
    "Response": Response,
    "Images": ImagesResponse,
    "ResponseEvent": ResponseStreamEvent,
}
EXTENSIONS = {"reasoning", "reasoning_content", "prompt_filter_results"}


def unknown_fields(value):
    """Name the fields that the package's types do not declare, wherever they are in a value."""
    if isinstance(value, pydantic.BaseModel):
        yield from value.model_extra or {}
        for part in value.__dict__.values():
            yield from unknown_fields(part)
    for part in value if isinstance(value, list) else ():
        yield from unknown_fields(part)


@pytest.mark.parametrize(("route", "name", "body"), EXAMPLES, ids=[name for _, name, _ in EXAMPLES])
def test_the_answers_to_the_examples_fit_the_types_of_the_openai_package(route, name, body):
    reply = post_example(f"/v2{route.path}", body)
    answers = [content(reply)] if not body.get("stream") else [each for each in events(reply) if each != "[DONE]"]
    api_type = API_TYPES.get((route.chunk if body.get("stream") else route.answer).__name__)
    adapter = pydantic.TypeAdapter(api_type or dict)  # once: that of the events is large
    for answer in answers if api_type else ():
        found = adapter.validate_python(answer, strict=True)
        assert set(unknown_fields(found)) <= EXTENSIONS


def test_the_answers_of_all_models_fit_the_types_of_the_openai_package():
    sandbox = Sandbox(pace=0)
    for model in load_models().values():
        if "chat" in model.capabilities and model.path == "v2":
            body = {"model": model.id, "messages": [{"role": "user", "content": "What is a rainbow?"}], "stream": True}
            for answer in events(post(sandbox, "/v2/chat/completions", body))[:-1]:
                found = ChatCompletionChunk.model_validate(answer, strict=True)
                assert set(unknown_fields(found)) <= EXTENSIONS


def test_a_field_that_the_package_does_not_know_is_found():
    usage = {"prompt_tokens": 1, "total_tokens": 1, "cost": 2}
    answer = {"object": "list", "model": "m", "data": [], "usage": usage, "surprise": 1}
    assert set(unknown_fields(CreateEmbeddingResponse.model_validate(answer))) == {"cost", "surprise"}


def test_it_is_served_without_a_key_and_is_the_same():
    reply = Sandbox().handle("GET", "/openapi.json", {"host": "localhost"}, b"")
    assert (reply.status, content(reply)) == (200, DOCUMENT)


@pytest.mark.parametrize(
    ("base", "choice", "least"), [("/v2", "--exclude-path-regex", 500), ("/v1", "--include-path-regex", 100)]
)
def test_schemathesis_finds_no_server_error_and_nothing_undocumented(base, choice, least, tmp_path):
    server = LocalServer(Sandbox(pace=0, requests_per_minute=10**9, tokens_per_minute=10**12))
    server.serve_in_background()
    address = server.base_url.removesuffix("/v2")
    command = [Path(sys.executable).with_name("schemathesis"), "--config-file", SETTINGS / "schemathesis.toml", "run"]
    command += [f"{address}/openapi.json", "--url", address + base, choice, "^/vector_stores", "--checks", "all"]
    command += ["--max-examples", "3", "--seed", "1", "--report", "json", "--report-dir", tmp_path]
    try:
        done = subprocess.run(command, cwd=SETTINGS, capture_output=True, text=True, check=False)
    finally:
        server.stop()
    assert done.returncode == 0, done.stdout + done.stderr
    tried = int(re.search(r"(\d+) generated, \1 passed", done.stdout)[1])
    assert tried > least, done.stdout
