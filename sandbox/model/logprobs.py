"""Log probabilities, in the form of the API.

The sandbox does not choose tokens by probability, so it has none to tell. It makes them up from the token and its
place, the same ones each time, so that programs which read them can be tried: the chosen token has a probability
between 0.5 and 0.99, and each alternative half of what is left.
"""

import hashlib
import itertools
import math
from typing import Annotated, Any

from pydantic import Field

from sandbox.core.bodies import AnswerPart, Count


class TopLogprob(AnswerPart):
    """A token that could stand here."""

    token: Annotated[str, Field(description="The token as a text.")]
    logprob: Annotated[float, Field(description="The natural logarithm of its probability: 0 is certain.")]
    bytes: Annotated[list[Count], Field(description="The token as UTF-8, byte by byte.")]


class TokenLogprob(TopLogprob):
    """A token with its alternatives."""

    top_logprobs: list[TopLogprob]
    """As many alternatives as `top_logprobs` of the request asks for."""


class ChatLogprobs(AnswerPart):
    """Log probabilities of the tokens."""

    content: Annotated[list[TokenLogprob], Field(description="The tokens of the answer, in order.")]
    refusal: Annotated[None, Field(description="Always null.")]


class CompletionLogprobs(AnswerPart):
    """Log probabilities of the tokens."""

    tokens: list[str]
    """The tokens of the answer, in order; with `echo` those of the prompt come first."""
    token_logprobs: list[float | None]
    """The log probability of each token; null for the first of a prompt, which nothing comes before."""
    top_logprobs: list[dict[str, float] | None]
    """For each token, what could stand there, with its log probability."""
    text_offset: Annotated[list[Count], Field(description="Where each token begins, in characters.")]


_WORDS = "the a of and to in is it that for as on with by at from this an be are or".split()


def log_probability(token: str, position: int) -> float:
    """Return the made-up log probability of a token at its place in the answer, from 0."""
    digest = hashlib.sha256(f"{position} {token}".encode("utf-8", "replace")).digest()
    return math.log(0.5 + 0.49 * digest[0] / 255)


def alternatives(token: str, position: int, count: int) -> list[tuple[str, float]]:
    """Return so many tokens, at most 20, for a place of the answer: the token itself, then others, less probable."""
    chosen = log_probability(token, position)
    left = 1 - math.exp(chosen)
    others = [other for word in _WORDS if (other := f" {word}") != token]
    less = [(others[(position + number) % len(others)], math.log(left / 2**number)) for number in range(1, count)]
    return [(token, chosen), *less][:count]


def chat_logprobs(tokens: list[str], start: int, top: int) -> dict[str, list | None]:
    """Return the `logprobs` object for tokens from a place of the answer on, with so many alternatives for each."""
    content = []
    for position, token in enumerate(tokens, start):
        listed = [_entry(*other) for other in alternatives(token, position, top)]
        content.append(_entry(token, log_probability(token, position)) | {"top_logprobs": listed})
    return {"content": content, "refusal": None}


def _entry(token: str, value: float) -> dict[str, Any]:
    return {"token": token, "logprob": value, "bytes": list(token.encode("utf-8", "replace"))}


def completion_logprobs(tokens: list[str], top: int) -> dict[str, list]:
    """Return the same in the form of a completion: lists with one item for each token."""
    return {
        "tokens": tokens,
        "token_logprobs": [log_probability(token, position) for position, token in enumerate(tokens)],
        "top_logprobs": [dict(alternatives(token, position, top)) for position, token in enumerate(tokens)],
        "text_offset": list(itertools.accumulate(map(len, tokens), initial=0))[:-1],
    }
