"""What is measured in one picture, and the names of colors and areas."""

from dataclasses import dataclass

MAX_PIXELS = 40_000_000
SIDE = 96
FORMATS = {"PNG": "PNG", "JPEG": "JPEG", "MPO": "JPEG", "GIF": "GIF", "WEBP": "WebP"}
COLORS = (  # a name may stand for several samples
    ("black", (0, 0, 0)), ("black", (26, 26, 28)), ("dark gray", (72, 72, 72)), ("gray", (128, 128, 128)),
    ("light gray", (200, 200, 200)), ("white", (255, 255, 255)), ("dark red", (120, 20, 25)), ("red", (215, 30, 35)),
    ("red", (255, 0, 0)), ("pink", (245, 165, 185)), ("pink", (225, 115, 140)), ("magenta", (220, 20, 140)),
    ("magenta", (255, 0, 255)), ("purple", (120, 50, 130)), ("purple", (105, 75, 130)), ("purple", (140, 90, 125)),
    ("dark purple", (55, 38, 78)), ("lavender", (180, 165, 220)), ("orange", (245, 140, 40)),
    ("orange", (225, 130, 90)), ("peach", (250, 195, 150)), ("brown", (115, 75, 40)), ("brown", (95, 72, 58)),
    ("dark brown", (60, 38, 22)), ("tan", (180, 150, 110)), ("beige", (230, 215, 185)), ("yellow", (250, 220, 50)),
    ("yellow", (255, 255, 0)), ("olive", (118, 112, 40)), ("light green", (150, 205, 110)), ("green", (50, 145, 55)),
    ("green", (105, 145, 60)), ("green", (80, 110, 45)), ("green", (0, 255, 0)), ("dark green", (30, 70, 30)),
    ("turquoise", (60, 190, 185)), ("turquoise", (0, 255, 255)), ("teal", (20, 110, 115)),
    ("light blue", (165, 205, 235)), ("light blue", (130, 175, 225)), ("blue", (50, 105, 200)), ("blue", (0, 0, 255)),
    ("blue", (65, 125, 185)), ("dark blue", (25, 35, 100)), ("dark blue", (50, 55, 105)),
    ("gray blue", (110, 130, 155)),
)  # fmt: skip
NAMES = tuple(name for name, _ in COLORS)
SKY, CLOUD, GREEN, BROWN, WATER, OTHER = b"scgbw."


@dataclass(frozen=True)
class Picture:
    """What was measured in one picture. Shares go from 0 to 1, lightness from 0 to 100."""

    width: int  # pixels, after turning
    height: int
    format: str  # a value of FORMATS
    transparent: float  # share of the surface
    columns: int  # of the reduced copy
    rows: int
    labels: bytes  # one per cell, row by row: index into NAMES
    areas: bytes  # one per cell: SKY, CLOUD, GREEN, BROWN, WATER, or OTHER
    small: bytes  # 16 x 16 RGB, for comparing
    brightness: float  # mean lightness
    contrast: float  # standard deviation of the lightness
    chroma: float  # mean CIELAB chroma; below 4 the picture is gray
    edges: float  # mean step of lightness between neighbors
    evening_sky: bool
    horizon: float | None  # height of a sharp horizontal line, as a share from the top
    symmetric: bool  # left and right
    path: str  # color of a strip that narrows from the bottom upward, or empty
    drawing: bool  # few flat colors with sharp edges
