"""Turn the results of tool calls into plain sentences.

Each result becomes one sentence: what the call was about (its short string arguments, no number but an amount that is
converted from one unit to another), then the fields of the result in words, the ones that the question asks about
first. Nested fields are joined to one name, lists are joined, a number takes the unit or currency that stands beside
it, and an error is said as it is.
"""

import json
import re
from typing import Any

from helpers.sandbox.engines.kin import kin, split_name
from helpers.sandbox.engines.messages import Message, last_user_text, message_text
from helpers.sandbox.engines.words import keywords, sentences

_MOST_FIELDS = 8
_MOST_ITEMS = 8
_MOST_TEXT = 600
_DEEPEST = 20
_UNIT_KEYS = {"unit", "units", "currency"}
_UNIT_ENDINGS = set(
    "percent celsius fahrenheit kelvin eur usd gbp chf km kg miles meters hours minutes seconds days kmh mph".split()
)
_ERROR_KEYS = ("error", "errors", "exception", "error_message")
_FAILED = {"error", "failed", "failure"}
_ORIGINS = {"from", "origin", "source", "departure"}
_TARGETS = {"to", "destination", "target", "arrival"}
_OUTCOME_KEYS = {"success", "ok", "succeeded"}


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
        call.get("id"): call.get("function", {})
        for message in messages
        if message["role"] == "assistant"
        for call in message.get("tool_calls") or []
    }
    question = keywords(last_user_text(messages)[:5000])
    lines = []
    for result in results:
        call = calls.get(result.get("tool_call_id"), {})
        name = str(call.get("name") or "")
        lines.append(_sentence(_parsed(message_text(result)), name, _arguments(call), question))
    return "\n".join(dict.fromkeys(lines))


def _parsed(text: str) -> Any:
    """The value of a JSON text; any other text, and JSON nested deeper than `_DEEPEST`, as it is."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text.strip()
    return text.strip() if _is_deep(value) else value


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


def _arguments(call: dict[str, Any]) -> dict[str, Any]:
    found = _parsed(str(call.get("arguments") or "{}"))
    return found if isinstance(found, dict) else {}


def _sentence(result: Any, name: str, arguments: dict[str, Any], question: list[str]) -> str:
    about = _context(arguments)
    lead = f"For {about}: " if about else ""
    error = _error(result)
    if error:
        said = f"this did not work: {error}"
    elif isinstance(result, str):
        return _text_sentence(result, lead, about, " ".join(split_name(name)), question)
    elif result is None or result in ([], {}):
        said = "there is no result"
    elif isinstance(result, dict):
        said = _fields(result, arguments, question)
    elif isinstance(result, list):
        said = _list_lead(result, name, lead) + _items(result, question)
    else:
        said = f"the {' '.join(split_name(name)[1:]) or 'result'} is {_plain(result)}"
    return _closed(lead + said if lead else _capital(said))


def _list_lead(result: list[Any], name: str, lead: str) -> str:
    if isinstance(result[0], dict):
        return f"{len(result)} found: "
    return "" if lead else f"{' '.join(split_name(name)[1:]) or 'found'}: "


def _text_sentence(text: str, lead: str, about: str, task: str, question: list[str]) -> str:
    if not text:
        return _closed(f"{lead}{task} is done" if lead else _capital(f"{task or 'That'} is done"))
    chosen = text if len(text) <= _MOST_TEXT else _best_sentences(text, question)
    known = any(part.lower() in chosen.lower() for part in about.split(", ")) if about else True
    return _closed(_capital(chosen) if known or len(chosen.split()) > 5 else lead + chosen)


def _best_sentences(text: str, question: list[str]) -> str:
    found = sentences(text[:50_000])[:500] or [text[:_MOST_TEXT]]
    ranked = sorted(range(len(found)), key=lambda index: (-len(set(question) & set(keywords(found[index]))), index))
    return " ".join(found[index] for index in sorted(ranked[:3]))[:_MOST_TEXT]


def _context(arguments: dict[str, Any]) -> str:
    """The call's short strings, at most two: what the result is about."""
    parts = [value for value in _scalars(arguments) if isinstance(value, str) and 0 < len(value) <= 60]
    places = {key: value for key, value in arguments.items() if isinstance(value, str) and 0 < len(value) <= 60}
    origin, target = _end(places, _ORIGINS), _end(places, _TARGETS)
    if origin and target:
        amounts = [_plain(value) for key, value in arguments.items() if _is_amount(key, value)]
        amount = f"{amounts[0]} " if len(amounts) == 1 and len(origin) < 12 else ""
        return f"{amount}{origin} to {target}"
    named = [
        value
        for key, value in places.items()
        if not set(split_name(key)) & {"unit", "units", "currency", "format", "mode", "sort", "order_by"}
    ]
    chosen = named if places else parts
    return ", ".join(chosen[:1] if len(chosen) > 2 else chosen[:2])


