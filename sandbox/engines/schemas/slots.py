"""What a property of a JSON schema wants: its role, by which values in a text are told apart.

The role comes from the schema's `type` and `format`, else from the words of the property's name, else from its
description: place, person, date, time, currency, language, id, path, text, ... The words of "from" and "to", "min" and
"max" say which end of a route or of a range a property is. German words in names and descriptions count as their
English words (see `kin`).
"""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.engines.kin import in_english, split_name
from sandbox.engines.words import keywords, stem

_ROLE_WORDS = {
    "email": "email mail",
    "url": "url uri link website webpage",
    "phone": "phone telephone mobile fax",
    "expression": "expression formula equation calculation",
    "sql": "sql",
    "datetime": "datetime timestamp when",
    "path": "path file filename filepath folder directory repo repository",
    "id": "id ids identifier code number no key sku iban account isbn ticker symbol uuid "
    "plate serial airport zip postcode postal version zone",
    "currency": "currency currencies",
    "language": "language languages lang locale",
    "date": "date day deadline due dates checkin checkout birthday",
    "time": "time hour clock",
    "unit": "unit units",
    "place": "city cities location place country town region state destination origin address venue where station area "
    "street restaurant hotel museum hospital cafe bar timezone capital locations harbor harbour port beach island site "
    "places village continent district departure arrival",
    "person": "person recipient recipients attendee attendees participant participants author artist employee contact "
    "assignee customer user owner manager passenger guest patient sender singer director people friend invitees doctor "
    "colleague username pupil student teacher member child sender receiver "
    "composer painter writer musician photographer driver captain skipper pilot nurse agent inspector sailor",
    "text": "q term terms query queries search keyword keywords message body text content title "
    "subject task note notes description comment topic "
    "prompt question summary reason reminder input instructions term sentence phrase statement string",
    "name": "name title song track",
}
_ROLE_OF = {word: role for role, names in reversed(_ROLE_WORDS.items()) for word in names.split()}
_FORMAT_ROLES = {"date": "date", "time": "time", "date-time": "datetime", "email": "email", "uri": "url", "uuid": "id"}
_ORIGIN = set(
    "from origin source departure start begin base sender pickup checkin since starting old current seller".split()
)
_TARGET = set(
    "to destination target arrival end into until recipient receiver buyer dropoff checkout ending return new "
    "quote".split()
)
_PEOPLE_ENDS = set("sender receiver recipient buyer seller customer".split())
_LOWEST = set("min minimum minimal lowest lower least above".split())
_HIGHEST = set("max maximum maximal highest upper most below budget within".split())
_CREATING = frozenset(
    stem(word)
    for word in "create add open new make schedule post write book submit report log save send plan event task".split()
)
_MEDIA = {stem(word) for word in "song track music play book books movie film album video".split()}
_VAGUE = frozenset("name id value type list of the a an in for is by at as field string".split())
_ENDS = set("from to source target destination origin old new start end src dst base quote".split())
_SUBJECT_ROLES = {
    **dict.fromkeys(("email", "mail"), "email"),
    **dict.fromkeys(("send", "transfer", "pay", "wire", "messag", "forward"), "person"),
    **dict.fromkeys((stem("file"), "folder", stem("directory"), "path", "document"), "path"),
    **dict.fromkeys(("currency", "exchang", "money"), "currency"),
    **dict.fromkeys(("unit", "length", "weight"), "unit"),
    **dict.fromkeys((stem("translate"), stem("translation"), stem("language")), "language"),
    **dict.fromkeys(("flight", "train", "rout", "travel", "trip", "distanc", "direct"), "place"),
}


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
    own = ["user", "name"] if own == ["username"] else own
    around = own + [word for part in path[-3:-1] for word in split_name(part)]
    part = "first" if set(own) & {"first", "given"} else "last" if set(own) & {"last", "family", "surname"} else ""
    part = part if "name" in own or "surname" in own else ""
    role = "person" if part else role_of(own, schema, description)
    if (
        role in {"place", "thing", "text", "datetime", "id"}
        and set(own) <= _ENDS
        and schema.get("type", "string") == "string"
    ):
        fitting = next((_SUBJECT_ROLES[word] for word in _SUBJECT_ROLES if word in subject), role)
        role = fitting if role != "id" or fitting in {"currency", "place"} else role
    if own == ["title"] and (subject & _MEDIA or subject.isdisjoint(_CREATING)):
        role = "name"
    stems = {stem(word) for word in own + (around if len(path) > 1 else []) if word not in _VAGUE}
    stems = (stems or {stem(word) for word in own}) | ({"id"} if role == "number" and "id" in own else set())
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
        schema,
        role,
        frozenset(stems),
        frozenset(keywords(description[:300])) - stems - subject,
        direction,
        bound,
        subject,
        part,
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
    if name_words == ["name"]:
        return next((role for role in described if role in {"place", "person", "path"}), "name")
    if sure and sure[0] == "id" and "zone" in name_words and "place" in described:
        return "place"
    if sure and sure[0] == "text" and "person" in described and re.match(r"(?:the )?(?:full )?name\b", first):
        return "person"
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
    if "hh:mm" in text:
        return "time"
    if set(name_words) & {"start", "end"} and "datetime" not in described:
        return "datetime" if "time" in described and "date" in described else next(iter(described), "datetime")
    return next((role for role in described if role != "name"), "thing")
