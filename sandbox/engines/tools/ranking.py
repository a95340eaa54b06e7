"""Which tool a clause asks for: points for what the clause and each tool have in common.

The rule:
1. Words: 3 points for each word of the clause that is in the tool's name, 1.2 for one in an enum of its parameters, 1
   for one in its description, about half a point for one in its parameters. Kin words (see `kin`) give three quarters
   of that, a part of a compound ("sun" of "sunrise") half. A word that many of the tools share gives less, and "city",
   "place" and the like count only in the name. German words that `kin` lists count as English ones.
2. Verbs: a clause gains where it opens with a word of the tool's name or with the first word of its description, and
   where its verb and the tool's are of one sort ("cancel ..." and delete_event). It loses where they are not, and where
   it asks what a thing is or how it works ("What is a museum?").
3. Values: where the words say little, a formula, a path, two currencies, an enum's value or the like speaks for the
   tool that requires it, if the clause leaves none of its required values open. A person or a code does so only
   together with a related word, "by" and a name for a tool that requires an author or an artist.

A tool is asked for from `ENOUGH` points on. Of tools about equal, the one that the clause fills best is preferred.
Only the `_MOST_CANDIDATES` tools with the most points for words are looked at for their values.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sandbox.engines.kin import FUNCTION_WORDS, actions, in_english, split_name, topics
from sandbox.engines.schemas import Filled, fill
from sandbox.engines.schemas.reading import Node, read
from sandbox.engines.schemas.slots import Slot
from sandbox.engines.words import STOP_WORDS, stem, words

ENOUGH = 2.0
_NAMED = 3.0
_MAX_SCORED = 1000
_MAX_TRIED = 300
_MAX_TRIAL_NODES = 50
_MOST_CANDIDATES = 8
_SKIPPED = STOP_WORDS | FUNCTION_WORDS
_WEAK = {
    stem(word)
    for word in "get fetch retrieve list current data info information tool function api do run make set use".split()
}
_NO_VERBS = frozenset("text mail email message order book place file report share call post plan count mark".split())
_PLACE_STEMS = {stem(word) for word in "city place town country location".split()}
_HYPHEN = re.compile(r"(?<=\b[eE])-(?=mail)|(?<=\b[tT]o)-(?=do\b)")
_WRITING = frozenset("explain write summarize define describe compose rewrite poem joke story essay imagine".split())
_POLITE = frozenset(
    "please can could you would i want to i'd like need also then and now just kindly let's hey hi hello will".split()
)
_DEFINITION = re.compile(
    r"\W*(?i:what(?:'s| is) an?|was ist eine?) [^\W_]+(?: [^\W_]+)?\W*"
    r"|\W*(?i:how do(?:es)?) (?!(?:my|our|your|you|we|they|he|she|it|the|this|that)\b)[a-z]+ [a-z]+\W*"
)
_OPERATORS = {"+": "plus", "-": "minus", "*": "times", "×": "times", "x": "times", "/": "divided", "÷": "divided"}
_OPERATION = re.compile(r"(?<=\d)(?:\s?([+*×])\s?|\s([-/x÷])\s)(?=\d)")
_VALUE_POINTS = {
    "expression": 2.5,
    "sql": 2.5,
    "path": 1.5,
    "language": 1.5,
    "currency": 1.2,
    "enum": 1.0,
    "email": 1.0,
    "phone": 1.0,
    "url": 2.5,
    "unit": 0.7,
    "boolean": 1.0,
    "object": 1.0,
    "date": 0.5,
    "time": 0.5,
    "datetime": 0.5,
}
_ADDRESSES = {"email", "phone", "url"}
_CODE = re.compile(r"(?i)^(?=.{0,40}\d)[^\s]{0,40}[a-z]")
_TICKER = re.compile(r"[A-Z]{2,5}")
_MAKERS = {stem(word) for word in "author artist writer director composer painter singer band musician creator".split()}
_SYMBOLS = {"symbol", "ticker", stem("symbols"), stem("tickers")}


@dataclass(frozen=True)
class Tool:
    """A tool, read for choosing.

    Attributes:
        name: the function's name.
        schema: the JSON schema of its parameters, always of an object.
        name_words: the words of its name, in English.
        described: whether it has a description.
        weights: stem -> points for a clause that has this word.
        topic_weights: topic (see `kin`) -> the same for kin words.
        verbs: the kinds of action that it performs.
        openings: stems that open a request for it: words of its name, the first word of its description.
    """

    name: str
    schema: dict[str, Any]
    name_words: tuple[str, ...]
    described: bool
    weights: dict[str, float]
    topic_weights: dict[int, float]
    verbs: frozenset[str]
    openings: frozenset[str]

    @property
    def nouns(self) -> tuple[str, ...]:
        """The words of its name without the verb in front: what it is about."""
        return self.name_words[1:] if self.name_words[1:] and actions(self.name_words[0]) else self.name_words

    def is_named_in(self, clause: str) -> bool:
        """Say whether a clause has a word, or kin of one, for what the tool is about."""
        about = {stem(word) for word in self.nouns if stem(word) not in _WEAK}
        about_topics = {topic for word in about for topic in topics(word)}
        return any(word in about or not about_topics.isdisjoint(topics(word)) for word in content_stems(clause))

    def fill(self, text: str, today: date | None, background: Sequence[str] = (), **options: Any) -> Filled:
        """Fill the parameters from a text, see `schemas.fill` for the options."""
        subject = " ".join(self.name_words)
        return fill(self.schema, text, background=background, subject=subject, today=today, **options)


def read_tool(tool: dict[str, Any]) -> Tool:
    """Read one entry of a request's `tools`."""
    return _read_tool(json.dumps(tool["function"]))


