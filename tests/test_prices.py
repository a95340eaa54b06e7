"""The page of plans and prices: it shows the price list as it is, and its sums are right."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from in_browser import needs_browser
from playwright.sync_api import Page

from tools.lessons import ROOT, load_lessons
from tools.website import prices
from tools.website.browser import LIGHT, open_tab, serve, start_browser

PAGE = (ROOT / "docs" / "plans-and-cost.md").read_text("utf-8")
LIST = prices.load_prices()
MODELS = [model for group in LIST["groups"] for model in group["models"]]
FIELDS = {"question": 70, "answer": 130, "turns": 7, "conversations": 3}


def test_every_model_and_plan_has_its_numbers_on_the_page() -> None:
    page = prices.insert_prices(PAGE)
    for model in MODELS:
        [row] = re.findall(rf"^\| `{re.escape(model['id'])}`.*$", page, re.MULTILINE)
        assert f"| {model['input']:.2f} |" in row
        assert "output" not in model or f"| {model['output']:.2f} |" in row
    for plan in LIST["plans"]:
        assert re.search(rf"^\| {plan['name']} \| €{plan['minimum']:,} \|", page, re.MULTILINE)
    assert len({model["id"] for model in MODELS}) == len(MODELS)


def test_the_calculator_is_for_chat_models_and_not_in_plain_markdown() -> None:
    chat = [model["id"] for group in LIST["groups"] if group["chat"] for model in group["models"]]
    assert re.findall(r'<option value="([^"]+)"', prices.insert_prices(PAGE)) == chat
    plain = prices.insert_prices(PAGE, plain=True)
    assert "<form" not in plain
    assert "<!--" not in plain


def test_an_unknown_part_is_an_error() -> None:
    with pytest.raises(KeyError):
        prices.insert_prices("<!-- prices: planes -->")


def test_each_turn_sends_the_earlier_ones_again() -> None:
    history, sent = 0, 0
    for turns in range(1, 30):
        history += 70
        sent += history
        history += 130
        assert prices.conversation_tokens(turns, 70, 130) == (sent, turns * 130)


def test_a_million_tokens_cost_what_the_list_says() -> None:
    assert prices.cost("gpt-oss-120b", 1_000_000, 2_000_000) == pytest.approx(0.20 + 2 * 0.65)
    assert prices.cost("text-embedding-bge-m3", 1_000_000, 0) == pytest.approx(0.05)


def test_the_lessons_have_a_price_once_all_of_them_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = {lesson.file: {"requests": 2, "tokens_in": 1000, "tokens_out": 100} for lesson in load_lessons()}
    sentences = []
    for lessons in ({}, dict(list(counted.items())[1:]), counted):
        monkeypatch.setattr(prices.checked_against, "load", lambda lessons=lessons: {"sandbox": {"lessons": lessons}})
        sentences.append(prices.insert_prices("<!-- prices: lessons -->"))
    assert sentences[:2] == ["", ""]
    assert f"All {len(counted)} lessons" in sentences[2]
    assert "less than a cent" in sentences[2]
    assert f"{2 * len(counted)} requests" in sentences[2]


@needs_browser
def test_the_calculator_agrees(site: Path) -> None:
    with serve(site) as served, start_browser() as browser, open_tab(browser, served, LIGHT) as tab:
        tab.page.goto("/plans-and-cost/")
        before = tab.page.locator("#cost-result").inner_text()
        fill(tab.page)
        result = tab.page.locator("#cost-result").inner_text()
        heights = tab.page.eval_on_selector_all(".bars span", "bars => bars.map(bar => bar.offsetHeight)")
    tokens_in, tokens_out = prices.conversation_tokens(FIELDS["turns"], FIELDS["question"], FIELDS["answer"])
    price = 3 * prices.cost("gpt-5-mini", tokens_in, tokens_out)
    assert before != result
    assert f"{tokens_in:,} tokens of input" in result
    assert f"{tokens_out:,} of output" in result
    assert f"3 conversations (21 requests): €{price:.3g}." in result
    assert len(heights) == FIELDS["turns"]
    assert all(before < after for before, after in pairwise(heights))


def fill(page: Page) -> None:
    page.locator("#cost-model").select_option("gpt-5-mini")
    for name, value in FIELDS.items():
        page.locator(f"#cost-{name}").fill(str(value))


QUOTED = r"([\d.]+) euros(?= per million (?:input|output)? ?tokens)|PRICE_IN, PRICE_OUT = ([\d.]+), ([\d.]+)"


def test_the_lessons_quote_prices_of_the_list() -> None:
    known = {model.get(kind) for model in MODELS for kind in ("input", "output")}
    sources = [(ROOT / "notebooks" / lesson.file).read_text("utf-8") for lesson in load_lessons()]
    quoted = {float(price) for found in re.findall(QUOTED, "".join(sources)) for price in found if price}
    assert quoted
    assert quoted <= known
