"""How well a value that stands in a text fits a property of a JSON schema.

A value scores
- by its kind: each role (see `slots`) takes certain kinds (`_FITS`);
- +3 where a word of the property's name stands right beside it ("order 5512", "3 nights", "the Sales department"),
  less for kin of it and for words of the description;
- by its preposition: "in Rome" is a place, "with Anna" a person; "from" and "to" decide between origin and
  destination, "under" and "over" between a maximum and a minimum; a doctor or a guide stands after "with", a patient or
  a guest after "for".
- by its look, for zip codes, number plates, ticker symbols and the like (`_SHAPES`).
Quoted text is an id only if it has a
digit, or if it is one word beside the id's name. An ordinal fits only where the property's name stands beside it.
"""

import re
from datetime import date
from functools import lru_cache
from typing import Any

from sandbox.engines.kin import in_english, kin
from sandbox.engines.schemas.checking import find_violation
from sandbox.engines.schemas.enums import SYNONYMS
from sandbox.engines.schemas.slots import Slot
from sandbox.engines.schemas.values import CURRENCIES, Value, is_ordinal, parse_date, parse_time
from sandbox.engines.words import STOP_WORDS, keywords, stem, words

_FITS: dict[str, dict[str, float]] = {
    "place": {"name": 4, "quoted": 3, "code": 1, "phrase": 1.5, "address": 2.5},
    "person": {"name": 4, "quoted": 3, "email": 1, "phrase": 1},
    "date": {"date": 5, "datetime": 4},
    "time": {"time": 5, "datetime": 3, "number": 0},
    "datetime": {"datetime": 6, "date": 4, "time": 4},
    "currency": {"currency": 5},
    "language": {"language": 5},
    "email": {"email": 6, "name": 0.5},
    "url": {"url": 6},
    "phone": {"phone": 6},
    "path": {"path": 6, "quoted": 3},
    "id": {"code": 5, "iban": 5, "number": 3, "quoted": 3, "name": 1.5},
    "unit": {"unit": 5, "phrase": 2, "currency": 2},
    "expression": {"expression": 6},
    "sql": {"sql": 6},
    "name": {"quoted": 5, "name": 4, "phrase": 2, "code": 2},
    "text": {"quoted": 6, "name": 0.01, "phrase": 0.01},
    "thing": {"quoted": 5, "name": 3.5, "phrase": 3, "code": 2, "path": 2, "iban": 2, "url": 2, "number": 1},
    "number": {"number": 2},
    "other": {},
}
_PREPOSITIONS = {
    "place": {
        **dict.fromkeys(("in", "near", "around"), 2.5),
        **dict.fromkeys(("at", "from", "to", "for", "of", "between", "outside", "via", "within", "on"), 1.5),
        **dict.fromkeys(("with", "by", "about", "called", "named", "'s", "per"), -3.0),
    },
    "person": {
        **dict.fromkeys(("with", "'s", "by"), 2.0),
        **dict.fromkeys(("for", "to", "of", "from", "about"), 1.0),
        **dict.fromkeys(("named", "called", "titled"), -1.0),
        **dict.fromkeys(("in", "at", "near", "around", "into", "on"), -3.0),
    },
    "name": {"called": 3.0, "named": 3.0, "titled": 3.0, "labeled": 3.0},
    "thing": {"called": 3.0, "named": 3.0, "with": -0.5, "in": 0.5, "for": 0.2, "from": 0.5, "at": 0.5, "by": -2.0},
    "text": {"called": 5.0, "named": 5.0, "titled": 5.0},
}
_MONEY = set(
    "price amount cost budget salary fee total balance sum money payment principal loan deposit bill rent".split()
)
_TITLES = {stem(word) for word in "title name subject topic heading event".split()}
_STRICT = re.compile(r"YYYY|JJJJ|ISO|HH:|RFC|'format'")
_HOSTS = {stem(word) for word in "doctor physician dentist therapist trainer teacher instructor guide stylist".split()}
_GUESTS = {stem(word) for word in "patient customer client guest passenger student pupil child".split()}
_DOCTOR = re.compile(r"(?:Dr|Prof)\b")
_COUNTS = set("quantity qty count amount number copies piece pieces".split())
_LIMITS = set("limit count top n max number results size days entries".split())
_GENERIC_NUMBERS = set("value amount number quantity count qty n x y a b c num total figure base first second".split())
_PERCENT = set("percent percentage brightness level volume rate discount tip share humidity intensity".split())
_PEOPLE = set(
    "people guests guest adults persons passengers travelers travellers party seats size attendees participants "
    "diners".split()
)
_BETWEEN = frozenset("is of the a an in for to by at as my our your".split())
_LABEL_END = re.compile(r"[.,;!?\n]|\b(?:and|und)\b")
_SHAPES = [
    (frozenset(names.split()), re.compile(shape))
    for names, shape in (
        ("zip zipcode postcode postal plz", r"\d{4,6}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"),
        (
            "plate licens licence registration",
            r"(?=.*\d)(?=.*[A-ZÄÖÜ])[A-ZÄÖÜ\d]{1,4}[- ]?[A-Z\d]{1,4}[- ]?[A-Z\d]{0,4}",
        ),
        ("iban", r"[A-Z]{2}\d{2}[A-Z\d ]{10,36}"),
        ("symbol ticker", r"[A-Z]{1,5}(?:\.[A-Z]{1,2})?"),
        ("iata airport", r"[A-Z]{3}"),
        ("isbn", r"[\dX-]{10,17}"),
    )
]
_SECONDS = {"second": 1, "sec": 1, "minut": 60, "min": 60, "hour": 3600, "day": 86_400, "week": 604_800, "hr": 3600}
_CLOCK = re.compile(
    r"(?i)\d{1,2}(?:[:.]\d\d){1,2}(?!\d)(?:\s?[ap]\.?m)?|\d{1,2}\s?(?:[ap]\.?m|o'clock|uhr)|noon|midnight"
)
_QUESTION = re.compile(r"(?i)\W*(?:what|how|when|where|who|which|why|is|are|do|does|will|can|could)\b")
_MOVES = frozenset(
    "go goes going leave leaves leaving depart departs departing run runs running travel travels drive drives fly "
    "flies head heads heading bound get gets getting come comes way".split()
)
_NAMED = {"called", "named"}
_RANGE_ENDS = {"from": "min", "to": "max"}
_FEW = re.compile(r"\b(?:top|first|last|latest|next|newest|me|us|show|list|find|get|fetch|give)\s*$")
_BOUND = re.compile(
    r"(?:(under|below|less than|fewer than|at most|up to|no more than|maximum(?: of)?|max|cheaper than|within"
    r"|unter|höchstens|maximal|bis zu)|(over|above|more than|at least|minimum(?: of)?|min|greater than|higher than"
    r"|über|mindestens))\W*$"
)


