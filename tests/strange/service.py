"""A sandbox that differs in one thing: a variant sees every request and every answer, and may change both."""

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.faults import HEADER as FAULT_HEADER
from sandbox.core.replies import Reply, encode, encode_event
from sandbox.service import Sandbox

_END = b"data: [DONE]\n\n"


@dataclass
class Call:
    """A request; its body is the JSON object that was sent, empty if there was none, and for a form."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    number: int = 0  # of the POST requests so far, this one included


@dataclass
class Answer:
    """An answer: a JSON object, a list of a stream's chunks or events (what is none is bytes), or other bytes."""

    status: int
    content: dict[str, Any] | list[dict[str, Any] | bytes] | bytes
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    delay: float = 0.0  # seconds before the first byte
    end: bytes = b""  # what comes after the last chunk of a stream

    @classmethod
    def read(cls, reply: Reply) -> "Answer":
        """Read a whole reply of the sandbox."""
        pieces = [piece for _, piece in reply.pieces if piece]
        kind = reply.headers.get("content-type", "")
        content: Any = b"".join(pieces)
        if kind.startswith("text/event-stream"):
            content = [_read_event(piece) for piece in pieces if piece != _END]
        elif kind.startswith("application/json"):
            content = json.loads(content)
        return cls(reply.status, content, dict(reply.headers), reply.delay, _END if _END in pieces else b"")

    def reply(self) -> Reply:
        """Return it as a reply for a server."""
        if isinstance(self.content, list):
            events = (chunk if isinstance(chunk, bytes) else encode_event(chunk) for chunk in self.content)
            # Not all in one piece, so that a program that stops early closes a stream that still goes on.
            pieces = ((0.0, piece) for piece in [*events, self.end] if piece)
            return Reply(self.status, self.headers, pieces, self.delay)
        body = encode(self.content) if isinstance(self.content, dict) else self.content
        return Reply(self.status, self.headers, [(0.0, body)], self.delay)


Ask = Callable[[Call], Answer]
Variant = Callable[[Call, Ask], Answer]


def unchanged(call: Call, ask: Ask) -> Answer:
    """The sandbox as it is."""
    return ask(call)


class StrangeService:
    """A sandbox behind a variant, with no pauses in its streams. It counts what passes.

    Attributes:
        requests: the requests that came, each with method, path, headers, and body.
        changed: how many of them differ from what the sandbox alone would have got or given.
        tokens_in: the tokens of all prompts.
        tokens_out: the tokens of all answers.
    """

    def __init__(self, variant: Variant = unchanged):
        self._counting = Sandbox(pace=0)
        self.begin(variant)

    def begin(self, variant: Variant) -> None:
        """Forget what was, and go on with another variant."""
        self._variant, self._sandbox = variant, Sandbox(pace=0)
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.changed = self.tokens_in = self.tokens_out = 0

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer a request as the variant has it (see `Sandbox.handle`)."""
        self.requests.append((method, path, dict(headers), body))
        try:
            parsed = json.loads(body or b"{}")
        except ValueError:  # a form is passed on as it is, and its answer may change
            parsed = {} if headers.get("content-type", "").startswith("multipart/") else None
        if not isinstance(parsed, dict) or FAULT_HEADER in headers:
            return self._sandbox.handle(method, path, headers, body)
        number = sum(request[0] == "POST" for request in self.requests)
        original = Call(method, path, dict(headers), parsed, number)
        plain: list[Answer] = []

        def ask(call: Call) -> Answer:
            sent = body if call.body == original.body else encode(call.body)
            answer = Answer.read(self._sandbox.handle(call.method, call.path, call.headers, sent))
            if call == original:
                plain.append(copy.deepcopy(answer))
            return answer

        answer = self._variant(copy.deepcopy(original), ask)
        self.changed += plain != [answer]
        self._count(original, answer)
        return answer.reply()

    def _count(self, call: Call, answer: Answer) -> None:
        """Add the tokens of an answer. Those of a stream are known only if it was asked for them, so ask again."""
        if isinstance(answer.content, list):
            call.body = {name: value for name, value in call.body.items() if name not in ("stream", "stream_options")}
            answer = Answer.read(self._counting.handle(call.method, call.path, call.headers, encode(call.body)))
        usage = isinstance(answer.content, dict) and answer.content.get("usage")
        if usage:
            self.tokens_in += usage.get("prompt_tokens", usage.get("input_tokens"))
            self.tokens_out += usage.get("completion_tokens", usage.get("output_tokens", 0))


def _read_event(piece: bytes) -> dict[str, Any] | bytes:
    _, found, data = piece.partition(b"data: ")
    return json.loads(data) if found else piece
