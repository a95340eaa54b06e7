"""Function calling: choose among the tools of a request, fill their arguments, ask back, and answer from results.

The rule for choosing:
1. The last user message is cut into clauses, at sentence ends and where "and", "then" or a comma starts a new
   command or question ("..., and what time is it in Tokyo?").
2. A clause scores for each tool: 3 points for each word that is in the tool's name too, 1 for one in its
   description, half a point for one in its parameters; less for kin words (see `kin`), for words that many of the
   tools share, and for "city", "place" and the like outside the name. It gains where the clause opens with a word of
   the tool's name or the first word of its description ("extend ..." and renew_loan, "Extend the loan ..."), and where
   the clause's verb and the tool's verb are of one sort ("cancel ..." and delete_event). It loses where they are not,
   and where the clause asks what a thing is or how it works ("What is a museum?"). Where the words say little, the
   values speak: a formula, a path, two currencies or an enum's value that the tool's parameters want, or, if any word
   is related to the tool, a person or a code where the tool requires nothing else. Of tools about equal, one whose
   required parameters the clause fills is preferred. German words that `kin` lists count as English ones.
3. The tool with the most points is called, if these reach `_ENOUGH`. Otherwise no tool is, unless `tool_choice`
   demands it; then only values whose kind surely fits are taken. A tool without a description is called, too, where
   all words of its name stand in the clause. A statement before a command ("The printer is broken. Open a ticket.")
   belongs to that command. Of a long message only the start and the end are read.
4. A short message without a tool of its own ("And in Munich?", "Hamburg") that gives a value belongs to the request
   before it. "Oh", "well", "sorry" and the like in front are not read.

The arguments are filled by `schemas.fill`, from the message, then from earlier turns, then from those sentences of the
system message that state a fact about the user, a default or the day ("The user lives in Rome.").
If the message lists several values for one parameter ("in Rome and Oslo"), each gets its own call. A required value
that is nowhere leads to a question, or to a placeholder where a call is demanded.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import takewhile
from typing import Any

from helpers.sandbox.engines.kin import FUNCTION_WORDS, actions, in_english, split_name, topics
from helpers.sandbox.engines.messages import Message, message_text
from helpers.sandbox.engines.schemas import Filled, Missing, fill
from helpers.sandbox.engines.schemas.filling import MOST_NODES
from helpers.sandbox.engines.schemas.matching import make_slot
from helpers.sandbox.engines.schemas.values import LIMIT, MONTH_NAMES, parse_date
from helpers.sandbox.engines.words import STOP_WORDS, stem, words

_ENOUGH = 2.0
_MAX_CALLS = 16
_MAX_SCORED = 1000
_MAX_PIECES = 24
_MAX_STATEMENT = 400
_MAX_EVIDENCE = 300
_MAX_TRIAL_NODES = 50
_EVIDENCE = {
    "expression": 2.5,
    "sql": 2.5,
    "path": 1.5,
    "language": 1.5,
    "currency": 1.2,
    "enum": 1.0,
    "email": 1.0,
    "phone": 1.0,
    "url": 1.0,
    "unit": 0.7,
    "boolean": 1.0,
    "object": 1.0,
}
_ADDRESSES = {"email", "phone", "url"}
_VERB_FAMILIES = [
    frozenset(group.split())
    for group in (
        "find search look browse need recommend query want",
        "buy order purchase",
        "delete remove cancel drop",
        "create make add open new",
        "send mail email text message",
    )
]
_WEAK = {
    stem(word)
    for word in "get fetch retrieve list current data info information tool function api do run make set use".split()
}
_WRITING = frozenset(
    "explain write summarize define describe compose rewrite poem joke story essay define imagine".split()
)
_QUESTIONS = frozenset(
    "what what's how how's where where's when when's who who's which is are does do will can could did was".split()
)
_POLITE = frozenset(
    "please can could you would i want to i'd like need also then and now just kindly let's hey hi hello will".split()
)
_CLAUSE_END = re.compile(
    r"(?<=[.!?])(?<!Dr\.)(?<!Mr\.)(?<!Mrs\.)(?<!Ms\.)(?<!Prof\.)(?<!St\.)"
    rf"(?!(?<=\d\.)\s+(?i:{MONTH_NAMES})\b)\s+|[;\n]+\s*"
    r"|,?\s+\b(?:and then|and also|and|then|also|plus|but|und dann|und auch|und|dann)\s+|,\s+"
)
_WANTS = re.compile(r"(?i)\W*(?:please|bitte|i want|i need|i'd like|i would like|we need|ich möchte|ich brauche)\b")
_DEFINITION = re.compile(
    r"\W*(?i:what(?:'s| is) an?|was ist eine?) [^\W_]+(?: [^\W_]+)?\W*"
    r"|\W*(?i:how do(?:es)?) (?!(?:my|our|your|you|we|they|he|she|it|the|this|that)\b)[a-z]+ [a-z]+\W*"
)
_CODE = re.compile(r"(?i)^(?=.{0,40}\d)[^\s]{0,40}[a-z]")
_PLACE_STEMS = {stem(word) for word in "city place town country location".split()}
_SKIPPED = STOP_WORDS | FUNCTION_WORDS
_STATES = re.compile(r"(?i)\b(?:is|are|was|were|has|have|had|am|ist|sind|war|hat|habe)\b|['’](?:s|m|re|ve)\b")
_FACT = re.compile(
    r"(?i)\bdefault\b(?! to\b)|\bhome (?:city|town|airport|station|address) is\b|^\W*(?:today|date)\b"
    r"|\b(?:current|local) (?:date|time|city|location|position|place)\b"
    r"|\b(?:the|this|our|your|my) (?:current )?(?:user|customer|client|guest|caller)(?:['’]s)?(?: [\w-]+){0,3}? "
    r"(?:is|are|lives?|works?|named|called|comes)\b"
)
_CONDITION = re.compile(r"(?i)\W*(?:if|when|whenever|unless|ask|never|don['’]t|do not|make sure)\b")
_INTERJECTIONS = re.compile(
    r"(?i)(?:\W*\b(?:(?:oh|ah|hm+|um+|uh|sorry|ok|okay|yes|yeah|please|thanks|bitte|ja|äh)\b(?! you\b)"
    r"|(?:well|no|nope|nein|also|na)\b(?=\s*(?:[,.!:;–—…-]|$)))[\s,.!:;–—…-]*)+"
)
_FOLLOW_UP = re.compile(r"\W*(?:and|what about|how about|now|same|also|or|but|then|ok|okay)\b", re.I)
_DECLINED = re.compile(
    r"\W*(?:never ?mind|forget it|no,? thanks?|nothing|no\b|thanks?|thank you|great|cool|stop|i don['’]t)\b", re.I
)
_TODAY = re.compile(
    r"(?i)\b(?:today(?:'s date)? is|current date(?: is)?:?|date:|today:)\s*(?:\w+day,?\s+)?([\w ,.-]{6,24})"
)


@dataclass(frozen=True)
class ToolCall:
    """One call: the function's name, and its arguments, valid under its parameters' schema."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Decision:
    """What to do: calls to make, or a question to ask the user; with neither, the request is answered with text."""

    calls: list[ToolCall]
    question: str | None


