"""Answers that are worked out from the text of the request rather than found in it.

In this order: addresses, links, dates, amounts and numbers extracted, and whether a text is positive or negative (see
`tasks.py`); tables (see `records.py`); "my number times 3", for which the number is looked up first; counts of what is
listed ("How many ingredients ...?"); calculations and comparisons (see `quantities.py`), which for two topics named in
the question ("Which is larger, ...?") use their facts: the one that a fact calls the largest, else their numbers.
"""

import re

from sandbox.engines.text.asking import FIRST_PERSON, Request
from sandbox.engines.text.listing import entries
from sandbox.engines.text.passages import terms
from sandbox.engines.text.quantities import compare, operate, operation, solve
from sandbox.engines.text.recall import named_topics
from sandbox.engines.text.records import from_tables
from sandbox.engines.text.shaping import as_list
from sandbox.engines.text.statements import from_user, statements
from sandbox.engines.text.tasks import Fixed, extract, sentiment
from sandbox.engines.words import words

_COUNTS = re.compile(r"\b(?:how many|wie viele|count the|number of)\b", re.IGNORECASE)
_LISTS = re.compile(r"\W{0,9}(?:please )?(?:list|name|show|enumerate|nenne)\b", re.IGNORECASE)


def texts_given(request: Request) -> list[str]:
    """Return the texts to ask about: the message's own, those of earlier turns, the system message's."""
    return [text for text in (request.prompt.document, *request.documents, request.system.document) if text]


def with_text(request: Request) -> str | None:
    """Return what a task by rule ("Extract all dates", "positive or negative?") gives for the text, or None."""
    for text in texts_given(request)[:1]:
        if found := extract(request.prompt.question, text):
            name, items = found
            if not items:
                return request.wishes.if_missing or Fixed(f"The text given has no {name}.")
            in_lines = request.wishes.bullets or request.wishes.numbered or "list" in request.prompt.question.lower()
            return Fixed(as_list(items, request.wishes, request.prompt.question) if in_lines else ", ".join(items))
        if found := sentiment(request.prompt.question, text, request.wishes):
            return found
    return None


def worked_out(request: Request) -> str | None:
    """Return the answer to a question that takes a table, a count, a calculation or a comparison, or None."""
    question = request.question
    if (parts := operation(question)) and (found := _looked_up(request, parts[0])):
        return operate(found, parts[1])
    for text in texts_given(request):
        found = from_tables(request.prompt.question, terms(question), text)
        if isinstance(found, list):
            return as_list(found, request.wishes, request.prompt.question)
        if found := found or _listed(request, text) or compare(question, text) or solve(question, text):
            return found
    said = "" if request.prompt.is_long else "\n".join(request.user_said)
    if said and (found := solve(question, said) or compare(question, said)):
        return found
    if any(map(str.isdigit, question)) and (found := solve(question, question)):
        return found
    return _compared_facts(request) if request.asked else None


def _looked_up(request: Request, question: str) -> str | None:
    """The sentence that has the number asked for, from what the user said."""
    if not FIRST_PERSON.search(question):
        return None
    asked = [t for t in terms(question) if t in request.asked]
    return from_user(request.with_question(question, asked), statements(request.user_said))


def _listed(request: Request, text: str) -> str | None:
    """How many entries a text has of what is asked for, or these entries themselves."""
    counts = _COUNTS.search(request.question)
    if not counts and not _LISTS.match(request.prompt.question):
        return None
    found = entries(request, text)
    if counts:
        return f"{len(found)}: {'; '.join(found)}" if found else None
    return as_list(found, request.wishes, request.prompt.question) if len(found) > 1 else None


def _compared_facts(request: Request) -> str | None:
    found = [topic for topic, _ in named_topics(request.asked)[0]]
    if len(found) != 2 or " or " not in request.question:
        return None
    sentences = [text for topic in found for text in topic.sentences]
    superlatives = {word[:-1] + "st" for word in words(request.question) if len(word) > 4 and word.endswith("er")}
    for topic in found:
        name = topic.heading.lower()
        for text in topic.sentences:
            if superlatives & set(words(text)) and re.match(rf"(?:The )?{re.escape(name)} (?:is|has)\b", text, re.I):
                return text
    return compare(request.question, "\n\n".join(sentences))


def is_off_topic(request: Request) -> bool:
    """Tell whether a question is beyond what the request allows to talk about."""
    wishes = request.wishes
    about = set(terms(f"{wishes.only_about or ''} {request.system.document}"))
    return bool(wishes.if_other and about and about.isdisjoint(request.asked))
