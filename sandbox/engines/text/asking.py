"""What a conversation asks: the last question without its polite frame, what it takes over, and what was said before.

A question's terms are those of its words that are neither stop words nor words about asking ("explain", "text"). A
question without terms of its own ("Why?") takes over the question before, one with "it" or "And ...?" its subject.

Two questions in one message are answered one by one. They part at the end of a question and at "and" before a question
word ("... and when ...") or, where the first has its own subject, a verb ("... and is it ..."). The second takes over
the subject of the first where it says "it" or has no verb of its own ("... and how many rooms?").
"""

import math
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sandbox.engines.messages import Message, message_text
from sandbox.engines.text.facts import any_of, vocabulary
from sandbox.engines.text.passages import expected, terms
from sandbox.engines.text.prompts import QUESTION_START, Prompt, read_prompt
from sandbox.engines.text.recall import named_topics
from sandbox.engines.text.tasks import without_greeting
from sandbox.engines.text.wishes import Wishes, read_wishes, without_wishes
from sandbox.engines.words import sentences

_SCALE = 5.0
_LEAD = re.compile(rf"\W{{0,9}}{any_of('leads')}\b[\s,:!]*", re.IGNORECASE)
ASKED_TYPE = frozenset(terms(" ".join(vocabulary("asked_types"))))
ASK_WORDS = ASKED_TYPE | frozenset(terms(" ".join(vocabulary("ask_words"))))
GERMAN_FIRST_PERSON = r"ich|mein(?:e[mnrs]?)?|mich|mir|wir|uns(?:er(?:e[mnrs]?)?)?"
GERMAN_SECOND_PERSON = r"du|dein(?:e[mnrs]?)?|dich|dir"
FIRST_PERSON = re.compile(rf"\b(?:my|mine|i|me|we|our|us|am i|myself|{GERMAN_FIRST_PERSON})\b", re.IGNORECASE)
SECOND_PERSON = re.compile(
    rf"\b(?:your|yours|you|yourself|{GERMAN_SECOND_PERSON})\b|(?-i:(?<=[\w,] )(?:Sie|Ihnen|Ihre?[mnrs]?)\b)",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|their|them|he|his|him|she|her|this|that|there|these|those)\b", re.IGNORECASE
)
_WHAT_ABOUT = re.compile(r"\W{0,9}(?:and|what about|how about|und)\b", re.IGNORECASE)
MORE = re.compile(r"\b(?:more|else|go on|continue|further|weiter|mehr)\b", re.IGNORECASE)
_GERMAN_VERB = r"(?:ist|sind|kostet|macht|bedeutet|heißt|gibt|hat|kann|muss|war|sagt|steht|passiert|tut|soll|darf|wird)"
AUXILIARY = re.compile(
    rf"\W{{0,9}}(?:is|are|am|was(?! {_GERMAN_VERB}\b)|were|does|do|did|can|could|has"
    r"|have|had|will|would|must|may|should|ist|sind|war|waren|hat|haben|kann|gibt|darf|muss)\b",
    re.I,
)
_ASKING_WORD = (
    r"(?:who|whom|whose|what|when|where|why|which|how|wer|wem|wen|was|wann|wo|wohin|woher|warum|wieso|wie|wieviel"
    r"|welche[mnrs]?)\b"
)
_VERB = (
    r"(?:is|are|was|were|does|do|did|can|could|has|have|had|will|would|should|ist|sind|war|waren|hat|haben|kann|gibt|darf"
    r"|dürfen|muss|wird|werden|wurde)\b"
)
_NEXT_QUESTION = re.compile(
    r"\?[\s\"”]+|[,;]?\s+(?:and|und)(?: also| auch)?\s+"
    r"(?=(?:(?:in|at|on|for|from|to|since|by|with|until|of|an|seit|bis|mit|für|von|zu|um|ab) )?"
    rf"{_ASKING_WORD}"
    rf"|{_VERB} (?:it|he|she|they|there|i|you|we|er|sie|es|ich|wir|man)\b)",
    re.IGNORECASE,
)
# A question that names its subject after a verb ("When does the ..."); to "Who ...?" or "Which ...?", "and is" belongs.
_HAS_SUBJECT = re.compile(
    r"\W{0,9}(?:when|where|why|how much|how(?! many)(?: \w+)?|what(?= (?:does|do|did|can|will|would))|wann|wo|warum"
    rf"|wie) {_VERB}",
    re.IGNORECASE,
)
_NEXT_YES_NO = re.compile(rf",?\s+(?:and|und)\s+(?={_VERB})", re.IGNORECASE)
_ANY_ASKING_WORD = re.compile(rf"\b{_ASKING_WORD}", re.IGNORECASE)
_ANY_VERB = re.compile(rf"\b{_VERB}", re.IGNORECASE)
_MOST_PARTS, _ELLIPTIC_WORDS, _MOST_ASKED = 4, 4, 40
LEFT_OUT = "\n\n[...]\n\n"  # stands for the middle of a text that is too long
_MOST_MESSAGES, _MOST_CHARACTERS = 300, 240_000


