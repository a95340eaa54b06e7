"""The text engine: where answers come from, how wishes are honored, what is declined, and that it is repeatable."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.engines.text import NOT_SAID, NOTHING, answer, continue_text
from sandbox.engines.text.answering import NOT_FOUND
from sandbox.engines.text.arithmetic import calculate
from sandbox.engines.text.facts import topics
from sandbox.engines.text.passages import passages, terms
from sandbox.engines.text.prompts import read_prompt
from sandbox.engines.text.shaping import cut
from sandbox.engines.text.tasks import IDENTITY
from sandbox.engines.text.wishes import without_wishes
from sandbox.engines.words import count_tokens, sentences

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


def test_a_long_document_is_searched_to_its_end() -> None:
    lines = [f"Shelf {number} holds {number * 7} books about subject {number % 89}." for number in range(4500)]
    lines[3000] = "The lighthouse keeper Enno Harms collects blue bottles."
    assert ask("Context:\n" + " ".join(lines) + "\n\nQuestion: Who collects bottles?") == lines[3000]


GARDEN = (
    "The Lindau allotment club has 62 plots. A plot costs 140 euros a year. Compost is free for members only. The tool "
    "shed is heated, but the pump is out of order. Barbecues are not allowed on the paths. Erna Pohl keeps the keys."
)


def about_garden(question: str) -> str:
    return ask(f"{GARDEN}\n\n{question}")


def test_denies_plainly_only_where_no_word_of_the_question_is_in_the_text() -> None:
    assert about_garden("Is there a helicopter?") == NOT_SAID
    reply = about_garden("Which insurance covers a broken pump of the neighbors in winter?")
    assert reply.startswith(NOT_FOUND)
    assert reply.endswith("Nearest: The tool shed is heated, but the pump is out of order.")


@pytest.mark.parametrize(
    "wish",
    [
        "Otherwise answer exactly 'unknown'.",
        "Answer from the text, else say 'unknown'.",
        "If the text does not tell, say unknown.",
        'If it is not there, reply with "unknown".',
    ],
)
def test_the_reply_asked_for_where_the_answer_is_missing(wish: str) -> None:
    assert about_garden(f"Who repairs the pump fence gate? {wish}") == "unknown"


def test_only_a_text_in_the_system_message() -> None:
    system = f"Answer only from this text. Text: {GARDEN}"
    assert ask("What does a plot cost?", system=system) == "A plot costs 140 euros a year."
    assert ask("Who was Isaac Newton?", system=system) == NOT_SAID


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "How many plots are there and who keeps the keys?",
            "The Lindau allotment club has 62 plots. Erna Pohl keeps the keys.",
        ),
        ("What does a plot cost? Who has the keys?", "A plot costs 140 euros a year. Erna Pohl keeps the keys."),
        ("What does a plot cost per year and what is the price of a plot?", "A plot costs 140 euros a year."),
    ],
)
def test_two_questions_get_two_answers(question: str, expected: str) -> None:
    assert about_garden(question) == expected


def test_two_questions_on_facts() -> None:
    assert ask("What is the capital of Italy and what is the capital of Spain?") == (
        "The capital of Italy is Rome. The capital of Spain is Madrid."
    )
    reply = ask("What is the capital of Spain and who invented the zipper?")
    assert reply == 'The capital of Spain is Madrid. The sandbox has nothing on "who invented the zipper?"'
    assert "Salzburg in 1756" in ask("Who was Mozart and when was he born?")
    one_sentence = about_garden("How many plots are there and who keeps the keys? Answer in one sentence.")
    assert one_sentence == "The Lindau allotment club has 62 plots; Erna Pohl keeps the keys."


def test_two_questions_with_one_answer_get_it_once() -> None:
    assert ask("When was Mozart born and where?").count("Salzburg") == 1
    assert ask("Where is Bonn? Tell me, please.") == ask("Where is Bonn?")
    assert about_garden("Which club has 62 plots and is old?").count("62") == 1


def test_a_counted_thing_has_its_number_before_it() -> None:
    text = "The inn has 9 rooms with a view. A room costs 70 euros for 2 nights. Breakfast is at 8."
    assert ask(f"{text}\n\nHow many rooms are there?") == "The inn has 9 rooms with a view."


def test_wishes_do_not_change_what_the_sandbox_says_about_itself() -> None:
    assert ask("Who are you? Answer in two words.") == IDENTITY
    assert ask("Which comet did Olga see? Use upper case.") == NOTHING
    assert about_garden("Is there a helicopter? Three words, please.") == NOT_SAID


def test_a_limit_of_words_keeps_clauses_whole() -> None:
    assert ask("What is a leap year? Answer in at most seven words.") == "A leap year has 366 days."
    assert cut("The bridge opened in 1911, and its towers are 30 meters tall.", 8, "When did the bridge open?") == (
        "The bridge opened in 1911."
    )
    assert cut("The shop is open on all days of the week but Friday.", 9) == "The shop is open on all days ..."
    assert cut("She sells figs, dates, and nuts at the market.", 5) == "She sells figs, dates ..."


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("Is the tool shed heated?", ""),
        ("Is compost free?", ""),
        ("Is the pump heated?", ""),
        ("Are barbecues allowed on the paths?", "No. "),
        ("Are barbecues allowed?", ""),
        ("Does a plot cost 140 euros?", "Yes. "),
    ],
)
def test_yes_or_no_only_where_one_clause_says_so(question: str, verdict: str) -> None:
    reply = about_garden(question)
    assert reply.startswith(verdict or tuple("ABCT"))


def test_later_statements_and_corrections_win() -> None:
    assert (
        ask("My desk is in room 3.", "My desk is now in room 8.", "Where is my desk?") == "Your desk is now in room 8."
    )
    assert ask("I work in Trier.", "Actually, I work in Mainz.", "Where do I work?") == "You work in Mainz."
    assert ask("The picnic is on Sunday.", "Correction: Monday", "On which day is the picnic?") == (
        "You corrected this: Monday."
    )
    reply = ask("My parcel comes on 3 June.", "Sorry, it comes on 5 June.", "When does my parcel come?")
    assert reply == 'It comes on 5 June. (You said before: "My parcel comes on 3 June.")'
    assert ask("My name is Bo.", "My sister's name is Ida.", "What is my name?") == "Your name is Bo."


def test_german_first_and_second_person() -> None:
    said = "Ich heiße Imke und wohne in Husum. Meine Katze heißt Fips."
    assert ask(said, "Wo wohne ich?") == "You said: Ich heiße Imke und wohne in Husum."
    assert ask(said, "Wie heißt meine Katze?") == "You said: Meine Katze heißt Fips."
    system = "Du bist ein Gehilfe namens Runa."
    assert ask("Wie heißt du?", system=system) == ask("Wie heißen Sie?", system=system)
    assert ask("Wie heißt du?", system=system) == f"My instructions say: {system}"
    assert ask("Was ist mein Lieblingstier?").startswith("Die Sandbox hat nichts dazu.")


def test_german_dates_in_documents() -> None:
    document = "Das Bad öffnet am 1. Juni. Es liegt in der Parkstr. 5 am See. Fr. Wanda Iltis leitet es."
    assert ask(f"{document}\n\nWann öffnet das Bad?") == "Das Bad öffnet am 1. Juni."
    assert ask(f"{document}\n\nWer leitet das Bad?") == "Fr. Wanda Iltis leitet es."


def test_words_of_the_question_stay() -> None:
    assert without_wishes("Is it a bit or a byte?") == "Is it a bit or a byte?"
    assert without_wishes("What happens if I return it late?") == "What happens if I return it late?"
    assert "Saturn" in ask("Tell me a bit about Saturn.")
    assert ask("Why does our bread rise?").startswith("Yeast or sourdough")
    assert ask("What is our bread called?") == NOTHING


@pytest.mark.parametrize(
    "task",
    [
        "Classify the text. One word only.",
        "Label this text as praise or complaint. Use one word.",
        "Rate this text from 1 to 10.",
        "Read the text. Then categorize it.",
        "Is the tone of this text positive or negative?",
        "Bewerte diesen Text.",
    ],
)
def test_declines_to_judge(task: str) -> None:
    assert about_garden(task).startswith("The sandbox cannot judge a text")


@pytest.mark.parametrize(
    "code",
    [
        "def area(radius):\n    ",
        "class Stack:\n    def push(self, item):",
        "import math\n\ny =",
        "public static void main(String[] args) {",
        "const total = prices.reduce(",
        "SELECT name FROM rooms WHERE",
        '[{"city": "Bonn", ',
    ],
)
def test_raw_code_is_declined(code: str) -> None:
    assert continue_text(code).strip().startswith("The sandbox cannot write code")


@pytest.mark.parametrize(
    "prose", ["Return the keys to", "The class begins at", "For the cake we need:", "import duties on tea"]
)
def test_raw_prose_is_not_taken_for_code(prose: str) -> None:
    assert "cannot write code" not in continue_text(prose)


@pytest.mark.parametrize("role", ["Pia, the guide of a castle.", "Pia Holm from the town hall.", "Pia."])
def test_a_name_is_found_in_front_of_what_somebody_is(role):
    system = {"role": "system", "content": f"You are {role} Speak plainly."}
    for question in ("What is your name?", "What is your name, please?"):
        assert answer([system, {"role": "user", "content": question}]) == f"I am {role}"


TABLE = "city;rooms;price\nOslo;12;80.50\nLima;7;45\nRome;30;120"
ORDER = '{"id": "K-7", "buyer": {"name": "Ana Ruiz", "town": "Vigo"}, "lines": [{"item": "Rope", "quantity": 3}]}'
LOG = "07:01 INFO start\n07:05 ERROR disk full\n07:09 INFO retry\n07:12 ERROR no route"


@pytest.mark.parametrize(
    ("document", "question", "expected"),
    [
        (TABLE, "What is the price in Lima?", "City: Lima; Price: 45."),
        (TABLE, "Which city is the cheapest?", "City: Lima; Price: 45."),
        (TABLE, "Which city has the most rooms?", "City: Rome; Rooms: 30."),
        (TABLE, "What is the sum of all prices?", "80.5 + 45 + 120 = 245.5."),
        (TABLE, "What is the average of the rooms?", "16.333333."),
        (TABLE, "List all cities.", "- Oslo\n- Lima\n- Rome"),
        (ORDER, "In which town does the buyer live?", "Buyer town: Vigo."),
        (ORDER, "How many ropes were ordered?", "Item: Rope; Quantity: 3."),
        (ORDER, "What is the discount?", NOT_SAID),
    ],
)
def test_tables_csv_and_json(document: str, question: str, expected: str) -> None:
    assert ask(f"{document}\n\n{question}") == expected


def test_entries_are_counted_and_listed() -> None:
    assert ask(f"{LOG}\n\nHow many errors are in the log?") == "2: 07:05 ERROR disk full; 07:12 ERROR no route"
    assert ask(f"{LOG}\n\nList all errors.") == "- 07:05 ERROR disk full\n- 07:12 ERROR no route"
    tools = "Tools:\n- hammer\n- saw\n- 2 files"
    assert ask(f"{tools}\n\nHow many tools are there?").startswith("3: hammer")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("A tent costs 90 euros and a mat 25 euros. Which is cheaper?", "Mat: 25 euros (tent: 90 euros)."),
        ("A tent costs 90.50 euros. How much do 2 tents cost?", "2 * 90.50 euros = 181 euros."),
        ("What does one mat cost if four cost 100 euros?", "100 / 4 = 25 euros."),
        ("Ed has 9 pens. He gives 4 to Ida. How many does Ed have left?", "9 - 4 = 5."),
        ("Box A holds 3 cups. Box B holds 8 cups. How many cups do both hold together?", "3 + 8 = 11."),
        ("A cup costs 3 euros and weighs 2 kg. What is the total?", NOTHING),
        ("Which is larger, Jupiter or Earth?", "Jupiter is the largest planet"),
    ],
)
def test_comparisons_and_calculations_in_words(question: str, expected: str) -> None:
    assert ask(question).startswith(expected)


def test_calculating_with_what_was_said() -> None:
    assert ask("My locker number is 12.", "What is my locker number times 5?") == "12 * 5 = 60"
    assert ask("I have 4 forks and 9 spoons.", "How many do I have in total?") == "4 + 9 = 13."


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Extract all email addresses: mail ann@x.example or bo@y.example", "ann@x.example, bo@y.example"),
        ("Extract the dates: from 3 May 2024 to 2024-06-01", "3 May 2024, 2024-06-01"),
        ("Extract all links: there are none in here", "The text given has no link."),
        ("Rewrite in uppercase: a quiet street", "A QUIET STREET"),
        ("Reverse the word 'lamp'.", "pmal"),
        ("Sort these words alphabetically: oak, elm, ash, fir", "ash, elm, fir, oak"),
        ("How many letters are in the word 'violin'?", "The word has 6 letters."),
        (
            "Is this review positive or negative? I did not like it, and the staff were rude.",
            "Negative, by these words:",
        ),
        ("Is this review positive or negative? Answer in one word.\n\nWonderful food, friendly people.", "Positive."),
    ],
)
def test_tasks_by_rule(question: str, expected: str) -> None:
    assert ask(question).startswith(expected)


def test_wishes_in_the_system_message() -> None:
    question = "What is the capital of France?"
    assert ask(question, system="End every answer with 'Ahoy!'") == "The capital of France is Paris. Ahoy!"
    assert ask(question, system="Answer only with a JSON object with the key reply.") == (
        '{"reply": "The capital of France is Paris."}'
    )
    system = "You may only talk about bees. If asked about anything else, say: Only bees, sorry."
    assert ask(question, system=system) == "Only bees, sorry"
    assert "honey" in ask("What do bees make?", system=system)


def test_passages_of_a_retrieval_prompt_are_cited() -> None:
    prompt = "Use the passages. Cite them.\n\n[1] The pier opened in 1902.\n[2] The pier burned in 1950.\n\nQuestion: "
    assert ask(prompt + "When did the pier burn?") == "The pier burned in 1950. [2]"


def test_the_answer_of_a_faq_is_what_follows_the_question() -> None:
    faq = "Q: Can I pay by card?\nA: Yes, with any card.\nQ: Where do I park?\nA: Behind the mill, for free."
    assert ask(f"{faq}\n\nWhere is the parking?") == "Behind the mill, for free."


def test_a_unit_and_a_label_stand_for_the_measure() -> None:
    text = "The pump is made of steel. Weight: 7 kg. It runs at 60 degrees. Clean it every 3 weeks."
    assert ask(f"{text}\n\nHow heavy is the device?") == "Weight: 7 kg."
    assert ask(f"{text}\n\nHow hot does it get?") == "It runs at 60 degrees."


def test_german_questions_get_german_replies_of_the_sandbox() -> None:
    text = "Der Laden verkauft Tee. Er liegt am Markt. Die Inhaberin ist Frau Oda Wenz."
    assert ask(f"{text}\n\nWer repariert Fahrräder?") == "Der Text sagt das nicht."
    assert ask("Was ist die Hauptstadt von Italien?") == "The capital of Italy is Rome."


def test_the_head_of_a_table_is_no_instruction() -> None:
    prompt = read_prompt("name,price\nnut,3\nnail,4\n\nWhich is the cheapest?")
    assert (prompt.question, prompt.document) == ("Which is the cheapest?", "name,price\nnut,3\nnail,4")


def test_a_question_inside_a_chat_is_not_the_one_asked() -> None:
    chat = "Kim: who brings the tent?\nLou: I do, on Friday.\nKim: fine, at 9:15 then."
    assert read_prompt(f"{chat}\n\nAt what time do they meet?").question == "At what time do they meet?"


# Bits that the rules look for, put together at random, beside any text at all.
BITS = (
    'What is the total? How many are left? Which is cheaper, a or b? list all | a | b |\n, 1,000.50 euros {"a": [1]} '
    '``` <doc> </doc> """ Context: Question: Answer: Q: A: \n\n - * # [1] 10:02 No, actually my name is not I times '
    "3 half of sum of in two sentences yes or no if not say 'x' only about json cite \ud800 \x00 ß İ „ “ wie viele ist "
    "das summarize extract all dates translate reverse 'x' sort alphabetically: repeat: hello thanks"
).split(" ")
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(BITS), max_size=25).map(" ".join))
CONTENTS = st.one_of(
    st.none(),
    TEXTS,
    st.lists(
        st.one_of(
            st.fixed_dictionaries({"type": st.just("text"), "text": TEXTS}),
            st.just({"type": "image_url", "image_url": {"url": "data:,"}}),
        ),
        max_size=3,
    ),
)
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["system", "developer", "user", "user", "assistant", "tool"]), "content": CONTENTS}
    ),
    max_size=6,
)


