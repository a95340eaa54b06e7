"""What people do with the `openai` package, against the sandbox: one set of checks, four ways to talk to it.

Every check runs with the synchronous and the asynchronous client, over HTTP and in-process. `Blocking` makes an
asynchronous client look like a synchronous one, so that each check is written once.
"""

import asyncio
import base64
import inspect
import io
import json
import struct
from enum import Enum

import openai
import pydantic
import pytest
from PIL import Image

from sandbox.adapters.server import LocalServer
from sandbox.adapters.transports import AsyncSandboxTransport, SandboxTransport
from sandbox.catalogue import load_models
from sandbox.service import Sandbox

T_CLOUD = "Llama-3.3-70B-Instruct"
AZURE = "gpt-4.1"
REASONING = "gpt-5-mini"
VISION = ["Qwen3-VL-30B-A3B-Instruct-FP8", AZURE]
EMBEDDINGS = "text-embedding-bge-m3"
FAULT = "X-Sandbox-Fault"

QUESTION = [{"role": "user", "content": "What is a rainbow?"}]
TWO_CITIES = [{"role": "user", "content": "What is the weather forecast for Bremen and for Kiel?"}]
CITY = {"type": "object", "properties": {"city": {"type": "string", "description": "The city"}}, "required": ["city"]}
FORECAST = {"name": "get_forecast", "description": "Get the weather forecast for a city", "parameters": CITY}
PLACES = {"name": "find_restaurants", "description": "Find restaurants in a city", "parameters": CITY}
TOOLS = [{"type": "function", "function": FORECAST}, {"type": "function", "function": PLACES}]


class Blocking:
    """An asynchronous client, or a part of it, with the interface of the synchronous one.

    Args:
        target: the client or the part.
        runner: runs what has to be awaited.
    """

    def __init__(self, target, runner):
        self._target = target
        self._runner = runner

    def __getattr__(self, name):
        return self._wrap(getattr(self._target, name))

    def __call__(self, *arguments, **options):
        return self._wrap(self._target(*arguments, **options))

    def __iter__(self):
        iterator = aiter(self._target)
        while True:
            try:
                yield self._run(anext(iterator))
            except StopAsyncIteration:
                return

    def __enter__(self):
        return self._wrap(self._run(self._target.__aenter__()))

    def __exit__(self, *error):
        return self._run(self._target.__aexit__(*error))

    def _wrap(self, value):
        if inspect.isawaitable(value):
            # An AsyncPaginator can be awaited and iterated over; the page that it gives can be iterated over, too.
            value = self._run(value)
        is_asynchronous = type(value).__name__.startswith("Async") or inspect.isasyncgen(value)
        return Blocking(value, self._runner) if is_asynchronous or inspect.isroutine(value) else value

    def _run(self, awaitable):
        async def wait():
            return await awaitable

        return self._runner.run(wait())


@pytest.fixture(scope="module")
def server():
    server = LocalServer(Sandbox(pace=0))
    server.serve_in_background()
    return server


@pytest.fixture(params=["sync-http", "sync-in-process", "async-http", "async-in-process"])
def client(request, server):
    kind, _, place = request.param.partition("-")
    options = {"api_key": "sandbox", "base_url": server.base_url, "max_retries": 0}
    if kind == "sync":
        http_client = None
        if place == "in-process":
            http_client = openai.DefaultHttpxClient(transport=SandboxTransport(Sandbox(pace=0)))
        with openai.OpenAI(**options, http_client=http_client) as client:
            yield client
        return
    with asyncio.Runner() as runner:
        http_client = None
        if place == "in-process":
            http_client = openai.DefaultAsyncHttpxClient(transport=AsyncSandboxTransport(Sandbox(pace=0)))
        with Blocking(openai.AsyncOpenAI(**options, http_client=http_client), runner) as client:
            yield client


def ask(client, messages=QUESTION, model=AZURE, **options):
    """Ask for an answer that is the same each time."""
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    # Reasoning models on Azure take no temperature.
    known = load_models().get(model)
    steady = {"seed": 1} if known and known.token_limit_parameter != "max_tokens" else {"temperature": 0}
    return client.chat.completions.create(**{"model": model, "messages": messages} | steady | options)


