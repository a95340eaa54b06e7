"""Judgments about a text: which category it belongs to, how positive it is, whether something is true of it.

The rule: each option of an enum collects words: those of its own name, those of the description behind its name
("high: the service is down"), and those in `SIGNS` for what it means ("billing": invoice, refund). The option with most
of its words in the text wins; without any, the one that says so ("neutral", "other"), else the first. A word after
"not" or "never" counts for the opposite. A rating places the share of positive words between its bounds. It is a
count of words, no understanding.
"""

import re
from collections.abc import Sequence
from typing import Any

from sandbox.engines.kin import split_name
from sandbox.engines.schemas.matching import clamp
from sandbox.engines.schemas.values import find_values
from sandbox.engines.words import keywords, stem, words

_SIGNS_TEXT = """
positive: good great excellent amazing love loved wonderful fantastic perfect happy best awesome delicious recommend
    enjoyed friendly fast beautiful brilliant thank thanks pleased satisfied superb nice helpful impressed glad
    fabulous reliable comfortable gut toll super zufrieden
negative: bad terrible awful hate hated worst poor broken disappointed disappointing slow rude dirty horrible angry
    useless waste refund never unhappy fails failed crash crashes annoying late wrong ugly noisy schlecht defekt boring
    frustrated expensive cold problem damaged missing
urgent: urgent immediately asap now critical emergency outage down blocked deadline today production losing severe
high: urgent immediately asap critical emergency outage down important deadline today production crash
low: whenever eventually minor cosmetic suggestion typo someday nice
billing: invoice bill billed charge charged payment refund subscription price credit card paid money fee
technical: error crash bug broken login password install update app server screen fails failed loading freeze connect
bug: error crash crashes bug broken wrong fails failed exception freeze
feature: feature add wish would support option suggestion idea
account: account login password profile email username sign
shipping: delivery deliver shipped package parcel tracking arrive arrived courier late
complaint: disappointed unacceptable complain angry terrible refund worst
question: how what why when where which who can
spam: winner prize free click offer viagra lottery claim congratulations credit guaranteed
toxic: stupid idiot hate shut dumb moron
sports: game match team player goal season coach league win score football soccer tennis
politics: government election president minister parliament vote law party policy
technology: software computer phone app internet data chip device startup robot
business: company market shares profit revenue sales stock investors merger bank
science: study research scientists discovered experiment species space physics
health: doctor patient hospital disease medicine symptoms vaccine diet
entertainment: film movie actor music album concert series star show
food: restaurant meal dish recipe eat taste menu cook
travel: flight hotel trip travel vacation airport tourist beach
"""
SIGNS = {
    line.partition(":")[0]: frozenset(stem(word) for word in line.partition(":")[2].split())
    for line in re.sub(r"\n\s+", " ", _SIGNS_TEXT.strip()).splitlines()
}
_ALIKE = {
    stem(word): SIGNS[name]
    for name, others in {
        "positive": "good happy joy joyful favorable satisfied love",
        "negative": "bad sad anger angry unfavorable unhappy dissatisfied",
        "urgent": "critical emergency",
        "technical": "tech support",
        "shipping": "delivery logistics",
        "billing": "payment finance refund",
        "bug": "defect incident",
        "feature": "request enhancement",
        "toxic": "abusive harmful offensive",
        "sports": "sport",
        "technology": "tech",
    }.items()
    for word in [name, *others.split()]
} | {stem(name): signs for name, signs in SIGNS.items()}
_UNDECIDED = frozenset("neutral other unknown none general mixed medium normal moderate misc uncategorized".split())
_DENIAL = frozenset("not never no hardly isn't wasn't don't doesn't didn't can't won't nicht kein keine".split())
_OPPOSITES = {stem("positive"): stem("negative"), stem("negative"): stem("positive")}
_MOST_OPTIONS = 50
_JUDGED = frozenset(stem(word) for word in "rating score stars sentiment satisfaction grade quality polarity".split())
_SURE = frozenset(stem(word) for word in "confidence probability certainty likelihood".split())


def choose(options: Sequence[Any], description: str, text: str) -> Any:
    """Return the option of an enum that a text suits best, of the first `_MOST_OPTIONS`."""
    options = options[:_MOST_OPTIONS]
    points = [_points(str(option), _explanation(option, options, description), text) for option in options]
    if max(points) > 0:
        return options[points.index(max(points))]
    return next((option for option in options if str(option).lower() in _UNDECIDED), options[0])


