"""Vector stores with the `openai` package, against the sandbox in-process: Visual RAG."""

import base64
import io
import uuid
import zipfile
import zlib

import openai
import pytest
from PIL import Image

from sandbox.adapters.transports import SandboxTransport
from sandbox.engines.documents import cut
from sandbox.service import Sandbox

MODELS = {
    "text_embedding_model": "text-embedding-bge-m3",
    "vision_embedding_model": "tsi-embedding-colqwen2-2b-v1",
}
PRICES = b"BT /F1 12 Tf 72 700 Td (A ticket for adults costs 6 euros.) Tj ET"
HTML = b"<title>Pool</title><script>x<b</script><!-- <p>no --><p>At <b>7</b>&nbsp;am<br>open"
PLAN = b"BT /F1 12 Tf 72 700 Td (Plan: lockers, main pool, front desk) Tj ET 50 50 400 400 re S"


@pytest.fixture
def sandbox():
    return Sandbox()


def connect(sandbox, key="sandbox"):
    """Return a client that asks the sandbox without a network."""
    return openai.OpenAI(
        api_key=key,
        base_url="http://localhost/v1",
        max_retries=0,
        http_client=openai.DefaultHttpxClient(transport=SandboxTransport(sandbox)),
    )


@pytest.fixture
def client(sandbox):
    return connect(sandbox)


def make_pdf(*contents, filters=b"", box=b"0 0 595 842"):
    """Write a PDF with a page for each content stream."""
    pages = range(4, 4 + 2 * len(contents), 2)
    objects = [b"<</Type/Catalog/Pages 2 0 R>>"]
    objects.append(b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(b"%d 0 R" % n for n in pages), len(pages)))
    objects.append(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
    for number, content in zip(pages, contents, strict=True):
        resources = b"/Resources<</Font<</F1 3 0 R>>>>"
        objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents %d 0 R%s>>" % (box, number + 1, resources))
        objects.append(b"<<%s/Length %d>>stream\n%s\nendstream" % (filters, len(content), content))
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % each for each in enumerate(objects, 1))
    return body + b"trailer<</Root 1 0 R>>\n%%EOF"


def packed(unit, mebibytes):
    """Return a PDF whose only page is so much of a unit, packed."""
    packer = zlib.compressobj(9)
    block = unit * (1024 * 1024 // len(unit))
    data = b"".join(packer.compress(block) for _ in range(mebibytes)) + packer.flush()
    return make_pdf(data, filters=b"/Filter/FlateDecode")


def make_zip(parts):
    with zipfile.ZipFile(file := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def make_png(size, color="white"):
    Image.new("1" if color == "white" else "RGB", size, color).save(file := io.BytesIO(), "PNG")
    return file.getvalue()


def upload(client, name, data):
    return client.files.create(file=(name, data), purpose="visual-rag").id


def make_store(client, name="pool"):
    return client.vector_stores.create(name=name, chunking_strategy=MODELS).id


def add(client, store, file, rounds=2, **more):
    """Add a file to a store, and ask for it until it is indexed."""
    client.vector_stores.files.create(store, file_id=file, **more)
    for _ in range(rounds):
        client.vector_stores.files.retrieve(file, vector_store_id=store)


def search(client, store, query, texts=5, images=3):
    """Return the texts and the images that are found."""
    body = {"top_k_texts": texts, "top_k_images": images}
    found = client.vector_stores.search(store, query=query, extra_body=body).data
    return [[each for each in found if each.content[0].type == kind] for kind in ("text", "base64")]


def refusal(call, *args, **named):
    """Return the status of a refused request and what its body says."""
    with pytest.raises(openai.APIStatusError) as refused:
        call(*args, **named)
    return refused.value.status_code, str(refused.value.body)


def test_a_new_store_has_the_documented_fields(client):
    store = client.vector_stores.create(name="pool", chunking_strategy=MODELS)
    assert set(store.to_dict(warnings=False)) == {
        "id", "object", "name", "created_at", "status", "usage_bytes", "file_counts", "metadata", "last_active_at",
        "expires_after", "expires_at",
    }  # fmt: skip
    assert (store.name, store.status, store.usage_bytes, store.metadata) == ("pool", "completed", 0, MODELS)
    assert store.created_at.endswith("+00:00")
    assert set(store.file_counts.to_dict().values()) == {0}


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({}, 400, "name"),
        ({"name": "pool"}, 400, "chunking_strategy"),
        ({"name": "", "chunking_strategy": MODELS}, 400, "name"),
        ({"name": "pool", "chunking_strategy": {"type": "auto"}}, 400, "text_embedding_model"),
        ({"name": "taken", "chunking_strategy": MODELS}, 400, "already"),
        ({"name": "pool", "chunking_strategy": MODELS | {"text_embedding_model": "none"}}, 404, "does not exist"),
        ({"name": "pool", "chunking_strategy": MODELS | {"text_embedding_model": "gpt-4.1"}}, 400, "no embedding"),
        ({"name": "pool", "chunking_strategy": MODELS | {"vision_embedding_model": "gpt-4.1"}}, 400, "colqwen2"),
    ],
)
def test_what_is_no_store_is_refused_with_the_reason(client, body, status, reason):
    make_store(client, "taken")
    found = refusal(client.vector_stores.create, extra_body=body)
    assert (found[0], reason in found[1]) == (status, True), found


