"""Checks every reply of the sandbox as strictly as no client does, against the types of the `openai` package.

The package takes whatever a server sends: it does not validate, and keeps fields that it does not know. So a reply may
be wrong although every client in the tests is content with it. `watch` wraps `Sandbox.handle`, for all tests at once
(see `conftest.py`), and reports the first thing that is wrong with a reply:

- JSON that is not valid, in strict mode, for the type that belongs to the endpoint, or that has a field which neither
  the type nor `EXTENSIONS` knows. An endpoint without a type in `TYPES` may not answer 200 at all.
- A stream that is not framed as `data: ...` and an empty line, that does not end with `[DONE]`, or whose chunks do not
  fit together: the role once and first, one finish reason for each choice, tool calls numbered from 0 and begun with
  their id and name, the usage at the end if it was asked for.
- An error in another shape than the two documented ones.

A request that asks for a fault (`X-Sandbox-Fault`) may get a stream that breaks off or has an error in it, no more.
"""

import base64
import binascii
import functools
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import pydantic
from openai.pagination import SyncPage
from openai.types import Completion, CompletionChoice, CreateEmbeddingResponse, Embedding, Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from sandbox.core.errors import ConnectionLost
from sandbox.core.replies import Reply

BASE_PATHS = ("/v2", "/vision", "/queue")

# What the sandbox sends beyond the types of the package, and why.
EXTENSIONS = {
    "Model.meta_data": "the service's own description of a model",
    "ChatCompletionMessage.reasoning_content": "the thinking of a reasoning model, as many servers spell it",
    "ChatCompletionMessage.reasoning": "the same, as other servers spell it",
    "ChoiceDelta.reasoning_content": "the same in a stream",
    "ChoiceDelta.reasoning": "the same in a stream",
    "ChatCompletionChunk.prompt_filter_results": "the first chunk of a model on Azure",
}


class ModelList(SyncPage[Model]):
    """The list of models; the package's type lets `object` be any text."""

    object: Literal["list"]


class Base64Embedding(Embedding):
    """An embedding as base64; the package's type knows only the list that the package itself makes of it."""

    embedding: str  # type: ignore[assignment]


class Base64EmbeddingResponse(CreateEmbeddingResponse):
    """Embeddings as base64."""

    data: list[Base64Embedding]  # type: ignore[assignment]


class CompletionChunkChoice(CompletionChoice):
    """A choice in a chunk; the package uses the type of the whole answer, where the reason is never null."""

    finish_reason: Literal["stop", "length", "content_filter"] | None  # type: ignore[assignment]


class CompletionChunk(Completion):
    """A chunk of a streamed completion."""

    choices: list[CompletionChunkChoice]  # type: ignore[assignment]


# The type of a whole answer, and of a chunk where the endpoint streams.
TYPES: dict[tuple[str, str], tuple[type, type | None]] = {
    ("GET", "/models"): (ModelList, None),
    ("GET", "/models/{id}"): (Model, None),
    ("POST", "/chat/completions"): (ChatCompletion, ChatCompletionChunk),
    ("POST", "/completions"): (Completion, CompletionChunk),
    ("POST", "/embeddings"): (CreateEmbeddingResponse, None),
}


class BrokenReplyError(AssertionError):
    """A reply that the API would not give."""


@dataclass(frozen=True)
class Asked:
    """The request that a reply belongs to.

    Attributes:
        method: the HTTP method.
        path: the whole path.
        body: the parsed body, {} if it is no JSON object.
        fault: whether the request asks for a fault.
    """

    method: str
    path: str
    body: dict[str, Any]
    fault: bool

    @property
    def endpoint(self) -> tuple[str, str]:
        """The key for `TYPES`, with an empty path if the base path is unknown."""
        base = next((base for base in BASE_PATHS if self.path.startswith(f"{base}/")), None)
        rest = self.path.removeprefix(base) if base else ""
        return self.method, "/models/{id}" if rest.startswith("/models/") else rest


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
        asked = Asked(method, path, _parse_object(body), "x-sandbox-fault" in headers)

        def tell(problem: str) -> None:
            report(f"{method} {path} answers {reply.status}: {problem} The request: {body[:300]!r}")

        if isinstance(reply.pieces, list | tuple):
            try:
                check_whole(asked, reply)
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

    stream = StreamCheck(asked)
    if asked.body.get("stream") or not asked.fault:
        attempt(check_headers, reply, "text/event-stream")
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


