"""One function from request to reply.

It opens no socket, starts no thread, never sleeps, and keeps its state in memory. So the same sandbox serves HTTP, runs
inside a test, or inside a web page. Where a part of the answer should come later, it says so and leaves the waiting to
the adapter.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from sandbox import endpoints  # noqa: F401 (registers them)
from sandbox.catalogue import Model, load_models
from sandbox.core import guards
from sandbox.core.assets import read_asset
from sandbox.core.bodies import check
from sandbox.core.errors import ApiError
from sandbox.core.faults import HEADER as FAULT_HEADER
from sandbox.core.faults import STREAM_FAULTS, Fault, FaultCounter, parse_fault
from sandbox.core.limits import RateLimits
from sandbox.core.openapi import openapi_document
from sandbox.core.replies import Reply, common_headers, encode_event, error_reply, whole_reply
from sandbox.core.requests import Answer, Request, parse_body
from sandbox.core.routing import BASE_PATHS, find_route

_REMEMBERED_REQUESTS = 1024


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

    Raises:
        ValueError: a name of `hosts` or `origins` can match no request (see `guards`).
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
        self._hosts = frozenset(map(guards.host_name, hosts))
        self._origins = frozenset(map(guards.origin, origins))
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
            return error_reply(error, "", {})
        if method == "OPTIONS" and shared:
            return Reply(204, shared | guards.PREFLIGHT_HEADERS | {"x-sandbox": "1"})
        return self._answer(method, path, headers, body, shared)

    def _answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes, shared: dict[str, str]) -> Reply:
        """Answer a request from a place that may ask; `shared` are headers for all replies."""
        hosting = ""
        try:
            if method == "GET" and path.startswith("/assets/"):
                return whole_reply(read_asset(path.removeprefix("/assets/")), shared, "image/jpeg")
            if method == "GET" and path == "/openapi.json":
                return whole_reply(openapi_document(), shared)
            base, route, path_parameter = find_route(method, path)
            offered = self._offered[base]
            kind = headers.get("content-type", "application/json")
            parsed, problem = parse_body(body, kind) if route.body else ({}, None)
            model = offered.get(path_parameter or str(parsed.get("model")))
            hosting = model.hosting if model else ""
            guards.check_key(headers, self._api_key)
            if problem:
                raise problem
            digest = hashlib.sha256(path.encode("utf-8", "surrogatepass") + b"\0" + body).hexdigest()
            fault = self._due_fault(headers, digest, parsed)
            now = self._clock()
            request = Request(
                body=check(route.body, parsed) if route.body else None,
                json=parsed,
                path_parameter=path_parameter,
                host=headers.get("host", ""),
                models=offered,
                created=int(now),
                digest=digest,
                times_before=self._times_before(digest),
            )
            answer = route.endpoint(request)
            rates = self._count(answer, model, now)
        except ApiError as error:
            return error_reply(error, hosting, shared)
        except Exception as error:
            defect = f"The sandbox failed on this request ({type(error).__name__}: {error}). Please report the request."
            return error_reply(ApiError(500, defect), hosting, shared)
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
        if isinstance(answer.content, dict):
            reply = whole_reply(answer.content, extra)
        else:
            headers = common_headers("text/event-stream; charset=utf-8") | extra
            reply = Reply(200, headers, self._events(answer.content))
        if fault is None:
            return reply
        if fault.name == "timeout":
            return Reply(200, reply.headers, reply.pieces, fault.seconds)
        return Reply(200, reply.headers, fault.disturb(reply.pieces, encode_event, hosting))

    def _events(self, chunks: Iterator[dict[str, Any]]) -> Iterator[tuple[float, bytes]]:
        for chunk in chunks:
            yield self._pace, encode_event(chunk)
        yield 0.0, b"data: [DONE]\n\n"
