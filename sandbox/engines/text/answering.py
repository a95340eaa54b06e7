"""The text engine: answers from what the request says, else from the sandbox's own facts. It is no language model.

How an answer comes about (each step only if the ones before gave nothing):

1. The last user message is parted into question and document (see `prompts.py`). Of very long requests, both ends are
   read (see `asking.py`).
2. A greeting, thanks, "Repeat: ...", a calculation, a count of words or letters, capitals, sorting, addresses and dates
   to extract, "positive or negative?": done by rule (see `tasks.py`).
3. Without a question, what was said is noted, with the pronouns turned ("My name is ..." becomes "your name is ...").
4. What needs a language model (translate, write code or poems) is declined.
5. "Summarize": the sentences of the document that have most in common with all the others, in their order.
6. Two questions in one message are answered one after the other (see `asking.py`).
7. Tables, counts, comparisons and calculations are worked out (see `working.py`).
8. "List" or "Name three": items under the heading asked for, or of an enumeration, or topics of that kind.
9. A question goes to the sources in this order: document, earlier turns, system message, facts. In each, passages are
   ranked as `passages.py` says; one that covers less than half of the question is no answer. A heading stands for what
   is under it. Facts: see `recall.py`.
   A question about "my ..." looks only at what the user said (see `statements.py`: later statements and corrections
   win), one about "your ..." only at the system message; but "Why ...?" may be answered by a fact on a topic it names.
   A question with "it" or without words of its own ("And in Hamburg?") takes over the words of the question before.
10. Else it says that it has nothing, and what would help; in German where the question is. Of a document it says "The
   text given does not say so." only where no word of the question is in it; else that it finds no sentence that
   answers, and the one that shares the rarest words with the question.

An open question ("What is ...?") gets two to four sentences, a narrow one gets one. Wishes about the form (see
`wishes.py`) are honored, except in replies of the sandbox about itself. A limit of words prefers, among sentences that
answer well, one that fits it (see `shaping.py`). "Yes" and "no": see `verdicts.py`. Temperature 0 takes the best
sentences; above 0, sentences and openings are drawn from the ranked ones with weights exp(5 * score / temperature) by a
random generator that is seeded with `seed`. Facts are in English; a German question finds them by the German words in
`alike.txt`.
"""

import re
from collections.abc import Sequence

from sandbox.engines.messages import Message
from sandbox.engines.text.asking import (
    AUXILIARY,
    FIRST_PERSON,
    LEFT_OUT,
    MORE,
    SECOND_PERSON,
    Request,
    asked_terms,
    draw,
    parted,
    read_request,
)
from sandbox.engines.text.facts import Topic, any_of, vocabulary
from sandbox.engines.text.listing import central, list_answer
from sandbox.engines.text.passages import (
    ENOUGH,
    Passage,
    fact_terms,
    fits,
    found_terms,
    is_german,
    nearest,
    passages,
    rank,
    terms,
    weak_terms,
)
from sandbox.engines.text.prompts import is_statement
from sandbox.engines.text.pronouns import turn_first_person
from sandbox.engines.text.recall import named_topics, overview, recall
from sandbox.engines.text.shaping import FEW_WORDS, as_list, cut, ended, fits_in, framed, shape
from sandbox.engines.text.statements import correction, from_instructions, from_user, is_correction, statements
from sandbox.engines.text.tasks import IDENTITY, Fixed, decline, direct_reply
from sandbox.engines.text.verdicts import yes_or_no
from sandbox.engines.text.working import is_off_topic, with_text, worked_out
from sandbox.engines.words import count_tokens, sentences, words

