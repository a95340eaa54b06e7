"""Passages of a text, and which of them answers a question.

A text is cut into passages: sentences, list items, headings, rows of a table. A question is turned into terms: the
stems of its words without stop words, where words of one group in `alike.txt` count as the same. Each term weighs the
more, the rarer it is in the text. A passage scores the share of the question's weight that it covers:

- in full for a term of its own, partly for one of its heading, of the sentence before, or (if it begins with "it",
  "she", "this" and the like) of the sentence that the pronoun stands for; and for what follows a question, of that
  question (in a FAQ, in a chat), which is no answer itself;
- a term of the text's first passage is what the text is about, and weighs less, since the text need not repeat it;
- words such as "use" or "long" weigh less, and at least one other word must be there (names alone do not do), but a
  unit stands for its measure ("1.4 kg" for "how heavy"), and so does the label of a line ("Weight: ...");
- what the text itself is called in the question ("the device", "this code") weighs little if the text does not say it;
- the score is lowered if the question asks who, when, where, how many, how long, how much or why, and the passage has
  no name, date, place, number, span, sum or reason; and a little if it is long, or says "not" or "second" where the
  question does not. It is raised if a number stands before what "How many ...?" asks for.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import chain, pairwise

from sandbox.engines.text.facts import alike, any_of, vocabulary
from sandbox.engines.words import CACHED_WORDS, LONGEST_WORD, STOP_WORDS, sentences, stem, words

ORDINALS = frozenset(vocabulary("ordinals"))
NEGATIONS = frozenset(vocabulary("negations"))
_GERMAN_ASKS, _GERMAN_MARKS = frozenset(vocabulary("german_starts")), frozenset(vocabulary("german"))
_LEFT_OUT = STOP_WORDS | frozenset(vocabulary("left_out"))
_LEFT_OUT_GERMAN = frozenset(vocabulary("left_out_german"))
_CLITICS = ("'s", "'m", "'re", "'ve", "'ll", "'d")

NUMBER_WORD = rf"\b{any_of('numbers', 'german_numbers', 'amounts')}\b"
_IN_HEADINGS = ("when", "version")  # a heading may say them for all that is under it
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(rf"\d+|{NUMBER_WORD}")
_SOME = rf"(?:(?<![\w-])\d|\b(?:a|an|{NUMBER_WORD}))[\d.,]{{0,15}}[\s-]?(?:\w{{1,20}} )?"
# What a passage has that answers a question of this kind.
_EXPECTED = {
    "when": re.compile(
        rf"\b(?:1\d{{3}}|20\d\d|\d{{1,2}}[:.]\d\d|\d{{1,2}}\.? ?(?:am|pm|a\.m|p\.m|uhr|o'clock)"
        rf"|{any_of('month_starts')}[a-z]*\.? ?\d+|\d{{1,2}}\.? {any_of('month_starts')}[a-z]*"
        rf"|{any_of('months', 'weekdays', 'times_of_day')})\b",
        re.IGNORECASE,
    ),
    "length": re.compile(rf"{_SOME}{any_of('time_units', 'length_units')}\b", re.IGNORECASE),
    "weight": re.compile(rf"{_SOME}{any_of('weight_units')}\b", re.IGNORECASE),
    "heat": re.compile(rf"\d ?{any_of('heat_units')}", re.IGNORECASE),
    "speed": re.compile(rf"\d ?{any_of('speed_units')}\b", re.IGNORECASE),
    "often": re.compile(
        r"\b(?:every|each|daily|weekly|monthly|yearly|annually|times|once|twice|per|a (?:day|week|month|year)"
        r"|jede[nrs]?"
        r"|täglich|wöchentlich|monatlich|jährlich|mal|pro)\b",
        re.IGNORECASE,
    ),
    "version": re.compile(r"\d+\.\d+"),
    "money": re.compile(
        r"[€$£]|\b(?:euros?|dollars?|cents?|pounds?|francs?|yen|krone[rn]|eur|usd|gbp|chf|free|kostenlos|gratis)\b"
        r"|\b\d+\.\d\d\b",
        re.IGNORECASE,
    ),
    "count": re.compile(rf"(?<![\w-])\d|{NUMBER_WORD}", re.IGNORECASE),
    "who": re.compile(
        rf"(?<=[\w,;:] )(?!(?i:{any_of('months', 'weekdays')})\b)[A-ZÀ-Þ][\w'’-]+"
        r"|^[A-ZÀ-Þ][\w'’-]+ (?:(?:van|von|de|da) )?[A-ZÀ-Þ][\w'’-]+"
    ),
    "where": re.compile(
        r"\b(?:[Ii]n|[Aa]t|[Nn]ear|[Ff]rom|[Tt]o|[Oo]n|[Oo]ff|[Ii]nside|[Oo]utside|[Bb]ehind|[Uu]nder|[Bb]etween"
        r"|[Oo]pposite|[Bb]ei|[Nn]ach|[Aa]us|[Ii]m|[Aa]m|[Aa]n|[Zz]um|à|en|dans) (?!\d|noon|time|[A-Z][a-z]+day\b)"
    ),
    "why": re.compile(
        r"\b(?:because|since|so that|due to|therefore|in order to|to (?!the\b|a\b)\w+|for|weil|damit|wegen|da|so)\b"
    ),
}
# By which words a question asks for it; the first that is found counts.
_ASKS = {
    "when": r"when|(?:what|which) (?:year|date|day|time|month)|wann|quand|cuándo",
    "version": r"(?:which|what) (?:\w+ )?version",
    "often": r"how (?:often|frequently)|wie (?:oft|häufig)",
    "weight": r"how heavy|how much (?:does|do|did) .{1,80}\bweigh|wie schwer|weight of",
    "heat": r"how (?:hot|warm|cold)|(?:what|which) temperature|wie (?:heiß|warm|kalt)|what (?:is|was) the temperature",
    "speed": r"how fast|wie schnell|speed of",
    "length": r"how (?:long|far|tall|high|deep|wide)|wie lange?",
    "money": (
        r"how (?:much|expensive)\b.*\b(?:cost|pay|paid|price|spend|spent|charge)|what (?:does|do|did|will|would)\b"
        r".{1,80}\bcost|(?:was|wie viel) kostet|price of"
    ),
    "count": (
        r"how (?:many|much|old|big|large)|wie (?:viele?|hoch|alt|groß|teuer|weit)|combien|cuánt[oa]s?|(?:population"
        r"|price"
        r"|cost|length|height|width|depth|distance|age|size|diameter|area|number) of"
    ),
    "who": r"who|whom|whose|wer|wem|wen|qui|quién",
    "where": r"where|wo|woher|wohin|où|dónde|(?:in|at) (?:which|what) (?:city|town|country|place)",
    "why": r"why|warum|wieso|weshalb|pourquoi|por qué|what (?:is|was) the reason",
}
_ASKS = {kind: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for kind, pattern in _ASKS.items()}
_BY_UNIT = ("length", "weight", "heat", "speed", "version", "money", "often")
_HOW_MANY = re.compile(r"\b(?:how many|wie viele) (\w+)", re.IGNORECASE)
_COUNTED, _LABELED, _LABEL_COVERS, _DATED = 0.15, 0.25, 0.6, 0.08
_PENALTY = {"who": 0.75, "where": 0.8, "why": 0.85}
_OTHER_PENALTY = 0.6
PROPER = re.compile(r"(?<=[\w,;:] )[A-ZÀ-Þ][\w'’]+")
_POINTING = re.compile(
    r"(?:it|its|he|his|she|her|they|their|this|these|that|those|there|er|es|sie|dies\w*|ihr\w*|sein\w*)\b",
    re.IGNORECASE,
)
# A line that begins so begins a block: a bullet, a number, a table's row, a time, a speaker.
_ITEM = re.compile(r"\s*(?:[-*•]|\d{1,3}[.)]|\(\d{1,3}\))\s+|\s*\|")
_STARTS = re.compile(r"\s*\[?\d{1,4}[-:./]\d\d|\s*(?:#{1,6} |\*\*[^*]{1,40}\*\*|[A-ZÀ-Þ][\w /()-]{0,30}:(?:\s|$)|§)")
_TIMED = re.compile(r"\s*\[?\d{1,4}[-:./]\d\d")
_MARKS = re.compile(r"^\[(\w{1,4})\]\s*|\*\*|^#+ |^[QAF]: ")
_KEY = re.compile(r"[\w ()-]{1,40}?(?=:\s| = )")
ENOUGH = 0.5  # least share of a question's weight that a passage must cover to be an answer
_SHARED, _SHARED_GERMAN = 0.75, 0.6  # how much of the longer word two forms of one word have in common, at least
_MOST_PASSAGES, _MOST_CARRIED = 8_000, 40
_WRAPPED = 45  # a line at least this long, without an end mark, goes on in the next line


@dataclass(slots=True)
class Passage:
    """One sentence, list item, heading or table row.

    `section` is the heading it stands under, `source` the number in brackets before it or before its block ("[2]"), ""
    for none; `terms` are its terms in order, `own` the set of them, `near` those of what is around it, `carried` those
    that its pronoun stands for.
    """

    text: str
    section: str = ""
    source: str = ""
    is_item: bool = False
    is_heading: bool = False
    terms: list[str] = field(default_factory=list)
    own: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    carried: frozenset[str] = frozenset()


def term(word: str) -> str:
    """Return what a lower-case word counts as: its stem, or the first stem of its group in `alike.txt`."""
    return word if len(word) > LONGEST_WORD else _term(word)


@lru_cache(maxsize=CACHED_WORDS)
def _term(word: str) -> str:
    cut = stem(word)
    cut = f"{cut[:-1]}y" if word.endswith("ied") and cut.endswith("i") else cut
    return alike().get(cut, cut)


@lru_cache(maxsize=CACHED_WORDS)
def _short_meaning(word: str, german: bool) -> str:
    """The term of a word, "" for one that carries no meaning; "what's" and "i'm" count as "what" and "i"."""
    full = word.partition("'")[0] if word.endswith(_CLITICS) else word
    is_left_out = full in STOP_WORDS or word in _LEFT_OUT or word.endswith("n't")
    return "" if is_left_out or (german and word in _LEFT_OUT_GERMAN) else term(word)


@cache
def weak_terms() -> frozenset[str]:
    """Return the terms that say little about a question's subject."""
    return frozenset(term(word) for word in vocabulary("weak")) - measures()


