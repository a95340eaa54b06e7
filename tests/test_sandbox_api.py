"""The sandbox as a client sees it: over HTTP and inside the client's own process, with the same checks."""

import base64
import io
import json

import httpx2
import openai
import pytest
from PIL import Image

from sandbox.adapters.server import LocalServer
from sandbox.adapters.transports import AsyncSandboxTransport, SandboxTransport
from sandbox.core.requests import MAX_BODY_BYTES
from sandbox.service import Sandbox

CHAT = "Llama-3.3-70B-Instruct"
AZURE = "gpt-4.1"
VISION = "Qwen3-VL-30B-A3B-Instruct-FP8"
QUESTION = [{"role": "user", "content": "What is a rainbow?"}]
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_forecast",
        "description": "Get the weather forecast for a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "The name of the city"}},
            "required": ["city"],
        },
    },
}

NO_SUCH_TOOL = {"type": "function", "function": {"name": "no_such_tool"}}

JSON_FORMAT = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}}


@pytest.fixture(params=["http", "in-process"])
def client(request):
    sandbox = Sandbox(pace=0)
    if request.param == "in-process":
        http_client = openai.DefaultHttpxClient(transport=SandboxTransport(sandbox))
        base_url = "http://127.0.0.1/v2"
    else:
        server = LocalServer(sandbox)
        server.serve_in_background()
        http_client = None
        base_url = server.base_url
    with openai.OpenAI(api_key="sandbox", base_url=base_url, http_client=http_client, max_retries=0) as client:
        yield client


def handle(method, path, body=b"", key="sandbox"):
    """Ask the core itself; return the status and the parsed body."""
    reply = Sandbox(pace=0).handle(method, path, {"authorization": f"Bearer {key}"}, body)
    return reply.status, json.loads(b"".join(piece for _, piece in reply.pieces))


def picture_url(color, size=(64, 48), image_format="PNG"):
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, image_format)
    return f"data:image/{image_format.lower()};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def image_message(*urls, text="What is in this picture?"):
    parts = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    return [{"role": "user", "content": [{"type": "text", "text": text}, *parts]}]


def test_models_are_listed_with_their_meta_data(client):
    models = {model.id: model for model in client.models.list()}
    assert models["jina-embeddings-v2-base-de"].meta_data["hidden_size"] == 768
    assert models[CHAT].meta_data["deployment_country"] == "Germany, EU"
    assert client.models.retrieve(CHAT) == models[CHAT]
    assert "llava-v1.6-34b" not in models


def test_the_vision_path_has_models_of_its_own(client):
    vision = client.with_options(base_url=str(client.base_url).replace("/v2", "/vision"))
    assert [model.id for model in vision.models.list()] == ["llava-v1.6-34b", "llava-v1.6-vicuna-13b"]


def test_chat_answers_and_counts(client):
    response = client.chat.completions.create(model=CHAT, messages=QUESTION, temperature=0)
    assert "rainbow" in response.choices[0].message.content.lower()
    assert response.choices[0].finish_reason == "stop"
    assert response.system_fingerprint == "sandbox"
    assert response.usage.total_tokens == response.usage.prompt_tokens + response.usage.completion_tokens > 0


def test_a_stream_carries_the_same_text(client):
    whole = client.chat.completions.create(model=CHAT, messages=QUESTION, temperature=0)
    options = {"include_usage": True}
    stream = list(
        client.chat.completions.create(
            model=CHAT, messages=QUESTION, temperature=0, stream=True, stream_options=options
        )
    )
    pieces = [chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices]
    assert "".join(pieces) == whole.choices[0].message.content
    assert len([piece for piece in pieces if piece]) == whole.usage.completion_tokens
    assert stream[-1].choices == []
    assert stream[-1].usage == whole.usage
    assert stream[-2].choices[0].finish_reason == "stop"


def test_a_stream_from_azure_opens_without_choices(client):
    stream = client.chat.completions.create(model=AZURE, messages=QUESTION, stream=True)
    assert next(iter(stream)).choices == []