NOTHING = Fixed(
    "The sandbox has nothing on this. Put a text that holds the answer into the prompt, or use the real service."
)
_LONGEST_QUOTE, _MOST_UNDER = 60, 6
NOT_SAID = Fixed("The text given does not say so.")
_CANNOT_TELL = Fixed("The sandbox cannot tell: it has nothing that says yes or no.")
NOT_FOUND = Fixed("The sandbox finds no sentence in the text given that answers this.")
_GERMAN = {
    NOTHING: "Die Sandbox hat nichts dazu. Ein Text mit der Antwort im Prompt hilft, oder der echte Dienst.",
    NOT_SAID: "Der Text sagt das nicht.",
    NOT_FOUND: "Die Sandbox findet im Text keinen Satz, der das beantwortet.",
    " Nearest: ": " Am nächsten kommt: ",
    _CANNOT_TELL: "Die Sandbox kann das nicht sagen: Nichts sagt hier ja oder nein.",
}
_ENOUGH_FITTING = 0.42  # and where it has the date, name, place or number that is asked for
_VERDICT = re.compile(r"(?:Yes|No)\.(?: |$)")
# Ways to begin above temperature 0, by how likely they are.
_OPENINGS = ((0.0, ""), (-0.25, "In short: "), (-0.25, "Put simply: "), (-0.3, "Here is what is known: "))
_CURRENT = re.compile(rf"\b{any_of('current')}\b", re.IGNORECASE)
_OPINION = re.compile(rf"\b{any_of('opinion')}\b", re.IGNORECASE)
_SUMMARIZE = re.compile(rf"\b{any_of('summarize')}\b", re.IGNORECASE)
_COMPARING = re.compile(r"\b(?:difference|differ|compare|comparison|versus|vs|distinguish|and)\b", re.IGNORECASE)
_PERSONAL = re.compile(
    r"\b(?:my|mine|your|our|mein(?:e[mnrs]?)?|dein(?:e[mnrs]?)?|unser(?:e[mnrs]?)?|ich|du|wir)\b"
    r"|\b(?:can|could|do|did|are|have|will|were) you\b"
    r"|(?<!how )\b(?:do|did|have|was|am|should|will) (?:i|we)\b",
    re.IGNORECASE,
)
_WHO_ARE_YOU = re.compile(rf"\b{any_of('who_are_you')}\b", re.IGNORECASE)
_AUXILIARY_IS = re.compile(r"\W{0,9}(?:is|are|was|were)\b", re.IGNORECASE)


def answer(messages: list[Message], temperature: float = 0.0, seed: int = 0) -> str:
    """Answer the last user message of a conversation.

    Args:
        messages: the request's messages, checked by the core.
        temperature: 0 for the best answer, always the same; above 0 for answers drawn from the good ones.
        seed: decides what is drawn.

    Returns:
        The whole answer, never empty; the core cuts it by `max_tokens` and `stop`.
    """
    request = read_request(messages, temperature, seed)
    reply = _reply(request, request.text)
    shaped = _shaped(request, reply).strip() or NOTHING
    return str(framed(in_german(shaped) if is_german(request.prompt.question) else shaped, request.wishes))


def in_german(reply: str) -> str:
    """Return a reply to a German question, with what the sandbox says of itself and "Yes." and "No." in German."""
    for english, german in _GERMAN.items():
        reply = reply.replace(english, german)
    return f"{'Ja' if reply[0] == 'Y' else 'Nein'}.{reply.partition('.')[2]}" if _VERDICT.match(reply) else reply


def _reply(request: Request, text: str) -> str:
    if not text:
        return Fixed(f"The last message has no text. {NOTHING}")
    if direct := direct_reply(text, request.prompt):
        return direct
    if not request.prompt.question:
        return _note(request)
    if done := with_text(request):
        return done
    if (declined := decline(request.prompt.question)) and not _SUMMARIZE.search(request.prompt.question):
        return declined
    if _SUMMARIZE.search(request.prompt.question):
        return _summarize(request)
    parts = parted(request)
    return _one_by_one(request, parts) if len(parts) > 1 else _single(request)


def _single(request: Request) -> str:
    """The answer to one question: worked out, else a list, else found."""
    return worked_out(request) or list_answer(request) or _answer(request)


def _shaped(request: Request, reply: str) -> str:
    """The reply in the form asked for; what the sandbox says about itself stays as it is."""
    return reply if isinstance(reply, Fixed) else shape(reply, request.wishes, request.question, request.kind)


