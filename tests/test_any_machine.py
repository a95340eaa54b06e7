"""No test depends on the machine's speed: none reads a clock, and none has a limit of its own (see `waiting.py`)."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FILES = [TESTS.parent / "conftest.py", *TESTS.glob("*.py"), *TESTS.glob("clients/*/*.py"), *TESTS.glob("openapi/*.py")]


def depends_on_speed(node: ast.AST) -> bool:
    """Whether it reads a clock, sleeps, or waits for at least a second: a shorter limit is there to be exceeded."""
    match node:
        case ast.Import(names=names):
            return any(name.name == "time" for name in names)
        case ast.ImportFrom(module="time") | ast.Attribute(attr="elapsed"):
            return True
        case ast.Call(func=ast.Attribute(attr="time"), args=[]):
            return True
        case ast.keyword(arg="timeout", value=ast.Constant(value=int() | float() as seconds)):
            return seconds >= 1
        case ast.Call(func=ast.Attribute(attr="join" | "settimeout" | "timeout" | "wait"), args=[limit]):
            return isinstance(limit, ast.Constant) and isinstance(limit.value, int | float) and limit.value >= 1
    return False


@pytest.mark.parametrize("file", sorted({*FILES} - {TESTS / "waiting.py"}), ids=lambda file: file.name)
def test_no_test_depends_on_the_speed_of_the_machine(file: Path) -> None:
    nodes = ast.walk(ast.parse(file.read_text("utf-8")))
    assert [f"line {node.lineno}: {ast.unparse(node)}" for node in nodes if depends_on_speed(node)] == []


@pytest.mark.parametrize("code", ["import time", "a.elapsed < 2", "loop.time()", "run(timeout=60)", "done.wait(10)"])
def test_what_depends_on_it_is_found(code: str) -> None:
    assert any(map(depends_on_speed, ast.walk(ast.parse(code))))
