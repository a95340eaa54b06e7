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
    """Answers the requests of a synchronous client. A wait beyond its read timeout raises `httpx2.ReadTimeout`."""

    def __init__(self, sandbox: Sandbox):
        self._sandbox = sandbox

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request; the body of the response is not yet read."""
        body = _Body(request, _ask(self._sandbox, request, request.read()))
        time.sleep(body.wait(body.reply.delay))
        body.check_in_time(body.reply.delay)
        return body.response()


class AsyncSandboxTransport(httpx2.AsyncBaseTransport):
    """The same for an asynchronous client. An answer is computed on the client's own loop."""

    def __init__(self, sandbox: Sandbox):
        self._sandbox = sandbox

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request; the body of the response is not yet read."""
        body = _Body(request, _ask(self._sandbox, request, await request.aread()))
        await asyncio.sleep(body.wait(body.reply.delay))
        body.check_in_time(body.reply.delay)
        return body.response()


def _ask(sandbox: Sandbox, request: httpx2.Request, body: bytes) -> Reply:
    # dict() joins headers that occur twice with commas.
    return sandbox.handle(request.method, request.url.path, dict(request.headers), body)


class _Body(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """The pieces of an answer's body, for one client of either kind to read once."""

    def __init__(self, request: httpx2.Request, reply: Reply):
        self.reply = reply
        self._request = request
        # The answer to HEAD has the headers of a body, but none.
        self._pieces = iter(() if request.method == "HEAD" else reply.pieces)
        seconds = request.extensions.get("timeout", {}).get("read")
        self._read_timeout = math.inf if seconds is None else seconds

    def response(self) -> httpx2.Response:
        return httpx2.Response(self.reply.status, headers=self.reply.headers_to_send(), stream=self)

    def wait(self, delay: float) -> float:
        """Return how many seconds the client waits for a part of the answer that comes after `delay` seconds."""
        return min(delay, self._read_timeout)

    def check_in_time(self, delay: float) -> None:
        """Raise `httpx2.ReadTimeout` if the part came later than the client waits; called after the wait."""
        if delay > self._read_timeout:
            raise httpx2.ReadTimeout("timed out", request=self._request)

    def __iter__(self) -> Iterator[bytes]:
        for delay, piece in self._until_lost():
            time.sleep(self.wait(delay))
            self.check_in_time(delay)
            yield piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for delay, piece in self._until_lost():
            await asyncio.sleep(self.wait(delay))
            self.check_in_time(delay)
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