async def collect_async(client):
    stream = await client.chat.completions.create(model=CHAT, messages=QUESTION, temperature=0, stream=True)
    return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])


def test_the_async_client_gets_the_same(client):
    import asyncio

    http_client = openai.DefaultAsyncHttpxClient(transport=AsyncSandboxTransport(Sandbox(pace=0)))
    async_client = openai.AsyncOpenAI(api_key="sandbox", base_url="http://127.0.0.1/v2", http_client=http_client)
    whole = client.chat.completions.create(model=CHAT, messages=QUESTION, temperature=0)
    assert asyncio.run(collect_async(async_client)) == whole.choices[0].message.content


def test_the_token_limit_cuts_the_answer(client):
    response = client.chat.completions.create(model=CHAT, messages=QUESTION, max_tokens=5)
    assert response.choices[0].finish_reason == "length"
    assert response.usage.completion_tokens == 5


def test_a_stop_sequence_ends_the_answer(client):
    whole = client.chat.completions.create(model=CHAT, messages=QUESTION, temperature=0)
    word = whole.choices[0].message.content.split()[3]
    cut = client.chat.completions.create(model=CHAT, messages=QUESTION, temperature=0, stop=["never said", word])
    assert cut.choices[0].message.content == whole.choices[0].message.content.partition(word)[0]
    assert cut.choices[0].finish_reason == "stop"


def test_n_gives_that_many_choices(client):
    response = client.chat.completions.create(model=CHAT, messages=QUESTION, n=3, temperature=0)
    assert [choice.index for choice in response.choices] == [0, 1, 2]
    assert len({choice.message.content for choice in response.choices}) == 1


def test_a_seed_decides_and_without_one_a_repeated_question_varies(client):
    def ask(**options):
        question = [{"role": "user", "content": "Tell me about the Earth."}]
        response = client.chat.completions.create(model=CHAT, messages=question, temperature=1.5, **options)
        return response.choices[0].message.content

    assert ask(seed=7) == ask(seed=7)
    assert len({ask(seed=seed) for seed in range(8)}) > 1
    assert len({ask() for _ in range(8)}) > 1


def test_a_tool_call_comes_and_its_result_is_told(client):
    messages = [{"role": "user", "content": "Will it rain in Bremen?"}]
    request = {"model": AZURE, "tools": [WEATHER]}
    first = client.chat.completions.create(messages=messages, **request)
    (call,) = first.choices[0].message.tool_calls
    assert first.choices[0].finish_reason == "tool_calls"
    assert (call.function.name, json.loads(call.function.arguments)) == ("get_forecast", {"city": "Bremen"})
    messages += [
        first.choices[0].message,
        {"role": "tool", "tool_call_id": call.id, "content": '{"forecast": "showers", "temperature": 11}'},
    ]
    second = client.chat.completions.create(messages=messages, **request)
    assert "showers" in second.choices[0].message.content
    assert "Bremen" in second.choices[0].message.content


def test_tool_calls_stream_in_pieces_by_index(client):
    messages = [{"role": "user", "content": "What is the weather forecast for Bremen and for Kiel?"}]
    arguments = {}
    for chunk in client.chat.completions.create(model=AZURE, messages=messages, tools=[WEATHER], stream=True):
        for call in chunk.choices[0].delta.tool_calls or [] if chunk.choices else []:
            arguments[call.index] = arguments.get(call.index, "") + call.function.arguments
    assert [json.loads(text)["city"] for text in arguments.values()] == ["Bremen", "Kiel"]


def test_a_tool_call_without_its_result_is_refused(client):
    call = {"id": "call-1", "type": "function", "function": {"name": "get_forecast", "arguments": "{}"}}
    messages = [*QUESTION, {"role": "assistant", "content": None, "tool_calls": [call]}, *QUESTION]
    with pytest.raises(openai.BadRequestError, match="call-1"):
        client.chat.completions.create(model=AZURE, messages=messages, tools=[WEATHER])


