"""POST and GET /files, GET and DELETE /files/{file}, GET /files/validate/{file}: files to train on or to search."""
# ruff: noqa: N815 (the service names some fields so)

from typing import Annotated, Literal, NotRequired

from pydantic import Field

from sandbox.core.bodies import AnswerPart, Count
from sandbox.core.errors import ApiError
from sandbox.core.requests import Answer, Request
from sandbox.core.routing import refuse, route
from sandbox.core.store import Entry, Page, page, paging
from sandbox.core.uploads import Form, FormFile
from sandbox.engines.training import check_file

_PURPOSES = {"/v2": "fine-tune", "/v1": "visual-rag"}
# The documented formats by purpose; .txt for Visual RAG is the sandbox's choice.
_ENDINGS = {
    "fine-tune": (".jsonl", ".zip", ".pdf", ".txt", ".docx", ".csv", ".json"),
    "visual-rag": (".pdf", ".pptx", ".docx", ".html", ".png", ".txt"),
}
_NOT_YET = {"is_checked": False, "is_valid": False, "message": "File is not yet validated.", "errors": {}}
refuse("/files/[^/]+/content", "Whether the service gives the content of a file back is not documented. Keep a copy.")
_ASK_LATER = "Please use retrieve file api to get update about the validation result after sometime."


class FileUpload(Form):
    """A file, and what it is for."""

    file: FormFile = Field(description="The file, with its name: the ending tells the format.")
    purpose: Literal["fine-tune", "visual-rag"] = Field(description="`fine-tune` on /v2, `visual-rag` on /v1.")


class Validation(AnswerPart):
    """The service's extension: whether a file can be trained on."""

    object: Literal["validation"]
    is_checked: Annotated[bool, Field(description="Whether the check is done.")]
    is_valid: Annotated[bool, Field(description="Whether the file passed; false before the check, too.")]
    message: Annotated[str, Field(description="The result in words.")]
    errors: Annotated[dict[str, str], Field(description="Problems; in the sandbox up to 20, by line: `line 3`.")]
    is_generated_dataset: Annotated[bool, Field(description="If it is made of documents: in the sandbox never.")]


class FileObject(AnswerPart):
    """A file of this key."""

    id: Annotated[str, Field(description="The name that other requests use.")]
    object: Literal["file"]
    bytes: Annotated[Count, Field(description="How large it is.")]
    created_at: Annotated[str, Field(description="When it came: a text with a time zone, not a number as at OpenAI.")]
    filename: Annotated[str, Field(description="Its name, as it was uploaded.")]
    purpose: Annotated[Literal["fine-tune", "visual-rag"], Field(description="What it is for.")]
    status: Annotated[Literal["uploaded"] | None, Field(description="null for a file to train on.")]
    status_details: Annotated[None, Field(description="Always null.")]
    validation: NotRequired[Validation]
    expires_at: NotRequired[Annotated[None, Field(description="Always null. Only with `visual-rag`, as all below.")]]
    userId: NotRequired[Annotated[str, Field(description="Whose it is.")]]
    groupId: NotRequired[Annotated[str, Field(description="The group that it belongs to.")]]
    projectId: NotRequired[Annotated[str, Field(description="The project that it belongs to.")]]
    createdAt: NotRequired[Annotated[str, Field(description="The same as `created_at`.")]]


class FileList(Page):
    """A page of the files of this key."""

    data: Annotated[list[FileObject], Field(description="The files, the newest first.")]


class DeletedFile(AnswerPart):
    """What was deleted."""

    id: Annotated[str, Field(description="The id of the file.")]
    object: Literal["file"]
    deleted: Annotated[bool, Field(description="Always true.")]


class ValidationRequest(AnswerPart):
    """The check has begun."""

    file_id: Annotated[str, Field(description="The id of the file.")]
    object: Literal["validation"]
    message: Annotated[str, Field(description="That the result comes later, on the file itself.")]


