"""From a question to an answer: choose topics, pictures, and the length."""

import re

from sandbox.engines.vision.comparing import (
    ORDINALS,
    RANK_WORDS,
    compare_all,
    compare_colors,
    picture_name,
    rank_by,
    rank_share,
)
from sandbox.engines.vision.describing import capitalize_first, describe
from sandbox.engines.vision.picture import Picture
from sandbox.engines.vision.topics import (
    AREAS,
    COLOR_QUESTION,
    COLOR_WORDS,
    REGIONS,
    TOPICS,
    Topic,
    about_area,
    about_colors,
    about_gray,
    about_one_color,
    about_region,
    about_size,
)
from sandbox.engines.words import STOP_WORDS, words

_HOW_LARGE = re.compile(
    r"\bhow (?:large|big|wide|high|tall) (?:is|are) "
    r"(?:it|this|that|they|these|the (?:\w+ )?(?:image|picture|photo|file)s?)\b"
)
_PICTURE_WORDS = "image|images|picture|pictures|photo|photos|photograph|photographs"
_GENERIC = frozenset(
    (
        "see seen show shows shown showing depict depicts depicted describe description detail details "
        "detailed look looks looking tell caption explain summarize summary scene content contents contain "
        "contains visible view attached following given alt alternative text give write short brief briefly one "
        "two three sentence sentences word words what's who's please hi hello thanks thank main thing things much "
        "lot first second third fourth there's it's kind like appear appears user simple plain english everything "
        "something any anything amount share percent area areas side part tall large big landscape outline many "
        "lots really dominant whole overall sort type high wide time answer yes isn't"
    ).split()
) | frozenset(_PICTURE_WORDS.split("|"))
_UNMEASURED = frozenset(
    (
        "who whose why people person persons man men woman women child children face faces animal animals dog "
        "dogs cat cats bird birds text written read says say letters label labels title name named called brand "
        "logo mood feeling emotion atmosphere count number story meaning weather temperature location country "
        "city"
    ).split()
)
_COMPARE = frozenset(
    "same identical alike similar similarity equal different difference differences differ compare comparison common "
    "versus vs between both".split()
)
_NOTICE = "The sandbox measures colors and areas; it does not recognize objects, persons, or text."
_HOW_MUCH = re.compile(r"\bhow (?:many (?!colou?rs|pixels|megapixels)|tall|high|wide|long|far|old|deep|fast|heavy)")
_KNOWN = (
    frozenset(word for trigger, _ in TOPICS for word in trigger.split())
    | AREAS.keys() | REGIONS.keys() | COLOR_WORDS | COLOR_QUESTION | _COMPARE | RANK_WORDS.keys() | _GENERIC
)  # fmt: skip


def answer(question: str, pictures: list[Picture]) -> str:
    """Answer a question about pictures from what was measured.

    Args:
        question: the text that came with the pictures; may be empty.
        pictures: the pictures in their order.

    Returns:
        One or more plain sentences.
    """
    if not pictures:
        return "There is no picture in this message. Send one to have it described."
    text = " ".join(question[:20_000].lower().replace("’", "'").split())
    limit = _sentence_limit(text)
    return " ".join(_answer_all(text, words(text), pictures, limit)[:limit])


def _sentence_limit(text: str) -> int | None:
    found = re.search(r"\b(one|1|two|2|three|3|four|4|a|single)(?: short| simple| plain| single)* sentences?\b", text)
    if found:
        return {"two": 2, "2": 2, "three": 3, "3": 3, "four": 4, "4": 4}.get(found[1], 1)
    if re.search(r"\b(?:one word|yes or no|very short)\b", text):
        return 1
    return 2 if re.search(r"\b(?:brief|briefly|short|shortly)\b", text) else None


