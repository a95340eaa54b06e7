"""What the sandbox answers, ready for an adapter to send."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.core.errors import ApiError, error_body

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Reply:
    """What the sandbox answers.

    Each piece of the body has the seconds to wait before it is sent. Taking the next piece may raise `ConnectionLost`:
    then the connection has to break off.
    """

    status: int
    headers: dict[str, str]  # names in lower case
    pieces: Iterable[tuple[float, bytes]] = ()
    delay: float = 0.0  # seconds to wait before anything is sent, the status included

    def whole_body(self) -> bytes | None:
        """Return a body that is ready as a whole, None if it comes piece by piece, as a stream or with pauses."""
        if not isinstance(self.pieces, Sequence) or any(delay for delay, _ in self.pieces):
            return None
        return b"".join(piece for _, piece in self.pieces)

    def headers_to_send(self) -> dict[str, str]:
        """Return the headers, with the length of a body that is ready as a whole."""
        body = self.whole_body()
        if body is None or self.status in (204, 304):  # which have no body at all
            return self.headers
        return {"content-length": str(len(body))} | self.headers


def whole_reply(
    content: dict[str, Any] | bytes, headers: dict[str, str], kind: str = "application/json", status: int = 200
) -> Reply:
    """Return a reply with a body that is ready: JSON to encode, or bytes of another kind."""
    body = content if isinstance(content, bytes) else encode(content)
    return Reply(status, common_headers(kind) | headers, [(0.0, body)])


def error_reply(error: ApiError, hosting: str, headers: dict[str, str]) -> Reply:
    """Return the reply for an error, in the shape of the hosting (see `error_body`)."""
    return whole_reply(error_body(error, hosting), headers | error.headers, status=error.status)


def common_headers(content_type: str) -> dict[str, str]:
    """Return the headers that all replies with a body have."""
    return {"content-type": content_type, "x-sandbox": "1"}


def encode_event(content: dict[str, Any]) -> bytes:
    """Return a JSON object as a server-sent event."""
    return b"data: " + encode(content) + b"\n\n"


def encode(content: dict[str, Any]) -> bytes:
    """Return a JSON object as UTF-8. A lone surrogate of the request becomes a question mark."""
    return _ENCODER.encode(content).encode("utf-8", "replace")