def test_a_name_is_free_again_after_its_store_is_deleted(client):
    store = make_store(client)
    deleted = client.vector_stores.delete(store)
    assert deleted.to_dict() == {"id": store, "object": "vector_store.deleted", "deleted": True}
    assert make_store(client) != store
    assert refusal(client.vector_stores.delete, store)[0] == 404


def test_lists_have_pages_and_end(client):
    stores = [make_store(client, str(number)) for number in range(5)]
    assert [store.id for store in client.vector_stores.list(limit=2)] == stores[::-1]
    files = [upload(client, f"{number}.txt", b"text") for number in range(5)]
    for file in files:
        add(client, stores[0], file, rounds=0)
    assert [file.id for file in client.vector_stores.files.list(stores[0], limit=2)] == files[::-1]
    for query in ({"limit": 0}, {"after": "vs_none"}):
        assert refusal(client.vector_stores.list, **query)[0] == 400


def test_a_file_is_in_progress_then_completed_and_only_then_found(client):
    store, file = make_store(client), upload(client, "prices.pdf", make_pdf(PRICES))
    added = client.vector_stores.files.create(store, file_id=file)
    assert set(added.to_dict(warnings=False)) == {
        "id", "object", "status", "usage_bytes", "vector_store_id", "created_at", "last_error", "attributes",
        "chunking_strategy",
    }  # fmt: skip
    assert (added.id, added.status, added.vector_store_id) == (file, "in_progress", store)
    states = []
    for _ in range(3):
        assert search(client, store, "ticket") == ([[], []] if len(states) < 2 else search(client, store, "ticket"))
        states.append(client.vector_stores.files.retrieve(file, vector_store_id=store).status)
    assert states == ["in_progress", "completed", "completed"]
    [text], [image] = search(client, store, "ticket")
    assert text.content[0].text == "A ticket for adults costs 6 euros."
    assert client.vector_stores.list().data[0].file_counts.completed == 1
    assert image.filename == "prices.pdf"


def test_to_list_the_files_takes_them_on_as_well(client):
    store, file = make_store(client), upload(client, "a.txt", b"text")
    add(client, store, file, rounds=0)
    assert [client.vector_stores.files.list(store).data[0].status for _ in range(2)] == ["in_progress", "completed"]


def test_results_have_the_documented_fields_and_two_scales(client):
    store, file = make_store(client), upload(client, "Pool.PDF", make_pdf(PRICES, PLAN))
    add(client, store, file)
    texts, images = search(client, store, "where are the lockers and the main pool")
    assert [each.page_number for each in texts] == [each.page_number for each in images] == [2, 1]
    for each in texts + images:
        assert (each.file_type, each.attributes, len(each.content)) == (".pdf", None, 1)
        assert uuid.UUID(each.file_id)
    assert images[0].score > 2 > 1 >= texts[0].score > texts[1].score
    assert (images[0].filename, images[0].created_at) == ("Pool.PDF", None)
    assert (texts[0].filename, texts[0].created_at[:2]) == (f"visual-rag/sandbox/{file}", "20")
    head, _, data = images[0].content[0].text.partition(",")
    assert head == "data:image/png;base64"
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (424, 600)


def test_as_many_results_as_asked_for(client):
    store, file = make_store(client), upload(client, "pool.pdf", make_pdf(*[PRICES] * 9))
    add(client, store, file)
    assert [len(found) for found in search(client, store, "ticket", None, None)] == [5, 3]
    assert [len(found) for found in search(client, store, "ticket", 0, 7)] == [0, 7]
    for name, value in (("top_k_texts", -1), ("top_k_images", 21), ("top_k_image", 3), ("max_num_results", 3)):
        assert refusal(client.vector_stores.search, store, query="ticket", extra_body={name: value})[0] == 400
    assert refusal(client.vector_stores.search, store, query="")[0] == 400


