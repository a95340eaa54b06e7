"""Which service the lessons talk to: the real one with a key, else the sandbox on this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from sandbox.adapters.page import PageServer
    from sandbox.adapters.server import LocalServer

REAL_BASE_URL = "https://llm-server.llmhub.t-systems.net/v2"
# Lets the project's own tests run the same on a machine whose owner keeps a key in a .env file.
IGNORE_DOTENV = "LLM_TUTORIALS_IGNORE_DOTENV"
# The `openai` package reads these by itself and sends what they hold to whatever address it is given.
SENT_ANYWHERE = ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_CUSTOM_HEADERS", "OPENAI_ADMIN_KEY")

_LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
_SANDBOX_KEY = "sandbox"
_sandbox_url: str | None = None


@dataclass(frozen=True)
class Credentials:
    """A key together with the address that it belongs to.

    Attributes:
        api_key: the key. It is left out when the object is printed.
        base_url: the base URL without a slash at the end.
    """

    api_key: str = field(repr=False)
    base_url: str


def use_service() -> None:
    """Decide which service the lesson talks to, and print one line that says which.

    With `API_KEY` (and optionally `BASE_URL`), or with `OPENAI_API_KEY` together with `OPENAI_BASE_URL`, it is the
    service at that address. The variables may be in a file `.env` in the notebook's folder or in the project's, with
    `MODEL` and `MODEL_...` (see `pick_model`); the environment wins. Without a key it is the sandbox, which is started
    once per process on a free port.

    Afterward `API_KEY` and `BASE_URL` are set in `os.environ`. Variables are taken out of it that the `openai` package
    would send to this service although they belong to another; a second line names them.

    Raises:
        ValueError: the settings cannot be used (see `find_credentials`), or a proxy's address cannot.
    """
    global _sandbox_url
    if _sandbox_url is not None and os.environ.get("BASE_URL") == _sandbox_url:
        # What an earlier call has set is no choice of the user's.
        del os.environ["BASE_URL"]
        if os.environ.get("API_KEY") == _SANDBOX_KEY:
            del os.environ["API_KEY"]
    for name, value in _read_dotenv().items():
        if name == "MODEL" or name.startswith("MODEL_"):
            os.environ.setdefault(name, value)
    credentials = find_credentials()
    if credentials:
        os.environ["API_KEY"] = credentials.api_key
        os.environ["BASE_URL"] = credentials.base_url
        print(f"Service: {credentials.base_url}")
    else:
        if _sandbox_url is None:
            _sandbox_url = start_sandbox().base_url
        os.environ["API_KEY"] = _SANDBOX_KEY
        os.environ["BASE_URL"] = _sandbox_url
        print("Service: the sandbox on this machine. Its answers come from simple rules, not from a language model.")
        if os.environ.get("OPENAI_API_KEY"):
            print("OPENAI_API_KEY is not used, because OPENAI_BASE_URL is not set.")
    left_out = [name for name in SENT_ANYWHERE if os.environ.pop(name, None)]
    if left_out:
        print(f"Not sent to this service, because it most likely belongs to another: {', '.join(left_out)}.")
    _check_proxy()


def start_sandbox(**settings: Any) -> LocalServer | PageServer:
    """Start a sandbox on this machine, on a free port, for what no real service does on request.

    Args:
        settings: those of `Sandbox`, such as `requests_per_minute`.

    Returns:
        The server: clients use its `base_url` and the key "sandbox"; its method `stop` ends it.
    """
    # Imported here because a reader with a key needs no server.
    from sandbox.service import Sandbox

    sandbox = Sandbox(api_key=_SANDBOX_KEY, **settings)
    if sys.platform == "emscripten":  # in a web page, where nothing can listen on a port
        from sandbox.adapters.page import PageServer

        return PageServer(sandbox)
    from sandbox.adapters.server import LocalServer

    server = LocalServer(sandbox)
    server.serve_in_background()
    os.environ.update(without_proxy(os.environ))
    return server


def find_credentials() -> Credentials | None:
    """Find the key and the base URL that the user has set.

    The two are taken from one place, the environment or the `.env` file, because a key belongs to an address. An
    `OPENAI_API_KEY` without `OPENAI_BASE_URL` is not used: it most likely belongs to OpenAI, and no other service may
    see it.

    Returns:
        The credentials, or None if there is no key.

    Raises:
        ValueError: `BASE_URL` is no usable address, it is set without a key or in another place than the key, the key
            has signs that no key has, or the `.env` file cannot be read.
    """
    places = {"the environment": _without_empty(os.environ), "the .env file": _read_dotenv()}
    for key_name, url_name in (("API_KEY", "BASE_URL"), ("OPENAI_API_KEY", "OPENAI_BASE_URL")):
        with_key = [place for place, settings in places.items() if key_name in settings]
        with_url = [place for place, settings in places.items() if url_name in settings]
        if with_url and not with_key and url_name == "BASE_URL":
            raise ValueError(
                "BASE_URL is set, but API_KEY is not. Set both to use that service, or remove BASE_URL to use the "
                "sandbox."
            )
        if with_key and with_url and with_key[0] not in with_url:
            raise ValueError(
                f"{key_name} is in {with_key[0]}, {url_name} is in {with_url[0]}. A key belongs to one address, so set "
                "both in the same place, or remove one of them."
            )
        if with_key and (with_url or key_name == "API_KEY"):
            settings = places[with_key[0]]
            if not settings[key_name].isascii():
                raise ValueError(
                    f"{key_name} has a character that no key has, such as a curly quote. Copy the key again."
                )
            return Credentials(settings[key_name], _checked(settings.get(url_name, REAL_BASE_URL), url_name))
    return None


def _without_empty(settings: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value.strip() for name, value in settings.items() if value and value.strip()}


def _read_dotenv() -> dict[str, str]:
    """Read the `.env` file of the current folder or of one above it, up to the project's own folder."""
    folders = [Path.cwd(), *Path.cwd().parents]
    project = next((number for number, folder in enumerate(folders) if (folder / "helpers").is_dir()), 0)
    file = next((folder / ".env" for folder in folders[: project + 1] if (folder / ".env").is_file()), None)
    if file is None or os.environ.get(IGNORE_DOTENV):
        return {}
    # Imported here because most readers have no .env file and want the first cell to be quick.
    from dotenv import dotenv_values

    try:
        return _without_empty(dotenv_values(file))
    except UnicodeDecodeError as error:
        raise ValueError(f"{file} cannot be read. Save it with the encoding UTF-8.") from error


