"""What both ways to a client, HTTP and in-process, make of the core's reply."""

from collections.abc import Sequence

from sandbox.core import Reply

_STATUSES_WITHOUT_BODY = (204, 304)


def whole_body(reply: Reply) -> bytes | None:
    """Return the body of an answer that is ready as a whole.

    Args:
        reply: the core's reply.

    Returns:
        The body, or None if it comes piece by piece, as a stream or with pauses.
    """
    if not isinstance(reply.pieces, Sequence) or any(delay for delay, _ in reply.pieces):
        return None
    return b"".join(piece for _, piece in reply.pieces)


def response_headers(reply: Reply, body: bytes | None) -> dict[str, str]:
    """Return the headers to send: the core's, and the length of a body that is ready as a whole.

    Args:
        reply: the core's reply.
        body: the body, or None if it comes piece by piece.
    """
    if body is None or reply.status in _STATUSES_WITHOUT_BODY:
        return reply.headers
    return {"content-length": str(len(body))} | reply.headers
