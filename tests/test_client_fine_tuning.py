"""Fine-tuning with the `openai` package, against the sandbox in-process."""

import json
import re

import openai
import pytest

from sandbox.adapters.transports import SandboxTransport
from sandbox.catalogue import load_models
from sandbox.service import Sandbox

BASE_MODEL = "Mistral-Nemo-Instruct-2407"
TURNS = [{"role": "user", "content": "When do you open?"}, {"role": "assistant", "content": "At 7:00."}]
EXAMPLE = json.dumps({"messages": TURNS}).encode()
QUESTION = [{"role": "user", "content": "What is a rainbow?"}]


@pytest.fixture
def sandbox():
    return Sandbox(pace=0)


def connect(sandbox, key="sandbox", base="/v2"):
    """Return a client that asks the sandbox without a network."""
    transport = SandboxTransport(sandbox)
    return openai.OpenAI(
        api_key=key,
        base_url=f"http://localhost{base}",
        max_retries=0,
        http_client=openai.DefaultHttpxClient(transport=transport),
    )


@pytest.fixture
def client(sandbox):
    return connect(sandbox)


def start(client, data=EXAMPLE, name="examples.jsonl", **more):
    file = client.files.create(file=(name, data), purpose="fine-tune")
    return client.fine_tuning.jobs.create(**{"training_file": file.id, "model": BASE_MODEL} | more)


def states(client, rounds=6):
    """Return the states of the newest job as one sees them who looks again and again."""
    return [client.fine_tuning.jobs.list(limit=1).data[0].status for _ in range(rounds)]


def refusal(call, *args, **named):
    """Return the status of a refused request and what its body says."""
    with pytest.raises(openai.APIStatusError) as refused:
        call(*args, **named)
    return refused.value.status_code, str(refused.value.body)


@pytest.fixture
def tuned(client):
    """The name of a model whose job is done."""
    start(client)
    assert states(client)[-1] == "succeeded"
    return client.fine_tuning.jobs.list().data[0].fine_tuned_model


def test_a_new_job_has_the_documented_fields(client):
    job = start(client, hyperparameters={"n_epochs": 2})
    assert set(job.to_dict(warnings=False)) == {
        "id", "object", "model", "created_at", "status", "training_file", "fine_tuned_model", "finished_at", "error",
        "result_files", "trained_tokens", "validation_file", "seed", "organization_id", "hyperparameters", "suffix",
        "validation_ratio", "message", "estimated_finish", "integrations",
    }  # fmt: skip
    assert (job.id[:6], job.object, job.status, job.suffix) == ("ftjob-", "fine-tune.job", "queued", "ft")
    assert re.fullmatch(rf"{BASE_MODEL}-ft-[0-9a-f]{{6}}", job.fine_tuned_model)
    assert job.created_at.endswith("+00:00")
    assert job.hyperparameters.to_dict() == {"n_epochs": 2, "batch_size": None, "eval_batch_size": None}
    assert client.fine_tuning.jobs.list().data[0].object == "fine-tune"


def test_a_job_lives_its_life_look_by_look(client):
    job = start(client)
    assert states(client) == ["queued", "running", "running", "succeeded", "succeeded", "succeeded"]
    found = client.fine_tuning.jobs.list().data[0]
    assert (found.id, found.fine_tuned_model, found.trained_tokens) == (job.id, job.fine_tuned_model, None)
    assert found.finished_at
    events = client.fine_tuning.jobs.list_events(job.id)
    assert [(event.level, event.type) for event in events.data] == [
        ("info", "start"), ("info", "submitted"), ("info", "succeeded"),
    ]  # fmt: skip
    assert "nothing was trained" in events.data[-1].message
    assert len(events.data[0].created_at) == len("2024-06-27T09:24:33")


def test_to_look_at_the_events_takes_a_job_on_as_well(client):
    job = start(client)
    seen = [len(client.fine_tuning.jobs.list_events(job.id).data) for _ in range(4)]
    assert seen == [1, 2, 2, 3]


def test_a_file_that_is_not_valid_is_checked_by_itself_and_fails_the_job(client):
    job = start(client, b"{}\n")
    assert client.files.retrieve(job.training_file).validation["is_checked"]
    assert states(client)[-1] == "failed"
    found = client.fine_tuning.jobs.list().data[0]
    assert (found.fine_tuned_model, found.error) == (None, None)
    assert "not valid" in found.message
    event = client.fine_tuning.jobs.list_events(job.id).data[-1]
    assert (event.level, event.type, event.message) == ("error", "failed", found.message)


def test_a_cancelled_job_is_stopped_for_good(client):
    job = start(client)
    stopped = client.fine_tuning.jobs.cancel(job.id)
    assert (stopped.status, stopped.object, stopped.fine_tuned_model) == ("stopped", "fine-tune", None)
    assert states(client, 3) == ["stopped"] * 3
    assert refusal(client.fine_tuning.jobs.cancel, job.id)[0] == 400
    assert client.fine_tuning.jobs.list_events(job.id).data[-1].level == "warning"
    assert BASE_MODEL not in str([model.id for model in client.models.list()])


