"""The adapters: what HTTP and the in-process transports make of a reply, and clients that behave badly."""

import asyncio
import contextlib
import json
import logging
import socket
import threading
from types import SimpleNamespace

import httpx2
import openai
import pytest
from waiting import wait_for

from sandbox.adapters import transports
from sandbox.adapters.server import LocalServer, SandboxApp
from sandbox.adapters.transports import AsyncSandboxTransport, SandboxTransport
from sandbox.core.errors import ConnectionLost
from sandbox.core.replies import Reply
from sandbox.core.requests import MAX_BODY_BYTES
from sandbox.service import Sandbox

KEY = {"authorization": "Bearer sandbox"}
QUESTION = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "What is a rainbow?"}]}
LARGE = b"x" * 20_000
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
HOURS = 36_000.0


class Scripted:
    """In place of a sandbox: gives the reply that a test wants, and notes what it was asked."""

    def __init__(self, make_reply):
        self.make_reply = make_reply
        self.asked = []
        self.threads = []
        self.loop = None

    def handle(self, method, path, headers, body):
        self.asked.append((method, path, headers, body))
        self.threads.append(threading.current_thread().name)
        with contextlib.suppress(RuntimeError):
            self.loop = asyncio.get_running_loop()
        return self.make_reply()


class Relay:
    """Passes requests on to the sandbox that is set last, so that one server does for many tests."""

    sandbox = None

    def handle(self, *request):
        return self.sandbox.handle(*request)


class Endless:
    """A reply's pieces without end; notes how many are open, and whether all that were opened got closed."""

    def __init__(self, pause=0.005):
        self.pause = pause
        self.opened = 0
        self.closed = 0
        # Kept, so that it is the adapter that closes them and not the end of the last reference.
        self.replies = []

    def __call__(self):
        self.replies.append(Reply(200, {"content-type": "text/event-stream"}, self._pieces()))
        return self.replies[-1]

    def _pieces(self):
        self.opened += 1
        try:
            while True:
                yield self.pause, b"data: {}\n\n"
        finally:
            self.closed += 1


def whole(body=b'{"a":1}', delay=0.0):
    return lambda: Reply(200, {"content-type": "application/json"}, [(0.0, body)], delay)


def lost_after(*pieces):
    def make():
        for piece in pieces:
            yield 0.0, piece
        raise ConnectionLost

    return lambda: Reply(200, {"content-type": "text/event-stream"}, make())


@pytest.fixture(scope="module")
def serve():
    """A function that puts a sandbox behind the one server of all tests, and returns the server."""
    relay = Relay()
    server = LocalServer(relay)
    server.serve_in_background()

    def serve_it(sandbox):
        relay.sandbox = sandbox
        return server

    yield serve_it
    server.stop()


@pytest.fixture(params=["http", "in-process", "in-process, async"])
def ask(request, serve):
    """A function that sends one request to a sandbox and returns the response, its body read."""

    def ask_sync(sandbox, method="GET", path="/v2/models", **options):
        if request.param == "http":
            client = httpx2.Client(base_url=origin(serve(sandbox)), trust_env=False, timeout=None)
        else:
            client = httpx2.Client(base_url="http://127.0.0.1", transport=SandboxTransport(sandbox))
        with client:
            return client.request(method, path, **options)

    async def ask_async(sandbox, method="GET", path="/v2/models", **options):
        transport = AsyncSandboxTransport(sandbox)
        async with httpx2.AsyncClient(base_url="http://127.0.0.1", transport=transport) as client:
            return await client.request(method, path, **options)

    if request.param == "in-process, async":
        return lambda *arguments, **options: asyncio.run(ask_async(*arguments, **options))
    return ask_sync


def origin(server):
    return server.base_url.removesuffix("/v2")


def connect(server):
    port = int(origin(server).rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port))


def read_until(connection, end):
    """Read from a socket until the bytes `end` come; return what was read."""
    received = b""
    while end not in received:
        piece = connection.recv(65536)
        assert piece, f"closed before {end!r}: {received!r}"
        received += piece
    return received


def read_to_end(connection):
    received = b""
    while piece := connection.recv(65536):
        received += piece
    return received


# What every client sees, whichever way it takes


def test_a_whole_answer_has_its_length(ask):
    response = ask(Scripted(whole(b"12345")))
    assert response.headers["content-length"] == "5"
    assert "transfer-encoding" not in response.headers
    assert response.content == b"12345"


