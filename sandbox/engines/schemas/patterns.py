r"""Regular expressions as JSON schemas use them: whether a text matches, and texts that match several at once.

The rule is Brzozowski's (Derivatives of Regular Expressions, Journal of the ACM, 1964): reading a character turns a
pattern into the pattern for what has to follow. A text matches if the pattern that is left at its end may be empty.
Since patterns combine with "and" and "not", lookaheads, several patterns and lengths are met together: an example is
found by trying characters, one of each kind that the patterns tell apart, until the rest may be empty. No pattern
makes this slow: the work is bounded by a number of steps, and there is no backtracking over the text.

Understood are classes, groups, alternatives, repetitions, anchors, `\d \w \s \b`, lookaheads, lookbehinds of one
character, `\p{L}` and its like, and a leading `(?i)`; as in Python, `\d` and `\w` know all of Unicode. What the
pattern holds now is a formula over sequences of nodes: `("or", {...})`, `("and", {...})`, `("not", x)`, or a tuple of
nodes that have to follow one another.
"""

import itertools
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

_LONGEST_PATTERN = 2000
_MOST_REPETITIONS = 2000
_MOST_NESTED = 20
_MOST_STEPS = 40_000
_MOST_LONGER = 40
_EVER = 10**9
_NICE = "aA0 -_.@:/bc1xyzBCXYZ23456789,;#"
_ASCII = "".join(map(chr, range(32, 127)))

Formula = Any  # True, False, ("or" | "and", frozenset of formulas), ("not", formula), or a sequence of nodes


class BadPattern(ValueError):  # noqa: N818 (a name that others rely on)
    """A pattern is no regular expression, or uses what the sandbox does not know."""


class _TooManySteps(Exception):  # noqa: N818 (it never leaves this module)
    pass


@dataclass(frozen=True, eq=False)
class _Set:
    """One character of a set: single characters, ranges and classes such as `\\d`, or all others."""

    members: tuple[Any, ...]
    negated: bool = False
    ignores_case: bool = False

    def has(self, character: str) -> bool:
        versions = {character, character.lower(), character.upper()} if self.ignores_case else {character}
        return any(_is_in(version, self.members) for version in versions) != self.negated


@dataclass(frozen=True, eq=False)
class _Assertion:
    """A place: the start, the end, a word's edge or none, or after a character of a set or none."""

    kind: str
    behind: _Set | None = None


@dataclass(frozen=True, eq=False)
class _Ahead:
    """What follows has to match, or must not."""

    body: "_Sequence"
    negated: bool


@dataclass(frozen=True, eq=False)
class _Options:
    """One of several sequences."""

    options: tuple["_Sequence", ...]


@dataclass(frozen=True, eq=False)
class _Repeat:
    """A sequence repeated."""

    body: "_Sequence"
    least: int
    most: int
    _after: list["_Repeat"] = field(default_factory=list)

    def after_one(self) -> "_Repeat":
        """What is left of it after one time. Always the same object, so that equal states are seen to be equal."""
        least, most = max(self.least - 1, 0), self.most - (self.most < _EVER)
        if (least, most) == (self.least, self.most):
            return self
        if not self._after:
            self._after.append(_Repeat(self.body, least, most))
        return self._after[0]


