"""Words, sentences and tokens: what every engine that reads text shares.

Standard library only, no state, and the same result on every machine.
"""

import itertools
import re
from functools import lru_cache

# What is remembered of words is bounded in number and in length, so that no text makes a process grow.
LONGEST_WORD = 40
CACHED_WORDS = 4096

STOP_WORDS = frozenset(
    """
    a about above after again all also am an and any are as at be because been before being below between both but by
    can could did do does doing down during each few for from further give had has have having he her here hers him his
    how i if in into is it its itself just let me more most my myself no nor not of off on once only or other our ours
    out over own please same shall she should so some such tell than that the their theirs them then there these they
    this those through to too under until up us very was we were what when where which while who whom whose why will
    with would you your yours
    """.split()
)

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_TOKEN_RUN = re.compile(r"\s*[^\W_]+|\s*\S|\s+")
_TOKEN_PIECE = re.compile(r"[^\W_]{1,6}|\S")
_TOKEN_CHARACTERS = 6
_ABBREVIATIONS = frozenset("etc vs approx dr mr mrs ms prof st inc tel fig bzw ca nr hr fr abb str".split())
_BEFORE_NUMBER = frozenset("no art vol sec abs kap bd".split())  # end no sentence before a digit
_LAST_WORD = re.compile(r"(\w+)\.$")
_ORDINAL = re.compile(r"(?<![\d.,:])\d{1,2}\.$")
_AFTER_ARTICLE = re.compile(
    r"\b(?:am|im|vom|zum|zur|beim|der|dem|den|des|das|die|ab|bis|jede[mnrs]?|seine[mnrs]?|ihre[mnrs]?) \d{1,2}\.$",
    re.IGNORECASE,
)
_GERMAN_MONTH = re.compile(
    r"(?:jan(?:uar)?|jänner|feb(?:ruar)?|märz|apr(?:il)?|mai|juni?|juli?|aug(?:ust)?|sept?(?:ember)?|okt(?:ober)?"
    r"|nov(?:ember)?|dez(?:ember)?)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?][\"”’)\]]*\s+(?=[\"“‘(\[]?[A-Z0-9À-ÖØ-Þ])")
_BLOCK_END = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*•#|]|\d{1,3}[.)]\s))")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,3}[.)])\s+")
_SUFFIXES = (
    "ization",
    "isation",
    "ations",
    "ation",
    "ments",
    "ment",
    "ness",
    "ings",
    "ing",
    "ions",
    "ion",
    "edly",
    "ed",
    "ly",
    "es",
)


def words(text: str) -> list[str]:
    """Split text into lower-case words.

    Args:
        text: any text.

    Returns:
        The words in order, in lower case. A hyphen separates words; an apostrophe inside a word does not.
    """
    if text.isascii():
        return _WORD.findall(text.lower())
    return [word.replace("’", "'").lower() for word in _WORD.findall(text)]


def stem(word: str) -> str:
    """Cut common English endings off a word, so that "prices" and "price" meet.

    It is a rough cut, not a dictionary: what counts is that related forms end up the same.

    Args:
        word: one word in lower case.

    Returns:
        The word without its ending, at least three letters long. A word of more than `LONGEST_WORD` letters is
        returned as it is.
    """
    return word if len(word) > LONGEST_WORD else _stem(word)


@lru_cache(maxsize=CACHED_WORDS)
def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    shorter = _cut_ending(word)
    while shorter != word:
        word, shorter = shorter, _cut_ending(shorter)
    return word


def _cut_ending(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            doubled = len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls"
            return word[:-1] if doubled else word
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def keywords(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order, with repetitions.

    Args:
        text: any text.

    Returns:
        Stems (see `stem`) of all words that are not in `STOP_WORDS`.
    """
    return [stem(word) for word in words(text) if word not in STOP_WORDS]


def sentences(text: str) -> list[str]:
    """Split text into sentences; a line break that ends a paragraph, a heading or a list item ends one, too.

    The full stop of an abbreviation ("Dr.", "Abb.") or of a German ordinal ("am 1. Mai") ends none.

    Args:
        text: any text, Markdown included.

    Returns:
        The sentences in order, without bullets and surrounding white space. None is empty.
    """
    found: list[str] = []
    for block in _BLOCK_END.split(text):
        line = " ".join(_BULLET.sub("", block).split())
        start = 0
        for match in _SENTENCE_END.finditer(line):
            if not _goes_on(line, max(start, match.start() - 14), match):
                found.append(line[start : match.end()].strip())
                start = match.end()
        if rest := line[start:].strip():
            found.append(rest)
    return found


def _goes_on(line: str, start: int, match: re.Match[str]) -> bool:
    """Whether a full stop belongs to an abbreviation or to a German ordinal ("am 1. Mai", "im 19. Jahrhundert")."""
    before = line[start : match.start() + 1]
    found = _LAST_WORD.search(before)
    if not found:
        return False
    word, after = found.group(1).lower(), line[match.end() : match.end() + 12]
    if word in _ABBREVIATIONS or word.endswith("str") or (len(found.group(1)) == 1 and word.isalpha()):
        return True
    if word in _BEFORE_NUMBER:
        return after[:1].isdigit()
    return bool(_ORDINAL.search(before) and (_GERMAN_MONTH.match(after) or _AFTER_ARTICLE.search(before)))


def split_tokens(text: str) -> list[str]:
    """Split text into the sandbox's tokens. Joined together, they are the text again.

    The rule: a run of letters and digits is cut into equal pieces of at most six, every other character is a token, and
    white space belongs to the token that follows it. English text comes to about four characters a token, as it does
    with the tokenizers of real models, whose exact counts differ from model to model.

    Args:
        text: any text.

    Returns:
        The tokens in order.
    """
    tokens: list[str] = []
    for token in _TOKEN_RUN.findall(text):
        if len(token) <= _TOKEN_CHARACTERS or len(run := token.lstrip()) <= _TOKEN_CHARACTERS:
            tokens.append(token)
            continue
        count = -(-len(run) // _TOKEN_CHARACTERS)
        ends = [round(len(run) * number / count) for number in range(count + 1)]
        pieces = [run[start:end] for start, end in itertools.pairwise(ends)]
        tokens += [token[: len(token) - len(run)] + pieces[0], *pieces[1:]]
    return tokens


def count_tokens(text: str) -> int:
    """Count the sandbox's tokens in a text (see `split_tokens`), without making them."""
    return len(_TOKEN_PIECE.findall(text)) + text[-1:].isspace()