def test_a_stream_has_no_length(ask):
    pieces = [(0.0, b"ab"), (0.01, b"cd")]
    response = ask(Scripted(lambda: Reply(200, {"content-type": "text/event-stream"}, iter(pieces))))
    assert "content-length" not in response.headers
    assert response.content == b"abcd"


def test_an_answer_without_content_has_neither(ask):
    response = ask(Scripted(lambda: Reply(204, {"allow": "GET"}, ())), "OPTIONS")
    assert response.status_code == 204
    assert response.headers["allow"] == "GET"
    assert not {"content-length", "transfer-encoding"} & set(response.headers)


def test_the_core_sees_the_request_as_it_is(ask):
    sandbox = Scripted(whole())
    headers = [("X-Twice", "one"), ("x-twice", "two"), ("host", "sandbox.example:81")]
    ask(sandbox, "OPTIONS", "/v2/a%20b?limit=1", headers=headers, content=b"body")
    [(method, path, seen, body)] = sandbox.asked
    assert (method, path, body) == ("OPTIONS", "/v2/a b?limit=1", b"body")
    assert seen["x-twice"] == "one, two"
    assert seen["host"] == "sandbox.example:81"
    assert seen["content-length"] == "4"


def test_the_answer_to_head_has_no_body(ask):
    response = ask(Scripted(whole(b"12345")), "HEAD")
    assert response.headers["content-length"] == "5"
    assert response.content == b""


def test_all_ways_give_the_same_answer(serve):
    sandbox = Sandbox(pace=0, clock=lambda: 1_700_000_000.0)
    body = {**QUESTION, "temperature": 0, "seed": 1}
    requests = [("GET", "/v2/models", None), ("POST", "/v2/chat/completions", body), ("GET", "/v3", None)]
    server = serve(sandbox)
    with (
        httpx2.Client(base_url=origin(server), headers=KEY, trust_env=False, timeout=None) as over_http,
        httpx2.Client(base_url="http://127.0.0.1", headers=KEY, transport=SandboxTransport(sandbox)) as in_process,
    ):
        for method, path, content in requests:
            one, other = over_http.request(method, path, json=content), in_process.request(method, path, json=content)
            assert one.status_code == other.status_code
            assert set(one.headers) - {"date"} == set(other.headers)
            one, other = one.json(), other.json()
            # The id says how often the same request came before.
            assert {**one, "id": None} == {**other, "id": None}


@pytest.mark.parametrize(
    "make_reply",
    [whole(b"abcd", delay=0.1), lambda: Reply(200, {}, [(0.0, b"ab"), (0.1, b"cd")])],
    ids=["as a whole", "in a part"],
)
def test_an_answer_that_is_late_is_waited_for(ask, make_reply):
    assert ask(Scripted(make_reply)).content == b"abcd"


@pytest.mark.parametrize(
    "make_reply",
    [whole(delay=HOURS), lambda: Reply(200, {}, iter([(0.0, b"first"), (HOURS, b"second")]))],
    ids=["before the answer", "within the answer"],
)
def test_the_read_timeout_holds(ask, make_reply):
    with pytest.raises(httpx2.ReadTimeout):
        ask(Scripted(make_reply), timeout=0.2)


def test_in_process_a_pause_lasts_until_the_answer_or_the_read_timeout(monkeypatch):
    sandbox = Scripted(lambda: Reply(200, {}, iter([(0.3, b"ab"), (0.9, b"cd")]), delay=0.2))
    pauses = []

    async def note(seconds):
        pauses.append(seconds)

    async def ask_async():
        async with httpx2.AsyncClient(transport=AsyncSandboxTransport(sandbox), timeout=0.5) as client:
            await client.get("http://127.0.0.1/")

    monkeypatch.setattr(transports, "time", SimpleNamespace(sleep=pauses.append))
    monkeypatch.setattr(transports, "asyncio", SimpleNamespace(sleep=note))
    with httpx2.Client(transport=SandboxTransport(sandbox), timeout=0.5) as client, pytest.raises(httpx2.ReadTimeout):
        client.get("http://127.0.0.1/")
    with pytest.raises(httpx2.ReadTimeout):
        asyncio.run(ask_async())
    assert pauses == 2 * [0.2, 0.3, 0.5]


def test_a_lost_connection_leaves_the_answer_incomplete(ask):
    with pytest.raises(httpx2.RemoteProtocolError, match=r"incomplete chunked read"):
        ask(Scripted(lost_after(b"data: 1\n\n", b"data: 2\n\n")))


