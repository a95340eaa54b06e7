"""The text engine: answers from what the request says, else from the sandbox's own facts. It is no language model.

How an answer comes about (each step only if the ones before gave nothing):

1. A greeting, thanks, "Repeat: ..." or 'Say "..."', a calculation, a count of words or letters: done directly.
2. The last user message is parted into question and document. The document is what stands in quotes, fences or tags or
   after a label such as "Context:"; else all sentences between the questions and instructions at its two ends.
3. Without a question, what was said is noted, with the pronouns turned ("My name is ..." becomes "your name is ...").
4. What needs a language model (translate, write code or poems) is declined.
5. "Summarize": the sentences of the document that have most in common with all the others, in their order.
6. "List" or "Name three": items under the heading asked for, or of an enumeration, or topics of that kind.
7. The question goes to the sources in this order: document, earlier turns, system message, facts. In each, passages are
   ranked as `passages.py` says; one that covers less than half of the question is no answer. Facts: see `recall.py`.
   A question about "my ..." looks only at what the user said, one about "your ..." only at the system message. A
   question with "it" or without words of its own ("And in Hamburg?") takes over the words of the question before.
8. Else it says that it has nothing, and what would help.

An open question ("What is ...?") gets two to four sentences, a narrow one gets one. Wishes about the form (see
`wishes.py`) are honored. Temperature 0 takes the best sentences; above 0, sentences and openings are drawn from the ranked
ones with weights exp(5 * score / temperature) by a random generator that is seeded with `seed`.
"""

import math
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from .direct import IDENTITY, decline, direct_reply, without_greeting
from .facts import topics
from .messages import Message, last_user_text, message_text
from .passages import NEGATIONS, Passage, expected, fits, passages, rank, term, terms, weak_terms
from .prompts import QUESTION_START, Prompt, is_statement, read_prompt, turn_first_person, turn_second_person
from .recall import members, named_topics, overview, recall
from .shaping import as_list, as_sentence, core, ended, shape
from .wishes import NUMBERS, Wishes, read_wishes, without_wishes
from .words import count_tokens, sentences, words

NOTHING = "The sandbox has nothing on this. Put a text that holds the answer into the prompt, or use the real service."
_GOING_ON = "A raw completion goes on until it is cut, so here are facts from its own collection."
_MOST_TOKENS, _MOST_NAME_WORDS = 400, 4
NOT_SAID = "The text given does not say so."
_ENOUGH = 0.5  # least share of a question's weight that a passage must cover,
_ENOUGH_FITTING = 0.42  # and where it has the date, name, place or number that is asked for
_SCALE = 5.0
_MOST_PASSAGES = 20_000
_OPENINGS = ((0.0, ""), (-0.25, "In short: "), (-0.25, "Put simply: "), (-0.3, "Here is what is known: "))

