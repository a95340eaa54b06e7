"""Faults on request, rate limits, and the shapes of the errors that they lead to."""

import openai
import pytest
from direct_requests import CHAT, KEY, QUESTION, chat, content, events, post

from sandbox.adapters.transports import SandboxTransport
from sandbox.core.errors import ConnectionLost
from sandbox.service import Sandbox

OPEN = "Llama-3.3-70B-Instruct"
AZURE = "gpt-4.1"


class Clock:
    """A clock that a test turns."""

    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self):
        return self.now


def client(sandbox, **options):
    http_client = openai.DefaultHttpxClient(transport=SandboxTransport(sandbox))
    return openai.OpenAI(api_key="sandbox", base_url="http://127.0.0.1/v2", http_client=http_client, **options)


@pytest.mark.parametrize(
    ("fault", "status", "retry_after", "words"),
    [
        ("rate", 429, "1", "Too many requests"),
        ("rate; retry-after=0.5", 429, "0.5", "Too many requests"),
        ("budget", 429, None, "monthly budget"),
        ("budget; retry-after=121", 429, "121", "monthly budget"),
        ("unavailable", 503, None, "temporarily unavailable"),
        ("unavailable; retry-after=2", 503, "2", "temporarily unavailable"),
    ],
)
def test_a_fault_is_an_error_in_the_shape_of_the_model(fault, status, retry_after, words):
    for model in (OPEN, AZURE):
        reply = chat(Sandbox(), model, {"x-sandbox-fault": fault})
        assert (reply.status, reply.headers.get("retry-after")) == (status, retry_after)
        body = content(reply)
        message = body["error"]["message"] if model == AZURE else body["detail"]
        assert words in message


def test_rate_and_budget_differ_by_their_code():
    codes = [
        content(chat(Sandbox(), AZURE, {"x-sandbox-fault": fault}))["error"]["code"] for fault in ("rate", "budget")
    ]
    assert codes == ["rate_limit_exceeded", "budget_exceeded"]


def test_times_ends_after_as_many_failures_and_begins_again():
    sandbox = Sandbox()
    fault = {"x-sandbox-fault": "rate; times=2"}
    assert [chat(sandbox, OPEN, fault).status for _ in range(7)] == [429, 429, 200, 429, 429, 200, 429]
    assert chat(sandbox, OPEN, fault, seed=1).status == 429, "another request has a count of its own"
    assert chat(sandbox, OPEN).status == 200, "without the header nothing fails"
    assert [chat(sandbox, OPEN, {"x-sandbox-fault": "rate; times=0"}).status for _ in range(2)] == [200, 200]


def test_every_endpoint_takes_faults():
    sandbox, fault = Sandbox(), KEY | {"x-sandbox-fault": "unavailable"}
    assert sandbox.handle("GET", "/v2/models", fault, b"").status == 503
    body = {"model": "text-embedding-bge-m3", "input": "Hello"}
    assert post(sandbox, "/v2/embeddings", body, {"x-sandbox-fault": "unavailable"}).status == 503
    body = {"model": OPEN, "prompt": "Hello"}
    assert post(sandbox, "/v2/completions", body, {"x-sandbox-fault": "unavailable"}).status == 503


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("", "no fault ''"),
        ("rain", "no fault 'rain'"),
        ("rate; tims=2", "no parameter 'tims'"),
        ("rate; times=two", "times has to be a number"),
        ("rate; times=1.5", "times has to be a whole number"),
        ("rate; times=-1", "times has to be a number"),
        ("rate; retry-after=nan", "retry-after has to be a number"),
        ("timeout; seconds=601", "at most 600"),
        ("broken-stream", "Send stream=true"),
        ("error-in-stream", "Send stream=true"),
    ],
)
def test_a_header_that_is_no_fault_says_what_there_is(header, problem):
    reply = chat(Sandbox(), OPEN, {"x-sandbox-fault": header})
    assert reply.status == 400
    assert problem in content(reply)["detail"]


def test_a_timeout_delays_the_whole_answer():
    reply = chat(Sandbox(), OPEN, {"x-sandbox-fault": "timeout; seconds=7"})
    assert (reply.status, reply.delay) == (200, 7.0)
    assert content(reply)["choices"]
    assert chat(Sandbox(), OPEN, {"x-sandbox-fault": "timeout"}).delay == 30.0
    assert chat(Sandbox(), OPEN).delay == 0.0


