"""The snippets: every form of each one is run against a sandbox, and all forms have to say the same."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from page_programs import needs_curl, needs_node, run_in_process

from sandbox.adapters.server import LocalServer
from sandbox.catalogue import load_models
from sandbox.core.replies import Reply
from sandbox.service import Sandbox
from tools.run_programs import NODE_MODULES, run_program
from tools.website.programs import LANGUAGES, SNIPPETS

NAMES = sorted(folder.name for folder in SNIPPETS.iterdir() if folder.is_dir())
FORMS = [language.file for language in LANGUAGES]
PYTHON, PYTHON_ASYNC, CURL, NODE = FORMS
PAGES = sorted(page.stem for page in SNIPPETS.glob("*.md") if page.stem != "index")
INDEX = (SNIPPETS / "index.md").read_text("utf-8")

# The only ids that are no model's: what is asked for in order to be refused.
NO_MODELS = {"no-such-model"}
LONGEST_LINE = 88

EACH = pytest.mark.parametrize("name", NAMES)
EACH_FILE = pytest.mark.parametrize(
    "file",
    [SNIPPETS / name / form for name in NAMES for form in FORMS],
    ids=lambda file: f"{file.parent.name}-{file.name}",
)


@dataclass
class Run:
    """What one form has printed, and which requests it has made: method, path, and body."""

    stdout: str
    stderr: str
    status: int
    requests: list[tuple[str, str, Any]] = field(default_factory=list)


class RecordingSandbox(Sandbox):
    """A sandbox that keeps the requests."""

    def __init__(self) -> None:
        super().__init__(pace=0)
        self.requests: list[tuple[str, str, Any]] = []

    def handle(self, method: str, path: str, headers: Any, body: bytes) -> Reply:
        self.requests.append((method, path, json.loads(body) if body else None))
        return super().handle(method, path, headers, body)


@pytest.fixture(scope="module")
def sandbox() -> RecordingSandbox:
    return RecordingSandbox()


@pytest.fixture(scope="module")
def base_url(sandbox: RecordingSandbox) -> Iterator[str]:
    server = LocalServer(sandbox)
    server.serve_in_background()
    yield server.base_url
    server.stop()


@pytest.fixture(scope="module")
def run(sandbox: RecordingSandbox, base_url: str) -> Callable[[str, str], Run]:
    """Return a function that runs one form of a snippet, once, however often it is asked for."""

    @cache
    def run_form(name: str, form: str) -> Run:
        sandbox.requests.clear()
        program = SNIPPETS / name / form
        if form in (PYTHON, PYTHON_ASYNC):
            # Nothing else looks for connections that the asynchronous form leaves open.
            stdout, stderr = run_in_process(
                program, may_leave_open=form == PYTHON, API_KEY="sandbox", BASE_URL=base_url
            )
            result = Run(stdout, stderr, 0)
        else:
            done = run_program(program, base_url)
            result = Run(done.stdout, done.stderr, done.returncode)
        result.requests = list(sandbox.requests)
        return result

    return run_form


def stored_output(name: str) -> str:
    return (SNIPPETS / name / "output.txt").read_text("utf-8")


@EACH
@pytest.mark.parametrize("form", [PYTHON, PYTHON_ASYNC, pytest.param(NODE, marks=needs_node)])
def test_a_program_prints_the_stored_output(name: str, form: str, run: Callable[[str, str], Run]) -> None:
    done = run(name, form)
    assert (done.stdout, done.stderr, done.status) == (stored_output(name), "", 0)


@EACH
@pytest.mark.parametrize(
    "form", [PYTHON_ASYNC, pytest.param(CURL, marks=needs_curl), pytest.param(NODE, marks=needs_node)]
)
def test_every_form_asks_the_same(name: str, form: str, run: Callable[[str, str], Run]) -> None:
    expected, found = run(name, PYTHON).requests, run(name, form).requests
    if (name, form) != ("conversation", CURL):  # curl sends the last turn only, with the turns before it
        assert len(found) == len(expected)
    assert essence(found[-1]) == essence(expected[-1])


def essence(request: tuple[str, str, Any]) -> tuple[str, str, Any]:
    """Leave out what a model has said before: curl cannot know it, and the clients write it down differently."""
    method, path, body = request
    if body and "messages" in body:
        asked = [message for message in body["messages"] if message["role"] in ("system", "user")]
        body = {**body, "messages": asked}
    return method, path, body


@needs_curl
@EACH
def test_curl_prints_what_the_programs_make_of_it(name: str, run: Callable[[str, str], Run]) -> None:
    done = run(name, CURL)
    assert (done.status, re.findall(r"^curl: .*", done.stderr, re.MULTILINE)) == (0, [])
    assert READ_CURL[name](*parse_answers(done.stdout)) == stored_output(name)


def parse_answers(text: str) -> list[Any]:
    """Read what curl has printed: JSON, one or several, or the chunks of a stream; then what is left, as text."""
    if text.startswith("data: "):
        lines = [line.removeprefix("data: ") for line in text.splitlines() if line]
        assert lines.pop() == "[DONE]"
        return [json.loads(line) for line in lines]
    answers: list[Any] = []
    while text.startswith("{"):
        answer, end = json.JSONDecoder().raw_decode(text)
        answers.append(answer)
        text = text[end:].lstrip()
    return [*answers, text] if text else answers


def lines(*parts: object) -> str:
    return "".join(f"{part}\n" for part in parts)


def content(answer: dict[str, Any]) -> str:
    return answer["choices"][0]["message"]["content"]


def streamed(*chunks: dict[str, Any]) -> str:
    return "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])


def read_choice(models: dict[str, Any]) -> str:
    data = {model["id"]: model["meta_data"] for model in models["data"]}
    fitting = [
        name
        for name, about in data.items()
        if about["model_type"] == "LLM" and "Germany" in about["deployment_country"]
    ]
    return lines(f"Models that fit: {len(fitting)}", "Chosen: Llama-3.3-70B-Instruct")


def read_similarities(answer: dict[str, Any]) -> str:
    question, *others = [item["embedding"] for item in answer["data"]]
    body = json.loads(re.search(r"--data '(.*)'", (SNIPPETS / "embed" / CURL).read_text("utf-8"), re.DOTALL)[1])
    scores = [sum(x * y for x, y in zip(question, vector, strict=True)) for vector in others]
    shown = [f"{score:.2f}  {text}" for score, text in zip(scores, body["input"][1:], strict=True)]
    return lines(f"Numbers in each vector: {len(question)}", *shown)


def read_call(first: dict[str, Any], second: dict[str, Any]) -> str:
    called = [call["function"] for call in first["choices"][0]["message"]["tool_calls"]]
    calls = [f"Call: {function['name']} {function['arguments']}" for function in called]
    return lines(*calls, f"Answer: {content(second)}")


def read_limited(answer: dict[str, Any]) -> str:
    assert answer["choices"][0]["finish_reason"] == "length"
    return lines(content(answer), "(The limit has cut the answer off.)")


def read_conversation(answer: dict[str, Any]) -> str:
    """Compare the last turn; the first one is not sent with curl."""
    start = stored_output("conversation").rpartition("Assistant: ")[0]
    return lines(f"{start}Assistant: {content(answer)}")


def read_json(answer: dict[str, Any]) -> str:
    return lines(*(f"{key.capitalize()}: {value}" for key, value in json.loads(content(answer)).items()))


def read_stream_usage(*chunks: dict[str, Any]) -> str:
    usage = chunks[-1]["usage"]
    tokens = [f"Tokens in: {usage['prompt_tokens']}", f"Tokens out: {usage['completion_tokens']}"]
    return lines(streamed(*chunks), *tokens)


def read_effort(answer: dict[str, Any]) -> str:
    return lines(content(answer), f"Tokens out, with the thinking: {answer['usage']['completion_tokens']}")


READ_CURL: dict[str, Callable[..., str]] = {
    "call_a_function": read_call,
    "chat": lambda answer: lines(content(answer)),
    "choose_model": read_choice,
    "complete_raw_text": lambda answer: lines("The capital of Germany is" + answer["choices"][0]["text"]),
    "conversation": read_conversation,
    "embed": read_similarities,
    "get_json": read_json,
    "handle_errors": lambda body, status: lines(
        f"Refused with status {status.removeprefix('Status: ').strip()}: {body['detail']}"
    ),
    "image_by_url": lambda answer: lines(content(answer)),
    "limit_the_answer": read_limited,
    "list_models": lambda models: lines(*(model["id"] for model in models["data"])),
    "own_image": lambda answer: lines(content(answer)),
    "reasoning_effort": read_effort,
    "stream": lambda *chunks: lines(streamed(*chunks)),
    "stream_with_usage": read_stream_usage,
}
"""For each snippet: what its programs would print, made from what curl has printed."""


@EACH
def test_every_form_is_there(name: str) -> None:
    files = {file.name for file in (SNIPPETS / name).iterdir() if file.name != "__pycache__"}
    assert {*FORMS, "output.txt"} <= files
    for extra in files - {*FORMS, "output.txt"}:
        users = [form for form in FORMS if extra in (SNIPPETS / name / form).read_text("utf-8")]
        assert users == FORMS, f"{name}/{extra} is not used by all forms"


def test_every_snippet_has_a_page_and_every_page_a_snippet() -> None:
    assert NAMES == PAGES


@EACH
def test_a_page_shows_its_snippet(name: str) -> None:
    page = (SNIPPETS / f"{name}.md").read_text("utf-8")
    assert re.findall(r"^<!-- snippet: (.*) -->$", page, re.MULTILINE) == [name]
    assert re.findall(r"^#+ .*", page, re.MULTILINE) == [f"# {title(name)}", "## What to know"]
    assert 2 <= len(re.findall("^- ", page, re.MULTILINE)) <= 4
    assert "```" not in page


def title(name: str) -> str:
    return (SNIPPETS / f"{name}.md").read_text("utf-8").splitlines()[0].removeprefix("# ")


def test_the_index_lists_every_page_once_by_its_title() -> None:
    listed = re.findall(r"^- \[(.*)\]\((\w+)\.md\): .+\.$", INDEX, re.MULTILINE)
    assert sorted(listed, key=lambda entry: entry[1]) == [(title(name), name) for name in PAGES]


@EACH_FILE
def test_a_program_can_be_pasted(file: Path) -> None:
    source = file.read_text("utf-8")
    assert max(map(len, source.splitlines())) <= LONGEST_LINE
    assert "helpers" not in source
    assert "BASE_URL" in source
    ids = set(re.findall(r'(?:model"?\s*[:=]|PREFERRED =)\s*"([^"]+)"', source))
    assert ids <= set(load_models()) | NO_MODELS


@EACH_FILE
def test_no_key_is_in_the_code(file: Path) -> None:
    source = file.read_text("utf-8")
    keys = re.findall(r"(?:api_key|apiKey)\s*[=:]\s*([^,)\s]+)|Bearer ([^\"]+)", source)
    assert keys
    for in_code, in_header in keys:
        assert in_code in ("", 'os.environ["API_KEY"]', "API_KEY")
        assert in_header in ("", "$API_KEY")


@EACH
def test_a_curl_snippet_is_safe_to_paste_into_a_terminal(name: str) -> None:
    source = (SNIPPETS / name / CURL).read_text("utf-8")
    # zsh takes a comment for a command, and both shells take an exclamation mark for the history.
    assert not re.search(r"^\s*#|!", source, re.MULTILINE)
    assert not re.search(r" -[a-zA-Z]\b", re.sub(r"tr -d", "tr", source)), "an option is not written out"


# Without an address, the client for Node.js takes one of its own, and the key would go there.
NODE_GUARD = """\
const { API_KEY, BASE_URL } = process.env;
if (!API_KEY || !BASE_URL) throw new Error("Set API_KEY and BASE_URL first.");
"""


@EACH
def test_a_node_snippet_stops_without_an_address(name: str) -> None:
    source = (SNIPPETS / name / NODE).read_text("utf-8")
    assert source.index(NODE_GUARD) < source.index("new OpenAI(")


@needs_node
def test_no_key_goes_to_an_address_that_it_does_not_belong_to(
    base_url: str, sandbox: RecordingSandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    shutil.copy(SNIPPETS / "chat" / NODE, tmp_path)
    monkeypatch.setenv("API_KEY", "sandbox")
    monkeypatch.setenv("OPENAI_BASE_URL", base_url)
    sandbox.requests.clear()
    command = ["node", tmp_path / NODE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, sandbox.requests) == ("", [])
    assert "Error: Set API_KEY and BASE_URL first." in done.stderr