def score(slot: Slot, value: Value, text: str) -> float:
    """Say how well a value fits a slot: 0 and below not at all, 4 well, 6 and more surely."""
    base = _FITS.get(slot.role, {}).get(value.kind, 0.0)
    if not base:
        return 0.0
    if slot.role == "id":
        base += _shape_score(slot, value)
    if "pattern" in slot.schema and value.kind in {"number", "code"} and fits_string(slot.schema, value.text):
        return 4.0 + _label_score(slot, value, text)
    if slot.role == "number" or value.kind == "number":
        return base + _number_score(slot, value, text)
    if slot.role == "id" and value.kind == "name":
        if "number" in slot.names:
            return 0.0
        if not value.text.isupper() and slot.names.isdisjoint(("symbol", "ticker", "airport", "stock")):
            return 0.0
        base += 1.5 if value.text.isupper() else 0.5
    if slot.role == "id" and value.kind == "quoted" and not _may_be_id(slot, value, text):
        return 0.0
    if value.kind == "phrase" and all(_is_label(slot, word) for word in keywords(value.text)):
        return 0.0
    if slot.role == "place" and value.kind == "phrase" and all(_is_move(slot, word) for word in words(value.text)):
        return 0.0
    if slot.role == "text" and value.kind != "quoted":
        titled = value.before in {"called", "named", "titled"} and not slot.names.isdisjoint(_TITLES)
        return 5.0 if titled else 0.0
    if slot.role == "text" and value.before in _NAMED and slot.names.isdisjoint(_TITLES):
        base -= 4.0
    if slot.role == "time" and value.kind == "datetime" and not _STRICT.search(str(slot.schema)):
        base += 2.5
    if slot.part and value.kind == "name" and " " not in value.text and value.unit:
        return base + (3.0 if value.unit == slot.part else -9.0)
    if value.kind == "address" and slot.names & {"address", "street"}:
        base += 3.0
    base += _PREPOSITIONS.get(slot.role, {}).get(value.before, 0.0) + _label_score(slot, value, text)
    base += _party_score(slot, value) if slot.role == "person" else 0.0
    if value.kind == "quoted" and value.before in _NAMED and slot.role in {"name", "person", "place"}:
        base += 4.0
    return base + _direction_score(slot, value, text) + (2.0 if _is_whole(value, text) else 0.0)


