"""The vision engine: reading pictures, measuring them, and answering from the measures."""

import io
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from sandbox.engines.vision import MAX_PIXELS, Picture, UnreadablePicture, answer, read_picture, reading

ROOT = Path(__file__).resolve().parent.parent


def encode(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def plain(color: object, size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Picture:
    return read_picture(encode(Image.new(mode, size, color)))


def field() -> Image.Image:
    """Blue sky above, textured green below."""
    image = Image.effect_noise((300, 200), 60).point(lambda value: value // 3 + 20)
    image = Image.merge("RGB", (image, image.point(lambda value: value + 60), image.point(lambda value: value // 2)))
    ImageDraw.Draw(image).rectangle((0, 0, 300, 90), fill=(110, 170, 230))
    return image


@pytest.fixture(scope="module")
def boardwalk() -> Picture:
    return read_picture((ROOT / "sandbox/assets/boardwalk.jpg").read_bytes())


@pytest.fixture(scope="module")
def harbor() -> Picture:
    return read_picture((ROOT / "notebooks/images/harbor.jpg").read_bytes())


@pytest.mark.parametrize(("kind", "name"), [("PNG", "PNG"), ("JPEG", "JPEG"), ("GIF", "GIF"), ("WEBP", "WebP")])
def test_reads_the_four_types(kind: str, name: str) -> None:
    picture = read_picture(encode(Image.new("RGB", (80, 50), (220, 20, 30)), kind))
    assert (picture.format, picture.width, picture.height) == (name, 80, 50)
    assert "red (100%)" in answer("What colors are there?", [picture])


@pytest.mark.parametrize(
    ("mode", "color", "name"),
    [("1", 1, "white"), ("L", 128, "gray"), ("LA", (0, 255), "black"), ("I;16", 65535, "white"), ("I;16", 0, "black"),
     ("RGBA", (0, 0, 255, 0), "white"), ("RGBA", (0, 0, 255, 255), "blue")],
)  # fmt: skip
def test_reads_all_modes(mode: str, color: object, name: str) -> None:
    assert f"{name} (100%)" in answer("Which colors?", [plain(color, mode=mode)])


def test_reads_palettes_cmyk_and_the_first_frame() -> None:
    red, blue = Image.new("RGB", (40, 40), (215, 30, 35)), Image.new("RGB", (40, 40), (0, 0, 255))
    assert "red" in answer("colors?", [read_picture(encode(red.convert("P", palette=Image.Palette.ADAPTIVE)))])
    assert "red" in answer("colors?", [read_picture(encode(red.convert("CMYK"), "JPEG"))])
    frames = read_picture(encode(red, "GIF", save_all=True, append_images=[blue]))
    assert "red (100%)" in answer("colors?", [frames])


def test_exif_orientation_is_respected() -> None:
    image = Image.new("RGB", (80, 40), "white")
    image.paste((215, 30, 35), (0, 0, 40, 40))
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned clockwise: the left becomes the top
    picture = read_picture(encode(image, "JPEG", exif=exif))
    assert (picture.width, picture.height) == (40, 80)
    assert "portrait" in answer("Is it portrait or landscape?", [picture])
    assert "The top is red" in answer("What color is the top?", [picture])


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "empty"), (b"hello", "not a picture"), (b"BM" + bytes(60), "BMP"), (b"%PDF-1.7 ...", "PDF"),
     (b"<svg xmlns=''></svg>", "SVG"), (b"II*\x00" + bytes(20), "TIFF"), (b"\x00\x00\x00\x18ftypheic", "HEIC"),
     (b"\x89PNG\r\n\x1a\n" + bytes(40), "damaged|not a picture")],
)  # fmt: skip
def test_what_is_no_picture_is_said(data: bytes, words: str) -> None:
    with pytest.raises(UnreadablePicture, match=words):
        read_picture(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(kind: str, share: float) -> None:
    data = encode(Image.effect_noise((200, 150), 90).convert("RGB"), kind)
    with pytest.raises(UnreadablePicture):
        read_picture(data[: int(len(data) * share)])


@pytest.mark.parametrize("size", [(MAX_PIXELS // 1000 + 1, 1000), (60_000, 60_000)])
def test_too_many_pixels_are_refused_before_decoding(size: tuple[int, int]) -> None:
    small = bytearray(encode(Image.new("1", (8, 8))))
    small[16:24] = size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big")
    small[29:33] = zlib.crc32(bytes(small[12:29])).to_bytes(4, "big")  # of the header chunk
    with pytest.raises(UnreadablePicture, match="40,000,000"):
        read_picture(bytes(small))


def test_the_boardwalk(boardwalk: Picture) -> None:
    text = answer("What's in this image?", [boardwalk])
    for words in ("partly cloudy sky", "like grass or leaves", "like a path", "green", "like a horizon"):
        assert words in text
    assert answer("", [boardwalk]) == text
    assert "like day" in answer("Is it day or night?", [boardwalk])
    assert answer("Is there any water?", [boardwalk]).startswith("No")


def test_the_harbor(harbor: Picture) -> None:
    text = answer("Describe this picture.", [harbor])
    assert "evening" in text
    assert "water-like" in text
    assert "evening" in answer("Is it day or night?", [harbor])


def test_the_chart() -> None:
    chart = read_picture((ROOT / "notebooks/images/chart.png").read_bytes())
    assert "a chart" in answer("What is this?", [chart])
    assert "rather than a photo" in answer("", [chart])


def test_a_field_that_no_lesson_has() -> None:
    picture = read_picture(encode(field(), "JPEG"))
    text = answer("Please describe the image", [picture])
    assert "blue sky" in text
    assert "grass" in text
    assert answer("Is there much grass?", [picture]).startswith("Yes, much of it")
    assert "blue" in answer("What color is the sky?", [picture])
    assert "green" in answer("What colour is at the bottom?", [picture])


def test_simple_pictures() -> None:
    circle = Image.new("RGB", (200, 200), "white")
    ImageDraw.Draw(circle).ellipse((50, 50, 150, 150), fill=(220, 20, 30))
    text = answer("What do you see?", [read_picture(encode(circle))])
    assert "red" in text
    assert "in the center" in text
    assert "square" in text
    assert "1 x 1 pixel" in answer("", [plain((255, 128, 0), (1, 1))])
    assert "transparent" in answer("Is it transparent?", [plain((0, 0, 0, 0), mode="RGBA")])
    assert answer("Is it black and white?", [plain(90, mode="L")]).startswith("Yes")
    assert "dark" in answer("Is it bright?", [plain("black")])
    assert "panorama" in answer("Which orientation?", [plain("white", (900, 100))])
    for size in ((1, 500), (500, 1), (2, 2), (3000, 2)):
        assert f"{size[0]} x {size[1]}" in answer("How large is it?", [plain("white", size)])


@pytest.mark.parametrize(
    "question",
    ["How many people are there?", "What does the sign say?", "Is there a dog?", "Who painted this?",
     "What is the mood?", "What is the capital of France?", "How tall is the tree?"],
)  # fmt: skip
def test_what_is_not_measured_is_said_plainly(question: str, boardwalk: Picture) -> None:
    text = answer(question, [boardwalk])
    assert text.startswith("The sandbox measures colors and areas; it does not recognize objects")
    assert "%" in text


def test_a_yes_never_seems_to_answer_for_an_object(harbor: Picture) -> None:
    assert "Yes" not in answer("Is there a boat on the water?", [harbor])


def test_several_pictures(boardwalk: Picture, harbor: Picture) -> None:
    both = [boardwalk, harbor]
    text = answer("What is in these pictures?", both)
    assert text.startswith("The first picture: ")
    assert "The second picture: " in text
    assert answer("Which is brighter?", both) == "The first picture is brighter."
    assert answer("Which one is larger?", both) == "The second picture is larger."
    assert "The first picture has the most green" in answer("Which has more green?", both)
    assert answer("Are these the same picture?", both).startswith("No.")
    assert answer("Are these the same picture?", [harbor, harbor]).startswith("Yes.")
    assert "The first picture:" not in answer("What color is the sky in the second image?", both)
    assert "differ by" in answer("What is different?", both)
    assert answer("How many pictures are there?", [*both, harbor]) == "There are 3 pictures."
    assert "only one picture" in answer("Which is brighter?", [harbor])
    assert "no picture" in answer("What is this?", [])


def test_short_answers(boardwalk: Picture, harbor: Picture) -> None:
    for pictures in ([boardwalk], [boardwalk, harbor]):
        text = answer("Describe in one sentence.", pictures)
        assert text.count(". ") == 0
        assert len(text) < len(answer("Describe it.", pictures))


def test_odd_questions_and_repeatability(boardwalk: Picture) -> None:
    for question in ("", "   ", "?!", "🙂" * 50, "ä" * 1_000_000, "how many " * 100_000, "\x00"):
        first = answer(question, [boardwalk])
        assert first
        assert first == answer(question, [boardwalk])


def test_a_large_jpeg_is_decoded_at_a_fraction_of_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    reduce = reading._reduce
    monkeypatch.setattr(reading, "_reduce", lambda image: sizes.append(image.size) or reduce(image))
    picture = read_picture(encode(field().resize((4000, 3000)), "JPEG"))
    assert (picture.width, picture.height, sizes) == (4000, 3000, [(500, 375)])
