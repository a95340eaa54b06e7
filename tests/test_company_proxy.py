"""What docs/company-proxy.md claims, tried: a server with a certificate of an unknown root, and a forward proxy.

The programs are those that the pages show. Python runs in this process, since importing openai takes longer than all
the rest.
"""

import base64
import contextlib
import re
import selectors
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

import httpx2
import openai
import pytest
import trustme
from page_programs import needs_curl, needs_node, run_in_process

from helpers.service import without_proxy
from sandbox.adapters.server import LocalServer
from sandbox.service import Sandbox
from tools import run_programs
from tools.lessons import ROOT
from tools.run_programs import run_program
from tools.website.programs import EXAMPLES, SNIPPETS

PAGE = (ROOT / "docs" / "company-proxy.md").read_text("utf-8")
CHECK = EXAMPLES / "company-proxy/check.py"
OWN_CERTIFICATE = EXAMPLES / "company-proxy/own_certificate.py"
CURL = SNIPPETS / "chat" / "curl.sh"
NODE = SNIPPETS / "chat" / "node.mjs"
WORKS = "The service answers.\n"

CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


class _Proxy(ThreadingHTTPServer):
    """A forward proxy.

    Attributes:
        asked: what it was asked for.
        user: who may use it, with the password: `ada:secret`. None is everybody.
        address: its host and port.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _ProxyHandler)
        self.asked: list[str] = []
        self.user: str | None = None
        self.address = f"127.0.0.1:{self.server_port}"


class _ProxyHandler(BaseHTTPRequestHandler):
    """Tunnels what is encrypted, and refuses the rest, as a proxy does that cannot reach the address."""

    server: _Proxy

    def do_CONNECT(self) -> None:
        self.server.asked.append(self.path)
        given = self.headers.get("Proxy-Authorization", "")
        if self.server.user and given != "Basic " + base64.b64encode(self.server.user.encode()).decode():
            self.send_error(407)
            return
        host, _, port = self.path.partition(":")
        with socket.create_connection((host, int(port))) as upstream:
            self.send_response(200)
            self.end_headers()
            _join(self.connection, upstream)
        self.close_connection = True

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_error(403)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing: a thread's output would end up in another test's."""


class _SocksHandler(BaseRequestHandler):
    """Speaks SOCKS 5 (RFC 1928) without a password, and takes only IPv4 addresses, as all servers here have one."""

    def handle(self) -> None:
        self.request.recv(2)
        self.request.recv(1)
        self.request.sendall(b"\x05\x00")
        self.request.recv(4)
        host, port = struct.unpack("!4sH", self.request.recv(6))
        with socket.create_connection((socket.inet_ntoa(host), port)) as upstream:
            self.request.sendall(b"\x05\x00\x00\x01" + bytes(6))
            self.server.asked.append(port)
            _join(self.request, upstream)


