"""Vision: describes what can be measured in a picture. It does not recognize objects, persons, or text.

Reading. A picture is reduced to at most 96 cells a side, turned as its EXIF data says, and put on white where it is
transparent. All but the size is measured on this copy, in CIELAB. Every cell gets the nearest of the colors in
`vision.toml`, and an area: green and brown by hue; sky-like what is blue, white, or gray without a break from the upper
edge down (its white is cloud-like), or smooth and turning to warm colors downward (evening); water-like what is blue
further down, or mirrors what is above it. Few flat colors with sharp steps look like a drawing.

Answering. The words of a question choose topics and areas, and each gives a sentence; "brighter" or "different" compare
several pictures; an open question gets a description. When a question names anything else (a person, a text, a mood),
the answer begins by saying that this is not recognized.
"""

import contextlib
import io
import re
import tomllib
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

from sandbox.engines.words import STOP_WORDS, words

MAX_PIXELS = 40_000_000
_SIDE = 96  # cells of the reduced copy
_SAMPLED_SIDE = 1500  # of a larger picture, only every nth pixel is looked at
_TABLES = tomllib.loads(resources.files(__package__).joinpath("vision.toml").read_text(encoding="utf-8"))
_SAMPLES = [(name, list(bytes.fromhex(code))) for name, codes in _TABLES["colors"].items() for code in codes.split()]
_KNOWN = (STOP_WORDS - {"who", "whose", "why"}).union(
    *(name.split() for name in _TABLES["colors"]),
    *(names.split() for table in ("areas", "topics", "ranks", "words") for names in _TABLES[table].values()),
)
_ORDINALS = _TABLES["words"]["ordinals"].split()
_PLACES = ("at the top", "in the middle", "at the bottom", "on the left", "in the center", "on the right")
NOTICE = "The sandbox measures colors and areas; it does not recognize objects, persons, or text"


@dataclass(frozen=True, eq=False)
class Picture:
    """What was measured in one picture. The arrays have one entry for each cell of the reduced copy."""

    width: int  # pixels, after turning
    height: int
    format: str  # PNG, JPEG, GIF, or WebP
    colors: Any  # array: names of colors
    areas: Any  # array: names of areas, or ""
    small: Any  # array: 16 x 16 RGB, for comparing
    brightness: float  # mean lightness, 0 to 100
    drawing: bool  # few flat colors with sharp edges


class UnreadablePicture(ValueError):  # noqa: N818 (a name that others rely on)
    """The bytes cannot be read as a picture. The message says what is wrong and what to do."""


def read_colors() -> dict[str, str]:
    """Return the colors that are told apart, by name: samples of each in sRGB."""
    return _TABLES["colors"]


def read_picture(data: bytes) -> Picture:
    """Open the bytes of a PNG, JPEG, GIF (its first frame counts), or WebP file, and measure the picture.

    UnreadablePicture is raised if they are of another type, cut off, or have more than MAX_PIXELS pixels.
    """
    from PIL import ImageOps

    with open_image(data, ("PNG", "JPEG", "GIF", "WEBP")) as image:
        full, kind = image.size, {"MPO": "JPEG", "WEBP": "WebP"}.get(image.format, image.format)
        image.draft("RGB", (2 * _SIDE, 2 * _SIDE))  # a JPEG is decoded at a fraction of its size
        image.load()
        reduced = _reduce(image)
        reduced.getexif()[0x0112] = turned = image.getexif().get(0x0112, 1)
        width, height = full if turned < 5 else full[::-1]
        return Picture(width, height, kind, *_measure(ImageOps.exif_transpose(reduced)))


