"""Values of a tool's result in words: fields, lists, numbers with their units.

The rule: nested fields are joined to one name ("wind speed"), lists are joined, and a number takes the unit or the
currency that stands beside it. What the question asks for comes first: fields that it names, then those that its
question word wants (`_WANTED`: "when" a date or a time), then fields of kin words. In a list, the entries that the
question names come first; "the cheapest" and the like (`_EXTREMES`) bring the entry with the least or the greatest
value to the front.
"""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.engines.kin import split_name, topics
from sandbox.engines.words import keywords, stem

MOST_TEXT = 600
OUTCOME_KEYS = {"success", "ok", "succeeded"}
_MOST_FIELDS = 8
_MOST_ITEMS = 8
_MOST_SORTED = 200
_UNIT_KEYS = {"unit", "units", "currency"}
_UNIT_ENDINGS = set(
    "percent celsius fahrenheit kelvin eur usd gbp chf km kg miles meters hours minutes seconds days kmh mph".split()
)
_DEGREES = set("celsius fahrenheit kelvin c f k °c °f".split())
_MONEY = re.compile(r"price|cost|amount|total|balance|salary|fee|sum|paid|result|converted|value", re.IGNORECASE)
_TEMPERATURE = re.compile(r"temp|feels|high|low", re.IGNORECASE)
_WANTED = {
    "when": "date time departure arrival eta start begin due day opens closes",
    "where": "location place address city street country room status gate platform",
    "who": "person author name owner artist user assignee customer",
    "how many": "count total number amount quantity size",
    "how much": "price cost total amount balance fee sum fare",
    "how long": "duration length minutes hours days",
    "how far": "distance km kilometers miles meters",
}
_EXTREMES = [
    (re.compile(rf"\b(?:{adjectives})\b"), frozenset(map(stem, fields.split())), greatest)
    for adjectives, fields, greatest in (
        ("cheapest|least expensive|lowest price", "price cost fare fee total amount", False),
        ("most expensive|dearest|highest price", "price cost fare fee total amount", True),
        ("nearest|closest|shortest", "distance km miles meters duration minutes length", False),
        ("farthest|longest", "distance km miles meters duration minutes length", True),
        ("fastest|quickest", "duration minutes hours time", False),
        ("earliest|oldest|first|next", "date time departure start created due", False),
        ("latest|newest|most recent|last", "date time departure start created due", True),
        ("best|top|highest rated|most popular", "rating score stars rank votes popularity", True),
        ("worst|lowest rated", "rating score stars", False),
        ("coldest|coolest", "temperature temp", False),
        ("warmest|hottest", "temperature temp", True),
        ("smallest|lowest|least|fewest", "size amount count number value total quantity population", False),
        ("biggest|largest|highest|most", "size amount count number value total quantity population", True),
    )
]


@dataclass(frozen=True)
class Question:
    """What a user wants to know.

    Attributes:
        text: the question in lower case.
        stems: the stems of its words.
        wanted: the stems of the fields that its question word asks for.
    """

    text: str
    stems: frozenset[str]
    wanted: frozenset[str]

    def interest(self, name: str) -> float:
        """Say how much the question asks for a field: 3 by its name, 2 by its question word, less by kin, 0."""
        names = keywords(name)
        if not self.stems.isdisjoint(names):
            return 3
        if not self.wanted.isdisjoint(names):
            return 2
        shared = sum(len(topics(word) & topics(asked)) for word in names for asked in self.stems)
        return min(shared, 5) / 5


def read_question(text: str) -> Question:
    """Read the question that results are to answer."""
    low = text[:5000].lower()
    wanted = " ".join(fields for word, fields in _WANTED.items() if re.search(rf"\b{word}\b", low))
    return Question(low, frozenset(keywords(low)), frozenset(map(stem, wanted.split())))


def say_fields(result: dict[str, Any], given: set[str], question: Question) -> str:
    """Say the fields of an object in words, without values that the call itself gave."""
    every = _flatten(result, "", 0, question)
    flat = [(key, text) for key, text in every if text.lower() not in given] or every
    if len(flat) == 1 and flat[0][0] in OUTCOME_KEYS:
        return "that worked"
    flat = [(key, text) for key, text in flat if key not in OUTCOME_KEYS] or flat
    flat.sort(key=lambda pair: -question.interest(pair[0]))
    if len(flat) > _MOST_FIELDS:
        asked = [pair for pair in flat if question.interest(pair[0])]
        flat = asked[: 2 * _MOST_FIELDS] if len(asked) > 2 else flat[:_MOST_FIELDS]
    if len(flat) <= 2 and all(key and text not in {"yes", "no"} for key, text in flat):
        return " and ".join(f"{_article(key)}{key} {'are' if _plural(key) else 'is'} {text}" for key, text in flat)
    return ", ".join(f"{key} {text}".strip() for key, text in flat)


