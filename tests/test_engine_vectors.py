"""Vectors: deterministic, of unit length, and close where texts share words or parts of words."""

import math

import pytest

from sandbox.engines.vectors import embed


def similarity(first: str, second: str) -> float:
    return sum(a * b for a, b in zip(embed(first, 768), embed(second, 768), strict=True))


@pytest.mark.parametrize(
    "text", ["A blue boat", "", " ", "to be or not to be", "?!", "日本語", "😀", "\ud800", "x" * 100_000]
)
@pytest.mark.parametrize("size", [1, 768, 1536])
def test_every_text_has_a_vector_of_length_one(text, size):
    vector = embed(text, size)
    assert len(vector) == size
    assert math.sqrt(sum(value * value for value in vector)) == pytest.approx(1)
    assert vector == embed(text, size)


def test_the_same_numbers_on_every_machine():
    assert [round(value, 4) for value in embed("hello", 4)] == [0.2643, -0.5286, 0.2412, -0.7698]


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("The train to Bremen is late", "A late train from Bremen", "Bake the cake for an hour"),
        ("a billionaire in his tower", "billions of coins in a tower", "the president signs a law"),
        ("Rechnung für den Monat Mai", "Die Rechnungen vom Mai", "Der Hund schläft im Garten"),
    ],
)
def test_shared_words_and_word_parts_are_near(text, near, far):
    assert similarity(text, near) > similarity(text, far) + 0.15
    assert abs(similarity(text, far)) < 0.15


def test_synonyms_are_strangers():
    """The docstring says so, and the lesson tells it."""
    assert abs(similarity("automobile", "car")) < 0.2


def test_different_texts_have_different_vectors():
    texts = ["a", "b", "to be", "?", "!", "", "Hamburg", "hamburg hamburg port"]
    assert len({tuple(embed(text, 768)) for text in texts}) == len(texts)
