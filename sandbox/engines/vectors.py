"""Text to vectors by hashing words and parts of words.

The rule: accents are left out ("Züge" is read as "Zuge"). Every word stem that carries meaning, every pair of
neighboring stems and every run of three letters within a word is a feature with a weight (stem 1.0, pair 0.5, run 0.3;
a feature that comes n times counts as the square root of n). The feature's digest names four places of the vector and a
sign for each, and the weight is added there. The sum is scaled to length 1.

So texts that share words, or words that share parts ("billion", "billionaire"), have a cosine similarity well above
that of texts that share nothing, which is near 0. It knows no synonyms and no meaning: "car" and "automobile" are
strangers. A real embedding model knows that they are not.
"""

import hashlib
import itertools
import math
import unicodedata
from collections import defaultdict

from sandbox.engines.words import keywords, words

_PLACES = 4


def embed(text: str, size: int) -> list[float]:
    """Turn a text into a vector.

    Args:
        text: any text.
        size: the number of dimensions.

    Returns:
        `size` numbers of Euclidean length 1.
    """
    vector = [0.0] * size
    for feature, weight in _features(text).items():
        digest = hashlib.blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=4 * _PLACES).digest()
        for place in range(_PLACES):
            number = int.from_bytes(digest[4 * place : 4 * place + 4], "big")
            vector[(number >> 1) % size] += weight if number & 1 else -weight
    length = math.hypot(*vector)
    if length == 0:
        vector[0] = length = 1.0
    return [value / length for value in vector]


def _features(text: str) -> dict[str, float]:
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    # A text of stop words or symbols alone ("?", "to be") still gets a vector of its own.
    stems = keywords(plain) or words(plain) or plain.split()
    features: defaultdict[str, float] = defaultdict(float)
    for feature in stems:
        features[f"word {feature}"] += 1.0
    for first, second in itertools.pairwise(stems):
        features[f"pair {first} {second}"] += 0.5
    for word in stems:
        marked = f"^{word}$"
        for start in range(len(marked) - 2):
            features[f"part {marked[start : start + 3]}"] += 0.3
    # A word that comes ten times does not count ten times as much.
    return {feature: math.sqrt(weight) for feature, weight in features.items()}
