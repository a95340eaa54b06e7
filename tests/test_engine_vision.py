"""The vision engine: reading pictures, measuring them, and answering from the measures."""

import io
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from sandbox.engines.vision import MAX_PIXELS, Picture, UnreadablePicture, answer, read_picture

ROOT = Path(__file__).resolve().parent.parent
RED = (215, 30, 35)


def encode(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def plain(color: object, size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Picture:
    return read_picture(encode(Image.new(mode, size, color)))


BOARDWALK = read_picture((ROOT / "sandbox/assets/boardwalk.jpg").read_bytes())
HARBOR = read_picture((ROOT / "notebooks/images/harbor.jpg").read_bytes())
CHART = read_picture((ROOT / "notebooks/images/chart.png").read_bytes())
GRASS = ImageOps.colorize(Image.effect_noise((300, 200), 60), (10, 60, 0), (120, 170, 60))
GRASS.paste((110, 170, 230), (0, 0, 300, 90))  # the sky
MEADOW = read_picture(encode(GRASS, "JPEG"))


@pytest.mark.parametrize(("kind", "name"), [("PNG", "PNG"), ("JPEG", "JPEG"), ("GIF", "GIF"), ("WEBP", "WebP")])
def test_reads_the_four_types_and_refuses_them_cut_off(kind: str, name: str) -> None:
    picture = read_picture(encode(Image.new("RGB", (80, 50), RED), kind))
    assert (picture.format, picture.width, picture.height) == (name, 80, 50)
    assert answer("What colors are there?", [picture]) == "Its color is red (100%)."
    data = encode(Image.effect_noise((200, 150), 90).convert("RGB"), kind)
    for share in (0.1, 0.5, 0.9):
        with pytest.raises(UnreadablePicture, match=r"damaged or cut off|not an image"):
            read_picture(data[: int(len(data) * share)])


@pytest.mark.parametrize(
    ("mode", "color", "name"),
    [("1", 1, "white"), ("L", 128, "gray"), ("LA", (0, 255), "black"), ("I;16", 65535, "white"), ("I;16", 0, "black"),
     ("I;16", 32896, "gray"), ("RGBA", (0, 0, 255, 0), "white"), ("RGBA", (0, 0, 255, 255), "blue")],
)  # fmt: skip
def test_reads_all_modes_and_puts_what_is_transparent_on_white(mode: str, color: object, name: str) -> None:
    assert f"{name} (100%)" in answer("Which colors?", [plain(color, mode=mode)])
    assert f"{name} (100%)" in answer("Which colors?", [plain(color, (2000, 1000), mode)])


def test_reads_palettes_cmyk_and_the_first_frame() -> None:
    red, blue = Image.new("RGB", (40, 40), RED), Image.new("RGB", (40, 40), (0, 0, 255))
    frames = encode(red, "GIF", save_all=True, append_images=[blue])
    for data in (encode(red.quantize(4)), encode(red.convert("CMYK"), "JPEG"), frames):
        assert "red (100%)" in answer("colors?", [read_picture(data)])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_exif_orientation_is_respected(kind: str) -> None:
    image = Image.new("RGB", (80, 40), "white")
    image.paste(RED, (0, 0, 40, 40))
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned clockwise: the left becomes the top
    picture = read_picture(encode(image, kind, exif=exif))
    assert (picture.width, picture.height) == (40, 80)
    assert "red (50%, at the top)" in answer("What colors has it?", [picture])


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "empty"), (b"hello", "not an image"), (b"BM" + bytes(60), "BMP"), (b"%PDF-1.7 ...", "PDF"),
     (b" <svg xmlns=''></svg>", "SVG"), (b"II*\x00" + bytes(20), "TIFF"), (b"\x00\x00\x00\x18ftypheic", "HEIC"),
     (b"\x89PNG\r\n\x1a\n" + bytes(40), "damaged|not an image")],
)  # fmt: skip
def test_what_is_no_picture_is_said(data: bytes, words: str) -> None:
    with pytest.raises(UnreadablePicture, match=words):
        read_picture(data)


@pytest.mark.parametrize("size", [(MAX_PIXELS // 1000 + 1, 1000), (60_000, 60_000)])
def test_too_many_pixels_are_refused_before_decoding(size: tuple[int, int]) -> None:
    small = bytearray(encode(Image.new("1", (8, 8))))
    small[16:24] = size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big")
    small[29:33] = zlib.crc32(bytes(small[12:29])).to_bytes(4, "big")  # of the header chunk
    with pytest.raises(UnreadablePicture, match="40,000,000"):
        read_picture(bytes(small))


def test_no_step_but_decoding_sees_all_of_a_large_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes, convert = [], Image.Image.convert
    monkeypatch.setattr(Image.Image, "convert", lambda image, mode: sizes.append(image.width) or convert(image, mode))
    for kind in ("JPEG", "PNG"):
        picture = read_picture(encode(Image.new("RGB", (4000, 3000)), kind))
        assert (picture.width, picture.height) == (4000, 3000)
    assert max(sizes) <= 1500


@pytest.mark.parametrize(
    ("question", "pictures", "words"),
    [
        ("What's in this image?", [BOARDWALK], "It looks like an outdoor scene: a partly cloudy sky"),
        ("What color is the grass?", [BOARDWALK], "The area that looks like grass or leaves is green ("),
        ("", [HARBOR], "an evening or morning sky (34%) and a water-like area"),
        ("What time of day is it?", [HARBOR], "It looks like evening"),
        ("Please describe the image", [MEADOW], "a blue sky (45%) and green, like grass or leaves (55%, in the lower"),
        ("Is there grass?", [MEADOW], "Yes: what looks like grass or leaves covers 55%"),
        ("Which kind of picture?", [plain("black", (1, 500))], "portrait format, 1 x 500 pixels, very dark."),
        ("Which is brighter?", [BOARDWALK, HARBOR], "The first image is brighter (mean lightness 61 and 40)."),
        ("Are they the same?", [BOARDWALK, HARBOR], "the images are different: they differ by 22%"),
        ("Are they the same?", [HARBOR, HARBOR], "the images look the same"),
        ("Describe the second image", [BOARDWALK, CHART], "The second image: It looks like a drawing"),
        ("  " * 1_000_000, [CHART] * 30, "The first image: "),
    ],
)
def test_what_is_measured_is_told_as_shortly_as_asked(question: str, pictures: list[Picture], words: str) -> None:
    assert words in answer(question, pictures)
    assert answer(f"{question} Answer in one sentence.", pictures).count(". ") < len(pictures)


def test_what_is_not_measured_is_said_plainly() -> None:
    for question in ("How many people are there?", "What does the sign say?", "Who painted this?", "What is the mood?",
                     "Is there a boat on the water?", "How tall is the tree?"):  # fmt: skip
        text = answer(question, [HARBOR])
        assert text.startswith("The sandbox measures colors and areas; it does not recognize objects")
        assert "Yes" not in text
