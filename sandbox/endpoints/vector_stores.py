"""/vector_stores under /v1, the files in them, and searching: Visual RAG."""

import base64
import uuid
from pathlib import PurePath
from typing import Annotated, Literal, get_args

from pydantic import Field

from sandbox.core.bodies import AnswerPart, Count, Part, Whole
from sandbox.core.errors import ApiError
from sandbox.core.requests import Answer, Request
from sandbox.core.routing import refuse, route
from sandbox.core.store import Entry, Page, Store, page, paging
from sandbox.engines.documents import closeness, cut, interaction, page_image, read_pages

_VISION_MODEL = "tsi-embedding-colqwen2-2b-v1"  # the documented one; it is not on the list of models
_MOST_WORDS = 100_000  # of all files in a store
_OTHER_SEARCH = ("filters", "max_num_results", "ranking_options", "rewrite_query", "top_k_image")
_DOCUMENTED = "The service documents only query, top_k_texts, and top_k_images. Leave it out."
refuse("/vector_stores/[^/]+/file_batches.*", "Batches of files are not documented. Add one file after the other.")
refuse("/vector_stores/[^/]+/files/[^/]+/content", "A file's text is not documented to be given back. Search for it.")


class StoreChunking(Part):
    """The models that index texts and images."""

    text_embedding_model: str = Field(description="The embedding model for texts, such as `text-embedding-bge-m3`.")
    vision_embedding_model: str = Field(description=f"The one for images of pages: `{_VISION_MODEL}`.")


class StoreRequest(Part):
    """A new vector store."""

    name: Annotated[str, Field(min_length=1)] = Field(description="Its name. No other store of yours may have it.")
    chunking_strategy: StoreChunking


class FileChunking(Part):
    """How to cut the texts of a file."""

    chunk_size: Annotated[int, Field(ge=50, le=4096), Whole] | None = None
    """How long a chunk is. Default: 1024. The unit is not documented; the sandbox counts words."""
    chunk_overlap: Annotated[int, Field(ge=0), Whole] | None = None
    """How much two neighboring chunks share. Default: 100; in the sandbox at most half of `chunk_size`."""


class StoreFileRequest(Part):
    """A file for a vector store."""

    file_id: str = Field(description="The id of a file that was uploaded for `visual-rag`.")
    chunking_strategy: FileChunking | None = None


_MostResults = Annotated[int, Field(ge=0, le=20), Whole]


class SearchRequest(Part):
    """What to search for."""

    query: Annotated[str, Field(min_length=1, max_length=10_000)] = Field(description="A question, or a few words.")
    top_k_texts: _MostResults | None = Field(None, description="The most chunks of text. Default: in the sandbox, 5.")
    top_k_images: _MostResults | None = Field(None, description="The most images. Default: in the sandbox, 3.")


_State = Literal["cancelled", "completed", "failed", "in_progress", "total"]
_Null = Annotated[None, Field(description="Always null.")]


class VectorStore(AnswerPart):
    """A vector store of this key."""

    id: Annotated[str, Field(description="The name that other requests use.")]
    object: Literal["vector_store"]
    name: Annotated[str, Field(description="Its name.")]
    created_at: Annotated[str, Field(description="When it was created: a text, not a number as at OpenAI.")]
    status: Annotated[Literal["completed"], Field(description="Always `completed`. Its files have their own states.")]
    usage_bytes: Annotated[Count, Field(description="Always 0.")]
    file_counts: Annotated[dict[_State, Count], Field(description="How many files are in which state.")]
    metadata: Annotated[dict[str, str], Field(description="The two models.")]
    last_active_at: _Null
    expires_after: _Null
    expires_at: _Null


class VectorStoreList(Page):
    """A page of the vector stores of this key."""

    data: Annotated[list[VectorStore], Field(description="The vector stores, the newest first.")]


class StoreFile(AnswerPart):
    """A file in a vector store."""

    id: Annotated[str, Field(description="The id of the file.")]
    object: Literal["vector_store.file"]
    status: Annotated[Literal["in_progress", "completed"], Field(description="Ready to be searched, or not yet.")]
    usage_bytes: Annotated[Count, Field(description="Always 0.")]
    vector_store_id: Annotated[str, Field(description="The id of the vector store.")]
    created_at: Annotated[str, Field(description="When it was added: a text, not a number as at OpenAI.")]
    last_error: _Null
    attributes: _Null
    chunking_strategy: _Null


class StoreFileList(Page):
    """A page of the files in a vector store."""

    data: Annotated[list[StoreFile], Field(description="The files, the newest first.")]


class Deleted(AnswerPart):
    """What was deleted."""

    id: Annotated[str, Field(description="The id.")]
    object: Annotated[Literal["vector_store.deleted", "vector_store.file.deleted"], Field(description="What it was.")]
    deleted: Annotated[bool, Field(description="Always true.")]


