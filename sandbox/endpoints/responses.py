"""POST /responses: OpenAI's newer form of a chat, answered by the same rules."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field

from sandbox.catalogue import Model
from sandbox.core.bodies import AnswerPart, Count, Name, Part, Whole
from sandbox.core.errors import ApiError
from sandbox.core.requests import Answer, Request
from sandbox.core.routing import refuse, route
from sandbox.engines.words import split_tokens
from sandbox.model.answering import Choice, Task, choose, output_limit, unanswered_headers
from sandbox.model.conversation import count_prompt, image_parts, read_pictures
from sandbox.model.support import check_effort, check_format, check_input, check_tools

_NOT_STORED = "Whether the service stores responses is not documented, and the sandbox stores none."
_NOT_STORED += " Keep the items of input and output yourself, and send them again with the next input."
refuse("/responses/.+", _NOT_STORED)
# What only works where responses are stored, or where the server has tools of its own.
_UNDOCUMENTED = ("store", "previous_response_id", "conversation", "background", "prompt")
# The parameters of chat that have another name here. OpenAI's error says so, too.
_MOVED = {
    "messages": "input", "response_format": "text.format", "reasoning_effort": "reasoning.effort",
    "max_tokens": "max_output_tokens", "max_completion_tokens": "max_output_tokens",
}  # fmt: skip
# By the type of an item or a part: the fields that it needs.
_NEEDS = {
    "message": ["role", "content"], "function_call": ["call_id", "name", "arguments"], "reasoning": [],
    "function_call_output": ["call_id", "output"], "input_text": ["text"], "output_text": ["text"],
    "reasoning_text": ["text"], "input_image": ["image_url"], "refusal": ["refusal"],
}  # fmt: skip


class InputPart(Part):
    """A part of a message: a text, an image, or a refusal that is sent back as it came."""

    type: Literal["input_text", "output_text", "reasoning_text", "input_image", "refusal"] = Field(description="Kind.")
    text: str | None = Field(None, description="The text, of a part of the types `input_text` and `output_text`.")
    image_url: str | None = Field(None, description="A data URL or an https URL, of a part of the type `input_image`.")
    detail: Literal["auto", "low", "high"] | None = Field(None, description="How closely to look at the image.")
    refusal: str | None = Field(None, description="The text of a refusal.")


_Content = str | Annotated[list[InputPart], Field(min_length=1)]


class InputItem(Part):
    """One item of the conversation: a message, a call, the result of a call, or thoughts that are sent back."""

    type: Literal["message", "function_call", "function_call_output", "reasoning"] = "message"
    """Kind."""
    role: Literal["system", "developer", "user", "assistant"] | None = Field(None, description="Who speaks.")
    content: _Content | None = Field(None, description="The text of a message, or its parts.")
    call_id: str | None = Field(None, description="The id of a call, and of its result.")
    name: str | None = Field(None, description="The function that was called.")
    arguments: str | None = Field(None, description="The arguments of the call, as a JSON text.")
    output: _Content | None = Field(None, description="The result of a call.")


class FlatChoice(Part):
    """The function that has to be called."""

    type: Literal["function"]
    name: Name = Field(description="The name of the function, which calls use.")


class FlatTool(FlatChoice):
    """A function that the model may ask for. OpenAI's built-in tools are not documented for the service."""

    description: str | None = Field(None, description="What the function does; models choose by it.")
    parameters: dict[str, Any] | None = Field(None, description="A JSON schema of the arguments.")
    strict: bool | None = Field(None, description="Whether the schema keeps the rules of strict mode.")


class TextFormat(Part):
    """The form of the answer. A schema is next to its type here, while in chat it is one level deeper."""

    type: Literal["text", "json_object", "json_schema"] = Field(description="`text` is the default.")
    name: Name | None = Field(None, description="A name for the schema.")
    schema_: dict[str, Any] | None = Field(None, alias="schema", description="The JSON schema of the answer.")
    strict: bool | None = Field(None, description="Whether the schema keeps the rules of strict mode.")


class TextSettings(Part):
    """What the text of the answer has to be like."""

    format: TextFormat | None = Field(None, description="Its form.")


class ReasoningSettings(Part):
    """How the model thinks."""

    effort: str | None = Field(None, description="How long. The levels differ from model to model.")
    summary: Literal["auto", "concise", "detailed"] | None = None
    """Tells what was thought, for models that do not show their thoughts themselves."""


