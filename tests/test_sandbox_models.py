"""What differs from model to model: reasoning, its two spellings, how it is turned off, and the length of vectors."""

from dataclasses import replace

import pytest
from direct_requests import chat, content, events, post

from sandbox.catalogue import load_models
from sandbox.service import Sandbox


def answer(model, **body):
    return content(chat(Sandbox(pace=0), model, **body))


@pytest.mark.parametrize(
    ("model", "field"), [("gpt-oss-120b", "reasoning"), ("Qwen3-30B-A3B-FP8", "reasoning_content")]
)
def test_thoughts_stand_under_either_name_and_count(model, field):
    whole = answer(model, temperature=0)
    message, usage = whole["choices"][0]["message"], whole["usage"]
    assert message[field]
    assert {"reasoning", "reasoning_content"} & set(message) == {field}
    thought = usage["completion_tokens_details"]["reasoning_tokens"]
    assert 0 < thought < usage["completion_tokens"]
    chunks = [chunk for chunk in events(chat(Sandbox(pace=0), model, temperature=0, stream=True)) if chunk != "[DONE]"]
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert "".join(delta.get(field, "") for delta in deltas) == message[field]


def test_openai_models_count_their_thoughts_but_hide_them():
    whole = answer("gpt-5-mini")
    assert whole["usage"]["completion_tokens_details"]["reasoning_tokens"] > 0
    assert set(whole["choices"][0]["message"]) == {"role", "content", "refusal"}


def test_more_effort_means_more_thoughts():
    tokens = [
        answer("o4-mini", reasoning_effort=effort)["usage"]["completion_tokens_details"]["reasoning_tokens"]
        for effort in ("low", "medium", "high")
    ]
    assert tokens[0] < tokens[1] < tokens[2]


def test_a_small_limit_is_used_up_by_thinking():
    choice = answer("gpt-5-mini", max_completion_tokens=10)["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("", "length")
    assert answer("gpt-5-mini", max_completion_tokens=10)["usage"]["completion_tokens"] == 10
    assert answer("gpt-5-mini", max_completion_tokens=2000)["choices"][0]["finish_reason"] == "stop"


def test_no_think_turns_it_off_and_is_not_part_of_the_question():
    question = [{"role": "user", "content": "/no_think What is a rainbow?"}]
    message = answer("Qwen3-30B-A3B-FP8", messages=question, temperature=0)["choices"][0]["message"]
    assert "reasoning_content" not in message
    assert message["content"] == answer("gpt-4.1", temperature=0)["choices"][0]["message"]["content"]


def test_dimensions_are_refused_where_a_model_has_one_length():
    body = {"model": "text-embedding-bge-m3", "input": "Hello", "dimensions": 64}
    reply = post(Sandbox(), "/v2/embeddings", body)
    assert reply.status == 400
    assert "its vectors have 1024 numbers" in content(reply)["detail"]
    assert post(Sandbox(), "/v2/embeddings", body | {"dimensions": 1024}).status == 200


def test_dimensions_are_honored_where_a_model_allows_them(monkeypatch):
    model = replace(load_models()["text-embedding-bge-m3"], least_dimensions=32)
    monkeypatch.setattr("sandbox.service.load_models", lambda catalogue: {model.id: model})
    for size, status in [(32, 200), (64, 200), (31, 400), (1025, 400)]:
        body = {"model": model.id, "input": "Hello", "dimensions": size}
        reply = post(Sandbox(), "/v2/embeddings", body)
        assert reply.status == status
        if status == 200:
            assert len(content(reply)["data"][0]["embedding"]) == size


def test_a_queue_request_is_answered_as_on_v2():
    body = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "What is a rainbow?"}], "temperature": 0}
    texts = [
        content(post(Sandbox(), f"{base}/chat/completions", body))["choices"][0]["message"]
        for base in ("/v2", "/queue")
    ]
    assert texts[0] == texts[1]


def test_low_detail_costs_fewer_tokens():
    url = "http://127.0.0.1:8011/assets/boardwalk.jpg"

    def tokens(detail):
        part = {"type": "image_url", "image_url": {"url": url, "detail": detail}}
        return answer("gpt-4.1", messages=[{"role": "user", "content": [part]}])["usage"]["prompt_tokens"]

    assert tokens("low") < tokens("auto") == tokens("high")
