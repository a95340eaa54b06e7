"""Following references and taking combinations apart, so that a schema can be read property by property.

The rule: `$ref` is replaced by what it points to, `allOf` is merged, and `anyOf` and `oneOf` give one plain schema for
each way through them. That is enough to see what a schema is about; what is valid, `checking` says.

A reference is followed inside its document only: `#`, `#/$defs/Item` (a JSON pointer, RFC 6901), `#item` (an
`$anchor`), or the `$id` of a part, absolute or relative to the document's own `$id`.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urljoin

NOWHERE = object()
_MOST_BRANCHES = 40
_MOST_STEPS = 100
_ONE = (
    "additionalItems",
    "additionalProperties",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
)
_LISTS = ("allOf", "anyOf", "items", "oneOf", "prefixItems")
_NAMED = ("$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties")


def parts(schema: Any) -> Iterator[tuple[str, Any]]:
    """Yield the schemas right inside a schema, each with its place, such as "properties/name"."""
    if not isinstance(schema, dict):
        return
    for keyword in _ONE:
        if keyword in schema and not isinstance(schema[keyword], list):
            yield keyword, schema[keyword]
    for keyword in _LISTS:
        if isinstance(schema.get(keyword), list):
            yield from ((f"{keyword}/{number}", part) for number, part in enumerate(schema[keyword]))
    for keyword in _NAMED:
        if isinstance(schema.get(keyword), dict):
            for name, part in schema[keyword].items():
                if not (keyword == "dependencies" and isinstance(part, list)):
                    yield f"{keyword}/{name}", part


def find_target(reference: Any, root: Any) -> Any:
    """Return the schema that a reference points to in its document `root`, or NOWHERE."""
    if not isinstance(reference, str):
        return NOWHERE
    address, _, fragment = reference.partition("#")
    fragment = unquote(fragment)
    if address:
        base = _id(root)
        wanted = urljoin(base, address)
        root = next((part for part in _all_parts(root) if _id(part) and urljoin(base, _id(part)) == wanted), NOWHERE)
    if not fragment or fragment.startswith("/"):
        return _at_pointer(root, fragment)
    names = ("$anchor", "$dynamicAnchor")
    anchored = (part for part in _all_parts(root) if isinstance(part, dict))
    return next(
        (
            part
            for part in anchored
            if fragment in [part.get(name) for name in names] or part.get("$id") == f"#{fragment}"
        ),
        NOWHERE,
    )


def _id(schema: Any) -> str:
    found = schema.get("$id") if isinstance(schema, dict) else None
    return found.rstrip("#") if isinstance(found, str) else ""


def _all_parts(root: Any) -> Iterator[Any]:
    waiting = [root]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += [inner for _, inner in parts(part)]


def _at_pointer(root: Any, pointer: str) -> Any:
    target = root
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(target, dict) and step in target:
            target = target[step]
        elif isinstance(target, list) and step.isdecimal() and int(step) < len(target):
            target = target[int(step)]
        else:
            return NOWHERE
    return target if isinstance(target, dict | bool) else NOWHERE


def resolve(schema: Any, root: dict[str, Any], steps: Iterator[int] | None = None) -> dict[str, Any]:
    """Follow `$ref` (inside `root`) and merge `allOf`, in at most `steps`; True and anything odd become {}."""
    steps = steps if steps is not None else iter(range(_MOST_STEPS))
    for _ in steps:
        if not isinstance(schema, dict):
            return {}
        if "$ref" in schema:
            target = find_target(schema["$ref"], root)
            siblings = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**(target if isinstance(target, dict) else {}), **siblings}
        elif "allOf" in schema:
            merged = {key: value for key, value in schema.items() if key != "allOf"}
            for part in [resolve(part, root, steps) for part in schema["allOf"]]:
                properties = {**merged.get("properties", {}), **part.get("properties", {})}
                required = [*merged.get("required", []), *part.get("required", [])]
                merged = {**part, **merged, "properties": properties, "required": required}
            return {key: value for key, value in merged.items() if value or key not in {"properties", "required"}}
        else:
            return schema
    return {}


def branches(schema: Any, root: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    """List the plain schemas that a schema allows, each with at most one type, and whether it allows null."""
    plain = _plain_branches(schema, root, 0, iter(range(_MOST_BRANCHES)))
    nullable = any(branch.get("type") == "null" or None in branch.get("enum", []) for branch in plain)
    return [branch for branch in plain if branch.get("type") != "null"] or [{"const": None}], nullable


def _plain_branches(schema: Any, root: dict[str, Any], depth: int, steps: Iterator[int]) -> list[dict[str, Any]]:
    """Take `anyOf` and `oneOf` apart, down to ten levels and into as many branches as there are `steps`."""
    schema = resolve(schema, root)
    key = next((name for name in ("anyOf", "oneOf") if schema.get(name)), None)
    if key and depth < 10:
        base = {name: value for name, value in schema.items() if name != key}
        options = [{**base, **resolve(branch, root)} for branch, _ in zip(schema[key], steps, strict=False)]
        return [plain for option in options for plain in _plain_branches(option, root, depth + 1, steps)]
    kind = schema.get("type")
    return [{**schema, "type": one} for one in kind] if isinstance(kind, list) else [schema]