def _scalars(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [item for child in list(value.values())[:20] for item in _scalars(child)]
    return [item for child in value[:20] for item in _scalars(child)] if isinstance(value, list) else [value]


def _end(places: dict[str, str], names: set[str]) -> str:
    return next((value for key, value in places.items() if set(split_name(key)) & names), "")


def _is_amount(key: str, value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and bool(set(split_name(key)) & {"amount", "value", "sum"})


def _error(result: Any) -> str:
    """What went wrong, or "" where nothing did."""
    if isinstance(result, str):
        match = re.match(r"(?i)(?:\w*error|exception)\s*:\s*(?=\S)", result)
        return result[match.end() :].strip() if match else ""
    if not isinstance(result, dict):
        return ""
    value = next((result[key] for key in _ERROR_KEYS if result.get(key)), None)
    if value is not None:
        return _error_text(value, _detail(result))
    if any(result.get(key) is False for key in _OUTCOME_KEYS) or str(result.get("status")).lower() in _FAILED:
        return _detail(result) or "the tool reported a failure"
    return ""


def _error_text(value: Any, detail: str) -> str:
    if isinstance(value, dict):
        return str(value.get("message") or value.get("detail") or _fields(value, {}, []))
    if value is True:
        return detail or "the tool reported a failure"
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{text} ({detail})" if detail and detail != text else text


def _detail(result: dict[str, Any]) -> str:
    return str(result.get("message") or result.get("detail") or result.get("reason") or "")


def _fields(result: dict[str, Any], arguments: dict[str, Any], question: list[str]) -> str:
    given = {str(value).lower() for value in _scalars(arguments)}
    flat = [(key, text) for key, text in _flatten(result, "", 0, question) if text.lower() not in given]
    flat = flat or _flatten(result, "", 0, question)
    if len(flat) == 1 and flat[0][0] in _OUTCOME_KEYS:
        return "that worked"
    flat = [(key, text) for key, text in flat if key not in _OUTCOME_KEYS] or flat
    asked = [pair for pair in flat if _asked(pair[0], question)]
    if not asked and len(flat) > _MOST_FIELDS:
        asked = [pair for pair in flat if any(kin(name, word) for name in keywords(pair[0]) for word in question)]
    others = [pair for pair in flat if pair not in asked]
    if len(flat) > _MOST_FIELDS:
        others = others[: max(0, _MOST_FIELDS - len(asked))] if len(asked) < 3 else []
    chosen = (asked + others)[: 2 * _MOST_FIELDS]
    if len(chosen) <= 2 and all(key and text not in {"yes", "no"} for key, text in chosen):
        return " and ".join(
            f"{_article(key)}{key} {'are' if _plural(key) else 'is'} {text}" if key else text for key, text in chosen
        )
    return ", ".join(f"{key} {text}".strip() for key, text in chosen)


def _article(key: str) -> str:
    return "" if key.startswith(("is ", "has ", "the ")) or key in {"is", "has", "the"} else "the "


def _plural(key: str) -> bool:
    return key.endswith("s") and not key.endswith(("ss", "us", "is", "news"))


def _asked(key: str, question: list[str]) -> bool:
    names = keywords(key)
    return any(name in question for name in names)


def _flatten(result: dict[str, Any], prefix: str, depth: int, question: list[str]) -> list[tuple[str, str]]:
    """Name every field in words, with its value in words."""
    units = {
        key: value for key, value in result.items() if isinstance(value, str) and set(split_name(key)) & _UNIT_KEYS
    }
    numbers = [key for key, value in result.items() if isinstance(value, int | float) and not isinstance(value, bool)]
    pairs: list[tuple[str, str]] = []
    for key, value in list(result.items())[:60]:
        name = " ".join([prefix, *split_name(key)]).strip() or key.strip()
        if isinstance(value, dict) and value and depth < 4:
            pairs += _flatten(value, name, depth + 1, question)
        elif isinstance(value, list) and value:
            listed = f"{len(value)} {name}: {_items(value, question)}" if isinstance(value[0], dict) else ""
            pairs.append(("", listed) if listed else (name, _items(value, question)))
        elif key in units and numbers:
            continue
        elif key in numbers:
            unit = _unit_for(key, units, numbers)
            head, _, own = name.rpartition(" ")
            if not unit and head and own in _UNIT_ENDINGS:
                name, unit = head, own
            pairs.append((name, f"{_plain(value)} {unit}".strip()))
        elif value is not None and value != [] and value != {}:
            pairs.append((name, _plain(value)))
    return pairs


def _unit_for(key: str, units: dict[str, str], numbers: list[str]) -> str:
    own = [unit for name, unit in units.items() if set(split_name(name)) & (set(split_name(key)) - _UNIT_KEYS)]
    if own:
        return own[0]
    money = re.search(r"price|cost|amount|total|balance|salary|fee|sum|paid|result|converted|value", key, re.I)
    for name, unit in units.items():
        names = set(split_name(name))
        if names in ({"currency"},) and (money or len(numbers) == 1):
            return unit
        if (
            names <= {"unit", "units"}
            and (key == numbers[0] or _temperature(key))
            and not (_temperature(numbers[0]) and not _temperature(key))
        ):
            return unit
    return ""


def _temperature(key: str) -> bool:
    return bool(re.search(r"temp|feels|high|low", key, re.I))


def _items(result: list[Any], question: list[str]) -> str:
    shown = result[:_MOST_ITEMS]
    parts = [_item(item, question) for item in shown]
    if all(isinstance(item, dict) for item in shown):
        text = "; ".join(parts)
    elif len(parts) > 1:
        text = f"{', '.join(parts[:-1])} and {parts[-1]}"
    else:
        text = "".join(parts)
    return text + (f", and {len(result) - len(shown)} more" if len(result) > len(shown) else "")


def _item(item: Any, question: list[str]) -> str:
    if isinstance(item, list):
        return _items(item, question)
    if not isinstance(item, dict):
        return _plain(item)
    pairs = _flatten(item, "", 1, question)[:_MOST_FIELDS]
    head = next((text for key, text in pairs if key.rpartition(" ")[2] in {"name", "title", "subject"}), "")
    rest = [f"{key} {text}".strip() for key, text in pairs if text != head]
    return f"{head} ({', '.join(rest)})" if head and rest else head or ", ".join(rest)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:,.2f}"
    return str(value)[:_MOST_TEXT].strip()


def _capital(text: str) -> str:
    """A sentence's capital; a file name or a code ("report_7.csv") stays as it is."""
    first = text.split(maxsplit=1)[0].rstrip(".,;:!?") if text.strip() else ""
    return text if re.search(r"[_.\d]", first) else text[:1].upper() + text[1:]


def _closed(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."