def test_pictures_by_data_url_and_by_own_url(client):
    asset = f"{str(client.base_url).removesuffix('/v2/')}/assets/boardwalk.jpg"
    if "127.0.0.1:" in asset:
        assert Image.open(io.BytesIO(httpx2.get(asset, timeout=None).content)).format == "JPEG"
    for urls, expected in [((picture_url("red"),), "red"), ((asset,), "green"), ((picture_url("blue"),) * 2, "second")]:
        response = client.chat.completions.create(model=VISION, messages=image_message(*urls))
        assert expected in response.choices[0].message.content.lower()


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("https://example.com/cat.jpg", "makes no connections"),
        ("http://127.0.0.1/assets/../core/chat.py", "no image of that name"),
        ("data:image/png;base64,!!!", "not valid base64"),
        ("data:text/plain,hello", "data:image/TYPE;base64,"),
        ("http://[broken", "not valid"),
    ],
)
def test_a_picture_that_cannot_be_had_is_refused(client, url, hint):
    with pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(model=VISION, messages=image_message(url))
    assert caught.value.status_code in (400, 404)
    assert hint in str(caught.value.body)


def test_bytes_that_are_no_picture_are_refused(client):
    url = f"data:image/png;base64,{base64.b64encode(b'no picture').decode()}"
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model=VISION, messages=image_message(url))


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"properties": [1]}, "parameters.properties must be an object"),
        ({"properties": {"a": 1}}, "parameters.properties.a must be an object"),
        ({"properties": {"a": {"type": {}}}}, "parameters.properties.a.type"),
        ({"properties": {"a": {"type": "text"}}}, "parameters.properties.a.type must be one of 'array', 'boolean'"),
        ({"properties": {"a": {"enum": "abc"}}}, "a.enum must be an array"),
        ({"properties": {"a": {"enum": []}}}, "a.enum needs at least 1 item"),
        ({"properties": {"a": {"type": "integer", "minimum": "5"}}}, "a.minimum must be a number"),
        ({"properties": {"a": {"type": "array", "minItems": 10**9}}}, "a.minItems must be at most 1000"),
        ({"properties": {"a": {"type": "array", "maxItems": "3"}}}, "a.maxItems must be an integer"),
        ({"properties": {"a": {"type": "number", "minimum": 5, "maximum": 1}}}, "leave no value"),
        ({"properties": {"a": {"anyOf": {}}}}, "a.anyOf must be an array"),
        ({"properties": {"a": {"$ref": "#/$defs/B"}}}, "leads nowhere"),
        ({"properties": {"a": {"pattern": "("}}}, "the pattern '(' cannot be used"),
        ({"required": True}, "parameters.required must be an array"),
        ({"required": [1]}, "parameters.required.0 must be a string"),
        ({"properties": {str(number): {} for number in range(6000)}}, "more than the 2000 parts"),
        ({"type": "object"}, "with properties"),
        ({"type": "object", "properties": {"a": {"type": "array"}}}, "parameters.properties.a: an array needs 'items'"),
    ],
)
def test_a_tool_schema_that_is_none_is_refused(client, parameters, problem):
    tool = {"type": "function", "function": {"name": "find", "parameters": parameters}}
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model=AZURE, messages=QUESTION, tools=[tool])
    assert problem in caught.value.body["message"]


def test_a_schema_that_is_nested_too_deep_is_refused():
    parameters = {}
    for _ in range(200):
        parameters = {"type": "object", "properties": {"a": parameters}}
    tool = {"type": "function", "function": {"name": "find", "parameters": parameters}}
    body = {"model": AZURE, "messages": QUESTION, "tools": [tool]}
    status, answer = handle("POST", "/v2/chat/completions", json.dumps(body).encode())
    assert status == 400
    assert "nested" in answer["error"]["message"]


def test_null_is_as_good_as_leaving_out(client):
    nothing = dict.fromkeys(["tools", "tool_choice", "parallel_tool_calls", "user", "n", "stream", "stop", "seed"])
    response = client.chat.completions.create(model=AZURE, messages=QUESTION, extra_body=nothing)
    assert response.choices[0].finish_reason == "stop"