@dataclass
class Request:
    """What is asked, and what may help to answer it.

    `text` is the last message of the user, `prompt` its parts, `question` what is asked without wishes, `asked` its
    terms, `hints` those that it takes over, `kind` what it asks for (see `passages.expected`); `told` are sentences
    that were given as answers before, `before` the terms of the question before.
    """

    text: str
    prompt: Prompt
    wishes: Wishes
    question: str
    asked: list[str]
    hints: list[str]
    kind: str | None
    system: Prompt
    user_said: list[str]
    others_said: list[str]
    documents: list[str]
    temperature: float
    chance: random.Random | None
    goes_on: bool = False
    told: set[str] = field(default_factory=set)
    before: list[str] = field(default_factory=list)

    def with_question(self, question: str, asked: list[str]) -> "Request":
        """The same request with another question."""
        return replace(self, question=question, asked=asked, hints=[], kind=expected(question))


def read_request(messages: list[Message], temperature: float, seed: int) -> Request:
    """Read what a conversation asks.

    Args:
        messages: the request's messages. Of a long conversation, the instructions and the last 300 messages are read,
            and of very long texts both ends, 240,000 characters in all.
        temperature: as for `answering.answer`.
        seed: as for `answering.answer`.

    Returns:
        The last question, with all that may help to answer it.
    """
    said = _bounded(messages)
    system = read_prompt("\n".join(text for role, text in said if role in ("system", "developer")))
    users = [without_greeting(text) for role, text in said if role == "user"]
    earlier = [read_prompt(text) for text in users[:-1]]
    prompt = read_prompt(users[-1] if users else "")
    wishes = read_wishes(system.question) | read_wishes(prompt.question)
    question = _core_question(prompt.question)
    before: tuple[list[str], str | None] = [], None
    for earlier_question in [_core_question(p.question) for p in earlier if p.question]:
        hints, own, kind = _follow(earlier_question, *before)
        before = [*hints, *own] or before[0], kind
    goes_on = not asked_terms(question)
    hints, asked, kind = _follow(question, *before)
    replies = [text for role, text in said if role == "assistant"]
    return Request(
        text=(users[-1] if users else "").strip(),
        prompt=prompt,
        wishes=wishes,
        question=question,
        asked=asked,
        hints=hints,
        kind=kind,
        system=system,
        user_said=[p.document for p in earlier if p.document]
        + ([prompt.document] if prompt.document and not prompt.is_long else []),
        others_said=[*replies, *(text for role, text in said if role == "tool")],
        documents=[p.document for p in reversed(earlier) if p.is_long],
        temperature=temperature,
        chance=random.Random(seed) if temperature > 0 else None,
        goes_on=goes_on,
        before=before[0],
        told={sentence for reply in replies for sentence in sentences(reply)},
    )


def _bounded(messages: list[Message]) -> list[tuple[str, str]]:
    """The roles and texts that are read, in order; what the system says and what came last goes first."""
    last = messages[-_MOST_MESSAGES:]
    rules = [m for m in messages[:_MOST_MESSAGES] if m["role"] in ("system", "developer")]
    kept: list[tuple[str, str]] = []
    left = _MOST_CHARACTERS
    for message in [*rules, *(m for m in reversed(last) if m not in rules)]:
        text = message_text(message)
        if len(text) > 3 * left // 4 > 0:
            text = f"{text[: 3 * left // 8]}{LEFT_OUT}{text[-3 * left // 8 :]}"
        left -= len(text)
        kept.append((message["role"], text if left > 0 else ""))
    return [*kept[: len(rules)], *reversed(kept[len(rules) :])]


