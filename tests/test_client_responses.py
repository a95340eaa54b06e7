"""The Responses API with the `openai` package, against the sandbox in-process."""

import json

import openai
import pydantic
import pytest

from sandbox.adapters.transports import SandboxTransport
from sandbox.catalogue import load_models
from sandbox.service import Sandbox

ABLE = [model.id for model in load_models().values() if "responses" in model.capabilities]
QUESTION = "What is a rainbow?"
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = {"type": "function", "name": "get_forecast", "description": "Get the weather forecast", "parameters": CITY}
TEXT_EVENTS = ["response.content_part.added", "response.output_text.delta", "response.output_text.done"]


class Person(pydantic.BaseModel):
    name: str
    age: int


@pytest.fixture
def client():
    transport = SandboxTransport(Sandbox(pace=0))
    with openai.OpenAI(
        api_key="sandbox",
        base_url="http://localhost/v2",
        max_retries=0,
        http_client=openai.DefaultHttpxClient(transport=transport),
    ) as client:
        yield client


def refusal(client, **request):
    """Return the status of a refused request and what its body says."""
    with pytest.raises(openai.APIStatusError) as refused:
        client.responses.create(**{"model": "gpt-4.1", "input": QUESTION} | request)
    return refused.value.status_code, str(refused.value.body)


@pytest.mark.parametrize("model", ABLE)
def test_each_model_that_has_it_answers_as_in_chat(client, model):
    response = client.responses.create(model=model, input=QUESTION, instructions="Answer in one sentence.")
    messages = [{"role": "system", "content": "Answer in one sentence."}, {"role": "user", "content": QUESTION}]
    chat = client.chat.completions.create(model=model, messages=messages)
    assert "rainbow" in response.output_text
    assert (response.status, response.object) == ("completed", "response")
    assert response.usage.input_tokens == chat.usage.prompt_tokens
    assert response.usage.total_tokens == response.usage.input_tokens + response.usage.output_tokens
    thinks = bool(load_models()[model].reasoning)
    assert [item.type for item in response.output] == ["reasoning"] * thinks + ["message"]
    assert bool(response.usage.output_tokens_details.reasoning_tokens) == thinks


def test_other_models_say_what_to_do_instead(client):
    for model in load_models().values():
        if model.path == "v2" and "responses" not in model.capabilities:
            status, body = refusal(client, model=model.id)
            assert status == 400
            assert "POST /chat/completions" in body


def test_a_question_may_be_text_or_messages(client):
    parts = [{"type": "input_text", "text": QUESTION}]
    given = [QUESTION, [{"role": "user", "content": QUESTION}], [{"role": "user", "content": parts}]]
    answers = {client.responses.create(model="gpt-4.1", input=each, temperature=0).output_text for each in given}
    assert len(answers) == 1


def test_an_image_is_looked_at(client):
    dot = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    image = {"type": "input_image", "image_url": dot, "detail": "low"}
    asked = [{"role": "user", "content": [{"type": "input_text", "text": "How large is this image?"}, image]}]
    assert "1" in client.responses.create(model="gpt-4.1", input=asked).output_text
    assert refusal(client, model="gpt-oss-120b", input=asked)[0] == 400
    assert "needs image_url" in refusal(client, input=[{"role": "user", "content": [{"type": "input_image"}]}])[1]


def test_calls_and_results_may_come_in_any_order_and_texts_may_be_empty(client):
    calls = [{"type": "function_call", "call_id": i, "name": "get_forecast", "arguments": "{}"} for i in "abc"]
    a, b, c = ({"type": "function_call_output", "call_id": i, "output": f"rain {i}"} for i in "abc")
    question = {
        "role": "user",
        "content": [{"type": "input_text", "text": ""}, {"type": "input_text", "text": QUESTION}],
    }
    refused = {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}
    items = [question, refused, *calls[:2], a, calls[2], b, question, c]
    assert client.responses.create(model="gpt-4.1", input=items, tools=[TOOL]).status == "completed"


@pytest.mark.parametrize("model", ABLE)
def test_a_stream_tells_of_the_same_response(client, model):
    with client.responses.stream(model=model, input=QUESTION) as stream:
        events = list(stream)
        final = stream.get_final_response()
    kinds = [event.type for event in events]
    assert kinds[:2] == ["response.created", "response.in_progress"]
    assert kinds[-1] == "response.completed"
    assert set(TEXT_EVENTS) <= set(kinds)
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == final.output_text


def test_the_thoughts_are_told_where_the_model_shows_them_or_a_summary_is_asked_for(client):
    thoughts = client.responses.create(model="gpt-oss-120b", input=QUESTION).output[0]
    assert "rainbow" in thoughts.content[0].text
    assert thoughts.summary == []
    hidden = client.responses.create(model="gpt-5", input=QUESTION).output[0]
    assert (hidden.content, hidden.summary) == (None, [])
    with client.responses.stream(model="gpt-5", input=QUESTION, reasoning={"summary": "auto"}) as stream:
        told = [event.delta for event in stream if event.type == "response.reasoning_summary_text.delta"]
        assert "".join(told) == stream.get_final_response().output[0].summary[0].text != ""


