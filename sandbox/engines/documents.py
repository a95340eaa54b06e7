"""Documents to search: their pages as texts and as small images, and how well both fit a question.

A page's text is cut into chunks of words, and a chunk is as close to a question as their vectors are (see `vectors`): 1
at most. The image of a page is found by the words of its text, or, where it has none, by what can be measured in it
(see `vision`): each word of the question adds how close the closest of these words is. Late interaction adds up like
this, so that the score has no upper limit. A real service looks at the image itself.
"""

import html
import io
import re
import threading
import zipfile
import zlib
from array import array
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sandbox.engines.vectors import embed
from sandbox.engines.vision import answer, read_picture
from sandbox.engines.words import STOP_WORDS, words

_MOST_PAGES, _MOST_WORDS = 100, 50_000  # of a document
_MOST_BYTES, _MOST_PARTS = 64 * 1024 * 1024, 10_000  # unpacked; lines, texts, and areas of a page
_SIDE = 600  # pixels of an image's longer side, at most
_ONE_AT_A_TIME = threading.Lock()  # PDFium breaks when two threads use it
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1[^>]*>?|\Z)", re.DOTALL | re.IGNORECASE)
_BREAK = re.compile(r"</(?:[wa]:)?(?:p|div|h\d|li|tr|title)\s*>|<(?:[wa]:)?br\b[^>]*>", re.IGNORECASE)
_GAP = re.compile(r"</t[dh]\s*>|<w:tab/>", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """One page of a document."""

    number: int  # from 1
    text: str
    seen: str  # what its image is found by, "" if it has no image


@lru_cache(maxsize=32)
def read_pages(kind: str, data: bytes) -> tuple[Page, ...]:
    """Return the pages of a document of a kind, such as ".pdf". Raises ValueError that says what to do."""
    try:
        pages = tuple(Page(number, *page) for number, page in enumerate(_READERS[kind](data), 1))
    except Exception as error:  # the libraries raise errors of many kinds on broken data
        reason = f" ({error})" if isinstance(error, ValueError) else ""
        cure = "Check that the whole file was sent, under its own name, and that it has no password."
        raise ValueError(f"It cannot be read as a {kind} file{reason}. {cure}") from error
    for unit, most, count in (
        ("pages", _MOST_PAGES, len(pages)),
        ("words", _MOST_WORDS, sum(len(page.text.split()) for page in pages)),
    ):
        if count > most:
            raise ValueError(f"It has {count:,} {unit}, and the sandbox reads at most {most:,}. Split it.")
    return pages


@lru_cache(maxsize=64)
def page_image(kind: str, data: bytes, number: int) -> bytes:
    """Return a page that has an image as a PNG, at most 600 pixels high and wide."""
    from PIL import Image

    if kind == ".pdf":
        import pypdfium2

        with _ONE_AT_A_TIME, closing(pypdfium2.PdfDocument(data)) as document:
            page = document[number - 1]
            image = page.render(scale=_SIDE / max(page.get_size())).to_pil().copy()
    else:
        image = Image.open(io.BytesIO(data), formats=("PNG",))
        image.thumbnail((_SIDE, _SIDE))
    image.save(file := io.BytesIO(), "PNG")
    return file.getvalue()


def cut(text: str, size: int, overlap: int) -> list[str]:
    """Cut a text into chunks of `size` words; each begins with the last `overlap` words of the one before."""
    spans = [word.span() for word in re.finditer(r"\S+", text)]
    starts = range(0, max(len(spans) - overlap, min(len(spans), 1)), size - overlap)
    return [text[spans[start][0] : spans[start : start + size][-1][1]] for start in starts]


def closeness(question: str, chunk: str) -> float:
    """Return how close a chunk is to a question: the cosine of their vectors."""
    return sum(one * other for one, other in zip(_vector(question), _vector(chunk), strict=True))


def interaction(question: str, seen: str) -> float:
    """Return how well an image fits a question: the sum, over the question's words, of the closest one's cosine."""
    return float((_matrix(question[:1000]) @ _matrix(seen).T).max(axis=1).sum())


@lru_cache(maxsize=8192)
def _vector(text: str) -> array:
    return array("d", embed(text, 256))


@lru_cache(maxsize=256)
def _matrix(text: str) -> Any:
    import numpy as np

    found = dict.fromkeys(words(text))
    return np.array([_vector(word) for word in found if word not in STOP_WORDS] or [_vector(text)])


def _read_pdf(data: bytes) -> list[tuple[str, str]]:
    import pypdfium2

    left = _MOST_BYTES  # a small file can become gigabytes
    for start in re.finditer(rb"stream\r?\n", data):
        packed = memoryview(data)[start.end() : data.find(b"endstream", start.end())]
        try:
            left -= len(zlib.decompressobj().decompress(packed, left + 1))
        except zlib.error:  # packed in another way
            continue
        _check(left >= 0, f"more than {_MOST_BYTES:,} bytes when unpacked")
    with _ONE_AT_A_TIME, closing(pypdfium2.PdfDocument(data)) as document:
        _check(len(document) <= _MOST_PAGES, f"{len(document):,} pages, more than {_MOST_PAGES}")
        texts = []
        for page in document:
            parts = pypdfium2.raw.FPDFPage_CountObjects(page)
            _check(parts <= _MOST_PARTS, f"a page of {parts:,} parts, more than {_MOST_PARTS:,}")
            texts.append(page.get_textpage().get_text_range().replace("\r\n", "\n").strip())
            page.close()
    return [(text, text or _describe(page_image(".pdf", data, number))) for number, text in enumerate(texts, 1)]


def _check(is_well: bool, problem: str) -> None:
    if not is_well:
        raise ValueError(problem)


def _describe(image: bytes) -> str:
    return answer("", [read_picture(image)])


def _read_markup(data: bytes) -> str:
    """Return the text of HTML, or of the XML of office documents."""
    text = _GAP.sub(" ", _BREAK.sub("\n", _HIDDEN.sub(" ", data.decode("utf-8-sig"))))
    lines = (" ".join(line.split()) for line in html.unescape(re.sub(r"<[^>]*>?", "", text)).split("\n"))
    return "\n".join(filter(None, lines))


def _read_office(data: bytes) -> list[tuple[str, str]]:
    """Read a DOCX file as one page, and each slide of a PPTX file. Their images would need an office program."""
    pages, left = [], _MOST_BYTES // 4
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [
            name for name in archive.namelist() if re.fullmatch(r"word/document.xml|ppt/slides/slide\d+.xml", name)
        ]
        _check(0 < len(names) <= _MOST_PAGES, f"{len(names)} pages, and it has to be 1 to {_MOST_PAGES}")
        for name in sorted(names, key=lambda name: (len(name), name)):
            with archive.open(name) as part:
                left -= len(markup := part.read(left + 1))
            _check(left >= 0, f"more than {_MOST_BYTES // 4:,} bytes when unpacked")
            pages.append((_read_markup(markup), ""))
    return pages


_READERS = {
    ".pdf": _read_pdf,
    ".png": lambda data: [("", _describe(data))],
    ".txt": lambda data: [(data.decode("utf-8-sig").strip(), "")],
    ".html": lambda data: [(_read_markup(data), "")],
    ".docx": _read_office,
    ".pptx": _read_office,
}
