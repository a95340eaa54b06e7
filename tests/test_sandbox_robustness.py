"""Random input: whatever arrives, the sandbox answers with a message, never with a defect of its own."""

import io
import json
import string
from base64 import b64encode

import jsonschema
import pytest
from direct_requests import CHAT, KEY, chat, content, post
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sandbox.service import Sandbox

PATHS = st.sampled_from(["/v2/chat/completions", "/v2/completions", "/v2/embeddings", "/queue/chat/completions"])
MODELS = st.sampled_from(["gpt-4.1", "Llama-3.3-70B-Instruct", "text-embedding-bge-m3", "gpt-oss-120b"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(max_size=8), parts, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    "messages prompt input stream stream_options temperature max_tokens max_completion_tokens stop n seed tools "
    "tool_choice response_format reasoning_effort encoding_format dimensions echo user".split()
)
QUICK = settings(max_examples=75)


def check_reply(reply, least=400):
    """A reply has a documented status and, if it is an error, a message."""
    assert least <= reply.status < 500, content(reply)
    if reply.status >= 400:
        body = content(reply)
        assert body.get("detail") or body["error"]["message"]


@QUICK
@given(PATHS, st.binary(max_size=300))
def test_random_bytes_as_body(path, body):
    check_reply(post(Sandbox(), path, body))


@QUICK
@given(PATHS, MODELS, st.dictionaries(FIELDS, JSON, max_size=6))
def test_random_json_as_body(path, model, fields):
    reply = post(Sandbox(pace=0), path, {"model": model} | fields)
    check_reply(reply, 200)
    b"".join(piece for _, piece in reply.pieces)


@QUICK
@given(
    st.dictionaries(
        st.sampled_from(["authorization", "host", "origin", "x-sandbox-fault", "content-type", "content-length"]),
        st.text(st.characters(max_codepoint=255), max_size=40),
        min_size=1,
    )
)
def test_random_headers(headers):
    reply = Sandbox().handle("GET", "/v2/models", KEY | headers, b"")
    check_reply(reply, 200)


@QUICK
@given(st.text(string.ascii_uppercase, max_size=8), st.text(max_size=40))
def test_random_methods_and_paths(method, path):
    reply = Sandbox().handle(method, path, KEY, b"")
    check_reply(reply)


def picture_message(data, media_type="image/png"):
    url = f"data:{media_type};base64,{b64encode(data).decode()}"
    return [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]


@QUICK
@given(st.binary(max_size=400), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF"]))
def test_random_bytes_as_picture(data, start):
    check_reply(chat(Sandbox(), "gpt-4.1", messages=picture_message(start + data)))


@QUICK
@given(st.sampled_from(["PNG", "JPEG", "GIF", "WEBP"]), st.data())
def test_damaged_pictures(kind, data):
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((40, 30)).convert("RGB").save(buffer, kind)
    damaged = bytearray(buffer.getvalue())
    for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=8)):
        damaged[place] = data.draw(st.integers(0, 255))
    damaged = damaged[: data.draw(st.integers(0, len(damaged)))]
    check_reply(chat(Sandbox(), "gpt-4.1", messages=picture_message(bytes(damaged))), 200)


@QUICK
@given(st.text(max_size=200))
def test_random_urls_as_picture(url):
    messages = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]
    check_reply(chat(Sandbox(), "gpt-4.1", messages=messages))


SCHEMAS = st.recursive(
    st.sampled_from(
        [
            {"type": "string"},
            {"type": "integer", "minimum": 3},
            {"type": "boolean"},
            {"type": "null"},
            {"enum": ["a", 7]},
        ]
    ),
    lambda parts: st.one_of(
        parts.map(lambda part: {"type": "array", "items": part, "minItems": 1}),
        st.lists(parts, min_size=1, max_size=3).map(lambda several: {"anyOf": several}),
        st.dictionaries(st.text(string.ascii_lowercase, min_size=1, max_size=6), parts, max_size=4).map(
            lambda named: {"type": "object", "properties": named, "required": list(named)}
        ),
    ),
    max_leaves=8,
)


@QUICK
@given(SCHEMAS, st.text(max_size=60))
def test_an_answer_is_valid_under_its_schema(schema, text):
    wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    reply = chat(Sandbox(), "gpt-4.1", messages=[{"role": "user", "content": text}], response_format=wanted)
    assert reply.status == 200, content(reply)
    jsonschema.validate(json.loads(content(reply)["choices"][0]["message"]["content"]), schema)


@QUICK
@given(st.dictionaries(st.text(string.ascii_lowercase, min_size=1), SCHEMAS, max_size=4), st.text(max_size=60))
def test_the_arguments_of_a_call_are_valid_under_their_schema(properties, text):
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    tool = {"type": "function", "function": {"name": "save", "parameters": parameters}}
    messages = [{"role": "user", "content": text}]
    reply = chat(Sandbox(), "gpt-4.1", messages=messages, tools=[tool], tool_choice="required")
    assert reply.status == 200, content(reply)
    for call in content(reply)["choices"][0]["message"]["tool_calls"]:
        jsonschema.validate(json.loads(call["function"]["arguments"]), parameters)


@pytest.mark.parametrize("sign", ["a ", "1,", "{", "(", "\n", "A b. ", "<a>", "- x\n", "'", "ß"])
def test_four_megabytes_of_anything_do_not_hang(sign):
    text = sign * (3_500_000 // len(sign.encode()))
    reply = post(Sandbox(), CHAT, {"model": "gemini-1.5-pro", "messages": [{"role": "user", "content": text}]})
    check_reply(reply, 200)