@cache
def measures() -> frozenset[str]:
    """Return the terms of "how long", "how old" and the like, which a text need not repeat."""
    return frozenset(term(word) for word in vocabulary("measures"))


@cache
def generic_terms() -> frozenset[str]:
    """Return the terms by which people call the thing that a text is about ("the device")."""
    return frozenset(term(word) for word in vocabulary("generic"))


def terms(text: str) -> list[str]:
    """Return the terms of a text in order, with repetitions and without stop words."""
    found = words(text)
    german = _is_german(found)
    meanings = (word if len(word) > LONGEST_WORD else _short_meaning(word, german) for word in found)
    return [meaning for meaning in meanings if meaning]


@lru_cache(maxsize=4096)
def fact_terms(text: str) -> frozenset[str]:
    """Return the set of terms of a sentence, or of a name, of the sandbox's own facts."""
    return frozenset(terms(text))


def is_german(text: str) -> bool:
    """Tell whether a text begins as German ones do."""
    return _is_german(words(text[:400]))


def _is_german(found: list[str]) -> bool:
    return bool(found) and (found[0] in _GERMAN_ASKS or len(_GERMAN_MARKS.intersection(found[:50])) > 1)


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
    section, header, list_kind, source = "", [], "", ""
    before: frozenset[str] = frozenset()
    answers = False
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
            mark = _MARKS.search(sentence)
            if mark:
                source = mark.group(1) or source
                sentence = _MARKS.sub("", sentence)
            found.append(_passage(sentence, section, before, is_item, answers, source=source))
            answers = sentence.endswith("?")
            goes_on = _POINTING.match(sentence) and len(before) < _MOST_CARRIED
            before = before | found[-1].own if goes_on else found[-1].own
    return found[:_MOST_PASSAGES]


