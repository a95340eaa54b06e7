"""The strict check of replies: it takes what is right and refuses what is broken, one defect at a time."""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from strict_replies import watch

from sandbox.core.errors import ConnectionLost
from sandbox.core.replies import Reply
from sandbox.service import Sandbox

CHAT_PATH = "/v2/chat/completions"
JPEG = {"content-type": "image/jpeg", "x-sandbox": "1"}
EVENTS = {"content-type": "text/event-stream", "x-sandbox": "1"}
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
MODEL = {"id": "m", "object": "model", "created": 1, "owned_by": "o", "meta_data": {"hidden_size": 0}}
CALL = {"id": "call-1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
ANSWER = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
    "usage": USAGE,
}
EMBEDDINGS = {
    "object": "list",
    "model": "m",
    "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 1]}],
    "usage": {"prompt_tokens": 1, "total_tokens": 1},
}
COMPLETION = ANSWER | {
    "object": "text_completion",
    "choices": [{"index": 0, "text": "Hi", "finish_reason": "stop", "logprobs": None}],
}


def check(body, *, status=200, asked=None, method="POST", path=CHAT_PATH, headers=None, request_headers=None):
    """Pass one reply through the check; return what it reports, and the reply as the client gets it."""
    stream = isinstance(body, list)
    if not stream:
        body = [body if isinstance(body, bytes) else json.dumps(body).encode()]
    content_type = "text/event-stream; charset=utf-8" if stream else "application/json"
    pieces = [(0.0, piece) for piece in body]
    reply = Reply(
        status, headers or {"content-type": content_type, "x-sandbox": "1"}, iter(pieces) if stream else pieces
    )
    reports = []
    handle = watch(lambda *_: reply, reports.append)
    answer = handle(None, method, path, request_headers or {}, json.dumps(asked or {"stream": stream}).encode())
    assert list(answer.pieces) == pieces
    return reports


def changed(value, path, new):
    """Return a copy with one part replaced; None as `new` removes it."""
    value = copy.deepcopy(value)
    *way, last = path
    part = value
    for step in way:
        part = part[step]
    if new is None:
        del part[last]
    else:
        part[last] = new
    return value


def event(content):
    return b"data: " + json.dumps(content).encode() + b"\n\n"


def chunk(delta=None, finish_reason=None, index=0, **fields):
    choices = [] if delta is None else [{"index": index, "delta": delta, "finish_reason": finish_reason}]
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices} | fields


FIRST = chunk({"role": "assistant", "content": ""})
TEXT = chunk({"content": "Hi"})
LAST = chunk({}, "stop")
DONE = b"data: [DONE]\n\n"
STREAM = [event(FIRST), event(TEXT), event(LAST), DONE]


def call_chunk(index, **fields):
    return event(chunk({"tool_calls": [{"index": index, **fields}]}))


CALL_BEGINS = {"id": "c", "type": "function", "function": {"name": "f", "arguments": ""}}
CALL_GOES_ON = {"function": {"arguments": "{}"}}
CALL_STREAM = [event(FIRST), call_chunk(0, **CALL_BEGINS), call_chunk(0, **CALL_GOES_ON), event(LAST), DONE]