@settings(max_examples=250)
@given(messages=MESSAGES, temperature=st.sampled_from([0.0, 0.7, 2.0]), seed=st.integers(0, 2**31))
def test_any_messages_get_an_answer_and_the_same_one_again(messages: list, temperature: float, seed: int) -> None:
    reply = answer(messages, temperature, seed)
    assert reply.strip()
    assert reply == answer(messages, temperature, seed)


@pytest.mark.parametrize(
    "bit",
    ["word ", '"', "“x", "```", "<a></a>", "[", '{"a":', "a,b\n", "| a |\n", "1.", "1-", "a@", "? ", "Q: a?\nA: b\n",
     "x:\n", "and who ", "which or ", "if not say ", "10:02 a\n", "12 euros, ", "My x is 3. ", "(", "\n", "\ud800",
     "only ", "A. ", "1"],
)  # fmt: skip
def test_four_megabytes_do_not_hang(bit: str) -> None:
    question = "\n\nHow many are there, which is the cheapest, and what is the total?"
    text = bit * (4_000_000 // len(bit)) + question
    assert answer([{"role": "user", "content": text}])


def test_long_conversations_are_bounded() -> None:
    turns = [{"role": "user", "content": f"My shelf {i} is red."} for i in range(50_000)]
    assert answer([{"role": "system", "content": "Be kind."}, *turns, {"role": "user", "content": "What is my shelf?"}])