def content_of(response):
    return response.choices[0].message.content


def fault(header):
    return {"extra_headers": {FAULT: header}}


# Models


def test_models_are_listed_and_retrieved(client):
    listed = {model.id: model for model in client.models.list()}
    assert {T_CLOUD, AZURE, REASONING, EMBEDDINGS} <= set(listed)
    assert client.models.retrieve(AZURE) == listed[AZURE]
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("no-such-model")
    assert "no-such-model" in caught.value.body["detail"]


# Chat


@pytest.mark.parametrize("model", [T_CLOUD, AZURE])
def test_a_stream_is_the_whole_answer_in_pieces(client, model):
    whole = ask(client, model=model)
    with ask(client, model=model, stream=True, stream_options={"include_usage": True}) as stream:
        chunks = list(stream)
    pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    assert "".join(filter(None, pieces)) == content_of(whole)
    assert chunks[-1].usage == whole.usage
    assert {chunk.system_fingerprint for chunk in chunks} == {"sandbox"}


def test_a_stream_can_be_left(client):
    with ask(client, stream=True) as stream:
        assert next(iter(stream)).object == "chat.completion.chunk"
    assert content_of(ask(client))


def test_several_choices_stream_beside_each_other(client):
    whole = ask(client, model=T_CLOUD, n=3, seed=5, temperature=1.5)
    texts = {}
    for chunk in ask(client, model=T_CLOUD, n=3, seed=5, temperature=1.5, stream=True):
        for choice in chunk.choices:
            texts[choice.index] = texts.get(choice.index, "") + (choice.delta.content or "")
    assert texts == {choice.index: choice.message.content for choice in whole.choices}
    assert list(texts) == [0, 1, 2]


def test_a_stop_sequence_is_not_part_of_the_answer(client):
    text = content_of(ask(client))
    stop = text.split()[4]
    cut = ask(client, stop=stop)
    assert (content_of(cut), cut.choices[0].finish_reason) == (text.partition(stop)[0], "stop")


def test_the_same_seed_gives_the_same_answer(client):
    def tell(seed):
        return content_of(ask(client, "Tell me about the Earth.", seed=seed, temperature=1.5))

    assert tell(3) == tell(3)
    assert len({tell(seed) for seed in range(6)}) > 1


@pytest.mark.parametrize("limit", ["max_tokens", "max_completion_tokens"])
def test_a_token_limit_cuts_the_answer(client, limit):
    response = ask(client, **{limit: 4})
    assert response.choices[0].finish_reason == "length"
    assert response.usage.completion_tokens == 4


def test_log_probabilities_are_refused_rather_than_made_up(client):
    assert ask(client).choices[0].logprobs is None
    assert ask(client, logprobs=False).choices[0].logprobs is None
    for asked in ({"logprobs": True}, {"top_logprobs": 3}):
        with pytest.raises(openai.BadRequestError) as refused:
            ask(client, **asked)
        assert "no probabilities" in str(refused.value.body)
    with pytest.raises(openai.BadRequestError) as refused:
        client.completions.create(model=T_CLOUD, prompt="The capital of Germany is", logprobs=2)
    assert "no probabilities" in str(refused.value.body)


# The helpers of the package


def test_the_stream_helper_sums_up_the_answer(client):
    whole = ask(client)
    options = {"model": AZURE, "messages": QUESTION, "temperature": 0, "stream_options": {"include_usage": True}}
    with client.chat.completions.stream(**options) as stream:
        events = list(stream)
        final = stream.get_final_completion()
    deltas = [event.delta for event in events if event.type == "content.delta"]
    (done,) = [event for event in events if event.type == "content.done"]
    assert "".join(deltas) == done.content == content_of(final) == content_of(whole)
    assert final.usage == whole.usage
    assert final.choices[0].finish_reason == "stop"


def test_the_stream_helper_sums_up_tool_calls(client):
    with client.chat.completions.stream(model=AZURE, messages=TWO_CITIES, tools=TOOLS[:1]) as stream:
        events = list(stream)
        final = stream.get_final_completion()
    done = [event for event in events if event.type == "tool_calls.function.arguments.done"]
    assert [json.loads(event.arguments)["city"] for event in done] == ["Bremen", "Kiel"]
    assert [event.index for event in done] == [0, 1]
    calls = final.choices[0].message.tool_calls
    assert [call.function.arguments for call in calls] == [event.arguments for event in done]
    assert len({call.id for call in calls}) == 2
    assert final.choices[0].finish_reason == "tool_calls"


