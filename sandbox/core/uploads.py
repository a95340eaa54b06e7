"""Bodies of forms, as files are sent: multipart/form-data, read with the standard library's parser of mails."""

from dataclasses import dataclass
from email.parser import BytesParser
from typing import Annotated, Any

from pydantic import ConfigDict, InstanceOf, WithJsonSchema

from sandbox.core.bodies import Part
from sandbox.core.errors import ApiError

_MOST_PARTS = 100


@dataclass(frozen=True)
class Upload:
    """A file of a form."""

    name: str  # as the client calls it, "" if it says nothing
    data: bytes


FormFile = Annotated[InstanceOf[Upload], WithJsonSchema({"type": "string", "format": "binary"})]


class Form(Part):
    """The parts of a form. All but files come as texts, which are read as what the field declares."""

    model_config = ConfigDict(strict=False)


def parse_form(body: bytes, content_type: str) -> tuple[dict[str, Any], ApiError | None]:
    """Return the parts of a form by their names, files as `Upload`, and what is wrong with it, None if nothing is.

    A name that ends in "[]" gives a list, and one such as "a[b]" an object, as the `openai` packages send them.
    """
    if not content_type.lower().startswith("multipart/form-data"):
        cure = "Send a form, multipart/form-data; curl does so with --form."
        return {}, ApiError(400, f"The body is sent as {content_type!r}, but here only forms are read. {cure}")
    message = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace") + body)
    parts = message.get_payload() if message.is_multipart() else []
    if message.defects or not parts or len(parts) > _MOST_PARTS:
        return {}, ApiError(400, "The body is not a valid form, or is cut off. Let a library make it.")
    form: dict[str, Any] = {}
    for part in parts:
        name, file = part.get_param("name", header="content-disposition"), part.get_filename()
        if not isinstance(name, str) or part.is_multipart():
            return {}, ApiError(400, "A part of the form has no name. Let a library make it.")
        data = part.get_payload(decode=True)
        value = Upload(file, data) if file is not None else data.decode("utf-8", "replace")
        outer, bracket, inner = name.removesuffix("]").partition("[")
        if bracket and inner:
            form.setdefault(outer, {})[inner] = value
        elif bracket:
            form.setdefault(outer, []).append(value)
        else:
            form[name] = value
    return form, None
