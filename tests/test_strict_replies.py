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
EVENTS = {"content-type": "text/event-stream", "x-sandbox": "1"}
JPEG = {"content-type": "image/jpeg", "x-sandbox": "1"}
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
CALL = {"id": "call-1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
MESSAGE = {"role": "assistant", "content": "Hi", "refusal": None}
ENVELOPE = {"id": "1", "created": 1, "model": "m", "system_fingerprint": "sandbox"}
ANSWER = ENVELOPE | {
    "object": "chat.completion",
    "choices": [{"index": 0, "message": MESSAGE, "logprobs": None, "finish_reason": "stop"}],
    "usage": USAGE,
}
WANTS_USAGE = {"asked": {"stream": True, "stream_options": {"include_usage": True}}}
FAULT = {"request_headers": {"x-sandbox-fault": "error-in-stream"}}


def check(body, *, status=200, asked=None, method="POST", path=CHAT_PATH, headers=None, request_headers=None):
    """Pass one reply through the check; return what it reports."""
    stream = isinstance(body, list)
    if not stream:
        body = [body if isinstance(body, bytes) else json.dumps(body).encode()]
    content_type = "text/event-stream; charset=utf-8" if stream else "application/json"
    pieces = [(0.0, piece) for piece in body]
    given = headers or {"content-type": content_type, "x-sandbox": "1"}
    reply = Reply(status, given, iter(pieces) if stream else pieces)
    reports = []
    handle = watch(lambda *_: reply, reports.append)
    answer = handle(None, method, path, request_headers or {}, json.dumps(asked or {"stream": stream}).encode())
    assert list(answer.pieces) == pieces
    return reports


def changed(path, new):
    """Return the answer with one part replaced; None as `new` removes it."""
    value = copy.deepcopy(ANSWER)
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


def chunk(delta=None, finish_reason=None, **fields):
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return ENVELOPE | {"object": "chat.completion.chunk", "choices": [] if delta is None else [choice]} | fields


def call_chunk(index, **fields):
    return event(chunk({"tool_calls": [{"index": index, **fields}]}))


FIRST, TEXT, LAST = chunk({"role": "assistant", "content": ""}), chunk({"content": "Hi"}), chunk({}, "stop")
DONE = b"data: [DONE]\n\n"
STREAM = [event(FIRST), event(TEXT), event(LAST), DONE]
BEGINS = {"id": "c", "type": "function", "function": {"name": "f", "arguments": ""}}
GOES_ON = {"function": {"arguments": "{}"}}
CALL_STREAM = [event(FIRST), call_chunk(0, **BEGINS), call_chunk(0, **GOES_ON), event(LAST), DONE]


@pytest.mark.parametrize(
    ("body", "options"),
    [
        (ANSWER, {}),
        (ANSWER, {"path": "/queue/chat/completions"}),
        (changed(["choices", 0, "message", "reasoning_content"], "Hm."), {}),
        (b"\xff\xd8 and so on", {"method": "GET", "path": "/assets/a.jpg", "headers": JPEG}),
        ({"openapi": "3.1.0"}, {"method": "GET", "path": "/openapi.json"}),
        (b"", {"method": "OPTIONS", "status": 204}),
        ({"detail": "No."}, {"status": 404}),
        ({"detail": [{"loc": ["body"], "msg": "m", "type": "t"}]}, {"status": 400}),
        ({"error": {"message": "No.", "type": "t", "param": None, "code": None}}, {"status": 400}),
        (STREAM, {}),
        ([b"".join(STREAM)[:30], b"".join(STREAM)[30:]], {}),
        (CALL_STREAM, {}),
        ([*STREAM[:3], event(chunk(usage=USAGE)), DONE], WANTS_USAGE),
        (STREAM[:2], FAULT),
        ([b":\n\n", *STREAM], FAULT),
        ([*STREAM[:2], event({"detail": "Sorry."})], FAULT),
    ],
)  # fmt: skip
def test_what_is_right_is_taken(body, options):
    assert check(body, **options) == []


@pytest.mark.parametrize(
    ("body", "options", "problem"),
    [
        (ANSWER | {"surprise": 1}, {}, "surprise\n  Extra inputs"),
        (changed(["choices", 0, "message", "thoughts"], "Hm."), {}, "thoughts\n  Extra inputs"),
        (changed(["id"], None), {}, "id\n  Field required"),
        (changed(["created"], "1"), {}, "created\n  Input should be a valid integer"),
        (changed(["object"], "chat.completion.chunk"), {}, "object\n  Input should be 'chat.completion'"),
        (changed(["choices", 0, "index"], 1), {}, "wrong choices"),
        (ANSWER, {"asked": {"n": 2}}, "wrong choices"),
        (changed(["choices", 0, "message"], MESSAGE | {"content": None}), {}, "neither content nor tool calls"),
        (changed(["choices", 0, "message", "tool_calls"], [CALL, CALL]), {}, "two tool calls with one id"),
        (changed(["choices", 0, "message", "tool_calls"], [CALL | {"function": {"name": "f", "arguments": "[]"}}]), {},
         "no JSON object"),
        (changed(["usage", "total_tokens"], 6), {}, "no sum"),
        (ANSWER, {"asked": {"stream": True}}, "a whole answer, although a stream"),
        (ANSWER, {"path": "/v9/chat/completions"}, "no endpoint"),
        (ANSWER, {"status": 201}, "neither 200 nor an error"),
        (ANSWER, {"headers": {"content-type": "application/json"}}, "x-sandbox is missing"),
        (ANSWER, {"headers": {"content-type": "text/html", "x-sandbox": "1"}}, "content type is text/html"),
        (b"<html></html>", {}, "no valid ChatCompletion"),
        (b"", {"method": "HEAD", "headers": {"content-type": "application/json"}}, "x-sandbox is missing"),
        ({"message": "No."}, {"status": 404}, "no valid Error"),
        ({"error": {"message": "No.", "type": "t", "code": None}}, {"status": 404}, "no valid Error"),
        (b"No.", {"status": 500}, "no valid Error"),
        (STREAM[:3], {}, "does not end with [DONE]"),
        ([*STREAM[:3], DONE.rstrip()], {}, "ends inside of an event"),
        ([*STREAM, STREAM[1]], {}, "something follows [DONE]"),
        ([b": ping\n\n", *STREAM], {}, "does not begin with 'data: '"),
        ([b"data: {\ndata: }\n\n", *STREAM], {}, "of several lines"),
        ([event({"detail": "Sorry."}), *STREAM], {}, "no valid ChatChunk"),
        ([event(FIRST | {"surprise": 1}), *STREAM[1:]], {}, "surprise\n  Extra inputs"),
        ([STREAM[0], event(TEXT | {"id": "2"}), *STREAM[2:]], {}, "changes in mid-stream"),
        (STREAM[1:], {}, "once and first"),
        ([STREAM[0], *STREAM], {}, "once and first"),
        ([*STREAM[:2], DONE], {}, "no finish reason"),
        ([*STREAM[:3], *STREAM[2:]], {}, "follows the finish reason"),
        (STREAM, {"asked": {"stream": True, "n": 2}}, "wrong choices"),
        (STREAM, WANTS_USAGE, "usage is missing"),
        ([*STREAM[:3], event(chunk(usage=USAGE)), DONE], {}, "a usage that nobody asked for"),
        ([STREAM[0], event(TEXT | {"usage": USAGE}), *STREAM[2:]], {}, "the chunk with the usage has choices"),
        ([event(chunk(usage=USAGE)), *STREAM], WANTS_USAGE, "a chunk follows the usage"),
        ([event(FIRST), call_chunk(0, **GOES_ON), *STREAM[2:]], {}, "does not begin with id"),
        ([event(FIRST), call_chunk(1, **BEGINS), *STREAM[2:]], {}, "out of order"),
        ([*CALL_STREAM[:3], *CALL_STREAM[1:]], {}, "begins twice"),
        ([*STREAM[:2], event({"message": "Sorry."})], FAULT, "no valid ChatChunk"),
        ([*STREAM[:2], event({"detail": "Sorry."}), *STREAM[2:]], FAULT, "a chunk follows an error"),
    ],
)  # fmt: skip
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

from sandbox.adapters.server import LocalServer
from sandbox.endpoints import models
from sandbox.service import Sandbox


def test_over_http(monkeypatch):
    monkeypatch.setattr(models, "_CREATED", "today")
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
    assert "Input should be a valid integer" in done.stdout