def say_items(items: list[Any], question: Question) -> str:
    """Say the entries of a list in words, what the question asks for first."""
    shown = _sorted(items, question)[:_MOST_ITEMS]
    parts = [_item(item, question) for item in shown]
    if all(isinstance(item, dict) for item in shown):
        text = "; ".join(parts)
    elif len(parts) > 1:
        text = f"{', '.join(parts[:-1])} and {parts[-1]}"
    else:
        text = "".join(parts)
    return text + (f", and {len(items) - len(shown)} more" if len(items) > len(shown) else "")


def say_value(value: Any) -> str:
    """Say a number, a text or a truth value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:,.2f}"
    return str(value)[:MOST_TEXT].strip()


def scalars(value: Any) -> list[Any]:
    """Return the values inside objects and lists, without their names; of each, the first twenty."""
    if isinstance(value, dict):
        return [item for child in list(value.values())[:20] for item in scalars(child)]
    return [item for child in value[:20] for item in scalars(child)] if isinstance(value, list) else [value]


def _sorted(items: list[Any], question: Question) -> list[Any]:
    if not all(isinstance(item, dict) for item in items[:_MOST_SORTED]):
        return items
    head, tail = list(items[:_MOST_SORTED]), items[_MOST_SORTED:]
    for pattern, fields, greatest in _EXTREMES:
        key = next((key for key in head[0] if fields.intersection(map(stem, split_name(key)))), None) if head else None
        if key is not None and pattern.search(question.text):
            values = [item.get(key) for item in head]
            if all(_is_number(value) for value in values) or all(isinstance(value, str) for value in values):
                return sorted(head, key=lambda item: item[key], reverse=greatest) + tail
    return sorted(head, key=lambda item: not _is_named(item, question)) + tail


def _is_named(item: dict[str, Any], question: Question) -> bool:
    """Whether the question names a text of an entry: its name, its number."""
    texts = [str(value).lower() for value in item.values() if isinstance(value, str | int)]
    return any(re.search(rf"(?<!\w){re.escape(text)}(?!\w)", question.text) for text in texts if 1 < len(text) <= 60)


def _item(item: Any, question: Question) -> str:
    if isinstance(item, list):
        return say_items(item, question)
    if not isinstance(item, dict):
        return say_value(item)
    pairs = _flatten(item, "", 1, question)
    pairs = sorted(pairs, key=lambda pair: -question.interest(pair[0]))[:_MOST_FIELDS]
    head = next((text for key, text in pairs if key.rpartition(" ")[2] in {"name", "title", "subject"}), "")
    rest = [f"{key} {text}".strip() for key, text in pairs if text != head]
    return f"{head} ({', '.join(rest)})" if head and rest else head or ", ".join(rest)


def _flatten(result: dict[str, Any], prefix: str, depth: int, question: Question) -> list[tuple[str, str]]:
    """Name every field in words, with its value in words."""
    units = {
        key: value for key, value in result.items() if isinstance(value, str) and set(split_name(key)) & _UNIT_KEYS
    }
    numbers = [key for key, value in result.items() if _is_number(value)]
    pairs: list[tuple[str, str]] = []
    for key, value in list(result.items())[:60]:
        name = " ".join([prefix, *split_name(key)]).strip() or key.strip()
        if isinstance(value, dict) and value and depth < 4:
            pairs += _flatten(value, name, depth + 1, question)
        elif isinstance(value, list) and value:
            listed = isinstance(value[0], dict)
            counted = f"{len(value)} {_singular(name) if len(value) == 1 else name}: "
            pairs.append(("" if listed else name, (counted if listed else "") + say_items(value, question)))
        elif key in units and numbers:
            continue
        elif key in numbers:
            unit = _unit_for(key, units, numbers)
            head, _, own = name.rpartition(" ")
            if not unit and head and own in _UNIT_ENDINGS:
                name, unit = head, own
            pairs.append((name, f"{say_value(value)} {unit}".strip()))
        elif value is not None and value != [] and value != {}:
            pairs.append((name, say_value(value)))
    return pairs


def _unit_for(key: str, units: dict[str, str], numbers: list[str]) -> str:
    """The unit of a number: one with its name ("price_currency"), else a plain "unit" or "currency" that suits it."""
    for name, unit in units.items():
        own = set(split_name(name))
        if own & (set(split_name(key)) - _UNIT_KEYS):
            return unit
        if own == {"currency"} and (_MONEY.search(key) or len(numbers) == 1):
            return unit
        warm = [number for number in numbers if _TEMPERATURE.search(number)]
        suits = key in warm if unit.lower() in _DEGREES and warm else key == numbers[0]
        if own <= {"unit", "units"} and suits:
            return unit
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _article(key: str) -> str:
    return "" if key.startswith(("is ", "has ", "the ")) or key in {"is", "has", "the"} else "the "


def _plural(key: str) -> bool:
    return key.endswith("s") and not key.endswith(("ss", "us", "is", "news"))


def _singular(key: str) -> str:
    return key[:-1] if _plural(key) else key
