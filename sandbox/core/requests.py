"""One request on its way through the endpoints, and what the endpoints share."""

import functools
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.catalogue import Model
from sandbox.core.checking import Schema, find_problems
from sandbox.core.errors import ApiError
from sandbox.engines.words import split_tokens

# The service does not document its default; this one lets repeated questions vary without straying from the subject.
DEFAULT_TEMPERATURE = 0.7


@dataclass(frozen=True)
class Answer:
    """What an endpoint answers.

    Attributes:
        content: the JSON object, or the chunks of a stream.
        tokens: how many tokens count for the rate limits, None where nothing counts.
    """

    content: dict[str, Any] | Iterator[dict[str, Any]]
    tokens: int | None = None


@dataclass(frozen=True)
class Request:
    """A request with its parsed body.

    Attributes:
        body: the parsed JSON object, {} for GET.
        path_parameter: the part of the path that names one object, "" where there is none.
        host: the request's Host header, "" if it has none.
        models: the models that the base path offers, by id.
        created: the time of the request in whole seconds since 1970.
        digest: a digest of the path and the body.
        times_before: how often the same request came before.
    """

    body: dict[str, Any]
    path_parameter: str
    host: str
    models: dict[str, Model]
    created: int
    digest: str
    times_before: int

    @functools.cached_property
    def answer_digest(self) -> str:
        """The part of the answer's ids that is the same for the same request, asked as often before."""
        return hashlib.sha256(f"{self.digest} {self.times_before}".encode()).hexdigest()[:24]

    def envelope(self, prefix: str, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        """Return what is around the choices of an answer, or of a chunk of it.

        Args:
            prefix: how the answer's id begins, such as "chatcmpl".
            kind: the value of `object`.
            choices: the choices, empty in a chunk that carries something else.
        """
        return {
            "id": f"{prefix}-{self.answer_digest}",
            "object": kind,
            "created": self.created,
            "model": self.body["model"],
            "system_fingerprint": "sandbox",
            "choices": choices,
        }

    def check(self, schema: Schema) -> None:
        """Check the body.

        Args:
            schema: the declaration of the body (see `bodies`).

        Raises:
            ApiError: 400 with the list of problems.
        """
        problems = find_problems(schema, self.body)
        if problems:
            raise ApiError(400, problems, code="invalid_body")

    def find_model(self, name: str) -> Model:
        """Return a model by its id.

        Args:
            name: the id.

        Raises:
            ApiError: 404 if there is no such model.
        """
        if name in self.models:
            return self.models[name]
        message = f"The model {name!r} does not exist, or your key has no access to it. GET /models lists those it has."
        raise ApiError(404, message, "model", "model_not_found")

    def model(self, capability: str, hint: str) -> Model:
        """Return the model that the body asks for.

        Args:
            capability: what it must be able to do, such as "chat".
            hint: what to do if it cannot, one sentence.

        Raises:
            ApiError: 404 if there is no such model, 400 if it lacks the capability.
        """
        model = self.find_model(self.body["model"])
        if capability not in model.capabilities:
            message = f"The model {model.id} does not support {capability}. {hint}"
            raise ApiError(400, message, "model", "unsupported_model")
        return model

    def integer(self, name: str, default: int | None = None) -> int | None:
        """Return a whole number of the body, or the default. JSON may write 3 as 3.0."""
        value = self.body.get(name)
        return default if value is None else int(value)

    def temperature(self) -> float:
        """Return the temperature of the request, or the default."""
        value = self.body.get("temperature")
        return DEFAULT_TEMPERATURE if value is None else float(value)

    def seed(self, index: int) -> int:
        """Return the seed for one of the request's answers.

        A `seed` in the request decides alone. Without one, the request itself decides and how often it came before: the
        first answer to a request is always the same, and the same request asked again gets another.

        Args:
            index: the number of the answer among `n`, from 0.
        """
        given = self.integer("seed")
        start = f"{self.digest} {self.times_before}" if given is None else f"seed {given}"
        return int.from_bytes(hashlib.sha256(f"{start} {index}".encode()).digest()[:8], "big")

    def no_usage_yet(self) -> dict[str, None]:
        """Return what the chunks of a stream say that ends with the usage: that it is not there yet."""
        return {"usage": None} if self.include_usage() else {}

    def include_usage(self) -> bool:
        """Tell whether a stream has to end with a chunk that carries the usage."""
        return bool((self.body.get("stream_options") or {}).get("include_usage"))


def cut(text: str, stop: str | list[str] | None, limit: int) -> tuple[list[str], str]:
    """Cut an answer at the first stop sequence, then at the token limit.

    Args:
        text: the whole answer.
        stop: one stop sequence or several; the text ends before the first that occurs.
        limit: the most tokens that may be returned.

    Returns:
        The tokens of the answer, and the finish reason: "length" if the limit cut it, else "stop".
    """
    stops = [stop] if isinstance(stop, str) else stop or []
    ends = [text.find(sequence) for sequence in stops if sequence and sequence in text]
    tokens = split_tokens(text[: min(ends)] if ends else text)
    return (tokens[:limit], "length") if len(tokens) > limit else (tokens, "stop")


def output_limit(model: Model, prompt_tokens: int, requested: int | None) -> int:
    """Return the most tokens that an answer may have.

    Args:
        model: the model.
        prompt_tokens: the tokens of the input.
        requested: the limit in the request, None if it has none.

    Raises:
        ApiError: 400 if input and requested output do not fit into the model's context.
    """
    context = model.meta_data["max_sequence_length"]
    if prompt_tokens + (requested or 1) > context:
        raise ApiError(
            400,
            f"The maximum context length of {model.id} is {context} tokens. Tokens of the input: {prompt_tokens}, most "
            f"tokens of the output: {requested or 1}. Shorten one of them.",
            "max_tokens" if prompt_tokens < context else None,
            "context_length_exceeded",
        )
    limits = [context - prompt_tokens, requested, model.meta_data["max_output_length"]]
    return min(limit for limit in limits if limit)


def refuse(body: dict[str, Any], names: Iterable[str], cure: str) -> None:
    """Refuse parameters that would change the answer and that the sandbox does not have.

    Args:
        body: the request's body.
        names: the parameters. Null and false ask for nothing.
        cure: what to do instead, one sentence.

    Raises:
        ApiError: 400 if the body asks for one of them.
    """
    for name in names:
        if body.get(name) not in (None, False):
            raise ApiError(400, f"The sandbox has no {name}. {cure}", name, "unsupported_parameter")


def usage(prompt_tokens: int, completion_tokens: int) -> dict[str, Any]:
    """Return the `usage` object of an answer."""
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    }
