"""Parting a message into what is asked and the text that comes with it, and turning its pronouns."""

import re
from dataclasses import dataclass

from helpers.sandbox.engines.text.wishes import without_wishes
from helpers.sandbox.engines.words import sentences, words

_FENCES = ("```", '"""', "'''", "<<<", "\n---\n")
_CLOSING = {"<<<": ">>>"}
_TAG = re.compile(r"<([A-Za-z][\w-]{0,30})>")
_QUOTED = re.compile(r'"([^"]{25,})"|“([^”]{25,})”|„([^“”]{25,})[“”]')
_LABEL = re.compile(
    r"^[ \t#*]*(?:context(?: information)?|(?:the )?(?:following )?text|document(?: \d+)?|documents"
    r"|article|passage|source(?: \d+)?|sources|notes|information|"
    r"background|e-?mail|transcript|report|review|minutes|content|input|data|facts|knowledge|kontext"
    r"|quelle|dokument|artikel)[ \t*]*:[ \t*]*",
    re.IGNORECASE | re.MULTILINE,
)
_TASK_LABEL = re.compile(
    r"^[ \t#*]*(?:(?:user )?question|query|task|instructions?|frage|aufgabe|q)[ \t*]*:[ \t*]*(.*(?:\n(?![ \t]*\n).*)*)",
    re.IGNORECASE | re.MULTILINE,
)
_ANSWER_LABEL = re.compile(
    r"^[ \t#*]*(?:answer|response|antwort|summary|a)[ \t*]*:[ \t*]*$", re.IGNORECASE | re.MULTILINE
)
_IMPERATIVE = re.compile(
    r"\W{0,9}(?:please|kindly|summari[sz]e|answer|explain|tell|list|name|give|describe|translate|write"
    r"|rewrite|rephrase|paraphrase|extract|find|say|repeat|compare"
    r"|define|calculate|compute|count|classify|reply|respond|outline|mention|state|provide|create"
    r"|generate|compose|draw|implement|code|debug|imagine"
    r"|pretend|based on|according to|from the (?:text|context|document)|using (?:only|the)|use (?:only"
    r"|the|this|these|at most|bullet|all)|in (?:one|two|three|a"
    r" single|\d+) (?:short )?(?:sentences?|words?)|keep (?:it|your|the answer)|be (?:brief|concise"
    r"|short)|do not|don't|never|always|only|if (?:the|you|it)\b"
    r"|you (?:must|should|will|may)\b|your (?:task|job|answers?)|show me|help me|i want (?:you )?to|i"
    r" would like|i'd like|i need|let me know|think|"
    r"tl;?dr|sum up|enumerate|improve|correct|proofread|convert|simplify|shorten|and (?:in|the|its|what"
    r"|who)\b|go on|continue|more\b|here (?:is|are) (?:a|the|some)"
    r"|label|categori[sz]e|(?:tag|rate|score|grade|sort|rank|group) (?:the|this|these|each|every|all)|determine|decide"
    r"|judge|evaluate|assess|klassifiziere|bewerte|beantworte|otherwise\b|else,? (?:say|answer|reply)"
    r"|nenne|erkläre|beschreibe|fasse|übersetze|antworte|schreibe?|make sure|return|output|print|make up"
    r"|invent|can you|could you|limit)\b",
    re.IGNORECASE,
)
_REMEMBER = re.compile(
    r"^\W*(?:please )?(?:remember|note|keep in mind|don't forget|fyi)(?: that|[:,])\s+", re.IGNORECASE
)
QUESTION_START = re.compile(
    r"\W{0,9}(?:who|what|when|where|why|which|whose|how|is|are|was|were|does|do|did|can|could|will|would|has"
    r"|have|should|wer|wann|wo|was|warum|wie|welche\w*)\b",
    re.IGNORECASE,
)
_BE_OR_HAVE = re.compile(
    r"\b(?:i|my|we|our|i'm|we're|ich|mein\w*|you|your|he|she|they|it|is|are|was|were|am|has|have|had|will"
    r"|'s|takes?|costs?|lives?|likes?|works?|ist|sind|hat)\b"
    r"|\b\w{3,}ed\b",
    re.IGNORECASE,
)
_LONG_WORDS = 20
_LONGEST = 3000
_SHORT_WISH = 10

_FIRST = {
    "i am": "you are",
    "i'm": "you are",
    "i was": "you were",
    "am i": "are you",
    "i've": "you have",
    "i'll": "you will",
    "i'd": "you would",
    "i": "you",
    "my": "your",
    "mine": "yours",
    "me": "you",
    "myself": "yourself",
    "we're": "you are",
    "we": "you",
    "our": "your",
    "ours": "yours",
    "us": "you",
}
_SECOND = {
    "you are": "I am",
    "you're": "I am",
    "you were": "I was",
    "are you": "am I",
    "you've": "I have",
    "you'll": "I will",
    "you'd": "I would",
    "you": "I",
    "your": "my",
    "yours": "mine",
    "yourself": "myself",
}
_OBJECT = re.compile(
    r"\b(to|for|with|from|about|of|by|at|on|after|tell|ask|asks|call|calls|called|give|gives|help|helps"
    r"|contact|reach) I\b"
)


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
    text = _REMEMBER.sub("", text.replace("\r\n", "\n"))
    for split in (_by_fence, _by_tag, _by_label, _by_quotes):
        parts = split(text)
        if parts and parts[1].strip():
            question, document = _ANSWER_LABEL.sub("", parts[0]).strip(), parts[1].strip()
            if not question:
                inner = _by_sentences(document)
                question, document = inner[0], inner[1] or document
            task = _TASK_LABEL.match(question)
            return Prompt(_bounded(task.group(1).strip() if task else question), document, True)
    question, document = _by_sentences(text)
    long = len(sentences(document)) > 2 or len(document.split()) >= _LONG_WORDS
    return Prompt(_bounded(question), document, long)


