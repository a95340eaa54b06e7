"""Whether a sentence says yes or no to a question.

A verdict needs all the question's words, in the same order, within one clause: between commas, semicolons, colons or
"but". There is none where the sentence holds a condition or a limit ("if", "only", "except", "under"), or a word that
takes it back ("closed", "out of order", "canceled"), that the question does not hold; nor where the sentence tells of
the past or of what may be and the question of the present. "No." needs a verb that is denied in that clause ("is not",
"cannot"), and nothing after it that the question leaves out.
"""

import re

from sandbox.engines.text.asking import ASK_WORDS, AUXILIARY, Request
from sandbox.engines.text.facts import any_of
from sandbox.engines.text.passages import NEGATIONS, term, terms
from sandbox.engines.words import words

_CLAUSE_END = re.compile(
    r"[,;:]\s|\s[–—-]\s|[()]|\s(?:but|although|though|while|whereas|aber|sondern|doch|obwohl|während)\s", re.IGNORECASE
)
_CHANGING = re.compile(rf"\b{any_of('changing')}\b", re.IGNORECASE)
_UNSURE = re.compile(rf"\b{any_of('unsure')}\b", re.IGNORECASE)
_PAST = re.compile(r"\b(?:was|were|had|did|used to|war|waren|hatte\w*|wurde\w*)\b", re.IGNORECASE)
_PRESENT = re.compile(
    r"\W{0,9}(?:is|are|am|do|does|can|has|have|will|ist|sind|hat|haben|kann|gibt|darf|muss)\b", re.IGNORECASE
)
_NEGATED = re.compile(
    r"\b(?:not|no|never|cannot|without|nor|neither|none|nobody|nothing|nicht|kein\w*|nie|niemals|ohne)\b|n['’]t\b",
    re.IGNORECASE,
)
_DENIED_VERB = re.compile(
    r"\b(?:is|are|was|were|am|do|does|did|can|could|has|have|had|will|must|may)(?:n['’]t| not| never)\b(?! only)"
    r"|\bcannot\b|\bcan['’]t\b|\bwon['’]t\b|\b(?:nicht|kein\w*)\b(?! nur)",
    re.IGNORECASE,
)


def yes_or_no(request: Request, sentence: str, carried: frozenset[str] = frozenset()) -> str:
    """Return "Yes. " or "No. " where the sentence says so plainly, else "".

    Args:
        request: the request; its question must ask for yes or no, or its wishes.
        sentence: a sentence that answers the question.
        carried: terms that the sentence's pronouns stand for.
    """
    if not (request.wishes.yes_no or AUXILIARY.match(request.question)):
        return ""
    question = request.question
    wanted = [t for t in terms(question) if t not in ASK_WORDS]
    own = [t for t in wanted if t not in carried or t in terms(sentence)]
    clause = next((part for part in _CLAUSE_END.split(sentence) if own and set(own) <= _all_terms(part)), "")
    if not clause or not _in_order(own, wanted, clause) or _is_changed(sentence, clause, question):
        return ""
    rest = sentence.replace(clause, " ", 1)
    asks_denied = bool(_NEGATED.search(question))
    if _NEGATED.search(rest) or len(_NEGATED.findall(clause)) > 1:
        return ""
    if not _NEGATED.search(clause):
        return "No. " if asks_denied else "Yes. "
    if asks_denied:
        return "Yes. "
    return "No. " if _DENIED_VERB.search(clause) and terms(clause)[-1:] == own[-1:] else ""


def _all_terms(text: str) -> set[str]:
    return {term(word) for word in words(text)}


def _is_changed(sentence: str, clause: str, question: str) -> bool:
    """Whether the sentence holds a condition, a limit or the like that the question does not hold."""
    said = {word.lower() for word in _CHANGING.findall(question) + _UNSURE.findall(question)}
    if any(word.lower() not in said for word in _CHANGING.findall(sentence) + _UNSURE.findall(clause)):
        return True
    return bool(_PRESENT.match(question) and _PAST.search(sentence) and not _PAST.search(question))


def _in_order(own: list[str], wanted: list[str], clause: str) -> bool:
    """Whether the terms stand in the clause in this order, with no other word of weight right before one of them."""
    said_words = words(clause)
    said = [term(word) for word in said_words]
    position = 0
    for asked in own:
        if asked not in said[position:]:
            return False
        at = said.index(asked, position)
        before = said_words[at - 1] if at else ""
        is_other = terms(before) and term(before) not in wanted and not before.isdigit() and before not in NEGATIONS
        if position and is_other:
            return False
        position = at + 1
    return True
