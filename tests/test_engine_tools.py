"""Choosing tools: properties that are no trial (see tests/trials/tools.toml): valid arguments, and bounded work."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_engine_schemas import DEFINITIONS, TEXTS, check, containers, record, scalars

from sandbox.engines.results import answer_from_results
from sandbox.engines.schemas import NoInstance
from sandbox.engines.tools import Decision, decide

STRING = {"type": "string"}
NAMES = ["ship_order", "findPlace", "note-add", "set_color", "final_answer"]


def tool(name: str, parameters: dict[str, Any] | None = None, description: str = "") -> dict[str, Any]:
    function = {"name": name, "description": description} | ({"parameters": parameters} if parameters else {})
    return {"type": "function", "function": function}


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.recursive(scalars, containers, max_leaves=4), min_size=1, max_size=4), st.sampled_from(TEXTS))
def test_arguments_are_valid_and_a_demanded_call_is_made(parts, text):
    schemas = {name: {**record(part=part), "$defs": DEFINITIONS} for name, part in zip(NAMES, parts, strict=False)}
    tools = [tool(name, schema) for name, schema in schemas.items()]
    for choice in ("auto", "required"):
        decision = decide([user("Set a color"), user(text)], tools, choice)
        assert choice == "auto" or decision.calls
        for call in decision.calls:
            check(schemas[call.name], call.arguments)


def test_tools_without_parameters_and_messages_without_text():
    assert decide([], [tool("stop")], "required").calls[0].arguments == {}
    assert decide([user("Hello")], []) == Decision([], None)
    assert decide([{"role": "user", "content": None}], [tool("stop")]) == Decision([], None)
    parts = [{"type": "text", "text": "Stop it"}, {"type": "image_url", "image_url": {}}]
    assert [call.name for call in decide([{"role": "user", "content": parts}], [tool("stop")]).calls] == ["stop"]


def test_parameters_without_a_value_are_refused_only_where_the_tool_is_called():
    broken = tool("set_depth", record(depth={"$ref": "#/properties/depth"}), "Set the depth")
    assert decide([user("Hello")], [broken]) == Decision([], None)
    with pytest.raises(NoInstance):
        decide([user("Set the depth to 4")], [broken])


def test_a_turn_that_must_call_tools_ends_with_every_tool_called():
    tools = [tool(name, record(city=STRING), f"{name} of a city") for name in ("tides", "weather", "answer")]
    messages, called = [user("Tides in Emden?")], []
    for number in range(3):
        (call,) = decide(messages, tools, "required").calls
        called.append(call.name)
        function = {"name": call.name, "arguments": json.dumps(call.arguments)}
        messages.append({"role": "assistant", "tool_calls": [{"id": str(number), "function": function}]})
        messages.append({"role": "tool", "tool_call_id": str(number), "content": "High tide in Emden is at 6:10."})
    assert called == ["tides", "answer", "weather"]


@pytest.mark.parametrize(
    "content",
    ['{"": 1}', '[{" ": " "}]', '{"error": {"": 1}}', "[" * 50_000, '{"a": ' * 900 + "1" + "}" * 900, '[[{"a": []}]]'],
)
def test_any_result_is_told(content):
    call = {"id": "1", "function": {"name": "tides", "arguments": "["}}
    messages = [user("Tides?"), {"role": "assistant", "tool_calls": [call]}]
    answer = answer_from_results([*messages, {"role": "tool", "tool_call_id": "1", "content": content}])
    assert answer
    assert answer.endswith(".")


VERBS, NOUNS = (
    "get list create delete send find cancel move".split(),
    "order ticket parcel event file city room user".split(),
)
FIELDS = {f"{kind}_{number}": STRING for kind in ("id", "name", "city", "date", "note") for number in range(10)}
MANY = [
    tool(
        f"{verb}_{noun}_{number}",
        {"type": "object", "properties": FIELDS, "required": ["id_0", "city_0"]},
        f"{verb} the {noun} of a user in a city",
    )
    for number in range(2)
    for verb in VERBS
    for noun in NOUNS
]


@pytest.mark.parametrize(
    "piece",
    ["1 ", "' ", "Find order 5512 in Rome and ", "Ida, 36, has 3 lamps. "],
)
def test_long_texts_with_many_tools(piece):
    text = piece * (4_000_000 // 3 // len(piece))  # three of which are all that a request can have
    assert decide([user(text)] * 3, MANY, "required").calls
    result = {"role": "tool", "tool_call_id": "1", "content": text}
    call = {
        "role": "assistant",
        "tool_calls": [{"id": "1", "function": {"name": MANY[0]["function"]["name"], "arguments": "{}"}}],
    }
    assert decide([user(text), call, result], MANY, "required").calls
