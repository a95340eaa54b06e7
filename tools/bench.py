"""Measure the sandbox's server beside a bare Starlette app: `python -m tools.bench [--seconds N] [--quick]`.

The bare app reads a JSON body and answers with JSON of the size that the sandbox's answer has; its streams have as many
chunks of the same size. Both are processes of their own with the same settings of uvicorn, and take turns, so that a
busy machine hurts both. Where the system allows it, they share one core, and the load, which comes from this process,
has another. The exit status is 1 if a request or a stream is lost.
"""

import argparse
import asyncio
import itertools
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tools.bench_load import Answer, RequestFailedError, ask_at_once, ask_each, build_request, load
from tools.bench_servers import BARE, FIXED, SANDBOX, Server, separate, start, stop

ROUNDS = 4
STARTS = 5
FIRST_CHUNKS = 25
STREAMS_AT_ONCE = 200
MANY_CLIENTS = 32

CHAT = "/v2/chat/completions"
QUESTIONS = [
    "What is a rainbow?",
    "Why is the sky blue?",
    "How does a battery store energy?",
    "Who wrote Faust?",
    "Name three rivers in Europe.",
    "What is 17 times 23?",
    "How do bees make honey?",
    "What does a compiler do?",
]
TOOL = {
    "type": "function",
    "function": {
        "name": "get_definition",
        "description": "Look up what a word or a thing is",
        "parameters": {"type": "object", "properties": {"topic": {"type": "string"}}, "required": ["topic"]},
    },
}

IMPORTS = {"sandbox": "sandbox.__main__", "bare": "uvicorn, starlette.applications, starlette.responses"}

Rows = list[Sequence[object]]


@dataclass
class Case:
    """One kind of request, as it is sent to each of the servers."""

    name: str
    sandbox: list[bytes]
    bare: list[bytes]


def chat_body(question: str, **options: object) -> dict:
    """Return the body of a chat request that is answered the same whenever it is asked."""
    return {"model": "gpt-4.1", "temperature": 0, "messages": [{"role": "user", "content": question}], **options}


async def make_cases(sandbox: Server) -> dict[str, Case]:
    """Return the cases by name. The bare app is asked for answers of the size that the sandbox's have."""
    chats = [chat_body(question) for question in QUESTIONS]
    embed = {"model": "text-embedding-bge-m3", "encoding_format": "base64"}
    kinds = {
        "GET /v2/models": ("GET", "/v2/models", [None]),
        "chat": ("POST", CHAT, chats),
        "chat with a tool": ("POST", CHAT, [body | {"tools": [TOOL]} for body in chats]),
        "embeddings": ("POST", "/v2/embeddings", [embed | {"input": question} for question in QUESTIONS]),
        "stream": ("POST", CHAT, [body | {"stream": True} for body in chats]),
    }
    cases = {}
    for name, (method, path, bodies) in kinds.items():
        requests = [build_request(method, path, body) for body in bodies]
        like = []
        for answer, body in zip(await ask_each(sandbox.port, requests), bodies, strict=True):
            size = sum(map(len, answer.pieces)) // len(answer.pieces)
            bare_path = f"/stream/{len(answer.pieces)}/{size}" if name == "stream" else f"/answer/{size}"
            like.append(build_request(method, bare_path, body))
        cases[name] = Case(name, requests, like)
    return cases


def measure_start() -> Rows:
    """Measure imports, and from the start of the process to its first answer; medians."""
    imports: dict[str, list[float]] = {"sandbox": [], "bare": []}
    starts: dict[str, list[float]] = {"sandbox": [], "bare": []}
    servers = {"sandbox": (SANDBOX, "/v2/models"), "bare": (BARE, "/answer/100")}
    for _, (name, (arguments, path)) in itertools.product(range(STARTS), servers.items()):
        code = f"import time; begin = time.perf_counter(); import {IMPORTS[name]}; print(time.perf_counter() - begin)"
        done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
        imports[name].append(float(done.stdout))
        begin = time.perf_counter()
        server = start(arguments)
        asyncio.run(ask_each(server.port, [build_request("GET", path)]))
        starts[name].append(time.perf_counter() - begin)
        stop(server)
    measured = {"imports": imports, "process start to first answer": starts}
    return [
        (what, *compare(*(1000 * statistics.median(seconds[name]) for name in ("sandbox", "bare"))))
        for what, seconds in measured.items()
    ]