@dataclass(frozen=True)
class _Request:
    """A clause with the tool that it chooses, and what was said before it without a request."""

    text: str
    tool: "_Tool"
    lead: str = ""


@dataclass(frozen=True)
class _Tool:
    name: str
    schema: dict[str, Any]
    name_words: list[str]
    described: bool
    weights: dict[str, float]
    topic_weights: dict[int, float]
    verbs: frozenset[str]
    openings: frozenset[str]
    evidence: dict[tuple[str, bool], float] = field(default_factory=dict)


def decide(
    messages: list[Message], tools: list[dict], tool_choice: str | dict = "auto", parallel: bool = True
) -> Decision:
    """Choose the calls for a conversation.

    Args:
        messages: the conversation, as the Chat Completions API defines it.
        tools: the tools, as the Chat Completions API defines them.
        tool_choice: "auto", "none", "required", or `{"type": "function", "function": {"name": ...}}`.
        parallel: whether several calls may be made at once. If not, each round makes the next one.

    Returns:
        A `Decision`. With "required" or a named tool there is always a call.
    """
    known = [_read_tool(tool) for tool in tools]
    if tool_choice == "none" or not known:
        return Decision([], None)
    named = tool_choice["function"]["name"] if isinstance(tool_choice, dict) else None
    forced = named is not None or tool_choice == "required"
    known = [tool for tool in known if tool.name == named] or known
    done = _calls_since_user(messages)
    if done and not forced and (parallel or messages[-1]["role"] != "tool"):
        return Decision([], None)
    decision = _decide(messages, known, forced)
    if done and not forced:
        return Decision(decision.calls[done : done + 1], None)
    return decision if parallel else Decision(decision.calls[:1], decision.question)