class ResponseRequest(Part):
    """A question, or a conversation to go on with."""

    model: str
    """The id of a model from `GET /models`. The service documents OpenAI's models, and `gpt-oss-120b` in part."""
    input: str | Annotated[list[InputItem], Field(min_length=1)]
    """A question, or the items of the conversation so far."""
    instructions: str | None = Field(None, description="What is the system message in chat.")
    max_output_tokens: Annotated[int, Field(ge=16), Whole] | None = None
    """The most tokens of the answer, reasoning included; OpenAI takes 16 and more."""
    temperature: Annotated[float, Field(ge=0, le=2)] | None = Field(None, description="As for chat.")
    top_p: Annotated[float, Field(ge=0, le=1)] | None = Field(None, description="As for chat.")
    stream: bool | None = Field(None, description="Send the answer as events. Default: false.")
    tools: list[FlatTool] | None = Field(None, max_length=128, description="The functions that may be called.")
    tool_choice: Literal["none", "auto", "required"] | FlatChoice | None = Field(None, description="As for chat.")
    parallel_tool_calls: bool | None = Field(None, description="As for chat.")
    text: TextSettings | None = Field(None, description="The form of the answer.")
    reasoning: ReasoningSettings | None = Field(None, description="How to think.")
    metadata: dict[str, str] | None = Field(None, description="Notes of your own. The answer repeats them.")


class OutputText(AnswerPart):
    """A part of an item."""

    type: Annotated[Literal["output_text", "reasoning_text", "summary_text"], Field(description="What it is.")]
    text: Annotated[str, Field(description="The text.")]
    annotations: NotRequired[Annotated[list[Any], Field(description="Always empty.")]]
    logprobs: NotRequired[Annotated[list[Any], Field(description="Always empty.")]]


class OutputItem(AnswerPart):
    """A message, the thoughts before it, or a call. Which fields it has depends on its type."""

    type: Annotated[Literal["message", "reasoning", "function_call"], Field(description="What it is.")]
    id: Annotated[str, Field(description="The id of the item.")]
    status: Annotated[Literal["in_progress", "completed", "incomplete"], Field(description="How far it is.")]
    role: NotRequired[Annotated[Literal["assistant"], Field(description="Who speaks, in a message.")]]
    content: NotRequired[Annotated[list[OutputText], Field(description="The parts of a message, or the thoughts.")]]
    summary: NotRequired[Annotated[list[OutputText], Field(description="What was thought, if it was asked for.")]]
    call_id: NotRequired[Annotated[str, Field(description="Send it back with the result of the call.")]]
    name: NotRequired[Annotated[str, Field(description="The function to call.")]]
    arguments: NotRequired[Annotated[str, Field(description="Its arguments, as a JSON text.")]]


class ResponseUsage(AnswerPart):
    """What the request cost in tokens. The names differ from those of chat."""

    input_tokens: Annotated[Count, Field(description="Tokens of the input.")]
    input_tokens_details: Annotated[dict[str, Count], Field(description="Those that were cached: always 0.")]
    output_tokens: Annotated[Count, Field(description="Those of reasoning included.")]
    output_tokens_details: Annotated[dict[str, Count], Field(description="`reasoning_tokens`: those of the thoughts.")]
    total_tokens: Annotated[Count, Field(description="The sum of both.")]


class Response(AnswerPart):
    """The answer. Its text is in the item of the type `message`, which need not be the first."""

    id: Annotated[str, Field(description="The id of the response. Nothing is stored under it.")]
    object: Annotated[Literal["response"], Field(description="The kind of object.")]
    created_at: Annotated[Count, Field(description="The time of the request in seconds since 1970.")]
    model: Annotated[str, Field(description="The id of the model that answered.")]
    status: Annotated[Literal["in_progress", "completed", "incomplete"], Field(description="How far it is.")]
    error: Annotated[None, Field(description="Always null.")]
    incomplete_details: Annotated[dict[str, str] | None, Field(description="The `reason` that it was cut, if it was.")]
    output: Annotated[list[OutputItem], Field(description="The thoughts, then the message or the calls.")]
    usage: Annotated[ResponseUsage | None, Field(description="What it cost; null until the end of a stream.")]
    previous_response_id: Annotated[None, Field(description="Always null.")]
    instructions: Annotated[str | None, Field(description="As in the request.")]
    temperature: Annotated[float | None, Field(description="As in the request.")]
    top_p: Annotated[float | None, Field(description="As in the request.")]
    metadata: Annotated[dict[str, str], Field(description="As in the request.")]
    parallel_tool_calls: Annotated[bool, Field(description="As in the request, or true.")]
    reasoning: Annotated[dict[str, Any], Field(description="As in the request.")]
    text: Annotated[dict[str, Any], Field(description="As in the request, or the type `text`.")]
    tool_choice: Annotated[str | dict[str, Any], Field(description="As in the request, or `auto`.")]
    tools: Annotated[list[dict[str, Any]], Field(description="As in the request.")]


