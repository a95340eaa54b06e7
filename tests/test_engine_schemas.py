"""Values for JSON schemas: always valid under the subset of strict mode, and found with bounded work."""

from collections.abc import Sequence
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.engines.schemas import Form, NoInstance, asked_schema, compose, read_keys

Schema = dict[str, Any]
STRING, INTEGER = {"type": "string"}, {"type": "integer"}
TEXTS = [
    "",
    "Ship 12 blue lamps to Anna Berg in Oslo on 3 May 2027 at 15:30, it costs 1,299.90 EUR (20 % off), see AB-123.",
    "Ida Holm is 36, Jon Aske is 41. Write to ida@holm.dk or +45 33 12 34 56: 'all is well', 192.168.0.17. Great!",
]
FORMATS = ("date", "time", "date-time", "email", "hostname", "ipv4", "ipv6", "uuid")
PATTERNS = [r"^[A-Z]{2}-\d{3}$", r"^(foo|bar)+$", r"\d", r"^\+?\d{3,}$", r"^[^a-z]+\.x?$", r"^(?:a|b)\w*$", r"^.{8,}$"]
NAMES = (
    "name city from to date price items query count color is_active first_name startTime user_id email answer".split()
)
CHECKER = jsonschema.Draft202012Validator.FORMAT_CHECKER
SELF = {"$ref": "#/$defs/Node"}


def record(**properties: Any) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def fill(schema: Schema, text: str, background: Sequence[str] = ()) -> Any:
    return Form(schema).read(text).complete(text, background).value


def check(schema: Schema, value: Any) -> None:
    jsonschema.Draft202012Validator(schema, format_checker=CHECKER).validate(value)


@st.composite
def numbers(draw: st.DrawFn) -> Schema:
    kind, low, width = (
        draw(st.sampled_from(["integer", "number"])),
        draw(st.integers(-50, 50)),
        draw(st.integers(7, 40)),
    )
    bounds = [{}, {"minimum": low}, {"exclusiveMinimum": low}, {"maximum": low}, {"exclusiveMaximum": low / 4}]
    bounds += [{"minimum": low, "maximum": low + width}, {"exclusiveMinimum": low, "exclusiveMaximum": low + width}]
    steps = [{}, {}, {"multipleOf": 2}, {"multipleOf": 1.5}, {"multipleOf": 0.5}]
    return {"type": kind, **draw(st.sampled_from(bounds)), **draw(st.sampled_from(steps))}


def containers(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    sizes = st.sampled_from([{}, {"minItems": 2}, {"maxItems": 1}, {"minItems": 1, "maxItems": 3}])
    arrays = st.builds(lambda items, size: {"type": "array", "items": items, **size}, inner, sizes)
    objects = st.dictionaries(st.sampled_from(NAMES), inner, max_size=4).map(lambda parts: record(**parts))
    choices = st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"anyOf": parts})
    return arrays | objects | choices


scalars = st.one_of(
    numbers(),
    st.just(STRING),
    st.sampled_from(FORMATS).map(lambda form: {"type": "string", "format": form}),
    st.sampled_from(PATTERNS).map(lambda pattern: {"type": "string", "pattern": pattern}),
    st.sampled_from(
        [{"type": "boolean"}, {"type": "null"}, {"type": ["string", "null"]}, {"type": ["integer", "string"]}]
    ),
    st.sampled_from([{"const": "cat"}, {"type": "string", "enum": ["red", "EUR", "positive", "negative"]}]),
    st.sampled_from([{"enum": [1, 2.5, None]}, {"type": ["string", "null"], "enum": ["on", None]}]),
    st.sampled_from([{"$ref": "#/$defs/Node"}, {"$ref": "#/$defs/Tree"}]),
)
DEFINITIONS = {
    "Node": record(name=STRING, next={"anyOf": [SELF, {"type": "null"}]}),
    "Tree": record(op={"enum": ["add"]}, left={"anyOf": [{"$ref": "#/$defs/Tree"}, {"$ref": "#/$defs/Leaf"}]}),
    "Leaf": record(value={"type": "number"}, trees={"type": "array", "items": {"$ref": "#/$defs/Tree"}}),
}


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.recursive(scalars, containers, max_leaves=6), st.sampled_from(TEXTS))
def test_any_strict_schema_gets_a_valid_value(part, text):
    schema = {**record(part=part), "$defs": DEFINITIONS}
    value = fill(schema, text, [TEXTS[1]])
    check(schema, value)
    check(schema, compose(schema, text, [TEXTS[2]], "Dew is water. It forms at night."))
    assert fill(schema, text, [TEXTS[1]]) == value


@pytest.mark.parametrize("pattern", [*PATTERNS, r"^a{1000}$", r"^[\u4e00-\u9fff]{2}$"])
def test_a_text_for_a_pattern(pattern):
    schema = record(code={"type": "string", "pattern": pattern})
    check(schema, fill(schema, ""))


