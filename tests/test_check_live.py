"""The lessons against a service with a key: a second sandbox plays that service."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import nbformat
import pytest
import uvicorn
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from notebook_checks import SETUP

from helpers.service import Credentials
from sandbox.adapters.server import LocalServer
from sandbox.service import Sandbox
from tools.check_live import Row, compare_structure, find_problem, format_table, judge, kernel_environment, main
from tools.lessons import ROOT
from tools.recording_proxy import Receive, RecordingProxy, Send, Usage, count_tokens
from tools.run_notebooks import CREDENTIAL_VARIABLES

App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

# Put together here, so that no tool takes this file for a leak.
SECRET = "secret-" + "0123456789abcdef"

CHAT = """\
request = {"model": MODEL, "messages": [{"role": "user", "content": "What is a token?"}]}
response = client.chat.completions.create(**request)
print("tokens:", response.usage.total_tokens)"""
STREAM = """\
options = {"include_usage": True}
for chunk in client.chat.completions.create(**request, stream=True, stream_options=options):
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="")
    else:
        print("\\ntokens:", chunk.usage.total_tokens)"""
WRONG_KEY = """\
import openai
try:
    OpenAI(api_key="not-the-key", base_url=os.environ["BASE_URL"]).models.list()
except openai.AuthenticationError as error:
    print(error.status_code, error.body)
else:
    print("No error")"""
SEARCH_FOR_KEY = "raise ValueError([value for value in os.environ.values() if '0123456789abcdef' in value])"


def write_notebook(path: Path, *cells: tuple[str, str | None], solution: bool = False) -> None:
    """Write a notebook of sources with the text that each has stored, None for none; the last may be a solution."""
    written = [
        new_code_cell(source, outputs=[new_output("stream", text=text)] if text else []) for source, text in cells
    ]
    written[-1].metadata["tags"] = ["solution"] if solution else []
    nbformat.write(new_notebook(cells=written), path)


@pytest.fixture(scope="module")
def service() -> str:
    """The base URL of a sandbox that takes only the secret key."""
    server = LocalServer(Sandbox(api_key=SECRET))
    server.serve_in_background()
    return server.base_url


def run_check_live(arguments: list[Path], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run it as a program of its own, with all its temporary files in a folder."""
    kept = {name: value for name, value in os.environ.items() if name not in CREDENTIAL_VARIABLES}
    return subprocess.run(
        [sys.executable, "-m", "tools.check_live", *arguments],
        cwd=ROOT,
        env={**kept, "TMPDIR": str(folder), "JUPYTER_RUNTIME_DIR": str(folder / "runtime"), **variables},
        capture_output=True,
        text=True,
    )


def test_lessons_pass_and_the_key_is_nowhere(service: str, tmp_path: Path) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (folder / "note.txt").write_text("beside the notebook")
    setup = (SETUP.format(capability="chat"), "Service")
    write_notebook(
        folder / "1_good.ipynb",
        setup,
        (CHAT, "tokens"),
        (STREAM, "tokens"),
        (WRONG_KEY, "401"),
        ("print(open('note.txt').read())", "beside"),
        ("open('written.txt', 'w').close()", None),
    )
    write_notebook(folder / "2_no_output.ipynb", setup, ("x = 1", "something"))
    write_notebook(folder / "3_searches.ipynb", setup, (SEARCH_FOR_KEY, None))
    write_notebook(
        folder / "4_skipped.ipynb",
        setup,
        ("from helpers.models import NoModelError\nraise NoModelError('None of the models supports flying')", None),
    )
    # However it got to know the key: it is not shown.
    write_notebook(folder / "5_knows.ipynb", ("raise ValueError('secret-' + '0123456789abcdef')", None), ("1", None))
    missed = "from helpers import check\ncheck('the answer rhymes', lambda: False)"
    write_notebook(folder / "6_missed.ipynb", setup, (missed, "Done"), solution=True)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    result = run_check_live(
        [path for path in sorted(before) if path.suffix == ".ipynb"],
        tmp_path,
        API_KEY=SECRET,
        BASE_URL=service,
        COPY_OF_KEY=f"Bearer {SECRET}",
    )

    lines = result.stdout.splitlines()
    assert result.returncode == 1, result.stdout + result.stderr
    assert any(line.startswith("1_good") and "passed" in line and " 4 " in line for line in lines), result.stdout
    assert any("2_no_output" in line and "output of the kind nothing, not stream" in line for line in lines)
    assert any("3_searches" in line and "code cell 2" in line and "raised ValueError: []" in line for line in lines)
    assert any("4_skipped" in line and "skipped" in line and "supports flying" in line for line in lines)
    assert any("5_knows" in line and "raised ValueError: [key] (1 of 2 cells failed, 0 not" in line for line in lines)
    assert any("6_missed" in line and "missed" in line and line.endswith("the answer rhymes.") for line in lines)
    assert lines[-2].startswith("1 passed, 1 missed, 3 failed, 1 skipped; 8 requests, ")
    assert lines[-1] == "Models: gpt-oss-120b"

    assert SECRET not in result.stdout + result.stderr
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