class Found(AnswerPart):
    """What was found."""

    type: Annotated[Literal["text", "base64"], Field(description="A text, or an image.")]
    text: Annotated[str, Field(description="The text of the chunk, or the image as a data URL: `data:image/png;...`.")]


class Result(AnswerPart):
    """One result."""

    file_id: Annotated[str, Field(description="A UUID, not the id that the file was uploaded under.")]
    filename: Annotated[str, Field(description="The file's name; with a text it is a path that ends in the file's id.")]
    score: Annotated[float, Field(description="Texts and images have scales of their own: do not compare them.")]
    content: Annotated[list[Found], Field(description="One part.")]
    file_type: Annotated[str, Field(description="The ending of the name, such as `.pdf`.")]
    page_number: Annotated[int, Field(description="The page, from 1.")]
    created_at: Annotated[str | None, Field(description="When the file was uploaded; null with images.")]
    attributes: _Null


class Results(AnswerPart):
    """What was found: the images first, then the texts, each the best first. The service promises no order."""

    object: Literal["vector_store.search_results.page"]
    data: Annotated[list[Result], Field(description="The results.")]
    has_more: Annotated[bool, Field(description="Always false.")]


_MODELS = {"text_embedding_model": "text-embedding-bge-m3", "vision_embedding_model": _VISION_MODEL}
_STORE = {"A vector store": {"name": "lindenbad", "chunking_strategy": _MODELS}}
_FILE = {"A file": {"file_id": "$DOCUMENT", "chunking_strategy": {"chunk_size": 60, "chunk_overlap": 10}}}
_SEARCH = {"Texts and images": {"query": "What does a ticket cost?", "top_k_texts": 2, "top_k_images": 1}}


@route("POST", "/vector_stores", VectorStore, body=StoreRequest, bases=("/v1",), examples=_STORE)
def create(request: Request) -> Answer:
    """Create a vector store.

    It keeps the texts and the images of documents. Both models have to be named; there is no default.
    """
    name, models = request.body.name, request.body.chunking_strategy
    if any(store["name"] == name for store in request.store.all("vector store")):
        raise ApiError(400, f"You have a vector store {name!r} already. Use it, or choose another name.", "name")
    if "embeddings" not in request.find_model(models.text_embedding_model).capabilities:
        message = f"{models.text_embedding_model} is no embedding model. Use one, such as text-embedding-bge-m3."
        raise ApiError(400, message, "text_embedding_model")
    if models.vision_embedding_model != _VISION_MODEL:
        message = f"{models.vision_embedding_model!r} is not documented for images. Use {_VISION_MODEL}."
        raise ApiError(400, message, "vision_embedding_model")
    metadata = models.model_dump(include={*_MODELS})
    entry = {"name": name, "created_at": request.created_text, "metadata": metadata, "files": Store()}
    return Answer(_show(request, request.store.add("vector store", "vs_", entry)))


@route("GET", "/vector_stores", VectorStoreList, bases=("/v1",), query=paging())
def list_stores(request: Request) -> Answer:
    """List the vector stores.

    The newest first. Follow the pages as long as `has_more` is true.
    """
    return Answer(page(request.store.all("vector store"), request.query, lambda store: _show(request, store)))


@route("DELETE", "/vector_stores/{store}", Deleted, bases=("/v1",))
def delete(request: Request) -> Answer:
    """Delete a vector store.

    The files themselves stay.
    """
    request.store.delete("vector store", request.names[0])
    return Answer({"id": request.names[0], "object": "vector_store.deleted", "deleted": True})