@pytest.mark.parametrize(
    ("body", "options"),
    [
        (ANSWER, {}),
        (ANSWER, {"path": "/queue/chat/completions"}),
        (changed(ANSWER, ["choices", 0, "message", "reasoning_content"], "Hm."), {}),
        (MODEL, {"method": "GET", "path": "/v2/models/some/model"}),
        ({"object": "list", "data": [MODEL]}, {"method": "GET", "path": "/vision/models"}),
        (EMBEDDINGS, {"path": "/v2/embeddings", "asked": {"input": "a"}}),
        (
            changed(EMBEDDINGS, ["data", 0, "embedding"], "AAAAAA=="),
            {"path": "/v2/embeddings", "asked": {"input": ["a"], "encoding_format": "base64"}},
        ),
        (COMPLETION, {"path": "/v2/completions", "asked": {"prompt": ["a"]}}),
        (b"\xff\xd8 and so on", {"method": "GET", "path": "/assets/a.jpg", "headers": JPEG}),
        ({"openapi": "3.1.0"}, {"method": "GET", "path": "/openapi.json"}),
        (b"", {"method": "OPTIONS", "status": 204}),
        ({"detail": "No."}, {"status": 404}),
        ({"detail": [{"loc": ["body"], "msg": "m", "type": "t"}]}, {"status": 400}),
        ({"error": {"message": "No.", "type": "t", "param": None, "code": None}}, {"status": 400}),
        (STREAM, {}),
        ([b"".join(STREAM)[:30], b"".join(STREAM)[30:]], {}),
        (CALL_STREAM, {}),
        ([event(chunk(prompt_filter_results=[])), *STREAM], {}),
        (
            [*STREAM[:3], event(chunk(usage=USAGE)), DONE],
            {"asked": {"stream": True, "stream_options": {"include_usage": True}}},
        ),
        (STREAM[:2], {"request_headers": {"x-sandbox-fault": "broken-stream"}}),
        ([*STREAM[:2], event({"detail": "Sorry."})], {"request_headers": {"x-sandbox-fault": "error-in-stream"}}),
        (
            [
                event(COMPLETION | {"choices": [COMPLETION["choices"][0] | {"finish_reason": None}], "usage": None}),
                event(COMPLETION | {"usage": None}),
                DONE,
            ],
            {"path": "/v2/completions"},
        ),
    ],
)
def test_what_is_right_is_taken(body, options):
    assert check(body, **options) == []