def measure_requests(case: Case, clients: int, sandbox: Server, bare: Server, seconds: float) -> Sequence[object]:
    """Measure one case in turns, `seconds` for each server."""
    durations: dict[str, list[float]] = {"sandbox": [], "bare": []}
    elapsed = {"sandbox": 0.0, "bare": 0.0}
    turns = [("sandbox", sandbox, itertools.cycle(case.sandbox)), ("bare", bare, itertools.cycle(case.bare))]
    for _, (name, server, requests) in itertools.product(range(ROUNDS), turns):
        begin = time.perf_counter()
        durations[name] += asyncio.run(load(server.port, requests, clients, seconds / ROUNDS))
        elapsed[name] += time.perf_counter() - begin
    row: list[object] = [case.name, clients]
    row += compare(*(len(durations[name]) / elapsed[name] for name in durations), digits=0)
    for share in (50, 99):
        row += compare(*(1000 * percentile(times, share) for times in durations.values()))
    return row


def measure_first_chunk(case: Case, sandbox: Server, bare: Server) -> Rows:
    """Measure the time to a stream's first chunk, with one client."""
    first: dict[str, list[float]] = {"sandbox": [], "bare": []}
    turns = (("sandbox", sandbox, case.sandbox), ("bare", bare, case.bare))
    for _, (name, server, requests) in itertools.product(range(FIRST_CHUNKS), turns):
        first[name] += [1000 * answer.first for answer in asyncio.run(ask_each(server.port, requests))]
    return [
        (f"first chunk, p{share}", *compare(*(percentile(times, share) for times in first.values())))
        for share in (50, 99)
    ]


def measure_streams(case: Case, whole: Case, sandbox: Server, bare: Server) -> tuple[Rows, int]:
    """Run many streams at once. Return the rows, and how many of the sandbox's differ from the whole answer."""
    answers = [json.loads(answer.pieces[0]) for answer in asyncio.run(ask_each(sandbox.port, whole.sandbox))]
    expected = [answer["choices"][0]["message"]["content"] for answer in answers]
    seconds, streams = run_streams(sandbox, case.sandbox)
    bare_seconds, _ = run_streams(bare, case.bare)
    lost = sum(
        isinstance(stream, BaseException) or stream_text(stream.pieces) != text
        for stream, text in zip(streams, itertools.cycle(expected), strict=False)
    )
    return [(f"{STREAMS_AT_ONCE} streams at once, all of them", *compare(1000 * seconds, 1000 * bare_seconds))], lost


def run_streams(server: Server, requests: Sequence[bytes]) -> tuple[float, list[Answer | BaseException]]:
    """Run many streams at once; return the seconds until all have ended, and the answers."""
    begin = time.perf_counter()
    answers = asyncio.run(ask_at_once(server.port, itertools.islice(itertools.cycle(requests), STREAMS_AT_ONCE)))
    return time.perf_counter() - begin, answers


def stream_text(pieces: list[bytes]) -> str | None:
    """Return the text that a stream of the chat API carries, None if it has no end."""
    *events, end = b"".join(pieces).decode().removesuffix("\n\n").split("\n\n")
    if end != "data: [DONE]":
        return None
    chunks = [json.loads(event.removeprefix("data: ")) for event in events]
    return "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks if chunk["choices"])


def measure_memory(few: int, many: int) -> Rows:
    """Measure the resident memory of new servers after few and after many requests, no two of them alike."""
    if not shutil.which("ps"):
        return [("not measured: this system has no ps", "", "", "")]
    rows: Rows = []
    for name, arguments, path in (("sandbox", SANDBOX, None), ("bare", BARE, "/answer/1000")):
        server = start(arguments)
        requests = different_requests(many, path)
        sizes = []
        for count in (few, many - few):
            asyncio.run(load(server.port, itertools.islice(requests, count), MANY_CLIENTS))
            done = subprocess.run(["ps", "-o", "rss=", "-p", str(server.process.pid)], stdout=subprocess.PIPE)
            sizes.append(int(done.stdout) / 1024)
        stop(server)
        rows.append((name, *sizes, sizes[1] - sizes[0]))
    return rows


