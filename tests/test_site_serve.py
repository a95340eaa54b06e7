"""The pages that `make serve` shows follow everything that they are made from, the code that makes them included."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from waiting import wait_for

# A file, where in it words are added, and the page that shows them.
PLACES = [
    ("sandbox/core/bodies.py", "The id of a model ", "/reference/chat-completions/"),
    ("tools/website/hooks.py", 'if page.ancestors else "', "/llms.txt"),
]
ADDED = "Added to this file. "
# A change right after the start, or during a build, may belong to what is built already. The next one does not.
TRIES = 3


@pytest.fixture
def client(small_project: Path) -> Iterator[httpx2.Client]:
    """Serve the project, and return a client that asks for its pages."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"127.0.0.1:{listener.getsockname()[1]}"
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", host]
    path = os.pathsep.join([str(small_project), os.environ["PYTHONPATH"]])
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": path}
    log = small_project / "log.txt"
    with (
        log.open("w") as file,
        subprocess.Popen(command, cwd=small_project, env=environment, stderr=file) as server,
        httpx2.Client(base_url=f"http://{host}", timeout=None, trust_env=False) as client,
    ):
        try:
            wait_for(lambda: "Serving on" in log.read_text("utf-8") or server.poll() is not None)
            assert server.poll() is None, log.read_text("utf-8")
            yield client
        finally:
            server.send_signal(signal.SIGINT)  # so that it removes the site


def test_every_page_follows_its_sources(small_project: Path, client: httpx2.Client) -> None:
    changed = {
        name: (small_project / name).read_text("utf-8").replace(place, place + ADDED, 1) for name, place, _ in PLACES
    }
    for _ in range(TRIES):
        epoch = client.get("/livereload/0/0").text
        for name, text in changed.items():
            (small_project / name).write_text(text, "utf-8")
        client.get(f"/livereload/{epoch}/0")  # answers when the site is built anew, and without that in the end
        behind = [page for *_, page in PLACES if ADDED not in client.get(page).raise_for_status().text]
        if not behind:
            return
    pytest.fail(f"These pages do not follow their sources: {behind}")
