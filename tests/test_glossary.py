"""The glossary: in order, short, and each term with a link to where it is used."""

import re

from tools.lessons import ROOT

PAGE = (ROOT / "docs" / "glossary.md").read_text("utf-8")
MOST_WORDS = 60

_INTRODUCTION, *_PARTS = re.split(r"^## (.+)$", PAGE, flags=re.MULTILINE)
TERMS = dict(zip(_PARTS[::2], _PARTS[1::2], strict=True))


def test_terms_are_in_alphabetical_order_and_occur_once() -> None:
    assert len(TERMS) > 30
    assert list(TERMS) == sorted(TERMS, key=str.lower)
    assert len(TERMS) == len(_PARTS) // 2


def test_every_term_links_to_a_page_that_uses_it() -> None:
    assert [term for term, text in TERMS.items() if not re.search(r"\]\([\w/-]+\.(md|ipynb)", text)] == []


def test_every_explanation_is_short() -> None:
    assert {term: len(text.split()) for term, text in TERMS.items() if len(text.split()) > MOST_WORDS} == {}
