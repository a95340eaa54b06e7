"""The HTTPS reference: it says everything that the OpenAPI document says, and its commands do what the pages say."""

import json
import os
import re
import subprocess
import uuid
from collections.abc import Iterator
from typing import Any

import httpx2
import jsonschema
import markdown
import pytest
from bs4 import BeautifulSoup

from sandbox.adapters.server import LocalServer
from sandbox.service import Sandbox, openapi_document
from tools.website import reference_fields
from tools.website.reference import reference_pages
from tools.website.reference_examples import BUILD_TIME, KEY, make_objects, shorten, show_answer, write_json
from tools.website.reference_fields import escape

PAGES = reference_pages()
DOCUMENT = openapi_document()
EXTENSIONS = ["attr_list", "md_in_html", "sane_lists", "tables", "toc", "pymdownx.superfences"]
COMMAND_WITH_ANSWER = re.compile(r"```bash\n(curl .*?)\n```\n\nThe sandbox answers:\n\n(```\w+\n.*?\n```)", re.DOTALL)
COMMANDS = [(name, *found.groups()) for name, page in PAGES.items() for found in COMMAND_WITH_ANSWER.finditer(page)]


def render(page: str) -> BeautifulSoup:
    return BeautifulSoup(markdown.markdown(page, extensions=EXTENSIONS), "html.parser")


HTML = {name: render(page) for name, page in PAGES.items()}


def squeeze(text: str) -> str:
    return " ".join(text.replace("`", "").split())


def document_texts(part: Any) -> Iterator[tuple[str, str]]:
    """Give the name and the description of everything in the document that has both."""
    if isinstance(part, list):
        for inner in part:
            yield from document_texts(inner)
    if not isinstance(part, dict):
        return
    if "name" in part and isinstance(part.get("description"), str):
        yield part["name"], part["description"]
    for named in ("properties", "headers"):
        for name, inner in part.get(named, {}).items():
            yield name, inner.get("description", "")
    for key, inner in part.items():
        if key != "examples":
            yield from document_texts(inner)


def find_missing(pages: dict[str, BeautifulSoup]) -> list[str]:
    """List the names of the document that no page describes as the document does."""
    items = [squeeze(item.get_text()) for page in pages.values() for item in page("li")]
    missing = []
    for name, description in set(document_texts(DOCUMENT)):
        about = [item for item in items if re.match(rf"([\w\[\].-]+[.\]])?{re.escape(name)}: ", item)]
        if not any(squeeze(description) in item for item in about):
            missing.append(name)
    return missing


def test_every_name_in_the_document_is_on_a_page_with_its_description() -> None:
    assert len(set(document_texts(DOCUMENT))) > 100
    assert find_missing(HTML) == []


@pytest.mark.parametrize("name", ["temperature", "image_url", "x-sandbox-fault", "max_sequence_length", "param"])
def test_a_name_that_is_taken_out_is_missed(name: str) -> None:
    pages = {file: render(page) if name in page.lower() else HTML[file] for file, page in PAGES.items()}
    for page in pages.values():
        for item in page("li"):
            if item.strong and item.strong.get_text().rpartition(".")[2] == name:
                item.decompose()
    assert set(find_missing(pages)) == {name}


def find_undescribed(pages: dict[str, str]) -> tuple[list[str], int]:
    """List the names on the pages that have a type but no description, and count all that have a type.

    In the list of an answer's headers, names have a description but no type: the test above compares them.
    """
    items: list[tuple[str, str]] = []
    for page in pages.values():
        rest = re.sub(r"^## [^\n]* \{#headers\}$.*?(?=^## )", "", page, flags=re.MULTILINE | re.DOTALL)
        items += re.findall(r"^-   \*\*`(.+?)`\*\*: .*(?=\n(.*))", rest, re.MULTILINE)
    return [name for name, below in items if not re.match("    [^ {]", below)], len(items)


def test_no_name_on_a_page_is_without_a_description() -> None:
    undescribed, count = find_undescribed(PAGES)
    assert undescribed == []
    assert count > 100


def test_names_without_a_description_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference_fields, "describe", lambda field, components: "")
    undescribed, count = find_undescribed(reference_pages())
    assert {"temperature", "url", "finish_reason", "hidden_size"} <= set(undescribed)
    assert count == find_undescribed(PAGES)[1]


def test_required_fields_come_first() -> None:
    image = HTML["reference/chat-completions.md"].find(id="imageurl").find_next("ul")
    assert [item.get_text().splitlines()[0] for item in image("li")] == [
        "url: string, required",
        "detail: auto or low or high or null",
    ]
    body = HTML["reference/chat-completions.md"].find(id="body").find_next("ul")
    assert [item.strong.get_text() for item in body("li")][:2] == ["model", "messages"]


