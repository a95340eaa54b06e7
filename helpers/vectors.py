"""A picture of a similarity matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

_CELL_PIXELS = 88
_FONT_PIXELS = 20
_MARGIN_PIXELS = 16
_LOW = (247, 247, 252)
_HIGH = (92, 26, 120)


def heat_map(matrix: np.ndarray, labels: Sequence[str]) -> Image.Image:
    """Draw a square matrix of similarities as a heat map: the darker a cell, the larger its number.

    Args:
        matrix: numbers of shape (n, n); 0 and below is lightest, 1 is darkest.
        labels: n short names, one for each row; the columns are numbered in the same order.

    Returns:
        The picture, in RGB.

    Raises:
        ValueError: the shape of the matrix and the number of labels do not agree.
    """
    from PIL import Image, ImageDraw, ImageFont

    if matrix.shape != (len(labels), len(labels)):
        raise ValueError(
            f"A matrix of shape {matrix.shape} needs as many labels as rows and columns, not {len(labels)}."
        )
    font = ImageFont.load_default(size=_FONT_PIXELS)
    names = [f"{number}  {label}" for number, label in enumerate(labels, start=1)]
    left = round(max(font.getlength(name) for name in names)) + 2 * _MARGIN_PIXELS
    top = _FONT_PIXELS + 2 * _MARGIN_PIXELS
    size = (left + _CELL_PIXELS * len(labels) + _MARGIN_PIXELS, top + _CELL_PIXELS * len(labels) + _MARGIN_PIXELS)
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for row, name in enumerate(names):
        middle = top + (row + 0.5) * _CELL_PIXELS
        draw.text((_MARGIN_PIXELS, middle), name, "black", font, anchor="lm")
        draw.text((left + (row + 0.5) * _CELL_PIXELS, top / 2), str(row + 1), "black", font, anchor="mm")
        for column in range(len(labels)):
            value = float(matrix[row, column])
            shade = min(max(value, 0.0), 1.0)
            color = tuple(round(low + (high - low) * shade) for low, high in zip(_LOW, _HIGH, strict=True))
            corner = (left + column * _CELL_PIXELS, top + row * _CELL_PIXELS)
            draw.rectangle((*corner, corner[0] + _CELL_PIXELS - 3, corner[1] + _CELL_PIXELS - 3), color)
            center = (corner[0] + _CELL_PIXELS / 2, corner[1] + _CELL_PIXELS / 2)
            draw.text(center, f"{value:.2f}", "white" if shade > 0.5 else "black", font, anchor="mm")
    return image