def _read_tool(tool: dict) -> _Tool:
    function = tool["function"]
    schema = function.get("parameters") or {}
    name_words = [in_english(word) for word in split_name(function["name"])]
    weights: dict[str, float] = {}

    def note(text: str, weight: float) -> None:
        for word in _content_stems(text[:2000]):
            weights[word] = max(weight, weights.get(word, 0.0))

    for name, child in _all_properties(schema, 0):
        note(" ".join(split_name(name)), 0.6)
        note(str(child.get("description", "")), 0.3)
        note(" ".join(" ".join(split_name(str(option))) for option in child.get("enum") or []), 1.2)
    note(str(function.get("description") or ""), 1.0)
    for word in _PLACE_STEMS & weights.keys():
        weights[word] = 0.3
    for word in name_words:
        if word not in STOP_WORDS:
            weights[stem(word)] = 0.8 if stem(word) in _WEAK else 3.0
    topic_weights: dict[int, float] = {}
    for word, weight in weights.items():
        for topic in topics(word):
            topic_weights[topic] = max(weight, topic_weights.get(topic, 0.0))
    first_described = [in_english(word) for word in words(str(function.get("description") or "")[:100])[:1]]
    candidates = [*name_words[:1], *first_described, *name_words[1:]]
    verbs = next((actions(word) for word in candidates if actions(word)), frozenset())
    openings = frozenset(stem(word) for word in [*name_words, *first_described] if word not in _SKIPPED)
    described = bool(function.get("description"))
    return _Tool(function["name"], schema, name_words, described, weights, topic_weights, verbs, openings)


def _content_stems(text: str) -> list[str]:
    """The stems of the words that carry meaning, German ones in English."""
    return [stem(word) for word in map(in_english, words(text)) if word not in _SKIPPED]


def _all_properties(schema: Any, depth: int) -> list[tuple[str, dict[str, Any]]]:
    """All properties with their schemas, nested ones and those of array items included."""
    if not isinstance(schema, dict) or depth > 4:
        return []
    found = _all_properties(schema.get("items"), depth + 1)
    for name, child in (schema.get("properties") or {}).items():
        if isinstance(child, dict):
            found += [(name, child), *_all_properties(child, depth + 1)]
    return found


def _calls_since_user(messages: list[Message]) -> int:
    last = list(takewhile(lambda message: message["role"] != "user", reversed(messages)))
    return sum(len(message.get("tool_calls") or []) for message in last)


def _decide(messages: list[Message], tools: list[_Tool], forced: bool) -> Decision:
    users = [_without_interjection(_ends(message_text(message))) for message in messages if message["role"] == "user"]
    if not users:
        return _forced_call(tools[0]) if forced else Decision([], None)
    system = [message_text(message)[:LIMIT] for message in messages if message["role"] in {"system", "developer"}]
    today = _today([*system, *users])
    facts = _facts(system)
    background = list(reversed(users[:-1]))
    requests = _requests(users[-1], tools)
    fits = bool(requests)
    if not fits:
        decision = _follow_up(messages, users, facts, tools, today)
        if decision or not forced:
            return decision or Decision([], None)
        requests = [_Request(users[-1], _best(users[-1], tools)[0])]
    calls: list[ToolCall] = []
    missing: list[Missing] = []
    for request in requests:
        others = [other.text for other in requests if other.text != request.text]
        filled = _fill_request(request, [*others, *background], facts, today, sure=not fits)
        if filled.missing and not forced:
            missing += [gap for gap in filled.missing if gap.path not in {known.path for known in missing}]
        else:
            calls += [call for call in _expand(request.tool, filled) if call not in calls]
    if missing and not calls:
        return Decision([], _question(missing))
    return Decision(calls[:_MAX_CALLS], None)