def _checked(base_url: str, variable: str) -> str:
    """Return the base URL without a slash at the end, if it can be one."""
    address = urlsplit(base_url)
    if address.scheme not in ("http", "https") or not address.hostname:
        # The value is not repeated: it may be the key, if somebody has mixed up the two.
        raise ValueError(f"{variable} is not a web address. An example: {REAL_BASE_URL}")
    if address.scheme == "http" and address.hostname not in _LOOPBACK_HOSTS:
        raise ValueError(f"{variable} begins with http, so your key could be read in transit. Use https.")
    if address.path.rstrip("/").endswith(("/completions", "/embeddings", "/models")):
        raise ValueError(f"{variable} ends in an endpoint. Leave it out, the client adds it: end in /v2.")
    return base_url.rstrip("/")


def without_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that keep a company's proxy out of the way: it cannot reach this machine's own addresses.

    Args:
        environment: the variables so far. The exceptions that they name stay.

    Returns:
        `NO_PROXY` and `no_proxy`: programs read either, and the one in lower case wins.
    """
    upper, lower = environment.get("NO_PROXY"), environment.get("no_proxy")

    def add(names: str | None) -> str:
        return ",".join(dict.fromkeys([*filter(None, (names or "").split(",")), "127.0.0.1"]))

    return {"NO_PROXY": add(upper or lower), "no_proxy": add(lower or upper)}


def _check_proxy() -> None:
    """Make a client once, since each fails on an address that it cannot use, even where it needs no proxy."""
    import httpx2

    try:
        httpx2.Client().close()
    except (ValueError, httpx2.InvalidURL):
        # The address is not repeated: it may have a password in it.
        raise ValueError(
            "The address of a proxy cannot be used. In HTTPS_PROXY, HTTP_PROXY, and ALL_PROXY it has to begin with "
            "http://, https://, socks5://, or socks5h://, and special characters of a password are percent-encoded. "
            "Correct the variable or remove it, then start JupyterLab again."
        ) from None