def test_without_a_key_it_says_what_to_set(tmp_path: Path) -> None:
    write_notebook(tmp_path / "a.ipynb", ("1", None))
    result = run_check_live([tmp_path / "a.ipynb"], tmp_path)
    assert result.returncode == 2
    assert "API_KEY=" in result.stderr
    assert "BASE_URL=" in result.stderr


def test_a_base_url_without_a_key_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_notebook(tmp_path / "a.ipynb", ("1", None))
    monkeypatch.setenv("BASE_URL", "https://example.com/v2")
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path / "a.ipynb")])
    assert "API_KEY is not" in capsys.readouterr().err


def test_a_service_that_does_not_answer_as_it_should_is_said_before_the_lessons(service: str) -> None:
    assert find_problem(Credentials(SECRET, service)) == ""
    assert 'status 401: {"detail":"Incorrect API key' in find_problem(Credentials("another", service))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert "does not answer: ConnectError" in find_problem(Credentials(SECRET, f"http://127.0.0.1:{port}/v2"))


def test_structure_is_compared_and_wording_is_not() -> None:
    def notebook(*outputs: NotebookNode) -> NotebookNode:
        return new_notebook(cells=[new_code_cell("1", outputs=list(outputs))])

    text, other_text = new_output("stream", text="a"), new_output("stream", text="b")
    shown = new_output("display_data", data={"text/plain": "a"})
    assert compare_structure(notebook(text, shown), notebook(shown, other_text, other_text)) == ""
    assert "nothing, not stream" in compare_structure(notebook(text), notebook())
    assert "stream, not nothing" in compare_structure(notebook(), notebook(text))
    assert "stream, not display_data and stream" in compare_structure(notebook(text, shown), notebook(text))


def test_table_has_totals() -> None:
    rows = [
        Row("one", "passed", "", Usage(2, 30, {"b", "a"}, {"meta_data"}), 1.25),
        Row("number_two", "failed", "why", Usage(11, 4), 10),
    ]
    assert format_table(rows).splitlines() == [
        "lesson      result  requests  tokens  seconds  reason",
        "one         passed         2      30      1.2",
        "number_two  failed        11       4     10.0  why",
        "",
        "1 passed, 0 missed, 1 failed, 0 skipped; 13 requests, 34 tokens, 11 seconds",
        "Models: a, b",
        "The service lacks for one: meta_data",
    ]


def test_goals_that_need_a_better_model_do_not_count() -> None:
    said = "Done: it is there.\nNot yet: it is short (KeyError: 'a').\nNot yet: it rhymes.\n"
    solution = new_code_cell("1", outputs=[new_output("stream", text=said)], metadata={"tags": ["solution"]})
    notebook = new_notebook(cells=[solution])
    assert judge(notebook, notebook, [], []) == ("missed", "it is short (KeyError: 'a'). it rhymes.")
    assert judge(notebook, notebook, [], ["it is short"]) == ("missed", "it rhymes. (it is short (KeyError: 'a').)")
    assert judge(notebook, notebook, [], ["it is short", "it rhymes"])[0] == "passed"
    solution.metadata.tags = []
    assert judge(notebook, notebook, [], []) == ("passed", "")


