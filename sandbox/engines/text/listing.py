"""Answers that are lists, and the most central sentences of a text.

A list comes from the document (the items under the heading that is asked for, else an enumeration in the sentence that
fits best, else the sentences that fit), or from the facts: topics of the kind asked for, or an enumeration.
"""

import re
from collections import Counter
from collections.abc import Sequence

from sandbox.engines.text.asking import ASK_WORDS, ASKED_TYPE, Request, draw
from sandbox.engines.text.passages import (
    ENOUGH,
    Passage,
    generic_terms,
    is_log,
    passages,
    rank,
    says_how_many,
    terms,
)
from sandbox.engines.text.recall import members, named_topics, overview, recall
from sandbox.engines.text.shaping import as_list, as_sentence
from sandbox.engines.text.wishes import NUMBERS

_NUMBERS = frozenset(terms(" ".join(NUMBERS)))
_MOST_CENTRAL = 100
_ENUMERATED = re.compile(
    r"(?:\b(?:are|is|were|was|include|includes|included|including|contain|contains|with|need|needs|needed"
    r"|use|uses|offers?|sells?|such as|like|of|from|"
    r"between|bring|buy|add|sind|passes|borders|serves?|speaks?|attended)\b|:)\s",
    re.IGNORECASE,
)


def central(found: Sequence[Passage], count: int) -> list[str]:
    """The passages whose words are most common in the whole text, at most 100, in the order of the text."""
    count = min(count, _MOST_CENTRAL)
    found = [p for p in found if not p.is_heading]
    whole = [p for p in found if p.text[-1:] in '.!"”']
    found = whole if len(whole) >= count else found
    counts = Counter(t for p in found for t in p.own)
    chosen: list[int] = []
    covered: set[str] = set()
    while len(chosen) < min(count, len(found)):
        best, best_score = -1, -1.0
        for i, p in enumerate(found):
            if i in chosen:
                continue
            score = sum(counts[t] - 0.5 for t in p.own - covered) / (8 + len(p.own)) + (0.6 if i == 0 else 0.0)
            score -= 0.5 if p.near and re.match(r"(?:It|He|She|They|This|These)\b", p.text) else 0.0
            if score > best_score:
                best, best_score = i, score
        chosen.append(best)
        covered |= found[best].own
    return [found[i].text for i in sorted(chosen)]


def list_answer(request: Request) -> str | None:
    wishes, question = request.wishes, request.prompt.question
    names = re.search(
        r"(?:^|[.!?\n]\s*)(?:please |can you |could you )*(?:list|name|enumerate|nenne)\b(?! of)",
        question,
        re.IGNORECASE,
    )
    wants = bool(wishes.items or wishes.bullets or wishes.numbered or names)
    left_out = (ASK_WORDS - ASKED_TYPE) | _NUMBERS
    asked = [t for t in terms(request.question) if t not in left_out and not t.isdigit()]
    if not wants and not (
        request.prompt.document and re.match(r"\W{0,9}(?:what are|which|what|who)\b", request.question, re.IGNORECASE)
    ):
        return None
    limit = wishes.items or (wishes.sentences if not wants else None)
    for text in [request.prompt.document, *request.documents, request.system.document]:
        if text and (found := _items_of(text, asked, wants, request)):
            return (
                as_list(found[: limit or 20], request.wishes, request.prompt.question) if wants else as_sentence(found)
            )
        if text and request.prompt.is_long:
            return None
    if not wants or not asked:
        return None
    topics = members(asked)
    if topics:
        found = [topic.heading for topic in topics]
    else:
        subject, left = named_topics(asked)
        facts = [sentence for topic, name in subject for sentence in overview(topic, name)]
        if left:
            found = _items_in(recall(request.question, asked, request.kind))
        elif facts and not re.search(r"\babout\b", question):
            found = _items_in([(0.0, facts[0])]) or facts
        else:
            found = facts
    if not found:
        return None
    if request.temperature > 0:
        found = draw([(-0.2 * i, item) for i, item in enumerate(found)], limit or len(found), request)
    found = found[: limit or 8]
    note = f"\n\nThe sandbox knows no more than {len(found)}." if limit and len(found) < limit else ""
    return as_list(found, request.wishes, request.prompt.question) + note


def entries(request: Request, text: str) -> list[str]:
    """Return the entries of a text that a question counts or lists: items under a heading, or lines of a log.

    Args:
        request: the request; all its terms but general ones ("log") have to be in the heading or in the line.
        text: the text.

    Returns:
        The entries in order; none where the text itself says how many there are.
    """
    found = passages(text)
    log = is_log(text)
    if not log and says_how_many(request.question, found):
        return []
    said = {t for p in found for t in p.own}
    asked = {t for t in request.asked if t in said or t not in generic_terms()}
    if not asked:
        return []
    headings = [p.text for p in found if p.is_heading and p.own and (asked <= p.own or p.own <= asked)]
    if headings:
        return [p.text for p in found if p.is_item and p.section == headings[0]]
    return [line.strip() for line in text.splitlines() if asked <= set(terms(line))] if log else []


def _items_of(text: str, asked: list[str], wants: bool, request: Request) -> list[str]:
    """The items that a document has for a question: under a heading, or in an enumeration of its best sentence."""
    found = passages(text)
    if wants and not asked:
        return central(found, request.wishes.items or 5)
    ranked = rank(request.question, asked, found, None)
    for _, coverage, passage in ranked[:5]:
        if coverage < ENOUGH:
            break
        if passage.is_heading:
            items = [p.text for p in found if p.is_item and p.section == passage.text]
            if items:
                return items
    if not wants:
        return []
    items = _items_in([(score, p.text) for score, coverage, p in ranked[:3] if coverage >= ENOUGH])
    return items or [p.text for score, coverage, p in ranked[: request.wishes.items or 5] if coverage >= ENOUGH]


def _items_in(ranked: list[tuple[float, str]]) -> list[str]:
    for _, text in ranked[:1]:
        comma = text.find(", ")
        comma = comma if comma > 0 else text.find(" and ")
        starts = [m.end() for m in _ENUMERATED.finditer(text, 0, comma)] if comma > 0 else []
        colon = text.find(": ")
        start = colon + 2 if 0 < colon < comma else starts[-1] if starts else None
        if start is None:
            continue
        items = [
            re.sub(r"^(?:and|or|und|oder) ", "", item.strip(" .;"))
            for item in re.split(r", (?:and |or )?| and | or | und ", text[start:])
        ]
        if len(items) > 1 and all(item and len(item.split()) <= 6 for item in items):
            return items
    return []
