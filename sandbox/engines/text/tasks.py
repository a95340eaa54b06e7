"""Replies that need no source: greetings, "Repeat: ...", counts, rework by rule; and what is declined.

By rule: capitals, "Reverse ...", "Sort ... alphabetically"; "Extract all email addresses" (links, phone numbers, dates,
amounts, numbers) by the form that such things have; "positive or negative?" by counting words of a short list, where
"not" before a word turns it. What needs a language model (translating, code, poems and other texts of its own, rework,
other judgment such as "Classify ..." or "Rate ...") is declined plainly. Replies of the kind `Fixed` tell what the
sandbox is or cannot do; no wish about the form changes them.
"""

import re

from sandbox.engines.text.arithmetic import calculate
from sandbox.engines.text.facts import any_of, vocabulary
from sandbox.engines.text.prompts import Prompt
from sandbox.engines.text.wishes import Wishes, without_wishes
from sandbox.engines.words import sentences, words


class Fixed(str):
    """A reply of the sandbox about itself, which is given as it is."""

    __slots__ = ()


IDENTITY = Fixed(
    "This is the sandbox, a stand-in for the service that runs on your own machine. It is not a language model: it "
    "answers from the text of the request and from a small collection of facts."
)
_LONGEST = 20_000
_GREETING = re.compile(
    r"\s*(?:(?:hello|hi|hey|good (?:morning|afternoon|evening|day)|greetings|hallo|guten (?:tag|morgen|abend)|moin"
    r"|servus)"
    r"(?: there| everyone| everybody| assistant| sandbox)?)\b[\s,.!]*",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"\s*(?:(?:ok|okay|great|perfect|fine|cool)\b[\s,.!]*)?(?:many |vielen )?(?:thanks?|thank you|thx|danke)\b", re.I
)
_SMALL_TALK = {
    r"how (?:are you|do you do|is it going)(?: today| doing)*": f"Ready to answer. {IDENTITY}",
    r"(?:good ?bye|bye|see you|tschüss|auf wiedersehen)[\w ]*": "Goodbye.",
    r"(?:ok|okay|all right|alright|great|fine|cool|nice|yes|no|sure|good|perfect|understood)": "All right.",
}
_SMALL_TALK = tuple((re.compile(rf"\W{{0,9}}{said}\W*$", re.I), reply) for said, reply in _SMALL_TALK.items())
_REPEAT = re.compile(
    r"\s*(?:please )?(?:repeat|echo)(?: after me| exactly| back)?(?: (?:this|these|the following)(?: (?:text|words?"
    r"|sentences?))?)?(?: exactly| after me| back)?\s*[:,]\s*(.+)",
    re.IGNORECASE | re.DOTALL,
)
_SAY = re.compile(
    r"\s*(?:please )?(?:just |only )?(?:say|repeat|echo|write|print|output|(?:reply|respond|answer)(?: with)?)"
    r"(?: (?:only|just|exactly|back|the|single|words?|phrase|text|this"
    r"|following))*\s*:?\s*[\"“'‘](.+)[\"”'’]\s*[.!]?\s*"
    r"(?:and nothing else)?[.!]?\s*$",
    re.IGNORECASE | re.DOTALL,
)
_SAY_PLAIN = re.compile(
    r"\s*(?:please )?(?:just |only )?(?:say (?!something|anything|a |an |what|why|how|in |more|it |no |yes )"
    r"|(?:reply|respond|answer) with (?:only |just |exactly )*(?:the (?:single )?words? |exactly:? |only:? ))"
    r"([^?\n]{1,80}?)[.!]?\s*$",
    re.IGNORECASE,
)
_IN_LANGUAGE = re.compile(
    r"\b(?:in|into|auf|to) (?:german|french|spanish|italian|english|dutch|polish|portuguese|turkish|russian|chinese"
    r"|japanese|latin|deutsch|englisch|französisch|spanisch)\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\b(?:how many|count (?:the |all )?(?:number of )?)\s*(words|characters|letters|sentences)\b", re.IGNORECASE
)
_COUNT_LETTER = re.compile(
    r"\bhow (?:many|often)\b.{0,30}?\b(?:letter )?[\"'“]?([a-z])[\"'”]?(?:['’]?s)?(?: are| is| occurs?| appears?)?"
    r"(?: there)? in (?:the word )?[\"'“]?([a-z]{2,40})[\"'”]?\s*\??\s*$",
    re.IGNORECASE,
)
_POLITE = (
    r"\W{0,9}(?:please |kindly |now |then |next |can you |could you |would you |will you |help me |i (?:want"
    r"|need) you to "
    r"|i(?:'d| would) like you to )*"
)
_REWORKS = {
    "upper": r"(?:rewrite|convert|put|write|make|change|turn|print|return)\b.{0,60}\b(?:upper ?case|capital letters"
    r"|caps)",
    "lower": r"(?:rewrite|convert|put|write|make|change|turn|print|return)\b.{0,60}\b(?:lower ?case|small letters)",
    "reverse": r"(?:reverse|spell .{1,60} backwards?)\b",
    "sort": r"(?:sort|order|arrange|put|sortiere)\b.{0,60}\b(?:alphabetical\w*|alphabetic order|a to z|alphabetisch)",
}
_REWORKS = {name: re.compile(rf"{_POLITE}{pattern}", re.IGNORECASE) for name, pattern in _REWORKS.items()}
_QUOTED = re.compile(r"[\"“„']([^\"”“'\n]{1,400})[\"”“']")
_FORMS = {
    "email address": (r"e-?mail(?: address(?:es)?|s)?|mail addresses", r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"),
    "link": (r"links?|urls?|web ?(?:sites?|addresses)", r"https?://[^\s<>\"')\]]{1,2000}|\bwww\.[^\s<>\"')\]]{1,200}"),
    "phone number": (r"(?:tele)?phone numbers?|telefonnummern?", r"(?<![\w.])\+?\d{1,4}(?:[ /()-]{1,2}\d{2,9}){2,6}\b"),
    "date": (
        r"dates|datums?angaben",
        rf"\b(?:\d{{4}}-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|\d{{1,2}}(?:st|nd|rd|th"
        rf"|\.)? {any_of('month_starts')}"
        rf"[a-zä]*\.?(?: \d{{4}})?|{any_of('month_starts')}[a-zä]* \d{{1,2}}(?:, \d{{4}})?)(?!\w)",
    ),
    "amount of money": (
        r"amounts?(?: of money)?|prices|sums of money|geldbeträge|beträge",
        r"(?:[$€£] ?|\b(?:EUR|USD|GBP|CHF) )\d[\d.,]*\d|\b\d[\d.,]*(?:(?: (?:million|thousand|billion))? ?(?:[$€£]"
        r"|\b(?:euros?"
        r"|dollars?|cents?|pounds?|francs?|yen|krone[rn]|EUR|USD|GBP|CHF)\b))|\b\d{1,9}\.\d\d\b",
    ),
    "number": (r"numbers|figures|zahlen", r"(?<![\w.,])\d+(?:[.,]\d+)*"),
    "hashtag": (r"hashtags?", r"#\w{1,100}"),
}
_FORMS = {
    name: (
        re.compile(
            rf"{_POLITE}(?:extract|find|list|get|give|show|return|collect|pull out|name|what are|finde|nenne"
            rf"|extrahiere)\b"
            rf"(?: me)?(?: all| every| any| each| alle)?(?: of)?(?: the| die)? (?:{asked})\b",
            re.IGNORECASE,
        ),
        re.compile(form, re.IGNORECASE),
    )
    for name, (asked, form) in _FORMS.items()
}
_JUDGING = "judge a text"
_TASKS = {
    "translate": "translate",
    "code": "write code",
    "texts": "write texts of its own",
    "rework": "rework a text",
    "judge": _JUDGING,
    "other": "do this",
}
_DECLINE = tuple(
    (re.compile(rf"{_POLITE}{any_of(f'task_{name}')}\b", re.IGNORECASE), task) for name, task in _TASKS.items()
)
_JUDGED = re.compile(
    r"\b(?:positive?|negative?|neutral|spam|toxic|urgent|sarcastic)\b,? (?:\w+,? )?(?:or|oder)\b"
    r"|\bwhich (?:category|label|class) (?:does|do|fits|describes)\b",
    re.IGNORECASE,
)
_TO_JUDGE = re.compile(
    r"\b(?:review|text|comment|message|e-?mail|mail|tweet|feedback|post|sentence|ticket|tone|bewertung|nachricht)s?\b",
    re.IGNORECASE,
)
_SENTIMENT = re.compile(
    r"\b(?:sentiment|stimmung)\b|\bpositive?\b.{0,30}\bnegative?\b|\bnegative?\b.{0,30}\bpositive?\b"
    r"|\b(?:is|are|ist) (?:the|this|that|my|der|dieser?) [\w ]{1,40}\b(?:positive?|negative?)\W*$",
    re.IGNORECASE,
)
_NEGATES = frozenset("not no never nicht kein keine isn't wasn't don't didn't doesn't".split())
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
_MOST_CODE_LINES, _MOST_FOUND, _MOST_NAMED = 40, 100, 3


def without_greeting(text: str) -> str:
    """Return a message without a greeting at its start, unless it is nothing else."""
    match = _GREETING.match(text)
    return text[match.end() :] if match and match.end() < len(text) else text


def decline(question: str) -> Fixed | None:
    """Return the reply to a task that the sandbox cannot do, or None where it is none."""
    for pattern, task in _DECLINE:
        if pattern.match(question) or (task == _JUDGING and any(map(pattern.match, sentences(question)))):
            return _cannot(task)
    is_judging = _SENTIMENT.search(question) or _JUDGED.search(question)
    return _cannot(_JUDGING) if is_judging and _TO_JUDGE.search(question) else None


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
    return _count(text, prompt) or _rework(text, prompt)


def _operand(text: str, prompt: Prompt) -> str:
    """What a task is to be done with: the document, else what stands in quotes, else what follows the colon."""
    quoted = _QUOTED.search(prompt.question)
    return prompt.document or (quoted.group(1) if quoted else text.partition(": ")[2].strip())


def _count(text: str, prompt: Prompt) -> str | None:
    match = _COUNT.search(prompt.question)
    counted = _operand(text, prompt) if match else ""
    if not match or not counted:
        return None
    what = match.group(1).lower()
    number = {
        "words": len(counted.split()),
        "characters": len(counted),
        "letters": sum(sign.isalpha() for sign in counted),
        "sentences": len(sentences(counted)),
    }[what]
    named = "text" if len(counted.split()) > 1 else "word"
    return f"The {named} has {number} {what if number != 1 else what[:-1]}."


def _rework(text: str, prompt: Prompt) -> Fixed | None:
    name = next((name for name, pattern in _REWORKS.items() if pattern.match(prompt.question)), None)
    given = _operand(text, prompt) if name else ""
    if not given:
        return None
    if name == "sort":
        items = [item.strip(" .") for item in re.split(r"[\n,;]+| and | und ", given)]
        items = [item for item in items if item] if len(items) > 1 else given.split()
        return Fixed(("\n" if "\n" in given else ", ").join(sorted(items, key=str.casefold)))
    return Fixed({"upper": given.upper(), "lower": given.lower(), "reverse": given[::-1]}[name])


def extract(question: str, text: str) -> tuple[str, list[str]] | None:
    """Return what a question such as "Extract all email addresses" asks for: its name, and all of it in the text.

    Returns:
        The name ("email address") and what was found, each once, in order; None where nothing of the kind is asked for.
    """
    for name, (asked, form) in _FORMS.items():
        if asked.match(question):
            return name, list(dict.fromkeys(match.group() for match in form.finditer(text)))[:_MOST_FOUND]
    return None


def sentiment(question: str, text: str, wishes: Wishes) -> str | None:
    """Return "Positive" or "Negative" with the words that say so, or None where that is not asked or not to be told."""
    if not _SENTIMENT.search(question):
        return None
    found: dict[str, list[str]] = {"Positive": [], "Negative": []}
    said = words(text[:_LONGEST])
    for i, word in enumerate(said):
        kind = "Positive" if word in vocabulary("positive") else "Negative" if word in vocabulary("negative") else ""
        if kind:
            negated = not _NEGATES.isdisjoint(said[max(0, i - 2) : i])
            kind = {"Positive": "Negative", "Negative": "Positive"}[kind] if negated else kind
            found[kind].append(f"not {word}" if negated else word)
    good, bad = len(found["Positive"]), len(found["Negative"])
    if not good + bad:
        return None
    verdict = "Neutral" if good == bad else "Positive" if good > bad else "Negative"
    named = ", ".join(dict.fromkeys(found.get(verdict, [*found["Positive"], *found["Negative"]])[:_MOST_NAMED]))
    is_short = wishes.words or verdict == "Neutral" or re.search(r"\b(?:only|just)\b", question)
    return Fixed(f"{verdict}." if is_short else f"{verdict}, by these words: {named}.")
