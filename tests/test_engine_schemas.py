"""Filling JSON schemas: what a text says, and always a valid instance."""

import random
import re
from datetime import date
from typing import Any

import jsonschema
import pytest

from sandbox.core.errors import ApiError
from sandbox.core.json_schemas import check_schema, check_strict
from sandbox.engines.schemas import Filled, NoInstance, build, compose, fill, patterns, read_keys
from sandbox.engines.schemas.values import find_values, parse_date, parse_number, parse_time

STRING = {"type": "string"}
INTEGER = {"type": "integer"}
TEXTS = [
    "",
    "🙂🙂 … \u200b",
    "Ship 12 blue lamps to Anna Berg in Oslo on 3 May 2027 at 15:30, it costs 1,299.90 EUR (20 % off), see A-77.",
    "no\nwords, just; lists: a, b and c",
    "In Fahrenheit please, without breakfast, for two people and three dogs, -4 °C, 10k, x@y.org, https://a.b/c?d=e",
    "٣ ² ½ 1.2.3.4 1,2,3 --5 99999999999999999999 1e9",
]


def record(required: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties) if required is None else required,
        "additionalProperties": False,
    }


def checked(schema: dict[str, Any], text: str, **options: Any) -> Filled:
    filled = fill(schema, text, **options)
    jsonschema.validate(filled.value, schema)
    return filled


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,500.50", 1500.5),
        ("1.500,50", 1500.5),
        ("2,5", 2.5),
        ("1,000", 1000),
        ("-3", -3),
        ("twenty-five", 25),
        ("two hundred and fifty", 250),
        ("three thousand", 3000),
        ("0.5", 0.5),
    ],
)
def test_numbers(text: str, number: float) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3 May 2027", "2027-05-03"),
        ("May 3rd, 2027", "2027-05-03"),
        ("03.05.2027", "2027-05-03"),
        ("25/12/2027", "2027-12-25"),
        ("2027-02-30", None),
        ("tomorrow", None),
        ("3 May", None),
    ],
)
def test_dates(text: str, day: str | None) -> None:
    assert parse_date(text) == day


def test_relative_dates_need_a_day_to_start_from() -> None:
    today = date(2027, 5, 3)
    assert today.strftime("%A") == "Monday"
    assert parse_date("tomorrow", today) == "2027-05-04"
    assert parse_date("next Friday", today) == "2027-05-07"
    assert parse_date("in two weeks", today) == "2027-05-17"
    assert parse_date("7 June", today) == "2027-06-07"


def test_times() -> None:
    assert [parse_time(text) for text in ("3 pm", "12:05 am", "15:30", "noon", "x")] == [
        "15:00:00",
        "00:05:00",
        "15:30:00",
        "12:00:00",
        None,
    ]


def test_values_keep_their_preposition() -> None:
    values = {value.text: value for value in find_values("from the Isle of Man to Bergen with Dr. Lund")}
    assert values["Isle of Man"].before == "from"
    assert values["Bergen"].before == "to"
    assert values["Dr. Lund"].before == "with"


def test_origin_and_destination() -> None:
    schema = record(arrival=STRING, departure=STRING)
    assert checked(schema, "A train to Ghent from Lyon").value == {"arrival": "Ghent", "departure": "Lyon"}
    assert checked(schema, "Ghent to Lyon").value == {"arrival": "Lyon", "departure": "Ghent"}


def test_numbers_go_where_their_units_say() -> None:
    schema = record(nights=INTEGER, guests=INTEGER, max_price={"type": "number"})
    text = "Something under 120.50 euros a night for three guests, we stay 2 nights"
    assert checked(schema, text).value == {"nights": 2, "guests": 3, "max_price": 120.5}


def test_limits_are_kept() -> None:
    schema = record(brightness={"type": "integer", "minimum": 0, "maximum": 100, "multipleOf": 10})
    assert checked(schema, "brightness 250").value == {"brightness": 100}
    assert checked(schema, "brightness 14").value == {"brightness": 10}


def test_durations_are_converted() -> None:
    assert checked(record(duration_minutes=INTEGER), "It takes 2 hours").value == {"duration_minutes": 120}


def test_enums_by_words_and_signs() -> None:
    unit = record(unit={"enum": ["celsius", "fahrenheit"]})
    assert checked(unit, "in °F").value == {"unit": "fahrenheit"}
    assert checked(unit, "in Celsius, please").value == {"unit": "celsius"}
    assert checked(record(status={"enum": ["in_progress", "wontFix"]}), "it is in progress").value == {
        "status": "in_progress"
    }
    assert checked(record(level={"type": "integer", "enum": [1, 2, 3]}), "level 2").value == {"level": 2}


