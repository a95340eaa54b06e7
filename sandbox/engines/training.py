"""Checks files of examples to train on: JSON lines, each a conversation as chat sends it."""

import json
from typing import Any

_MOST_PROBLEMS = 20
_ROLES = ("system", "user", "assistant")


def check_file(name: str, data: bytes) -> dict[str, Any]:
    """Return what the check of a file gives: `is_checked`, `is_valid`, `message`, and `errors` by line."""
    if not name.lower().endswith(".jsonl"):
        message = "A document: the service makes a data set of it, the sandbox generates none."
        return {"is_checked": True, "is_valid": True, "message": message, "errors": {}}
    examples, errors = 0, {}
    for number, line in enumerate(data.splitlines(), 1):
        if len(errors) == _MOST_PROBLEMS:
            break
        if line.strip():
            examples += 1
            if problem := _problem(line):
                errors[f"line {number}"] = problem
    if not examples:
        errors["file"] = "It has no examples."
    message = f"Problems: {len(errors)}. Fix them, and upload the file again." if errors else "The file is valid."
    return {"is_checked": True, "is_valid": not errors, "message": message, "errors": errors}


def _problem(line: bytes) -> str:
    """Return the first thing that is wrong with an example, "" if nothing is."""
    try:
        example = json.loads(line)
    except (ValueError, RecursionError):
        return "No JSON. Each line has to be one example, a JSON object."
    messages = example.get("messages") if isinstance(example, dict) else None
    if not isinstance(messages, list) or not messages or not all(isinstance(message, dict) for message in messages):
        return "It has to be a JSON object with a list of messages."
    for index, message in enumerate(messages):
        role, content = message.get("role"), message.get("content")
        if role not in _ROLES:
            return f"The role of messages[{index}] has to be system, user, or assistant."
        if not isinstance(content, str) or not content.strip():
            return f"messages[{index}] has no content."
        if "weight" in message and (role != "assistant" or message["weight"] not in (0, 1)):
            return f"The weight of messages[{index}] has to be 0 or 1, and only the assistant's messages have one."
    return "" if messages[-1]["role"] == "assistant" else "It has to end with a message of the assistant."