def _one_by_one(request: Request, parts: list[Request]) -> str:
    """The answers to several questions, each sentence once; a question without an answer is named."""
    replies = [_single(part) for part in parts]
    if len(set(replies)) == 1 and isinstance(replies[0], Fixed):
        return replies[0]
    texts: list[str] = []
    told: set[str] = set()
    for part, reply in zip(parts, replies, strict=True):
        new = [sentence for sentence in sentences(reply) if sentence not in told or sentence in ("Yes.", "No.")]
        if isinstance(reply, Fixed):
            texts.append(_missing(part, reply))
        elif not set(new) <= {"Yes.", "No."} or request.wishes.yes_no:
            texts.append(_shaped(part, reply if "\n" in reply else " ".join(new)))
        told |= set(sentences(reply))
    if request.wishes.sentences and request.wishes.sentences < len(texts):
        return Fixed("; ".join(text.rstrip(".") for text in texts) + ".")
    return Fixed(" ".join(texts))


def _missing(part: Request, reply: str) -> str:
    if reply == NOTHING:
        return f'The sandbox has nothing on "{part.question}"'
    if reply.startswith((NOT_SAID, NOT_FOUND)):
        more = reply.removeprefix(NOT_SAID).removeprefix(NOT_FOUND)
        return f'The sandbox finds no sentence in the text given that answers "{part.question}"{more}'
    return reply


def _note(request: Request) -> str:
    said = request.prompt.document
    if request.prompt.is_long:
        found = passages(said)
        main = [cut(sentence, _LONGEST_QUOTE) for sentence in central(found, 1)]
        point = f" Its most central sentence: {main[0]}" if main else ""
        length = f"{'more than ' if LEFT_OUT in said else ''}{len(words(said))} words"
        return f"Noted: a text of {length}.{point} Ask a question about it."
    asked = asked_terms(said) if not is_correction(said) else []
    if asked and len(asked) <= 4 and not is_statement(said):
        return _from_facts(request, said, asked) or NOTHING
    if not is_statement(said) and not is_correction(said):
        return NOTHING
    turned = " ".join(turn_first_person(sentence) for sentence in sentences(said))
    return f"Noted: {_lower_start(turned)}" + ("" if turned[-1:] in ".!" else ".")


def _lower_start(text: str) -> str:
    return text[:1].lower() + text[1:] if text.split(" ", 1)[0].lower() in vocabulary("lower_at_start") else text


def _summarize(request: Request) -> str:
    text = (
        request.prompt.document
        or next(iter(request.documents), "")
        or (request.system.document if request.system.is_long else "")
    )
    if not text:
        topics = named_topics(asked_terms(_SUMMARIZE.sub(" ", request.question)))[0]
        if topics:
            return _open(request, overview(*topics[0]))
        return Fixed("There is no text to summarize in the request. Put it into the prompt, after the instruction.")
    found = [p for p in passages(text) if not p.is_heading]
    count = request.wishes.items or request.wishes.sentences or (3 if len(found) > 6 else 2)
    chosen = central(found, count)
    if request.wishes.bullets or request.wishes.numbered or request.wishes.items:
        return as_list(chosen, request.wishes, request.prompt.question)
    return " ".join(ended(sentence) for sentence in chosen)


def _answer(request: Request) -> str:
    question = request.prompt.question
    you, me = SECOND_PERSON.search(request.question), FIRST_PERSON.search(request.question)
    if request.prompt.is_long:
        return _from_document(request, request.prompt.document, expands=True) or _not_said(
            request, request.prompt.document
        )
    for text in request.documents:
        if found := _from_document(request, text):
            return found
    said = statements(request.user_said)
    if found := correction(request, said):
        return found
    if me and (found := from_user(request, said)):
        return found
    if you or _WHO_ARE_YOU.search(question):
        found = from_instructions(request, request.system.document)
        if found or _WHO_ARE_YOU.search(question):
            return found or IDENTITY
    general = [s.text for s in said if not FIRST_PERSON.search(s.text)]
    if not me and general and (found := _from_document(request, "\n\n".join(general))):
        return found
    if not you and request.system.document and (found := _from_document(request, request.system.document)):
        return found
    if request.wishes.only_text and (text := next(iter(request.documents), "") or request.system.document):
        return _not_said(request, text)
    told = [
        s
        for reply in request.others_said
        for s in sentences(reply)
        if not s.startswith("Noted") and fits(request.kind, s)
    ]
    if is_off_topic(request):
        return Fixed(request.wishes.if_other)
    if found := _from_facts(request, question, request.asked):
        return found
    if not (me or you) and told and request.asked and (found := _from_document(request, "\n\n".join(told))):
        return found
    if request.wishes.if_missing:
        return Fixed(request.wishes.if_missing)
    return _CANNOT_TELL if request.wishes.yes_no else NOTHING


