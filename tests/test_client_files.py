"""Files with the `openai` package, against the sandbox in-process."""

import json
import secrets

import httpx2
import openai
import pytest

from sandbox.adapters.transports import SandboxTransport
from sandbox.service import Sandbox

TURNS = [{"role": "user", "content": "When do you open?"}, {"role": "assistant", "content": "At 7:00."}]
EXAMPLE = json.dumps({"messages": TURNS}).encode()


@pytest.fixture
def sandbox():
    return Sandbox()


def connect(sandbox, base="/v2", key="sandbox"):
    """Return a client that asks the sandbox without a network."""
    transport = SandboxTransport(sandbox)
    return openai.OpenAI(
        api_key=key,
        base_url=f"http://localhost{base}",
        max_retries=0,
        http_client=openai.DefaultHttpxClient(transport=transport),
    )


@pytest.fixture
def client(sandbox):
    return connect(sandbox)


def upload(client, data=EXAMPLE, name="examples.jsonl", purpose="fine-tune"):
    return client.files.create(file=(name, data), purpose=purpose)


def checked(client, data, name="examples.jsonl"):
    """Have a file validated; return what the file then says."""
    file = upload(client, data, name)
    client.get(f"/files/validate/{file.id}", cast_to=object, options={"headers": {"api-key": client.api_key}})
    return client.files.retrieve(file.id).validation


def test_a_file_to_train_on_has_the_documented_fields(client):
    file = upload(client)
    assert set(file.to_dict(warnings=False)) == {
        "id", "object", "bytes", "created_at", "filename", "purpose", "status", "status_details", "validation",
    }  # fmt: skip
    assert file.id.startswith("file-")
    assert (file.object, file.bytes, file.filename) == ("file", len(EXAMPLE), "examples.jsonl")
    assert (file.purpose, file.status, file.status_details) == ("fine-tune", None, None)
    assert file.created_at.endswith("+00:00")
    assert file.validation == {
        "object": "validation",
        "is_checked": False,
        "is_valid": False,
        "message": "File is not yet validated.",
        "errors": {},
        "is_generated_dataset": False,
    }
    assert client.files.retrieve(file.id) == file


def test_a_file_to_search_has_the_documented_fields(sandbox):
    client = connect(sandbox, "/v1")
    file = upload(client, b"%PDF", "plan.PDF", "visual-rag")
    assert set(file.to_dict(warnings=False)) == {
        "id", "object", "bytes", "created_at", "filename", "purpose", "status", "status_details", "expires_at",
        "userId", "groupId", "projectId", "createdAt",
    }  # fmt: skip
    assert (file.status, file.expires_at, file.createdAt) == ("uploaded", None, file.created_at)
    assert client.files.retrieve(file.id) == file
    with pytest.raises(openai.BadRequestError) as refused:
        connect(sandbox).get(f"/files/validate/{file.id}", cast_to=object)
    assert "Only files for fine-tune" in str(refused.value.body)


@pytest.mark.parametrize(
    ("base", "purpose", "name", "data", "reason"),
    [
        ("/v2", "visual-rag", "plan.pdf", b"x", "/v2 is documented for the purpose fine-tune"),
        ("/v1", "fine-tune", "examples.jsonl", b"x", "/v1 is documented for the purpose visual-rag"),
        ("/v2", "fine-tune", "examples.exe", b"x", "has to end in .jsonl"),
        ("/v2", "fine-tune", "jsonl", b"x", "has to end in .jsonl"),
        ("/v1", "visual-rag", "notes.md", b"x", "has to end in .pdf"),
        ("/v2", "fine-tune", "examples.jsonl", b"", "is empty"),
        ("/v2", "assistants", "examples.jsonl", b"x", "must be one of 'fine-tune' or 'visual-rag'"),
    ],
)
def test_what_cannot_be_uploaded_is_a_400_that_says_why(sandbox, base, purpose, name, data, reason):
    with pytest.raises(openai.BadRequestError) as refused:
        upload(connect(sandbox, base), data, name, purpose)
    assert reason in str(refused.value.body)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"data": {"purpose": "fine-tune"}, "files": {"other": ("a.jsonl", b"x")}}, "is required, but missing"),
        ({"data": {"purpose": "fine-tune", "file": "text"}, "files": {"other": ("a.jsonl", b"x")}}, "must be a file"),
        ({"json": {"purpose": "fine-tune"}}, "only forms are read"),
        ({"content": b"--b", "headers": {"content-type": "multipart/form-data; boundary=b"}}, "not a valid form"),
    ],
)
def test_a_broken_form_is_a_400(sandbox, fields, reason):
    with httpx2.Client(transport=SandboxTransport(sandbox), base_url="http://localhost/v2") as client:
        reply = client.post("/files", **{"headers": {}} | fields, auth=lambda r: _with_key(r))
    assert (reply.status_code, reason in str(reply.json())) == (400, True), reply.text


def _with_key(request):
    request.headers["authorization"] = "Bearer sandbox"
    return request


def test_lists_have_pages_and_filters_and_end(client):
    ids = [upload(client, name=f"{number}.jsonl").id for number in range(5)]
    first = client.files.list(limit=2)
    assert ([file.id for file in first.data], first.has_more) == (ids[:2:-1], True)
    last = client.files.list(limit=2, after=ids[1])
    assert ([file.id for file in last.data], last.has_more) == (ids[:1], False)
    assert [file.id for file in client.files.list(limit=2, purpose="fine-tune")] == ids[::-1]
    assert list(client.files.list(purpose="visual-rag")) == []
    for query in ({"limit": 0}, {"limit": 101}, {"after": "file-none"}, {"purpose": "vision"}):
        with pytest.raises(openai.BadRequestError):
            client.files.list(**query)


