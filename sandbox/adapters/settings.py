"""How uvicorn is run, for the sandbox and for what it is measured beside."""

import socket
from typing import Any

# How uvicorn runs. A connection may idle for longer than common clients keep theirs (Python 5 s, Go 90 s), so that none
# sends its next request into a connection that the server is just closing. The protocols are named, not found out, so
# that the server is the same whatever else is installed; a request for a websocket is answered as plain HTTP.
UVICORN_SETTINGS: dict[str, Any] = {
    "loop": "asyncio",
    "http": "h11",
    "ws": "none",
    "lifespan": "off",
    "log_config": None,
    "log_level": "critical",
    "access_log": False,
    "proxy_headers": False,
    "server_header": False,
    "timeout_keep_alive": 120,
    "timeout_graceful_shutdown": 1,
}


def listen(host: str, port: int) -> socket.socket:
    """Open a socket for a server, and return it.

    Args:
        host: the address to bind to.
        port: the port, 0 for a free one.

    Raises:
        OSError: the address cannot be used.
    """
    listener = socket.create_server((host, port))
    # Connections inherit it. asyncio sets it only on sockets that it made itself; without it, an answer that is written
    # in two parts waits up to 40 ms for the client to confirm the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
