"""Reasoning: made from the request, as long as the effort says if there is matter, and no sentence twice."""

import pytest

from sandbox.engines.reasoning import EFFORT_TOKENS, reason
from sandbox.engines.words import count_tokens, sentences

LEASE = (
    "The lease starts on 1 May 2024. Either party may end it with three months' notice. The rent is 940 euros a month. "
    "Pets are allowed. The deposit for the lease is two rents, and the lease says that it comes back after a month."
)


def user(text):
    return [{"role": "user", "content": text}]


TOLD = [{"role": "system", "content": "Be brief."}, {"role": "tool", "content": "Ada Lovelace", "tool_call_id": "1"}]
CONVERSATIONS = {
    "greeting": (user("hi"), "Hello!"),
    "nothing": (user(""), ""),
    "no user": (TOLD, "Yes."),
    "fact": (user("What is a rainbow?"), "A rainbow is an arc of colors in the sky."),
    "document": (user(f"{LEASE}\n\nHow many months' notice does the lease need?"), "Three months."),
    "long": (user("Why " + "does the very large engine stop " * 300 + "?"), "It stops. " * 400),
    "one word": (user("x" * 50_000), "y" * 50_000),
    "matter": (user(" ".join(f"Engine {n} of the mill stops at {n} o'clock." for n in range(99)) + " Why?"), "Wind."),
}
CONVERSATIONS["matter"][0].append({"role": "user", "content": "When does each engine of the mill stop?"})


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_more_effort_never_gives_less_and_no_sentence_comes_twice(name):
    texts = [reason(*CONVERSATIONS[name], effort) for effort in EFFORT_TOKENS]
    lengths = [count_tokens(text) for text in texts]
    assert lengths == sorted(lengths)
    assert all(length <= 1.25 * most for length, most in zip(lengths, EFFORT_TOKENS.values(), strict=True))
    assert lengths[0] >= 0.75 * EFFORT_TOKENS["minimal"]
    assert name != "matter" or lengths[3] >= 0.75 * EFFORT_TOKENS["high"]
    found = [sentence for sentence in sentences(texts[3]) if len(sentence.split()) > 4]
    assert len(found) == len(set(found))
    assert "no model thinks" in texts[3]


def test_it_restates_the_question_ranks_the_sentences_and_concludes():
    text = reason(*CONVERSATIONS["document"], "high")
    assert text.startswith('The user asks: "How many months\' notice does the lease need?"')
    assert text.index("Either party may end it") < text.index("The lease starts")
    assert "Pets are allowed" not in text
    assert text.endswith('So I begin the answer with "Three months."')


@pytest.mark.parametrize("text", ["word " * 800_000, "?" * 4_000_000, " " * 4_000_000, "a. " * 1_300_000, "\ud800" * 9])
def test_four_megabytes_are_no_trouble(text):
    assert reason(user(text), text, "high")
