"""Chat templates: the text in which a model was trained to see the turns of a conversation.

A raw prompt that follows its model's template is a conversation and is answered as one. Any other prompt is plain text,
which gets continued.
"""

import re

from helpers.sandbox.engines.messages import Message

_TURNS = {
    "llama-3": re.compile(
        r"<\|start_header_id\|>(?P<role>\w+)<\|end_header_id\|>\n*(?P<text>[^<]*(?:<(?!\|)[^<]*)*)(?:<\|eot_id\|>|\Z)"
    ),
    "chatml": re.compile(r"<\|im_start\|>(?P<role>\w+)\n(?P<text>[^<]*(?:<(?!\|)[^<]*)*)(?:<\|im_end\|>|\Z)"),
    "mistral": re.compile(r"(?P<role>\[INST\]|\[/INST\])(?P<text>[^\[<]*(?:\[(?!/?INST\])[^\[<]*|<(?!/?s>)[^\[<]*)*)"),
    "deepseek": re.compile(r"^(?P<role>User|Assistant):(?P<text>(?:(?!User:|Assistant:).*(?:\n|\Z))*)", re.MULTILINE),
    "vicuna": re.compile(r"^(?P<role>USER|ASSISTANT):(?P<text>(?:(?!USER:|ASSISTANT:).*(?:\n|\Z))*)", re.MULTILINE),
}
_ROLES = {"[INST]": "user", "[/INST]": "assistant"}


def read_prompt(template: str, prompt: str) -> list[Message] | None:
    """Read a raw prompt as the conversation that it writes down.

    Args:
        template: the model's template, one of "llama-3", "chatml", "mistral", "deepseek", "vicuna".
        prompt: the raw prompt.

    Returns:
        The messages, without the open turn of the assistant at the end. None if the prompt does not follow the
        template: no turn of the user, or no open turn of the assistant at the end.
    """
    turns = [
        {"role": _ROLES.get(match["role"], match["role"].lower()), "content": match["text"].strip()}
        for match in _TURNS[template].finditer(prompt)
    ]
    if len(turns) < 2 or turns[-1]["role"] != "assistant" or turns[-1]["content"]:
        return None
    messages = turns[:-1]
    if messages[-1]["role"] != "user" or any(m["role"] not in ("system", "user", "assistant") for m in messages):
        return None
    return messages
