"""Bodies of forms, as files are sent: multipart/form-data."""

import logging
from typing import Annotated, Any

from pydantic import ConfigDict, InstanceOf, WithJsonSchema
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import FormParser, parse_options_header

from sandbox.core.bodies import Part
from sandbox.core.errors import ApiError
from sandbox.core.requests import check_size

logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # what is wrong with a form, its sender is told
_SETTINGS = {"MAX_MEMORY_FILE_SIZE": float("inf"), "MAX_BODY_SIZE": float("inf")}  # nothing is written to a disk
_INVALID = ApiError(400, "The body is not a valid form, or is cut off. Let a library make it.")


class Upload:  # no dataclass: pydantic would describe its fields in the OpenAPI document
    """A file of a form."""

    def __init__(self, name: str, data: bytes):
        self.name = name  # as the client calls it
        self.data = data


FormFile = Annotated[InstanceOf[Upload], WithJsonSchema({"type": "string", "format": "binary"})]


class Form(Part):
    """The parts of a form. All but files come as texts, which are read as what the field declares."""

    model_config = ConfigDict(strict=False)


def parse_form(body: bytes, content_type: str) -> tuple[dict[str, Any], ApiError | None]:
    """Return the parts of a form by their names, files as `Upload`, and what is wrong with it, None if nothing is.

    A name that ends in "[]" gives a list, and one such as "a[b]" an object, as the `openai` packages send them.
    """
    if problem := check_size(body):
        return {}, problem
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data":
        cure = "Send a form, multipart/form-data; curl does so with --form."
        return {}, ApiError(400, f"The body is sent as {content_type!r}, but here only forms are read. {cure}")
    parts: list[tuple[bytes | None, Any]] = []
    ends: list[bool] = []
    parser = FormParser(
        "multipart/form-data",
        lambda field: parts.append((field.field_name, field.value or b"")),
        lambda file: parts.append((file.field_name, file)),
        on_end=lambda: ends.append(True),
        boundary=options.get(b"boundary", b""),
        config=_SETTINGS,
    )
    try:
        parser.write(body)
        parser.finalize()
    except FormParserError:
        return {}, _INVALID
    form: dict[str, Any] = {}
    for field, value in parts if ends else ():
        outer, bracket, inner = (field or b"").decode("utf-8", "replace").removesuffix("]").partition("[")
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        else:
            value.file_object.seek(0)
            value = Upload((value.file_name or b"").decode("utf-8", "replace"), value.file_object.read())
        if not bracket:
            form[outer] = value
        elif inner:
            form[outer] = (earlier if isinstance(earlier := form.get(outer), dict) else {}) | {inner: value}
        else:
            form[outer] = [*(earlier if isinstance(earlier := form.get(outer), list) else []), value]
    return form, None if ends else _INVALID