def test_what_came_before_the_connection_was_lost_is_there(serve):
    sandbox = Scripted(lost_after(b"data: 1\n\n"))
    for transport in (httpx2.HTTPTransport(), SandboxTransport(sandbox)):
        with httpx2.Client(base_url=origin(serve(sandbox)), transport=transport, timeout=None) as client:
            received = []
            with client.stream("GET", "/v2/models") as response, pytest.raises(httpx2.RemoteProtocolError):
                received.extend(response.iter_raw())
            assert received == [b"data: 1\n\n"]


def test_a_stream_closed_early_ends_in_process():
    for_sync, for_async = Endless(), Endless()
    with (
        httpx2.Client(transport=SandboxTransport(Scripted(for_sync))) as client,
        client.stream("GET", "http://127.0.0.1/") as response,
    ):
        next(response.iter_raw())
    assert (for_sync.opened, for_sync.closed) == (1, 1)

    async def read_one():
        async with (
            httpx2.AsyncClient(transport=AsyncSandboxTransport(Scripted(for_async))) as client,
            client.stream("GET", "http://127.0.0.1/") as response,
        ):
            await anext(response.aiter_raw())

    asyncio.run(read_one())
    assert (for_async.opened, for_async.closed) == (1, 1)


# Clients that behave badly, over HTTP


def test_aborted_streams_leave_nothing_behind(serve, caplog):
    endless = Endless()
    sandbox = Scripted(endless)
    server = serve(sandbox)
    caplog.set_level(logging.DEBUG)
    for name in ("uvicorn.error", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    connections = [connect(server) for _ in range(100)]
    for connection in connections:
        connection.sendall(GET)
    for connection in connections:
        read_until(connection, b"data: {}")
    assert endless.opened - endless.closed == 100
    for connection in connections:
        connection.close()
    wait_for(lambda: endless.closed == endless.opened == 100)
    wait_for(lambda: not server.server_state.connections and not server.server_state.tasks)
    wait_for(lambda: len(asyncio.all_tasks(sandbox.loop)) == 1)  # the server's own
    assert [record for record in caplog.records if record.name.startswith(("uvicorn", "asyncio"))] == []


def test_a_client_that_leaves_during_a_long_pause_is_noticed_at_once(serve):
    in_a_pause, before_the_answer = Endless(pause=HOURS), Endless()
    late = Scripted(lambda: Reply(200, {}, before_the_answer().pieces, delay=HOURS))
    for sandbox in (Scripted(in_a_pause), late):
        server = serve(sandbox)
        with connect(server) as connection:
            connection.sendall(GET)
            wait_for(lambda sandbox=sandbox: sandbox.asked)
        wait_for(lambda server=server: not server.server_state.tasks)
    assert (in_a_pause.opened, in_a_pause.closed) == (1, 1)
    assert before_the_answer.opened == 0


def test_nothing_is_sent_before_the_delay_is_over(serve):
    late = Scripted(whole(delay=HOURS))
    with connect(serve(late)) as waiting, connect(serve(late)) as other:
        waiting.sendall(GET)
        wait_for(lambda: late.asked)
        serve(Scripted(whole()))
        other.sendall(GET)
        read_until(other, b'{"a":1}')
        waiting.setblocking(False)
        with pytest.raises(BlockingIOError):
            waiting.recv(1)


def test_a_slow_body_keeps_nobody_waiting(serve):
    sandbox = Scripted(whole())
    server = serve(sandbox)
    with connect(server) as slow, connect(server) as quick:
        slow.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nab")
        quick.sendall(GET)
        read_until(quick, b'{"a":1}')
        assert [body for *_, body in sandbox.asked] == [b""]
        slow.sendall(b"cd")
        read_until(slow, b'{"a":1}')
    assert [body for *_, body in sandbox.asked] == [b"", b"abcd"]


def test_half_a_request_is_not_answered(serve):
    sandbox = Scripted(whole())
    server = serve(sandbox)
    with connect(server) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nab")
        wait_for(lambda: server.server_state.tasks)
    wait_for(lambda: not server.server_state.tasks)
    assert sandbox.asked == []


BODIES = pytest.mark.parametrize(
    ("path", "kind"),
    [("chat/completions", "application/json"), ("files", "multipart/form-data; boundary=b")],
    ids=["json", "form"],
)


def head(path, kind, *headers):
    """Return what begins a request with a body of some kind."""
    lines = [f"POST /v2/{path} HTTP/1.1", "Host: localhost", "Authorization: Bearer sandbox", f"Content-Type: {kind}"]
    return ("\r\n".join([*lines, *headers]) + "\r\n\r\n").encode()


@BODIES
@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 100 * 1024**2])
def test_a_body_announced_as_too_large_is_refused_before_it_comes(serve, path, kind, size):
    with connect(serve(Sandbox())) as connection:
        connection.sendall(head(path, kind, f"Content-Length: {size}"))
        assert read_until(connection, b"limit of").startswith(b"HTTP/1.1 413 ")