def test_pages_of_jobs_and_events(client):
    ids = [start(client).id for _ in range(5)][::-1]
    first = client.fine_tuning.jobs.list()
    assert ([job.id for job in first.data], first.has_more) == (ids[:3], True)
    rest = client.fine_tuning.jobs.list(after=ids[2])
    assert ([job.id for job in rest.data], rest.has_more) == (ids[3:], False)
    assert [job.id for job in client.fine_tuning.jobs.list(limit=2)] == ids
    assert refusal(client.fine_tuning.jobs.list, limit=11)[0] == 400
    states(client)
    events = client.fine_tuning.jobs.list_events(ids[0], limit=1)
    assert [event.type for event in events] == ["start", "submitted", "succeeded"]
    assert refusal(client.fine_tuning.jobs.list_events, ids[0], limit=101)[0] == 400


def test_the_tuned_model_is_listed_and_says_that_nothing_was_trained(client, tuned):
    assert tuned in [model.id for model in client.models.list()]
    assert client.models.retrieve(tuned).meta_data["model_type"] == "LLM"
    answer = client.chat.completions.create(model=tuned, messages=QUESTION)
    assert "rainbow" in answer.choices[0].message.content
    assert answer.choices[0].message.content.endswith(
        f"(Nothing was trained: this is the sandbox, and it answers as {BASE_MODEL} does.)"
    )
    assert (answer.system_fingerprint, answer.model) == ("sandbox", tuned)
    stream = client.chat.completions.create(model=tuned, messages=QUESTION, stream=True)
    assert "Nothing was trained" in "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    as_json = {"response_format": {"type": "json_object"}}
    asked = [{"role": "user", "content": "What is a rainbow? Answer as JSON."}]
    json.loads(client.chat.completions.create(model=tuned, messages=asked, **as_json).choices[0].message.content)
    assert refusal(client.completions.create, model=tuned, prompt="Hello")[0] == 400


def test_it_is_there_only_after_the_end_and_only_for_this_key(sandbox, client):
    name = start(client).fine_tuned_model
    assert refusal(client.chat.completions.create, model=name, messages=QUESTION)[0] == 404
    assert states(client)[-1] == "succeeded"
    assert client.chat.completions.create(model=name, messages=QUESTION).model == name
    assert connect(sandbox, base="/queue").models.retrieve(name).id == name
    other = connect(sandbox, "sandbox-bo")
    assert name not in [model.id for model in other.models.list()]
    assert refusal(other.chat.completions.create, model=name, messages=QUESTION)[0] == 404
    assert name not in [model.id for model in connect(sandbox, base="/vision").models.list()]


def test_two_keys_do_not_see_each_others_jobs(sandbox):
    ada, bo = connect(sandbox, "sandbox-ada"), connect(sandbox, "sandbox-bo")
    job = start(ada)
    assert bo.fine_tuning.jobs.list().data == []
    assert refusal(bo.fine_tuning.jobs.list_events, job.id)[0] == 404
    assert refusal(bo.fine_tuning.jobs.cancel, job.id)[0] == 404
    stolen = {"training_file": job.training_file, "model": BASE_MODEL}
    assert refusal(bo.fine_tuning.jobs.create, **stolen)[0] == 404


def test_its_tokens_count_for_the_rate_limits():
    client = connect(Sandbox(pace=0, tokens_per_minute=200))
    name = start(client).fine_tuned_model
    states(client)
    codes = []
    for _ in range(9):
        try:
            client.chat.completions.create(model=name, messages=QUESTION)
        except openai.RateLimitError as error:
            codes.append(error.status_code)
    assert codes


@pytest.mark.parametrize("model", sorted({*load_models(), "Llama-3.3-70B-Instruct", "none"}))
def test_only_the_documented_models_can_be_tuned(client, model):
    status, body = refusal(start, client, model=model)
    assert status == 400
    assert "Llama-3.1-70B-Instruct" in body


@pytest.mark.parametrize(
    "more",
    [
        {"method": {"type": "dpo"}},
        {"suffix": "pool"},
        {"validation_file": "file-1"},
        {"hyperparameters": {"n_epochs": 0}},
        {"hyperparameters": {"n_epochs": "auto"}},
        {"training_file": 3},
    ],
)
def test_what_is_not_documented_is_refused(client, more):
    status, body = refusal(start, client, **more)
    assert status == 400
    assert next(iter(more)) in body or "n_epochs" in body


def test_a_job_needs_a_file_for_training(sandbox, client):
    assert refusal(client.fine_tuning.jobs.create, training_file="file-none", model=BASE_MODEL)[0] == 404
    page = connect(sandbox, base="/v1").files.create(file=("a.png", b"x"), purpose="visual-rag")
    assert refusal(client.fine_tuning.jobs.create, training_file=page.id, model=BASE_MODEL)[0] == 400


def test_what_the_documentation_does_not_have_says_what_to_do(client):
    job = start(client)
    status, body = refusal(client.fine_tuning.jobs.retrieve, job.id)
    assert (status, "List the jobs" in body) == (404, True)
    for call in (
        client.fine_tuning.jobs.pause,
        client.fine_tuning.jobs.resume,
        client.fine_tuning.jobs.checkpoints.list,
    ):
        assert refusal(call, job.id)[0] == 404


def test_a_document_becomes_no_data_set_but_its_job_runs(client):
    start(client, b"PK", "handbook.zip")
    assert states(client)[-1] == "succeeded"
