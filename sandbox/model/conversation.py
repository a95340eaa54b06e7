"""The messages of a chat request: what a declaration cannot say of them, their pictures, and their tokens."""

import base64
import binascii
import json
import math
import re
from typing import Any

from sandbox.core.assets import read_asset_url
from sandbox.core.errors import ApiError
from sandbox.engines import vision
from sandbox.engines.messages import Message, message_text
from sandbox.engines.words import count_tokens

# Each message costs a few tokens for the marks around it, as in the templates of real models.
_TOKENS_PER_MESSAGE = 4
_PICTURE_PATCH_PIXELS = 32
_MOST_PICTURE_TOKENS = 1536
_LOW_DETAIL_TOKENS = 85
_MOST_PICTURES = 16

_DATA_URL = re.compile(r"data:(image/[\w.+-]+);base64,", re.ASCII)


def check_messages(messages: list[Message]) -> None:
    """Check that parts have their content, and that every tool call has its result.

    Args:
        messages: the conversation, checked against its declaration before.

    Raises:
        ApiError: 400 that names the message.
    """
    open_calls: list[str] = []
    for index, message in enumerate(messages):
        where = f"messages[{index}]"
        if message["role"] == "tool":
            if message.get("tool_call_id") not in open_calls:
                raise _invalid(
                    f"{where}: the message of role 'tool' answers no tool call. Its tool_call_id has to be the id of a "
                    "call in the assistant's message right before."
                )
            open_calls.remove(message["tool_call_id"])
        elif open_calls:
            raise _invalid(
                f"{where}: an assistant's message with tool_calls has to be followed by one message of role 'tool' for "
                f"each call. Missing: {', '.join(open_calls)}."
            )
        _check_content(message, where)
        if message["role"] == "assistant":
            open_calls = [call["id"] for call in message.get("tool_calls") or []]
    if open_calls:
        raise _invalid(f"The results of these tool calls are missing: {', '.join(open_calls)}.")


def _check_content(message: Message, where: str) -> None:
    if message.get("content") is None and not (message["role"] == "assistant" and message.get("tool_calls")):
        raise _invalid(f"{where}: content is missing.")
    if message["role"] != "user" and image_parts(message):
        raise _invalid(f"{where}: images are only allowed in messages of the role 'user', not {message['role']!r}.")


def _invalid(message: str) -> ApiError:
    return ApiError(400, message, "messages")


def image_parts(message: Message) -> list[dict[str, Any]]:
    """Return the `image_url` objects of a message, each with its `url` and perhaps its `detail`."""
    content = message.get("content")
    parts = content if isinstance(content, list) else []
    return [part["image_url"] for part in parts if part["type"] == "image_url"]


def read_pictures(messages: list[Message], host: str) -> list[vision.Picture]:
    """Read the pictures of the last message that has any: that is what the conversation is about.

    Args:
        messages: the conversation.
        host: the request's Host header, by which the client knows the sandbox.

    Returns:
        The measures of the pictures, in order.

    Raises:
        ApiError: 400 if a picture cannot be had or read.
    """
    for message in reversed(messages):
        if images := image_parts(message):
            if len(images) > _MOST_PICTURES:
                raise _invalid(f"A message has {len(images)} pictures; at most {_MOST_PICTURES} pictures are read.")
            try:
                return [vision.read_picture(_picture_bytes(image["url"], host)) for image in images]
            except vision.UnreadablePicture as error:
                raise ApiError(400, str(error), "messages", "invalid_image") from error
    return []


def _picture_bytes(url: str, host: str) -> bytes:
    if match := _DATA_URL.match(url):
        try:
            return base64.b64decode(url[match.end() :], validate=True)
        except (binascii.Error, ValueError) as error:
            raise ApiError(400, f"The picture is not valid base64: {error}", "messages", "invalid_image") from error
    if url.startswith("data:"):
        raise ApiError(
            400,
            "The data URL has to start with data:image/TYPE;base64, such as data:image/jpeg;base64,",
            "messages",
            "invalid_image",
        )
    return read_asset_url(url, host)


def count_prompt(body: dict[str, Any], pictures: list[vision.Picture]) -> int:
    """Count the tokens of a chat request's input.

    The rule: the texts, the arguments of calls, and the tools and the schema of the answer as JSON; four tokens a
    message; for each picture that is read, one token for each 32 by 32 pixels, at most 1,536, or 85 with the detail
    "low".

    Args:
        body: the request's body.
        pictures: the pictures that were read.
    """
    messages = body["messages"]
    texts = [message_text(message) for message in messages]
    texts += [call["function"]["arguments"] for m in messages for call in m.get("tool_calls") or []]
    texts += [json.dumps(tool["function"]) for tool in body.get("tools") or []]
    if schema := (body.get("response_format") or {}).get("json_schema"):
        texts.append(json.dumps(schema))
    total = sum(map(count_tokens, texts)) + _TOKENS_PER_MESSAGE * len(messages)
    if pictures:
        images = next(found for message in reversed(messages) if (found := image_parts(message)))
        total += sum(map(_count_picture, pictures, (image.get("detail") for image in images)))
    return total


def _count_picture(picture: vision.Picture, detail: str | None) -> int:
    if detail == "low":
        return _LOW_DETAIL_TOKENS
    patches = math.ceil(picture.width / _PICTURE_PATCH_PIXELS) * math.ceil(picture.height / _PICTURE_PATCH_PIXELS)
    return min(patches, _MOST_PICTURE_TOKENS)
