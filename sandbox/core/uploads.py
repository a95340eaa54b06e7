"""Bodies of forms, as files are sent: multipart/form-data."""

import logging
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import PydanticCustomError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import FormParser, parse_options_header

from sandbox.core.bodies import Part
from sandbox.core.errors import ApiError

logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # what is wrong with a form, its sender is told
_SETTINGS = {"MAX_MEMORY_FILE_SIZE": float("inf"), "MAX_BODY_SIZE": float("inf")}  # nothing is written to a disk
_INVALID = ApiError(400, "The body is not a valid form, or is cut off. Let a library make it.")


@dataclass(frozen=True)
class Upload:
    """A file of a form."""

    name: str  # as the client calls it
    data: bytes


def _require_file(value: Any) -> Upload:
    if not isinstance(value, Upload):
        raise PydanticCustomError("file", "must be a file, not text; with curl: --form name=@path")
    return value


FormFile = Annotated[Any, BeforeValidator(_require_file), WithJsonSchema({"type": "string", "format": "binary"})]


class Form(Part):
    """The parts of a form. All but files come as texts, which are read as what the field declares."""

    model_config = ConfigDict(strict=False)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Leave null out of the schema: the parts of a form have no such value."""
        schema = handler(core_schema)
        for part in schema["properties"].values():
            if (choices := part.pop("anyOf", [])) and len(values := [c for c in choices if c != {"type": "null"}]) > 1:
                part["anyOf"] = values
            elif choices:
                part |= values[0]
        return schema


def parse_form(body: bytes, content_type: str) -> tuple[dict[str, Any], ApiError | None]:
    """Return the parts of a form by their names, files as `Upload`, and what is wrong with it, None if nothing is.

    A name that ends in "[]" gives a list, and one such as "a[b]" an object, as the `openai` packages send them.
    """
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
