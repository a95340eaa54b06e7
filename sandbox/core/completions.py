"""POST /completions."""

import functools
from collections.abc import Iterator
from typing import Any

from sandbox.catalogue import Model
from sandbox.core.bodies import COMPLETION_BODY
from sandbox.core.errors import ApiError
from sandbox.core.logprobs import completion_logprobs
from sandbox.core.requests import Answer, Request, cut, output_limit, refuse, usage
from sandbox.core.templates import count_prompt_tokens, read_prompt
from sandbox.engines import text

# As in the OpenAI API, where an answer without `max_tokens` is short.
_DEFAULT_MAX_TOKENS = 16


def create(request: Request) -> Answer:
    """Continue one prompt or several."""
    _refuse_token_ids(request.body.get("prompt"))
    request.check(COMPLETION_BODY)
    refuse(request.body, ("suffix", "best_of"), "Leave it out; n gives several answers.")
    model = request.model("completions", "Only open-source models take raw prompts; use POST /chat/completions.")
    given = request.body["prompt"]
    prompts = [given] if isinstance(given, str) else given
    prompt_tokens = sum(count_prompt_tokens(model.template, prompt) for prompt in prompts)
    limit = output_limit(model, prompt_tokens, request.integer("max_tokens", _DEFAULT_MAX_TOKENS))
    asked = [prompt for prompt in prompts for _ in range(request.integer("n", 1))]
    answers = [_complete(request, model, prompt, index, limit) for index, prompt in enumerate(asked)]
    totals = usage(prompt_tokens, sum(len(tokens) for tokens, _ in answers))
    if request.body.get("echo"):
        answers = [([prompt, *tokens], reason) for prompt, (tokens, reason) in zip(asked, answers, strict=True)]
    if request.body.get("stream"):
        return Answer(_chunks(request, answers, totals), totals["total_tokens"])
    choices = [_choice(request, index, tokens, reason) for index, (tokens, reason) in enumerate(answers)]
    return Answer(request.envelope("cmpl", "text_completion", choices) | {"usage": totals}, totals["total_tokens"])


def _refuse_token_ids(prompt: Any) -> None:
    if isinstance(prompt, list) and any(isinstance(item, int | list) for item in prompt):
        message = "The prompt has token ids, but this service takes texts. Send a string or a list of strings."
        raise ApiError(400, message, "prompt")


def _complete(request: Request, model: Model, prompt: str, index: int, limit: int) -> tuple[list[str], str]:
    messages = read_prompt(model.template, prompt)
    arguments = (request.temperature(), request.seed(index))
    answer = text.answer(messages, *arguments) if messages else text.continue_text(prompt, *arguments)
    return cut(answer, request.body.get("stop"), limit)


def _chunks(request: Request, answers: list[tuple[list[str], str]], totals: dict[str, int]) -> Iterator[dict[str, Any]]:
    chunk_of = functools.partial(request.envelope, "cmpl", "text_completion")
    for index, (tokens, reason) in enumerate(answers):
        offset = 0
        for position, token in enumerate(tokens):
            yield chunk_of([_choice(request, index, [token], None, position, offset)]) | request.no_usage_yet()
            offset += len(token)
        yield chunk_of([_choice(request, index, [], reason, len(tokens), offset)]) | request.no_usage_yet()
    if request.include_usage():
        yield chunk_of([]) | {"usage": totals}


def _choice(
    request: Request, index: int, tokens: list[str], reason: str | None, start: int = 0, offset: int = 0
) -> dict[str, Any]:
    top = request.integer("logprobs")
    logprobs = None if top is None else completion_logprobs(tokens, start, offset, top)
    return {"index": index, "text": "".join(tokens), "logprobs": logprobs, "finish_reason": reason}
