"""Every block of code in the README, CONTRIBUTING.md, and docs/ is executed, or is a file that is.

Python and JavaScript stand in files, which `test_snippets.py` and `test_examples.py` execute; the pages include them.
What is typed into a page are commands for a terminal, and these run here, page by page.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest
from waiting import wait_for

from sandbox.adapters.server import LocalServer
from sandbox.service import Sandbox
from tools.lessons import ROOT
from tools.run_notebooks import sandbox_environment
from tools.run_programs import NODE_MODULES

FENCE = re.compile(r"^( *)```(.*)\n((?:.*\n)*?)\1```$", re.MULTILINE)
NO_CODE = {"ini", "json", "markdown", "powershell", "text", "toml", "yaml"}
"""Languages of blocks that show files or outputs, or that need another system than the tests have."""
STARTS = {
    "make lab": re.compile(r"http://127\.0\.0\.1:\d+/lab/tree/\S+token=\w+"),
    "make sandbox": re.compile(r"http://127\.0\.0\.1:\d+/v2"),
}
"""Commands that run until they are stopped, and the address that they print once they answer."""
ONLY_NAMED = {"make test"}
"""Commands that would start this test again."""
STUBS = """
python3() { [ "$*" = "-m venv .venv" ] && mkdir -p .venv/bin && touch .venv/bin/activate; }
pip() { [ "$*" = "install openai" ]; }
npm() { [ "$*" = "install openai" ] && ln -s "$NODE_MODULES" node_modules; }
"""
"""In place of commands that would load packages from the internet. What differs from these words fails."""
SANDBOX_URL = "http://127.0.0.1:8011/v2"


@dataclass(frozen=True)
class Block:
    """A fenced block of code in a page."""

    page: str
    language: str
    code: str


def read_blocks() -> Iterator[Block]:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for page in pages:
        for _, language, code in FENCE.findall(page.read_text("utf-8")):
            yield Block(page.relative_to(ROOT).as_posix(), language.strip(), dedent(code).strip())


BLOCKS = list(read_blocks())
COMMANDS = [block for block in BLOCKS if block.language == "bash" and block.code not in {*STARTS, *ONLY_NAMED}]
PAGES = list(dict.fromkeys(block.page for block in COMMANDS))


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    server = LocalServer(Sandbox())
    server.serve_in_background()
    yield server
    server.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a reader's folder, with a saved snippet."""
    shutil.copy(ROOT / "docs/snippets/chat/python.py", tmp_path / "snippet.py")
    shutil.copy(ROOT / "docs/snippets/chat/node.mjs", tmp_path / "snippet.mjs")
    return tmp_path


def test_blocks_are_found() -> None:
    assert {"README.md", "docs/index.md", "docs/snippets/index.md"} <= {block.page for block in BLOCKS}
    assert {block.code for block in BLOCKS} >= {*STARTS, *ONLY_NAMED}


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.page}: {block.code.splitlines()[0][:30]}")
def test_no_code_is_typed_into_a_page_that_nothing_executes(block: Block) -> None:
    if block.page == "README.md" and block.language == "python":
        return  # executed below
    assert block.language in {"bash", *NO_CODE}, (
        "Put the program into docs/snippets or docs/examples and include it: see tools/website/programs.py."
    )


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_work(page: str, folder: Path, server: LocalServer) -> None:
    script = "\n".join(block.code for block in COMMANDS if block.page == page)
    missing = [name for name in ("curl", "node") if name in script and not shutil.which(name)]
    if missing:
        pytest.skip(f"there is no {missing[0]} on this machine")
    if "npm install" in script and not (NODE_MODULES / "openai").is_dir():
        pytest.skip("tests/clients/node has no node_modules; `make test` installs them where there is npm")
    environment = {
        **sandbox_environment(),
        "API_KEY": "sandbox",
        "BASE_URL": server.base_url,
        "HOME": str(folder),
        "NODE_MODULES": str(NODE_MODULES),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", STUBS + script.replace(SANDBOX_URL, server.base_url)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("python", "node"):
        if f"{name} snippet" in script:
            answer = (ROOT / "docs/snippets/chat/output.txt").read_text("utf-8")
            assert answer in done.stdout, name


def terminal_environment() -> dict[str, str]:
    """Return what a reader's terminal has. The tests may have been started by `make`, which leaves traces."""
    return {name: value for name, value in sandbox_environment().items() if name not in ("MAKEFLAGS", "MAKELEVEL")}


def ask_status(address: str) -> int | None:
    """Ask for a page. None: nobody listens yet; JupyterLab prints its address a moment before."""
    try:
        with urllib.request.urlopen(address) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except urllib.error.URLError:
        return None


@pytest.mark.parametrize("command", STARTS)
def test_what_starts_also_answers(command: str) -> None:
    environment = {**terminal_environment(), "LAB_FLAGS": "--no-browser --ServerApp.port=0", "FLAGS": "--port 0"}
    process = subprocess.Popen(
        ["bash", "-c", command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        printed = []
        for line in process.stdout:
            printed.append(line)
            address = STARTS[command].search(line)
            if address:
                break
        else:
            pytest.fail("".join(printed))
        # The sandbox has nothing at its base URL, but it answers.
        wait_for(lambda: ask_status(address[0]))
        assert ask_status(address[0]) == (200 if command == "make lab" else 404)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate()


@pytest.mark.parametrize("command", sorted(ONLY_NAMED))
def test_the_command_for_the_tests_starts_pytest(command: str) -> None:
    planned = subprocess.run(
        [*command.split(), "--dry-run"],
        cwd=ROOT,
        env=terminal_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert planned.stdout.rstrip().endswith("-m pytest")


def test_the_program_in_the_readme_works() -> None:
    [program] = [block.code for block in BLOCKS if (block.page, block.language) == ("README.md", "python")]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=ROOT,
        env=sandbox_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "rainbow" in done.stdout


def test_the_rules_of_the_sandbox_fit_on_a_page_that_names_their_modules() -> None:
    page = (ROOT / "docs" / "how-the-sandbox-answers.md").read_text("utf-8")
    prose = re.sub(r"^\|.*$", "", page, flags=re.MULTILINE)
    assert len(prose.split()) <= 1100
    shared = {"__init__", "messages", "words"}
    assert {path.stem for path in (ROOT / "sandbox" / "engines").glob("*.py")} - shared == {
        name for names in re.findall(r"^`engines/.*$", page, re.MULTILINE) for name in re.findall(r"(\w+)\.py", names)
    }
