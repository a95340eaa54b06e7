"""Free text in a request: what is to be searched, sent, noted down or named, without the words of the command around
it.
"""

import re

from sandbox.engines.kin import FUNCTION_WORDS, in_english, kin, split_name
from sandbox.engines.schemas.values import COMMAND_WORDS, PREPOSITIONS, Value, find_values
from sandbox.engines.words import STOP_WORDS, keywords, stem

_MARKER = re.compile(
    r"\b(?:saying|that says|which says|says|and say|telling (?:him|her|them|everyone|[A-Z]\w+)"
    r"|tell (?:him|her|them|[A-Z]\w+) that"
    r"|with the (?:message|text|content|body|note)|that reads|reading|to (?:tell|inform) (?:him|her"
    r"|them|[A-Z]\w+))\b:?\s*(?:that\s+)?|:\s+"
)
_ABOUT = re.compile(r"\b(?:about|regarding|titled|called|named|entitled|on the subject of|concerning)\s+")
_QUOTATION = re.compile(r"[\"“]([^\"“”\n]{1,2000})[\"”]")
_BECAUSE = re.compile(r"\b(?:because|weil|due to)\s+([^.!?\n]{1,500})", re.IGNORECASE)
_TOPIC = re.compile(r"\b(?:about|regarding|concerning|über)\s+")
_MESSAGES = set("message body text content note notes comment description details reason instructions".split())
_TITLES = set("subject title name summary heading label".split())
_GENERAL_LEAD = (
    STOP_WORDS
    | FUNCTION_WORDS
    | PREPOSITIONS
    | COMMAND_WORDS
    | {"would", "like", "need", "ask", "know", "much", "many", "it's"}
)
_POLITE = frozenset("the a an me him her them us that my new to please can could you would like i'd how do say".split())
_MESSAGE_LEAD = (FUNCTION_WORDS | PREPOSITIONS | COMMAND_WORDS | _POLITE) - {
    "call", "buy", "pay", "book", "order", "check", "read", "run", "fix", "write", "return", "pick",
}  # fmt: skip
_TAIL = STOP_WORDS | FUNCTION_WORDS | PREPOSITIONS | {"please", "thanks", "at", "me"}
_GERMAN_ARTICLE = r"(?:de[nrm]|die|das|m?eine?n?)"
_OPERATORS = [
    (r"\bplus\b", "+"),
    (r"\bminus\b", "-"),
    (r"\b(?:times|multiplied by)\b|[×·]|(?<=\d)\s*x\s*(?=\d)", "*"),
    (r"\b(?:divided by|over)\b|÷", "/"),
    (r"\bto the power of\b", "**"),
    (r"\bsquared\b", "**2"),
    (r"(\d+(?:\.\d+)?)\s?(?:%|percent) of", r"\1/100 *"),
]
_EXPRESSION = re.compile(
    r"(?:sqrt|sin|cos|log)?[-(\s]{0,5}\d[\d.\s]{0,20}(?:[-+*/^%()]{1,3}\s?[\d.\s]{0,20}(?:sqrt|sin|cos|log)?){1,100}"
)
_SQL = re.compile(
    r"\b(?:SELECT\s.{1,5000}?\sFROM|INSERT INTO|UPDATE\s\w+\sSET|DELETE FROM|CREATE TABLE)\s(?:(?!\n\n).){1,5000}",
    re.DOTALL,
)


def special_values(text: str) -> list[Value]:
    """Find an SQL statement and an arithmetic expression ("12 plus 7" becomes "12 + 7")."""
    found = []
    sql = _SQL.search(text)
    if sql:
        found.append(Value("sql", sql[0].strip(" `\"'"), sql.start(), sql.end(), sql[0]))
    symbols = text
    for pattern, sign in _OPERATORS:
        symbols = re.sub(pattern, sign, symbols, flags=re.IGNORECASE)
    for match in _EXPRESSION.finditer(symbols):
        expression = re.sub(r"\s+", " ", match[0]).strip()
        while expression.endswith((")", "-", "+", ".")) and expression.count(")") > expression.count("(") * (
            expression[-1] == ")"
        ):
            expression = expression[:-1].strip()
        if re.search(r"\d\W*[-+*/^%]\W*(?:\d|[a-z])|[a-z]\(", expression):
            found.append(Value("expression", expression, 0, len(text), expression))
            break
    return found


def kind_of(name: str) -> str:
    """Say whether a property of this name holds a "message", a "title" or a "query"."""
    words = {in_english(word) for word in split_name(name)}
    return (
        "message"
        if words & _MESSAGES
        else "title"
        if words & _TITLES
        else "task"
        if words & {"task", "todo", "reminder"}
        else "query"
    )


def has_marker(text: str) -> bool:
    """Whether the text announces a message: "saying ...", "with the note ...", or a colon."""
    return bool(_MARKER.search(text))


def after_colon(text: str) -> str:
    """Return what follows the first colon at a word's end, or the whole text."""
    _head, colon, tail = text.partition(": ")
    return tail if colon and tail.strip() else text


