"""Serve the sandbox for curl, other languages, and other programs: `python -m helpers.sandbox`."""

import argparse
import contextlib
import sys

from helpers.sandbox.adapters.server import LocalServer
from helpers.sandbox.core import Sandbox


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted.

    Args:
        arguments: the command line without the program's name; None takes the process's own.

    Returns:
        The exit status: 0, or 1 if the address cannot be used.
    """
    parser = argparse.ArgumentParser(prog="python -m helpers.sandbox", description="Serve the sandbox over HTTP.")
    parser.add_argument("--host", default="127.0.0.1", help="address to bind to (default: this machine only)")
    parser.add_argument("--port", type=int, default=8011, help="port, 0 for a free one (default: 8011)")
    parser.add_argument("--api-key", default="sandbox", help="key that requests have to send (default: sandbox)")
    options = parser.parse_args(arguments)
    api_key = options.api_key.strip()
    if not api_key:
        parser.error("the key has to have at least one character")
    try:
        server = LocalServer(Sandbox(api_key=api_key), options.host, options.port)
    except (OSError, OverflowError) as error:
        print(
            f"Cannot serve on {options.host}:{options.port}: {error}. Choose another --host or --port.", file=sys.stderr
        )
        return 1
    # A key of the caller's own is a secret.
    shown_key = api_key if api_key == "sandbox" else "the one given"
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever(lambda: print(f"Sandbox ready: {server.base_url} (API key: {shown_key})", flush=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
