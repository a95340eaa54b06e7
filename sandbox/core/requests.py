"""One request on its way through the endpoints, and what the endpoints share."""

import functools
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.catalogue import Model
from sandbox.core.errors import ApiError
from sandbox.core.store import Store

MAX_BODY_BYTES = 4 * 1024 * 1024
MAX_NESTING = 100
# The service does not document its default; this one lets repeated questions vary without straying from the subject.
DEFAULT_TEMPERATURE = 0.7
NO_LOGPROBS = "It is no language model, so its tokens have no probabilities. Leave it out."


@dataclass(frozen=True)
class Answer:
    """What an endpoint answers: a JSON object, plain text, or the chunks of a stream."""

    content: dict[str, Any] | str | Iterator[dict[str, Any]]
    tokens: int | None = None  # how many count for the rate limits, None where nothing counts
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A request with its checked body."""

    body: Any  # as the object that the endpoint declares, None for GET
    json: dict[str, Any]  # the same as parsed JSON, {} for GET
    names: list[str]  # the parts of the path that name objects, in their order
    query: dict[str, str]  # the parameters behind the path
    store: Store  # what the key of the request keeps
    host: str  # the Host header, "" if there is none
    models: dict[str, Model]  # those that the base path offers, by id
    created: int  # whole seconds since 1970
    digest: str  # made from the path and the body
    times_before: int  # how often the same request came before

    @functools.cached_property
    def answer_digest(self) -> str:
        """The part of the answer's ids that is the same for the same request, asked as often before."""
        return hashlib.sha256(f"{self.digest} {self.times_before}".encode()).hexdigest()[:24]

    def envelope(self, prefix: str, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        """Return what is around the choices: an id such as "chatcmpl-...", with the prefix, and `kind` as `object`."""
        return {
            "id": f"{prefix}-{self.answer_digest}",
            "object": kind,
            "created": self.created,
            "model": self.body.model,
            "system_fingerprint": "sandbox",
            "choices": choices,
        }

    def find_model(self, name: str) -> Model:
        """Return a model by its id. Raises ApiError (404) if there is none."""
        if name in self.models:
            return self.models[name]
        message = f"The model {name!r} does not exist, or your key has no access to it. GET /models lists those it has."
        raise ApiError(404, message, "model", "model_not_found")

    def model(self, capability: str, hint: str) -> Model:
        """Return the model of the body. Raises ApiError: 404 for none, 400 with the hint if it lacks the capability."""
        model = self.find_model(self.body.model)
        if capability not in model.capabilities:
            message = f"The model {model.id} does not support {capability}. {hint}"
            raise ApiError(400, message, "model", "unsupported_model")
        return model

    def temperature(self) -> float:
        """Return the temperature of the request, or the default."""
        return DEFAULT_TEMPERATURE if self.body.temperature is None else self.body.temperature

    def seed(self, index: int) -> int:
        """Return the seed for the answer with a number among `n`, from 0.

        A `seed` in the request decides alone. Without one, the request itself decides and how often it came before: the
        first answer to a request is always the same, and the same request asked again gets another.
        """
        given = getattr(self.body, "seed", None)  # which not every endpoint declares
        start = f"{self.digest} {self.times_before}" if given is None else f"seed {given}"
        return int.from_bytes(hashlib.sha256(f"{start} {index}".encode()).digest()[:8], "big")

    def include_usage(self) -> bool:
        """Tell whether a stream has to end with a chunk that carries the usage."""
        return bool(self.body.stream_options and self.body.stream_options.include_usage)

    def no_usage_yet(self) -> dict[str, None]:
        """Return what the chunks of a stream say that ends with the usage: that it is not there yet."""
        return {"usage": None} if self.include_usage() else {}

    def refuse(self, names: Iterable[str], cure: str) -> None:
        """Raise ApiError (400) if the body has one of these parameters, which the sandbox lacks and which matter."""
        for name in names:
            if self.json.get(name) not in (None, False):
                raise ApiError(400, f"The sandbox has no {name}. {cure}", name, "unsupported_parameter")

    def check_stream_options(self) -> None:
        """Raise ApiError (400) for `stream_options` without a stream, as OpenAI and vLLM do."""
        if self.body.stream_options is not None and not self.body.stream:
            raise ApiError(400, "stream_options is only allowed when stream is true. Leave it out.", "stream_options")


def parse_body(body: bytes, content_type: str) -> tuple[dict[str, Any], ApiError | None]:
    """Return the JSON object of a body, {} if it is none, and what is wrong with it, None if nothing is."""
    if len(body) > MAX_BODY_BYTES:
        cure = "Shrink images, and cut recordings, before you send them."
        return {}, ApiError(413, f"The body is larger than the limit of {MAX_BODY_BYTES:,} bytes. {cure}")
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "application/json":
        cure = "Send the header 'Content-Type: application/json'; curl does not do so by itself."
        return {}, ApiError(400, f"The body is sent as {kind!r}, but only JSON is read. {cure}")
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
    return bool(level)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    if abs(value := float(text)) == float("inf"):
        raise ValueError(f"the number {text} is too large")
    return value