def check_whole(asked: Asked, reply: Reply) -> None:
    """Check a reply that is no stream.

    Args:
        asked: the request.
        reply: the reply, whose pieces are in a list.

    Raises:
        BrokenReplyError: it is not as the API gives it.
    """
    body = b"".join(piece for _, piece in reply.pieces)
    if asked.method in ("HEAD", "OPTIONS") and not body:
        _require(reply.headers.get("x-sandbox") == "1", "the header x-sandbox is missing.")
    elif reply.status >= 400:
        check_headers(reply, "application/json")
        check_error(_parse_json(body))
    elif asked.path.startswith("/assets/"):
        check_headers(reply, "image/jpeg")
        _require(body.startswith(b"\xff\xd8"), "the picture is no JPEG file.")
    elif asked.path.endswith("/openapi.json"):
        check_headers(reply, "application/json")
        _require("openapi" in _parse_object(body), "the document does not say which OpenAPI it follows.")
    else:
        _require(reply.status == 200, "neither 200 nor an error.")
        _require(asked.body.get("stream") is not True, "a whole answer, although a stream was asked for.")
        check_headers(reply, "application/json")
        check_answer(asked, body)


def check_headers(reply: Reply, content_type: str) -> None:
    """Check the headers of a reply.

    Args:
        reply: the reply.
        content_type: the type that the body has to have, without its parameters.

    Raises:
        BrokenReplyError: another content type, or no header `x-sandbox`.
    """
    given = reply.headers.get("content-type", "none")
    _require(given.partition(";")[0] == content_type, f"the content type is {given}, not {content_type}.")
    _require(reply.headers.get("x-sandbox") == "1", "the header x-sandbox is missing.")


def check_error(content: Any) -> None:
    """Check that a parsed body is an error in one of the two documented shapes.

    Args:
        content: the parsed JSON.

    Raises:
        BrokenReplyError: it is not.
    """
    names = list(content) if isinstance(content, dict) else []
    _require(names in (["detail"], ["error"]), f"an error is {{detail}} or {{error}}, not {content!r:.200}.")
    if names == ["detail"]:
        detail = content["detail"]
        listed = isinstance(detail, list) and all(
            isinstance(p, dict) and {"loc", "msg", "type"} <= set(p) for p in detail
        )
        _require(bool(detail) and (isinstance(detail, str) or listed), f"detail is {detail!r:.200}.")
        return
    error = content["error"]
    _require(isinstance(error, dict), f"error is {error!r:.200}.")
    _require(set(error) == {"message", "type", "param", "code"}, f"the fields of error are {sorted(error)}.")
    for name, value in error.items():
        may_be_null = name in ("param", "code")
        _require(isinstance(value, str) or (may_be_null and value is None), f"error.{name} is {value!r:.200}.")
    _require(bool(error["message"]), "error.message is empty.")


def check_answer(asked: Asked, body: bytes) -> None:
    """Check the JSON of a whole answer.

    Args:
        asked: the request.
        body: the JSON.

    Raises:
        BrokenReplyError: it is not valid for the endpoint's type, or does not fit the request.
    """
    kind = _type_of(asked, 0)
    as_base64 = asked.body.get("encoding_format") == "base64"
    if kind is CreateEmbeddingResponse and as_base64:
        kind = Base64EmbeddingResponse
    answer = validate(kind, body)
    if isinstance(answer, ChatCompletion | Completion):
        _require([choice.index for choice in answer.choices] == list(range(_choices_asked(asked))), "wrong choices.")
        _check_usage(answer.usage)
    if isinstance(answer, ChatCompletion):
        for choice in answer.choices:
            _check_message(choice)
    if isinstance(answer, CreateEmbeddingResponse):
        texts = asked.body.get("input")
        wanted = len(texts) if isinstance(texts, list) else 1
        _require([item.index for item in answer.data] == list(range(wanted)), "wrong indexes of embeddings.")
        for item in answer.data if as_base64 else []:
            _check_base64(item.embedding)


