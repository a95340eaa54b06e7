"""What the sandbox's own facts have on a question.

A question names a topic if all words of one of the topic's names stand side by side in it. If it asks nothing else, the
answer is the topic's sentences. If it asks more, a single sentence must cover nearly all of it: the topic and, by
weight, three quarters of the other words (all of them where no topic is named); a word that occurs in no fact weighs
most, so a question on something else gets nothing. In a question that asks why, a word that another sentence of the
topic has counts for six tenths. A sentence with "first" or "second" in it answers only a question
that says so, and a question for a date, a number, a length or a price gets only a sentence that has one.

An index, made once, tells for every term which facts hold it, so that only facts which can answer are looked at.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from sandbox.engines.text.facts import Topic, topics
from sandbox.engines.text.passages import (
    ORDINALS,
    PROPER,
    adjacent,
    fact_terms,
    fits,
    oddness,
    terms,
    weak_terms,
)
from sandbox.engines.words import words

_ENOUGH = 0.75
_EXACT = ("when", "count", "length", "money", "weight", "heat", "speed", "version")  # such an answer has a number
_IN_TOPIC = 0.6
_RARE = 2  # a single word that names no topic must be as rare as this among the facts
_POINTING = re.compile(r"\b(?:it|its|they|their|them|he|his|him|she|her|this|that|there|these|those)\b", re.IGNORECASE)
_WHAT_IS = re.compile(
    r"\W{0,9}(?:(?:what|who)(?:'s|’s| is| are| was| were| causes?| caused) )?(?:an? |the )?[\w-]+\W*$", re.IGNORECASE
)
_SUPERLATIVE = re.compile(r"\w+est\b")


@dataclass(frozen=True, eq=False, slots=True)
class _Fact:
    text: str
    topic: Topic
    terms: list[str]
    own: frozenset[str]
    names: frozenset[str]
    kinds: frozenset[str]
    rest: frozenset[str]
    telling: frozenset[str]  # ordinals, and "largest" and the like, that a question has to say, too


@dataclass(frozen=True)
class _Index:
    facts: tuple[_Fact, ...]
    counts: Counter[str]
    holding: dict[str, frozenset[int]]  # the facts that hold a term, or whose topic's name or kind does
    names: dict[tuple[str, ...], Topic]
    longest: int


@cache
def _index() -> _Index:
    facts: list[_Fact] = []
    found_names: dict[tuple[str, ...], Topic] = {}
    for topic in topics():
        keys = [key for name in topic.names if (key := tuple(terms(name)))]
        for key in keys:
            found_names.setdefault(key, topic)
        names = frozenset(t for key in keys for t in key)
        kinds = frozenset(t for kind in topic.kinds for t in terms(kind))
        heading = Counter(terms(topic.heading))
        for text in topic.sentences:
            found = terms(text)
            own = Counter(found)
            rest = own - heading if heading <= own else own
            ordinals = ORDINALS.intersection(words(text.replace("per second", ""))).difference(words(topic.heading))
            telling = ordinals.union(_SUPERLATIVE.findall(text))
            facts.append(_Fact(text, topic, found, frozenset(own), names, kinds, frozenset(rest), telling))
    holding: dict[str, set[int]] = {}
    for number, fact in enumerate(facts):
        for t in fact.own | fact.kinds | fact.names:
            holding.setdefault(t, set()).add(number)
    return _Index(
        tuple(facts),
        Counter(t for fact in facts for t in fact.own),
        {t: frozenset(numbers) for t, numbers in holding.items()},
        found_names,
        max(map(len, found_names)),
    )


def named_topics(asked: list[str]) -> tuple[list[tuple[Topic, tuple[str, ...]]], list[str]]:
    """Find the topics that a question names.

    Args:
        asked: the question's terms, in order.

    Returns:
        The topics with the terms that name them, the longest name first where several fit; and the terms left over.
    """
    found: list[tuple[Topic, tuple[str, ...]]] = []
    left: list[str] = []
    names, longest = _index().names, _index().longest
    position = 0
    while position < len(asked):
        for length in range(min(longest, len(asked) - position), 0, -1):
            key = tuple(asked[position : position + length])
            if key in names:
                found.append((names[key], key))
                position += length
                break
        else:
            left.append(asked[position])
            position += 1
    return found, left


def overview(topic: Topic, name: tuple[str, ...] = (), kind: str | None = None) -> list[str]:
    """Return a topic's sentences, those first that have what is asked for and that hold the name it was asked by."""

    def order(text: str) -> tuple[bool, bool]:
        return (not fits(kind, text) if kind not in (None, "who") else False, not fact_terms(text).issuperset(name))

    by_heading = fact_terms(topic.heading).issuperset(name)
    return sorted(topic.sentences, key=lambda text: order(text) if not by_heading else (order(text)[0], False))


