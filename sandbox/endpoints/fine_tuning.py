"""POST and GET /fine_tuning/jobs, their events, and how to cancel one. A job lives its life, but nothing is trained."""

import secrets
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from sandbox.catalogue import load_models
from sandbox.core.bodies import AnswerPart, Part, Positive
from sandbox.core.errors import ApiError
from sandbox.core.requests import Answer, Request
from sandbox.core.routing import refuse, route
from sandbox.core.store import Entry, Page, page, paging
from sandbox.engines.training import check_file

# The documented ones. Whether they are also offered for chat is another matter.
_MODELS = ("Mistral-Nemo-Instruct-2407", "Llama-3.1-70B-Instruct")
_UNDOCUMENTED = ("method", "suffix", "validation_file", "seed", "integrations")
_DOCUMENTED = "The service documents only training_file, model, and hyperparameters with n_epochs."
refuse("/fine_tuning/jobs/[^/]+", "To get a single job is not documented. List the jobs, and look for its id.")
refuse("/fine_tuning/.+", "Of jobs, only creating, listing, cancelling, and their events are documented.")
_State = Literal["queued", "running", "succeeded", "failed", "stopped"]
# The level, type, and message of the event that comes with a state.
_EVENTS = {
    "queued": ("info", "start", "Fine-tuning job started"),
    "running": ("info", "submitted", "Fine-tuning job submitted"),
    "succeeded": ("info", "succeeded", "Fine-tuning job succeeded (sandbox: nothing was trained)"),
    "failed": ("error", "failed", "Fine-tuning job failed: the file is not valid. Read its validation."),
    "stopped": ("warning", "failed", "Fine-tuning job stopped: it was cancelled."),
}


class Hyperparameters(Part):
    """How to train."""

    n_epochs: Positive = Field(1, description="How often to go through the examples. Default: 1 in the sandbox.")


class JobRequest(Part):
    """What to train, and on what."""

    training_file: str = Field(description="The id of a file that was uploaded for `fine-tune`.")
    model: str = Field(description="The model to start from.")
    hyperparameters: Hyperparameters | None = Field(None, description="How to train.")


_Null = Annotated[None, Field(description="Always null in the sandbox.")]
_UNUSED = "estimated_finish integrations organization_id result_files seed trained_tokens validation_file".split()
_Unused = TypedDict("_Unused", dict.fromkeys(["error", *_UNUSED, "validation_ratio"], _Null))


class UsedHyperparameters(AnswerPart):
    """How it is trained."""

    n_epochs: Annotated[Positive, Field(description="How often it goes through the examples.")]
    batch_size: _Null
    eval_batch_size: _Null


class Job(AnswerPart, _Unused):
    """A job."""

    id: Annotated[str, Field(description="The name that other requests use.")]
    object: Annotated[Literal["fine-tune.job", "fine-tune"], Field(description="`fine-tune.job` only at first.")]
    model: Annotated[str, Field(description="The model to start from.")]
    created_at: Annotated[str, Field(description="When it was created: a text with a time zone, not a number.")]
    finished_at: Annotated[str | None, Field(description="When it ended.")]
    status: Annotated[_State, Field(description="`queued` and `stopped` are documented, the rest is OpenAI's.")]
    training_file: Annotated[str, Field(description="The id of the file.")]
    fine_tuned_model: Annotated[
        str | None, Field(description="The name of the new model, which is there before the model.")
    ]
    hyperparameters: UsedHyperparameters
    suffix: Annotated[Literal["ft"], Field(description="What stands in the name of the new model.")]
    message: Annotated[str | None, Field(description="Why it failed.")]


class JobList(Page):
    """A page of the jobs of this key."""

    data: Annotated[list[Job], Field(description="The jobs, the newest first.")]


class JobEvent(AnswerPart):
    """Something that happened to a job."""

    id: Annotated[str, Field(description="What `after` takes. The documentation's examples do not show it.")]
    created_at: Annotated[str, Field(description="When: a text without a time zone.")]
    level: Annotated[Literal["info", "warning", "error"], Field(description="How bad it is.")]
    message: Annotated[str, Field(description="What happened.")]
    type: Annotated[Literal["start", "submitted", "succeeded", "failed"], Field(description="What kind it is.")]


class JobEventList(Page):
    """A page of the events of a job."""

    data: Annotated[list[JobEvent], Field(description="The events, the oldest first.")]


