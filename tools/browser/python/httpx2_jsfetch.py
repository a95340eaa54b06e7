"""In place of the package of this name: httpx2 takes its transports from here when it runs in a browser.

They pass requests to the sandboxes inside the page, so no client can make a connection.
"""

from typing import Any

# What imports this module is the package `httpx2` itself, so its public names are not there yet, and the sandbox, which
# needs them, is imported with the first request.
from httpx2._models import Request, Response
from httpx2._transports.base import AsyncBaseTransport, BaseTransport


class JavascriptFetchTransport(BaseTransport):
    """Answers the requests of a synchronous client. Raises `httpx2.ConnectError` where no sandbox is."""

    def __init__(self, **options: Any):
        pass

    def handle_request(self, request: Request) -> Response:
        """Answer one request."""
        from sandbox.adapters.page import find_sandbox
        from sandbox.adapters.transports import SandboxTransport

        return SandboxTransport(find_sandbox(request)).handle_request(request)


class AsyncJavascriptFetchTransport(AsyncBaseTransport):
    """The same for an asynchronous client."""

    def __init__(self, **options: Any):
        pass

    async def handle_async_request(self, request: Request) -> Response:
        """Answer one request."""
        from sandbox.adapters.page import find_sandbox
        from sandbox.adapters.transports import AsyncSandboxTransport

        return await AsyncSandboxTransport(find_sandbox(request)).handle_async_request(request)
