"""The sandbox over HTTP: an ASGI application, and a local server that runs it with uvicorn."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

from helpers.sandbox.core import MAX_BODY_BYTES, Sandbox

_SECONDS_TO_START = 10

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class SandboxApp:
    """An ASGI application around a sandbox.

    Args:
        sandbox: the core that answers.
    """

    def __init__(self, sandbox: Sandbox):
        self._sandbox = sandbox

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        reply = self._sandbox.handle(scope["method"], scope["path"], headers, await _read_body(receive))
        raw_headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": raw_headers})
        for delay, piece in reply.pieces:
            if delay:
                await asyncio.sleep(delay)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _read_body(receive: Receive) -> bytes:
    """Read the body; what is far beyond the limit is dropped, so that the core still sees that it is too large."""
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if size <= MAX_BODY_BYTES:
            pieces.append(message.get("body", b""))
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


class LocalServer(uvicorn.Server):
    """A sandbox server on this machine.

    Args:
        sandbox: the core that answers.
        host: the address to bind to; the default is reachable from this machine only.
        port: the port, 0 for a free one.

    Raises:
        OSError: the address cannot be used, for example because another program uses the port.
    """

    def __init__(self, sandbox: Sandbox, host: str = "127.0.0.1", port: int = 0):
        config = uvicorn.Config(SandboxApp(sandbox), log_level="critical", access_log=False, lifespan="off")
        super().__init__(config)
        self._socket = socket.create_server((host, port))
        self._on_ready: Callable[[], None] = lambda: None
        self.base_url = f"http://{host}:{self._socket.getsockname()[1]}/v2"

    def serve_forever(self, on_ready: Callable[[], None]) -> None:
        """Serve until the process is told to stop.

        Args:
            on_ready: called once the server answers.
        """
        self._on_ready = on_ready
        self.run(sockets=[self._socket])

    def serve_in_background(self) -> None:
        """Serve from a thread that ends with the process; returns once the server answers.

        Raises:
            RuntimeError: it does not answer within ten seconds.
        """
        ready = threading.Event()
        threading.Thread(target=self.serve_forever, args=(ready.set,), name="sandbox", daemon=True).start()
        if not ready.wait(_SECONDS_TO_START):
            raise RuntimeError("The sandbox did not start. Restart the kernel and try again.")

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening (called by uvicorn), then say so."""
        await super().startup(sockets)
        self._on_ready()
