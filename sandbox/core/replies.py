"""What the sandbox answers, ready for an adapter to send."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.errors import ApiError, error_body

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_STATUSES_WITHOUT_BODY = (204, 304)


@dataclass(frozen=True)
class Reply:
    """What the sandbox answers.

    Attributes:
        status: the HTTP status.
        headers: the response headers, names in lower case.
        pieces: the body in pieces, each with the seconds to wait before it is sent. Taking the next piece may raise
            `ConnectionLost`: then the connection has to break off.
        delay: the seconds to wait before anything is sent, the status included.
    """

    status: int
    headers: dict[str, str]
    pieces: Iterable[tuple[float, bytes]] = field(default_factory=tuple)
    delay: float = 0.0

    def whole_body(self) -> bytes | None:
        """Return a body that is ready as a whole, None if it comes piece by piece, as a stream or with pauses."""
        if not isinstance(self.pieces, Sequence) or any(delay for delay, _ in self.pieces):
            return None
        return b"".join(piece for _, piece in self.pieces)

    def headers_to_send(self) -> dict[str, str]:
        """Return the headers, with the length of a body that is ready as a whole."""
        body = self.whole_body()
        if body is None or self.status in _STATUSES_WITHOUT_BODY:
            return self.headers
        return {"content-length": str(len(body))} | self.headers


def whole_reply(content: dict[str, Any] | bytes, headers: dict[str, str], kind: str = "application/json") -> Reply:
    """Return a reply of status 200 with a body that is ready: JSON to encode, or bytes of another kind."""
    body = content if isinstance(content, bytes) else encode(content)
    return Reply(200, common_headers(kind) | headers, [(0.0, body)])


def error_reply(error: ApiError, hosting: str, headers: dict[str, str]) -> Reply:
    """Return the reply for an error, in the shape of the hosting (see `error_body`)."""
    shared = common_headers("application/json") | headers | error.headers
    return Reply(error.status, shared, [(0.0, encode(error_body(error, hosting)))])


def common_headers(content_type: str) -> dict[str, str]:
    """Return the headers that all replies with a body have."""
    return {"content-type": content_type, "x-sandbox": "1"}


def encode_event(content: dict[str, Any]) -> bytes:
    """Return a JSON object as a server-sent event."""
    return b"data: " + encode(content) + b"\n\n"


def encode(content: dict[str, Any]) -> bytes:
    """Return a JSON object as UTF-8. A lone surrogate of the request becomes a question mark."""
    return _ENCODER.encode(content).encode("utf-8", "replace")