def different_requests(count: int, path: str | None = None) -> Iterator[bytes]:
    """Return requests that all differ: plain and streamed chats, tools, embeddings; to one path, or to their own."""
    for number in range(count):
        question = f"{QUESTIONS[number % len(QUESTIONS)]} And what is thing{number}?"
        options = [{}, {"stream": True}, {"tools": [TOOL]}, None][number // len(QUESTIONS) % 4]
        if options is None:
            body = {"model": "text-embedding-bge-m3", "input": question}
            yield build_request("POST", path or "/v2/embeddings", body)
        else:
            yield build_request("POST", path or CHAT, chat_body(question, **options))


def percentile(values: Sequence[float], share: int) -> float:
    """Return the value that `share` percent of the values do not exceed."""
    return sorted(values)[max(0, -(-len(values) * share // 100) - 1)]


def compare(sandbox: float, bare: float, digits: int = 2) -> tuple[str, str, str]:
    """Return both values and their ratio as text."""
    return f"{sandbox:.{digits}f}", f"{bare:.{digits}f}", f"{sandbox / bare:.2f}"


def print_table(title: str, header: Sequence[str], rows: Rows) -> None:
    """Print rows in columns, the first to the left and the others to the right."""
    lines = [[f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in line] for line in (header, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    print(f"\n{title}")
    for first, *others in lines:
        print(first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)))
    sys.stdout.flush()


def main(arguments: list[str] | None = None) -> int:
    """Measure and print.

    Args:
        arguments: the command line without the program's name; None takes the process's own.

    Returns:
        The exit status: 0, or 1 if a request or a stream was lost.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description="Measure the sandbox's server.")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each measurement and server (default: 4)")
    parser.add_argument("--quick", action="store_true", help="a first impression in half a minute")
    options = parser.parse_args(arguments)
    seconds, few, many = (0.5, 200, 2000) if options.quick else (options.seconds, 1000, 10_000)
    try:
        lost = run(seconds, few, many)
    except RequestFailedError as error:
        print(f"Lost: {error}", file=sys.stderr)
        return 1
    return 1 if lost else 0


def run(seconds: float, few: int, many: int) -> int:
    """Run all measurements and print their tables; return how many streams were lost."""
    both = ["", "sandbox", "bare", "ratio"]
    print_table("Start, ms", both, measure_start())
    fixed, sandbox, bare = start(FIXED), start(SANDBOX), start(BARE)
    separate(fixed, sandbox, bare)
    try:
        durations = asyncio.run(load(fixed.port, itertools.repeat(build_request("GET", "/")), MANY_CLIENTS, seconds))
        print(f"\nThe load alone, against fixed bytes: {len(durations) / seconds:.0f} requests per second")
        cases = asyncio.run(make_cases(sandbox))
        rows = [
            measure_requests(case, clients, sandbox, bare, seconds)
            for case in cases.values()
            if case.name != "stream"
            for clients in (1, MANY_CLIENTS)
        ]
        header = ["", "clients", "req/s", "bare", "ratio", "p50", "bare", "ratio", "p99", "bare", "ratio"]
        print_table("Requests: the sandbox's figures, the bare app's, and the ratio; times in ms", header, rows)
        streams, lost = measure_streams(cases["stream"], cases["chat"], sandbox, bare)
        print_table("Streams, ms", both, measure_first_chunk(cases["stream"], sandbox, bare) + streams)
        print(f"Streams lost or incomplete: {lost} of {STREAMS_AT_ONCE}")
    finally:
        stop(fixed, sandbox, bare)
    header = ["", f"after {few:,}", f"after {many:,}", "growth"]
    print_table("Resident memory after so many requests, MiB", header, measure_memory(few, many))
    return lost


if __name__ == "__main__":
    sys.exit(main())
