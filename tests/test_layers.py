"""Who may know whom, and what an import may cost."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SANDBOX = Path(__file__).parents[1] / "sandbox"
PURE = [path for folder in ("core", "engines", "catalogue") for path in SANDBOX.glob(f"{folder}/**/*.py")]
# The vision engine imports Pillow when it is asked about a picture, never before.
LATE_IMPORTS = {"schemas.py": {"rstr"}, "reading.py": {"PIL", "numpy"}, "measuring.py": {"PIL", "numpy"}}


def imported_modules(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", sorted(SANDBOX.glob("**/*.py")), ids=lambda path: path.name)
def test_the_sandbox_knows_nothing_of_the_rest(path):
    assert not {name.split(".")[0] for name in imported_modules(path)} & {"helpers", "tools", "tests"}


@pytest.mark.parametrize("path", sorted(PURE), ids=lambda path: path.name)
def test_core_and_engines_are_standard_library_without_input_or_output(path):
    names = {name.split(".")[0] for name in imported_modules(path)} - {"sandbox"}
    assert names - LATE_IMPORTS.get(path.name, set()) <= sys.stdlib_module_names
    assert not names & {"socket", "threading", "multiprocessing", "subprocess", "asyncio", "select", "selectors"}
    assert not any("adapters" in name for name in imported_modules(path))
    assert "time" not in names or path.name == "sandbox.py"


def test_importing_helpers_is_light():
    heavy = ["numpy", "PIL", "uvicorn", "IPython", "dotenv", "httpx2", "openai", "asyncio"]
    code = f"import sys, helpers; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


BLOCKED = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        root = name.split(".")[0]
        # Each platform has a module of its own name with the settings that Python was built with.
        is_standard = root in sys.stdlib_module_names or root.startswith("_sysconfigdata")
        if not is_standard and root not in allowed:
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Refuse())
"""

CORE_ALONE = """
import json
from sandbox.service import Sandbox

def ask(method, path, body=None):
    headers = {"authorization": "Bearer sandbox", "host": "localhost"}
    reply = Sandbox().handle(method, path, headers, json.dumps(body).encode() if body else b"")
    assert reply.status == 200, reply
    return b"".join(piece for _, piece in reply.pieces).decode()

question = [{"role": "user", "content": "What is water?"}]
tool = {"type": "function", "function": {"name": "get_weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}
assert len(json.loads(ask("GET", "/v2/models"))["data"]) > 10
assert "water" in ask("POST", "/v2/chat/completions", {"model": "gpt-4o", "messages": question}).lower()
stream = ask("POST", "/v2/chat/completions", {"model": "gpt-4o", "messages": question, "stream": True})
assert stream.rstrip().endswith("[DONE]")
weather = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Weather in Oslo?"}], "tools": [tool]}
call = json.loads(ask("POST", "/v2/chat/completions", weather))["choices"][0]["message"]["tool_calls"][0]
assert json.loads(call["function"]["arguments"]) == {"city": "Oslo"}
ask("POST", "/v2/embeddings", {"model": "text-embedding-bge-m3", "input": "water"})
print("done")
"""

WITH_OPENAI = """
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
print("done")
"""
# The package's own requirements, and theirs.
OPENAI = """
    openai httpx2 httpcore2 anyio sniffio distro jiter pydantic pydantic_core annotated_types typing_extensions
    typing_inspection tqdm certifi idna h11 truststore
"""


@pytest.mark.parametrize(("program", "allowed"), [(CORE_ALONE, ""), (WITH_OPENAI, OPENAI)], ids=["core", "openai"])
def test_it_works_where_no_other_package_can_be_imported(program, allowed):
    """It has to work in a web page, where only the standard library and what `openai` needs are sure to be there."""
    code = f"allowed = {[*allowed.split(), 'sandbox']}{BLOCKED}{program}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "done"
