"""POST /chat/completions."""

import base64
import binascii
import functools
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from helpers.sandbox.catalogue import Model
from helpers.sandbox.core.assets import read_asset_url
from helpers.sandbox.core.bodies import CHAT_BODY
from helpers.sandbox.core.errors import ApiError
from helpers.sandbox.core.requests import Request, cut, output_limit, refuse_unknown, usage
from helpers.sandbox.core.tool_schemas import check_parameters
from helpers.sandbox.engines import text, tools, vision
from helpers.sandbox.engines.messages import Message, last_user_text, message_text
from helpers.sandbox.engines.words import count_tokens, split_tokens

# Each message costs a few tokens for the marks around it, as in the templates of real models.
_TOKENS_PER_MESSAGE = 4
_PICTURE_PATCH_PIXELS = 32
_MOST_PICTURE_TOKENS = 1536

_NOT_YET = ("audio", "functions", "function_call", "logprobs", "modalities", "response_format")
_DATA_URL = re.compile(r"data:(image/[\w.+-]+);base64,", re.ASCII)


@dataclass(frozen=True)
class _Answer:
    tokens: list[str]
    finish_reason: str
    tool_calls: list[dict[str, Any]] = field(default_factory=list)

    def token_count(self) -> int:
        calls = (call["function"]["name"] + call["function"]["arguments"] for call in self.tool_calls)
        return len(self.tokens) + sum(count_tokens(call) for call in calls)


def create(request: Request) -> dict[str, Any] | Iterator[dict[str, Any]]:
    """Answer a conversation."""
    request.check(CHAT_BODY)
    model = request.model("chat", "Choose a model whose model_type is LLM.")
    _check_support(request.body, model)
    _check_tools(request.body)
    messages = request.body["messages"]
    _check_messages(messages)
    pictures = _read_pictures(messages, request.host)
    prompt_tokens = _count_prompt(request.body, pictures)
    requested = request.body.get("max_completion_tokens") or request.body.get("max_tokens")
    limit = output_limit(model, prompt_tokens, requested)
    answers = [_answer(request, pictures, index, limit) for index in range(request.body.get("n") or 1)]
    totals = usage(prompt_tokens, sum(answer.token_count() for answer in answers))
    if request.body.get("stream"):
        return _chunks(request, model, answers, totals)
    choices = [
        {"index": index, "message": _message(answer), "logprobs": None, "finish_reason": answer.finish_reason}
        for index, answer in enumerate(answers)
    ]
    return request.envelope("chatcmpl", "chat.completion", choices) | {"usage": totals}


def _check_support(body: dict[str, Any], model: Model) -> None:
    refuse_unknown(body, _NOT_YET)
    if body.get("tools") and "tools" not in model.capabilities:
        raise ApiError(400, f"The model {model.id} does not support tools. Choose one that does.", "tools")
    if body.get("max_tokens") is not None and model.token_limit_parameter != "max_tokens":
        raise ApiError(
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            "max_tokens",
            "unsupported_parameter",
        )
    if "vision" not in model.capabilities and any(_image_urls(message) for message in body["messages"]):
        raise ApiError(400, f"The model {model.id} does not support vision. Choose a vision model.", "messages")


def _check_tools(body: dict[str, Any]) -> None:
    for tool in body.get("tools") or []:
        check_parameters(tool["function"]["name"], tool["function"].get("parameters") or {})
    choice = body.get("tool_choice") or "auto"
    names = [tool["function"]["name"] for tool in body.get("tools") or []]
    if isinstance(choice, dict) and choice["function"]["name"] not in names:
        name = choice["function"]["name"]
        raise ApiError(400, f"tool_choice names {name!r}, which is not among the tools of the request.", "tool_choice")
    if choice == "required" and not names:
        raise ApiError(400, "tool_choice is 'required', but the request has no tools.", "tool_choice")


def _check_messages(messages: list[Message]) -> None:
    """Check what a schema cannot say: parts have their content, and every tool call has its result."""
    open_calls: list[str] = []
    for index, message in enumerate(messages):
        where = f"messages[{index}]"
        if message["role"] == "tool":
            if message.get("tool_call_id") not in open_calls:
                raise ApiError(
                    400,
                    f"{where}: the message of role 'tool' answers no tool call. Its tool_call_id has to be the id of a "
                    "call in the assistant's message right before.",
                    "messages",
                )
            open_calls.remove(message["tool_call_id"])
        elif open_calls:
            raise ApiError(
                400,
                f"{where}: an assistant's message with tool_calls has to be followed by one message of role 'tool' for "
                f"each call. Missing: {', '.join(open_calls)}.",
                "messages",
            )
        if message.get("content") is None and not message.get("tool_calls"):
            raise ApiError(400, f"{where}: content is missing.", "messages")
        for part in message["content"] if isinstance(message.get("content"), list) else []:
            if part["type"] not in part:
                raise ApiError(400, f"{where}: a part of type {part['type']} needs a {part['type']}.", "messages")
        if message["role"] == "assistant":
            open_calls = [call["id"] for call in message.get("tool_calls") or []]
    if open_calls:
        raise ApiError(400, f"The results of these tool calls are missing: {', '.join(open_calls)}.", "messages")


