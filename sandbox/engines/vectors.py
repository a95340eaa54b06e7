"""Text to vectors: word vectors that were made once from a language model, added up.

The rule: `word_vectors.bin` has 64 numbers for each of about 22,000 frequent words of English and German, taken from a
model that has learned what they mean (`word_vectors.txt` tells where they are from, `tools/make_word_vectors.py` how).
The numbers of a text's words are added up; frequent words, which say little, have short vectors. A word that is not in
the table counts as one that differs in its last letters ("refunded" as "refund"), or as the two that it is made of
("Rechnungsnummer"). The 64 sums come to the places of the vector in turn, again and again until it is full.

With less weight every word is also a feature of its own, an unknown one with its runs of three letters, and so is the
text as a whole: a digest names two places and signs, and the weight is added there. So exact words count, names and
numbers that no table has are found again, and two texts hardly ever have the same vector.

It knows that "physician" and "doctor" are close, and that "Arzt" is. It knows no sentences: the order of words is lost,
"not" changes next to nothing, a word with two meanings lies between them, and a word that is not in the table and like
none in it is a stranger to all others. A real embedding model reads all that.
"""

import hashlib
import math
import struct
import zlib
from bisect import bisect
from collections import Counter
from functools import cache
from importlib import resources

from sandbox.engines.words import stem, words

_READ = 100_000  # characters of a text that are looked at, more than any model of the catalogue takes
_LONGEST = 40  # letters of a word that are looked at
_ZERO, _UNIT = 128, 200  # of the table: the byte that means 0, and the length of the longest vectors
_EXACT, _UNKNOWN, _RUN, _WHOLE = 0.3, 0.5, 0.15, 0.03  # weights of features; a rare word of the table has 1
_LINKS = ("", "s", "n", "es", "en")  # letters between the two words of a German compound


def embed(text: str, size: int) -> list[float]:
    """Turn a text into `size` numbers of Euclidean length 1; from 64 on, meaning keeps its full precision."""
    places, _, table, width = _table()
    rows: list[bytes] = []
    features = {f"text {hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}": _WHOLE}
    for word, count in Counter(words(text[:_READ].casefold())).items():
        word = word[:_LONGEST]
        for place in _lookup(word):
            rows += [table[place * width : (place + 1) * width]] * count
        if word in places:
            features[f"word {word}"] = _EXACT * count * (rows[-1][-1] - _ZERO) / 127
        else:
            features[f"word {stem(word)}"] = _UNKNOWN * count
            features |= {f"run {word[start : start + 3]}": _RUN * count for start in range(len(word) - 2)}
    meaning = [sum(column) - _ZERO * len(rows) for column in zip(*rows, strict=True)][:-1] or [0]
    scale = math.sqrt(len(meaning) / size) / _UNIT
    vector = ([value * scale for value in meaning] * (size // len(meaning) + 1))[:size]
    for feature, weight in features.items():
        digest = hashlib.blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        for number in struct.unpack(">II", digest):
            vector[(number >> 1) % size] += weight * (0.7 if number & 1 else -0.7)
    length = math.hypot(*vector)
    if length == 0:  # the places of a feature may cancel out in a vector of few
        vector[0] = length = 1.0
    return [value / length for value in vector]


def _lookup(word: str) -> list[int]:
    """Return the places of a word in the table: its own, that of one like it, or those of the two it is made of."""
    if (place := _nearest(word)) is not None:
        return [place]
    places = _table()[0]
    for cut in range(len(word) - 3, 3, -1):
        for link in _LINKS if word[:cut] in places else ():
            if word.startswith(link, cut) and (end := _nearest(word[cut + len(link) :])) is not None:
                return [places[word[:cut]], end]
    return []


def _nearest(word: str) -> int | None:
    """Return the place of the word, or of one that begins alike and differs in at most two letters at the end."""
    places, names = _table()[:2]
    if word in places:
        return places[word]
    after = bisect(names, word)  # words that begin alike are neighbors in the alphabet
    for place in range(max(after - 1, 0), min(after + 1, len(names))):
        alike = max(5, len(word) - 2, len(names[place]) - 2)
        if word[:alike] == names[place][:alike]:
            return place
    return None


@cache
def _table() -> tuple[dict[str, int], list[str], bytes, int]:
    """Read the table: the place of each word, the words, the rows one after the other, and their width in bytes."""
    data = resources.files(__package__).joinpath("word_vectors.bin").read_bytes()
    width, packed = struct.unpack_from("<II", data)
    names = zlib.decompress(data[8 : 8 + packed]).decode("utf-8").split("\n")
    return {word: place for place, word in enumerate(names)}, names, data[8 + packed :], width
