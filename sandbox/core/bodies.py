"""The request bodies, declared once as JSON schemas.

Requests are checked against them (see `checking`), and the OpenAPI document is made from them (see `openapi`), where
each schema with a `title` becomes a component. The limits that a client meets stand here, too.
"""

from sandbox.core.checking import Schema, json_type

__all__ = ["CHAT_BODY", "COMPLETION_BODY", "EMBEDDING_BODY", "ROLES", "json_type"]

ROLES = ["system", "developer", "user", "assistant", "tool"]


def _or_null(schema: Schema, description: str = "") -> Schema:
    return _described({"anyOf": [schema, {"type": "null"}]}, description)


def _described(schema: Schema, description: str) -> Schema:
    return schema | {"description": description} if description else schema


def _object(properties: dict[str, Schema], required: list[str], title: str = "", description: str = "") -> Schema:
    titled = {"title": title} if title else {}
    return titled | _described({"type": "object", "required": required, "properties": properties}, description)


_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 64}
_JSON_SCHEMA: Schema = {"type": "object", "additionalProperties": {}}
_FUNCTION_TYPE: Schema = {"enum": ["function"], "description": "Always `function`."}
_FUNCTION_NAME: Schema = {**_NAME, "description": "The name of one of the functions in `tools`."}


def _text(description: str) -> Schema:
    return _described(_TEXT, description)


def _integer(minimum: int, maximum: int | None = None) -> Schema:
    return {"type": "integer", "minimum": minimum} | ({} if maximum is None else {"maximum": maximum})


def _number(minimum: float, maximum: float) -> Schema:
    return {"type": "number", "minimum": minimum, "maximum": maximum}


def _named_function(description: str) -> Schema:
    return _object(
        {
            "type": _FUNCTION_TYPE,
            "function": _object({"name": _FUNCTION_NAME}, ["name"], description="Which function."),
        },
        ["type", "function"],
        description=description,
    )


_PART = _object(
    {
        "type": {"enum": ["text", "image_url"], "description": "What the part is; it has a field of the same name."},
        "text": _text("The text of a part of type `text`."),
        "image_url": _object(
            {
                "url": _text(
                    "A data URL (`data:image/jpeg;base64,...`; PNG, JPEG, GIF, or WebP) or an https URL. The sandbox "
                    "makes no connections, so of URLs it knows only its own images, below `/assets/`."
                ),
                "detail": {
                    "enum": ["auto", "low", "high"],
                    "description": "How closely to look. In the sandbox an image costs 85 tokens with `low`, else "
                    "more by its size.",
                },
            },
            ["url"],
            description="The image of a part of type `image_url`.",
        ),
    },
    ["type"],
    "ContentPart",
    "One part of a message: a text or an image.",
)

_TOOL_CALL = _object(
    {
        "id": _text("The id of the call. The message with its result repeats it as `tool_call_id`."),
        "type": _FUNCTION_TYPE,
        "function": _object(
            {"name": _text("The name of the function."), "arguments": _text("Its arguments, as a JSON text.")},
            ["name", "arguments"],
            description="What was called.",
        ),
    },
    ["id", "function"],
    "ToolCall",
    "A call that the model asks for.",
)

_MESSAGE = _object(
    {
        "role": {
            "enum": ROLES,
            "description": "Who speaks. `developer` is another name of `system`; `tool` carries the result of a call.",
        },
        "content": {
            "anyOf": [_TEXT, {"type": "array", "items": _PART}, {"type": "null"}],
            "description": "A text, or parts. Only an assistant's message with `tool_calls` may do without.",
        },
        "name": _or_null(_TEXT, "The name of the speaker."),
        "tool_calls": _or_null({"type": "array", "items": _TOOL_CALL}, "The calls of an assistant's message."),
        "tool_call_id": _or_null(_TEXT, "In a message of the role `tool`: the id of the call that it answers."),
    },
    ["role"],
    "Message",
    "One turn of the conversation.",
)

