"""`response_format`: answers that are JSON."""

import json
from typing import Any

from sandbox.catalogue import Model
from sandbox.core.errors import ApiError
from sandbox.core.json_schemas import check_schema, check_strict
from sandbox.engines import schemas
from sandbox.engines.messages import Message, last_user_text, message_text

_PARAMETER = "response_format"


def check_format(body: dict[str, Any], model: Model) -> None:
    """Check the form of the answer that a request asks for.

    Args:
        body: the request's body, checked against its declaration before.
        model: the model that is asked.

    Raises:
        ApiError: 400 if the model cannot do it, or if the schema cannot be used.
    """
    wanted = body.get(_PARAMETER) or {"type": "text"}
    if wanted["type"] != "json_schema":
        return
    if "json_schema" not in model.capabilities:
        raise ApiError(
            400,
            f"The model {model.id} does not support response_format of type json_schema. Choose an OpenAI model, or "
            "have the answer given as the arguments of a tool.",
            _PARAMETER,
            "unsupported_parameter",
        )
    if "json_schema" not in wanted:
        raise ApiError(400, "response_format of type json_schema needs a json_schema.", _PARAMETER)
    declared = wanted["json_schema"]
    what = f"response_format {declared['name']!r}"
    check_schema(declared["schema"], what, _PARAMETER, "invalid_json_schema")
    if declared.get("strict"):
        check_strict(declared["schema"], what, _PARAMETER, "invalid_json_schema")


def to_json(body: dict[str, Any], prose: str) -> str:
    """Give an answer the form that the request asks for.

    Args:
        body: the request's body.
        prose: the answer in plain words.

    Returns:
        The answer: as it is, or as a JSON text.

    Raises:
        ApiError: 400 if no value is valid under the schema.
    """
    wanted = body.get(_PARAMETER) or {"type": "text"}
    if wanted["type"] == "text":
        return prose
    messages = body["messages"]
    background = _background(messages)
    if wanted["type"] == "json_object":
        schema = schemas.read_keys("\n".join([last_user_text(messages), *background]))
    else:
        schema = wanted["json_schema"]["schema"]
    try:
        value = schemas.compose(schema, last_user_text(messages), background=background, prose=prose)
    except schemas.NoInstance as error:
        raise ApiError(
            400,
            f"The sandbox finds no answer that is valid under the schema: {error}",
            _PARAMETER,
            "invalid_json_schema",
        ) from error
    return json.dumps(value, ensure_ascii=False)


def _background(messages: list[Message]) -> list[str]:
    """Return the other texts of the conversation, the newest first."""
    last = max((number for number, message in enumerate(messages) if message["role"] == "user"), default=-1)
    return [message_text(m) for number, m in reversed(list(enumerate(messages))) if number != last and message_text(m)]
