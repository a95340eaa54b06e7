"""Pictures in a notebook: show one, and find one that the service can fetch by URL."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from openai import OpenAI
    from PIL import Image

# The photograph of the service's own API reference, in one of the widths that its host serves to everybody; the sandbox
# has a drawing of the same kind of scene.
_PUBLIC_PICTURE = (
    "https://upload.wikimedia.org/wikipedia/commons/thumb/d/dd/Gfp-wisconsin-madison-the-nature-boardwalk.jpg/"
    "1280px-Gfp-wisconsin-madison-the-nature-boardwalk.jpg"
)
_SHOWN_WIDTH_PIXELS = 640


def show_image(image: Image.Image | str | Path, alt: str) -> None:
    """Show a picture under the cell: upright, at most 640 pixels wide, on white where it is transparent.

    Args:
        image: a Pillow image, a file's path, or an http(s) URL.
        alt: what the picture shows, for readers who do not see it.

    Raises:
        FileNotFoundError: there is no such file.
        PIL.UnidentifiedImageError: the file is no picture.
        httpx2.HTTPError: the URL cannot be read.
    """
    from IPython.display import Image as Shown
    from IPython.display import display
    from PIL import Image as Pillow
    from PIL import ImageOps

    if isinstance(image, str) and image.startswith(("http://", "https://")):
        image = Pillow.open(io.BytesIO(_download(image)))
    elif isinstance(image, str | Path):
        image = Pillow.open(image)
    upright = _to_8_bits(ImageOps.exif_transpose(image)).convert("RGBA")
    shown = Pillow.new("RGB", upright.size, "white")
    shown.paste(upright, mask=upright)
    shown.thumbnail((_SHOWN_WIDTH_PIXELS, shown.height))
    buffer = io.BytesIO()
    # A drawing with few colors stays sharp as PNG; everything else is a tenth of the size as JPEG.
    few_colors = shown.getcolors(maxcolors=4096) is not None
    shown.save(buffer, "PNG" if few_colors else "JPEG", quality=85)
    display(Shown(buffer.getvalue(), format="png" if few_colors else "jpeg", alt=alt))


def sample_image_url(client: OpenAI) -> str:
    """Return the URL of a picture of a boardwalk that the service can fetch.

    The sandbox makes no connections and knows only the drawing that it carries; the real service fetches the photograph
    that its own API reference uses.

    Args:
        client: the client; it makes one request to find out whether the sandbox answers.

    Returns:
        The URL.

    Raises:
        openai.OpenAIError: the service does not answer.
    """
    answer = client.models.with_raw_response.list()
    if "x-sandbox" not in answer.headers:
        return _PUBLIC_PICTURE
    address = urlsplit(str(client.base_url))
    return f"{address.scheme}://{address.netloc}/assets/boardwalk.jpg"


def _to_8_bits(image: Image.Image) -> Image.Image:
    """Scale gray levels of 16 bits or more (modes I and F) to 0 to 255; Pillow's `convert` would cut them there."""
    if image.mode[0] not in "IF":
        return image
    # First, since Pillow does nothing else with the order of bytes that some TIFF files have (I;16B).
    floats = image.convert("F")
    white = max(floats.getextrema()[1], 1 if image.mode == "F" else 65535)
    return floats.point(lambda value: value * 255 / white)


def _download(url: str) -> bytes:
    import httpx2

    # Wikimedia refuses programs that do not say who they are.
    answer = httpx2.get(url, headers={"User-Agent": "llm-serving-tutorials/0.1"}, follow_redirects=True)
    return answer.raise_for_status().content