_TOOL = _object(
    {
        "type": _FUNCTION_TYPE,
        "function": _object(
            {
                "name": _described(_NAME, "The name that calls use."),
                "description": _or_null(_TEXT, "What the function does; models choose by it."),
                "parameters": _or_null(_JSON_SCHEMA, "A JSON schema of the arguments."),
                "strict": _or_null(
                    _FLAG,
                    "Whether the schema keeps the rules of strict mode. In the sandbox, arguments are valid under it "
                    "anyway; a real model may not keep to it without `strict`.",
                ),
            },
            ["name"],
            description="The function: what it is called, what it does, and what it takes.",
        ),
    },
    ["type", "function"],
    "Tool",
    "A function that the model may ask for.",
)

_TOOL_CHOICE: Schema = {
    "title": "ToolChoice",
    "description": "Whether a tool has to be called: `none`, `auto` (the default), `required`, one tool by its name, "
    "or a choice among some of them (`allowed_tools`).",
    "anyOf": [
        {"type": "string", "enum": ["none", "auto", "required"]},
        {
            "type": "object",
            "required": ["type"],
            "properties": {
                "type": {
                    "enum": ["function", "allowed_tools"],
                    "description": "What the choice is; it has a field of the same name.",
                },
                "function": _object(
                    {"name": _FUNCTION_NAME}, ["name"], description="The function that has to be called."
                ),
                "allowed_tools": _object(
                    {
                        "mode": {
                            "enum": ["auto", "required"],
                            "description": "Whether one of them has to be called.",
                        },
                        "tools": {
                            "type": "array",
                            "items": _named_function("One of the tools."),
                            "minItems": 1,
                            "description": "The tools that may be called.",
                        },
                    },
                    ["mode", "tools"],
                    description="Some of the tools.",
                ),
            },
        },
        {"type": "null"},
    ],
}

_RESPONSE_FORMAT = _object(
    {
        "type": {
            "enum": ["text", "json_object", "json_schema"],
            "description": "`text` (the default), `json_object` for any JSON object, or `json_schema`.",
        },
        "json_schema": _object(
            {
                "name": _described(_NAME, "A name for the schema."),
                "description": _or_null(_TEXT, "What the answer is for."),
                "schema": _described(_JSON_SCHEMA, "The JSON schema of the answer."),
                "strict": _or_null(
                    _FLAG,
                    "Whether the schema keeps the rules of strict mode. In the sandbox, the answer is valid under it "
                    "anyway; a real model may not keep to it without `strict`.",
                ),
            },
            ["name", "schema"],
            description="Only with the type `json_schema`.",
        ),
    },
    ["type"],
    "ResponseFormat",
    "The form of the answer: text, any JSON object, or JSON that is valid under a schema. Only some models take "
    "`json_schema`.",
)

_NO_EFFECT = "Accepted, but without effect on the sandbox's answers."
_MODEL = _text("The id of a model from `GET /models`.")
_USER = _or_null(_TEXT, f"Who asks, for the service's own records. {_NO_EFFECT}")

