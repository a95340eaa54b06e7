"""What a request says about the form of its answer: how many sentences, words or items, a list, capitals, yes or no.

Each wish has a pattern, and words of which one must be there before the pattern is tried.
"""

import re
from dataclasses import dataclass, fields

from sandbox.engines.text.facts import vocabulary
from sandbox.engines.words import words

NUMBERS = {word: number for number, word in enumerate(vocabulary("numbers"))} | {
    "a single": 1, "einem": 1, "zwei": 2, "drei": 3, "twenty": 20, "thirty": 30, "fifty": 50,
}  # fmt: skip
_NUMBER = rf"(\d{{1,4}}|a single|{'|'.join(word for word in NUMBERS if word != 'a single')})"
_SAY = r"\b(?:say|answer|reply|respond|write|return|output|antworte|schreibe?|sage?)\b"
_QUOTED = r"[\"“„']([^\"”“\n]{1,120}?)[\"”“'](?=[\s.!,]|$)"
_MISSING = r"\bif\b[^.?!\n]{0,120}\b(?:not|cannot|can't|isn't|doesn't|don't|unknown|missing|no answer)\b"
_ELSE = r"\b(?:else|otherwise|if not|sonst|andernfalls)\b,? (?:please |just )?"
_NO_QUOTE = r"(?: only| just| exactly| simply| with)*:? (?!(?:so|that|it|nothing|the|with|in|me|why|what)\b)"
_REPLIES = r"(?:answers?|repl(?:y|ies)|responses?|messages?|sentences?)"
_LIMIT = r"in|with|using|use|write|at|exactly|most|no|not|more|than|maximum|of|max\.?|only|to|reply|answer"


def _rule(triggers: str, pattern: str) -> tuple[frozenset[str], re.Pattern[str]]:
    return frozenset(triggers.split()), re.compile(pattern, re.IGNORECASE)


