"""Properties that hold for any JSON schema and any text, tried on random ones."""

import math
from fractions import Fraction
from typing import Any

import jsonschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.engines.schemas import NoInstance, build, compose, fill, find_violation

Schema = dict[str, Any]
TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"]
NAMES = ["a", "name", "b_2", "x-y", "", "größe"]
TEXTS = ["Anna Berg, 36, lives in Oslo since 3 May 2027 and pays 12.50 EUR for 3 red lamps.", "", "name: x, a: 5"]
FORMATS = {
    "date": "2027-05-03",
    "time": "12:30:00Z",
    "date-time": "2027-05-03T12:30:00Z",
    "email": "anna@example.com",
    "uuid": "123e4567-e89b-12d3-a456-426614174000",
    "ipv4": "10.0.0.1",
    "ipv6": "::1",
    "hostname": "example.com",
    "uri": "https://example.com/a",
}

quick = settings(max_examples=60, suppress_health_check=list(HealthCheck))


def _is_multiple(_validator: Any, step: Any, value: Any, _schema: Any) -> Any:
    """`multipleOf` as the standard says it; the package divides floats, so that 0.3 would be no multiple of 0.1."""
    if isinstance(value, int | float) and not isinstance(value, bool) and Fraction(str(value)) % Fraction(str(step)):
        yield jsonschema.ValidationError(f"{value} is no multiple of {step}")


Validator = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"multipleOf": _is_multiple})
FORMAT_CHECKER = jsonschema.Draft202012Validator.FORMAT_CHECKER


def is_valid(schema: Any, value: Any) -> bool:
    return Validator(schema, format_checker=FORMAT_CHECKER).is_valid(value)


NONE = object()


def found(schema: Any) -> Any:
    try:
        return build(schema)
    except NoInstance:
        return NONE


numbers = st.one_of(
    st.integers(-20, 20), st.integers(-80, 80).map(lambda n: n / 4), st.integers(-99, 99).map(lambda n: n / 10)
)
strings = st.one_of(
    st.sampled_from(list(FORMATS.values())), st.text("ab1 -é🙂\n", max_size=8), st.sampled_from(["yes", "AB-123", "x"])
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, strings),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=8,
)


def json_type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "integer" if float(value).is_integer() else "number"
    return {type(None): "null", str: "string", list: "array", dict: "object"}[type(value)]


@st.composite
def around(draw: st.DrawFn, value: Any, depth: int = 0) -> Schema | bool:
    """A schema that a value meets."""
    if draw(st.integers(0, 15)) == 0:
        return True
    schema: Schema = {}
    if draw(st.booleans()):
        schema["type"] = draw(_types_with(json_type(value)))
    if draw(st.integers(0, 6)) == 0:
        schema["enum"] = draw(st.permutations([value, "other", 7]))
    if draw(st.integers(0, 12)) == 0:
        schema["const"] = value
    about = {"string": _around_text, "array": _around_array, "object": _around_object}
    if isinstance(value, int | float) and not isinstance(value, bool):
        schema |= draw(_around_number(value))
    elif json_type(value) in about and depth < 4:
        schema |= draw(about[json_type(value)](value, depth))
    if depth < 3 and draw(st.integers(0, 2)) == 0:
        schema |= draw(_combined(value, depth))
    return schema


@st.composite
def _types_with(draw: st.DrawFn, kind: str) -> Any:
    kind = draw(st.sampled_from([kind, "number"])) if kind == "integer" else kind
    more = draw(
        st.lists(st.sampled_from(TYPES), max_size=2, unique=True).map(lambda kinds: [k for k in kinds if k != kind])
    )
    return [kind, *more] if more else kind


@st.composite
def _around_number(draw: st.DrawFn, value: float) -> Schema:
    schema: Schema = {}
    for keyword, limit in (
        ("minimum", value - draw(st.integers(0, 3))),
        ("maximum", value + draw(st.integers(0, 3))),
        ("exclusiveMinimum", value - draw(st.sampled_from([0.5, 1, 7]))),
        ("exclusiveMaximum", value + draw(st.sampled_from([0.5, 1, 7]))),
    ):
        if draw(st.integers(0, 2)) == 0:
            schema[keyword] = limit
    if draw(st.integers(0, 2)) == 0:
        steps = [step for step in (1, 2, 3, 5, 0.5, 0.25, 0.1) if Fraction(str(value)) % Fraction(str(step)) == 0]
        schema |= {"multipleOf": draw(st.sampled_from(steps))} if steps else {}
    return schema


@st.composite
def _around_text(draw: st.DrawFn, value: str, _depth: int) -> Schema:
    schema: Schema = {}
    if draw(st.booleans()):
        schema["minLength"] = max(0, len(value) - draw(st.integers(0, 3)))
    if draw(st.booleans()):
        schema["maxLength"] = len(value) + draw(st.integers(0, 3))
    has_format = [name for name, example in FORMATS.items() if example == value]
    if has_format and draw(st.booleans()):
        schema["format"] = has_format[0]
    rules = [
        f"^.{{{len(value)}}}$",
        r"^[\w\W]*$",
        "^[^q]+$",
        r"^(?!.*qq)",
        r"^\w+$",
        r"\d",
        r"^[a-z]{1,3}|[^a-z]",
        r"[A-Z]{2}-\d{3}",
        r"(?=.*a)(?=.*b)",
        r"\bx\b",
    ]
    rules = [rule for rule in rules if is_valid({"pattern": rule}, value)]
    if rules and draw(st.booleans()):
        schema["pattern"] = draw(st.sampled_from(rules))
    return schema


