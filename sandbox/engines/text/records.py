"""Tables in a text (Markdown, CSV, JSON), and questions that their rows and columns answer.

A column is asked for if the question says its name ("price" counts as "cost"), a row if the question says one of its
cells. The first column with text in it names a row. "Which ... is the cheapest?" takes the row with the least number in
the column that the word measures ("cheap" measures a price) or that is asked for; "out of stock" and "no ..." mean 0;
"How many plans ...?" counts rows, "sum" and "average" calculate, and a row is shown as "Plan: Team; Price: 29 EUR".
"""

import csv
import json
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from sandbox.engines.text.arithmetic import number_text
from sandbox.engines.text.facts import vocabulary
from sandbox.engines.text.passages import expected, measures, term, terms
from sandbox.engines.text.quantities import direction, read_number
from sandbox.engines.words import words

_MOST_ROWS, _MOST_COLUMNS, _MOST_DEPTH, _MOST_SHOWN = 10_000, 40, 20, 10
_SEPARATORS = (",", ";", "\t")
_LIST = re.compile(r"\b(?:list|name|show|give me|which|what are|what|nenne|welche)\b", re.IGNORECASE)
_SUM = re.compile(r"\b(?:sum|total|altogether|together|combined|summe|insgesamt)\b", re.IGNORECASE)
_AVERAGE = re.compile(r"\b(?:average|mean|durchschnitt\w*)\b", re.IGNORECASE)
_NONE = re.compile(r"\b(?:out of|no|without|kein\w*) (\w+)", re.IGNORECASE)
_TOTAL = re.compile(r"\b(\d+|two|three|four|five|six|seven|eight|nine|ten|twelve) (\w+)", re.IGNORECASE)
_COUNTED = frozenset(terms("quantity number count amount stock pieces anzahl menge"))
_MEASURING = frozenset(vocabulary("most") + vocabulary("least"))
_PLAIN = frozenset(terms("sum total average all row column table entry entries value list many"))


@dataclass(frozen=True)
class Table:
    """Rows of cells under columns; `name` is what a row is called, "" where that is not said."""

    columns: list[str]
    rows: list[list[str]]
    name: str = ""

    @cached_property
    def column_terms(self) -> list[set[str]]:
        return [set(terms(name.replace("_", " "))) for name in self.columns]

    @cached_property
    def cell_terms(self) -> list[list[set[str]]]:
        return [[set(terms(cell)) for cell in row] for row in self.rows]

    @cached_property
    def every_term(self) -> set[str]:
        return set().union(*self.column_terms, *(own for row in self.cell_terms for own in row))

    @cached_property
    def key(self) -> int:
        """The column that names a row: the first with text in it."""
        texts = (i for i in range(len(self.columns)) if self.rows and not self.rows[0][i].replace(".", "").isdigit())
        return next(texts, 0)

    def numbers(self, column: int) -> list[Any]:
        """The number of each row in a column, None for those without."""
        return [read_number(row[column]) for row in self.rows]


@lru_cache(maxsize=4)
def read_tables(text: str) -> list[Table]:
    """Return the tables of a text, the JSON in it included. The last few are kept, as `passages.passages` does."""
    stripped = text.strip()
    start = min((i for i in (text.find("{"), text.find("[")) if i >= 0), default=-1)
    if start >= 0 and (end := max(text.rfind("}"), text.rfind("]"))) > start and '"' in text:
        try:
            return _from_json(json.loads(text[start : end + 1]))
        except (ValueError, RecursionError):
            pass
    found: list[Table] = []
    lines = [line.strip() for line in stripped.splitlines()]
    for cells_of in (_pipes, *(_separated(separator) for separator in _SEPARATORS)):
        rows: list[list[str]] = []
        for line in [*lines, ""]:
            cells = cells_of(line)
            if cells and (not rows or len(cells) == len(rows[0])):
                rows.append(cells)
            elif len(rows) >= 3:
                found.append(Table(rows[0][:_MOST_COLUMNS], [row[:_MOST_COLUMNS] for row in rows[1:_MOST_ROWS]]))
                rows = []
            else:
                rows = [cells] if cells else []
        if found:
            return [_without_rule(table) for table in found]
    return []


