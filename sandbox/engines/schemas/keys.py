"""Which keys does a prompt ask for? The schema behind "answer in JSON", where a request gives no schema.

The rule: an example in the prompt says it best ('{"name": "Ida", "age": 3}', or '{"name": string}'); else a list of
names does ("with the keys setup and punchline", "fields: name, age", "as JSON with name and age"); else the key is
`answer`. Types follow the example's values or the words beside a key ("age (integer)"), else the key's name.
"""

import json
import re
from typing import Any

from sandbox.engines.kin import split_name
from sandbox.engines.words import stem

_LONGEST = 20_000
_MOST_BLOCKS = 20
_DEEPEST = 8
_EXAMPLE_KEY = re.compile(r"[\"“'`]?([A-Za-z_][\w-]{0,40})[\"”'`]?\s*:\s*([^,\n{}]{0,80})")
_KEYS = r"(?:keys?|fields?|propert(?:y|ies)|attributes?)"
_LISTS = (
    re.compile(rf"(?i)\b{_KEYS}\b(?:\s+(?:are|named|called|should be|of))?\s*:?\s+([^.\n:;]{{1,300}})"),
    re.compile(r"(?i)\bjson(?:\s+object)?\s+(?:with|containing|that has|of)\s+([^.\n:;]{1,300})"),
)
_BULLET = re.compile(
    r"^\s*(?:[-*•]|\d{1,2}\.)\s*[\"“'`*]{0,3}([A-Za-z_][\w-]{0,40})[\"”'`*]{0,3}\s*(?:[:(–-]\s*(.{0,80}))?$", re.M
)
_LEAD = re.compile(rf"(?i)^(?:(?:the|a|an|following|these|exactly|named|called|{_KEYS}|two|three|four|only)\b\s*)+")
_KEY = re.compile(r"[\"“'`]?([A-Za-z_][\w-]{0,40}(?: [a-z]{1,20})?)[\"”'`]?")
_TYPES = {
    "array": re.compile(r"(?i)^\s*\[|\b(?:array|list)\b"),
    "boolean": re.compile(r"(?i)\b(?:bool(?:ean)?|true|false|yes/no)\b"),
    "integer": re.compile(r"(?i)\b(?:int(?:eger)?|whole number)\b|^\s*-?\d+\s*$"),
    "number": re.compile(r"(?i)\b(?:number|float|decimal)\b|^\s*-?\d+\.\d+\s*$"),
}
_INTEGERS = frozenset(stem(word) for word in "age year count quantity servings".split())
_NUMBERS = frozenset(stem(word) for word in "rating score price amount total temperature population cost".split())
_PLURALS = frozenset(
    "steps reasons tags keywords names items points ideas ingredients cities colors people tips".split()
)


def read_keys(text: str) -> dict[str, Any]:
    """Return a JSON schema of the object that a prompt asks for.

    Args:
        text: the prompt, with the conversation before it.
    """
    text = text[:_LONGEST]
    return _of_example(text) or _object({name: _of_hint(name, hint) for name, hint in _listed(text).items()})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    properties = properties or {"answer": {"type": "string"}}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _of_example(text: str) -> dict[str, Any] | None:
    """The schema of the first object in the text that is an example, be it valid JSON or nearly."""
    decoder = json.JSONDecoder()
    for opening in list(re.finditer(r"\{", text))[:_MOST_BLOCKS]:
        try:
            value, _ = decoder.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            block = text[opening.start() + 1 :].partition("}")[0]
            hints = dict(_EXAMPLE_KEY.findall(block))
            if hints:
                return _object({name: _of_hint(name, hint) for name, hint in hints.items()})
            continue
        if value:
            return _of_value("", value, 0)
    return None


def _of_value(name: str, value: Any, depth: int) -> dict[str, Any]:
    """The schema of an example's value. A text in it may name a type: {"age": "integer"}."""
    if depth > _DEEPEST or value is None:
        return {"type": "string"}
    if isinstance(value, dict):
        return _object({key: _of_value(key, part, depth + 1) for key, part in value.items()})
    if isinstance(value, list):
        return {"type": "array", "items": _of_value(name, value[0], depth + 1) if value else {"type": "string"}}
    if isinstance(value, str):
        return _of_hint(name, value) if len(value.split()) < 4 and not value.isdigit() else {"type": "string"}
    kinds = {bool: "boolean", int: "integer", float: "number"}
    return {"type": kinds[type(value)]}


def _listed(text: str) -> dict[str, str]:
    for pattern in _LISTS:
        for match in pattern.finditer(text):
            found = _keys_of_list(match[1])
            if found:
                return found
    if re.search(rf"(?i)\b(?:json|{_KEYS})\b[^\n]{{0,80}}:\s*\n", text):
        return dict(_BULLET.findall(text))
    return {}


def _keys_of_list(text: str) -> dict[str, str]:
    text = re.sub(r"\([^)]*\)", lambda part: part[0].replace(",", "/"), text)
    found = {}
    for piece in re.split(r"\s*(?:,\s*(?:and\s+)?|\band\b|&)\s*", text):
        piece = _LEAD.sub("", piece.strip())
        match = _KEY.match(piece)
        if match and match[1].lower() not in {"json", "only", "values", "your answer", "it"}:
            found[match[1] if piece[0] in "\"“'`" else match[1].replace(" ", "_")] = piece[match.end() :]
    return found


def _of_hint(name: str, hint: str) -> dict[str, Any]:
    kind = next((kind for kind, pattern in _TYPES.items() if pattern.search(hint)), "")
    stems = {stem(word) for word in split_name(name)}
    if not kind and not re.search(r"(?i)\bstr(?:ing)?\b|\btext\b", hint):
        kind = "integer" if stems & _INTEGERS else "number" if stems & _NUMBERS else ""
        kind = kind or ("array" if name.lower() in _PLURALS else "")
    return {"type": "array", "items": {"type": "string"}} if kind == "array" else {"type": kind or "string"}