class Mood(Enum):
    good = "good"
    bad = "bad"


class Guest(pydantic.BaseModel):
    name: str
    age: int | None


class Party(pydantic.BaseModel):
    """A party."""

    guests: list[Guest] = pydantic.Field(description="The people at the party")
    city: str
    mood: Mood


STORY = "The party in Hamburg was good. Anna, 31 years old, and Ben came."


def test_an_answer_is_parsed_into_a_model(client):
    messages = [{"role": "user", "content": STORY}]
    response = client.chat.completions.parse(model=AZURE, messages=messages, response_format=Party)
    message = response.choices[0].message
    assert isinstance(message.parsed, Party)
    assert Party.model_validate_json(message.content) == message.parsed
    assert (message.parsed.city, message.parsed.mood, message.refusal) == ("Hamburg", Mood.good, None)


def test_an_answer_is_parsed_while_it_streams(client):
    options = {"model": AZURE, "messages": [{"role": "user", "content": STORY}], "response_format": Party}
    with client.chat.completions.stream(**options) as stream:
        events = list(stream)
        final = stream.get_final_completion()
    (done,) = [event for event in events if event.type == "content.done"]
    assert isinstance(done.parsed, Party)
    assert final.choices[0].message.parsed == done.parsed
    assert final.choices[0].message == client.chat.completions.parse(**options).choices[0].message


def test_an_answer_that_was_cut_cannot_be_parsed(client):
    messages = [{"role": "user", "content": STORY}]
    with pytest.raises(openai.LengthFinishReasonError):
        client.chat.completions.parse(model=AZURE, messages=messages, response_format=Party, max_completion_tokens=3)


class GetForecast(pydantic.BaseModel):
    """Get the weather forecast for a city."""

    city: str
    days: int = pydantic.Field(description="The number of days")


def test_tool_calls_are_parsed_into_a_model(client):
    tool = openai.pydantic_function_tool(GetForecast)
    assert tool["function"]["strict"] is True
    messages = [{"role": "user", "content": "What is the weather forecast for Bremen for the next 3 days?"}]
    response = client.chat.completions.parse(model=AZURE, messages=messages, tools=[tool])
    (call,) = response.choices[0].message.tool_calls
    assert call.function.parsed_arguments == GetForecast(city="Bremen", days=3)


def test_a_raw_response_has_headers_and_the_answer(client):
    for model, has_limits in [(T_CLOUD, False), (AZURE, True)]:
        response = client.chat.completions.with_raw_response.create(model=model, messages=QUESTION, temperature=0)
        assert response.headers["x-sandbox"] == "1"
        assert response.http_response.status_code == 200
        assert content_of(response.parse()) == content_of(ask(client, model=model))
        assert ("x-ratelimit-remaining-requests" in response.headers) == has_limits


def test_a_streaming_response_gives_the_lines_of_the_wire(client):
    options = {"model": T_CLOUD, "messages": QUESTION, "temperature": 0, "stream": True}
    with client.chat.completions.with_streaming_response.create(**options) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = list(response.iter_lines())
    *events, done = [line for line in lines if line]
    assert done == "data: [DONE]"
    pieces = [json.loads(event.removeprefix("data: "))["choices"][0]["delta"].get("content", "") for event in events]
    assert "".join(pieces) == content_of(ask(client, model=T_CLOUD))


# Tools


def names_called(response):
    return [call.function.name for call in response.choices[0].message.tool_calls or []]


def named(name):
    return {"type": "function", "function": {"name": name}}


@pytest.mark.parametrize(
    ("question", "choice", "expected"),
    [
        ("What is the forecast for Kiel?", "auto", ["get_forecast"]),
        ("What is the forecast for Kiel?", "none", []),
        ("What is the forecast for Kiel?", "required", ["get_forecast"]),
        ("What is the forecast for Kiel?", named("find_restaurants"), ["find_restaurants"]),
        ("What is a rainbow?", "auto", []),
    ],
)
def test_tool_choice_decides(client, question, choice, expected):
    response = ask(client, question, tools=TOOLS, tool_choice=choice)
    assert names_called(response) == expected
    assert (response.choices[0].message.content is None) == bool(expected)
    for call in response.choices[0].message.tool_calls or []:
        assert json.loads(call.function.arguments) == {"city": "Kiel"}


