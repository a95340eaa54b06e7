"""The endpoints: where they are, what they take, and what they answer. The only list of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.core import answers, bodies, chat, completions, embeddings, models
from sandbox.core.checking import Schema
from sandbox.core.errors import ApiError
from sandbox.core.requests import Answer, Request

# Each base path with the one whose models it offers.
BASE_PATHS = {"/v2": "/v2", "/vision": "/vision", "/queue": "/v2"}

Endpoint = Callable[[Request], Answer]


@dataclass(frozen=True)
class Route:
    """One endpoint.

    Attributes:
        method: the HTTP method.
        path: the path below the base path; "{id}" stands for the last part.
        endpoint: what answers.
        summary: what it does, in a few words.
        description: what a reader should know of it.
        answer: the JSON schema of the answer.
        body: the JSON schema of the request's body, None for GET.
        chunk: the JSON schema of a stream's chunks, None if it cannot stream.
        examples: request bodies by a name, each of which works.
    """

    method: str
    path: str
    endpoint: Endpoint
    summary: str
    description: str
    answer: Schema
    body: Schema | None = None
    chunk: Schema | None = None
    examples: dict[str, dict[str, Any]] = field(default_factory=dict)


_QUESTION = {"role": "user", "content": "What is a rainbow?"}
_FORECAST_TOOL = {
    "type": "function",
    "function": {
        "name": "get_forecast",
        "description": "Get the weather forecast for a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
_FORECAST_QUESTION = {"role": "user", "content": "Will it rain in Bremen?"}
_FORECAST_CALL = {
    "id": "call-1",
    "type": "function",
    "function": {"name": "get_forecast", "arguments": '{"city": "Bremen"}'},
}
_PERSON_SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
# A picture of one pixel.
_DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"

ROUTES = (
    Route(
        "GET",
        "/models",
        models.list_models,
        "List the models",
        "A key sees only the models that it may use, and the list changes: choose a model by what it can do, not by "
        "its name. `meta_data` is an extension of the service.",
        answers.MODEL_LIST,
    ),
    Route(
        "GET",
        "/models/{id}",
        models.get_model,
        "Get one model",
        "The same object as in the list.",
        answers.MODEL,
    ),
    Route(
        "POST",
        "/chat/completions",
        chat.create,
        "Create a chat completion",
        "The main endpoint: questions and answers, function calling, images, JSON answers, and reasoning, each where "
        "the model can do it. With `stream`, the answer comes as server-sent events: lines `data: {chunk}`, the last "
        "one `data: [DONE]`.",
        answers.CHAT_COMPLETION,
        bodies.CHAT_BODY,
        answers.CHAT_CHUNK,
        {
            "A question": {"model": "Llama-3.3-70B-Instruct", "messages": [_QUESTION]},
            "A stream that ends with the usage": {
                "model": "Llama-3.3-70B-Instruct",
                "messages": [{"role": "system", "content": "You answer in one sentence."}, _QUESTION],
                "stream": True,
                "stream_options": {"include_usage": True},
            },
            "A tool": {
                "model": "gpt-4.1",
                "messages": [_FORECAST_QUESTION],
                "tools": [_FORECAST_TOOL],
            },
            "The result of a tool": {
                "model": "gpt-4.1",
                "messages": [
                    _FORECAST_QUESTION,
                    {"role": "assistant", "content": None, "tool_calls": [_FORECAST_CALL]},
                    {"role": "tool", "tool_call_id": "call-1", "content": "Rain until noon, 12 degrees."},
                ],
                "tools": [_FORECAST_TOOL],
            },
            "An answer under a JSON schema": {
                "model": "gpt-4.1",
                "messages": [{"role": "user", "content": "Ada Kruse is 36 years old and lives in Kiel."}],
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "person", "strict": True, "schema": _PERSON_SCHEMA},
                },
            },
            "An image": {
                "model": "Qwen3-VL-30B-A3B-Instruct-FP8",
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {"type": "text", "text": "How large is this picture?"},
                            {"type": "image_url", "image_url": {"url": _DOT, "detail": "low"}},
                        ],
                    }
                ],
            },
            "A reasoning model": {
                "model": "gpt-oss-120b",
                "messages": [_QUESTION],
                "reasoning_effort": "low",
                "max_completion_tokens": 500,
            },
        },
    ),
    Route(
        "POST",
        "/completions",
        completions.create,
        "Create a completion",
        "Only open-source models take raw prompts, and the prompt has to follow the model's own chat template. "
        "The chat endpoint is recommended instead.",
        answers.COMPLETION,
        bodies.COMPLETION_BODY,
        answers.COMPLETION,
        {"A text to continue": {"model": "Llama-3.3-70B-Instruct", "prompt": "The Earth is", "max_tokens": 30}},
    ),
    Route(
        "POST",
        "/embeddings",
        embeddings.create,
        "Create embeddings",
        "Each text becomes a vector of length 1, whose size is the model's `hidden_size`. The sandbox computes it from "
        "the words and their parts: texts that share words are close, synonyms are not.",
        answers.EMBEDDINGS,
        bodies.EMBEDDING_BODY,
        None,
        {
            "Two texts": {
                "model": "text-embedding-bge-m3",
                "input": ["a blue boat", "a blue ship"],
                "encoding_format": "float",
            }
        },
    ),
)


def find_route(method: str, path: str) -> tuple[str, Endpoint, str]:
    """Find the endpoint for a request.

    Args:
        method: the HTTP method.
        path: the path.

    Returns:
        The base path, the endpoint, and what the path has in place of "{id}", "" where it has none.

    Raises:
        ApiError: 404 if there is no such path, 405 if it takes another method.
    """
    base = next((base for base in BASE_PATHS if path.startswith(f"{base}/")), None)
    if base is None:
        raise _unknown_path(path)
    rest = path.removeprefix(base)
    allowed = []
    for route in ROUTES:
        prefix, parameter, _ = route.path.partition("{id}")
        if rest == route.path or (parameter and rest.startswith(prefix) and len(rest) > len(prefix)):
            if route.method == method:
                return base, route.endpoint, rest.removeprefix(prefix) if parameter else ""
            allowed.append(route.method)
    if allowed:
        message = f"{method} is not allowed on {path}. Use {' or '.join(allowed)}."
        raise ApiError(405, message, headers={"allow": ", ".join(allowed)})
    raise _unknown_path(path)


def _unknown_path(path: str) -> ApiError:
    *others, last = BASE_PATHS
    known = ", ".join(dict.fromkeys(route.path for route in ROUTES))
    return ApiError(
        404,
        f"The sandbox has no {path}. Its base URLs end in {', '.join(others)} or {last}. Below them it knows {known}.",
    )
