"""The snippets: every form of each one is run against a sandbox, and all forms have to say the same."""

import base64
import io
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from page_programs import needs_curl, needs_jq, needs_node, run_in_node, run_in_process
from PIL import Image

from sandbox.adapters.server import LocalServer
from sandbox.catalogue import load_models
from sandbox.core.replies import Reply
from sandbox.core.uploads import Upload, parse_form
from sandbox.service import Sandbox
from tests.strange.service import Answer, Ask, Call, StrangeService, Variant
from tools.lessons import ROOT
from tools.run_notebooks import CREDENTIAL_VARIABLES
from tools.run_programs import run_with
from tools.website.programs import LANGUAGES, SNIPPETS, find_models, insert_programs
from tools.website.reference_examples import encode_body

NAMES = sorted(folder.name for folder in SNIPPETS.iterdir() if folder.is_dir())
FORMS = [language.file for language in LANGUAGES]
PYTHON, PYTHON_ASYNC, CURL, NODE = FORMS
PAGES = sorted(page.stem for page in SNIPPETS.glob("*.md") if page.stem != "index")
INDEX = (SNIPPETS / "index.md").read_text("utf-8")

# The only ids that are no model's: what is asked for in order to be refused.
NO_MODELS = {"no-such-model"}
# A model that can be tuned, whether or not it is offered for chat.
TUNED = {"Mistral-Nemo-Instruct-2407"}
# It indexes images of pages, and is on no list of models.
INDEXING = {"tsi-embedding-colqwen2-2b-v1"}
LONGEST_LINE = 88

# How each form begins: it finds a key together with its base URL, or ends before it makes a client. The packages would
# fill in what is missing with what belongs to another service.
PYTHON_START = """\
prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
"""
START = {
    PYTHON: f"{PYTHON_START}client = OpenAI(",
    PYTHON_ASYNC: f"{PYTHON_START}client = AsyncOpenAI(",
    CURL: """\
url="$BASE_URL" key="$API_KEY"
[ "$key" ] || url="$OPENAI_BASE_URL" key="$OPENAI_API_KEY"
""",
    NODE: """\
const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI(""",
}

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
        self.requests.append((method, path, read_body(headers, body)))
        return super().handle(method, path, headers, body)


def read_body(headers: Any, body: bytes) -> Any:
    """Return what a request has sent. A file of a form is one of a snippet's, and is named as in the examples."""
    if not headers.get("content-type", "").startswith("multipart/"):
        return json.loads(body) if body else None
    form, _ = parse_form(body, headers["content-type"])
    for name, part in form.items():
        if isinstance(part, Upload):
            [file] = SNIPPETS.glob(f"*/{part.name}")
            assert file.read_bytes() == part.data
            form[name] = {"file": file.relative_to(ROOT).as_posix()}
    return form


class CountingSandbox(Sandbox):
    """A sandbox that counts how many requests wait for their answers at once."""

    def __init__(self) -> None:
        super().__init__(pace=0)
        self.now = self.most = 0
        self.lock = threading.Lock()

    def handle(self, method: str, path: str, headers: Any, body: bytes) -> Reply:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        reply = super().handle(method, path, headers, body)
        return Reply(reply.status, reply.headers, self.answered(reply.whole_body()))

    def answered(self, content: bytes) -> Iterator[tuple[float, bytes]]:
        yield 0.2, content
        with self.lock:
            self.now -= 1


def serve(sandbox: Sandbox | StrangeService) -> Iterator[str]:
    server = LocalServer(sandbox)
    server.serve_in_background()
    yield server.base_url
    server.stop()


@pytest.fixture(scope="module")
def sandbox() -> RecordingSandbox:
    return RecordingSandbox()


@pytest.fixture(scope="module")
def base_url(sandbox: RecordingSandbox) -> Iterator[str]:
    yield from serve(sandbox)


@pytest.fixture
def strange() -> StrangeService:
    return StrangeService()


@pytest.fixture
def strange_url(strange: StrangeService) -> Iterator[str]:
    yield from serve(strange)


def adding(**parameters: Any) -> Variant:
    """Return a variant that adds parameters to every request."""

    def variant(call: Call, ask: Ask) -> Answer:
        call.body |= parameters
        return ask(call)

    return variant


def run_form(name: str, form: str, **variables: str) -> Run:
    """Run one form of a snippet with these variables for the key and the base URL, and no others."""
    return run_file(SNIPPETS / name / form, **variables)


