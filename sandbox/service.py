"""One function from request to reply.

It opens no socket, starts no thread, never sleeps, and keeps its state in memory. So the same sandbox serves HTTP, runs
inside a test, or inside a web page. Where a part of the answer should come later, it says so and leaves the waiting to
the adapter.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from sandbox import endpoints  # noqa: F401 (registers them)
from sandbox.catalogue import load_models
from sandbox.core import guards
from sandbox.core.assets import read_asset
from sandbox.core.bodies import check
from sandbox.core.errors import ApiError
from sandbox.core.faults import HEADER as FAULT_HEADER
from sandbox.core.faults import Fault, parse_fault
from sandbox.core.limits import RateLimits
from sandbox.core.openapi import openapi_document
from sandbox.core.replies import JSON, Pieces, Reply, encode_event, error_reply, make_reply
from sandbox.core.requests import MAX_BODY_BYTES, Answer, Request, parse_body
from sandbox.core.routing import BASE_PATHS, find_route
from sandbox.core.store import Stores
from sandbox.core.uploads import Form, parse_form

_REMEMBERED = 1024


class _Counts(OrderedDict[Hashable, int]):
    """How often each of the latest requests came."""

    def add(self, key: Hashable) -> int:
        """Count one more; return how many came before."""
        before = self.pop(key, 0)
        self[key] = before + 1
        if len(self) > _REMEMBERED:
            self.popitem(last=False)
        return before


class Sandbox:
    """A stand-in for the service, without network, key or language model.

    Raises ValueError if a number is out of its range, or a name of `hosts` or `origins` can match no request.
    """

    def __init__(
        self,
        api_key: str = "sandbox",  # the key that requests have to send
        pace: float = 0.01,  # seconds between two pieces of a stream
        clock: Callable[[], float] = time.time,  # tells the seconds since 1970; the only clock that the sandbox reads
        requests_per_minute: int = 10_000,  # the most requests to one model
        tokens_per_minute: int = 10_000_000,  # the most tokens to and from one model
        hosts: Collection[str] = (),  # names in the Host header, besides this machine's, such as "sandbox.example"
        origins: Collection[str] = (),  # of web pages that may call, such as "https://docs.example"; "*" means all
        catalogue: str = "today",  # which list of models to offer: "today", or "first" for the first API reference's
    ):
        if not 0 <= pace <= 60 or min(requests_per_minute, tokens_per_minute) < 1:
            raise ValueError("the pace is 0 to 60 seconds, and a limit at least 1")
        self._offered = {
            base: {name: model for name, model in load_models(catalogue).items() if f"/{model.path}" == mirrored}
            for base, mirrored in BASE_PATHS.items()
        }
        self._api_key = api_key
        self._pace = pace
        self._clock = clock
        self._hosts = frozenset(map(guards.host_name, hosts))
        self._origins = frozenset(map(guards.origin, origins))
        self._limits = RateLimits(requests_per_minute, tokens_per_minute)
        self._failures, self._times_asked = _Counts(), _Counts()
        self._stores = Stores()

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer a request; errors are replies, too. Header names are in lower case, and the path may have a query."""
        path, _, query = path.partition("?")
        shared: dict[str, str] = {}
        hosting = ""
        try:
            guards.check_host(headers, self._hosts)
            shared = guards.cross_origin_headers(headers, self._origins)
            if method == "OPTIONS" and shared:
                return Reply(204, shared | guards.PREFLIGHT_HEADERS | {"x-sandbox": "1"})
            if method == "GET" and path.startswith("/assets/"):
                return make_reply([(0.0, read_asset(path.removeprefix("/assets/")))], shared, "image/jpeg")
            if method == "GET" and path == "/openapi.json":
                return make_reply(openapi_document(), shared)
            base, route, names = find_route(method, path)
            is_form = route.body and issubclass(route.body, Form) and len(body) <= MAX_BODY_BYTES
            parse = parse_form if is_form else parse_body  # which refuses what is too large
            parsed, problem = parse(body, headers.get("content-type", JSON)) if route.body else ({}, None)
            model = self._offered[base].get(names[0] if names else str(parsed.get("model")))
            hosting = model.hosting if model else ""
            key = guards.check_key(headers, self._api_key)
            if problem:
                raise problem
            digest = hashlib.sha256(path.encode("utf-8", "surrogatepass") + b"\0" + body).hexdigest()
            fault = self._due_fault(headers, digest, bool(parsed.get("stream")))
            now = self._clock()
            request = Request(
                body=check(route.body, parsed) if route.body else None,
                json=parsed,
                names=names,
                query=dict(parse_qsl(query)),
                store=self._stores.of(key),
                host=headers.get("host", ""),
                models=self._offered[base],
                created=int(now),
                digest=digest,
                times_before=self._times_asked.add(digest),
            )
            answer = route.endpoint(request)
            if model and answer.tokens is not None:
                shared |= self._limits.count(model, answer.tokens, now)
            return self._reply(answer, fault, hosting, shared | answer.headers)
        except ApiError as error:
            return error_reply(error, hosting, shared)
        except Exception as error:
            defect = f"The sandbox failed on this request ({type(error).__name__}: {error}). Please report the request."
            return error_reply(ApiError(500, defect), hosting, shared)

    def _due_fault(self, headers: Mapping[str, str], digest: str, is_stream: bool) -> Fault | None:
        """Return the fault that the request asks for, if it is due; raise it if it is an error."""
        if (header := headers.get(FAULT_HEADER)) is None:
            return None
        fault = parse_fault(header, is_stream)
        if self._failures.add((header, digest)) >= fault.times:
            # One request succeeds, then the count begins again.
            del self._failures[header, digest]
            return None
        if error := fault.error():
            raise error
        return fault

    def _reply(self, answer: Answer, fault: Fault | None, hosting: str, extra: dict[str, str]) -> Reply:
        if isinstance(answer.content, dict):
            reply = make_reply(answer.content, extra)
        elif isinstance(answer.content, str):
            reply = make_reply([(0.0, answer.content.encode())], extra, "text/plain; charset=utf-8")
        else:
            reply = make_reply(self._events(answer.content), extra, "text/event-stream; charset=utf-8")
        if fault is None:
            return reply
        if fault.name == "timeout":
            return replace(reply, delay=fault.seconds)
        return replace(reply, pieces=fault.disturb(reply.pieces, hosting))

    def _events(self, chunks: Iterator[dict[str, Any]]) -> Pieces:
        for chunk in chunks:
            yield self._pace, encode_event(chunk)
        if "type" not in chunk:  # Events that have types need no sign for the end.
            yield 0.0, b"data: [DONE]\n\n"
