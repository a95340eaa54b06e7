"""Ask the sandbox's core without a client in between, as the tests of single behaviors do."""

import json
from typing import Any

from sandbox.core.replies import Reply
from sandbox.service import Sandbox

KEY = {"authorization": "Bearer sandbox", "host": "127.0.0.1:8011"}
CHAT = "/v2/chat/completions"
QUESTION = [{"role": "user", "content": "What is a rainbow?"}]


def post(sandbox: Sandbox, path: str, body: Any, headers: dict[str, str] | None = None) -> Reply:
    """Send a body, as JSON unless it is bytes, with the right key."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return sandbox.handle("POST", path, KEY | (headers or {}), data)


def chat(sandbox: Sandbox, model: str, headers: dict[str, str] | None = None, **body: Any) -> Reply:
    """Ask a model, by default what a rainbow is."""
    return post(sandbox, CHAT, {"model": model, "messages": QUESTION} | body, headers)


def content(reply: Reply) -> Any:
    """Return the JSON of a whole answer."""
    return json.loads(b"".join(piece for _, piece in reply.pieces))


def events(reply: Reply) -> list[Any]:
    """Return the JSON objects of a stream, and "[DONE]" where it is."""
    blocks = b"".join(piece for _, piece in reply.pieces).decode().split("\n\n")
    data = [block.rpartition("\n")[2].removeprefix("data: ") for block in blocks if block]
    return [line if line == "[DONE]" else json.loads(line) for line in data]