def run_file(program: Path, **variables: str) -> Run:
    """Run the file of a form: see `run_form`."""
    form = program.name
    if form == NODE:
        return Run(*run_in_node(program, **variables))
    if form == CURL:
        done = run_with(program, variables)
        return Run(done.stdout, done.stderr, done.returncode)
    none = dict.fromkeys(CREDENTIAL_VARIABLES)
    try:
        # Nothing else looks for connections that the asynchronous form leaves open.
        stdout, stderr = run_in_process(program, may_leave_open=form == PYTHON, **none | variables)
    except SystemExit as end:
        return Run("", str(end), 1)
    return Run(stdout, stderr, 0)


@pytest.fixture(scope="module")
def run(sandbox: RecordingSandbox, base_url: str) -> Callable[[str, str], Run]:
    """Return a function that runs one form of a snippet, once, however often it is asked for."""

    @cache
    def run_once(name: str, form: str) -> Run:
        sandbox.requests.clear()
        result = run_form(name, form, API_KEY="sandbox", BASE_URL=base_url)
        result.requests = list(sandbox.requests)
        return result

    return run_once


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
    expected, found = map(essence, run(name, PYTHON).requests), map(essence, run(name, form).requests)
    if (name, form) == ("conversation", CURL):  # curl sends the last turn only, with the turns before it
        assert list(found) == list(expected)[-1:]
    else:
        # Several requests at once have no order.
        assert sorted(found) == sorted(expected)


RANDOM_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{24}\b")


def essence(request: tuple[str, str, Any]) -> tuple[str, str, str]:
    """Leave out what a model has said before: curl cannot know it, and the clients write it down differently.

    Pydantic and zod also add titles to a schema, and `parse` says that it wants no stream.
    """
    method, path, body = request
    if body and "messages" in body:
        asked = [message for message in body["messages"] if message["role"] in ("system", "user")]
        body = {"stream": False, **body, "messages": asked}
    if body and path.endswith("/responses") and isinstance(body["input"], list):
        body = {**body, "input": [item for item in body["input"] if item.get("role") == "user"]}
    return method, RANDOM_ID.sub("", path), RANDOM_ID.sub("", json.dumps(without_titles(body), sort_keys=True))


def without_titles(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: without_titles(value) for key, value in part.items() if key not in ("title", "$schema")}
    return [without_titles(each) for each in part] if isinstance(part, list) else part


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


def output_text(response: dict[str, Any]) -> str:
    messages = [item for item in response["output"] if item["type"] == "message"]
    return "".join(part["text"] for message in messages for part in message["content"])


def streamed(*chunks: dict[str, Any]) -> str:
    return "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])


def read_choice(models: dict[str, Any]) -> str:
    data = {model["id"]: model["meta_data"] for model in models["data"]}
    fitting = [
        name
        for name, about in data.items()
        if about["model_type"] == "LLM" and "Germany" in about["deployment_country"]
    ]
    return lines(f"Models that fit: {len(fitting)}", f"Chosen: {fitting[0]}")


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


def read_call_item(first: dict[str, Any], second: dict[str, Any]) -> str:
    calls = [item for item in first["output"] if item["type"] == "function_call"]
    return lines(*(f"Call: {call['name']} {call['arguments']}" for call in calls), f"Answer: {output_text(second)}")


def read_limited(answer: dict[str, Any]) -> str:
    assert answer["choices"][0]["finish_reason"] == "length"
    return lines(content(answer), "(The limit cut the answer off.)")


def read_conversation(answer: dict[str, Any]) -> str:
    """Compare the last turn; the first one is not sent with curl."""
    start = stored_output("conversation").rpartition("Assistant: ")[0]
    return lines(f"{start}Assistant: {content(answer)}")


def read_json(answer: dict[str, Any]) -> str:
    return lines(*(f"{key.capitalize()}: {value}" for key, value in json.loads(content(answer)).items()))


def read_stream_usage(*chunks: dict[str, Any]) -> str:
    usage = chunks[-1]["usage"]
    tokens = [f"Input tokens: {usage['prompt_tokens']}", f"Output tokens: {usage['completion_tokens']}"]
    return lines(streamed(*chunks), *tokens)


def read_image(answer: dict[str, Any]) -> str:
    image = Image.open(io.BytesIO(base64.b64decode(answer["data"][0]["b64_json"])))
    return lines(f"Saved image.png: {image.width} x {image.height} pixels")


def read_several(*answers: dict[str, Any]) -> str:
    """Put the answers in their order: curl prints each when it arrives."""
    return lines(*sorted(map(content, answers), key=stored_output("several_requests").index))


