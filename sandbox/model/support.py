"""What a request may ask of a model: the tools, and the rules that no type can express."""

from typing import Any, Literal

from pydantic import Field

from sandbox.catalogue import Model
from sandbox.core.bodies import Name, Part
from sandbox.core.errors import ApiError
from sandbox.core.requests import NO_LOGPROBS, Request
from sandbox.model.conversation import image_parts
from sandbox.model.structured import check_schema

# Parameters of OpenAI's API that change nothing here; its models refuse all that are not of the API.
_WITHOUT_EFFECT = frozenset(
    "store service_tier prompt_cache_key prompt_cache_retention safety_identifier verbosity prediction modalities "
    "web_search_options functions function_call audio logprobs".split()
)
# What OpenAI's reasoning models take with this value only, or not at all.
_FIXED = {"temperature": 1, "top_p": 1, "presence_penalty": 0, "frequency_penalty": 0, "logit_bias": None, "stop": None}
_TO_VLLM = ("structured_outputs", "guided_json", "guided_choice", "guided_regex", "guided_grammar")


class Function(Part):
    """The function: what it is called, what it does, and what it takes."""

    name: Name = Field(description="The name that calls use.")
    description: str | None = Field(None, description="What the function does; models choose by it.")
    parameters: dict[str, Any] | None = Field(None, description="A JSON schema of the arguments.")
    strict: bool | None = None
    """Whether the schema keeps the rules of strict mode. Without it, neither the sandbox nor a real model promises that
    arguments are valid under every schema."""


class Tool(Part):
    """A function that the model may ask for."""

    type: Literal["function"]
    function: Function


class NamedFunction(Part):
    """Which function."""

    name: Name = Field(description="The name of one of the functions in `tools`.")


class NamedTool(Part):
    """The function that has to be called."""

    type: Literal["function"]
    function: NamedFunction


ToolChoice = Literal["none", "auto", "required"] | NamedTool


def check_request(request: Request, model: Model) -> None:
    """Check that a model supports what a chat request asks for. Raises ApiError (400) with the reason and the cure."""
    body = request.body
    request.check_stream_options()
    request.refuse(("functions", "function_call"), "They are the old form of tools: use tools and tool_choice.")
    request.refuse(("audio",), "It answers with text only.")
    request.refuse(("logprobs", "top_logprobs"), NO_LOGPROBS)
    request.refuse(_TO_VLLM, "Use response_format, or have the answer given as the arguments of a tool.")
    if model.hosting == "azure":
        _check_as_openai(request, model)
    check_input(model, bool(body.tools), any(map(image_parts, request.json["messages"])), "messages")
    check_effort(model, body.reasoning_effort, "reasoning_effort")
    check_tools(model, [tool.function for tool in body.tools or []], *wanted_tools(body))
    if body.response_format and body.response_format.type == "json_schema":
        check_format(model, body.response_format.json_schema, "response_format")


def check_input(model: Model, has_tools: bool, has_images: bool, parameter: str) -> None:
    """Raise ApiError (400) if a model does not take the tools or images of a request; `parameter` has the images."""
    if has_tools and "tools" not in model.capabilities:
        raise _lacks(model, "tools", "Choose one that does.", "tools")
    if has_images and "vision" not in model.capabilities:
        raise _lacks(model, "vision", "Choose a vision model.", parameter)


def check_effort(model: Model, effort: str | None, parameter: str) -> None:
    """Check how long a model shall think. Raises ApiError (400) that lists what it takes."""
    efforts = model.reasoning.efforts if model.reasoning else ()
    if effort is not None and effort not in efforts:
        cure = f"It takes {', '.join(efforts)}." if efforts else "Leave it out, or choose a model that takes it."
        raise _lacks(model, f"{parameter} {effort!r}", cure, parameter, "unsupported_value")


def _lacks(model: Model, what: str, cure: str, parameter: str, code: str = "") -> ApiError:
    return ApiError(400, f"The model {model.id} does not support {what}. {cure}", parameter, code)


def _check_as_openai(request: Request, model: Model) -> None:
    """Refuse what OpenAI's own servers refuse and others let through."""
    body = request.body
    if unknown := [name for name in body.model_extra if name not in _WITHOUT_EFFECT]:
        raise ApiError(400, f"Unrecognized request argument supplied: {unknown[0]}", unknown[0], "unknown_parameter")
    if body.max_tokens is not None and body.max_completion_tokens is not None:
        message = "max_tokens and max_completion_tokens are set at the same time. Leave one out."
        raise ApiError(400, message, "max_tokens", "invalid_parameter_combination")
    if body.max_tokens is not None and model.token_limit_parameter != "max_tokens":
        message = "Unsupported parameter: 'max_tokens' is not supported with this model."
        raise ApiError(400, f"{message} Use 'max_completion_tokens' instead.", "max_tokens", "unsupported_parameter")
    if body.parallel_tool_calls is not None and not body.tools:
        message = "parallel_tool_calls is only allowed when tools are given. Leave it out."
        raise ApiError(400, message, "parallel_tool_calls")
    for name, only in _FIXED.items() if model.reasoning else ():
        if getattr(body, name) not in (None, only):
            given = f"Unsupported value: '{name}' does not support {request.json[name]!r} with this model."
            cure = "Leave it out." if only is None else f"Only the default ({only}) value is supported."
            raise ApiError(400, f"{given} {cure}", name, "unsupported_value")
    if body.response_format and body.response_format.type == "json_object" and "json" not in str(body.messages).lower():
        message = "'messages' must contain the word 'json' in some form, to use response_format of type json_object."
        raise ApiError(400, message, "messages")


def check_tools(model: Model, functions: list[Any], names: list[str], mode: str) -> None:
    """Check the schemas of functions, and that those exist that have to be called. Raises ApiError (400)."""
    for function in functions:
        if function.parameters is not None:
            strict = bool(function.strict) and model.hosting == "azure"
            check_schema(function.parameters, f"function {function.name!r}", "tools", strict)
    known = [function.name for function in functions]
    if unknown := [name for name in names if name not in known]:
        message = f"tool_choice names {unknown[0]!r}, which is not among the tools of the request."
        raise ApiError(400, message, "tool_choice")
    if mode == "required" and not known:
        raise ApiError(400, "tool_choice is 'required', but the request has no tools.", "tool_choice")


def wanted_tools(body: Any) -> tuple[list[str], str]:
    """Return the names that `tool_choice` is restricted to, [] for all tools, and the mode: none, auto or required."""
    choice = body.tool_choice or "auto"
    return ([], choice) if isinstance(choice, str) else ([choice.function.name], "required")


def check_format(model: Model, declared: Any, parameter: str) -> None:
    """Check the JSON schema (`name`, `schema_`, `strict`) that a parameter declares for the answer; None if it lacks.

    Raises ApiError (400) if the model takes none, or if it is no schema, or not one of strict mode.
    """
    what = f"{parameter} of type json_schema"
    if "json_schema" not in model.capabilities:
        cure = "Choose an OpenAI model, or have the answer given as the arguments of a tool."
        raise _lacks(model, what, cure, parameter, "unsupported_parameter")
    if declared is None:
        raise ApiError(400, f"{what} needs a json_schema.", parameter)
    check_schema(declared.schema_, f"{parameter} {declared.name!r}", parameter, bool(declared.strict))
