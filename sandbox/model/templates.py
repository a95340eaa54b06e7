"""Chat templates: the text in which a model was trained to see the turns of a conversation.

A raw prompt that follows its model's template is a conversation and is answered as one. Any other prompt is plain text,
which gets continued.
"""

import re

from sandbox.engines.messages import Message
from sandbox.engines.words import split_tokens

# How a turn starts, and the marks, none of which occurs in a turn's text.
_TEMPLATES = {
    "llama-3": (r"<\|start_header_id\|>(?P<role>\w+)<\|end_header_id\|>", r"<\|\w+\|>"),
    "harmony": (r"<\|start\|>(?P<role>\w+)(?:<\|channel\|>\w+)?(?:<\|message\|>)?", r"<\|\w+\|>"),
    "chatml": (r"<\|im_start\|>(?P<role>\w+)\n", r"<\|\w+\|>"),
    "mistral": (r"(?P<role>\[SYSTEM_PROMPT\]|\[INST\]|\[/INST\])", r"\[/?INST\]|\[/?SYSTEM_PROMPT\]|</?s>"),
    "deepseek": (r"^(?P<role>User|Assistant):", r"^(?:User|Assistant):"),
    "vicuna": (r"^(?P<role>USER|ASSISTANT):", r"^(?:USER|ASSISTANT):"),
}
_ROLES = {"[SYSTEM_PROMPT]": "system", "[INST]": "user", "[/INST]": "assistant"}


def read_prompt(template: str, prompt: str) -> list[Message] | None:
    """Read a raw prompt as the conversation that it writes down in a template, one of `_TEMPLATES`.

    Returns the messages without the open turn of the assistant that ends them; None if there is no such turn, or none
    of the user before it: then the prompt does not follow the template.
    """
    start, marks = _TEMPLATES[template]
    found = re.finditer(rf"{start}(?P<text>(?:(?!{marks}).)*)", prompt, re.DOTALL | re.MULTILINE)
    turns = [{"role": _ROLES.get(m["role"], m["role"].lower()), "content": m["text"].strip()} for m in found]
    if len(turns) < 2 or turns[-1] != {"role": "assistant", "content": ""}:
        return None
    messages = turns[:-1]
    if messages[-1]["role"] != "user" or any(m["role"] not in ("system", "user", "assistant") for m in messages):
        return None
    return messages


def split_prompt(template: str, prompt: str) -> list[str]:
    """Split a raw prompt into tokens: one for each mark of the template, the others by the rule for text."""
    tokens: list[str] = []
    end = 0
    for mark in re.finditer(_TEMPLATES[template][1], prompt, re.MULTILINE):
        tokens += [*split_tokens(prompt[end : mark.start()]), mark[0]]
        end = mark.end()
    return [*tokens, *split_tokens(prompt[end:])]
