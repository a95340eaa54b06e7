"""What the stand-in model answers to a conversation, whichever endpoint asks: calls, or a text, or JSON.

Tools go first: calls, or a question back. Without, the results of calls are told, else the pictures are described
unless a text beside them answers, else the text engine answers; where JSON is asked for, its answer becomes JSON.
Before comes what the model thinks, and at the end all is cut at the stop sequences and at the token limit.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from sandbox.catalogue import Model
from sandbox.core.errors import ApiError
from sandbox.engines import schemas, text, tools, vision
from sandbox.engines.messages import Message, last_user_text, message_text
from sandbox.engines.prompts import read_prompt
from sandbox.engines.reasoning import reason
from sandbox.engines.results import answer_from_results
from sandbox.engines.words import count_tokens, split_tokens


@dataclass(frozen=True)
class Task:
    """What is asked of a model."""

    messages: list[Message]
    pictures: list[vision.Picture]  # those of the last message that has any
    tools: list[dict[str, Any]]  # the functions that may be called, as `{"function": {"name": ...}}`
    tool_mode: str  # "none", "auto" or "required"
    parallel: bool  # whether one answer may have several calls
    json_schema: Any  # the schema of the answer, True for any JSON object, None for a text
    effort: str | None  # how long to think, None for the model's default
    stop: str | list[str] | None  # the texts that end the answer
    temperature: float  # 0 for the same answer each time


@dataclass(frozen=True)
class Choice:
    """One answer: its tokens, why it ends, the calls that it asks for, and the tokens that were thought before."""

    tokens: list[str]
    finish_reason: str
    calls: list[dict[str, str]] = field(default_factory=list)  # name, and arguments as a JSON text
    reasoning: list[str] = field(default_factory=list)

    def token_count(self) -> int:
        """Return how many tokens of output it costs."""
        called = sum(count_tokens(call["name"] + call["arguments"]) for call in self.calls)
        return len(self.tokens) + len(self.reasoning) + called


def choose(task: Task, model: Model, seed: int, limit: int) -> Choice:
    """Answer a conversation with at most `limit` tokens; `seed` decides what chance decides at a temperature above 0.

    Raises ApiError (400) if a schema of the request allows no value.
    """
    messages, thinks = _read_switch(task.messages, model)
    calls, prose = _decide(task, messages)
    if not calls:
        prose = prose or answer_from_results(messages)
        if prose is None and task.pictures:
            prose = _describe(task, messages, seed)
        if prose is None:
            prose = text.answer(messages, task.temperature, seed)
        answer = _as_json(task.json_schema, messages, prose)
        prose = f"{answer} {model.note}" if model.note and answer == prose else answer
    effort = task.effort or (model.reasoning.default if model.reasoning and thinks else "")
    planned = prose or ", ".join(call["name"] for call in calls)
    reasoning = split_tokens(reason(messages, planned, effort)) if effort else []
    if len(reasoning) >= limit:
        return Choice([], "length", reasoning=reasoning[:limit])
    if calls:
        return Choice([], "tool_calls", calls, reasoning)
    tokens, finish_reason = cut(prose or "", task.stop, limit - len(reasoning))
    return Choice(tokens, finish_reason, reasoning=reasoning)


def _describe(task: Task, messages: list[Message], seed: int) -> str:
    """Tell what was measured in the pictures, or answer a question about more than that from a text beside them."""
    told = vision.answer(last_user_text(messages), task.pictures)
    prompt = read_prompt(last_user_text(messages))
    if told.startswith(vision.NOTICE) and prompt.document:
        found = text.answer(messages, task.temperature, seed)
        about_pictures = found == text.NOT_SAID and vision.names_picture(prompt.question)
        return told if about_pictures or found.startswith(text.UNANSWERED) else found
    return told


def _read_switch(messages: list[Message], model: Model) -> tuple[list[Message], bool]:
    """Take the word that turns thinking off from the start of the prompt, and tell whether the model thinks."""
    switch = model.reasoning.switch_off if model.reasoning else ""
    read, thinks = [], True
    for message in messages:
        start = message["content"].lstrip() if isinstance(message.get("content"), str) else ""
        if switch and message["role"] != "assistant" and start.startswith(switch):
            message, thinks = message | {"content": start.removeprefix(switch).lstrip()}, False
        read.append(message)
    return read, thinks


def _decide(task: Task, messages: list[Message]) -> tuple[list[dict[str, str]], str | None]:
    """Return the calls to make, or what to ask the user; ([], None) if no tool has anything to do with it."""
    if not task.tools or task.tool_mode == "none":
        return [], None
    try:
        made = tools.decide(messages, task.tools, task.tool_mode, task.parallel)
    except schemas.NoInstance as error:
        message = f"The sandbox finds no arguments that are valid under the schema of a tool: {error}"
        raise ApiError(400, message, "tools", "invalid_function_parameters") from error
    calls = [{"name": call.name, "arguments": json.dumps(call.arguments, ensure_ascii=False)} for call in made.calls]
    return calls, made.question


def _as_json(schema: Any, messages: list[Message], prose: str) -> str:
    """Give an answer in plain words the form of a schema: the given one, else the one that the prompt asks for."""
    last = last_user_text(messages)
    at = max((place for place, message in enumerate(messages) if message["role"] == "user"), default=-1)
    background = [found for place, m in enumerate(messages) if place != at and (found := message_text(m))][::-1]
    if schema is None and (schema := schemas.asked_schema([last, *background])) is None:
        return prose
    wanted = schemas.read_keys("\n".join([last, *background])) if schema is True else schema
    try:
        value = schemas.compose(wanted, last, background=background, prose=prose)
    except schemas.NoInstance as error:
        message = f"The sandbox finds no answer that is valid under the schema: {error}"
        raise ApiError(400, message, "response_format", "invalid_json_schema") from error
    return json.dumps(value, ensure_ascii=False)


def cut(answer: str, stop: str | list[str] | None, limit: int) -> tuple[list[str], str]:
    """Cut an answer before its first stop sequence, then at the limit; return its tokens, and "stop" or "length"."""
    stops = [stop] if isinstance(stop, str) else stop or []
    ends = [answer.find(sequence) for sequence in stops if sequence and sequence in answer]
    tokens = split_tokens(answer[: min(ends)] if ends else answer)
    return (tokens[:limit], "length") if len(tokens) > limit else (tokens, "stop")


def output_limit(model: Model, prompt_tokens: int, requested: int | None) -> int:
    """Return the most tokens that an answer may have. Raises ApiError (400) if the context has no room for them."""
    context = model.meta_data["max_sequence_length"]
    wanted = 1 if requested is None else requested
    if prompt_tokens + wanted > context:
        counts = f"Tokens of the input: {prompt_tokens}, most tokens of the output: {wanted}. Shorten one of them."
        message = f"The maximum context length of {model.id} is {context} tokens. {counts}"
        parameter = "max_tokens" if prompt_tokens < context else None
        raise ApiError(400, message, parameter, "context_length_exceeded")
    limits = [context - prompt_tokens, requested, model.meta_data["max_output_length"] or None]
    return min(limit for limit in limits if limit is not None)


def token_usage(prompt_tokens: int, completion_tokens: int) -> dict[str, int]:
    """Return what a request cost in tokens."""
    total = prompt_tokens + completion_tokens
    return {"prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens, "total_tokens": total}


def unanswered_headers(choice: Choice) -> dict[str, str]:
    """Return the header that tells programs that an answer is none, {} if it is one."""
    return {"x-sandbox-unanswered": "1"} if "".join(choice.tokens).startswith(text.UNANSWERED) else {}