def _join(left: socket.socket, right: socket.socket) -> None:
    """Carry bytes both ways until one side has nothing more to say, or is gone."""
    other = {left: right, right: left}
    with selectors.DefaultSelector() as selector, contextlib.suppress(ConnectionError):
        for end in other:
            selector.register(end, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                data = key.fileobj.recv(65536)
                if not data:
                    return
                other[key.fileobj].sendall(data)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with root.pem and what servers may show: their key, then the certificates of a chain.

    leaf.pem has the server's alone, chain.pem the root as well. below.pem has the server's and that of an intermediate
    authority, which the root has signed.
    """
    folder = tmp_path_factory.mktemp("certificates")
    root = trustme.CA(organization_name="Example Company")
    root.cert_pem.write_to_path(folder / "root.pem")
    server, below = root.issue_cert("127.0.0.1"), root.create_child_ca().issue_cert("127.0.0.1")
    shown = {
        "leaf.pem": [server.private_key_pem, server.cert_chain_pems[0]],
        "chain.pem": [server.private_key_pem, server.cert_chain_pems[0], root.cert_pem],
        "below.pem": [below.private_key_pem, *below.cert_chain_pems[:2]],
    }
    for name, parts in shown.items():
        (folder / name).write_bytes(b"".join(part.bytes() for part in parts))
    return folder


@pytest.fixture(scope="module")
def serve(certificates: Path) -> Iterator[Callable[[str], str]]:
    """Return a function that starts a server which shows a file of `certificates`, and returns its base URL."""
    servers = []

    def start(shown: str) -> str:
        server = LocalServer(Sandbox(pace=0))
        server.config.ssl_keyfile = server.config.ssl_certfile = certificates / shown
        server.serve_in_background()
        servers.append(server)
        return server.base_url.replace("http:", "https:")

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="module")
def root(certificates: Path) -> str:
    return str(certificates / "root.pem")


@pytest.fixture(scope="module")
def base_url(serve: Callable[[str], str]) -> str:
    return serve("leaf.pem")


@pytest.fixture(scope="module")
def sandbox_url() -> Iterator[str]:
    """Return the base URL of a sandbox as it usually runs, without encryption."""
    server = LocalServer(Sandbox(pace=0))
    server.serve_in_background()
    yield server.base_url
    server.stop()


@pytest.fixture
def proxy() -> Iterator[_Proxy]:
    """Return a forward proxy that runs."""
    server = _Proxy()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def socks_proxy() -> Iterator[ThreadingTCPServer]:
    """Return a SOCKS proxy that runs; `asked` has the ports that it has connected to."""
    with ThreadingTCPServer(("127.0.0.1", 0), _SocksHandler) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, base_url: str) -> None:
    """Take away what this machine itself needs to get through its own proxy, and what keeps programs out of one."""
    monkeypatch.setattr(run_programs, "without_proxy", lambda environment: {})
    for name in (*CERTIFICATE_VARIABLES, *PROXY_VARIABLES, *map(str.lower, PROXY_VARIABLES)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("API_KEY", "sandbox")
    monkeypatch.setenv("BASE_URL", base_url)


def run(program: Path, **variables: str) -> str:
    """Run a Python program with further environment variables, and return what it prints."""
    stdout, stderr = run_in_process(program, **variables)
    assert stderr == ""
    return stdout


def _documented(message: str) -> str:
    """Return the message without the place in OpenSSL's sources, after a look whether the page has it."""
    plain = re.sub(r" \(_ssl\.c:\d+\)\n?$", "", message).removeprefix("Connection error. ")
    assert plain in PAGE
    return plain


# Certificates


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        ("leaf.pem", "unable to get local issuer certificate"),
        ("below.pem", "unable to get local issuer certificate"),
        ("chain.pem", "self-signed certificate in certificate chain"),
    ],
)
def test_an_unknown_root_gives_the_documented_error(serve: Callable[[str], str], shown: str, reason: str) -> None:
    assert _documented(run(CHECK, BASE_URL=serve(shown))).endswith(reason)


def test_python_takes_the_root_from_ssl_cert_file(root: str) -> None:
    assert run(CHECK, SSL_CERT_FILE=root) == WORKS


def test_python_takes_the_root_from_the_program(root: str) -> None:
    assert run(OWN_CERTIFICATE, COMPANY_ROOT=root) == WORKS


def test_variables_of_other_programs_do_nothing_for_python(root: str) -> None:
    assert "CERTIFICATE_VERIFY_FAILED" in run(CHECK, REQUESTS_CA_BUNDLE=root, CURL_CA_BUNDLE=root)


def test_ssl_cert_file_without_the_file_fails_when_the_client_is_made() -> None:
    with pytest.raises(FileNotFoundError):
        run(CHECK, SSL_CERT_FILE="/no/such/file.pem")


def test_ssl_cert_file_replaces_the_certificates_of_the_system(monkeypatch: pytest.MonkeyPatch, root: str) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", root)
    assert httpx2.create_ssl_context().cert_store_stats()["x509_ca"] == 1


@needs_curl
def test_curl_takes_the_root_from_its_variable(monkeypatch: pytest.MonkeyPatch, root: str, base_url: str) -> None:
    refused = run_program(CURL, base_url)
    assert refused.returncode == 60
    assert _documented(next(line for line in refused.stderr.splitlines() if line.startswith("curl: (60)")))
    monkeypatch.setenv("CURL_CA_BUNDLE", root)
    done = run_program(CURL, base_url)
    assert done.returncode == 0, done.stderr
    monkeypatch.delenv("CURL_CA_BUNDLE")
    command = ["curl", "--fail", "--silent", "--cacert", root, "--header", "Authorization: Bearer sandbox"]
    assert subprocess.run([*command, f"{base_url}/models"], capture_output=True, check=False).returncode == 0


