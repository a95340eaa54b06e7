"""GET /models, GET /models/{id}, and GET /audio/models."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field

from sandbox.catalogue import Model
from sandbox.core.bodies import AnswerPart, Count
from sandbox.core.requests import Answer, Request
from sandbox.core.routing import route

_CREATED = 1_714_521_600  # 2024-05-01: the service does not document what it puts here.


class ModelMetaData(AnswerPart):
    """The service's extension. Values may have stray spaces; 0 and empty ones mean "not stated"."""

    max_sequence_length: Annotated[Count, Field(description="Most tokens of input and output together.")]
    hidden_size: Annotated[Count, Field(description="Length of the vectors of an embedding model, else 0.")]
    max_output_length: Annotated[Count, Field(description="Most tokens of output; 0: not limited by itself.")]
    model_type: Literal["LLM", "EMBEDDING", "STT", ""]
    """What kind of model it is. `STT` is speech to text; the documentation once showed `NLP` for it. What image models
    have is not documented, so here it is empty."""
    source_type: Annotated[str, Field(description="`OPEN SOURCE` or proprietary. Read it without regard to case.")]
    deployment_region: Annotated[str, Field(description="The region of the data center, such as `otc-germany`.")]
    location: Annotated[str, Field(description="The same as the region, in the documentation's example.")]
    deployment_country: Annotated[str, Field(description="Where it runs, such as `Germany, EU`.")]
    license: Annotated[str, Field(description="Where the license can be read.")]
    display_name: Annotated[str, Field(description="The name to show to people.")]
    input_modalities: Annotated[list[str], Field(description="What goes in, such as `text` and `image`.")]
    output_modalities: Annotated[list[str], Field(description="What comes out, such as `text` or `embedding`.")]
    model_lifecycle_stage: Annotated[str, Field(description="How far it is in its life, such as `Stable`.")]
    end_of_life_date: NotRequired[Annotated[str | None, Field(description="Where it is known: the last day.")]]
    is_externally_hosted: Annotated[bool, Field(description="Whether it runs outside T-Cloud, at another provider.")]


class ModelObject(AnswerPart):
    """A model of this key."""

    id: Annotated[str, Field(description="The name that requests use as `model`.")]
    object: Literal["model"]
    created: Annotated[Count, Field(description="A time in seconds since 1970. What it stands for is not documented.")]
    owned_by: Annotated[str, Field(description="The maker of the model.")]
    meta_data: ModelMetaData


class ModelList(AnswerPart):
    """The models of this key."""

    object: Literal["list"]
    data: Annotated[list[ModelObject], Field(description="The models, each as `GET /models/{id}` returns it.")]


@route("GET", "/models", ModelList)
def list_models(request: Request) -> Answer:
    """List the models.

    A key sees only the models that it may use, and the list changes: choose a model by what it can do, not by its name.
    `meta_data` is an extension of the service.
    """
    return Answer({"object": "list", "data": [_model_object(model) for model in request.models.values()]})


@route("GET", "/models/{id}", ModelObject)
def get_model(request: Request) -> Answer:
    """Get one model.

    The same object as in the list.
    """
    return Answer(_model_object(request.find_model(request.names[0])))


@route("GET", "/audio/models", ModelList, bases=("/v2",))
def list_audio_models(request: Request) -> Answer:
    """List the models for speech.

    The service names the path without showing an answer; the sandbox gives the part of the list of models that
    transcribes.
    """
    able = [model for model in request.models.values() if "transcription" in model.capabilities]
    return Answer({"object": "list", "data": [_model_object(model) for model in able]})


def _model_object(model: Model) -> dict[str, Any]:
    fields = {"id": model.id, "object": "model", "created": _CREATED}
    return fields | {"owned_by": model.owned_by, "meta_data": model.meta_data}