def test_a_deleted_file_is_gone(client):
    file = upload(client)
    assert client.files.delete(file.id).to_dict() == {"id": file.id, "object": "file", "deleted": True}
    for call in (client.files.retrieve, client.files.delete):
        with pytest.raises(openai.NotFoundError):
            call(file.id)
    assert client.files.list().data == []


def test_two_keys_do_not_see_each_others_files(sandbox):
    ada, bo = connect(sandbox, key="sandbox-ada"), connect(sandbox, key="sandbox-bo")
    file = upload(ada)
    assert bo.files.list().data == []
    for call in (bo.files.retrieve, bo.files.delete):
        with pytest.raises(openai.NotFoundError):
            call(file.id)
    with pytest.raises(openai.NotFoundError):
        bo.get(f"/files/validate/{file.id}", cast_to=object)
    assert [each.id for each in ada.files.list()] == [file.id]


def test_the_validation_comes_later_and_is_on_the_file(client):
    file = upload(client)
    answer = client.get(f"/files/validate/{file.id}", cast_to=object)
    assert (answer["file_id"], answer["object"]) == (file.id, "validation")
    assert "in progress" in answer["message"]
    found = client.files.retrieve(file.id).validation
    assert (found["is_checked"], found["is_valid"], found["errors"]) == (True, True, {})
    assert client.files.list().data[0].validation == found


@pytest.mark.parametrize(("name", "status"), [("sandbox", 200), ("wrong", 401)])
def test_the_key_may_come_as_api_key_only_where_it_is_documented(sandbox, client, name, status):
    file = upload(client)
    with httpx2.Client(transport=SandboxTransport(sandbox), base_url="http://localhost/v2") as plain:
        headers = {"api-key": name, "content-type": "application/json"}
        assert plain.get(f"/files/validate/{file.id}", headers=headers).status_code == status
        assert plain.get(f"/files/{file.id}", headers=headers).status_code == 401
        assert plain.get(f"/files/validate/{file.id}").status_code == 401


def line(*messages, **more):
    return json.dumps({"messages": list(messages)} | more).encode()


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b"{", "No JSON"),
        (b"[" * 100_000, "No JSON"),
        (b"\xff\xfe", "No JSON"),
        (b"[]", "a JSON object with a list of messages"),
        (b'{"prompt": "a", "completion": "b"}', "a JSON object with a list of messages"),
        (line(), "a JSON object with a list of messages"),
        (line("Hello"), "a JSON object with a list of messages"),
        (line({"role": "tool", "content": "x"}), "role of messages[0]"),
        (line({"role": ["user"], "content": "x"}), "role of messages[0]"),
        (line(TURNS[0], {"role": "assistant", "content": " \n"}), "messages[1] has no content"),
        (line(TURNS[0], {"role": "assistant"}), "messages[1] has no content"),
        (line(TURNS[0] | {"weight": 1}, TURNS[1]), "weight of messages[0]"),
        (line(TURNS[0], TURNS[1] | {"weight": 2}), "weight of messages[1]"),
        (line(TURNS[0]), "end with a message of the assistant"),
    ],
)
def test_each_broken_line_is_named_with_its_problem(client, broken, reason):
    found = checked(client, EXAMPLE + b"\r\n\n" + broken + b"\n" + EXAMPLE)
    assert (found["is_checked"], found["is_valid"]) == (True, False)
    assert list(found["errors"]) == ["line 3"]
    assert reason in found["errors"]["line 3"]
    assert found["message"].startswith("Problems: 1.")


def test_weights_and_system_messages_are_valid(client):
    system = {"role": "system", "content": "Be brief."}
    data = line(system, TURNS[0], TURNS[1] | {"weight": 0}, TURNS[0], TURNS[1] | {"weight": 1})
    assert checked(client, data)["is_valid"]


def test_a_file_that_is_called_like_its_ending_is_checked(client):
    assert not checked(client, b"x", ".JSONL")["is_valid"]


def test_a_file_without_examples_and_one_with_too_many_problems(client):
    assert checked(client, b"\n \n")["errors"] == {"file": "It has no examples."}
    assert len(checked(client, b"x\n" * 100_000)["errors"]) == 20


def test_the_array_of_the_documentation_is_not_one_object_a_line(client):
    found = checked(client, json.dumps([{"messages": TURNS}], indent=4).encode())
    assert not found["is_valid"]
    assert "No JSON" in found["errors"]["line 1"]


@pytest.mark.parametrize("name", ["handbook.zip", "a.pdf", "a.txt", "a.docx", "a.csv", "a.json"])
def test_of_documents_no_data_set_is_made_and_it_says_so(client, name):
    found = checked(client, secrets.token_bytes(100), name)
    assert (found["is_valid"], found["is_generated_dataset"]) == (True, False)
    assert "the sandbox generates none" in found["message"]


def test_the_content_is_not_given_back_and_it_says_why(client):
    with pytest.raises(openai.NotFoundError) as refused:
        client.files.content(upload(client).id)
    assert "not documented" in str(refused.value.body)
