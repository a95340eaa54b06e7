"""Who may know whom, and what an import may cost."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HELPERS = Path(__file__).parents[1] / "helpers"
PURE = [path for folder in ("core", "engines", "catalogue") for path in HELPERS.glob(f"sandbox/{folder}/**/*.py")]
# The vision engine imports Pillow when it is asked about a picture, never before.
LATE_IMPORTS = {"reading.py": {"PIL", "numpy"}, "measuring.py": {"PIL", "numpy"}}


def imported_modules(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", sorted(HELPERS.glob("sandbox/**/*.py")), ids=lambda path: path.name)
def test_the_sandbox_knows_nothing_of_the_rest(path):
    own = {name for name in imported_modules(path) if name.split(".")[0] == "helpers"}
    assert all(name.startswith("helpers.sandbox") for name in own)


@pytest.mark.parametrize("path", sorted(PURE), ids=lambda path: path.name)
def test_core_and_engines_are_standard_library_without_input_or_output(path):
    names = {name.split(".")[0] for name in imported_modules(path)} - {"helpers"}
    assert names - LATE_IMPORTS.get(path.name, set()) <= sys.stdlib_module_names
    assert not names & {"socket", "threading", "multiprocessing", "subprocess", "asyncio", "select", "selectors"}
    assert not any("adapters" in name for name in imported_modules(path))
    assert "time" not in names or path.name == "sandbox.py"


def test_importing_helpers_is_light():
    heavy = ["numpy", "PIL", "uvicorn", "IPython", "dotenv", "httpx2", "openai", "asyncio"]
    code = f"import sys, helpers; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_core_runs_without_any_other_package():
    """It has to work in a web page, where only the standard library is sure to be there."""
    code = (
        "import sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        root = name.split('.')[0]\n"
        "        if root not in sys.stdlib_module_names and root != 'helpers':\n"
        "            raise ImportError(f'{name} is blocked')\n"
        "sys.meta_path.insert(0, Refuse())\n"
        "from helpers.sandbox.core import Sandbox\n"
        'body = b\'{"model": "gpt-4o", "messages": [{"role": "user", "content": "What is water?"}]}\'\n'
        "reply = Sandbox().handle('POST', '/v2/chat/completions', {'authorization': 'Bearer sandbox'}, body)\n"
        "assert reply.status == 200, reply\n"
        "print(b''.join(piece for _, piece in reply.pieces).decode())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "water" in done.stdout.lower()