def _without_rule(table: Table) -> Table:
    """A Markdown table without the line of dashes under its head."""
    return Table(table.columns, [row for row in table.rows if "".join(row).strip(":- ")])


def _pipes(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")] if line.count("|") > 1 else []


def _separated(separator: str) -> Any:
    def cells(line: str) -> list[str]:
        if separator not in line or len(line) > 2000:
            return []
        cut = next(csv.reader([line], delimiter=separator)) if '"' in line else line.split(separator)
        found = [cell.strip() for cell in cut]
        return found if all(len(cell.split()) <= 5 for cell in found) and not line.endswith(".") else []

    return cells


def _from_json(value: Any) -> list[Table]:
    """The lists of objects as tables, and all single values as one row."""
    found: list[Table] = []
    single: dict[str, str] = {}
    left: list[tuple[str, Any, int]] = [("", value, 0)]
    while left and len(single) < _MOST_COLUMNS:
        name, value, depth = left.pop(0)
        if isinstance(value, dict) and depth < _MOST_DEPTH:
            left += [(f"{name} {key}".strip(), inner, depth + 1) for key, inner in value.items()]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            columns = [key for key, inner in value[0].items() if not isinstance(inner, dict | list)][:_MOST_COLUMNS]
            rows = [[_cell(row.get(c)) for c in columns] for row in value[:_MOST_ROWS] if isinstance(row, dict)]
            if columns:
                found.append(Table(columns, rows, name))
        elif isinstance(value, list):
            single[name] = ", ".join(_cell(inner) for inner in value[:20])
        else:
            single[name] = _cell(value)
    return [*found, Table(list(single), [list(single.values())])] if single else found


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)[:500]


def from_tables(question: str, asked: list[str], text: str) -> str | list[str] | None:
    """Answer a question from the tables of a text.

    Args:
        question: the question.
        asked: its terms (see `passages.terms`).
        text: the text.

    Returns:
        The answer in one string, the entries where a list is asked for, or None where no table answers.
    """
    answers = ((table, _answer(table, question, asked)) for table in read_tables(text) if table.rows)
    found = [(table, answer) for table, answer in answers if answer]
    return max(found, key=lambda entry: len(entry[0].every_term & set(asked)))[1] if found else None


def _asked_columns(table: Table, asked: list[str]) -> list[int]:
    return [i for i, own in enumerate(table.column_terms) if own & set(asked)]


def _answer(table: Table, question: str, asked: list[str]) -> str | list[str] | None:
    columns = _asked_columns(table, asked)
    if (sign := direction(question)) and len(table.rows) > 1:
        return _extreme(table, question, columns, sign)
    rows = _asked_rows(table, asked, columns)
    numeric = [i for i in columns if None not in table.numbers(i)]
    if numeric and len(table.rows) > 1 and (_SUM.search(question) or _AVERAGE.search(question)) and len(rows) != 1:
        return _calculated(table, numeric[-1], rows or list(range(len(table.rows))), question)
    if match := _NONE.search(question):
        column = next((i for i, own in enumerate(table.column_terms) if term(match.group(1).lower()) in own), None)
        rows = [] if column is None else [i for i, value in enumerate(table.numbers(column)) if value == 0]
    if rows and len(rows) < max(2, len(table.rows)):
        return _shown(table, rows, columns, question)
    kind = expected(question)
    named = {term(word) for word in words(table.name)} | table.column_terms[table.key]
    if kind == "count" and len(table.rows) > 1 and re.search(r"\b(?:how many|wie viele)\b", question, re.IGNORECASE):
        other = set(asked) - named - _PLAIN
        return None if other or not set(asked) & (named | _PLAIN) else f"{len(table.rows)}."
    if len(table.rows) == 1 and columns:
        best = max(columns, key=lambda i: _closeness(table.column_terms[i], set(asked)))
        return f"{_label(table.columns[best])}: {table.rows[0][best]}." if table.rows[0][best] else None
    if columns and not rows and _LIST.search(question) and not set(asked) - _PLAIN - set().union(*table.column_terms):
        return [row[columns[0]] for row in table.rows]
    return None