class ResponseEvent(AnswerPart):
    """One event of a stream. Which fields it has depends on its type."""

    type: Annotated[str, Field(description="Such as `response.output_text.delta`.")]
    sequence_number: Annotated[Count, Field(description="The number of the event, from 0.")]
    response: NotRequired[Annotated[Response, Field(description="In the first two events, and in the last.")]]
    output_index: NotRequired[Annotated[Count, Field(description="The number of the item.")]]
    item: NotRequired[Annotated[OutputItem, Field(description="The item, when it begins and when it is complete.")]]
    item_id: NotRequired[Annotated[str, Field(description="The id of the item.")]]
    content_index: NotRequired[Annotated[Count, Field(description="The number of the part.")]]
    summary_index: NotRequired[Annotated[Count, Field(description="The number of the part of a summary.")]]
    part: NotRequired[Annotated[OutputText, Field(description="The part, when it begins and when it is complete.")]]
    delta: NotRequired[Annotated[str, Field(description="The next piece of a text, or of arguments.")]]
    text: NotRequired[Annotated[str, Field(description="The whole text, once it is complete.")]]
    name: NotRequired[Annotated[str, Field(description="The function that is called.")]]
    arguments: NotRequired[Annotated[str, Field(description="The whole arguments, once they are complete.")]]
    logprobs: NotRequired[Annotated[list[Any], Field(description="Always empty.")]]


_RAINBOW = {"model": "gpt-5", "input": "What is a rainbow?"}
_RAIN = {"role": "user", "content": "Will it rain in Bremen?"}
_CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
_TOOLS = [{"type": "function", "name": "get_forecast", "description": "Get the weather forecast", "parameters": _CITY}]
_CALL = {"type": "function_call", "call_id": "call-1", "name": "get_forecast", "arguments": '{"city": "Bremen"}'}
_RESULT = {"type": "function_call_output", "call_id": "call-1", "output": "Rain until noon, 12 degrees."}
_KEYS = {"name": {"type": "string"}, "age": {"type": "integer"}}
_PERSON = {"type": "object", "properties": _KEYS, "required": ["name", "age"], "additionalProperties": False}
_FORMAT = {"format": {"type": "json_schema", "name": "person", "strict": True, "schema": _PERSON}}
_EXAMPLES: dict[str, dict[str, Any]] = {
    "A question": _RAINBOW | {"instructions": "You answer in one sentence."},
    "A stream of events": _RAINBOW | {"stream": True},
    "A tool": {"model": "gpt-4.1", "input": [_RAIN], "tools": _TOOLS},
    "The result of a tool": {"model": "gpt-4.1", "input": [_RAIN, _CALL, _RESULT], "tools": _TOOLS},
    "An answer under a JSON schema": {"model": "gpt-4.1", "input": "Ada is 36 years old.", "text": _FORMAT},
    "A limit that is too small": {"model": "gpt-oss-120b", "input": "What is a rainbow?", "max_output_tokens": 20},
}