def _answer_all(text: str, asked: list[str], pictures: list[Picture], limit: int | None) -> list[str]:
    if re.search(rf"\bhow many (?:{_PICTURE_WORDS})\b", text):
        return ["There is one picture." if len(pictures) == 1 else f"There are {len(pictures)} pictures."]
    topics, unknown = _topics(text, asked), _is_unmeasured(text, asked)
    ranks = list(dict.fromkeys(RANK_WORDS[word] for word in asked if word in RANK_WORDS))
    things = [word for word in re.findall(r"\b(?:more|most) (\w+)", text) if word in AREAS or word in COLOR_WORDS]
    compares = bool(ranks or things or _COMPARE & set(asked))
    if len(pictures) == 1 and compares and not topics:
        return ["There is only one picture, so there is nothing to compare it with.", *describe(pictures[0])]
    if len(pictures) > 1 and (ranks or things):
        whole = bool({"compare", "comparison"} & set(asked))
        keys = [key for key in ranks if not (whole and key in ("brighter", "larger"))]  # the comparison tells these
        ranked = [rank_by(pictures, key) for key in keys] + [rank_share(pictures, thing) for thing in things]
        return ranked + (compare_all(pictures) if whole else [])
    if len(pictures) > 1 and compares and not topics:
        same = all(pictures[0] == picture for picture in pictures[1:])
        first = ("Yes. " if same else "No. ") if {"same", "identical"} & set(asked) else ""
        found = compare_all(pictures)
        return [first + found[0], *found[1:]]

    result = [] if not unknown else [_NOTICE] if topics else [f"{_NOTICE[:-1]}, so it cannot answer that."]
    described = []
    for number in _chosen(text, len(pictures)):
        picture = pictures[number]
        found = [sentence for topic in topics for sentence in topic(picture, asked)]
        if unknown:  # "yes" would seem to answer what is not known
            found = [
                capitalize_first(re.sub(r"^(?:Yes, much of it|Yes|No|A little)[,:] ", "", sentence))
                for sentence in found
            ]
        found = found or describe(picture)
        if len(pictures) > 1:
            found[0] = f"{picture_name(number)}: {found[0]}"
        described.append(found)
    if limit and len(described) > 1:  # one sentence for all
        result.append(capitalize_first("; ".join(found[0].rstrip(".") for found in described)) + ".")
    else:
        described = [[capitalize_first(found[0]), *found[1:]] for found in described]
        result += [sentence for found in described for sentence in found]
    if len(described) > 1 and not topics:
        result += compare_all(pictures)
    elif len(described) > 1 and compares and about_colors in topics:
        result += compare_colors(pictures)
    return result


def _chosen(text: str, count: int) -> list[int]:
    """Return the pictures that the question is about: those whose position it names, else all."""
    found = [n for n in range(min(count, 10)) if re.search(rf"\b{ORDINALS[n]} (?:one|{_PICTURE_WORDS})\b", text)]
    if re.search(rf"\blast (?:one|{_PICTURE_WORDS})\b", text) and count - 1 not in found:
        found.append(count - 1)
    return found or list(range(count))


def _topics(text: str, asked: list[str]) -> list[Topic]:
    """Choose the topics that the question's words name."""
    known = set(asked)
    topics = [topic for trigger, topic in TOPICS if known & set(trigger.split())]
    if _HOW_LARGE.search(text):
        topics.append(about_size)
    if "black and white" in text:
        return [*topics, about_gray]
    if COLOR_QUESTION & known:
        places = known & (REGIONS.keys() | AREAS.keys())
        return [*topics, about_region if places else about_colors]
    if known & AREAS.keys():
        topics.append(about_area)
    if known & COLOR_WORDS:
        topics.append(about_one_color)
    if not topics and known & REGIONS.keys():
        topics.append(about_region)
    return list(dict.fromkeys(topics))


def _is_unmeasured(text: str, asked: list[str]) -> bool:
    """Say whether the question is about something that colors and areas do not tell."""
    if _HOW_MUCH.search(text) and not _HOW_LARGE.search(text):
        return True
    whole = rf"\balt(?:ernative)? text\b|\bdescribe (?:it|(?:this|that|the|these|both) (?:{_PICTURE_WORDS}))\b"
    if re.search(whole, text):
        return False
    if _UNMEASURED & set(asked):
        return True
    if "describe" in asked:
        return False
    return any(word not in _KNOWN and word not in STOP_WORDS and not word.isdigit() for word in asked)
