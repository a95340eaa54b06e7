"""Turn the results of tool calls into plain sentences.

Each result becomes one sentence: what the call was about (its short texts, no number but an amount that is converted
from one unit to another), then the result in words (see `wording`). An error is said as it is: a text or an object that
reports one, whatever its spelling (`_failure`). JSON, the notation of Python (which agent frameworks send) and plain
text are read; a wrapper such as {"data": ...} is taken off, and a table of columns and rows becomes a list of entries.
"""

import ast
import json
import re
from typing import Any

from sandbox.engines.kin import actions, split_name
from sandbox.engines.messages import Message, last_user_text, message_text
from sandbox.engines.tools.wording import (
    MOST_TEXT,
    OUTCOME_KEYS,
    Question,
    read_question,
    say_fields,
    say_items,
    say_value,
    scalars,
)
from sandbox.engines.words import keywords, sentences

_DEEPEST = 20
_LONGEST_NOTATION = 20_000
_LONGEST_CONTEXT = 60
_WRAPPERS = {"data", "result", "results", "response", "output", "content", "body", "value"}
_ERROR_KEYS = ("error", "errors", "exception", "error_message", "errorMessage")
_REASONS = ("message", "detail", "reason", "error", "description", "title", "text")
_FAILED = {"error", "failed", "failure"}
_FAILURE_FLAGS = ("isError", "is_error", "failed")
_REPORTED = re.compile(
    r"(?i)(?:\w*error|exception)\s*:\s*(?=\S)|(?:an )?error (?:occurred|executing|invoking|calling|running|while)\b"
    r"|(?:the )?(?:tool|call|request|execution)(?: call)? failed\b|traceback\b"
)
_REASON = re.compile(r"(?is)^.*\berror:\s*(?=\S)")
_RETRY = re.compile(r"(?i)\s*please (?:try again|fix your mistakes)\.?")
_REPR_FIELD = re.compile(r"(\w{1,60})=('[^']*'|\"[^\"]*\"|[-\w.]+)(?:[\s,]+|$)")
_CODE_LIKE = re.compile(r"[(){}<>=*;\n]")
_ORIGINS = {"from", "origin", "source", "departure"}
_TARGETS = {"to", "destination", "target", "arrival"}
_SETTINGS = {"unit", "units", "currency", "format", "mode", "sort", "order_by", "status", "limit"}


def answer_from_results(messages: list[Message]) -> str | None:
    """Answer the user's question from the tool results that end a conversation.

    Args:
        messages: the conversation, as the Chat Completions API defines it.

    Returns:
        A sentence or a few, one line for each result; None if the conversation does not end with a tool's result.
    """
    results = []
    for message in reversed(messages):
        if message["role"] != "tool":
            break
        results.insert(0, message)
    if not results:
        return None
    calls = {
        call.get("id"): call.get("function") or {}
        for message in messages
        if message["role"] == "assistant"
        for call in message.get("tool_calls") or []
    }
    question = read_question(last_user_text(messages))
    lines = []
    for result in results:
        call = calls.get(result.get("tool_call_id"), {})
        arguments = _parsed(str(call.get("arguments") or "{}"))
        arguments = arguments if isinstance(arguments, dict) else {}
        lines.append(_sentence(_parsed(message_text(result)), str(call.get("name") or ""), arguments, question))
    return "\n".join(dict.fromkeys(lines))


def _parsed(text: str) -> Any:
    """The value of JSON or of Python's notation; any other text, and what is nested too deep, as it is."""
    text = text.strip()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = _from_python(text)
    return text if _is_deep(value) else value


def _from_python(text: str) -> Any:
    """The value of "{'a': 1}" or "a=1 b='x'", as `str()` writes dicts and data classes; any other text as it is."""
    if len(text) > _LONGEST_NOTATION:
        return text
    if text[:1] in "{[" and "\\" not in text and text.count("[") + text.count("{") + text.count("(") <= _DEEPEST * 10:
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return text
        return value if isinstance(value, dict | list) and _is_json(value) else text
    inner = re.sub(r"^[A-Za-z_]\w{0,60}\((.*)\)$", r"\1", text, flags=re.DOTALL)
    fields = _REPR_FIELD.findall(inner)
    if not fields or _REPR_FIELD.sub("", inner).strip():
        return text
    return {name: value.strip("'\"") for name, value in fields}


def _is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(child) for key, child in value.items())
    if isinstance(value, list):
        return all(map(_is_json, value))
    return value is None or isinstance(value, str | int | float)


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            child
            for part in level
            if isinstance(part, dict | list)
            for child in (part.values() if isinstance(part, dict) else part)
        ]
    return bool(level)


def _sentence(result: Any, name: str, arguments: dict[str, Any], question: Question) -> str:
    about = _context(arguments)
    lead = f"For {about}: " if about else ""
    failure = _failure(result)
    result = result if failure else _unwrapped(result)
    result = "" if result in (None, "None") and _is_deed(name) else result
    subject = " ".join(split_name(name)[1:])
    if failure:
        said = f"this did not work: {failure}"
    elif isinstance(result, str):
        return _text_sentence(result, lead, about, " ".join(split_name(name)), question)
    elif _is_empty(result):
        said = "there is no result"
    elif isinstance(result, dict):
        said = say_fields(result, {str(value).lower() for value in scalars(arguments)}, question)
    elif isinstance(result, list):
        listed = f"{len(result)} found: " if isinstance(result[0], dict) else "" if lead else f"{subject or 'found'}: "
        said = listed + say_items(result, question)
    else:
        said = f"the {subject or 'result'} is {say_value(result)}"
    return _closed(lead + said if lead else _capital(said))


