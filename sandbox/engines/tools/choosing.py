"""Function calling: decide which tools to call for a conversation, with which arguments, or what to ask back.

The rule:
1. The last user message is cut into requests (see `clauses`), each with the tool that it fits best (see `ranking`).
   No tool is called where none fits, unless `tool_choice` demands it; then only values whose kind surely fits are
   taken.
2. The arguments are filled by `schemas.fill`, from the request, then from earlier turns, from results of tools (see
   below), and from those sentences of the system message that state a fact about the user, a default or the day ("The
   user lives in Rome."). If the message lists several values for one parameter ("in Rome and Oslo"), each gets its own
   call. A required value that is nowhere is looked up first, if another tool reads just that (search_user for a user
   id); else it leads to a question (see `asking`), or to a placeholder where a call is demanded.
3. A short message without a tool of its own ("And in Munich?", "Hamburg") that gives a value belongs to the request
   before it: it takes the place of that value, and the others stay. "Oh", "sorry", greetings and thanks are not
   read.
4. After results, the same message is read again. A call that was not made yet follows if the message names what its
   tool is about and a result gives what was missing: after find_customer gave {"id": "C-7"}, list_orders(customer_id)
   can be called. A value of a result belongs to a parameter that has its name, also where the tool's name completes it
   (the "id" that find_customer gave is a customer id). Otherwise the results are the answer.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sandbox.engines.messages import Message, message_text
from sandbox.engines.schemas import Filled, Missing, find_violation
from sandbox.engines.schemas.values import parse_date
from sandbox.engines.tools.asking import question_for
from sandbox.engines.tools.clauses import MOST_REQUESTS, Request, find_requests
from sandbox.engines.tools.history import gives, made_calls, result_texts
from sandbox.engines.tools.ranking import ENOUGH, Ranking, Tool, read_tool
from sandbox.engines.words import words

_LONGEST_READ = 8000
_MOST_FACTS = 20
_MOST_BACKGROUND = 20
_MOST_INTRODUCED = 2000
_LONGEST_FOLLOW_UP = 12
_MOST_TURNS_BACK = 6
_FACT = re.compile(
    r"(?i)\bdefault\b(?! to\b)|\bhome (?:city|town|airport|station|address) is\b|^\W*(?:today|date)\b"
    r"|\b(?:current|local) (?:date|time|city|location|position|place)\b"
    r"|\b(?:the|this|our|your|my) (?:current )?(?:user|customer|client|guest|caller)(?:['’]s)?(?: [\w-]+){0,3}? "
    r"(?:is|are|lives?|works?|named|called|comes)\b"
)
_INTRODUCTION = re.compile(r"\b[Mm]y (?:full )?name is [A-Z][\w-]{1,20}(?: [A-Z][\w-]{1,20})?")
_CONDITION = re.compile(r"(?i)\W*(?:if|when|whenever|unless|ask|never|don['’]t|do not|make sure)\b")
_INTERJECTIONS = re.compile(
    r"(?i)(?:\W*\b(?:(?:oh|ah|hm+|um+|uh|sorry|ok|okay|yes|yeah|please|thanks|bitte|ja|äh)\b(?! you\b)"
    r"|(?:well|no|nope|nein|also|na)\b(?=\s*(?:[,.!:;–—…-]|$))"
    r"|(?:hi|hello|hey|hallo|good (?:morning|afternoon|evening)|guten (?:tag|morgen|abend))(?: there)?(?=\s*[,.!:;]|$)"
    r"|(?:(?:can|could|would|will) you )?(?:please )?(?:help me(?: out)?(?=\s*[?.!:,])|(?:please )?tell me(?=\s*:))"
    r"|(?-i:I['’]m|I am|My name is|my name is|This is|Ich bin) (?-i:[A-Z][\w-]{1,20}(?: [A-Z][\w-]{1,20})?)(?=[.!])"
    r")[\s,.!?:;–—…-]*)+"
)
_THANKS = re.compile(
    r"(?i)[\s,]*\b(?:many thanks|thanks|thank you|cheers|danke|vielen dank)"
    r"(?: a lot| so much| very much| in advance| schön| sehr| im voraus)?\s*[.!]*$"
)
_FOLLOW_UP = re.compile(r"\W*(?:and|what about|how about|now|same|also|or|but|then|ok|okay|und|oder)\b", re.I)
_ABOUT = re.compile(r"(?i)^\W*(?:and\s+)?(?:what|how) about\s+")
_DECLINED = re.compile(
    r"\W*(?:never ?mind|forget it|no,? thanks?|nothing|no\b|thanks?|thank you|great|cool|stop|i don['’]t)\b", re.I
)
_TODAY = re.compile(
    r"(?i)\b(?:today(?:'s date)? is|current date(?: is)?:?|date:|today:)\s*(?:\w+day,?\s+)?([\w ,.-]{6,24})"
)
_FULL_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}\.? [A-Za-z]+,? \d{4}|[A-Za-z]+ \d{1,2},? \d{4}")


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

    Raises:
        NoInstance: a tool that is to be called has parameters that no value fits (see `schemas.fill`).
    """
    known = [read_tool(tool) for tool in tools]
    if tool_choice == "none" or not known:
        return Decision([], None)
    named = tool_choice["function"]["name"] if isinstance(tool_choice, dict) else None
    forced = named is not None or tool_choice == "required"
    known = [tool for tool in known if tool.name == named] or known
    conversation = _Conversation(messages, known)
    made = [] if forced else [ToolCall(*call) for call in made_calls(messages)]
    if not made:
        decision = conversation.decide(forced)
        return decision if parallel else Decision(decision.calls[:1], decision.question)
    if messages[-1]["role"] != "tool":
        return Decision([], None)
    following = [] if parallel else conversation.decide(forced=False).calls
    calls = [call for call in [*following, *conversation.calls_from_results()] if call not in made]
    return Decision(calls if parallel else calls[:1], None)


