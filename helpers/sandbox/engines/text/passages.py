"""Passages of a text, and which of them answers a question.

A text is cut into passages: sentences, list items, headings, rows of a table. A question is turned into terms: the
stems of its words without stop words, where words of one group in `alike.txt` count as the same. Each term weighs the
more, the rarer it is in the text. A passage scores the share of the question's weight that it covers:

- in full for a term of its own, partly for one of its heading, of the sentence before, or (if it begins with "it",
  "she", "this" and the like) of the sentence that the pronoun stands for;
- a term of the text's first passage is what the text is about, and weighs less, since the text need not repeat it;
- words such as "use" or "long" weigh less, and at least one other word must be there (names alone do not do);
- the score is lowered if the question asks who, when, where, how many, how long, how much or why, and the passage has
  no name, date, place, number, span, sum or reason; and a little if it is long, or says "not" or "second" where the
  question does not. It is raised if a number stands before what "How many ...?" asks for.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise

from helpers.sandbox.engines.text.facts import alike
from helpers.sandbox.engines.words import STOP_WORDS, sentences, stem, words

_FOREIGN = frozenset(
    """
    aber als auch auf aus bei beim bis da das dass dem den der des dies diese dieser doch dort du durch ein eine einem
    einen einer eines er es für gibt habe haben hatte ich ihr im ist kann kein keine mit nach nicht noch nun nur oder
    ohne sehr sein seine sich sie sind so und uns unter vom von vor wann warum weil welche welchem welchen welcher
    welches wenn wer werden wie wieso wir wird wo wurde wurden zu zum zur über
    many much often
    au aux avec ce cette combien comment dans de des du elle est et il la le les où par pas pour pourquoi qu quand que
    quel quelle qui sont sur un une
    al como con cuando cuál cuándo cuánto cuántos dónde el en ella es está fue las los para por qué quién se son su una
    """.split()
)
_GERMAN_MARKS = frozenset(
    "wer wann wo wie warum wieso welche welcher welches was der das und ist wurde ein eine".split()
)
_GERMAN_ASKS = frozenset("wer wann wo wohin woher wie warum wieso welche welcher welches wem wen".split())
_GERMAN_ONLY = frozenset(
    """
    viel viele kann können man muss müssen soll heißt heiße heißen die war was hat habt am an in wem wen hier also
    bin bist seid mich mir dich dir uns euch mein meine meinem meinen meiner meines dein deine deinem deinen deiner
    deines unser unsere unserem unseren unserer unseres ihrem ihren ihrer ihnen
    """.split()
)
_WEAK = """
    happen happened locate located exist live place use used come comes came go went become exactly actually thing say
    says said mention mentioned company get gets got currently need needed want require needs done name named called
    take takes took taken keep keeps kept put puts