def test_booleans() -> None:
    schema = record(breakfast={"type": "boolean"})
    assert checked(schema, "with breakfast").value == {"breakfast": True}
    assert checked(schema, "without breakfast").value == {"breakfast": False}
    assert checked(schema, "a room").value == {"breakfast": False}


def test_dates_follow_the_format() -> None:
    assert checked(record(day={"type": "string", "format": "date"}), "on May 3, 2027").value == {"day": "2027-05-03"}
    assert checked(record(day=STRING), "tomorrow").value == {"day": "tomorrow"}
    start = record(start={"type": "string", "format": "date-time"})
    assert checked(start, "on 3 May 2027 at 9:15 am").value == {"start": "2027-05-03T09:15:00Z"}
    assert [gap.path for gap in checked(start, "tomorrow").missing] == [("start",)]
    assert checked(start, "tomorrow at noon", today=date(2027, 5, 3)).value == {"start": "2027-05-04T12:00:00Z"}


def test_a_date_and_a_time_property_share_one_moment() -> None:
    assert checked(record(date=STRING, time=STRING), "on 12 June 2027 at 7 pm.").value == {
        "date": "12 June 2027",
        "time": "7 pm",
    }
    both = record(day={"type": "string", "format": "date"}, time={"type": "string", "description": "HH:MM"})
    assert checked(both, "at 2027-06-12T19:00").value == {"day": "2027-06-12", "time": "19:00"}


def test_german_dates_times_and_names() -> None:
    schema = record(datum={"type": "string", "description": "JJJJ-MM-TT"}, uhrzeit=STRING, personen=INTEGER)
    assert checked(schema, "am 3. Februar 2027 um 8:30 Uhr für vier Personen").value == {
        "datum": "2027-02-03",
        "uhrzeit": "8:30 Uhr",
        "personen": 4,
    }
    assert checked(record(betrag={"type": "number"}), "12,50 Euro").value == {"betrag": 12.5}
    assert checked(record(von=STRING, bis=STRING, stadt=STRING), "Hotel in Ulm").value["stadt"] == "Ulm"
    assert parse_date("morgen", date(2027, 5, 3)) == "2027-05-04"
    assert parse_date("nächsten Freitag", date(2027, 5, 3)) == "2027-05-07"


def test_ordinals_are_numbers_beside_their_name() -> None:
    for text in ("on the 3rd floor", "the third floor, please", "floor 3"):
        assert checked(record(floor=INTEGER), text).value == {"floor": 3}
    assert [gap.path for gap in checked(record(guests=INTEGER), "on the 3rd floor").missing] == [("guests",)]
    assert checked(record(floor=INTEGER), "the 2nd floor").value == {"floor": 2}


def test_units_by_any_of_their_names() -> None:
    schema = record(grams={"type": "number"}, minutes=INTEGER)
    assert checked(schema, "bake 250 g for 40 min").value == {"grams": 250, "minutes": 40}


def test_quoted_values_form_lists() -> None:
    filled = checked(record(title=STRING), "Is 'Dawn' or 'Dusk' there?")
    assert filled.lists == {("title",): ["Dawn", "Dusk"]}


def test_no_value_of_another_role() -> None:
    schema = record(member_id=STRING, title=STRING)
    filled = checked(schema, "Lend me 'The Long Night'")
    assert filled.value["title"] == "The Long Night"
    assert [gap.path for gap in filled.missing] == [("member_id",)]
    assert checked(record(member_id=STRING), "member id 'north'").value == {"member_id": "north"}
    people = record(student=STRING, teacher=STRING)
    filled = checked(people, "a lesson with Ida Holm")
    assert filled.value["teacher"] == "Ida Holm"
    assert [gap.path for gap in filled.missing] == [("student",)]


def test_function_words_are_no_values() -> None:
    for text in ("um", "the", "ein", "und dann"):
        for name in ("title", "query", "thing"):
            assert checked(record(**{name: STRING}), text).missing


def test_only_sure_values() -> None:
    assert checked(record(city=STRING), "Fidelio", sure=True).value == {"city": "Fidelio"}
    assert checked(record(city=STRING), "Who composed Fidelio?", sure=True).missing
    assert checked(record(city=STRING), "I am in Rome", sure=True).value == {"city": "Rome"}


