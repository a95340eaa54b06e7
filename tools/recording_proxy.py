"""A proxy on this machine that keeps an API key out of the programs that use it, and counts what they use.

A program gets the proxy's address and a throwaway token. The proxy puts the real key in the token's place and sends the
request on to the service. Any other key is sent on as it is, because lessons show what happens with a wrong one. On the
way back the real key is replaced by the token, should the service ever repeat it.
"""

import asyncio
import json
import re
import secrets
import socket
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2
import uvicorn

_HOST = "127.0.0.1"
_SECONDS_TO_STOP = 60
# A model may think for minutes before it answers; to connect takes seconds.
_TIMEOUT = httpx2.Timeout(600, connect=30)
# Headers that belong to one connection only, and those that are computed anew.
_NOT_PASSED_ON = {
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass
class Usage:
    """What has passed through the proxy.

    Attributes:
        requests: the number of requests.
        tokens: the sum of `usage.total_tokens` of the answers that have it.
        models: the models that answered.
        lacks: what the service does not have: endpoints that never answered with anything but 404 or 405, and fields.
    """

    requests: int = 0
    tokens: int = 0
    models: set[str] = field(default_factory=set)
    lacks: set[str] = field(default_factory=set)
    _found: set[str] = field(default_factory=set)

    def note(self, method: str, path: str, body: bytes, status: int, answer: bytes) -> None:
        """Note what one request tells about the service.

        Args:
            method: the request's method.
            path: its path.
            body: its body.
            status: the status of the answer.
            answer: the whole body of the answer.
        """
        endpoint = f"{method} {re.sub('/models/.+', '/models/{id}', path)}"
        (self.lacks if status in (404, 405) else self._found).add(endpoint)
        self.lacks -= self._found
        if status == 200:
            asked = _read_object(body)
            self.models |= {asked["model"]} if "model" in asked else set()
            if asked.get("stream_options") and b"[DONE]" in answer and b'"total_tokens"' not in answer:
                self.lacks.add("usage in streams")
            if path.endswith("/models") and b'"meta_data"' not in answer:
                self.lacks.add("meta_data")


class RecordingProxy:
    """A proxy that listens in a thread of its own, inside a `with` block.

    Args:
        api_key: the real key.
        base_url: the base URL of the service.

    Attributes:
        token: stands for the key, in the programs that use the proxy.
        base_url: the base URL for these programs.
        usage: what has passed through since it was last set.
    """

    def __init__(self, api_key: str, base_url: str):
        address = urlsplit(base_url)
        self._api_key = api_key
        self._origin = f"{address.scheme}://{address.netloc}"
        listening = socket.create_server((_HOST, 0))
        config = uvicorn.Config(self._answer, interface="asgi3", log_level="critical", access_log=False, lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([listening],), name="recording proxy", daemon=True
        )
        self.token = f"check-live-{secrets.token_hex(16)}"
        self.base_url = f"http://{_HOST}:{listening.getsockname()[1]}{address.path}"
        self.usage = Usage()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        # Requests that are still under way are ended.
        self._server.force_exit = True
        self._thread.join(_SECONDS_TO_STOP)

    async def _answer(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Send one request on, and its answer back (called by uvicorn)."""
        if scope["type"] != "http":
            return
        self.usage.requests += 1
        body = await _read_body(receive)
        target = self._origin + scope["raw_path"].decode("latin-1")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        # After the body, nothing more can come but the news that the program has closed the connection.
        gone = asyncio.ensure_future(receive())
        try:
            async with httpx2.AsyncClient(timeout=_TIMEOUT) as client:
                headers = self._headers_for_service(scope["headers"])
                request = client.build_request(scope["method"], target, headers=headers, content=body)
                try:
                    answer = await client.send(request, stream=True)
                except httpx2.HTTPError as error:
                    detail = f"{self._origin} does not answer: {type(error).__name__} {error}"
                    await _send_whole(send, 502, [], json.dumps({"detail": detail}).encode())
                    return
                # An error from here on ends the connection in the middle of the answer, as it has ended for the proxy.
                try:
                    received = await self._send_back(answer, send, gone)
                    self.usage.note(scope["method"], scope["path"], body, answer.status_code, received)
                finally:
                    await answer.aclose()
        finally:
            gone.cancel()

    async def _send_back(self, answer: httpx2.Response, send: Send, gone: asyncio.Future[Any]) -> bytes:
        headers = [
            (name.lower(), self._without_key(value))
            for name, value in answer.headers.raw
            if name.decode("latin-1").lower() not in _NOT_PASSED_ON
        ]
        if not answer.headers.get("content-type", "").startswith("text/event-stream"):
            body = await answer.aread()
            self.usage.tokens += count_tokens([body])
            await _send_whole(send, answer.status_code, headers, self._without_key(body))
            return body
        await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
        events: list[bytes] = []
        # Whole lines, so that neither a number nor a key is cut in two.
        line = b""
        async for piece in answer.aiter_bytes():
            *lines, line = (line + piece).split(b"\n")
            events += [text.removeprefix(b"data:") for text in lines if text.startswith(b"data:")]
            if lines:
                whole = self._without_key(b"\n".join([*lines, b""]))
                await send({"type": "http.response.body", "body": whole, "more_body": True})
            if gone.done():
                break
        self.usage.tokens += count_tokens(events)
        await send({"type": "http.response.body", "body": self._without_key(line), "more_body": False})
        return b"".join(events)

    def _headers_for_service(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
        real = {self.token: self._api_key, f"Bearer {self.token}": f"Bearer {self._api_key}"}
        passed_on = [("accept-encoding", "identity")]
        for raw_name, raw_value in headers:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            if name not in _NOT_PASSED_ON:
                passed_on.append((name, real.get(value, value)))
        return passed_on

    def _without_key(self, data: bytes) -> bytes:
        return data.replace(self._api_key.encode(), self.token.encode())


def count_tokens(documents: list[bytes]) -> int:
    """Read how many tokens one answer has used.

    Args:
        documents: the body of the answer, or the events of its stream, as JSON. What is no JSON is passed over.

    Returns:
        `usage.total_tokens` of the last document that has it (some services send a running total with every event), or
        that of `response`, where the events of the responses API have it. Else 0.
    """
    tokens = 0
    for document in documents:
        data = _read_object(document)
        for holder in (data, data.get("response")):
            usage = holder.get("usage") if isinstance(holder, dict) else None
            if isinstance(usage, dict) and isinstance(usage.get("total_tokens"), int):
                tokens = usage["total_tokens"]
    return tokens


def _read_object(document: bytes) -> dict[str, Any]:
    """Read a JSON object; what is none counts as an empty one."""
    try:
        data = json.loads(document)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


async def _read_body(receive: Receive) -> bytes:
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


async def _send_whole(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
