"""The parts of the benchmark that do not measure time: what it sends, what it refuses, and that all of it runs."""

import http.client
import re

import pytest

from sandbox.adapters.server import LocalServer
from sandbox.service import Sandbox
from tools import bench


@pytest.fixture
def connection():
    server = LocalServer(Sandbox(pace=0))
    server.serve_in_background()
    connection = http.client.HTTPConnection("127.0.0.1", int(re.search(r":(\d+)/", server.base_url)[1]))
    yield connection
    connection.close()
    server.stop()


def test_every_case_is_answered_and_the_bare_app_is_asked_for_as_much(connection):
    paths = {name: bench.bare_path(bench.ask(connection, *case)[0]) for name, case in bench.CASES.items()}
    assert {name: path.split("/")[1] for name, path in paths.items()} == {
        name: "stream" if name == "stream" else "answer" for name in bench.CASES
    }
    assert bench.bare_path(b"data: {}\n\ndata: []\n\n") == "/stream/2/10"


def test_an_answer_that_is_none_ends_the_run(connection):
    with pytest.raises(RuntimeError, match="/v2/unknown answers 404"):
        bench.ask(connection, "/v2/unknown", None)


def test_a_server_that_does_not_start_is_said_plainly():
    with pytest.raises(RuntimeError, match="did not start"), bench.serving(["-c", "pass"]):
        pass


def test_it_measures_all(monkeypatch):
    monkeypatch.setattr(bench, "STARTS", 1)
    monkeypatch.setattr(bench, "MANY", 10)
    lines = list(bench.run(0.04))
    assert [line.partition(":")[0] for line in lines] == ["start to first answer", *bench.CASES, "resident memory"]
    assert all(re.search(r"ratio \d+\.\d\d", line) for line in lines[:-1])
