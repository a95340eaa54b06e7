"""`deploy/`: the built site on a real nginx, at the root of a host and below a path, with headers and in a browser."""

import gzip
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from in_browser import needs_browser
from playwright.sync_api import Browser, Page, expect
from waiting import wait_for

from tools.lessons import ROOT
from tools.website.browser import LIGHT, ServedSite, open_tab
from tools.website.build import addresses, folder_of
from tools.website.in_page import find_runner

NGINX = shutil.which("nginx", path=os.pathsep.join([os.environ["PATH"], "/usr/sbin"]))
MIME_TYPES = Path("/etc/nginx/mime.types")
POLICY = ROOT / "deploy" / "policy.py"
PAGE = (ROOT / "docs" / "hosting.md").read_text("utf-8")
PREFIXES = ["", "/tutorials"]

YEAR = "public, max-age=31536000, immutable"
SHORT = "max-age=600"
ASK = "no-cache"

# What the machine has around the site's own file. Nothing is written outside of the folder.
MAIN = """
{user}
daemon off;
pid nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path temporary;
    proxy_temp_path temporary;
    fastcgi_temp_path temporary;
    uwsgi_temp_path temporary;
    scgi_temp_path temporary;
    default_type application/octet-stream;
    include sites-enabled/*;
}}
"""

pytestmark = pytest.mark.skipif(
    NGINX is None or not MIME_TYPES.is_file(),
    reason="there is no nginx on this machine; on Debian: apt-get install nginx",
)


def page_file(site: Path, address: str) -> Path:
    return site / address[1:] / "index.html"


