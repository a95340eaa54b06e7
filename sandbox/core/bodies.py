"""What the bodies of requests and answers have in common.

Each is declared once, beside its endpoint, as a type with a text under each field: pydantic checks requests against it,
the OpenAPI document is made from it, and the tests hold every reply against it.
"""

from typing import Annotated, Any, NotRequired

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from sandbox.core.assets import read_table
from sandbox.core.errors import ApiError

Count = Annotated[int, Field(ge=0)]
# The names that OpenAI takes for functions and schemas.
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-zA-Z0-9_-]+$")]
# JSON may write 3 as 3.0.
Whole = BeforeValidator(lambda value: int(value) if isinstance(value, float) and value.is_integer() else value)
Positive = Annotated[int, Field(ge=1), Whole]


def _no_token_ids(value: Any) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], int | list):
        cure = "Send a string or a list of strings; with LangChain, set check_embedding_ctx_length=False."
        raise PydanticCustomError("token_ids", f"has token ids, but this service takes texts. {cure}")
    return value


# Some libraries send the ids of tokens in place of texts; only the model's own tokenizer could read them.
NoTokenIds = BeforeValidator(_no_token_ids)
_MESSAGES = read_table("problems")


class Part(BaseModel):
    """A part of a request. Fields that are not declared are let through, as the service does."""

    model_config = ConfigDict(use_attribute_docstrings=True, extra="allow", strict=True, defer_build=True)


class AnswerPart(TypedDict):
    """A part of an answer. Fields that are not declared are not allowed."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True, extra="forbid")


def check(kind: type[BaseModel], body: dict[str, Any]) -> BaseModel:
    """Return a body as an object of its declaration. Raises ApiError (400) with its problems, as FastAPI lists them."""
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        listed = [problem | {"loc": ["body", *problem["loc"]]} for problem in list_problems(error, body)]
        raise ApiError(400, listed, code="invalid_body") from error


def list_problems(error: ValidationError, value: Any) -> list[dict[str, Any]]:
    """Return what is wrong with a value, one entry for each place: `loc` (the way to it), `msg`, and `type`."""
    problems: dict[tuple[str | int, ...], dict[str, str]] = {}
    for problem in error.errors(include_url=False, include_input=False):
        message = _MESSAGES.get(problem["type"], "{msg}").format(**problem.get("ctx", {}), msg=problem["msg"])
        problems.setdefault(_place(problem["loc"], value), {})[message] = problem["type"]
    # Of a value with several forms, the problems inside the form that comes closest say more than the others.
    return [
        {"loc": list(place), "msg": " or ".join(kinds), "type": next(iter(kinds.values()))}
        for place, kinds in problems.items()
        if not any(other[: len(place)] == place != other for other in problems)
    ]


def _place(steps: tuple[str | int, ...], value: Any) -> tuple[str | int, ...]:
    """Return the way to a value without pydantic's names for the forms that a value may have."""
    place: list[str | int] = []
    for number, step in enumerate(steps):
        is_missing = isinstance(value, dict) and number == len(steps) - 1 and str(step).isidentifier()
        if isinstance(value, list) and isinstance(step, int):
            value = value[step]
        elif isinstance(value, dict) and (step in value or is_missing):
            value = value.get(step)
        else:
            continue
        place.append(step)
    return tuple(place)


class Envelope(AnswerPart):
    """What is around the choices of an answer."""

    id: Annotated[str, Field(description="The id of the answer. All chunks of a stream have the same.")]
    created: Annotated[Count, Field(description="The time of the request in seconds since 1970.")]
    model: Annotated[str, Field(description="The id of the model that answered.")]
    system_fingerprint: Annotated[
        str, Field(description="What answered: `sandbox`, or `sandbox-unanswered` if it has no answer.")
    ]


class PromptTokens(AnswerPart):
    """What the tokens of the input were."""

    cached_tokens: Annotated[Count, Field(description="Tokens that were known from an earlier request, and cost less.")]


class CompletionTokens(AnswerPart):
    """What the tokens of the answers were used for."""

    reasoning_tokens: Annotated[Count, Field(description="Tokens that the model thought before it answered.")]


class Usage(AnswerPart):
    """What the request cost in tokens. The details come from models on Azure and from reasoning models."""

    prompt_tokens: Annotated[Count, Field(description="Tokens of the input.")]
    completion_tokens: Count
    """Tokens of all answers together, those of reasoning included."""
    total_tokens: Annotated[Count, Field(description="The sum of both.")]
    prompt_tokens_details: NotRequired[PromptTokens]
    completion_tokens_details: NotRequired[CompletionTokens]


class StreamOptions(Part):
    """What a stream has besides the answer. Only with `stream`."""

    include_usage: bool | None = None
    """End the stream with a chunk that has the usage and an empty `choices` list. Default: false."""


class Generation(Part):
    """What requests for a chat and for a raw prompt have in common."""

    model: str = Field(description="The id of a model from `GET /models`.")
    stream: bool | None = Field(None, description="Send the answer in pieces, as server-sent events. Default: false.")
    stream_options: StreamOptions | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    """How much answers vary. With 0 the sandbox always gives the same, without it, it takes 0.7; the default of the
    service is not documented."""
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    """Choose only among the likeliest tokens, those that reach this probability. Accepted, but without effect on the
    sandbox's answers."""
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    """Above 0, tokens that occurred often become less likely. Accepted, but without effect on the sandbox's answers."""
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    """Above 0, tokens that occurred at all become less likely. Accepted, but without effect on the sandbox's
    answers."""
    logit_bias: dict[str, Annotated[float, Field(ge=-100, le=100)]] | None = None
    """Makes single tokens more or less likely, by their ids. Accepted, but without effect on the sandbox's answers."""
    max_tokens: Positive | None = None
    """The most tokens of the answer, those of reasoning included. Newer OpenAI models want `max_completion_tokens`
    instead. Default: in the sandbox, as many as the model can write; that of the service is not documented."""
    stop: str | Annotated[list[str], Field(max_length=4)] | None = None
    """The answer ends before the first of these texts."""
    n: Annotated[int, Field(ge=1, le=16), Whole] | None = None
    """How many answers to give. Default: 1."""
    seed: Annotated[int, Whole] | None = None
    """With the same seed, the sandbox answers the same request the same way."""
    user: str | None = None
    """Who asks, for the service's own records. Accepted, but without effect on the sandbox's answers."""
