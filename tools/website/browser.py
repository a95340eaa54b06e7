"""The built site as its readers get it: served with compression, and looked at in a real browser.

The tests and `tools.site_report` visit pages with it. It drives the Chromium of this machine with Playwright, and
checks accessibility with axe-core, which `make test` installs with npm. Nothing is downloaded here.
"""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from tools.lessons import ROOT

AXE = ROOT / "tests" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
"""The accessibility checker: one script, which is run inside a page."""

MOST_BYTES = 90_000
"""What a page may transfer before its pictures."""
MOST_LAYOUT_SHIFT = 0.005
"""How much of a page may move by itself; up to 0.1 counts as good. On a busy machine, where a page arrives in pieces,
the columns of a long table and the title in the header move by a few pixels, which is 0.001."""

_WIDEST_PHONE = 600
# For each thing that Playwright waits for; it only ends a hang.
_MOST_MILLISECONDS = 300_000
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")

_NOTE_LAYOUT_SHIFTS = r"""
globalThis.layoutShifts = [];
new PerformanceObserver(list => {
  for (const {value, hadRecentInput, sources} of list.getEntries()) {
    const moved = sources.map(({node}) => node?.outerHTML ?? node?.textContent ?? "something that is gone");
    const named = moved.map(html => html.replace(/\s+/g, " ").slice(0, 80));
    if (!hadRecentInput) layoutShifts.push([value, named.join(" ")]);
  }
}).observe({type: "layout-shift", buffered: true});
"""
_SCROLL_THROUGH = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight) {
    scrollTo({top, behavior: "instant"});
    await frame();
  }
  const pictures = [...document.images].filter(image => image.checkVisibility() && !image.complete);
  await Promise.all(pictures.map(image => new Promise(done => image.onload = image.onerror = done)));
  scrollTo({top: 0, behavior: "instant"});
  await frame();
  await frame();
}"""
# Scripts that watch for sizes run with the frames.
_SETTLE = """async () => {
  for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame);
}"""
# As Material's own "instant navigation" does it. A module runs once for each address, so it gets a new one.
_TAKE_OVER = """async address => {
  const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
  history.replaceState(null, "", address);
  const content = "[data-md-component=container]";
  document.querySelector(content).replaceWith(page.querySelector(content));
  document$.next(document);
  for (const {src} of document.querySelectorAll("script[type=module]")) await import(`${src}?${address}`);
  for (const image of document.images) image.loading = "eager";
  await Promise.all(Array.from(document.images, image => image.decode().catch(() => {})));
}"""
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_RUN_AXE = """async () => {
  const {violations} = await axe.run(document, {resultTypes: ["violations"]});
  return Object.fromEntries(violations.map(({id, nodes}) => [id, nodes.map(node => node.target.join(" "))]));
}"""


@dataclass(frozen=True)
class Mode:
    """A way to look at a page: the size of the window, and the color scheme that the reader's system prefers."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]


LIGHT = Mode("light", 1280, 900, "light")
DARK = Mode("dark", 1280, 900, "dark")
PHONE = Mode("390 px", 390, 844, "light")
PHONE_DARK = Mode("390 px, dark", 390, 844, "dark")


@dataclass(frozen=True)
class Response:
    """What the server sent for one request; the size in bytes is that of headers and body, compressed."""

    path: str
    media_type: str
    size: int


@dataclass(frozen=True)
class Visit:
    """What was seen on one page.

    Attributes:
        responses: everything that was loaded from the site, in order.
        other_hosts: addresses that were asked for elsewhere.
        overflow: by how many pixels the page is wider than the window.
        layout_shifts: what moved without the reader's doing, and how much: 1 is all of the window.
        errors: from the console, and those that scripts have raised.
        violations: places on the page by the rule of axe-core that they break.
    """

    responses: list[Response]
    other_hosts: list[str]
    overflow: int
    layout_shifts: list[tuple[float, str]]
    errors: list[str]
    violations: dict[str, list[str]]

    @property
    def layout_shift(self) -> float:
        """How much moved in all."""
        return sum(share for share, _ in self.layout_shifts)

    @property
    def transferred(self) -> int:
        """Bytes of everything."""
        return sum(response.size for response in self.responses)

    @property
    def transferred_before_pictures(self) -> int:
        """Bytes of everything but pictures."""
        return sum(response.size for response in self.responses if not response.media_type.startswith("image/"))


@dataclass
class ServedSite:
    """A built site at an address of this machine.

    Attributes:
        origin: the address, without a slash at its end.
        responses: everything that was sent since the list was last cleared.
    """

    origin: str
    responses: list[Response] = field(default_factory=list)