_RULES = {
    "sentences": _rule(
        "sentence sentences satz sätze sätzen",
        rf"(?:\b(?:{_LIMIT})\s+)*\b{_NUMBER}(?:\s+(?:or|to)\s+{_NUMBER})?[\s-]+"
        r"(?:(?:short|brief|simple|complete|full)\s+)?(?:sentences?|satz|sätzen?)\b",
    ),
    "words": _rule(
        "word words wort worten wörtern",
        rf"(?:\b(?:{_LIMIT}|up|fewer|less|under|within|about|around|just|a|keep|it|limit)\s+)*\b{_NUMBER}\s+"
        r"(?:words?|wort|worten|wörtern)\b(?:\s+or (?:less|fewer))?(?:\s+(?:at most|max(?:imum)?))?",
    ),
    "items": _rule(
        "list name give show mention enumerate tell write provide what which nenne",
        r"\b(?:list|name|give|show|mention|enumerate|tell|write|provide|what are|which are|nenne)\b"
        rf"(?:\s+(?:me|us|the|up|to|at|least|out|all))*\s+{_NUMBER}\b(?!\s*words?)(?![\s-]+sentence)",
    ),
    "bullets": _rule(
        "bullet bulleted bullets list stichpunkte stichpunkten",
        r"\b(?:as|in|using|with)?\s*(?:a|an|the)?\s*(?:short\s+)?(?:bullet(?:ed|s)?(?:[\s-]points?)?(?:\s+list)?"
        r"|markdown list|stichpunkten?|(?:as|in) (?:a )?list(?: form)?)\b",
    ),
    "numbered": _rule("list", r"\b(?:as|in|using|with)?\s*(?:a|an)?\s*(?:numbered|ordered) list\b"),
    "brief": _rule(
        "briefly concise concisely brief short tersely shortly kurz few",
        r"\b(?:very )?(?:briefly|concise(?:ly)?|be brief|keep (?:it|your answers?|answers?) (?:short|brief)"
        r"|short answers?"
        r"|brief(?:ly)?|in short|tersely|as short as possible|shortly|fasse? dich kurz)\b",
    ),
    "few": _rule("few", r"\b(?:in|with|using) as few words as possible\b|\bin (?:just )?a few words\b"),
    "detailed": _rule(
        "detail detailed length thorough thoroughly long",
        r"\b(?:in (?:more )?detail|detailed|at length|thorough(?:ly)?|a long answer)\b",
    ),
    "upper": _rule(
        "upper uppercase capital caps capitals",
        r"\b(?:in |use |using )?(?:all )?(?:upper[- ]?case|capital letters|all[- ]caps|block capitals|only capitals)\b",
    ),
    "lower": _rule(
        "lower lowercase small",
        r"\b(?:in |use |using )?(?:all |only )?(?:lower[- ]?case|small letters)(?: letters)?\b",
    ),
    "yes_no": _rule(
        "yes ja",
        r"(?:\b(?:answer|reply|respond|say|with|only|just)\b[\s:]*)*[\"']?\b(?:yes[\"']?\s*(?:or|/)\s*[\"']?no"
        r"|ja oder nein)\b[\"']?",
    ),
    "only_text": _rule(
        "only solely exclusively strictly not don't without use using according based",
        r"\b(?:only|solely|exclusively|strictly)\b[^.?!\n]{0,40}\b(?:text|context|document|passages?|article|source"
        r"|information|notes|above|below|provided|given|following|this|it)\b"
        r"|\b(?:do not|don't|without) us(?:e|ing) (?:any )?(?:other|outside|prior|own|general)\b"
        r"|\b(?:use|using|according to|based on) (?:the |this |these )?(?:following |given |provided )?(?:text|context"
        r"|documents?|passages?|article|sources?|excerpts?)\b",
    ),
    "if_missing": _rule(
        "if else otherwise sonst andernfalls",
        rf"(?:{_MISSING}[^.?!\n\"“']{{0,80}}|{_ELSE}){_SAY}[^\"“„'.\n]{{0,20}}{_QUOTED}",
    ),
    "if_missing_bare": _rule(
        "if else otherwise",
        rf"(?:{_MISSING}[^.?!\n]{{0,80}}?|{_ELSE}){_SAY}{_NO_QUOTE}([\w/’'-]+(?: [\w/’'-]+){{0,5}})(?=[.!]|$)",
    ),
    "if_other": _rule(
        "else other",
        rf"\b(?:anything|something|everything|any other|other (?:topics?|questions?|subjects?))\b[^.?!\n]{{0,60}}{_SAY}"
        r"(?: only| just| exactly| simply| with)*:? [\"“']?([^\"”\n]{1,120}?)[\"”']?(?=[.!]|$)",
    ),
    "only_about": _rule(
        "only",
        r"\bonly\b[^.?!\n]{0,40}\b(?:about|on|with|concerning|related to|regarding) ([\w ,-]{1,80})",
    ),
    "prefix": _rule(
        "start begin", rf"\b(?:start|begin) (?:\w+ ){{1,3}}?{_REPLIES} with (?:the )?(?:words? |phrase )?{_QUOTED}"
    ),
    "suffix": _rule("end finish", rf"\b(?:end|finish) (?:\w+ ){{1,3}}?{_REPLIES} with (?:the )?(?:words? )?{_QUOTED}"),
    "json": _rule(
        "json",
        rf"{_SAY}[^.?!\n]{{0,40}}\bjson\b(?![^.?!\n]{{0,60}}\b(?:keys|fields|schema|array|list)\b)"
        r"(?:[^.?!\n]{0,40}\b(?:key|field|property) [\"'`]?(\w+))?",
    ),
    "cite": _rule(
        "cite citing citation citations source sources reference references number",
        r"\b(?:cite|citing|citations?|(?:give|name|add|with|mention|include) (?:the |your )?(?:sources?|references?"
        r"|passage numbers?))\b",
    ),
}
# Clauses that belong to a wish, and phrases about style: no part of the question.
_CLAUSES = (
    _rule("if", rf"\bif\b[^.?!\n]{{0,160}}{_SAY}[^.?!\n]{{0,120}}(?:[.!]|$)"),
    _rule("else otherwise sonst andernfalls", rf"[,;]?\s*\b(?:or )?{_ELSE}{_SAY}[^.?!\n]{{0,120}}[.!]?"),
)
_STYLE = _rule(
    "if like to for in a step",
    r"\b(?:as if|like) i(?:'m| am| were|’m) (?:five|a (?:child|beginner)|\d+)\b|\bto a (?:(?:five|six"
    r"|ten)[- ]year[- ]old"
    r"|child|beginner|layman|student)\b|\bfor (?:beginners|dummies|kids|children)\b|\bin (?:very )?(?:simple|plain|easy"
    r"|your own) (?:terms|words|english|language)\b|\bin a nutshell\b|\bstep by step\b|\bin other words\b"
    r"|\ba (?:little )?bit(?= (?:more|less|about|on|simpler|shorter|longer)\b)",
)
_FORMS = ("sentences", "words", "bullets", "numbered", "brief", "few", "detailed", "upper", "lower", "yes_no")
_FEW = 4


