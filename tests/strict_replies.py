"""Checks every reply of the sandbox against what its endpoint declares, in all tests at once (see `conftest.py`).

Clients take whatever a server sends. So a reply may be wrong although every client in the tests is content with it.
`watch` wraps `Sandbox.handle` and reports the first thing that is wrong with a reply:

- JSON that is not valid, strictly, for the declared type, or that has a field which the type does not know. (That the
  types are those of the API is tested in test_openapi.py.)
- A stream that is not framed as `data: ...` and an empty line, that does not end with `[DONE]`, or whose chunks do not
  fit together: the role once and first, one finish reason for each choice, tool calls numbered from 0 and begun with
  their id and name, the usage at the end if it was asked for.
- A stream of typed events whose names are not their types, that are not numbered from 0, whose pieces do not make the
  whole text, or that does not end with the response that they told of.
- An error in another shape than the two documented ones.

A request that asks for a fault (`X-Sandbox-Fault`) may get a stream that breaks off, or has an error or comments in it.
"""

import functools
import json
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pydantic

from sandbox.core.errors import ApiError, ConnectionLost
from sandbox.core.openapi import Error
from sandbox.core.replies import Reply
from sandbox.core.routing import Route, find_route


class BrokenReplyError(AssertionError):
    """A reply that the API would not give."""


@dataclass(frozen=True)
class Asked:
    """The request that a reply belongs to; its route is None where there is no endpoint."""

    method: str
    path: str
    route: Route | None
    body: dict[str, Any]
    fault: bool

    def answers(self) -> int:
        """Return how many answers are asked for."""
        prompts = self.body.get("prompt")
        return int(self.body.get("n") or 1) * (len(prompts) if isinstance(prompts, list) else 1)

    def wants_usage(self) -> bool:
        """Tell whether a stream has to end with the usage."""
        return bool((self.body.get("stream_options") or {}).get("include_usage"))


