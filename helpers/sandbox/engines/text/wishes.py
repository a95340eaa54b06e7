"""What a request says about the form of its answer: how many sentences, words or items, a list, capitals, yes or no."""

import re
from dataclasses import dataclass

NUMBERS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
    )
} | {"a single": 1, "einem": 1, "zwei": 2, "drei": 3, "twenty": 20, "thirty": 30, "fifty": 50}
_NUMBER = rf"(\d{{1,4}}|a single|{'|'.join(word for word in NUMBERS if word != 'a single')})"
_LISTING = r"(?:list|name|give|show|mention|enumerate|tell|write|provide|what are|which are|nenne)"

_SENTENCES = re.compile(
    rf"(?:\b(?:in|with|using|use|write|exactly|at most|no more than|maximum(?: of)?|only|of|to|reply with"
    rf"|answer with)\s+)*"
    rf"\b{_NUMBER}(?:\s+(?:or|to)\s+{_NUMBER})?[\s-]+(?:(?:short|brief|simple|complete"
    rf"|full)\s+)?(?:sentences?|satz|sätze|sätzen)\b",
    re.IGNORECASE,
)
_WORDS = re.compile(
    rf"(?:\b(?:in|with|using|use|at|most|no|not|more|than|maximum|of|max\.?|up|to|fewer|less|under|within"
    rf"|about|around|only|exactly"
    rf"|just|a|keep|it|limit)\s+)*\b{_NUMBER}\s+words?\b(?:\s+or (?:less|fewer))?(?:\s+(?:at most|max(?:imum)?))?",
    re.IGNORECASE,
)
_ITEMS = re.compile(
    rf"\b{_LISTING}\b(?:\s+(?:me|us|the|up|to|at|least|out|all))*\s+{_NUMBER}\b(?!\s*words?)(?![\s-]+sentence)", re.I
)
_BULLETS = re.compile(
    r"\b(?:as|in|using|with)?\s*(?:a|an|the)?\s*(?:short\s+)?(?:bullet(?:ed)?(?:[\s-]points?)?(?:\s+l"
    r"ist)?|markdown list|"
    r"(?:as|in) (?:a )?list(?: form)?)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\b(?:as|in|using|with)?\s*(?:a|an)?\s*(?:numbered|ordered) list\b", re.IGNORECASE)
