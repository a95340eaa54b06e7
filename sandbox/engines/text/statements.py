"""What the user said before, and what the assistant was told about itself, statement by statement.

"My name is Ada and I live in Kiel." holds two statements. Their pronouns are turned ("you live in Kiel"); a German one
is quoted instead ("You said: Ich wohne in Kiel."). Of statements that begin alike, the later one counts. A correction
("Actually, ...", "No, ...", "Correction: ...") goes before the statement that it corrects, which is the last one with
words in common, else the one before; "it" and a bare "Saturday" stand for what that statement is about.
"""

import re
from dataclasses import dataclass

from sandbox.engines.text.asking import GERMAN_FIRST_PERSON, GERMAN_SECOND_PERSON, Request
from sandbox.engines.text.passages import ENOUGH, Passage, find_expected, fits, rank, terms
from sandbox.engines.text.prompts import is_statement
from sandbox.engines.text.pronouns import turn_first_person, turn_second_person
from sandbox.engines.text.shaping import ended
from sandbox.engines.text.verdicts import yes_or_no
from sandbox.engines.words import sentences, words

_CORRECTION = re.compile(
    r"(?:(?:oh|well|ah|hm+|and|but|ach|aber)\b[\s,.!]*)*(?:(?:actually|correction|no wait|wait|scratch that|i mean"
    r"|i meant|to correct myself|my mistake|i was wrong|eigentlich|korrektur|nein|vielmehr|genauer gesagt)\b[\s,:.!]*"
    r"|(?:no|sorry|oops|entschuldigung)(?=[,:.!])[\s,:.!]*)+",
    re.IGNORECASE,
)
_NEXT_STATEMENT = re.compile(
    r",? (?:and|but|und|aber) (?=(?:I|I'm|my|we|our|you|your|ich|meine?|wir|unsere?|du|deine?)\b)"
)
_GERMAN_PERSON = re.compile(rf"\b(?:{GERMAN_FIRST_PERSON}|{GERMAN_SECOND_PERSON}|Sie)\b", re.IGNORECASE)
_GERMAN_MARK = re.compile(
    r"\b(?:ist|hat|habe|haben|im|am|ich|mein\w*|wir|unser\w*|du|dein\w*|bist|sind|heiß\w*|und|der|die|das|ein\w*)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(r"\b(?:it|its|they|their|them|he|his|him|she|her|this|that|es|er|sie|das)\b", re.IGNORECASE)
_IS_NAMED = re.compile(r"(?:You are|I am) [A-ZÀ-Þ][\w-]+(?: [A-ZÀ-Þ][\w-]+)?(?:\W*$|, | from | of | at )")
_PASSING = frozenset("now also today actually currently instead still jetzt nun auch heute".split())
_KINDS = ("when", "money", "count", "who")
_ABOUT_COUNT, _OPENING_WORDS = 3, 3


@dataclass(frozen=True)
class Statement:
    """One statement as it was said, and for a correction the statement that it corrects, else "".

    `is_bare` says that a correction is no sentence of its own, such as "Saturday".
    """

    text: str
    corrected: str = ""
    is_bare: bool = False


def statements(texts: list[str]) -> list[Statement]:
    """Return the statements of some texts one by one, the latest first."""
    found: list[Statement] = []
    for sentence in [sentence for text in texts for sentence in sentences(text)]:
        mark = _CORRECTION.match(sentence)
        rest = sentence[mark.end() :] if mark else sentence
        if not rest.strip(" .!"):
            continue
        for part in _NEXT_STATEMENT.split(rest):
            corrected = _corrected(part, found) if mark and found else ""
            found.append(Statement(f"{part[:1].upper()}{part[1:]}", corrected, bool(mark) and not is_statement(part)))
    return found[::-1]


def is_correction(text: str) -> bool:
    """Tell whether a text begins as a correction does ("No, ...")."""
    return bool(_CORRECTION.match(text))


def _corrected(part: str, before: list[Statement]) -> str:
    own = set(terms(part))
    about = [s for s in before[::-1] if own & set(terms(s.text))]
    of_kind = [s for s in before[::-1] for kind in _KINDS if find_expected(kind, part) and fits(kind, s.text)]
    chosen = (about or of_kind or before[::-1])[0]
    return f"{chosen.corrected} {chosen.text}".strip()


def correction(request: Request, said: list[Statement]) -> str | None:
    """Return the user's latest correction of what is asked for, or None."""
    for statement in said:
        if not statement.corrected or not fits(request.kind, f"is {statement.text}"):
            continue
        own, before = frozenset(terms(statement.text)), frozenset(terms(statement.corrected))
        among = [Passage(f"is {statement.text}", own=own | before)]
        ranked = rank(request.question, request.asked, among, request.kind)
        if not request.asked or ranked[0][1] < ENOUGH:
            continue
        if statement.is_bare:
            return f"You corrected this: {ended(statement.text)}"
        return ended(_to_user(statement.text)) + _what_was_said(statement)
    return None


def _what_was_said(statement: Statement) -> str:
    """What a correction with "it" corrects, for without that it says little alone."""
    needs = _POINTING.search(statement.text)
    return f' (You said before: "{statement.corrected}")' if needs else ""


def from_user(request: Request, said: list[Statement]) -> str | None:
    """Return the user's statement that answers a question about the user, or None."""
    return _answer(request, [(s.text, _to_user(s.text)) for s in said])


def from_instructions(request: Request, document: str) -> str | None:
    """Return the statement of the system message that answers a question about the assistant, or None."""
    told = [s.text for s in statements([document])][::-1]
    return _answer(request, [(text, _of_assistant(text)) for text in told])


def _to_user(text: str) -> str:
    return f"You said: {text}" if _is_german(text) else turn_first_person(text)


def _of_assistant(text: str) -> str:
    return f"My instructions say: {text}" if _is_german(text) else turn_second_person(text)


def _is_german(text: str) -> bool:
    return bool(_GERMAN_PERSON.search(text)) and len(_GERMAN_MARK.findall(text)) > 1


def _answer(request: Request, said: list[tuple[str, str]]) -> str | None:
    if not request.asked:
        about = [turned for _, turned in said if re.match(r"(?:You|Your|I|My)\b", turned)]
        named = [text for text in about if "name" in text.lower()] if request.kind == "who" else []
        return " ".join(ended(text) for text in (named or about)[:_ABOUT_COUNT]) or None
    among = [Passage(turned, own=frozenset(terms(f"name {t}" if _IS_NAMED.match(turned) else t))) for t, turned in said]
    ranked = rank(request.question, request.asked, among, request.kind)
    good = [p.text for _, coverage, p in ranked if coverage >= ENOUGH]
    if not good:
        return None
    alike = [text for text in good if _opening(text) == _opening(good[0])]
    chosen = min(alike, key=[turned for _, turned in said].index)
    return yes_or_no(request, chosen) + ended(chosen)


def _opening(text: str) -> list[str]:
    return [word for word in words(text) if word not in _PASSING][:_OPENING_WORDS]