def test_a_required_call_comes_whatever_the_question_is(client):
    assert len(names_called(ask(client, "What is a rainbow?", tools=TOOLS, tool_choice="required"))) >= 1


def test_calls_come_in_parallel_unless_that_is_turned_off(client):
    calls = ask(client, TWO_CITIES, tools=TOOLS).choices[0].message.tool_calls
    assert [json.loads(call.function.arguments)["city"] for call in calls] == ["Bremen", "Kiel"]
    assert len(names_called(ask(client, TWO_CITIES, tools=TOOLS, parallel_tool_calls=False))) == 1


def test_the_results_of_parallel_calls_are_told(client):
    first = ask(client, TWO_CITIES, tools=TOOLS).choices[0].message
    results = {"Bremen": "showers, 11 degrees", "Kiel": "sunny, 14 degrees"}
    messages = [*TWO_CITIES, first]
    for call in first.tool_calls:
        result = results[json.loads(call.function.arguments)["city"]]
        messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps({"forecast": result})})
    text = content_of(ask(client, messages, tools=TOOLS))
    assert "showers" in text
    assert "sunny" in text


# Forms of the answer


def json_schema(schema, **options):
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema} | options}


STRICT_CITY = CITY | {"additionalProperties": False}


def test_json_is_given_on_request(client):
    question = "Extract the city from: 'She moved to Dresden.' Answer as JSON with the key city."
    assert content_of(ask(client, question, response_format={"type": "text"})) == content_of(ask(client, question))
    answer = json.loads(content_of(ask(client, question, response_format={"type": "json_object"})))
    assert "Dresden" in answer["city"]
    for options in [{}, {"strict": True}, {"strict": False}]:
        wanted = json_schema(STRICT_CITY, **options)
        assert json.loads(content_of(ask(client, question, response_format=wanted))) == {"city": "Dresden"}


def test_json_streams_in_pieces(client):
    options = {"messages": "Anna lives in Dresden.", "response_format": json_schema(STRICT_CITY, strict=True)}
    pieces = [chunk.choices[0].delta.content for chunk in ask(client, **options, stream=True) if chunk.choices]
    assert len(pieces) > 3
    assert "".join(filter(None, pieces)) == content_of(ask(client, **options))


@pytest.mark.parametrize(
    ("model", "wanted", "reason"),
    [
        (T_CLOUD, json_schema(CITY), "json_schema"),
        (AZURE, json_schema(CITY, strict=True), "additionalProperties"),
        (AZURE, json_schema({"type": "text"}), "type"),
        (AZURE, {"type": "json_schema"}, "json_schema"),
        (AZURE, {"type": "yaml"}, "response_format"),
    ],
)
def test_a_form_that_cannot_be_had_is_refused(client, model, wanted, reason):
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, model=model, response_format=wanted)
    assert reason in str(caught.value.body)


# Pictures


def picture_part(color, detail=None, size=(640, 480)):
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, "PNG")
    url = f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
    return {"type": "image_url", "image_url": {"url": url} | ({"detail": detail} if detail else {})}


SOURCES = "Answer only from these sources, and name the number of the source.\n\n[1] The pool opens at 7:00."
SOURCES += "\n\n[2] A ticket costs 6 euros."


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("The pool opens at 7:00. A ticket costs 6 euros.\n\nWhat does a ticket cost?", "A ticket costs 6 euros."),
        ("The pool opens at 7:00. A ticket costs 6 euros.\n\nWho is on the photo?", "The sandbox measures colors"),
        ("The pool is red in this text.\n\nWhich color is the image?", "Its color is blue"),
        (f"{SOURCES}\n\nCan I bring my dog?", "The text given does not say so."),
        (f"{SOURCES}\n\nWhat does a ticket cost?", "A ticket costs 6 euros [2]."),
        (f"{SOURCES}\n\nWho is on the photo?", "The sandbox measures colors"),
    ],
)
def test_a_text_beside_a_picture_answers_what_no_picture_can(client, text, answer):
    parts = [{"type": "text", "text": text}, picture_part("blue")]
    response = ask(client, [{"role": "user", "content": parts}], VISION[0])
    assert answer in content_of(response)