def _check_message(choice: Any) -> None:
    message = choice.message
    _require(message.content is not None or bool(message.tool_calls), "a message with neither content nor tool calls.")
    calls = message.tool_calls or []
    _require(len({call.id for call in calls}) == len(calls), "two tool calls with one id.")
    for call in calls:
        _check_arguments(call.function.arguments, choice.finish_reason)


def _check_arguments(arguments: str, finish_reason: str | None) -> None:
    # What the token limit has cut is no JSON any more.
    if finish_reason != "length":
        _require(isinstance(_parse_json(arguments), dict), "the arguments of a tool call are no JSON object.")


def _check_usage(usage: Any) -> None:
    _require(usage is not None, "usage is missing.")
    _require(usage.total_tokens == usage.prompt_tokens + usage.completion_tokens, "total_tokens is not the sum.")


def _check_base64(text: str) -> None:
    try:
        packed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BrokenReplyError(f"the embedding is no base64: {error}.") from error
    _require(bool(packed) and len(packed) % 4 == 0, "the embedding is no list of 32-bit floats.")


class StreamCheck:
    """Checks a stream while it is read.

    Args:
        asked: the request.
    """

    def __init__(self, asked: Asked):
        self.is_done = False
        self._asked = asked
        self._buffer = b""
        self._envelope: tuple[Any, ...] | None = None
        self._has_failed = False
        self._usage: Any = None
        self._choices: dict[int, _ChoiceCheck] = {}

    def feed(self, piece: bytes) -> None:
        """Check the next piece.

        Args:
            piece: some bytes of the body; events need not begin or end with them.

        Raises:
            BrokenReplyError: something in it is wrong.
        """
        *events, self._buffer = (self._buffer + piece).split(b"\n\n")
        for event in events:
            self._check_event(event)

    def finish(self) -> None:
        """Check what can be told only at the end of the stream.

        Raises:
            BrokenReplyError: something is missing.
        """
        _require(not self._buffer, f"the stream ends inside of an event: {self._buffer[:100]!r}.")
        if self._asked.fault and not self.is_done:
            return
        _require(self.is_done, "the stream does not end with [DONE].")
        if self._has_failed:
            return
        _require(sorted(self._choices) == list(range(_choices_asked(self._asked))), "wrong choices.")
        for choice in self._choices.values():
            choice.finish()
        if (self._asked.body.get("stream_options") or {}).get("include_usage"):
            _check_usage(self._usage)

    def _check_event(self, event: bytes) -> None:
        _require(not self.is_done, f"something follows [DONE]: {event[:100]!r}.")
        _require(event.startswith(b"data: "), f"an event does not begin with 'data: ': {event[:100]!r}.")
        _require(b"\n" not in event and b"\r" not in event, f"an event of several lines: {event[:100]!r}.")
        data = event.removeprefix(b"data: ")
        if data == b"[DONE]":
            self.is_done = True
            return
        _require(not self._has_failed, "a chunk follows an error.")
        if self._asked.fault and {"detail", "error"} & set(_parse_object(data)):
            check_error(_parse_json(data))
            self._has_failed = True
            return
        self._check_chunk(validate(_type_of(self._asked, 1), data))

    def _check_chunk(self, chunk: Any) -> None:
        envelope = (chunk.id, chunk.created, chunk.model, chunk.system_fingerprint)
        _require(self._envelope in (None, envelope), "id, created, model or system_fingerprint changes in mid-stream.")
        self._envelope = envelope
        _require(self._usage is None, "a chunk follows the usage.")
        if chunk.usage is not None:
            _require(not chunk.choices, "the chunk with the usage has choices.")
            wanted = (self._asked.body.get("stream_options") or {}).get("include_usage")
            _require(bool(wanted), "a usage that nobody asked for.")
            self._usage = chunk.usage
        for choice in chunk.choices:
            check = self._choices.setdefault(choice.index, _ChoiceCheck(choice.index))
            check.feed(choice)


