"""GET /models and GET /models/{id}."""

from typing import Any

from sandbox.catalogue import Model
from sandbox.core.requests import Answer, Request

_CREATED = 1_714_521_600  # 2024-05-01: the service does not document what it puts here.


def list_models(request: Request) -> Answer:
    """List the models that the base path offers."""
    return Answer({"object": "list", "data": [_model_object(model) for model in request.models.values()]})


def get_model(request: Request) -> Answer:
    """Return the model that the path names."""
    return Answer(_model_object(request.find_model(request.path_parameter)))


def _model_object(model: Model) -> dict[str, Any]:
    return {
        "id": model.id,
        "object": "model",
        "created": _CREATED,
        "owned_by": model.owned_by,
        "meta_data": model.meta_data,
    }