class _Conversation:
    """A conversation, read for a decision about its last user message."""

    def __init__(self, messages: list[Message], tools: list[Tool]) -> None:
        users = [_ends(message_text(message)) for message in messages if message["role"] == "user"]
        system = [_ends(message_text(message)) for message in messages if message["role"] in {"system", "developer"}]
        today = _today([*system, *users])
        self.messages, self.facts, self.introductions = messages, _facts(system), _introductions(users)
        self.users = [_without_courtesies(text) for text in users]
        self.ranking = Ranking(tools, today)
        self.requests = find_requests(self.users[-1], self.ranking) if users else []

    def decide(self, forced: bool) -> Decision:
        """Choose the calls that the last user message asks for, or the question to ask back."""
        requests = self.requests
        if not requests:
            decision = self._follow_up() or Decision([], None)
            if decision.calls or not forced:
                return decision
            text = self.users[-1] if self.users else ""
            requests = [Request(text, self.ranking.best(text)[0])]
        calls: list[ToolCall] = []
        missing: list[Missing] = []
        for request in requests:
            filled = self._fill(request, requests, sure=not self.requests)
            if filled.missing and not forced:
                calls += [call for call in self._lookup(request, filled.missing) if call not in calls]
                missing += [gap for gap in filled.missing if gap.path not in {known.path for known in missing}]
            else:
                calls += [call for call in _expand(request.tool, filled) if call not in calls]
        if missing and not calls:
            return Decision([], question_for(missing))
        return Decision(calls[:MOST_REQUESTS], None)

    def calls_from_results(self) -> list[ToolCall]:
        """Choose the calls that the message asks for and that only a result makes possible."""
        calls = []
        for request in self.requests:
            for tool, points in self.ranking.ranked(request.text):
                if points >= ENOUGH and tool.is_named_in(request.text):
                    wanted = Request(request.text, tool, request.lead)
                    if self._fill_from_texts(wanted, self.requests).missing:
                        filled = self._fill(wanted, self.requests)
                        calls += [] if filled.missing else _expand(tool, filled)
        return calls

    def _lookup(self, request: Request, missing: list[Missing]) -> list[ToolCall]:
        """The call of a tool that reads and is about what is missing: search_user for a user id."""
        clause = f"{request.lead} {request.text}"
        for tool in self.ranking.tools:
            if tool is not request.tool and "read" in tool.verbs and any(gives(tool, gap, request) for gap in missing):
                trial = self.ranking.trial(tool, clause)
                if trial.found and not trial.missing:
                    return _expand(tool, self._fill(Request(request.text, tool, request.lead), self.requests))
        return []

    def _fill(self, request: Request, requests: list[Request], *, sure: bool = False) -> Filled:
        """Fill a request's arguments from what was said, and what that leaves open from results of tools."""
        filled = self._fill_from_texts(request, requests, sure=sure)
        given = [(gap.path, result_texts(gap, request, self.messages)) for gap in filled.missing]
        given = [(path, options) for path, options in given if options]
        if not given:
            return filled
        first = [text for _, options in given for text in options[0]]
        filled = self._fill_from_texts(request, requests, first, sure=sure)
        path, options = given[0]
        others = [self._fill_from_texts(request, requests, [*texts, *first], sure=sure) for texts in options[1:]]
        items = [_at(each.value, path) for each in (filled, *others)]
        return replace(filled, lists={path: items}) if others else filled

    def _fill_from_texts(
        self, request: Request, requests: list[Request], results: list[str] | None = None, *, sure: bool = False
    ) -> Filled:
        others = [other.text for other in requests if other.text != request.text]
        background = [*others, *self.introductions, *reversed(self.users[:-1])][:_MOST_BACKGROUND]
        text = f"{request.text}\n\n{request.lead}" if request.lead else request.text
        return request.tool.fill(text, self.ranking.today, [*(results or []), *background], facts=self.facts, sure=sure)

    def _follow_up(self) -> Decision | None:
        """Read a short message as an answer or an addition to the request before it."""
        text = self.users[-1] if self.users else ""
        length = len(words(text))
        if length > _LONGEST_FOLLOW_UP or _DECLINED.match(text):
            return None
        asked = _last_assistant_text(self.messages).rstrip().endswith("?")
        if not (asked or _FOLLOW_UP.match(text) or length <= 4):
            return None
        for back in range(len(self.users) - 2, max(-1, len(self.users) - 2 - _MOST_TURNS_BACK), -1):
            requests = find_requests(self.users[back], self.ranking)
            if requests:
                return self._continued(requests[-1], _ABOUT.sub("", text), back)
        return None

    def _continued(self, request: Request, text: str, back: int) -> Decision | None:
        """The request of turn `back`, with the values of a follow-up in the place of its own."""
        tool, today = request.tool, self.ranking.today
        new = tool.fill(text, today)
        if not new.found:
            return None
        earlier = _earlier_arguments(self.messages, tool)
        background = [*reversed(self.users[back + 1 : -1]), *reversed(self.users[:back])][:_MOST_BACKGROUND]
        before = tool.fill(request.text, today, [text, *background], facts=self.facts)
        missing = [gap for gap in before.missing if gap.path not in new.found and gap.path[0] not in earlier]
        if missing:
            return Decision([], question_for(missing))
        value = {**before.value, **earlier}
        for path in new.found:
            value = _with(value, path, _at(new.value, path))
        if find_violation(tool.schema, value):
            value = tool.fill(text, today, [request.text, *background], facts=self.facts).value
        kept = {path: items for path, items in before.lists.items() if path not in new.found and path[0] not in earlier}
        return Decision(_expand(tool, Filled(value, lists=new.lists or kept))[:MOST_REQUESTS], None)