def test_a_stream_comes_at_its_pace_and_a_whole_answer_at_once():
    pauses = [pause for pause, _ in chat(Sandbox(pace=0.02), OPEN, stream=True).pieces]
    assert pauses == [0.02] * (len(pauses) - 1) + [0.0]
    assert len(pauses) > 10
    assert [pause for pause, _ in chat(Sandbox(pace=0.02), OPEN).pieces] == [0.0]


def test_a_late_answer_is_a_timeout_for_a_client_that_does_not_wait():
    with client(Sandbox(), max_retries=0, timeout=0.05) as impatient, pytest.raises(openai.APITimeoutError):
        impatient.chat.completions.create(
            model=OPEN, messages=QUESTION, extra_headers={"X-Sandbox-Fault": "timeout; seconds=0.2"}
        )


def test_a_broken_stream_ends_as_if_it_were_complete():
    # With a clock that stands still: the answers name the second in which they are made.
    whole = events(chat(Sandbox(pace=0, clock=lambda: 1.0), OPEN, stream=True))
    broken = events(chat(Sandbox(pace=0, clock=lambda: 1.0), OPEN, {"x-sandbox-fault": "broken-stream"}, stream=True))
    assert broken == whole[: len(broken)]
    assert 0 < len(broken) < len(whole) - 2
    assert all(chunk["choices"][0]["finish_reason"] is None for chunk in broken)


def test_an_error_in_a_stream_has_the_shape_of_the_model():
    for model, key in [(OPEN, "detail"), (AZURE, "error")]:
        *chunks, last = events(chat(Sandbox(pace=0), model, {"x-sandbox-fault": "error-in-stream"}, stream=True))
        assert list(last) == [key]
        assert all("choices" in chunk for chunk in chunks)


def test_the_client_sees_what_the_traps_say():
    """With `detail` nothing is raised and `choices` is None; in OpenAI's shape the package raises."""
    request = {"messages": QUESTION, "stream": True, "extra_headers": {"X-Sandbox-Fault": "error-in-stream"}}
    with client(Sandbox(pace=0)) as talker:
        chunks = list(talker.chat.completions.create(model=OPEN, **request))
        assert chunks[-1].choices is None
        assert chunks[-2].choices[0].finish_reason is None
        with pytest.raises(openai.APIError, match="temporarily unavailable"):
            list(talker.chat.completions.create(model=AZURE, **request))


def test_a_lost_connection_breaks_off_after_the_first_half():
    for body in ({}, {"stream": True}):
        reply = chat(Sandbox(pace=0), OPEN, {"x-sandbox-fault": "connection-lost"}, **body)
        pieces = []
        with pytest.raises(ConnectionLost):
            pieces.extend(reply.pieces)
        assert reply.status == 200
        assert bool(pieces) == ("stream" in body)


def test_the_package_retries_a_rate_limit_and_then_gets_the_answer():
    with client(Sandbox(), max_retries=2) as talker:
        response = talker.chat.completions.with_raw_response.create(
            model=OPEN, messages=QUESTION, extra_headers={"X-Sandbox-Fault": "rate; times=2; retry-after=0.01"}
        )
    assert response.retries_taken == 2
    assert response.parse().choices[0].finish_reason == "stop"


def test_the_package_does_not_retry_after_a_long_retry_after():
    asked = []
    sandbox = Sandbox()
    handle = sandbox.handle
    sandbox.handle = lambda *request: asked.append(request) or handle(*request)
    with client(sandbox) as talker, pytest.raises(openai.RateLimitError):
        talker.chat.completions.create(
            model=OPEN, messages=QUESTION, extra_headers={"X-Sandbox-Fault": "budget; retry-after=121"}
        )
    assert len(asked) == 1


def test_rate_limit_headers_come_from_azure_alone_and_count_down_truly():
    clock = Clock()
    sandbox = Sandbox(clock=clock, requests_per_minute=100, tokens_per_minute=100_000)
    assert not [name for name in chat(sandbox, OPEN).headers if name.startswith("x-ratelimit")]
    used = 0
    for number in range(1, 4):
        reply = chat(sandbox, AZURE)
        used += content(reply)["usage"]["total_tokens"]
        limits = {name: value for name, value in reply.headers.items() if name.startswith("x-ratelimit")}
        assert limits == {
            "x-ratelimit-limit-requests": "100",
            "x-ratelimit-limit-tokens": "100000",
            "x-ratelimit-remaining-requests": str(100 - number),
            "x-ratelimit-remaining-tokens": str(100_000 - used),
            "x-ratelimit-reset-requests": f"{60 - (number - 1)}s",
            "x-ratelimit-reset-tokens": f"{60 - (number - 1)}s",
        }
        clock.now += 1
    stream = chat(sandbox, AZURE, stream=True)
    assert stream.headers["x-ratelimit-remaining-requests"] == "96"
    clock.now += 60
    assert chat(sandbox, AZURE).headers["x-ratelimit-remaining-requests"] == "99"


