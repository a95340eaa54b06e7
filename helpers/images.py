"""Images in a notebook: show one, and get the bytes of the one that the service can fetch by URL."""

from __future__ import annotations

import io
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openai import OpenAI
    from PIL import Image

_SHOWN_WIDTH_PIXELS = 640


def show_image(image: Image.Image | bytes | str | Path, alt: str) -> None:
    """Show an image under the cell: upright, at most 640 pixels wide, on white where it is transparent.

    Args:
        image: a Pillow image, the bytes of a file, or its path.
        alt: what the image shows, for readers who do not see it.

    Raises:
        FileNotFoundError: there is no such file.
        PIL.UnidentifiedImageError: the file is not an image.
    """
    from IPython.display import Image as Shown
    from IPython.display import display
    from PIL import Image as Pillow
    from PIL import ImageOps

    if not isinstance(image, Pillow.Image):
        image = Pillow.open(io.BytesIO(image) if isinstance(image, bytes) else image)
    upright = _to_8_bits(ImageOps.exif_transpose(image)).convert("RGBA")
    shown = Pillow.new("RGB", upright.size, "white")
    shown.paste(upright, mask=upright)
    shown.thumbnail((_SHOWN_WIDTH_PIXELS, shown.height))
    buffer = io.BytesIO()
    # A drawing with few colors stays sharp as PNG; everything else is a tenth of the size as JPEG.
    few_colors = shown.getcolors(maxcolors=4096) is not None
    shown.save(buffer, "PNG" if few_colors else "JPEG", quality=85)
    display(Shown(buffer.getvalue(), format="png" if few_colors else "jpeg", alt=alt))


def download_boardwalk(client: OpenAI, url: str) -> bytes:
    """Return the bytes of the boardwalk that the service sees at a URL.

    The sandbox makes no connections and looks at a drawing of the same scene, so it is the drawing there, and also
    where the photograph cannot be downloaded; a line says so.

    Args:
        client: the client; it makes one request to find out whether the sandbox answers.
        url: the address of the photograph.

    Returns:
        A JPEG file.

    Raises:
        openai.OpenAIError: the service does not answer.
    """
    import httpx2

    drawing = resources.files("sandbox") / "assets" / "boardwalk.jpg"
    if "x-sandbox" in client.models.with_raw_response.list().headers:
        return drawing.read_bytes()
    try:
        # Wikimedia refuses programs that do not say who they are.
        answer = httpx2.get(url, headers={"User-Agent": "llm-serving-tutorials/0.1"}, follow_redirects=True)
    except httpx2.HTTPError:
        answer = None
    # A proxy may answer with a web page.
    if answer and answer.content.startswith(b"\xff\xd8"):
        return answer.content
    print("The photograph cannot be downloaded from here. This is a drawing of the same scene.")
    return drawing.read_bytes()


def _to_8_bits(image: Image.Image) -> Image.Image:
    """Scale gray levels of 16 bits or more (modes I and F) to 0 to 255; Pillow's `convert` would cut them there."""
    if image.mode[0] not in "IF":
        return image
    # First, since Pillow does nothing else with the order of bytes that some TIFF files have (I;16B).
    floats = image.convert("F")
    white = max(floats.getextrema()[1], 1 if image.mode == "F" else 65535)
    return floats.point(lambda value: value * 255 / white)