def _closeness(own: set[str], asked: set[str]) -> float:
    """How many of a column's words the question says; words such as "version" and further words count less."""
    return len(own & asked) - 0.5 * len(own & asked & measures()) - 0.01 * len(own)


def _asked_rows(table: Table, asked: list[str], columns: list[int]) -> list[int]:
    """The rows with most of the question's words in one of their cells, other than words that name a column."""
    wanted = set(asked) - set().union(*(table.column_terms[i] for i in columns))
    hits = [sum(len(own & wanted) + bool(own and own <= wanted) for own in row) for row in table.cell_terms]
    most = max(hits, default=0)
    return [i for i, number in enumerate(hits) if number == most] if most else []


def _extreme(table: Table, question: str, columns: list[int], sign: int) -> str | None:
    measures = {term(word) for word in words(question) if word in _MEASURING}
    every = {i: table.numbers(i) for i in range(len(table.columns))}
    numeric = [i for i, values in every.items() if any(value is not None for value in values)]
    by_measure = [i for i in numeric if table.column_terms[i] & measures]
    by_name = [i for i in numeric if i in columns and i != table.key]
    ids = [i for i in numeric if i == 0 and table.key != 0]
    chosen = by_measure or by_name or [i for i in numeric if i not in ids and i != table.key]
    if not chosen or (len(chosen) > 1 and not (by_measure or by_name)):
        return None
    column = chosen[0]
    rows = [i for i, value in enumerate(every[column]) if value is not None]
    best = max(rows, key=lambda i: sign * every[column][i])
    return _row(table, best, [table.key, column])


def _calculated(table: Table, column: int, rows: list[int], question: str) -> str:
    values = [table.numbers(column)[i] for i in rows]
    if _AVERAGE.search(question):
        return f"{number_text(sum(values) / len(values))}."
    shown = (
        " + ".join(number_text(value) for value in values) if len(values) <= _MOST_SHOWN else f"{len(values)} values"
    )
    return f"{shown} = {number_text(sum(values))}."


def _shown(table: Table, rows: list[int], columns: list[int], question: str) -> str | None:
    kind = expected(question)
    others = [i for i in columns if i != table.key]
    if kind == "count" and not others:
        others = [i for i, own in enumerate(table.column_terms) if own & _COUNTED]
    if len(table.rows) == 1 and not others:
        return None
    if len(rows) == 1 and len(others) == 1 and kind in ("money", "count") and (match := _TOTAL.search(question)):
        unit, value = term(match.group(2).lower()), table.numbers(others[0])[rows[0]]
        if value is not None and unit in table.column_terms[others[0]] | {term(w) for w in words(table.name)}:
            count = read_number(match.group(1))
            return f"{number_text(count)} * {table.rows[rows[0]][others[0]]} = {number_text(count * value)}."
    keyed = [table.key, *others] if others else list(range(len(table.columns)))
    return " ".join(_row(table, row, keyed) for row in rows[:_MOST_SHOWN])


def _row(table: Table, row: int, columns: list[int]) -> str:
    cells = table.rows[row]
    shown = [f"{_label(table.columns[i])}: {cells[i]}" for i in dict.fromkeys(columns) if cells[i]]
    return "; ".join(shown) + "."


def _label(column: str) -> str:
    label = column.replace("_", " ").strip()
    return f"{label[:1].upper()}{label[1:]}"
