"""Turning pronouns: what a user says about themselves becomes what is said to them, and so for the assistant."""

import re

_FIRST = {
    "i am": "you are", "i'm": "you are", "i was": "you were", "am i": "are you", "i've": "you have", "i'll": "you will",
    "i'd": "you would", "i": "you", "my": "your", "mine": "yours", "me": "you", "myself": "yourself",
    "we're": "you are", "we": "you", "our": "your", "ours": "yours", "us": "you",
}  # fmt: skip
_SECOND = {
    "you are": "I am", "you're": "I am", "you were": "I was", "are you": "am I", "you've": "I have", "you'll": "I will",
    "you'd": "I would", "you": "I", "your": "my", "yours": "mine", "yourself": "myself",
}  # fmt: skip
_OBJECT = re.compile(
    r"\b(to|for|with|from|about|of|by|at|on|after|tell|ask|asks|call|calls|called|give|gives|help|helps"
    r"|contact|reach) I\b"
)


def _pattern(table: dict[str, str]) -> re.Pattern[str]:
    keys = sorted(table, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, keys))})\b", re.IGNORECASE)


_FIRST_PATTERN, _SECOND_PATTERN = _pattern(_FIRST), _pattern(_SECOND)


def turn_first_person(sentence: str) -> str:
    """Turn what a user says about themselves into what is said to them: "My name is Ada" into "Your name is Ada"."""
    return _turn(sentence, _FIRST, _FIRST_PATTERN)


def turn_second_person(sentence: str) -> str:
    """Turn what the assistant is told about itself into what it says: "You are a tutor" into "I am a tutor"."""
    return _OBJECT.sub(r"\1 me", _turn(sentence, _SECOND, _SECOND_PATTERN))


def _turn(sentence: str, table: dict[str, str], pattern: re.Pattern[str]) -> str:
    turned = pattern.sub(lambda match: table.get(match.group().lower(), match.group()), sentence.replace("’", "'"))
    return turned[:1].upper() + turned[1:]
