"""Replies that need no source: greetings, "Repeat: ...", calculations, counts; and what is declined.

What needs a language model (translating, code, poems and other texts of its own, rework, judgment such as "Classify
...", "Rate ..." or "positive or negative") is declined plainly. Replies of the kind `Fixed` tell what the sandbox is or
cannot do; no wish about the form changes them.
"""

import re

from helpers.sandbox.engines.text.arithmetic import calculate
from helpers.sandbox.engines.text.prompts import Prompt
from helpers.sandbox.engines.text.wishes import without_wishes
from helpers.sandbox.engines.words import sentences, words


class Fixed(str):
    """A reply of the sandbox about itself, which is given as it is."""

    __slots__ = ()


IDENTITY = Fixed(
    "This is the sandbox, a stand-in for the service that runs on your own machine. It is not a language"
    " model: it answers "
    "from the text of the request and from a small collection of facts."
)
_LONGEST = 20_000
_GREETING = re.compile(
    r"\s*(?:(?:hello|hi|hey|good (?:morning|afternoon|evening|day)|greetings|hallo|guten (?:tag|morgen"
    r"|abend)|moin|servus)"
    r"(?: there| everyone| everybody| assistant| sandbox)?)\b[\s,.!]*",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"\s*(?:(?:ok|okay|great|perfect|fine|cool)\b[\s,.!]*)?(?:many |vielen )?(?:thanks?|thank you|thx|danke)\b", re.I
)
_SMALL_TALK = (
    (
        re.compile(r"\W{0,9}how (?:are you|do you do|is it going)(?: today| doing)*\W*$", re.I),
        f"Ready to answer. {IDENTITY}",
    ),
    (re.compile(r"\W{0,9}(?:good ?bye|bye|see you|tschüss|auf wiedersehen)[\w ]*\W*$", re.I), "Goodbye."),
    (
        re.compile(
            r"\W{0,9}(?:ok|okay|all right|alright|great|fine|cool|nice|yes|no|sure|good|perfect|understood)\W*$", re.I
        ),
        "All right.",
    ),
)
_REPEAT = re.compile(
    r"\s*(?:please )?(?:repeat|echo)(?: after me| exactly| back)?(?: (?:this|these|the following)(?:"
    r" (?:text|words?|sentences?))?)?"
    r"(?: exactly| after me| back)?\s*[:,]\s*(.+)",
    re.IGNORECASE | re.DOTALL,
)
_SAY = re.compile(
    r"\s*(?:please )?(?:just |only )?(?:say|repeat|echo|write|print|output|(?:reply|respond|answer)(?:"
    r" with)?)(?: (?:only|just|exactly"
    r"|back|the|single|words?|phrase|text|this|following))*\s*:?\s*[\"“'‘](.+)[\"”'’]\s*[.!]?\s*(?:and"
    r" nothing else)?[.!]?\s*$",
    re.IGNORECASE | re.DOTALL,
)
_SAY_PLAIN = re.compile(
    r"\s*(?:please )?(?:just |only )?(?:say (?!something|anything|a |an |what|why|how|in |more|it |no "
    r"|yes )|(?:reply|respond|answer) with"
    r" (?:only |just |exactly )*(?:the (?:single )?words? |exactly:? |only:? ))([^?\n]{1,80}?)[.!]?\s*$",
    re.IGNORECASE,
)
_IN_LANGUAGE = re.compile(
    r"\b(?:in|into|auf|to) (?:german|french|spanish|italian|english|dutch|polish|portuguese|turkish"
    r"|russian|chinese|japanese|latin"
    r"|deutsch|englisch|französisch|spanisch)\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\b(?:how many|count (?:the |all )?(?:number of )?)\s*(words|characters|letters|sentences)\b", re.IGNORECASE
)
_COUNT_LETTER = re.compile(
    r"\bhow (?:many|often)\b.{0,30}?\b(?:letter )?[\"'“]?([a-z])[\"'”]?(?:['’]?s)?(?: are| is| occurs?|"
    r" appears?)?(?: there)? in (?:the word )?"
    r"[\"'“]?([a-z]{2,40})[\"'”]?\s*\??\s*$",
    re.IGNORECASE,
)
_JUDGING = "judge a text"
_TASKS = (
    (r"translat\w*|übersetz\w*|(?:say|write|spell) .{1,80}\b(?:in|auf) (?:german|french|spanish|italian)", "translate"),
    (
        r"(?:write|create|generate|give|show|implement|make|program|build|develop|provide"
        r"|need)\b.{0,60}\b(?:code|functions?|program|script"
        r"|class|regex|query|app|website|method|snippet|unit tests?)|implement|refactor|debug|code|fix"
        r" (?:this|the|my) (?:code|bug)",
        "write code",
    ),
    (
        r"(?:write|compose|create|generate|tell|make|give|invent|draft|think)\b.{0,60}\b(?:poem|haiku"
        r"|limerick|rhyme|story|stories|joke|song"
        r"|lyrics|letter|e-?mail|essay|novel|speech|riddle|slogan|tweet|blog ?post|post|article|dialogue|tale"
        r"|ad|name for|names for|recipe)s?"
        r"|compose|imagine|pretend|role-?play|brainstorm|rhyme",
        "write texts of its own",
    ),
    (
        r"rewrite|rephrase|interpret|umformulier\w*|korrigiere?|paraphrase|reword|proofread|correct|improve|shorten|simplify|convert|reformat|polish",
        "rework a text",
    ),
    (
        r"classif\w*|categori[sz]e|klassifizier\w*|(?:what is|what's|determine|detect|analy[sz]e|bestimme) (?:the|die)"
        r" (?:sentiment|tone|mood|stimmung)|(?:label|tag|rate|score|grade|rank|sort|group|assess|evaluate|judge|review"
        r"|critique|bewerte|beurteile|sortiere|ordne)(?= (?:the|this|these|that|those|each|every|all|it|them|my|our"
        r"|whether|how|following|as|by|on|into|den|die|das|diese\w*|jede\w*)\b|\s*:)",
        _JUDGING,
    ),
    (r"draw|paint|sketch|plan (?:a|my|our)|design|predict", "do this"),
)
_POLITE = (
    r"(?:please |kindly |now |then |next |can you |could you |would you |will you |help me |i (?:want"
    r"|need) you to |i(?:'d| would) like you to )*"
)
_DECLINE = tuple((re.compile(rf"\W{{0,9}}{_POLITE}(?:{verbs})\b", re.IGNORECASE), task) for verbs, task in _TASKS)
_JUDGED = re.compile(
    r"\b(?:positive?|negative?|neutral|spam|toxic|urgent|sarcastic)\b,? (?:\w+,? )?(?:or|oder)\b"
    r"|\bwhich (?:category|label|class) (?:does|do|fits|describes)\b",
    re.IGNORECASE,
)
_TO_JUDGE = re.compile(
    r"\b(?:review|text|comment|message|e-?mail|mail|tweet|feedback|post|sentence|ticket|tone|bewertung|nachricht)s?\b",
    re.IGNORECASE,
)
_SENTIMENT = re.compile(r"\b(?:sentiment|stimmung) (?:of|in|der|des|dieser) \w+", re.IGNORECASE)
_CODE_LINE = re.compile(
    r"\s*(?:(?:async )?def \w+ ?\(|class [A-Z]\w* ?[(:{]|class [A-Z]\w* (?:extends|implements) "
    r"|import [\w.]+(?: as \w+)?;?$|import [{*\"']|from [\w.]+ import |#include ?[<\"]|#!/|<\?php"
    r"|(?:package|using) [\w.]+;$|(?:public|private|protected|static|final) [\w<>\[\] ]{1,60}[({;=]"
    r"|(?:export |default |async )*function\b.{0,40}\(|(?:const|let|var) \w+ ?=|(?:func|fn|fun) \w+\("
    r"|for \w+(?:, ?\w+)? in \w.{0,200}:$|(?:el)?if .{0,200}[=<>(\[].{0,200}:$|while (?:.{0,200}[=<>(]|True).{0,200}:$"
    r"|(?:try|else):$|with .{1,200}\) as \w+:$|(?:for|if|while) ?\(.{1,200}\{$|@\w[\w.]*\(|print\(|console\.log\("
    r"|SELECT .{1,80} FROM |CREATE TABLE |INSERT INTO |[\w.\[\]]{1,60} ?[-+*/]?= ?(?:[\"'\[({]|\w[\w.]{0,60}\()"
    r"|[\[{]{1,3}\s*\"\w|[})\]]+;?$|.{0,200}[\w)\]\s]\{$)|\s+return\b.{0,80}$"
)
_MOST_CODE_LINES = 40