def _image_urls(message: Message) -> list[str]:
    content = message.get("content")
    parts = content if isinstance(content, list) else []
    return [part["image_url"]["url"] for part in parts if part["type"] == "image_url" and "image_url" in part]


def _read_pictures(messages: list[Message], host: str) -> list[vision.Picture]:
    """Read the pictures of the last message that has any: that is what the conversation is about."""
    for message in reversed(messages):
        if urls := _image_urls(message):
            try:
                return [vision.read_picture(_picture_bytes(url, host)) for url in urls]
            except vision.UnreadablePicture as error:
                raise ApiError(400, str(error), "messages", "invalid_image") from error
    return []


def _picture_bytes(url: str, host: str) -> bytes:
    if match := _DATA_URL.match(url):
        try:
            return base64.b64decode(url[match.end() :], validate=True)
        except (binascii.Error, ValueError) as error:
            raise ApiError(400, f"The picture is not valid base64: {error}", "messages", "invalid_image") from error
    if url.startswith("data:"):
        raise ApiError(
            400,
            "The data URL has to start with data:image/TYPE;base64, such as data:image/jpeg;base64,",
            "messages",
            "invalid_image",
        )
    return read_asset_url(url, host)


def _count_prompt(body: dict[str, Any], pictures: list[vision.Picture]) -> int:
    texts = [message_text(message) for message in body["messages"]]
    texts += [call["function"]["arguments"] for m in body["messages"] for call in m.get("tool_calls") or []]
    texts += [json.dumps(tool["function"]) for tool in body.get("tools") or []]
    patches = (
        math.ceil(picture.width / _PICTURE_PATCH_PIXELS) * math.ceil(picture.height / _PICTURE_PATCH_PIXELS)
        for picture in pictures
    )
    return (
        sum(count_tokens(part) for part in texts)
        + _TOKENS_PER_MESSAGE * len(body["messages"])
        + sum(min(count, _MOST_PICTURE_TOKENS) for count in patches)
    )


def _answer(request: Request, pictures: list[vision.Picture], index: int, limit: int) -> _Answer:
    body = request.body
    messages = body["messages"]
    content = None
    if body.get("tools"):
        parallel = body.get("parallel_tool_calls") is not False
        decision = tools.decide(messages, body["tools"], body.get("tool_choice") or "auto", parallel)
        if decision.calls:
            return _Answer([], "tool_calls", _tool_calls(request, decision.calls, index))
        content = decision.question
    if content is None:
        content = tools.answer_from_results(messages)
    if content is None and pictures:
        content = vision.answer(last_user_text(messages), pictures)
    if content is None:
        content = text.answer(messages, request.temperature(), request.seed(index))
    return _Answer(*cut(content, body.get("stop"), limit))


def _tool_calls(request: Request, calls: list[tools.ToolCall], index: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"call-{request.answer_digest}-{index}-{number}",
            "type": "function",
            "function": {"name": call.name, "arguments": json.dumps(call.arguments, ensure_ascii=False)},
        }
        for number, call in enumerate(calls)
    ]


def _message(answer: _Answer) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": "".join(answer.tokens), "refusal": None}
    if answer.tool_calls:
        message |= {"content": None, "tool_calls": answer.tool_calls}
    return message


def _chunks(request: Request, model: Model, answers: list[_Answer], totals: dict[str, int]) -> Iterator[dict[str, Any]]:
    chunk_of = functools.partial(request.envelope, "chatcmpl", "chat.completion.chunk")

    def chunk(index: int, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return chunk_of([choice]) | request.no_usage_yet()

    if model.hosting == "azure":
        # Azure opens a stream with a chunk without choices, which carries the result of its content filter.
        opening = chunk_of([]) | {"prompt_filter_results": []}
        yield opening | request.no_usage_yet()
    for index, answer in enumerate(answers):
        yield chunk(index, {"role": "assistant", "content": None if answer.tool_calls else ""})
        for token in answer.tokens:
            yield chunk(index, {"content": token})
        for number, call in enumerate(answer.tool_calls):
            start = call | {"index": number, "function": call["function"] | {"arguments": ""}}
            yield chunk(index, {"tool_calls": [start]})
            for piece in split_tokens(call["function"]["arguments"]):
                yield chunk(index, {"tool_calls": [{"index": number, "function": {"arguments": piece}}]})
        yield chunk(index, {}, answer.finish_reason)
    if request.include_usage():
        yield chunk_of([]) | {"usage": totals}
