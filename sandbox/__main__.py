"""Serve the sandbox for curl, other languages, and other programs: `python -m sandbox`."""

import argparse
import contextlib
import json
import sys

from sandbox.adapters.server import LocalServer
from sandbox.service import Sandbox, openapi_document


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted, with the process's own arguments if none are given; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Serve the sandbox over HTTP.")
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to bind to (default: this machine only)")
    add("--port", type=int, default=8011, help="port, 0 for a free one (default: 8011)")
    add("--api-key", type=str.strip, default="sandbox", help="key that requests have to send (default: sandbox)")
    add("--requests-per-minute", type=int, default=10_000, help="most requests to one model (default: 10000)")
    add("--tokens-per-minute", type=int, default=10_000_000, help="most tokens of one model (default: 10000000)")
    add("--pace", type=float, default=0.01, help="seconds between pieces of a stream (default: 0.01)")
    hosts = "answer to this host name, too; may be given several times"
    add("--allow-host", action="append", default=[], dest="hosts", help=hosts)
    origins = "answer web pages of this origin, such as https://docs.example; may be given several times"
    add("--allow-origin", action="append", default=[], dest="origins", help=origins)
    add("--catalogue", choices=("today", "first"), default="today", help="models to offer (default: today's)")
    add("--openapi", action="store_true", help="print the OpenAPI document and stop")
    options = vars(parser.parse_args(arguments))
    if options.pop("openapi"):
        print(json.dumps(openapi_document(), indent=2))
        return 0
    if not options["api_key"]:
        parser.error("the key has to have at least one character")
    host, port = options.pop("host"), options.pop("port")
    options["hosts"].append(host)
    try:
        server = LocalServer(Sandbox(**options), host, port)
    except ValueError as error:
        parser.error(str(error))
    except (OSError, OverflowError) as error:
        cure = "Choose another --host or --port."
        print(f"Cannot serve on {host}:{port}: {error}. {cure}", file=sys.stderr)
        return 1
    # A key of the caller's own is a secret.
    key = "sandbox" if options["api_key"] == "sandbox" else "the one given"
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever(lambda: print(f"Sandbox ready: {server.base_url} (API key: {key})", flush=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
