"""The examples of the pages: each prints its stored output, and is shown. The traps: index and sections agree.

The stored outputs come from processes of their own (`tools.run_programs`). Here the programs run in this process, which
takes a tenth of the time; that both print the same is a part of the test.
"""

import ast
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown.extensions.toc import slugify
from page_programs import run_in_process

from helpers.service import without_proxy
from sandbox.adapters.server import LocalServer
from sandbox.catalogue import load_models
from sandbox.service import Sandbox
from tools.lessons import ROOT
from tools.run_programs import CLIENTS_PYTHON, NODE_MODULES, is_of_a_tool, run_program
from tools.website.programs import EXAMPLES, output_file

DOCS = ROOT / "docs"
TRAPS = DOCS / "traps"
PROGRAMS = sorted(file for file in EXAMPLES.glob("*/*") if file.suffix not in (".txt", "") and file.is_file())
PYTHON = [program for program in PROGRAMS if program.suffix == ".py"]
OF_TOOLS = [program for program in PROGRAMS if is_of_a_tool(program)]
PLAIN = [program for program in PROGRAMS if program not in OF_TOOLS]
PAGES = {page.relative_to(DOCS).as_posix(): page.read_text("utf-8") for page in sorted(DOCS.rglob("*.md"))}
TRAP_PAGES = {page.name: page.read_text("utf-8") for page in sorted(TRAPS.glob("*.md")) if page.name != "index.md"}

MOST_LINES = 70
LONGEST_LINE = 88
# Messages that no program here gives, by what they are, with the reason.
FOREIGN_MESSAGES = {"Error code: 400 - Unrecognized file format.": "of other services; the sandbox says more"}

needs_tools = pytest.mark.skipif(
    not CLIENTS_PYTHON.is_file() or not (NODE_MODULES / "ai").is_dir(),
    reason=f"there is no {CLIENTS_PYTHON}, or no package `ai` for Node.js; `make test` makes and installs them",
)
needs_node_package = pytest.mark.skipif(
    not (NODE_MODULES / "openai").is_dir(), reason="`make test` has not installed the openai package for Node.js"
)


def name_of(program: Path) -> str:
    return program.relative_to(EXAMPLES).as_posix()


EACH = pytest.mark.parametrize("program", PROGRAMS, ids=name_of)


@pytest.fixture
def base_url() -> Iterator[str]:
    """Start a sandbox for one program alone: what others have asked before must not change its answers."""
    server = LocalServer(Sandbox(pace=0))
    server.serve_in_background()
    yield server.base_url
    # Not `stop`, which waits a tenth of a second for each program until the server is gone.
    server.should_exit = True


@pytest.mark.parametrize("program", PLAIN, ids=name_of)
def test_an_example_prints_its_stored_output(program: Path, base_url: str) -> None:
    variables = without_proxy(os.environ) | {"API_KEY": "sandbox", "BASE_URL": base_url}
    stdout, stderr = run_in_process(program, **variables)
    assert stdout == output_file(program).read_text("utf-8")
    assert stderr == ""


@needs_tools
@pytest.mark.parametrize("program", OF_TOOLS, ids=name_of)
def test_an_example_with_a_tool_prints_its_stored_output(program: Path, base_url: str) -> None:
    done = run_program(program, base_url)
    assert done.stdout == output_file(program).read_text("utf-8")
    assert (done.returncode, done.stderr) == (0, "")


# The pages


def shown(kind: str = "example") -> set[str]:
    places = re.findall(rf"^<!-- {kind}: (\S+) -->$", "\n".join(PAGES.values()), re.MULTILINE)
    return set(places)


def test_every_example_is_on_the_page_that_its_folder_is_named_after() -> None:
    pages = {page.rpartition("/")[2]: text for page, text in PAGES.items()}
    for program in PROGRAMS:
        assert f"<!-- example: {name_of(program)} -->" in pages[f"{program.parent.name}.md"]