def _shape_score(slot: Slot, value: Value) -> float:
    """What a zip code, a number plate or a ticker symbol looks like; nothing for other codes."""
    shape = next((shape for names, shape in _SHAPES if slot.names & names), None)
    return 0.0 if shape is None else 2.0 if shape.fullmatch(value.text[:50]) else -3.0


def _may_be_id(slot: Slot, value: Value, text: str) -> bool:
    """Whether a quotation is an id: it has a digit, or it is one word beside the id's own name."""
    if re.search(r"\d", value.text):
        return True
    return " " not in value.text and _label_score(slot, value, text) >= 3.0


def _party_score(slot: Slot, value: Value) -> float:
    """Tell hosts ("with Dr. Brown") from guests ("for Anna")."""
    hosts, guests = bool(slot.names & _HOSTS), bool(slot.names & _GUESTS)
    if hosts == guests:
        return 0.0
    if value.before == "with" or _DOCTOR.match(value.text):
        return 2.0 if hosts else -5.0
    return (2.0 if guests else -3.0) if value.before == "for" else 0.0


def _is_label(slot: Slot, word: str) -> bool:
    if slot.role == "place" and any(kin(word, about) for about in slot.subject):
        return True
    return word in slot.names or word in slot.subject or (word in slot.hints and slot.role != "thing")


def _is_move(slot: Slot, word: str) -> bool:
    """Whether a word only says that something goes somewhere: "trains go to ...", "leave for ..."."""
    return word in _MOVES or _is_label(slot, stem(word))


def _is_whole(value: Value, text: str) -> bool:
    """Whether a value is all that a short text says, as in the answer to a question."""
    if len(text) >= 200 or _QUESTION.match(text):
        return False
    return not keywords(text[: value.start] + text[value.end :])


def _label_score(slot: Slot, value: Value, text: str) -> float:
    beside = _words_beside(text[max(0, value.start - 40) : value.start], text[value.end : value.end + 30])
    beside = beside[0] if value.kind == "quoted" else beside[0] | beside[1]
    own = frozenset(keywords(value.text)) if value.kind == "phrase" else frozenset()
    if beside & (slot.names - slot.subject) or own & slot.names:
        return 3.0
    # A word of what the whole schema is about says less than the slot's own name.
    if own & slot.hints or beside & slot.names or any(kin(word, name) for word in beside for name in slot.names):
        return 1.5
    return 1.0 if beside & slot.hints - {"user"} else 0.0


@lru_cache(maxsize=4096)
def _words_beside(before: str, after: str) -> tuple[frozenset[str], frozenset[str]]:
    """The stems of the last two words before a value and of the one after it."""
    clause = _LABEL_END.split(before)[-1].lower()
    near = [stem(in_english(word)) for word in re.findall(r"[^\W_]+", clause) if word not in _BETWEEN][-2:]
    following = re.match(r"['’s]*\s*([^\W_]+)", after)
    return frozenset(near), frozenset([stem(in_english(following[1].lower()))] if following else [])


def value_direction(value: Value, text: str) -> str:
    """Say whether a value is where something comes from or goes to: "from", "to" or ""."""
    after = text[value.end : value.end + 12].lower()
    if value.kind in {"currency", "unit"}:
        before = text[max(0, value.start - 30) : value.start].lower()
        if re.search(r"how (?:many|much)\s+(?:\w+\s+)?$", before):
            return "to"
        if re.search(r"\d\s*(?:k|m|us|swiss)?\s*$", before) or re.match(r"\s?\d", after):
            return "from"
    if value.before in {"to", "into", "until", "till", "toward", "towards"}:
        return "to"
    if re.match(r"\s*(?:\w+\s+)?(?:to|into|until|till|->|→|–|/)(?:\s|$)", after) or value.before in {"from", "between"}:
        return "from"
    if re.search(r"between [^.?!]{1,60} and (?:the )?$", text[max(0, value.start - 80) : value.start].lower()):
        return "to"
    return "to" if value.before in {"in", "as"} and value.kind in {"currency", "unit", "language", "phrase"} else ""


