"""What other services do differently, one thing at a time. A variant's docstring is its description on the site."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from sandbox.catalogue import load_models
from tests.strange.service import Answer, Ask, Call, Variant, unchanged

VARIANTS: dict[str, Variant] = {"unchanged": unchanged}
_QUESTION = "In Celsius or in Fahrenheit?"
_REFUSAL = "I'm sorry, I can't help with that."
_PAGE = b"<!DOCTYPE html><html><head><title>%d</title></head><body><h1>The request failed</h1></body></html>"


def _variant(function: Variant) -> Variant:
    VARIANTS[function.__name__.replace("_", "-")] = function
    return function


# Streams.


@_variant
def nulls_left_out(call: Call, ask: Ask) -> Answer:
    """Fields that are null are left out, in chunks and in whole answers."""
    return _change(ask(call), lambda found: {name: value for name, value in found.items() if value is not None})


@_variant
def one_large_chunk(call: Call, ask: Ask) -> Answer:
    """A stream brings the whole answer in one chunk, or each part of a response in one event."""
    return _in_one_piece(ask(call))


@_variant
def first_chunk_without_choices(call: Call, ask: Ask) -> Answer:
    """A stream begins with a chunk without choices, as on Azure."""
    answer = ask(call)
    if isinstance(answer.content, list) and _choices(answer.content[0]):
        answer.content.insert(0, answer.content[0] | {"choices": [], "prompt_filter_results": []})
    return answer


@_variant
def no_usage_in_streams(call: Call, ask: Ask) -> Answer:
    """A stream has no usage, even when it is asked for."""
    call.body.pop("stream_options", None)
    return ask(call)


@_variant
def comments_in_streams(call: Call, ask: Ask) -> Answer:
    """A stream has comment lines between its chunks, which keep the connection alive."""
    if call.body.get("stream"):
        call.headers["x-sandbox-fault"] = "comments"
    return ask(call)


@_variant
def slow_first_byte(call: Call, ask: Ask) -> Answer:
    """The first byte of an answer takes its time."""
    answer = ask(call)
    answer.delay += 0.1
    return answer


# Answers.


@_variant
def empty_text_for_null(call: Call, ask: Ask) -> Answer:
    """The content is an empty text where it is null elsewhere, and null where it is an empty text."""

    def swap(found: dict[str, Any]) -> dict[str, Any]:
        if "role" in found and found.get("content", "-") in ("", None):
            found["content"] = None if found["content"] == "" else ""
        return found

    return _change(ask(call), swap)


@_variant
def extra_fields(call: Call, ask: Ask) -> Answer:
    """Every object of an answer has more fields than documented."""

    def extend(found: dict[str, Any]) -> dict[str, Any]:
        if "metadata" in found:  # notes of the caller, so it comes back as it was
            found["metadata"].pop("x_trace")
        return found | {"x_trace": {"id": 1, "tags": ["a"], "note": None}}

    return _change(ask(call), extend)


# Reasoning.


@_variant
def reasoning_under_another_name(call: Call, ask: Ask) -> Answer:
    """What a model thinks is in `reasoning_content`, not in `reasoning`."""

    def rename(found: dict[str, Any]) -> dict[str, Any]:
        # A response repeats the settings of its request under this name, as an object.
        names = {} if isinstance(found.get("reasoning"), dict) else {"reasoning": "reasoning_content"}
        return {names.get(name, name): value for name, value in found.items()}

    return _change(ask(call), rename)


@_variant
def no_reasoning(call: Call, ask: Ask) -> Answer:
    """What a model thinks is not shown; a response begins with its message."""
    answer = ask(call)
    if isinstance(answer.content, list):
        events = answer.content
        hidden = {event["output_index"] for event in events if event.get("item", {}).get("type") == "reasoning"}
        answer.content = [event for event in events if event.get("output_index") not in hidden]
        for event in answer.content:
            if "output_index" in event:
                event["output_index"] -= len(hidden)

    def hide(found: dict[str, Any]) -> dict[str, Any]:
        if "output" in found:
            return found | {"output": [item for item in found["output"] if item["type"] != "reasoning"]}
        return {name: value for name, value in found.items() if name != "reasoning"}

    return _change(answer, hide)


@_variant
def thoughts_in_the_content(call: Call, ask: Ask) -> Answer:
    """The content of a chat begins with what the model thinks, between `<think>` and `</think>`."""
    answer = ask(call)
    seen: dict[int, str] = {}
    for chunk in answer.content if isinstance(answer.content, list) else [answer.content]:
        for choice in _choices(chunk):
            part = choice.get("message") or choice.get("delta", {})
            text = part.pop("reasoning", None) or ""
            if text and choice["index"] not in seen:
                text = "<think>\n" + text
                seen[choice["index"]] = "\n</think>\n\n"
            if part.get("content") or part.get("tool_calls"):
                text += seen.pop(choice["index"], "")
            if text:
                part["content"] = text + (part.get("content") or "")
    return answer


@_variant
def reasoning_not_counted(call: Call, ask: Ask) -> Answer:
    """The usage does not say how many tokens were thoughts."""
    details = ("completion_tokens_details", "output_tokens_details")
    return _change(ask(call), lambda found: {name: value for name, value in found.items() if name not in details})


@_variant
def effort_none_or_high(call: Call, ask: Ask) -> Answer:
    """A model thinks or does not: it accepts the efforts `none` and `high` only, and the error says so."""
    effort = call.body.get("reasoning_effort") or (call.body.get("reasoning") or {}).get("effort")
    if effort in (None, "none", "high"):
        return ask(call)
    return _error(400, f"reasoning_effort {effort!r} is not supported. Supported values: 'none' and 'high'.")


@_variant
def effort_ignored(call: Call, ask: Ask) -> Answer:
    """The effort of reasoning is ignored."""
    call.body.pop("reasoning_effort", None)
    call.body.pop("reasoning", None)
    return ask(call)


# JSON.


@_variant
def json_schema_refused(call: Call, ask: Ask) -> Answer:
    """JSON schemas are refused."""
    return _error(400, "json_schema is not supported.") if _json_format(call) == "json_schema" else ask(call)


@_variant
def json_object_refused(call: Call, ask: Ask) -> Answer:
    """JSON without a schema is refused."""
    refused = _json_format(call) == "json_object"
    return _error(400, "The type of the format has to be 'json_schema' or 'text'.") if refused else ask(call)


@_variant
def json_formats_ignored(call: Call, ask: Ask) -> Answer:
    """`response_format` and `text.format` are ignored, so the answer is prose."""
    call.body.pop("response_format", None)
    call.body.pop("text", None)
    return ask(call)


@_variant
def json_in_a_code_fence(call: Call, ask: Ask) -> Answer:
    """An answer in JSON is inside a code fence."""
    answer = ask(call)
    return _rewrite(answer, lambda text: f"```json\n{text}\n```") if _json_format(call) != "text" else answer


@_variant
def schema_declined(call: Call, ask: Ask) -> Answer:
    """Where a schema asks for JSON, the message has a `refusal` and no content."""
    answer = ask(call)
    if _json_format(call) != "json_schema" or not isinstance(answer.content, dict):
        return answer

    def decline(found: dict[str, Any]) -> dict[str, Any]:
        if isinstance(found.get("content"), str):
            return found | {"content": None, "refusal": _REFUSAL}
        return {"type": "refusal", "refusal": _REFUSAL} if found.get("type") == "output_text" else found

    return _change(answer, decline)


# Responses.


@_variant
def no_responses(call: Call, ask: Ask) -> Answer:
    """There is no `/responses`."""
    return _error(404, "Not Found") if call.path.endswith("/responses") else ask(call)


@_variant
def no_usage_in_responses(call: Call, ask: Ask) -> Answer:
    """The `usage` of a response is null."""
    return _change(ask(call), lambda found: found | ({"usage": None} if found.get("object") == "response" else {}))


@_variant
def sparse_responses(call: Call, ask: Ask) -> Answer:
    """A response has its output, status, and usage, and little else; events have no numbers, as from llama.cpp."""
    kept = ("id", "object", "created_at", "model", "status", "output", "usage")
    numbers = ("sequence_number", "output_index", "content_index")

    def thin(found: dict[str, Any]) -> dict[str, Any]:
        is_response = found.get("object") == "response"
        return {name: found[name] for name in found if (name in kept if is_response else name not in numbers)}

    return _change(ask(call), thin)


# Images.


@_variant
def no_images(call: Call, ask: Ask) -> Answer:
    """There is neither `/images/generations` nor `/images/edits`."""
    return _error(404, "Not Found") if "/images/" in call.path else ask(call)


@_variant
def only_prompts_for_images(call: Call, ask: Ask) -> Answer:
    """Requests for an image may have no more than `model` and `prompt`."""
    more = call.path.endswith("/images/generations") and call.body.keys() - {"model", "prompt"}
    return _error(400, f"Unknown parameter: {sorted(more)}") if more else ask(call)


# Visual RAG.


@_variant
def no_visual_rag(call: Call, ask: Ask) -> Answer:
    """The key has no access to `/v1`: status 403."""
    answer = ask(call)
    is_refused = call.path.startswith("/v1/") and answer.status == 200
    return _error(403, "This key has no access to Visual RAG.") if is_refused else answer


# Function calling.


@_variant
def asks_back(call: Call, ask: Ask) -> Answer:
    """The model asks a question back before it calls a function, unless it has to call one."""
    free = call.body.get("tool_choice") in (None, "auto")
    # The result of a call has a `tool_call_id` in a chat, and a `call_id` in a response.
    if not call.body.get("tools") or not free or "call_id" in str(call.body):
        return ask(call)
    for name in ("tools", "tool_choice", "parallel_tool_calls"):
        call.body.pop(name, None)
    return _rewrite(ask(call), lambda _: _QUESTION)


@_variant
def one_call_at_a_time(call: Call, ask: Ask) -> Answer:
    """The model calls one function at a time, never two at once."""
    if call.body.get("tools"):
        call.body["parallel_tool_calls"] = False
    return ask(call)


@_variant
def tool_choice_refused(call: Call, ask: Ask) -> Answer:
    """`tool_choice` other than `auto` and `none` is refused."""
    refused = call.body.get("tool_choice") not in (None, "auto", "none")
    return _error(400, "This tool_choice is not supported.") if refused else ask(call)


# Models.


@_variant
def only_open_models(call: Call, ask: Ask) -> Answer:
    """The key sees open models only."""
    return _only(call, ask, lambda model: str(model["meta_data"]["source_type"]).upper().startswith("OPEN"))


@_variant
def only_gpt_5(call: Call, ask: Ask) -> Answer:
    """The key sees one model only, `gpt-5`, which takes neither `max_tokens` nor `temperature`."""
    return _only(call, ask, lambda model: model["id"] == "gpt-5")


@_variant
def unknown_names(call: Call, ask: Ask) -> Answer:
    """All models have names that say nothing about them."""
    known = {_unknown(name): name for name in [*load_models()]}
    if name := call.body.get("model"):
        call.body["model"] = known.get(name, f"no-{name}")
    before, slash, name = call.path.partition("/models/")
    call.path = before + slash + known.get(name, f"no-{name}" if name else "")
    answer = ask(call)

    def rename(found: dict[str, Any]) -> dict[str, Any]:
        names = known.values()
        return found | {key: _unknown(found[key]) for key in ("id", "model") if found.get(key) in names}

    return _change(answer, rename)


@_variant
def no_meta_data(call: Call, ask: Ask) -> Answer:
    """Models have no `meta_data`."""
    return _change(ask(call), lambda found: {name: value for name, value in found.items() if name != "meta_data"})


@_variant
def meta_data_null(call: Call, ask: Ask) -> Answer:
    """The `meta_data` of every second model is null."""
    answer = ask(call)
    for model in _listed(answer)[::2]:
        model["meta_data"] = None
    return answer


@_variant
def meta_data_with_nulls(call: Call, ask: Ask) -> Answer:
    """Every second value in `meta_data` is null."""
    answer = ask(call)
    for number, model in enumerate(_listed(answer)):
        for name in list(model["meta_data"])[number % 2 :: 2]:
            model["meta_data"][name] = None
    return answer


@_variant
def no_single_model(call: Call, ask: Ask) -> Answer:
    """There is no GET /models/{id}."""
    return _error(404, "Not Found") if "/models/" in call.path else ask(call)


@_variant
def vision_equals_v2(call: Call, ask: Ask) -> Answer:
    """`/vision` has the same models as `/v2`."""
    if call.path.startswith("/vision/"):
        call.path = "/v2/" + call.path.removeprefix("/vision/")
    return ask(call)


@_variant
def no_vision_path(call: Call, ask: Ask) -> Answer:
    """There is no `/vision`."""
    return _error(404, "Not Found") if call.path.startswith("/vision/") else ask(call)


# Parameters.


@_variant
def temperature_refused(call: Call, ask: Ask) -> Answer:
    """`temperature` is refused."""
    refused = call.body.get("temperature") not in (None, 1)
    return _error(400, "Unsupported value: 'temperature' is not supported with this model.") if refused else ask(call)


@_variant
def max_tokens_refused(call: Call, ask: Ask) -> Answer:
    """`max_tokens` of a chat is refused."""
    refused = call.path.endswith("/chat/completions") and "max_tokens" in call.body
    return _error(400, "'max_tokens' is not supported. Use 'max_completion_tokens'.") if refused else ask(call)


@_variant
def n_and_seed_ignored(call: Call, ask: Ask) -> Answer:
    """`n` and `seed` are ignored."""
    call.body.pop("n", None)
    call.body.pop("seed", None)
    return ask(call)


@_variant
def image_not_fetched(call: Call, ask: Ask) -> Answer:
    """The service cannot fetch an image by its URL."""
    for message in call.body.get("messages") or []:
        for part in message["content"] if isinstance(message.get("content"), list) else []:
            if part.get("type") == "image_url" and not part["image_url"]["url"].startswith("data:"):
                return _error(400, "The image could not be fetched: the host answered with status 403.")
    return ask(call)


# Errors.


@_variant
def status_422(call: Call, ask: Ask) -> Answer:
    """Status 422 instead of 400."""
    answer = ask(call)
    answer.status = 422 if answer.status == 400 else answer.status
    return answer


@_variant
def unknown_model_400(call: Call, ask: Ask) -> Answer:
    """Status 400 instead of 404 for an unknown model."""
    return _unknown_model(call, ask, 400)


@_variant
def unknown_model_403(call: Call, ask: Ask) -> Answer:
    """Status 403 instead of 404 for an unknown model."""
    return _unknown_model(call, ask, 403)


@_variant
def errors_as_text(call: Call, ask: Ask) -> Answer:
    """Errors come as plain text."""
    answer = ask(call)
    if answer.status >= 400:
        answer.content, answer.headers["content-type"] = b"The request failed", "text/plain"
    return answer


@_variant
def errors_as_page(call: Call, ask: Ask) -> Answer:
    """Errors come as a web page, as from a gateway."""
    answer = ask(call)
    if answer.status >= 400:
        answer.content, answer.headers["content-type"] = _PAGE % answer.status, "text/html"
    return answer


@_variant
def errors_as_openai(call: Call, ask: Ask) -> Answer:
    """Errors come as `{"error": ...}`, as from OpenAI."""
    answer = ask(call)
    if isinstance(answer.content, dict) and "detail" in answer.content:
        message = str(answer.content["detail"])
        answer.content = {"error": {"message": message, "type": "error", "param": None, "code": None}}
    return answer


@_variant
def errors_passed_on(call: Call, ask: Ask) -> Answer:
    """Errors come as `{"detail": ...}` with a text that has the error of a server behind it as JSON."""
    answer = ask(call)
    if answer.status >= 400 and isinstance(answer.content, dict):
        answer.content = {"detail": f"Error: {answer.status} - {json.dumps(answer.content)}"}
    return answer


# Limits.


@_variant
def every_second_refused(call: Call, ask: Ask) -> Answer:
    """Every second request is one too many: status 429, and trying again at once helps."""
    answer = ask(call)
    if answer.status < 400 and call.method == "POST" and call.number % 2:
        answer = _error(429, "Too many requests.")
        answer.headers["retry-after-ms"] = "1"
    return answer


@_variant
def other_headers(call: Call, ask: Ask) -> Answer:
    """Answers have an `x-request-id`, and all that they tell of rate limits is `x-ratelimit-reset-tokens: 6m0s`."""
    answer = ask(call)
    if call.method == "POST":
        kept = {name: value for name, value in answer.headers.items() if not name.startswith("x-ratelimit-")}
        answer.headers = kept | {"x-request-id": f"req-{call.number}", "x-ratelimit-reset-tokens": "6m0s"}
    return answer


# The machine.


@_variant
def nameless(call: Call, ask: Ask) -> Answer:
    """Nothing says that it is the sandbox, and the image of the API reference cannot be downloaded."""
    answer = ask(call)
    answer.headers = {name: value for name, value in answer.headers.items() if not name.startswith("x-sandbox")}
    return answer


def _change(answer: Answer, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Answer:
    """Change every object in an answer, the inner ones first."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            # What a response repeats of its request is no part of the answer.
            kept = {name: value[name] for name in ("metadata", "tools", "text") if value.get("object") == "response"}
            return change({name: walk(inner) for name, inner in value.items()} | kept)
        # Vectors have numbers only.
        return [walk(inner) for inner in value] if isinstance(value, list) and not _is_vector(value) else value

    answer.content = walk(answer.content)
    return answer


