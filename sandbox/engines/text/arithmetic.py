"""Simple arithmetic in a question: "What is 17 * 23?", "12 plus 30", "15 % of 80".

The question must be a calculation and nothing else. Numbers, + - * / ^, brackets, "plus", "minus", "times",
"divided by", "percent of" and "to the power of" are known. It is read by rules, never by `eval`, and sizes are bounded.
"""

import re
from fractions import Fraction

_LEAD = re.compile(
    r"^\W*(?:please|what(?:'s|’s| is)|how much is|calculate|compute|work out|solve|was ist|wie viel ist"
    r"|the result of)\b",
    re.IGNORECASE,
)
_SPOKEN = (
    (r"(?:the )?(?:sum of|add) (\S{1,30}) (?:and|to|with) (\S{1,30})", r"\1 + \2"),
    (r"(?:the )?difference between (\S{1,30}) and (\S{1,30})", r"\1 - \2"),
    (r"(?:the )?product of (\S{1,30}) and (\S{1,30})", r"\1 * \2"),
    (r"subtract (\S{1,30}) from (\S{1,30})", r"\2 - \1"),
    (r"half of (\S{1,30})", r"\1 / 2"),
    (r"(?:double|twice) (\S{1,30})", r"2 * \1"),
    (r" squared\b", "^2"),
    (r"multiplied by|times|×|·|\bmal\b", "*"),
    (r"divided by|÷|\bdurch\b", "/"),
    (r"plus", "+"),
    (r"minus|−|–", "-"),
    (r"to the power of|\*\*", "^"),
    (r"(?:%|percent|per cent|prozent)\s+(?:of|von)\b", "/ 100 *"),
)
_PART = re.compile(r"\s*(\d+(?:\.\d+)?|[-+*/^()])")
_LONGEST, _MOST_DIGITS, _LARGEST_POWER, _MOST_BITS = 200, 30, 64, 500


def calculate(question: str) -> str | None:
    """Work out a question that is a calculation.

    Args:
        question: the question, in any wording that the module's docstring names.

    Returns:
        The calculation with its result, such as "17 * 23 = 391", or None where the question is no calculation or a
        result would be too large or not defined.
    """
    text = question.strip()
    if len(text) > _LONGEST or not any(map(str.isdigit, text)):
        return None
    while match := _LEAD.match(text):
        text = text[match.end() :]
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.strip(" \t\n?=.!:,`$"))
    shown = text
    for spoken, sign in _SPOKEN:
        text = re.sub(spoken, f" {sign} ", text, flags=re.IGNORECASE)
    parts = _PART.findall(text)
    if "".join(parts) != "".join(text.split()) or not any(part in "+-*/^" for part in parts) or len(parts) < 3:
        return None
    if any(len(part) > _MOST_DIGITS for part in parts):
        return None
    try:
        value, rest = _sum(parts)
    except (IndexError, ValueError, ZeroDivisionError, RecursionError):
        return None
    if rest or max(value.numerator.bit_length(), value.denominator.bit_length()) > _MOST_BITS:
        return None
    return f"{shown if '%' in shown or 'percent' in shown else _spaced(parts)} = {number_text(value)}"


def _sum(parts: list[str]) -> tuple[Fraction, list[str]]:
    value, parts = _product(parts)
    while parts and parts[0] in "+-":
        sign, (term, parts) = parts[0], _product(parts[1:])
        value = value + term if sign == "+" else value - term
    return value, parts


def _product(parts: list[str]) -> tuple[Fraction, list[str]]:
    value, parts = _power(parts)
    while parts and parts[0] in "*/":
        sign, (factor, parts) = parts[0], _power(parts[1:])
        value = value * factor if sign == "*" else value / factor
    return value, parts


def _power(parts: list[str]) -> tuple[Fraction, list[str]]:
    if parts[0] == "-":
        value, parts = _power(parts[1:])
        return -value, parts
    value, parts = _single(parts)
    if parts and parts[0] == "^":
        exponent, parts = _power(parts[1:])
        if exponent.denominator != 1 or abs(exponent) > _LARGEST_POWER or len(str(value)) > _MOST_DIGITS:
            raise ValueError("power too large")
        value = value ** int(exponent)
    return value, parts


def _single(parts: list[str]) -> tuple[Fraction, list[str]]:
    if parts[0] == "(":
        value, parts = _sum(parts[1:])
        if parts[0] != ")":
            raise ValueError("bracket left open")
        return value, parts[1:]
    return Fraction(parts[0]), parts[1:]


def _spaced(parts: list[str]) -> str:
    return " ".join(parts).replace("( ", "(").replace(" )", ")").replace("^", "**")


def number_text(value: Fraction) -> str:
    """Return a number as people write it: without a fraction line, and with at most six decimals."""
    if value.denominator == 1:
        return str(value.numerator)
    return f"{float(value):.6f}".rstrip("0").rstrip(".")
