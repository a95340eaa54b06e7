"""The sandbox inside the client's own process: httpx2 transports, for tests and for places without sockets.

Use one with `openai.OpenAI(http_client=openai.DefaultHttpxClient(transport=SandboxTransport(Sandbox())), ...)`.
What a client sees is what it sees over HTTP: pauses, read timeouts and lost connections included.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Generator, Iterator

import httpx2

from sandbox.core.errors import ConnectionLost
from sandbox.core.replies import Reply
from sandbox.service import Sandbox


class SandboxTransport(httpx2.BaseTransport):
    """Answers the requests of a synchronous client.

    Args:
        sandbox: the core that answers.
    """

    def __init__(self, sandbox: Sandbox):
        self._sandbox = sandbox

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request.

        Args:
            request: the request. Its read timeout applies to the pauses in the answer.

        Returns:
            The response, its body not yet read.

        Raises:
            httpx2.ReadTimeout: the answer begins later than the read timeout allows.
        """
        reply = _ask(self._sandbox, request, request.read())
        time.sleep(_seconds_to_wait(request, reply.delay))
        _check_in_time(request, reply.delay)
        return _response(reply, _Pieces(request, reply))


class AsyncSandboxTransport(httpx2.AsyncBaseTransport):
    """Answers the requests of an asynchronous client. An answer is computed on the client's own loop.

    Args:
        sandbox: the core that answers.
    """

    def __init__(self, sandbox: Sandbox):
        self._sandbox = sandbox

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request.

        Args:
            request: the request. Its read timeout applies to the pauses in the answer.

        Returns:
            The response, its body not yet read.

        Raises:
            httpx2.ReadTimeout: the answer begins later than the read timeout allows.
        """
        reply = _ask(self._sandbox, request, await request.aread())
        await asyncio.sleep(_seconds_to_wait(request, reply.delay))
        _check_in_time(request, reply.delay)
        return _response(reply, _AsyncPieces(request, reply))


def _ask(sandbox: Sandbox, request: httpx2.Request, body: bytes) -> Reply:
    # dict() joins headers that occur twice with commas.
    return sandbox.handle(request.method, request.url.path, dict(request.headers), body)


def _response(reply: Reply, stream: "_Pieces | _AsyncPieces") -> httpx2.Response:
    return httpx2.Response(reply.status, headers=reply.headers_to_send(), stream=stream)


def _seconds_to_wait(request: httpx2.Request, delay: float) -> float:
    """Return how long the client waits for a part of the answer that comes after `delay` seconds."""
    return min(delay, _read_timeout(request))


def _check_in_time(request: httpx2.Request, delay: float) -> None:
    """Raise `httpx2.ReadTimeout` if the part came later than the client waits; called after the wait."""
    if delay > _read_timeout(request):
        raise httpx2.ReadTimeout("timed out", request=request)


def _read_timeout(request: httpx2.Request) -> float:
    """Return the most seconds from one part of an answer to the next."""
    seconds = request.extensions.get("timeout", {}).get("read")
    return math.inf if seconds is None else seconds


class _Body:
    """The pieces of an answer's body, for one client to read once."""

    def __init__(self, request: httpx2.Request, reply: Reply):
        self._request = request
        # The answer to HEAD has the headers of a body, but none.
        self._pieces = iter(() if request.method == "HEAD" else reply.pieces)

    def _next(self) -> tuple[float, bytes] | None:
        """Return the next piece, None after the last.

        Raises:
            httpx2.RemoteProtocolError: the connection is lost here.
        """
        try:
            return next(self._pieces, None)
        except ConnectionLost as error:
            message = "peer closed connection without sending complete message body (incomplete chunked read)"
            raise httpx2.RemoteProtocolError(message, request=self._request) from error

    def _close(self) -> None:
        if isinstance(self._pieces, Generator):
            self._pieces.close()


class _Pieces(_Body, httpx2.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        while (part := self._next()) is not None:
            delay, piece = part
            time.sleep(_seconds_to_wait(self._request, delay))
            _check_in_time(self._request, delay)
            yield piece

    def close(self) -> None:
        self._close()


class _AsyncPieces(_Body, httpx2.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (part := self._next()) is not None:
            delay, piece = part
            await asyncio.sleep(_seconds_to_wait(self._request, delay))
            _check_in_time(self._request, delay)
            yield piece

    async def aclose(self) -> None:
        self._close()
