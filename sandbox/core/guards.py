"""Who may ask: the checks of the Host and Origin headers and of the key.

A web page that somebody opens can make the browser call this machine. Two things keep it out. The Host header has to be
a name of this machine, so that a foreign name which suddenly leads here ("DNS rebinding") is not answered. A request
with the Origin of another page is refused, unless that origin was allowed.
"""

import contextlib
import hmac
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from sandbox.core.errors import ApiError

OWN_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
# "*" would not cover Authorization, so the headers are named: what all clients send, and what the openai package adds.
_ALLOWED_HEADERS = (
    "api-key, authorization, content-type, x-sandbox-fault, x-stainless-arch, x-stainless-async, "
    "x-stainless-helper-method, x-stainless-lang, x-stainless-os, x-stainless-package-version, "
    "x-stainless-poll-helper, x-stainless-read-timeout, x-stainless-retry-count, x-stainless-runtime, "
    "x-stainless-runtime-version, x-stainless-timeout"
)
PREFLIGHT_HEADERS = {
    "access-control-allow-methods": "GET, POST, DELETE",
    "access-control-allow-headers": _ALLOWED_HEADERS,
    "access-control-max-age": "600",
}
_EXPOSED_HEADERS = (
    "retry-after, x-sandbox, x-sandbox-unanswered, x-ratelimit-remaining-requests, x-ratelimit-remaining-tokens"
)


def host_name(given: str) -> str:
    """Return the name in a Host header or an option, lower-case, without the port. Raises ValueError if it is none."""
    is_ipv6 = given.count(":") > 1 and "[" not in given
    name = urlsplit(f"//[{given}]" if is_ipv6 else f"//{given}").hostname
    if name is None or "/" in given:
        raise ValueError(f"{given!r} is not a host name. Give only the name, such as sandbox.example.")
    return name


def origin(given: str) -> str:
    """Return an origin as browsers send it; "*" stands for all. Raises ValueError for what can match no request."""
    if given == "*":
        return given
    address = urlsplit(given.lower())
    if not address.scheme or not address.netloc or address.path.strip("/"):
        raise ValueError(f"{given!r} is not an origin. Give the scheme and host, such as https://docs.example.")
    return f"{address.scheme}://{address.netloc}"


def check_host(headers: Mapping[str, str], allowed: Collection[str]) -> None:
    """Raise ApiError (403) if the Host header, which browsers always send, is neither this machine's nor allowed."""
    if (name := headers.get("host")) is None:
        return
    with contextlib.suppress(ValueError):
        name = host_name(name)
    if name not in OWN_NAMES and name not in allowed:
        message = f"The sandbox does not answer to the host name {name!r}, only to this machine's own."
        cure = f"If that name is meant, start it with --allow-host {name}."
        raise ApiError(403, f"{message} {cure}", code="host_not_allowed")


def cross_origin_headers(headers: Mapping[str, str], allowed: Collection[str]) -> dict[str, str]:
    """Return the headers that let a browser's page read the reply, {} for programs, which send no Origin.

    Raises ApiError (403) if the page is not among the allowed origins, of which "*" stands for all.
    """
    page = headers.get("origin")
    if page is None or page.partition("://")[2] == headers.get("host"):
        return {}
    if page not in allowed and "*" not in allowed:
        cure = f"If that page is meant, start it with --allow-origin {page}."
        message = f"The sandbox answers no request from the web page {page}. {cure}"
        raise ApiError(403, message, code="origin_not_allowed")
    return {"access-control-allow-origin": page, "access-control-expose-headers": _EXPOSED_HEADERS, "vary": "origin"}


def check_key(headers: Mapping[str, str], api_key: str, other_header: str = "") -> str:
    """Return the key of a request. Raises ApiError (401) if it is neither `api_key` nor begins with it and "-".

    So several people can share a sandbox: "sandbox-ada" and "sandbox-bo" do not see each other's files. Where there is
    an `other_header`, it may carry the key alone.
    """
    authorization = f"Bearer {headers[other_header]}" if other_header in headers else headers.get("authorization", "")
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        message = "No API key provided. Send the header 'Authorization: Bearer KEY'."
        raise ApiError(401, message, code="invalid_api_key")
    key = key.strip()
    start = key if len(key) <= len(api_key) or key[len(api_key)] != "-" else key[: len(api_key)]
    if not hmac.compare_digest(start.encode("utf-8", "replace"), api_key.encode()):
        raise ApiError(401, "Incorrect API key provided", code="invalid_api_key")
    return key
