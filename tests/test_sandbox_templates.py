"""Raw prompts in and out of a chat template."""

import pytest

from sandbox.catalogue import load_models
from sandbox.model.templates import read_prompt, split_prompt

TURNS = [{"role": "user", "content": "Hi [there] <b>"}, {"role": "assistant", "content": "Yes?"}]
LAST = {"role": "user", "content": "What is 1 < 2?\nSay it."}


def llama(messages):
    turns = "".join(f"<|start_header_id|>{m['role']}<|end_header_id|>\n\n{m['content']}<|eot_id|>" for m in messages)
    return f"<|begin_of_text|>{turns}<|start_header_id|>assistant<|end_header_id|>\n\n"


def chatml(messages):
    turns = "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages)
    return f"{turns}<|im_start|>assistant\n"


def harmony(messages):
    return "".join(f"<|start|>{m['role']}<|message|>{m['content']}<|end|>" for m in messages) + (
        "<|start|>assistant<|channel|>final<|message|>"
    )


def mistral(messages):
    marks = {
        "system": "[SYSTEM_PROMPT] {}[/SYSTEM_PROMPT]",
        "user": "[INST] {} [/INST]",
        "assistant": " {}</s>",
    }
    return "<s>" + "".join(marks[m["role"]].format(m["content"]) for m in messages)


def colons(messages, change=str.title):
    return "\n\n".join(f"{change(m['role'])}: {m['content']}" for m in messages) + f"\n\n{change('assistant')}:"


def capital_colons(messages):
    return colons(messages, str.upper)


WRITERS = {
    "llama-3": llama,
    "harmony": harmony,
    "chatml": chatml,
    "mistral": mistral,
    "deepseek": colons,
    "vicuna": capital_colons,
}


@pytest.mark.parametrize("template", WRITERS)
def test_a_prompt_in_the_template_is_read_as_its_turns(template):
    assert read_prompt(template, WRITERS[template]([LAST])) == [LAST]
    assert read_prompt(template, WRITERS[template]([*TURNS, LAST])) == [*TURNS, LAST]


@pytest.mark.parametrize("template", ["llama-3", "harmony", "chatml", "mistral"])
def test_a_system_turn_is_read(template):
    system = {"role": "system", "content": "Be brief."}
    assert read_prompt(template, WRITERS[template]([system, LAST])) == [system, LAST]


def test_a_mark_counts_as_one_token():
    assert len(split_prompt("llama-3", "<|start_header_id|>user<|end_header_id|>\n\nHello<|eot_id|>")) == 3 + 2
    assert len(split_prompt("mistral", "<s>[INST] Hello [/INST]")) == 3 + 2
    assert len(split_prompt("chatml", "Hello")) == 1


@pytest.mark.parametrize("template", WRITERS)
@pytest.mark.parametrize("prompt", ["", "What is Python?", "## User\nHello\n## Assistant\n", llama([LAST])[:-60]])
def test_any_other_prompt_is_plain_text(template, prompt):
    assert read_prompt(template, prompt) is None


@pytest.mark.parametrize("template", WRITERS)
def test_the_template_of_another_model_is_plain_text(template):
    others = [write for name, write in WRITERS.items() if name != template]
    assert [read_prompt(template, write([LAST])) for write in others] == [None] * len(others)


@pytest.mark.parametrize("template", WRITERS)
@pytest.mark.parametrize("bit", ["<", "[", "User:", "User:\n", "a"])
def test_four_megabytes_do_not_hang(template, bit):
    read_prompt(template, bit * (4_000_000 // len(bit)))


def test_every_model_that_completes_has_a_template():
    for model in load_models().values():
        assert ("completions" in model.capabilities) == (model.template in WRITERS), model.id