_Sequence = tuple[Any, ...]
_ANY = _Repeat((_Set((), negated=True),), 0, _EVER)


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern; `formula` matches a whole text in which the pattern occurs."""

    formula: Formula

    def occurs_in(self, text: str) -> bool:
        """Say whether the pattern occurs in a text; False for a text on which this takes too many steps."""
        steps = iter(range(_MOST_STEPS))
        left, before = self.formula, None
        try:
            for character in text:
                left = _derive(left, before, character, steps)
                if isinstance(left, bool):
                    return left
                before = character
            return _may_end(left, before)
        except (_TooManySteps, RecursionError):
            return False


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> Pattern:
    """Read a regular expression.

    Raises:
        BadPattern: if it is none, or one that the sandbox does not know.
    """
    if len(pattern) > _LONGEST_PATTERN:
        raise BadPattern(f"it is longer than {_LONGEST_PATTERN} characters")
    try:
        parser = _Parser(pattern)
        body = parser.read_options(0)
        if parser.position < len(parser.pattern):
            raise BadPattern("a closing bracket has no opening one")
        anchored = all(option and _is_start(option[0]) for option in body.options)
        return Pattern((body, _ANY) if anchored else (_ANY, body, _ANY))
    except IndexError as error:
        raise BadPattern("it ends too early") from error


def examples(patterns: Sequence[str], forbidden: Sequence[str], least: int, most: int) -> Iterator[str]:
    """Yield texts in which all patterns occur and no forbidden one, of `least` to `most` characters, short ones first.

    Raises:
        BadPattern: see `compile_pattern`.
    """
    wanted = [compile_pattern(pattern).formula for pattern in patterns]
    unwanted = [compile_pattern(pattern).formula for pattern in forbidden]
    formula = _all_of([*wanted, *(_not(one) for one in unwanted)])
    kinds = _kinds_of_characters(formula)
    steps = iter(range(_MOST_STEPS))
    seen: set[str | None] = {None}
    # A line feed is tried last: before it, "$" is met in Python, but not everywhere.
    for characters in ([kind for kind in kinds if kind != "\n"], kinds):
        for longer, turn in itertools.product(range(min(_MOST_LONGER, most - least + 1)), range(3)):
            found = _search(formula, [*characters[turn:], *characters[:turn]], least + longer, most, steps)
            if found not in seen:
                seen.add(found)
                yield str(found)
        if len(seen) > 1:
            return


def _search(formula: Formula, kinds: list[str], least: int, most: int, steps: Iterator[int]) -> str | None:
    """Find one text by trying characters in the given order, each state only once."""
    waiting: list[tuple[Formula, str]] = [(formula, "")]
    seen: set[tuple[Formula, str, int]] = set()
    try:
        while waiting:
            left, text = waiting.pop()
            before = text[-1:] or None
            if len(text) >= least and _may_end(left, before):
                return text
            for character in reversed(kinds) if len(text) < most else ():
                following = _derive(left, before, character, steps)
                state = (following, character, min(len(text) + 1, least))
                if following is not False and state not in seen:
                    seen.add(state)
                    waiting.append((following, text + character))
    except (_TooManySteps, RecursionError):
        return None
    return None


def _derive(formula: Formula, before: str | None, character: str, steps: Iterator[int]) -> Formula:
    """Return what has to follow a character, which itself follows `before`."""
    if next(steps, None) is None:
        raise _TooManySteps
    if isinstance(formula, bool):
        return formula
    if formula[:1] == ("or",):
        return _any_of([_derive(part, before, character, steps) for part in formula[1]])
    if formula[:1] == ("and",):
        return _all_of([_derive(part, before, character, steps) for part in formula[1]])
    if formula[:1] == ("not",):
        return _not(_derive(formula[1], before, character, steps))
    return _consume(formula, (), before, character, steps)


def _consume(sequence: _Sequence, rest: _Sequence, before: str | None, character: str, steps: Iterator[int]) -> Formula:
    """Return what has to follow where a node of the sequence takes the character, and then comes `rest`."""
    results: list[Formula] = []
    condition: Formula = True
    for index, node in enumerate(sequence):
        if next(steps, None) is None:
            raise _TooManySteps
        after = (*sequence[index + 1 :], *rest)
        if isinstance(node, _Set):
            taken: Formula = node.has(character) and _sequence(after)
        elif isinstance(node, _Options):
            taken = _any_of([_consume(option, after, before, character, steps) for option in node.options])
        elif isinstance(node, _Repeat) and node.most:
            taken = _consume(node.body, (node.after_one(), *after), before, character, steps)
        else:
            taken = False
        results.append(_all_of([condition, taken]))
        condition = _all_of([condition, _skip(node, before, character, steps)])
        if condition is False:
            break
    return _any_of(results)


def _skip(node: Any, before: str | None, character: str | None, steps: Iterator[int]) -> Formula:
    """Return on what condition a node takes no character between `before` and `character`."""
    if isinstance(node, _Set):
        return False
    if isinstance(node, _Assertion):
        return _holds(node, before, character)
    if isinstance(node, _Options):
        return _any_of([_skip_all(option, before, character, steps) for option in node.options])
    if isinstance(node, _Repeat):
        return node.least == 0 or _skip_all(node.body, before, character, steps)
    seen = (*node.body, _ANY)
    inside = _may_end(seen, before) if character is None else _consume(seen, (), before, character, steps)
    return _not(inside) if node.negated else inside


def _skip_all(sequence: _Sequence, before: str | None, character: str | None, steps: Iterator[int]) -> Formula:
    return _all_of([_skip(node, before, character, steps) for node in sequence])


def _may_end(formula: Formula, before: str | None) -> bool:
    """Whether a text may end here."""
    if isinstance(formula, bool):
        return formula
    if formula[:1] == ("or",):
        return any(_may_end(part, before) for part in formula[1])
    if formula[:1] == ("and",):
        return all(_may_end(part, before) for part in formula[1])
    if formula[:1] == ("not",):
        return not _may_end(formula[1], before)
    return bool(_skip_all(formula, before, None, iter(range(_MOST_STEPS))))


def _holds(assertion: _Assertion, before: str | None, character: str | None) -> bool:
    if assertion.behind:
        return (before is not None and assertion.behind.has(before)) == (assertion.kind == "behind")
    if assertion.kind == "start":
        return before is None
    if assertion.kind == "end":
        return character is None
    edge = (before is not None and _is_word(before)) != (character is not None and _is_word(character))
    return edge == (assertion.kind == "edge")


def _sequence(nodes: _Sequence) -> Formula:
    """A sequence as a formula: True where anything may follow."""
    return True if nodes == (_ANY,) else nodes


def _any_of(formulas: list[Formula]) -> Formula:
    return _combine("or", formulas, False)


def _all_of(formulas: list[Formula]) -> Formula:
    return _combine("and", formulas, True)


def _combine(name: str, formulas: list[Formula], neutral: bool) -> Formula:
    parts: set[Formula] = set()
    for formula in formulas:
        if formula is (not neutral):
            return formula
        if formula is not neutral:
            parts |= formula[1] if formula[:1] == (name,) else {formula}
    if len(parts) < 2:
        return next(iter(parts), neutral)
    return (name, frozenset(parts))


def _not(formula: Formula) -> Formula:
    if isinstance(formula, bool):
        return not formula
    return formula[1] if formula[:1] == ("not",) else ("not", formula)


def _kinds_of_characters(formula: Formula) -> list[str]:
    """List one character of each kind that the sets in a formula tell apart."""
    sets = list(dict.fromkeys(_sets(formula)))
    candidates = dict.fromkeys(_NICE + "".join(_typical(one) for one in sets) + _ASCII + "é€\n\t")
    kinds: dict[tuple[bool, ...], str] = {}
    for character in candidates:
        kinds.setdefault((*(one.has(character) for one in sets), _is_word(character)), character)
    return list(kinds.values())


def _sets(node: Any) -> Iterator[_Set]:
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _Set):
            yield node
        elif isinstance(node, _Options):
            waiting += node.options
        elif isinstance(node, _Repeat | _Ahead):
            waiting.append(node.body)
        elif isinstance(node, _Assertion):
            waiting += [node.behind] if node.behind else []
        elif isinstance(node, tuple | frozenset):
            waiting += [part for part in node if not isinstance(part, str | bool)]


def _typical(one: _Set) -> str:
    return "".join(
        member if isinstance(member, str) else member[0] for member in one.members if isinstance(member, str | tuple)
    )


def _is_start(node: Any) -> bool:
    return isinstance(node, _Assertion) and node.kind == "start"


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _is_in(character: str, members: tuple[Any, ...]) -> bool:
    for member in members:
        if isinstance(member, str):
            found = member == character
        elif isinstance(member, tuple):
            found = member[0] <= character <= member[1]
        elif isinstance(member, _Set):
            found = member.has(character)
        else:
            found = member(character)
        if found:
            return True
    return False


_CLASSES: dict[str, Callable[[str], bool]] = {"d": str.isdecimal, "w": _is_word, "s": str.isspace}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_LINE_ENDS = ("\n",)


class _Category:
    """The characters of a Unicode category, by its name or the start of it: "L", "Lu", "N"."""

    def __init__(self, name: str) -> None:
        self.name = {"Letter": "L", "Number": "N", "Punctuation": "P"}.get(name, name)

    def __call__(self, character: str) -> bool:
        return unicodedata.category(character).startswith(self.name)


class _Parser:
    """Reads a pattern into nodes."""

    def __init__(self, pattern: str) -> None:
        self.ignores_case = pattern.startswith("(?i)")
        self.pattern = pattern.removeprefix("(?i)")
        self.position = 0

    def at(self, text: str) -> bool:
        if self.pattern.startswith(text, self.position):
            self.position += len(text)
            return True
        return False

    def take(self) -> str:
        self.position += 1
        return self.pattern[self.position - 1]

    def read_options(self, depth: int) -> Any:
        if depth > _MOST_NESTED:
            raise BadPattern(f"its groups are nested more than {_MOST_NESTED} deep")
        options = [self.read_sequence(depth)]
        while self.at("|"):
            options.append(self.read_sequence(depth))
        return _Options(tuple(options))

    def read_sequence(self, depth: int) -> _Sequence:
        nodes: list[Any] = []
        while self.position < len(self.pattern) and self.pattern[self.position] not in "|)":
            nodes.append(self.read_repetition(self.read_atom(depth)))
        return tuple(nodes)

    def read_repetition(self, atom: Any) -> Any:
        limits = self.read_limits()
        if limits is None:
            return atom
        least, most = limits
        if most < least:
            raise BadPattern(f"{{{least},{most}}} repeats at least more often than at most")
        if least > _MOST_REPETITIONS:
            raise BadPattern(f"it repeats more than {_MOST_REPETITIONS} times")
        if not self.at("?"):
            self.at("+")
        following = self.pattern[self.position : self.position + 1]
        if following and following in "*+?":
            raise BadPattern(f"nothing to repeat at position {self.position}")
        return _Repeat((atom,), least, most)

    def read_limits(self) -> tuple[int, int] | None:
        for sign, limits in (("*", (0, _EVER)), ("+", (1, _EVER)), ("?", (0, 1))):
            if self.at(sign):
                return limits
        end = self.pattern.find("}", self.position)
        if end < 0 or self.pattern[self.position : self.position + 1] != "{":
            return None
        low, comma, high = self.pattern[self.position + 1 : end].partition(",")
        if not (low or comma) or not all(part.isdecimal() or not part for part in (low, high)) or len(low + high) > 12:
            return None
        self.position = end + 1
        return int(low or 0), int(high) if high else _EVER if comma else int(low)

    def read_atom(self, depth: int) -> Any:
        character = self.take()
        if character == "(":
            return self.read_group(depth)
        if character == "[":
            return self.read_set()
        if character == ".":
            return _Set(_LINE_ENDS, negated=True)
        if character in "^$":
            return _Assertion("start") if character == "^" else self.end()
        if character in "*+?":
            raise BadPattern(f"nothing to repeat at position {self.position - 1}")
        if character == "\\":
            return self.read_escape()
        return _Set((character,), ignores_case=self.ignores_case)

    def end(self) -> Any:
        # As in Python, a line feed may follow the end.
        line_feed = _Set(_LINE_ENDS)
        return _Options(((_Assertion("end"),), (_Ahead((line_feed, _Assertion("end")), False),)))

    def read_group(self, depth: int) -> Any:
        if self.at("?="):
            node: Any = _Ahead((self.read_options(depth + 1),), False)
        elif self.at("?!"):
            node = _Ahead((self.read_options(depth + 1),), True)
        elif self.at("?<=") or self.at("?<!"):
            negated = self.pattern[self.position - 1] == "!"
            body = self.read_sequence(depth + 1)
            if len(body) != 1 or not isinstance(body[0], _Set):
                raise BadPattern("a lookbehind may have one character only")
            node = _Assertion("not behind" if negated else "behind", body[0])
        else:
            if self.at("?P<") or self.at("?<"):
                while self.take() != ">":
                    pass
            elif not self.at("?:") and self.at("?"):
                raise BadPattern(f"the sandbox does not know (?{self.take()}")
            node = self.read_options(depth + 1)
        if not self.at(")"):
            raise BadPattern("a closing bracket is missing")
        return node

    def read_escape(self) -> Any:
        character = self.take()
        if character in "bB":
            return _Assertion("edge" if character == "b" else "no edge")
        if character in "AZz":
            return _Assertion("start" if character == "A" else "end")
        if character in "123456789k":
            raise BadPattern("the sandbox does not know back references")
        self.position -= 1
        return _Set((self.read_member(),), ignores_case=self.ignores_case)

    def read_member(self) -> Any:
        """Read what follows a backslash: a class or a single character."""
        character = self.take()
        if character in "dws":
            return _CLASSES[character]
        if character in "DWS":
            return _Set((_CLASSES[character.lower()],), negated=True)
        if character in "pP":
            if not self.at("{"):
                raise BadPattern(f"\\{character} needs a category, such as \\p{{L}}")
            end = self.pattern.find("}", self.position)
            name, self.position = self.pattern[self.position : end], end + 1
            if end < 0 or not (name in {"Letter", "Number", "Punctuation"} or 1 <= len(name) <= 2):
                raise BadPattern(f"the sandbox does not know the category {name!r}")
            return _Set((_Category(name),), negated=character == "P")
        if character in "ux":
            return self.read_code(4 if character == "u" else 2)
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character.isalpha() and character.isascii():
            raise BadPattern(f"the sandbox does not know \\{character}")
        return character

    def read_code(self, length: int) -> str:
        if self.at("{"):
            digits = self.pattern[self.position : self.pattern.index("}", self.position)]
            self.position += len(digits) + 1
        else:
            digits = self.pattern[self.position : self.position + length]
            self.position += length
        try:
            return chr(int(digits, 16))
        except (ValueError, OverflowError) as error:
            raise BadPattern(f"{digits!r} is no code of a character") from error

    def read_set(self) -> _Set:
        negated = self.at("^")
        members: list[Any] = []
        while not (self.at("]") and (members or negated)):
            member = self.read_set_member()
            dash = self.pattern[self.position : self.position + 1] == "-"
            if dash and self.pattern[self.position + 1] != "]" and isinstance(member, str):
                self.position += 1
                last = self.read_set_member()
                if not isinstance(last, str):
                    members += [member, "-", last]
                    continue
                if last < member:
                    raise BadPattern(f"the range {member}-{last} has its ends in the wrong order")
                member = (member, last)
            members.append(member)
        return _Set(tuple(members), negated, self.ignores_case)

    def read_set_member(self) -> Any:
        character = self.take()
        if character != "\\":
            return character
        return "\b" if self.at("b") else self.read_member()
