"""The check against a real engine, without one: the gateway, what is said of results, what is ended."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from packaging.requirements import Requirement
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from helpers.service import Credentials
from tests.engine.gateway import Gateway, serve
from tools import check_engine, checked_against
from tools.check_live import Row
from tools.lessons import NOTEBOOKS, ROOT, load_lessons
from tools.recording_proxy import Usage

STREAM = [b'data: {"a":  1}\n', b": comment\n\nda", b"ta: [DONE]\n\n"]
# Spaces and an escape that no library would write like that again.
BODY = b'{ "model":"one" ,"text":"\\u00e9 \xc3\xa9"}'
BEARER = {"authorization": "Bearer outer"}


class FakeEngine(Gateway):
    """An engine that keeps what it is sent, and streams."""

    def __init__(self) -> None:
        super().__init__("inner", {})
        self.received: list[bytes] = []

    async def _entries(self) -> list:
        return [{"id": "own", "object": "model", "meta": {"n_embd": 576}}]

    async def _pass_on(self, _: str, request: Request) -> Response:
        self.received.append(await request.body())

        async def pieces():
            for piece in STREAM:
                yield piece

        return StreamingResponse(pieces(), 418, {"x-own": "yes"}, "text/event-stream")


@pytest.fixture(scope="module")
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture(scope="module")
def base_url(engine: FakeEngine) -> Iterator[str]:
    with serve(engine) as inner:
        offers = {
            "one": (Credentials("inner", inner), {"model_type": "LLM"}),
            "two": (Credentials("inner", inner), {"model_type": "EMBEDDING"}),
        }
        with serve(Gateway("outer", offers)) as outer:
            yield outer


def test_bodies_pass_the_gateway_unchanged(engine: FakeEngine, base_url: str) -> None:
    with httpx2.stream("POST", f"{base_url}/stream", content=BODY, headers=BEARER) as answer:
        assert b"".join(answer.iter_raw()) == b"".join(STREAM)
    assert engine.received == [BODY]
    assert (answer.status_code, answer.headers["x-own"]) == (418, "yes")
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_the_gateway_lists_what_the_engines_say_and_meta_data(base_url: str) -> None:
    one, two = httpx2.get(f"{base_url}/models", headers=BEARER).json()["data"]
    assert one == {"id": "one", "object": "model", "meta": {"n_embd": 576}, "meta_data": {"model_type": "LLM"}}
    assert httpx2.get(f"{base_url}/models/two", headers=BEARER).json() == two


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("GET", "/models", b"", {}, 401),
        ("GET", "/models/one", b"", {"authorization": "Bearer inner"}, 401),
        ("POST", "/stream", BODY, {}, 401),
        ("GET", "/models/three", b"", BEARER, 404),
        ("POST", "/stream", b'{"model": "three"}', BEARER, 404),
        ("POST", "/stream", b'{"model": []}', BEARER, 404),
        ("POST", "/stream", b"[1]", BEARER, 400),
        ("POST", "/stream", b"{", BEARER, 400),
    ],
)
def test_what_the_gateway_refuses(
    base_url: str, method: str, path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = httpx2.request(method, base_url + path, content=body, headers=headers)
    assert (answer.status_code, list(answer.json())) == (status, ["detail"])


@pytest.mark.parametrize(
    ("result", "reason", "lacks", "notes"),
    [
        ("passed", "", set(), []),
        ("passed", "(it knows.) (it rhymes.)", set(), ["A better model is needed for: it knows. it rhymes."]),
        (
            "failed",
            "cell 1 failed",
            {"meta_data"},
            ["cell 1 failed", "The engine lacks meta_data."],
        ),
    ],
)
def test_what_is_said_of_a_lesson(result: str, reason: str, lacks: set[str], notes: list[str]) -> None:
    assert check_engine.describe(Row("a", result, reason, Usage(lacks=lacks), 1)) == notes


@pytest.mark.parametrize(
    ("lesson", "results", "failed"),
    [
        ("good", ["passed"], False),
        ("unlucky", ["failed", "passed"], False),
        ("missed", ["missed", "missed"], True),
        ("bad", ["failed", "failed"], True),
        ("skipped", ["skipped"], False),
    ],
)
def test_a_lesson_that_fails_runs_once_more(
    monkeypatch: pytest.MonkeyPatch, lesson: str, results: list[str], failed: bool
) -> None:
    waiting = [Row(lesson, result, "", Usage(), 1) for result in results]
    monkeypatch.setattr(check_engine, "check_lesson", lambda *_: waiting.pop(0))
    found = check_engine.check_lessons([Path(f"{lesson}.ipynb")], Credentials("key", "http://127.0.0.1:9/v1"))
    assert found == ({f"{lesson}.ipynb": {"result": results[-1], "notes": ""}}, failed)
    assert waiting == []


@pytest.mark.parametrize(
    ("file", "source", "problem"),
    [
        ("a.py", "print(1)", ""),
        ("a.py", "raise SystemExit('There is no limit.')", "There is no limit."),
        ("a.py", "import sys; print('Error: a\\nv20', file=sys.stderr); sys.exit(1)", "Error: a"),
        ("a.sh", "exit 3", "status 3"),
    ],
)
def test_why_a_program_does_not_end_well(tmp_path: Path, file: str, source: str, problem: str) -> None:
    (tmp_path / file).write_text(source)
    assert check_engine.check_program(tmp_path / file, Credentials("key", "http://127.0.0.1:9/v1")) == problem


def fake_server(tmp_path: Path, source: str) -> Path:
    """Return an environment whose Python is a program of that source."""
    program = tmp_path / "bin" / "python"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\n{source}")
    program.chmod(0o755)
    return tmp_path


def test_no_engine_is_left_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = 'import os, sys; print(\'["e", "", "\' + str(os.getpid()) + \'"]\', flush=True); sys.stdin.read()'
    monkeypatch.setattr(check_engine, "_ENVIRONMENT", fake_server(tmp_path, waits))
    with pytest.raises(KeyboardInterrupt), check_engine.start_engines() as (name, _, embeddings):  # noqa: PT012
        assert name == "e"
        pid = embeddings.base_url
        assert subprocess.run(["kill", "-0", pid], check=False).returncode == 0
        raise KeyboardInterrupt
    assert subprocess.run(["kill", "-0", pid], check=False, capture_output=True).returncode != 0


def test_an_engine_that_does_not_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_engine, "_ENVIRONMENT", fake_server(tmp_path, "raise SystemExit('no memory')"))
    with pytest.raises(RuntimeError, match="do not start:\nno memory"), check_engine.start_engines():
        pass


def test_without_the_engines_it_is_skipped_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check_engine, "_ENVIRONMENT", tmp_path)
    assert check_engine.main([]) == 0
    assert capsys.readouterr().out.startswith("Skipped: ")


def test_every_package_is_pinned_with_hashes() -> None:
    for name in ("requirements.txt", "newest.txt"):
        lines = (ROOT / "tests" / "engine" / name).read_text("utf-8").splitlines()
        for line in [line for line in lines if not line.startswith("#")]:
            requirement, *hashes = line.split(" --hash=sha256:")
            assert str(Requirement(requirement).specifier).startswith("==")
            assert hashes
            assert {len(value) for value in hashes} == {64}


def test_a_goal_that_needs_a_better_model_is_in_its_lesson() -> None:
    for lesson in load_lessons():
        source = (NOTEBOOKS / lesson.file).read_text("utf-8")
        assert [goal for goal in lesson.model_goals if goal not in source] == []


def test_the_stored_result_is_of_these_lessons_and_engines() -> None:
    run = checked_against.load()["engine"]
    assert set(run["lessons"]) <= {lesson.file for lesson in load_lessons()}
    pins = [(ROOT / "tests" / "engine" / name).read_text("utf-8") for name in ("requirements.txt", "newest.txt")]
    for engine, pinned in zip((run["engine"], run["bare"]["engine"]), pins, strict=True):
        assert engine.partition("(xllamacpp ")[2].rstrip(")") in json.dumps(pinned)