@pytest.mark.parametrize(
    ("body", "options", "problem"),
    [
        (ANSWER | {"surprise": 1}, {}, "unknown fields: ChatCompletion.surprise"),
        (changed(ANSWER, ["choices", 0, "message", "thoughts"], "Hm."), {}, "ChatCompletionMessage.thoughts"),
        (changed(ANSWER, ["usage", "cost"], 1), {}, "CompletionUsage.cost"),
        (changed(ANSWER, ["id"], None), {}, "id\n  Field required"),
        (changed(ANSWER, ["created"], "1"), {}, "created\n  Input should be a valid integer"),
        (changed(ANSWER, ["created"], 1.5), {}, "created\n  Input should be a valid integer"),
        (changed(ANSWER, ["object"], "chat.completion.chunk"), {}, "object\n  Input should be 'chat.completion'"),
        (changed(ANSWER, ["choices", 0, "finish_reason"], "done"), {}, "finish_reason"),
        (changed(ANSWER, ["choices", 0, "index"], 1), {}, "wrong choices"),
        (ANSWER, {"asked": {"n": 2}}, "wrong choices"),
        (changed(ANSWER, ["choices", 0, "message", "content"], None), {}, "neither content nor tool calls"),
        (changed(ANSWER, ["choices", 0, "message", "tool_calls"], [CALL, CALL]), {}, "two tool calls with one id"),
        (
            changed(ANSWER, ["choices", 0, "message", "tool_calls"], [changed(CALL, ["function", "arguments"], "{")]),
            {},
            "no valid JSON",
        ),
        (changed(ANSWER, ["usage"], None), {}, "usage is missing"),
        (changed(ANSWER, ["usage", "total_tokens"], 6), {}, "not the sum"),
        (ANSWER, {"asked": {"stream": True}}, "a whole answer, although a stream"),
        (ANSWER, {"path": "/v2/responses"}, "no type is known"),
        (ANSWER, {"path": "/v9/chat/completions"}, "no type is known"),
        (ANSWER, {"status": 201}, "neither 200 nor an error"),
        (ANSWER, {"headers": {"content-type": "application/json"}}, "x-sandbox is missing"),
        (ANSWER, {"headers": {"content-type": "text/html", "x-sandbox": "1"}}, "content type is text/html"),
        (b"<html></html>", {}, "no valid ChatCompletion"),
        (b"", {"method": "HEAD", "headers": {"content-type": "application/json"}}, "x-sandbox is missing"),
        (MODEL | {"size": 1}, {"method": "GET", "path": "/v2/models/m"}, "Model.size"),
        ({"object": "lists", "data": [MODEL]}, {"method": "GET", "path": "/v2/models"}, "object"),
        (EMBEDDINGS, {"path": "/v2/embeddings", "asked": {"input": ["a", "b"]}}, "wrong indexes"),
        (EMBEDDINGS, {"path": "/v2/embeddings", "asked": {"input": "a", "encoding_format": "base64"}}, "embedding"),
        (changed(EMBEDDINGS, ["data", 0, "embedding"], "AAAAAA=="), {"path": "/v2/embeddings"}, "list_type"),
        (
            changed(EMBEDDINGS, ["data", 0, "embedding"], "AAA="),
            {"path": "/v2/embeddings", "asked": {"input": "a", "encoding_format": "base64"}},
            "no list of 32-bit floats",
        ),
        (
            changed(EMBEDDINGS, ["data", 0, "embedding"], "%"),
            {"path": "/v2/embeddings", "asked": {"input": "a", "encoding_format": "base64"}},
            "no base64",
        ),
        (
            changed(COMPLETION, ["choices", 0, "finish_reason"], "tool_calls"),
            {"path": "/v2/completions"},
            "finish_reason",
        ),
        (b"no picture", {"method": "GET", "path": "/assets/a.jpg", "headers": JPEG}, "no JPEG"),
        ({"paths": {}}, {"method": "GET", "path": "/openapi.json"}, "which OpenAPI"),
        ({"message": "No."}, {"status": 404}, "an error is {detail} or {error}"),
        ({"detail": "No.", "error": {}}, {"status": 404}, "an error is {detail} or {error}"),
        ({"detail": ""}, {"status": 404}, "detail is ''"),
        ({"detail": ["No."]}, {"status": 404}, "detail is ['No.']"),
        ({"error": "No."}, {"status": 404}, "error is 'No.'"),
        ({"error": {"message": "No.", "type": "t", "code": None}}, {"status": 404}, "fields of error"),
        ({"error": {"message": "No.", "type": None, "param": None, "code": None}}, {"status": 404}, "error.type"),
        ({"error": {"message": "No.", "type": "t", "param": None, "code": 404}}, {"status": 404}, "error.code"),
        ({"error": {"message": "", "type": "t", "param": None, "code": None}}, {"status": 404}, "message is empty"),
        (b"No.", {"status": 500}, "no valid JSON"),
        (STREAM[:3], {}, "does not end with [DONE]"),
        ([*STREAM[:3], DONE.rstrip()], {}, "ends inside of an event"),
        ([*STREAM, STREAM[1]], {}, "something follows [DONE]"),
        ([STREAM[0].replace(b"data: ", b"data:"), *STREAM[1:]], {}, "does not begin with 'data: '"),
        ([b": ping\n\n", *STREAM], {}, "does not begin with 'data: '"),
        ([b"data: {\ndata: }\n\n", *STREAM], {}, "of several lines"),
        ([piece.replace(b"\n\n", b"\r\n\r\n") for piece in STREAM], {}, "ends inside of an event"),
        ([event({"detail": "Sorry."}), *STREAM], {}, "no valid ChatCompletionChunk"),
        ([event(FIRST | {"surprise": 1}), *STREAM[1:]], {}, "ChatCompletionChunk.surprise"),
        ([STREAM[0], event(chunk({"content": "Hi", "mood": 1})), *STREAM[2:]], {}, "ChoiceDelta.mood"),
        ([STREAM[0], event(TEXT | {"id": "2"}), *STREAM[2:]], {}, "changes in mid-stream"),
        (STREAM[1:], {}, "the first chunk has no role"),
        ([STREAM[0], *STREAM], {}, "the role comes twice"),
        ([*STREAM[:2], DONE], {}, "no finish reason"),
        ([*STREAM[:3], *STREAM[2:]], {}, "follows the finish reason"),
        (STREAM, {"asked": {"stream": True, "n": 2}}, "wrong choices"),
        (STREAM, {"asked": {"stream": True, "stream_options": {"include_usage": True}}}, "usage is missing"),
        ([*STREAM[:3], event(chunk(usage=USAGE)), DONE], {}, "a usage that nobody asked for"),
        ([STREAM[0], event(TEXT | {"usage": USAGE}), *STREAM[2:]], {}, "the chunk with the usage has choices"),
        (
            [event(chunk(usage=USAGE)), *STREAM],
            {"asked": {"stream": True, "stream_options": {"include_usage": True}}},
            "a chunk follows the usage",
        ),
        ([event(FIRST), call_chunk(0, **CALL_GOES_ON), *STREAM[2:]], {}, "does not begin with id"),
        ([event(FIRST), call_chunk(1, **CALL_BEGINS), *STREAM[2:]], {}, "out of order"),
        ([*CALL_STREAM[:2], *CALL_STREAM[1:]], {}, "begins twice"),
        ([*CALL_STREAM[:2], *STREAM[2:]], {}, "no valid JSON"),
        (
            [*STREAM[:2], event({"message": "Sorry."})],
            {"request_headers": {"x-sandbox-fault": "error-in-stream"}},
            "no valid ChatCompletionChunk",
        ),
        (
            [*STREAM[:2], event({"detail": "Sorry."}), *STREAM[2:]],
            {"request_headers": {"x-sandbox-fault": "error-in-stream"}},
            "a chunk follows an error",
        ),
    ],
)
def test_what_is_broken_is_refused(body, options, problem):
    (report,) = check(body, **options)
    assert problem in report
    assert options.get("path", CHAT_PATH) in report