def read_effort(answer: dict[str, Any]) -> str:
    return lines(content(answer), f"Output tokens, thinking included: {answer['usage']['completion_tokens']}")


def read_thoughts(*chunks: dict[str, Any]) -> str:
    thoughts = [choice["delta"].get("reasoning") or "" for chunk in chunks for choice in chunk["choices"]]
    return lines(f"Thoughts: {''.join(thoughts)}", f"Answer: {streamed(*chunks)}")


def read_tuning(_: dict[str, Any], file: dict[str, Any], events: dict[str, Any]) -> str:
    told = [f"{event['level']}: {event['message']}" for event in events["data"]]
    return lines(f"Validation: {file['validation']['message']}", *told)


def read_found(*answers: dict[str, Any]) -> str:
    parts = [(result["content"][0], result["page_number"]) for result in answers[-1]["data"]]
    return lines(*(f"{part['type']}, page {number}: {part['text'][:21]}" for part, number in parts))


READ_CURL: dict[str, Callable[..., str]] = {
    "answer_from_documents": lambda answer, sources: lines(content(answer), sources.strip()),
    "call_a_function": read_call,
    "chat": lambda answer: lines(content(answer)),
    "choose_model": read_choice,
    "complete_raw_text": lambda answer: lines("The capital of Germany is" + answer["choices"][0]["text"]),
    "conversation": read_conversation,
    "continue_a_run": lambda *results: lines(*(f"{r['key']}: {content(r['response'])}" for r in results)),
    "embed": read_similarities,
    "fine_tune": read_tuning,
    "generate_image": read_image,
    "get_json": read_json,
    "get_list": lambda answer: lines(
        *(" | ".join(value or "-" for value in row.values()) for row in json.loads(content(answer))["items"])
    ),
    "handle_errors": lambda body, status: lines(
        f"Refused with status {status.removeprefix('Status: ').strip()}: {body['detail']}"
    ),
    "image_by_url": lambda answer: lines(content(answer)),
    "limit_the_answer": read_limited,
    "list_models": lambda models: lines(*(model["id"] for model in models["data"])),
    "own_image": lambda answer: lines(content(answer)),
    "pydantic": read_json,
    "reasoning_effort": read_effort,
    "responses": lambda answer: lines(output_text(answer)),
    "responses_tools": read_call_item,
    "search_documents": read_found,
    "several_requests": read_several,
    "show_the_thoughts": read_thoughts,
    "stay_under_a_limit": lambda *answers: lines(*map(content, answers)),
    "stream": lambda *chunks: lines(streamed(*chunks)),
    "stream_with_usage": read_stream_usage,
    "transcribe": lambda answer: lines(answer["text"]),
}
"""For each snippet: what its programs would print, made from what curl has printed."""


JQ = {
    (name, command)
    for name in NAMES
    for command in re.findall(r"`\| (jq .*?)`", (SNIPPETS / f"{name}.md").read_text("utf-8"))
}


@needs_curl
@needs_jq
@pytest.mark.parametrize(("name", "command"), sorted(JQ))
def test_jq_picks_out_the_text(name: str, command: str, run: Callable[[str, str], Run]) -> None:
    done = subprocess.run(
        ["bash", "-c", command], input=run(name, CURL).stdout, capture_output=True, text=True, check=True
    )
    shown = done.stdout
    if shown.startswith("{"):
        shown = lines(*(f"{key.capitalize()}: {value}" for key, value in json.loads(shown).items()))
    assert shown.strip() == stored_output(name).strip()


@EACH
def test_a_page_lists_the_models_that_its_program_works_with(name: str, run: Callable[[str, str], Run]) -> None:
    page = (SNIPPETS / f"{name}.md").read_text("utf-8")
    needs = re.findall(r"^<!-- models: (\w+) -->$", page, re.MULTILINE)
    posted = [(path, body) for _, path, body in run(name, PYTHON).requests if body and "model" in body]
    asked = [(path, body) for path, body in posted if body["model"] not in NO_MODELS | TUNED]
    assert len(needs) == bool(asked)
    if not asked:
        return
    found = find_models(needs[0])
    assert f"works here: `{'`, `'.join(found)}`. On the service" in insert_programs(page)
    path, body = asked[0]
    assert [model for model in load_models() if answers(path, {**body, "model": model})] == found