def test_long_texts_are_cut_into_chunks_that_overlap(client):
    assert cut("a b c d e f g", 3, 1) == ["a b c", "c d e", "e f g"]
    assert cut("a b", 3, 1) == cut("a b", 3, 2) == ["a b"]
    assert cut(" \n", 3, 1) == []
    words = [f"word{number}" for number in range(200)]
    store, file = make_store(client), upload(client, "a.txt", " ".join(words).encode())
    add(client, store, file, chunking_strategy={"chunk_size": 60, "chunk_overlap": 10})
    found = [each.content[0].text.split() for each in search(client, store, "word7")[0]]
    assert sorted(found, key=lambda chunk: words.index(chunk[0])) == [words[n : n + 60] for n in (0, 50, 100, 150)]
    for size, overlap in ((60, 31), (49, 10), (5000, 10), (60, -1)):
        chunking = {"chunk_size": size, "chunk_overlap": overlap}
        assert refusal(client.vector_stores.files.create, store, file_id=file, chunking_strategy=chunking)[0] == 400


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("a.txt", "Geöffnet ab 7 Uhr".encode(), "Geöffnet ab 7 Uhr"),
        ("a.html", HTML, "Pool\nAt 7 am\nopen"),
        ("a.docx", make_zip({"word/document.xml": "<w:p><w:t>At s</w:t><w:t>ix</w:t></w:p>open"}), "At six\nopen"),
        ("a.pptx", make_zip({"ppt/slides/slide10.xml": "<a:t>ten</a:t>", "ppt/slides/slide2.xml": "two"}), "two"),
    ],
)  # fmt: skip
def test_other_documents_give_texts_and_no_images(client, name, data, text):
    store, file = make_store(client), upload(client, name, data)
    add(client, store, file)
    texts, images = search(client, store, text)
    assert (texts[0].content[0].text, texts[0].page_number, images) == (text, 1, [])


def test_an_image_is_found_by_what_can_be_measured_in_it(client):
    store = make_store(client)
    for color in ("red", "blue"):
        add(client, store, upload(client, f"{color}.png", make_png((900, 300), color)))
    texts, images = search(client, store, "a blue image")
    assert (texts, [each.filename for each in images]) == ([], ["blue.png", "red.png"])
    data = base64.b64decode(images[0].content[0].text.partition(",")[2])
    assert Image.open(io.BytesIO(data)).size == (600, 200)