def _is_deed(name: str) -> bool:
    """Whether a tool does something, so that it need not return anything: send_email, but not get_user."""
    kinds = actions("".join(split_name(name)[:1]))
    return bool(kinds) and "read" not in kinds


def _unwrapped(result: Any) -> Any:
    """What stands inside {"data": ...}; the rows of a table as objects."""
    while isinstance(result, dict) and len(result) == 1:
        key, value = next(iter(result.items()))
        if key.lower() not in _WRAPPERS or not isinstance(value, dict | list):
            break
        result = value
    if isinstance(result, dict):
        columns, rows = result.get("columns"), result.get("rows")
        if isinstance(columns, list) and isinstance(rows, list) and all(isinstance(row, list) for row in rows):
            return [dict(zip(map(str, columns), row, strict=False)) for row in rows]
    return result


def _is_empty(result: Any) -> bool:
    """Whether a result is nothing, or an object that has an empty list and nothing else but counts of zero."""
    if result is None or result in ([], {}):
        return True
    values = list(result.values()) if isinstance(result, dict) else []
    return [] in values and all(value in ([], {}, 0, None, "") for value in values)


def _text_sentence(text: str, lead: str, about: str, task: str, question: Question) -> str:
    if not text:
        return _closed(f"{lead}{task} is done" if lead else _capital(f"{task or 'That'} is done"))
    chosen = text if len(text) <= MOST_TEXT else _best_sentences(text, question)
    known = any(part.lower() in chosen.lower() for part in about.split(", ")) if about else True
    return _closed(_capital(chosen) if known or len(chosen.split()) > 5 else lead + chosen)


def _best_sentences(text: str, question: Question) -> str:
    """The three sentences that have most in common with the question, in their order."""
    found = sentences(text[:50_000])[:500] or [text[:MOST_TEXT]]
    ranked = sorted(range(len(found)), key=lambda index: (-len(question.stems & set(keywords(found[index]))), index))
    return " ".join(found[index] for index in sorted(ranked[:3]))[:MOST_TEXT]


def _context(arguments: dict[str, Any]) -> str:
    """The call's short texts, at most two: what the result is about."""
    texts = {key: value for key, value in arguments.items() if _is_context(value)}
    origin = next((value for key, value in texts.items() if set(split_name(key)) & _ORIGINS), "")
    target = next((value for key, value in texts.items() if set(split_name(key)) & _TARGETS), "")
    if origin and target:
        amounts = [say_value(value) for key, value in arguments.items() if _is_amount(key, value)]
        amount = f"{amounts[0]} " if len(amounts) == 1 and len(origin) < 12 else ""
        return f"{amount}{origin} to {target}"
    named = [value for key, value in texts.items() if not set(split_name(key)) & _SETTINGS]
    chosen = named if texts else [value for value in scalars(arguments) if _is_context(value)]
    return ", ".join(chosen[:1] if len(chosen) > 2 else chosen[:2])


def _is_context(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_CONTEXT and not _CODE_LIKE.search(value)


def _is_amount(key: str, value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and bool(set(split_name(key)) & {"amount", "value", "sum"})


def _failure(result: Any) -> str:
    """What went wrong, or "" where nothing did."""
    if isinstance(result, str):
        match = _REPORTED.match(result)
        reason = _RETRY.sub("", _REASON.sub("", result) if match else "").strip()
        return reason[:MOST_TEXT] or ("the tool reported an error" if match else "")
    if isinstance(result, list) and len(result) == 1:
        return _failure(result[0]) if isinstance(result[0], dict) else ""
    if not isinstance(result, dict):
        return ""
    value = next((result[key] for key in _ERROR_KEYS if result.get(key)), None)
    status = result.get("status", result.get("statusCode", result.get("code")))
    refused = isinstance(status, int) and status is not True and 400 <= status < 600
    failed = (
        value is not None
        or (refused and _reason(result))
        or any(result.get(key) is False for key in OUTCOME_KEYS)
        or any(result.get(key) is True for key in _FAILURE_FLAGS)
        or str(result.get("status")).lower() in _FAILED
        or list(result) == ["detail"]
    )
    if not failed:
        return ""
    reason, detail = _reason(value), _reason({key: item for key, item in result.items() if key not in _ERROR_KEYS})
    reason = f"{reason} ({detail})" if reason and detail and detail != reason else reason or detail
    return reason[:MOST_TEXT] or "the tool reported a failure"


def _reason(value: Any) -> str:
    """The message inside an error, however it is wrapped."""
    if isinstance(value, list):
        return "; ".join(filter(None, map(_reason, value[:5])))
    if isinstance(value, dict):
        parts = [value[key] for key in (*_REASONS, "content", "errors", "code") if value.get(key)]
        return _reason(parts[0]) if parts else ""
    return "" if value is None or isinstance(value, bool) else str(value).strip()


def _capital(text: str) -> str:
    """A sentence's capital; a file name or a code ("report_7.csv") stays as it is."""
    first = text.split(maxsplit=1)[0].rstrip(".,;:!?") if text.strip() else ""
    return text if re.search(r"[_.\d]", first) else text[:1].upper() + text[1:]


def _closed(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."