_GENERATION: dict[str, Schema] = {
    "model": _MODEL,
    "stream": _or_null(_FLAG, "Send the answer in pieces, as server-sent events. Default: false."),
    "stream_options": _or_null(
        {
            "type": "object",
            "properties": {
                "include_usage": _or_null(
                    _FLAG,
                    "End the stream with a chunk that has the usage and an empty `choices` list. Default: false.",
                )
            },
        },
        "What a stream has besides the answer.",
    ),
    "temperature": _or_null(
        _number(0, 2),
        "How much answers vary. With 0 the sandbox always gives the same, without it, it takes 0.7; the default of the "
        "service is not documented.",
    ),
    "top_p": _or_null(
        _number(0, 1), f"Choose only among the likeliest tokens, those that reach this probability. {_NO_EFFECT}"
    ),
    "frequency_penalty": _or_null(
        _number(-2, 2), f"Above 0, tokens that occurred often become less likely. {_NO_EFFECT}"
    ),
    "presence_penalty": _or_null(
        _number(-2, 2), f"Above 0, tokens that occurred at all become less likely. {_NO_EFFECT}"
    ),
    "logit_bias": _or_null(
        {"type": "object", "additionalProperties": _number(-100, 100)},
        f"Makes single tokens more or less likely, by their ids. {_NO_EFFECT}",
    ),
    "max_tokens": _or_null(
        _integer(1),
        "The most tokens of the answer, those of reasoning included. Newer OpenAI models want `max_completion_tokens` "
        "instead. Default: in the sandbox, as many as the model can write; that of the service is not documented.",
    ),
    "stop": {
        "anyOf": [_TEXT, {"type": "array", "items": _TEXT, "maxItems": 4}, {"type": "null"}],
        "description": "The answer ends before the first of these texts.",
    },
    "n": _or_null(_integer(1, 16), "How many answers to give. Default: 1."),
    "seed": _or_null({"type": "integer"}, "With the same seed, the sandbox answers the same request the same way."),
    "user": _USER,
}

CHAT_BODY = _object(
    _GENERATION
    | {
        "messages": {
            "type": "array",
            "items": _MESSAGE,
            "minItems": 1,
            "description": "The conversation so far, the oldest turn first.",
        },
        "max_completion_tokens": _or_null(
            _integer(1), "The most tokens of the answer, those of reasoning included. Default: as for `max_tokens`."
        ),
        "reasoning_effort": _or_null(
            _TEXT,
            "How long a reasoning model may think. The levels differ from model to model; the sandbox's error lists "
            "them.",
        ),
        "response_format": _or_null(_RESPONSE_FORMAT),
        "tools": _or_null({"type": "array", "items": _TOOL, "maxItems": 128}, "The functions that may be called."),
        "tool_choice": _TOOL_CHOICE,
        "parallel_tool_calls": _or_null(_FLAG, "Whether one answer may ask for several calls. Default: true."),
        "logprobs": _or_null(
            _FLAG,
            "Return a log probability for each token. Default: false. The sandbox makes them up; only their form is "
            "real.",
        ),
        "top_logprobs": _or_null(_integer(0, 20), "How many alternatives to list for each token. Needs `logprobs`."),
        "metadata": _or_null(
            {"type": "object", "additionalProperties": _TEXT}, f"Notes of your own on the request. {_NO_EFFECT}"
        ),
    },
    ["model", "messages"],
    "ChatRequest",
)

COMPLETION_BODY = _object(
    _GENERATION
    | {
        "prompt": {
            "anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": 20}],
            "description": "One text to continue, or several. For an answer to a question it has to follow the "
            "model's own chat template.",
        },
        "max_tokens": _or_null(_integer(1), "The most tokens of the answer. Default: 16."),
        "echo": _or_null(_FLAG, "Repeat the prompt in front of the answer. Default: false."),
        "logprobs": _or_null(
            _integer(0, 5),
            "Return a log probability for each token, and as many alternatives. The sandbox makes them up.",
        ),
    },
    ["model", "prompt"],
    "CompletionRequest",
)

EMBEDDING_BODY = _object(
    {
        "model": _MODEL,
        "input": {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": 2048},
            ],
            "description": "One text, or up to 2,048. Token ids are refused: only the model's own tokenizer could read "
            "them.",
        },
        "encoding_format": _or_null(
            {"type": "string", "enum": ["float", "base64"]},
            "Numbers, or 32-bit floats (little endian) as base64. Default: `float`. The `openai` package for Python "
            "asks for base64 and decodes it, unless told otherwise.",
        ),
        "dimensions": _or_null(_integer(1), "A shorter vector, where the model allows it."),
        "user": _USER,
    },
    ["model", "input"],
    "EmbeddingRequest",
)
