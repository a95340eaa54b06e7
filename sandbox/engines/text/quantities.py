"""Numbers in a text with what they are about: comparing them, and calculating with them.

A quantity is a number with its unit ("12 euros"), the words of its clause before it up to the verb (its subject, "a bus
ticket"), and the sentence. With the quantities of the text, or of what the user said:

- "Which is cheaper?" takes the least or greatest among those with the unit that the question asks for, or with the same
  unit; of two that the question names ("..., Jupiter or Earth?"), only theirs count;
- "How many together?" adds those with the same unit, "How many are left?" takes the others from the first;
- "How much do 6 tickets cost?" multiplies the amount of money whose clause says "ticket"; "What does one cost if three
  cost 90 euros?" divides.

The calculation is shown, so that a wrong reading can be seen.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from sandbox.engines.text.arithmetic import calculate, number_text
from sandbox.engines.text.facts import any_of, vocabulary
from sandbox.engines.text.passages import NUMBER_WORD, expected, fits, term, terms
from sandbox.engines.words import sentences, words

_NUMBER_WORDS = {
    word: Fraction(number) for name in ("numbers", "german_numbers") for number, word in enumerate(vocabulary(name))
}
_FACTORS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "mb": 1000, "gb": 10**6, "tb": 10**9, "kg": 1000}
_NUMBER = re.compile(
    rf"(?P<sign>[$€£] ?|\b(?:EUR|USD|GBP|CHF) )?(?<![\w.,-])(?P<number>\d{{1,15}}(?:,\d{{3}}(?!\d))*(?:\.\d{{1,9}})?"
    rf"|{NUMBER_WORD})(?!\w)(?P<unit>[ -]?(?:[€$£%°]|(?!{any_of('verbs_before_number')}\b)[^\W\d_]+))?",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:]\s+|\s+(?:and|but|while|whereas|und|aber|während)\s+")
_VERB = re.compile(rf"\b{any_of('verbs_before_number')}\b", re.IGNORECASE)
_ARTICLE = re.compile(r"^\W*(?:(?:the|an?|each|every|one|der|die|das|ein|eine)\s+)?", re.IGNORECASE)
_MOST, _LEAST = frozenset(vocabulary("most")), frozenset(vocabulary("least"))
_TOTAL, _LEFT = frozenset(vocabulary("total")), frozenset(vocabulary("left"))
_ASKS_NUMBER = re.compile(
    r"\b(?:how (?:many|much)|what is the|what's the|wie ?viele?|was kostet|what (?:do|does"
    r"|would))\b",
    re.I,
)
_TIMES = re.compile(
    r"\b(times|plus|minus|divided by|multiplied by|mal"
    r"|durch)\s+(\d{1,15}(?:\.\d{1,9})?)\W*$",
    re.IGNORECASE,
)
_DOUBLE = re.compile(r"\b(twice|double|half of|half)\b", re.IGNORECASE)
_DIMENSIONS = {
    kind: frozenset(group.split())
    for kind, group in {
        "money": "cheaper cheapest expensive cheap billiger billigste günstiger teurer",
        "weight": "heavier heaviest lighter lightest schwerer",
        "speed": "faster fastest slower slowest schneller",
        "heat": "hotter hottest colder coldest warmer wärmer",
        "length": "longer longest shorter shortest taller tallest higher deeper wider länger kürzer",
        "count": "older oldest younger youngest more most fewer älter jünger",
    }.items()
}
_MEASURES = ("money", "weight", "length", "heat", "speed")
_MOST_QUANTITIES, _LONGEST, _FEW = 60, 6000, 3


@dataclass(frozen=True)
class Quantity:
    """A number of a text.

    `size` is its value times the thousands that its unit stands for, `text` the number with the unit, `unit` the unit's
    term, `subject` what it is said of, `clause` where it stands.
    """

    value: Fraction
    size: Fraction
    text: str
    unit: str
    subject: str
    clause: str


def read_number(text: str) -> Fraction | None:
    """Return the first number in a text, times the thousands that its unit stands for ("2 TB"), or None."""
    match = _NUMBER.search(text)
    if not match:
        return None
    unit = (match.group("unit") or "").strip(" -").lower()
    return _value(match.group("number")) * _FACTORS.get(unit, 1)


def _value(text: str) -> Fraction:
    return _NUMBER_WORDS.get(text.lower(), Fraction(0)) if text[0].isalpha() else Fraction(text.replace(",", ""))


def quantities(text: str) -> list[Quantity]:
    """Return the quantities of a text in order, at most one a clause and 60 in all."""
    found: list[Quantity] = []
    subject = ""
    for sentence in sentences(text[:_LONGEST]):
        for clause in _CLAUSE.split(sentence):
            match = _NUMBER.search(clause)
            if not match or len(found) >= _MOST_QUANTITIES:
                continue
            verb = _VERB.search(clause, 0, match.start())
            own = _ARTICLE.sub("", clause[: verb.start() if verb else match.start()]).strip(" ('\"")
            subject = own or subject
            unit = (match.group("unit") or "").strip(" -")
            shown = match.group().strip(" -")
            value = _value(match.group("number"))
            mark = (match.group("sign") or unit).strip().lower()
            found.append(Quantity(value, value * _FACTORS.get(mark, 1), shown, term(mark), subject, clause))
    return found


def direction(question: str) -> int:
    """Return 1 where a question asks for the greatest ("largest", "more"), -1 for the smallest, 0 for neither."""
    said = words(question)
    return -1 if not _LEAST.isdisjoint(said) else 1 if not _MOST.isdisjoint(said) else 0


def _about(question: str, text: str) -> list[Quantity]:
    """The quantities of the sentences that have the numbers of the question, such as a year; of all, if none has."""
    asked = {word for word in words(question) if word.isdigit()}
    held = [sentence for sentence in sentences(text[:_LONGEST]) if asked and asked <= set(words(sentence))]
    found = [q for q in quantities("\n\n".join(held) or text) if q.text not in asked]
    return [q for q in found if q.unit] if sum(bool(q.unit) for q in found) > len(found) / 2 else found


def compare(question: str, text: str) -> str | None:
    """Answer "Which is cheaper?" and the like from the quantities of a text, or return None."""
    sign = direction(question)
    if not sign or not re.search(r"\b(?:which|who|what|welche[rs]?|wer|was)\b", question, re.IGNORECASE):
        return None
    asked = set(terms(question))
    found = [q for q in _about(question, text) if q.subject and len(q.subject.split()) <= 6]
    named = [q for q in found if asked & set(terms(q.subject))]
    kind = _dimension(question)
    fitting = [q for q in found if kind and fits(kind, q.clause)] or _same_unit(found)
    if " or " in question and len({q.subject for q in named}) > 1:
        fitting = [q for q in fitting if q in named]
    if len({q.subject for q in fitting}) < 2 or (not kind and len(fitting) != len(found)):
        return None
    first, *others = sorted(fitting, key=lambda q: -sign * q.size)
    if others[0].size == first.size:
        return None
    subject = f"{first.subject[:1].upper()}{first.subject[1:]}"
    return f"{subject}: {first.text} ({'; '.join(f'{q.subject}: {q.text}' for q in others[:4])})."


def _dimension(question: str) -> str | None:
    said = set(words(question))
    return next((kind for kind, comparing in _DIMENSIONS.items() if said & comparing), None)


def _same_unit(found: list[Quantity]) -> list[Quantity]:
    units = {q.unit for q in found if q.unit}
    return found if len(units) <= 1 else []


def solve(question: str, text: str) -> str | None:
    """Answer a question that takes a calculation with the quantities of a short text, or return None."""
    said = words(question)
    if len(text) > _LONGEST or not _ASKS_NUMBER.search(question):
        return None
    if found := _unit_price(question):
        return found
    if not _TOTAL.isdisjoint(said):
        return _total(question, text)
    found = [q for part in _CLAUSE.split(text) for q in quantities(part)][:_MOST_QUANTITIES]
    if not _LEFT.isdisjoint(said) and 1 < len(found) <= 4 and found[0].value >= sum(q.value for q in found[1:]):
        return _shown(found, " - ", found[0].value - sum(q.value for q in found[1:]))
    return _price(question, text) if expected(question) == "money" else None


def _total(question: str, text: str) -> str | None:
    """The sum of the quantities that the question names, or of all if it names none and they are few."""
    if any(not _TOTAL.isdisjoint(words(sentence)) for sentence in sentences(text)):
        return None  # the text says the total itself
    found, asked = _about(question, text), set(terms(question))
    named = [q for q in found if q.unit in asked] or [q for q in found if asked & set(terms(q.clause))]
    mixed = len({q.unit for q in named or found}) > 1
    is_measured = any(fits(kind, q.text) for q in found for kind in _MEASURES)
    if (mixed and (named or is_measured)) or (not named and len(found) > _FEW):
        return None
    found = named or found
    return _shown(found, " + ", sum(q.value for q in found)) if 1 < len(found) <= 20 else None


def _price(question: str, text: str) -> str | None:
    """So many times the amount of money in a clause that says what is counted."""
    asked = [q for q in quantities(question) if q.unit and q.value > 1]
    if len(asked) != 1:
        return None
    for q in quantities(text):
        is_one = asked[0].unit in terms(q.clause) and q.value != asked[0].value
        if is_one and fits("money", q.text) and not re.search(r"\bfor (?:\d|two|three)", q.clause):
            return f"{number_text(asked[0].value)} * {q.text} = {_with_unit(asked[0].value * q.value, q)}."
    return None


def _unit_price(question: str) -> str | None:
    """The price of one where the question says what several cost."""
    parts = re.split(r"\b(?:if|when|wenn)\b", question, maxsplit=1, flags=re.IGNORECASE)
    match = list(_NUMBER.finditer(parts[1])) if len(parts) == 2 and re.search(r"\b(?:one|a|each)\b", parts[0]) else []
    if len(match) != 2 or not _value(match[0].group("number")):
        return None
    count, price = (_value(m.group("number")) for m in match)
    unit = (match[1].group("unit") or "").strip()
    return f"{number_text(price)} / {number_text(count)} = {number_text(price / count)} {unit}".strip() + "."


def _shown(found: list[Quantity], sign: str, value: Fraction) -> str:
    return f"{sign.join(number_text(q.value) for q in found)} = {number_text(value)}."


def _with_unit(value: Fraction, like: Quantity) -> str:
    number = _NUMBER.search(like.text)
    shown = f"{float(value):.2f}" if "." in like.text and value.denominator > 1 else number_text(value)
    return like.text.replace(number.group("number"), shown, 1) if number else shown


def operation(question: str) -> tuple[str, str] | None:
    """Part "What is my favorite number times 3?" into the question for a number and what to do with it ("times 3")."""
    if match := _TIMES.search(question):
        left = question[: match.start()].rstrip()
        return (f"{left}?", f"{match.group(1)} {match.group(2)}") if terms(left) else None
    if (match := _DOUBLE.search(question)) and re.search(r"\bwhat\b", question, re.IGNORECASE):
        sign = "times 2" if match.group().lower() in ("twice", "double") else "divided by 2"
        return f"{question[: match.start()]}{question[match.end() :]}", sign
    return None


def operate(sentence: str, sign: str) -> str | None:
    """Calculate with the only number of a sentence ("Your number is 14." and "times 3"), or return None."""
    found = [_value(match.group("number")) for match in _NUMBER.finditer(sentence)]
    return calculate(f"{number_text(found[0])} {sign}") if len(found) == 1 else None
