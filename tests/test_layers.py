"""Who may know whom in the sandbox, how large it may become, and what an import may cost."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import service  # noqa: F401 (its endpoints register themselves)
from sandbox.core.routing import ROUTES

ROOT = Path(__file__).parents[1]
SANDBOX = ROOT / "sandbox"
FILES = sorted(SANDBOX.glob("**/*.py"))
MOST_LINES, MOST_LINES_OF_A_FILE = 5270, 400
MOST_LINES_OF_HELPERS, MOST_LINES_OF_DIAGRAMS = 700, 325
LINES_FOR_AN_ENDPOINT = 250  # for each after the first four, which are models, chat, completions, and embeddings
# Each part with those that it may import; imports run down one column.
PARTS = {
    "engines": set(),
    "catalogue": set(),
    "core": {"catalogue"},
    "model": {"core", "engines", "catalogue"},
    "endpoints": {"model", "core", "engines", "catalogue"},
    "service": {"endpoints", "core", "catalogue"},
    "adapters": {"service", "core"},
    "__main__": {"adapters", "service"},
    "__init__": set(),
}
# Packages beside the standard library, by the part or the file that may import them.
PACKAGES = {
    "core": {"pydantic", "pydantic_core", "python_multipart", "typing_extensions"},
    "model": {"pydantic", "typing_extensions"},
    "endpoints": {"pydantic", "typing_extensions"},
    "adapters": {"httpx2", "uvicorn"},
    "engines/documents": {"numpy", "pypdfium2", "PIL"},
    "engines/drawing": {"PIL"},
    "engines/schemas": {"rstr"},
    "engines/speech": {"numpy", "pocketsphinx"},
    "engines/vectors": {"numpy"},
    "engines/vision": {"numpy", "PIL"},
}
# What would do input or output, wait, or tell the time, below the adapters.
FORBIDDEN = {"socket", "threading", "multiprocessing", "subprocess", "asyncio", "select", "selectors", "time"}


def imported_modules(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names if node.module == "sandbox" else {node.module}
    return found


def part_of(module: str) -> str:
    """Return the part of the sandbox that a module belongs to."""
    return module.split(".")[1]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_run_down_one_column(path):
    part = part_of(name_of(path))
    own = {name for name in imported_modules(path) if name.split(".")[0] == "sandbox"}
    assert {part_of(name) for name in own} - {part} <= PARTS[part]
    if part == "endpoints" and path.stem != "__init__":
        assert not [name for name in own if part_of(name) == "endpoints"]
    if part not in ("service", "adapters", "__main__"):
        lock = {"threading"} if path.stem == "documents" else set()  # PDFium breaks when two threads use it at once
        assert not {name.split(".")[0] for name in imported_modules(path)} & (FORBIDDEN - lock)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_packages_stay_in_their_places(path):
    part = part_of(name_of(path))
    allowed = PACKAGES.get(part, set()) | PACKAGES.get(f"{part}/{path.stem}", set())
    names = {name.split(".")[0] for name in imported_modules(path)} - {"sandbox"}
    assert names - sys.stdlib_module_names <= allowed


def count_lines(paths: list[Path]) -> int:
    return sum(len(path.read_text("utf-8").splitlines()) for path in paths)


def test_it_stays_small():
    # An endpoint is what something is sent to; lists of it, and its objects, belong to it.
    endpoints = {route.path for route in ROUTES if route.method == "POST" and "{" not in route.path} | {"/models"}
    assert count_lines(FILES) <= MOST_LINES + LINES_FOR_AN_ENDPOINT * (len(endpoints) - 4)
    assert {name_of(path): count_lines([path]) for path in FILES if count_lines([path]) > MOST_LINES_OF_A_FILE} == {}
    # The drawings are for all lessons, so they have a budget of their own.
    diagrams = ROOT / "helpers" / "diagrams.py"
    assert count_lines([diagrams]) <= MOST_LINES_OF_DIAGRAMS
    assert count_lines([*set((ROOT / "helpers").glob("**/*.py")) - {diagrams}]) <= MOST_LINES_OF_HELPERS


def test_importing_helpers_is_light():
    heavy = ["numpy", "PIL", "uvicorn", "IPython", "dotenv", "httpx2", "openai", "asyncio", "sandbox"]
    code = f"import sys, helpers; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


IN_PROCESS = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        root = name.split(".")[0]
        # Each platform has a module of its own name with the settings that Python was built with.
        is_standard = root in sys.stdlib_module_names or root.startswith("_sysconfigdata")
        if not is_standard and root not in allowed:
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Refuse())

import json
import openai
from sandbox.adapters.transports import SandboxTransport
from sandbox.service import Sandbox

http_client = openai.DefaultHttpxClient(transport=SandboxTransport(Sandbox(pace=0)))
client = openai.OpenAI(api_key="sandbox", base_url="http://localhost/v2", http_client=http_client)
question = [{"role": "user", "content": "What is water?"}]
tool = {"type": "function", "function": {"name": "get_weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}
assert len(client.models.list().data) > 10
assert "water" in client.chat.completions.create(model="gpt-4o", messages=question).choices[0].message.content.lower()
assert len(list(client.chat.completions.create(model="gpt-4o", messages=question, stream=True))) > 3
weather = [{"role": "user", "content": "Weather in Oslo?"}]
answer = client.chat.completions.create(model="gpt-4o", messages=weather, tools=[tool])
assert json.loads(answer.choices[0].message.tool_calls[0].function.arguments) == {"city": "Oslo"}
assert len(client.embeddings.create(model="text-embedding-bge-m3", input="water").data[0].embedding) == 1024
print("done")
"""
# The package's own requirements, and theirs; and what the sandbox needs besides.
OPENAI = """
    openai httpx2 httpcore2 anyio sniffio distro jiter pydantic pydantic_core annotated_types typing_extensions
    typing_inspection tqdm certifi idna h11 truststore
"""


def test_it_works_where_no_compiled_package_can_be_imported():
    """It has to work in a web page, where only what `openai` needs and pure Python is sure to be there."""
    code = f"allowed = {[*OPENAI.split(), 'rstr', 'python_multipart', 'sandbox']}{IN_PROCESS}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "done"
