"""The sandbox inside the client's own process: httpx2 transports, for tests and for places without sockets.

Use one with `openai.OpenAI(http_client=openai.DefaultHttpxClient(transport=SandboxTransport(Sandbox())), ...)`.
What a client sees is what it sees over HTTP: pauses, read timeouts and lost connections included.
"""

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncIterator, Generator, Iterator

import httpx2

from sandbox.core.errors import ConnectionLost
from sandbox.service import Sandbox


class _Transport:
    def __init__(self, sandbox: Sandbox):
        self._sandbox = sandbox


class SandboxTransport(_Transport, httpx2.BaseTransport):
    """Answers the requests of a synchronous client. A wait beyond its read timeout raises `httpx2.ReadTimeout`."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request; the body of the response is not yet read."""
        body = _Body(self._sandbox, request, request.read())
        with body.in_time(body.reply.delay) as seconds:
            time.sleep(seconds)
        return body.response()


class AsyncSandboxTransport(_Transport, httpx2.AsyncBaseTransport):
    """The same for an asynchronous client. An answer is computed on the client's own loop."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request; the body of the response is not yet read."""
        body = _Body(self._sandbox, request, await request.aread())
        with body.in_time(body.reply.delay) as seconds:
            await asyncio.sleep(seconds)
        return body.response()


class _Body(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """The pieces of an answer's body, for one client of either kind to read once."""

    def __init__(self, sandbox: Sandbox, request: httpx2.Request, content: bytes):
        self._request = request
        query = request.url.query.decode("latin-1")
        path = request.url.path.replace("?", "%3F") + (f"?{query}" if query else "")
        # dict() joins headers that occur twice with commas.
        self.reply = sandbox.handle(request.method, path, dict(request.headers), content)
        # The answer to HEAD has the headers of a body, but none.
        self._pieces = iter(() if request.method == "HEAD" else self.reply.pieces)
        seconds = request.extensions.get("timeout", {}).get("read")
        self._read_timeout = math.inf if seconds is None else seconds

    def response(self) -> httpx2.Response:
        return httpx2.Response(self.reply.status, headers=self.reply.headers_to_send(), stream=self)

    @contextlib.contextmanager
    def in_time(self, delay: float) -> Iterator[float]:
        """Give the seconds that the client waits for a part that comes after `delay`, then fail if it came later."""
        yield min(delay, self._read_timeout)
        if delay > self._read_timeout:
            raise httpx2.ReadTimeout("timed out", request=self._request)

    def __iter__(self) -> Iterator[bytes]:
        for delay, piece in self._until_lost():
            with self.in_time(delay) as seconds:
                time.sleep(seconds)
            yield piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for delay, piece in self._until_lost():
            with self.in_time(delay) as seconds:
                await asyncio.sleep(seconds)
            yield piece

    def _until_lost(self) -> Iterator[tuple[float, bytes]]:
        try:
            yield from self._pieces
        except ConnectionLost as error:
            message = "peer closed connection without sending complete message body (incomplete chunked read)"
            raise httpx2.RemoteProtocolError(message, request=self._request) from error

    def close(self) -> None:
        if isinstance(self._pieces, Generator):
            self._pieces.close()

    async def aclose(self) -> None:
        self.close()