def test_every_endpoint_status_and_header_has_its_place() -> None:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            file = next(file for file, page in PAGES.items() if page.startswith(f"# {operation['summary']}\n"))
            page = HTML[file]
            base = operation.get("servers", [{"url": "/v2"}])[0]["url"]
            assert page.find("code", string=re.compile(rf"^{method.upper()} {base}{re.escape(path)}\s*$"))
            assert f"({file.removeprefix('reference/')})" in PAGES["reference/index.md"]
            for status, response in operation["responses"].items():
                assert status == "200" or page.find(id=f"error-{status}"), f"{file}: {status}"
                assert status == "200" or escape(response["description"]) in PAGES[file]
            headers = {item.strong.get_text() for item in page("li") if item.strong}
            assert set(operation["responses"]["200"]["headers"]) <= headers


def test_errors_are_shown_in_both_forms() -> None:
    for file in ("get-model", "chat-completions", "completions", "embeddings"):
        for status in (400, 401, 429, 503):
            _, _, section = PAGES[f"reference/{file}.md"].partition(f"{{#error-{status}}}")
            section = section.partition("\n### ")[0]
            assert section.count(f"HTTP/1.1 {status} ") >= 1
            assert '"detail": ' in section
            assert '"error": {' in section or (file, status) == ("get-model", 400), f"{file} {status}"


def test_the_two_forms_of_an_error_are_valid() -> None:
    schema = {"$ref": "#/components/schemas/Error", "components": DOCUMENT["components"]}
    blocks = [block for page in PAGES.values() for block in re.findall(r"HTTP/1.1 [45].*?\n\n(.*?)\n```", page, re.S)]
    assert len(blocks) > 40
    for block in blocks:
        jsonschema.validate(json.loads(block), schema)


def test_ids_are_given_once() -> None:
    for file, page in HTML.items():
        ids = [tag["id"] for tag in page.select("[id]")]
        assert len(ids) == len(set(ids)), file


def test_the_build_gives_the_same_pages_again() -> None:
    assert reference_pages() == PAGES


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    server = LocalServer(Sandbox(api_key=KEY, pace=0, clock=lambda: BUILD_TIME))
    server.serve_in_background()
    yield server
    server.stop()


@pytest.mark.parametrize(("file", "command", "shown"), COMMANDS)
def test_a_command_gives_the_answer_below_it(server: LocalServer, file: str, command: str, shown: str) -> None:
    key = f"{KEY}-{uuid.uuid4()}"  # which has nothing yet

    def send(method: str, path: str, data: bytes, kind: str) -> dict[str, Any]:
        address = server.base_url.removesuffix("/v2") + path
        headers = {"authorization": f"Bearer {key}", "content-type": kind}
        return httpx2.request(method, address, content=data, headers=headers).json()

    environment = {**os.environ, "BASE_URL": server.base_url, "API_KEY": key, **make_objects(send)}
    script = f"{command} --silent --show-error"
    run = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert show_answer(run.stdout) == shown


def test_a_page_names_all_variables_that_its_first_command_needs() -> None:
    for name, page in PAGES.items():
        if not name.endswith("-examples.md") and (command := re.search(r"```bash\n(curl .*?)\n```", page, re.DOTALL)):
            needed = set(re.findall(r"\$([A-Z]+)(?!\w)", command[1]))
            told = re.search(r"Before this command, set (.+) to the ", page[: command.start()])
            assert set(re.findall(r"`([A-Z]+)`", told[1] if told else "")) == needed, name


def test_every_command_is_tried() -> None:
    commands = [block for page in PAGES.values() for block in re.findall(r"```bash\n(.*?)\n```", page, re.DOTALL)]
    others = [block for block in commands if block not in [command for _, command, _ in COMMANDS]]
    assert others == ["export BASE_URL=http://127.0.0.1:8011/v2\nexport API_KEY=sandbox"]


def test_text_of_the_document_is_shown_as_it_stands() -> None:
    text = "a | b, <c>, {d}, *e*, _f_, [g](h) & `{i} <j> | *k*` {: #l }"
    page = render(f"-   **`name`**: string  \n    {escape(text)}\n    {{: #name }}")
    assert page.li.get_text().split("\n")[1].strip() == text.replace("`", "")
    assert page.li["id"] == "name"


def test_json_is_written_on_one_line_where_it_fits() -> None:
    value = {"short": [1, 2], "long": ["word " * 8] * 2}
    word = "word " * 8
    assert write_json(value) == f'{{\n  "short": [1, 2],\n  "long": [\n    "{word}",\n    "{word}"\n  ]\n}}'
    assert json.loads(write_json(value)) == value


def test_long_lists_and_texts_are_cut_and_say_so() -> None:
    assert shorten("a" * 2000) == "a" * 2000
    assert shorten("a" * 5060) == f"{'a' * 60}... 5,000 more characters, left out here"
    assert shorten({"a": list(range(8)), "b": list(range(1003))}) == {
        "a": list(range(8)),
        "b": [0, 1, 2, "... 1,000 more, left out here"],
    }