@dataclass
class Wishes:
    """The form an answer should have; None or False where nothing was said."""

    sentences: int | None = None
    words: int | None = None
    items: int | None = None
    bullets: bool = False
    numbered: bool = False
    detailed: bool = False
    upper: bool = False
    lower: bool = False
    yes_no: bool = False
    only_text: bool = False
    cite: bool = False
    if_missing: str | None = None
    if_other: str | None = None
    only_about: str | None = None
    prefix: str | None = None
    suffix: str | None = None
    json: str | None = None

    def __or__(self, other: "Wishes") -> "Wishes":
        """These wishes, and where the other has one of its own, that."""
        return Wishes(*(getattr(other, f.name) or getattr(self, f.name) for f in fields(self)))


def read_wishes(text: str) -> Wishes:
    """Read the wishes out of an instruction.

    Args:
        text: the question and other instructions, without any document.

    Returns:
        What the text asks for.
    """
    text = " ".join(text.split())
    said = words(text)
    found = {
        name: match
        for name, (triggers, pattern) in _RULES.items()
        if not triggers.isdisjoint(said) and (match := pattern.search(text))
    }
    wishes = Wishes(**{name: True for name in found if name in ("bullets", "numbered", "detailed", "upper", "lower")})
    wishes.yes_no, wishes.only_text, wishes.cite = "yes_no" in found, "only_text" in found, "cite" in found
    if count := found.get("sentences"):
        wishes.sentences = _value(count.group(2) or count.group(1))
    elif "brief" in found:
        wishes.sentences = 1
    if "words" in found and not re.search(r"\b(?:how many|count)\b", text, re.IGNORECASE):
        wishes.words = _value(found["words"].group(1))
    elif "few" in found:
        wishes.words = _FEW
    if "items" in found:
        wishes.items = _value(found["items"].group(1))
    if missing := found.get("if_missing") or found.get("if_missing_bare"):
        wishes.if_missing = missing.group(1)
    for name in ("if_other", "only_about", "prefix", "suffix"):
        setattr(wishes, name, found[name].group(1) if name in found else None)
    wishes.json = (found["json"].group(1) or "answer") if "json" in found else None
    return wishes


def without_wishes(text: str) -> str:
    """Return a question without the phrases that `read_wishes` reads and without phrases about style."""
    text = " ".join(text.split())
    said = words(text)
    for triggers, pattern in (*_CLAUSES, *(_RULES[name] for name in _FORMS), _STYLE):
        if not triggers.isdisjoint(said):
            text = pattern.sub(" ", text)
    return " ".join(text.split())


def _value(text: str) -> int:
    return max(1, int(text) if text.isdigit() else NUMBERS[text.lower()])
