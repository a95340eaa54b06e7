"""The sandbox over HTTP: an ASGI application, and a local server that runs it with uvicorn."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Generator
from typing import Any

import uvicorn

from sandbox.core.errors import ConnectionLost
from sandbox.core.replies import Reply
from sandbox.core.requests import MAX_BODY_BYTES
from sandbox.service import Sandbox

# Measured: a body of this size takes 1.5 ms or more, so the change of threads, 0.1 ms, does not weigh. Streams beside
# such requests come twice as evenly; beside one of 400 kB a chunk is 30 ms late in place of 650 ms.
_THREAD_FROM_BYTES = 1024
_SECONDS_TO_START_OR_STOP = 60

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


# How uvicorn runs. A connection may idle for longer than common clients keep theirs (Python 5 s, Go 90 s), so that none
# sends its next request into a connection that the server is just closing. The protocols are named, not found out, so
# that the server is the same whatever else is installed; a request for a websocket is answered as plain HTTP.
UVICORN_SETTINGS: dict[str, Any] = {
    "loop": "asyncio",
    "http": "h11",
    "ws": "none",
    "lifespan": "off",
    "log_config": None,
    "log_level": "critical",
    "access_log": False,
    "proxy_headers": False,
    "server_header": False,
    "timeout_keep_alive": 120,
    "timeout_graceful_shutdown": 1,
}


def listen(host: str, port: int) -> socket.socket:
    """Open a socket for a server on a port, 0 for a free one. Raises OSError if the address cannot be used."""
    listener = socket.create_server((host, port))
    # Connections inherit it. asyncio sets it only on sockets that it made itself; without it, an answer that is written
    # in two parts waits up to 40 ms for the client to confirm the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class SandboxApp:
    """An ASGI application around a sandbox."""

    def __init__(self, sandbox: Sandbox):
        self._sandbox = sandbox
        # Python computes in one thread at a time. With several that want to, nothing is ready earlier, and the loop
        # with its streams waits for longer.
        self._one_large = asyncio.Semaphore(1)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one HTTP request. Other scopes raise ValueError, which ASGI servers take as "not supported"."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
            return
        if scope["type"] != "http":
            raise ValueError(f"The sandbox answers HTTP requests only, not {scope['type']!r}.")
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            # One that occurs twice becomes a list with commas (RFC 9110, section 5.3).
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        body = await _read_body(receive, int(headers.get("content-length", 0)))
        if body is None:
            return
        given = scope.get("query_string", b"").decode("latin-1")
        query = f"?{given}" if given else ""
        request = scope["method"], scope["path"].replace("?", "%3F") + query, headers, body
        if len(body) < _THREAD_FROM_BYTES:
            reply = self._sandbox.handle(*request)
        else:
            async with self._one_large:
                reply = await asyncio.to_thread(self._sandbox.handle, *request)
        await _respond(reply, receive, send)


async def _read_body(receive: Receive, announced: int) -> bytes | None:
    """Return the body, up to the byte by which it is too large, or None if the client went away before its end."""
    if announced > MAX_BODY_BYTES:
        return bytes(MAX_BODY_BYTES + 1)  # which the core refuses for its size
    body = bytearray()
    while (message := await receive())["type"] != "http.disconnect":
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES or not message.get("more_body", False):
            return bytes(body)  # the server drops the rest
    return None


async def _respond(reply: Reply, receive: Receive, send: Send) -> None:
    """Send the answer, until its end or until the client goes away."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers_to_send().items()]
    start = {"type": "http.response.start", "status": reply.status, "headers": headers}
    body = reply.whole_body()
    if body is not None and not reply.delay:
        await send(start)
        await send({"type": "http.response.body", "body": body})
        return
    departure = asyncio.ensure_future(_departure(receive))
    pieces = iter(reply.pieces)
    try:
        if not await _wait(reply.delay, departure):
            return
        await send(start)
        for delay, piece in pieces:
            if not await _wait(delay, departure):
                return
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    except ConnectionLost:
        # Without its end, the response makes the server cut the connection.
        return
    finally:
        departure.cancel()
        if isinstance(pieces, Generator):
            pieces.close()


async def _departure(receive: Receive) -> None:
    """Return when the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _wait(seconds: float, departure: asyncio.Future[None]) -> bool:
    """Wait, but not for a client that goes away. Return whether it is still there."""
    if seconds > 0:
        await asyncio.wait([departure], timeout=seconds)
    else:
        # Lets other requests have their turn, and a departure be noticed.
        await asyncio.sleep(0)
    return not departure.done()


class LocalServer(uvicorn.Server):
    """A sandbox server on this machine, whose `base_url`, with the path "/v2", is the address to give to clients.

    By default, only this machine reaches it, at a free port. Raises OSError if the address cannot be used.
    """

    def __init__(self, sandbox: Sandbox, host: str = "127.0.0.1", port: int = 0):
        super().__init__(uvicorn.Config(SandboxApp(sandbox), **UVICORN_SETTINGS))
        self._socket = listen(host, port)
        self._on_ready: Callable[[], None] = lambda: None
        self._thread: threading.Thread | None = None
        self.base_url = f"http://{host}:{self._socket.getsockname()[1]}/v2"

    def serve_forever(self, on_ready: Callable[[], None]) -> None:
        """Serve until the process is told to stop; call `on_ready` once the server answers."""
        self._on_ready = on_ready
        self.run(sockets=[self._socket])

    def serve_in_background(self) -> None:
        """Serve from a thread until `stop`; return once the server answers. Raises RuntimeError after a minute."""
        ready = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, args=(ready.set,), name="sandbox", daemon=True)
        self._thread.start()
        if not ready.wait(_SECONDS_TO_START_OR_STOP):
            raise RuntimeError("The sandbox did not start. Restart the kernel and try again.")

    def stop(self) -> None:
        """Stop, with one second for running answers to end. Raises RuntimeError if it takes more than a minute."""
        self.should_exit = True
        if self._thread is not None:
            self._thread.join(_SECONDS_TO_START_OR_STOP)
            if self._thread.is_alive():
                raise RuntimeError("The sandbox does not stop. An answer is still being computed; end the process.")
        self._socket.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening (called by uvicorn), then say so."""
        await super().startup(sockets)
        self._on_ready()