@pytest.mark.parametrize("model", VISION)
def test_a_picture_is_described_and_costs_less_with_low_detail(client, model):
    tokens = {}
    for detail in [None, "auto", "high", "low"]:
        parts = [{"type": "text", "text": "Which color is this?"}, picture_part("red", detail)]
        response = ask(client, [{"role": "user", "content": parts}], model)
        assert "red" in content_of(response).lower()
        tokens[detail] = response.usage.prompt_tokens
    assert tokens["low"] < tokens["high"]
    assert tokens[None] == tokens["auto"]


# Reasoning


def test_more_effort_takes_more_reasoning_tokens(client):
    counts = []
    for effort in ["low", "medium", "high"]:
        usage = ask(client, model=REASONING, reasoning_effort=effort).usage
        counts.append(usage.completion_tokens_details.reasoning_tokens)
        assert usage.completion_tokens > counts[-1]
    assert 0 < counts[0] < counts[1] < counts[2]


def test_reasoning_can_use_up_the_token_limit(client):
    response = ask(client, model=REASONING, reasoning_effort="high", max_completion_tokens=10)
    assert (content_of(response), response.choices[0].finish_reason) == ("", "length")
    assert response.usage.completion_tokens_details.reasoning_tokens == 10


def test_a_level_of_effort_that_a_model_lacks_is_refused_with_those_it_has(client):
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, model=REASONING, reasoning_effort="extreme")
    assert caught.value.param == "reasoning_effort"
    assert "medium" in caught.value.message
    with pytest.raises(openai.BadRequestError, match="400"):
        ask(client, model=T_CLOUD, reasoning_effort="low")


def test_thoughts_come_in_a_field_whose_name_differs_from_model_to_model(client):
    whole, streamed = {}, {}
    for model in client.models.list():
        if model.meta_data["model_type"] != "LLM":
            continue
        message = ask(client, model=model.id).choices[0].message
        for field in {"reasoning", "reasoning_content"} & set(message.model_extra):
            whole[field] = (model.id, getattr(message, field))
    assert set(whole) == {"reasoning", "reasoning_content"}
    for field, (model_id, thoughts) in whole.items():
        deltas = [chunk.choices[0].delta for chunk in ask(client, model=model_id, stream=True) if chunk.choices]
        streamed[field] = "".join(getattr(delta, field, "") for delta in deltas)
        assert streamed[field] == thoughts


# Completions and embeddings


def test_completions_stream_with_usage(client):
    options = {"model": T_CLOUD, "prompt": ["The capital of Germany is", "Water is"], "temperature": 0, "n": 2}
    whole = client.completions.create(**options)
    assert [choice.index for choice in whole.choices] == [0, 1, 2, 3]
    texts = [""] * 4
    usage = None
    for chunk in client.completions.create(**options, stream=True, stream_options={"include_usage": True}):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            texts[choice.index] += choice.text
    assert texts == [choice.text for choice in whole.choices]
    assert usage == whole.usage


def test_embeddings_are_the_same_in_every_form(client):
    texts = ["a blue boat", "tax law", "a blue ship"]
    plain = client.embeddings.create(model=EMBEDDINGS, input=texts, encoding_format="float")
    packed = client.embeddings.create(model=EMBEDDINGS, input=texts)
    wire = client.embeddings.with_raw_response.create(model=EMBEDDINGS, input=texts, encoding_format="base64")
    raw = json.loads(wire.http_response.content)["data"]
    for index, text in enumerate(texts):
        vector = plain.data[index].embedding
        assert packed.data[index].embedding == pytest.approx(vector, abs=1e-6)
        data = base64.b64decode(raw[index]["embedding"])
        assert list(struct.unpack(f"<{len(data) // 4}f", data)) == packed.data[index].embedding
        single = client.embeddings.create(model=EMBEDDINGS, input=text, encoding_format="float")
        assert single.data[0].embedding == vector
    assert plain.usage == packed.usage