@lru_cache(maxsize=256)
def _read_tool(text: str) -> Tool:
    function = json.loads(text)
    given = function.get("parameters")
    schema = {"type": "object", **given} if isinstance(given, dict) else {"type": "object"}
    schema = schema if schema["type"] == "object" else {"type": "object", "properties": {}}
    description = str(function.get("description") or "")
    name_words = tuple(in_english(word) for word in split_name(function["name"]))
    weights: dict[str, float] = {}

    def note(text: str, weight: float) -> None:
        for word in content_stems(text[:2000]):
            weights[word] = max(weight, weights.get(word, 0.0))

    for name, child in _all_properties(schema, 0):
        options = child.get("enum")
        note(" ".join(split_name(name)), 0.6)
        note(str(child.get("description", "")), 0.3)
        note(" ".join(" ".join(split_name(str(option))) for option in options or []), 1.2)
    note(description, 1.0)
    for word in _PLACE_STEMS & weights.keys():
        weights[word] = 0.3
    for word in name_words:
        if word not in STOP_WORDS:
            weights[stem(word)] = 0.8 if stem(word) in _WEAK else _NAMED
    topic_weights: dict[int, float] = {}
    for word, weight in weights.items():
        for topic in topics(word):
            topic_weights[topic] = max(weight, topic_weights.get(topic, 0.0))
    first_described = [in_english(word) for word in words(description[:100])[:1]]
    candidates = [*name_words[:1], *first_described, *(word for word in name_words[1:] if word not in _NO_VERBS)]
    verbs = next((actions(word) for word in candidates if actions(word)), frozenset())
    if "create" in verbs and not _wants_numbers(schema):
        verbs -= {"compute"}  # add_task adds nothing up
    openings = frozenset(stem(word) for word in [*name_words, *first_described] if word not in _SKIPPED)
    return Tool(function["name"], schema, name_words, bool(description), weights, topic_weights, verbs, openings)


def _wants_numbers(schema: dict[str, Any]) -> bool:
    properties = schema.get("properties") or {}
    wanted = [properties.get(name) for name in schema.get("required") or properties]
    return any(isinstance(child, dict) and child.get("type") in {"integer", "number"} for child in wanted)


