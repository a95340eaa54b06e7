"""Vectors: of length 1, the same everywhere, and close where texts mean the same."""

import hashlib
import math
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from sandbox.engines.vectors import embed

TRIALS = tomllib.loads((Path(__file__).parent / "trials" / "vectors.toml").read_text(encoding="utf-8"))
TABLE = resources.files("sandbox.engines").joinpath("word_vectors.bin")


def similarity(first: str, second: str, size: int = 768) -> float:
    return sum(a * b for a, b in zip(embed(first, size), embed(second, size), strict=True))


@pytest.mark.parametrize(
    "text", ["A blue boat", "", " ", "\n", "to be", "?!", "日本語", "😀", "\ud800", "x" * 4_000_000]
)
@pytest.mark.parametrize("size", [1, 2, 63, 768, 1536])
def test_every_text_has_a_vector_of_length_one(text, size):
    vector = embed(text, size)
    assert len(vector) == size
    assert math.hypot(*vector) == pytest.approx(1)
    assert vector == embed(text, size)


def test_the_same_numbers_on_every_machine():
    assert [round(value, 4) for value in embed("hello", 4)] == [-0.1768, -0.4938, -0.8485, -0.0708]
    assert [round(value, 4) for value in embed("Ein kleiner Test.", 768)[:4]] == [-0.0165, -0.0353, -0.0401, 0.0471]


def test_different_texts_have_different_vectors():
    texts = ["", " ", "\n", "!", "?", "a", "A", "to be", "be to", "Hamburg", "hamburg hamburg port", "xyzzy", "Xyzzy"]
    assert len({tuple(embed(text, 768)) for text in texts}) == len(texts)


def test_the_table_is_small_and_says_where_it_is_from():
    origin = TABLE.with_name("word_vectors.txt").read_text(encoding="utf-8")
    assert len(TABLE.read_bytes()) <= 1_500_000
    assert hashlib.sha256(TABLE.read_bytes()).hexdigest() in origin
    assert "license" in origin


@pytest.mark.parametrize("size", [256, 768])
def test_the_same_meaning_in_other_words_is_closer_than_another_meaning(size):
    same = [similarity(pair["text"], pair["same"], size) for pair in TRIALS["pairs"]]
    other = [similarity(pair["text"], pair["other"], size) for pair in TRIALS["pairs"]]
    assert sum(near > far for near, far in zip(same, other, strict=True)) >= 38
    assert math.fsum(same) / len(same) > 0.35
    assert abs(math.fsum(other)) / len(other) < 0.1


def test_a_question_finds_its_passage_in_other_words():
    trials = TRIALS["questions"]
    passages = [embed(trial["passage"], 768) for trial in trials]
    places = []
    for number, trial in enumerate(trials):
        question = embed(trial["question"], 768)
        scores = [sum(a * b for a, b in zip(question, passage, strict=True)) for passage in passages]
        places.append(sum(score > scores[number] for score in scores))
    assert places.count(0) >= 11
    assert sum(place < 3 for place in places) >= 15


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("physician", "doctor", "bicycle"),
        ("Arzt", "doctor", "bicycle"),
        ("Rechnungsnummer", "invoice number", "weather"),  # made of two words of the table
        ("paintings of flowers", "Gemälde von Blumen", "Steuern auf Löhne"),
        ("Straße", "road", "cheese"),
        ("Order QX-77812 has left", "Where is QX-77812?", "Where is QX-90341?"),  # no word of the table
    ],
)
def test_words_in_and_out_of_the_table(text, near, far):
    assert similarity(text, near) > similarity(text, far) + 0.1
