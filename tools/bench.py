"""Measure the sandbox beside a bare Starlette app: `python -m tools.bench [--seconds N]`.

The bare app reads a JSON body and answers with as many bytes as the sandbox does; its streams have as many chunks of
the same size. Both are processes of their own with the same settings of uvicorn, and take turns, so that a busy
machine hurts both: what counts is the ratio. The client is one connection that stays open. An answer that is not 200
ends the run with an error.
"""

import argparse
import http.client
import itertools
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

from sandbox.service import Sandbox

SANDBOX = ["-m", "sandbox", "--port", "0", "--pace", "0"]
SANDBOX += ["--requests-per-minute", "1000000000", "--tokens-per-minute", "1000000000"]
BARE = ["-c", "from tools.bench import serve_bare; serve_bare()"]
HEADERS = {"authorization": "Bearer sandbox", "content-type": "application/json"}
STARTS, ROUNDS, MANY = 5, 4, 2000

_QUESTION = {"model": "gpt-4.1", "temperature": 0, "messages": [{"role": "user", "content": "What is a rainbow?"}]}
_PARAMETERS = {"type": "object", "properties": {"topic": {"type": "string"}}, "required": ["topic"]}
_FUNCTION = {"name": "get_definition", "description": "Look up what a thing is", "parameters": _PARAMETERS}
CHAT = "/v2/chat/completions"
CASES: dict[str, tuple[str, dict[str, Any] | None]] = {
    "models": ("/v2/models", None),
    "chat": (CHAT, _QUESTION),
    "chat with a tool": (CHAT, _QUESTION | {"tools": [{"type": "function", "function": _FUNCTION}]}),
    "embeddings": ("/v2/embeddings", {"model": "text-embedding-bge-m3", "input": "rain", "encoding_format": "base64"}),
    "stream": (CHAT, _QUESTION | {"stream": True}),
}  # fmt: skip


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

        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(request.path_params["count"]):
                yield b"x" * request.path_params["size"]

        return StreamingResponse(pieces(), media_type="text/event-stream")

    routes = [
        Route("/answer/{size:int}", answer, methods=["GET", "POST"]),
        Route("/stream/{count:int}/{size:int}", stream, methods=["POST"]),
    ]
    listener = listen("127.0.0.1", 0)
    print(f"Bare ready: http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    uvicorn.Server(uvicorn.Config(Starlette(routes=routes), **UVICORN_SETTINGS)).run(sockets=[listener])


@contextmanager
def serving(arguments: list[str]) -> Iterator[tuple[http.client.HTTPConnection, int]]:
    """Run a server process with these arguments of `python`; give a connection to it, and its process id."""
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        if "ready: " not in line:
            raise RuntimeError(f"The server did not start: python {' '.join(arguments)}. See its message above.")
        address = urlsplit(line.partition("ready: ")[2].split()[0])
        with closing(http.client.HTTPConnection("127.0.0.1", address.port)) as connection:
            yield connection, process.pid
    finally:
        process.kill()
        process.communicate()


def ask(connection: http.client.HTTPConnection, path: str, body: dict[str, Any] | None) -> tuple[bytes, float]:
    """Send a request; return the body of the answer, and the seconds until its first byte.

    Raises:
        RuntimeError: the status is not 200.
    """
    begin = time.perf_counter()
    data = json.dumps(body) if body else None
    connection.request("POST" if body else "GET", path, data, HEADERS)
    response = connection.getresponse()
    content, first = response.read(1), time.perf_counter() - begin
    content += response.read()
    if response.status != 200:
        raise RuntimeError(f"{path} answers {response.status}: {content[:200]!r}")
    return content, first


def bare_path(answer: bytes) -> str:
    """Return the path on which the bare app answers with as much, in as many pieces."""
    if not answer.startswith(b"data: "):
        return f"/answer/{len(answer)}"
    count = answer.count(b"\n\n")
    return f"/stream/{count}/{len(answer) // count}"


def measure_start(arguments: list[str]) -> float:
    """Return the median of the milliseconds from the start of a process to its first answer."""
    times = []
    for _ in range(STARTS):
        begin = time.perf_counter()
        with serving(arguments) as (connection, _):
            ask(connection, "/v2/models" if arguments is SANDBOX else "/answer/100", None)
            times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times)


def measure(connection: http.client.HTTPConnection, path: str, body: Any, seconds: float) -> tuple[float, float]:
    """Return the requests in a second, and the median of the milliseconds to the first byte."""
    firsts, begin = [], time.perf_counter()
    while time.perf_counter() - begin < seconds:
        firsts.append(1000 * ask(connection, path, body)[1])
    return len(firsts) / (time.perf_counter() - begin), statistics.median(firsts)


def measure_in_process(path: str, body: Any, seconds: float) -> float:
    """Return the microseconds of processor time that the sandbox itself takes for a request."""
    sandbox, data = Sandbox(pace=0, requests_per_minute=10**9, tokens_per_minute=10**9), json.dumps(body).encode()
    count, begin = 0, time.process_time()
    while time.process_time() - begin < seconds:
        list(sandbox.handle("POST" if body else "GET", path, HEADERS | {"host": "localhost"}, data).pieces)
        count += 1
    return 1e6 * (time.process_time() - begin) / count


def resident_mebibytes(pid: int) -> float:
    """Return the resident memory of a process, as `ps` has it."""
    done = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], stdout=subprocess.PIPE, check=True)
    return int(done.stdout) / 1024


def run(seconds: float) -> Iterator[str]:
    """Measure all, and give the lines to print; each measurement takes so many seconds for each server."""
    sandbox_start, bare_start = measure_start(SANDBOX), measure_start(BARE)
    ratio = sandbox_start / bare_start
    yield f"start to first answer: {sandbox_start:.0f} ms, bare {bare_start:.0f} ms, ratio {ratio:.2f}"
    with serving(SANDBOX) as (sandbox, sandbox_pid), serving(BARE) as (bare, bare_pid):
        for name, (path, body) in CASES.items():
            other = bare_path(ask(sandbox, path, body)[0])
            turns = [
                (measure(sandbox, path, body, seconds / ROUNDS), measure(bare, other, body, seconds / ROUNDS))
                for _ in range(ROUNDS)
            ]
            # The best turn is the one that other programs disturbed least.
            rates = [max(turn[side][0] for turn in turns) for side in (0, 1)]
            firsts = [min(turn[side][1] for turn in turns) for side in (0, 1)]
            alone = measure_in_process(path, body, seconds / ROUNDS)
            yield (
                f"{name}: {rates[0]:.0f} requests/s, bare {rates[1]:.0f}, ratio {rates[0] / rates[1]:.2f}; "
                f"first byte {firsts[0]:.2f} ms, bare {firsts[1]:.2f}; {alone:.0f} µs of the sandbox alone"
            )
        if shutil.which("ps"):
            before = resident_mebibytes(sandbox_pid)
            for number, (path, body) in zip(range(MANY), itertools.cycle(CASES.values()), strict=False):
                ask(sandbox, path, body and body | {"user": str(number)})
            after, least = resident_mebibytes(sandbox_pid), resident_mebibytes(bare_pid)
            yield f"resident memory: {before:.0f} MiB, after {MANY} requests more {after:.0f}, bare {least:.0f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description="Measure the sandbox's server.")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each measurement and server (default: 4)")
    for line in run(parser.parse_args().seconds):
        print(line, flush=True)


if __name__ == "__main__":
    main()
