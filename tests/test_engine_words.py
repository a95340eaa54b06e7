"""Words, sentences and tokens."""

import pytest

from sandbox.engines.words import count_tokens, sentences, split_tokens, stem, words


def test_words_are_lower_case_and_keep_apostrophes():
    assert words("The Dog's co-owner, O’Neill: 3 Äpfel!") == ["the", "dog's", "co", "owner", "o'neill", "3", "äpfel"]


@pytest.mark.parametrize(
    "forms",
    [
        ("price", "prices"),
        ("run", "runs", "running"),
        ("connect", "connected", "connections"),
        ("city", "cities"),
        ("embed", "embedding", "embeddings"),
        ("call", "calls", "called", "calling"),
    ],
)
def test_forms_of_a_word_have_one_stem(forms):
    assert len({stem(form) for form in forms}) == 1


def test_sentences_end_where_they_should():
    text = 'Dr. Smith paid 3.50 euros, e.g. for tea. "Is it v1.6?" she asked. Yes!\n\n# Title\n- first item\n2. second'
    assert sentences(text) == [
        "Dr. Smith paid 3.50 euros, e.g. for tea.",
        '"Is it v1.6?" she asked.',
        "Yes!",
        "# Title",
        "first item",
        "second",
    ]
    assert sentences(" \n\n ") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Die Fähre fährt wieder ab dem 7. März.",
        "Vom 2. Juli an ist Ferienzeit.",
        "Im 18. Jahrhundert stand hier ein Kloster.",
        "Er wurde am 5. Platz gesehen.",
        "Das Büro liegt in der Lindenstr. 14 in Aldorf.",
        "Hr. Kolb und Fr. Behn kommen um neun.",
        "Die Pumpe zeigt Abb. 3 von oben, wie auch Fig. 4.",
        "Das steht in Nr. 7 der Liste.",
        "Das regelt Art. 5 der Satzung.",
    ],
)
def test_german_dates_and_abbreviations_end_no_sentence(sentence):
    assert sentences(f"{sentence} Danach kommt mehr.") == [sentence, "Danach kommt mehr."]


def test_a_number_or_no_at_the_end_ends_a_sentence():
    assert sentences("We counted 12. Then we left.") == ["We counted 12.", "Then we left."]
    assert sentences("She said no. The others agreed.") == ["She said no.", "The others agreed."]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        ("Hello world", ["Hello", " world"]),
        ("Telekom", ["Tele", "kom"]),
        ("a_b, c", ["a", "_", "b", ",", " c"]),
        ("end \n", ["end", " \n"]),
        ("😀ü 1234567", ["😀", "ü", " 1234", "567"]),
    ],
)
def test_tokens_follow_the_rule_and_join_to_the_text(text, tokens):
    assert split_tokens(text) == tokens
    assert "".join(tokens) == text
    assert count_tokens(text) == len(tokens)


def test_english_text_has_about_four_characters_a_token():
    text = "A refund reaches your bank within five working days. Invite a colleague to your team in the settings."
    assert 3.5 < len(text) / count_tokens(text) < 5.5


def test_tokens_of_a_long_text_are_counted_in_time():
    assert count_tokens("word " * 200_000) == 200_001
    assert count_tokens(" " * 1_000_000) == 1
    assert count_tokens("x" * 600_000) == 100_000


@pytest.mark.parametrize(
    "text", ["", " ", "a", "abcdefg hijklmnopqrstu_v!\n", "\n\n x  ", "ß👍 ü_-1234567", "it's  \t"]
)
def test_counting_agrees_with_splitting(text):
    assert count_tokens(text) == len(split_tokens(text))