def _bounded(question: str) -> str:
    """The two ends of a question that is far too long to be one."""
    return question if len(question) <= _LONGEST else f"{question[: _LONGEST // 2]} {question[-_LONGEST // 2 :]}"


def _by_fence(text: str) -> tuple[str, str] | None:
    for fence in _FENCES:
        start = text.find(fence)
        end = text.find(_CLOSING.get(fence, fence), start + len(fence)) if start >= 0 else -1
        if end > start + len(fence) + 10:
            outside = f"{text[:start]}\n{text[end + len(fence) :]}"
            return outside, text[start + len(fence) : end]
    return None


def _by_tag(text: str) -> tuple[str, str] | None:
    inside, outside, position = [], [], 0
    for match in list(_TAG.finditer(text[:1_000_000]))[:200]:
        if match.start() < position:
            continue
        end = text.find(f"</{match.group(1)}>", match.end())
        if end < 0:
            continue
        content = text[match.end() : end]
        outside.append(text[position : match.start()])
        (
            outside
            if match.group(1).lower() in ("question", "query", "task", "instruction", "instructions")
            else inside
        ).append(content)
        position = end + len(match.group(1)) + 3
    return ("\n".join([*outside, text[position:]]), "\n\n".join(inside)) if inside else None


def _by_label(text: str) -> tuple[str, str] | None:
    label = _LABEL.search(text)
    if not label:
        return None
    before, rest = text[: label.start()], text[label.end() :]
    task = _TASK_LABEL.search(rest)
    if task:
        after = rest[task.end() :]
        return f"{before}\n{task.group(1)}\n{after}", rest[: task.start()]
    if before.strip() and (QUESTION_START.match(before) or _IMPERATIVE.match(before) or "?" in before):
        inner = _by_sentences(rest)
        return (f"{before}\n{inner[0]}", inner[1]) if inner[1] else (before, rest)
    question, document = _by_sentences(rest)
    return f"{before}\n{question}", document


def _by_quotes(text: str) -> tuple[str, str] | None:
    found = [m for m in _QUOTED.finditer(text) if len((m.group(1) or m.group(2) or m.group(3)).split()) >= 5]
    outside = _QUOTED.sub(" ", text)
    if not found or len(sentences(outside)) > 3:
        return None
    return outside, "\n".join(m.group(1) or m.group(2) or m.group(3) for m in found)


def _by_sentences(text: str) -> tuple[str, str]:
    """Questions and instructions at the two ends of a text are the question, all between is the document."""
    blocks = [block for block in re.split(r"\n\s*\n", text) if block.strip()]
    if not blocks:
        return "", ""
    first, last = sentences(blocks[0]), sentences(blocks[-1]) if len(blocks) > 1 else []
    head, opening = _take_asks(first)
    if len(blocks) == 1:
        tail, middle = _take_asks(opening[::-1])
        return " ".join([*head, *tail[::-1]]), _same_text(blocks[0], middle[::-1], first)
    tail, rest = _take_asks(last[::-1])
    middle = [_same_text(blocks[0], opening, first), *blocks[1:-1], _same_text(blocks[-1], rest[::-1], last)]
    return " ".join([*head, *tail[::-1]]), "\n\n".join(part for part in middle if part)


def _take_asks(found: list[str]) -> tuple[list[str], list[str]]:
    asks: list[str] = []
    for position, sentence in enumerate(found):
        head, colon, tail = sentence.partition(": ")
        if (
            colon
            and len(head.split()) <= 15
            and len(tail.split()) >= 4
            and _is_ask(head)
            and not _is_ask(tail)
            and not re.search(r"\d", tail[:3])
        ):
            return [*asks, head], [tail, *found[position + 1 :]]
        if not _is_ask(sentence):
            return asks, found[position:]
        asks.append(sentence)
    return asks, []


def _is_ask(sentence: str) -> bool:
    start = re.sub(
        r"^(?:(?:hello|hi|hey|thanks|thank you|ok|okay|great|so|now|well|also|then)\b[\s,!.]*)+",
        "",
        sentence,
        flags=re.IGNORECASE,
    )
    if start.rstrip("\"”') ").endswith("?") or _IMPERATIVE.match(start):
        return True
    count = len(words(start))
    if count <= _SHORT_WISH and len(words(without_wishes(start))) < count / 2:
        return True
    return bool(QUESTION_START.match(start)) and not start.rstrip().endswith((".", "!")) and len(start.split()) < 20


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


def turn_first_person(sentence: str) -> str:
    """Turn what a user says about themselves into what is said to them: "My name is Ada" into "Your name is Ada"."""
    return _turn(sentence, _FIRST)


def turn_second_person(sentence: str) -> str:
    """Turn what the assistant is told about itself into what it says: "You are a tutor" into "I am a tutor"."""
    return _OBJECT.sub(r"\1 me", _turn(sentence, _SECOND))


def _turn(sentence: str, table: dict[str, str]) -> str:
    keys = sorted(table, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, keys))})\b", re.IGNORECASE)
    turned = pattern.sub(lambda match: table[match.group().lower()], sentence.replace("’", "'"))
    return turned[:1].upper() + turned[1:]