@contextlib.contextmanager
def open_image(data: bytes, kinds: tuple[str, ...]) -> Iterator[Any]:
    """Open the bytes of an image file of one of some kinds; what fails inside of the block is the file's fault.

    UnreadablePicture is raised if they are of another type, cut off, or have more than MAX_PIXELS pixels.
    """
    from PIL import Image, UnidentifiedImageError

    warnings_off = warnings.catch_warnings(action="ignore")  # Pillow warns of odd files; what matters is raised here
    try:
        with warnings_off, Image.open(io.BytesIO(data), formats=kinds) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            yield image
    except UnreadablePicture:
        raise
    except Image.DecompressionBombError as error:
        raise UnreadablePicture(f"The image has more than {MAX_PIXELS:,} pixels. Shrink it first.") from error
    except UnidentifiedImageError as error:
        names = [name for start, name in _TABLES["files"].items() if data.lstrip().startswith(start.encode("latin-1"))]
        wanted = f"{', '.join(kinds[:-1])}, or {kinds[-1]}".replace("WEBP", "WebP")
        message = f"This is {names[0] if names else 'not an image'}. Send the bytes of a {wanted} file."
        raise UnreadablePicture(message if data else "The image is empty (0 bytes).") from error
    except Exception as error:  # the decoders raise errors of many kinds on broken data
        message = f"The image is damaged or cut off after {len(data):,} bytes."
        raise UnreadablePicture(f"{message} Check that the whole file was read and sent.") from error


