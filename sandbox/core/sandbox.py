"""The sandbox's core: one function from request to reply.

It opens no socket, starts no thread, never sleeps, and keeps its state in memory. So the same core serves HTTP, runs
inside a test, or inside a web page. Where a part of the answer should come later, it says so and leaves the waiting to
the adapter.
"""

import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.catalogue import Model, load_models
from sandbox.core import guards
from sandbox.core.assets import read_asset
from sandbox.core.errors import ApiError, error_body
from sandbox.core.faults import HEADER as FAULT_HEADER
from sandbox.core.faults import STREAM_FAULTS, Fault, FaultCounter, parse_fault
from sandbox.core.limits import RateLimits
from sandbox.core.openapi import openapi_document
from sandbox.core.requests import Answer, Request
from sandbox.core.routes import BASE_PATHS, find_route

MAX_BODY_BYTES = 4 * 1024 * 1024
MAX_NESTING = 100
_REMEMBERED_REQUESTS = 1024
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Reply:
    """What the sandbox answers.

    Attributes:
        status: the HTTP status.
        headers: the response headers, names in lower case.
        pieces: the body in pieces, each with the seconds to wait before it is sent. Taking the next piece may raise
            `ConnectionLost`: then the connection has to break off.
        delay: the seconds to wait before anything is sent, the status included.
    """

    status: int
    headers: dict[str, str]
    pieces: Iterable[tuple[float, bytes]] = field(default_factory=tuple)
    delay: float = 0.0


class Sandbox:
    """A stand-in for the service, without network, key or language model.

    Args:
        api_key: the key that requests have to send.
        pace: seconds between two pieces of a stream.
        clock: tells the time in seconds since 1970; the only clock that the sandbox reads.
        requests_per_minute: the most requests to one model in a minute.
        tokens_per_minute: the most tokens to and from one model in a minute.
        hosts: names in the Host header that are answered besides those of this machine, such as "sandbox.example".
        origins: origins of web pages that may call it, such as "https://docs.example"; "*" stands for all.
    """

    def __init__(
        self,
        api_key: str = "sandbox",
        pace: float = 0.01,
        clock: Callable[[], float] = time.time,
        requests_per_minute: int = 10_000,
        tokens_per_minute: int = 10_000_000,
        hosts: Collection[str] = (),
        origins: Collection[str] = (),
    ):
        self._offered = {
            base: {name: model for name, model in load_models().items() if f"/{model.path}" == mirrored}
            for base, mirrored in BASE_PATHS.items()
        }
        self._api_key = api_key
        self._pace = pace
        self._clock = clock
        self._hosts = frozenset(host.lower() for host in hosts)
        self._origins = frozenset(origins)
        self._limits = RateLimits(requests_per_minute, tokens_per_minute)
        self._faults = FaultCounter()
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
        try:
            guards.check_host(headers, self._hosts)
            shared = guards.cross_origin_headers(headers, self._origins)
        except ApiError as error:
            return _error_reply(error, "", {})
        if method == "OPTIONS" and shared:
            return Reply(204, shared | guards.PREFLIGHT_HEADERS | {"x-sandbox": "1"})
        return self._answer(method, path, headers, body, shared)

    def _answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes, shared: dict[str, str]) -> Reply:
        """Answer a request from a place that may ask; `shared` are headers for all replies."""
        hosting = ""
        try:
            if method == "GET" and path.startswith("/assets/"):
                picture = read_asset(path.removeprefix("/assets/"))
                return Reply(200, _headers("image/jpeg") | shared, [(0.0, picture)])
            if method == "GET" and path == "/openapi.json":
                return Reply(200, _headers("application/json") | shared, [(0.0, _encode(openapi_document()))])
            base, endpoint, path_parameter = find_route(method, path)
            offered = self._offered[base]
            parsed, problem = _parse(body) if method == "POST" else ({}, None)
            model = offered.get(path_parameter or str(parsed.get("model")))
            hosting = model.hosting if model else ""
            guards.check_key(headers, self._api_key)
            if problem:
                raise problem
            digest = hashlib.sha256(path.encode("utf-8", "surrogatepass") + b"\0" + body).hexdigest()
            fault = self._due_fault(headers, digest, parsed)
            now = self._clock()
            request = Request(
                parsed, path_parameter, headers.get("host", ""), offered, int(now), digest, self._times_before(digest)
            )
            answer = endpoint(request)
            rates = self._count(answer, model, now)
        except ApiError as error:
            return _error_reply(error, hosting, shared)
        except Exception as error:
            defect = f"The sandbox failed on this request ({type(error).__name__}: {error}). Please report the request."
            return _error_reply(ApiError(500, defect), hosting, shared)
        return self._reply(answer, fault, hosting, shared | rates)

    def _due_fault(self, headers: Mapping[str, str], digest: str, body: dict[str, Any]) -> Fault | None:
        """Return the fault that the request asks for, if it is due; raise it if it is an error."""
        header = headers.get(FAULT_HEADER)
        if header is None:
            return None
        fault = parse_fault(header)
        if fault.name in STREAM_FAULTS and not body.get("stream"):
            raise ApiError(400, f"The fault {fault.name} needs a stream. Send stream=true.", code="invalid_fault")
        if not self._faults.is_due(fault, header, digest):
            return None
        if error := fault.error():
            raise error
        return fault

    def _times_before(self, digest: str) -> int:
        """Return how often the same request came before, and count it."""
        times = self._times_asked.pop(digest, 0)
        self._times_asked[digest] = times + 1
        if len(self._times_asked) > _REMEMBERED_REQUESTS:
            self._times_asked.popitem(last=False)
        return times

    def _count(self, answer: Answer, model: Model | None, now: float) -> dict[str, str]:
        """Count an answer for the rate limits; return the headers about them, which only Azure sends."""
        if answer.tokens is None or model is None:
            return {}
        try:
            self._limits.count(model.id, answer.tokens, now)
        except ApiError as error:
            if model.hosting == "azure":
                error.headers |= self._limits.headers(model.id, now)
            raise
        return self._limits.headers(model.id, now) if model.hosting == "azure" else {}

    def _reply(self, answer: Answer, fault: Fault | None, hosting: str, extra: dict[str, str]) -> Reply:
        content = answer.content
        delay = 0.0
        if isinstance(content, dict):
            headers = _headers("application/json") | extra
            pieces: Iterable[tuple[float, bytes]] = [(0.0, _encode(content))]
        else:
            headers = _headers("text/event-stream; charset=utf-8") | extra
            pieces = self._events(content)
        if fault and fault.name == "timeout":
            delay = fault.seconds
        elif fault:
            pieces = fault.disturb(pieces, _event, hosting)
        return Reply(200, headers, pieces, delay)

    def _events(self, chunks: Iterator[dict[str, Any]]) -> Iterator[tuple[float, bytes]]:
        for chunk in chunks:
            yield self._pace, _event(chunk)
        yield 0.0, b"data: [DONE]\n\n"