@BODIES
def test_a_body_without_end_is_refused_when_it_is_too_large(serve, path, kind):
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with connect(serve(Sandbox())) as connection:
        connection.sendall(head(path, kind, "Transfer-Encoding: chunked"))
        for _ in range(MAX_BODY_BYTES // 0x10000 + 1):
            connection.sendall(piece)
        assert read_until(connection, b"limit of").startswith(b"HTTP/1.1 413 ")
        connection.sendall(piece)


def test_after_a_refused_body_the_connection_goes_on(serve):
    server = serve(Sandbox())
    with httpx2.Client(base_url=origin(server), headers=KEY, trust_env=False, timeout=None) as client:
        refused = client.post("/v2/chat/completions", content=b"x" * (3 * MAX_BODY_BYTES))
        assert refused.status_code == 413
        assert f"{MAX_BODY_BYTES:,}" in refused.json()["detail"]
        assert client.get("/v2/models").status_code == 200
        wait_for(lambda: len(server.server_state.connections) == 1)


def test_a_body_of_just_the_limit_is_read(serve):
    sandbox = Scripted(whole())
    with httpx2.Client(base_url=origin(serve(sandbox)), trust_env=False, timeout=None) as client:
        client.post("/", content=b"x" * MAX_BODY_BYTES)
    assert [len(body) for *_, body in sandbox.asked] == [MAX_BODY_BYTES]


# What takes long keeps nobody waiting


def test_large_bodies_are_answered_one_after_another_beside_the_loop(serve):
    running = []
    most = []
    may_end = threading.Event()

    def slow():
        if threading.current_thread().name != "sandbox":
            running.append(1)
            most.append(len(running))
            may_end.wait()
            running.pop()
        return whole()()

    sandbox = Scripted(slow)
    server = serve(sandbox)
    with connect(server) as one, connect(server) as two, connect(server) as small:
        for connection in (one, two):
            connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(LARGE) + LARGE)
        wait_for(lambda: running)
        small.sendall(GET)
        try:
            read_until(small, b'{"a":1}')
        finally:
            may_end.set()
        read_until(one, b'{"a":1}')
        read_until(two, b'{"a":1}')
    assert most == [1, 1]
    assert sandbox.threads.count("sandbox") == 1


def test_a_stream_without_pauses_keeps_nobody_waiting(serve):
    endless = Endless(pause=0.0)
    server = serve(Scripted(endless))
    with connect(server) as one, connect(server) as two:
        for connection in (one, two):
            connection.sendall(GET)
        for _ in range(3):
            read_until(one, b"data: {}")
            read_until(two, b"data: {}")


def test_a_client_that_does_not_read_is_not_written_to_without_end(serve):
    endless = Endless(pause=0.0)
    taken = []
    pieces = (taken.append(1) or piece for piece in endless().pieces)
    server = serve(Scripted(lambda: Reply(200, {}, ((delay, piece * 1000) for delay, piece in pieces))))
    with connect(server) as connection, connect(server) as other:
        connection.sendall(GET)
        wait_for(lambda: taken)
        serve(Scripted(whole()))
        previous = -1
        while len(taken) != previous:
            previous = len(taken)
            assert previous < 10_000  # of 10 kB each; the system holds a few hundred
            other.sendall(GET)
            read_until(other, b'{"a":1}')
    wait_for(lambda: not server.server_state.tasks)


