"""Every test checks every reply that the sandbox gives in its process (see `strict_replies.py`)."""

import functools
import gc
import os
import re
import shutil
import signal
import ssl
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpcore2
import pytest
from bs4 import BeautifulSoup
from filelock import FileLock
from hypothesis import HealthCheck, settings

from tools.lessons import ROOT
from tools.website.build import build, page_address

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# The clients have environments and settings of their own; the tests beside this file start them.
collect_ignore = ["clients"]

# A file is run by one worker as a whole, so the longest come first: nobody waits for the last of them.
# While the first worker builds the site, the second does what needs no site.
_LONGEST_FILES = (
    "test_site_browser.py",
    "test_pages_run.py",
    "test_site_serve.py",
    "test_snippets.py",
    "test_site.py",
    "test_check_live.py",
)

# Only a hang takes so long: on an idle machine no test needs more than a minute.
_SECONDS_TO_HANG = 1200

# A server's thread adds to it as well.
_broken_replies: list[str] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first."""
    order = {name: place for place, name in enumerate(_LONGEST_FILES)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


# Neither the speed of the machine nor a store of earlier runs decides what hypothesis tries.
settings.register_profile(
    "any machine", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


@pytest.fixture(scope="session", autouse=True)
def _strict_replies() -> Iterator[None]:
    try:
        from strict_replies import watch

        from sandbox.service import Sandbox
    except ImportError:
        # A core that cannot be imported gives no replies. Its own tests fail; those of the engines can still run.
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sandbox, "handle", watch(Sandbox.handle, _broken_replies.append))
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_ssl_context() -> Iterator[None]:
    """Share one context where no variable names other certificates: each client would read those of the machine."""
    new = httpcore2.default_ssl_context
    shared = functools.cache(new)

    def context(**options: bool) -> ssl.SSLContext:
        return (new if "SSL_CERT_FILE" in os.environ else shared)(**options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore2, "default_ssl_context", context)
        yield


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Return the folder of the built site. All workers share one build: the first that needs it makes it."""
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent
    built = folder / "site"
    with FileLock(folder / "site.lock"):
        if not built.exists():
            run = build(ROOT, folder / "unfinished-site")
            assert run.returncode == 0, run.stderr
            assert "WARNING" not in run.stdout + run.stderr
            (folder / "unfinished-site").rename(built)
    return built


@pytest.fixture
def small_project(tmp_path: Path) -> Path:
    """Return a copy of the project that has only the first pages of folders, and few endpoints: it is built quickly."""
    for name in ("docs", "helpers", "notebooks", "sandbox", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    for name in ("CONTRIBUTING.md", "mkdocs.yml"):
        shutil.copy(ROOT / name, tmp_path)
    for page in [*tmp_path.glob("notebooks/*.ipynb"), *tmp_path.glob("docs/**/*.md")]:
        if page.name != "index.md":
            page.unlink()
    endpoints = tmp_path / "sandbox" / "endpoints" / "__init__.py"
    some_imports = re.sub(r".* import (audio|completions|embeddings|images|responses) .*\n", "", endpoints.read_text())
    endpoints.write_text(some_imports)
    return tmp_path


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Start a browser. Tests that ask for it are skipped where there is none."""
    from tools.website.browser import start_browser  # slow to import, and most workers never need it

    with start_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, BeautifulSoup]:
    """Return all pages of the site by their address, `/lessons/03_chat/`, but for 404.html, which has none."""
    files = [file for file in sorted(site.rglob("*.html")) if file.name != "404.html"]
    gc.disable()  # a third of the time would go into looking for garbage, and there is none
    pages = {page_address(file, site): BeautifulSoup(file.read_text("utf-8"), "html.parser") for file in files}
    gc.enable()
    return pages


def _end_hang(*_: object) -> None:
    pytest.fail(f"The test hangs: it has run for {_SECONDS_TO_HANG} seconds.")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """Fail a test that hangs, and go on with the next."""
    if not hasattr(signal, "SIGALRM"):  # Windows
        return (yield)
    signal.signal(signal.SIGALRM, _end_hang)
    # Every minute again, for code that takes the failure for one of its own.
    signal.setitimer(signal.ITIMER_REAL, _SECONDS_TO_HANG, 60)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """Fail a test that has seen a broken reply, whatever the test itself thinks of it."""
    try:
        return (yield)
    finally:
        _fail_if_broken()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    """The same for replies that come while fixtures are torn down."""
    try:
        return (yield)
    finally:
        _fail_if_broken()


def _fail_if_broken() -> None:
    if _broken_replies:
        problems = "\n".join(_broken_replies)
        _broken_replies.clear()
        pytest.fail(f"The sandbox has given replies that the API would not give:\n{problems}", pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many checks the clients in other environments have made, and why something was skipped."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in report.user_properties:
            if name == "client" and report.when == "call":
                terminalreporter.write_line(value)
    for report in terminalreporter.getreports("skipped"):
        terminalreporter.write_line(f"{report.nodeid}: {report.longrepr[2]}")