"""
_MEASURES = "long old big large far tall high deep heavy wide hoch lange lang alt groß tief weit"
ORDINALS = frozenset("first second third fourth fifth sixth zweite dritte erste".split())
NEGATIONS = frozenset(
    "not no never cannot can't don't doesn't isn't wasn't aren't without nicht kein keine none neither".split()
)
_NUMBER_WORDS = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|million"
    r"|billion|dozen|half|once|twice|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|hundert|tausend"
)
_UNITS = (
    r"second|minute|hour|day|night|week|month|year|decade|centur|meter|metre|kilomet|centimet|millimet"
    r"|mile|feet|foot|inch|page|m\b|km\b"
    r"|cm\b|mm\b|min\b|h\b|sekunde|stunde|tag|woche|monat|jahr"
)
_EXPECTED = {
    "when": re.compile(
        r"\b1\d{3}\b|\b20\d\d\b|\b\d{1,2}[:.]\d\d\b|\b\d{1,2}\.? ?(?:am|pm|a\.m|p\.m|uhr|o'clock)\b|\bnoon"
        r"|midnight|morning"
        r"|afternoon|evening|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez)[a-z]*\.?"
        r" ?\d|\d\.? (?:jan"
        r"|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez)|\b(?:january|february|march|april"
        r"|june|july|august"
        r"|september|october|november|december|januar|februar|märz|juni|juli|oktober|dezember|spring|summer"
        r"|autumn|winter"
        r"|mon|tues|wednes|thurs|fri|satur|sun)(?:day)?s?\b|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
        r"|\bcentury\b|\b(?:day|week|month|year)s?\b|tomorrow|yesterday|today",
        re.IGNORECASE,
    ),
    "length": re.compile(
        rf"(?:\d|\b(?:a|an|{_NUMBER_WORDS})\b)[\d.,]{{0,15}}[\s-](?:\w+ )?(?:{_UNITS})", re.IGNORECASE
    ),
    "money": re.compile(
        r"[€$£]|\b(?:euros?|dollars?|cents?|pounds?|francs?|yen|eur|usd|free|kostenlos|gratis)\b", re.IGNORECASE
    ),
    "count": re.compile(rf"\d|\b(?:{_NUMBER_WORDS})\b", re.IGNORECASE),
    "who": re.compile(
        r"(?<=[\w,;:] )(?!January|February|March|April|May\b|June|July|August|September|October|November"
        r"|December|Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)"
        r"[A-ZÀ-Þ][\w'’-]+|^[A-ZÀ-Þ][\w'’-]+ (?:(?:van|von|de|da) )?[A-ZÀ-Þ][\w'’-]+"
    ),
    "where": re.compile(
        r"\b(?:[Ii]n|[Aa]t|[Nn]ear|[Ff]rom|[Tt]o|[Oo]n|[Oo]ff|[Ii]nside|[Oo]utside|[Bb]ehind|[Uu]nder"
        r"|[Bb]etween|[Oo]pposite"
        r"|[Bb]ei|[Nn]ach|[Aa]us|[Ii]m|[Aa]m|[Aa]n|[Zz]um|à|en|dans) (?!\d|noon|time|[A-Z][a-z]+day\b)"
    ),
    "why": re.compile(
        r"\b(?:because|since|so that|due to|therefore|in order to|to (?!the\b|a\b)\w+|for|weil|damit|wegen|da|so)\b"
    ),
}
_ASKS = (
    (
        "when",
        re.compile(
            r"\b(?:when|what (?:year|date|day|time|month)|which (?:year|date|day|month)|wann|quand|cuándo)\b", re.I
        ),
    ),
    ("length", re.compile(r"\bhow (?:long|far|tall|high|deep|wide)\b|\bwie lange?\b", re.I)),
    (
        "money",
        re.compile(
            r"\bhow (?:much|expensive)\b.*\b(?:cost|pay|paid|price|spend|spent|charge)"
            r"|\bwhat (?:does|do|did|will|would)\b.{1,80}\bcost|\b(?:was|wie viel)"
            r" kostet\b|\bprice of\b",
            re.I,
        ),
    ),
    (
        "count",
        re.compile(
            r"\bhow (?:many|much|long|far|old|tall|high|big|large|deep|fast|often|wide|heavy|hot|cold)\b|\bwie"
            r" (?:viele?|lange?"
            r"|hoch|alt|groß|teuer|weit|schnell|schwer)\b|\bcombien\b|\bcuánt[oa]s?\b|\b(?:population|price|cost"
            r"|speed|length|height|width|depth|weight|distance|age|size|temperature|diameter|area|number) of\b",
            re.I,
        ),
    ),
    ("who", re.compile(r"\b(?:who|whom|whose|wer|wem|wen|qui|quién)\b", re.I)),
    (
        "where",
        re.compile(
            r"\b(?:where|wo|woher|wohin|où|dónde)\b|\b(?:in|at) (?:which|what) (?:city|town|country|place)\b", re.I
        ),
    ),
    ("why", re.compile(r"\b(?:why|warum|wieso|weshalb|pourquoi|por qué)\b|\bwhat (?:is|was) the reason\b", re.I)),
)
_HOW_MANY = re.compile(r"\b(?:how many|wie viele) (\w+)", re.IGNORECASE)
_NUMBER = re.compile(rf"\d+|{_NUMBER_WORDS}")
_COUNTED = 0.15
_PENALTY = {"when": 0.6, "count": 0.6, "length": 0.6, "money": 0.6, "who": 0.75, "where": 0.8, "why": 0.85}
_PROPER = re.compile(r"(?<=[\w,;:] )[A-ZÀ-Þ][\w'’]+")
_POINTING = re.compile(
    r"(?:it|its|he|his|she|her|they|their|this|these|that|those|there|er|es|sie|dies\w*|ihr\w*|sein\w*)\b",
    re.IGNORECASE,
)
_LINE_END = re.compile(r"[.!?:;|]\W*$")
_ITEM = re.compile(r"\s*(?:[-*•]|\d{1,3}[.)])\s+|\s*\|")
_LABEL = re.compile(r"\s*(?:#{1,6} |\*\*[^*]{1,40}\*\*|[A-ZÀ-Þ][\w /()-]{0,30}:(?:\s|$))")
ENOUGH = 0.5  # least share of a question's weight that a passage must cover to be an answer
_SHARED, _SHARED_GERMAN = 0.75, 0.6  # how much of the longer word two forms of one word have in common, at least
_MOST_PASSAGES, _MOST_CARRIED = 20_000, 40
_WRAPPED = 45  # a line at least this long, without an end mark, goes on in the next line


@dataclass
class Passage:
    """One sentence, list item, heading or table row; `section` is the heading it stands under, "" for none."""

    text: str
    section: str = ""
    is_item: bool = False
    is_heading: bool = False
    own: frozenset[str] = field(default_factory=frozenset)
    near: frozenset[str] = field(default_factory=frozenset)
    carried: frozenset[str] = field(default_factory=frozenset)


@lru_cache(maxsize=50_000)
def term(word: str) -> str:
    """Return what a lower-case word counts as: its stem, or the first stem of its group in `alike.txt`."""
    cut = stem(word)
    cut = f"{cut[:-1]}y" if word.endswith("ied") and cut.endswith("i") else cut
    return alike().get(cut, cut)


@cache
def weak_terms() -> frozenset[str]:
    """Return the terms that say little about a question's subject."""
    return frozenset(term(word) for word in _WEAK.split()) - measures()


