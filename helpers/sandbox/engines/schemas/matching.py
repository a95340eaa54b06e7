"""How well a value that stands in a text fits a property of a JSON schema.

A property's role comes from its schema's `type` and `format`, else from its name, else from its description: place,
person, date, time, currency, language, id, path, text, ... A value scores
- by its kind: each role takes certain kinds (`_FITS`);
- +3 where a word of the property's name stands right beside it ("order 5512", "3 nights", "the Sales department"),
  less for kin of it and for words of the description;
- by its preposition: "in Rome" is a place, "with Anna" a person; "from" and "to" decide between origin and
  destination, "under" and "over" between a maximum and a minimum; a doctor or a guide stands after "with", a patient or
  a guest after "for".
German words in names and descriptions count as their English words (see `kin`). Quoted text is an id only if it has a
digit, or if it is one word beside the id's name. An ordinal fits only where the property's name stands beside it.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from helpers.sandbox.engines.kin import in_english, kin, split_name
from helpers.sandbox.engines.schemas.values import (
    CURRENCIES,
    LANGUAGES,
    MONTHS,
    WEEKDAYS,
    Value,
    is_ordinal,
    parse_date,
    parse_time,
)
from helpers.sandbox.engines.words import STOP_WORDS, keywords, stem, words

_ROLE_WORDS = {
    "email": "email mail",
    "url": "url uri link website webpage",
    "phone": "phone telephone mobile fax",
    "expression": "expression formula equation calculation",
    "sql": "sql",
    "datetime": "datetime timestamp when",
    "path": "path file filename filepath folder directory repo repository",
    "id": "id ids identifier code number no key sku iban account isbn ticker symbol uuid reference "
    "ref plate serial airport zip postcode postal version",
    "currency": "currency currencies",
    "language": "language languages lang locale",
    "date": "date day deadline due dates checkin checkout birthday",
    "time": "time hour clock",
    "unit": "unit units",
    "place": "city cities location place country town region state destination origin address venue where station area "
    "timezone capital locations harbor harbour port beach island zone site places village continent "
    "district departure arrival",
    "person": "person recipient recipients attendee attendees participant participants author artist employee contact "
    "assignee customer user owner manager passenger guest patient sender singer director people friend invitees doctor "
    "colleague username speaker pupil student teacher member child sender receiver",
    "text": "q term terms query queries search keyword keywords message body text content title "
    "subject task note notes description comment topic "
    "prompt question summary reason reminder input instructions term sentence phrase statement string",
    "name": "name title song track",
}
_ROLE_OF = {word: role for role, names in reversed(_ROLE_WORDS.items()) for word in names.split()}
_FORMAT_ROLES = {"date": "date", "time": "time", "date-time": "datetime", "email": "email", "uri": "url", "uuid": "id"}
_ANYTHING = re.compile("")
_FORMAT_CHECKS = {
    "email": re.compile(r"[^@\s]+@[^@\s]+$"),
    "uri": re.compile(r"[a-z]+://\S+$"),
    "uuid": re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
}
_FITS: dict[str, dict[str, float]] = {
    "place": {"name": 4, "quoted": 3, "code": 1, "phrase": 1, "address": 2.5},
    "person": {"name": 4, "quoted": 3, "email": 1, "phrase": 0.5},
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
    "thing": {"quoted": 5, "name": 3.5, "phrase": 3, "code": 2, "path": 2, "date": 0, "iban": 2, "url": 2},
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
    "thing": {"called": 3.0, "named": 3.0, "with": -0.5, "in": 0.5, "for": 0.2},
    "text": {"called": 5.0, "named": 5.0, "titled": 5.0},
}
_ORIGIN = set(
    "from origin source departure start begin base sender pickup checkin since starting old current seller".split()
)
_TARGET = set(
    "to destination target arrival end into until recipient receiver buyer dropoff checkout ending return new".split()
)
_PEOPLE_ENDS = set("sender receiver recipient buyer seller customer".split())
_LOWEST = set("min minimum minimal lowest lower least above".split())
_HIGHEST = set("max maximum maximal highest upper most below budget within".split())
_MONEY = set("price amount cost budget salary fee total balance sum money payment".split())
_TITLES = {stem(word) for word in "title name subject topic heading event".split()}
_STRICT = re.compile(r"YYYY|JJJJ|ISO|HH:|RFC|'format'")
_HOSTS = {stem(word) for word in "doctor physician dentist therapist trainer teacher instructor guide stylist".split()}
_GUESTS = {stem(word) for word in "patient customer client guest passenger student pupil child".split()}
_DOCTOR = re.compile(r"(?:Dr|Prof)\b")
_MEDIA = {stem(word) for word in "song track music play book books movie film album video".split()}
_COUNTS = set("quantity qty count amount number copies piece pieces".split())
_LIMITS = set("limit count top n max number results size days entries".split())
_GENERIC_NUMBERS = set("value amount number quantity count qty n x y a b c num total figure base first second".split())
_PERCENT = set("percent percentage brightness level volume rate discount tip share humidity intensity".split())
_PEOPLE = set("people guests guest adults persons passengers travelers travellers party seats size".split())
_VAGUE = frozenset("name id value type list of the a an in for is by at as field string".split())
_SECONDS = {"second": 1, "sec": 1, "minut": 60, "min": 60, "hour": 3600, "day": 86_400, "week": 604_800, "hr": 3600}
_CLOCK = re.compile(
    r"(?i)\d{1,2}(?:[:.]\d\d){1,2}(?!\d)(?:\s?[ap]\.?m)?|\d{1,2}\s?(?:[ap]\.?m|o'clock|uhr)|noon|midnight"
)
_QUESTION = re.compile(r"(?i)\W*(?:what|how|when|where|who|which|why|is|are|do|does|will|can|could)\b")
_MOVES = frozenset(
    "go goes going leave leaves leaving depart departs departing run runs running travel travels drive drives fly "
    "flies head heads heading bound get gets getting come comes way".split()
)
_ENDS = set("from to source target destination origin old new start end src dst".split())
_SUBJECT_ROLES = {
    **dict.fromkeys((stem("file"), "folder", stem("directory"), "path", "document"), "path"),
    **dict.fromkeys(("currency", "exchang", "money"), "currency"),
    **dict.fromkeys(("unit", "length", "weight"), "unit"),
    **dict.fromkeys((stem("translate"), stem("translation"), stem("language")), "language"),
    **dict.fromkeys(("email", "mail"), "email"),
    **dict.fromkeys(("flight", "train", "rout", "travel", "trip", "distanc", "direct"), "place"),
}
_BOUND = re.compile(
    r"(?:(under|below|less than|fewer than|at most|up to|no more than|maximum(?: of)?|max|cheaper than|within)"
    r"|(over|above|more than|at least|minimum(?: of)?|min|greater than|higher than))\W*$"
)
SYNONYMS = [
    set(line.split("|"))
    for line in """celsius|c|°c|centigrade|degrees c|metric
