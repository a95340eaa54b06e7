"""Load for a server on this machine: many connections that stay open, and no more of HTTP than uvicorn speaks."""

import asyncio
import json
import math
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

_SECONDS_TO_ANSWER = 300


class RequestFailedError(Exception):
    """A request or a stream got another answer than it should have, or none."""


@dataclass
class Answer:
    """What came back.

    Attributes:
        pieces: the body as it came, one piece if it is no stream.
        first: seconds from the request to the first piece.
        last: seconds from the request to the end.
    """

    pieces: list[bytes]
    first: float
    last: float


def build_request(method: str, path: str, body: dict | None = None) -> bytes:
    """Return the bytes of a request, with the headers that clients of the API send."""
    content = b"" if body is None else json.dumps(body).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer sandbox\r\naccept: application/json\r\n"
        f"content-type: application/json\r\nuser-agent: bench\r\ncontent-length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


class Client:
    """One connection that stays open.

    Args:
        reader: what comes from the server.
        writer: what goes to the server.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self._reader = reader
        self._writer = writer

    async def ask(self, request: bytes) -> Answer:
        """Send a request and read the whole answer.

        Args:
            request: see `build_request`.

        Raises:
            RequestFailedError: the status is not 200, the connection is lost, or the answer takes too long.
        """
        begin = time.perf_counter()
        try:
            async with asyncio.timeout(_SECONDS_TO_ANSWER):
                self._writer.write(request)
                head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
                pieces, first = await self._read_body(head)
        except (OSError, asyncio.IncompleteReadError) as error:
            raise RequestFailedError(f"No complete answer: {error!r}") from error
        if not head.startswith(b"http/1.1 200 "):
            content = b"".join(pieces)[:300].decode(errors="replace")
            raise RequestFailedError(f"{head.splitlines()[0].decode()}: {content}")
        return Answer(pieces, first - begin, time.perf_counter() - begin)

    async def _read_body(self, head: bytes) -> tuple[list[bytes], float]:
        """Return the pieces, and the time of the first."""
        if b"\r\ntransfer-encoding: chunked" not in head:
            length = int(head.partition(b"\r\ncontent-length:")[2].split(b"\r\n", 1)[0])
            return [await self._reader.readexactly(length)], time.perf_counter()
        pieces, first = [], 0.0
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            pieces.append((await self._reader.readexactly(size + 2))[:-2])
            first = first or time.perf_counter()
        await self._reader.readexactly(2)
        return pieces, first


@asynccontextmanager
async def connect(port: int) -> AsyncIterator[Client]:
    """Open a connection to a port of this machine, and close it in the end.

    Raises:
        RequestFailedError: nobody answers there.
    """
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError as error:
        raise RequestFailedError(f"No connection to port {port}: {error}") from error
    try:
        yield Client(reader, writer)
    finally:
        writer.close()


async def ask_each(port: int, requests: Iterable[bytes]) -> list[Answer]:
    """Send requests over one connection, each after the answer to the one before.

    Raises:
        RequestFailedError: one of them failed.
    """
    async with connect(port) as client:
        return [await client.ask(request) for request in requests]


async def ask_at_once(port: int, requests: Iterable[bytes]) -> list[Answer | BaseException]:
    """Send all requests at once, each over a connection of its own; what fails is returned as the exception."""

    async def ask_one(request: bytes) -> Answer:
        async with connect(port) as client:
            return await client.ask(request)

    return await asyncio.gather(*map(ask_one, requests), return_exceptions=True)


async def load(port: int, requests: Iterator[bytes], clients: int, seconds: float = math.inf) -> list[float]:
    """Keep a server busy with clients that each send one request after another.

    Args:
        port: the server's port.
        requests: each client takes the next when it has its answer.
        clients: how many connections.
        seconds: when to stop; without it when the requests are used up.

    Returns:
        How long each request took, in seconds.

    Raises:
        RequestFailedError: one of them failed.
    """
    end = time.perf_counter() + seconds
    durations: list[float] = []

    async def keep_asking() -> None:
        async with connect(port) as client:
            while time.perf_counter() < end and (request := next(requests, None)) is not None:
                durations.append((await client.ask(request)).last)

    await asyncio.gather(*(keep_asking() for _ in range(clients)))
    return durations