@cache
def measures() -> frozenset[str]:
    """Return the terms of "how long", "how old" and the like, which a text need not repeat."""
    return frozenset(term(word) for word in _MEASURES.split())


def terms(text: str) -> list[str]:
    """Return the terms of a text in order, with repetitions and without stop words."""
    found = words(text)
    left_out = _FOREIGN | _GERMAN_ONLY if _is_german(found) else _FOREIGN
    return [
        term(word) for word in found if _full(word) not in STOP_WORDS and word not in left_out and word[-3:] != "n't"
    ]


def _is_german(found: list[str]) -> bool:
    return found[:1] != [] and (found[0] in _GERMAN_ASKS or sum(word in _GERMAN_MARKS for word in found[:50]) > 1)


def _full(word: str) -> str:
    """ "what's" and "i'm" count as "what" and "i"."""
    return word.partition("'")[0] if word.endswith(("'s", "'m", "'re", "'ve", "'ll", "'d")) else word


@lru_cache(maxsize=4)
def passages(text: str) -> list[Passage]:
    """Cut a text into passages. One answer may ask for the same text several times, so the last few are kept.

    Args:
        text: any text: prose, Markdown, lists, lines of the form "Key: value", tables.

    Returns:
        The passages in order, each with its terms, those of the sentence before it and those it refers to. The list is
        not to be changed.
    """
    found: list[Passage] = []
    section, header, list_kind = "", [], ""
    before: frozenset[str] = frozenset()
    for block in _blocks(text):
        if len(found) >= _MOST_PASSAGES:
            break
        stripped = block.strip()
        if stripped.startswith("|"):
            cells = [cell.strip() for cell in stripped.strip("|").split("|")]
            if header and "".join(cells).strip(":- "):
                row = "; ".join(f"{key}: {cell}" for key, cell in zip(header, cells, strict=False))
                found.append(_passage(row, section, frozenset(), is_item=True))
            header = header or cells
            continue
        header = []
        is_item = bool(_ITEM.match(block))
        if is_item and list_kind not in ("", _list_kind(stripped)):
            section = ""
        list_kind = _list_kind(stripped) if is_item else ""
        if not is_item and _is_heading(stripped):
            section, before = stripped.strip("#*: "), frozenset()
            found.append(_passage(section, "", before, is_heading=True))
            continue
        for sentence in sentences(block):
            cleaned = re.sub(r"^\[\w{1,4}\]\s*|\*\*", "", sentence)
            found.append(_passage(cleaned, section, before, is_item))
            goes_on = _POINTING.match(cleaned) and len(before) < _MOST_CARRIED
            before = before | found[-1].own if goes_on else found[-1].own
    return found[:_MOST_PASSAGES]