_EXAMPLES = {"A job": {"training_file": "$FILE", "model": _MODELS[0], "hyperparameters": {"n_epochs": 2}}}


@route("POST", "/fine_tuning/jobs", Job, body=JobRequest, bases=("/v2",), examples=_EXAMPLES)
def create(request: Request) -> Answer:
    """Create a fine-tuning job.

    The file is checked by itself if nobody asked for it. In the sandbox, nothing is trained, and each look at a job
    takes it a step on: `queued`, `running`, and `succeeded`, or `failed` if the file is not valid.
    """
    body = request.body
    request.refuse(_UNDOCUMENTED, _DOCUMENTED)
    if body.model not in _MODELS:
        cure = f"The documentation lists {' and '.join(_MODELS)}, although its example names Llama-3.3-70B-Instruct."
        raise ApiError(400, f"{body.model!r} cannot be tuned. {cure}", "model", "unsupported_model")
    file = request.store.get("file", body.training_file)
    if "validation" not in file:
        raise ApiError(400, "The training_file was not uploaded for fine-tune. Upload it again.", "training_file")
    file["validation"] |= check_file(file["filename"], file["data"])
    epochs = body.hyperparameters.n_epochs if body.hyperparameters else 1
    job: Entry = {name: None for name in Job.__annotations__ if name != "id"} | {
        "model": body.model, "created_at": request.created_text, "suffix": "ft",
        "training_file": body.training_file, "fine_tuned_model": f"{body.model}-ft-{secrets.token_hex(3)}",
        "hyperparameters": {"n_epochs": epochs, "batch_size": None, "eval_batch_size": None}, "events": [],
        "coming": ["queued", "running", "running", "succeeded" if file["validation"]["is_valid"] else "failed"],
    }  # fmt: skip
    job = request.store.add("job", "ftjob-", job)
    _enter(request, job, "queued")
    return Answer(_show(job) | {"object": "fine-tune.job"})


@route("GET", "/fine_tuning/jobs", JobList, bases=("/v2",), query=paging(3, 10))
def list_jobs(request: Request) -> Answer:
    """List the fine-tuning jobs.

    The newest first, three if `limit` does not say otherwise.
    """
    return Answer(page(request.store.all("job"), request.query, lambda job: _show(_look(request, job)), 3, 10))


@route("GET", "/fine_tuning/jobs/{job}/events", JobEventList, bases=("/v2",), query=paging(10, 100))
def list_events(request: Request) -> Answer:
    """List the events of a fine-tuning job.

    The oldest first, as in the documentation's example.
    """
    job = _look(request, request.store.get("job", request.names[0]))
    return Answer(page(job["events"], request.query, dict, 10, 100))


@route("POST", "/fine_tuning/jobs/{job}/cancel", Job, bases=("/v2",))
def cancel(request: Request) -> Answer:
    """Cancel a fine-tuning job.

    Its status is then `stopped`, as in the documentation's example; its text says `cancelled`.
    """
    job = request.store.get("job", request.names[0])
    if not job["coming"]:
        raise ApiError(400, f"The job has already ended: it {job['status']}.", "job")
    job |= {"coming": [], "fine_tuned_model": None}
    _enter(request, job, "stopped")
    return Answer(_show(job))


def _look(request: Request, job: Entry) -> Entry:
    """Take a job one step on."""
    if job["coming"]:
        state, *job["coming"] = job["coming"]
        _enter(request, job, state)
    return job


def _enter(request: Request, job: Entry, state: str) -> None:
    if state == job["status"]:
        return
    level, kind, message = _EVENTS[state]
    event = {"id": f"ftevent-{secrets.token_hex(12)}", "created_at": request.created_text[:19], "level": level}
    job["events"].append(event | {"message": message, "type": kind})
    job |= {"status": state, "finished_at": None if job["coming"] else request.created_text}
    if state == "failed":
        job |= {"fine_tuned_model": None, "message": message}
    if state == "succeeded":
        base, name = load_models("first")[job["model"]], job["fine_tuned_model"]
        note = f"(Nothing was trained: this is the sandbox, and it answers as {base.id} does.)"
        request.store.models[name] = replace(base, id=name, capabilities=frozenset({"chat"}), note=note)


def _show(job: Entry) -> Entry:
    names = sorted(Job.__annotations__, key=lambda name: name in _Unused.__annotations__)
    return {name: job[name] for name in names} | {"object": "fine-tune"}