@contextmanager
def serve(folder: Path, headers: dict[str, str] | None = None) -> Iterator[ServedSite]:
    """Serve a folder with compression, as a host of static sites does.

    Args:
        folder: the built site.
        headers: more of them, for every file.

    Yields:
        The site at its address.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    site = ServedSite(f"http://127.0.0.1:{listener.getsockname()[1]}")
    files = Starlette(
        routes=[Mount("/", StaticFiles(directory=folder, html=True))],
        middleware=[Middleware(GZipMiddleware, compresslevel=6)],
    )

    more = [(b"cache-control", b"max-age=600")]
    more += [(name.encode(), value.encode()) for name, value in (headers or {}).items()]

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        sent: dict[str, str] = {}
        size = 0

        async def count(message: dict[str, Any]) -> None:
            nonlocal size
            if message["type"] == "http.response.start":
                message["headers"] += more
                sent.update((name.decode(), value.decode()) for name, value in message["headers"])
                size += sum(len(f"{name}: {value}\r\n") for name, value in sent.items())
            size += len(message.get("body", b""))
            await send(message)

        await files(scope, receive, count)
        site.responses.append(Response(scope["path"], sent.get("content-type", ""), size))

    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def find_browser() -> str | None:
    """Return the path of this machine's Chromium; `CHROME_PATH` goes first. None if there is none."""
    return os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, _BROWSERS)), None)


@contextmanager
def start_browser() -> Iterator[Browser]:
    """Start this machine's Chromium, without a window.

    Yields:
        The browser.

    Raises:
        FileNotFoundError: there is none.
    """
    path = find_browser()
    if path is None:
        raise FileNotFoundError("There is no Chromium on this machine. On Debian: apt-get install chromium")
    expect.set_options(timeout=_MOST_MILLISECONDS)
    with sync_playwright() as playwright:
        # Other hosts must not be reached, not even where there is a network.
        rules = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        browser = playwright.chromium.launch(executable_path=path, args=[rules], timeout=_MOST_MILLISECONDS)
        yield browser
        browser.close()


class Tab:
    """A tab of the browser, in a window of its own whose cache and storage are empty at first.

    Args:
        page: what Playwright calls the tab.
        site: the site, which no other tab visits meanwhile.

    Attributes:
        page: the same, for everything that is more than a look.
    """

    def __init__(self, page: Page, site: ServedSite):
        self.page = page
        self._site = site
        self._other_hosts: list[str] = []
        self._errors: list[str] = []
        page.add_init_script(_NOTE_LAYOUT_SHIFTS)
        page.on("request", self._note_request)
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self._errors.append(str(error)))

    def visit(
        self, address: str, thorough: bool = True, screenshot: Path | None = None, accessibility: bool = True
    ) -> Visit:
        """Open a page and note what happens.

        Args:
            address: the page's address within the site, such as "/lessons/03_chat/".
            thorough: scroll to the end and back, and wait until nothing more is loaded. Pictures that are loaded when
                they come into sight, and what moves then, are seen only so; it takes twice as long.
            screenshot: where to store a picture of the whole page, if anywhere.
            accessibility: look for violations, which takes most of the time.

        Returns:
            What was seen.
        """
        self._clear_notes()
        self.page.goto(address)
        self.page.evaluate(_SCROLL_THROUGH if thorough else _SETTLE)
        if screenshot:
            self.page.screenshot(path=screenshot, full_page=True)
        violations = self.violations() if accessibility else {}
        if thorough:
            self.page.wait_for_load_state("networkidle")
        return Visit(
            responses=list(self._site.responses),
            other_hosts=list(self._other_hosts),
            overflow=self.page.evaluate(_OVERFLOW),
            layout_shifts=self.page.evaluate("layoutShifts"),
            errors=list(self._errors),
            violations=violations,
        )

    def violations(self) -> dict[str, list[str]]:
        """Look at the page as it is now, and return places on it by the rule of axe-core that they break."""
        self.page.evaluate(AXE.read_text("utf-8"))
        return self.page.evaluate(_RUN_AXE)

    def take_over(self, address: str) -> Visit:
        """Put the content of another page in the place of the open page's, which takes a third of a visit.

        Args:
            address: a page with the same scripts and style sheets as the open one: they are not loaded again.

        Returns:
            What was seen, but for what moves and how accessible it is.
        """
        self._clear_notes()
        self.page.evaluate(_TAKE_OVER, address)
        self.page.evaluate(_SETTLE)
        return Visit(
            responses=list(self._site.responses),
            other_hosts=list(self._other_hosts),
            overflow=self.page.evaluate(_OVERFLOW),
            layout_shifts=[],
            errors=list(self._errors),
            violations={},
        )

    def _clear_notes(self) -> None:
        for notes in (self._site.responses, self._other_hosts, self._errors):
            notes.clear()

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self._site.origin}/", "data:", "blob:")):
            self._other_hosts.append(request.url)

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._errors.append(message.text)


@contextmanager
def open_tab(browser: Browser, site: ServedSite, mode: Mode) -> Iterator[Tab]:
    """Open a tab.

    Args:
        browser: a running browser.
        site: what it visits; its pages may use the clipboard.
        mode: size and color scheme.

    Yields:
        The tab.
    """
    phone = mode.width < _WIDEST_PHONE
    context = browser.new_context(
        base_url=site.origin,
        viewport={"width": mode.width, "height": mode.height},
        device_scale_factor=2 if phone else 1,
        is_mobile=phone,
        has_touch=phone,
        color_scheme=mode.scheme,
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(_MOST_MILLISECONDS)
    yield Tab(context.new_page(), site)
    context.close()
