"""POST /completions."""

import functools
from collections.abc import Iterator
from typing import Any

from helpers.sandbox.catalogue import Model
from helpers.sandbox.core.bodies import COMPLETION_BODY
from helpers.sandbox.core.requests import Request, cut, output_limit, refuse_unknown, usage
from helpers.sandbox.core.templates import count_prompt_tokens, read_prompt
from helpers.sandbox.engines import text

# As in the OpenAI API, where an answer without `max_tokens` is short.
_DEFAULT_MAX_TOKENS = 16
_NOT_YET = ("best_of", "logprobs", "suffix")


def create(request: Request) -> dict[str, Any] | Iterator[dict[str, Any]]:
    """Continue one prompt or several."""
    request.check(COMPLETION_BODY)
    refuse_unknown(request.body, _NOT_YET)
    model = request.model("completions", "Only open-source models take raw prompts; use POST /chat/completions.")
    given = request.body["prompt"]
    prompts = [given] if isinstance(given, str) else given
    prompt_tokens = sum(count_prompt_tokens(model.template, prompt) for prompt in prompts)
    limit = output_limit(model, prompt_tokens, request.body.get("max_tokens") or _DEFAULT_MAX_TOKENS)
    asked = [prompt for prompt in prompts for _ in range(request.body.get("n") or 1)]
    answers = [_complete(request, model, prompt, index, limit) for index, prompt in enumerate(asked)]
    totals = usage(prompt_tokens, sum(len(tokens) for tokens, _ in answers))
    if request.body.get("echo"):
        answers = [([prompt, *tokens], reason) for prompt, (tokens, reason) in zip(asked, answers, strict=True)]
    if request.body.get("stream"):
        return _chunks(request, answers, totals)
    choices = [_choice(index, "".join(tokens), reason) for index, (tokens, reason) in enumerate(answers)]
    return request.envelope("cmpl", "text_completion", choices) | {"usage": totals}


def _complete(request: Request, model: Model, prompt: str, index: int, limit: int) -> tuple[list[str], str]:
    messages = read_prompt(model.template, prompt)
    arguments = (request.temperature(), request.seed(index))
    answer = text.answer(messages, *arguments) if messages else text.continue_text(prompt, *arguments)
    return cut(answer, request.body.get("stop"), limit)


def _chunks(request: Request, answers: list[tuple[list[str], str]], totals: dict[str, int]) -> Iterator[dict[str, Any]]:
    chunk_of = functools.partial(request.envelope, "cmpl", "text_completion")
    for index, (tokens, reason) in enumerate(answers):
        for token in tokens:
            yield chunk_of([_choice(index, token, None)]) | request.no_usage_yet()
        yield chunk_of([_choice(index, "", reason)]) | request.no_usage_yet()
    if request.include_usage():
        yield chunk_of([]) | {"usage": totals}


def _choice(index: int, content: str, reason: str | None) -> dict[str, Any]:
    return {"index": index, "text": content, "logprobs": None, "finish_reason": reason}