def test_lists_and_nested_objects() -> None:
    names = record(attendees={"type": "array", "items": STRING})
    assert checked(names, "with Ida, Jon and Kim").value == {"attendees": ["Ida", "Jon", "Kim"]}
    items = record(items={"type": "array", "items": record(name=STRING, quantity=INTEGER)})
    assert checked(items, "3 lamps and two chairs").value == {
        "items": [{"name": "lamps", "quantity": 3}, {"name": "chairs", "quantity": 2}]
    }
    person = record(person=record(first_name=STRING, last_name=STRING, email={"type": "string", "format": "email"}))
    assert checked(person, "Ida Holm, ida@holm.dk").value == {
        "person": {"first_name": "Ida", "last_name": "Holm", "email": "ida@holm.dk"}
    }


def test_references_branches_and_null() -> None:
    schema = {
        "$defs": {"Place": record(city=STRING)},
        "type": "object",
        "properties": {
            "where": {"$ref": "#/$defs/Place"},
            "when": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
            "note": {"type": ["string", "null"]},
        },
        "required": ["where", "when", "note"],
    }
    assert checked(schema, "in Porto").value == {"where": {"city": "Porto"}, "when": None, "note": None}
    pet = {"oneOf": [record(kind={"const": "cat"}, lives=INTEGER), record(kind={"const": "dog"}, tricks=INTEGER)]}
    assert checked(pet, "a dog with 4 tricks").value == {"kind": "dog", "tricks": 4}


def test_what_is_missing_is_said() -> None:
    schema = record(["city", "nights"], city=STRING, nights=INTEGER, rooms={**INTEGER, "default": 1}, phone=STRING)
    filled = checked(schema, "a hotel in Turin")
    assert [gap.path for gap in filled.missing] == [("nights",)]
    assert filled.found == [("city",)]
    assert filled.value == {"city": "Turin", "nights": 0, "rooms": 1}
    assert checked(schema, "5 nights", background=["I am in Turin"]).value["city"] == "Turin"


def test_free_text() -> None:
    schema = record(to=STRING, message=STRING)
    assert checked(schema, 'Tell Ida "See you"').value == {"to": "Ida", "message": "See you"}
    assert checked(schema, "Write to Ida saying that I am late.").value == {"to": "Ida", "message": "I am late"}
    assert checked(record(query=STRING), "Please search for cheap bikes in Delft").value == {
        "query": "cheap bikes in Delft"
    }


@pytest.mark.parametrize(
    "pattern", [r"^[A-Z]{3}-\d{4}$", r"^\d{2}:\d{2}$", r"(foo|bar)+", r"^[^a-z]+\.x?$", r"^\+?\d{3,}$", r"^(?:a|b)\w*$"]
)
def test_patterns_are_met(pattern: str) -> None:
    schema = {"type": "string", "pattern": pattern}
    jsonschema.validate(build(schema), schema)


def test_recursive_schemas_end() -> None:
    tree = {"$defs": {"Node": record(name=STRING, children={"type": "array", "items": {"$ref": "#/$defs/Node"}})}}
    schema = {**tree, "$ref": "#/$defs/Node"}
    assert checked(schema, "Root").value["children"] == []
    linked = {
        "$defs": {"N": record(value=INTEGER, next={"anyOf": [{"$ref": "#/$defs/N"}, {"type": "null"}]})},
        "$ref": "#/$defs/N",
    }
    checked(linked, "1 2 3")


def recursive(children: int) -> dict[str, Any]:
    """A record `a` with an operation and optional children, each a record of the same kind or a string."""
    child = {"anyOf": [{"$ref": "#/$defs/n"}, STRING]}
    node = record(["op"], op=STRING, **{f"c{number}": child for number in range(children)})
    return {**record(a={"$ref": "#/$defs/n"}), "$defs": {"n": node}}


def chain(levels: int) -> dict[str, Any]:
    """Records in records, three required ones in each."""
    references = [{"$ref": f"#/$defs/d{level}"} for level in range(1, levels + 1)]
    parts = {f"d{level}": record(a=after, b=after, c=after) for level, after in enumerate(references)}
    return {**record(x={"$ref": "#/$defs/d0"}), "$defs": {**parts, f"d{levels}": STRING}}


def nested(levels: int, least: int, inner: dict[str, Any] = STRING, **options: Any) -> dict[str, Any]:
    for _ in range(levels):
        inner = {"type": "array", "items": inner, "minItems": least, **options}
    return record(x=inner)


