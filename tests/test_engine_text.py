"""The text engine: where answers come from, how wishes are honored, what is declined, and that it is repeatable."""

import time

import pytest

from helpers.sandbox.engines.text import NOT_SAID, NOTHING, answer, continue_text
from helpers.sandbox.engines.text.arithmetic import calculate
from helpers.sandbox.engines.text.direct import IDENTITY
from helpers.sandbox.engines.text.facts import topics
from helpers.sandbox.engines.text.passages import passages, terms
from helpers.sandbox.engines.text.prompts import read_prompt
from helpers.sandbox.engines.words import count_tokens, sentences

MILL = (
    "The old mill of Brackwater stands on the river Tey. It was built in 1787 by Josef Lamm. The mill has three "
    "grinding stones and five floors. Since 2003 it has been a museum. A ticket costs 6 euros. The museum is closed "
    "on Mondays, because the stones are cleaned. Hanna Ruf leads the museum with a team of eleven people."
)


def ask(*turns: str, system: str | None = None, temperature: float = 0.0, seed: int = 0) -> str:
    """Put questions one after the other, with the engine's own answers between them; return the last answer."""
    messages = [{"role": "system", "content": system}] if system else []
    for turn in turns:
        messages.append({"role": "user", "content": turn})
        reply = answer(messages, temperature, seed)
        messages.append({"role": "assistant", "content": reply})
    return reply


@pytest.mark.parametrize(
    "form",
    [
        "{question}\n\n{document}",
        "{document}\n\n{question}",
        "{document} {question}",
        "Context:\n{document}\n\nQuestion: {question}\nAnswer:",
        "Answer from the text in the tags.\n<text>{document}</text>\n{question}",
        "```\n{document}\n```\n{question}",
        '{question}\n"""{document}"""',
    ],
)
@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When was the mill built?", "It was built in 1787 by Josef Lamm."),
        ("How much is a ticket?", "A ticket costs 6 euros."),
        ("Who leads the museum?", "Hanna Ruf leads the museum with a team of eleven people."),
        ("Who is the owner of the restaurant?", NOT_SAID),
    ],
)
def test_document_answers(form: str, question: str, expected: str) -> None:
    assert ask(form.format(question=question, document=MILL)) == expected


def test_document_wins_over_facts_and_only_the_text_means_only_the_text() -> None:
    document = "The capital of France is Lyon in this novel. Its hero is called Remy. He sells umbrellas."
    assert ask(f"{document}\n\nWhat is the capital of France?").startswith("The capital of France is Lyon")
    assert ask(f"{document}\n\nWho invented the bicycle?").startswith(NOT_SAID)
    assert ask(f"Answer only from the text.\n\nText: {document}\n\nWhat is photosynthesis?") == NOT_SAID
    prompt = f'If the answer is not in the text, say "No idea".\n\nText: {document}\n\nWhat is photosynthesis?'
    assert ask(prompt) == "No idea"


def test_document_in_system_message_and_earlier_turn() -> None:
    assert (
        ask("What does a ticket cost?", system=f"You are a guide. Answer from this text: {MILL}")
        == "A ticket costs 6 euros."
    )
    assert ask(MILL, "When is the museum closed?").startswith("The museum is closed on Mondays")


def test_german_document() -> None:
    document = "Der Turm in Aldorf wurde 1654 gebaut. Er ist 41 Meter hoch. Die Türmerin heißt Karla Voss."
    assert ask(f"{document}\n\nWann wurde der Turm gebaut?") == "Der Turm in Aldorf wurde 1654 gebaut."
    assert ask(f"{document}\n\nWie hoch ist der Turm?") == "Er ist 41 Meter hoch."