class _ChoiceCheck:
    """Checks the pieces of one choice of a stream."""

    def __init__(self, index: int):
        self._where = f"choice {index}: "
        self._finish_reason: str | None = None
        self._has_begun = False
        self._arguments: list[str] = []

    def feed(self, choice: Any) -> None:
        self._require(self._finish_reason is None, "something follows the finish reason.")
        if hasattr(choice, "delta"):
            self._check_delta(choice.delta)
        self._has_begun = True
        self._finish_reason = choice.finish_reason

    def finish(self) -> None:
        self._require(self._finish_reason is not None, "no finish reason.")
        for arguments in self._arguments:
            _check_arguments(arguments, self._finish_reason)

    def _check_delta(self, delta: Any) -> None:
        if self._has_begun:
            self._require(delta.role is None, "the role comes twice.")
        else:
            self._require(delta.role == "assistant", "the first chunk has no role.")
        for call in delta.tool_calls or []:
            if call.index == len(self._arguments):
                begins = call.id and call.type == "function" and call.function and call.function.name
                self._require(bool(begins), f"tool call {call.index} does not begin with id, type and name.")
                self._arguments.append("")
            else:
                # A call is whole before the next one begins.
                self._require(call.index == len(self._arguments) - 1, f"tool call {call.index} is out of order.")
                self._require(not call.id and not call.function.name, f"tool call {call.index} begins twice.")
            self._arguments[call.index] += call.function.arguments or ""

    def _require(self, holds: bool, problem: str) -> None:
        _require(holds, self._where + problem)


def validate(kind: type, data: bytes) -> Any:
    """Parse JSON as one of the package's types, strictly.

    Args:
        kind: the type.
        data: the JSON.

    Returns:
        The object.

    Raises:
        BrokenReplyError: it is not valid, or has a field that neither the type nor `EXTENSIONS` knows.
    """
    try:
        value = _adapter(kind).validate_json(data, strict=True)
    except pydantic.ValidationError as error:
        raise BrokenReplyError(f"no valid {kind.__name__}: {error}.") from error
    unknown = [name for name in _extra_fields(value) if name not in EXTENSIONS]
    _require(not unknown, f"unknown fields: {', '.join(unknown)}.")
    return value


@functools.cache
def _adapter(kind: type) -> pydantic.TypeAdapter[Any]:
    return pydantic.TypeAdapter(kind)


def _extra_fields(value: Any) -> Iterator[str]:
    """Name the fields that the types do not declare, wherever they are in the value."""
    if isinstance(value, pydantic.BaseModel):
        yield from (f"{type(value).__name__}.{name}" for name in value.model_extra or {})
        parts: Iterable[Any] = value.__dict__.values()
    else:
        parts = value if isinstance(value, list) else ()
    for part in parts:
        yield from _extra_fields(part)


def _type_of(asked: Asked, which: int) -> type:
    """Return the type of the whole answer (0) or of a chunk (1)."""
    kind = TYPES.get(asked.endpoint, (None, None))[which]
    if kind is None:
        raise BrokenReplyError(f"no type is known for this {'chunk' if which else 'answer'}: add it to TYPES.")
    return kind


def _choices_asked(asked: Asked) -> int:
    prompts = asked.body.get("prompt")
    return int(asked.body.get("n") or 1) * (len(prompts) if isinstance(prompts, list) else 1)


def _parse_json(text: bytes | str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise BrokenReplyError(f"no valid JSON ({error}): {text[:100]!r}.") from error


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
