"""The pictures that the sandbox carries, the only ones that it knows by URL."""

import re
from importlib import resources
from urllib.parse import urlsplit

from sandbox.core.errors import ApiError

_FOLDER = resources.files("sandbox").joinpath("assets")
_OWN_HOSTS = ("127.0.0.1", "localhost", "::1")


def read_asset(name: str) -> bytes:
    """Return one of the pictures.

    Args:
        name: its file name.

    Returns:
        The content of the JPEG file.

    Raises:
        ApiError: 404 if there is no such picture.
    """
    if not re.fullmatch(r"[\w-]+\.jpg", name, re.ASCII) or not _FOLDER.joinpath(name).is_file():
        known = ", ".join(sorted(entry.name for entry in _FOLDER.iterdir() if entry.name.endswith(".jpg")))
        raise ApiError(404, f"There is no picture of that name here. There is: {known}.")
    return _FOLDER.joinpath(name).read_bytes()


def read_asset_url(url: str, host: str) -> bytes:
    """Return the picture that a URL names, without making a connection.

    Args:
        url: a URL that leads back to this sandbox, such as "http://127.0.0.1:8011/assets/boardwalk.jpg".
        host: the Host header of the request, the name by which the client knows the sandbox.

    Returns:
        The content of the JPEG file.

    Raises:
        ApiError: 400 if the URL leads anywhere else, 404 if there is no such picture.
    """
    try:
        address = urlsplit(url)
        is_own = address.hostname in _OWN_HOSTS or (host != "" and address.netloc == host)
        is_own = is_own and address.path.startswith("/assets/")
    except ValueError as error:
        raise ApiError(400, f"The image URL is not valid: {error}", "messages", "invalid_image_url") from error
    if not is_own:
        raise ApiError(
            400,
            "The sandbox makes no connections, so it cannot fetch a picture from a URL. It knows its own pictures only "
            "(/assets/boardwalk.jpg on its own address). Send yours as a data URL: data:image/jpeg;base64,...",
            "messages",
            "invalid_image_url",
        )
    return read_asset(address.path.removeprefix("/assets/"))
