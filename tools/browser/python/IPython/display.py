"""Show things below the cell that runs."""

from typing import Any

from cells import show


class Markdown:
    """Text in Markdown."""

    def __init__(self, data: str):
        self._data = data

    def _repr_markdown_(self) -> str:
        return self._data


class HTML:
    """HTML, of which the page shows images."""

    def __init__(self, data: str):
        self._data = data

    def _repr_html_(self) -> str:
        return self._data


class Image:
    """The bytes of a PNG or JPEG file, with what it shows for readers who do not see it."""

    def __init__(self, data: bytes, format: str = "png", alt: str = ""):
        self._data, self._format, self.alt = data, format, alt

    def _repr_png_(self) -> bytes | None:
        return self._data if self._format == "png" else None

    def _repr_jpeg_(self) -> bytes | None:
        return self._data if self._format == "jpeg" else None


def display(*values: Any) -> None:
    """Show values, one below the other."""
    for value in values:
        show(value)