def test_what_the_sandbox_does_not_know_is_refused(client):
    with pytest.raises(openai.BadRequestError, match="400"):
        client.embeddings.create(model="text-embedding-bge-m3", input="Hello", dimensions=64)
    with pytest.raises(openai.BadRequestError, match="400"):
        client.completions.create(model=CHAT, prompt="Hello", suffix="!")


def test_a_defect_is_a_500_in_the_documented_shape(monkeypatch):
    def fail(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr("sandbox.model.answering.text.answer", fail)
    body = json.dumps({"model": CHAT, "messages": QUESTION}).encode()
    status, answer = handle("POST", "/v2/chat/completions", body)
    assert status == 500
    assert "RuntimeError: broken" in answer["detail"]


def test_the_picture_is_known_by_the_name_that_the_client_uses():
    url = "http://10.0.0.7:8011/assets/boardwalk.jpg"
    body = json.dumps({"model": VISION, "messages": image_message(url)}).encode()
    for host, expected in [("10.0.0.7:8011", 200), ("10.0.0.8:8011", 400)]:
        headers = {"authorization": "Bearer sandbox", "host": host}
        sandbox = Sandbox(pace=0, hosts=["10.0.0.7", "10.0.0.8"])
        assert sandbox.handle("POST", "/v2/chat/completions", headers, body).status == expected


def test_raw_prompts_follow_a_template_or_go_on_to_the_limit(client):
    prompt = "<|start_header_id|>user<|end_header_id|>\n\nWhat is a rainbow?<|eot_id|>"
    prompt += "<|start_header_id|>assistant<|end_header_id|>\n\n"
    options = {"model": CHAT, "max_tokens": 200, "temperature": 0}
    templated = client.completions.create(prompt=prompt, **options)
    chat = client.chat.completions.create(messages=QUESTION, **options)
    assert templated.choices[0].text == chat.choices[0].message.content
    assert templated.choices[0].finish_reason == "stop"
    raw = client.completions.create(prompt="What is a rainbow?", **options)
    assert raw.choices[0].finish_reason == "length"
    pieces = [chunk.choices[0].text for chunk in client.completions.create(prompt=prompt, stream=True, **options)]
    assert "".join(pieces) == templated.choices[0].text


def test_echo_puts_the_prompt_in_front_and_does_not_count_it(client):
    options = {"model": CHAT, "prompt": "The capital of Germany is", "max_tokens": 5, "temperature": 0, "n": 2}
    plain = client.completions.create(**options)
    echoed = client.completions.create(**options, echo=True)
    assert [c.text for c in echoed.choices] == [f"The capital of Germany is{c.text}" for c in plain.choices]
    assert echoed.usage == plain.usage
    assert plain.usage.completion_tokens == 2 * 5


def test_embeddings_as_floats_and_as_base64_agree(client):
    texts = ["a blue boat", "a blue ship", "tax law"]
    request = {"model": "text-embedding-bge-m3", "input": texts}
    packed = client.embeddings.create(**request)
    plain = client.embeddings.create(**request, encoding_format="float")
    assert [len(item.embedding) for item in packed.data] == [1024] * 3
    for first, second in zip(packed.data, plain.data, strict=True):
        assert first.embedding == pytest.approx(second.embedding, abs=1e-6)
    assert packed.usage.prompt_tokens == packed.usage.total_tokens > 0


def test_token_ids_are_refused_with_the_cure(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.embeddings.create(model="text-embedding-bge-m3", input=[[1, 2, 3]])
    assert "check_embedding_ctx_length" in str(caught.value.body)


@pytest.mark.parametrize(
    ("model", "body", "detail"),
    [
        (CHAT, {"messages": image_message(picture_url("red"))}, "does not support vision"),
        (CHAT, {"messages": QUESTION, "tools": [WEATHER]}, "does not support tools"),
        (CHAT, {"messages": QUESTION, "max_tokens": 10**9}, "maximum context length"),
        (CHAT, {"messages": QUESTION, "response_format": JSON_FORMAT}, "does not support response_format"),
        (AZURE, {"messages": QUESTION, "response_format": {"type": "json_schema"}}, "needs a json_schema"),
        (CHAT, {"messages": QUESTION, "reasoning_effort": "low"}, "does not support reasoning_effort"),
        ("gpt-oss-120b", {"messages": QUESTION, "reasoning_effort": "most"}, "low, medium, high"),
        (CHAT, {"messages": QUESTION, "functions": []}, "use tools"),
        (AZURE, {"messages": QUESTION, "tool_choice": "required"}, "has no tools"),
        (AZURE, {"messages": QUESTION, "tools": [WEATHER], "tool_choice": NO_SUCH_TOOL}, "not among the tools"),
        ("gpt-5-mini", {"messages": QUESTION, "max_tokens": 9}, "max_completion_tokens"),
        ("text-embedding-bge-m3", {"messages": QUESTION}, "does not support chat"),
    ],
)
def test_what_a_model_lacks_is_refused(client, model, body, detail):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model=model, **body)
    assert detail in str(caught.value.body)


def test_errors_have_the_shape_of_their_hosting(client):
    for model, key in [(CHAT, "detail"), (AZURE, "error")]:
        answer = httpx2_post(client, {"model": model, "messages": []})
        assert answer.status_code == 400
        assert list(answer.json()) == [key]
        assert "messages" in answer.text


def httpx2_post(client, body):
    headers = {"authorization": "Bearer sandbox"}
    return client._client.post(f"{client.base_url}chat/completions", json=body, headers=headers)


def test_a_wrong_key_is_refused_and_not_repeated(client):
    with pytest.raises(openai.AuthenticationError) as caught:
        client.with_options(api_key="my-other-key").models.list()
    assert caught.value.body == {"detail": "Incorrect API key provided"}
    assert caught.value.response.headers["x-sandbox"] == "1"


def test_an_unknown_model_and_an_unknown_path_say_what_there_is(client):
    with pytest.raises(openai.NotFoundError) as unknown_model:
        client.chat.completions.create(model="no-such-model", messages=QUESTION)
    assert "no-such-model" in unknown_model.value.body["detail"]
    with pytest.raises(openai.NotFoundError) as unknown_path:
        client.with_options(base_url=str(client.base_url).replace("/v2", "/v3")).models.list()
    detail = unknown_path.value.body["detail"]
    assert detail.startswith("The sandbox has no /v3/models. Its base URLs end in /v2, /vision or /queue. ")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"NaN", b'{"model": NaN}', b"[" * 100_000, b"\xff\xfe", b'{"model": []}']
)
def test_a_malformed_body_is_a_400_that_says_why(body):
    status, answer = handle("POST", "/v2/chat/completions", body)
    assert status == 400
    assert answer["detail"]