def parted(request: Request) -> list[Request]:
    """Return a request for each question of the message, in order; the request itself where there is only one."""
    questions = _questions(request.question)
    if len(questions) < 2:
        return [request]
    parts: list[Request] = []
    before, kind_before = request.before, None
    for number, question in enumerate(questions):
        hints, asked, kind = _follow(question, before, kind_before)
        is_elliptic = len(question.split()) <= _ELLIPTIC_WORDS and not _ANY_VERB.search(question)
        if number and not hints and asked != before and is_elliptic:
            hints = [t for t in before if t not in asked]
        prompt = replace(request.prompt, question=question)
        goes_on = not asked_terms(question)
        parts.append(
            replace(request, prompt=prompt, question=question, hints=hints, asked=asked, kind=kind, goes_on=False)
        )
        before, kind_before = ([*hints, *asked] if not goes_on else before), kind
    return parts


def _questions(text: str) -> list[str]:
    """The questions of a text, each with its mark; the text alone where it is one question."""
    found = _NEXT_QUESTION.split(text)
    if AUXILIARY.match(text) or _HAS_SUBJECT.match(text):
        found = [part for whole in found for part in _NEXT_YES_NO.split(whole)]
    found = [_without_lead(part.strip()) for part in found if asked_terms(part) or _ANY_ASKING_WORD.search(part)]
    while len(found) > 1 and not asked_terms(found[0]):
        found = [f"{found[0].rstrip('?')} and {found[1]}", *found[2:]]
    if not 1 < len(found) <= _MOST_PARTS:
        return [text]
    return [f"{part.rstrip('?.! ')}?" for part in found]


def _core_question(text: str) -> str:
    """What is asked, without wishes and polite phrases; beside a real question, other instructions do not count."""
    text = without_wishes(text)
    asking = [sentence for sentence in sentences(text) if sentence.endswith("?")]
    parts = [sentence.rpartition(": ")[2] for sentence in asking]
    asking = [part if QUESTION_START.match(part) else whole for part, whole in zip(parts, asking, strict=True)]
    question = _without_lead(" ".join(asking) or text)
    return re.sub(r"^(how) (?:does|do|did) (.+) work(?=\W*$)", r"\1 is \2", question, flags=re.IGNORECASE)


def _without_lead(question: str) -> str:
    """The question without "Please tell me" and the like; a question word that follows is kept."""
    while (match := _LEAD.match(question)) and match.end() < len(question) and not _WHAT_ABOUT.match(question):
        question = question[match.end() :]
    return question


def asked_terms(question: str) -> list[str]:
    """Return the terms of a question but those about asking; of a very long question, the last 40."""
    found = terms(question)[-_MOST_ASKED:]
    names = {t for _, key in named_topics(found)[0] if len(key) > 1 for t in key}
    left = [t for t in found if t in names or t not in ASK_WORDS]
    return left or [t for t in found if t in ASKED_TYPE]


def _follow(question: str, before: list[str], kind_before: str | None) -> tuple[list[str], list[str], str | None]:
    """Take over from the question before what a follow-up leaves out.

    Returns:
        Terms that are meant besides the question's own, the terms asked for, and what is asked for (a date, ...).
    """
    asked, kind = asked_terms(question), expected(question)
    if not before or SECOND_PERSON.search(question) or FIRST_PERSON.search(question):
        return [], asked, kind
    found, left = named_topics(before)
    subject = [t for _, key in found for t in key] or before
    if not asked:
        if MORE.search(question) and found:
            return [], list(found[0][1]), kind
        return [], before if kind in (None, "why") else subject, kind
    named = bool(named_topics(asked)[0])
    points_back = bool(_POINTS_BACK.search(question))
    if _WHAT_ABOUT.match(question) and not points_back:
        is_other_subject = len(asked) == 1 and bool(re.search(r"(?<=\w )[A-ZÀ-Þ]", question))
        if named or is_other_subject:
            return [], (left if found else before[1:]) + asked, kind or kind_before
        return subject, asked, kind
    return subject if points_back else [], asked, kind


def draw(ranked: Sequence[tuple[float, str]], count: int, request: Request) -> list[str]:
    """The best entries at temperature 0, else entries drawn with weights exp(5 * score / temperature), none twice."""
    left = list(ranked)
    if request.temperature <= 0:
        return [text for _, text in left[:count]]
    drawn = []
    while left and len(drawn) < count:
        best = max(score for score, _ in left)
        weights = [math.exp(_SCALE * (score - best) / request.temperature) for score, _ in left]
        index = request.chance.choices(range(len(left)), weights)[0]
        drawn.append(left.pop(index)[1])
    return drawn