def labelled(text: str, name: str, names: list[str]) -> str:
    """Return what stands after a property's name: "subject Hello and body See you" has the subject "Hello".

    Args:
        text: the request.
        name: the property's name.
        names: the names of all properties; each ends the one before.
    """
    words = split_name(name)
    because = _BECAUSE.search(text[:5000]) if "reason" in words else None
    if because:
        return because[1].strip(" \"'“”.,")
    if not words or len(words[-1]) < 4:
        return ""
    others = "|".join(re.escape(split_name(other)[-1]) for other in names if other != name and split_name(other))
    stop = rf",? (?:and|with|, )(?: (?:the|a|with|its))* (?:{others})\b|[,;] (?:the )?(?:{others})\b|" if others else ""
    label = re.compile(
        rf"\b(?:with|the|a|and|its|set|as)\s+(?:{re.escape(words[-1])})(?:\s+(?:is|of|to|as)\b"
        rf"|\s*[:=])?\s+[\"'“]?([^\n]{{1,500}}?)(?:{stop}[\"”'](?!\w)|[.!?;]\s|[.!?]?$)",
        re.IGNORECASE,
    )
    match = label.search(text[:5000])
    quotation = _QUOTATION.search(text, match.start()) if match else None
    if match and quotation and quotation.start() < match.start(1) <= quotation.end():
        return quotation[1].strip()
    found = match[1].strip(" \"'“”.,") if match else ""
    return (
        ""
        if not keywords(found) or found.split()[0].lower() in PREPOSITIONS | {"and", "or", "that", "saying"}
        else found
    )


def remainder(text: str, taken: list[tuple[int, int]], kind: str, subject: frozenset[str]) -> str:
    """Return what is left of a request for a free text property.

    Args:
        text: the request.
        taken: places of the values that other properties took.
        kind: see `kind_of`. A message starts after its marker, a title after "about" or "called".
        subject: stems of the tool's and the property's names; they are left out at the start.
    """
    marker = _MARKER.search(text) if kind != "query" else None
    if marker and kind in {"message", "task"} and keywords(text[marker.end() :]):
        return text[marker.end() :].strip(" \"'“”\n").removesuffix(".")
    about = {"title": _ABOUT, "query": _TOPIC}[kind].search(text) if kind in {"title", "query"} else None
    if kind == "title" and not about:
        return ""
    start, end = (about.end() if about else 0), (marker.start() if marker and kind == "title" else len(text))
    if about and kind == "query":
        end = start + len(re.split(r"[.!?]\s|\n", text[start:])[0])
    cut = sorted(span for span in taken if span[1] > start)
    pieces, position = [], start
    for first, last in cut:
        if first >= position:
            pieces.append(text[position : min(first, end)])
        position = max(position, last)
    if position < end:
        pieces.append(text[position:end])
    lead = _GENERAL_LEAD if kind in {"query", "title"} else _MESSAGE_LEAD
    cleaned = [_trim(piece, lead, subject, index == 0 or kind == "title") for index, piece in enumerate(pieces)]
    return max(cleaned, key=lambda piece: len(keywords(piece)), default="")


def opening(text: str, is_message: bool, subject: frozenset[str]) -> str:
    """Return a title for what has none: the first words of its message, or what is wanted ("lunch with Tom")."""
    if is_message:
        return " ".join(re.split(r"[.!?;\n]", text.strip())[0].split()[:8])
    end = next(
        (value.start for value in find_values(text[:2000]) if value.kind in {"date", "time", "datetime", "email"}),
        len(text),
    )
    piece = re.split(r"[.!?;\n]|\bto my\b|\bon my\b|\bin my\b", text[:end])[0]
    found = _trim(piece, _MESSAGE_LEAD | subject, frozenset(), False)
    after_article = re.search(rf"(?i)\b{_GERMAN_ARTICLE} {re.escape(found)}", piece)
    named = len(found.split()) > 1 or end < len(text) or after_article
    return found[:80] if any(word not in subject for word in keywords(found)) and named else ""


def _trim(piece: str, lead: frozenset[str] | set[str], subject: frozenset[str], first: bool) -> str:
    tokens = list(re.finditer(r"\S+", piece))

    def bare(index: int) -> str:
        return re.sub(r"^\W+|\W+$", "", tokens[index][0]).lower().replace("’", "'")

    start, end = 0, len(tokens)
    while start < end and (not bare(start) or bare(start) in lead or _is_subject(bare(start), subject, first)):
        start += 1
    while end > start and (not bare(end - 1) or bare(end - 1) in _TAIL):
        end -= 1
    if start == end:
        return ""
    if lead is not _GENERAL_LEAD and start and bare(start - 1) in {"the", "a", "an", "my", "i'd"}:
        start -= 1
    return piece[tokens[start].start() : tokens[end - 1].end()].strip(" \"'“”.,;:?!\n")


def _is_subject(word: str, subject: frozenset[str], with_kin: bool) -> bool:
    return stem(word) in subject or (with_kin and any(kin(stem(word), name) for name in subject))
