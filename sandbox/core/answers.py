"""The answers, declared once as JSON schemas, for the OpenAPI document (see `openapi`)."""

from sandbox.core.checking import Schema

_TEXT: Schema = {"type": "string"}
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_NUMBER: Schema = {"type": "number"}


def _object(title: str, description: str, properties: dict[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    """Declare an object whose properties are all there, but for the optional ones, and no others."""
    return {
        "title": title,
        "description": description,
        "type": "object",
        "required": [name for name in properties if name not in optional],
        "properties": properties,
        "additionalProperties": False,
    }


def _list(items: Schema, description: str = "") -> Schema:
    return {"type": "array", "items": items} | ({"description": description} if description else {})


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _constant(value: str) -> Schema:
    return {"type": "string", "enum": [value], "description": f"Always `{value}`."}


def _null(description: str) -> Schema:
    return {"type": "null", "description": description}


def _text(description: str) -> Schema:
    return _TEXT | {"description": description}


def _text_or_null(description: str) -> Schema:
    return _TEXT_OR_NULL | {"description": description}


def _count(description: str) -> Schema:
    return _COUNT | {"description": description}


_USAGE = _object(
    "Usage",
    "What the request cost in tokens. `completion_tokens_details` comes from reasoning models only.",
    {
        "prompt_tokens": _count("Tokens of the input."),
        "completion_tokens": _count("Tokens of all answers together, those of reasoning included."),
        "total_tokens": _count("The sum of both."),
        "completion_tokens_details": {
            "type": "object",
            "description": "What the tokens of the answers were used for.",
            "required": ["reasoning_tokens"],
            "properties": {"reasoning_tokens": _count("Tokens that the model thought before it answered.")},
            "additionalProperties": False,
        },
    },
    ("completion_tokens_details",),
)
_TOKEN: dict[str, Schema] = {
    "token": _text("The token as a text."),
    "logprob": {**_NUMBER, "description": "The natural logarithm of its probability: 0 is certain."},
    "bytes": _list(_COUNT, "The token as UTF-8, byte by byte."),
}
_INDEX = _count("The number of the answer, from 0. There are several with `n`.")
_CHAT_LOGPROBS = _or_null(
    _object(
        "ChatLogprobs",
        "Log probabilities of the tokens.",
        {
            "content": _list(
                _object(
                    "TokenLogprob",
                    "A token with its alternatives.",
                    _TOKEN
                    | {
                        "top_logprobs": _list(
                            _object("TopLogprob", "A token that could stand here.", _TOKEN),
                            "As many alternatives as `top_logprobs` of the request asks for.",
                        )
                    },
                ),
                "The tokens of the answer, in order.",
            ),
            "refusal": _null("Always null."),
        },
    )
)
_REASONING: dict[str, Schema] = {
    "reasoning": _text("What the model thought. Some models call it `reasoning_content`, some do not show it."),
    "reasoning_content": _text("What the model thought. Some models call it `reasoning`, some do not show it."),
}
_CALLED = {
    "type": "object",
    "description": "What to call.",
    "required": ["name", "arguments"],
    "properties": {
        "name": _text("The name of one of the functions in `tools`."),
        "arguments": _text("The arguments as a JSON text: parse it, and check what is in it."),
    },
    "additionalProperties": False,
}
_CALLED_IN_PIECES = _CALLED | {
    "required": ["arguments"],
    "properties": {
        "name": _text("The name of the function, in the first piece of the call."),
        "arguments": _text("The next piece of the arguments. Join all pieces, then parse the JSON."),
    },
}
_FINISH_REASON: Schema = {
    "type": "string",
    "enum": ["stop", "length", "tool_calls"],
    "description": "`stop`: complete. `length`: the token limit cut the answer. `tool_calls`: it asks for calls.",
}


def _envelope(kind: str, choices: Schema) -> dict[str, Schema]:
    return {
        "id": _text("The id of the answer. All chunks of a stream have the same."),
        "object": _constant(kind),
        "created": _count("The time of the request in seconds since 1970."),
        "model": _text("The id of the model that answered."),
        "system_fingerprint": _text("The configuration that answered. From the sandbox it is always `sandbox`."),
        "choices": _list(choices, "The answers: one, or as many as `n` asks for."),
    }


CHAT_COMPLETION = _object(
    "ChatCompletion",
    "The answer to a conversation.",
    _envelope(
        "chat.completion",
        _object(
            "ChatChoice",
            "One answer.",
            {
                "index": _INDEX,
                "message": _object(
                    "AssistantMessage",
                    "The turn of the assistant. Append it to `messages` to go on.",
                    {
                        "role": _constant("assistant"),
                        "content": _text_or_null("The text of the answer; null if it asks for calls."),
                        "refusal": _null("Always null."),
                        "tool_calls": _list(
                            _object(
                                "AnsweredToolCall",
                                "A call that the model asks for. Your program runs it and sends the result back.",
                                {
                                    "id": _text("Send it back as `tool_call_id` with the result."),
                                    "type": _constant("function"),
                                    "function": _CALLED,
                                },
                            ),
                            "The calls. It is there only if `finish_reason` is `tool_calls`.",
                        ),
                    }
                    | _REASONING,
                    ("tool_calls", *_REASONING),
                ),
                "logprobs": _CHAT_LOGPROBS,
                "finish_reason": _FINISH_REASON,
            },
        ),
    )
    | {"usage": _USAGE},
)

CHAT_CHUNK = _object(
    "ChatChunk",
    "One piece of a stream. `choices` is empty in a chunk with the usage, and in the first chunk of models on Azure.",
    _envelope(
        "chat.completion.chunk",
        _object(
            "ChatChunkChoice",
            "One piece of one answer.",
            {
                "index": _INDEX,
                "delta": _object(
                    "Delta",
                    "What is new.",
                    {
                        "role": _constant("assistant"),
                        "content": _text_or_null("The next piece of the text."),
                        "tool_calls": _list(
                            _object(
                                "ToolCallDelta",
                                "A piece of a call. Pieces belong together by `index`; the first alone has a name.",
                                {
                                    "index": _count("The number of the call, from 0."),
                                    "id": _text("The id of the call, in its first piece."),
                                    "type": _constant("function"),
                                    "function": _CALLED_IN_PIECES,
                                },
                                ("id", "type"),
                            ),
                            "Pieces of calls.",
                        ),
                    }
                    | _REASONING,
                    ("role", "content", "tool_calls", *_REASONING),
                ),
                "logprobs": _CHAT_LOGPROBS,
                "finish_reason": _or_null(_FINISH_REASON)
                | {"description": "null until the last piece of the answer; its values are those of a whole answer."},
            },
        ),
    )
    | {
        "usage": _or_null(_USAGE),
        "prompt_filter_results": {"type": "array", "items": {}, "description": "Azure's content filter: always empty."},
    },
    ("usage", "prompt_filter_results"),
)

COMPLETION = _object(
    "Completion",
    "The continuation of a prompt. In a stream, each chunk has this form, too.",
    _envelope(
        "text_completion",
        _object(
            "CompletionChoice",
            "One continuation.",
            {
                "index": _INDEX,
                "text": _text("The text that continues the prompt."),
                "logprobs": _or_null(
                    _object(
                        "CompletionLogprobs",
                        "Log probabilities of the tokens.",
                        {
                            "tokens": _list(_TEXT, "The tokens of the answer, in order."),
                            "token_logprobs": _list(_NUMBER, "The log probability of each token."),
                            "top_logprobs": _list(
                                {"type": "object", "additionalProperties": _NUMBER},
                                "For each token, what could stand there, with its log probability.",
                            ),
                            "text_offset": _list(_COUNT, "Where each token begins, in characters."),
                        },
                    )
                ),
                "finish_reason": _or_null({"type": "string", "enum": ["stop", "length"]})
                | {
                    "description": "`stop`: complete. `length`: the token limit cut it. null in a stream until the end."
                },
            },
        ),
    )
    | {"usage": _or_null(_USAGE)},
    ("usage",),
)

EMBEDDINGS = _object(
    "Embeddings",
    "The vectors of the texts, in their order.",
    {
        "object": _constant("list"),
        "model": _text("The id of the model that answered."),
        "data": _list(
            _object(
                "Embedding",
                "One vector, of length 1.",
                {
                    "object": _constant("embedding"),
                    "index": _count("The number of the text, from 0."),
                    "embedding": {
                        "anyOf": [_list(_NUMBER), _TEXT],
                        "description": "Numbers, or 32-bit floats (little endian) as base64.",
                    },
                },
            ),
            "The vectors, in the order of the texts.",
        ),
        "usage": _object(
            "EmbeddingUsage",
            "What the request cost in tokens.",
            {
                "prompt_tokens": _count("Tokens of all texts."),
                "total_tokens": _count("The same number: an embedding has no tokens of output."),
            },
        ),
    },
)

MODEL = _object(
    "Model",
    "A model of this key.",
    {
        "id": _text("The name that requests use as `model`."),
        "object": _constant("model"),
        "created": _count("A time in seconds since 1970. What it stands for is not documented."),
        "owned_by": _text("The maker of the model."),
        "meta_data": _object(
            "ModelMetaData",
            "The service's extension of the model object. Values may have stray spaces.",
            {
                "max_sequence_length": _count("Most tokens of input and output together."),
                "hidden_size": _count("Length of the vectors of an embedding model, else 0."),
                "max_output_length": _count("Most tokens of output; 0: not limited by itself."),
                "model_type": {
                    "type": "string",
                    "enum": ["LLM", "EMBEDDING"],
                    "description": "What kind of model it is. The service also has `STT`, speech to text.",
                },
                "source_type": _text("`OPEN SOURCE` or proprietary. Read it without regard to case."),
                "deployment_region": _text("The region of the data center, such as `otc-germany`."),
                "location": _text("The cloud that it runs in."),
                "deployment_country": _text("Where it runs, such as `Germany, EU`."),
                "license": _text("Where the license can be read."),
                "display_name": _text("The name to show to people."),
                "input_modalities": _list(_TEXT, "What goes in, such as `text` and `image`."),
                "output_modalities": _list(_TEXT, "What comes out, such as `text` or `embedding`."),
                "model_lifecycle_stage": _text("How far it is in its life, such as `Stable`."),
                "is_externally_hosted": {
                    "type": "boolean",
                    "description": "Whether it runs outside T-Cloud, at another provider.",
                },
            },
        ),
    },
)
MODEL_LIST = _object(
    "ModelList",
    "The models of this key.",
    {"object": _constant("list"), "data": _list(MODEL, "The models, each as `GET /models/{id}` returns it.")},
)

_PROBLEM = _object(
    "Problem",
    "What is wrong with one part of the body.",
    {
        "loc": {"type": "array", "items": {"type": ["string", "integer"]}, "description": "The way to it."},
        "msg": _text("What is wrong with it."),
        "type": _text("A short name of the rule that it breaks."),
    },
)
ERROR = {
    "title": "Error",
    "description": "Models that the service runs on Azure answer in OpenAI's form, everything else with `detail`.",
    "anyOf": [
        _object(
            "DetailError",
            "What happened, why, and what to do next; for a body that breaks its schema, the list of problems.",
            {
                "detail": {
                    "anyOf": [_TEXT, _list(_PROBLEM)],
                    "description": "The message, or one problem for each wrong part of the body.",
                }
            },
        ),
        _object(
            "OpenAIError",
            "An error in OpenAI's form.",
            {
                "error": {
                    "type": "object",
                    "description": "What happened.",
                    "required": ["message", "type", "param", "code"],
                    "properties": {
                        "message": _text("What happened, why, and what to do next."),
                        "type": _text("The kind of error, such as `rate_limit_error`."),
                        "param": _text_or_null("The parameter that is to blame, if it is one."),
                        "code": _text_or_null("A short name of the problem, such as `model_not_found`."),
                    },
                    "additionalProperties": False,
                }
            },
        ),
    ],
}