@needs_node
@pytest.mark.parametrize(
    ("shown", "code"),
    [
        ("leaf.pem", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
        ("below.pem", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"),
        ("chain.pem", "SELF_SIGNED_CERT_IN_CHAIN"),
    ],
)
def test_an_unknown_root_gives_the_documented_code_in_node(serve: Callable[[str], str], shown: str, code: str) -> None:
    assert f"code: '{code}'" in run_program(NODE, serve(shown)).stderr
    assert f"`{code}`" in PAGE


@needs_node
def test_node_takes_the_root_from_its_variable(monkeypatch: pytest.MonkeyPatch, root: str, base_url: str) -> None:
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", root)
    done = run_program(NODE, base_url)
    assert done.returncode == 0, done.stderr


# Proxies


def test_python_goes_through_the_proxy_unless_the_address_is_an_exception(
    proxy: _Proxy, root: str, base_url: str
) -> None:
    settings = {"SSL_CERT_FILE": root, "HTTPS_PROXY": f"http://{proxy.address}"}
    assert run(CHECK, **settings) == WORKS
    assert proxy.asked == [base_url.removeprefix("https://").removesuffix("/v2")]
    proxy.asked.clear()
    assert run(CHECK, **settings, NO_PROXY="127.0.0.1,localhost") == WORKS
    assert proxy.asked == []
    assert run(CHECK, **settings, NO_PROXY="localhost") == WORKS
    assert len(proxy.asked) == 1


def test_python_gives_the_proxy_a_name_and_a_password(proxy: _Proxy, root: str) -> None:
    proxy.user = "ada:p@ss"
    without = run(CHECK, SSL_CERT_FILE=root, HTTPS_PROXY=f"http://{proxy.address}")
    assert "407 Proxy Authentication Required" in without
    assert "407 Proxy Authentication Required" in PAGE
    assert run(CHECK, SSL_CERT_FILE=root, HTTPS_PROXY=f"http://ada:p%40ss@{proxy.address}") == WORKS


def test_a_sandbox_behind_the_proxy_is_not_reached_and_the_lessons_prevent_it(proxy: _Proxy, sandbox_url: str) -> None:
    settings = {"BASE_URL": sandbox_url, "HTTP_PROXY": f"http://{proxy.address}"}
    with pytest.raises(openai.PermissionDeniedError):
        run(CHECK, **settings)
    assert proxy.asked == [f"{sandbox_url}/models"]
    assert run(CHECK, **settings, **without_proxy({})) == WORKS
    assert len(proxy.asked) == 1


def test_python_goes_through_a_socks_proxy(socks_proxy: ThreadingTCPServer, root: str, base_url: str) -> None:
    address = "socks5://{}:{}".format(*socks_proxy.server_address)
    assert run(CHECK, SSL_CERT_FILE=root, ALL_PROXY=address) == WORKS
    assert socks_proxy.asked == [httpx2.URL(base_url).port]


@pytest.mark.parametrize(
    ("address", "error", "message"),
    [
        ("socks5://127.0.0.1:9", ImportError, "Using SOCKS proxy, but the 'socksio' package is not installed"),
        ("socks://127.0.0.1:9", ValueError, "Unknown scheme for proxy URL"),
        ("socks4://127.0.0.1:9", ValueError, "Unknown scheme for proxy URL"),
    ],
)
def test_a_socks_proxy_that_cannot_be_used_gives_the_documented_error_even_for_an_exception(
    monkeypatch: pytest.MonkeyPatch, address: str, error: type[Exception], message: str
) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)
    assert f"`{message}`" in PAGE
    with pytest.raises(error, match=message):
        run(CHECK, ALL_PROXY=address, NO_PROXY="127.0.0.1")


@needs_curl
def test_curl_reads_the_variables_but_http_proxy_in_lower_case_only(
    monkeypatch: pytest.MonkeyPatch, proxy: _Proxy, root: str, base_url: str, sandbox_url: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
    assert run_program(CURL, sandbox_url).returncode == 0
    assert proxy.asked == []
    monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
    run_program(CURL, sandbox_url)
    assert proxy.asked == [f"{sandbox_url}/chat/completions"]
    proxy.asked.clear()
    monkeypatch.setenv("CURL_CA_BUNDLE", root)
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
    assert run_program(CURL, base_url).returncode == 0
    assert len(proxy.asked) == 1
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    assert run_program(CURL, base_url).returncode == 0
    assert len(proxy.asked) == 1


@needs_node
def test_node_reads_the_variables_only_when_told_to(
    monkeypatch: pytest.MonkeyPatch, proxy: _Proxy, root: str, base_url: str
) -> None:
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", root)
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
    assert run_program(NODE, base_url).returncode == 0
    assert proxy.asked == []
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    if tuple(map(int, version.strip("v\n").split("."))) < (22, 21):
        pytest.skip("this Node.js is older than 22.21, which reads NODE_USE_ENV_PROXY")
    monkeypatch.setenv("NODE_USE_ENV_PROXY", "1")
    assert run_program(NODE, base_url).returncode == 0
    assert len(proxy.asked) == 1
