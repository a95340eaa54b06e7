"""Reasoning: as long as the effort says, made from the request, and never the same sentence twice."""

import pytest

from sandbox.engines.reasoning import EFFORT_TOKENS, reason
from sandbox.engines.words import count_tokens, sentences

LEASE = (
    "The lease starts on 1 May 2024. Either party may end it with three months' notice. The rent is 940 euros a month. "
    "Pets are allowed. The deposit is two rents."
)


def user(text):
    return [{"role": "user", "content": text}]


CONVERSATIONS = {
    "greeting": (user("hi"), "Hello!"),
    "nothing": (user(""), ""),
    "no user": ([{"role": "system", "content": "Be brief."}], "Yes."),
    "fact": (user("What is a rainbow?"), "A rainbow is an arc of colors in the sky."),
    "document": (user(f"{LEASE}\n\nHow long is the notice?"), "Three months."),
    "long question": (user("Why " + "does the very large engine stop " * 300 + "?"), "It stops. " * 400),
    "one long word": (user("x" * 50_000), "y" * 50_000),
    "data": (user("Give me JSON for Oslo, 12 degrees"), '{"city": "Oslo", "degrees": 12}'),
    "turns": (
        [
            {"role": "system", "content": "You are a clerk."},
            {"role": "user", "content": [{"type": "text", "text": "My name is Ada."}]},
            {"role": "assistant", "content": None, "tool_calls": []},
            {"role": "tool", "content": "Ada Lovelace", "tool_call_id": "1"},
            {"role": "user", "content": "What is my name?"},
        ],
        "Your name is Ada.",
    ),
}


@pytest.mark.parametrize("effort", EFFORT_TOKENS)
@pytest.mark.parametrize("name", CONVERSATIONS)
def test_length_follows_the_effort_whatever_is_asked(name, effort):
    tokens = count_tokens(reason(*CONVERSATIONS[name], effort))
    assert 0.75 * EFFORT_TOKENS[effort] <= tokens <= 1.25 * EFFORT_TOKENS[effort]


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_no_sentence_comes_twice(name):
    found = [sentence for sentence in sentences(reason(*CONVERSATIONS[name], "high")) if len(sentence.split()) > 4]
    assert len(found) == len(set(found)) > 8


def test_it_restates_the_question_names_its_words_and_concludes():
    text = reason(*CONVERSATIONS["fact"], "low")
    assert text.startswith('The user asks: "What is a rainbow?"')
    assert "rainbow." in text
    assert text.endswith('"A rainbow is an arc of colors…"')


def test_it_goes_through_the_sentences_that_share_words_with_the_question_best_first():
    text = reason(user(f"{LEASE}\n\nHow many months' notice does the lease need?"), "Three months.", "high")
    assert text.index("Either party may end it") < text.index("The rent is 940 euros")
    assert "Pets are allowed" not in text


def test_it_says_what_writes_it():
    assert "no model thinks" in reason(*CONVERSATIONS["fact"], "medium")


def test_the_same_request_gives_the_same_text_and_another_one_another():
    assert reason(*CONVERSATIONS["fact"], "high") == reason(*CONVERSATIONS["fact"], "high")
    assert reason(*CONVERSATIONS["fact"], "high") != reason(*CONVERSATIONS["document"], "high")


def test_an_unknown_effort_is_refused_with_the_ones_there_are():
    with pytest.raises(ValueError, match="minimal, low, medium, high"):
        reason(user("hi"), "Hello!", "extreme")


@pytest.mark.parametrize("text", ["word " * 800_000, "?" * 4_000_000, " " * 4_000_000, "a. " * 1_300_000, "\ud800" * 9])
def test_four_megabytes_are_no_trouble(text):
    assert reason(user(text), text, "high")