def _ends(text: str) -> str:
    """The start and the end of a text that is too long to be read."""
    return text if len(text) <= LIMIT else f"{text[: LIMIT // 2]}\n{text[-LIMIT // 2 + 1 :]}"


def _facts(system: list[str]) -> list[str]:
    """The sentences of system messages that state a fact which arguments may be taken from."""
    found = [sentence for text in system for sentence in re.split(r"(?<=[.!?;])\s+|\n+", text)]
    return [sentence for sentence in found if _FACT.search(sentence[:300]) and not _CONDITION.match(sentence)][:20]


def _without_interjection(text: str) -> str:
    """A text without "Oh,", "Well," or "Sorry," in front, unless it says nothing else."""
    found = _INTERJECTIONS.match(text[:200])
    return (text[found.end() :] or text) if found else text


def _fill_request(
    request: _Request, background: list[str], facts: list[str], today: date | None, *, sure: bool
) -> Filled:
    """Fill a request's arguments: from its own clause, then from what was said before it."""
    tool = request.tool
    alone = _fill(tool, request.text, background, today, facts=facts, sure=sure)
    if not request.lead:
        return alone
    whole = _fill(tool, f"{request.lead} {request.text}", background, today, facts=facts, sure=sure)
    value = whole.value
    for path in alone.found:
        value = _with(value, path, _at(alone.value, path))
    missing = [gap for gap in whole.missing if gap.path not in alone.found]
    return Filled(value, missing, alone.found, alone.lists)


def _forced_call(tool: _Tool) -> Decision:
    return Decision([ToolCall(tool.name, _fill(tool, "", [], None).value)], None)


def _fill(
    tool: _Tool,
    text: str,
    background: list[str],
    today: date | None,
    *,
    facts: Sequence[str] = (),
    sure: bool = False,
    most_nodes: int = MOST_NODES,
) -> Filled:
    schema = {"type": "object", **tool.schema}
    if schema["type"] != "object":
        schema = {"type": "object", "properties": {}}
    subject = " ".join(tool.name_words)
    filled = fill(
        schema,
        text,
        background=background[:20],
        facts=facts,
        subject=subject,
        today=today,
        sure=sure,
        most_nodes=most_nodes,
    )
    return filled if isinstance(filled.value, dict) else replace(filled, value={})


def _expand(tool: _Tool, filled: Filled) -> list[ToolCall]:
    """One call for each of the values that the text lists for one parameter."""
    calls = [ToolCall(tool.name, filled.value)]
    for path, items in filled.lists.items():
        if len(items) > 1:
            calls = [ToolCall(tool.name, _with(call.arguments, path, item)) for call in calls for item in items]
            break
    return calls


def _with(arguments: dict[str, Any], path: tuple[str, ...], item: Any) -> dict[str, Any]:
    if not path:
        return arguments
    inner = arguments.get(path[0])
    return {**arguments, path[0]: _with(inner if isinstance(inner, dict) else {}, path[1:], item) if path[1:] else item}


def _today(texts: list[str]) -> date | None:
    for text in texts:
        match = _TODAY.search(text)
        iso = (
            re.search(r"\d{4}-\d{2}-\d{2}|\d{1,2}\.? [A-Za-z]+,? \d{4}|[A-Za-z]+ \d{1,2},? \d{4}", match[1])
            if match
            else None
        )
        found = parse_date(iso[0]) if iso else None
        if found:
            return date.fromisoformat(found)
    return None


def _shares(clause: str, tools: list[_Tool]) -> dict[str, float]:
    """The stems of a clause, each with its weight: 1 if at most one tool has it, less if many do."""
    weights = {}
    for word in dict.fromkeys(_content_stems(clause)):
        sharing = sum(1 for tool in tools if tool.weights.get(word, 0.0) >= 0.8)
        weights[word] = 1.0 if sharing <= 1 else 1.0 / (1.0 + 0.35 * math.log2(sharing))
    return weights


