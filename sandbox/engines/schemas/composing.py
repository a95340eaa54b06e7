"""Answer a conversation with a value of a JSON schema.

The rule, in five steps:
1. The document is told from the instruction: "Extract the event: ..." is about what follows the colon, and a sentence
   that only commands ("Classify this review.") is not part of what is read.
2. The properties are filled from the document as the arguments of a tool are (see `reading`), then from earlier turns.
   A message that is one question says little itself: the answer in plain words is read first.
3. What is judged and not read comes from `judging`: categories, flags, ratings and a confidence.
4. The answer in plain words goes to the properties that are there for it, by their names ("answer", "summary",
   "explanation"); if nothing else is known, to all free texts. Several share its sentences, in order. Lists ("steps",
   "reasons") take a sentence for each item.
5. What is still open is null where the schema allows that, else a placeholder, and all is made valid (see `building`).
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from sandbox.engines.kin import split_name
from sandbox.engines.schemas import judging
from sandbox.engines.schemas.building import build
from sandbox.engines.schemas.reading import NOTHING, Node, Path, Reading, read
from sandbox.engines.schemas.resolving import branches
from sandbox.engines.schemas.values import LIMIT, find_values
from sandbox.engines.words import sentences, stem

_LONGEST_QUESTION = 200
_MOST_READ = 150
_AGE = re.compile(r"(?i)\b(\d{1,3})[- ]years?[- ]old\b")
_INSTRUCTION = re.compile(
    r"(?i)\W*(?:please\s+|now\s+|can you\s+|could you\s+)?(?:extract|classify|categori[sz]e|summari[sz]e|return|parse"
    r"|convert|identify|analy[sz]e|give|list|write|generate|create|answer|rate|tell|determine|detect|find|output|respond"
    r"|reply|produce|fill|read|describe|explain|evaluate|assess|judge|label|tag|score|use|provide|make|get|turn)\b"
)
_FORM = re.compile(
    r"(?i)(?:^|(?<=[.!?:'\"”\n]))\s*(?:please )?(?:answer|return|respond|reply|output|give|write|produce|format)\b"
    r"[^.\n]{0,80}\bjson\b[^.\n]{0,300}(?:\.|$)"
)
_ANSWERS = frozenset(
    stem(word)
    for word in """answer reply response summary explanation reasoning reason conclusion result output text content
    message description comment advice story poem joke analysis rationale justification abstract overview verdict
    final solution recommendation feedback""".split()
)
_ECHOES = frozenset(stem(word) for word in "question query prompt input original issue problem complaint".split())
_FINAL = frozenset(stem(word) for word in "final result solution outcome".split())
_KEYWORDS = frozenset(stem(word) for word in "keywords keyword tags topics themes".split())
_HEADINGS = frozenset(
    "contact text review email message document article input note ticket passage context comment paragraph".split()
)
_PARTS = frozenset(
    stem(word)
    for word in "steps reasons points sentences facts ideas tips lines arguments highlights takeaways results "
    "reasoning thoughts suggestions recommendations pros cons instructions answers bullets".split()
)
_RESULT = re.compile(r"(?:=|\b(?:is|are|equals|gives|becomes)\b)\s*([^=]{1,80}?)[.!]?$")


def compose(
    schema: Any, text: str, *, background: Sequence[str] = (), prose: str = "", today: date | None = None
) -> Any:
    """Answer a conversation with a value that is valid under a schema.

    Args:
        schema: a JSON schema.
        text: the user's message.
        background: earlier turns, the latest first.
        prose: an answer to the message in plain words.
        today: the day that "tomorrow" starts from, where it is known.

    Returns:
        A JSON value.

    Raises:
        NoInstance: if no value was found that the schema allows.
    """
    document, is_only_asked = _find_document(text)
    asks = bool(prose) and is_only_asked
    main, others = (prose, [document, *background]) if asks else (document, [*background, prose])
    reading, said = _read(schema, main, [other for other in others if other], today)
    _prefer_things(reading, main)
    _judge(reading, document, prose)
    _echo(reading, document)
    _place_prose(reading, prose, asks, said)
    return build(schema, reading.value)


def _find_document(text: str) -> tuple[str, bool]:
    """Return a message without its instruction, and whether it is nothing but an instruction or a question."""
    text = _AGE.sub(r"age \1", text[:LIMIT].strip())
    text = _FORM.sub("", text).strip() or text
    head, colon, tail = text.partition(":")
    if colon and "\n" not in head and len(tail.split()) > 1 and (_INSTRUCTION.match(head) or head.lower() in _HEADINGS):
        tail = tail.strip()
        # A document in quotes is no quoted value.
        tail = tail[1:-1] if tail[0] == tail[-1] and tail[0] in "\"'" and tail.count(tail[0]) == 2 else tail
        return (tail, False) if head.lower() not in _HEADINGS or ":" not in tail else (text, False)
    parts = sentences(text)
    kept = [part for part in parts if not _INSTRUCTION.match(part)]
    if kept and len(kept) < len(parts) and len(" ".join(kept).split()) > 2:
        return "\n".join(kept), False
    is_question = text.endswith("?") and len(parts) == 1
    return text, len(text) < _LONGEST_QUESTION and (is_question or not kept)


def _read(schema: Any, main: str, others: list[str], today: date | None) -> tuple[Reading, set[Path]]:
    """Read the texts. "Paris is the capital of France" says what the capital is, before anything else is read.

    Returns:
        The reading, and the paths of what was said in that way.
    """
    reading = read(schema, main, facts=others, today=today, most_nodes=_MOST_READ)
    said: dict[Path, str] = {}
    for leaf in reading.leaves:
        found = _find_said(leaf, main)
        if found:
            said[leaf.path] = found[0]
            main = main.replace(found[1], "", 1)
    if said:
        reading = read(schema, main, facts=others, today=today, most_nodes=_MOST_READ)
        for leaf in reading.leaves:
            leaf.value = said.get(leaf.path, leaf.value)
    return reading, set(said)


def _prefer_things(reading: Reading, text: str) -> None:
    """Take "a science fair" for a name rather than another phrase, such as "going"."""
    things = [value.text for value in find_values(text) if value.kind == "phrase" and _has_article(text, value.start)]
    for leaf in reading.leaves:
        plain = leaf.slot.role in ("name", "thing") and leaf.from_text and isinstance(leaf.value, str)
        if plain and leaf.value.islower() and things and leaf.value not in things and " " not in leaf.value:
            leaf.value = things.pop(0)


def _has_article(text: str, position: int) -> bool:
    return bool(
        re.search(r"(?i)\b(?:an?|the|our|my|eine?[rn]?|der|die|das)\s$", text[max(0, position - 10) : position])
    )


def _find_said(leaf: Node, text: str) -> tuple[str, str] | None:
    """Return what "X is the NAME" or "the NAME is X" says of a text property, and the words to leave out then."""
    if (
        leaf.slot.schema.get("type") != "string"
        or leaf.slot.role in ("enum", "text")
        or leaf.schema.get("type") == "array"
    ):
        return None
    name = re.escape(" ".join(split_name(_last(leaf))))
    subject = r"(?:^|(?<=[.!?]\s))([A-ZÄÖÜ][^.!?,:;]{0,60}?)"
    before = (
        re.search(rf"(?m){subject} (?:is|was) the (?:[\w-]{{1,20}} ){{0,2}}{name}\b(?: of\b)?", text) if name else None
    )
    after = (
        re.search(rf"(?i)\bthe {name}(?: of ([^.!?,:;]{{1,60}}?))? (?:is|was) ([^.!?,:;]{{1,60}})", text)
        if name
        else None
    )
    if before:
        return before[1], before[0]
    return (after[2].strip(), after[0].replace(after[1] or "\0", "", 1)) if after else None


def _judge(reading: Reading, document: str, prose: str) -> None:
    """Set what is judged and not read: categories, flags, ratings, and last the confidence."""
    for leaf in reading.leaves:
        name, kind, options = _last(leaf), leaf.schema.get("type"), leaf.schema.get("enum")
        named = any(_is_named(option, document) for option in options or ())
        if (
            named
            or (leaf.value is not NOTHING and not options and kind != "array")
            or (not leaf.required and kind != "boolean")
        ):
            continue
        if options and (leaf.value is NOTHING or judging.has_signs(options, document)):
            leaf.value = judging.choose(options, str(leaf.schema.get("description", "")), document)
        elif kind == "array" and _names(leaf) & _KEYWORDS and leaf.slot.schema.get("type") == "string":
            leaf.value = leaf.value if "enum" in leaf.slot.schema else judging.main_words(document)
        elif kind == "boolean":
            flag = judging.judge_flag(name, document)
            said = re.match(r"(?i)(yes|no)\b", prose)
            flag = said[1].lower() == "yes" if flag is None and said else flag
            leaf.value = NOTHING if flag is None else flag
    known = [
        leaf.value is not NOTHING for leaf in reading.leaves if leaf.schema.get("type") not in ("number", "integer")
    ]
    share = (sum(known) + 1) / (len(known) + 1)
    for leaf in reading.leaves:
        if leaf.value is NOTHING and leaf.required and leaf.schema.get("type") in ("number", "integer"):
            number = judging.judge_number(_last(leaf), leaf.schema, document, share)
            leaf.value = NOTHING if number is None else number


def _is_named(option: Any, text: str) -> bool:
    name = " ".join(split_name(str(option)))
    return len(name) > 1 and bool(re.search(rf"(?i)\b{re.escape(name)}\b", text))


def _echo(reading: Reading, document: str) -> None:
    """Give the message itself to the properties that ask for it: a question, an issue."""
    for leaf in reading.leaves:
        if _is_free_text(leaf) and _names(leaf) & _ECHOES and "answer" not in _names(leaf):
            leaf.value = document if len(document) < _LONGEST_QUESTION else sentences(document)[-1]


def _place_prose(reading: Reading, prose: str, asks: bool, said: set[Path]) -> None:
    """Give the answer in plain words to the properties that are there for it."""
    parts = sentences(prose)
    if not parts:
        return
    lists = [leaf for leaf in reading.leaves if leaf.schema.get("type") == "array" and leaf.required]
    lists = [leaf for leaf in lists if _names(leaf) & _PARTS or (asks and len(reading.leaves) == 1)]
    for leaf in lists:
        _fill_list(leaf, parts)
    texts = [leaf for leaf in reading.leaves if _is_free_text(leaf) and leaf.path not in said]
    texts = [leaf for leaf in texts if not _names(leaf) & _ECHOES]
    targets = [leaf for leaf in texts if _is_for_answers(leaf)]
    if not targets and not lists and not said and (asks or not any(leaf.from_text for leaf in reading.leaves)):
        targets = [leaf for leaf in texts if leaf.value is NOTHING or asks]
    if lists and targets:
        shares = [_result(parts[-1]) if _names(leaf) & _FINAL else prose for leaf in targets]
    else:
        shares = _shared_out(parts, len(targets))
    for leaf, share in zip(targets, shares, strict=True):
        leaf.value = share


def _shared_out(parts: list[str], count: int) -> list[str]:
    """Share sentences out, in order, each share as long as the others; the last one is given again if they run out."""
    size, more = divmod(len(parts), max(count, 1))
    shares, position = [], 0
    for number in range(count):
        end = position + size + (number < more)
        shares.append(" ".join(parts[position:end]) or parts[-1])
        position = end
    return shares


def _fill_list(leaf: Node, parts: list[str]) -> None:
    """Give each sentence to one item: as it is, or to the item's first text, with its result in the others."""
    item = leaf.slot.schema
    if item.get("type", "string") == "string" and "enum" not in item and "format" not in item:
        leaf.value = parts
        return
    names = [
        name for name, part in item.get("properties", {}).items() if branches(part, {})[0][0].get("type") == "string"
    ]
    if names:
        leaf.value = [{name: _result(part) if index else part for index, name in enumerate(names)} for part in parts]


def _result(sentence: str) -> str:
    """What a sentence comes to: what follows "is" or an equals sign."""
    found = _RESULT.search(sentence)
    return found[1].strip() if found else sentence


def _is_free_text(leaf: Node) -> bool:
    schema = leaf.slot.schema
    plain = schema.get("type", "string") == "string" and leaf.schema.get("type") != "array"
    plain = plain and not any(key in schema for key in ("enum", "const", "format", "pattern", "properties"))
    return plain and leaf.slot.role in ("text", "thing", "name", "other") and (leaf.required or _is_for_answers(leaf))


def _is_for_answers(leaf: Node) -> bool:
    return not leaf.path or bool(_names(leaf) & _ANSWERS)


def _names(leaf: Node) -> set[str]:
    return {stem(word) for word in split_name(_last(leaf))}


def _last(leaf: Node) -> str:
    return leaf.path[-1] if leaf.path else ""
