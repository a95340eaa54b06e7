"""An example string for a regular expression, so that a `pattern` in a JSON schema can be met."""

import re

_CLASSES = {"d": "0", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a", "t": "\t", "n": "\n"}
_ALPHABET = "aA0b1 -_.,:;/@#abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$%&()*+<=>?[]^`{|}~"


def example(pattern: str) -> str | None:
    """Return a short string that a pattern matches, or None where the rule finds none.

    It takes the first alternative, the fewest repetitions, and the first character of a class that fits. Lookarounds
    and back references are not understood.

    Args:
        pattern: a regular expression as JSON schemas use them.
    """
    try:
        text, _ = _sequence(pattern[:500], 0)
        return text if re.search(pattern, text) else None
    except (re.error, IndexError, ValueError, RecursionError):
        return None


def _sequence(pattern: str, position: int) -> tuple[str, int]:
    """Read up to the end or the group's closing bracket; later alternatives are read over."""
    alternatives = [""]
    while position < len(pattern) and pattern[position] != ")":
        if pattern[position] == "|":
            alternatives.append("")
            position += 1
            continue
        if pattern[position] in "^$":
            position += 1
            continue
        atom, position = _atom(pattern, position)
        count, position = _repetitions(pattern, position)
        alternatives[-1] += atom * min(count, 1000)
    return alternatives[0], position


def _atom(pattern: str, position: int) -> tuple[str, int]:
    character = pattern[position]
    if character == "(":
        start = re.compile(r"\((?:\?:|\?P?<\w+>)?").match(pattern, position)
        text, end = _sequence(pattern, start.end() if start else position + 1)
        return text, end + 1
    if character == "[":
        end = pattern.index("]", position + 2)
        while pattern[end - 1] == "\\":
            end = pattern.index("]", end + 1)
        chosen = re.compile(pattern[position : end + 1])
        return next((letter for letter in _ALPHABET if chosen.fullmatch(letter)), ""), end + 1
    if character == "\\":
        following = pattern[position + 1]
        return ("" if following in "bBAZz" else _CLASSES.get(following, following)), position + 2
    return ("a" if character == "." else character), position + 1


def _repetitions(pattern: str, position: int) -> tuple[int, int]:
    match = re.compile(r"(?:([*+?])|\{(\d+)(?:,\d*)?\})\??").match(pattern, position)
    if not match:
        return 1, position
    return (int(match[2]) if match[2] else 1 if match[1] == "+" else 0), match.end()
