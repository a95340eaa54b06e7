"""What a chat request may ask of a model: the tools, and the rules that no type can express."""

from typing import Annotated, Any, Literal

from pydantic import Field

from sandbox.catalogue import Model
from sandbox.core.bodies import Name, Part
from sandbox.core.errors import ApiError
from sandbox.core.requests import Request
from sandbox.model.conversation import image_parts
from sandbox.model.structured import check_schema

# Parameters of OpenAI's API that change nothing here; its models refuse all that are not of the API.
_WITHOUT_EFFECT = frozenset(
    "store service_tier prompt_cache_key prompt_cache_retention safety_identifier verbosity prediction modalities "
    "web_search_options functions function_call audio".split()
)
# What OpenAI's reasoning models take with this value only, or not at all.
_FIXED = {
    "temperature": 1, "top_p": 1, "presence_penalty": 0, "frequency_penalty": 0,
    "logprobs": False, "top_logprobs": None, "logit_bias": None, "stop": None,
}  # fmt: skip
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


class AllowedTools(Part):
    """Some of the tools."""

    mode: Literal["auto", "required"] = Field(description="Whether one of them has to be called.")
    tools: list[NamedTool] = Field(min_length=1, description="The tools that may be called.")


class AllowedToolsChoice(Part):
    """A choice among some of the tools."""

    type: Literal["allowed_tools"]
    allowed_tools: AllowedTools


ToolChoice = (
    Literal["none", "auto", "required"] | Annotated[NamedTool | AllowedToolsChoice, Field(discriminator="type")]
)


def check_request(request: Request, model: Model) -> None:
    """Check that a model supports what a chat request asks for. Raises ApiError (400) with the reason and the cure."""
    body = request.body
    request.check_stream_options()
    request.refuse(("functions", "function_call"), "They are the old form of tools: use tools and tool_choice.")
    request.refuse(("audio",), "It answers with text only.")
    request.refuse(_TO_VLLM, "Use response_format, or have the answer given as the arguments of a tool.")
    if model.hosting == "azure":
        _check_as_openai(request, model)
    if body.tools and "tools" not in model.capabilities:
        raise _lacks(model, "tools", "Choose one that does.", "tools")
    if "vision" not in model.capabilities and any(map(image_parts, request.json["messages"])):
        raise _lacks(model, "vision", "Choose a vision model.", "messages")
    if body.top_logprobs is not None and not body.logprobs:
        raise ApiError(400, "top_logprobs needs logprobs to be true.", "top_logprobs")
    efforts = model.reasoning.efforts if model.reasoning else ()
    if body.reasoning_effort is not None and body.reasoning_effort not in efforts:
        cure = f"It takes {', '.join(efforts)}." if efforts else "Leave it out, or choose a model that takes it."
        effort = f"reasoning_effort {body.reasoning_effort!r}"
        raise _lacks(model, effort, cure, "reasoning_effort", "unsupported_value")
    _check_tools(body, model)
    if body.response_format and body.response_format.type == "json_schema":
        _check_json_schema(body.response_format.json_schema, model)


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


def _check_tools(body: Any, model: Model) -> None:
    functions = [tool.function for tool in body.tools or []]
    for function in functions:
        if function.parameters is not None:
            strict = bool(function.strict) and model.hosting == "azure"
            check_schema(function.parameters, f"function {function.name!r}", "tools", strict)
    known = [function.name for function in functions]
    names, mode = wanted_tools(body)
    if unknown := [name for name in names if name not in known]:
        message = f"tool_choice names {unknown[0]!r}, which is not among the tools of the request."
        raise ApiError(400, message, "tool_choice")
    if mode == "required" and not known:
        raise ApiError(400, "tool_choice is 'required', but the request has no tools.", "tool_choice")


def wanted_tools(body: Any) -> tuple[list[str], str]:
    """Return the names that `tool_choice` is restricted to, [] for all tools, and the mode: none, auto or required."""
    choice = body.tool_choice or "auto"
    if isinstance(choice, str):
        return [], choice
    if choice.type == "function":
        return [choice.function.name], "required"
    return [tool.function.name for tool in choice.allowed_tools.tools], choice.allowed_tools.mode


def _check_json_schema(declared: Any, model: Model) -> None:
    what, parameter = "response_format of type json_schema", "response_format"
    if "json_schema" not in model.capabilities:
        cure = "Choose an OpenAI model, or have the answer given as the arguments of a tool."
        raise _lacks(model, what, cure, parameter, "unsupported_parameter")
    if declared is None:
        raise ApiError(400, f"{what} needs a json_schema.", parameter)
    check_schema(declared.schema_, f"{parameter} {declared.name!r}", parameter, bool(declared.strict))
