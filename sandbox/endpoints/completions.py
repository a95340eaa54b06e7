"""POST /completions."""

import functools
from collections.abc import Iterator
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field

from sandbox.catalogue import Model
from sandbox.core.bodies import AnswerPart, Count, Envelope, Generation, NoTokenIds, Usage, Whole
from sandbox.core.requests import NO_LOGPROBS, Answer, Request
from sandbox.core.routing import route
from sandbox.engines import text
from sandbox.model.answering import cut, output_limit, token_usage
from sandbox.model.templates import read_prompt, split_prompt


class CompletionRequest(Generation):
    """A text to continue."""

    prompt: Annotated[str | Annotated[list[str], Field(min_length=1, max_length=20)], NoTokenIds]
    """One text to continue, or several. For an answer to a question it has to follow the model's own chat template."""
    max_tokens: Annotated[int, Field(ge=0), Whole] | None = None
    """The most tokens of the answer; with 0 and `echo`, the prompt alone comes back. Default: 16."""
    echo: bool | None = Field(None, description="Repeat the prompt in front of the answer. Default: false.")


class CompletionChoice(AnswerPart):
    """One continuation."""

    index: Annotated[Count, Field(description="The number of the answer, from 0. There are several with `n`.")]
    text: Annotated[str, Field(description="The text that continues the prompt.")]
    logprobs: Annotated[None, Field(description="Always null: the sandbox has no probabilities.")]
    finish_reason: Literal["stop", "length"] | None
    """`stop`: complete. `length`: the token limit cut it. null in a stream until the end."""


class Completion(Envelope):
    """The continuation of a prompt. In a stream, each chunk has this form, too."""

    object: Literal["text_completion"]
    choices: Annotated[list[CompletionChoice], Field(description="The answers: one, or as many as `n` asks for.")]
    usage: NotRequired[Usage | None]


_Text = tuple[list[str], list[str], str]  # tokens of the echo and of the answer, finish reason
_EXAMPLES = {"A text to continue": {"model": "Llama-3.3-70B-Instruct", "prompt": "The Earth is", "max_tokens": 30}}


@route("POST", "/completions", Completion, body=CompletionRequest, chunk=Completion, examples=_EXAMPLES)
def create(request: Request) -> Answer:
    """Create a completion.

    Only open-source models take raw prompts, and the prompt has to follow the model's own chat template. The chat
    endpoint is recommended instead.
    """
    body = request.body
    request.check_stream_options()
    request.refuse(("suffix", "best_of"), "Leave it out; n gives several answers.")
    request.refuse(("logprobs",), NO_LOGPROBS)
    model = request.model("completions", "Only open-source models take raw prompts; use POST /chat/completions.")
    prompts = [body.prompt] if isinstance(body.prompt, str) else body.prompt
    tokens = {prompt: split_prompt(model.template, prompt) for prompt in prompts}
    prompt_tokens = sum(len(tokens[prompt]) for prompt in prompts)
    # As in the OpenAI API, where an answer without `max_tokens` is short.
    limit = output_limit(model, prompt_tokens, 16 if body.max_tokens is None else body.max_tokens)
    asked = [prompt for prompt in prompts for _ in range(body.n or 1)]
    echoes = tokens if body.echo else {prompt: [] for prompt in prompts}
    texts = [(echoes[prompt], *_complete(request, model, prompt, index, limit)) for index, prompt in enumerate(asked)]
    usage = token_usage(prompt_tokens, sum(len(found) for _, found, _ in texts))
    if body.stream:
        return Answer(_chunks(request, texts, usage), usage["total_tokens"])
    choices = [_choice(index, "".join(echo + found), reason) for index, (echo, found, reason) in enumerate(texts)]
    return Answer(request.envelope("cmpl", "text_completion", choices) | {"usage": usage}, usage["total_tokens"])


def _complete(request: Request, model: Model, prompt: str, index: int, limit: int) -> tuple[list[str], str]:
    messages = read_prompt(model.template, prompt)
    arguments = (request.temperature(), request.seed(index))
    answer = text.answer(messages, *arguments) if messages else text.continue_text(prompt, *arguments)
    return cut(answer, request.body.stop, limit)


def _choice(index: int, text: str, reason: str | None) -> dict[str, Any]:
    return {"index": index, "text": text, "logprobs": None, "finish_reason": reason}


def _chunks(request: Request, texts: list[_Text], usage: dict[str, int]) -> Iterator[dict[str, Any]]:
    chunk_of = functools.partial(request.envelope, "cmpl", "text_completion")
    for index, (echo, found, reason) in enumerate(texts):
        for token in [*echo, *found]:
            yield chunk_of([_choice(index, token, None)]) | request.no_usage_yet()
        yield chunk_of([_choice(index, "", reason)]) | request.no_usage_yet()
    if request.include_usage():
        yield chunk_of([]) | {"usage": usage}