def _choices(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the choices of a chat or of a chunk; a response, its events, and errors have none."""
    return content.get("choices", [])


def _json_format(call: Call) -> str:
    form = call.body.get("response_format") or (call.body.get("text") or {}).get("format") or {}
    return form.get("type", "text")


def _in_one_piece(answer: Answer) -> Answer:
    """Join the chunks of a stream, and events that follow each other and add to the same text."""
    if not isinstance(answer.content, list):
        return answer
    full = [chunk for chunk in answer.content if _choices(chunk)]
    merged: dict[int, Any] = {}
    for choice in (choice for chunk in full for choice in chunk["choices"]):
        if choice is not merged.setdefault(choice["index"], choice):
            _join(merged[choice["index"]], choice)
    joined = [full[0] | {"choices": [merged[index] for index in sorted(merged)]}] if full else []
    for chunk in answer.content:
        if joined and "delta" in chunk and chunk["type"] == joined[-1]["type"]:
            joined[-1]["delta"] += chunk["delta"]
        elif not _choices(chunk):
            joined.append(chunk)
    answer.content = joined
    return answer


def _rewrite(answer: Answer, rewrite: Callable[[str], str]) -> Answer:
    """Change the text of an answer, which comes in one piece then."""

    def change(found: dict[str, Any]) -> dict[str, Any]:
        is_text = "output_text" in str(found.get("type"))
        names = ("text", "delta") if is_text else ("content",) if "role" in found else ()
        return found | {
            name: rewrite(found[name]) for name in names if isinstance(found.get(name), str) and found[name]
        }

    return _change(_in_one_piece(answer), change)


def _is_vector(value: list[Any]) -> bool:
    return bool(value) and isinstance(value[0], float)


def _join(first: dict[str, Any], more: dict[str, Any]) -> None:
    """Add what a later chunk has to a choice, or to a part of it, of the first one."""
    for name, value in more.items():
        if isinstance(first.get(name), str) and isinstance(value, str) and name not in ("role", "finish_reason"):
            first[name] += value
        elif isinstance(first.get(name), dict) and isinstance(value, dict):
            _join(first[name], value)
        elif name == "tool_calls":
            for piece in value:
                known = [one for one in first.setdefault(name, []) if one["index"] == piece["index"]]
                _join(known[0], piece) if known else first[name].append(piece)
        elif isinstance(first.get(name), list) and isinstance(value, list):
            first[name] += value
        elif value is not None:
            first[name] = value


def _listed(answer: Answer) -> list[dict[str, Any]]:
    """Return the models of an answer, one or many."""
    content = answer.content if isinstance(answer.content, dict) else {}
    return [model for model in [content, *content.get("data", [])] if "meta_data" in model]


def _only(call: Call, ask: Ask, offers: Callable[[dict[str, Any]], bool]) -> Answer:
    """Answer as a service that offers some of its models only."""
    listing = Call("GET", f"/{call.path.split('/')[1]}/models", call.headers, {})
    listed = ask(listing)
    if listed.status != 200:
        return ask(call)
    offered = [model for model in _listed(listed) if offers(model)]
    if call.path == listing.path:
        listed.content["data"] = offered
        return listed
    wanted = call.path.partition("/models/")[2] or call.body.get("model")
    if wanted and wanted not in [model["id"] for model in offered]:
        return _error(404, f"The model {wanted!r} does not exist, or your key has no access to it.")
    return ask(call)


def _unknown(name: str) -> str:
    return f"model-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _unknown_model(call: Call, ask: Ask, status: int) -> Answer:
    answer = ask(call)
    if answer.status == 404 and "/assets/" not in call.path and "The model" in str(answer.content):
        answer.status = status
    return answer


def _error(status: int, detail: str) -> Answer:
    return Answer(status, {"detail": detail})
