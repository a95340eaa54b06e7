"""The parts of the benchmark that do not measure time: what it sends, what it takes for lost, and how it counts."""

import asyncio
import json

import pytest

from sandbox.adapters.server import LocalServer
from sandbox.service import Sandbox
from tools.bench import QUESTIONS, different_requests, make_cases, measure_streams, percentile, stream_text
from tools.bench_load import RequestFailedError, ask_at_once, ask_each, build_request, load
from tools.bench_servers import Server, start


@pytest.fixture(scope="module")
def server():
    local = LocalServer(Sandbox(pace=0))
    local.serve_in_background()
    yield Server(None, int(local.base_url.removesuffix("/v2").rpartition(":")[2]))
    local.stop()


def answer_once(content):
    """Run a server that answers each connection with the same bytes and closes it; return a function to ask it."""

    async def ask():
        async def answer(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(content)
            writer.close()

        async with await asyncio.start_server(answer, "127.0.0.1", 0) as fixed:
            return await ask_at_once(fixed.sockets[0].getsockname()[1], [build_request("GET", "/")])

    return asyncio.run(ask())[0]


def test_the_bare_app_is_asked_for_answers_of_the_same_size(server):
    cases = asyncio.run(make_cases(server))
    assert list(cases) == ["GET /v2/models", "chat", "chat with a tool", "embeddings", "stream"]
    [models] = asyncio.run(ask_each(server.port, cases["GET /v2/models"].sandbox))
    assert cases["GET /v2/models"].bare[0].startswith(b"GET /answer/%d HTTP" % len(models.pieces[0]))
    streams = asyncio.run(ask_each(server.port, cases["stream"].sandbox))
    for answer, request in zip(streams, cases["stream"].bare, strict=True):
        assert request.startswith(b"POST /stream/%d/" % len(answer.pieces))


def test_complete_streams_are_counted_as_complete(server):
    cases = asyncio.run(make_cases(server))
    rows, lost = measure_streams(cases["stream"], cases["chat"], server, server)
    assert lost == 0
    assert "200 streams" in rows[0][0]


def test_streams_with_another_text_are_counted_as_lost(server):
    cases = asyncio.run(make_cases(server))
    cases["stream"].sandbox.reverse()
    _, lost = measure_streams(cases["stream"], cases["chat"], server, server)
    assert lost == 200


def test_a_stream_without_its_end_has_no_text():
    event = b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n'
    assert stream_text([event, event, b"data: [DONE]\n\n"]) == "aa"
    assert stream_text([event, event]) is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\nbusy", r"503 service unavailable: busy"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nab", "No complete answer"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n", "No complete answer"),
        (b"", "No complete answer"),
    ],
    ids=["status", "short body", "no last chunk", "nothing"],
)
def test_an_answer_that_is_not_whole_is_a_failure(content, message):
    failure = answer_once(content)
    assert isinstance(failure, RequestFailedError)
    assert message in str(failure)


def test_a_chunked_answer_comes_in_its_pieces():
    answer = answer_once(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n")
    assert answer.pieces == [b"ab", b"cde"]
    assert 0 < answer.first <= answer.last


def test_the_load_sends_each_request_once_and_stops_at_a_failure(server):
    durations = asyncio.run(load(server.port, different_requests(60), 4))
    assert len(durations) == 60
    unknown = iter([build_request("GET", "/v2/models"), build_request("GET", "/v2/unknown")])
    with pytest.raises(RequestFailedError, match="404"):
        asyncio.run(load(server.port, unknown, 1))


def test_the_requests_for_memory_all_differ():
    requests = list(different_requests(len(QUESTIONS) * 8))
    bodies = [json.loads(request.partition(b"\r\n\r\n")[2]) for request in requests]
    assert len(set(requests)) == len(requests)
    assert {key for body in bodies for key in body} >= {"stream", "tools", "input"}


def test_percentiles():
    assert [percentile([3, 1, 2], share) for share in (1, 50, 99)] == [1, 2, 3]
    assert percentile(range(1, 101), 99) == 99


def test_a_server_that_does_not_start_is_said_plainly():
    with pytest.raises(RequestFailedError, match="did not start"):
        start(["-c", "pass"])
