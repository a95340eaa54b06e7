"""The lessons against services that differ from the sandbox: each variant, and the runner's verdicts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from notebook_checks import SETUP

from tests.strange.service import Answer, StrangeService
from tests.strange.variants import VARIANTS
from tools.checked_against import load
from tools.lessons import load_lessons
from tools.strange import main
from tools.website.checked_against import PLACEHOLDER, insert_checks

CHAT = "/v2/chat/completions"
QUESTION = {"model": "gpt-oss-120b", "messages": [{"role": "user", "content": "What is a token?"}]}
STREAM = QUESTION | {"stream": True, "stream_options": {"include_usage": True}}
WEATHER = {
    "type": "function",
    "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}
CITIES = QUESTION | {
    "messages": [{"role": "user", "content": "What's the weather in Hamburg and in Paris?"}],
    "tools": [WEATHER],
}
IMAGE = {"type": "image_url", "image_url": {"url": "http://127.0.0.1/assets/boardwalk.jpg"}}
LOOK = {
    "model": "llava-v1.6-34b",
    "messages": [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, IMAGE]}],
}
UNKNOWN = QUESTION | {"model": "nobody"}
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
FORMAT = {"name": "place", "strict": True, "schema": SCHEMA}
PLACE = {
    "model": "gpt-4.1",
    "messages": [{"role": "user", "content": "I live in Hamburg. Answer in JSON."}],
    "response_format": {"type": "json_schema", "json_schema": FORMAT},
}
OBJECT = PLACE | {"response_format": {"type": "json_object"}}
RESPONSES = "/v2/responses"
RESPONSE = {"model": "gpt-oss-120b", "input": "What is a token?"}
IMAGES, BOAT = "/v2/images/generations", {"model": "gpt-image-1", "prompt": "A red boat"}
RESPONSE_PLACE = {
    "model": "gpt-4.1",
    "input": "I live in Hamburg.",
    "text": {"format": {"type": "json_schema"} | FORMAT},
}


def ask(service: StrangeService, path: str, body: dict[str, Any] | None = None) -> Answer:
    headers = {"host": "127.0.0.1", "authorization": "Bearer sandbox", "content-type": "application/json"}
    sent = json.dumps(body).encode() if body else b""
    return Answer.read(service.handle("POST" if body else "GET", path, headers, sent))


def texts(answer: Answer) -> list[str]:
    """The pieces of text of a stream, those of its thinking left out."""
    pieces = [choice["delta"].get("content") for chunk in answer.content for choice in chunk["choices"]]
    return [piece for piece in pieces if piece]


def message(answer: Answer) -> dict[str, Any]:
    return answer.content["choices"][0]["message"]


def models(answer: Answer) -> list[dict[str, Any]]:
    return answer.content["data"]


def detail(answer: Answer) -> str:
    return answer.content["detail"]


# For each variant a request, and what of its answer differs from the sandbox's: a function, and the two values.
CHANGES: dict[str, tuple[str, dict[str, Any] | None, Callable[[Answer], Any], Any, Any]] = {
    "nulls-left-out": (CHAT, STREAM, lambda a: "finish_reason" in a.content[1]["choices"][0], True, False),
    "one-large-chunk": (CHAT, STREAM, lambda a: len(texts(a)) > 1, True, False),
    "first-chunk-without-choices": (CHAT, STREAM, lambda a: len(a.content[0]["choices"]), 1, 0),
    "no-usage-in-streams": (CHAT, STREAM, lambda a: bool(a.content[-1].get("usage")), True, False),
    "comments-in-streams": (CHAT, STREAM, lambda a: a.content[0] == b":\n\n", False, True),
    "slow-first-byte": (CHAT, QUESTION, lambda a: a.delay, 0, 0.1),
    "empty-text-for-null": (CHAT, CITIES, lambda a: message(a)["content"], None, ""),
    "extra-fields": (CHAT, QUESTION, lambda a: "x_trace" in message(a), False, True),
    "reasoning-under-another-name": (CHAT, QUESTION, lambda a: "reasoning_content" in message(a), False, True),
    "no-reasoning": (CHAT, QUESTION, lambda a: "reasoning" in message(a), True, False),
    "thoughts-in-the-content": (CHAT, QUESTION, lambda a: message(a)["content"].startswith("<think>\n"), False, True),
    "reasoning-not-counted": (CHAT, QUESTION, lambda a: "completion_tokens_details" in a.content["usage"], True, False),
    "effort-none-or-high": (CHAT, QUESTION | {"reasoning_effort": "low"}, lambda a: a.status, 200, 400),
    "effort-ignored": (
        RESPONSES,
        RESPONSE | {"reasoning": {"effort": "low"}},
        lambda a: a.content["reasoning"]["effort"],
        "low",
        None,
    ),
    "json-schema-refused": (RESPONSES, RESPONSE_PLACE, lambda a: a.status, 200, 400),
    "json-object-refused": (CHAT, OBJECT, lambda a: a.status, 200, 400),
    "json-formats-ignored": (CHAT, PLACE, lambda a: message(a)["content"][0] == "{", True, False),
    "json-in-a-code-fence": (CHAT, PLACE, lambda a: message(a)["content"][:8] == "```json\n", False, True),
    "schema-declined": (CHAT, PLACE, lambda a: message(a)["content"] is None, False, True),
    "no-responses": (RESPONSES, RESPONSE, lambda a: a.status, 200, 404),
    "no-usage-in-responses": (RESPONSES, RESPONSE, lambda a: a.content["usage"] is None, False, True),
    "sparse-responses": (RESPONSES, RESPONSE, lambda a: "error" in a.content, True, False),
    "no-images": (IMAGES, BOAT, lambda a: a.status, 200, 404),
    "only-prompts-for-images": (IMAGES, BOAT | {"n": 1}, lambda a: a.status, 200, 400),
    "no-visual-rag": ("/v1/files", None, lambda a: a.status, 200, 403),
    "asks-back": (CHAT, CITIES, lambda a: message(a)["content"], None, "In Celsius or in Fahrenheit?"),
    "one-call-at-a-time": (CHAT, CITIES, lambda a: len(message(a)["tool_calls"]), 2, 1),
    "tool-choice-refused": (CHAT, CITIES | {"tool_choice": "required"}, lambda a: a.status, 200, 400),
    "only-open-models": (
        "/v2/models",
        None,
        lambda a: {model["meta_data"]["source_type"] for model in models(a)},
        {"OPEN SOURCE", "PROPRIETARY"},
        {"OPEN SOURCE"},
    ),
    "only-gpt-5": ("/v2/models", None, lambda a: len(models(a)) > 1, True, False),
    "unknown-names": ("/v2/models", None, lambda a: any("gpt" in model["id"] for model in models(a)), True, False),
    "no-meta-data": ("/v2/models", None, lambda a: "meta_data" in models(a)[0], True, False),
    "meta-data-null": ("/v2/models", None, lambda a: models(a)[0]["meta_data"] is None, False, True),
    "meta-data-with-nulls": ("/v2/models", None, lambda a: None in models(a)[0]["meta_data"].values(), False, True),
    "no-single-model": ("/v2/models/gpt-oss-120b", None, lambda a: a.status, 200, 404),
    "vision-equals-v2": ("/vision/models", None, lambda a: "llava" in str(a.content), True, False),
    "no-vision-path": ("/vision/models", None, lambda a: a.status, 200, 404),
    "temperature-refused": (CHAT, QUESTION | {"temperature": 0.1}, lambda a: a.status, 200, 400),
    "max-tokens-refused": (CHAT, QUESTION | {"max_tokens": 300}, lambda a: a.status, 200, 400),
    "n-and-seed-ignored": (CHAT, QUESTION | {"n": 2, "seed": 1}, lambda a: len(a.content["choices"]), 2, 1),
    "image-not-fetched": ("/vision/chat/completions", LOOK, lambda a: a.status, 200, 400),
    "status-422": (CHAT, QUESTION | {"max_tokens": 0}, lambda a: a.status, 400, 422),
    "unknown-model-400": (CHAT, UNKNOWN, lambda a: a.status, 404, 400),
    "unknown-model-403": (CHAT, UNKNOWN, lambda a: a.status, 404, 403),
    "errors-as-text": (CHAT, UNKNOWN, lambda a: a.content == b"The request failed", False, True),
    "errors-as-page": (CHAT, UNKNOWN, lambda a: a.headers["content-type"], "application/json", "text/html"),
    "errors-as-openai": (CHAT, UNKNOWN, lambda a: list(a.content), ["detail"], ["error"]),
    "errors-passed-on": (CHAT, UNKNOWN, lambda a: detail(a)[:13], "The model 'no", "Error: 404 - "),
    "every-second-refused": (CHAT, QUESTION, lambda a: a.status, 200, 429),
    "other-headers": (CHAT, QUESTION, lambda a: "x-request-id" in a.headers, False, True),
    "nameless": (CHAT, QUESTION, lambda a: "x-sandbox" in a.headers, True, False),
}


def test_each_variant_is_tried() -> None:
    assert list(VARIANTS) == ["unchanged", *CHANGES]
    assert all(variant.__doc__ for variant in VARIANTS.values())


@pytest.mark.parametrize("name", CHANGES)
def test_a_variant_changes_what_it_says(name: str) -> None:
    path, body, look, usual, strange = CHANGES[name]
    assert look(ask(StrangeService(), path, body)) == usual
    service = StrangeService(VARIANTS[name])
    assert look(ask(service, path, body)) == strange
    assert service.changed == 1


@pytest.mark.parametrize("name", VARIANTS)
def test_a_wrong_key_stays_wrong(name: str) -> None:
    service = StrangeService(VARIANTS[name])
    for path, body in (("/v2/models", b""), (CHAT, json.dumps(QUESTION).encode())):
        reply = service.handle("POST" if body else "GET", path, {"host": "127.0.0.1"}, body)
        assert reply.status == 401


def test_an_answer_in_one_chunk_has_all_of_it() -> None:
    for body in (STREAM, STREAM | CITIES, STREAM | {"n": 2}):
        plain = ask(StrangeService(), CHAT, body)
        answer = ask(StrangeService(VARIANTS["one-large-chunk"]), CHAT, body)
        chunk, usage = answer.content
        assert usage["usage"] == plain.content[-1]["usage"]
        for choice in chunk["choices"]:
            pieces = [one for c in plain.content for one in c["choices"] if one["index"] == choice["index"]]
            for name in ("content", "reasoning"):
                text = "".join(piece["delta"].get(name) or "" for piece in pieces)
                assert (choice["delta"].get(name) or "") == text
            assert choice["finish_reason"] == pieces[-1]["finish_reason"]
            calls = choice["delta"].get("tool_calls", [])
            assert [json.loads(call["function"]["arguments"]) for call in calls] == (
                [{"city": "Hamburg"}, {"city": "Paris"}] if "tools" in body else []
            )


def test_a_model_under_another_name_answers() -> None:
    service = StrangeService(VARIANTS["unknown-names"])
    name = models(ask(service, "/v2/models"))[0]["id"]
    assert ask(service, f"/v2/models/{name}").content["id"] == name
    answer = ask(service, CHAT, QUESTION | {"model": name})
    assert answer.status == 200
    assert answer.content["model"] == name
    assert ask(service, CHAT, QUESTION).status == 404


def test_a_key_that_sees_few_models_can_use_no_others() -> None:
    service = StrangeService(VARIANTS["only-gpt-5"])
    assert ask(service, CHAT, QUESTION).status == 404
    assert ask(service, "/v2/models/gpt-oss-120b").status == 404
    assert ask(service, CHAT, QUESTION | {"model": "gpt-5"}).status == 200


def test_tokens_of_streams_without_usage_are_counted() -> None:
    service = StrangeService()
    usage = ask(service, CHAT, QUESTION | {"temperature": 0}).content["usage"]
    ask(service, CHAT, QUESTION | {"temperature": 0, "stream": True})
    assert (service.tokens_in, service.tokens_out) == (2 * usage["prompt_tokens"], 2 * usage["completion_tokens"])


EVENTS = RESPONSE | {"stream": True}


def event_types(answer: Answer) -> list[str]:
    return [event["type"] for event in answer.content]


def test_events_pass_as_they_are() -> None:
    headers = {"host": "127.0.0.1", "authorization": "Bearer sandbox", "content-type": "application/json"}
    service = StrangeService()
    reply = service.handle("POST", RESPONSES, headers, json.dumps(EVENTS).encode())
    body = b"".join(piece for _, piece in reply.pieces)
    assert body.startswith(b"event: response.created\ndata: {")
    assert b"[DONE]" not in body
    usage = ask(StrangeService(), RESPONSES, RESPONSE).content["usage"]
    assert (service.tokens_in, service.tokens_out) == (usage["input_tokens"], usage["output_tokens"])


def test_each_part_of_a_response_is_one_event() -> None:
    answer = ask(StrangeService(VARIANTS["one-large-chunk"]), RESPONSES, EVENTS)
    whole = answer.content[-1]["response"]
    deltas = [event["delta"] for event in answer.content if "delta" in event]
    assert deltas == [part["text"] for item in whole["output"] for part in item["content"]]


def test_a_response_without_thoughts_begins_with_its_message() -> None:
    answer = ask(StrangeService(VARIANTS["no-reasoning"]), RESPONSES, EVENTS)
    assert [item["type"] for item in answer.content[-1]["response"]["output"]] == ["message"]
    assert {event["output_index"] for event in answer.content if "output_index" in event} == {0}
    assert not any("reasoning" in kind for kind in event_types(answer))


def test_thoughts_in_the_content_end_where_the_answer_begins() -> None:
    plain = ask(StrangeService(), CHAT, STREAM)
    deltas = [choice["delta"] for chunk in plain.content for choice in chunk["choices"]]
    thoughts = "".join(delta.get("reasoning") or "" for delta in deltas)
    expected = f"<think>\n{thoughts}\n</think>\n\n{''.join(texts(plain))}"
    service = StrangeService(VARIANTS["thoughts-in-the-content"])
    assert "".join(texts(ask(service, CHAT, STREAM))) == expected
    cut = message(ask(service, CHAT, QUESTION | {"max_tokens": 20}))["content"]
    assert cut.startswith("<think>\n")
    assert "</think>" not in cut


def test_json_of_a_response_is_changed_as_that_of_a_chat() -> None:
    for stream in ({}, {"stream": True}):
        answer = ask(StrangeService(VARIANTS["json-in-a-code-fence"]), RESPONSES, RESPONSE_PLACE | stream)
        response = answer.content[-1]["response"] if stream else answer.content
        assert response["output"][0]["content"][0]["text"].startswith("```json\n{")
    declined = ask(StrangeService(VARIANTS["schema-declined"]), RESPONSES, RESPONSE_PLACE).content
    assert declined["output"][0]["content"][0]["type"] == "refusal"


def test_the_client_tries_again_after_a_refusal() -> None:
    service = StrangeService(VARIANTS["every-second-refused"])
    assert [ask(service, CHAT, QUESTION).status for _ in range(3)] == [429, 200, 429]


# The runner, with notebooks that are written here.

LOOP = """\
messages = [{"role": "user", "content": "What is a token?"}]
for chunk in client.chat.completions.create(model=MODEL, messages=messages, stream=True):
    print(chunk.choices[0].delta.content or "", end="")"""
GUARDED = LOOP.replace('    print(chunk.choices[0].delta.content or "", end="")', "    print(len(chunk.choices))")
SOLUTION = """\
from helpers import check
check("the text comes in pieces", lambda: pieces > 2)"""
COUNT = """\
pieces = 0
for chunk in client.chat.completions.create(model=MODEL, messages=messages, stream=True):
    pieces += len(chunk.choices)"""
ASYNC = "from asyncio import sleep\nawait sleep(0)\nassert not globals().get('seen')\nseen = True"


def write_notebook(path: Path, *sources: str, capability: str = "chat") -> Path:
    cells = [new_code_cell(source) for source in (SETUP.format(capability=capability), *sources)]
    cells[-1].metadata["tags"] = ["solution"]
    nbformat.write(new_notebook(cells=cells), path)
    return path


def run(capsys: pytest.CaptureFixture[str], path: Path, *variants: str) -> tuple[int, list[str]]:
    status = main([str(path), *(part for name in variants for part in ("--variant", name))])
    return status, capsys.readouterr().out.splitlines()


def test_faults_of_lessons_are_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fragile = write_notebook(tmp_path / "a.ipynb", ASYNC, GUARDED, LOOP)
    status, lines = run(capsys, fragile, "first-chunk-without-choices", "only-gpt-5", "no-vision-path")
    assert status == 1
    assert lines[0] == "a  unchanged: passed"
    assert lines[1].startswith("a  first-chunk-without-choices: stopped  code cell 4 (id ")
    assert lines[1].endswith("IndexError: list index out of range")
    # Azure's streams begin with a chunk without choices, too.
    assert lines[2].startswith("a  only-gpt-5: stopped  code cell 4 (id ")
    assert lines[3:] == ["a  the same with: no-vision-path"]

    missing = write_notebook(tmp_path / "b.ipynb", GUARDED, COUNT, SOLUTION)
    status, lines = run(capsys, missing, "one-large-chunk", "extra-fields")
    assert status == 1
    assert lines[0] == "b  unchanged: passed"
    assert lines[1].startswith("b  one-large-chunk: missed  code cell 4 (id ")
    assert lines[1].endswith("): the text comes in pieces.")
    assert lines[2] == "b  extra-fields: passed"

    elsewhere = write_notebook(tmp_path / "c.ipynb", "import warnings; warnings.warn('old')", capability="embeddings")
    status, lines = run(capsys, elsewhere, "only-gpt-5")
    assert status == 1
    assert "stopped  code cell 2" in lines[0]
    assert "wrote to stderr" in lines[0]
    assert lines[1] == "c  only-gpt-5: does not apply  This key has no model that supports embeddings (1 on its list)"


# The page of the results.


def test_stored_runs_have_every_lesson() -> None:
    files = {lesson.file for lesson in load_lessons()}
    assert load().keys() >= {"sandbox", "strange"}
    for against, run in load().items():
        assert set(run["lessons"]) == files, (
            f"Lessons have to be run again against: {against} (docs/checked-against.md)."
        )


def test_stored_variants_are_those_of_today() -> None:
    described = [[name, variant.__doc__] for name, variant in VARIANTS.items() if name != "unchanged"]
    assert load()["strange"]["variants"] == described, "Run `make strange`."


def test_page_shows_what_is_stored_and_what_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    places = "\n".join(PLACEHOLDER.format(against) for against in ("sandbox", "strange", "engine"))
    monkeypatch.setattr("tools.website.checked_against.load", dict)
    assert insert_checks(places) == "\n".join(["Not yet."] * 3)
    file = load_lessons()[0].file
    runs = {
        "sandbox": {
            "date": "2026-11-28",
            "version": "1",
            "lessons": {file: {"result": "passed", "requests": 3, "tokens_in": 1000, "tokens_out": 7}},
        },
        "strange": {
            "date": "2026-11-28",
            "variants": [["a", "It is slow."], ["b", "It is old."]],
            "lessons": {file: {"a": "same", "b": "does not apply: No model can see"}},
        },
        "engine": {
            "date": "2026-11-28",
            "engine": "llama.cpp 1",
            "models": {"language": "Small"},
            "lessons": {file: {"result": "passed", "notes": "a | b"}},
            "bare": {"engine": "llama.cpp 2", "lessons": {file: {"result": "missed", "notes": ""}}},
            "programs": {
                "snippets": "2 of 2 ended well",
                "examples": "1 of 2 ended well",
                "notes": {"c.py": "No limit."},
            },
        },
    }
    monkeypatch.setattr("tools.website.checked_against.load", lambda: runs)
    page = insert_checks(places)
    assert f"[1. Make a first request](lessons/{file}) | passed | 3 | 1,000 | 7 |" in page
    assert "| It is slow. | same | not yet |" in page
    assert "| It is old. | no model | not yet |" in page
    assert f"- Lesson [1](lessons/{file}), It is old: does not apply: No model can see." in page
    assert "| passed | a \\| b |" in page
    assert f"llama.cpp 2: lessons [1](lessons/{file}) missed." in page
    assert (
        "Of the snippets 2 of 2 ended well, of the examples 1 of 2 ended well. The others:\n\n- `c.py`: No limit."
        in page
    )
