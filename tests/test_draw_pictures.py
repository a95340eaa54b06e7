"""The project's pictures: drawing again gives the committed files."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
LIMITS = {  # size in pixels, and at most so many bytes
    "sandbox/assets/boardwalk.jpg": ((1200, 800), 180_000),
    "notebooks/images/harbor.jpg": ((3000, 2000), 2_000_000),
    "notebooks/images/chart.png": ((640, 400), 40_000),
    "docs/assets/social.png": ((1200, 630), 60_000),
}


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    specification = importlib.util.spec_from_file_location("draw_pictures", ROOT / "tools/draw_pictures.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def pixels(image: Image.Image, size: tuple[int, int]) -> np.ndarray:
    return np.asarray(image.convert("RGB").resize(size, Image.Resampling.BOX), dtype=np.float64)


@pytest.mark.parametrize("name", LIMITS)
def test_the_committed_files_keep_their_limits(name: str) -> None:
    size, most = LIMITS[name]
    path = ROOT / name
    assert path.stat().st_size <= most
    with Image.open(path) as image:
        assert image.size == size


def test_every_picture_is_in_the_list(tool: ModuleType) -> None:
    found = [path for folder in ("sandbox/assets", "notebooks/images") for path in (ROOT / folder).iterdir()]
    drawn = {path.relative_to(ROOT).as_posix() for path in found} | {"docs/assets/social.png"}
    assert drawn == set(tool.PICTURES)


@pytest.mark.parametrize(
    ("name", "draw", "width"),
    [
        ("sandbox/assets/boardwalk.jpg", "draw_boardwalk", 300),
        ("notebooks/images/harbor.jpg", "draw_harbor", 600),
    ],
)
def test_drawing_again_smaller_gives_the_same_scene(tool: ModuleType, name: str, draw: str, width: int) -> None:
    with Image.open(ROOT / name) as image:
        committed = pixels(image, (30, 20))
    again = pixels(getattr(tool, draw)(width), (30, 20))
    difference = np.abs(committed - again)
    assert difference.mean() < 6  # thin blades of grass are not quite the same at another size
    assert np.percentile(difference, 95) < 18


@pytest.mark.parametrize(
    ("name", "draw"), [("notebooks/images/chart.png", "draw_chart"), ("docs/assets/social.png", "draw_card")]
)
def test_drawing_again_gives_the_same_pixels(tool: ModuleType, name: str, draw: str) -> None:
    with Image.open(ROOT / name) as image:
        difference = np.abs(pixels(image, image.size) - pixels(getattr(tool, draw)(), image.size))
    assert difference.mean() < 0.5
