"""The OpenAPI document: complete, true, and tried with schemathesis over HTTP."""

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from direct_requests import content, events, post

from sandbox.adapters.server import LocalServer
from sandbox.core.routing import BASE_PATHS, ROUTES
from sandbox.service import Sandbox, openapi_document

SETTINGS = Path(__file__).parent / "openapi"
DOCUMENT = openapi_document()
EXAMPLES = [(route, name, body) for route in ROUTES for name, body in route.examples.items()]


def schema_of(name):
    """Return a component with everything that it refers to."""
    return {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}


def test_it_has_every_route_and_base_path():
    assert {(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods} == {
        (route.method, route.path) for route in ROUTES
    }
    assert [server["url"] for server in DOCUMENT["servers"]] == list(BASE_PATHS)


def test_every_component_is_a_schema_and_every_reference_leads_somewhere():
    components = DOCUMENT["components"]["schemas"]
    for schema in components.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    references = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(DOCUMENT)))
    assert references == set(components)


@pytest.mark.parametrize(("route", "name", "body"), EXAMPLES, ids=[name for _, name, _ in EXAMPLES])
@pytest.mark.parametrize("base", ["/v2", "/queue"])
def test_every_example_works_and_its_answer_is_as_declared(base, route, name, body):
    reply = post(Sandbox(pace=0), base + route.path, body)
    assert reply.status == 200, content(reply)
    if body.get("stream"):
        *chunks, done = events(reply)
        assert done == "[DONE]"
        for chunk in chunks:
            jsonschema.validate(chunk, schema_of(route.chunk.__name__))
    else:
        jsonschema.validate(content(reply), schema_of(route.answer.__name__))


def test_it_is_served_without_a_key_and_is_the_same():
    reply = Sandbox().handle("GET", "/openapi.json", {"host": "localhost"}, b"")
    assert (reply.status, content(reply)) == (200, DOCUMENT)


def test_schemathesis_finds_no_server_error_and_nothing_undocumented(tmp_path):
    server = LocalServer(Sandbox(pace=0, requests_per_minute=10**9, tokens_per_minute=10**12))
    server.serve_in_background()
    command = [Path(sys.executable).with_name("schemathesis"), "--config-file", SETTINGS / "schemathesis.toml", "run"]
    command += [server.base_url.replace("/v2", "/openapi.json"), "--url", server.base_url, "--checks", "all"]
    command += ["--max-examples", "15", "--seed", "1", "--report", "json", "--report-dir", tmp_path]
    try:
        done = subprocess.run(command, cwd=SETTINGS, capture_output=True, text=True, check=False)
    finally:
        server.stop()
    assert done.returncode == 0, done.stdout + done.stderr
    tried = int(re.search(r"(\d+) generated, \1 passed", done.stdout)[1])
    assert tried > 500, done.stdout