@pytest.mark.parametrize(
    ("error", "request_headers", "expected"),
    [
        (ConnectionLost(), {}, "the connection breaks off"),
        (ConnectionLost(), {"x-sandbox-fault": "connection-lost"}, None),
        (KeyError("index"), {"x-sandbox-fault": "connection-lost"}, "the stream fails with KeyError"),
    ],
)
def test_a_stream_may_break_off_only_if_that_was_asked_for(error, request_headers, expected):
    def break_off():
        yield 0.0, STREAM[0]
        raise error

    reports = []
    reply = Reply(200, EVENTS, break_off())
    answer = watch(lambda *_: reply, reports.append)(None, "POST", CHAT_PATH, request_headers, b'{"stream": true}')
    with pytest.raises(type(error)):
        list(answer.pieces)
    assert [expected in report for report in reports] == ([True] if expected else [])


def test_a_stream_that_the_client_leaves_is_closed_and_not_refused():
    closed = []

    def pieces():
        try:
            yield 0.0, STREAM[0]
            yield 0.0, STREAM[1]
        finally:
            closed.append(True)

    reports = []
    reply = Reply(200, EVENTS, pieces())
    answer = watch(lambda *_: reply, reports.append)(None, "POST", CHAT_PATH, {}, b'{"stream":true}')
    next(answer.pieces)
    answer.pieces.close()
    assert (closed, reports) == ([True], [])


def test_every_test_runs_with_the_check():
    assert Sandbox.handle.__wrapped__.__name__ == "handle"


BROKEN_TEST = """
import httpx2
import strict_replies

from sandbox.adapters.server import LocalServer
from sandbox.service import Sandbox


def test_over_http(monkeypatch):
    monkeypatch.delitem(strict_replies.EXTENSIONS, "Model.meta_data")
    server = LocalServer(Sandbox())
    server.serve_in_background()
    headers = {"authorization": "Bearer sandbox"}
    answer = httpx2.get(f"{server.base_url}/models/gpt-4o", headers=headers, timeout=None)
    assert answer.status_code == 200


def test_the_next_one_is_fine():
    pass
"""


def test_a_broken_reply_in_the_thread_of_a_server_fails_the_test(tmp_path):
    (tmp_path / "test_broken.py").write_text(BROKEN_TEST)
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", "-q", "test_broken.py"]
    tests = Path(__file__).parent
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tests), str(tests.parent)])}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert "unknown fields: Model.meta_data" in done.stdout