def _list_kind(item: str) -> str:
    return "numbered" if item[0].isdigit() else "bullets"


def _is_heading(line: str) -> bool:
    return line.startswith("#") or (line.endswith(":") and len(line) < 80) or bool(re.fullmatch(r"\*\*[^*]+\*\*", line))


def _blocks(text: str) -> list[str]:
    """Join wrapped lines; an empty line, an item or a label begins a block, and so does what follows a short one."""
    blocks: list[str] = []
    goes_on = False
    for line in text.splitlines():
        if not line.strip():
            goes_on = False
            continue
        if goes_on and not _ITEM.match(line) and not _LABEL.match(line):
            blocks[-1].append(line)
        else:
            blocks.append([line])
        goes_on = len(line) >= _WRAPPED and not line.lstrip().startswith(("#", "|"))
    return ["\n".join(lines) for lines in blocks]


def _passage(
    text: str, section: str, before: frozenset[str], is_item: bool = False, is_heading: bool = False
) -> Passage:
    carried = before if _POINTING.match(text) else frozenset()
    return Passage(text, section, is_item, is_heading, frozenset(terms(text)), before.union(terms(section)), carried)


def expected(question: str) -> str | None:
    """Return what a question asks for: "who", "when", "where", "count", "why", or None where it may be anything."""
    return next((kind for kind, pattern in _ASKS if pattern.search(question)), None)


def fits(kind: str | None, text: str) -> bool:
    """Tell whether a text has what a question of this kind asks for: a name, a date, a place, a number or a reason."""
    return kind is None or bool(_EXPECTED[kind].search(text))


def find_expected(kind: str, text: str) -> list[str]:
    """Return the names, dates, places or numbers in a text that a question of this kind may ask for."""
    return [match.group() for match in _EXPECTED[kind].finditer(text)]


def rank(
    question: str, asked: list[str], among: list[Passage], kind: str | None, hints: frozenset[str] = frozenset()
) -> list[tuple[float, float, Passage]]:
    """Rank passages by how well they answer a question.

    Args:
        question: the question itself.
        asked: its terms (see `terms`).
        among: the passages to choose from.
        kind: what the question asks for (see `expected`).
        hints: terms that the question leaves out and means; they weigh less.

    Returns:
        (score, coverage, passage), best first; both are between 0 and about 1, and 0 means nothing in common.
    """
    wanted = list(dict.fromkeys([*asked, *sorted(hints)]))
    counts = Counter(t for passage in among for t in passage.own)
    shared = _SHARED_GERMAN if _is_german(words(question)) else _SHARED
    same = {t: _same_terms(t, counts, shared) for t in wanted}
    subject = among[0].own if len(among) > 2 else frozenset()
    about = {t for t in wanted if same[t] & subject}
    weights = {t: _weight(t, sum(counts[s] for s in same[t]), len(among), t in about) for t in wanted}
    total = sum(weights[t] for t in dict.fromkeys(asked)) or 1.0
    proper = set(terms(" ".join(_PROPER.findall(question))))
    telling = [t for t in asked if t not in proper | weak_terms() | measures()]
    said = set(words(question))
    counted = _HOW_MANY.search(question)
    ranked = []
    for passage in among:
        shares = {t: _share(same[t], passage, t in about) for t in wanted}
        is_fit = fits(kind, passage.text)
        touched = any(shares[t] >= 0.8 for t in telling or asked)
        if not is_fit and kind != "why":
            touched = any(shares[t] >= 0.8 and t not in about for t in telling)
        covered = sum(weights[t] * shares[t] for t in dict.fromkeys(asked)) / total if touched else 0.0
        score = covered * (1.0 if is_fit else _PENALTY[kind or ""])
        score -= 0.0015 * min(60, len(passage.own)) + (0.03 if passage.is_heading else 0)
        if covered > 0.3:
            score += _COUNTED * _is_counted(counted, passage.text)
            score += 0.06 * adjacent(asked, terms(passage.text)) - oddness(passage.text, said)
            score += 0.1 * sum(shares[t] for t in hints) / (len(hints) or 1)
        ranked.append((max(0.01, score) if covered else 0.0, covered, passage))
    return sorted(ranked, key=lambda entry: -entry[0])


