"""Parting a message into what is asked and the text that comes with it.

Looked for in this order, and the first that is found counts:

1. tags (`<text>...</text>`): what is inside is the document, all else is asked;
2. fences (three quotes or backticks, `<<< >>>`), if what is inside is not a small part of a longer text;
3. labels at the start of a line ("Context:", "Question:", "Answer:"). Of several questions with answers, as in a FAQ,
   none is asked; of several before an empty "Answer:", the last, and the others are examples, not a text to ask about;
4. long quotations;
5. else the questions and instructions at the two ends are asked, and all between is the document. Where one stands at
   the end, a question at the start belongs to the document.
"""

import re
from dataclasses import dataclass

from sandbox.engines.text.facts import any_of
from sandbox.engines.text.wishes import without_wishes
from sandbox.engines.words import sentences, words

_FENCE = re.compile(r'```[\w+-]*\n?|"""|\'\'\'|<<<|>>>')
_TAG = re.compile(r"<([A-Za-z][\w-]{0,30})>")
_ASK_TAGS = ("question", "query", "task", "instruction", "instructions", "frage")
_QUOTED = re.compile(r'"([^"\n]{25,4000})"|“([^“”\n]{25,4000})”|„([^„“”\n]{25,4000})[“”]')
_RULE = re.compile(r"^(?:-{3,}|={3,}|\*{3,}|_{3,})$", re.MULTILINE)
_LABEL = re.compile(
    rf"^[ \t#*]*(?:(?P<document>{any_of('document_labels')})|(?P<task>{any_of('task_labels')})"
    rf"|(?P<answer>{any_of('answer_labels')}))[ \t*]*:[ \t*]*",
    re.IGNORECASE | re.MULTILINE,
)
# Not before a comma or the like, as in the head of a table ("name;city").
_IMPERATIVE = re.compile(rf"[\s\"'“>*-]{{0,4}}{any_of('instructions')}(?!\w|[,;|\"\t]\S)", re.IGNORECASE)
_REMEMBER = re.compile(
    r"^\W*(?:please )?(?:remember|note|keep in mind|don't forget|fyi)(?: that"
    r"|[:,])\s+",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:(?:hello|hi|hey|thanks|thank you|ok|okay|great|so|now|well|also|then)\b[\s,!.]*)+", re.IGNORECASE
)
QUESTION_START = re.compile(
    r"\W{0,9}(?:who|what|when|where|why|which|whose|how|is|are|was|were|does|do|did|can|could|will|would|has"
    r"|have|should|wer|wann|wo|was|warum|wie|welche\w*)\b",
    re.IGNORECASE,
)
_BE_OR_HAVE = re.compile(
    r"\b(?:i|my|we|our|i'm|we're|ich|mein\w*|you|your|he|she|they|it|is|are|was|were|am|has|have|had|will"
    r"|'s|takes?|costs?|lives?|likes?|works?|ist|sind|hat|\w{3,}ed)\b",
    re.IGNORECASE,
)
_LONG_WORDS, _LONGEST, _SHORT_WISH = 20, 3000, 10


@dataclass(frozen=True)
class Prompt:
    """A message in two parts.

    `question` is what is asked or told to do, `document` the other text. `is_long` says that the document is set off by
    quotes, fences, tags or a label, or has several sentences, and so is there to be asked about.
    """

    question: str
    document: str
    is_long: bool


def read_prompt(text: str) -> Prompt:
    """Part a message into question and document.

    Args:
        text: the message.

    Returns:
        Its parts; both may be empty.
    """
    if not text:
        return Prompt("", "", False)
    text = _REMEMBER.sub("", text.replace("\r\n", "\n"), count=1)
    for split in (_by_tag, _by_fence, _by_label, _by_quotes):
        parts = split(text)
        if parts and parts[1].strip():
            question, document = parts[0].strip(), parts[1].strip()
            if not question:
                question, inner = _by_sentences(document)
                document = inner or document
            first = _LABEL.match(document)
            are_examples = split is _by_label and first is not None and first.lastgroup == "task"
            return Prompt(_bounded(question), document, not are_examples)
    question, document = _by_sentences(_RULE.sub("", text))
    return Prompt(_bounded(question), document, _is_long(document))


def _is_long(document: str) -> bool:
    """Whether a text is there to be asked about: many words, three lines, three sentences or data."""
    many_words = len(document.split(maxsplit=_LONG_WORDS)) >= _LONG_WORDS
    return many_words or document.count("\n") > 1 or document[:1] in ("{", "[") or len(sentences(document)) > 2


def _bounded(question: str) -> str:
    """The two ends of a question that is far too long to be one."""
    return question if len(question) <= _LONGEST else f"{question[: _LONGEST // 2]} {question[-_LONGEST // 2 :]}"


def _by_tag(text: str) -> tuple[str, str] | None:
    inside, outside, position = [], [], 0
    if "</" not in text:
        return None
    for match in list(_TAG.finditer(text[:1_000_000]))[:200]:
        end = text.find(f"</{match.group(1)}>", match.end()) if match.start() >= position else -1
        if end < 0:
            continue
        outside.append(text[position : match.start()])
        asks = match.group(1).lower() in _ASK_TAGS
        (outside if asks else inside).append(text[match.end() : end])
        position = end + len(match.group(1)) + 3
    return ("\n".join([*outside, text[position:]]), "\n\n".join(inside)) if inside else None


def _by_fence(text: str) -> tuple[str, str] | None:
    marks = list(_FENCE.finditer(text))[:200]
    if len(marks) < 2:
        return None
    inside = text[marks[0].end() : marks[1].start()]
    outside = f"{text[: marks[0].start()].rstrip()}\n{text[marks[1].end() :]}"
    if len(marks) > 2 or len(outside) > len(inside):
        question, rest = _by_sentences(outside)
        if not question or len(rest) > len(inside):
            return None
    return outside, inside