def _ends(text: str) -> str:
    """The start and the end of a text that is too long to be read."""
    half = _LONGEST_READ // 2
    return text if len(text) <= _LONGEST_READ else f"{text[:half]}\n{text[-half:]}"


def _facts(system: list[str]) -> list[str]:
    """The sentences of system messages that state a fact which arguments may be taken from."""
    found = [sentence for text in system for sentence in re.split(r"(?<=[.!?;])\s+|\n+", text)]
    stated = [sentence for sentence in found if _FACT.search(sentence[:300]) and not _CONDITION.match(sentence)]
    return stated[:_MOST_FACTS]


def _without_courtesies(text: str) -> str:
    """A text without "Oh,", "Hi, I'm Sam." or "Can you help me?" in front and thanks at its end, if it says more."""
    found = _INTERJECTIONS.match(text[:200])
    text = (text[found.end() :] or text) if found else text
    thanks = _THANKS.search(text, max(0, len(text) - 40))
    return (text[: thanks.start()] or text) if thanks else text


def _introductions(users: list[str]) -> list[str]:
    """The sentences in which users say who and where they are, for values that nothing else gives."""
    return [match[0] for text in users for match in _INTRODUCTION.finditer(text[:_MOST_INTRODUCED])][:_MOST_FACTS]


def _today(texts: list[str]) -> date | None:
    for text in texts:
        match = _TODAY.search(text)
        full = _FULL_DATE.search(match[1]) if match else None
        found = parse_date(full[0]) if full else None
        if found:
            return date.fromisoformat(found)
    return None


def _expand(tool: Tool, filled: Filled) -> list[ToolCall]:
    """One call for each of the values that the text lists for one parameter, as far as the schema allows them."""
    path, items = next(((path, items) for path, items in filled.lists.items() if len(items) > 1), ((), []))
    variants = [_with(filled.value, path, item) for item in items]
    valid = [arguments for arguments in variants if find_violation(tool.schema, arguments) is None]
    return [ToolCall(tool.name, arguments) for arguments in valid or [filled.value]]


def _with(arguments: dict[str, Any], path: tuple[str, ...], item: Any) -> dict[str, Any]:
    """The arguments with another value at a path."""
    if not path:
        return arguments
    inner = arguments.get(path[0])
    return {**arguments, path[0]: _with(inner if isinstance(inner, dict) else {}, path[1:], item) if path[1:] else item}


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _last_assistant_text(messages: list[Message]) -> str:
    return next((message_text(message) for message in reversed(messages) if message["role"] == "assistant"), "")


def _earlier_arguments(messages: list[Message], tool: Tool) -> dict[str, Any]:
    """The arguments of the latest call of a tool, as far as it has such parameters."""
    calls = [arguments for name, arguments in made_calls(messages, since_user=False) if name == tool.name]
    known = tool.schema.get("properties") or {}
    return {name: item for name, item in (calls[-1] if calls else {}).items() if name in known}
