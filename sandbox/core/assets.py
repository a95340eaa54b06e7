"""The files that the core carries: tables of texts, and the pictures, the only ones that it knows by URL."""

import tomllib
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from sandbox.core.errors import ApiError
from sandbox.core.guards import OWN_NAMES

# The photograph of the service's API reference, whatever its width: for it stands a drawing of the same scene.
_BOARDWALK = "-Gfp-wisconsin-madison-the-nature-boardwalk.jpg"


def read_table(name: str) -> dict[str, Any]:
    """Return the content of one of the tables beside this file."""
    return tomllib.loads(resources.files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def read_asset(name: str) -> bytes:
    """Return the content of one of the pictures, a JPEG file. Raises ApiError (404) if there is none of that name."""
    folder = resources.files("sandbox") / "assets"
    known = {entry.name: entry for entry in folder.iterdir() if entry.name.endswith(".jpg")}
    if name not in known:
        raise ApiError(404, f"There is no image of that name here. There is: {', '.join(sorted(known))}.")
    return known[name].read_bytes()


def read_asset_url(url: str, host: str) -> bytes:
    """Return the picture that a URL of this sandbox names, without a connection; `host` is the request's Host header.

    Raises ApiError: 400 if the URL leads anywhere else, 404 if there is no such picture.
    """
    try:
        address = urlsplit(url)
        is_own = address.hostname in OWN_NAMES or (host != "" and address.netloc == host)
    except ValueError as error:
        raise ApiError(400, f"The image URL is not valid: {error}", "messages", "invalid_image_url") from error
    if url.endswith(_BOARDWALK):
        return read_asset("boardwalk.jpg")
    if not is_own or not address.path.startswith("/assets/"):
        message = (
            "The sandbox makes no connections, so it cannot fetch an image from a URL. It knows one, the boardwalk of "
        )
        cure = "the API reference. Send yours as a data URL: data:image/jpeg;base64,..."
        raise ApiError(400, message + cure, "messages", "invalid_image_url")
    return read_asset(address.path.removeprefix("/assets/"))