@pytest.mark.parametrize(
    "part",
    [
        {"$ref": "#/$defs/nowhere"},
        {"$ref": "#/$defs/round"},
        record(again={"$ref": "#/properties/part"}),
        {"type": "string", "pattern": r"^(?!x)x$"},
        {"type": "string", "pattern": r"^(a{1000}){1000}$"},
        {"type": "string", "pattern": "(" * 20 + "a" + "{9})" * 20},
        {"type": "string", "pattern": r"(a{50})(\1{50})(\2{50})(\3{50})(\4{50})"},
    ],
)
def test_what_has_no_value(part):
    with pytest.raises(NoInstance):
        fill({**record(part=part), "$defs": {"round": {"$ref": "#/$defs/round"}}}, TEXTS[1])


def nested(levels: int, least: int) -> Schema:
    part = STRING
    for _ in range(levels):
        part = {"type": "array", "items": part, "minItems": least}
    return record(part=part)


def chain(levels: int) -> Schema:
    names = [{"$ref": f"#/$defs/d{level}"} for level in range(1, levels + 1)]
    parts = {f"d{level}": record(a=name, b=name, c=name) for level, name in enumerate(names)}
    return {**record(part={"$ref": "#/$defs/d0"}), "$defs": {**parts, f"d{levels}": STRING}}


FLAGS = {f"is_{number}": {"type": "boolean"} for number in range(30)}
CLAUSES = [{"anyOf": [{"required": [name]}, {"properties": {name: {"const": False}}}]} for name in FLAGS]
ALL = {f"n{number}": record(**{f"p{n}": {"$ref": f"#/$defs/n{n}"} for n in range(12)}) for number in range(12)}
LONG = "".join(f"word{n} the weather in Berlin and Rome is {n} euros on May {n % 28 + 1}. " for n in range(60_000))


@pytest.mark.parametrize("text", ["Find all books by Anna Berg and Bo", LONG], ids=["short", "long"])
@pytest.mark.parametrize(
    "schema",
    [
        {**record(**FLAGS), "allOf": CLAUSES},
        {**record(**FLAGS), "anyOf": CLAUSES},
        {"type": "object", "properties": {"x": {"$ref": "#/$defs/n0"}}, "$defs": ALL},
        {**record(x={"anyOf": [{"$ref": f"#/$defs/n{number}"} for number in range(12)]}), "$defs": ALL},
        {**record(x={"$ref": "#/$defs/n"}), "$defs": {"n": {"anyOf": [{"$ref": "#/$defs/n"}] * 20}}},
        {**record(x={"$ref": "#/$defs/n"}), "$defs": {"n": {"allOf": [{"$ref": "#/$defs/n"}] * 2}}},
        chain(6), chain(30), nested(30, 3), nested(1, 1000), nested(2, 1000),
        record(**{f"place_{number}": STRING for number in range(400)}),
        record(items={"type": "array", "items": record(name=STRING, tags={"type": "array", "items": STRING})}),
        record(x={"anyOf": [record(a={"anyOf": [STRING, record(b=INTEGER)]}, k={"const": n}) for n in range(20)]}),
        record(x={"type": "string", "pattern": "^(a+)+$"}, y={"type": "string", "pattern": "(.*)(.*)(.*)(.*)x"}),
    ],
)  # fmt: skip
def test_any_schema_and_text_is_answered_or_refused(schema, text):
    for answer in (fill, compose):
        try:
            value = answer(schema, text, [text, "a" * 4_000_000])
            assert value is not None
        except NoInstance:
            continue


@pytest.mark.parametrize("piece", ["{", "{}", '{"a":', "a", "1,", "'a ", "Aa ", "a: ", '{"properties": {}} ', "json "])
def test_large_texts_are_read(piece):
    text = "Answer in JSON. " + piece * (4_000_000 // len(piece))
    assert compose(read_keys(text), text, [text], "Dew.")
    asked_schema([text, text])


@pytest.mark.parametrize(
    ("texts", "keys"),
    [
        (["Answer as JSON with the keys name and age.", "Ada is 36."], ["name", "age"]),
        (['Reply in JSON like {"city": "...", "days": 0}.'], ["city", "days"]),
        (['Always respond with a JSON object that fits this schema:\n\n{"properties": {"a": {"type": "string"}}, '
          '"required": ["a"], "type": "object"}\n\nNo other text.', "Hello"], ["a"]),
        (['As an example, for the schema {"properties": {"foo": {"type": "array"}}, "required": ["foo"]} the object '
          '{"foo": ["bar"]} is right, the object {"properties": {"foo": []}} is not. Return JSON for this schema:\n'
          '```\n{"properties": {"b": {"type": "string"}}, "required": ["b"]}\n```'], ["b"]),
        (["What is JSON? It has keys and values."], None),
        (["Write a Python function that returns JSON with the keys a and b."], None),
        (['Explain this schema: {"type": "object", "properties": {"a": {"type": "string"}}}'], None),
        (["Answer in one sentence. What is dew?"], None),
        (['Answer in JSON: {"type": "object", "properties": {"a": {"$ref": "#/x"}}, "required": ["a"]}'], None),
    ],
)  # fmt: skip
def test_the_form_that_a_prompt_asks_for(texts, keys):
    schema = asked_schema(texts)
    assert (schema and list(schema["properties"])) == keys


def test_long_words_after_with_do_not_keep_it_busy():
    """A list of words can be cut up in one way only; with several, this would not end before the next century."""
    text = f"We work with {', '.join(['internationalization'] * 6)}, but nobody asks for an object."
    assert asked_schema([text]) is None
