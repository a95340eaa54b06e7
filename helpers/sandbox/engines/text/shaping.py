"""Giving an answer the form that was asked for: sentences, words, a list, capitals."""

import re
from collections.abc import Sequence

from helpers.sandbox.engines.text.passages import find_expected, terms
from helpers.sandbox.engines.text.wishes import Wishes
from helpers.sandbox.engines.words import sentences, words

_DATE = re.compile(
    r"\b(?:\d{1,2}\.? (?:[A-ZÄ][a-zä]+ )(?:1\d|20)\d\d|[A-Z][a-z]+ \d{1,2}, (?:1\d|20)\d\d"
    r"|\d{1,2}[:.]\d\d(?: ?[ap]m)?|(?:1\d|20)\d\d)\b"
)
_AMOUNT = re.compile(r"(?:[$€£] ?)?\d+(?:[.,]\d+)*(?: ?(?:%|€|[a-zµ°][\w²³/]*))?(?: [a-zé]+)?")
_NAMES = re.compile(r"[A-ZÀ-Þ][\w'’.-]*(?: (?:(?:van|von|de|da|of|the) )?[A-ZÀ-Þ][\w'’-]*)*")
_IS = re.compile(r"\s(?:is|are|was|were|ist|sind)\s")
_BREAKS = frozenset("and that which who by for in with from because to or on at as of but where when".split())
_SHORT = 4


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
        text = core(text, wishes.words, question, kind) if wishes.words <= _SHORT else cut(text, wishes.words)
    return text.upper() if wishes.upper else text.lower() if wishes.lower else text


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


def cut(text: str, most: int) -> str:
    """Return at most so many words: whole sentences where they fit, else the first one's start up to a break."""
    if len(text.split()) <= most:
        return text
    kept: list[str] = []
    for sentence in sentences(text):
        if len(" ".join([*kept, sentence]).split()) > most:
            break
        kept.append(sentence)
    if kept:
        return " ".join(kept)
    all_words = text.split()
    for length in range(most, max(most // 2, 1), -1):
        if all_words[length - 1][-1] in ",;:" or all_words[length].lower() in _BREAKS:
            return " ".join(all_words[:length]).rstrip(",;:") + "."
    return " ".join(all_words[:most]).rstrip(",;:.") + "."


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
