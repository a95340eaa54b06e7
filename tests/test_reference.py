"""The HTTPS reference: it says everything that the OpenAPI document says, and its commands do what the pages say."""

import json
import os
import re
import subprocess
import uuid
from collections.abc import Iterator
from copy import copy
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

DOCUMENT = openapi_document()
EXTENSIONS = ["attr_list", "md_in_html", "sane_lists", "tables", "toc", "pymdownx.superfences"]
COMMAND_WITH_ANSWER = re.compile(r"```bash\n(curl .*?)\n```\n\nThe sandbox answers:\n\n(```\w+\n.*?\n```)", re.DOTALL)


def render(page: str) -> BeautifulSoup:
    return BeautifulSoup(markdown.markdown(page, extensions=EXTENSIONS), "html.parser")


# Fixtures, since all that stands at the top of a file is done by every process that lists the tests.
@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    return reference_pages()


@pytest.fixture(scope="module")
def html(sources: dict[str, str]) -> dict[str, BeautifulSoup]:
    return {name: render(page) for name, page in sources.items()}


@pytest.fixture(scope="module")
def commands(sources: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return each command that stands above an answer, with its page before it and the answer after it."""
    return [(name, *each.groups()) for name, page in sources.items() for each in COMMAND_WITH_ANSWER.finditer(page)]


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
    items = [squeeze(item.get_text()).partition(": ") for page in pages.values() for item in page("li")]
    missing = []
    for name, description in set(document_texts(DOCUMENT)):
        ends = (f".{name}", f"]{name}")
        about = [text for path, _, text in items if path == name or path.endswith(ends)]
        if not any(squeeze(description) in item for item in about):
            missing.append(name)
    return missing


def test_every_name_in_the_document_is_on_a_page_with_its_description(html: dict[str, BeautifulSoup]) -> None:
    assert len(set(document_texts(DOCUMENT))) > 100
    assert find_missing(html) == []


@pytest.mark.parametrize("name", ["temperature", "image_url", "x-sandbox-fault", "max_sequence_length", "param"])
def test_a_name_that_is_taken_out_is_missed(sources: dict[str, str], html: dict[str, BeautifulSoup], name: str) -> None:
    pages = {file: copy(html[file]) if name in page.lower() else html[file] for file, page in sources.items()}
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


def test_no_name_on_a_page_is_without_a_description(sources: dict[str, str]) -> None:
    undescribed, count = find_undescribed(sources)
    assert undescribed == []
    assert count > 100


def test_names_without_a_description_are_found(sources: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference_fields, "describe", lambda field, components: "")
    undescribed, count = find_undescribed(reference_pages())
    assert {"temperature", "url", "finish_reason", "hidden_size"} <= set(undescribed)
    assert count == find_undescribed(sources)[1]


def test_required_fields_come_first(html: dict[str, BeautifulSoup]) -> None:
    image = html["reference/chat-completions.md"].find(id="imageurl").find_next("ul")
    assert [item.get_text().splitlines()[0] for item in image("li")] == [
        "url: string, required",
        "detail: auto or low or high or null",
    ]
    body = html["reference/chat-completions.md"].find(id="body").find_next("ul")
    assert [item.strong.get_text() for item in body("li")][:2] == ["model", "messages"]


def test_every_endpoint_status_and_header_has_its_place(
    sources: dict[str, str], html: dict[str, BeautifulSoup]
) -> None:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            file = next(file for file, page in sources.items() if page.startswith(f"# {operation['summary']}\n"))
            page = html[file]
            base = operation.get("servers", [{"url": "/v2"}])[0]["url"]
            assert page.find("code", string=re.compile(rf"^{method.upper()} {base}{re.escape(path)}\s*$"))
            assert f"({file.removeprefix('reference/')})" in sources["reference/index.md"]
            for status, response in operation["responses"].items():
                assert status == "200" or page.find(id=f"error-{status}"), f"{file}: {status}"
                assert status == "200" or escape(response["description"]) in sources[file]
            headers = {item.strong.get_text() for item in page("li") if item.strong}
            assert set(operation["responses"]["200"]["headers"]) <= headers


def test_errors_are_shown_in_both_forms(sources: dict[str, str]) -> None:
    for file in ("get-model", "chat-completions", "completions", "embeddings"):
        for status in (400, 401, 429, 503):
            _, _, section = sources[f"reference/{file}.md"].partition(f"{{#error-{status}}}")
            section = section.partition("\n### ")[0]
            assert section.count(f"HTTP/1.1 {status} ") >= 1
            assert '"detail": ' in section
            assert '"error": {' in section or (file, status) == ("get-model", 400), f"{file} {status}"


def test_the_two_forms_of_an_error_are_valid(sources: dict[str, str]) -> None:
    schema = {"$ref": "#/components/schemas/Error", "components": DOCUMENT["components"]}
    blocks = [block for page in sources.values() for block in re.findall(r"HTTP/1.1 [45].*?\n\n(.*?)\n```", page, re.S)]
    assert len(blocks) > 40
    for block in blocks:
        jsonschema.validate(json.loads(block), schema)


def test_ids_are_given_once(html: dict[str, BeautifulSoup]) -> None:
    for file, page in html.items():
        ids = [tag["id"] for tag in page.select("[id]")]
        assert len(ids) == len(set(ids)), file


def test_the_build_gives_the_same_pages_again(sources: dict[str, str]) -> None:
    assert reference_pages() == sources


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    server = LocalServer(Sandbox(api_key=KEY, pace=0, clock=lambda: BUILD_TIME))
    server.serve_in_background()
    yield server
    server.stop()


def answer(server: LocalServer, client: httpx2.Client, command: str) -> str:
    """Return what a command prints, in the form that the pages show."""
    key = f"{KEY}-{uuid.uuid4()}"  # which has nothing yet

    def send(method: str, path: str, data: bytes, kind: str) -> dict[str, Any]:
        address = server.base_url.removesuffix("/v2") + path
        headers = {"authorization": f"Bearer {key}", "content-type": kind}
        return client.request(method, address, content=data, headers=headers).json()

    environment = {**os.environ, "BASE_URL": server.base_url, "API_KEY": key, **make_objects(send)}
    script = f"{command} --silent --show-error"
    run = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return show_answer(run.stdout)


def test_each_command_gives_the_answer_below_it(server: LocalServer, commands: list[tuple[str, str, str]]) -> None:
    assert len(commands) > 40
    with httpx2.Client() as client:
        different = [(file, command) for file, command, shown in commands if answer(server, client, command) != shown]
    assert different == []


def test_a_page_names_all_variables_that_its_first_command_needs(sources: dict[str, str]) -> None:
    for name, page in sources.items():
        if not name.endswith("-examples.md") and (command := re.search(r"```bash\n(curl .*?)\n```", page, re.DOTALL)):
            needed = set(re.findall(r"\$([A-Z]+)(?!\w)", command[1]))
            told = re.search(r"Before this command, set (.+) to the ", page[: command.start()])
            assert set(re.findall(r"`([A-Z]+)`", told[1] if told else "")) == needed, name


def test_every_command_is_tried(sources: dict[str, str], commands: list[tuple[str, str, str]]) -> None:
    blocks = [block for page in sources.values() for block in re.findall(r"```bash\n(.*?)\n```", page, re.DOTALL)]
    others = [block for block in blocks if block not in [command for _, command, _ in commands]]
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