# Faults, retries, timeouts


def test_a_fault_that_passes_is_survived_by_retrying(client):
    for name in ["rate", "unavailable"]:
        patient = client.with_options(max_retries=2)
        response = patient.chat.completions.with_raw_response.create(
            model=AZURE, messages=QUESTION, **fault(f"{name}; times=2; retry-after=0.01")
        )
        assert response.retries_taken == 2
        assert content_of(response.parse())


@pytest.mark.parametrize(
    ("header", "error", "code"),
    [
        ("rate; retry-after=0.01", openai.RateLimitError, "rate_limit_exceeded"),
        ("budget; retry-after=0.01", openai.RateLimitError, "budget_exceeded"),
        ("unavailable; retry-after=0.01", openai.InternalServerError, "model_unavailable"),
    ],
)
def test_a_fault_that_stays_is_raised_after_the_last_try(client, header, error, code):
    with pytest.raises(error) as caught:
        ask(client.with_options(max_retries=1), **fault(header))
    assert caught.value.code == code
    assert caught.value.response.headers["retry-after"] == "0.01"
    assert caught.value.request.headers["x-stainless-retry-count"] == "1"


def test_an_answer_that_is_late_runs_into_the_timeout(client):
    with pytest.raises(openai.APITimeoutError):
        ask(client.with_options(timeout=0.1), **fault("timeout; seconds=30"))
    assert content_of(ask(client, **fault("timeout; seconds=0.05")))
    with pytest.raises(openai.APITimeoutError):
        ask(client, stream=True, timeout=0.1, **fault("timeout; seconds=30"))


def test_a_connection_that_breaks_off_is_an_error(client):
    with pytest.raises(openai.APIConnectionError):
        ask(client, **fault("connection-lost"))
    stream = ask(client, stream=True, **fault("connection-lost"))
    pieces = []
    with pytest.raises(openai.APIConnectionError):
        pieces.extend(stream)
    assert pieces


def test_a_stream_that_breaks_off_quietly_has_no_finish_reason(client):
    chunks = list(ask(client, stream=True, **fault("broken-stream")))
    assert chunks
    assert not any(choice.finish_reason for chunk in chunks for choice in chunk.choices)


def test_an_error_in_a_stream_is_raised_or_comes_without_choices(client):
    """The package raises only what is in the shape of OpenAI; the other shape comes as a chunk without choices."""
    with pytest.raises(openai.APIError, match="unavailable"):
        list(ask(client, stream=True, **fault("error-in-stream")))
    last = list(ask(client, model=T_CLOUD, stream=True, **fault("error-in-stream")))[-1]
    assert last.choices is None
    assert "unavailable" in last.detail


# Errors


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"temperature": 3}, openai.BadRequestError),
        ({"messages": []}, openai.BadRequestError),
        ({"model": REASONING, "max_tokens": 5}, openai.BadRequestError),
        ({"extra_headers": {FAULT: "no-such-fault"}}, openai.BadRequestError),
        ({"extra_headers": {"Authorization": "Bearer wrong"}}, openai.AuthenticationError),
        ({"extra_headers": {"Host": "sandbox.example"}}, openai.PermissionDeniedError),
        ({"model": "no-such-model"}, openai.NotFoundError),
    ],
)
def test_every_error_has_its_class_and_tells_what_to_do(client, options, error):
    with pytest.raises(error) as caught:
        ask(client, **options)
    body = caught.value.body
    message = body.get("message") or body["detail"]
    assert len(str(message)) > 20
    assert caught.value.response.headers["x-sandbox"] == "1"


def test_the_errors_of_azure_have_parameter_and_code(client):
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, model=REASONING, max_tokens=5)
    assert (caught.value.param, caught.value.code) == ("max_tokens", "unsupported_parameter")
    assert caught.value.type == "invalid_request_error"
    assert "max_completion_tokens" in str(caught.value)


def test_the_queue_answers_like_the_direct_path(client):
    queue = client.with_options(base_url=str(client.base_url).replace("/v2", "/queue"))
    assert content_of(ask(queue)) == content_of(ask(client))
    assert [model.id for model in queue.models.list()] == [model.id for model in client.models.list()]