def _not_said(request: Request, text: str) -> Fixed:
    """What is said of a text without an answer: a plain denial only where it has no word of the question."""
    if request.wishes.if_missing:
        return Fixed(request.wishes.if_missing)
    found = passages(text)
    asked = [t for t in request.asked if t not in weak_terms()]
    if not asked or found_terms(asked, found):
        near = nearest(asked, found)
        quoted = " ".join(part for part in (_sentence_before(found, near.text), near.text) if part) if near else ""
        return Fixed(f"{NOT_FOUND} Nearest: {ended(quoted)}") if near else NOT_FOUND
    if request.wishes.only_text or FIRST_PERSON.search(request.question) or not named_topics(request.asked)[0]:
        return NOT_SAID
    fact = _from_facts(request, request.prompt.question, request.asked)
    return Fixed(f"{NOT_SAID} {_shaped(request, fact)}") if fact else NOT_SAID


def _from_document(request: Request, text: str, expands: bool = False) -> str | None:
    """The passage of a text that answers the question, or None."""
    found = passages(text)
    label = set(terms(request.question))
    for passage in found if not request.asked else []:
        key, colon, _ = passage.text.partition(":")
        if colon and terms(key) and set(terms(key)) <= label:
            return ended(passage.text)
    if not request.asked:
        chosen = central(found, request.wishes.sentences or 2) if expands and found else []
        return " ".join(map(ended, chosen)) or None
    ranked = rank(request.question, request.asked, found, request.kind, frozenset(request.hints))
    least = {True: _ENOUGH_FITTING, False: ENOUGH}
    good = [
        (score, p)
        for score, coverage, p in ranked
        if coverage >= least[request.kind is not None and fits(request.kind, p.text)]
    ]
    good = [entry for entry in good if not (request.goes_on and entry[1].text in request.told)]
    good = [entry for entry in good if not entry[1].is_heading] or [entry for entry in good if expands]
    if not good:
        return None
    best = good[0][0]
    texts = {p.text: (score, p) for score, p in reversed(good) if score >= 0.75 * best}
    pool = sorted(((score, text) for text, (score, _) in texts.items()), key=lambda entry: -entry[0])
    pool = _fitting_first(pool, request)
    count = min(request.wishes.sentences or 1, len(good)) if not request.wishes.detailed else 3
    chosen = draw(pool, 1, request) + [p.text for _, p in good if p.text != pool[0][1]][: count - 1]
    best_passage = texts[chosen[0]][1]
    if best_passage.is_heading and (under := [p.text for p in found if p.section == chosen[0]][:_MOST_UNDER]):
        chosen = under
    elif request.kind and best_passage.section and not fits(request.kind, chosen[0]):
        chosen[0] = f"{best_passage.section}: {chosen[0]}" if fits(request.kind, best_passage.section) else chosen[0]
    before = _sentence_before(found, chosen[0]) if len(chosen) == 1 and not request.wishes.sentences else ""
    verdict = yes_or_no(request, chosen[0], best_passage.carried)
    source = best_passage.source if request.wishes.cite else ""
    said = " ".join(ended(sentence) for sentence in [before, *chosen] if sentence)
    return f"{verdict}{said} [{source}]" if source else verdict + said


def _sentence_before(found: Sequence[Passage], text: str) -> str:
    """The sentence before one that begins with "This" or the like, which says little alone."""
    if not re.match(r"(?:This|That|These|Those|Dies\w*)\b", text):
        return ""
    position = next((i for i, p in enumerate(found) if p.text == text), 0)
    before = found[position - 1] if position else None
    return before.text if before and not before.is_heading and not before.is_item else ""