def test_lists_and_tables_in_documents() -> None:
    recipe = "# Soup\n\nIngredients:\n- 2 onions\n- 1 liter of broth\n\nSteps:\n1. Cut the onions.\n2. Boil the broth."
    assert ask(f"{recipe}\n\nWhat are the ingredients?") == "2 onions and 1 liter of broth."
    assert ask(f"{recipe}\n\nList the ingredients as bullet points.") == "- 2 onions\n- 1 liter of broth"
    table = "| Room | Seats |\n|---|---|\n| Oak | 12 |\n| Elm | 40 |"
    assert ask(f"{table}\n\nHow many seats does Elm have?") == "Room: Elm; Seats: 40."


def test_conversation_turns_pronouns() -> None:
    assert ask("My name is Bo and I live in Jena.") == "Noted: your name is Bo and you live in Jena."
    assert ask("My name is Bo and I live in Jena.", "What is my name?") == "Your name is Bo."
    assert ask("My name is Bo and I live in Jena.", "Where do I live?") == "You live in Jena."
    assert ask("My name is Bo and I live in Jena.", "What is my favorite planet?") == NOTHING
    assert (
        ask("What is your name?", system="You are a patient tutor named Quill.") == "I am a patient tutor named Quill."
    )
    assert ask("Who are you?") == IDENTITY


def test_follow_up_takes_over_the_subject() -> None:
    assert ask("What is the capital of Poland?", "And its population?").startswith("Poland is a country")
    assert ask("What is the capital of Poland?", "What about Spain?") == "The capital of Spain is Madrid."
    first = ask("Tell me about Saturn")
    assert ask("Tell me about Jupiter", "Tell me more") not in first


def test_open_and_narrow_questions() -> None:
    answer_to_open = ask("What is Kubernetes?")
    assert 2 <= len(sentences(answer_to_open)) <= 4
    assert len(sentences(ask("When was Ada Lovelace born?"))) == 1


def test_every_topic_is_found_by_each_of_its_names() -> None:
    for topic in topics():
        assert len(topic.sentences) >= 1
        for name in topic.names:
            assert ask(f"Tell me about {name}") != NOTHING, name


def test_wishes() -> None:
    assert ask("What is Python? Answer in one sentence.").count(".") == 1
    assert len(sentences(ask("Tell me about Berlin in two sentences."))) == 2
    assert len(ask("What is a token? Answer in at most 10 words.").split()) <= 10
    assert ask("What is the capital of Italy? Answer in one word.") == "Rome."
    assert ask("What is the capital of Italy? Use upper case.") == "THE CAPITAL OF ITALY IS ROME."
    assert ask("What is the capital of Italy?", system="Answer in lower case.") == "the capital of italy is rome."
    assert ask("Name three planets.") == "Mercury, Venus and Earth."
    assert ask("List two composers.").startswith("- Johann Sebastian Bach\n- ")
    assert ask("Is Rome the capital of Italy? Answer with yes or no.") == "Yes."
    assert ask("Is Milan the capital of Italy? Answer with yes or no.") not in ("Yes.", "No.")
    assert len(sentences(ask(f"Summarize in one sentence:\n\n{MILL}"))) == 1
    assert ask(f"Summarize in two sentences:\n\n{MILL}").startswith("The old mill of Brackwater")


def test_direct_replies() -> None:
    assert ask("Hello!").startswith("Hello.")
    assert ask("Thank you very much") == "You are welcome."
    assert ask("Repeat: Blue sheep, green grass.") == "Blue sheep, green grass."
    assert ask('Say "good night"') == "good night"
    assert ask("Say this is only a test") == "This is only a test."
    assert ask('How many words are in "one two three four five six"?') == "The text has 6 words."


@pytest.mark.parametrize(
    ("question", "result"),
    [
        ("What is 19 * 21?", "19 * 21 = 399"),
        ("7 plus 8", "7 + 8 = 15"),
        ("What is 20 % of 45?", "20 % of 45 = 9"),
        ("(1 + 2) / 4", "(1 + 2) / 4 = 0.75"),
        ("What is 1,000 divided by 8?", "1000 / 8 = 125"),
        ("1/0", None),
        ("9999^99999", None),
        ("What is 5?", None),
        ("((((1", None),
        ("What is the capital of Peru?", None),
    ],
)
def test_arithmetic(question: str, result: str | None) -> None:
    assert calculate(question) == result