def _score(tool: _Tool, clause: str, shares: dict[str, float]) -> float:
    """Points for what a clause and a tool have in common (see the module's docstring)."""
    points = 0.0
    exact_names = 0
    for word, share in shares.items():
        own = tool.weights.get(word, 0.0)
        exact_names += own == 3.0
        if own < 1.5:
            own = max([own, *(0.75 * tool.topic_weights.get(topic, 0.0) for topic in topics(word))])
        points += own * share
    if points < 3.0:
        key = (clause[:_MAX_EVIDENCE], points > 0.25)
        if key not in tool.evidence:
            tool.evidence[key] = _evidence(tool, key[0], related=key[1])
        evidence = tool.evidence[key]
        if points < 0.5 and evidence < 1.0:
            return 0.0
        points += evidence
    first = _first_word(clause)
    wanted = actions(first) or actions(first.split("'")[0])
    if first == "get" and re.search(r"\bget (?:me|us)\b", clause, re.I):
        wanted |= actions("order")
    if not tool.verbs:
        points += 0.8
    elif wanted:
        points += 1.5 if tool.verbs & wanted else -1.5 if "read" in tool.verbs | wanted else -1.0
    if stem(first) in tool.openings:
        points += 2.0
    if not tool.described and f" {' '.join(tool.name_words)} " in f" {' '.join(map(in_english, words(clause)))} ":
        points += _ENOUGH
    if _DEFINITION.fullmatch(clause):
        points -= 4.0
    if first in _WRITING and stem(first) not in tool.weights:
        points -= 3.0
    return points + (1.0 if exact_names > 1 else 0.0)


def _evidence(tool: _Tool, clause: str, *, related: bool) -> float:
    """Points for values that just this tool's parameters want: a formula, a path, two currencies.

    Where a word is related to the tool, a person or a code counts if the tool requires nothing else.
    """
    filled = _fill(tool, clause, [], None, most_nodes=_MAX_TRIAL_NODES)
    if filled.missing:
        return 0.0
    properties = tool.schema.get("properties") or {}
    subject = frozenset(stem(word) for word in tool.name_words)
    points = 0.0
    required = tool.schema.get("required") or []
    asks_who = _first_word(clause) in {"who", "who's"}
    for path in filled.found:
        schema = properties.get(path[0]) if path else None
        if len(path) != 1 or not isinstance(schema, dict):
            continue
        role = make_slot(path, schema, str(schema.get("description", "")), subject).role
        role = "object" if schema.get("type") == "array" and "properties" in schema.get("items", {}) else role
        if path[0] in required or role in _ADDRESSES:
            points += _EVIDENCE.get(role, 0.2)
        named = role == "person" or (split_name(path[0])[-1:] == ["name"] and len(split_name(path[0])) == 1)
        lookup = role == "person" or (role == "id" and _CODE.search(str(filled.value[path[0]])))
        points += 0.9 if related and lookup and required == [path[0]] else 0.0
        points += 2.0 if asks_who and named and str(filled.value[path[0]])[:1].isupper() else 0.0
    family = next((group for group in _VERB_FAMILIES if _first_word(clause) in group), frozenset())
    return points + (1.2 if family & set(tool.name_words) and points else 0.0)


def _first_word(clause: str) -> str:
    """The word that opens the command or the question: the verb or the question word."""
    found = [in_english(word) for word in words(clause)[:12]]
    for position, word in enumerate(found):
        if (
            word in {"can", "could", "would", "will"}
            and position + 1 < len(found)
            and found[position + 1] not in {"you", "i", "we"}
        ):
            return word
        if word not in _POLITE | FUNCTION_WORDS and not (word in {"me", "a", "the"} and position):
            return word
    return found[0] if found else ""


