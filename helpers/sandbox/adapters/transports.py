"""The sandbox inside the client's own process: httpx2 transports, for tests and for places without sockets.

Use one with `openai.OpenAI(http_client=openai.DefaultHttpxClient(transport=SandboxTransport(Sandbox())), ...)`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import httpx2

from helpers.sandbox.core import Reply, Sandbox


class SandboxTransport(httpx2.BaseTransport):
    """Answers the requests of a synchronous client.

    Args:
        sandbox: the core that answers.
    """

    def __init__(self, sandbox: Sandbox):
        self._sandbox = sandbox

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        reply = _ask(self._sandbox, request, request.read())
        return httpx2.Response(reply.status, headers=reply.headers, stream=_Pieces(reply))


class AsyncSandboxTransport(httpx2.AsyncBaseTransport):
    """Answers the requests of an asynchronous client.

    Args:
        sandbox: the core that answers.
    """

    def __init__(self, sandbox: Sandbox):
        self._sandbox = sandbox

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        reply = _ask(self._sandbox, request, await request.aread())
        return httpx2.Response(reply.status, headers=reply.headers, stream=_AsyncPieces(reply))


def _ask(sandbox: Sandbox, request: httpx2.Request, body: bytes) -> Reply:
    return sandbox.handle(request.method, request.url.path, dict(request.headers), body)


class _Pieces(httpx2.SyncByteStream):
    def __init__(self, reply: Reply):
        self._reply = reply

    def __iter__(self) -> Iterator[bytes]:
        for delay, piece in self._reply.pieces:
            time.sleep(delay)
            yield piece


class _AsyncPieces(httpx2.AsyncByteStream):
    def __init__(self, reply: Reply):
        self._reply = reply

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for delay, piece in self._reply.pieces:
            await asyncio.sleep(delay)
            yield piece