def recall(question: str, asked: list[str], kind: str | None = None) -> list[tuple[float, str]]:
    """Rank the facts that answer a question which asks more than "what is it?".

    Args:
        question: the question as it was put.
        asked: its terms.
        kind: what it asks for (see `passages.expected`).

    Returns:
        (score, sentence), best first; empty where no fact covers the question.
    """
    found, left = named_topics(asked)
    needed = {t for _, key in found for t in key}
    proper = set(terms(" ".join(PROPER.findall(question)))) & set(asked)
    weak = [t for t in left if t in weak_terms()]
    left = [t for t in left if t not in weak_terms()]
    if not found and not _is_sure(question, left):
        return []
    index = _index()
    weights = {t: math.log(1 + len(index.facts) / max(index.counts[t], 0.5)) for t in left}
    total = sum(weights.values())
    enough = _ENOUGH if found else 0.99
    said = words(question)
    ranked = []
    for number in _candidates(needed | proper, left):
        fact = index.facts[number]
        covers = fact.own | fact.kinds | (fact.names if any(topic is fact.topic for topic, _ in found) else frozenset())
        if not (needed | proper) <= covers or not _may_answer(fact, kind, said):
            continue
        own = fact.rest if found else fact.own
        in_topic = {t for text in fact.topic.sentences for t in fact_terms(text)} if found and kind == "why" else ()
        shares = {t: 1.0 if t in own else _IN_TOPIC if t in in_topic else 0.0 for t in weights}
        coverage = sum(weight * shares[t] for t, weight in weights.items()) / total if total else 1.0
        if coverage < enough:
            continue
        score = coverage * (1.0 if fits(kind, fact.text) else 0.7) - 0.004 * len(fact.own) - oddness(fact.text, said)
        score += 0.1 * len(needed & fact.own) / (len(needed) or 1) + (0.1 if needed and needed <= fact.names else 0)
        score += 0.1 * sum(t in fact.own for t in weak) / (len(weak) or 1)
        ranked.append((score + 0.1 * adjacent(asked, fact.terms), fact.text))
    return sorted(ranked, key=lambda entry: -entry[0])


def _candidates(needed: set[str], left: list[str]) -> list[int]:
    """The facts that hold all terms that are needed, else those that hold any that is left."""
    holding = _index().holding
    lists = [holding.get(t, frozenset()) for t in needed or left]
    return sorted(frozenset.intersection(*lists) if needed else frozenset().union(*lists))


def _may_answer(fact: _Fact, kind: str | None, said: list[str]) -> bool:
    """Whether a fact has the number asked for, and no "second" or "largest" that the question does not say."""
    odd = fact.telling.difference(said)
    if not ORDINALS.isdisjoint(odd) or (odd and kind in _EXACT and kind not in ("when", "money")):
        return False
    return kind not in _EXACT or fits(kind, fact.text)


def _is_sure(question: str, left: list[str]) -> bool:
    """Where no topic is named, two words must be asked for, or one rare word in a question such as "What is lava?"."""
    if not any(t.isalpha() for t in left) or _POINTING.search(question):
        return False
    return len(set(left)) > 1 or (_index().counts[left[0]] <= _RARE and bool(_WHAT_IS.match(question)))


def members(asked: list[str]) -> list[Topic]:
    """Return the topics that are of the kind asked for, such as "planet" or "German city", in the order of the file."""
    wanted = set(asked)
    found = []
    for topic in topics():
        kinds = [fact_terms(kind) for kind in topic.kinds]
        if any(kind and kind <= wanted for kind in kinds):
            known = fact_terms(topic.sentences[0]).union(*kinds)
            if wanted <= known:
                found.append(topic)
    return found