def defined(schema: dict[str, Any]) -> dict[str, Any]:
    return {**record(x={"$ref": "#/$defs/n"}), "$defs": {"n": schema}}


SELF = {"$ref": "#/$defs/n"}
LONG = "".join(
    f"word{number} the weather in Berlin and Rome is {number} euros on May {number % 28 + 1}. " for number in range(900)
)


@pytest.mark.parametrize("text", ["Find all books by Anna", LONG], ids=["short", "long"])
@pytest.mark.parametrize(
    ("schema", "has_small_value"),
    [
        (recursive(2), True),
        (recursive(4), True),
        (recursive(8), True),
        (chain(4), True),
        (chain(30), False),
        (nested(30, 3), False),
        (nested(1, 1000), True),
        (nested(1, 1000, uniqueItems=True), True),
        (nested(1, 400, {"enum": [f"v{number}" for number in range(400)]}, uniqueItems=True), True),
        (nested(1, 1000, record(a=STRING, b=INTEGER)), True),
        (nested(2, 1000), False),
        (defined({"allOf": [SELF, SELF]}), False),
        (defined({"anyOf": [SELF] * 20}), False),
        (defined({"anyOf": [SELF] * 20 + [STRING]}), False),
        (record(**{f"place_{number}": STRING for number in range(400)}), True),
        (record(location=STRING, date=STRING), True),
    ],
)
def test_no_fill_hangs(schema: dict[str, Any], has_small_value: bool, text: str) -> None:
    if has_small_value:
        jsonschema.validate(fill(schema, text, background=[text, LONG]).value, schema)
    else:
        with pytest.raises(NoInstance):
            fill(schema, text, background=[text, LONG])


def test_of_facts_only_names_are_taken() -> None:
    schema = record(city=STRING)
    assert checked(schema, "How warm is it?", facts=["The default city is Kiel."]).value == {"city": "Kiel"}
    assert [gap.path for gap in checked(schema, "How warm is it?", facts=["It is in values."]).missing] == [("city",)]


def random_schema(source: random.Random, depth: int = 0) -> dict[str, Any]:
    kind = source.choice(
        ["string", "integer", "number", "boolean", "enum", "format", "array", "object", "union", "null"][
            : 10 if depth < 3 else 6
        ]
    )
    if kind == "string":
        low = source.randint(0, 12)
        return source.choice([{"type": "string"}, {"type": "string", "minLength": low, "maxLength": low + 5}])
    if kind in {"integer", "number"}:
        low = source.randint(-50, 50)
        limits = [{}, {"minimum": low}, {"maximum": low}, {"exclusiveMinimum": low}, {"exclusiveMaximum": low}]
        limits += [{"minimum": low, "maximum": low + 9}, {"multipleOf": source.randint(2, 7)}]
        return {"type": kind, **source.choice(limits)}
    if kind == "boolean":
        return {"type": source.choice(["boolean", ["boolean", "null"]])}
    if kind == "enum":
        return source.choice(
            [{"type": "string", "enum": ["red", "on", "A", "two words"]}, {"enum": [1, 2.5, None, "x", True]}]
        )
    if kind == "format":
        return {
            "type": "string",
            "format": source.choice(["date", "time", "date-time", "email", "uri", "uuid", "ipv4"]),
        }
    if kind == "array":
        low = source.randint(0, 3)
        return {"type": "array", "items": random_schema(source, depth + 1), "minItems": low, "maxItems": low + 2}
    if kind == "union":
        return {"anyOf": [random_schema(source, depth + 1) for _ in range(source.randint(1, 3))]}
    if kind == "null":
        return {"type": "null"}
    words = "name city from to date price items query count priority color active note startTime user_id email".split()
    properties = {word: random_schema(source, depth + 1) for word in source.sample(words, source.randint(0, 5))}
    return record([word for word in properties if source.random() < 0.6], **properties)


@pytest.mark.parametrize("seed", range(120))
def test_any_schema_gets_a_valid_value(seed: int) -> None:
    source = random.Random(seed)
    schema = random_schema(source)
    for text in TEXTS:
        filled = checked(schema, text)
        assert filled == fill(schema, text)