def put(text: str, old: str, new: str) -> str:
    """Replace what the owner of a server would replace."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


@pytest.fixture(scope="module")
def origin(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start nginx on the site, which is at the root and below /tutorials/ as well."""
    folder = tmp_path_factory.mktemp("nginx")
    shutil.copytree(site, folder / "www", copy_function=os.link)
    (folder / "sites-enabled").mkdir()
    (folder / "sites-enabled" / "default").touch()
    (folder / "site").symlink_to(site)
    (folder / "deploy").symlink_to(ROOT / "deploy")
    # The commands of the page, but for where nginx has its files.
    [commands] = [block for block in re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL) if "policy.py" in block]
    commands = commands.replace("/etc/nginx", str(folder)).replace("/srv/www", f"{folder}/www")
    subprocess.run(["bash", "-euc", f"nginx() {{ :; }}\n{commands}"], cwd=folder, check=True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"127.0.0.1:{listener.getsockname()[1]}"
    conf = folder / "sites-enabled" / "tutorials.conf"
    text = conf.read_text("utf-8")
    conf.write_text(put(put(text, "listen 80;", f"listen {host};"), "root /srv/www;", f"root {folder}/www;"), "utf-8")
    (folder / "nginx.conf").write_text(MAIN.format(user="user root;" if os.getuid() == 0 else ""), "utf-8")
    log = folder / "log.txt"
    command = [str(NGINX), "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]
    with log.open("w") as file, subprocess.Popen(command, stderr=file) as server:

        def answers() -> bool:
            assert server.poll() is None, log.read_text("utf-8")
            try:
                socket.create_connection(tuple(host.split(":"))).close()
            except ConnectionRefusedError:
                return False
            return True

        try:
            wait_for(answers)
            yield f"http://{host}"
        finally:
            server.terminate()
    assert "[warn]" not in log.read_text("utf-8")
    assert "[emerg]" not in log.read_text("utf-8")


@pytest.fixture(scope="module")
def client(origin: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=origin, timeout=None, trust_env=False, headers={"accept-encoding": "gzip"}) as client:
        yield client


@pytest.fixture
def page(browser: Browser, origin: str) -> Iterator[Page]:
    with open_tab(browser, ServedSite(origin), LIGHT) as tab:
        yield tab.page


def raw(client: httpx2.Client, address: str) -> tuple[httpx2.Response, bytes]:
    """Ask for a file, and return the answer with the bytes as they came."""
    with client.stream("GET", address) as answer:
        return answer, b"".join(answer.iter_raw())


# Headers


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    ("address", "media_type", "cached", "packed"),
    [
        ("/", "text/html; charset=utf-8", ASK, True),
        ("/lessons/01_first_request/", "text/html; charset=utf-8", ASK, True),
        ("/lessons/01_first_request/index.md", "text/plain; charset=utf-8", SHORT, True),
        ("/lessons/01_first_request/01_first_request.ipynb", "text/plain; charset=utf-8", SHORT, True),
        ("/stylesheets/site.css", "text/css; charset=utf-8", SHORT, True),
        ("/assets/logo.svg", "image/svg+xml", SHORT, False),  # shorter than what is worth the work
        ("/search/documents.json", "application/json", SHORT, True),
        ("/sitemap.xml", "text/xml; charset=utf-8", SHORT, True),
        ("/sitemap.xml.gz", "application/gzip", SHORT, False),
        ("/llm-serving-tutorials.zip", "application/zip", SHORT, False),
        ("assets/javascripts/bundle.*.min.js", "application/javascript; charset=utf-8", YEAR, True),
        ("assets/stylesheets/main.*.min.css", "text/css; charset=utf-8", YEAR, True),
        ("run/*/run.js", "application/javascript; charset=utf-8", YEAR, True),
        ("run/*/pyodide.mjs", "application/javascript; charset=utf-8", YEAR, True),
        ("run/*/memory.json", "application/json", YEAR, True),
        ("run/*/memory.bin.gz", "application/gzip", YEAR, False),
        ("run/*/pyodide.asm.wasm.gz", "application/gzip", YEAR, False),
    ],
)
def test_a_file_has_its_type_is_kept_as_long_as_it_may_be_and_is_compressed_once(
    site: Path, client: httpx2.Client, prefix: str, address: str, media_type: str, cached: str, packed: bool
) -> None:
    if "*" in address:
        if address.startswith("run/") and find_runner() is None:
            pytest.skip("Python is not packed for pages; `make run-files` does it where there is npm")
        [file] = site.glob(address)
        address = f"/{file.relative_to(site).as_posix()}"
    else:
        file = page_file(site, address) if address.endswith("/") else site / address[1:]
    answer, content = raw(client, prefix + address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers.get_list("cache-control") == [cached]
    assert answer.headers.get("content-encoding") == ("gzip" if packed else None)
    if packed:
        assert answer.headers["vary"] == "Accept-Encoding"
        content = gzip.decompress(content)
    assert content == file.read_bytes()
    again = client.get(prefix + address, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


def test_every_file_has_a_known_type_and_the_headers_of_security(site: Path, client: httpx2.Client) -> None:
    files = [file for file in sorted(site.rglob("*")) if file.is_file()]
    assert len(files) > 500
    for file in files:
        answer = client.head(f"/{file.relative_to(site).as_posix()}")
        assert answer.headers["content-type"] != "application/octet-stream", file
        check_security(answer)


def check_security(answer: httpx2.Response) -> None:
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert answer.headers["server"] == "nginx"
    [policy] = answer.headers.get_list("content-security-policy")
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["frame-ancestors"] == "'none'"
    assert directives["connect-src"] == "'self' blob: data:"
    assert directives["worker-src"] == "'self' blob:"
    assert not re.search(r"'unsafe-(inline|eval)'|https?:|\*", policy)


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("address", ["/nothing/", "/nothing.html", "/run/0123456789ab/memory.bin.gz", "/assets/"])
def test_what_is_not_there_gives_the_page_that_says_so(
    site: Path, client: httpx2.Client, prefix: str, address: str
) -> None:
    answer = client.get(prefix + address)
    # Folders without a page are not listed.
    assert answer.status_code == (403 if address == "/assets/" else 404)
    check_security(answer)
    if answer.status_code == 404:
        assert answer.text == (site / "404.html").read_text("utf-8")
        assert answer.headers["cache-control"] == ASK


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_folder_gets_its_slash_whatever_the_server_in_front_is_called(client: httpx2.Client, prefix: str) -> None:
    answer = client.get(f"{prefix}/models", headers={"host": "somewhere.example"})
    assert (answer.status_code, answer.headers["location"]) == (301, f"{prefix}/models/")
    check_security(answer)


def test_a_server_in_front_gets_compressed_pages_too(client: httpx2.Client, origin: str) -> None:
    host, port = origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\nVia: 1.1 front\r\nAccept-Encoding: gzip\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b"\r\nContent-Encoding: gzip\r\n" in answer


def test_the_policy_names_only_what_is_known(site: Path) -> None:
    """A script that comes with a page's text, or with an output, must not get into the policy unseen."""
    sys.path.insert(0, str(POLICY.parent))
    try:
        from policy import find_inline
    finally:
        sys.path.pop(0)
    found = find_inline(site)
    known = {
        r"__md_scope=new URL\(",
        r"var palette=__md_get\(",
        r"var tabs=__md_get\(",
        r"var target=document\.getElementById\(",
        r"\s*for \(const name of \[\"__md_get\"",
        r"this\.dispatchEvent\(new Event\('keyup'\)\)$",
    }
    starts = {text: [start for start in known if re.match(start, text)] for text in found["script-src"]}
    assert {text for text, matching in starts.items() if not matching} == set()
    assert {start for matching in starts.values() for start in matching} == known
    unknown = [text for text in found["style-src"] if not re.match(r"text-align: ?\w+;?$", text)]
    assert all("{" in text and "@import" not in text for text in unknown), unknown


def test_the_workflows_use_targets_that_exist() -> None:
    files = [*(ROOT / "deploy" / "github").iterdir(), ROOT / "deploy" / "gitlab" / "gitlab-ci.yml"]
    used = {
        name
        for file in files
        for line in re.findall(r"(?:run:|-) make (.+)", file.read_text("utf-8"))
        for name in line.split()
    }
    assert used == {"newest", "run-files", "site"}
    assert used <= set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


# In a browser


def watch_errors(page: Page) -> list[str]:
    """Return a list to which everything is added that the policy forbids, and other errors."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors


@needs_browser
def test_no_kind_of_page_has_an_error(browser: Browser, origin: str, site: Path) -> None:
    kinds = {folder_of(address): address for address in addresses(site)}
    assert len(kinds) > 5
    styled = [address for address in addresses(site) if ' style="' in page_file(site, address).read_text("utf-8")]
    with open_tab(browser, ServedSite(origin), LIGHT) as tab:
        for address in ["/", styled[0], *kinds.values()]:
            assert tab.visit(f"/tutorials{address}", accessibility=False).errors == [], address


@needs_browser
def test_the_page_for_what_is_not_there_has_its_style(page: Page) -> None:
    errors = watch_errors(page)
    page.goto("/nothing/here/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.locator("body").get_attribute("data-md-color-scheme") == "default"
    assert len(errors) == 1, errors
    assert "404" in errors[0]


@needs_browser
@pytest.mark.parametrize("prefix", PREFIXES)
def test_search_copy_and_run_work(browser: Browser, origin: str, prefix: str) -> None:
    with open_tab(browser, ServedSite(origin), LIGHT) as tab:
        page = tab.page
        errors = watch_errors(page)
        page.goto(f"{prefix}/")
        page.get_by_role("button", name="Copy").locator("visible=true").first.click()
        code = page.locator(".highlight pre > code").locator("visible=true").first
        assert page.evaluate("navigator.clipboard.readText()").strip() == code.text_content().strip()
        if find_runner() is not None:
            stored = page.locator("[data-cell='1'] ~ .output pre").first.text_content()
            page.locator("[data-cell='1'] + .run-bar").get_by_role("button", name="Run").click()
            label = page.locator("[data-cell='1'] + .run-bar + .output .output-label")
            expect(label).to_have_text("Output (just now, in your browser)")
            assert page.locator("[data-cell='1'] + .run-bar + .output pre").text_content().strip() == stored.strip()
        page.get_by_role("textbox", name="Search").evaluate("box => { box.focus(); }")
        page.keyboard.insert_text("embeddings")  # as from the clipboard, so that only the page's own handler notices
        expect(page.locator(".md-search-result__link").first).to_be_visible()
        assert errors == []
