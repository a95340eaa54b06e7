"""The messages of a chat request: their types, what no type can say of them, their pictures, and their tokens."""

import base64
import binascii
import json
import math
import re
from typing import Annotated, Any, Literal

from pydantic import Field

from sandbox.core.assets import read_asset_url
from sandbox.core.bodies import Part
from sandbox.core.errors import ApiError
from sandbox.engines import vision
from sandbox.engines.messages import raw_text
from sandbox.engines.words import count_tokens

_TOKENS_PER_MESSAGE = 4  # for the marks around it, as in the templates of real models
_PATCH_PIXELS, _MOST_PICTURE_TOKENS, _LOW_DETAIL_TOKENS = 32, 1536, 85
_MOST_PICTURES = 16
_DATA_URL = re.compile(r"data:(image/[\w.+-]+);base64,", re.ASCII)


class ImageUrl(Part):
    """The image of a part of type `image_url`."""

    url: str
    """A data URL (`data:image/jpeg;base64,...`; PNG, JPEG, GIF, or WebP) or an https URL. The sandbox makes no
    connections, so of URLs it knows only its own images, below `/assets/`."""
    detail: Literal["auto", "low", "high"] | None = None
    """How closely to look. In the sandbox an image costs 85 tokens with `low`, else more by its size."""


class TextPart(Part):
    """A text in a message."""

    type: Literal["text"]
    text: str = Field(description="The text.")


class ImagePart(Part):
    """An image in a message of the role `user`."""

    type: Literal["image_url"]
    image_url: ImageUrl


class RefusalPart(Part):
    """A refusal in a message of the assistant, sent back as it came."""

    type: Literal["refusal"]
    refusal: str = Field(description="The text of the refusal.")


class Called(Part):
    """What was called."""

    name: str = Field(description="The name of the function.")
    arguments: str = Field(description="Its arguments, as a JSON text.")


class ToolCall(Part):
    """A call that the model asks for."""

    id: str = Field(description="The id of the call. The message with its result repeats it as `tool_call_id`.")
    type: Literal["function"] = "function"
    function: Called


ContentPart = Annotated[TextPart | ImagePart | RefusalPart, Field(discriminator="type")]


class Message(Part):
    """One turn of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    """Who speaks. `developer` is another name of `system`; `tool` carries the result of a call."""
    content: str | Annotated[list[ContentPart], Field(min_length=1)] | None = None
    """A text, or parts. Only an assistant's message with `tool_calls` may do without."""
    name: str | None = Field(None, pattern=r"^[^ \t\r\n<|\\/>]+$", description="The name of the speaker.")
    tool_calls: list[ToolCall] | None = Field(None, min_length=1, description="The calls of an assistant's message.")
    tool_call_id: str | None = None
    """In a message of the role `tool`: the id of the call that it answers."""


def check_messages(messages: list[dict[str, Any]]) -> None:
    """Check that calls have their results, and messages what their role needs. Raises ApiError (400) that names one."""
    open_calls: list[str] = []
    for index, message in enumerate(messages):
        where = f"messages[{index}]"
        role, calls = message["role"], message.get("tool_calls") or []
        if role == "tool":
            if message.get("tool_call_id") not in open_calls:
                cure = "Its tool_call_id has to be the id of a call in the assistant's message right before."
                raise _invalid(f"{where}: the message of role 'tool' answers no tool call. {cure}")
            open_calls.remove(message["tool_call_id"])
        elif open_calls:
            rule = "has to be followed by one message of role 'tool' for each call. Missing"
            raise _invalid(f"{where}: an assistant's message with tool_calls {rule}: {', '.join(open_calls)}.")
        if message.get("content") is None and not (role == "assistant" and calls):
            raise _invalid(f"{where}: content is missing.")
        if role != "user" and image_parts(message):
            raise _invalid(f"{where}: images are only allowed in messages of the role 'user', not {role!r}.")
        if role == "assistant":
            open_calls = [call["id"] for call in calls]
    if open_calls:
        raise _invalid(f"The results of these tool calls are missing: {', '.join(open_calls)}.")


def _invalid(message: str, code: str = "") -> ApiError:
    return ApiError(400, message, "messages", code)


def image_parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the `image_url` objects of a message, each with its `url` and perhaps its `detail`."""
    content = message.get("content")
    return [part["image_url"] for part in content if part["type"] == "image_url"] if isinstance(content, list) else []


def _last_images(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those of the last message that has any: that is what the conversation is about."""
    return next((images for message in reversed(messages) if (images := image_parts(message))), [])


def read_pictures(messages: list[dict[str, Any]], host: str) -> list[vision.Picture]:
    """Measure the pictures of the last message that has any; `host`, the Host header, tells which URLs are our own.

    Raises ApiError (400) if one cannot be had or read, or if there are too many.
    """
    images = _last_images(messages)
    if len(images) > _MOST_PICTURES:
        raise _invalid(f"A message has {len(images)} images; at most {_MOST_PICTURES} images are read.")
    try:
        return [vision.read_picture(_picture_bytes(image["url"], host)) for image in images]
    except vision.UnreadablePicture as error:
        raise _invalid(str(error), "invalid_image") from error


def _picture_bytes(url: str, host: str) -> bytes:
    if match := _DATA_URL.match(url):
        try:
            return base64.b64decode(url[match.end() :], validate=True)
        except (binascii.Error, ValueError) as error:
            raise _invalid(f"The image is not valid base64: {error}", "invalid_image") from error
    if url.startswith("data:"):
        form = "data:image/TYPE;base64, such as data:image/jpeg;base64,"
        raise _invalid(f"The data URL has to start with {form}", "invalid_image")
    return read_asset_url(url, host)


def count_prompt(body: dict[str, Any], pictures: list[vision.Picture]) -> int:
    """Count the tokens of a chat request's input, with the pictures that were read.

    These are the texts, the arguments of calls, and the tools and the schema of the answer as JSON; four a message; and
    for each picture one for each 32 by 32 pixels, at most 1,536, or 85 with the detail "low".
    """
    messages = body["messages"]
    texts = [raw_text(message) for message in messages]
    texts += [call["function"]["arguments"] for m in messages for call in m.get("tool_calls") or []]
    texts += [json.dumps(tool["function"]) for tool in body.get("tools") or []]
    if schema := (body.get("response_format") or {}).get("json_schema"):
        texts.append(json.dumps(schema))
    details = [image.get("detail") for image in _last_images(messages)]
    return sum(map(count_tokens, texts)) + _TOKENS_PER_MESSAGE * len(messages) + sum(map(_tokens_of, pictures, details))


def _tokens_of(picture: vision.Picture, detail: str | None) -> int:
    if detail == "low":
        return _LOW_DETAIL_TOKENS
    patches = math.ceil(picture.width / _PATCH_PIXELS) * math.ceil(picture.height / _PATCH_PIXELS)
    return min(patches, _MOST_PICTURE_TOKENS)