def test_huge_texts_do_not_hang() -> None:
    schema = record(["query"], query=STRING, city=STRING, count=INTEGER, tags={"type": "array", "items": STRING})
    for piece in ("a", "1,", "'a "):
        checked(schema, piece * (4_000_000 // len(piece)))
    checked(record(location=STRING, date=STRING), LONG)


def test_a_value_goes_to_the_name_beside_it_before_what_the_schema_is_about():
    text, whole = {"type": "string"}, {"type": "integer"}
    properties = {"locker_id": text, "shelf": whole, "hours": whole}
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    filled = fill(schema, "Start the rental on shelf 4", subject="start rental locker")
    assert filled.value["shelf"] == 4
    assert [gap.path for gap in filled.missing] == [("locker_id",), ("hours",)]


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def composed(schema: Any, text: str, prose: str = "", **options: Any) -> Any:
    value = compose(schema, text, prose=prose, **options)
    jsonschema.validate(value, schema)
    return value


def test_composing_extracts_from_the_document_not_from_the_instruction() -> None:
    schema = record(name=STRING, date=STRING, participants={"type": "array", "items": STRING})
    text = "Extract the event information. Ida and Jon are going to a pottery class on Tuesday."
    assert composed(schema, text) == {"name": "pottery class", "date": "Tuesday", "participants": ["Ida", "Jon"]}
    person = record(name=STRING, age=INTEGER, email=nullable(STRING), phone=nullable(STRING))
    assert composed(person, "Extract the person: Kim Lund is 41 years old, kim@lund.dk.") == {
        "name": "Kim Lund",
        "age": 41,
        "email": "kim@lund.dk",
        "phone": None,
    }
    people = record(people={"type": "array", "items": record(name=STRING, age=INTEGER)})
    assert composed(people, "Ida is 30 and Jon is 41.")["people"] == [
        {"name": "Ida", "age": 30},
        {"name": "Jon", "age": 41},
    ]


def test_composing_judges_by_words() -> None:
    mood = record(sentiment={"enum": ["positive", "negative", "neutral"]})
    assert composed(mood, "The soup was delicious and the waiter friendly.") == {"sentiment": "positive"}
    assert composed(mood, "The soup was not good, a waste of money.") == {"sentiment": "negative"}
    assert composed(mood, "The soup has five ingredients.") == {"sentiment": "neutral"}
    ticket = record(category={"enum": ["billing", "technical", "other"]}, urgent={"type": "boolean"})
    assert composed(ticket, "I was charged twice on my invoice, refund me immediately!") == {
        "category": "billing",
        "urgent": True,
    }
    explained = record(level={"enum": ["a", "b"], "description": "a: a delay of trains; b: a strike of pilots"})
    assert composed(explained, "The pilots go on strike.") == {"level": "b"}
    stars = record(rating={"type": "integer", "minimum": 1, "maximum": 10})
    assert composed(stars, "Awful, slow and broken.") == {"rating": 1}
    assert composed(stars, "Great, I love it.") == {"rating": 10}


def test_composing_places_the_answer() -> None:
    prose = "Dew is water. It forms at night. It dries in the sun."
    assert composed(record(answer=STRING), "What is dew?", prose) == {"answer": prose}
    assert composed(STRING, "What is dew?", prose) == prose
    assert composed(record(setup=STRING, punchline=STRING), "Tell me a joke", "Why? Because.") == {
        "setup": "Why?",
        "punchline": "Because.",
    }
    steps = {"type": "array", "items": record(explanation=STRING, output=STRING)}
    solved = composed(record(steps=steps, final_answer=STRING), "Solve 2x = 6", "Divide by 2: x = 3. So x = 3.")
    assert solved["steps"][0] == {"explanation": "Divide by 2: x = 3.", "output": "3"}
    assert solved["final_answer"] == "3"
    assert composed(record(reasons={"type": "array", "items": STRING}), "Why is there dew?", prose)["reasons"] == [
        "Dew is water.",
        "It forms at night.",
        "It dries in the sun.",
    ]
    capital = composed(
        record(capital=STRING, country=STRING), "What is the capital of Peru?", "Lima is the capital of Peru."
    )
    assert capital == {"capital": "Lima", "country": "Peru"}
    assert composed(record(answer={"type": "boolean"}), "Is dew water?", "Yes, it is.") == {"answer": True}


@pytest.mark.parametrize(
    ("prompt", "types"),
    [
        ('Answer like {"name": "Ida", "age": 3, "tags": ["x"]}', {"name": "string", "age": "integer", "tags": "array"}),
        ('JSON: {"title": string, "price": number}', {"title": "string", "price": "number"}),
        ("as JSON with the keys `setup` and `punchline`", {"setup": "string", "punchline": "string"}),
        ("Reply in JSON. Fields: name, age and city", {"name": "string", "age": "integer", "city": "string"}),
        ("JSON with keys done (boolean), steps (list of strings)", {"done": "boolean", "steps": "array"}),
        ("Return JSON with these keys:\n- color: string\n- count: integer\n", {"color": "string", "count": "integer"}),
        ("Answer in JSON.", {"answer": "string"}),
    ],
)
def test_keys_of_a_prompt(prompt: str, types: dict[str, str]) -> None:
    schema = read_keys(prompt)
    assert {name: part["type"] for name, part in schema["properties"].items()} == types
    assert schema["required"] == list(types)


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (
            record(a={"allOf": [{"type": "integer", "minimum": 5}, {"maximum": 3}]}),
            "minimum 5 is above maximum 3 at #/properties/a",
        ),
        (record(a={"type": "string", "allOf": [{"type": "integer"}]}), "type string and integer exclude each other"),
        (record(a=False), "not allowed"),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 3, "uniqueItems": True}, "fewer than 3"),
        ({"type": "string", "pattern": "^aaa$", "maxLength": 2}, "no text of 0 to 2"),
        ({"$ref": "#"}, "refers to itself"),
    ],
)
def test_what_has_no_value_is_said(schema: Any, reason: str) -> None:
    with pytest.raises(NoInstance, match=re.escape(reason)):
        build(schema)