@st.composite
def _around_array(draw: st.DrawFn, value: list[Any], depth: int) -> Schema:
    schema: Schema = {}
    size = len(value)
    if draw(st.booleans()):
        schema["minItems"] = max(0, size - draw(st.integers(0, 2)))
    if draw(st.booleans()):
        schema["maxItems"] = size + draw(st.integers(0, 2))
    if draw(st.booleans()) and is_valid({"uniqueItems": True}, value):
        schema["uniqueItems"] = True
    first = draw(st.integers(0, size)) if draw(st.booleans()) else 0
    if first:
        schema["prefixItems"] = [draw(around(item, depth + 1)) for item in value[:first]]
    rest = value[first:]
    if draw(st.booleans()):
        schema["items"] = (
            {"anyOf": [draw(around(item, depth + 1)) for item in rest]} if rest else draw(any_schemas(depth + 2))
        )
    elif not rest and draw(st.booleans()):
        schema["items" if draw(st.booleans()) else "unevaluatedItems"] = False
    if value and draw(st.integers(0, 2)) == 0:
        schema["contains"] = draw(around(draw(st.sampled_from(value)), depth + 1))
        count = sum(is_valid(schema["contains"], item) for item in value)
        if draw(st.booleans()):
            schema["minContains"] = draw(st.integers(0, count))
        if draw(st.booleans()):
            schema["maxContains"] = count
    return schema


@st.composite
def _around_object(draw: st.DrawFn, value: Schema, depth: int) -> Schema:
    schema: Schema = {}
    names = list(value)
    listed = [name for name in names if draw(st.booleans())]
    if listed or draw(st.booleans()):
        schema["properties"] = {name: draw(around(value[name], depth + 1)) for name in listed}
        if draw(st.booleans()):
            schema["properties"]["spare"] = draw(any_schemas(depth + 2))
    if draw(st.booleans()):
        schema["required"] = [name for name in names if draw(st.booleans())]
    rest = [name for name in names if name not in listed]
    if rest and draw(st.booleans()):
        schema["additionalProperties"] = {"anyOf": [draw(around(value[name], depth + 1)) for name in rest]}
    elif not rest and draw(st.booleans()):
        keyword = draw(st.sampled_from(["additionalProperties", "unevaluatedProperties"]))
        schema[keyword] = False
    if draw(st.integers(0, 3)) == 0 and names:
        name = draw(st.sampled_from(names))
        schema["patternProperties"] = {f"^{name}$": draw(around(value[name], depth + 1))}
    if draw(st.integers(0, 3)) == 0:
        schema["propertyNames"] = draw(
            st.sampled_from([{"maxLength": 5}, {"enum": [*NAMES, "spare"]}, {"pattern": "^[^!]*$"}])
        )
    if draw(st.integers(0, 3)) == 0:
        schema["minProperties"] = draw(st.integers(0, len(names)))
    if draw(st.integers(0, 3)) == 0:
        schema["maxProperties"] = len(names) + draw(st.integers(0, 2))
    if names and draw(st.integers(0, 3)) == 0:
        schema["dependentRequired"] = {
            draw(st.sampled_from([*names, "spare"])): draw(st.lists(st.sampled_from(names), unique=True))
        }
    if names and draw(st.integers(0, 3)) == 0:
        schema["dependentSchemas"] = {draw(st.sampled_from(names)): draw(around(value, depth + 2))}
    return schema


@st.composite
def _combined(draw: st.DrawFn, value: Any, depth: int) -> Schema:
    keyword = draw(st.sampled_from(["allOf", "anyOf", "oneOf", "not", "if"]))
    other = draw(any_schemas(depth + 1))
    if keyword == "allOf":
        return {"allOf": [draw(around(value, depth + 1)) for _ in range(draw(st.integers(1, 3)))]}
    if keyword == "anyOf":
        return {"anyOf": draw(st.permutations([draw(around(value, depth + 1)), other]))}
    if keyword == "oneOf":
        return (
            {"oneOf": draw(st.permutations([draw(around(value, depth + 1)), other]))}
            if not is_valid(other, value)
            else {}
        )
    if keyword == "not":
        return {"not": other} if not is_valid(other, value) else {}
    branch, free = ("then", "else") if is_valid(other, value) else ("else", "then")
    return {"if": other, branch: draw(around(value, depth + 1)), free: draw(any_schemas(depth + 1))}


def any_schemas(depth: int = 0) -> st.SearchStrategy[Any]:
    """Schemas of any kind, which no value may meet."""
    return _any_schema(depth)


