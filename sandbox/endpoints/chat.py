"""POST /chat/completions."""

import functools
import itertools
from collections.abc import Iterator
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field

from sandbox.catalogue import Model
from sandbox.core.bodies import AnswerPart, Count, Envelope, Generation, Name, Part, Positive, Usage
from sandbox.core.requests import Answer, Request
from sandbox.core.routing import route
from sandbox.engines.words import split_tokens
from sandbox.model.answering import Choice, Task, choose, output_limit, token_usage, unanswered_headers
from sandbox.model.conversation import Message, check_messages, count_prompt, read_pictures
from sandbox.model.support import Tool, ToolChoice, check_request, wanted_tools

FinishReason = Literal["stop", "length", "tool_calls"]


class JsonSchema(Part):
    """A named JSON schema."""

    name: Name = Field(description="A name for the schema.")
    description: str | None = Field(None, description="What the answer is for.")
    schema_: dict[str, Any] = Field(alias="schema", description="The JSON schema of the answer.")
    strict: bool | None = None
    """Whether the schema keeps the rules of strict mode. Without it, neither the sandbox nor a real model promises that
    the answer is valid under every schema."""


class ResponseFormat(Part):
    """The form of the answer: text, any JSON object, or JSON that is valid under a schema. Not all models take each."""

    type: Literal["text", "json_object", "json_schema"]
    """`text` (the default), `json_object` for any JSON object, or `json_schema`."""
    json_schema: JsonSchema | None = Field(None, description="Only with the type `json_schema`.")


class ChatRequest(Generation):
    """A conversation to go on with."""

    messages: list[Message] = Field(min_length=1, description="The conversation so far, the oldest turn first.")
    max_completion_tokens: Positive | None = None
    """The most tokens of the answer, those of reasoning included. Default: as for `max_tokens`."""
    reasoning_effort: str | None = None
    """How long a reasoning model may think. The levels differ from model to model; the sandbox's error lists them."""
    response_format: ResponseFormat | None = None
    tools: list[Tool] | None = Field(
        None, min_length=1, max_length=128, description="The functions that may be called."
    )
    tool_choice: ToolChoice | None = None
    """Whether a tool has to be called: `none`, `auto` (the default), `required`, or one by its name."""
    parallel_tool_calls: bool | None = None
    """Whether one answer may ask for several calls. Default: true."""
    metadata: dict[str, str] | None = None
    """Notes of your own on the request. Accepted, but without effect on the sandbox's answers."""


class AnsweredFunction(AnswerPart):
    """What to call."""

    name: Annotated[str, Field(description="The name of one of the functions in `tools`.")]
    arguments: Annotated[str, Field(description="The arguments as a JSON text: parse it, and check what is in it.")]


class AnsweredToolCall(AnswerPart):
    """A call that the model asks for. Your program runs it and sends the result back."""

    id: Annotated[str, Field(description="Send it back as `tool_call_id` with the result.")]
    type: Literal["function"]
    function: AnsweredFunction


class Thoughts(AnswerPart):
    """What the model thought, in a stream the next piece of it."""

    reasoning: NotRequired[Annotated[str, Field(description="What the model thought, as some models call it.")]]
    reasoning_content: NotRequired[Annotated[str, Field(description="What the model thought, as others call it.")]]


class AssistantMessage(Thoughts):
    """The turn of the assistant. Append it to `messages` to go on."""

    role: Literal["assistant"]
    content: Annotated[str | None, Field(description="The text of the answer; null if it asks for calls.")]
    refusal: Annotated[None, Field(description="Always null.")]
    tool_calls: NotRequired[list[AnsweredToolCall]]
    """The calls. It is there only if `finish_reason` is `tool_calls`."""


class ChatChoice(AnswerPart):
    """One answer."""

    index: Annotated[Count, Field(description="The number of the answer, from 0. There are several with `n`.")]
    message: AssistantMessage
    logprobs: Annotated[None, Field(description="Always null: the sandbox has no probabilities.")]
    finish_reason: FinishReason
    """`stop`: complete. `length`: the token limit cut the answer. `tool_calls`: it asks for calls."""


class ChatCompletion(Envelope):
    """The answer to a conversation."""

    object: Literal["chat.completion"]
    choices: Annotated[list[ChatChoice], Field(description="The answers: one, or as many as `n` asks for.")]
    usage: Usage


class FunctionDelta(AnswerPart):
    """What to call, piece by piece."""

    name: NotRequired[Annotated[str, Field(description="The name of the function, in the first piece of the call.")]]
    arguments: str
    """The next piece of the arguments. Join all pieces, then parse the JSON."""