def without_greeting(text: str) -> str:
    """Return a message without a greeting at its start, unless it is nothing else."""
    match = _GREETING.match(text)
    return text[match.end() :] if match and match.end() < len(text) else text


def decline(question: str) -> Fixed | None:
    """Return the reply to a task that the sandbox cannot do, or None where it is none."""
    for pattern, task in _DECLINE:
        if pattern.match(question) or (task == _JUDGING and any(map(pattern.match, sentences(question)))):
            return _cannot(task)
    is_judging = _SENTIMENT.search(question) or (_JUDGED.search(question) and _TO_JUDGE.search(question))
    return _cannot(_JUDGING) if is_judging else None


def decline_code(prompt: str) -> Fixed | None:
    """Return the reply to a raw prompt that breaks off in code, or None where it is none.

    Code is a prompt whose last line, or half of whose last lines, look as statements of programming languages do.
    """
    lines = [line for line in prompt[-8000:].splitlines() if line.strip()][-_MOST_CODE_LINES:]
    code = [bool(_CODE_LINE.match(line)) for line in lines]
    return _cannot("write code") if code and (code[-1] or 2 * sum(code) >= len(code)) else None


def _cannot(task: str) -> Fixed:
    return Fixed(
        f"The sandbox cannot {task}: it is not a language model, but answers from given text and a few facts. "
        "Use the real service for this."
    )


