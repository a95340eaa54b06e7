"""What is no trial: calculations, chance, raw prompts, the parts of a message, the facts, and odd or huge input."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.engines.facts import topics
from sandbox.engines.passages import passages
from sandbox.engines.prompts import read_prompt
from sandbox.engines.text import NOTHING, answer, calculate, continue_text
from sandbox.engines.words import count_tokens, mood, sentences


def ask(*turns: str, temperature: float = 0.0, seed: int = 0) -> str:
    """Put questions one after the other, with the engine's own answers between them; return the last answer."""
    messages, reply = [], ""
    for turn in turns:
        messages.append({"role": "user", "content": turn})
        reply = answer(messages, temperature, seed)
        messages.append({"role": "assistant", "content": reply})
    return reply


@pytest.mark.parametrize(
    ("question", "result"),
    [
        ("What is 19 * 21?", "399"),
        ("7 plus 8", "15"),
        ("What is 20 % of 45?", "9"),
        ("(1 + 2) / 4", "0.75"),
        ("-3 + 5", "2"),
        ("1/0", None),
        ("9**99999", None),
        ("What is 5?", None),
        ("((((1", None),
        ("(" * 200, None),
    ],
)
def test_calculations(question, result):
    worked_out = calculate(question)
    assert worked_out is None if result is None else worked_out.endswith(f"= {result}")


def test_chance_decides_what_follows_the_first_sentence():
    question = "What is Open Telekom Cloud?"
    best = ask(question)
    assert {ask(question, seed=seed) for seed in range(5)} == {best}
    varied = [ask(question, temperature=1.0, seed=seed) for seed in range(20)]
    assert len(set(varied)) > 3
    assert all(sentences(best)[0] in text for text in varied)
    assert varied == [ask(question, temperature=1.0, seed=seed) for seed in range(20)]


def test_every_topic_is_found_by_its_heading_and_is_short():
    for topic in topics():
        assert len(topic.passages) <= 5, topic.heading
        assert topic.passages[0].text in ask(f"Tell me about {topic.heading}")


def test_more_is_told_after_that():
    assert not set(sentences(ask("What is Python?"))) & set(sentences(ask("What is Python?", "Tell me more")))


@pytest.mark.parametrize(
    ("prompt", "start"),
    [
        ("The capital of Spain is", " Madrid."),
        ("What is NumPy?", "\n\nNumPy is a Python library"),
        ("Q: What is the capital of Japan?\nA:", " The capital of Japan is Tokyo."),
    ],
)
def test_a_raw_prompt_is_continued_on_and_on(prompt, start):
    text = continue_text(prompt)
    assert text.startswith(start)
    assert count_tokens(text) > 150
    assert text == continue_text(prompt)


def test_a_raw_prompt_on_nothing_is_told_so():
    assert NOTHING in continue_text("Once upon a time")


DOCUMENT = "The shop sells tea. It opens at nine."


@pytest.mark.parametrize(
    ("message", "question"),
    [
        (f"When does it open?\n\n{DOCUMENT}", "When does it open?"),
        (f"{DOCUMENT} When does it open?", "When does it open?"),
        (f"<document>\n{DOCUMENT}\n</document>\nWhen does it open?", "When does it open?"),
        (f"Context: {DOCUMENT}\n\nQuestion: When does it open?\nAnswer:", "When does it open?"),
        (f"Q: a?\nA: b\n\nContext: {DOCUMENT}\nQ: When does it open?\nA:", "When does it open?"),
        (f"Summarize: {DOCUMENT}", "Summarize"),
        (f"```\n{DOCUMENT}\n```\nAnswer in one word. When does it open?", "When does it open?"),
        (DOCUMENT, ""),
    ],
)
def test_parts_of_a_message(message, question):
    prompt = read_prompt(message)
    assert (prompt.question, " ".join(prompt.document.split())) == (question, DOCUMENT)


def test_passages_know_their_heading_and_their_source():
    found = passages("Hours:\n- Monday 9:00\n\n[2] Books are free.\nSource 7:\nTea costs 2 euros.")
    assert [(passage.text, passage.source) for passage in found] == [
        ("Hours", ""),
        ("Monday 9:00", ""),
        ("Books are free.", "2"),
        ("Tea costs 2 euros.", "7"),
    ]
    assert found[1].under == "Hours"


@pytest.mark.parametrize(("text", "sign"), [("a great film", 1), ("not a great film", -1), ("a red film", 0)])
def test_moods(text, sign):
    assert mood(text.split()) == sign


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"role": "user", "content": ""}],
        [{"role": "user", "content": None}],
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}],
        [{"role": "system", "content": "Be kind."}],
        [{"role": "user", "content": "?\0\ufffd\u200b"}],
    ],
)
def test_odd_messages_get_an_answer(messages):
    assert answer(messages)


# Bits that the rules look for, put together at random, beside any text at all.
BITS = (
    'What is the total? How many are left? Which is cheaper, a or b? list all | a | b |\n, 1,000.50 euros {"a": [1]} '
    '``` <doc> </doc> """ Context: Question: Answer: Q: A: \n\n - * # [1] 10:02 My name is not I times 3 % of in two '
    "sentences yes or no if not say 'x' only about cite \ud800 \x00 ß İ „ “ wie viele ist das summarize extract all "
    "dates translate classify as 'x' or 'y' A) B) repeat: hello thanks Source 2: more than Berlin"
).split(" ")
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(BITS), max_size=25).map(" ".join))
ROLES = st.sampled_from(["system", "developer", "user", "user", "assistant", "tool"])
MESSAGES = st.lists(st.fixed_dictionaries({"role": ROLES, "content": TEXTS}), max_size=6)


@settings(max_examples=100)
@given(messages=MESSAGES, temperature=st.sampled_from([0.0, 0.7, 2.0]), seed=st.integers(0, 2**31))
def test_any_messages_get_an_answer_and_the_same_one_again(messages, temperature, seed):
    reply = answer(messages, temperature, seed)
    assert reply.strip()
    assert reply == answer(messages, temperature, seed)


@pytest.mark.parametrize(
    "bit",
    ["word ", "?", "a. ", "'“(", "<a>", '{"a":', "| a |\n", "Q: a?\nA: b\n", "classify as 'a', ", "12 euros, ", "1"],
)  # fmt: skip
def test_four_megabytes_get_an_answer(bit):
    text = bit * (4_000_000 // len(bit))
    assert answer([{"role": "system", "content": text}, {"role": "user", "content": "Which is the cheapest?"}])
    assert answer([{"role": "user", "content": f"{text}\n\nHow many are there, and what is the total?"}])
    assert continue_text(text)


def test_long_conversations_get_an_answer():
    turns = [{"role": "user", "content": f"My shelf {i} is red. " * 400} for i in range(200)]
    assert "red" in answer([*turns, {"role": "user", "content": "What color is my shelf?"}])