def _reduce(image: Any) -> Any:
    """Return a small RGB copy on white."""
    from PIL import Image

    image.thumbnail((_SAMPLED_SIDE, _SAMPLED_SIDE), Image.Resampling.NEAREST)  # the steps below copy it several times
    if image.mode.startswith(("I", "F")):  # 16 bits a pixel
        image = image.convert("F").point(lambda value: value * (1 / 257) + 0.0).convert("L")
    # A narrow picture keeps enough cells on its short side to tell its parts.
    share = _SIDE / max(image.size)
    size = tuple(min(length, _SIDE, max(round(length * share), _SIDE // 2)) for length in image.size)
    image = image.convert("RGBA").resize(size, Image.Resampling.BOX)
    return Image.alpha_composite(Image.new("RGBA", size, "white"), image).convert("RGB")


def _lab(rgb: Any) -> Any:
    """Turn sRGB colors (0 to 255, last axis) into CIELAB with the D65 white point (IEC 61966-2-1, CIE 15)."""
    import numpy as np

    share = np.asarray(rgb) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    matrix = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = linear @ np.array(matrix).T / np.array([0.95047, 1.0, 1.08883])
    x, y, z = np.moveaxis(np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116), -1, 0)
    return np.stack((116 * y - 16, 500 * (x - y), 200 * (y - z)), axis=-1)


def _measure(image: Any) -> tuple:
    """Measure the reduced copy: the fields of `Picture` from `colors` on, in their order."""
    import numpy as np

    rgb = np.asarray(image, dtype=np.int16)
    lab = _lab(rgb)
    distances = ((lab[:, :, None, :] - _lab([sample for _, sample in _SAMPLES])) ** 2).sum(axis=-1)
    lightness = lab[..., 0]
    step = np.maximum(*(abs(np.diff(rgb, axis=axis, append=rgb.take([-1], axis))) for axis in (0, 1))).max(axis=-1)
    common = Counter(map(tuple, (rgb // 12).reshape(-1, 3).tolist())).most_common(5)
    few = sum(count for _, count in common) > 0.6 * lightness.size
    flat, soft = ((step <= 1) & (lightness > 8)).mean(), ((step > 2) & (step <= 24)).mean()
    drawing = bool(few and flat > 0.35 and soft < 0.45 and (step > 24).any())
    areas = _find_areas(lab) if (step > 1).any() and not drawing else np.full(step.shape, "")  # flat: no landscape
    colors = np.array([name for name, _ in _SAMPLES])[distances.argmin(axis=-1)]
    return colors, areas, np.asarray(image.resize((16, 16)), dtype=np.int16), float(lightness.mean()), drawing


def _find_areas(lab: Any) -> Any:
    """Return the name of the area of every cell, "" for none."""
    import numpy as np

    lightness, chroma = lab[..., 0], np.hypot(lab[..., 1], lab[..., 2])
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) % 360
    height = np.arange(len(lab))[:, None] / len(lab) + np.zeros_like(hue)
    blue = (hue > 205) & (hue < 300) & (chroma > 6) & (lightness > 10)
    areas = np.full(hue.shape, "", dtype="U20")
    brown = (hue > 35) & (hue < 97) & (chroma > 8) & (chroma < 45) & (lightness > 15) & (lightness < 82)
    areas[brown] = "wood, sand, or earth"
    areas[(hue > 97) & (hue < 180) & (chroma > 11) & (lightness > 6)] = "grass or leaves"
    pale = (lightness > 55) & (chroma < 16)
    sky = np.logical_and.accumulate((blue & (lightness > 30)) | pale, axis=0)
    if sky[0].mean() > 0.55 and sky.mean() > 0.08 and (sky & blue).sum() > 0.2 * sky.sum():
        areas[sky] = np.where((pale & (lightness > 60) & ((hue < 220) | (chroma < 9)))[sky], "cloud", "sky")
        areas[blue & (height > 0.4) & (areas == "")] = "water"
        return areas
    change = np.linalg.norm(np.diff(lab, axis=0, prepend=lab[:1]), axis=-1)
    smooth = np.logical_and.accumulate((change < 11) & ~((hue > 97) & (hue < 205) & (chroma > 11)), axis=0)
    warm = smooth & ((hue < 95) | (hue > 300)) & (chroma > 12)
    least = 0.35 * max(smooth.sum(), 0.15 * smooth.size)
    if warm.sum() < least or np.linalg.norm(lab[warm].mean(axis=0) - lab[0].mean(axis=0)) < 20:
        return areas
    likeness, reach = {1.0: 0.6}, len(lab) // 3  # how well each height mirrors what is above it; at least 0.6 for water
    for row in range(reach, len(lab) - reach):
        above, below = (part - part.mean(axis=(0, 1)) for part in (lab[row - reach : row][::-1], lab[row:][:reach]))
        likeness[row / len(lab)] = (above * below).sum() / (np.linalg.norm(above) * np.linalg.norm(below) + 1e-9)
    waterline = max(likeness, key=likeness.get)
    areas[brown & (height < waterline)] = ""  # warm light, no wood
    areas[smooth & (height < waterline)] = "evening"
    areas[(height >= waterline) & (areas != "grass or leaves")] = "water"
    return areas


def _join(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _cover(mask: Any) -> str:
    """Say how much of the picture a mask covers, and where most of it is, unless it is spread out."""
    import numpy as np

    place: list[str] = []
    if mask.any() and mask.mean() < 0.85 and min(mask.shape) > 2:
        thirds = [part.sum() / mask.sum() for axis in (0, 1) for part in np.array_split(mask, 3, axis=axis)]
        place = [name for name, share in zip(_PLACES, thirds, strict=True) if share > 0.6]
        if not place and min(thirds[0], thirds[2]) < 0.12:
            place = ["in the lower part" if thirds[0] < 0.12 else "in the upper part"]
    return ", ".join([f"{mask.mean():.0%}", " ".join(place)][: 1 + bool(place)])


def _main_colors(colors: Any) -> dict[str, float]:
    """Return the most frequent colors with their shares; small shares are left out."""
    ranked = sorted(Counter(colors.ravel().tolist()).items(), key=lambda item: (-item[1], item[0]))[:5]
    return {name: count / colors.size for name, count in ranked if count >= 0.03 * colors.size or name == ranked[0][0]}


def _mask(picture: Picture, name: str) -> Any:
    """Return the cells of an area as a mask."""
    return (picture.areas == name) | (name == "sky") & ((picture.areas == "cloud") | (picture.areas == "evening"))


def _named(table: str, asked: list[str]) -> list[str]:
    """Return the entries of a table that the words of a question name."""
    return [name for name, triggers in _TABLES[table].items() if set(triggers.split()) & set(asked)]


def names_picture(question: str) -> bool:
    """Tell whether a question names a picture ("What does the image show?")."""
    return "pictures" in _named("words", words(question))


def _about(picture: Picture, asked: list[str], certain: bool) -> list[str]:
    """Answer about one picture; "yes" and "no" are said only if it is certain that all that is asked is measured."""
    light, ratio = picture.brightness, picture.width / picture.height
    shape = next(name for name, limit in _TABLES["shapes"].items() if ratio <= limit)
    level = next(word for word, limit in _TABLES["levels"].items() if light < limit)
    main = _main_colors(picture.colors)
    start = "Its main colors are" if len(main) > 1 else "Its color is"
    sky, clouds, evening = (_mask(picture, name).mean() for name in ("sky", "cloud", "evening"))
    weather = "a blue sky" if clouds <= 0.05 * sky else "a partly cloudy sky" if clouds < 0.75 * sky else "a cloudy sky"
    parts = [f"{'an evening or morning sky' if evening else weather} ({sky:.0%})"] if sky >= 0.05 else []
    masks = {looks: _mask(picture, name) for name, looks in _TABLES["looks"].items()}
    parts += [f"{looks} ({_cover(mask)})" for looks, mask in masks.items() if mask.mean() >= 0.05]
    scene = f"{'It looks like an outdoor scene:' if sky >= 0.05 else 'It has'} {_join(parts)}." if parts else ""
    time = "evening" if evening else "night" if light < 25 else "day" if sky >= 0.05 else "unknown"
    kind = _TABLES["kinds"]["drawing" if picture.drawing else "photo"]
    told = {
        "scene": kind if picture.drawing else scene,
        "colors": f"{start} {_join([f'{name} ({_cover(picture.colors == name)})' for name in main])}.",
        "form": f"The {picture.format} image is {shape}, {picture.width} x {picture.height} pixels, {level}.",
        "time": f"{_TABLES['times'][time]}; the mean lightness is {light:.0f} of 100.",
        "kind": kind,
    }
    topics, found = _named("topics", asked), []
    for name in _named("areas", asked):
        mask = _mask(picture, name)
        if mask.mean() < 0.01:
            found.append(f"{'No, no' if certain and 'colors' not in topics else 'No'} area looks like {name}.")
        elif "colors" in topics:
            colors = [f"{color} ({share:.0%})" for color, share in _main_colors(picture.colors[mask]).items()]
            found.append(f"The area that looks like {name} is {_join(colors)}.")
        else:
            found.append(f"{'Yes: what' if certain else 'What'} looks like {name} covers {_cover(mask)}.")
    found += [told[topic] for topic in topics if topic != "colors" or not found]
    return found or [told[topic] for topic in ("scene", "colors", "form") if told[topic]]


def _most(name: str, values: list[float], unit: str) -> str:
    """Say which picture has the highest value."""
    shown = f"{unit} {_join([f'{value:,.0f}' for value in values])}"
    if max(values) - min(values) <= 0.01 * max(values):
        return f"None is clearly {name} ({shown})."
    return f"The {_ORDINALS[values.index(max(values))]} image is {name} ({shown})."


def _compare(pictures: list[Picture]) -> dict[str, str]:
    """Compare the likeness, size, brightness, and colors of pictures."""
    apart = max(abs(picture.small - pictures[0].small).mean() / 255 for picture in pictures)
    kind = "look the same" if apart < 0.005 else "are alike" if apart < 0.08 else "are different"
    first, *others = (_main_colors(picture.colors) for picture in pictures)
    shared = [name for name in first if all(name in other for other in others)]
    return {
        "likeness": f"Reduced to a small size, the images {kind}: they differ by {apart:.0%} on average.",
        "size": _most("larger", [picture.width * picture.height for picture in pictures], "pixels:"),
        "light": _most("brighter", [picture.brightness for picture in pictures], "mean lightness"),
        "colors": f"Main colors in common: {_join(shared)}." if shared else "They have no main color in common.",
    }


def answer(question: str, pictures: list[Picture]) -> str:
    """Answer a question, which may be empty, about one or more pictures, from what was measured."""
    pictures, asked = pictures[:10], words(question[:20_000])
    found = re.search(r"\b(one|single|a|1|two|2|three|3) (?:\w+ )?sentences?\b", question[:20_000].lower())
    limit = {"two": 2, "2": 2, "three": 3, "3": 3}.get(found[1], 1) if found else None
    certain = all(word in _KNOWN or word.isdigit() for word in asked)
    told = [] if certain else [f"{NOTICE}."]
    ranks = _named("ranks", asked)
    if len(pictures) > 1 and (ranks or "comparing" in _named("words", asked)):
        compared = _compare(pictures)
        return " ".join([*told, *(compared[name] for name in ranks or compared)][:limit])
    chosen = [number for number in range(len(pictures)) if _ORDINALS[number] in asked] or range(len(pictures))
    for number in chosen:
        about = _about(pictures[number], asked, certain)
        name = f"The {_ORDINALS[number]} image: " if len(pictures) > 1 else ""
        told += [name + about[0], *about[1:]][:limit]
    return " ".join(told if len(chosen) > 1 else told[:limit])