def _from_facts(request: Request, question: str, asked: list[str]) -> str | None:
    found, left = named_topics(asked)
    is_personal = _PERSONAL.search(request.question) and not (request.kind == "why" and found)
    if _CURRENT.search(question) or _OPINION.search(question) or is_personal:
        return None
    if request.hints:
        asked = [*request.hints, *asked]
        found, left = named_topics(asked)
        if not found:
            return None
    if not asked:
        return None
    kind = request.kind if request.kind != "who" else None
    if _AUXILIARY_IS.match(request.question) and (kin := _of_kind(found, asked)):
        return f"Yes. {kin.sentences[0]}"
    asks_more, left = bool(left), [t for t in left if t not in weak_terms()]
    if found and not left and kind is None:
        topics = list(dict.fromkeys(found))
        if len({topic.heading for topic, _ in topics}) == 1:
            ordered = overview(*topics[0])
            if AUXILIARY.match(request.question):
                return next(
                    (f"{verdict}{text}" for text in ordered if (verdict := yes_or_no(request, text))), ordered[0]
                )
            return _open(request, ordered)
        if _COMPARING.search(question):
            return _compare(request, topics)
    told = request.told if request.goes_on or MORE.search(question) else set()
    ranked = [entry for entry in recall(question, asked, request.kind) if entry[1] not in told]
    if found and not asks_more and kind is not None:
        fitting = [
            (1 - 0.2 * i, text)
            for i, text in enumerate(overview(*found[0], kind))
            if fits(kind, text) and text not in told
        ]
        ranked = fitting if len(found) == 1 else ranked
    if not ranked:
        return None
    for _, text in ranked:
        if verdict := yes_or_no(request, text):
            return verdict + text
    pool = _fitting_first([entry for entry in ranked if entry[0] >= 0.85 * ranked[0][0]], request)
    chosen = draw(pool, 1, request)
    more = [text for _, text in ranked if text not in chosen][: (request.wishes.sentences or 1) - 1]
    return _opening(request) + " ".join(chosen + more)


def _fitting_first(pool: list[tuple[float, str]], request: Request) -> list[tuple[float, str]]:
    """Those first that have no more words than were asked for, unless a few words of any sentence will do."""
    if request.wishes.words is None or request.wishes.words <= FEW_WORDS:
        return pool
    return sorted(pool, key=lambda entry: not fits_in(entry[1], request.wishes))


def _of_kind(found: Sequence[tuple[Topic, tuple[str, ...]]], asked: Sequence[str]) -> Topic | None:
    """The topic of a question such as "Is Saturn a planet?", if it is of that kind."""
    for topic, key in found[:1]:
        rest = {t for t in asked if t not in key}
        if any(rest == fact_terms(kind) for kind in topic.kinds):
            return topic
    return None


def _open(request: Request, ordered: Sequence[str]) -> str:
    """Two to four sentences on a topic, 40 tokens or more where it has them."""
    new = (
        [text for text in ordered if text not in request.told]
        if MORE.search(request.prompt.question) or not request.question
        else ordered
    )
    if not new:
        return Fixed("The sandbox knows no more about this.")
    asked = set(request.asked)
    about = [(0.0, text) for text in new if asked <= fact_terms(text)]
    new = (
        list(dict.fromkeys([*(text for _, text in _fitting_first(about, request)), *new]))
        if request.wishes.words
        else new
    )
    most = request.wishes.sentences or (6 if request.wishes.detailed else 4)
    drawn = draw([(-0.2 * i, text) for i, text in enumerate(new)], most, request)
    chosen: list[str] = []
    for text in drawn:
        if (
            len(chosen) >= 2
            and request.wishes.sentences is None
            and not request.wishes.detailed
            and count_tokens(" ".join([*chosen, text])) > 80
        ):
            break
        chosen.append(text)
    return _opening(request) + " ".join(chosen)


def _compare(request: Request, topics: list) -> str:
    each = max(1, (request.wishes.sentences or 4) // len(topics))
    return " ".join(text for topic, name in topics[:4] for text in overview(topic, name)[:each])


def _opening(request: Request) -> str:
    if request.temperature <= 0 or request.wishes.yes_no or request.wishes.words or AUXILIARY.match(request.question):
        return ""
    return draw(list(_OPENINGS), 1, request)[0]
