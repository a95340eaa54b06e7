"""Typed values in a text: dates, times, numbers, money, languages, addresses, codes, names and noun phrases.

The text is read once. At each place the first kind that fits wins, in this order: quoted text, email, URL, street
address, bank account (IBAN), date, time, path or file name, phone number, code (letters with digits), number,
currency, language. What lies between them is cut at punctuation and at words without content ("the", "please",
"is"); each piece is a phrase ("running shoes"), and the capitalized words in it are a name ("San Francisco, CA").
Each value keeps where it stands and the preposition before it, because "from Rome" and "to Rome" mean different
things. An ordinal ("3rd", "the second") is a number. German dates, times, prepositions and small numbers are read like
the English ones.

Standard library only, linear time: no more than `LIMIT` characters are read.
"""

import itertools
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sandbox.engines.kin import FUNCTION_WORDS, GERMAN, in_english
from sandbox.engines.words import STOP_WORDS

LIMIT = 20_000

MONTHS = "january february march april may june july august september october november december".split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
NUMBER_WORDS = {word: number for number, word in enumerate(f"{_ONES} eighteen nineteen".split())}
NUMBER_WORDS |= {
    word: number for number, word in enumerate("zwei drei vier fünf sechs sieben acht neun zehn".split(), 2)
}
NUMBER_WORDS |= {
    word: 10 * ten for ten, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
_FACTORS = _SCALES | {"k": 1000, "m": 1_000_000, "dozen": 12}
CURRENCIES = {
    "USD": "$ us$ usd dollar dollars buck bucks",
    "EUR": "€ eur euro euros",
    "GBP": "£ gbp pound sterling pounds",
    "JPY": "¥ jpy yen",
    "CHF": "chf franc francs",
    "INR": "₹ inr rupee rupees",
    "CNY": "cny yuan renminbi",
    "SEK": "sek krona kronor",
    "PLN": "pln zloty zlotys",
    "KRW": "₩ krw won",
    "BRL": "brl real reais",
    "MXN": "mxn peso pesos",
    **{code: code.lower() for code in "AUD CAD NOK DKK CZK HUF TRY ZAR SGD HKD NZD THB BTC".split()},
}
_CURRENCY_OF = {
    word: code for code, names in CURRENCIES.items() for word in names.split() if word not in {"won", "real", "try"}
}
LANGUAGES = dict(
    pair.split(":")
    for pair in "english:en german:de french:fr "
    "spanish:es italian:it portuguese:pt dutch:nl polish:pl russian:ru turkish:tr "
    "swedish:sv danish:da norwegian:no finnish:fi greek:el czech:cs hungarian:hu romanian:ro "
    "ukrainian:uk arabic:ar hebrew:he "
    "hindi:hi chinese:zh japanese:ja korean:ko vietnamese:vi thai:th latin:la".split()
)
_GERMAN_COMMANDS = frozenset("book cancel send show find remind add".split())
COMMAND_WORDS = frozenset(word for word, english in GERMAN.items() if english in _GERMAN_COMMANDS) | frozenset(
    """
    add adjust arrange fly drive dim assign book bring buy calculate call cancel change check choose close compare
    compute convert copy
    count create decrease define delete describe dim display email enable disable explain fetch file fill find fix
    forward
    generate get give go hello help hey hi increase insert invite kindly list locate look lower mail make mark
    message move
    need notify open order organize pause pay plan play print provide purchase put query raise read recommend record
    register
    remember remind remove rename reply report request reschedule reserve resume retrieve return run save say
    schedule search
    see select send set share show sing skip sort start stop submit suggest summarize switch take tell text thank thanks
    transfer translate turn unlock lock update upload use want wait write yes ok okay what's who's where's how's when's
    i'm i'd i'll i've let's can't don't doesn't it's that's there's we're we'd like want wants pick
    """.split()
)
_GERMAN_PREPOSITIONS = frozenset("von vom ab nach zum zur zu bis mit für um im".split())
PREPOSITIONS = _GERMAN_PREPOSITIONS | frozenset(
    "in at near around from to into for of between outside via with by about on under below over "
    "above until till called named "
    "titled within against as than per toward towards regarding than through since labeled saying says".split()
)
_GERMAN_FILLERS = FUNCTION_WORDS | {word for word, english in GERMAN.items() if english in STOP_WORDS}
_FILLERS = (STOP_WORDS | PREPOSITIONS | _GERMAN_FILLERS) - {"may"} | frozenset(
    """
    hello hi hey thanks thank yes ok okay it's what's how's i'm i'd i'll i've let's where's who's when's that's
    there's we're
    don't want need like many much new using anything something kindly today's now right currently moment a an
    mean means last latest next top home
    """.split()
)
_ARTICLES = frozenset(
    "the a an my your our his her their its this that these those all any some each every new "
    "der die das den dem des ein eine einen einem einer".split()
)

_GERMAN_MONTHS = [word for word, english in GERMAN.items() if english in MONTHS]
_GERMAN_DAYS = [word for word, english in GERMAN.items() if english in WEEKDAYS]
MONTH_NAMES = "|".join([*(f"{month}|{month[:3]}" for month in MONTHS), "sept", *_GERMAN_MONTHS])
_DAY = "|".join([*WEEKDAYS, *_GERMAN_DAYS])
_COUNT_WORDS = "|".join([*NUMBER_WORDS, *_SCALES])
_RELATIVE = (
    rf"heute|morgen|nächste[nrs]? (?:{_DAY})|"
    rf"(?:the )?day after tomorrow|(?:today|tomorrow|yesterday)(?: (?:morning|afternoon|evening|night))?|tonight"
    rf"|(?:next|this|last|coming|past) (?:week|weekend|month|quarter|year|summer|winter|spring|autumn|{_DAY})"
    rf"|in (?:\d{{1,3}}|{_COUNT_WORDS}|a) (?:days?|weeks?|months?)|(?:{_DAY})(?: (?:morning|afternoon|evening|night))?"
)
_PATTERNS = {
    "quoted": r"\"[^\"\n]{1,2000}\"|“[^”\n]{1,2000}”|„[^“”\n]{1,2000}[“”]|«[^»\n]{1,2000}»|`[^`\n]{1,2000}`"
    r"|(?<![\w])['‘](?=\S)[^'’\n]{1,200}(?:['’](?=\w)[^'’\n]{1,200}){0,3}(?<=\S)['’](?!\w)",
    "email": r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}",
    "url": r"https?://[^\s<>\"'()]{1,2000}[^\s<>\"'().,;:!?]|www\.[^\s<>\"'()]{1,500}[^\s<>\"'().,;:!?]",
    "address": r"\b\d{1,5}[a-z]? (?:[A-Z]\w{1,20} ){1,3}(?:street|st|road|rd|avenue|ave|lane|drive"
    r"|boulevard|blvd|square)\b"
    r"|\b[^\W\d_]{2,30}(?:straße|strasse|str\.|weg|platz|allee|gasse) \d{1,4}[a-z]?\b",
    "iban": r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b",
    "datetime": r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?",
    "date": rf"\b(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}\.\d{{1,2}}\.\d{{4}}|\d{{1,2}}/\d{{1,2}}/\d{{4}}"
    rf"|(?:the )?\d{{1,2}}(?:st|nd|rd|th|\.)? (?:of )?(?:{MONTH_NAMES})\b\.?(?:,? \d{{4}})?"
    rf"|(?:{MONTH_NAMES})\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? \d{{4}})?|(?:{MONTH_NAMES}) \d{{4}}|{_RELATIVE})\b",
    "time": r"\b(?:[01]?\d|2[0-3])(?:[:.][0-5]\d(?::[0-5]\d)?)? ?(?:[ap]\.m\b\.?|[ap]m\b|o'clock|Uhr\b)"
    r"|\b(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?\b"
    r"|\b(?:noon|midnight)\b",
    "path": r"(?<![\w/.@-])(?!(?-i:[A-Z]{3}/[A-Z]{3})\b|and/or\b|km/h\b"
    r"|he/she\b)[A-Za-z][\w.-]{0,99}(?:/[A-Za-z][\w.-]{0,99}){1,20}(?<![.,])|(?<![\w/])(?:~"
    r"|\.{1,2})?/[\w.-]{1,255}(?:/[\w.-]{0,255}){0,30}(?<![.,])|\b[A-Za-z]:\\[^\s\"]{1,400}"
    r"|\b[\w-]{1,100}(?:[./][\w-]{1,100}){0,5}\.(?=[a-z])[a-z0-9]{2,5}\b(?!@)"
    r"|(?<![\w*])\*{1,2}[/.][\w.*/-]{0,60}\w",
    "phone": r"\+\d[\d ()/-]{6,20}\d|\b0\d{1,5}[ /-]\d[\d -]{4,15}\d\b|\b\d{3}-\d{3}-\d{4}\b",
    "code": r"(?-i:\b[A-Z]{1,3}-[A-Z]{1,3} \d{1,4}\b)"
    rf"|(?-i:\b(?!(?:{'|'.join(CURRENCIES)})\b)[A-Z]{{2,4}} \d{{1,4}}\b)(?![-.:,/]?\d)"
    r"|#\w[\w-]{0,40}|\b\d{1,13}(?:-[\dX]{1,13}){2,6}\b"
    r"|\b(?=[\w-]{0,39}\d)[A-Za-z]\w{0,39}(?:-\w{1,40}|\.\d{1,10}\w{0,10}){0,8}\b|\b\d{1,4}[abe]\b"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|\b\d{1,20}-(?-i:[A-Z])\w{0,20}\b|\b\d{1,20}[A-Z]{1,20}\d\w{0,40}\b",
    "number": r"\b\d{1,3}(?:st|nd|rd|th)\b|(?<=the )(?:first|second)\b(?= [a-z])"
    rf"|\b(?:{'|'.join(list(ORDINALS)[2:])})\b(?= [a-z])|"
    r"(?:(?<=^)|(?<=[\s(=$€£¥:]))[-−+](?=\d)(?:\d{1,15}(?:[.,]\d{1,15}){0,6})|"
    rf"\d{{1,40}}(?:[.,]\d{{1,15}}){{0,6}}|\b(?:{_COUNT_WORDS})(?:(?:-| and "
    rf"| )(?:{_COUNT_WORDS})){{0,8}}\b|\bhalf an?(?= hour)|\ban?(?= (?:hour|minute|day|week)\b)"
    rf"|\ba (?:dozen|hundred|thousand|million)\b|\ba couple\b",
    "currency": r"[€£¥₹₩]|US\$|\$|\b(?:"
    + "|".join(sorted((word for word in _CURRENCY_OF if word.isalpha()), key=len, reverse=True))
    + r")\b",
    "language": r"\b(?:" + "|".join(LANGUAGES) + r")\b",
}
_VALUES = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()), re.IGNORECASE)
_WORD = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St)\.(?= ?[A-Z])|[^\W_]+(?:[-'’.&_][^\W_]+)*\+*|[^\w\s]|_|\n")
_DAY_WORDS = {"today", "tomorrow", "yesterday", "tonight", "heute", "morgen"}
_ORDINAL = re.compile(rf"\d+(?:st|nd|rd|th)|{'|'.join(ORDINALS)}", re.IGNORECASE)
_UNIT = re.compile(r"[ -]?(%|°\s?[CFcf]?\b|[^\W\d_]+)")
_MEASURES = frozenset("mg g kg ml cl l mm cm m km grams liters litres pieces boxes bottles packs copies units".split())
_NO_UNITS = STOP_WORDS | PREPOSITIONS | {"times", "plus", "minus", "divided", "multiplied"}
_TITLE = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St)\.$")
_NAME_LINKS = frozenset("of the de da di la le del van von der den am an der y &".split())
_AFTER_NAME = frozenset("and or is was has will can lives works needs wants likes please of in at would".split())
_VON_ROUTE = re.compile(r" [^\s.!?]{1,40}(?: [^\s.!?]{1,40})? (?:nach|bis)\b")
_REGION = re.compile(
    r", ?(?:[A-Z]{2}\b(?! [A-Z])|[A-Z][a-zé]+(?: [A-Z][a-zé]+)?(?=\s*(?:$|[?.!;)\n]| (?!and\b|or\b|& )[a-z])))"
)


@dataclass(frozen=True)
class Value:
    """One value in a text.

    Attributes:
        kind: one of the keys of `_PATTERNS`, or "name", or "phrase".
        text: the value as written, without quotation marks.
        start, end: where it stands in the text, quotation marks included.
        normal: the value in normal form: a number as int or float, a date as YYYY-MM-DD, a time as HH:MM:SS, a
        currency or
            a language as its code, None where the text does not say enough ("tomorrow"). The text for all other kinds.
        before: the preposition before it in English and in lower case, or "".
        unit: for a number: the word or sign that follows ("nights", "%"), in lower case, or "".
    """

    kind: str
    text: str
    start: int
    end: int
    normal: Any
    before: str = ""
    unit: str = ""


def is_ordinal(text: str) -> bool:
    """Say whether a text is an ordinal number: "3rd" or "third"."""
    return bool(_ORDINAL.fullmatch(text))


def parse_number(text: str) -> int | float | None:
    """Read "1,500.50", "1.500,50", "2.5", "-3", "twenty-five", "two hundred", "3rd" or "third".

    A single comma or point is a decimal mark, but a comma before exactly three digits separates thousands.
    """
    text = text.lower().strip().replace("−", "-")
    if is_ordinal(text):
        return ORDINALS.get(text) or int(text[:-2])
    if text[-1:].isdigit():
        if "," in text and "." in text:
            decimal = max(",.", key=text.rfind)
            text = text.replace("," if decimal == "." else ".", "").replace(decimal, ".")
        elif text.count(",") == 1 and not re.search(r",\d{3}$", text):
            text = text.replace(",", ".")
        text = text.replace(",", "") if text.count(".") < 2 else text.replace(".", "").replace(",", "")
        if not text.isascii():
            return None
        number = float(text)
        return int(text) if "." not in text else int(number) if number.is_integer() and abs(number) < 1e15 else number
    if text in {"a", "an"}:
        return 1
    if text.startswith("half"):
        return 0.5
    total = part = 0
    for word in re.findall(r"[a-z]+", text):
        if word in _SCALES:
            part = max(part, 1) * _SCALES[word]
            if _SCALES[word] > 100:
                total, part = total + part, 0
        else:
            part += {
                "dozen": 12,
                "couple": 2,
            }.get(word, NUMBER_WORDS.get(word, 0))
    return total + part


def parse_date(text: str, today: date | None = None) -> str | None:
    """Return a date as YYYY-MM-DD, or None where the text does not fix one.

    Args:
        text: "2027-05-03", "3.5.2027", "3 May 2027", "May 3rd, 2027", "5/3/2027" (month first where both readings are
            possible), or, together with `today`, "3 May", "tomorrow", "next Friday", "in 3 days".
        today: the day that relative dates start from, where the conversation names it.
    """
    text = re.sub(r"[^\W\d_]+", lambda word: in_english(word[0]), text.lower().strip())
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    month = next((index for index, name in enumerate(MONTHS, 1) if re.search(rf"\b{name[:3]}", text)), 0)
    try:
        if re.match(r"\d{4}-", text):
            return date(*numbers[:3]).isoformat()
        if re.match(r"\d+[./]\d+[./]\d+", text):
            first, second, year = numbers[:3]
            day_first = "." in text or first > 12
            return date(year, second if day_first else first, first if day_first else second).isoformat()
        if month and numbers and numbers[0] <= 31:
            year = numbers[1] if len(numbers) > 1 else today.year if today else None
            return date(year, month, numbers[0]).isoformat() if year else None
    except ValueError:
        return None
    return _relative_date(text, today, numbers) if today and not month else None


def _relative_date(text: str, today: date, numbers: list[int]) -> str | None:
    days = {"today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1}.get(text.split()[0])
    weekday = next((index for index, name in enumerate(WEEKDAYS) if name in text), None)
    if "day after" in text:
        days = 2
    elif weekday is not None:
        days = (weekday - today.weekday() - 1) % 7 + 1 - (7 if text.startswith(("last", "past")) else 0)
    elif text.startswith("in "):
        count = numbers[0] if numbers else NUMBER_WORDS.get(text.split()[1], 1)
        days = None if "month" in text else count * (7 if "week" in text else 1)
    return None if days is None else (today + timedelta(days=days)).isoformat()


def parse_time(text: str) -> str | None:
    """Return a time of day as HH:MM:SS, from "15:30", "3 pm", "3:30 p.m.", "noon", "8 o'clock", or None."""
    text = text.lower()
    if text in {"noon", "midnight"}:
        return "12:00:00" if text == "noon" else "00:00:00"
    numbers = [int(number) for number in re.findall(r"\d+", text)][:3]
    if not numbers:
        return None
    hour, minute, second = ([*numbers, 0, 0])[:3]
    if re.search(r"[ap]\.?m", text) and hour <= 12:
        hour = hour % 12 + (12 if re.search(r"p\.?m", text) else 0)
    return f"{hour:02}:{minute:02}:{second:02}" if hour < 24 and minute < 60 and second < 60 else None


def find_values(text: str, today: date | None = None) -> list[Value]:
    """Find all values in a text.

    Args:
        text: any text; what lies beyond `LIMIT` characters is not read.
        today: see `parse_date`.

    Returns:
        The values in order of their start. Names and phrases may overlap each other, no others do.
    """
    return list(_found_values(text[:LIMIT], today))


@lru_cache(maxsize=64)
def _found_values(text: str, today: date | None) -> tuple[Value, ...]:
    solid: list[Value] = []
    position = 0
    while match := _VALUES.search(text, position):
        position = match.end()
        kind = str(match.lastgroup)
        named = match[0][0].isupper() or _word_before(text, match.start()) in {"into", "to", "in"}
        if kind == "language" and not named:
            continue
        if kind == "code" and not any(character.isdigit() for character in match[0]):
            continue
        title = match[0].istitle() and not _starts_sentence(text, match.start())
        if kind == "date" and match[0].lower() in _DAY_WORDS and title:
            continue
        if (
            kind == "number"
            and match[0].lower() == "one"
            and _word_before(text, match.start()) in {"this", "that", "the", "which"}
        ):
            continue
        solid.append(_solid_value(kind, match, text, today))
        position = max(position, solid[-1].end)
    gaps = [(0, 0), *((value.start, value.end) for value in solid), (len(text), len(text))]
    soft = [value for (_, start), (end, _) in itertools.pairwise(gaps) for value in _phrases(text, start, end)]
    found: list[Value] = []
    for value in sorted(solid + soft, key=lambda value: (value.start, value.kind != "name", value.end)):
        if not (found and value.kind != "phrase" and value.end <= found[-1].end and found[-1].kind == "name"):
            found.append(value)
    return tuple(found)


def _solid_value(kind: str, match: re.Match[str], text: str, today: date | None) -> Value:
    raw, start, end = match[0], match.start(), match.end()
    normal: Any = raw
    unit = ""
    if kind == "quoted":
        raw = normal = raw[1:-1].strip()
    elif kind == "date":
        normal = parse_date(raw, today)
    elif kind == "time":
        normal = parse_time(raw)
    elif kind == "currency":
        normal = _CURRENCY_OF.get(raw.lower(), raw)
    elif kind == "language":
        normal = LANGUAGES[raw.lower()]
    elif kind == "code":
        raw = normal = raw.removeprefix("#")
        if raw.isdigit():
            kind, normal = "number", parse_number(raw)
    elif kind == "number":
        normal = parse_number(raw)
        factor = re.compile(r"(?: ?(?:thousand|million|billion|dozen)|[kKM])\b").match(text, end)
        if factor and normal is not None and not raw[-1].isalpha():
            normal, end = _times(normal, _FACTORS[factor[0].strip().lower()]), factor.end()
        follow = _UNIT.match(text, end)
        unit = follow[1].lower().replace(" ", "") if follow else ""
        unit = "" if unit in _NO_UNITS else in_english(unit)
        if normal is None:
            kind, normal = "phrase", raw
    return Value(kind, raw, start, end, normal, _preposition(text, start), unit)


def _times(number: int | float, factor: int) -> int | float:
    product = round(number * factor, 6)
    return int(product) if float(product).is_integer() else product


def _word_before(text: str, start: int) -> str:
    found = re.search(r"([^\W\d_]+)[^\w]{0,3}$", text[max(0, start - 40) : start])
    return found[1].lower() if found else ""


def _preposition(text: str, start: int) -> str:
    """The preposition that governs a value: the nearest one before it, with nothing but articles between."""
    for word in reversed(re.findall(r"[^\W_]+|[^\w\s]", text[max(0, start - 40) : start].lower())):
        if word in PREPOSITIONS:
            return in_english(word)
        if word not in _ARTICLES and word not in "$€£¥\"'“„(":
            return ""
    return ""


def _phrases(text: str, start: int, end: int) -> list[Value]:
    """Cut the text between two solid values into phrases, and find the names in them."""
    found: list[Value] = []
    run: list[re.Match[str]] = []
    for token in [*_WORD.finditer(text, start, end), None]:
        if token and _is_content(token, text):
            run.append(token)
            continue
        linked = token and _links_names(token, text) and run and run[-1][0][0].isupper()
        following = re.compile(r"\s+(?:the )?[A-Z]").match(text, token.end(), end) if token and linked else None
        if token and following and not (token[0].lower() in {"the", "an", "am"} and token[0] not in {"the", "am"}):
            run.append(token)
            continue
        found += _values_of_run(text, run, end)
        run = []
    return found


def _links_names(token: re.Match[str], text: str) -> bool:
    """Whether a word may stand inside a name: "Isle of Man", but not "Zug von Bonn nach Ulm"."""
    route = token[0].lower() == "von" and _VON_ROUTE.match(text, token.end())
    return token[0].lower() in _NAME_LINKS and not route


def _is_content(token: re.Match[str], text: str) -> bool:
    word = token[0]
    if not word[0].isalnum():
        return False
    if word.lower() not in _FILLERS or (word.isupper() and word.lower() in _GERMAN_FILLERS):
        return True
    follows_name = re.compile(r" [A-Z]").match(text, token.end())
    return word[0].isupper() and word != "I" and bool(follows_name) and not _starts_sentence(text, token.start())


def _starts_sentence(text: str, start: int) -> bool:
    head = text[max(0, start - 8) : start].rstrip(" \t\"'“„(")
    return not head or (head[-1] in ".!?:\n" and not _TITLE.search(head))


def _values_of_run(text: str, run: list[re.Match[str]], limit: int) -> list[Value]:
    while (
        run and (run[0][0].lower() in COMMAND_WORDS) and (run[0][0].islower() or _starts_sentence(text, run[0].start()))
    ):
        run = run[1:]
    while run and run[-1][0].lower() in _NAME_LINKS:
        run = run[:-1]
    if not run or (run[0][0].lower() in COMMAND_WORDS and len(run) == 1 and _starts_sentence(text, run[0].start())):
        return []
    if len(run) > 1 and run[0][0] in _MEASURES and text[: run[0].start()].rstrip()[-1:].isdigit():
        run = run[1:]
    start, end = run[0].start(), run[-1].end()
    found = [_soft("phrase", text, start, end)]
    names: list[list[re.Match[str]]] = [[]]
    for token in run:
        if (token[0][0].isupper() and not _opens_lower(text, token)) or (names[-1] and token[0].lower() in _NAME_LINKS):
            names[-1].append(token)
        elif names[-1]:
            names.append([])
    for name in names:
        while name and name[-1][0].lower() in _NAME_LINKS and name[-1][0].islower():
            name.pop()
        if name:
            last = name[-1].end()
            region = _REGION.match(text, last) if last == end else None
            found.append(
                _soft("name", text, name[0].start(), region.end() if region and region.end() <= limit + 1 else last)
            )
    if len(found) == 2 and found[1].start == start and found[1].end >= end:
        return found[1:]
    return found


def _opens_lower(text: str, token: re.Match[str]) -> bool:
    """Whether a capital is only the sentence's: "Fly me ...", but not "Anna is ..." or "Rome, please"."""
    if not _starts_sentence(text, token.start()):
        return False
    following = re.compile(r" +([a-z]+|\d)").match(text, token.end())
    return bool(following) and following[1] not in _AFTER_NAME


def _soft(kind: str, text: str, start: int, end: int) -> Value:
    raw = text[start:end]
    shorter = re.sub(r"['’]s?$", "", raw)
    before = _preposition(text, start) or ("'s" if shorter != raw else "")
    return Value(kind, shorter, start, start + len(shorter), shorter, before)