def direct_reply(text: str, prompt: Prompt) -> str | None:
    """Return the reply to a message that needs no source, or None.

    Args:
        text: the whole message.
        prompt: its two parts.
    """
    if len(text) > _LONGEST and not prompt.question:
        return None
    if (match := _GREETING.match(text)) and match.end() == len(text):
        return "Hello. What would you like to know?"
    if _THANKS.match(text) and len(words(text)) < 8 and "?" not in text:
        return "You are welcome."
    for pattern, reply in _SMALL_TALK:
        if pattern.match(prompt.question or text):
            return reply
    if match := _REPEAT.match(text) or _SAY.match(text):
        return match.group(1).strip().strip('"“”').strip() or None
    if (match := _SAY_PLAIN.match(text)) and not _IN_LANGUAGE.search(text):
        return f"{match.group(1)[:1].upper()}{match.group(1)[1:]}."
    question = without_wishes(prompt.question or text[:300])
    if result := calculate(question):
        return f"{result}."
    if match := _COUNT_LETTER.search(question):
        letter, word = match.group(1).lower(), match.group(2)
        return f'The letter "{letter}" occurs {word.lower().count(letter)} times in "{word}".'
    if (match := _COUNT.search(question)) and prompt.document:
        return _count(match.group(1).lower(), prompt.document)
    return None


def _count(what: str, text: str) -> str:
    number = {
        "words": len(text.split()),
        "characters": len(text),
        "letters": sum(sign.isalpha() for sign in text),
        "sentences": len(sentences(text)),
    }[what]
    return f"The text has {number} {what if number != 1 else what[:-1]}."