@route("POST", "/responses", Response, body=ResponseRequest, chunk=ResponseEvent, examples=_EXAMPLES, bases=("/v2",))
def create(request: Request) -> Answer:
    """Create a response.

    OpenAI's newer form of a chat: the same questions, tools, JSON answers, and reasoning under other names. With
    `stream`, the answer comes as server-sent events, each with a type; the last is `response.completed` or
    `response.incomplete`.
    """
    body = request.body
    model = request.model("responses", "Ask POST /chat/completions, or choose a model that has both.")
    _check_parameters(request, model)
    form = body.text.format if body.text and body.text.format and body.text.format.type != "text" else None
    effort = body.reasoning.effort if body.reasoning else None
    only = body.tool_choice.name if isinstance(body.tool_choice, FlatChoice) else None
    mode = "required" if only else body.tool_choice or "auto"
    messages = _read_items(request.json)
    check_input(model, bool(body.tools), any(map(image_parts, messages)), "input")
    check_effort(model, effort, "reasoning.effort")
    check_tools(model, body.tools or [], [only] if only else [], mode)
    if form and form.type == "json_schema":
        check_format(model, form if form.name and form.schema_ is not None else None, "text.format")
    tools = [{"function": tool} for tool in request.json.get("tools") or [] if only in (None, tool["name"])]
    pictures = read_pictures(messages, request.host)
    schema = {"json_schema": form.schema_} if form and form.schema_ is not None else {}
    tokens = count_prompt({"messages": messages, "tools": tools, "response_format": schema}, pictures)
    task = Task(
        messages=messages,
        pictures=pictures,
        tools=tools,
        tool_mode=mode,
        parallel=body.parallel_tool_calls is not False,
        json_schema=form and (form.schema_ if form.type == "json_schema" else True),
        effort=effort,
        stop=None,
        temperature=request.temperature(),
    )
    choice = choose(task, model, request.seed(0), output_limit(model, tokens, body.max_output_tokens))
    response = _response(request, model, choice, tokens)
    headers = unanswered_headers(choice)
    return Answer(_events(response) if body.stream else response, response["usage"]["total_tokens"], headers)


def _check_parameters(request: Request, model: Model) -> None:
    """Raise ApiError (400) for what is not documented, what chat calls otherwise, and what the model does not take."""
    for name in _UNDOCUMENTED:
        if request.json.get(name):
            raise ApiError(400, f"The sandbox has no {name}. {_NOT_STORED}", name, "unsupported_parameter")
    for name, new in _MOVED.items():
        if name in request.json:
            message = f"Unsupported parameter: '{name}'. In the Responses API, this parameter has moved to '{new}'."
            raise ApiError(400, message, name, "unsupported_parameter")
    for name in ("temperature", "top_p") if model.hosting == "azure" and model.reasoning else ():
        if request.json.get(name) not in (None, 1):
            message = f"Unsupported parameter: '{name}' is not supported with this model. Leave it out."
            raise ApiError(400, message, name, "unsupported_parameter")