_QUERY = {"purpose": "Only files for this: `fine-tune` or `visual-rag`."} | paging()


_EXAMPLES = {"A file": {"file": {"file": "docs/snippets/fine_tune/examples.jsonl"}, "purpose": "fine-tune"}}


@route("POST", "/files", FileObject, body=FileUpload, bases=("/v2", "/v1"), examples=_EXAMPLES)
def create(request: Request) -> Answer:
    """Upload a file.

    Under /v2 to train on, under /v1 to search in. The sandbox keeps it in memory, for this key only.
    """
    file, purpose = request.body.file, request.body.purpose
    if purpose != _PURPOSES[request.base]:
        documented = f"{request.base} is documented for the purpose {_PURPOSES[request.base]}"
        raise ApiError(400, f"{documented}, not {purpose}, which has another base URL.", "purpose")
    if not file.name.lower().endswith(_ENDINGS[purpose]):
        cure = f"The name has to end in {', '.join(_ENDINGS[purpose])}. Send it with the data: (name, data)."
        raise ApiError(400, f"The format of the file {file.name!r} is unknown. {cure}", "file")
    if not file.data:
        raise ApiError(400, f"The file {file.name!r} is empty. Rewind it, or write to it first.", "file")
    when, size = request.created_text, len(file.data)
    entry: Entry = {"object": "file", "bytes": size, "created_at": when, "filename": file.name, "purpose": purpose}
    entry |= {"status": None, "status_details": None, "data": file.data}
    if purpose == "fine-tune":
        entry["validation"] = {"object": "validation"} | _NOT_YET | {"is_generated_dataset": False}
    else:
        owner = dict.fromkeys(("userId", "groupId", "projectId"), "sandbox")
        entry |= {"status": "uploaded", "expires_at": None, "createdAt": when} | owner
    return Answer(_show(request.store.add("file", "file-", entry, size + len(file.name))))


@route("GET", "/files", FileList, bases=("/v2", "/v1"), query=_QUERY)
def list_files(request: Request) -> Answer:
    """List the files.

    Those of both base paths, the newest first. The service documents only `purpose`, no pages.
    """
    wanted = [request.query["purpose"]] if "purpose" in request.query else list(_ENDINGS)
    if not set(wanted) <= _ENDINGS.keys():
        raise ApiError(400, f"purpose has to be fine-tune or visual-rag, not {wanted[0]!r}.", "purpose")
    entries = [entry for entry in request.store.all("file") if entry["purpose"] in wanted]
    return Answer(page(entries, request.query, _show))


@route("GET", "/files/validate/{file}", ValidationRequest, bases=("/v2",), key_header="api-key")
def validate(request: Request) -> Answer:
    """Have a file checked before training.

    The documentation sends the key as `api-key`; the sandbox takes `Authorization`, too. The answer has no result: get
    the file later, and read its `validation`. In the sandbox, it is there with the next request.
    """
    entry = request.store.get("file", request.names[0])
    if "validation" not in entry:
        raise ApiError(400, f"The file is for {entry['purpose']}. Only files for fine-tune are validated.", "file")
    entry["validation"] |= check_file(entry["filename"], entry["data"])
    message = f"Your validation request is in progress. {_ASK_LATER}"
    return Answer({"file_id": entry["id"], "object": "validation", "message": message})


@route("GET", "/files/{file}", FileObject, bases=("/v2", "/v1"))
def retrieve(request: Request) -> Answer:
    """Get one file.

    What is known about it, not its content.
    """
    return Answer(_show(request.store.get("file", request.names[0])))


@route("DELETE", "/files/{file}", DeletedFile, bases=("/v2", "/v1"))
def delete(request: Request) -> Answer:
    """Delete a file.

    It is gone at once. A job that was created from it goes on.
    """
    request.store.delete("file", request.names[0])
    return Answer({"id": request.names[0], "object": "file", "deleted": True})


def _show(entry: Entry) -> Entry:
    return {name: value for name, value in entry.items() if name != "data"}