def answers(path: str, body: dict[str, Any]) -> bool:
    """Say whether a request is not refused and its answer not empty."""
    body = {key: value for key, value in body.items() if not key.startswith("stream")}
    data, kind = encode_body(body)
    reply = Sandbox(pace=0).handle("POST", path, {"authorization": "Bearer sandbox", "content-type": kind}, data)
    return reply.status == 200 and b'"content":"",' not in reply.whole_body()


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
    assert max(len(line) for line in source.splitlines() if "https://" not in line) <= LONGEST_LINE
    assert not re.search(r"(?:from|import) helpers", source)
    assert START[file.name] in source
    ids = set(re.findall(r'(?:model"?\s*[:=]|PREFERRED =)\s*"([^"]+)"', source))
    assert ids <= set(load_models()) | NO_MODELS | TUNED | INDEXING


@EACH_FILE
def test_no_key_is_in_the_code(file: Path) -> None:
    source = file.read_text("utf-8").replace(START[file.name], "")
    keys = re.findall(r"api_key=key,|\{ apiKey,|^  apiKey,$|Bearer \$key\"|\"api-key\": apiKey", source, re.MULTILINE)
    assert len(keys) == len(re.findall(r"(?i)api_?key|bearer", source)) > 0


@EACH
def test_a_curl_snippet_is_safe_to_paste_into_a_terminal(name: str) -> None:
    source = (SNIPPETS / name / CURL).read_text("utf-8")
    # zsh takes a comment for a command, and both shells take an exclamation mark for the history.
    assert not re.search(r"^\s*#|!", source, re.MULTILINE)
    assert not re.search(r" -[a-zA-Z]\b", re.sub(r"tr -d", "tr", source)), "an option is not written out"


@needs_node
def test_a_program_for_node_has_an_end_of_its_own(base_url: str) -> None:
    ended = run_with(SNIPPETS / "chat" / NODE, {"API_KEY": "sandbox", "BASE_URL": base_url})
    assert (ended.stdout, ended.stderr, ended.returncode) == (stored_output("chat"), "", 0)
    refused = run_with(SNIPPETS / "chat" / NODE, {})
    assert (refused.stdout, refused.returncode) == ("", 1)
    assert "Error: Set API_KEY and BASE_URL first." in refused.stderr


INCOMPLETE = {
    "nothing": {},
    "no base URL": {"API_KEY": "sandbox"},
    "no key": {"BASE_URL": "URL"},
    "a key of OpenAI's": {"OPENAI_API_KEY": "sandbox"},
    "a key of OpenAI's, and another base URL": {"OPENAI_API_KEY": "sandbox", "BASE_URL": "URL"},
    "a key, and a base URL that belongs to another": {"API_KEY": "sandbox", "OPENAI_BASE_URL": "URL"},
}
EACH_FORM = pytest.mark.parametrize(
    "form", [PYTHON, PYTHON_ASYNC, pytest.param(CURL, marks=needs_curl), pytest.param(NODE, marks=needs_node)]
)
EACH_PROGRAM = pytest.mark.parametrize("form", [PYTHON, PYTHON_ASYNC, pytest.param(NODE, marks=needs_node)])


@EACH_FORM
def test_the_variables_of_the_quickstart_work_too(form: str, base_url: str, run: Callable[[str, str], Run]) -> None:
    done = run_form("chat", form, OPENAI_API_KEY="sandbox", OPENAI_BASE_URL=base_url)
    if form == CURL:
        assert READ_CURL["chat"](*parse_answers(done.stdout)) == stored_output("chat")
    else:
        assert (done.stdout, done.stderr) == (stored_output("chat"), "")


@EACH_FORM
@pytest.mark.parametrize("case", INCOMPLETE)
def test_no_key_goes_to_an_address_that_it_does_not_belong_to(
    case: str, form: str, base_url: str, sandbox: RecordingSandbox
) -> None:
    sandbox.requests.clear()
    variables = {name: value.replace("URL", base_url) for name, value in INCOMPLETE[case].items()}
    done = run_form("chat", form, **variables)
    assert (done.stdout, sandbox.requests) == ("", [])
    assert done.status != 0
    # The address is missing, so curl does not even look for one.
    assert ("curl: (3) " if form == CURL else "Set API_KEY and BASE_URL first.") in done.stderr


@EACH_PROGRAM
def test_the_first_pair_wins(form: str, base_url: str) -> None:
    done = run_form(
        "chat", form, API_KEY="sandbox", BASE_URL=base_url, OPENAI_API_KEY="x", OPENAI_BASE_URL="http://127.0.0.1:9/v2"
    )
    assert done.stdout == stored_output("chat")