def _requests(text: str, tools: list[_Tool]) -> list[_Request]:
    """Cut a message into clauses and choose a tool for each; what chooses none belongs to the clause before it."""
    groups: list[tuple[int, int, _Tool | None, float]] = []
    for start, end in _pieces(text):
        piece = text[start:end]
        tool, points = _best(piece, tools)
        opens = _opens(piece, tool)
        if not groups or (opens and points >= _ENOUGH):
            groups.append((start, end, tool if points >= _ENOUGH else None, points))
            continue
        first, _, chosen, most = groups[-1]
        best, best_points = _best(text[first:end], tools)
        if chosen is not None and best_points >= _ENOUGH and not opens:
            best = best if best_points > most + 3.0 else chosen
        groups[-1] = (first, end, best if best_points >= _ENOUGH else chosen, max(best_points, most))
    requests: list[_Request] = []
    lead = ""
    for number, (start, end, tool, _) in enumerate(groups):
        clause = text[start:end]
        if tool is None or (number + 1 < len(groups) and _is_statement(clause, tool)):
            lead = f"{lead} {clause}".strip()
            continue
        requests.append(_Request(clause, tool, lead if len(lead) <= _MAX_STATEMENT else ""))
        lead = ""
    return _without_fragment(requests)[:_MAX_CALLS]


def _is_statement(clause: str, tool: _Tool) -> bool:
    """Whether a clause neither commands nor asks, but says how something is."""
    return not _opens(clause, tool) and not clause.rstrip().endswith("?") and bool(_STATES.search(clause))


def _without_fragment(requests: list[_Request]) -> list[_Request]:
    """Join a first clause without a verb to the later one for the same tool, unless each is complete in itself."""
    if len(requests) < 2 or _opens(requests[0].text, requests[0].tool):
        return requests
    fragment = requests[0]
    for number, other in enumerate(requests[1:], 1):
        if other.tool is fragment.tool:
            own, its = (_fill(request.tool, request.text, [], None) for request in (fragment, other))
            if own.found and its.found and not own.missing and not its.missing:
                return requests
            joined = replace(other, lead=f"{fragment.text} {other.lead}".strip())
            return [*requests[1:number], joined, *requests[number + 1 :]]
    return requests


def _pieces(text: str) -> list[tuple[int, int]]:
    """Places of the parts between clause ends; a quotation is never cut."""
    quotes = [match.span() for match in re.finditer(r"\"[^\"]*\"|“[^”]*”|(?<!\w)'[^'\n]*'(?!\w)", text)]
    pieces, start, quote = [], 0, 0
    for match in _CLAUSE_END.finditer(text):
        while quote < len(quotes) and quotes[quote][1] <= match.start():
            quote += 1
        if quote < len(quotes) and quotes[quote][0] < match.start():
            continue
        if text[start : match.start()].strip():
            pieces.append((start, match.start()))
        start = match.end()
    pieces += [(start, len(text))] if text[start:].strip() else []
    half = _MAX_PIECES // 2
    return pieces if len(pieces) <= _MAX_PIECES else pieces[:half] + pieces[-half:]


def _opens(piece: str, tool: _Tool | None) -> bool:
    """Whether a piece starts a request of its own: with a question word or a verb."""
    first = _first_word(piece)
    named = tool is not None and stem(first) in tool.openings
    return first in _QUESTIONS or bool(actions(first)) or named or bool(_WANTS.match(piece))


def _best(clause: str, tools: list[_Tool]) -> tuple[_Tool, float]:
    clause = clause[:_MAX_SCORED]
    shares = _shares(clause, tools)
    scored = [(_score(tool, clause, shares), -index) for index, tool in enumerate(tools)]
    points, negative = max(scored)
    rivals = [pair for pair in scored if pair[0] >= max(_ENOUGH, points - 1.5)]
    if 1 < len(rivals) <= 12:
        filled = [(rival + (0.0 if _leaves_gaps(tools[-index], clause) else 1.6), index) for rival, index in rivals]
        negative = max(filled)[1]
        points = next(rival for rival, index in scored if index == negative)
    return tools[-negative], points


def _leaves_gaps(tool: _Tool, clause: str) -> bool:
    return bool(_fill(tool, clause, [], None, most_nodes=_MAX_TRIAL_NODES).missing)