@st.composite
def _any_schema(draw: st.DrawFn, depth: int) -> Any:
    if draw(st.integers(0, 12)) == 0:
        return draw(st.booleans())
    small = st.integers(0, 3)
    some_names = st.lists(st.sampled_from(NAMES), max_size=2, unique=True)
    some_types = st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True)
    inner = st.deferred(lambda: _any_schema(depth + 1))
    simple: dict[str, st.SearchStrategy[Any]] = {
        "type": st.one_of(st.sampled_from(TYPES), some_types),
        "enum": st.lists(st.one_of(numbers, strings, st.booleans(), st.none()), min_size=1, max_size=3),
        "const": values,
        "minimum": numbers,
        "maximum": numbers,
        "exclusiveMinimum": numbers,
        "exclusiveMaximum": numbers,
        "multipleOf": st.sampled_from([1, 2, 3, 0.5, 0.1]),
        "minLength": small,
        "maxLength": st.integers(0, 30),
        "pattern": st.sampled_from(["a", "^b", r"\d$", "^[a-z]*$", r"^\w{3,5}$", "^$", "(?=.*[A-Z])", "x|y"]),
        "format": st.sampled_from(list(FORMATS)),
        "minItems": small,
        "maxItems": small,
        "uniqueItems": st.booleans(),
        "minProperties": small,
        "maxProperties": small,
        "required": some_names,
        "dependentRequired": st.dictionaries(st.sampled_from(NAMES), some_names, max_size=2),
    }
    nested: dict[str, st.SearchStrategy[Any]] = {
        "items": inner,
        "prefixItems": st.lists(inner, min_size=1, max_size=2),
        "contains": inner,
        "properties": st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
        "patternProperties": st.dictionaries(st.sampled_from(["^a", "x", "."]), inner, max_size=1),
        "additionalProperties": inner,
        "propertyNames": inner,
        "unevaluatedProperties": inner,
        "unevaluatedItems": inner,
        "allOf": st.lists(inner, min_size=1, max_size=2),
        "anyOf": st.lists(inner, min_size=1, max_size=3),
        "oneOf": st.lists(inner, min_size=1, max_size=2),
        "not": inner,
        "dependentSchemas": st.dictionaries(st.sampled_from(NAMES), inner, max_size=1),
    }
    keywords = draw(st.lists(st.sampled_from([*simple, *(nested if depth < 3 else ())]), max_size=4, unique=True))
    schema = {keyword: draw({**simple, **nested}[keyword]) for keyword in keywords}
    if depth < 2 and draw(st.integers(0, 5)) == 0:
        schema |= {"if": draw(inner), "then": draw(inner), "else": draw(inner)}
    return schema


@st.composite
def satisfiable(draw: st.DrawFn) -> Schema:
    """A schema with a value that it allows, parts of it behind references."""
    value = draw(values)
    schema = draw(around(value))
    schema = {"allOf": [schema]} if isinstance(schema, bool) else schema
    assert is_valid(schema, value)
    if draw(st.booleans()):
        parts = {"One": {**schema}, "the~other/one": draw(around(value, 2))}
        reference = draw(st.sampled_from(["#/$defs/One", "#/$defs/the~0other~1one", "#one"]))
        parts["One"]["$anchor"] = "one"
        return {"$defs": parts, "$ref": reference}
    return schema


@quick
@given(satisfiable())
def test_a_schema_with_a_value_gets_a_value(schema: Schema) -> None:
    assert is_valid(schema, build(schema))


@quick
@given(any_schemas())
def test_any_schema_gets_a_value_unless_nothing_simple_is_valid(schema: Any) -> None:
    value = found(schema)
    assert value is NONE or is_valid(schema, value)
    simple = [None, True, 0, 1, "", "a", [], {}]
    assert value is not NONE or not any(is_valid(schema, one) for one in simple)


@quick
@given(satisfiable(), st.one_of(st.sampled_from(TEXTS), st.text(max_size=60)), st.text(max_size=30))
def test_filled_and_composed_values_are_valid(schema: Schema, text: str, prose: str) -> None:
    assert is_valid(schema, fill(schema, text, background=["It is 5 o'clock in Rome."]).value)
    assert is_valid(schema, compose(schema, text, background=["In Rome."], prose=prose))


@quick
@given(any_schemas(), values)
def test_the_validator_agrees_with_jsonschema(schema: Any, value: Any) -> None:
    assert (find_violation(schema, value) is None) == is_valid(schema, value)


@quick
@given(satisfiable(), values)
def test_the_validator_agrees_on_schemas_with_values(schema: Any, value: Any) -> None:
    assert (find_violation(schema, value) is None) == is_valid(schema, value)


def test_numbers_are_exact() -> None:
    assert find_violation({"multipleOf": 0.1}, 0.3) is None
    assert find_violation({"multipleOf": 0.01}, 19.99) is None
    assert find_violation({"multipleOf": 0.1}, 0.35)
    assert find_violation({"const": 1}, 1.0) is None
    assert find_violation({"const": 1}, True)
    assert find_violation({"type": "integer"}, 1.0) is None
    assert find_violation({"type": "number"}, True)
    assert find_violation({"maximum": 5}, math.inf)