class ToolCallDelta(AnswerPart):
    """A piece of a call. Pieces belong together by `index`; the first alone has a name."""

    index: Annotated[Count, Field(description="The number of the call, from 0.")]
    id: NotRequired[Annotated[str, Field(description="The id of the call, in its first piece.")]]
    type: NotRequired[Literal["function"]]
    function: FunctionDelta


class Delta(Thoughts):
    """What is new."""

    role: NotRequired[Literal["assistant"]]
    content: NotRequired[Annotated[str | None, Field(description="The next piece of the text.")]]
    tool_calls: NotRequired[Annotated[list[ToolCallDelta], Field(description="Pieces of calls.")]]


class ChatChunkChoice(AnswerPart):
    """One piece of one answer."""

    index: Count
    """The number of the answer, from 0. With `n` above 1, the pieces of the answers come mixed."""
    delta: Delta
    logprobs: Annotated[None, Field(description="Always null: the sandbox has no probabilities.")]
    finish_reason: FinishReason | None
    """null until the last piece of the answer; its values are those of a whole answer."""


class ChatChunk(Envelope):
    """One piece of a stream. `choices` is empty in a chunk with the usage, and in the first of models on Azure."""

    object: Literal["chat.completion.chunk"]
    choices: Annotated[list[ChatChunkChoice], Field(description="The pieces.")]
    usage: NotRequired[Usage | None]
    prompt_filter_results: NotRequired[Annotated[list[Any], Field(description="Azure's content filter: always empty.")]]


_QUESTION = {"role": "user", "content": "What is a rainbow?"}
_BRIEF = {"role": "system", "content": "You answer in one sentence."}
_STREAM = {"stream": True, "stream_options": {"include_usage": True}}
_SHORTLY = {"reasoning_effort": "low", "max_completion_tokens": 500}
_RAIN = {"role": "user", "content": "Will it rain in Bremen?"}
_CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
_FORECAST = {"name": "get_forecast", "description": "Get the weather forecast for a city", "parameters": _CITY}
_TOOLS = [{"type": "function", "function": _FORECAST}]
_CALLED = {"name": "get_forecast", "arguments": '{"city": "Bremen"}'}
_CALL = {"id": "call-1", "type": "function", "function": _CALLED}
_ASKS = {"role": "assistant", "content": None, "tool_calls": [_CALL]}
_RESULT = {"role": "tool", "tool_call_id": "call-1", "content": "Rain until noon, 12 degrees."}
_ADA = {"role": "user", "content": "Ada Kruse is 36 years old and lives in Kiel."}
_KEYS = {"name": {"type": "string"}, "age": {"type": "integer"}}
_PERSON = {"type": "object", "properties": _KEYS, "required": ["name", "age"], "additionalProperties": False}
_FORMAT = {"type": "json_schema", "json_schema": {"name": "person", "strict": True, "schema": _PERSON}}
# A picture of one pixel.
_DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
_IMAGE = {"type": "image_url", "image_url": {"url": _DOT, "detail": "low"}}
_LOOK = {"role": "user", "content": [{"type": "text", "text": "How large is this image?"}, _IMAGE]}
_EXAMPLES: dict[str, dict[str, Any]] = {
    "A question": {"model": "gpt-oss-120b", "messages": [_QUESTION]},
    "A stream that ends with the usage": {"model": "gpt-oss-120b", "messages": [_BRIEF, _QUESTION]} | _STREAM,
    "A tool": {"model": "gpt-oss-120b", "messages": [_RAIN], "tools": _TOOLS},
    "The result of a tool": {"model": "gpt-oss-120b", "messages": [_RAIN, _ASKS, _RESULT], "tools": _TOOLS},
    "An answer under a JSON schema": {"model": "gpt-5-mini", "messages": [_ADA], "response_format": _FORMAT},
    "An image": {"model": "Qwen3-VL-30B-A3B-Instruct-FP8", "messages": [_LOOK]},
    "A reasoning model": {"model": "gpt-oss-120b", "messages": [_QUESTION]} | _SHORTLY,
}


