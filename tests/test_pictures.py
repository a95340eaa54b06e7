"""The project's pictures keep their sizes: those of the lessons are loaded by everybody who reads them."""

import pytest
from PIL import Image

from tools.lessons import ROOT

LIMITS = {  # size in pixels, and at most so many bytes
    "sandbox/assets/boardwalk.jpg": ((1200, 800), 180_000),
    "notebooks/images/harbor.jpg": ((3000, 2000), 2_000_000),
    "notebooks/images/chart.png": ((640, 400), 40_000),
    "docs/assets/social.png": ((1200, 630), 60_000),
}


@pytest.mark.parametrize("name", LIMITS)
def test_the_committed_files_keep_their_limits(name: str) -> None:
    size, most = LIMITS[name]
    assert (ROOT / name).stat().st_size <= most
    with Image.open(ROOT / name) as image:
        assert image.size == size


def test_every_picture_has_limits() -> None:
    folders = ("sandbox/assets", "notebooks/images")
    found = {path.relative_to(ROOT).as_posix() for folder in folders for path in (ROOT / folder).glob("*.[jp]*g")}
    assert found | {"docs/assets/social.png"} == set(LIMITS)