def _direction_score(slot: Slot, value: Value, text: str) -> float:
    found = value_direction(value, text)
    if not found and value.before == "for" and slot.role == "place" and slot.direction:
        return 1.0 if slot.direction == "to" else -5.0
    if not slot.direction:
        return -1.0 if value.before == "from" and slot.role == "place" else 0.0
    if slot.role == "person" and not found:
        return 0.0
    return 3.0 if found == slot.direction else -5.0 if found else 0.0


def _number_score(slot: Slot, value: Value, text: str) -> float:
    if is_ordinal(value.text) and _label_score(slot, value, text) < 1.5:
        return -9.0
    if slot.role == "id":
        if (
            not value.text[-1:].isdigit()
            or value.unit in _CURRENCY_WORDS | {"%", "percent"}
            or stem(value.unit) in _SECONDS
        ):
            return -9.0
        return _label_score(slot, value, text) + _direction_score(slot, value, text)
    if slot.role == "thing":
        return _label_score(slot, value, text) if _label_score(slot, value, text) >= 3.0 else -9.0
    if slot.schema.get("type") == "integer" and isinstance(value.normal, float) and not _is_time(slot):
        return -9.0
    before = text[max(0, value.start - 25) : value.start].lower()
    bound = _BOUND.search(before.rstrip(" $€£¥"))
    found = "" if not bound else "max" if bound[1] else "min"
    if slot.bound and not bound:
        found = _RANGE_ENDS.get(value_direction(value, text), "")
    points = _label_score(slot, value, text) + (0.0 if not slot.direction else _direction_score(slot, value, text))
    points += (3.0 if found == slot.bound else -4.0) if slot.bound and found else -1.0 if slot.bound or found else 0.0
    money = value.unit in _CURRENCY_WORDS or before.rstrip()[-1:] in tuple("$€£¥")
    unit = stem(value.unit)
    counted = value.unit and value.unit not in STOP_WORDS
    if "year" in slot.names and unit != "year":
        return points + 3.0 if isinstance(value.normal, int) and 1900 <= value.normal <= 2100 else -9.0
    if slot.names & _LIMITS_STEMS and _FEW.search(before):
        return points + 3.0
    if money:
        return points + (
            3.0
            if (slot.names | slot.hints) & _MONEY_STEMS or slot.bound
            else 0.0
            if slot.names & _GENERIC_STEMS
            else -1.5
        )
    if value.unit in {"%", "percent"}:
        return points + (3.0 if (slot.names | slot.hints) & _PERCENT_STEMS else -1.5)
    if value.unit.startswith(("°", "degree")):
        return points + (
            3.0 if "temperatur" in slot.names | slot.hints or kin("temperatur", next(iter(slot.names), "")) else 0.0
        )
    if unit in _SECONDS and _is_time(slot):
        return points + 3.0
    if value.before == "for" and slot.names & _PEOPLE_STEMS and unit not in _SECONDS:
        return points + 2.0
    if counted and slot.names & _COUNTS_STEMS and unit not in _SECONDS:
        return points + 2.5
    if (_unit_names(value.unit) | {unit}) & (slot.names | slot.hints):
        return points + 3.0
    strange = counted and points < 1 and not slot.names & _GENERIC_STEMS and slot.names
    return points + (0.5 if slot.names & _GENERIC_STEMS else 0.0) - (1.5 if strange else 0.0)


def _unit_names(unit: str) -> set[str]:
    """Stems of all names of a unit: "kg" is "kilogram", too."""
    return {stem(name) for group in SYNONYMS if unit in group for name in group if len(name) > 1}


def _is_time(slot: Slot) -> bool:
    return bool(slot.names & {*_SECONDS, "duration", "durat", "length", "delay", "timeout"})


_MONEY_STEMS, _PERCENT_STEMS = {stem(word) for word in _MONEY}, {stem(word) for word in _PERCENT}
_PEOPLE_STEMS, _GENERIC_STEMS = {stem(word) for word in _PEOPLE}, {stem(word) for word in _GENERIC_NUMBERS}
_COUNTS_STEMS, _LIMITS_STEMS = {stem(word) for word in _COUNTS}, {stem(word) for word in _LIMITS}
_CURRENCY_WORDS = {word for names in CURRENCIES.values() for word in names.split()}


