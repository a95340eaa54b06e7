"""POST /chat/completions."""

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.catalogue import Model
from sandbox.core.bodies import CHAT_BODY
from sandbox.core.conversation import check_messages, count_prompt, image_parts, read_pictures
from sandbox.core.errors import ApiError
from sandbox.core.json_schemas import check_schema, check_strict
from sandbox.core.logprobs import chat_logprobs
from sandbox.core.requests import Answer, Request, cut, output_limit, refuse, usage
from sandbox.core.structured import check_format, to_json
from sandbox.engines import results, schemas, text, tools, vision
from sandbox.engines.messages import Message, last_user_text
from sandbox.engines.reasoning import reason
from sandbox.engines.words import count_tokens, split_tokens


@dataclass(frozen=True)
class _Choice:
    """One of the `n` answers: its tokens, why it ends, and the tokens that were thought before."""

    tokens: list[str]
    finish_reason: str
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)

    def token_count(self) -> int:
        calls = (call["function"]["name"] + call["function"]["arguments"] for call in self.tool_calls)
        return len(self.tokens) + len(self.reasoning) + sum(count_tokens(call) for call in calls)


def create(request: Request) -> Answer:
    """Answer a conversation."""
    request.check(CHAT_BODY)
    model = request.model("chat", "Choose a model whose model_type is LLM.")
    body = request.body
    _check_support(body, model)
    _check_tools(body, model)
    check_format(body, model)
    check_messages(body["messages"])
    pictures = read_pictures(body["messages"], request.host)
    prompt_tokens = count_prompt(body, pictures)
    requested = request.integer("max_completion_tokens") or request.integer("max_tokens")
    limit = output_limit(model, prompt_tokens, requested)
    choices = [_choose(request, model, pictures, index, limit) for index in range(request.integer("n", 1))]
    totals = usage(prompt_tokens, sum(choice.token_count() for choice in choices))
    if model.reasoning:
        totals["completion_tokens_details"] = {"reasoning_tokens": sum(len(choice.reasoning) for choice in choices)}
    if body.get("stream"):
        return Answer(_chunks(request, model, choices, totals), totals["total_tokens"])
    listed = [
        {
            "index": index,
            "message": _message(choice, model),
            "logprobs": _logprobs(request, choice.tokens, 0),
            "finish_reason": choice.finish_reason,
        }
        for index, choice in enumerate(choices)
    ]
    content = request.envelope("chatcmpl", "chat.completion", listed) | {"usage": totals}
    return Answer(content, totals["total_tokens"])


def _check_support(body: dict[str, Any], model: Model) -> None:
    refuse(body, ("functions", "function_call"), "They are the old form of tools: use tools and tool_choice.")
    refuse(body, ("audio",), "It answers with text only.")
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
    if "vision" not in model.capabilities and any(image_parts(message) for message in body["messages"]):
        raise ApiError(400, f"The model {model.id} does not support vision. Choose a vision model.", "messages")
    if body.get("top_logprobs") is not None and not body.get("logprobs"):
        raise ApiError(400, "top_logprobs needs logprobs to be true.", "top_logprobs")
    _check_effort(body.get("reasoning_effort"), model)


def _check_effort(effort: str | None, model: Model) -> None:
    levels = model.reasoning.efforts if model.reasoning else ()
    if effort is None or effort in levels:
        return
    known = f"It takes {', '.join(levels)}." if levels else "Leave it out, or choose a model that takes it."
    raise ApiError(
        400,
        f"The model {model.id} does not support reasoning_effort {effort!r}. {known}",
        "reasoning_effort",
        "unsupported_value",
    )


def _check_tools(body: dict[str, Any], model: Model) -> None:
    functions = [tool["function"] for tool in body.get("tools") or []]
    for function in functions:
        what = f"function {function['name']!r}"
        parameters = function.get("parameters") or {}
        check_schema(parameters, what, "tools", "invalid_function_parameters")
        if function.get("strict") and model.hosting == "azure":
            check_strict(parameters, what, "tools", "invalid_function_parameters")
    known = [function["name"] for function in functions]
    names, mode = _wanted_tools(body)
    if unknown := [name for name in names if name not in known]:
        message = f"tool_choice names {unknown[0]!r}, which is not among the tools of the request."
        raise ApiError(400, message, "tool_choice")
    if mode == "required" and not known:
        raise ApiError(400, "tool_choice is 'required', but the request has no tools.", "tool_choice")


def _wanted_tools(body: dict[str, Any]) -> tuple[list[str], str]:
    """Return the names that `tool_choice` is restricted to, [] for all tools, and the mode: none, auto or required."""
    choice = body.get("tool_choice") or "auto"
    if isinstance(choice, str):
        return [], choice
    if choice["type"] not in choice:
        raise ApiError(400, f"A tool_choice of type {choice['type']} needs a {choice['type']}.", "tool_choice")
    if choice["type"] == "function":
        return [choice["function"]["name"]], "required"
    allowed = choice["allowed_tools"]
    return [tool["function"]["name"] for tool in allowed["tools"]], allowed["mode"]


