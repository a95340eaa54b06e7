"""POST /images/generations and POST /images/edits."""

import base64
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from sandbox.core.bodies import AnswerPart, Count, Part, Whole
from sandbox.core.errors import ApiError
from sandbox.core.requests import Answer, Request
from sandbox.core.routing import route
from sandbox.core.uploads import Form, FormFile
from sandbox.engines.drawing import draw, draw_onto
from sandbox.engines.vision import UnreadablePicture
from sandbox.engines.words import count_tokens

_BASES = ("/v2", "/queue")
# OpenAI's parameters that would change the image, beyond those that are declared here.
_UNDOCUMENTED = """
background input_fidelity mask moderation output_compression output_format partial_images quality response_format stream
style
""".split()
_FILE = {"type": "string", "format": "binary"}
_NOT_DOCUMENTED = "It is OpenAI's and not documented for the service. Leave it out."

Prompt = Annotated[str, Field(min_length=1, max_length=32_000)]


def _as_list(value: Any) -> list[Any]:
    """Take one file, named "image", for a list of files, named "image[]"."""
    return value if isinstance(value, list) else [value]


class ImageRequest(Part):
    """What to draw."""

    model: str = Field(description="`gpt-image-1`, or another image model from `GET /models`.")
    prompt: Prompt = Field(description="What the image has to show. At most 32,000 characters.")
    n: Annotated[int, Field(ge=1, le=4), Whole] | None = None
    """How many images. OpenAI's; not documented for the service. Default: 1."""
    size: Literal["1024x1024", "1536x1024", "1024x1536", "auto"] | None = None
    """Width and height in pixels. OpenAI's; not documented for the service. Default: in the sandbox, `1024x1024`."""


class ImageEditRequest(Form):
    """An image, and what to draw onto it."""

    model: str = Field(description="`gpt-image-1`, or another image model from `GET /models`.")
    prompt: Prompt = Field(description="What to change. At most 32,000 characters.")
    image: Annotated[list[FormFile], Field(max_length=1), BeforeValidator(_as_list), WithJsonSchema(_FILE)]
    """A PNG, JPEG, or WebP file, 64 to 2,048 pixels wide and high. The sandbox draws onto one image at a time."""


class Image(AnswerPart):
    """One image."""

    b64_json: Annotated[str, Field(description="A PNG file as base64.")]


class Images(AnswerPart):
    """The images. Documented is only `data[0].b64_json`; `created` is OpenAI's."""

    created: Annotated[Count, Field(description="The time of the request in seconds since 1970.")]
    data: Annotated[list[Image], Field(description="The images, one unless `n` asks for more.")]


_EDIT = {
    "image": {"file": "docs/snippets/own_image/harbor.jpg"},
    "model": "gpt-image-1",
    "prompt": "Add a red boat on the left, and a moon",
}
_BOATS = {"model": "gpt-image-1", "prompt": "Three red boats on the sea at sunset, and a large yellow sun"}


@route("POST", "/images/generations", Images, body=ImageRequest, examples={"An image": _BOATS}, bases=_BASES)
def generate(request: Request) -> Answer:
    """Generate images.

    The sandbox draws what it can read in the prompt: a few things with their number, color, size, and place, the
    ground, the sky, and quoted text. A band in the image says so, and names the words that it could not draw. The same
    prompt always gives the same image.
    """
    size = request.body.size
    sides = (1024, 1024) if size in (None, "auto") else tuple(map(int, size.split("x")))
    return _answer(request, lambda: [draw(request.body.prompt, sides, number) for number in range(request.body.n or 1)])


@route("POST", "/images/edits", Images, body=ImageEditRequest, examples={"A photograph": _EDIT}, bases=_BASES)
def edit(request: Request) -> Answer:
    """Edit an image.

    Of this endpoint the service documents the path alone; the rest is OpenAI's. The sandbox draws onto the image what
    it can read in the prompt, in the size of the image. It changes nothing that is in the image.
    """
    request.refuse(["n", "size"], "It returns one image, of the same size. Leave it out.")
    return _answer(request, lambda: [draw_onto(request.body.image[0].data, request.body.prompt)])


def _answer(request: Request, draw_all: Callable[[], list[bytes]]) -> Answer:
    request.model("images", "It cannot draw: choose gpt-image-1.")
    request.refuse(_UNDOCUMENTED, _NOT_DOCUMENTED)
    if not request.body.prompt.strip():
        raise ApiError(400, "The prompt has nothing but white space. Say what to draw.", "prompt", "empty_prompt")
    try:
        files = draw_all()
    except UnreadablePicture as error:
        raise ApiError(400, str(error), "image", "invalid_image") from error
    data = [{"b64_json": base64.b64encode(file).decode("ascii")} for file in files]
    return Answer({"created": request.created, "data": data}, count_tokens(request.body.prompt))
