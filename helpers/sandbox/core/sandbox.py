"""The sandbox's core: one function from request to reply, and the routes.

It opens no socket, starts no thread, never sleeps, and keeps its state in memory. So the same core serves HTTP, runs
inside a test, or inside a web page. Where a part of the answer should come later, it says so and leaves the waiting to
the adapter.
"""

import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from helpers.sandbox.catalogue import load_models
from helpers.sandbox.core import chat, completions, embeddings, models
from helpers.sandbox.core.assets import read_asset
from helpers.sandbox.core.errors import ApiError, error_body
from helpers.sandbox.core.requests import Request

MAX_BODY_BYTES = 4 * 1024 * 1024
BASE_PATHS = ("/v2", "/vision")
_REMEMBERED_REQUESTS = 1024

Endpoint = Callable[[Request], dict[str, Any] | Iterator[dict[str, Any]]]

ROUTES: dict[tuple[str, str], Endpoint] = {
    ("GET", "/models"): models.list_models,
    ("GET", "/models/{id}"): models.get_model,
    ("POST", "/chat/completions"): chat.create,
    ("POST", "/completions"): completions.create,
    ("POST", "/embeddings"): embeddings.create,
}


@dataclass(frozen=True)
class Reply:
    """What the sandbox answers.

    Attributes:
        status: the HTTP status.
        headers: the response headers, names in lower case.
        pieces: the body in pieces, each with the seconds to wait before it is sent.
    """

    status: int
    headers: dict[str, str]
    pieces: Iterable[tuple[float, bytes]] = field(default_factory=tuple)


class Sandbox:
    """A stand-in for the service, without network, key or language model.

    Args:
        api_key: the key that requests have to send.
        pace: seconds between two pieces of a stream.
        clock: tells the time in seconds since 1970; the only clock that the sandbox reads.
    """

    def __init__(self, api_key: str = "sandbox", pace: float = 0.01, clock: Callable[[], float] = time.time):
        self._offered = {
            base: {name: model for name, model in load_models().items() if f"/{model.path}" == base}
            for base in BASE_PATHS
        }
        self._api_key = api_key
        self._pace = pace
        self._clock = clock
        self._times_asked: OrderedDict[str, int] = OrderedDict()

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one request.

        Args:
            method: the HTTP method in upper case.
            path: the path without the query, such as "/v2/chat/completions".
            headers: the request headers, names in lower case.
            body: the whole body.

        Returns:
            The reply. Errors are replies, too; nothing is raised.
        """
        hosting = ""
        try:
            if method == "GET" and path.startswith("/assets/"):
                return Reply(200, _headers("image/jpeg"), [(0.0, read_asset(path.removeprefix("/assets/")))])
            base, endpoint, path_parameter = _find_route(method, path)
            self._check_key(headers)
            parsed = _parse(body) if method == "POST" else {}
            offered = self._offered[base]
            if str(parsed.get("model")) in offered:
                hosting = offered[parsed["model"]].hosting
            digest, times_before = self._identify(path, body)
            host = headers.get("host", "")
            answer = endpoint(Request(parsed, path_parameter, host, offered, int(self._clock()), digest, times_before))
        except ApiError as error:
            return _json_reply(error.status, error_body(error, hosting))
        except Exception as error:
            defect = f"The sandbox failed on this request ({type(error).__name__}: {error}). Please report the request."
            return _json_reply(500, error_body(ApiError(500, defect), hosting))
        if isinstance(answer, dict):
            return _json_reply(200, answer)
        return Reply(200, _headers("text/event-stream; charset=utf-8"), self._events(answer))

    def _check_key(self, headers: Mapping[str, str]) -> None:
        scheme, _, key = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise ApiError(401, "No API key provided. Send the header 'Authorization: Bearer KEY'.")
        if key.strip() != self._api_key:
            raise ApiError(401, "Incorrect API key provided", code="invalid_api_key")

    def _identify(self, path: str, body: bytes) -> tuple[str, int]:
        """Return the request's digest and how often the same request came before."""
        digest = hashlib.sha256(path.encode("utf-8", "surrogatepass") + b"\0" + body).hexdigest()
        times = self._times_asked.pop(digest, 0)
        self._times_asked[digest] = times + 1
        if len(self._times_asked) > _REMEMBERED_REQUESTS:
            self._times_asked.popitem(last=False)
        return digest, times

    def _events(self, chunks: Iterator[dict[str, Any]]) -> Iterator[tuple[float, bytes]]:
        for chunk in chunks:
            yield self._pace, b"data: " + _encode(chunk) + b"\n\n"
        yield 0.0, b"data: [DONE]\n\n"


def _find_route(method: str, path: str) -> tuple[str, Endpoint, str]:
    """Return the base path, the endpoint, and what the path has in place of "{id}"."""
    base = next((base for base in BASE_PATHS if path.startswith(f"{base}/")), None)
    if base is None:
        raise _unknown_path(path)
    rest = path.removeprefix(base)
    allowed = []
    for (known_method, pattern), endpoint in ROUTES.items():
        prefix, parameter, _ = pattern.partition("{id}")
        if rest == pattern or (parameter and rest.startswith(prefix) and len(rest) > len(prefix)):
            if known_method == method:
                return base, endpoint, rest.removeprefix(prefix)
            allowed.append(known_method)
    if allowed:
        raise ApiError(405, f"{method} is not allowed on {path}. Use {' or '.join(allowed)}.")
    raise _unknown_path(path)


def _unknown_path(path: str) -> ApiError:
    known = ", ".join(dict.fromkeys(pattern for _, pattern in ROUTES))
    return ApiError(
        404,
        f"There is no {path} here. The base URL has to end in {' or '.join(BASE_PATHS)}. Below it the sandbox knows "
        f"{known}.",
    )


def _parse(body: bytes) -> dict[str, Any]:
    if len(body) > MAX_BODY_BYTES:
        raise ApiError(
            413,
            f"The body is larger than the limit of {MAX_BODY_BYTES:,} bytes. Shrink pictures before you send them.",
        )
    try:
        parsed = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ApiError(400, f"The body is not valid JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise ApiError(400, 'The body has to be a JSON object, such as {"model": ...}.')
    return parsed


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _json_reply(status: int, content: dict[str, Any]) -> Reply:
    return Reply(status, _headers("application/json"), [(0.0, _encode(content))])


def _headers(content_type: str) -> dict[str, str]:
    return {"content-type": content_type, "x-sandbox": "1"}


def _encode(content: dict[str, Any]) -> bytes:
    # "surrogatepass" would produce bytes that are no UTF-8; a lone surrogate of the request becomes a question mark.
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