fahrenheit|f|°f|degrees f|imperial
kelvin|k
km|kilometer|kilometers|kilometre|kilometres
m|meter|meters|metre|metres
cm|centimeter|centimeters|centimetre|centimetres
mm|millimeter|millimeters
mi|mile|miles
ft|foot|feet
inch|inches
yd|yard|yards
kg|kilogram|kilograms|kilo|kilos
g|gram|grams
lb|lbs|pound|pounds
oz|ounce|ounces
l|liter|liters|litre|litres
ml|milliliter|milliliters
gal|gallon|gallons
s|sec|second|seconds
min|minute|minutes
h|hr|hour|hours
high|urgent|important|highest
critical|blocker|severe
low|minor|unimportant|lowest
medium|normal|moderate
economy|coach
first|first class
business|business class
asc|ascending|increasing
desc|descending|decreasing
male|man|men
female|woman|women
one_way|one way|single
round_trip|round trip|return
done|completed|finished|complete
open|unresolved|active
closed|resolved
pending|waiting
large|big|l|xl
small|little
vegetarian|veggie
car|driving|drive|by car
walking|walk|foot|on foot
bicycling|cycling|bike|bicycle
transit|bus|public transport|train
positive|good|happy
negative|bad|unhappy
add|plus|sum|addition
subtract|minus|subtraction
multiply|times|multiplied|multiplication
divide|divided|division
daily|every day|each day
weekly|every week|each week
monthly|every month|each month
yearly|every year|annual|annually
on|enable|enabled|activate
off|disable|disabled|deactivate""".splitlines()
]
SYNONYMS += [{name, name[:3]} for name in (*MONTHS, *WEEKDAYS)]
SYNONYMS += [{code.lower(), *names.split()} for code, names in CURRENCIES.items()]
SYNONYMS += [{name, code} for name, code in LANGUAGES.items()]


@dataclass(frozen=True)
class Slot:
    """A property that wants one value, or several.

    Attributes:
        schema: its schema, resolved, for an array the schema of its items.
        role: see `role_of`.
        names: stems of the words of its name, of its parent's name, and for an id of the subject's.
        hints: stems of its description.
        direction: "from", "to" or "".
        bound: "min", "max" or "".
        subject: stems of what the whole schema is about.
        part: "first" or "last" for a part of a person's name, else "".
    """

    schema: dict[str, Any]
    role: str
    names: frozenset[str]
    hints: frozenset[str]
    direction: str
    bound: str
    subject: frozenset[str]
    part: str


def make_slot(path: tuple[str, ...], schema: dict[str, Any], description: str, subject: frozenset[str]) -> Slot:
    """Read a property's name and description.

    Args:
        path: names of the property and of the objects that it is in, outermost first.
        schema: the property's schema, resolved (see `schemas.resolve`).
        description: its description, of the array where the schema is of an array's items.
        subject: stems of what the whole schema is about.
    """
    own = [in_english(word) for word in split_name(path[-1])] if path else []
    around = own + [word for part in path[-3:-1] for word in split_name(part)]
    part = "first" if set(own) & {"first", "given"} else "last" if set(own) & {"last", "family", "surname"} else ""
    part = part if "name" in own or "surname" in own else ""
    role = "person" if part else role_of(own, schema, description)
    if (
        role in {"place", "thing", "text", "datetime"}
        and set(own) <= _ENDS
        and schema.get("type", "string") == "string"
    ):
        role = next((_SUBJECT_ROLES[word] for word in sorted(subject) if word in _SUBJECT_ROLES), role)
    if own == ["title"] and subject & _MEDIA:
        role = "name"
    stems = {stem(word) for word in own + (around if len(path) > 1 else []) if word not in _VAGUE}
    if role == "id" or own in (["number"], ["name"]):
        stems |= subject
    sense = set(around) | (
        {"from"} if "check" in own and "in" in own else {"to"} if "check" in own and "out" in own else set()
    )
    direction = "from" if sense & _ORIGIN and not sense & {"to"} else "to" if sense & _TARGET else ""
    if role == "place" and set(around) & _PEOPLE_ENDS:
        direction = ""
    bound = "min" if set(own) & _LOWEST else "max" if set(own) & _HIGHEST else ""
    return Slot(
        schema, role, frozenset(stems), frozenset(keywords(description[:300])) - stems, direction, bound, subject, part
    )


def role_of(name_words: list[str], schema: dict[str, Any], description: str) -> str:
    """Say what a property is: a key of `_FITS`, or "enum", "number", "boolean"."""
    kind = schema.get("type")
    if "enum" in schema or "const" in schema:
        return "enum"
    if kind in {"integer", "number"}:
        return "number"
    if kind in {"boolean", "object", "array", "null"}:
        return str(kind)
    if "format" in schema:
        return _FORMAT_ROLES.get(str(schema["format"]), "other")
    name_words = [in_english(word) for word in name_words]
    joined = set(name_words) | ({"checkin"} if {"check", "in"} <= set(name_words) else set())
    joined |= {"checkout"} if {"check", "out"} <= set(name_words) else set()
    text = description.lower()
    first = re.split(r"[.(;]|, e\.?g|e\.g|for example|such as", text)[0]
    sure = [role for role in _ROLE_WORDS if joined & set(_ROLE_WORDS[role].split())]
    first = re.sub(r"[^\W\d_]+", lambda word: in_english(word[0]), first.replace("e-mail", "email"))
    described = [_ROLE_OF[word] for word in re.findall(r"[a-z]+", first) if word in _ROLE_OF]
    if "name" in sure and len(sure) > 1 and sure[0] != "text":
        sure.remove("name")
    if sure == ["name"] and "name" in name_words and len(name_words) == 1:
        return next((role for role in described if role in {"place", "person", "path"}), "name")
    if sure and sure[0] == "text" and "sql" in text:
        return "sql"
    if sure and sure[0] == "time" and "date" in first:
        return "datetime"
    if (
        sure
        and sure[0] == "place"
        and re.search(r"\b(?:date|day)\b", first)
        and not re.search(r"city|airport|place", first)
    ):
        return "date"
    if sure and sure[0] in {"place", "person"} and set(described) & {"email", "id", "phone", "currency", "language"}:
        specific = next(role for role in described if role in {"email", "id", "phone", "currency", "language"})
        return specific if sure[0] == "person" or specific in {"currency", "language"} else sure[0]
    if sure:
        return sure[0]
    if re.search(r"(?:yyyy|jjjj)-mm|mm\.(?:yyyy|jjjj)", text):
        return "datetime" if "hh:" in text else "date"
    if set(name_words) & {"start", "end"} and "datetime" not in described:
        return "datetime" if "time" in described and "date" in described else next(iter(described), "datetime")
    return next((role for role in described if role != "name"), "thing")


def score(slot: Slot, value: Value, text: str) -> float:
    """Say how well a value fits a slot: 0 and below not at all, 4 well, 6 and more surely."""
    base = _FITS.get(slot.role, {}).get(value.kind, 0.0)
    if not base:
        return 0.0
    if slot.role == "number" or value.kind == "number":
        return base + _number_score(slot, value, text)
    if slot.role == "id" and value.kind == "name":
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
    if slot.role == "time" and value.kind == "datetime" and not _STRICT.search(str(slot.schema)):
        base += 2.5
    if slot.part and value.kind == "name" and " " not in value.text and value.unit:
        return base + (3.0 if value.unit == slot.part else -9.0)
    if value.kind == "address" and slot.names & {"address", "street"}:
        base += 3.0
    base += _PREPOSITIONS.get(slot.role, {}).get(value.before, 0.0) + _label_score(slot, value, text)
    base += _party_score(slot, value) if slot.role == "person" else 0.0
    return base + _direction_score(slot, value, text) + (2.0 if _is_whole(value, text) else 0.0)


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
    before = re.split(r"[.;!?\n]", text[max(0, value.start - 40) : value.start])[-1]
    near = [stem(in_english(word)) for word in re.findall(r"[^\W_]+", before.lower()) if word not in _VAGUE][-2:]
    after = re.match(r"['’s]*\s*([^\W_]+)", text[value.end : value.end + 30])
    beside = {*near, stem(in_english(after[1].lower()))} if after and value.kind != "quoted" else set(near)
    if beside & (slot.names - slot.subject) or (value.kind == "phrase" and set(keywords(value.text)) & slot.names):
        return 3.0
    # A word of what the whole schema is about says less than the slot's own name.
    if beside & slot.names or any(kin(word, name) for word in beside for name in slot.names):
        return 1.5
    return 1.0 if beside & slot.hints - {"user"} else 0.0


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
    if slot.schema.get("type") == "integer" and isinstance(value.normal, float) and not _is_time(slot):
        return -9.0
    before = text[max(0, value.start - 25) : value.start].lower()
    bound = _BOUND.search(before.rstrip(" $€£¥"))
    found = "" if not bound else "max" if bound[1] else "min"
    points = _label_score(slot, value, text) + (0.0 if not slot.direction else _direction_score(slot, value, text))
    points += (3.0 if found == slot.bound else -4.0) if slot.bound and found else -1.0 if slot.bound or found else 0.0
    money = value.unit in _CURRENCY_WORDS or before.rstrip()[-1:] in tuple("$€£¥")
    unit = stem(value.unit)
    counted = value.unit and value.unit not in STOP_WORDS
    if "year" in slot.names:
        return points + 3.0 if isinstance(value.normal, int) and 1900 <= value.normal <= 2100 else -9.0
    if slot.names & _LIMITS_STEMS and re.search(r"\b(?:top|first|last|latest|next|newest)\s*$", before):
        return points + 3.0
    if money:
        return points + (
            3.0 if slot.names & _MONEY_STEMS or slot.bound else 0.0 if slot.names & _GENERIC_STEMS else -1.5
        )
    if value.unit in {"%", "percent"}:
        return points + (3.0 if slot.names & _PERCENT_STEMS else 0.0)
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
    if _unit_names(value.unit) & slot.names:
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
    elif value.kind == "phrase" and slot.role in {"thing", "name", "place"}:
        text = _bare_phrase(slot, value.text)
        text = text.title() if slot.role == "place" and text.islower() else text
    else:
        text = value.text.title() if slot.role in {"place", "person"} and value.text.islower() else value.text
    return text if text is not None and fits_string(slot.schema, text) else None


def _bare_phrase(slot: Slot, text: str) -> str:
    """A phrase without the words that only name its kind: "table customers", "hallway light"."""
    parts = text.split()
    while len(parts) > 1 and stem(parts[0].lower()) in slot.names | slot.subject:
        parts = parts[1:]
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
    """Check a string against the schema's `pattern`, its lengths and, for email, uri and uuid, its `format`."""
    if not _FORMAT_CHECKS.get(str(schema.get("format")), _ANYTHING).match(text):
        return False
    if not schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text)):
        return False
    try:
        return "pattern" not in schema or bool(re.search(schema["pattern"], text[:500]))
    except (re.error, TypeError):
        return True