def test_problems_name_the_parameter():
    body = {"model": CHAT, "messages": [{"role": "robot", "content": 7}], "temperature": 3, "n": True}
    status, answer = handle("POST", "/v2/chat/completions", json.dumps(body).encode())
    assert status == 400
    places = [problem["loc"] for problem in answer["detail"]]
    assert ["body", "messages", 0, "role"] in places
    assert ["body", "messages", 0, "content"] in places
    assert ["body", "temperature"] in places
    assert ["body", "n"] in places


def test_a_large_body_is_a_413(client):
    messages = [{"role": "user", "content": "x" * MAX_BODY_BYTES}]
    with pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(model=CHAT, messages=messages)
    assert caught.value.status_code == 413
    assert "Shrink" in caught.value.body["detail"]


def test_a_wrong_method_and_a_missing_key():
    assert handle("GET", "/v2/chat/completions")[0] == 405
    reply = Sandbox().handle("GET", "/v2/models", {}, b"")
    assert reply.status == 401


def test_the_memory_for_repeated_requests_is_bounded():
    sandbox = Sandbox(pace=0)
    for number in range(1100):
        sandbox.handle("GET", f"/v2/models/{number}", {"authorization": "Bearer sandbox"}, b"")
    assert len(sandbox._times_asked) <= 1024
