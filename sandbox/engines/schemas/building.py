"""Build a value that is valid under a schema, around what is known of it.

The rule:
1. The schemas that hold for a value are gathered: `$ref` and `allOf` add theirs; of `anyOf` and `oneOf` one branch is
   taken after the other, first the one that suits what is known, or else null, or else the first.
2. From all of them together candidates are made: what is known, then `default`, the values of an `enum`, null, and
   then the plainest value of each type (see `scalars`). Objects get what is required and what is known, arrays the
   known items and as many others as they need; their parts are made in the same way.
3. Each candidate is checked (see `checking`), and the first valid one is taken. So a known value that breaks a rule is
   dropped. Where a candidate breaks a `not`, an `if` or a dependency, the schemas that mend this are added (see
   `negating`) and the search starts again from there.

The work is bounded: three rounds, with more patience for unlucky candidates in each. If none finds a value, the
`NoInstance` that is raised says what was in the way.
"""

import copy
import itertools
from collections.abc import Iterator
from typing import Any

from sandbox.engines.schemas import patterns
from sandbox.engines.schemas.checking import (
    Checker,
    TooMuchWork,
    Violation,
    find_violation,
    identity,
    json_type,
    names_a_pattern_of,
    split_items,
)
from sandbox.engines.schemas.negating import TYPES, opposites
from sandbox.engines.schemas.reading import NOTHING
from sandbox.engines.schemas.resolving import branches, find_target
from sandbox.engines.schemas.scalars import Conflict, limits, numbers, texts

