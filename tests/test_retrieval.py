"""How well the vectors find passages in other words, beside two ways to count shared words: measured, and as stated."""

import math
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from sandbox.engines.vectors import embed
from sandbox.engines.words import words

ROOT = Path(__file__).parent.parent
PAIRS = tomllib.loads((ROOT / "tests" / "trials" / "retrieval.toml").read_text("utf-8"))["pairs"]
QUESTIONS = [pair["question"] for pair in PAIRS]
PASSAGES = [pair["passage"] for pair in PAIRS]
SIZE = 768


@cache
def embed_passages() -> list[list[float]]:
    """Return the vector of each passage; once, since every question asks for them."""
    return [embed(passage, SIZE) for passage in PASSAGES]


def by_vectors(question: str) -> list[float]:
    """Return the score of each passage."""
    asked = embed(question, SIZE)
    return [sum(a * b for a, b in zip(asked, vector, strict=True)) for vector in embed_passages()]


def by_words(question: str, weight: Callable[[str], float]) -> list[float]:
    """Return the score of each passage: the weights of the words that it shares with the question."""
    asked = set(words(question))
    return [sum(map(weight, asked.intersection(words(passage)))) for passage in PASSAGES]


def rarity(word: str) -> float:
    """Return the weight of a word that some passage has: the fewer have it, the more (inverse document frequency)."""
    return math.log(len(PASSAGES) / sum(word in words(passage) for passage in PASSAGES))


def find(search: Callable[[str], list[float]], count: int) -> float:
    """Return how many questions find their passage among the first `count`; equal scores are drawn by lot."""
    found = 0.0
    for number, question in enumerate(QUESTIONS):
        scores = search(question)
        better = sum(score > scores[number] for score in scores)
        equal = scores.count(scores[number])
        found += min(max(count - better, 0) / equal, 1)
    return found


def test_the_page_states_what_is_measured():
    vectors, rare, plain = (
        [f"{find(search, count):.0f}" for count in (1, 3)]
        for search in (by_vectors, lambda q: by_words(q, rarity), lambda q: by_words(q, lambda word: 1))
    )
    stated = (
        f"Of {len(PAIRS)} questions in other words than their passages, "
        f"{vectors[0]} find their own first and {vectors[1]} among three. Counting shared words finds {plain[0]} and "
        f"{plain[1]}, weighted by rarity {rare[0]} and {rare[1]}."
    )
    page = " ".join((ROOT / "docs" / "how-the-sandbox-answers.md").read_text("utf-8").split())
    assert stated in page


def test_equal_scores_are_drawn_by_lot():
    assert find(lambda question: [0.0] * len(PASSAGES), 1) == pytest.approx(1)
    assert find(lambda question: [float(QUESTIONS[number] == question) for number in range(len(PASSAGES))], 1) == 40
