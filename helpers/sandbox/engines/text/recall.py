"""What the sandbox's own facts have on a question.

A question names a topic if all words of one of the topic's names stand side by side in it. If it asks nothing else, the
answer is the topic's sentences. If it asks more, a single sentence must cover nearly all of it: the topic and, by
weight, three quarters of the other words (all of them where no topic is named); a word that occurs in no fact weighs
most, so a question on something else gets nothing. In a question that asks why, a word that another sentence of the
topic has counts for six tenths. A sentence with "first" or "second" in it answers only a question
that says so, and a question for a date, a number, a length or a price gets only a sentence that has one.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from helpers.sandbox.engines.text.facts import Topic, topics
from helpers.sandbox.engines.text.passages import ORDINALS, adjacent, expected, fits, oddness, terms, weak_terms
from helpers.sandbox.engines.words import words

_ENOUGH = 0.75
_EXACT = ("when", "count", "length", "money")  # a fact that answers these has a number
_IN_TOPIC = 0.6
_RARE = 2  # a single word that names no topic must be as rare as this among the facts
_POINTING = re.compile(r"\b(?:it|its|they|their|them|he|his|him|she|her|this|that|there|these|those)\b", re.IGNORECASE)
_WHAT_IS = re.compile(
    r"\W{0,9}(?:(?:what|who)(?:'s|’s| is| are| was| were| causes?| caused) )?(?:an? |the )?[\w-]+\W*$", re.IGNORECASE
)
_PROPER = re.compile(r"(?<=[\w,;:] )[A-ZÀ-Þ][\w'’]+")


@dataclass(frozen=True)
class _Fact:
    text: str
    topic: Topic
    own: frozenset[str]
    names: frozenset[str]
    kinds: frozenset[str]
    rest: frozenset[str]


@cache
def _facts() -> tuple[_Fact, ...]:
    found = []
    for topic in topics():
        names = frozenset(t for name in topic.names for t in terms(name))
        kinds = frozenset(t for kind in topic.kinds for t in terms(kind))
        for text in topic.sentences:
            own, heading = Counter(terms(text)), Counter(terms(topic.heading))
            rest = own - heading if heading <= own else own
            found.append(_Fact(text, topic, frozenset(own), names, kinds, frozenset(rest)))
    return tuple(found)


@cache
def _counts() -> Counter[str]:
    return Counter(t for fact in _facts() for t in fact.own)


@cache
def _names() -> dict[tuple[str, ...], Topic]:
    names: dict[tuple[str, ...], Topic] = {}
    for topic in topics():
        for name in topic.names:
            if key := tuple(terms(name)):
                names.setdefault(key, topic)
    return names


def named_topics(asked: list[str]) -> tuple[list[tuple[Topic, tuple[str, ...]]], list[str]]:
    """Find the topics that a question names.

    Args:
        asked: the question's terms, in order.

    Returns:
        The topics with the terms that name them, the longest name first where several fit; and the terms left over.
    """
    found: list[tuple[Topic, tuple[str, ...]]] = []
    left: list[str] = []
    longest = max(map(len, _names()))
    position = 0
    while position < len(asked):
        for length in range(min(longest, len(asked) - position), 0, -1):
            key = tuple(asked[position : position + length])
            if key in _names():
                found.append((_names()[key], key))
                position += length
                break
        else:
            left.append(asked[position])
            position += 1
    return found, left


def overview(topic: Topic, name: tuple[str, ...] = (), kind: str | None = None) -> list[str]:
    """Return a topic's sentences, those first that have what is asked for and that hold the name it was asked by."""

    def order(text: str) -> tuple[bool, bool]:
        return (not fits(kind, text) if kind not in (None, "who") else False, not set(name) <= set(terms(text)))

    by_heading = set(name) <= set(terms(topic.heading))
    return sorted(topic.sentences, key=lambda text: order(text) if not by_heading else (order(text)[0], False))


def recall(question: str, asked: list[str]) -> list[tuple[float, str]]:
    """Rank the facts that answer a question which asks more than "what is it?".

    Args:
        question: the question as it was put.
        asked: its terms.

    Returns:
        (score, sentence), best first; empty where no fact covers the question.
    """
    found, left = named_topics(asked)
    kind = expected(question)
    needed = {t for _, key in found for t in key}
    proper = set(terms(" ".join(_PROPER.findall(question)))) & set(asked)
    weak = [t for t in left if t in weak_terms()]
    left = [t for t in left if t not in weak_terms()]
    weights = {t: math.log(1 + len(_facts()) / max(_counts()[t], 0.5)) for t in left}
    total = sum(weights.values())
    if not found and not _is_sure(question, left):
        return []
    enough = _ENOUGH if found else 0.99
    said = set(words(question))
    ranked = []
    for fact in _facts():
        covers = fact.own | fact.kinds | (fact.names if any(topic is fact.topic for topic, _ in found) else frozenset())
        if not (needed | proper) <= covers or ORDINALS & set(words(fact.text.replace("per second", ""))) - said - set(
            words(fact.topic.heading)
        ):
            continue
        if kind in _EXACT and not fits(kind, fact.text):
            continue
        if kind == "count" and set(re.findall(r"\w+est\b", fact.text)) - said:
            continue
        own = fact.rest if found else fact.own
        in_topic = {t for text in fact.topic.sentences for t in terms(text)} if found and kind == "why" else set()
        shares = {t: 1.0 if t in own else _IN_TOPIC if t in in_topic else 0.0 for t in weights}
        coverage = sum(weight * shares[t] for t, weight in weights.items()) / total if total else 1.0
        if coverage < enough:
            continue
        score = coverage * (1.0 if fits(kind, fact.text) else 0.7) - 0.004 * len(fact.own) - oddness(fact.text, said)
        score += 0.1 * len(needed & fact.own) / (len(needed) or 1) + (0.1 if needed and needed <= fact.names else 0)
        score += 0.1 * sum(t in fact.own for t in weak) / (len(weak) or 1)
        ranked.append((score + 0.1 * adjacent(asked, terms(fact.text)), fact.text))
    return sorted(ranked, key=lambda entry: -entry[0])


def _is_sure(question: str, left: list[str]) -> bool:
    """Where no topic is named, two words must be asked for, or one rare word in a question such as "What is lava?"."""
    if not any(t.isalpha() for t in left) or _POINTING.search(question):
        return False
    return len(set(left)) > 1 or (_counts()[left[0]] <= _RARE and bool(_WHAT_IS.match(question)))


def members(asked: list[str]) -> list[Topic]:
    """Return the topics that are of the kind asked for, such as "planet" or "German city", in the order of the file."""
    wanted = set(asked)
    found = []
    for topic in topics():
        kinds = [set(terms(kind)) for kind in topic.kinds]
        if any(kind and kind <= wanted for kind in kinds):
            known = set().union(*kinds) | set(terms(topic.sentences[0]))
            if wanted <= known:
                found.append(topic)
    return found