def content_stems(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, German ones in English."""
    joined = _HYPHEN.sub("", text)
    return [stem(word) for word in map(in_english, words(joined)) if word not in _SKIPPED]


def _all_properties(schema: Any, depth: int) -> list[tuple[str, dict[str, Any]]]:
    """All properties with their schemas, nested ones and those of array items included."""
    if not isinstance(schema, dict) or depth > 4:
        return []
    parts = [schema.get("items"), *(part for key in ("anyOf", "oneOf", "allOf") for part in schema.get(key) or [])]
    parts += [child for key in ("$defs", "definitions") for child in (schema.get(key) or {}).values()]
    found = [pair for part in parts for pair in _all_properties(part, depth + 1)]
    for name, child in (schema.get("properties") or {}).items():
        if isinstance(child, dict):
            options = [part for key in ("anyOf", "oneOf", "allOf") for part in child.get(key) or []]
            found += [(name, part) for part in [child, *options] if isinstance(part, dict)]
            found += _all_properties(child, depth + 1)
    return found


def first_word(clause: str) -> str:
    """Return the word that opens the command or the question: the verb or the question word."""
    found = [in_english(word) for word in words(clause[:200])[:12]]
    for position, word in enumerate(found):
        after = found[position + 1] if position + 1 < len(found) else "you"
        if word in {"can", "could", "would", "will"} and after not in {"you", "i", "we"}:
            return word
        if word not in _POLITE | FUNCTION_WORDS and not (word in {"me", "a", "the"} and position):
            return word
    return found[0] if found else ""


@dataclass(frozen=True)
class Trial:
    """What a clause gives a tool: the parameters that it names, and whether it leaves required ones open."""

    found: list[Node]
    missing: bool


class Ranking:
    """The tools of one request, compared with its clauses."""

    def __init__(self, tools: list[Tool], today: date | None) -> None:
        self.tools, self.today = tools, today
        self._trials: dict[tuple[int, str], Trial] = {}

    def best(self, clause: str) -> tuple[Tool, float]:
        """Return the tool that a clause fits best, and its points."""
        return self.ranked(clause)[0]

    def ranked(self, clause: str) -> list[tuple[Tool, float]]:
        """Return the tools with their points, the best ones first."""
        clause = _OPERATION.sub(lambda sign: f" {_OPERATORS[sign[1] or sign[2]]} ", clause[:_MAX_SCORED])
        stems = self._shares(clause)
        scored = sorted(
            ((_word_points(tool, clause, stems), -index) for index, tool in enumerate(self.tools)), reverse=True
        )
        candidates = [
            (self._points(tool, points, clause, stems), negative)
            for points, negative in scored[:_MOST_CANDIDATES]
            for tool in [self.tools[-negative]]
        ]
        candidates.sort(reverse=True)
        top = candidates[0][0]
        rivals = [pair for pair in candidates if pair[0] >= max(ENOUGH, top - 2.5)]
        if len(rivals) > 1:
            rivals.sort(key=lambda pair: (pair[0] + self._fit(self.tools[-pair[1]], clause), pair[1]), reverse=True)
            candidates = rivals + candidates[len(rivals) :]
        return [(self.tools[-negative], points) for points, negative in candidates]

    def trial(self, tool: Tool, clause: str) -> Trial:
        """Read the start of a clause into a tool's parameters."""
        key = (id(tool), clause[:_MAX_TRIED])
        if key not in self._trials:
            subject = " ".join(tool.name_words)
            reading = read(tool.schema, key[1], subject=subject, today=self.today, most_nodes=_MAX_TRIAL_NODES)
            found = [leaf for leaf in reading.leaves if leaf.from_text]
            self._trials[key] = Trial(found, bool(reading.gaps()))
        return self._trials[key]

    def _shares(self, clause: str) -> dict[str, float]:
        """The stems of a clause, each with its weight: 1 if at most one tool has it, less if many do."""
        weights = {}
        for word in dict.fromkeys(content_stems(clause)):
            sharing = sum(1 for tool in self.tools if tool.weights.get(word, 0.0) >= 0.8)
            weights[word] = 1.0 if sharing <= 1 else 1.0 / (1.0 + 0.35 * math.log2(sharing))
        return weights

    def _points(self, tool: Tool, points: float, clause: str, stems: dict[str, float]) -> float:
        """Points for words, values and verbs; none where neither words nor values say anything."""
        value_points = self._value_points(tool, clause, related=points > 0.25) if points < _NAMED else 0.0
        if points < 0.5 and value_points < 1.0:
            return 0.0
        verb_points = _verb_points(tool, clause, stems)
        if value_points >= 1.0 and not _DEFINITION.fullmatch(clause):
            verb_points = max(0.0, verb_points)
        return max(points, min(_NAMED, points + value_points)) + verb_points

    def _fit(self, tool: Tool, clause: str) -> float:
        """How well a clause fills a tool: nothing left open, and many values."""
        filled = self.trial(tool, clause)
        vague = filled.found and all(leaf.slot.role in {"text", "name", "thing"} for leaf in filled.found)
        return 0.3 * min(3, len(filled.found)) + (0.0 if filled.missing else 1.0 if vague else 2.0)

    def _value_points(self, tool: Tool, clause: str, *, related: bool) -> float:
        """Points for values that just this tool's parameters want."""
        trial = self.trial(tool, clause)
        if trial.missing:
            return 0.0
        required = tool.schema.get("required") or []
        points = 0.0
        for leaf in trial.found:
            name = leaf.path[0] if len(leaf.path) == 1 else ""
            if name in required or leaf.slot.role in _ADDRESSES:
                code = leaf.slot.role == "id" and _CODE.search(str(leaf.value))
                points += 1.0 if code else _VALUE_POINTS.get(leaf.slot.role, 0.2)
            if required == [name]:
                points += _lookup_points(leaf.slot, str(leaf.value), clause, related)
        return points


def _lookup_points(slot: Slot, value: str, clause: str, related: bool) -> float:
    """Points for a person, a work's maker or a code, where a tool requires nothing else."""
    if slot.role == "person" and not slot.names.isdisjoint(_MAKERS) and re.search(rf"\bby {re.escape(value)}", clause):
        return ENOUGH
    if slot.role == "id" and not slot.names.isdisjoint(_SYMBOLS) and _TICKER.fullmatch(value):
        return ENOUGH
    if first_word(clause) in {"who", "who's"} and slot.role in {"person", "name"} and value[:1].isupper():
        return ENOUGH
    return 0.9 if related and slot.role == "person" else 0.0


def _word_points(tool: Tool, clause: str, shares: dict[str, float]) -> float:
    points = 0.0
    named = 0
    for word, share in shares.items():
        own = tool.weights.get(word, 0.0)
        named += own == _NAMED
        if own < 1.5:
            own = max([own, *(0.75 * tool.topic_weights.get(topic, 0.0) for topic in topics(word))])
        if own < 1.5 and any(_is_part(word, name) for name in tool.name_words):
            own = 1.5
        points += own * share
    return points + (1.0 if named > 1 else 0.0)


def _is_part(word: str, name: str) -> bool:
    """Whether a word is a part of a compound: "sun" and "rise" of "sunrise"."""
    return 3 <= len(word) <= len(name) - 3 and (name.startswith(word) or (len(word) > 3 and name.endswith(word)))


def _verb_points(tool: Tool, clause: str, stems: dict[str, float]) -> float:
    points = 0.0
    first = first_word(clause)
    wanted = actions(first) or actions(first.split("'")[0])
    if first == "get" and re.search(r"\bget (?:me|us)\b", clause, re.I):
        wanted |= actions("order")
    if not tool.verbs:
        points += 0.8
    elif wanted:
        points += 1.5 if tool.verbs & wanted else -1.5 if "read" in tool.verbs | wanted else -1.0
    if stem(first) in tool.openings:
        points += 0.5 if stem(first) in _WEAK else 2.0
    if not tool.described and f" {' '.join(tool.name_words)} " in f" {' '.join(map(in_english, words(clause)))} ":
        points += ENOUGH
    if _DEFINITION.fullmatch(clause):
        points -= 4.0
    if first in _WRITING and stem(first) not in tool.weights:
        points -= 3.0
    return points
