"""One address for several engines: a request goes to the engine that has its model, and both bodies pass unchanged.

The gateway answers itself what the service has and the engines lack: the list of all models with `meta_data`,
GET /models/{id}, 404 for a model that nobody has, and 401 for a wrong key.
"""

import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
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
        routes = [
            Route("/v2/models", self._list_models),
            Route("/v2/models/{id:path}", self._get_model),
            Route("/v2/{endpoint:path}", self._pass_on, methods=["POST"]),
        ]
        self.app = Starlette(routes=routes)

    async def _list_models(self, request: Request) -> Response:
        return self._refuse_key(request) or JSONResponse({"object": "list", "data": await self._entries()})

    async def _get_model(self, request: Request) -> Response:
        name = request.path_params["id"]
        found = [entry for entry in await self._entries() if entry["id"] == name]
        return self._refuse_key(request) or (JSONResponse(found[0]) if found else _no_model(name))

    async def _entries(self) -> list[dict[str, Any]]:
        """Return the engines' own entries, under the names of the offers and with their `meta_data`."""
        own = {}
        async with httpx2.AsyncClient(timeout=_TIMEOUT, trust_env=False) as client:
            for engine in {engine for engine, _ in self._offers.values()}:
                answer = await client.get(f"{engine.base_url}/models", headers=_bearer(engine))
                [own[engine]] = answer.json()["data"]
        offers = self._offers.items()
        return [own[engine] | {"id": name, "meta_data": data} for name, (engine, data) in offers]

    async def _pass_on(self, request: Request) -> Response:
        if refusal := self._refuse_key(request):
            return refusal
        body = await request.body()
        try:
            name = str(json.loads(body)["model"])
        except (ValueError, TypeError, KeyError):
            return JSONResponse({"detail": "The body is not JSON with a model."}, 400)
        if name not in self._offers:
            return _no_model(name)
        engine, _ = self._offers[name]
        headers = [(key, value) for key, value in request.headers.items() if key not in _OF_ONE_CONNECTION]
        address = f"{engine.base_url}/{request.path_params['endpoint']}"
        client = httpx2.AsyncClient(timeout=_TIMEOUT, trust_env=False)
        sent = client.build_request("POST", address, content=body, headers=[*headers, *_bearer(engine).items()])
        answer = await client.send(sent, stream=True)

        async def pieces() -> AsyncIterator[bytes]:
            try:
                async for piece in answer.aiter_raw():
                    yield piece
            finally:
                await client.aclose()

        back = {key: value for key, value in answer.headers.items() if key not in _OF_ONE_CONNECTION}
        return StreamingResponse(pieces(), answer.status_code, back)

    def _refuse_key(self, request: Request) -> Response | None:
        if request.headers.get("authorization") == f"Bearer {self._api_key}":
            return None
        return JSONResponse({"detail": "The API key is not known."}, 401)


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


def _bearer(engine: Credentials) -> dict[str, str]:
    return {"authorization": f"Bearer {engine.api_key}"}


def _no_model(name: str) -> Response:
    return JSONResponse({"detail": f"The model {name!r} does not exist."}, 404)
