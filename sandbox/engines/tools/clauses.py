"""Cutting a message into the requests that it makes.

The rule:
1. The message is cut at sentence ends, commas, and "and", "then" and the like; a quotation is never cut. Of a long
   message only the first and the last pieces are read.
2. A piece starts a request of its own if a tool fits it and it opens with a verb or a question word ("..., and what
   time is it in Tokyo?"), or if another tool fits it, named in it and with nothing left open ("... and the time in
   Lima"). Any other piece belongs to the request before it.
3. What no tool fits, and what only says how something is ("The printer is broken."), leads to the request after it.
4. Two requests for one tool are one if one of them leaves required values open.
"""

import re
from dataclasses import dataclass

from sandbox.engines.kin import actions
from sandbox.engines.schemas.values import MONTH_NAMES
from sandbox.engines.tools.ranking import ENOUGH, Ranking, Tool, first_word
from sandbox.engines.words import stem

MOST_REQUESTS = 16
_MOST_PIECES = 24
_MOST_LEAD = 400
_CLEARLY_BETTER = 3.0
_QUESTIONS = frozenset(
    "what what's how how's where where's when when's who who's which is are does do will can could did was".split()
)
_CLAUSE_END = re.compile(
    r"(?<=[.!?])(?<!Dr\.)(?<!Mr\.)(?<!Mrs\.)(?<!Ms\.)(?<!Prof\.)(?<!St\.)"
    rf"(?!(?<=\d\.)\s+(?i:{MONTH_NAMES})\b)\s+|[;\n]+\s*"
    r"|,?\s+\b(?:and then|and also|and|then|also|plus|but|und dann|und auch|und|dann)\s+|,\s+"
)
_QUOTATION = re.compile(r"\"[^\"]*\"|“[^”]*”|(?<!\w)'[^'\n]*'(?!\w)")
_WANTS = re.compile(r"(?i)\W*(?:please|bitte|i want|i need|i'd like|i would like|we need|ich möchte|ich brauche)\b")
_STATES = re.compile(r"(?i)\b(?:is|are|was|were|has|have|had|am|ist|sind|war|hat|habe)\b|['’](?:s|m|re|ve)\b")


@dataclass(frozen=True)
class Request:
    """A part of a message with the tool that it asks for, and what was said before it without a request."""

    text: str
    tool: Tool
    lead: str = ""


@dataclass
class _Group:
    """Pieces that belong together, from `start` to `end`; no tool where none fits."""

    start: int
    end: int
    tool: Tool | None
    points: float


def find_requests(text: str, ranking: Ranking) -> list[Request]:
    """Cut a message into clauses and choose a tool for each; empty where no tool fits."""
    requests: list[Request] = []
    lead = ""
    groups = _groups(text, ranking)
    for number, group in enumerate(groups):
        clause = text[group.start : group.end]
        if group.tool is None or (number + 1 < len(groups) and _is_statement(clause, group.tool)):
            lead = f"{lead} {clause}".strip()
            continue
        requests.append(Request(clause, group.tool, lead if len(lead) <= _MOST_LEAD else ""))
        lead = ""
    return _joined(requests[:MOST_REQUESTS], ranking)


def _groups(text: str, ranking: Ranking) -> list[_Group]:
    groups: list[_Group] = []
    for start, end in _pieces(text):
        piece = text[start:end]
        tool, points = ranking.best(piece)
        group = groups[-1] if groups else None
        if group is None or (points >= ENOUGH and _starts(piece, tool, group, ranking)):
            groups.append(_Group(start, end, tool if points >= ENOUGH else None, points))
            continue
        if _repeats(piece, text[group.start : group.end], group.tool, ranking):
            groups.append(_Group(start, end, group.tool, group.points))
            continue
        group.end = end
        best, points = ranking.best(text[group.start : end])
        if points >= ENOUGH and (group.tool is None or points > group.points + _CLEARLY_BETTER):
            group.tool = best
        group.points = max(points, group.points)
    return groups


def _starts(piece: str, tool: Tool, group: _Group, ranking: Ranking) -> bool:
    """Whether a piece that a tool fits starts a request of its own."""
    if _opens(piece, tool):
        return True
    filled = ranking.trial(tool, piece)
    return tool is not group.tool and tool.is_named_in(piece) and bool(filled.found) and not filled.missing


def _repeats(piece: str, clause: str, tool: Tool | None, ranking: Ranking) -> bool:
    """Whether a piece gives all values of a request again: "(assign WEB-7 to Jonas and) WEB-8 to Mia"."""
    if tool is None or len(tool.schema.get("required") or []) < 2:
        return False
    trials = [ranking.trial(tool, part) for part in (piece, clause)]
    return all(not trial.missing and len(trial.found) > 1 for trial in trials)


def _opens(piece: str, tool: Tool) -> bool:
    """Whether a piece opens with a question word or a verb."""
    first = first_word(piece)
    return first in _QUESTIONS or bool(actions(first)) or stem(first) in tool.openings or bool(_WANTS.match(piece))


def _is_statement(clause: str, tool: Tool) -> bool:
    """Whether a clause neither commands nor asks, but says how something is."""
    return not _opens(clause, tool) and not clause.rstrip().endswith("?") and bool(_STATES.search(clause))


def _joined(requests: list[Request], ranking: Ranking) -> list[Request]:
    """Join requests for one tool, one after the other, where one leaves required values open."""
    joined: list[Request] = []
    for request in requests:
        before = joined[-1] if joined else None
        if before and before.tool is request.tool:
            trials = [ranking.trial(part.tool, part.text) for part in (before, request)]
            if any(trial.missing or not trial.found for trial in trials):
                joined[-1] = Request(f"{before.text} {request.lead} {request.text}", request.tool, before.lead)
                continue
        joined.append(request)
    return joined


def _pieces(text: str) -> list[tuple[int, int]]:
    """Places of the parts between clause ends; a quotation is never cut."""
    quotes = [match.span() for match in _QUOTATION.finditer(text)]
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
    half = _MOST_PIECES // 2
    return pieces if len(pieces) <= _MOST_PIECES else pieces[:half] + pieces[-half:]