@route("POST", "/chat/completions", ChatCompletion, body=ChatRequest, chunk=ChatChunk, examples=_EXAMPLES)
def create(request: Request) -> Answer:
    """Create a chat completion.

    The main endpoint: questions and answers, function calling, images, JSON answers, and reasoning, each where the
    model can do it. With `stream`, the answer comes as server-sent events: lines `data: {chunk}`, the last one
    `data: [DONE]`.
    """
    body, messages = request.body, request.json["messages"]
    model = request.model("chat", "Choose a model whose model_type is LLM.")
    check_request(request, model)
    check_messages(messages)
    pictures = read_pictures(messages, request.host)
    prompt_tokens = count_prompt(request.json, pictures)
    limit = output_limit(model, prompt_tokens, body.max_completion_tokens or body.max_tokens)
    names, mode = wanted_tools(body)
    tools = [tool for tool in request.json.get("tools") or [] if not names or tool["function"]["name"] in names]
    task = Task(
        messages=messages,
        pictures=pictures,
        tools=tools,
        tool_mode=mode,
        parallel=body.parallel_tool_calls is not False,
        json_schema=_json_schema(body.response_format),
        effort=body.reasoning_effort,
        stop=body.stop,
        temperature=request.temperature(),
    )
    choices = [choose(task, model, request.seed(index), limit) for index in range(body.n or 1)]
    usage = _usage(request, model, prompt_tokens, choices)
    # For programs that want to know. The client keeps no headers, so a whole answer says it in its body as well.
    headers = unanswered_headers(choices[0])
    if body.stream:
        return Answer(_chunks(request, model, choices, usage), usage["total_tokens"], headers)
    listed = [_whole(request, model, index, choice) for index, choice in enumerate(choices)]
    content = request.envelope("chatcmpl", "chat.completion", listed) | {"usage": usage}
    if headers:
        content["system_fingerprint"] = "sandbox-unanswered"
    return Answer(content, usage["total_tokens"], headers)


def _json_schema(wanted: ResponseFormat | None) -> Any:
    """Return the schema of the answer, True for any JSON object, None for a text."""
    if wanted is None or wanted.type == "text":
        return None
    return wanted.json_schema.schema_ if wanted.type == "json_schema" and wanted.json_schema else True


def _usage(request: Request, model: Model, prompt_tokens: int, choices: list[Choice]) -> dict[str, Any]:
    usage: dict[str, Any] = token_usage(prompt_tokens, sum(choice.token_count() for choice in choices))
    if model.hosting == "azure":
        # As OpenAI documents it for prompts of 1,024 tokens and more; here for the same request asked again.
        is_cached = request.times_before and prompt_tokens >= 1024
        usage["prompt_tokens_details"] = {"cached_tokens": prompt_tokens // 128 * 128 if is_cached else 0}
    if model.hosting == "azure" or model.reasoning:
        usage["completion_tokens_details"] = {"reasoning_tokens": sum(len(choice.reasoning) for choice in choices)}
    return usage


def _tool_calls(request: Request, choice: Choice, index: int) -> list[dict[str, Any]]:
    prefix = f"call-{request.answer_digest}-{index}"
    return [{"id": f"{prefix}-{i}", "type": "function", "function": call} for i, call in enumerate(choice.calls)]


def _whole(request: Request, model: Model, index: int, choice: Choice) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": "".join(choice.tokens), "refusal": None}
    if choice.calls:
        message |= {"content": None, "tool_calls": _tool_calls(request, choice, index)}
    if choice.reasoning and model.reasoning and model.reasoning.field:
        message[model.reasoning.field] = "".join(choice.reasoning)
    return {"index": index, "message": message, "logprobs": None, "finish_reason": choice.finish_reason}


def _chunks(request: Request, model: Model, choices: list[Choice], usage: dict[str, Any]) -> Iterator[dict[str, Any]]:
    chunk_of = functools.partial(request.envelope, "chatcmpl", "chat.completion.chunk")
    if model.hosting == "azure":
        # Azure opens a stream with a chunk without choices, which carries the result of its content filter.
        yield chunk_of([]) | {"prompt_filter_results": []} | request.no_usage_yet()
    # The pieces of several answers come mixed, as from real engines.
    for pieces in itertools.zip_longest(*(_pieces(request, model, *entry) for entry in enumerate(choices))):
        for piece in filter(None, pieces):
            yield chunk_of([piece]) | request.no_usage_yet()
    if request.include_usage():
        yield chunk_of([]) | {"usage": usage}


def _pieces(request: Request, model: Model, index: int, choice: Choice) -> Iterator[dict[str, Any]]:
    """Give the pieces of one answer; the last one has the finish reason."""

    def piece(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        return {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish_reason}

    yield piece({"role": "assistant", "content": None if choice.calls else ""})
    if model.reasoning and model.reasoning.field:
        yield from (piece({model.reasoning.field: token}) for token in choice.reasoning)
    yield from (piece({"content": token}) for token in choice.tokens)
    for number, call in enumerate(_tool_calls(request, choice, index)):
        start = call | {"index": number, "function": call["function"] | {"arguments": ""}}
        yield piece({"tool_calls": [start]})
        for token in split_tokens(call["function"]["arguments"]):
            yield piece({"tool_calls": [{"index": number, "function": {"arguments": token}}]})
    yield piece({}, choice.finish_reason)
