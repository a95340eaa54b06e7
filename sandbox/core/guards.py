"""Who may ask: the checks of the Host and Origin headers and of the key.

A web page that somebody opens can make the browser call this machine. Two things keep it out. The Host header has to be
a name of this machine, so that a foreign name which suddenly leads here ("DNS rebinding") is not answered. A request
with the Origin of another page is refused, unless that origin was allowed.
"""

import hmac
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from sandbox.core.errors import ApiError

OWN_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
# "*" would not cover Authorization, so the headers are named: what all clients send, and what the openai package adds.
_ALLOWED_HEADERS = "authorization, content-type, x-sandbox-fault, " + ", ".join(
    f"x-stainless-{name}"
    for name in "arch async helper-method lang os package-version poll-helper read-timeout retry-count runtime "
    "runtime-version timeout".split()
)
PREFLIGHT_HEADERS = {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": _ALLOWED_HEADERS,
    "access-control-max-age": "600",
}


def host_name(given: str) -> str:
    """Return the name in a Host header or in an option that allows one, without the port, in lower case.

    Raises ValueError if it is no host name, and so can match no request.
    """
    is_ipv6 = given.count(":") > 1 and "[" not in given
    name = urlsplit(f"//[{given}]" if is_ipv6 else f"//{given}").hostname
    if name is None or "/" in given:
        raise ValueError(f"{given!r} is no host name. Give the name alone, such as sandbox.example.")
    return name


def origin(given: str) -> str:
    """Return an origin in the form in which browsers send it; "*" stands for all.

    Raises ValueError if it is no origin, and so can match no request.
    """
    address = urlsplit(given.lower())
    if given != "*" and (not address.scheme or not address.netloc or address.path.strip("/")):
        raise ValueError(f"{given!r} is no origin. Give scheme and host, such as https://docs.example.")
    return given if given == "*" else f"{address.scheme}://{address.netloc}"


def check_host(headers: Mapping[str, str], allowed: Collection[str]) -> None:
    """Raise ApiError (403) if a request is for another name than this machine's own and those allowed.

    Without a Host header, nothing is checked: browsers always send one.
    """
    host = headers.get("host")
    if host is None:
        return
    try:
        name = host_name(host)
    except ValueError:
        name = host
    if name in OWN_NAMES or name in allowed:
        return
    raise ApiError(
        403,
        f"The sandbox does not answer to the host name {name!r}, only to this machine's own. If that name is meant, "
        f"start it with --allow-host {name}.",
        code="host_not_allowed",
    )


def cross_origin_headers(headers: Mapping[str, str], allowed: Collection[str]) -> dict[str, str]:
    """Return the headers that let the page of a browser read the reply, {} if it needs none.

    Programs that are no browsers send no Origin. Raises ApiError (403) if the page is not among the allowed origins, of
    which "*" stands for all.
    """
    page = headers.get("origin")
    if page is None or page.partition("://")[2] == headers.get("host"):
        return {}
    if page not in allowed and "*" not in allowed:
        raise ApiError(
            403,
            f"The sandbox answers no request from the web page {page}. If that page is meant, start it with "
            f"--allow-origin {page}.",
            code="origin_not_allowed",
        )
    exposed = "retry-after, x-sandbox, x-ratelimit-remaining-requests, x-ratelimit-remaining-tokens"
    return {"access-control-allow-origin": page, "access-control-expose-headers": exposed, "vary": "origin"}


def check_key(headers: Mapping[str, str], api_key: str) -> None:
    """Raise ApiError (401) if a request has no key, or another than `api_key`."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        message = "No API key provided. Send the header 'Authorization: Bearer KEY'."
        raise ApiError(401, message, code="invalid_api_key")
    if not hmac.compare_digest(key.strip().encode("utf-8", "replace"), api_key.encode()):
        raise ApiError(401, "Incorrect API key provided", code="invalid_api_key")