def _choose(request: Request, model: Model, pictures: list[vision.Picture], index: int, limit: int) -> _Choice:
    """Make the answer with a number among `n`, of at most `limit` tokens."""
    body = request.body
    messages, thinks = _read_switch(body["messages"], model)
    calls, prose = _decide(body, messages)
    if not calls:
        if prose is None:
            prose = results.answer_from_results(messages)
        if prose is None and pictures:
            prose = vision.answer(last_user_text(messages), pictures)
        if prose is None:
            prose = text.answer(messages, request.temperature(), request.seed(index))
        prose = to_json(body, prose)
    effort = body.get("reasoning_effort") or (model.reasoning.default if model.reasoning and thinks else "")
    planned = prose if prose is not None else ", ".join(call.name for call in calls)
    reasoning = split_tokens(reason(messages, planned, effort)) if effort else []
    if len(reasoning) >= limit:
        return _Choice([], "length", reasoning=reasoning[:limit])
    if calls:
        return _Choice([], "tool_calls", _tool_calls(request, calls, index), reasoning)
    tokens, finish_reason = cut(prose, body.get("stop"), limit - len(reasoning))
    return _Choice(tokens, finish_reason, reasoning=reasoning)


def _read_switch(messages: list[Message], model: Model) -> tuple[list[Message], bool]:
    """Take the word that turns thinking off from the start of the prompt, and tell whether the model thinks."""
    switch = model.reasoning.switch_off if model.reasoning else ""
    if not switch:
        return messages, True
    read, thinks = [], True
    for message in messages:
        content = message.get("content")
        if message["role"] != "assistant" and isinstance(content, str) and content.lstrip().startswith(switch):
            message, thinks = message | {"content": content.lstrip().removeprefix(switch).lstrip()}, False
        read.append(message)
    return read, thinks


def _decide(body: dict[str, Any], messages: list[Message]) -> tuple[list[tools.ToolCall], str | None]:
    """Return the calls to make, or what to ask the user; ([], None) if no tool has anything to do with it."""
    names, mode = _wanted_tools(body)
    offered = [tool for tool in body.get("tools") or [] if not names or tool["function"]["name"] in names]
    if not offered or mode == "none":
        return [], None
    try:
        decision = tools.decide(messages, offered, mode, body.get("parallel_tool_calls") is not False)
    except schemas.NoInstance as error:
        message = f"The sandbox finds no arguments that are valid under the schema of a tool: {error}"
        raise ApiError(400, message, "tools", "invalid_function_parameters") from error
    return decision.calls, decision.question


def _tool_calls(request: Request, calls: list[tools.ToolCall], index: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"call-{request.answer_digest}-{index}-{number}",
            "type": "function",
            "function": {"name": call.name, "arguments": json.dumps(call.arguments, ensure_ascii=False)},
        }
        for number, call in enumerate(calls)
    ]


def _message(choice: _Choice, model: Model) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": "".join(choice.tokens), "refusal": None}
    if choice.tool_calls:
        message |= {"content": None, "tool_calls": choice.tool_calls}
    if choice.reasoning and model.reasoning and model.reasoning.field:
        message[model.reasoning.field] = "".join(choice.reasoning)
    return message


def _logprobs(request: Request, tokens: list[str], start: int) -> dict[str, Any] | None:
    if not request.body.get("logprobs"):
        return None
    return chat_logprobs(tokens, start, request.integer("top_logprobs", 0))


def _chunks(request: Request, model: Model, choices: list[_Choice], totals: dict[str, Any]) -> Iterator[dict[str, Any]]:
    chunk_of = functools.partial(request.envelope, "chatcmpl", "chat.completion.chunk")
    if model.hosting == "azure":
        # Azure opens a stream with a chunk without choices, which carries the result of its content filter.
        yield chunk_of([]) | {"prompt_filter_results": []} | request.no_usage_yet()
    for index, choice in enumerate(choices):
        for delta, logprobs, finish_reason in _deltas(request, model, choice):
            listed = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish_reason}
            yield chunk_of([listed]) | request.no_usage_yet()
    if request.include_usage():
        yield chunk_of([]) | {"usage": totals}


def _deltas(
    request: Request, model: Model, choice: _Choice
) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None, str | None]]:
    """Give the pieces of one answer, each with its log probabilities; the last one has the finish reason."""
    yield {"role": "assistant", "content": None if choice.tool_calls else ""}, None, None
    if model.reasoning and model.reasoning.field:
        for token in choice.reasoning:
            yield {model.reasoning.field: token}, None, None
    for position, token in enumerate(choice.tokens):
        yield {"content": token}, _logprobs(request, [token], position), None
    for number, call in enumerate(choice.tool_calls):
        start = call | {"index": number, "function": call["function"] | {"arguments": ""}}
        yield {"tool_calls": [start]}, None, None
        for piece in split_tokens(call["function"]["arguments"]):
            yield {"tool_calls": [{"index": number, "function": {"arguments": piece}}]}, None, None
    yield {}, None, choice.finish_reason
