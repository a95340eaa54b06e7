"""What other services do differently, one thing at a time. A variant's docstring is its description on the site."""

import hashlib
from collections.abc import Callable
from typing import Any

from sandbox.catalogue import load_models
from tests.strange.service import Answer, Ask, Call, Variant, unchanged

VARIANTS: dict[str, Variant] = {"unchanged": unchanged}
_QUESTION = "In Celsius or in Fahrenheit?"
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
    """A stream brings the whole answer in one chunk."""
    answer = ask(call)
    if isinstance(answer.content, list):
        full = [chunk for chunk in answer.content if chunk["choices"]]
        merged = {choice["index"]: choice for chunk in reversed(full) for choice in chunk["choices"]}
        for chunk in full[1:]:
            for choice in chunk["choices"]:
                if choice is not merged[choice["index"]]:
                    _join(merged[choice["index"]], choice)
        rest = [chunk for chunk in answer.content if not chunk["choices"]]
        answer.content = [full[0] | {"choices": [merged[index] for index in sorted(merged)]}, *rest]
    return answer


@_variant
def first_chunk_without_choices(call: Call, ask: Ask) -> Answer:
    """A stream begins with a chunk without choices, as on Azure."""
    answer = ask(call)
    if isinstance(answer.content, list) and answer.content[0]["choices"]:
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
        if "role" in found and not found.get("content", "-"):
            found["content"] = None if found["content"] == "" else ""
        return found

    return _change(ask(call), swap)


@_variant
def extra_fields(call: Call, ask: Ask) -> Answer:
    """Every object of an answer has more fields than documented."""
    return _change(ask(call), lambda found: found | {"x_trace": {"id": 1, "tags": ["a"], "note": None}})


@_variant
def reasoning_under_another_name(call: Call, ask: Ask) -> Answer:
    """What a model thinks is in `reasoning_content`, not in `reasoning`."""
    names = {"reasoning": "reasoning_content"}
    return _change(ask(call), lambda found: {names.get(name, name): value for name, value in found.items()})


@_variant
def no_reasoning(call: Call, ask: Ask) -> Answer:
    """What a model thinks is not shown."""
    return _change(ask(call), lambda found: {name: value for name, value in found.items() if name != "reasoning"})


# Function calling.


@_variant
def asks_back(call: Call, ask: Ask) -> Answer:
    """The model asks a question back before it calls a function, unless it has to call one."""
    messages = call.body.get("messages") or [{}]
    free = call.body.get("tool_choice") in (None, "auto")
    if not call.body.get("tools") or not free or any(message.get("role") == "tool" for message in messages):
        return ask(call)
    for name in ("tools", "tool_choice", "parallel_tool_calls"):
        call.body.pop(name, None)
    answer = ask(call)
    for chunk in answer.content if isinstance(answer.content, list) else [answer.content]:
        for choice in chunk.get("choices", []):
            message = choice.get("message") or choice["delta"]
            if message.get("content"):
                message["content"] = _QUESTION
    if isinstance(answer.content, list):
        texts = [chunk for chunk in answer.content if chunk["choices"] and chunk["choices"][0]["delta"].get("content")]
        answer.content = [chunk for chunk in answer.content if chunk not in texts[1:]]
    return answer


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
            return change({name: walk(inner) for name, inner in value.items()})
        # Vectors have numbers only.
        return [walk(inner) for inner in value] if isinstance(value, list) and not _is_vector(value) else value

    answer.content = walk(answer.content)
    return answer


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
