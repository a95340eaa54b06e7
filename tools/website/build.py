"""Build the site as `make site` does, and look at what was built as far as no browser is needed."""

import gzip
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

MOST_HTML_BYTES = 17_000
"""What the compressed HTML of a page may have."""


def build(project: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Build a site strictly.

    Args:
        project: the folder with mkdocs.yml.
        site: the folder that the pages are written to.

    Returns:
        The finished process, with its output as text.

    Raises:
        subprocess.TimeoutExpired: the build takes more than five minutes.
    """
    # Without --quiet, which hides warnings from --strict as well.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    environment = {name: value for name, value in os.environ.items() if name != "SITE_URL"}
    environment["NO_MKDOCS_2_WARNING"] = "1"
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=300)


def addresses(folder: Path) -> list[str]:
    """List the addresses of all pages of a built site, such as "/lessons/03_chat/", in order; 404.html is none."""
    return [page_address(file, folder) for file in sorted(folder.rglob("index.html"))]


def page_address(file: Path, folder: Path) -> str:
    """Return the address within a built site of an HTML file."""
    return "/" + file.relative_to(folder).as_posix().removesuffix("index.html")


def folder_of(address: str) -> str:
    """Return the folder that a page stands in: "lessons" for "/lessons/03_chat/", "" at the top."""
    return address.removeprefix("/").rpartition("/")[0].rpartition("/")[0]


def html_sizes(site: Path, address: str) -> tuple[int, int]:
    """Return the bytes of a page's HTML, as it is and compressed."""
    content = (site / address[1:] / "index.html").read_bytes()
    return len(content), len(gzip.compress(content))


class _Anchors(HTMLParser):
    """The ids of a page, and the addresses that it leads to or loads. A tree of all its tags would take longer."""

    def __init__(self, html: str):
        super().__init__()
        self.ids: set[str | None] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag has."""
        for name, value in attrs:
            if name == "id":
                self.ids.add(value)
            elif name in ("href", "src"):
                self.links.append(value or "")


def find_broken_links(site: Path) -> list[str]:
    """Follow every link within the site, on every page, 404.html included.

    Args:
        site: the built site.

    Returns:
        A line for each link to a file or an anchor that is not there.
    """
    host = "http://site.invalid"
    pages = {file: _Anchors(file.read_text("utf-8")) for file in sorted(site.rglob("*.html"))}
    broken = []
    for file, page in pages.items():
        address = page_address(file, site)
        for link in page.links:
            url = urlsplit(urljoin(host + address, link))
            if f"{url.scheme}://{url.netloc}" != host:
                continue
            target = site / unquote(url.path).removeprefix("/")
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                broken.append(f"{address} links to {link}, where nothing is")
            elif target in pages and url.fragment and unquote(url.fragment) not in pages[target].ids:
                broken.append(f"{address} links to {link}, where no such anchor is")
    return broken