@pytest.mark.parametrize(
    "question",
    [
        "What is the weather in Rome today?",
        "Who is the president of France?",
        "What is the capital of Mongolia?",
        "What is the meaning of life?",
        "What is the best city in Germany?",
        "Which phone should I buy?",
        "How do I fix my bicycle?",
        "Who was the first person on Mars?",
        "How many goals did Brazil score in 1990?",
        "qwertz asdfgh",
        "What did he eat?",
        "🙂🙂",
    ],
)
def test_says_that_it_has_nothing(question: str) -> None:
    assert ask(question) == NOTHING


@pytest.mark.parametrize(
    "task",
    [
        "Translate 'good evening' into Dutch.",
        "Write a poem about rain.",
        "Write a Python function that adds numbers.",
        "Tell me a joke.",
    ],
)
def test_declines_what_needs_a_language_model(task: str) -> None:
    assert ask(task).startswith("The sandbox cannot ")


def test_temperature_and_seed() -> None:
    question = "What is Python?"
    best = ask(question)
    assert {ask(question, seed=seed) for seed in range(5)} == {best}
    assert sum(ask(question, temperature=0.1, seed=seed) == best for seed in range(50)) >= 45
    varied = [ask(question, temperature=1.0, seed=seed) for seed in range(20)]
    assert len(set(varied)) >= 6
    assert all("Python" in text for text in varied)
    assert varied == [ask(question, temperature=1.0, seed=seed) for seed in range(20)]
    known = {sentence for topic in topics() for sentence in topic.sentences}
    drawn = {sentence.split(": ", 1)[-1] for text in varied for sentence in sentences(text)}
    assert drawn <= known


def test_continue_text() -> None:
    assert continue_text("The capital of Spain is").startswith(" Madrid.")
    assert continue_text("Python was created by").startswith(" Guido van Rossum")
    assert continue_text("What is NumPy?").startswith("\n\nNumPy is a Python library")
    assert continue_text("Q: What is the capital of Japan?\nA:").startswith(" The capital of Japan is Tokyo.")
    for prompt in ("", "Once upon a time", "The sun is", "qwertz"):
        text = continue_text(prompt)
        assert count_tokens(text) >= 300
        assert text == continue_text(prompt)
    assert NOTHING in continue_text("Once upon a time")


def test_parts_of_a_message() -> None:
    prompt = read_prompt(f"When was it built?\n\n{MILL}")
    assert (prompt.question, prompt.document, prompt.is_long) == ("When was it built?", MILL, True)
    assert read_prompt("I live in Jena.").question == ""
    assert read_prompt("Why?").document == ""


def test_passages_keep_headings_and_references() -> None:
    found = passages("# Opening hours\n\nThe shop opens at 9. It closes at 18.")
    assert [passage.text for passage in found] == ["Opening hours", "The shop opens at 9.", "It closes at 18."]
    assert found[2].section == "Opening hours"
    assert set(terms("shop")) <= found[2].carried


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
def test_odd_input(messages: list[dict]) -> None:
    assert answer(messages)


@pytest.mark.parametrize("text", ["only " * 40_000, '"' * 200_000, "A. " * 40_000, "\n" * 200_000 + "x", "1" * 200_000])
def test_huge_input_is_read_in_linear_time(text: str) -> None:
    started = time.perf_counter()
    assert answer([{"role": "user", "content": text}])
    assert time.perf_counter() - started < 5


def test_long_document_is_answered_quickly() -> None:
    lines = [f"Shelf {number} holds {number * 7} books about subject {number % 89}." for number in range(4500)]
    lines[3000] = "The lighthouse keeper Enno Harms collects blue bottles."
    started = time.perf_counter()
    assert ask("Context:\n" + " ".join(lines) + "\n\nQuestion: Who collects bottles?") == lines[3000]
    assert time.perf_counter() - started < 2