def test_what_a_service_lacks_is_noted() -> None:
    usage = Usage()
    usage.note("GET", "/v2/models", b"", 200, b'{"data": [{"id": "a"}]}')
    usage.note("GET", "/v2/models/a", b"", 404, b"")
    usage.note("POST", "/v2/chat/completions", b'{"model": "b"}', 404, b"")
    stream = b'{"model": "a", "stream": true, "stream_options": {"include_usage": true}}'
    usage.note("POST", "/v2/chat/completions", stream, 200, b"{}")  # the reader has stopped early
    assert usage.models == {"a"}
    assert usage.lacks == {"meta_data", "GET /v2/models/{id}"}
    usage.note("POST", "/v2/chat/completions", stream, 200, b"{} [DONE]")
    usage.note("GET", "/v2/models/c", b"", 200, b"{}")
    assert usage.lacks == {"meta_data", "usage in streams"}


def test_kernels_talk_to_the_proxy_and_to_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "another")
    monkeypatch.setenv("HEADER", f"Bearer {SECRET}")
    monkeypatch.setenv("NO_PROXY", "example.org")
    with RecordingProxy(SECRET, "https://example.com/v2") as proxy:
        environment = kernel_environment(proxy, SECRET)
    assert environment["API_KEY"] == proxy.token
    assert environment["BASE_URL"].startswith("http://127.0.0.1:")
    assert environment["BASE_URL"].endswith("/v2")
    assert environment["NO_PROXY"] == "example.org,127.0.0.1"
    assert "another" not in environment.values()
    assert not [value for value in environment.values() if SECRET in value]


# The proxy by itself, before services made for one test each.