@route("POST", "/vector_stores/{store}/files", StoreFile, body=StoreFileRequest, bases=("/v1",), examples=_FILE)
def add_file(request: Request) -> Answer:
    """Add a file to a vector store.

    Its texts and the images of its pages are indexed. It is `in_progress` at first: ask for it until it is `completed`.
    In the sandbox, it is `completed` the second time you ask, and a file that cannot be read is refused at once.
    """
    store = request.store.get("vector store", request.names[0])
    file = request.store.get("file", request.body.file_id)
    if file["purpose"] != "visual-rag":
        raise ApiError(400, f"The file is for {file['purpose']}. Upload it again, for visual-rag.", "file_id")
    asked = request.body.chunking_strategy or FileChunking()
    size = asked.chunk_size or 1024
    overlap = min(100, size // 2) if asked.chunk_overlap is None else asked.chunk_overlap
    if overlap > size // 2:
        raise ApiError(400, f"chunk_overlap may be at most half of chunk_size, {size // 2}.", "chunk_overlap")
    try:
        pages = read_pages(_kind(file), file["data"])
    except ValueError as error:
        raise ApiError(400, f"The file {file['filename']!r} cannot be indexed. {error}", "file_id") from error
    count = sum(len(page.text.split()) for page in pages)
    if count + sum(other["words"] for other in _files(request, store) if other["id"] != file["id"]) > _MOST_WORDS:
        raise ApiError(400, f"A store of the sandbox has at most {_MOST_WORDS:,} words. Use another.", "file_id")
    entry: Entry = dict.fromkeys(StoreFile.__annotations__) | {
        "id": file["id"], "object": "vector_store.file", "status": "in_progress", "usage_bytes": 0,
        "vector_store_id": store["id"], "created_at": request.created_text,
        "cut": (size, overlap), "words": count, "rounds": 1,
    }  # fmt: skip
    store["files"].add("file", "", entry)
    return Answer(_show_file(entry))


@route("GET", "/vector_stores/{store}/files", StoreFileList, bases=("/v1",), query=paging())
def list_files(request: Request) -> Answer:
    """List the files of a vector store.

    The newest first. A file that was deleted is no longer in it.
    """
    entries = _files(request, request.store.get("vector store", request.names[0]))
    return Answer(page(entries, request.query, lambda entry: _show_file(_look(entry))))


@route("GET", "/vector_stores/{store}/files/{document}", StoreFile, bases=("/v1",))
def retrieve_file(request: Request) -> Answer:
    """Get a file of a vector store.

    Its `status` says whether it can be searched.
    """
    store = request.store.get("vector store", request.names[0])
    _files(request, store)
    return Answer(_show_file(_look(store["files"].get("file", request.names[1]))))


@route("DELETE", "/vector_stores/{store}/files/{document}", Deleted, bases=("/v1",))
def delete_file(request: Request) -> Answer:
    """Take a file out of a vector store.

    The file itself stays: delete it as well if nobody needs it.
    """
    request.store.get("vector store", request.names[0])["files"].delete("file", request.names[1])
    return Answer({"id": request.names[1], "object": "vector_store.file.deleted", "deleted": True})


@route("POST", "/vector_stores/{store}/search", Results, body=SearchRequest, bases=("/v1",), examples=_SEARCH)
def search(request: Request) -> Answer:
    """Search in a vector store.

    Finds chunks of text and images of pages in the files that are `completed`. The scores of the two have nothing to
    do with each other. The sandbox finds an image by the words on its page; the service looks at the image.
    """
    request.refuse(_OTHER_SEARCH, _DOCUMENTED)
    query, texts, images = request.body.query, [], []
    for entry in _files(request, request.store.get("vector store", request.names[0])):
        file = request.store.get("file", entry["id"])
        for found in read_pages(_kind(file), file["data"]) if entry["status"] == "completed" else ():
            texts += [(closeness(query, text), file, found.number, text) for text in cut(found.text, *entry["cut"])]
            images += [(interaction(query, found.seen), file, found.number)] if found.seen else []
    results = []
    for score, file, number in _best(images, request.body.top_k_images, 3):
        image = base64.b64encode(page_image(_kind(file), file["data"], number)).decode("ascii")
        content = {"type": "base64", "text": f"data:image/png;base64,{image}"}
        results.append(_result(file, score, number, content) | {"filename": file["filename"], "created_at": None})
    for score, file, number, text in _best(texts, request.body.top_k_texts, 5):
        results.append(_result(file, score, number, {"type": "text", "text": text}))
    return Answer({"object": "vector_store.search_results.page", "data": results, "has_more": False})


def _kind(file: Entry) -> str:
    return PurePath(file["filename"]).suffix.lower()


def _best(found: list[tuple], most: int | None, default: int) -> list[tuple]:
    return sorted(found, key=lambda each: -each[0])[: default if most is None else most]


def _result(file: Entry, score: float, number: int, content: Entry) -> Entry:
    return {
        "file_id": str(uuid.uuid5(uuid.NAMESPACE_OID, file["id"])), "filename": f"visual-rag/sandbox/{file['id']}",
        "score": round(score, 4), "attributes": None, "content": [content], "page_number": number,
        "file_type": _kind(file), "created_at": file["created_at"],
    }  # fmt: skip


def _files(request: Request, store: Entry) -> list[Entry]:
    """Return the files of a store, the newest first; take those out that were deleted."""
    there = {file["id"] for file in request.store.all("file")}
    for gone in [entry["id"] for entry in store["files"].all("file") if entry["id"] not in there]:
        store["files"].delete("file", gone)
    return store["files"].all("file")


def _look(entry: Entry) -> Entry:
    """Take the indexing of a file one step on."""
    entry["status"] = "in_progress" if entry["rounds"] else "completed"
    entry["rounds"] = max(entry["rounds"] - 1, 0)
    return entry


def _show_file(entry: Entry) -> Entry:
    return {name: entry[name] for name in StoreFile.__annotations__}


def _show(request: Request, store: Entry) -> Entry:
    states = [entry["status"] for entry in _files(request, store)]
    counts = {name: states.count(name) for name in get_args(_State)} | {"total": len(states)}
    shown = {name: store.get(name) for name in VectorStore.__annotations__}
    return shown | {"object": "vector_store", "status": "completed", "usage_bytes": 0, "file_counts": counts}
