"""Sandboxes inside a web page, where Python runs in the browser (Pyodide) and no program can listen on a port.

A client in the page finds one by its address, and reaches nothing else: see tools/browser/python/httpx2_jsfetch.py.
"""

from itertools import count

import httpx2

from sandbox.service import Sandbox

_sandboxes: dict[str, Sandbox] = {}
_ports = count(8011)


class PageServer:
    """A sandbox at an address of its own, as `LocalServer` is one elsewhere: its `base_url` is for clients.

    Only clients in the same page reach it, until `stop`.
    """

    def __init__(self, sandbox: Sandbox):
        self._host = f"127.0.0.1:{next(_ports)}"
        self.base_url = f"http://{self._host}/v2"
        _sandboxes[self._host] = sandbox

    def stop(self) -> None:
        """Answer no further requests."""
        _sandboxes.pop(self._host, None)


def find_sandbox(request: httpx2.Request) -> Sandbox:
    """Return the sandbox that a request is for. Raises `httpx2.ConnectError` if there is none at its address."""
    sandbox = _sandboxes.get(request.url.netloc.decode("ascii"))
    if sandbox is None:
        message = f"A web page makes no connections: only its sandbox answers, not {request.url.host}."
        raise httpx2.ConnectError(message, request=request)
    return sandbox