def test_real_streams_are_complete_when_many_run_at_once(serve):
    server = serve(Sandbox(pace=0.001))

    async def run():
        async with openai.AsyncOpenAI(api_key="sandbox", base_url=server.base_url, max_retries=0) as client:
            answer = await client.chat.completions.create(**QUESTION, temperature=0)

            async def read_stream():
                stream = await client.chat.completions.create(**QUESTION, temperature=0, stream=True)
                return "".join([c.choices[0].delta.content or "" async for c in stream if c.choices])

            return answer.choices[0].message.content, await asyncio.gather(*(read_stream() for _ in range(50)))

    answer, streams = asyncio.run(run())
    assert set(streams) == {answer}


# The protocol, and the server itself


def test_a_whole_answer_is_framed_by_its_length_and_a_stream_by_chunks(serve):
    with connect(serve(Scripted(whole(b"12345")))) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        head, _, body = read_to_end(connection).partition(b"\r\n\r\n")
    assert b"content-length: 5" in head
    assert b"server:" not in head
    assert body == b"12345"
    with connect(serve(Scripted(lambda: Reply(200, {}, iter([(0.0, b"ab"), (0.0, b"cd")]))))) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        head, _, body = read_to_end(connection).partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head.lower()
    assert body == b"2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"


def test_a_lost_connection_has_no_last_chunk(serve):
    with connect(serve(Scripted(lost_after(b"ab")))) as connection:
        connection.sendall(GET)
        assert read_to_end(connection).endswith(b"\r\n\r\n2\r\nab\r\n")


def test_small_parts_of_an_answer_are_sent_at_once(serve):
    """Otherwise the system holds back the second part until the client has confirmed the first, 40 ms on Linux."""
    server = serve(Scripted(Endless()))
    with connect(server) as connection:
        connection.sendall(GET)
        read_until(connection, b"data: {}")
        own = connection.getsockname()
        transports = [protocol.transport for protocol in server.server_state.connections]
        [accepted] = [t.get_extra_info("socket") for t in transports if t.get_extra_info("peername") == own]
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_requests_sent_without_waiting_are_answered_in_order(serve):
    sandbox = Scripted(lambda: whole(json.dumps(sandbox.asked[-1][1]).encode())())
    with connect(serve(sandbox)) as connection:
        connection.sendall(b"".join(b"GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % number for number in range(3)))
        received = read_until(connection, b'"/2"')
    assert received.index(b'"/0"') < received.index(b'"/1"') < received.index(b'"/2"')


def test_an_upgrade_to_websocket_is_answered_as_plain_http(serve):
    with connect(serve(Sandbox())) as connection:
        upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: YQ=="
        connection.sendall(b"GET /v2/realtime HTTP/1.1\r\nHost: localhost\r\n" + upgrade + b"\r\n\r\n")
        assert read_until(connection, b"The sandbox has no /v2/realtime").startswith(b"HTTP/1.1 404 ")


def test_other_scopes_are_refused():
    sent = []

    async def send(message):
        sent.append(message["type"])

    async def receive():
        raise AssertionError("nothing is read")

    app = SandboxApp(Sandbox())
    asyncio.run(app({"type": "websocket", "path": "/"}, receive, send))
    assert sent == ["websocket.close"]
    with pytest.raises(ValueError, match="answers HTTP requests only, not 'lifespan'"):
        asyncio.run(app({"type": "lifespan"}, receive, send))


def test_nothing_keeps_listening_for_a_client_after_the_answer():
    """Not every server says that a client is gone once it has its answer."""

    async def respond():
        messages = [{"type": "http.request"}]

        async def receive():
            return messages.pop() if messages else await asyncio.Future()

        async def send(message):
            sent.append(message["type"])

        app = SandboxApp(Scripted(lambda: Reply(200, {}, iter([(0.0, b"ab")]))))
        await app({"type": "http", "method": "GET", "path": "/", "headers": []}, receive, send)
        await asyncio.sleep(0)
        return asyncio.all_tasks() - {asyncio.current_task()}

    sent = []
    assert asyncio.run(respond()) == set()
    assert sent == ["http.response.start", "http.response.body", "http.response.body"]


def test_a_server_stops_also_in_mid_stream():
    endless = Endless()
    server = LocalServer(Scripted(endless))
    server.serve_in_background()
    with connect(server) as connection:
        connection.sendall(GET)
        read_until(connection, b"data: {}")
        server.stop()
        assert endless.closed == 1
    with pytest.raises(OSError):  # noqa: PT011 (refused or reset, as the system likes)
        connect(server).recv(1)
    assert not server._thread.is_alive()


def test_a_server_that_never_started_can_be_stopped():
    server = LocalServer(Sandbox())
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        connect(server)