def has_signs(options: Sequence[Any], text: str) -> bool:
    """Say whether a text has words that `SIGNS` lists for one of the options."""
    return any(_points(str(option), "", text) > 0 for option in options[:_MOST_OPTIONS])


def main_words(text: str, most: int = 5) -> list[str]:
    """Return the words that a text uses most, names first, in the order of the text."""
    names = {value.text: 2 for value in find_values(text) if value.kind == "name"}
    stems = keywords(text)
    found = [word for word in dict.fromkeys(words(text)) if len(word) > 3 and stem(word) in stems]
    inside = {part for name in names for part in words(name)}
    counted = {**names, **{word: stems.count(stem(word)) for word in found if word not in inside}}
    best = sorted(counted, key=lambda word: -counted[word])[:most]
    return sorted(best, key=lambda word: text.lower().find(word.lower()))


def _explanation(option: Any, options: Sequence[Any], description: str) -> str:
    """What a description says of one option: what follows its name, up to the next option's."""
    if str(option) not in description:
        return ""
    names = "|".join(re.escape(str(other)) for other in options)
    found = re.search(
        rf"(?i)\b{re.escape(str(option))}\b[\"'`]?\s*(?:[:=(]|-|means|if|when|for)\s*(.{{1,200}})", description
    )
    return re.split(rf"(?i)[;\n]|\b(?:{names})\b[\"'`]?\s*[:=(]", found[1])[0] if found else ""


def _points(name: str, explanation: str, text: str) -> float:
    own = [stem(word) for word in split_name(name)]
    signs = frozenset(own).union(*(_ALIKE.get(word, frozenset()) for word in own), keywords(explanation))
    opposite = next((_ALIKE[other] for word, other in _OPPOSITES.items() if word in own), None)
    found = _counted(text)
    points = sum(2.0 if word in own else 1.0 for word, denied in found if word in signs and not denied)
    points += sum(1.0 for word, denied in found if denied and opposite and word in opposite)
    return points


def _counted(text: str) -> list[tuple[str, bool]]:
    """The stems of a text, each with whether it is denied."""
    found = words(text[:5000].replace("’", "'"))
    return [(stem(word), bool(_DENIAL & {*found[max(0, index - 2) : index]})) for index, word in enumerate(found)]


def sentiment(text: str) -> float:
    """Return how positive a text is, from -1 (all words of value are negative) to 1; 0 for a text without any."""
    good, bad = _points("positive", "", text), _points("negative", "", text)
    return (good - bad) / (good + bad) if good + bad else 0.0


def judge_flag(name: str, text: str) -> bool | None:
    """Say whether a property such as `is_urgent` or `positive` is true of a text; None where that cannot be said."""
    known = [word for word in map(stem, split_name(name)) if word in _ALIKE]
    if not known:
        return None
    if known[0] == stem("question"):
        return "?" in text
    if known[0] in (stem("positive"), stem("negative")):
        return sentiment(text) > 0 if known[0] == stem("positive") else sentiment(text) < 0
    return _points(known[0], "", text) > 0


def judge_number(name: str, schema: dict[str, Any], text: str, known_share: float) -> int | float | None:
    """Return a rating of a text, or a confidence, within the schema's bounds; None for a number of any other kind.

    Args:
        name: the property's name.
        schema: its schema.
        text: the text that is judged.
        known_share: how much of the rest of the answer is known, from 0 to 1. That is the confidence.
    """
    stems = {stem(word) for word in split_name(name)}
    if not stems & (_JUDGED | _SURE):
        return None
    signed = stem("polarity") in stems or stems == {stem("sentiment"), stem("score")}
    least, most = (0, 1) if stems & _SURE else (-1, 1) if signed else (1, 5)
    low = schema.get("minimum", schema.get("exclusiveMinimum", min(least, schema.get("maximum", least))))
    high = schema.get("maximum", schema.get("exclusiveMaximum", max(most, low)))
    share = 0.95 * known_share if stems & _SURE else (sentiment(text) + 1) / 2
    number = round(low + (high - low) * share, 2)
    return clamp(schema, round(number) if schema.get("type") == "integer" else number)
