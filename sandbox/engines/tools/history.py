"""What a conversation's tool calls and their results say: the calls made, and values for later calls.

A value of a JSON result belongs to a parameter if the words of the parameter's name are those of the value's key and
of the keys around it. A key that says little ("id", "name", "number") is completed by the name of the tool that gave
the result: the "id" from find_customer is a customer's. Short forms count ("lat" and "latitude").
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from sandbox.engines.kin import split_name, topics
from sandbox.engines.messages import Message, message_text
from sandbox.engines.schemas import Missing
from sandbox.engines.tools.clauses import Request
from sandbox.engines.tools.ranking import Tool
from sandbox.engines.words import stem

_MOST_VALUES = 200
_DEEPEST = 8
_MOST_TEXT = 100_000
_MOST_LISTED = 8
_GENERIC = frozenset("id ids identifier number no code key uuid name value".split())
_EVERY = re.compile(r"(?i)\b(?:all|every|each|both|alle|jede\w?|beide)\b")


def made_calls(messages: list[Message], *, since_user: bool = True) -> list[tuple[str, dict[str, Any]]]:
    """Return the names and arguments of the calls that were made, in order, since the last user message or in all."""
    found: list[tuple[str, dict[str, Any]]] = []
    for message in reversed(messages):
        if since_user and message["role"] == "user":
            break
        for call in reversed(message.get("tool_calls") or []):
            function = call.get("function") or {}
            arguments = parse_json(str(function.get("arguments") or "{}"))
            found.append((str(function.get("name")), arguments if isinstance(arguments, dict) else {}))
    return found[::-1]


def parse_json(text: str) -> Any:
    """Return the value of a JSON text, or None for any other text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def result_texts(gap: Missing, request: Request, messages: list[Message]) -> list[list[str]]:
    """Say in words what the results of a conversation give for a required value, the latest result first.

    Args:
        gap: the value that is missing.
        request: what it is missing for. If it speaks of "all" or "each", a list gives all of its values.
        messages: the conversation.

    Returns:
        For each value that fits, texts for `schemas.fill`, such as 'customer id "C-7"' and 'customer id C-7'.
    """
    label = split_name(gap.path[-1]) if gap.path else []
    wanted = _wanted(gap, request)
    for names, values in _results(messages):
        if label and all(any(_same(word, name) for name in names) for word in wanted):
            name, values = " ".join(label), values[:_MOST_LISTED]
            if gap.schema.get("type") == "array":
                return [[f"{name} " + ", ".join(f'"{value}"' for value in values), f"{name} {', '.join(values)}"]]
            values = values if _EVERY.search(request.text[:1000]) else values[:1]
            return [[f'{name} "{value}"', f"{name} {value}"] for value in values]
    return []


def gives(tool: Tool, gap: Missing, request: Request) -> bool:
    """Say whether a tool can find out a missing value: its name or its description is about the same thing."""
    label = _wanted(gap, request)
    specific = [stem(word) for word in label if word not in _GENERIC]
    return bool(specific) and all(
        tool.weights.get(word, 0.0) >= 1.0 or any(tool.topic_weights.get(topic, 0.0) >= 1.0 for topic in topics(word))
        for word in specific
    )


def _wanted(gap: Missing, request: Request) -> list[str]:
    """The words of a missing value's name; those of its tool complete "id" and the like."""
    label = split_name(gap.path[-1]) if gap.path else []
    return [*label, *(request.tool.nouns if set(label) <= _GENERIC else ())]


def _same(word: str, name: str) -> bool:
    short, long = sorted((word, name), key=len)
    return stem(word) == stem(name) or (len(short) > 2 and long.startswith(short))


def _results(messages: list[Message]) -> Iterator[tuple[set[str], list[str]]]:
    """The values of all JSON results with the words of their names, the latest result first."""
    names = {
        call.get("id"): str((call.get("function") or {}).get("name") or "")
        for message in messages
        for call in message.get("tool_calls") or []
    }
    for message in reversed(messages):
        if message["role"] == "tool":
            groups: dict[tuple[str, ...], list[str]] = {}
            leaves = _leaves(parse_json(message_text(message)[:_MOST_TEXT]), (), 0)
            for (keys, value), _ in zip(leaves, range(_MOST_VALUES), strict=False):
                groups.setdefault(keys, []).append(value)
            for keys, values in groups.items():
                own = split_name(keys[-1])
                around = [word for key in keys[:-1] for word in split_name(key)]
                giver = split_name(names.get(message.get("tool_call_id"), "")) if set(own) <= _GENERIC else []
                yield {*own, *around, *giver}, values


def _leaves(value: Any, keys: tuple[str, ...], depth: int) -> Iterator[tuple[tuple[str, ...], str]]:
    """Texts and numbers with the keys that lead to them, without those of errors."""
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, child in value.items():
            yield from _leaves(child, (*keys, key), depth + 1)
    elif isinstance(value, list) and depth < _DEEPEST:
        for child in value:
            yield from _leaves(child, keys, depth + 1)
    elif keys and isinstance(value, str | int | float) and not isinstance(value, bool):
        text = str(value).replace('"', "'").strip()
        if 0 < len(text) <= 200:
            yield keys, text