@EACH_PROGRAM
@pytest.mark.parametrize("name", ["call_a_function", "get_json", "pydantic", "reasoning_effort", "stream_with_usage"])
def test_a_program_survives_what_other_services_leave_out(
    name: str, form: str, strange: StrangeService, strange_url: str
) -> None:
    def variant(call: Call, ask: Ask) -> Answer:
        answer = ask(call)
        parts = answer.content if isinstance(answer.content, list) else [answer.content]
        for part in parts:
            part["usage"] = None
            for choice in part["choices"]:
                if message := choice.get("message"):
                    message.setdefault("tool_calls", None)
                    del message["refusal"]
        if isinstance(answer.content, list):
            answer.content.insert(0, {"choices": []})
        return answer

    strange.begin(variant)
    done = run_form(name, form, API_KEY="sandbox", BASE_URL=strange_url)
    counted = re.compile(r"^(?:In|Out)put tokens.*\n", re.MULTILINE)
    assert (done.stdout, done.stderr) == (counted.sub("", stored_output(name)), "")


@EACH_PROGRAM
@pytest.mark.parametrize("name", ["call_a_function", "responses_tools"])
def test_a_model_that_calls_forever_is_stopped(name: str, form: str, strange: StrangeService, strange_url: str) -> None:
    strange.begin(adding(tool_choice="required"))
    done = run_form(name, form, API_KEY="sandbox", BASE_URL=strange_url)
    assert len(strange.requests) == 5
    assert done.stdout.endswith("\nNo answer after five rounds.\n")


@EACH_PROGRAM
@pytest.mark.parametrize("name", ["get_json", "pydantic"])
def test_an_answer_that_was_cut_off_is_no_object(
    name: str, form: str, strange: StrangeService, strange_url: str
) -> None:
    strange.begin(adding(max_completion_tokens=20))
    done = run_form(name, form, API_KEY="sandbox", BASE_URL=strange_url)
    assert (done.stdout, done.status) == ("", 1)
    assert re.search("complete answer: length|was cut off|length limit was reached", done.stderr)


@EACH_PROGRAM
@pytest.mark.parametrize("name", ["get_json", "pydantic"])
def test_a_refusal_is_no_object(name: str, form: str, strange: StrangeService, strange_url: str) -> None:
    def variant(call: Call, ask: Ask) -> Answer:
        answer = ask(call)
        answer.content["choices"][0]["message"].update(content=None, refusal="I would rather not.")
        return answer

    strange.begin(variant)
    done = run_form(name, form, API_KEY="sandbox", BASE_URL=strange_url)
    assert (done.stdout, done.status) == ("", 1)
    assert "answer: I would rather not." in done.stderr


@EACH_FORM
def test_two_requests_are_made_at_once_and_never_more(form: str) -> None:
    sandbox = CountingSandbox()
    for base_url in serve(sandbox):
        run_form("several_requests", form, API_KEY="sandbox", BASE_URL=base_url)
    assert sandbox.most == 2


@EACH_FORM
def test_a_run_goes_on_where_it_was(form: str, tmp_path: Path, base_url: str, sandbox: RecordingSandbox) -> None:
    shutil.copy(SNIPPETS / "continue_a_run" / form, tmp_path)
    done = ['{"key": "Spain", "answer": "kept"}', '{"key": "Japan", "answer": "kept"}']
    (tmp_path / "answers.jsonl").write_text("".join(f"{line}\n" for line in done), "utf-8")
    sandbox.requests.clear()
    finished = run_file(tmp_path / form, API_KEY="sandbox", BASE_URL=base_url)
    asked = sorted(body["messages"][0]["content"].split()[-1] for _, _, body in sandbox.requests)
    assert (asked, finished.status, finished.stdout.count("kept")) == (["France?", "Germany?"], 0, 2)


@EACH_FORM
@pytest.mark.parametrize("answer", [Answer(400, {"detail": "no"}), Answer(200, {})], ids=["refused", "broken"])
def test_a_failed_request_is_left_for_the_next_run(
    answer: Answer, form: str, strange: StrangeService, strange_url: str
) -> None:
    strange.begin(lambda call, ask: answer if "Spain" in str(call.body) else ask(call))
    done = run_form("continue_a_run", form, API_KEY="sandbox", BASE_URL=strange_url)
    assert sorted(set(re.findall(r"The capital of (\w+) is", done.stdout))) == ["France", "Germany", "Japan"]
    assert ("Left for the next run: " in done.stdout) == (form != CURL)