def _is_counted(counted: re.Match[str] | None, text: str) -> bool:
    """Whether a number stands right before what a question counts ("How many rooms ...?"), or one word before."""
    if not counted:
        return False
    wanted = term(counted.group(1).lower())
    found = words(text)
    near = [word for i, word in enumerate(found) if term(word) == wanted for word in found[max(0, i - 2) : i]]
    return any(_NUMBER.fullmatch(word) for word in near)


def found_terms(asked: list[str], among: list[Passage]) -> set[str]:
    """Return those of the terms that stand in the passages, in this form or another."""
    counts = Counter(t for passage in among for t in passage.own)
    return {t for t in asked if _same_terms(t, counts, _SHARED)}


def nearest(asked: list[str], among: list[Passage]) -> Passage | None:
    """Return the passage that shares most of the question's rare terms, by weight; None where it shares none.

    Rare is a term that is not weak and that stands in at most three passages, or in a tenth of them.
    """
    counts = Counter(t for passage in among for t in passage.own)
    most = max(3, len(among) // 10)
    weights: dict[str, float] = {}
    for t in dict.fromkeys(asked):
        same = _same_terms(t, counts, _SHARED) if t not in weak_terms() | measures() else frozenset()
        number = sum(counts[s] for s in same)
        if 0 < number <= most:
            weights |= dict.fromkeys(same, 1 / number)
    sums = [sum(weights.get(t, 0.0) for t in sorted(passage.own)) - passage.is_heading * 0.1 for passage in among]
    best = max(range(len(among)), key=sums.__getitem__, default=None)
    return among[best] if best is not None and sums[best] > 0 else None


def adjacent(asked: list[str], found: list[str]) -> float:
    """Return which share of the neighboring pairs of the question stand side by side in the passage, too."""
    pairs = set(pairwise(asked))
    return len(pairs & set(pairwise(found))) / len(pairs) if pairs else 0.0


def oddness(text: str, said: set[str]) -> float:
    """Return a small number for a passage that says "second" or "not" where the question does not."""
    found = set(words(text.replace("per second", ""))) - said
    return (0.06 if found & ORDINALS else 0.0) + (0.02 if found & NEGATIONS else 0.0)


def _same_terms(asked: str, counts: Counter[str], shared: float) -> frozenset[str]:
    """All terms of the text that are the asked one in another form: the same, one that starts alike, or a compound."""
    if len(asked) < 5 or asked.isdigit():
        return frozenset({asked}) & counts.keys()
    return frozenset(
        t
        for t in counts
        if t == asked
        or (t[:5] == asked[:5] and (t.startswith(asked) or asked.startswith(t) or _common(t, asked) >= shared))
        or (len(asked) > 5 and t.endswith(asked))
    )


def _common(one: str, other: str) -> float:
    length = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return length / max(len(one), len(other))


def _weight(asked: str, count: int, size: int, is_subject: bool) -> float:
    weight = math.log(1 + size / max(count, 0.5))
    if asked in weak_terms() | measures():
        weight *= 0.3
    return weight * 0.4 if is_subject and count else weight


def _share(same: frozenset[str], passage: Passage, is_subject: bool) -> float:
    if same & passage.own:
        return 1.0
    if same & passage.carried:
        return 0.8
    if is_subject:
        return 0.6
    return 0.3 if same & passage.near else 0.0
