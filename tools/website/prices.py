"""Plans, prices, and what they come to: the parts of docs/plans-and-cost.md that are made from docs/prices.toml.

The page names each part in a comment, such as `<!-- prices: plans -->`. The calculator is a form that
docs/javascripts/cost.js fills with life; it stays hidden without JavaScript, and is left out of the plain Markdown.
"""

import re
import tomllib
from datetime import date
from functools import cache
from html import escape
from typing import Any

from tools import checked_against
from tools.lessons import ROOT, load_lessons

PRICES = ROOT / "docs" / "prices.toml"
EXAMPLE_MODEL = "gpt-oss-120b"
EXAMPLE_QUESTION, EXAMPLE_ANSWER = 200, 300
"""Tokens of one turn, for the table and as the first values of the calculator."""

_TURNS = (1, 2, 5, 10, 20, 50)
_CLOUDS = {"otc": "T-Cloud", "azure": "Azure", "gcp": "Google Cloud"}
_PLACE = re.compile(r"<!-- prices: ([\w-]+) -->")


@cache
def load_prices() -> dict[str, Any]:
    """Read the price list: `list` (its name and dates), `plans`, and `groups` of models."""
    return tomllib.loads(PRICES.read_text("utf-8"))


def conversation_tokens(turns: int, question: int, answer: int) -> tuple[int, int]:
    """Count the tokens of a conversation in which each turn sends all earlier ones again.

    Args:
        turns: how many questions are asked.
        question: new tokens of each question.
        answer: tokens of each answer.

    Returns:
        The tokens of input and of output, of all turns together.
    """
    again = turns * (turns - 1) // 2
    return turns * question + again * (question + answer), turns * answer


def cost(model: str, input_tokens: int, output_tokens: int) -> float:
    """Say what tokens cost in euros, by the price list."""
    [found] = [entry for group in load_prices()["groups"] for entry in group["models"] if entry["id"] == model]
    return (input_tokens * found["input"] + output_tokens * found.get("output", 0)) / 1_000_000


def insert_prices(markdown: str, plain: bool = False) -> str:
    """Put the parts that are made from the price list in their places in a page.

    Args:
        markdown: the page.
        plain: leave the calculator out.

    Raises:
        KeyError: there is no part of such a name.
    """
    parts = {
        "list": _list,
        "plans": _plans,
        "models": _models,
        "history": _history,
        "lessons": _lessons,
        "calculator": (lambda: "") if plain else _calculator,
    }
    return _PLACE.sub(lambda place: parts[place[1]](), markdown)


def _list() -> str:
    source = load_prices()["list"]
    dated, valid = _day(source["date"]), _day(source["valid_from"])
    return f"the {source['name']} of {dated}, valid from {valid}"


def _plans() -> str:
    rows = [
        f"| {plan['name']} | €{plan['minimum']:,} | {plan['models']} | {plan['requests']:,} "
        f"| {plan['input_tokens']:,} | {plan['output_tokens']:,} |"
        for plan in load_prices()["plans"]
    ]
    head = "| Plan | Minimum a month | Models | Requests a minute | Input tokens a minute | Output tokens a minute |"
    return "\n".join([head, "|---|--:|---|--:|--:|--:|", *rows])


def _models() -> str:
    blocks = []
    for group in load_prices()["groups"]:
        rows = [
            f"| {_model_name(model)} | {model['input']:.2f} | {_output_price(model)} | {_cloud(model)} |"
            for model in group["models"]
        ]
        table = ["| Model | Input | Output | Cloud |", "|---|--:|--:|---|", *rows]
        blocks += [f"### {group['title']}", "\n".join(table)]
    return "\n\n".join(blocks)


def _model_name(model: dict[str, Any]) -> str:
    return f"`{model['id']}`" + (f" ({model['note']})" if "note" in model else "")


def _cloud(model: dict[str, Any]) -> str:
    """Name the cloud of a region, such as "azure-sweden-central"."""
    return _CLOUDS[model["place"].partition("-")[0]]


def _output_price(model: dict[str, Any]) -> str:
    return f"{model['output']:.2f}" if "output" in model else "-"


def _history() -> str:
    rows = []
    for turns in _TURNS:
        tokens = conversation_tokens(turns, EXAMPLE_QUESTION, EXAMPLE_ANSWER)
        new = turns * EXAMPLE_QUESTION
        # A thousand conversations, because one costs too little to be read.
        rows.append(
            f"| {turns} | {new:,} | {tokens[0] - new:,} | {tokens[1]:,} | €{1000 * cost(EXAMPLE_MODEL, *tokens):,.2f} |"
        )
    head = "| Turns | Input: new | Input: sent again | Output | 1,000 such conversations |"
    return "\n".join([head, "|--:|--:|--:|--:|--:|", *rows])


def _lessons() -> str:
    """Say what all lessons cost, once all of them have been counted."""
    counted = checked_against.load().get("sandbox", {}).get("lessons", {})
    runs = [counted.get(lesson.file, {}) for lesson in load_lessons()]
    if not all("tokens_in" in run for run in runs):
        return ""
    requests, tokens_in, tokens_out = (
        sum(run[name] for run in runs) for name in ("requests", "tokens_in", "tokens_out")
    )
    price = cost(EXAMPLE_MODEL, tokens_in, tokens_out)
    amount = "less than a cent" if price < 0.01 else f"about €{price:.2f}"
    return (
        f"**All {len(runs)} lessons with their solutions cost {amount}**: {requests:,} requests, {tokens_in:,} tokens "
        f"of input and {tokens_out:,} of output. These are the sandbox's tokens, all at the price of "
        f"`{EXAMPLE_MODEL}`, embeddings included; a real model counts differently and may write more."
    )


def _calculator() -> str:
    options = "".join(
        f'<option value="{escape(model["id"])}" data-input="{model["input"]}" data-output="{model["output"]}">'
        f"{escape(model['id'])}</option>"
        for group in load_prices()["groups"]
        if group["chat"]
        for model in group["models"]
    )
    # The name of a field, its label, its value, and the most that may be entered.
    fields = (
        ("question", "New tokens in each question", EXAMPLE_QUESTION, 10_000_000),
        ("answer", "Tokens in each answer", EXAMPLE_ANSWER, 10_000_000),
        ("turns", "Turns of a conversation", 10, 100),
        ("conversations", "Conversations", 1000, 1_000_000_000),
    )
    inputs = "".join(
        f'<p><label for="cost-{name}">{label}</label>'
        f'<input id="cost-{name}" type="number" min="{int(name == "turns")}" max="{most}" value="{value}"></p>'
        for name, label, value, most in fields
    )
    return (
        '<form class="calculator" id="calculator" hidden>'
        f'<p><label for="cost-model">Model</label><select id="cost-model">{options}</select></p>{inputs}'
        '<output id="cost-result" aria-live="polite"></output><div class="bars" aria-hidden="true"></div></form>'
    )


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
