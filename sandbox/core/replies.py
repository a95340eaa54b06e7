"""What the sandbox answers, ready for an adapter to send."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.core.errors import ApiError, error_body

JSON = "application/json"
# The pieces of a body, each with the seconds to wait before it is sent. Taking the next one may raise `ConnectionLost`:
# then the connection has to break off.
Pieces = Iterable[tuple[float, bytes]]
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Reply:
    """What the sandbox answers."""

    status: int
    headers: dict[str, str]  # names in lower case
    pieces: Pieces = ()
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


def make_reply(content: dict | Pieces, headers: dict[str, str], kind: str = JSON, status: int = 200) -> Reply:
    """Return a reply with a JSON object, or with the pieces of a body of another kind."""
    pieces = [(0.0, encode(content))] if isinstance(content, dict) else content
    return Reply(status, {"content-type": kind, "x-sandbox": "1"} | headers, pieces)


def error_reply(error: ApiError, hosting: str, headers: dict[str, str]) -> Reply:
    """Return the reply for an error, in the shape of the hosting (see `error_body`)."""
    return make_reply(error_body(error, hosting), headers | error.headers, status=error.status)


def encode_event(content: dict[str, Any]) -> bytes:
    """Return a JSON object as a server-sent event, with its type as the name if it has one."""
    name = f"event: {content['type']}\n".encode() if "type" in content else b""
    return name + b"data: " + encode(content) + b"\n\n"


def encode(content: dict[str, Any]) -> bytes:
    """Return a JSON object as UTF-8. A lone surrogate of the request becomes a question mark."""
    return _ENCODER.encode(content).encode("utf-8", "replace")