SLIDES = [f"ppt/slides/slide{number}.xml" for number in range(101)]
# Made when they are sent: some take long, and are not needed to list the tests.
BROKEN = {
    "no PDF": ("a.pdf", lambda: b"hello" * 100, "cannot be read as a .pdf file"),
    "only the head of a PDF": ("a.pdf", lambda: b"%PDF-1.7", "cannot be read as a .pdf file"),
    "a PDF without pages": ("a.pdf", make_pdf, "cannot be read as a .pdf file"),
    "1,000 pages": ("a.pdf", lambda: make_pdf(*[PRICES] * 1000), "1,000 pages, more than 100"),
    "a PDF that unpacks to 100 MB": ("a.pdf", lambda: packed(b" ", 100), "when unpacked"),
    "a PDF of 500,000 areas": ("a.pdf", lambda: packed(b"0 0 595 842 re f\n", 10), "parts, more than 10,000"),
    "a PNG as PDF": ("a.pdf", lambda: make_png((9, 9)), "cannot be read as a .pdf file"),
    "a PDF as PNG": ("a.png", lambda: make_pdf(PRICES), "This is a PDF document"),
    "half a PNG": ("a.png", lambda: make_png((900, 900), "red")[:200], "damaged or cut off"),
    "a PNG of 10 gigapixels": ("a.png", lambda: make_png((100_000, 1000)), "more than 40,000,000 pixels"),
    "no ZIP": ("a.docx", lambda: b"hello", "cannot be read as a .docx file"),
    "a ZIP without a document": ("a.docx", lambda: make_zip({"a": "b"}), "0 pages"),
    "a ZIP of too many slides": ("a.pptx", lambda: make_zip(dict.fromkeys(SLIDES, "")), "101 pages"),
    "a zip bomb": ("a.docx", lambda: make_zip({"word/document.xml": " " * 20_000_000}), "when unpacked"),
    "text in UTF-16": ("a.txt", lambda: "hello".encode("utf-16"), "utf-8"),
    "too many words": ("a.txt", lambda: b"word " * 50_001, "50,001 words"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "make", "reason"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_is_a_400_that_says_why(client, name, make, reason):
    store, file = make_store(client), upload(client, name, make())
    status, body = refusal(client.vector_stores.files.create, store, file_id=file)
    assert (status, reason in body) == (400, True), body
    assert client.vector_stores.files.list(store).data == []


@pytest.mark.parametrize("unit", ["<", "<a ", "<!--", "<![CDATA[", "<script>", "</", '<a b="', "&", "<p>"])
def test_odd_markup_is_no_hang(client, unit):
    """The standard library's parser takes hours on some of them."""
    store, file = make_store(client), upload(client, "a.html", unit.encode() * (3_000_000 // len(unit)))
    assert client.vector_stores.files.create(store, file_id=file).id == file


@pytest.mark.parametrize("box", [b"0 0 0 0", b"0 0 1 1000000", b"0 0 1e38 1e38", b"5 5", b"0 0 -5 -5"])
def test_pages_of_odd_sizes_are_drawn(client, box):
    store, file = make_store(client), upload(client, "a.pdf", make_pdf(PRICES, box=box))
    add(client, store, file)
    assert len(search(client, store, "ticket")[1]) == 1


def test_a_page_without_text_is_found_by_its_colors(client):
    store = make_store(client)
    add(client, store, upload(client, "a.pdf", make_pdf(b"1 0 0 rg 0 0 595 842 re f", b"0 0 1 rg 0 0 595 842 re f")))
    assert [each.page_number for each in search(client, store, "blue")[1]] == [2, 1]


def test_a_store_has_a_limit(client):
    store = make_store(client)
    for number in range(2):
        add(client, store, upload(client, f"{number}.txt", b"word " * 50_000), rounds=0)
    file = upload(client, "more.txt", b"word")
    assert "at most 100,000 words" in refusal(client.vector_stores.files.create, store, file_id=file)[1]


def test_a_deleted_file_is_in_no_store_any_more(client):
    store, file = make_store(client), upload(client, "a.txt", b"text")
    add(client, store, file)
    client.files.delete(file)
    assert search(client, store, "text") == [[], []]
    assert client.vector_stores.files.list(store).data == []
    assert client.vector_stores.list().data[0].file_counts.total == 0


def test_a_file_that_is_taken_out_stays_a_file(client):
    store, file = make_store(client), upload(client, "a.txt", b"text")
    add(client, store, file)
    deleted = client.vector_stores.files.delete(file, vector_store_id=store)
    assert deleted.to_dict() == {"id": file, "object": "vector_store.file.deleted", "deleted": True}
    assert search(client, store, "text") == [[], []]
    assert client.files.retrieve(file).id == file
    for call in (client.vector_stores.files.retrieve, client.vector_stores.files.delete):
        assert refusal(call, file, vector_store_id=store)[0] == 404


def test_only_files_to_search_can_be_added(sandbox, client):
    trainer = client.with_options(base_url="http://localhost/v2")
    file = trainer.files.create(file=("a.jsonl", b"{}"), purpose="fine-tune").id
    assert refusal(client.vector_stores.files.create, make_store(client), file_id=file)[0] == 400
    assert refusal(client.vector_stores.files.create, make_store(client, "b"), file_id="file-none")[0] == 404


def test_two_keys_do_not_see_each_others_stores(sandbox):
    ada, bo = connect(sandbox, "sandbox-ada"), connect(sandbox, "sandbox-bo")
    store, file = make_store(ada), upload(ada, "a.txt", b"text")
    add(ada, store, file)
    assert bo.vector_stores.list().data == []
    assert make_store(bo)
    for call in (
        lambda: bo.vector_stores.search(store, query="text"),
        lambda: bo.vector_stores.files.list(store),
        lambda: bo.vector_stores.delete(store),
        lambda: bo.vector_stores.files.create(bo.vector_stores.list().data[0].id, file_id=file),
    ):
        assert refusal(call)[0] == 404


def test_they_are_below_v1_only_and_what_is_not_documented_says_so(sandbox, client):
    other = client.with_options(base_url="http://localhost/v2")
    assert refusal(other.vector_stores.list)[0] == 404
    store = make_store(client)
    assert "not documented" in refusal(client.vector_stores.file_batches.create, store, file_ids=["a"])[1]
    assert "not documented" in refusal(client.vector_stores.files.content, "a", vector_store_id=store)[1]
    assert refusal(client.vector_stores.retrieve, store)[0] == 405
