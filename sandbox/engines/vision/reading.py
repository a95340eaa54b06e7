"""Opening a picture: from the bytes of a file to its measures."""

import io
import warnings
from typing import TYPE_CHECKING

from sandbox.engines.vision.measuring import measure
from sandbox.engines.vision.picture import FORMATS, MAX_PIXELS, SIDE, Picture

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

_SIGNATURES = (
    (b"BM", "a BMP picture"), (b"II*\x00", "a TIFF picture"), (b"MM\x00*", "a TIFF picture"),
    (b"\x00\x00\x01\x00", "an icon file"), (b"%PDF", "a PDF document"), (b"<svg", "an SVG drawing"),
    (b"<?xml", "an XML or SVG file"), (b"<!doctype html", "a web page"), (b"<html", "a web page"),
)  # fmt: skip


class UnreadablePicture(ValueError):  # noqa: N818 (a name that others rely on)
    """The bytes cannot be read as a picture. The message says what is wrong and what to do."""


def read_picture(data: bytes) -> Picture:
    """Open a picture and measure it.

    Args:
        data: the bytes of a PNG, JPEG, GIF, or WebP file.

    Returns:
        The measures.

    Raises:
        UnreadablePicture: the bytes are no picture, of another type, cut off, or have more than MAX_PIXELS pixels.
    """
    from PIL import Image, UnidentifiedImageError

    if not data:
        raise UnreadablePicture("The picture is empty (0 bytes). Check that the file was read and encoded.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large or odd files; what matters is raised here
        try:
            image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP"))
        except Image.DecompressionBombError as error:
            raise UnreadablePicture(_too_large("far more")) from error
        except UnidentifiedImageError as error:
            raise UnreadablePicture(_not_a_picture(data)) from error
        except Exception as error:  # the decoders raise errors of many kinds on broken data
            raise UnreadablePicture(_broken(data)) from error
        width, height, kind = *image.size, FORMATS.get(image.format or "", "JPEG")
        if width * height > MAX_PIXELS:
            raise UnreadablePicture(_too_large(f"{width} x {height} = {width * height:,}"))
        try:
            if kind == "JPEG":
                image.draft("RGB", (2 * SIDE, 2 * SIDE))  # decodes at a fraction of the size
            image.load()
            turned = image.getexif().get(0x0112, 1)  # the EXIF orientation
            reduced, transparent = _reduce(image)
        except Exception as error:
            raise UnreadablePicture(_broken(data)) from error
    turn = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT], 3: [Image.Transpose.ROTATE_180], 4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE], 6: [Image.Transpose.ROTATE_270], 7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_90],
    }  # fmt: skip
    for step in turn.get(turned, []):
        reduced = reduced.transpose(step)
    if turned in (5, 6, 7, 8):
        width, height = height, width
    return Picture(width=width, height=height, format=kind, transparent=transparent, **measure(reduced))


def _not_a_picture(data: bytes) -> str:
    start = data[:64].lstrip().lower()
    for signature, name in _SIGNATURES:
        if start.startswith(signature.lower()) or data.startswith(signature):
            return f"This is {name}. Send a PNG, JPEG, GIF, or WebP picture."
    if data[4:8] == b"ftyp":
        return "This is a HEIC, AVIF, or video file. Convert it to PNG, JPEG, GIF, or WebP."
    return "The data is not a picture. Send the bytes of a PNG, JPEG, GIF, or WebP file, encoded in base64."


def _broken(data: bytes) -> str:
    return f"The picture is damaged or cut off after {len(data):,} bytes. Check that the whole file was read and sent."


def _too_large(pixels: str) -> str:
    return f"The picture has {pixels} pixels; at most {MAX_PIXELS:,} are read. Shrink it first."


def _reduce(image: "PillowImage") -> tuple["PillowImage", float]:
    """Return a small RGB copy on white, and the share of the surface that is transparent."""
    from PIL import Image

    if image.mode.startswith(("I", "F")):  # 16 bits a pixel
        image = image.convert("F").point(lambda value: value * (1 / 257) + 0.0).convert("L")
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    scale = SIDE / max(image.size)
    # A narrow picture keeps enough cells on its short side to tell its parts.
    size = tuple(min(length, SIDE, max(round(length * scale), 48)) for length in image.size)
    image = image.resize(size, Image.Resampling.BOX)
    if image.mode == "RGB":
        return image, 0.0
    alpha = image.getchannel("A")
    white = Image.new("RGB", size, "white")
    white.paste(image.convert("RGB"), mask=alpha)
    return white, 1 - sum(alpha.tobytes()) / (255 * size[0] * size[1])
