"""POST /embeddings."""

import base64
import struct
from typing import Any

from sandbox.catalogue import Model
from sandbox.core.bodies import EMBEDDING_BODY
from sandbox.core.errors import ApiError
from sandbox.core.requests import Answer, Request
from sandbox.engines.vectors import embed
from sandbox.engines.words import count_tokens


def create(request: Request) -> Answer:
    """Embed one text or several."""
    _refuse_token_ids(request.body.get("input"))
    request.check(EMBEDDING_BODY)
    model = request.model("embeddings", "Choose an embedding model, one whose hidden_size is not 0.")
    given = request.body["input"]
    texts = [given] if isinstance(given, str) else given
    counts = [count_tokens(text) for text in texts]
    limit = model.meta_data["max_sequence_length"]
    for index, count in enumerate(counts):
        if count > limit:
            raise ApiError(
                400,
                f"Input {index} has {count} tokens, {model.id} takes {limit}. Split the text and embed the parts.",
                "input",
                "context_length_exceeded",
            )
    size = _size(model, request.integer("dimensions"))
    as_base64 = request.body.get("encoding_format") == "base64"
    vectors = [embed(text, size) for text in texts]
    content = {
        "object": "list",
        "model": model.id,
        "data": [
            {"object": "embedding", "index": index, "embedding": _base64(vector) if as_base64 else vector}
            for index, vector in enumerate(vectors)
        ],
        "usage": {"prompt_tokens": sum(counts), "total_tokens": sum(counts)},
    }
    return Answer(content, sum(counts))


def _size(model: Model, requested: int | None) -> int:
    """Return how long the vectors have to be."""
    size = model.meta_data["hidden_size"]
    if requested in (None, size):
        return size
    if model.least_dimensions is None:
        message = f"The model {model.id} does not support dimensions; its vectors have {size} numbers. Leave it out."
        raise ApiError(400, message, "dimensions", "unsupported_parameter")
    if not model.least_dimensions <= requested <= size:
        message = f"dimensions has to be between {model.least_dimensions} and {size} for {model.id}."
        raise ApiError(400, message, "dimensions", "invalid_value")
    return requested


def _refuse_token_ids(given: Any) -> None:
    """Some libraries send the ids of tokens in place of texts; only the model's own tokenizer could read them."""
    first = given[0] if isinstance(given, list) and given else None
    if isinstance(first, list):
        first = first[0] if first else None
    if isinstance(first, int):
        raise ApiError(
            400,
            "The input has token ids, but this service takes texts. Send a string or a list of strings; "
            "with LangChain, set check_embedding_ctx_length=False.",
            "input",
        )


def _base64(vector: list[float]) -> str:
    """Encode a vector as the OpenAI API does: 32-bit floats, little endian, as base64."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode("ascii")