def convert(slot: Slot, value: Value, today: date | None) -> Any:
    """Turn a value into what the slot's schema asks for, or None where it cannot be: "tomorrow" is not a `date`."""
    if slot.role == "number":
        return _number(slot, value)
    description = str(slot.schema.get("description", ""))
    given = slot.schema.get("format")
    if slot.role in {"date", "datetime", "time"}:
        strict = given in {"date", "date-time", "time"} or _STRICT.search(description)
        result: Any = _moment(slot.role, value, today, given in {"date-time", "time"})
        if given == "time" or (strict and slot.role == "time"):
            result = result and (result if given else result[:5])
        text = result if strict else value.text
    elif slot.role == "currency":
        text = value.normal
    elif slot.role == "language":
        text = value.normal if re.search(r"\b(?:code|ISO|[\"'](?:en|de|fr|es)[\"'])", description) else value.text
    elif value.kind in {"phrase", "name"} and slot.role in {"thing", "name", "place", "person"}:
        text = _bare_phrase(slot, value.text)
        text = text.title() if slot.role == "place" and text.islower() else text
    else:
        text = value.text.title() if slot.role in {"place", "person"} and value.text.islower() else value.text
    if value.kind == "code" and value.end - value.start > len(value.text) and not fits_string(slot.schema, text):
        text = "#" + text
    return text if text is not None and fits_string(slot.schema, text) else None


def _bare_phrase(slot: Slot, text: str) -> str:
    """A phrase without the words that only name its kind: "table customers", "hallway light"."""
    parts = text.split()
    while len(parts) > 1 and stem(parts[0].lower()) in slot.names | slot.subject:
        parts = parts[2 if len(parts) > 2 and parts[1].lower() in {"of", "for", "in"} else 1 :]
    while len(parts) > 1 and stem(parts[-1].lower()) in slot.subject:
        parts = parts[:-1]
    return " ".join(parts)


def _moment(role: str, value: Value, today: date | None, full: bool) -> str | None:
    """A date, a time of day or both in ISO form; `full` adds "Z", which the formats `time` and `date-time` ask for."""
    clock_text = _CLOCK.search(value.text)
    day, clock = parse_date(value.text, today), parse_time(clock_text[0]) if clock_text else None
    if role == "date":
        return day
    zone = "Z" if full else ""
    if role == "time":
        return clock and clock + zone
    if value.kind == "date" and day:
        clock = "00:00:00"
    return f"{day}T{clock}{zone}" if day and clock else None


def _number(slot: Slot, value: Value) -> int | float | None:
    number = value.normal
    own = next(
        (_SECONDS[name] for name in ("second", "minut", "hour", "day", "week") if name in slot.names | slot.hints), None
    )
    given = _SECONDS.get(stem(value.unit))
    if own and given and _is_time(slot) and own != given:
        number = number * given / own
    return clamp(slot.schema, number)


def clamp(schema: dict[str, Any], number: float) -> int | float | None:
    """Move a number into the schema's limits, as an int where it asks for one; None where nothing fits."""
    step = schema.get("multipleOf") or (1 if schema.get("type") == "integer" else None)
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    for limit, sign in ((above, 1), (below, -1)):
        if isinstance(limit, int | float) and not isinstance(limit, bool) and (number - limit) * sign <= 0:
            number = limit + sign * (step or 1)
            if not step and isinstance(above, int | float) and isinstance(below, int | float):
                number = (above + below) / 2
    number = max(number, low) if low is not None else number
    number = min(number, high) if high is not None else number
    if step:
        count = round(number / step)
        count += 1 if low is not None and count * step < low else -1 if high is not None and count * step > high else 0
        number = count * step
    fits = (low is None or number >= low) and (high is None or number <= high)
    fits = fits and (above is None or number > above) and (below is None or number < below)
    whole = isinstance(number, float) and number.is_integer() and abs(number) < 1e15
    return (int(number) if whole or schema.get("type") == "integer" else number) if fits else None


def fits_string(schema: dict[str, Any], text: str) -> bool:
    """Check a string against the schema's `pattern`, `format` and lengths."""
    limits = {key: schema[key] for key in ("pattern", "format", "minLength", "maxLength") if key in schema}
    return not limits or find_violation(limits, text) is None