_BRIEF = re.compile(
    r"\b(?:very )?(?:briefly|concise(?:ly)?|be brief|keep (?:it|your answers?|answers?) (?:short|brief)"
    r"|short answers?|brief(?:ly)?|"
    r"in short|tersely|as short as possible|shortly)\b",
    re.IGNORECASE,
)
_DETAIL = re.compile(r"\b(?:in (?:more )?detail|detailed|at length|thorough(?:ly)?|a long answer)\b", re.IGNORECASE)
_UPPER = re.compile(
    r"\b(?:in |use |using )?(?:all )?(?:upper[- ]?case|capital letters|all[- ]caps|block capitals|only capitals)\b",
    re.I,
)
_LOWER = re.compile(
    r"\b(?:in |use |using )?(?:all |only )?(?:lower[- ]?case|small letters)(?: letters)?\b", re.IGNORECASE
)
_YES_NO = re.compile(
    r"(?:\b(?:answer|reply|respond|say|with|only|just)\b[\s:]*)*[\"']?\byes[\"']?\s*(?:or|/)\s*[\"']?no\b[\"']?", re.I
)
_ONLY = re.compile(
    r"\b(?:only|solely|exclusively|strictly)\b[^.?!\n]{0,40}\b(?:text|context|document|passage|article"
    r"|source|information|notes|above"
    r"|below|provided|given|following|this|it)\b"
    r"|\b(?:do not|don't|without) us(?:e|ing) (?:any )?(?:other|outside|prior|own|general)\b",
    re.IGNORECASE,
)
_IF_MISSING = re.compile(
    r"\bif\b[^.?!\n]{0,120}\b(?:not|cannot|can't|isn't|doesn't|don't|unknown|missing|no answer)\b[^.?!\n\"“']{0,80}"
    r"\b(?:say|answer|reply|respond|write|return|output)\b[^\"“'.\n]{0,20}[\"“']([^\"”\n]{1,120}?)[\"”'](?=[\s.!,]|$)",
    re.IGNORECASE,
)
_ELSE = re.compile(
    r"\b(?:else|otherwise|if not|sonst|andernfalls)\b,? (?:please |just )?(?:say|answer|reply|respond|write|return"
    r"|output|antworte|schreibe?|sage?)\b[^\"“„'.\n]{0,20}[\"“„']([^\"”“\n]{1,120}?)[\"”“'](?=[\s.!,]|$)",
    re.IGNORECASE,
)
_ELSE_BARE = re.compile(
    r"\b(?:if\b[^.?!\n]{0,120}\b(?:not|cannot|can't|isn't|doesn't|don't|unknown|missing|no answer)\b[^.?!\n]{0,80}?"
    r"|(?:else|otherwise),? (?:please |just )?)\b(?:say|answer|reply|respond|write|return|output)"
    r"(?: only| just| exactly| simply| with)*:? (?!(?:so|that|it|nothing|the|with|in|me|why|what)\b)"
    r"([\w/-]+(?: [\w/-]+){0,2})(?=[.!]|$)",
    re.IGNORECASE,
)
_ELSE_CLAUSE = re.compile(
    r"[,;]?\s*\b(?:or )?(?:else|otherwise|sonst|andernfalls)\b,? (?:please |just )?(?:say|answer|reply|respond|write"
    r"|return|output|antworte|schreibe?|sage?)\b[^.?!\n]{0,120}[.!]?",
    re.IGNORECASE,
)
_IF_CLAUSE = re.compile(
    r"\bif\b[^.?!\n]{0,160}\b(?:say|answer|reply|respond|write|return)\b[^.?!\n]{0,120}(?:[.!]|$)", re.IGNORECASE
)
_STYLE = re.compile(
    r"\b(?:as if|like) i(?:'m| am| were|’m) (?:five|a (?:child|beginner)|\d+)\b|\bto a (?:(?:five|six"
    r"|ten)[- ]year[- ]old|child|beginner|"
    r"layman|student)\b|\bfor (?:beginners|dummies|kids|children)\b|\bin (?:very )?(?:simple|plain|easy"
    r"|your own) (?:terms|words|english|"
    r"language)\b|\bin a nutshell\b|\ba (?:little )?bit(?= (?:more|less|about|on|simpler|shorter|longer)\b)"
    r"|\bstep by step\b|\bin other words\b",
    re.IGNORECASE,
)


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
    if_missing: str | None = None


def read_wishes(text: str) -> Wishes:
    """Read the wishes out of an instruction.

    Args:
        text: the question and other instructions, without any document.

    Returns:
        What the text asks for.
    """
    text = " ".join(text.split())
    count = _SENTENCES.search(text)
    longest = _WORDS.search(text) if not re.search(r"\b(?:how many|count)\b", text, re.IGNORECASE) else None
    items = _ITEMS.search(text)
    missing = _IF_MISSING.search(text) or _ELSE.search(text) or _ELSE_BARE.search(text)
    brief = bool(_BRIEF.search(text))
    return Wishes(
        sentences=_value(count.group(2) or count.group(1)) if count else 1 if brief else None,
        words=_value(longest.group(1)) if longest else None,
        items=_value(items.group(1)) if items else None,
        bullets=bool(_BULLETS.search(text)),
        numbered=bool(_NUMBERED.search(text)),
        detailed=bool(_DETAIL.search(text)),
        upper=bool(_UPPER.search(text)),
        lower=bool(_LOWER.search(text)),
        yes_no=bool(_YES_NO.search(text)),
        only_text=bool(_ONLY.search(text)),
        if_missing=missing.group(1) if missing else None,
    )


def without_wishes(text: str) -> str:
    """Return a question without the phrases that `read_wishes` reads and without phrases about style."""
    text = " ".join(text.split())
    for pattern in (
        _IF_CLAUSE, _ELSE_CLAUSE,
        _SENTENCES, _WORDS, _BULLETS, _NUMBERED, _BRIEF, _DETAIL, _UPPER, _LOWER, _YES_NO, _STYLE,
    ):  # fmt: skip
        text = pattern.sub(" ", text)
    return " ".join(text.split())


def _value(text: str) -> int:
    return max(1, int(text) if text.isdigit() else NUMBERS[text.lower()])