def test_every_place_names_a_file() -> None:
    assert [name for name in shown() if not (EXAMPLES / name).is_file()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_place_is_written_as_the_build_expects_it(page: str) -> None:
    meant = re.findall(r"<!--.*\b(?:example|snippet)\s*:.*", PAGES[page])
    assert [place for place in meant if not re.fullmatch(r"<!-- (example|snippet): \S+ -->", place)] == []


def test_every_stored_output_belongs_to_an_example() -> None:
    stored = set(EXAMPLES.glob("*/*.txt"))
    assert stored == {output_file(program) for program in PROGRAMS}


def typed_versions(pattern: str) -> set[str]:
    """Return the versions, major and minor, that the pages name in a place like the pattern's."""
    return set(re.findall(pattern, "\n".join(PAGES.values())))


def minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def locked_version(package: str, folder: str = ".") -> str:
    """Return the exact version that `make lock` has written, which may be older than what `make newest` installs."""
    [version] = re.findall(rf"^{package}==(\S+)", (ROOT / folder / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    return version


def test_the_pages_name_the_locked_versions() -> None:
    node = json.loads((NODE_MODULES.parent / "package-lock.json").read_text("utf-8"))["packages"]
    langchain = locked_version("langchain-openai", "tests/clients/python")
    assert typed_versions(r"version (\d[\d.]*\d) for Python") == {minor(locked_version("openai"))}
    assert typed_versions(r"langchain-openai (\d[\d.]*\d)") == {minor(langchain)}
    for package in ("haystack-ai", "litellm", "openai-agents", "pydantic-ai-slim"):
        locked = locked_version(package, "tests/clients/python")
        assert typed_versions(rf"{package} (\d[\d.]*\d)") == {minor(locked)}
    assert typed_versions(r"package for Node.js \((\d[\d.]*\d)\)") == {minor(node["node_modules/openai"]["version"])}
    for package in ("@langchain/openai", "@ai-sdk/openai-compatible", "ai"):
        found = typed_versions(rf"(?<![\w/@.-]){package} (\d+\.\d+)")
        assert found == {minor(node[f"node_modules/{package}"]["version"])}


@EACH
def test_an_example_is_short(program: Path) -> None:
    lines = program.read_text("utf-8").splitlines()
    assert len(lines) <= MOST_LINES
    assert max(map(len, lines)) <= LONGEST_LINE


@pytest.mark.parametrize("program", PYTHON, ids=name_of)
def test_an_example_needs_nothing_of_this_project(program: Path) -> None:
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(program.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert imported & {"helpers", "tools", "tests", ""} == set()


def test_examples_name_models_of_the_catalogue() -> None:
    families = "|".join({re.match("[A-Za-z]+", name)[0] for name in load_models()} | {"whisper"})
    looks_like_one = re.compile(rf"({families})-[\w.-]+").fullmatch
    used = {
        node.value
        for program in PYTHON
        for node in ast.walk(ast.parse(program.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and looks_like_one(node.value)
    }
    assert len(used) > 5
    assert used <= set(load_models())


# The traps


def sections(page: str) -> dict[str, str]:
    """Return the texts below a page's headings of level 2, by heading."""
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def address(heading: str) -> str:
    return slugify(heading.replace("`", ""), "-")


def title(page: str) -> str:
    """Return what a page of traps is about: "# Traps: tools and JSON" is the page of the group "Tools and JSON"."""
    about = page.partition("\n")[0].removeprefix("# Traps: ")
    return about[0].upper() + about[1:]


def messages_in(heading: str) -> list[str]:
    return [code for code in re.findall(r"`([^`]+)`", heading) if ": " in code]


SECTIONS = [(name, heading, text) for name, page in TRAP_PAGES.items() for heading, text in sections(page).items()]
EACH_TRAP = pytest.mark.parametrize(
    ("heading", "text"), [section[1:] for section in SECTIONS], ids=[address(section[1]) for section in SECTIONS]
)


def test_the_index_lists_every_section_by_its_heading_in_order() -> None:
    listed: list[tuple[str, str]] = []
    of_title = {title(page): name for name, page in TRAP_PAGES.items()}
    index = sections((TRAPS / "index.md").read_text("utf-8"))
    for group, table in index.items():
        for heading, file, fragment in re.findall(r"^\| \[(.+?)\]\(([^)#]+)#([^)]+)\) \|", table, re.MULTILINE):
            if file == "../company-proxy.md":
                headings = re.findall(r"^#+ (.+)$", PAGES["company-proxy.md"], re.MULTILINE)
                assert fragment in map(address, headings)
                continue
            assert (file, fragment) == (of_title[group], address(heading))
            listed.append((file, heading))
    written = [(of_title[group], heading) for group in index for heading in sections(TRAP_PAGES[of_title[group]])]
    assert listed == written
    assert sorted(listed) == sorted(section[:2] for section in SECTIONS)


@EACH_TRAP
def test_a_trap_has_symptom_cause_fix_and_a_program(heading: str, text: str) -> None:
    assert re.findall(r"^\*\*(\w+)\.\*\* \S", text, re.MULTILINE) == ["Symptom", "Cause", "Fix"]
    assert re.search(r"^<!-- example: [\w-]+/\w+\.py -->$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("heading", "text"), [section[1:] for section in SECTIONS if messages_in(section[1])], ids=lambda value: value[:40]
)
def test_the_message_in_a_heading_is_the_one_that_the_program_gives(heading: str, text: str) -> None:
    (program,) = re.findall(r"<!-- example: (\S+) -->", text)
    output = output_file(EXAMPLES / program).read_text("utf-8")
    for message in messages_in(heading):
        for part in message.split("..."):
            assert part.strip() in output


TYPED_MESSAGES = [
    (message, text) for _, _, text in SECTIONS for message in re.findall(r"^```text\n(.+?)\n```$", text, re.M | re.S)
]


@pytest.mark.parametrize(("message", "text"), TYPED_MESSAGES, ids=lambda value: value[:40])
def test_a_message_below_a_symptom_is_the_one_that_the_program_gives(message: str, text: str) -> None:
    (program,) = re.findall(r"<!-- example: (\S+) -->", text)
    output = output_file(EXAMPLES / program).read_text("utf-8")
    # A traceback begins with the exception's class; the programs print the rest.
    assert (re.sub(r"^openai\.\w+: ", "", message) in output) != (message in FOREIGN_MESSAGES)


def test_messages_are_typed_and_the_foreign_ones_are_there() -> None:
    messages = [message for message, _ in TYPED_MESSAGES]
    assert set(FOREIGN_MESSAGES) < set(messages)
