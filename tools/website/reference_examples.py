"""The requests of the HTTPS reference, and what the sandbox answers to them while the site is built.

The clock stands still, so that the same request gives the same answer in every build.
"""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx2

from sandbox.core.replies import Reply
from sandbox.service import Sandbox

HOST = "127.0.0.1:8011"
KEY = "sandbox"
BUILD_TIME = 1_767_225_600.0
"""The time in all answers: the first second of 2026."""

_ROOT = Path(__file__).resolve().parents[2]
_WIDTH = 76
_LONGEST_LIST = 8
_SHOWN_ITEMS = 3
_LONGEST_TEXT = 2000
_SHOWN_LETTERS = 60
_FIRST_EVENTS = 3
_LAST_EVENTS = 3


def write_json(value: Any, indentation: str = "") -> str:
    """Write JSON for readers: on one line what fits, all else indented.

    Args:
        value: what to write.
        indentation: what the lines after the first begin with.
    """
    line = json.dumps(value, ensure_ascii=False)
    if len(indentation) + len(line) <= _WIDTH or not value or not isinstance(value, dict | list):
        return line
    inner = f"{indentation}  "
    if isinstance(value, dict):
        parts = [f"{json.dumps(name)}: {write_json(part, inner)}" for name, part in value.items()]
        opening, closing = "{}"
    else:
        parts = [write_json(part, inner) for part in value]
        opening, closing = "[]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(parts) + f"\n{indentation}{closing}"


def write_body(body: dict[str, Any]) -> str:
    """Write the body of a request as a curl command has it."""
    return write_json(body, "  ")


def form_file(value: Any) -> str | None:
    """Return the file that a part of a form stands for, a path from the project's folder; None for any other part."""
    return value["file"] if isinstance(value, dict) and list(value) == ["file"] else None


def encode_body(body: dict[str, Any]) -> tuple[bytes, str]:
    """Return the body of an example as it is sent, and its type: a form if it has a file, else JSON."""
    paths = {name: _ROOT / path for name, value in body.items() if (path := form_file(value))}
    if not paths:
        return write_body(body).encode(), "application/json"
    kind = "multipart/form-data; boundary=----part-of-the-example"
    files = {name: (path.name, path.read_bytes()) for name, path in paths.items()}
    texts = {name: str(value) for name, value in body.items() if name not in files}
    request = httpx2.Request("POST", "http://localhost", data=texts, files=files, headers={"content-type": kind})
    return request.read(), kind


def curl_command(path: str, body: dict[str, Any] | None = None, headers: dict[str, str] | None = None) -> str:
    """Write a request as a curl command.

    Args:
        path: the path below the base URL.
        body: the body, None for GET.
        headers: headers besides the key and the type of the body.
    """
    is_form = any(map(form_file, (body or {}).values()))
    kind = {"Content-Type": "application/json"} if body and not is_form else {}
    given = {"Authorization": "Bearer $API_KEY"} | kind
    lines = [f'curl "$BASE_URL{path}"']
    lines += [f'--header "{name}: {value}"' for name, value in (given | (headers or {})).items()]
    if body and is_form:
        parts = {name: f"@{form_file(value)}" if form_file(value) else value for name, value in body.items()}
        lines += [f'--form "{name}={value}"' for name, value in parts.items()]
    elif body:
        data = write_body(body).replace("'", "'\\''")
        lines.append(f"--data '{data}'")
    return " \\\n  ".join(lines)


def ask(
    method: str, path: str, body: dict[str, Any] | str | None = None, headers: dict[str, str] | None = None
) -> Reply:
    """Ask a new sandbox.

    Args:
        method: the HTTP method.
        path: the path below the base URL.
        body: the body; a text is sent as it stands, None is an empty body.
        headers: headers to add to the right ones, or to send in place of them, names in lower case.
    """
    data, kind = encode_body(body) if isinstance(body, dict) else ((body or "").encode(), "application/json")
    sandbox = Sandbox(api_key=KEY, pace=0, clock=lambda: BUILD_TIME)
    given = {"host": HOST, "authorization": f"Bearer {KEY}", "content-type": kind} | (headers or {})
    return sandbox.handle(method, f"/v2{path}", given, data)


def show_answer(body: str) -> str:
    """Write the body of an answer as a block of code: long lists and long streams shortened."""
    if body.startswith(("data: ", "event: ")):
        return f"```text\n{_shorten_stream(body)}\n```"
    return f"```json\n{write_json(shorten(json.loads(body)))}\n```"


def show_head(reply: Reply) -> str:
    """Write the status and the headers of an answer as a block of code."""
    return f"```http\n{_head(reply)}\n```"


def show_reply(reply: Reply) -> str:
    """Write an answer with its status and headers as a block of code."""
    return f"```http\n{_head(reply)}\n\n{write_json(shorten(json.loads(text_of(reply))))}\n```"


def text_of(reply: Reply) -> str:
    """Return the whole body of an answer."""
    return b"".join(piece for _, piece in reply.pieces).decode()


def shorten(value: Any) -> Any:
    """Return JSON with long lists and texts cut, and a text in place of what is missing."""
    if isinstance(value, dict):
        return {name: shorten(part) for name, part in value.items()}
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{value[:_SHOWN_LETTERS]}... {len(value) - _SHOWN_LETTERS:,} more characters, left out here"
    if not isinstance(value, list):
        return value
    if len(value) <= _LONGEST_LIST:
        return [shorten(part) for part in value]
    rest = len(value) - _SHOWN_ITEMS
    return [*map(shorten, value[:_SHOWN_ITEMS]), f"... {rest:,} more, left out here"]


def _head(reply: Reply) -> str:
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    return "\n".join(lines + [f"{name}: {value}" for name, value in reply.headers.items()])


def _shorten_stream(body: str) -> str:
    events = body.strip().split("\n\n")
    rest = len(events) - _FIRST_EVENTS - _LAST_EVENTS
    middle = [f"... {rest} more events, left out here ..."] if rest > 0 else []
    return "\n\n".join(events[:_FIRST_EVENTS] + middle + events[-_LAST_EVENTS:])
