"""The answers, declared once as JSON schemas, for the OpenAPI document (see `openapi`)."""

from helpers.sandbox.core.checking import Schema

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


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _constant(value: str) -> Schema:
    return {"type": "string", "enum": [value]}


_USAGE = _object(
    "Usage",
    "What the request cost in tokens. `completion_tokens_details` comes from reasoning models only.",
    {
        "prompt_tokens": _COUNT,
        "completion_tokens": _COUNT,
        "total_tokens": _COUNT,
        "completion_tokens_details": {
            "type": "object",
            "required": ["reasoning_tokens"],
            "properties": {"reasoning_tokens": _COUNT},
            "additionalProperties": False,
        },
    },
    ("completion_tokens_details",),
)
_TOKEN: dict[str, Schema] = {"token": _TEXT, "logprob": _NUMBER, "bytes": _list(_COUNT)}
_CHAT_LOGPROBS = _or_null(
    _object(
        "ChatLogprobs",
        "Log probabilities of the tokens.",
        {
            "content": _list(
                _object(
                    "TokenLogprob",
                    "A token with its alternatives.",
                    _TOKEN | {"top_logprobs": _list(_object("TopLogprob", "A token that could stand here.", _TOKEN))},
                )
            ),
            "refusal": {"type": "null"},
        },
    )
)
_REASONING: dict[str, Schema] = {
    "reasoning": {**_TEXT, "description": "What the model thought. Some models call it `reasoning_content`."},
    "reasoning_content": {**_TEXT, "description": "What the model thought. Some models call it `reasoning`."},
}
_CALLED = {
    "type": "object",
    "required": ["name", "arguments"],
    "properties": {"name": _TEXT, "arguments": {**_TEXT, "description": "The arguments as a JSON text."}},
    "additionalProperties": False,
}
_FINISH_REASON: Schema = {
    "type": "string",
    "enum": ["stop", "length", "tool_calls"],
    "description": "`stop`: complete. `length`: the token limit cut the answer. `tool_calls`: it asks for calls.",
}


def _envelope(kind: str, choices: Schema) -> dict[str, Schema]:
    return {
        "id": _TEXT,
        "object": _constant(kind),
        "created": {**_COUNT, "description": "The time in seconds since 1970."},
        "model": _TEXT,
        "system_fingerprint": {**_TEXT, "description": "`sandbox`, since it is no language model."},
        "choices": _list(choices),
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
                "index": _COUNT,
                "message": _object(
                    "AssistantMessage",
                    "The turn of the assistant. Append it to `messages` to go on.",
                    {
                        "role": _constant("assistant"),
                        "content": _TEXT_OR_NULL,
                        "refusal": {"type": "null"},
                        "tool_calls": _list(
                            _object(
                                "AnsweredToolCall",
                                "A call that the model asks for.",
                                {"id": _TEXT, "type": _constant("function"), "function": _CALLED},
                            )
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
                "index": _COUNT,
                "delta": _object(
                    "Delta",
                    "What is new.",
                    {
                        "role": _constant("assistant"),
                        "content": _TEXT_OR_NULL,
                        "tool_calls": _list(
                            _object(
                                "ToolCallDelta",
                                "A piece of a call. Pieces belong together by `index`; the first alone has a name.",
                                {
                                    "index": _COUNT,
                                    "id": _TEXT,
                                    "type": _constant("function"),
                                    "function": {**_CALLED, "required": ["arguments"]},
                                },
                                ("id", "type"),
                            )
                        ),
                    }
                    | _REASONING,
                    ("role", "content", "tool_calls", *_REASONING),
                ),
                "logprobs": _CHAT_LOGPROBS,
                "finish_reason": _or_null(_FINISH_REASON),
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
                "index": _COUNT,
                "text": _TEXT,
                "logprobs": _or_null(
                    _object(
                        "CompletionLogprobs",
                        "Log probabilities of the tokens.",
                        {
                            "tokens": _list(_TEXT),
                            "token_logprobs": _list(_NUMBER),
                            "top_logprobs": _list({"type": "object", "additionalProperties": _NUMBER}),
                            "text_offset": _list(_COUNT),
                        },
                    )
                ),
                "finish_reason": _or_null({"type": "string", "enum": ["stop", "length"]}),
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
        "model": _TEXT,
        "data": _list(
            _object(
                "Embedding",
                "One vector, of length 1.",
                {
                    "object": _constant("embedding"),
                    "index": _COUNT,
                    "embedding": {
                        "anyOf": [_list(_NUMBER), _TEXT],
                        "description": "Numbers, or 32-bit floats (little endian) as base64.",
                    },
                },
            )
        ),
        "usage": _object(
            "EmbeddingUsage", "What the request cost in tokens.", {"prompt_tokens": _COUNT, "total_tokens": _COUNT}
        ),
    },
)

_MODALITIES = _list(_TEXT)
MODEL = _object(
    "Model",
    "A model of this key.",
    {
        "id": _TEXT,
        "object": _constant("model"),
        "created": _COUNT,
        "owned_by": _TEXT,
        "meta_data": _object(
            "ModelMetaData",
            "The service's extension of the model object. Values may have stray spaces.",
            {
                "max_sequence_length": {**_COUNT, "description": "Most tokens of input and output together."},
                "hidden_size": {**_COUNT, "description": "Length of the vectors of an embedding model, else 0."},
                "max_output_length": {**_COUNT, "description": "Most tokens of output; 0: not limited by itself."},
                "model_type": {"type": "string", "enum": ["LLM", "EMBEDDING"]},
                "source_type": _TEXT,
                "deployment_region": _TEXT,
                "location": _TEXT,
                "deployment_country": _TEXT,
                "license": {**_TEXT, "description": "Where the license can be read."},
                "display_name": _TEXT,
                "input_modalities": _MODALITIES,
                "output_modalities": _MODALITIES,
                "model_lifecycle_stage": _TEXT,
                "is_externally_hosted": {"type": "boolean"},
            },
        ),
    },
)
MODEL_LIST = _object("ModelList", "The models of this key.", {"object": _constant("list"), "data": _list(MODEL)})

_PROBLEM = _object(
    "Problem",
    "What is wrong with one part of the body.",
    {
        "loc": {"type": "array", "items": {"type": ["string", "integer"]}, "description": "The way to it."},
        "msg": _TEXT,
        "type": _TEXT,
    },
)
ERROR = {
    "title": "Error",
    "description": "Models that the service runs on Azure answer in OpenAI's form, everything else with `detail`.",
    "anyOf": [
        _object(
            "DetailError",
            "What happened, why, and what to do next; for a body that breaks its schema, the list of problems.",
            {"detail": {"anyOf": [_TEXT, _list(_PROBLEM)]}},
        ),
        _object(
            "OpenAIError",
            "An error in OpenAI's form.",
            {
                "error": {
                    "type": "object",
                    "required": ["message", "type", "param", "code"],
                    "properties": {
                        "message": _TEXT,
                        "type": _TEXT,
                        "param": _TEXT_OR_NULL,
                        "code": _TEXT_OR_NULL,
                    },
                    "additionalProperties": False,
                }
            },
        ),
    ],
}
