"""What the sandbox must be able to answer, as data: each entry of tests/trials/ is a request and what its answer has.

An entry has a `name`, a `user` (the last message) or `messages`, and whatever else the request needs (`tools`,
`tool_choice`, `response_format`, ...). The answer is checked by:

- `contains`, `lacks`: texts that its content has, or has not; case does not count. "a|b" stands for either.
- `calls`: the tools that it calls, in order, each with `name` and `arguments` (only those given are compared).
- `json`: the value that its content is; of an object, only the properties given are compared.
- `nothing = true`: it says that the sandbox has nothing on this, or that the text does not say so.
- `refused`: texts that the error message has; the status is 400.

To be short, a file may have tables `[tools.NAME]` and `[formats.NAME]`, which entries name: `use` lists tools, and
`format` is the answer's schema, strict and with all properties required.

With `wish = true` a failure is reported, but is none. What is in kept_aside/ was written without a look at the rules
and measures them: the share of them that `KEPT_ASIDE` says has to pass, whichever they are; wishes are counted apart.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from direct_requests import CHAT, content, post

from sandbox.core.replies import Reply
from sandbox.engines.text import NOT_SAID, NOTHING
from sandbox.service import Sandbox

FOLDER = Path(__file__).parent / "trials"
KEPT_ASIDE = 0.8
CHECKS = {"name", "wish", "user", "contains", "lacks", "calls", "json", "nothing", "refused"}


def load(folder: Path) -> list[Any]:
    files = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))}
    return [
        pytest.param(complete(entry, data), id=f"{file}: {entry['name']}")
        for file, data in files.items()
        for entry in data.get("trial", [])
    ]


def complete(entry: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Put in what an entry names from its file's tables."""
    entry = dict(entry)
    for name in entry.pop("use", []):
        function = {"name": name, **data["tools"][name]}
        if "parameters" in function:
            function["parameters"] = {"type": "object", **function["parameters"]}
        entry.setdefault("tools", []).append({"type": "function", "function": function})
    if "format" in entry:
        name = entry.pop("format")
        schema = {"type": "object", "additionalProperties": False, **data["formats"][name]}
        schema["required"] = list(schema["properties"])
        form = {"name": name, "strict": True, "schema": schema}
        entry["response_format"] = {"type": "json_schema", "json_schema": form}
    return entry


def ask(entry: dict[str, Any]) -> Reply:
    messages = [{"role": "user", "content": entry["user"]}] if "user" in entry else []
    body = {"model": "gpt-4.1", "temperature": 0, "messages": messages}
    body |= {name: value for name, value in entry.items() if name not in CHECKS}
    return post(Sandbox(pace=0), CHAT, body)


def has(wanted: Any, given: Any) -> bool:
    """Tell whether a value is the wanted one, further properties of objects aside."""
    if isinstance(wanted, dict):
        return isinstance(given, dict) and all(
            name in given and has(part, given[name]) for name, part in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(given, list) and len(given) == len(wanted) and all(map(has, wanted, given))
    if isinstance(wanted, str) and isinstance(given, str):
        return wanted.casefold() == given.casefold()
    return wanted == given and (type(wanted) is type(given) or not isinstance(given, bool))


def check(entry: dict[str, Any]) -> None:
    """Raise AssertionError with the answer if it is not what the entry wants."""
    assert entry.keys() & CHECKS - {"name", "wish", "user"}, "an entry has to check something"
    reply = ask(entry)
    answer = content(reply)
    if "refused" in entry:
        assert reply.status == 400, answer
        for text in entry["refused"]:
            assert any(part.casefold() in str(answer).casefold() for part in text.split("|")), (
                f"no {text!r} in {answer}"
            )
        return
    assert reply.status == 200, answer
    message = answer["choices"][0]["message"]
    said = message["content"] or ""
    calls = [
        {"name": call["function"]["name"], "arguments": json.loads(call["function"]["arguments"])}
        for call in message.get("tool_calls") or []
    ]
    for text in entry.get("contains", []):
        assert any(part.casefold() in said.casefold() for part in text.split("|")), f"no {text!r} in {message}"
    for text in entry.get("lacks", []):
        assert text.casefold() not in said.casefold(), f"{text!r} is in {message}"
    if "calls" in entry:
        assert has(entry["calls"], calls), f"called {calls}, said {said!r}"
    if "json" in entry:
        assert said[:1] in ("{", "["), said
        assert has(entry["json"], json.loads(said)), said
    if entry.get("nothing"):
        assert NOTHING in said or NOT_SAID in said or "sandbox cannot" in said, said


def passes(entry: dict[str, Any]) -> bool:
    try:
        check(entry)
    except AssertionError as failure:
        print(f"{entry['name']}: {failure}")
        return False
    return True


@pytest.mark.parametrize("entry", load(FOLDER))
def test_a_trial(entry):
    if entry.get("wish"):
        pytest.skip("a wish: it passes" if passes(entry) else "a wish")
    check(entry)


def test_most_of_those_kept_aside():
    entries = [parameter.values[0] for parameter in load(FOLDER / "kept_aside")]
    results = [(passes(entry), entry.get("wish", False)) for entry in entries]
    counted = [passed for passed, wish in results if not wish]
    wishes = [passed for passed, wish in results if wish]
    print(f"kept aside: {sum(counted)} of {len(counted)}, and {sum(wishes)} of {len(wishes)} wishes")
    assert sum(counted) >= KEPT_ASIDE * len(counted)


def test_names_are_unique():
    for folder in (FOLDER, FOLDER / "kept_aside"):
        names = [parameter.id for parameter in load(folder)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "wanted",
    [
        {"contains": ["no such text"]},
        {"lacks": ["rainbow"]},
        {"calls": [{"name": "x"}]},
        {"nothing": True},
        {"refused": []},
        {},
    ],
)
def test_a_wrong_answer_is_noticed(wanted):
    with pytest.raises(AssertionError):
        check({"name": "rainbow", "user": "What is a rainbow?"} | wanted)