def enum_matches(options: list[Any], text: str) -> list[tuple[Any, int, int, float]]:
    """Find the options of an enum that a text names.

    Args:
        options: the enum's values, of any type.
        text: any text.

    Returns:
        (option, start, end, points) for each place: 6 points for the words themselves, 5 for a synonym.
    """
    low = text.lower()
    found = []
    for option in options:
        label = " ".join(split_name(option)) if isinstance(option, str) else str(option).lower()
        if not label or isinstance(option, bool) or option is None:
            continue
        if label in STOP_WORDS or (len(label) == 1 and label.isalpha()):
            found += _small_matches(option, label, text)
        else:
            found += [(option, *span, 6.0) for span in _spans(label, low)]
        for group in SYNONYMS:
            if label in group or str(option).lower() in group:
                others = sorted(name for name in group if name != label and name not in STOP_WORDS)
                others = [name for name in others if len(name) > 1 or not name.isalpha()]
                found += [(option, *span, 5.0) for name in others for span in _spans(name, low)]
    return found


def _spans(label: str, low: str) -> list[tuple[int, int]]:
    """Places of a label, its words in any common ending: "meetings" names "meeting"."""
    parts = [
        re.escape(stem(word).removesuffix("y"))
        + (r"\w{0,5}" if len(word) > 4 else r"(?:e?s|e)?" if len(word) > 2 else "")
        for word in label.split()
    ]
    if any(not part[:1].isalnum() for part in parts):
        parts = [re.escape(word) for word in label.split()]
    if label[-1:].isalpha() and len(label.split()) == 1 and len(label) <= 4:
        parts = [re.escape(label) + (r"s?" if len(label) > 2 else "")]
    pattern = (r"(?<!\w)" if label[0].isalnum() else r"(?<=\d)\s?|(?<!\w)") if label else ""
    return [match.span() for match in re.finditer(f"(?:{pattern})" + r"[\s_-]+".join(parts) + r"(?!\w)", low)][:20]


def _small_matches(option: Any, label: str, text: str) -> list[tuple[Any, int, int, float]]:
    """Options such as "on", "off", "C": only after a verb that sets something, at the end, or as a capital letter."""
    if len(label) == 1 and label.isalpha():
        pattern = (
            rf"(?<=\d)\s?°?{label.upper()}\b|\b{label.upper()}\b(?!')"
            if label not in {"i", "a"}
            else rf"\b{label.upper()}$"
        )
    else:
        pattern = (
            rf"(?i)\b(?:turn|switch|set|put|keep|leave)\b[^.?!]{{0,60}}?\b({label})\b|\b({label})(?=[?.!]*$|\s+or\b)"
        )
    matches = list(re.finditer(pattern, text))[:20]
    return [(option, *match.span(match.lastindex or 0), 6.0) for match in matches]