def test_a_tool_is_called_and_its_result_is_told(client):
    items = [{"role": "user", "content": "What is the weather forecast for Bremen and for Kiel?"}]
    first = client.responses.create(model="gpt-oss-120b", input=items, tools=[TOOL])
    calls = [item for item in first.output if item.type == "function_call"]
    assert [json.loads(call.arguments)["city"] for call in calls] == ["Bremen", "Kiel"]
    assert first.output_text == ""
    items += first.output
    for call, forecast in zip(calls, ["showers", "sunshine"], strict=True):
        items.append({"type": "function_call_output", "call_id": call.call_id, "output": forecast})
    second = client.responses.create(model="gpt-oss-120b", input=items, tools=[TOOL])
    assert "showers" in second.output_text
    assert "sunshine" in second.output_text


def test_a_call_is_streamed_in_pieces(client):
    asked = {"model": "gpt-4.1", "input": "Will it rain in Bremen?", "tools": [TOOL]}
    with client.responses.stream(**asked, tool_choice={"type": "function", "name": "get_forecast"}) as stream:
        pieces = [event.delta for event in stream if event.type == "response.function_call_arguments.delta"]
    assert len(pieces) > 1
    assert json.loads("".join(pieces)) == {"city": "Bremen"}


def test_calls_and_results_have_to_fit_together(client):
    call = {"type": "function_call", "call_id": "1", "name": "get_forecast", "arguments": "{}"}
    result = {"type": "function_call_output", "call_id": "2", "output": "rain"}
    assert "No tool output found for function call 1" in refusal(client, input=[call])[1]
    assert "No tool call found for function call output with call_id 2" in refusal(client, input=[result])[1]
    assert "needs name and arguments" in refusal(client, input=[{"type": "function_call", "call_id": "1"}])[1]


def test_the_answer_fits_a_schema(client):
    assert client.responses.parse(
        model="gpt-4.1", input="Ada is 36 years old.", text_format=Person
    ).output_parsed == Person(name="Ada", age=36)
    schema = {"type": "json_schema", "name": "person", "strict": True, "schema": CITY}
    status, body = refusal(client, text={"format": schema})
    assert status == 400
    assert "text.format" in body
    assert "additionalProperties" in body
    assert "does not support text.format" in refusal(client, model="gpt-oss-120b", text={"format": schema})[1]


def test_the_response_repeats_the_settings_of_the_request(client):
    settings = {"instructions": "Be short.", "temperature": 0.2, "top_p": 0.9, "metadata": {"run": "1"}}
    told = client.responses.create(model="gpt-4.1", input=QUESTION, **settings).to_dict()
    assert {name: told[name] for name in settings} == settings
    told = client.responses.create(model="gpt-4.1", input=QUESTION).to_dict()
    assert [told[name] for name in settings] == [None, None, None, {}]


def test_a_limit_cuts_the_thoughts_or_the_message(client):
    for model, limit in [("gpt-oss-120b", 20), ("gpt-4.1", 16)]:
        response = client.responses.create(model=model, input=QUESTION, max_output_tokens=limit)
        assert (response.status, response.incomplete_details.reason) == ("incomplete", "max_output_tokens")
        assert response.usage.output_tokens == limit
    assert client.responses.create(model="gpt-oss-120b", input=QUESTION, max_output_tokens=20).output_text == ""
    assert "at least 16" in refusal(client, max_output_tokens=15)[1]


@pytest.mark.parametrize(
    ("old", "value", "new"),
    [
        ("max_tokens", 5, "max_output_tokens"),
        ("messages", [], "input"),
        ("response_format", {"type": "text"}, "text.format"),
        ("reasoning_effort", "low", "reasoning.effort"),
    ],
)
def test_the_names_of_chat_are_refused_with_the_new_ones(client, old, value, new):
    status, body = refusal(client, extra_body={old: value})
    assert status == 400
    assert f"has moved to '{new}'" in body


def test_what_is_not_documented_is_refused_with_a_reason(client):
    for asked in ({"store": True}, {"previous_response_id": "resp_1"}, {"background": True}):
        status, body = refusal(client, **asked)
        assert status == 400
        assert "send them again" in body
    assert client.responses.create(model="gpt-4.1", input=QUESTION, store=False).status == "completed"
    for call in (client.responses.retrieve, client.responses.delete):
        with pytest.raises(openai.NotFoundError) as refused:
            call("resp_1")
        assert "send them again" in str(refused.value.body)
    with pytest.raises(openai.NotFoundError):
        client.with_options(base_url="http://localhost/queue").responses.create(model="gpt-4.1", input=QUESTION)


def test_reasoning_models_on_azure_refuse_a_temperature(client):
    status, body = refusal(client, model="gpt-5", temperature=0.2)
    assert status == 400
    assert "'temperature' is not supported with this model" in body
    assert client.responses.create(model="gpt-5", input=QUESTION, temperature=1).status == "completed"
    status, body = refusal(client, model="gpt-oss-120b", reasoning={"effort": "extreme"})
    assert "It takes low, medium, high." in body


def test_the_same_request_gives_the_same_answer_the_first_time(client):
    fresh = openai.DefaultHttpxClient(transport=SandboxTransport(Sandbox(pace=0)))
    other = client.with_options(http_client=fresh)
    first, second = (each.responses.create(model="gpt-4.1", input=QUESTION) for each in (client, other))
    assert first.output == second.output
    assert client.responses.create(model="gpt-4.1", input=QUESTION).id != first.id