@pytest.mark.parametrize(("model", "key"), [(OPEN, "detail"), (AZURE, "error")])
def test_a_request_too_many_is_a_429_until_the_minute_is_over(model, key):
    clock = Clock()
    sandbox = Sandbox(clock=clock, requests_per_minute=2)
    assert [chat(sandbox, model).status for _ in range(2)] == [200, 200]
    clock.now += 20.5
    refused = chat(sandbox, model)
    assert (refused.status, refused.headers["retry-after"]) == (429, "40")
    assert ("x-ratelimit-remaining-requests" in refused.headers) == (model == AZURE)
    assert "2 requests" in str(content(refused)[key])
    assert chat(sandbox, "gpt-4o").status == 200, "each model has its own count"
    clock.now += 39.5
    assert chat(sandbox, model).status == 200


def test_tokens_are_limited_and_a_refused_request_does_not_count():
    clock = Clock()
    needed = content(chat(Sandbox(), AZURE))["usage"]["total_tokens"]
    sandbox = Sandbox(clock=clock, tokens_per_minute=2 * needed)
    assert [chat(sandbox, AZURE).status for _ in range(4)] == [200, 200, 429, 429]
    clock.now += 60
    assert chat(sandbox, AZURE).headers["x-ratelimit-remaining-tokens"] == str(needed)
    too_small = Sandbox(tokens_per_minute=needed - 1)
    refused = chat(too_small, AZURE)
    assert refused.status == 429
    assert "Shorten it" in content(refused)["error"]["message"]


def test_what_counts_nothing_is_not_limited():
    sandbox = Sandbox(requests_per_minute=1)
    assert [sandbox.handle("GET", "/v2/models", KEY, b"").status for _ in range(3)] == [200] * 3
    assert [post(sandbox, CHAT, {"model": AZURE}).status for _ in range(3)] == [400] * 3
    assert chat(sandbox, AZURE).status == 200


def test_a_clock_that_is_set_back_begins_a_new_minute():
    clock = Clock()
    sandbox = Sandbox(clock=clock, requests_per_minute=1)
    assert [chat(sandbox, AZURE).status for _ in range(2)] == [200, 429]
    clock.now -= 3600
    assert chat(sandbox, AZURE).status == 200


@pytest.mark.parametrize("model", [OPEN, AZURE])
def test_errors_have_the_shape_of_their_hosting(model):
    """401, 404, 400, 413 and 429 for a model on Azure and for another one."""
    wrong_key = {"authorization": "Bearer another"}
    limited = Sandbox(requests_per_minute=1)
    chat(limited, model)
    replies = {
        401: chat(Sandbox(), model, wrong_key),
        400: chat(Sandbox(), model, temperature=9),
        429: chat(limited, model),
    }
    for status, reply in replies.items():
        body = content(reply)
        assert reply.status == status
        assert list(body) == (["error"] if model == AZURE else ["detail"])
    if model == AZURE:
        error = content(chat(Sandbox(), model, wrong_key))["error"]
        assert (error["type"], error["code"]) == ("authentication_error", "invalid_api_key")
        assert content(chat(Sandbox(), model, temperature=9))["error"]["param"] == "temperature"
    else:
        assert content(chat(Sandbox(), model, wrong_key)) == {"detail": "Incorrect API key provided"}
        assert content(chat(Sandbox(), model, temperature=9))["detail"][0]["loc"] == ["body", "temperature"]


def test_a_model_named_in_the_path_decides_the_shape_too():
    for model, key in [(OPEN, "detail"), (AZURE, "error")]:
        reply = Sandbox().handle("GET", f"/v2/models/{model}", {"authorization": "Bearer another"}, b"")
        assert (reply.status, list(content(reply))) == (401, [key])


def test_comments_come_between_the_chunks_and_change_nothing_else():
    plain = chat(Sandbox(pace=0), OPEN, stream=True)
    reply = chat(Sandbox(pace=0), OPEN, {"x-sandbox-fault": "comments"}, stream=True)
    pieces = [piece for _, piece in reply.pieces]
    assert set(pieces[::2]) == {b":\n\n"}
    count = len([piece for _, piece in plain.pieces])
    assert (len(pieces[1::2]), pieces[-1]) == (count, b"data: [DONE]\n\n")