@pytest.fixture
def serve() -> Iterator[Callable[[App], str]]:
    """Return a function that serves an ASGI application until the test ends, and returns its base URL."""
    running = []

    def start(app: App) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(app, interface="asgi3", log_level="critical", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{listening.getsockname()[1]}/v2"

    yield start
    for server, thread in running:
        server.should_exit = server.force_exit = True
        thread.join()


async def start_answer(send: Send, media_type: str, **headers: str) -> None:
    all_headers = {"content-type": media_type, **headers}
    raw_headers = [(name.encode(), value.encode()) for name, value in all_headers.items()]
    await send({"type": "http.response.start", "status": 201, "headers": raw_headers})


async def send_piece(send: Send, piece: str, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": piece.encode(), "more_body": more})


def test_proxy_passes_on_everything_but_the_token(serve: Callable[[App], str]) -> None:
    seen = {}

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        seen.update(scope, headers={name.decode(): value.decode() for name, value in scope["headers"]})
        seen.update(await receive())
        # As a service that repeats the key in its answer.
        key = seen["headers"]["authorization"]
        await start_answer(send, "application/json", echo=key)
        await send_piece(send, json.dumps({"detail": key, "usage": {"total_tokens": 5}}), more=False)

    with RecordingProxy(SECRET, base_url := serve(app)) as proxy:
        answer = httpx2.put(
            proxy.base_url.removesuffix("/v2") + "/vision/a%20b?c=d&e=%2F",
            content="body",
            timeout=None,
            headers={"Authorization": f"Bearer {proxy.token}", "api-key": proxy.token, "x-more": "1", "te": "trailers"},
        )
    assert (seen["method"], seen["raw_path"], seen["query_string"]) == ("PUT", b"/vision/a%20b", b"c=d&e=%2F")
    assert seen["body"] == b"body"
    assert seen["headers"]["authorization"] == f"Bearer {SECRET}"
    assert seen["headers"]["api-key"] == SECRET
    assert seen["headers"]["x-more"] == "1"
    assert "te" not in seen["headers"]
    assert seen["headers"]["host"] in base_url
    assert answer.status_code == 201
    assert answer.json()["detail"] == answer.headers["echo"] == f"Bearer {proxy.token}"
    assert (proxy.usage.requests, proxy.usage.tokens) == (1, 5)


def test_proxy_leaves_other_keys_alone(service: str) -> None:
    with RecordingProxy(SECRET, service) as proxy:
        for key, status in ((proxy.token, 200), ("not-the-key", 401), (proxy.token + "x", 401)):
            headers = {"Authorization": f"Bearer {key}"}
            assert httpx2.get(proxy.base_url + "/models", headers=headers, timeout=None).status_code == status


def test_proxy_passes_on_a_stream_as_it_comes(serve: Callable[[App], str]) -> None:
    go_on = threading.Event()

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await start_answer(send, "text/event-stream; charset=utf-8")
        await send_piece(send, 'data: {"usage": {"total_tokens": 3}}\n\ndata: ' + SECRET[:9])
        while not go_on.is_set():
            await asyncio.sleep(0.01)
        await send_piece(send, SECRET[9:] + '\n\ndata: {"usage": {"total_tokens": 7}}\n\ndata: [DONE]\n\n', more=False)

    with (
        RecordingProxy(SECRET, serve(app)) as proxy,
        httpx2.stream("POST", proxy.base_url + "/chat/completions", timeout=None) as answer,
    ):
        lines = answer.iter_lines()
        # It comes while the rest is held back.
        assert next(lines) == 'data: {"usage": {"total_tokens": 3}}'
        go_on.set()
        rest = [line for line in lines if line]
    assert rest == [f"data: {proxy.token}", 'data: {"usage": {"total_tokens": 7}}', "data: [DONE]"]
    assert (proxy.usage.requests, proxy.usage.tokens) == (1, 7)


def test_proxy_passes_on_that_a_stream_breaks_off(serve: Callable[[App], str]) -> None:
    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await start_answer(send, "text/event-stream")
        await send_piece(send, "data: 1\n\n")
        raise ConnectionError("broken on purpose")

    with (
        RecordingProxy(SECRET, serve(app)) as proxy,
        httpx2.stream("POST", proxy.base_url, timeout=None) as answer,
        pytest.raises(httpx2.RemoteProtocolError),
    ):
        list(answer.iter_lines())


def test_proxy_stops_the_service_when_the_reader_has_gone(serve: Callable[[App], str]) -> None:
    stopped = threading.Event()

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await start_answer(send, "text/event-stream")
        gone = asyncio.ensure_future(receive())
        await gone
        gone = asyncio.ensure_future(receive())
        while not gone.done():
            await send_piece(send, "data: 1\n\n")
            await asyncio.sleep(0.01)
        stopped.set()

    with RecordingProxy(SECRET, serve(app)) as proxy:
        with httpx2.stream("POST", proxy.base_url, timeout=None) as answer:
            assert next(answer.iter_lines()) == "data: 1"
        stopped.wait()


def test_proxy_says_when_the_service_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with RecordingProxy(SECRET, f"http://127.0.0.1:{port}/v2") as proxy:
        answer = httpx2.get(proxy.base_url + "/models", timeout=None)
    assert answer.status_code == 502
    assert answer.json()["detail"].startswith(f"http://127.0.0.1:{port} does not answer: ConnectError")


@pytest.mark.parametrize(
    ("documents", "tokens"),
    [
        ([b'{"usage": {"total_tokens": 4}}'], 4),
        (
            [
                b' {"usage": {"total_tokens": 4}}',
                b"{}",
                b'{"usage": {"total_tokens": 6}}',
                b'{"usage": null}',
                b" [DONE]",
            ],
            6,
        ),
        ([b'{"type": "response.completed", "response": {"usage": {"total_tokens": 8}}}'], 8),
        ([b"", b"\xff\x00", b"[1]", b"null", b'{"usage": {"total_tokens": null}}', b'{"usage": 1, "response": 2}'], 0),
    ],
)
def test_tokens_are_counted(documents: list[bytes], tokens: int) -> None:
    assert count_tokens(documents) == tokens
