"""Which options of an enum a text names: by their own words in any common ending, by a synonym, or in German.

Options that are everyday words or single letters ("on", "C") count only where they can hardly mean anything else.
"""

import itertools
import re
from functools import lru_cache
from typing import Any

from sandbox.engines.kin import german_names, split_name
from sandbox.engines.schemas.values import CURRENCIES, LANGUAGES, MONTHS, WEEKDAYS
from sandbox.engines.words import STOP_WORDS, stem

SYNONYMS = [
    set(line.split("|"))
    for line in """celsius|c|°c|centigrade|degrees c|metric
fahrenheit|f|°f|degrees f|imperial
kelvin|k
km|kilometer|kilometers|kilometre|kilometres
m|meter|meters|metre|metres
cm|centimeter|centimeters|centimetre|centimetres
mm|millimeter|millimeters
mi|mile|miles
ft|foot|feet
inch|inches
yd|yard|yards
kg|kilogram|kilograms|kilo|kilos
g|gram|grams
lb|lbs|pound|pounds
oz|ounce|ounces
l|liter|liters|litre|litres
ml|milliliter|milliliters
gal|gallon|gallons
s|sec|second|seconds
min|minute|minutes
h|hr|hour|hours
high|urgent|important|highest
critical|blocker|severe
low|minor|unimportant|lowest
medium|normal|moderate
economy|coach
first|first class
business|business class
asc|ascending|increasing
desc|descending|decreasing
male|man|men
female|woman|women
one_way|one way|single
round_trip|round trip|return
done|completed|finished|complete
open|unresolved|active
closed|resolved
pending|waiting
large|big|l|xl
small|little
vegetarian|veggie
car|driving|drive|by car
walking|walk|foot|on foot
bicycling|cycling|bike|bicycle
transit|bus|public transport|train
positive|good|happy
negative|bad|unhappy
add|plus|sum|addition
subtract|minus|subtraction
multiply|times|multiplied|multiplication
divide|divided|division
daily|every day|each day
weekly|every week|each week
monthly|every month|each month
yearly|every year|annual|annually
on|enable|enabled|activate
off|disable|disabled|deactivate""".splitlines()
]
SYNONYMS += [{name, name[:3]} for name in (*MONTHS, *WEEKDAYS)]
SYNONYMS += [{code.lower(), *names.split()} for code, names in CURRENCIES.items()]
SYNONYMS += [{name, code} for name, code in LANGUAGES.items()]
_MOST_PLACES = 20


def enum_matches(options: list[Any], text: str) -> list[tuple[Any, int, int, float]]:
    """Find the options of an enum that a text names.

    Args:
        options: the enum's values, of any type.
        text: any text.

    Returns:
        (option, start, end, points) for each place: 6 points for the words themselves, 5 for a synonym.
    """
    low = text.lower()
    found = []
    for option in options:
        label = " ".join(split_name(option)) if isinstance(option, str) else str(option).lower()
        if label and option is not None and not isinstance(option, bool):
            for pattern, points, in_lower_case in _patterns(label, str(option).lower()):
                places = itertools.islice(pattern.finditer(low if in_lower_case else text), _MOST_PLACES)
                found += [(option, *place.span(place.lastindex or 0), points) for place in places]
    return found


@lru_cache(maxsize=2000)
def _patterns(label: str, raw: str) -> list[tuple[re.Pattern[str], float, bool]]:
    """The patterns for an option, with their points and whether they are for text in lower case."""
    names = list(german_names(label))
    for group in SYNONYMS:
        if label in group or raw in group:
            others = sorted(name for name in group if name != label and name not in STOP_WORDS)
            names += [name for name in others if len(name) > 1 or not name.isalpha()]
    is_small = label in STOP_WORDS or (len(label) == 1 and label.isalpha())
    own = (_small_pattern(label), 6.0, False) if is_small else (_label_pattern(label), 6.0, True)
    return [own, *((_label_pattern(name), 5.0, True) for name in names)]


def _label_pattern(label: str) -> re.Pattern[str]:
    """Matches a label, its words in any common ending: "meetings" names "meeting"."""
    parts = [
        re.escape(stem(word).removesuffix("y"))
        + (r"\w{0,5}" if len(word) > 4 else r"(?:e?s|e)?" if len(word) > 2 else "")
        for word in label.split()
    ]
    if any(not part[:1].isalnum() for part in parts):
        parts = [re.escape(word) for word in label.split()]
    if label[-1:].isalpha() and len(label.split()) == 1 and len(label) <= 4:
        parts = [re.escape(label) + (r"s?" if len(label) > 2 else "")]
    start = r"(?<!\w)" if label[0].isalnum() else r"(?<=\d)\s?|(?<!\w)"
    return re.compile(f"(?:{start})" + r"[\s_-]+".join(parts) + r"(?!\w)")


def _small_pattern(label: str) -> re.Pattern[str]:
    """Matches "on", "off", "C" only after a verb that sets something, at the end, or as a capital letter."""
    if len(label) > 1:
        setting = rf"\b(?:turn|switch|set|put|keep|leave)\b[^.?!]{{0,60}}?\b({label})\b"
        return re.compile(rf"(?i){setting}|\b({label})(?=[?.!]*$|\s+or\b)")
    letter = label.upper()
    alone = rf"\b{letter}$" if label in {"i", "a"} else rf"(?<=\d)\s?°?{letter}\b|\b{letter}\b(?!')"
    return re.compile(alone)