def _follow_up(
    messages: list[Message], users: list[str], facts: list[str], tools: list[_Tool], today: date | None
) -> Decision | None:
    """Read a short message as an answer or an addition to the request before it."""
    text = users[-1]
    if len(words(text)) > 12 or len(users) < 2 or _DECLINED.match(text):
        return None
    asked = _last_assistant_text(messages).rstrip().endswith("?")
    if not (asked or _FOLLOW_UP.match(text) or len(words(text)) <= 4):
        return None
    for back in range(len(users) - 2, max(-1, len(users) - 8), -1):
        requests = _requests(users[back], tools)
        if not requests:
            continue
        clause, tool = requests[-1].text, requests[-1].tool
        text = re.sub(r"(?i)^\W*(?:and\s+)?(?:what|how) about\s+", "", text)
        alone = _fill(tool, text, [], today)
        if not alone.found:
            return None
        earlier = _earlier_arguments(messages, tool.name)
        before = _fill(tool, clause, [], today)
        answered = [*reversed(users[back + 1 : -1])]
        merged = _fill(tool, text, [*answered, clause, *reversed(users[:back])], today, facts=facts)
        kept = {path: _at(before.value, path) for path in before.found if path not in alone.found}
        value = merged.value
        for path, item in kept.items():
            value = _with(value, path, item)
        for name, item in earlier.items():
            if (name,) not in alone.found and (name,) not in kept and name in (tool.schema.get("properties") or {}):
                value = value if any(path[0] == name for path in alone.found) else {**value, name: item}
        missing = [gap for gap in merged.missing if gap.path not in kept and not (gap.path and gap.path[0] in earlier)]
        if missing:
            return Decision([], _question(missing))
        lists = alone.lists or ({path: items for path, items in before.lists.items() if path in kept})
        return Decision(_expand(tool, Filled(value, lists=lists))[:_MAX_CALLS], None)
    return None


def _last_assistant_text(messages: list[Message]) -> str:
    return next((message_text(message) for message in reversed(messages) if message["role"] == "assistant"), "")


def _earlier_arguments(messages: list[Message], name: str) -> dict[str, Any]:
    """The arguments of the latest call of a tool."""
    for message in reversed(messages):
        for call in reversed(message.get("tool_calls") or []):
            function = call.get("function", {})
            if function.get("name") == name:
                try:
                    arguments = json.loads(function.get("arguments") or "{}")
                except (ValueError, TypeError, RecursionError):
                    return {}
                return arguments if isinstance(arguments, dict) else {}
    return {}


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _question(missing: list[Missing]) -> str:
    """Ask for missing values, in words from the parameters' names and descriptions."""
    if len(missing) == 1:
        name, detail, options = _describe(missing[0])
        which = "What" if missing[0].schema.get("type") in {"integer", "number"} else "Which"
        if options:
            return f"Which {name} do you want: {options}?"
        verb = "should I use" if which == "What" else "do you mean"
        return f"{which} {name} {verb}?" + (f" I need {detail}." if detail else "")
    parts = []
    for gap in missing[:8]:
        name, detail, options = _describe(gap)
        extra = options or detail
        parts.append(f"the {name}" + (f" ({extra})" if extra else ""))
    return f"I need a little more for that. Please tell me {', '.join(parts[:-1])} and {parts[-1]}. What should I use?"


def _describe(gap: Missing) -> tuple[str, str, str]:
    name = " ".join(split_name(gap.path[-1])) if gap.path else "value"
    if len(gap.path) > 1 and len(name.split()) == 1:
        name = f"{' '.join(split_name(gap.path[-2]))} {name}"
    detail = re.split(r"(?<=[^.][a-z)])\.(?:\s|$)", str(gap.schema.get("description") or "").strip())[0].rstrip(". ")
    if detail[:1].isupper() and detail[1:2].islower():
        detail = detail[0].lower() + detail[1:]
    detail = "" if detail.lower().removeprefix("the ") == name else detail
    options = [str(option) for option in gap.schema.get("enum", []) if option is not None][:12]
    listed = f"{', '.join(options[:-1])} or {options[-1]}" if len(options) > 1 else ""
    return name, detail, listed