_CURRENT = re.compile(
    r"\b(?:today|tonight|now|currently|current|latest|newest|tomorrow|yesterday|recent(?:ly)?|at the"
    r" moment|these days|this (?:week|month|year|"
    r"morning|evening)|last (?:week|month|year|night)|next (?:week|month|year)|weather|forecast|news|what"
    r" time is it|heute|morgen|aktuell\w*)\b",
    re.IGNORECASE,
)
_OPINION = re.compile(
    r"\b(?:do you (?:think|like|love|prefer|believe|feel|want)|your (?:opinion|favou?rite)|what do you"
    r" think|should (?:i|we)|best|worst|favou?rite|"
    r"recommend\w*|prettiest|nicest|most beautiful|better|worse|prefer|would you|are you happy)\b",
    re.IGNORECASE,
)
_SUMMARIZE = re.compile(
    r"\b(?:summar\w+|tl;?dr|sum up|gist|main (?:points?|ideas?)|key (?:points?|takeaways?)|overview of"
    r" (?:the|this) (?:text|document|article)"
    r"|what is (?:this|the) (?:text|document|article|passage) about|fasse|zusammenfass\w*|zusammen)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"\W*(?:please|kindly|so|well|also|and|but|now|then|can you|could you|would you|will you|do you know"
    r"|i(?:'d| would) like to know|i want to know"
    r"|i was wondering|let me know|(?:tell|give|show|teach|remind) (?:me|us)|tell|explain(?: to (?:me"
    r"|us))?|describe|define|list|name|mention|enumerate|"
    r"extract|find|state|outline|write|compare|say|answer|discuss|introduce|provide|nenne|erkläre"
    r"|beschreibe|thanks|thank you|hello|hi|hey)\b[\s,:!]*",
    re.IGNORECASE,
)
_ASK_WORDS = frozenset(
    terms(
        "question answer explain describe define meaning mean definition summarize summary list example"
        " information info fact text document context"
        " article passage following provided based sentence sentences word words paragraph bullet point"
        " points brief short detail details main thing"
        " kind type difference differences differ compare comparison versus vs know like something anything"
        " interesting tell bit little lot simple"
        " according term concept purpose idea basics introduction topic subject exactly please really ok"
        " bullets important think guess wonder"
        " year date day month time city country place person reason number"
    )
)
_NUMBERS = frozenset(terms(" ".join(NUMBERS)))
_ASKED_TYPE = frozenset(terms("year date day month time city country place person reason number"))
_COMPARING = re.compile(r"\b(?:difference|differ|compare|comparison|versus|vs|distinguish|and)\b", re.IGNORECASE)
_FIRST_PERSON = re.compile(r"\b(?:my|mine|i|me|we|our|us|am i|myself)\b", re.IGNORECASE)
_PERSONAL = re.compile(
    r"\b(?:my|mine|your|our)\b|(?<!how )\b(?:do|did|have|was|am|should|will) (?:i|we)\b", re.IGNORECASE
)
_SECOND_PERSON = re.compile(r"\b(?:your|yours|you|yourself)\b", re.IGNORECASE)
_WHO_ARE_YOU = re.compile(
    r"\b(?:who|what) (?:are|r) you\b|\byour name\b|\bwer bist du\b|\bare you (?:a |an )?(?:\w+ )?(?:human"
    r"|robot|bot|ai|chatgpt|llm|gpt\w*|claude|llama\S*|"
    r"language model|real|person|model|sandbox|machine)\b|\b(?:introduce|tell me about|describe)"
    r" yourself\b|\bwhat (?:model|version)\b.{0,20}\byou\b|"
    r"\bwhat can you do\b|\bhow can you help\b|\bwho (?:made|created|built|trained) you\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|their|them|he|his|him|she|her|this|that|there|these|those)\b", re.IGNORECASE
)
_WHAT_ABOUT = re.compile(r"\W*(?:and|what about|how about|und)\b", re.IGNORECASE)
_MORE = re.compile(r"\b(?:more|else|go on|continue|further|weiter|mehr)\b", re.IGNORECASE)
_AUXILIARY = re.compile(
    r"\W*(?:is|are|am|was(?! ist| sind| kostet| macht| bedeutet| heißt)|were|does|do|did|can|could|has"
    r"|have|had|will|would|must|may|should|ist|sind|war|waren|hat|haben|kann|gibt|darf|muss)\b",
    re.I,
)
_NEGATED = re.compile(r"\b(?:not|no|never|cannot|without|nor|neither|nicht|kein\w*|nie)\b|n't\b", re.IGNORECASE)
_ENUMERATED = re.compile(
    r"(?:\b(?:are|is|were|was|include|includes|included|including|contain|contains|with|need|needs|needed"
    r"|use|uses|offers?|sells?|such as|like|of|from|"
    r"between|bring|buy|add|sind|passes|borders|serves?|speaks?|attended)\b|:)\s",
    re.IGNORECASE,
)
_IS_NAMED = re.compile(r"(?:You are|I am) [A-ZÀ-Þ][\w-]+(?: [A-ZÀ-Þ][\w-]+)?\W*$")
_LAST_LABEL = re.compile(r"(?:^|\n)\s*(?:answer|a|assistant|response|output|reply|antwort)\s*:\s*$", re.IGNORECASE)
_QUESTION_LABEL = re.compile(r"(?:^|\n)\s*(?:question|q|user|human|input|frage)\s*:\s*", re.IGNORECASE)


@dataclass
class _Request:
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
    chance: random.Random
    goes_on: bool = False
    told: set[str] = field(default_factory=set)


def answer(messages: list[Message], temperature: float = 0.0, seed: int = 0) -> str:
    """Answer the last user message of a conversation.

    Args:
        messages: the request's messages, checked by the core.
        temperature: 0 for the best answer, always the same; above 0 for answers drawn from the good ones.
        seed: decides what is drawn.

    Returns:
        The whole answer, never empty; the core cuts it by `max_tokens` and `stop`.
    """
    request = _read(messages, temperature, seed)
    reply = _reply(request, last_user_text(messages).strip())
    return shape(reply, request.wishes, request.question, request.kind)


def continue_text(prompt: str, temperature: float = 0.0, seed: int = 0) -> str:
    """Continue a raw prompt that is in no chat template.

    Args:
        prompt: any text. If it breaks off inside a sentence that a fact can complete, that comes first.
        temperature: as for `answer`.
        seed: as for `answer`.

    Returns:
        The text that follows the prompt, at least some 300 tokens long: first what answers or completes the prompt, then
        more on its subject, then facts that are nearest to it.
    """
    label = _LAST_LABEL.search(prompt)
    asked = prompt[: label.start()] if label else prompt
    if label and (questions := list(_QUESTION_LABEL.finditer(asked))):
        asked = f"{asked[: questions[0].start()]}\n\n{asked[questions[-1].end() :]}"
    unfinished = prompt.rstrip()[-1:].isalnum() and not label
    first = _complete(prompt) if unfinished else ""
    if not first:
        first = answer([{"role": "user", "content": f"{asked}?" if unfinished else asked}], temperature, seed)
        first = f"{first} {_GOING_ON}" if first == NOTHING else first
        first = first if label else f"\n\n{first}"
    found = first if prompt[-1:].isspace() or first[0] == "\n" else f" {first}"
    for sentence in _related(terms(prompt[-2000:])):
        if count_tokens(found) > _MOST_TOKENS:
            break
        if sentence not in " ".join(f"{prompt}{found}".split()):
            found += f" {sentence}"
    return found


def _read(messages: list[Message], temperature: float, seed: int) -> _Request:
    system = read_prompt("\n".join(message_text(m) for m in messages if m["role"] in ("system", "developer")))
    users = [without_greeting(message_text(m)) for m in messages if m["role"] == "user"]
    earlier = [read_prompt(text) for text in users[:-1]]
    prompt = read_prompt(users[-1] if users else "")
    wishes = read_wishes(f"{system.question}\n{prompt.question}")
    for name, value in vars(read_wishes(prompt.question)).items():
        if value:
            setattr(wishes, name, value)
    question = _core_question(prompt.question)
    before: tuple[list[str], str | None] = [], None
    for earlier_question in [_core_question(p.question) for p in earlier if p.question]:
        hints, own, kind = _follow(earlier_question, *before)
        before = [*hints, *own] or before[0], kind
    goes_on = not _asked(question)
    hints, asked, kind = _follow(question, *before)
    replies = [message_text(m) for m in messages if m["role"] == "assistant"]
    return _Request(
        prompt=prompt,
        wishes=wishes,
        question=question,
        asked=asked,
        hints=hints,
        kind=kind,
        system=system,
        user_said=[p.document for p in earlier if p.document]
        + ([prompt.document] if prompt.document and not prompt.is_long else []),
        others_said=[*replies, *(message_text(m) for m in messages if m["role"] == "tool")],
        documents=[p.document for p in reversed(earlier) if p.is_long],
        temperature=temperature,
        chance=random.Random(seed),
        goes_on=goes_on,
        told={sentence for reply in replies for sentence in sentences(reply)},
    )


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


def _asked(question: str) -> list[str]:
    found = terms(question)
    names = {t for _, key in named_topics(found)[0] if len(key) > 1 for t in key}
    left = [t for t in found if t in names or t not in _ASK_WORDS]
    return left or [t for t in found if t in _ASKED_TYPE]


def _follow(question: str, before: list[str], kind_before: str | None) -> tuple[list[str], list[str], str | None]:
    """Take over from the question before what a follow-up leaves out.

    Returns:
        Terms that are meant besides the question's own, the terms asked for, and what is asked for (a date, a name, ...).
    """
    asked, kind = _asked(question), expected(question)
    if not before or _SECOND_PERSON.search(question) or _FIRST_PERSON.search(question):
        return [], asked, kind
    found, left = named_topics(before)
    subject = [t for _, key in found for t in key] or before
    if not asked:
        if _MORE.search(question) and found:
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


def _reply(request: _Request, text: str) -> str:
    if not text:
        return f"The last message has no text. {NOTHING}"
    if direct := direct_reply(text, request.prompt):
        return direct
    if not request.prompt.question:
        return _note(request)
    if (declined := decline(request.prompt.question)) and not _SUMMARIZE.search(request.prompt.question):
        return declined
    if _SUMMARIZE.search(request.prompt.question):
        return _summarize(request)
    return _list(request) or _answer(request)


def _note(request: _Request) -> str:
    said = request.prompt.document
    if request.prompt.is_long:
        found = passages(said)
        central = _central(found, 1)
        point = f" Its most central sentence: {central[0]}" if central else ""
        return f"Noted: a text of {len(words(said))} words.{point} Ask a question about it."
    asked = _asked(said)
    if asked and len(asked) <= 4 and not is_statement(said):
        return _from_facts(request, said, asked) or NOTHING
    if not is_statement(said):
        return NOTHING
    turned = " ".join(turn_first_person(sentence) for sentence in sentences(said))
    return f"Noted: {_lower_start(turned)}" + ("" if turned[-1:] in ".!" else ".")


def _lower_start(text: str) -> str:
    first = text.split(" ", 1)[0]
    keep = {
        "your",
        "you",
        "you're",
        "you've",
        "the",
        "a",
        "an",
        "this",
        "that",
        "it",
        "there",
        "our",
        "his",
        "her",
        "he",
        "she",
        "they",
        "in",
        "on",
    }
    return text[:1].lower() + text[1:] if first.lower() in keep else text


def _summarize(request: _Request) -> str:
    text = (
        request.prompt.document
        or next(iter(request.documents), "")
        or (request.system.document if request.system.is_long else "")
    )
    if not text:
        topics = named_topics(_asked(_SUMMARIZE.sub(" ", request.question)))[0]
        if topics:
            return _open(request, overview(*topics[0]))
        return "There is no text to summarize in the request. Put it into the prompt, after the instruction."
    found = [p for p in passages(text) if not p.is_heading]
    count = request.wishes.items or request.wishes.sentences or (3 if len(found) > 6 else 2)
    chosen = _central(found, count)
    if request.wishes.bullets or request.wishes.numbered or request.wishes.items:
        return as_list(chosen, request.wishes, request.prompt.question)
    return " ".join(ended(sentence) for sentence in chosen)


def _central(found: Sequence[Passage], count: int) -> list[str]:
    """The passages whose words are most common in the whole text, in the order of the text."""
    found = [p for p in found if not p.is_heading][:_MOST_PASSAGES]
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


def _list(request: _Request) -> str | None:
    wishes, question = request.wishes, request.prompt.question
    names = re.search(
        r"(?:^|[.!?\n]\s*)(?:please |can you |could you )*(?:list|name|enumerate|nenne)\b(?! of)",
        question,
        re.IGNORECASE,
    )
    wants = bool(wishes.items or wishes.bullets or wishes.numbered or names)
    left_out = (_ASK_WORDS - _ASKED_TYPE) | _NUMBERS
    asked = [t for t in terms(request.question) if t not in left_out and not t.isdigit()]
    if not wants and not (
        request.prompt.document and re.match(r"\W*(?:what are|which|what|who)\b", question, re.IGNORECASE)
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
            found = _items_in(recall(request.question, asked))
        elif facts and not re.search(r"\babout\b", question):
            found = _items_in([(0.0, facts[0])]) or facts
        else:
            found = facts
    if not found:
        return None
    if request.temperature > 0:
        found = _draw([(-0.2 * i, item) for i, item in enumerate(found)], limit or len(found), request)
    found = found[: limit or 8]
    note = f"\n\nThe sandbox knows no more than {len(found)}." if limit and len(found) < limit else ""
    return as_list(found, request.wishes, request.prompt.question) + note


def _items_of(text: str, asked: list[str], wants: bool, request: _Request) -> list[str]:
    """The items that a document has for a question: under a heading, or in an enumeration of its best sentence."""
    found = passages(text)[:_MOST_PASSAGES]
    ranked = rank(request.question, asked, found, None)
    for _, coverage, passage in ranked[:5]:
        if coverage < _ENOUGH:
            break
        if passage.is_heading:
            items = [p.text for p in found if p.is_item and p.section == passage.text]
            if items:
                return items
    if not wants:
        return []
    items = _items_in([(score, p.text) for score, coverage, p in ranked[:3] if coverage >= _ENOUGH])
    return items or [
        p.text for score, coverage, p in ranked[: request.wishes.items or 5] if coverage >= _ENOUGH or not asked
    ]


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


def _answer(request: _Request) -> str:
    question = request.prompt.question
    you, me = _SECOND_PERSON.search(request.question), _FIRST_PERSON.search(request.question)
    if request.prompt.is_long:
        return _from_document(request, request.prompt.document, expands=True) or _not_said(request)
    for text in request.documents:
        if found := _from_document(request, text):
            return found
    if me and (found := _from_statements(request, [turn_first_person(s) for s in _clauses(request.user_said)])):
        return found
    if you or _WHO_ARE_YOU.search(question):
        found = _from_statements(request, [turn_second_person(s) for s in _clauses([request.system.document])])
        if found or _WHO_ARE_YOU.search(question):
            return found or IDENTITY
    statements = [s for s in _clauses(request.user_said) if not _FIRST_PERSON.search(s)]
    if not me and statements and (found := _from_document(request, "\n\n".join(statements))):
        return found
    if not you and request.system.document and (found := _from_document(request, request.system.document)):
        return found
    told = [
        s
        for reply in request.others_said
        for s in sentences(reply)
        if not s.startswith("Noted") and fits(request.kind, s)
    ]
    if found := _from_facts(request, question, request.asked):
        return found
    if not (me or you) and told and request.asked and (found := _from_document(request, "\n\n".join(told))):
        return found
    return _only_yes_no(request) or request.wishes.if_missing or NOTHING


def _only_yes_no(request: _Request) -> str | None:
    return "The sandbox cannot tell: it has nothing that says yes or no." if request.wishes.yes_no else None


def _not_said(request: _Request) -> str:
    if request.wishes.if_missing:
        return request.wishes.if_missing
    if request.wishes.only_text or _FIRST_PERSON.search(request.question):
        return NOT_SAID
    is_other = named_topics(request.asked)[0] and not set(request.asked) & set(terms(request.prompt.document))
    found = _from_facts(request, request.prompt.question, request.asked) if is_other else None
    return f"{NOT_SAID} {found}" if found else NOT_SAID


def _from_document(request: _Request, text: str, expands: bool = False) -> str | None:
    """The passage of a text that answers the question, or None."""
    found = passages(text)[:_MOST_PASSAGES]
    label = set(terms(request.question))
    for passage in found if not request.asked else []:
        key, colon, _ = passage.text.partition(":")
        if colon and terms(key) and set(terms(key)) <= label:
            return ended(passage.text)
    if not request.asked:
        chosen = _central(found, request.wishes.sentences or 2) if expands and found else []
        return " ".join(map(ended, chosen)) or None
    ranked = rank(request.question, request.asked, found, request.kind, frozenset(request.hints))
    least = {True: _ENOUGH_FITTING, False: _ENOUGH}
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
    count = min(request.wishes.sentences or 1, len(good)) if not request.wishes.detailed else 3
    chosen = _draw(pool, 1, request) + [p.text for _, p in good if p.text != pool[0][1]][: count - 1]
    before = _sentence_before(found, chosen[0]) if len(chosen) == 1 and not request.wishes.sentences else ""
    verdict = _yes_or_no(request, chosen[0], texts[chosen[0]][1].carried)
    return verdict + " ".join(ended(sentence) for sentence in [before, *chosen] if sentence)


def _sentence_before(found: Sequence[Passage], text: str) -> str:
    """The sentence before one that begins with "This" or the like, which says little alone."""
    if not re.match(r"(?:This|That|These|Those|Dies\w*)\b", text):
        return ""
    position = next((i for i, p in enumerate(found) if p.text == text), 0)
    before = found[position - 1] if position else None
    return before.text if before and not before.is_heading and not before.is_item else ""


def _from_statements(request: _Request, said: list[str]) -> str | None:
    """The statement, pronouns already turned, that answers a question about the user or about the assistant."""
    if not said:
        return None
    if not request.asked:
        about = [s for s in said if re.match(r"(?:You|Your|I|My)\b", s)]
        named = [s for s in about if "name" in s.lower()] if request.kind == "who" else []
        return " ".join(ended(s) for s in (named or about)[:3]) or None
    among = [Passage(s, own=frozenset(terms(f"name {s}" if _IS_NAMED.match(s) else s))) for s in said]
    good = [
        p.text for _, coverage, p in rank(request.question, request.asked, among, request.kind) if coverage >= _ENOUGH
    ]
    return _yes_or_no(request, good[0]) + ended(good[0]) if good else None


def _clauses(texts: list[str]) -> list[str]:
    """Statements one by one: "My name is Ada and I live in Kiel." holds two. Later ones come first."""
    found = []
    for text in reversed(texts):
        for sentence in sentences(text):
            parts = re.split(r",? (?:and|but|und) (?=(?:I|I'm|my|we|our|you|your|ich|mein)\b)", sentence)
            found += [f"{part[:1].upper()}{part[1:]}" for part in parts if part]
    return found


def _from_facts(request: _Request, question: str, asked: list[str]) -> str | None:
    if _CURRENT.search(question) or _OPINION.search(question) or _PERSONAL.search(question):
        return None
    found, left = named_topics(asked)
    if request.hints:
        asked = [*request.hints, *asked]
        found, left = named_topics(asked)
        if not found:
            return None
    if not asked:
        return None
    kind = request.kind if request.kind != "who" else None
    asks_more, left = bool(left), [t for t in left if t not in weak_terms()]
    if found and not left and kind is None:
        topics = list(dict.fromkeys(found))
        if len({topic.heading for topic, _ in topics}) == 1:
            ordered = overview(*topics[0])
            if _AUXILIARY.match(request.question):
                return next(
                    (f"{verdict}{text}" for text in ordered if (verdict := _yes_or_no(request, text))), ordered[0]
                )
            return _open(request, ordered)
        if _COMPARING.search(question):
            return _compare(request, topics)
    told = request.told if request.goes_on or _MORE.search(question) else set()
    ranked = [entry for entry in recall(question, asked) if entry[1] not in told]
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
        if verdict := _yes_or_no(request, text):
            return verdict + text
    pool = [entry for entry in ranked if entry[0] >= 0.85 * ranked[0][0]]
    chosen = _draw(pool, 1, request)
    more = [text for _, text in ranked if text not in chosen][: (request.wishes.sentences or 1) - 1]
    return _opening(request) + " ".join(chosen + more)


def _open(request: _Request, ordered: Sequence[str]) -> str:
    """Two to four sentences on a topic, 40 tokens or more where it has them."""
    new = (
        [text for text in ordered if text not in request.told]
        if _MORE.search(request.prompt.question) or not request.question
        else ordered
    )
    if not new:
        return "The sandbox knows no more about this."
    most = request.wishes.sentences or (6 if request.wishes.detailed else 4)
    drawn = _draw([(-0.2 * i, text) for i, text in enumerate(new)], most, request)
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


def _compare(request: _Request, topics: list) -> str:
    each = max(1, (request.wishes.sentences or 4) // len(topics))
    return " ".join(text for topic, name in topics[:4] for text in overview(topic, name)[:each])


def _opening(request: _Request) -> str:
    if request.temperature <= 0 or request.wishes.yes_no or request.wishes.words or _AUXILIARY.match(request.question):
        return ""
    return _draw(list(_OPENINGS), 1, request)[0]


def _draw(ranked: Sequence[tuple[float, str]], count: int, request: _Request) -> list[str]:
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


def _yes_or_no(request: _Request, sentence: str, carried: frozenset[str] = frozenset()) -> str:
    """ "Yes. " or "No. " where the sentence has all the question's words in the same order, "" where that is not plain."""
    if not (request.wishes.yes_no or _AUXILIARY.match(request.question)):
        return ""
    said_words = words(sentence)
    said = [term(word) for word in said_words]
    wanted = [t for t in terms(request.question) if t not in _ASK_WORDS]
    position = 0
    for asked in wanted:
        if asked in carried and asked not in said:
            continue
        if asked not in said[position:]:
            return ""
        at = said.index(asked, position)
        before = said_words[at - 1] if at else ""
        if (
            position
            and terms(before)
            and term(before) not in wanted
            and not before.isdigit()
            and before not in NEGATIONS
        ):
            return ""
        position = at + 1
    return "Yes. " if bool(_NEGATED.search(sentence)) == bool(_NEGATED.search(request.question)) else "No. "


def _complete(prompt: str) -> str:
    """What follows an unfinished sentence, where a fact says it: "The capital of France is" is followed by "Paris."."""
    started = " ".join(re.split(r"(?<=[.!?:])\s+|\n", prompt[-300:])[-1].split())
    if not terms(started):
        return ""
    facts = [text for topic in topics() for text in topic.sentences]
    for text in facts:
        if text.lower().startswith(f"{started.lower()} "):
            return text[len(started) + 1 :]
    verb = re.fullmatch(r"(.+) (is|are|was|were)", started)
    if not verb:
        return ""
    for text in facts:
        turned = re.match(rf"(.+?) {verb.group(2)} {re.escape(verb.group(1))}(?=[ ,.])", text, re.IGNORECASE)
        if turned and len(turned.group(1).split()) <= _MOST_NAME_WORDS:
            return f"{turned.group(1)}."
    ranked = recall(started, _asked(started))
    return core(ranked[0][1], _MOST_NAME_WORDS, started, None) if ranked else ""


def _related(asked: list[str]) -> list[str]:
    """All facts, those first that have most in common with some terms: first by topic, then by words."""
    named = [topic for topic, _ in named_topics(asked)[0]]
    wanted = set(asked)
    order = sorted(
        topics(),
        key=lambda topic: (topic not in named, -max(len(wanted & set(terms(text))) for text in topic.sentences)),
    )
    return [text for topic in order[:40] for text in topic.sentences]
