"""The server processes that `tools.bench` measures: the sandbox, a bare Starlette app, and one that only writes."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from tools.bench_load import RequestFailedError

SANDBOX = ["-m", "sandbox", "--port", "0", "--pace", "0"]
SANDBOX += ["--requests-per-minute", "1000000000", "--tokens-per-minute", "1000000000"]
BARE = ["-c", "from tools.bench_servers import serve_bare; serve_bare()"]
FIXED = ["-c", "from tools.bench_servers import serve_fixed; serve_fixed()"]


@dataclass
class Server:
    """A server process, and the port on which it answers."""

    process: subprocess.Popen
    port: int


def serve_bare() -> None:
    """Serve the app to compare with, until the process is ended."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse, StreamingResponse
    from starlette.routing import Route

    from sandbox.adapters.server import UVICORN_SETTINGS, listen

    async def answer(request: Request) -> JSONResponse:
        if request.method == "POST":
            await request.json()
        return JSONResponse({"text": "x" * (request.path_params["size"] - len('{"text":""}'))})

    async def stream(request: Request) -> StreamingResponse:
        await request.json()
        piece = b"x" * request.path_params["size"]

        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(request.path_params["count"]):
                yield piece

        return StreamingResponse(pieces(), media_type="text/event-stream")

    routes = [
        Route("/answer/{size:int}", answer, methods=["GET", "POST"]),
        Route("/stream/{count:int}/{size:int}", stream, methods=["POST"]),
    ]
    listener = listen("127.0.0.1", 0)
    print(f"Bare ready: http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    uvicorn.Server(uvicorn.Config(Starlette(routes=routes), **UVICORN_SETTINGS)).run(sockets=[listener])


def serve_fixed() -> None:
    """Answer whatever comes with the same few bytes, to see what the load can do at most."""

    class Fixed(asyncio.Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:
            self.transport = transport

        def data_received(self, data: bytes) -> None:
            self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(Fixed, "127.0.0.1", 0)
        print(f"Fixed ready: http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await server.serve_forever()

    asyncio.run(serve())


def start(arguments: Sequence[str]) -> Server:
    """Start a server process; returns once it says that it is ready.

    Args:
        arguments: what follows `python` on its command line.

    Raises:
        RequestFailedError: it ended instead.
    """
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)
    words = process.stdout.readline().split()
    if "ready:" not in words:
        process.communicate()
        raise RequestFailedError(f"The server did not start: python {' '.join(arguments)}. See its message above.")
    return Server(process, urlsplit(words[words.index("ready:") + 1]).port)


def separate(*servers: Server) -> None:
    """Give one core to servers that take turns and the others to this process, where the system allows it."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) > 1:
        for server in servers:
            os.sched_setaffinity(server.process.pid, cores[:1])
        os.sched_setaffinity(0, cores[1:])


def stop(*servers: Server) -> None:
    """End server processes."""
    for server in servers:
        server.process.kill()
        server.process.communicate()
