"""Giving an answer the form that was asked for: sentences, words, a list, capitals.

Where so many words are too few, whole sentences go first, then clauses: from the start up to a comma, a semicolon or a
word such as "which" or "because", if what the question asks for stands in it, else a clause in which it stands. If no
clause is short enough, the text is cut after the last word of weight that is allowed, and an ellipsis says so.
"""

import json
import re
from collections.abc import Sequence

from sandbox.engines.text.passages import find_expected, fits, terms
from sandbox.engines.text.wishes import Wishes
from sandbox.engines.words import STOP_WORDS, sentences, words

_DATE = re.compile(
    r"\b(?:\d{1,2}\.? (?:[A-ZÄ][a-zä]+ )(?:1\d|20)\d\d|[A-Z][a-z]+ \d{1,2}, (?:1\d|20)\d\d"
    r"|\d{1,2}[:.]\d\d(?: ?[ap]m)?|(?:1\d|20)\d\d)\b"
)
_AMOUNT = re.compile(r"(?:[$€£] ?)?\d+(?:[.,]\d+)*(?: ?(?:%|€|[a-zµ°][\w²³/]*))?(?: [a-zé]+)?")
_NAMES = re.compile(r"[A-ZÀ-Þ][\w'’.-]*(?: (?:(?:van|von|de|da|of|the) )?[A-ZÀ-Þ][\w'’-]*)*")
_IS = re.compile(r"\s(?:is|are|was|were|ist|sind)\s")
# No comma alone, and no "when" or "but": what follows them may be a list's rest, a condition or an exception.
_CLAUSE = re.compile(r"[;:]\s+|,?\s+(?=(?:that|which|who|because|weil)\s)|,\s+(?=(?:and|so|und)\s)")
_LINK = re.compile(r"(?:and|so|und)\s+", re.IGNORECASE)
FEW_WORDS, _LONGEST = 4, 2000


def shape(text: str, wishes: Wishes, question: str, kind: str | None) -> str:
    """Give the answer the form asked for.

    Args:
        text: the answer.
        wishes: the form.
        question: the question, and what it asks for (see `passages.expected`): where only a few words are allowed, the
            answer is the name, date or number that is asked for.
        kind: see question.
    """
    if wishes.yes_no and text.startswith(("Yes. ", "No. ")):
        text = text.split(" ", 1)[0]
    if wishes.sentences and "\n" not in text:
        text = " ".join(sentences(text)[: wishes.sentences])
    if wishes.words and len(text.split()) > wishes.words:
        text = (
            core(text, wishes.words, question, kind)
            if wishes.words <= FEW_WORDS
            else cut(text, wishes.words, question, kind)
        )
    return text.upper() if wishes.upper else text.lower() if wishes.lower else text


def framed(text: str, wishes: Wishes) -> str:
    """Return the answer with the words that it has to begin and end with, in a JSON object where one was asked for."""
    text = " ".join(part for part in (wishes.prefix, text, wishes.suffix) if part)
    return json.dumps({wishes.json: text}, ensure_ascii=False) if wishes.json else text


def ended(sentence: str) -> str:
    """Return the sentence with a full stop, if it has no end mark."""
    return sentence if sentence[-1:] in '.!?:"”)' else f"{sentence}."


def as_list(items: Sequence[str], wishes: Wishes, question: str) -> str:
    """Return items as a Markdown list if a list or bullets were asked for, else in a sentence."""
    if wishes.numbered:
        return "\n".join(f"{i}. {item}" for i, item in enumerate(items, 1))
    if wishes.bullets or re.search(r"\blist\b", question, re.IGNORECASE):
        return "\n".join(f"- {item}" for item in items)
    return as_sentence(items)


def as_sentence(items: Sequence[str]) -> str:
    """Return items in one sentence, or one after the other where they are sentences themselves."""
    if any(item.endswith((".", "!")) for item in items):
        return " ".join(ended(item) for item in items)
    joined = items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
    return f"{joined[:1].upper()}{joined[1:]}."


def fits_in(text: str, wishes: Wishes) -> bool:
    """Tell whether a text has no more words than were asked for."""
    return wishes.words is None or len(text.split()) <= wishes.words


def cut(text: str, most: int, question: str = "", kind: str | None = None) -> str:
    """Return at most so many words: whole sentences where they fit, else clauses of the first one, else its start.

    Args:
        text: one sentence or more.
        most: how many words.
        question: what the words that are kept should answer.
        kind: what the question asks for (see `passages.expected`).
    """
    if len(text.split()) <= most:
        return text
    kept: list[str] = []
    found = sentences(text)
    for sentence in found:
        if len(" ".join([*kept, sentence]).split()) > most:
            break
        kept.append(sentence)
    if kept:
        return " ".join(kept)
    clause = _clause(found[0][:_LONGEST], most, question, kind) if found else ""
    if clause:
        return f"{clause}."
    start = text.split()[:most]
    while len(start) > 2 and start[-1].lower() in STOP_WORDS:
        start.pop()
    return f"{' '.join(start).rstrip(',;:.')} ..."


def _clause(sentence: str, most: int, question: str, kind: str | None) -> str:
    """The longest start of a sentence, or else one of its clauses, that is short enough and holds what is asked for."""
    needed = set(terms(question)) & set(terms(sentence))
    breaks = [match for match in _CLAUSE.finditer(sentence) if not _is_list(sentence, match)]
    ends = [match.start() for match in breaks]
    clauses = [sentence[match.end() : end] for match, end in zip(breaks, [*ends[1:], len(sentence)], strict=False)]
    clauses = [_LINK.sub("", clause, count=1) for clause in clauses if needed and _LINK.match(clause)]
    for part in [*(sentence[:end] for end in reversed(ends)), *clauses]:
        is_short = 1 < len(part.split()) <= most
        if is_short and needed <= set(terms(part)) and (kind is None or fits(kind, part) or not fits(kind, sentence)):
            return f"{part[:1].upper()}{part[1:]}".strip(" ,;:.")
    return ""


def _is_list(sentence: str, found: re.Match[str]) -> bool:
    """Whether the break is the ", and" of "a, b, and c"."""
    return bool(_LINK.match(sentence, found.end())) and ", " in sentence[: found.start()]


def core(text: str, most: int, question: str, kind: str | None) -> str:
    """Return the date, amount or name in a sentence that the question does not say itself, at most so many words."""
    sentence = re.sub(r"^(?:Yes|No)\. ", "", text)
    said = set(terms(question)) | set(words(question))
    if kind == "when":
        found = _DATE.findall(sentence) + re.findall(r"\b(?:1\d|20)\d\d\b", sentence) + find_expected(kind, sentence)
    elif kind == "count":
        found = _AMOUNT.findall(sentence)
    else:
        sides = _IS.split(sentence.rstrip("."), maxsplit=1)
        new = [side for side in sides if len(sides) == 2 and not said & set(terms(side))]
        found = [re.sub(r"^(?:the|a|an) ", "", side, flags=re.IGNORECASE) for side in new if len(side.split()) <= most]
        found += [
            name for name in _NAMES.findall(sentence) if not set(words(name)) <= said and not set(terms(name)) & said
        ]
        found += [] if found else [word for word in sentence.split() if terms(word) and not set(terms(word)) & said]
    fitting = [part for part in found if len(part.split()) <= most and not set(words(part)) <= said]
    if not fitting:
        fitting = [" ".join(part.split()[-most:]) for part in found if not set(words(part)) <= said] or [
            cut(sentence, most)
        ]
    return fitting[0].strip(" .,;:") + "."