def _read_items(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return instructions and input as the messages of a chat. Raises ApiError (400) if a call has no result."""
    given = body["input"]
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    messages = [{"role": "system", "content": body["instructions"]}] if body.get("instructions") else []
    waiting: list[str] = []
    for item in items:
        kind = _checked(item).get("type", "message")
        if kind == "function_call":
            if not messages or "tool_calls" not in messages[-1]:
                messages.append({"role": "assistant", "content": None, "tool_calls": []})
            call = {"name": item["name"], "arguments": item["arguments"]}
            messages[-1]["tool_calls"].append({"id": item["call_id"], "type": "function", "function": call})
            waiting.append(item["call_id"])
        elif kind == "function_call_output":
            if item["call_id"] not in waiting:
                message = f"No tool call found for function call output with call_id {item['call_id']}."
                raise ApiError(400, message, "input")
            waiting.remove(item["call_id"])
            messages.append({"role": "tool", "tool_call_id": item["call_id"], "content": _read_content(item["output"])})
        elif kind == "message":
            messages.append({"role": item["role"], "content": _read_content(item["content"])})
    if waiting:
        raise ApiError(400, f"No tool output found for function call {waiting[0]}.", "input")
    return messages


def _read_content(content: Any) -> Any:
    if isinstance(content, str):
        return content
    parts = list(map(_checked, content))
    texts = [
        part["refusal" if part["type"] == "refusal" else "text"] for part in parts if part["type"] != "input_image"
    ]
    images = [part for part in parts if part["type"] == "input_image"]
    urls = [{"url": part["image_url"], "detail": part.get("detail")} for part in images]
    told = [{"type": "text", "text": text} for text in texts]
    return told + [{"type": "image_url", "image_url": url} for url in urls]


def _checked(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an item or a part. Raises ApiError (400) if it lacks what its type needs."""
    kind = entry.get("type", "message")
    if missing := [name for name in _NEEDS[kind] if entry.get(name) is None]:
        raise ApiError(400, f"The {kind} in the input needs {' and '.join(missing)}.", "input")
    return entry


def _response(request: Request, model: Model, choice: Choice, tokens: int) -> dict[str, Any]:
    body, used, is_cut = request.json, choice.token_count(), choice.finish_reason == "length"
    settings = {name: (body.get("reasoning") or {}).get(name) for name in ("effort", "summary")}
    return {
        "id": f"resp_{request.answer_digest}",
        "object": "response",
        "created_at": request.created,
        "model": model.id,
        "status": "incomplete" if is_cut else "completed",
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if is_cut else None,
        "output": list(_output(request.answer_digest, model, choice, bool(settings["summary"]))),
        "usage": {
            "input_tokens": tokens,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": used,
            "output_tokens_details": {"reasoning_tokens": len(choice.reasoning)},
            "total_tokens": tokens + used,
        },
        "previous_response_id": None,
        **{name: body.get(name) for name in ("instructions", "temperature", "top_p")},
        "metadata": body.get("metadata") or {},
        "parallel_tool_calls": body.get("parallel_tool_calls") is not False,
        "reasoning": settings,
        "text": body.get("text") or {"format": {"type": "text"}},
        "tool_choice": body.get("tool_choice") or "auto",
        "tools": body.get("tools") or [],
    }


def _output(digest: str, model: Model, choice: Choice, tell: bool) -> Iterator[dict[str, Any]]:
    """Give the items of an answer; `tell` asks for a summary of the thoughts."""
    is_cut = choice.finish_reason == "length"
    if choice.reasoning:
        thoughts = "".join(choice.reasoning)
        shown = model.reasoning and model.reasoning.field
        content = {"content": [{"type": "reasoning_text", "text": thoughts}]} if shown else {}
        status = "completed" if choice.tokens or choice.calls else "incomplete"
        summary = [{"type": "summary_text", "text": thoughts}] if tell else []
        yield {"type": "reasoning", "id": f"rs_{digest}", "status": status, "summary": summary} | content
    if choice.tokens:
        text = {"type": "output_text", "text": "".join(choice.tokens), "annotations": [], "logprobs": []}
        status = "incomplete" if is_cut else "completed"
        yield {"type": "message", "id": f"msg_{digest}", "status": status, "role": "assistant", "content": [text]}
    for number, call in enumerate(choice.calls):
        ids = {"id": f"fc_{digest}{number}", "call_id": f"call_{digest}{number}"}
        yield {"type": "function_call", "status": "completed"} | ids | call


def _events(response: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the events of a stream, numbered from 0."""
    begun = response | {"status": "in_progress", "output": [], "usage": None, "incomplete_details": None}
    events = [{"type": f"response.{name}", "response": begun} for name in ("created", "in_progress")]
    for index, item in enumerate(response["output"]):
        empty = {name: [] if isinstance(value, list) else value for name, value in item.items()}
        start = empty | {"status": "in_progress"} | ({"arguments": ""} if "arguments" in item else {})
        place = {"item_id": item["id"], "output_index": index}
        events.append({"type": "response.output_item.added", "output_index": index, "item": start})
        for name in ("summary", "content"):
            events += _part_events(name, item.get(name, []), place)
        if "arguments" in item:
            begin, whole = "response.function_call_arguments", item["arguments"]
            events += [{"type": f"{begin}.delta", "delta": token} | place for token in split_tokens(whole)]
            events.append({"type": f"{begin}.done", "name": item["name"], "arguments": whole} | place)
        events.append({"type": "response.output_item.done", "output_index": index, "item": item})
    events.append({"type": f"response.{response['status']}", "response": response})
    return ({"sequence_number": number} | event for number, event in enumerate(events))


def _part_events(name: str, parts: list[dict[str, Any]], place: dict[str, Any]) -> Iterator[dict[str, Any]]:
    around = "response.reasoning_summary_part" if name == "summary" else "response.content_part"
    for index, part in enumerate(parts):
        kind = f"response.{'reasoning_' if name == 'summary' else ''}{part['type']}"
        where = place | {f"{name}_index": index}
        extra = {"logprobs": []} if "logprobs" in part else {}
        yield {"type": f"{around}.added", "part": part | {"text": ""}} | where
        yield from ({"type": f"{kind}.delta", "delta": token} | where | extra for token in split_tokens(part["text"]))
        yield {"type": f"{kind}.done", "text": part["text"]} | where | extra
        yield {"type": f"{around}.done", "part": part} | where