def test_a_value_that_breaks_a_rule_is_dropped_and_missing() -> None:
    schema = record(name={"type": "string", "not": {"const": "Ida"}})
    filled = checked(schema, "My name is Ida")
    assert filled.value["name"] != "Ida"
    assert [gap.path for gap in filled.missing] == [("name",)]


def test_patterns_never_hang() -> None:
    assert not patterns.compile_pattern("(a+)+$").occurs_in("a" * 400 + "!")
    assert not patterns.compile_pattern("(.*)(.*)(.*)x$").occurs_in("y" * 400)
    assert next(patterns.examples([r"^(?=.*[A-Z])(?=.*\d).{8,}$"], [], 0, 50))


def test_several_patterns_and_lengths_at_once() -> None:
    schema = {"allOf": [{"pattern": "^[a-z]+$"}, {"pattern": "b$"}, {"not": {"pattern": "a"}}], "minLength": 4}
    value = build({"type": "string", **schema})
    assert re.fullmatch("[b-z]{3,}b", value)
    assert build({"type": "string", "format": "date", "pattern": "^2031-"}).startswith("2031-")


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({"type": "object", "properties": {"a": {"type": "text"}}}, "schema.properties.a.type has to be one of"),
        ({"$ref": "#/$defs/a"}, "leads nowhere"),
        ({"$ref": "https://example.com/a"}, "leads nowhere"),
        ({"pattern": "(a"}, "closing bracket"),
        ({"minimum": 5, "maximum": 3}, "leave no value"),
        ({"items": 5}, "schema.items has to be an object or a boolean"),
        ({"properties": {str(number): {} for number in range(3000)}}, "too large"),
    ],
)
def test_malformed_schemas_are_refused(schema: Any, problem: str) -> None:
    with pytest.raises(ApiError, match=re.escape(problem)) as refused:
        check_schema(schema, "response_format 'x'", "response_format", "invalid_json_schema")
    assert (refused.value.status, refused.value.parameter) == (400, "response_format")


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        (STRING, "the root has to be of type 'object'"),
        ({**record(), "anyOf": [record()]}, "without anyOf"),
        ({"type": "object", "properties": {}, "required": []}, "'additionalProperties' is required"),
        (record([], a=STRING), "Missing: a"),
        (record(a={"type": "object", "properties": {}}), "schema.properties.a: in strict mode"),
        (record(a={"oneOf": [STRING]}), "'oneOf' is not permitted"),
        (nested(11, 0), "12 levels of nesting exceed the limit of 10"),
    ],
)
def test_strict_mode_says_what_to_change(schema: Any, problem: str) -> None:
    with pytest.raises(ApiError, match=re.escape(problem)):
        check_strict(schema, "response_format 'x'", "response_format", "invalid_json_schema")


def test_good_schemas_pass() -> None:
    tree = {
        "$defs": {"Node": record(name=STRING, next=nullable({"$ref": "#/$defs/Node"}))},
        **record(a=nullable(STRING)),
    }
    for check in (check_schema, check_strict):
        check(tree, "response_format 'x'", "response_format", "invalid_json_schema")