Schema = dict[str, Any]
# How many unlucky candidates of a kind, schemas mended for one value, parts, and conditions each round may try.
_ROUNDS = ((4, 1, 3000, 30_000), (8, 2, 4000, 30_000), (80, 5, 12_000, 90_000))
_COST_OF_SEARCH = 2000
_DEEPEST = 40
_DEEP = 6
_MOST_EXTRA = 12
_IMPLIED = {
    "object": ("properties", "required", "patternProperties", "additionalProperties", "minProperties"),
    "array": ("items", "prefixItems", "minItems", "contains", "uniqueItems"),
    "string": ("pattern", "format", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"),
}


class NoInstance(ValueError):  # noqa: N818 (a name that others rely on)
    """No value was found that a schema allows; the message says what was in the way, and where."""


def build(schema: Any, known: Any = NOTHING) -> Any:
    """Return a value that is valid under a schema.

    Args:
        schema: a JSON schema.
        known: what is known of the value. Objects in it may lack properties.

    Raises:
        NoInstance: if no value is found.
    """
    if known is not NOTHING and find_violation(schema, known) is None:
        return known
    builder = _Builder(schema)
    for limits_of_round in _ROUNDS:
        found = builder.find(schema, known, *limits_of_round)
        if found is not NOTHING:
            return found
    raise NoInstance(builder.reason())


class _Builder:
    def __init__(self, root: Any) -> None:
        self.root = root
        self.patience = self.most_mended = self.parts = 0
        self.checker = Checker(root)
        self.conflict = self.violation = self.limit = ""

    def find(self, schema: Any, known: Any, patience: int, mended: int, parts: int, conditions: int) -> Any:
        """Search one round; NOTHING if that finds no value."""
        self.patience, self.most_mended, self.parts = patience, mended, parts
        self.checker = Checker(self.root, conditions)
        try:
            return next(self.values([schema], known, "#", 0), NOTHING)
        except (TooMuchWork, RecursionError) as error:
            self.limit = str(error) if isinstance(error, TooMuchWork) else "the schema is nested too deep"
            return NOTHING

    def reason(self) -> str:
        return self.conflict or self.violation or self.limit or "nothing that was tried is valid"

    def spend(self, parts: int) -> None:
        self.parts -= parts
        if self.parts < 0:
            raise TooMuchWork("a value would need more parts than the sandbox makes, or there are too many to try")

    def blame(self, problem: str, place: str) -> None:
        self.conflict = self.conflict or f"{problem} at {place}"

    def values(
        self, schemas: list[Any], known: Any, place: str, depth: int, mended: tuple[int, ...] = ()
    ) -> Iterator[Any]:
        """Yield values that are valid under all the schemas."""
        self.spend(1)
        if depth > _DEEPEST:
            self.blame(f"objects and arrays would have to be nested more than {_DEEPEST} deep", place[:80] + "...")
            return
        for plain in self.combinations(schemas, known, place, depth):
            broken: Schema | None = None
            for source in self.sources(plain, known, place, depth):
                misses = 0
                for value in self.without_conflict(source, place):
                    violation = self.find_violation(schemas, value)
                    if violation is None:
                        yield value
                        continue
                    self.violation = self.violation or f"{violation} (in the value tried for {place})"
                    broken = broken or self.find_broken(plain, value, mended)
                    misses += 1
                    if misses > self.patience:
                        break
            if broken and len(mended) < self.most_mended:
                for cure in self.cures(broken, known, depth):
                    yield from self.values([*schemas, *cure], known, place, depth, (*mended, id(broken)))

    def find_violation(self, schemas: list[Any], value: Any) -> Violation | None:
        return next((found for schema in schemas if (found := self.checker.check(schema, value))), None)

    def find_broken(self, plain: list[Schema], value: Any, mended: tuple[int, ...]) -> Schema | None:
        """Return the first schema whose `not`, `if` or dependency a candidate breaks, and which is not mended yet."""
        for schema in plain:
            own = {key: schema[key] for key in _MENDABLE if key in schema}
            if own and id(schema) not in mended and not self.checker.is_valid(own, value):
                return schema
        return None

    def cures(self, schema: Schema, known: Any, depth: int) -> Iterator[list[Any]]:
        """Yield schemas to add, so that a `not`, an `if` or a dependency is met."""
        if "if" in schema:
            yield [schema["if"], schema.get("then", True)]
            yield [{"not": schema["if"]}, schema.get("else", True)]
        if "not" in schema:
            yield from ([opposite] for opposite in opposites(schema["not"], self.root))
        dependent = {**schema.get("dependencies", {}), **schema.get("dependentSchemas", {})}
        dependent = {name: part for name, part in dependent.items() if not isinstance(part, list)}
        if dependent:
            yield [{"properties": dict.fromkeys(dependent, False)}]
            yield list(dependent.values())
            yield from ([{"required": [name]}, part] for name, part in dependent.items())

    def combinations(self, schemas: list[Any], known: Any, place: str, depth: int) -> Iterator[list[Schema]]:
        """Yield the lists of plain schemas that hold together, for each way through `anyOf` and `oneOf`."""
        yield from self._combine(schemas, [], [], {}, known, place, depth)

    def _combine(
        self,
        waiting: list[Any],
        plain: list[Schema],
        choices: list[list[list[Any]]],
        seen: dict[int, Any],
        known: Any,
        place: str,
        depth: int,
    ) -> Iterator[list[Schema]]:
        self.spend(1)
        waiting, plain, choices, seen = list(waiting), list(plain), list(choices), dict(seen)
        while waiting:
            schema = waiting.pop(0)
            if schema is False:
                self.blame("the schema is false, which allows no value,", place)
                return
            if not isinstance(schema, dict) or id(schema) in seen:
                continue
            seen[id(schema)] = schema
            plain.append(schema)
            waiting += [find_target(schema[key], self.root) for key in ("$ref", "$dynamicRef") if key in schema]
            waiting += schema.get("allOf", [])
            if "anyOf" in schema:
                choices.append([[branch] for branch in schema["anyOf"]])
            if "oneOf" in schema:
                options = schema["oneOf"]
                choices.append([[one, *({"not": other} for other in options if other is not one)] for one in options])
        if not _types(plain):
            self.blame(f"type {' and '.join(str(s['type']) for s in plain if 'type' in s)} exclude each other", place)
        elif not choices:
            yield plain
        else:
            options = sorted(choices[0], key=lambda option: -self.affinity(option[0], known, depth))
            for option in options:
                yield from self._combine(option, plain, choices[1:], seen, known, place, depth)

    def affinity(self, schema: Any, known: Any, depth: int) -> float:
        """Say how well a branch suits what is known: by its type, and by the properties that it has."""
        options, nullable = branches(schema, self.root)
        if known is NOTHING:
            compound = options[0].get("type") in ("object", "array") or "properties" in options[0]
            return float(nullable and options[0] == {"const": None}) - float(depth > _DEEP and compound)
        if known is None:
            return float(nullable)
        return max(_suits(option, known) for option in options)

    def sources(self, plain: list[Schema], known: Any, place: str, depth: int) -> Iterator[Iterator[Any]]:
        """Yield where values to try come from, the best first."""
        options = next((schema["enum"] for schema in plain if "enum" in schema), None)
        options = next(([schema["const"]] for schema in plain if "const" in schema), options)
        if known is NOTHING:
            yield iter([schema["default"] for schema in plain if "default" in schema])
        if options is not None:
            yield self.choose(options, plain, known, place)
            return
        kinds = _types(plain)
        if known is NOTHING and "null" in kinds and any("type" in schema for schema in plain):
            yield iter([None])
        own = "" if known is NOTHING else json_type(known)
        for kind in sorted(kinds, key=lambda kind: kind != own):
            yield self.of_type(kind, plain, known, place, depth)

    def without_conflict(self, source: Iterator[Any], place: str) -> Iterator[Any]:
        """Yield what a source gives, until it finds a conflict."""
        try:
            yield from source
        except Conflict as conflict:
            self.blame(str(conflict), place)
            self.spend(_COST_OF_SEARCH if conflict.was_searched else 0)
        except OverflowError:
            self.blame("a number is too large for the sandbox", place)

    def choose(self, options: list[Any], plain: list[Schema], known: Any, place: str) -> Iterator[Any]:
        """Yield the options of an enum that the other keywords allow: what is known first, or else null."""
        wanted = identity(None if known is NOTHING else known)
        allowed = [option for option in options if self.find_violation([*plain], option) is None]
        if not allowed:
            self.blame(f"none of the {len(options)} values of enum or const is allowed by the other keywords", place)
        yield from sorted(allowed, key=lambda option: identity(option) != wanted)

    def of_type(self, kind: str, plain: list[Schema], known: Any, place: str, depth: int) -> Iterator[Any]:
        if kind == "object":
            yield from self.objects(plain, known if isinstance(known, dict) else {}, place, depth)
        elif kind == "array":
            yield from self.arrays(plain, known if isinstance(known, list) else [], place, depth)
        else:
            if known is not NOTHING and kind in (json_type(known), "number"):
                yield known
            if kind == "string":
                yield from texts(plain)
            elif kind in ("number", "integer"):
                yield from numbers(plain, whole=kind == "integer")
            else:
                yield from [False, True] if kind == "boolean" else [None]

    def objects(self, plain: list[Schema], known: dict[str, Any], place: str, depth: int) -> Iterator[Schema]:
        """Yield objects: with what is required and known, with other values in it, and with other properties."""
        least, most = limits(plain, "minProperties", "maxProperties", 0)
        declared = list(dict.fromkeys(name for schema in plain for name in schema.get("properties", {})))
        required = _closure(plain, [name for schema in plain for name in schema.get("required", [])])
        if most is not None and len(required) > most:
            raise Conflict(f"maxProperties {most} is less than the {len(required)} required properties")
        wanted = _closure(plain, [*required, *known])
        spare = [name for name in [*declared, *self.more_names(plain)] if name not in wanted]
        pool = _Pool(self, plain, known, place, depth)
        whole: list[str] = []
        for name in [*required, *(name for name in wanted if name not in required), *spare]:
            needed = name in required
            if len(whole) >= (max(least, len(wanted)) if most is None else min(most, max(least, len(wanted)))):
                break
            if pool.has(name):
                whole.append(name)
            elif needed:
                return
        order = {name: index for index, name in enumerate([*declared, *whole])}
        whole.sort(key=lambda name: order[name])
        yield pool.object_of(whole)
        yield from pool.variations(whole, 1)
        optional = [name for name in spare if name not in whole][:_MOST_EXTRA] if depth <= _DEEP else []
        for names in (
            [name for name in whole if name in required],
            [*whole, *optional],
            *([*whole, o] for o in optional),
        ):
            names = [name for name in _closure(plain, names) if pool.has(name)]
            yield pool.object_of(sorted(names, key=lambda name: order.get(name, len(order))))
        yield from pool.variations(whole, 2000)

    def more_names(self, plain: list[Schema]) -> Iterator[str]:
        """Yield names that no schema lists, as `patternProperties` and `propertyNames` allow them."""
        rules = [pattern for schema in plain for pattern in schema.get("patternProperties", {})]
        for rule in rules:
            try:
                yield from itertools.islice(patterns.examples([rule], [], 1, 100), _MOST_EXTRA)
            except patterns.BadPattern:
                continue
        naming = [{"type": "string"}, *(schema["propertyNames"] for schema in plain if "propertyNames" in schema)]
        if len(naming) > 1:
            yield from itertools.islice(self.values(naming, NOTHING, "#/propertyNames", 1), 4 * _MOST_EXTRA)
        most = max((int(schema.get("minProperties", 0)) for schema in plain), default=0) + 4
        yield from (f"property_{number}" for number in range(1, most + 1))

    def arrays(self, plain: list[Schema], known: list[Any], place: str, depth: int) -> Iterator[list[Any]]:
        """Yield arrays: with what is known, without it, with other items, and longer ones."""
        least, most = limits(plain, "minItems", "maxItems", 0)
        first = max((len(split_items(schema)[0]) for schema in plain), default=0)
        most = int(least) + first + _MOST_EXTRA + len(known) if most is None else int(most)
        maker = _Items(self, plain, place, depth)
        lengths = list(dict.fromkeys([int(least), *range(int(least) + 1, min(most, least + 4) + 1)]))
        leads = range(first + 2 if maker.contained else 1)
        tried: dict[Any, list[Any]] = {}
        for length, lead, items in itertools.product(lengths, leads, [known, []] if known else [[]]):
            array = maker.array(items, length, most, lead)
            if identity(array) not in tried:
                tried[identity(array)] = array
                yield array
        for array in tried.values():
            yield from maker.variations(array)


class _Pool:
    """The properties of one object: their values so far, and where others come from."""

    def __init__(self, builder: _Builder, plain: list[Schema], known: dict[str, Any], place: str, depth: int) -> None:
        self.builder, self.plain, self.known, self.place, self.depth = builder, plain, known, place, depth
        self.sources: dict[str, Iterator[Any]] = {}
        self.first: dict[str, Any] = {}

    def has(self, name: str) -> bool:
        """Whether the property can have a value."""
        if name not in self.first:
            naming = [schema["propertyNames"] for schema in self.plain if "propertyNames" in schema]
            schemas = _schemas_of(self.plain, name)
            if self.builder.find_violation(naming, name) or any(schema is False for schema in schemas):
                self.sources[name] = iter(())
                self.builder.blame(f"the property {name!r} is not allowed", self.place)
            else:
                known = self.known.get(name, NOTHING)
                place = f"{self.place}/properties/{name}"
                self.sources[name] = self.builder.values(schemas, known, place, self.depth + 1)
            self.first[name] = next(self.sources[name], NOTHING)
        return self.first[name] is not NOTHING

    def object_of(self, names: list[str]) -> Schema:
        return {name: self.first[name] for name in names}

    def variations(self, names: list[str], rounds: int) -> Iterator[Schema]:
        """Yield the object with one value replaced by the next one that its schemas allow."""
        for _ in range(rounds):
            found = False
            for name in names:
                value = next(self.sources[name], NOTHING)
                if value is not NOTHING:
                    found = True
                    yield {**self.object_of(names), name: value}
            if not found:
                return


class _Items:
    """The items of one array."""

    def __init__(self, builder: _Builder, plain: list[Schema], place: str, depth: int) -> None:
        self.builder, self.plain, self.place, self.depth = builder, plain, f"{place}/items", depth
        self.unique = any(schema.get("uniqueItems") for schema in plain)
        self.contained = [schema for schema in plain if "contains" in schema and schema.get("minContains", 1) > 0]
        limited = [schema for schema in plain if "contains" in schema and "maxContains" in schema]
        self.limited = [(schema, {"not": schema["contains"]}) for schema in limited]

    def schemas(self, index: int) -> list[Any]:
        """The schemas that hold for the item of this number."""
        parts = [split_items(schema) for schema in self.plain]
        found = [first[index] if index < len(first) else True if others is None else others for first, others in parts]
        seen = any(index < len(first) or others is not None for first, others in parts) or bool(self.contained)
        return found + [part["unevaluatedItems"] for part in self.plain if "unevaluatedItems" in part and not seen]

    def array(self, known: list[Any], length: int, most: int, lead: int) -> list[Any]:
        """Return an array of at least `length` items: known ones, `lead` others, what `contains` wants, others."""
        items = self.kept(known, most - len(self.contained))
        self.fill(items, lead, most, [])
        for schema in self.contained:
            wanted = schema.get("minContains", 1) - self.count(schema, items)
            self.fill(items, len(items) + max(int(wanted), 0), most, [schema["contains"]])
        self.pad(items, length, most)
        return items

    def variations(self, items: list[Any]) -> Iterator[list[Any]]:
        """Yield the array with another last item."""
        if items:
            *others, last = items
            source = self.builder.values(self.schemas(len(others)), NOTHING, self.place, self.depth + 1)
            yield from ([*others, item] for item in itertools.islice(source, 200) if item != last)

    def count(self, schema: Schema, items: list[Any]) -> int:
        return sum(self.builder.checker.is_valid(schema["contains"], item) for item in items)

    def pad(self, items: list[Any], length: int, most: int) -> None:
        """Add items up to a length; each is none of what `contains` has enough of."""
        while self.limited and len(items) < length:
            before = len(items)
            full = [other for schema, other in self.limited if self.count(schema, items) >= schema["maxContains"]]
            self.fill(items, before + 1, most, full)
            if len(items) == before:
                return
        self.fill(items, length, most, [])

    def kept(self, known: list[Any], most: int) -> list[Any]:
        """The known items, completed; what cannot be kept is left out."""
        items: list[Any] = []
        used = set()
        for item in known[: max(most, 0)]:
            source = self.builder.values(self.schemas(len(items)), item, self.place, self.depth + 1)
            found = next(source, NOTHING)
            same = found is not NOTHING and (isinstance(item, dict | list) or identity(found) == identity(item))
            too_many = any(self.count(one, [*items, found]) > one["maxContains"] for one, _ in self.limited)
            if same and not too_many and not (self.unique and identity(found) in used):
                items.append(found)
                used.add(identity(found))
        return items

    def fill(self, items: list[Any], length: int, most: int, more: list[Any]) -> None:
        """Add items, as long as there are fewer than `length`, that meet `more` schemas as well."""
        used = {identity(item) for item in items} if self.unique else set()
        source: Iterator[Any] | None = None
        former: Any = None
        for index in range(len(items), min(length, most)):
            schemas = [*self.schemas(index), *more]
            same = former is not None and len(former) == len(schemas) and all(map(_is, former, schemas))
            if same and not self.unique:
                self.builder.spend(self.cost)
                items.append(copy.deepcopy(items[-1]))
                continue
            before = self.builder.parts
            if source is None or not same:
                source = self.builder.values(schemas, NOTHING, self.place, self.depth + 1)
            former = schemas
            found = next((item for item in source if not self.unique or identity(item) not in used), NOTHING)
            if found is NOTHING:
                return
            self.cost = before - self.builder.parts
            used.add(identity(found) if self.unique else None)
            items.append(found)


_MENDABLE = ("not", "if", "then", "else", "dependentSchemas", "dependencies")


def _is(one: Any, other: Any) -> bool:
    return one is other


def _types(plain: list[Schema]) -> list[str]:
    """List the types that all schemas allow, in the order of the first one, or as the keywords suggest."""
    named = [
        schema["type"] if isinstance(schema["type"], list) else [schema["type"]] for schema in plain if "type" in schema
    ]
    implied = [
        kind for kind, keywords in _IMPLIED.items() if any(key in schema for schema in plain for key in keywords)
    ]
    order = [*(named[0] if named else [*implied, *TYPES])]
    order = list(dict.fromkeys(part for kind in order for part in ((kind, "integer") if kind == "number" else (kind,))))
    return [
        kind for kind in order if all(kind in kinds or (kind == "integer" and "number" in kinds) for kinds in named)
    ]


def _suits(schema: Schema, known: Any) -> float:
    kinds = schema.get("type", TYPES)
    own = json_type(known)
    points = 1.0 if own in kinds or (own == "integer" and "number" in kinds) else -5.0
    options = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if options is not None:
        points += 5.0 if known in options else -5.0
    if isinstance(known, dict):
        properties = schema.get("properties", {})
        fixed = {name: part["const"] for name, part in properties.items() if isinstance(part, dict) and "const" in part}
        points += len(properties.keys() & known.keys())
        points += sum(5.0 if known[name] == value else -10.0 for name, value in fixed.items() if name in known)
        points -= 0.1 * len([name for name in schema.get("required", []) if name not in known])
    return points


def _closure(plain: list[Schema], names: list[str]) -> list[str]:
    """The names, and those that they need by `dependentRequired`."""
    found = list(dict.fromkeys(names))
    for name in found:
        for schema in plain:
            needed = [*schema.get("dependentRequired", {}).get(name, [])]
            other = schema.get("dependencies", {}).get(name)
            needed += other if isinstance(other, list) else []
            found += [one for one in dict.fromkeys(needed) if one not in found]
    return found


def _schemas_of(plain: list[Schema], name: str) -> list[Any]:
    """The schemas that hold for a property."""
    found: list[Any] = []
    for schema in plain:
        own = [schema["properties"][name]] if name in schema.get("properties", {}) else []
        rules = schema.get("patternProperties", {})
        own += [part for pattern, part in rules.items() if names_a_pattern_of(name, pattern)]
        found += own or [schema.get("additionalProperties", True)]
    if not any(name in schema.get("properties", {}) for schema in plain):
        found += [schema["unevaluatedProperties"] for schema in plain if "unevaluatedProperties" in schema]
    return found