def _by_label(text: str) -> tuple[str, str] | None:
    marks = list(_LABEL.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    parts = [(mark.lastgroup, text[mark.end() : end].strip()) for mark, end in zip(marks, ends, strict=False)]
    asked_at = _asked_at(parts)
    before, opening = _by_sentences(text[: marks[0].start()]) if marks else ("", "")
    if asked_at is None:
        is_document = parts and parts[0][0] == "document" and not _is_answered(parts)
        if not is_document or len(opening) > len(text) // 3:
            return None
    asks, documents = [before], [opening]
    for i, (kind, content) in enumerate(parts):
        question, rest = "", content if kind == "document" else text[marks[i].start() : ends[i]].strip()
        if i == asked_at:
            question, _, rest = content.partition("\n\n")
        elif kind == "document" and asked_at is None and i == len(parts) - 1:
            question, inner = _by_sentences(content)
            rest = inner or content
        asks.append(question)
        documents.append(rest if content else "")
    return "\n".join(filter(None, asks)), "\n\n".join(filter(None, documents))


def _is_answered(parts: list[tuple[str | None, str]]) -> bool:
    return any(kind == "answer" and content for kind, content in parts)


def _asked_at(parts: list[tuple[str | None, str]]) -> int | None:
    """Which labeled part is the question: the last one, if no answer follows; none where all are answered."""
    tasks = [i for i, (kind, _) in enumerate(parts) if kind == "task"]
    is_open = bool(tasks) and all(kind != "answer" or not content for kind, content in parts[tasks[-1] :])
    return tasks[-1] if is_open and (len(tasks) == 1 or parts[-1][0] in ("answer", "task")) else None


def _by_quotes(text: str) -> tuple[str, str] | None:
    found = [quoted for m in _QUOTED.finditer(text) if len((quoted := next(filter(None, m.groups()))).split()) >= 5]
    if not found:
        return None
    outside = _QUOTED.sub(" ", text)
    return None if len(sentences(outside)) > 3 else (outside, "\n".join(found))


def _by_sentences(text: str) -> tuple[str, str]:
    """Questions and instructions at the two ends of a text are the question, all between is the document."""
    blocks = [block for block in re.split(r"\n\s*\n", text) if block.strip()]
    if not blocks:
        return "", ""
    if len(blocks) == 1:
        return _one_block(blocks[0])
    first, last = sentences(blocks[0]), sentences(blocks[-1])
    (head, opening), (tail, rest) = _take_asks(first), _take_asks(last[::-1])
    if not tail:
        tail, before = _last_line(blocks[-1])
        rest = [before] if tail else rest
    if _has_question(tail) and _has_question(head) and (len(blocks) > 2 or opening):
        head, opening = [], first
    middle = [_same_text(blocks[0], opening, first), *blocks[1:-1], _same_text(blocks[-1], rest[::-1], last)]
    return " ".join([*head, *tail[::-1]]), "\n\n".join(part for part in middle if part)


def _one_block(block: str) -> tuple[str, str]:
    found = sentences(block)
    head, left = _take_asks(found)
    tail, middle = _take_asks(left[::-1])
    if not tail and not head:
        tail, before = _last_line(block)
        return (" ".join(tail), before) if tail else ("", block)
    if _has_question(head) and _has_question(tail) and middle and "\n" in block:
        head, middle = [], [*middle, *head[::-1]]
    return " ".join([*head, *tail[::-1]]), _same_text(block, middle[::-1], found)


def _has_question(asks: list[str]) -> bool:
    return any(ask.endswith("?") for ask in asks)


def _last_line(block: str) -> tuple[list[str], str]:
    """A last line that is a question, below lines of a table, a log or the like that end without a mark."""
    before, _, line = block.strip().rpartition("\n")
    return ([line], before) if before and line.endswith("?") and _is_ask(line) else ([], block)


def _take_asks(found: list[str]) -> tuple[list[str], list[str]]:
    """Part sentences into the asks at their start and all that follow."""
    asks: list[str] = []
    for position, sentence in enumerate(found):
        head, colon, tail = sentence.partition(": ")
        is_frame = colon and len(head.split()) <= 15 and len(tail.split()) >= 4 and not tail[:3].isdigit()
        if is_frame and _is_ask(head) and not _is_ask(tail):
            return [*asks, head], [tail, *found[position + 1 :]]
        if not _is_ask(sentence):
            return asks, found[position:]
        asks.append(sentence)
    return asks, []


def _is_ask(sentence: str) -> bool:
    if len(sentence) > _LONGEST:
        return False
    start = _OPENING.sub("", sentence, count=1) if _OPENING.match(sentence) else sentence
    if start.rstrip("\"”') ").endswith("?") or _IMPERATIVE.match(start):
        return True
    count = len(start.split(maxsplit=_LONG_WORDS))
    if count <= _SHORT_WISH and len(words(without_wishes(start))) < len(words(start)) / 2:
        return True
    return count < _LONG_WORDS and bool(QUESTION_START.match(start)) and not start.rstrip().endswith((".", "!"))


def _same_text(block: str, kept: list[str], all_sentences: list[str]) -> str:
    """The kept sentences; with the block's own line breaks where nothing was taken away."""
    if kept == all_sentences:
        return block
    start = block.find(kept[0][:40]) if kept else -1
    if start >= 0 and kept[-1][-30:] in block:
        return block[start : block.rfind(kept[-1][-30:]) + len(kept[-1][-30:])]
    return "\n".join(kept)


def is_statement(text: str) -> bool:
    """Tell whether a text says something, in contrast to a bare name or to random letters."""
    return bool(_BE_OR_HAVE.search(text))
