"""What schemathesis has to know of the sandbox."""

import random

import schemathesis

from sandbox.catalogue import load_models

_MODELS = [name for name, model in load_models().items() if model.path == "v2"]


@schemathesis.hook
def map_body(context, body):
    """Ask for models that exist, most of the time; random names only ever lead to a 404."""
    if isinstance(body, dict) and isinstance(body.get("model"), str) and body["model"] not in _MODELS:
        choice = random.Random(repr(body)).randrange(len(_MODELS) + 2)
        if choice < len(_MODELS):
            return body | {"model": _MODELS[choice]}
    return body


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """The same for the path."""
    if path_parameters and isinstance(path_parameters.get("id"), str):
        choice = random.Random(repr(path_parameters)).randrange(len(_MODELS) + 5)
        if choice < len(_MODELS):
            return path_parameters | {"id": _MODELS[choice]}
    return path_parameters


@schemathesis.check
def a_valid_body_is_never_called_malformed(ctx, response, case):
    """A body that fits the OpenAPI document must fit the declaration that the sandbox checks."""
    if response.status_code != 400 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    body = response.json()
    code = body["error"]["code"] if "error" in body else None
    assert not isinstance(body.get("detail"), list), body
    assert code != "invalid_body", body