def _parse(body: bytes) -> tuple[dict[str, Any], ApiError | None]:
    """Return the JSON object of a body, {} if it is none, and what is wrong with it."""
    if len(body) > MAX_BODY_BYTES:
        limit = f"The body is larger than the limit of {MAX_BODY_BYTES:,} bytes."
        return {}, ApiError(413, f"{limit} Shrink pictures before you send them.")
    try:
        parsed = json.loads(body, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        return {}, ApiError(400, f"The body is not valid JSON: {error}")
    if not isinstance(parsed, dict):
        return {}, ApiError(400, 'The body has to be a JSON object, such as {"model": ...}.')
    if body.count(b"[") + body.count(b"{") > MAX_NESTING and _is_too_deep(parsed):
        return parsed, ApiError(400, f"The body is nested deeper than {MAX_NESTING} levels. Make it flatter.")
    return parsed, None


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_NESTING):
        inner = (part.values() if isinstance(part, dict) else part for part in level)
        level = [part for parts in inner for part in parts if isinstance(part, dict | list)]
        if not level:
            return False
    return True


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the number {text} is too large")
    return value


def _error_reply(error: ApiError, hosting: str, shared: dict[str, str]) -> Reply:
    headers = _headers("application/json") | shared | error.headers
    return Reply(error.status, headers, [(0.0, _encode(error_body(error, hosting)))])


def _headers(content_type: str) -> dict[str, str]:
    return {"content-type": content_type, "x-sandbox": "1"}


def _event(content: dict[str, Any]) -> bytes:
    return b"data: " + _encode(content) + b"\n\n"


def _encode(content: dict[str, Any]) -> bytes:
    # "surrogatepass" would produce bytes that are no UTF-8; a lone surrogate of the request becomes a question mark.
    return _ENCODER.encode(content).encode("utf-8", "replace")