def _list_kind(item: str) -> str:
    return "numbered" if item[0].isdigit() else "bullets"


def _is_heading(line: str) -> bool:
    return (
        (line.startswith("#") and not line.endswith("."))
        or (line.endswith(":") and len(line) < 80)
        or bool(re.fullmatch(r"\*\*[^*]+\*\*", line))
    )


def is_log(text: str) -> bool:
    """Tell whether most lines of a text begin with a time, as those of logs and chats do."""
    lines = [line for line in text.splitlines() if line.strip()][:50]
    return len(lines) > 2 and sum(bool(_TIMED.match(line)) for line in lines) > len(lines) / 2


def _blocks(text: str) -> list[str]:
    """Join wrapped lines; an empty line, an item or a label begins a block, and so does what follows a short one."""
    blocks: list[list[str]] = []
    goes_on = False
    for line in text.splitlines():
        if not line.strip():
            goes_on = False
            continue
        if goes_on and not _ITEM.match(line) and not _STARTS.match(line):
            blocks[-1].append(line)
        else:
            blocks.append([line])
        goes_on = len(line) >= _WRAPPED and not line.lstrip().startswith(("#", "|"))
    return ["\n".join(lines) for lines in blocks]


def _passage(
    text: str, section: str, before: frozenset[str], is_item: bool = False, answers: bool = False, **others
) -> Passage:
    found = terms(text)
    own, near = frozenset(found), before.union(terms(section)) if section else before
    carried = before if before and (answers or _POINTING.match(text)) else frozenset()
    return Passage(text, section, is_item=is_item, terms=found, own=own, near=near, carried=carried, **others)