def watch(handle: Callable[..., Reply], report: Callable[[str], None]) -> Callable[..., Reply]:
    """Wrap `Sandbox.handle` so that every reply is checked on its way out.

    Args:
        handle: the method.
        report: called with one line for each broken reply, in the thread that answers.

    Returns:
        The wrapped method. Replies pass through it unchanged; a stream is checked while it is read.
    """

    @functools.wraps(handle)
    def handle_and_check(self: Any, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        reply = handle(self, method, path, headers, body)
        try:
            route = find_route(method, path)[1]
        except ApiError:
            route = None
        asked = Asked(method, path, route, _parse_object(body), "x-sandbox-fault" in headers)

        def tell(problem: str) -> None:
            report(f"{method} {path} answers {reply.status}: {problem} The request: {body[:300]!r}")

        if isinstance(reply.pieces, list | tuple):
            try:
                _check_whole(asked, reply)
            except BrokenReplyError as problem:
                tell(str(problem))
            return reply
        return replace(reply, pieces=_watch_pieces(reply, asked, tell))

    return handle_and_check


def _watch_pieces(reply: Reply, asked: Asked, tell: Callable[[str], None]) -> Iterator[tuple[float, bytes]]:
    """Pass the pieces of a stream on, or of an answer that breaks off; the first thing that is wrong is told."""
    pieces = iter(reply.pieces)
    told: list[str] = []

    def attempt(check: Callable[..., None], *arguments: Any) -> None:
        try:
            if not told:
                check(*arguments)
        except BrokenReplyError as problem:
            told.append(str(problem))
            tell(str(problem))

    stream = _StreamCheck(asked)
    if asked.body.get("stream") or not asked.fault:
        attempt(_check_headers, reply, "text/event-stream")
    attempt(_require, reply.status == 200, "a stream with another status than 200.")
    try:
        for delay, piece in pieces:
            attempt(stream.feed, piece)
            # Clients stop reading at [DONE]: what follows it is looked at before.
            rest = list(pieces) if stream.is_done else []
            for _, late_piece in rest:
                attempt(stream.feed, late_piece)
            if stream.is_done:
                attempt(stream.finish)
            yield delay, piece
            yield from rest
        attempt(stream.finish)
    except ConnectionLost:
        attempt(_require, asked.fault, "the connection breaks off, although no fault was asked for.")
        raise
    except Exception as error:
        tell(f"the stream fails with {type(error).__name__}: {error}.")
        raise
    finally:
        if isinstance(pieces, Generator):
            pieces.close()


def _check_whole(asked: Asked, reply: Reply) -> None:
    body = b"".join(piece for _, piece in reply.pieces)
    if asked.method in ("HEAD", "OPTIONS") and not body:
        _require(reply.headers.get("x-sandbox") == "1", "the header x-sandbox is missing.")
    elif reply.status >= 400:
        _check_headers(reply, "application/json")
        _validate(Error, body)
    elif asked.path.startswith("/assets/"):
        _check_headers(reply, "image/jpeg")
        _require(body.startswith(b"\xff\xd8"), "the picture is no JPEG file.")
    elif asked.path == "/openapi.json":
        _check_headers(reply, "application/json")
        _require("openapi" in _parse_object(body), "the document does not say which OpenAPI it follows.")
    elif asked.route is not None and asked.route.answers_text and reply.headers["content-type"].startswith("text/"):
        _check_headers(reply, "text/plain")
    else:
        _require(reply.status == 200, "neither 200 nor an error.")
        _require(asked.body.get("stream") is not True, "a whole answer, although a stream was asked for.")
        _check_headers(reply, "application/json")
        _require(asked.route is not None, "an answer where there is no endpoint.")
        answer = _validate(asked.route.answer, body)
        if "choices" in answer:
            numbers = [choice["index"] for choice in answer["choices"]]
            _require(numbers == list(range(asked.answers())), "wrong choices.")
            _check_usage(answer.get("usage"))
            for choice in answer["choices"]:
                _check_message(choice.get("message"), choice["finish_reason"])
        if answer.get("object") == "response":
            _check_response(answer)


def _check_headers(reply: Reply, content_type: str) -> None:
    given = reply.headers.get("content-type", "none")
    _require(given.partition(";")[0] == content_type, f"the content type is {given}, not {content_type}.")
    _require(reply.headers.get("x-sandbox") == "1", "the header x-sandbox is missing.")


def _check_message(message: dict[str, Any] | None, finish_reason: str) -> None:
    if message is None:
        return
    calls = message.get("tool_calls") or []
    _require(message["content"] is not None or bool(calls), "a message with neither content nor tool calls.")
    _require(len({call["id"] for call in calls}) == len(calls), "two tool calls with one id.")
    for call in calls:
        _check_arguments(call["function"]["arguments"], finish_reason)


def _check_arguments(arguments: str, finish_reason: str | None) -> None:
    # What the token limit has cut is no JSON any more.
    if finish_reason != "length":
        _require(json.loads(arguments) == _parse_object(arguments.encode()), "the arguments are no JSON object.")


def _check_response(response: dict[str, Any]) -> None:
    is_cut = response["status"] == "incomplete"
    _require(is_cut == (response["incomplete_details"] is not None), "status and incomplete_details do not agree.")
    _require(len({item["id"] for item in response["output"]}) == len(response["output"]), "two items with one id.")
    cut = [item["status"] == "incomplete" for item in response["output"]]
    _require(cut == [False] * (len(cut) - 1) + [is_cut], "not the last item is the one that was cut.")
    for item in response["output"]:
        if item["type"] == "function_call":
            _check_arguments(item["arguments"], "tool_calls")
    _check_usage(response["usage"])


def _check_usage(usage: dict[str, Any] | None) -> None:
    _require(usage is not None, "usage is missing.")
    parts = [usage.get(f"{name}_tokens", 0) for name in ("prompt", "completion", "input", "output")]
    _require(usage["total_tokens"] == sum(parts), "total_tokens is no sum.")


class _StreamCheck:
    """Checks a stream while it is read."""

    def __init__(self, asked: Asked):
        self.is_done = False
        self._asked = asked
        self._buffer = b""
        self._envelope: tuple[Any, ...] | None = None
        self._has_failed = False
        self._usage: Any = None
        self._choices: dict[int, _ChoiceCheck] = {}
        self._events: list[dict[str, Any]] = []

    def feed(self, piece: bytes) -> None:
        """Check the next bytes of the body; events need not begin or end with them."""
        *events, self._buffer = (self._buffer + piece).split(b"\n\n")
        for event in events:
            self._check_event(event)

    def finish(self) -> None:
        """Check what can be told only at the end of the stream."""
        _require(not self._buffer, f"the stream ends inside of an event: {self._buffer[:100]!r}.")
        if self._asked.fault and not self.is_done:
            return
        if self._events:
            _check_events(self._events)
            return
        _require(self.is_done, "the stream does not end with [DONE].")
        if self._has_failed:
            return
        _require(sorted(self._choices) == list(range(self._asked.answers())), "wrong choices.")
        for choice in self._choices.values():
            choice.finish()
        if self._asked.wants_usage():
            _check_usage(self._usage)

    def _check_event(self, event: bytes) -> None:
        if self._asked.fault and event == b":":
            return
        _require(not self.is_done, f"something follows [DONE]: {event[:100]!r}.")
        if event.startswith(b"event: "):
            name, _, event = event.removeprefix(b"event: ").partition(b"\n")
            self._events.append(_validate(self._asked.route.chunk, event.removeprefix(b"data: ")))
            _require(self._events[-1]["type"] == name.decode(), "an event has another name than type.")
        _require(event.startswith(b"data: "), f"an event does not begin with 'data: ': {event[:100]!r}.")
        _require(b"\n" not in event and b"\r" not in event, f"an event of several lines: {event[:100]!r}.")
        data = event.removeprefix(b"data: ")
        if self._events:
            return
        if data == b"[DONE]":
            self.is_done = True
            return
        _require(not self._has_failed, "a chunk follows an error.")
        if self._asked.fault and {"detail", "error"} & set(_parse_object(data)):
            _validate(Error, data)
            self._has_failed = True
            return
        _require(self._asked.route is not None, "a stream where there is no endpoint.")
        self._check_chunk(_validate(self._asked.route.chunk, data))

    def _check_chunk(self, chunk: dict[str, Any]) -> None:
        envelope = tuple(chunk[name] for name in ("id", "created", "model", "system_fingerprint"))
        _require(self._envelope in (None, envelope), "id, created, model or system_fingerprint changes in mid-stream.")
        self._envelope = envelope
        _require(self._usage is None, "a chunk follows the usage.")
        if chunk.get("usage") is not None:
            _require(not chunk["choices"], "the chunk with the usage has choices.")
            _require(self._asked.wants_usage(), "a usage that nobody asked for.")
            self._usage = chunk["usage"]
        for choice in chunk["choices"]:
            self._choices.setdefault(choice["index"], _ChoiceCheck()).feed(choice)


def _check_events(events: list[dict[str, Any]]) -> None:
    """Check what the events of a stream tell of a response."""
    _require([event["sequence_number"] for event in events] == list(range(len(events))), "events in a wrong order.")
    _require([e["type"] for e in events[:2]] == ["response.created", "response.in_progress"], "a wrong begin.")
    response = events[-1].get("response") or {}
    _require(events[-1]["type"] == f"response.{response.get('status')}", "the last event is not the response.")
    _check_response(response)
    told = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    _require(told == response["output"], "the items that were told of are not those of the response.")
    pieces: dict[tuple[Any, ...], str] = {}
    for event in events:
        place = tuple(event.get(name) for name in ("item_id", "content_index", "summary_index"))
        if event["type"].endswith(".delta"):
            pieces[place] = pieces.get(place, "") + event["delta"]
        elif "text" in event or "arguments" in event:
            whole = event.get("text", event.get("arguments"))
            _require(pieces.get(place, "") == whole, f"the pieces do not make the whole: {whole!r}.")


class _ChoiceCheck:
    """Checks the pieces of one choice of a stream."""

    def __init__(self) -> None:
        self._finish_reason: str | None = None
        self._has_begun = False
        self._arguments: list[str] = []

    def feed(self, choice: dict[str, Any]) -> None:
        _require(self._finish_reason is None, "something follows the finish reason.")
        if "delta" in choice:
            self._check_delta(choice["delta"])
        self._has_begun = True
        self._finish_reason = choice["finish_reason"]

    def finish(self) -> None:
        _require(self._finish_reason is not None, "no finish reason.")
        for arguments in self._arguments:
            _check_arguments(arguments, self._finish_reason)

    def _check_delta(self, delta: dict[str, Any]) -> None:
        _require(("role" in delta) is not self._has_begun, "the role is not there once and first.")
        for call in delta.get("tool_calls", []):
            begins = {"id", "type"} <= call.keys() and "name" in call["function"]
            if call["index"] == len(self._arguments):
                _require(begins, f"tool call {call['index']} does not begin with id, type and name.")
                self._arguments.append("")
            # A call is whole before the next one begins.
            _require(call["index"] == len(self._arguments) - 1, f"tool call {call['index']} is out of order.")
            _require(not begins or not self._arguments[-1], f"tool call {call['index']} begins twice.")
            self._arguments[-1] += call["function"]["arguments"]


def _validate(kind: Any, data: bytes) -> Any:
    """Parse JSON as one of the declared types, strictly."""
    try:
        return _adapter(kind).validate_json(data, strict=True)
    except pydantic.ValidationError as error:
        raise BrokenReplyError(f"no valid {getattr(kind, '__name__', 'Error')}: {error}.") from error


@functools.cache
def _adapter(kind: Any) -> pydantic.TypeAdapter[Any]:
    return pydantic.TypeAdapter(kind)


def _parse_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object, {} if the body is none."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise BrokenReplyError(problem)
