"""One address for several engines: a request goes to the engine that has its model, and both bodies pass unchanged.

The gateway answers itself what the service has and the engines lack: the list of all models with `meta_data`,
GET /models/{id}, 404 for a model that nobody has, and 401 for a wrong key.
"""

import json
import socket
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from helpers.service import Credentials

_HOST = "127.0.0.1"
_SECONDS_TO_STOP = 60
# A small model on a busy machine needs minutes for a long answer.
_TIMEOUT = httpx2.Timeout(600, connect=10)
_OF_ONE_CONNECTION = {"authorization", "connection", "content-length", "host", "keep-alive", "transfer-encoding"}


Offers = dict[str, tuple[Credentials, dict[str, Any]]]
"""Models by the names that requests use: the engine of each, and what the service would say about it in `meta_data`."""


class Gateway:
    """The gateway as an application for uvicorn.

    Args:
        api_key: the key that requests must have.
        offers: its models.
    """

    def __init__(self, api_key: str, offers: Offers):
        self._api_key = api_key
        self._offers = offers
        self.app = Starlette(routes=[Route("/v2/{path:path}", self._answer, methods=["GET", "POST"])])

    async def _answer(self, request: Request) -> Response:
        path = request.path_params["path"]
        if request.headers.get("authorization") != f"Bearer {self._api_key}":
            return JSONResponse({"detail": "The API key is not known."}, 401)
        if request.method == "POST":
            return await self._pass_on(path, request)
        entries = await self._entries()
        if path == "models":
            return JSONResponse({"object": "list", "data": entries})
        found = [entry for entry in entries if f"models/{entry['id']}" == path]
        return JSONResponse(found[0]) if found else JSONResponse({"detail": "There is nothing of that name."}, 404)

    async def _entries(self) -> list[dict[str, Any]]:
        """Return the engines' own entries, under the names of the offers and with their `meta_data`."""
        own = {}
        async with httpx2.AsyncClient(timeout=_TIMEOUT, trust_env=False) as client:
            for engine in {engine for engine, _ in self._offers.values()}:
                answer = await client.get(f"{engine.base_url}/models", headers=_bearer(engine))
                [own[engine]] = answer.json()["data"]
        offers = self._offers.items()
        return [own[engine] | {"id": name, "meta_data": data} for name, (engine, data) in offers]

    async def _pass_on(self, path: str, request: Request) -> Response:
        body = await request.body()
        try:
            name = str(json.loads(body)["model"])
        except (ValueError, TypeError, KeyError):
            return JSONResponse({"detail": "The body is not JSON with a model."}, 400)
        if name not in self._offers:
            return JSONResponse({"detail": f"The model {name!r} does not exist."}, 404)
        engine, _ = self._offers[name]
        headers = _kept(request.headers.items()) + _bearer(engine)
        client = httpx2.AsyncClient(timeout=_TIMEOUT, trust_env=False)
        sent = client.build_request("POST", f"{engine.base_url}/{path}", content=body, headers=headers)
        answer = await client.send(sent, stream=True)

        async def pieces() -> AsyncIterator[bytes]:
            try:
                async for piece in answer.aiter_raw():
                    yield piece
            finally:
                await client.aclose()

        return StreamingResponse(pieces(), answer.status_code, dict(_kept(answer.headers.items())))


@contextmanager
def serve(gateway: Gateway) -> Iterator[str]:
    """Serve a gateway in a thread of its own.

    Args:
        gateway: the gateway.

    Yields:
        Its base URL.
    """
    with closing(socket.create_server((_HOST, 0))) as listening:
        server = uvicorn.Server(uvicorn.Config(gateway.app, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listening],), name="gateway", daemon=True)
        thread.start()
        try:
            yield f"http://{_HOST}:{listening.getsockname()[1]}/v2"
        finally:
            server.should_exit = server.force_exit = True
            thread.join(_SECONDS_TO_STOP)


def _bearer(engine: Credentials) -> list[tuple[str, str]]:
    return [("authorization", f"Bearer {engine.api_key}")]


def _kept(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name not in _OF_ONE_CONNECTION]