def expected(question: str) -> str | None:
    """Return what a question asks for: "who", "when", "where", "count", "why", or None where it may be anything."""
    return next((kind for kind, pattern in _ASKS.items() if pattern.search(question)), None)


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
        (score, coverage, passage), best first; both are between 0 and about 1. Passages without any word of the
        question are left out.
    """
    wanted = _read_question(question, asked, among, kind, hints)
    scored = ((wanted.score(passage), passage) for passage in among)
    ranked = [(*score, passage) for score, passage in scored if score]
    return sorted(ranked, key=lambda entry: -entry[0])


@dataclass(slots=True)
class _Question:
    """A question as `rank` uses it, for one text.

    `weights` are its terms' weights in this text, `same` the forms in which the text has them, `about` those that stand
    in its first passage, `telling` those that are neither names nor weak, `by_unit` those that a unit stands for,
    `counted` the match of "How many ...".
    """

    asked: list[str]
    hints: frozenset[str]
    kind: str | None
    said: list[str]
    counted: re.Match[str] | None
    same: dict[str, frozenset[str]]
    every: frozenset[str]
    about: set[str]
    weights: dict[str, float]
    telling: list[str]
    by_unit: frozenset[str]

    def score(self, passage: Passage) -> tuple[float, float] | None:
        """The score and the coverage of a passage, None for one that does not answer."""
        if self.every.isdisjoint(passage.own) and self.every.isdisjoint(passage.carried) and not self.by_unit:
            return None
        kind, text = self.kind, passage.text
        is_labeled = (":" in text or "=" in text) and _is_labeled(text, self.every)
        is_fit = fits(kind, text) or (kind in _IN_HEADINGS and fits(kind, passage.section))
        shares = {t: _share(same, passage, t in self.about) for t, same in self.same.items()}
        if is_fit:
            shares |= {t: max(0.9, shares[t]) for t in self.by_unit}
        if not is_labeled and not self._is_touched(shares, is_fit):
            return None
        own = dict.fromkeys(self.asked)
        covered = sum(self.weights[t] * shares[t] for t in own) / (sum(self.weights[t] for t in own) or 1.0)
        covered = max(covered, _LABEL_COVERS) if is_labeled and is_fit else covered
        score = covered * (1.0 if is_fit else _PENALTY.get(kind or "", _OTHER_PENALTY))
        score -= 0.0015 * min(60, len(passage.own)) + 0.03 * passage.is_heading + 0.4 * text.endswith("?")
        if covered > 0.3:
            score += _DATED * (kind == "when" and _DIGIT.search(text) is not None)
            score += _LABELED * is_labeled + _COUNTED * _is_counted(self.counted, text)
            score += 0.06 * adjacent(self.asked, passage.terms) - oddness(text, self.said)
            score += 0.1 * sum(shares[t] for t in self.hints) / (len(self.hints) or 1)
        return max(0.01, score), covered

    def _is_touched(self, shares: dict[str, float], is_fit: bool) -> bool:
        """Whether it has a telling word; one without what is asked for needs one that not all the text is about."""
        if is_fit or self.kind == "why":
            return any(shares[t] >= 0.8 for t in self.telling or self.asked)
        return any(shares[t] >= 0.8 and t not in self.about for t in self.telling)


def _read_question(
    question: str, asked: list[str], among: list[Passage], kind: str | None, hints: frozenset[str]
) -> _Question:
    wanted = list(dict.fromkeys([*asked, *sorted(hints)]))
    counts = Counter(chain.from_iterable(passage.own for passage in among))
    said = words(question)
    same = {t: _same_terms(t, counts, _SHARED_GERMAN if _is_german(said) else _SHARED) for t in wanted}
    subject = among[0].own if len(among) > 2 else frozenset()
    about = {t for t in wanted if same[t] & subject}
    unnamed = {t for t in wanted if not same[t] and t in generic_terms()}
    proper = set(terms(" ".join(PROPER.findall(question))))
    small = proper.union(weak_terms(), measures(), unnamed)
    return _Question(
        asked=asked,
        hints=hints,
        kind=kind,
        said=said,
        counted=_HOW_MANY.search(question),
        same=same,
        every=frozenset().union(*same.values()),
        about=about,
        weights={
            t: _weight(t, sum(counts[s] for s in same[t]), len(among), t in about or t in unnamed) for t in wanted
        },
        telling=[t for t in dict.fromkeys(asked) if t not in small],
        by_unit=(measures() | {term("cost")}).intersection(asked) if kind in _BY_UNIT else frozenset(),
    )


def _is_labeled(text: str, every: frozenset[str]) -> bool:
    """Whether a passage is of the form "Label: value" or "name = value", where the question says the label."""
    key = _KEY.match(text)
    label = terms(key.group()) if key else []
    return bool(label) and every.issuperset(label)


def says_how_many(question: str, among: list[Passage]) -> bool:
    """Tell whether a passage has a number right before what "How many ...?" counts."""
    counted = _HOW_MANY.search(question)
    return any(_is_counted(counted, passage.text) for passage in among) if counted else False


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
    counts = Counter(chain.from_iterable(passage.own for passage in among))
    return {t for t in asked if _same_terms(t, counts, _SHARED)}


def nearest(asked: list[str], among: list[Passage]) -> Passage | None:
    """Return the passage that shares most of the question's rare terms, by weight; None where it shares none.

    Rare is a term that is not weak and that stands in at most three passages, or in a tenth of them.
    """
    counts = Counter(chain.from_iterable(passage.own for passage in among))
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


def oddness(text: str, said: list[str]) -> float:
    """Return a small number for a passage that says "second" or "not" where the question does not."""
    found = set(words(text.replace("per second", ""))).difference(said)
    return (0.06 if found & ORDINALS else 0.0) + (0.02 if found & NEGATIONS else 0.0)


def _same_terms(asked: str, counts: Counter[str], shared: float) -> frozenset[str]:
    """All terms of the text that are the asked one in another form: the same, one that starts alike, or a compound."""
    if len(asked) < 5 or asked.isdigit():
        return frozenset({asked} if asked in counts else ())
    head, may_end = asked[:5], len(asked) > 5
    alike_start = [t for t in counts if t.startswith(head)]
    found = [t for t in alike_start if t.startswith(asked) or asked.startswith(t) or _common(t, asked) >= shared]
    return frozenset([*found, *(t for t in counts if may_end and t.endswith(asked))])


def _common(one: str, other: str) -> float:
    length = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return length / max(len(one), len(other))


def _weight(asked: str, count: int, size: int, is_subject: bool) -> float:
    weight = math.log(1 + size / max(count, 0.5))
    if asked in weak_terms() or asked in measures():
        weight *= 0.3 if count else 0.1
    if not count and is_subject:
        return weight * 0.3
    return weight * 0.4 if is_subject else weight


def _share(same: frozenset[str], passage: Passage, is_subject: bool) -> float:
    if not same.isdisjoint(passage.own):
        return 1.0
    if not same.isdisjoint(passage.carried):
        return 0.8
    if is_subject:
        return 0.6
    return 0.0 if same.isdisjoint(passage.near) else 0.3
