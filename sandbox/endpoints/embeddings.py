"""POST /embeddings."""

import base64
import struct
from typing import Annotated, Literal

from pydantic import Field

from sandbox.catalogue import Model
from sandbox.core.bodies import AnswerPart, Count, NoTokenIds, Part, Positive
from sandbox.core.errors import ApiError
from sandbox.core.requests import Answer, Request
from sandbox.core.routing import route
from sandbox.engines.vectors import embed
from sandbox.engines.words import count_tokens

Text = Annotated[str, Field(min_length=1)]


class EmbeddingRequest(Part):
    """Texts to turn into vectors."""

    model: str = Field(description="The id of a model from `GET /models`.")
    input: Annotated[Text | Annotated[list[Text], Field(min_length=1, max_length=2048)], NoTokenIds]
    """One text, or up to 2,048, none of them empty. Token ids are refused: only the model's own tokenizer could read
    them."""
    encoding_format: Literal["float", "base64"] | None = None
    """Numbers, or 32-bit floats (little endian) as base64. Default: `float`. The `openai` package for Python asks for
    base64 and decodes it, unless told otherwise."""
    dimensions: Positive | None = Field(None, description="A shorter vector, where the model allows it.")
    user: str | None = None
    """Who asks, for the service's own records. Accepted, but without effect on the sandbox's answers."""


class Embedding(AnswerPart):
    """One vector, of length 1."""

    object: Literal["embedding"]
    index: Annotated[Count, Field(description="The number of the text, from 0.")]
    embedding: Annotated[list[float] | str, Field(description="Numbers, or 32-bit floats (little endian) as base64.")]


class EmbeddingUsage(AnswerPart):
    """What the request cost in tokens."""

    prompt_tokens: Annotated[Count, Field(description="Tokens of all texts.")]
    total_tokens: Annotated[Count, Field(description="The same number: an embedding has no tokens of output.")]


class Embeddings(AnswerPart):
    """The vectors of the texts, in their order."""

    object: Literal["list"]
    model: Annotated[str, Field(description="The id of the model that answered.")]
    data: Annotated[list[Embedding], Field(description="The vectors, in the order of the texts.")]
    usage: EmbeddingUsage


_BOATS = {"model": "text-embedding-bge-m3", "input": ["a blue boat", "a blue ship"], "encoding_format": "float"}


@route("POST", "/embeddings", Embeddings, body=EmbeddingRequest, examples={"Two texts": _BOATS})
def create(request: Request) -> Answer:
    """Create embeddings.

    Each text becomes a vector of length 1, whose size is the model's `hidden_size`. The sandbox adds up word vectors
    from a small table: texts that mean the same are mostly close; the order of words is lost.
    """
    model = request.model("embeddings", "Choose an embedding model, one whose hidden_size is not 0.")
    given = request.body.input
    texts = [given] if isinstance(given, str) else given
    counts = [count_tokens(text) for text in texts]
    limit = model.meta_data["max_sequence_length"]
    for index, count in enumerate(counts):
        if count > limit:
            message = f"Input {index} has {count} tokens, {model.id} takes {limit}. Split the text and embed the parts."
            raise ApiError(400, message, "input", "context_length_exceeded")
    size = _size(model, request.body.dimensions)
    encode = _base64 if request.body.encoding_format == "base64" else list
    vectors = [encode(embed(text, size)) for text in texts]
    data = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)]
    usage = {"prompt_tokens": sum(counts), "total_tokens": sum(counts)}
    return Answer({"object": "list", "model": model.id, "data": data, "usage": usage}, sum(counts))


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


def _base64(vector: list[float]) -> str:
    """Encode a vector as the OpenAI API does: 32-bit floats, little endian, as base64."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode("ascii")
