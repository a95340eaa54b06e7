"""Texts and numbers that several schemas allow at once, the plainest first.

The rule: a number is the one nearest to 0 that the bounds and `multipleOf` leave, then its neighbors. A text is an
example of its `format`, else "unknown", cut or filled up to its length; with a `pattern`, the shortest text that meets
all patterns, formats and lengths together (see `patterns`). What is known from a text comes before these.
"""

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sandbox.engines.schemas import formats
from sandbox.engines.schemas.checking import exact
from sandbox.engines.schemas.patterns import BadPattern, examples

Schema = dict[str, Any]
_LONGEST = 20_000
_MOST_TRIED = 2000


class Conflict(Exception):  # noqa: N818 (it is about schemas, not about the program)
    """Two keywords leave no value; the message says which.

    Attributes:
        was_searched: whether that took a search, which is a lot of work.
    """

    def __init__(self, problem: str, was_searched: bool = False) -> None:
        super().__init__(problem)
        self.was_searched = was_searched


def limits(schemas: list[Schema], least: str, most: str, default: Any = None) -> tuple[Any, Any]:
    """Return the highest lower bound and the lowest upper bound, `default` and None where there is none.

    Raises:
        Conflict: if they leave nothing.
    """
    low = max((schema[least] for schema in schemas if least in schema), default=default)
    high = min((schema[most] for schema in schemas if most in schema), default=None)
    if low is not None and high is not None and low > high:
        raise Conflict(f"{least} {low} is above {most} {high}")
    return low, high


def texts(schemas: list[Schema]) -> Iterator[str]:
    """Yield texts for schemas of type string. Raises Conflict as `limits` does, and for patterns that leave none."""
    least, most = limits(schemas, "minLength", "maxLength", 0)
    if least > _LONGEST:
        raise Conflict(f"minLength {least} is more than the {_LONGEST} characters that the sandbox writes")
    most = _LONGEST if most is None else int(most)
    names = list(dict.fromkeys(str(schema["format"]) for schema in schemas if "format" in schema))
    rules = [str(schema["pattern"]) for schema in schemas if "pattern" in schema]
    opposite = [schema["not"]["pattern"] for schema in schemas if _forbids_pattern(schema)]
    for name in names if not rules else ():
        yield from itertools.islice((text for text in formats.examples(name) if least <= len(text) <= most), 200)
    rules += [formats.PATTERNS[name] for name in names if name in formats.PATTERNS]
    if not rules and not opposite:
        yield from _words(int(least), most)
        return
    wanted = (tuple(rules), tuple(opposite), int(least), most)
    first = _first_text(*wanted)
    if first is None:
        raise Conflict(f"no text of {least} to {most} characters was found for {' and '.join(map(repr, rules))}", True)
    yield first
    yield from itertools.islice(examples(*wanted), 1, None)


@lru_cache(maxsize=500)
def _first_text(rules: tuple[str, ...], opposite: tuple[str, ...], least: int, most: int) -> str | None:
    try:
        return next(examples(rules, opposite, least, most), None)
    except BadPattern as error:
        raise Conflict(f"a pattern cannot be used: {error}") from error


def _forbids_pattern(schema: Schema) -> bool:
    inner = schema.get("not")
    return isinstance(inner, dict) and "pattern" in inner and inner.keys() <= {"pattern", "type"}


def _words(least: int, most: int) -> Iterator[str]:
    for number in range(_MOST_TRIED):
        text = f"unknown {number + 1}" if number else "unknown"
        if len(text) > most:
            text = str(number) if number else text[:most]
        if len(text) > most:
            return
        yield text + "x" * (least - len(text))


def numbers(schemas: list[Schema], whole: bool) -> Iterator[int | float]:
    """Yield numbers for schemas of type number, or integer if `whole`. Raises Conflict as `limits` does."""
    low, high = limits(schemas, "minimum", "maximum")
    above, below = limits(schemas, "exclusiveMinimum", "exclusiveMaximum")
    if above is not None and (low is None or above >= low):
        low = above
    if below is not None and (high is None or below <= high):
        high = below
    open_ends = (above is not None and low == above, below is not None and high == below)
    if low is not None and high is not None and (low > high or (low == high and any(open_ends))):
        raise Conflict(f"no number is above {low} and below {high}")
    bottom, top = (None if end is None else exact(end) for end in (low, high))
    steps = [exact(schema["multipleOf"]) for schema in schemas if schema.get("multipleOf")] + [Fraction(1)] * whole
    if steps:
        yield from _multiples(_common(steps), bottom, top, open_ends)
        return
    whole_numbers = _multiples(Fraction(1), bottom, top, open_ends, optional=True)
    yield from itertools.islice(whole_numbers, 50)
    if bottom is not None and top is not None:
        yield from (_plain(bottom + (top - bottom) * Fraction(part, 64)) for part in (32, *range(64)))
        yield from (_plain(end) for end in (bottom, top))
    else:
        start = bottom if bottom is not None else top if top is not None else Fraction(0)
        sign = -1 if bottom is None and top is not None else 1
        yield from (_plain(start + sign * Fraction(part, 2)) for part in range(_MOST_TRIED))


def _common(steps: list[Fraction]) -> Fraction:
    """The least number that is a multiple of all."""
    denominator = math.lcm(*(step.denominator for step in steps))
    return Fraction(math.lcm(*(int(step * denominator) for step in steps)), denominator)


def _multiples(
    step: Fraction, low: Fraction | None, high: Fraction | None, open_ends: tuple[bool, bool], optional: bool = False
) -> Iterator[int | float]:
    first = None if low is None else math.ceil(low / step)
    last = None if high is None else math.floor(high / step)
    if first is not None and open_ends[0] and first * step == low:
        first += 1
    if last is not None and open_ends[1] and last * step == high:
        last -= 1
    if first is not None and last is not None and first > last:
        if optional:
            return
        raise Conflict(f"no multiple of {_plain(step)} is between {_plain(low)} and {_plain(high)}")
    start = max(first, 0) if first is not None else 0
    start = min(last, start) if last is not None else start
    for distance in range(_MOST_TRIED):
        for count in (start + distance, start - distance) if distance else (start,):
            if (first is None or count >= first) and (last is None or count <= last):
                yield _plain(count * step)


def _plain(number: Fraction | None) -> int | float:
    number = number or Fraction(0)
    return int(number) if number.denominator == 1 else float(number)
