"""Drawing: draws what the words of a prompt name, from the shapes in `drawing.toml`. No model, and it looks like none.

A number, a color, and a size belong to the next thing, ground, or sky of the same phrase; a place belongs to the thing
before it. Quoted text is written. A band says who drew it, and which words were left out. The same prompt gives the
same drawings; all but the first are arranged in another way.
"""

import hashlib
import io
import random
import re
import textwrap
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

from sandbox.engines.vision import UnreadablePicture, open_image, read_colors

_TABLES = tomllib.loads(resources.files(__package__).joinpath("drawing.toml").read_text(encoding="utf-8"))
_THINGS = _TABLES["things"]
_COLORS = {name: f"#{codes.split()[0]}" for name, codes in read_colors().items()}  # so that vision sees them
_WORDS = {name: ("color", name) for name in _COLORS}  # each word with its kind and its value
_WORDS |= {word: ("thing", name) for name, thing in _THINGS.items() for word in thing["names"].split()}
for _kind, _table in _TABLES["words"].items():
    _WORDS |= {word: (_kind, value) for value in _table for word in _table[value].split()}
_QUOTED = re.compile(r"[\"“„]([^\"“”„]{1,200})[\"“”]|(?<!\w)'([^']{1,200})'(?!\w)")


@dataclass
class _Thing:
    name: str
    color: str
    size: float
    places: str = ""


def _read(prompt: str) -> tuple[list[_Thing], list[str], dict[str, str], list[str]]:
    """Return things, texts to write, the colors of "ground" and "sky" if named, and words that cannot be drawn."""
    things, latest, colors, rest = [], [], {}, []
    texts = [" ".join((one or other).split()) for one, other in _QUOTED.findall(prompt)][:3]
    words = re.findall(r"[^\W_]+(?:[.,:]\d+)*|[.,;!?]", _QUOTED.sub(" . ", prompt).lower())
    told: dict[str, str] = {}  # of what comes next
    absent = False
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        known = next(
            (form for form in (word, word[:-1], word[:-2]) if form in _WORDS and word[len(form) :] in "es"), ""
        )
        kind, value = ("count", word[:4]) if word.isdecimal() else _WORDS.get(known, ("rest", ""))
        kind = "rest" if absent and kind in ("thing", "ground", "sky") else kind
        if kind == "thing":
            count = min(int(told.get("count", 1 if word == known else 3)), 20)
            look = told.get("color", _THINGS[value]["color"]), float(told.get("size", 1))
            things += (latest := [_Thing(value, *look) for _ in range(count)])
        elif kind in ("ground", "sky"):
            colors[kind] = told.get("color", value)
        elif kind == "color" and after == "background":
            colors["sky"] = value
        elif kind in ("color", "size", "count"):
            pair = f"{before} {word}"  # such as "light blue"
            told = (told if kind != "count" else {}) | {kind: pair if pair in _COLORS else value}
        elif kind == "rest" and f"{word} {after}" not in _COLORS:
            rest.append(word)
        for thing in latest if kind == "place" else ():
            thing.places += value
        if kind in ("thing", "ground", "sky", "begin", "absent"):
            told = {}
        absent = value == "yes" if kind == "absent" else absent
    return things[:60], texts, colors, list(dict.fromkeys(rest))


def draw(prompt: str, size: tuple[int, int], number: int) -> bytes:
    """Return a drawing of a prompt as a PNG file; `number` tells several drawings of one prompt apart."""
    from PIL import Image

    things, texts, colors, rest = _read(prompt)
    image = Image.new("RGB", size, _COLORS[colors.get("sky", "light blue" if colors else "white")])
    texts = texts if things or texts or colors else [textwrap.shorten(prompt, 120, placeholder=" ...")]
    return _paint(image, f"{number} {prompt}", things, texts, colors.get("ground", ""), rest)


def draw_onto(data: bytes, prompt: str) -> bytes:
    """Draw what a prompt names onto the image of a file, but no ground and no sky; return a PNG file.

    Raises UnreadablePicture if it is none of PNG, JPEG, and WebP, is damaged, or is too large or too small.
    """
    from PIL import Image, ImageOps

    with open_image(data, ("PNG", "JPEG", "WEBP")) as image:
        if not 64 <= min(image.size) <= max(image.size) <= 2048:
            raise UnreadablePicture(f"The image has {image.width} x {image.height} pixels. Send 64 to 2,048 a side.")
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    canvas = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright).convert("RGB")
    things, texts, _, rest = _read(prompt)
    for thing in things:
        thing.places += "" if "top" in thing.places else "bottom"
    return _paint(canvas, f"0 {prompt}", things, texts, "", rest)


def _paint(image: Any, seed: str, things: list[_Thing], texts: list[str], ground: str, rest: list[str]) -> bytes:
    """Paint onto an image; return it as a PNG file."""
    from PIL import ImageDraw
    from PIL.PngImagePlugin import PngInfo

    chance = random.Random(hashlib.sha256(seed.encode("utf-8", "replace")).digest())
    painter, (width, height) = ImageDraw.Draw(image), image.size
    if ground:
        painter.rectangle((0, 0.62 * height, width, height), _COLORS[ground])
    for top in (True, False):
        row = [thing for thing in things if ("top" in thing.places or "high" in _THINGS[thing.name]) is top]
        if not seed.startswith("0 "):
            chance.shuffle(row)
        gap, wild = width / (len(row) + 1), 0.02 if len(row) < 8 else 0.1  # many are not in line
        base = 0.17 if top else 0.8 if texts else 0.74 if ground else 0.6
        for place, thing in enumerate(row):
            reach = min(width / 7, height / 7, max(gap, width / 10) / 2.6) * thing.size
            side = next((word for word in ("left", "right") if word in thing.places), "")
            share = 0.15 + 0.2 * (sum(side in each.places for each in row[:place]) % 3)
            x = (1 - share if side == "right" else share) * width if side else (place + 1) * gap
            x = min(max(x + chance.uniform(-0.15, 0.15) * gap, reach), width - reach)
            y = (0.85 if "bottom" in thing.places and not top else base) * height + chance.uniform(-wild, wild) * height
            y = max(y if top else y - reach, reach)
            for part in _THINGS[thing.name]["parts"]:
                shape, color, *numbers = part.split()
                points = [(y if index % 2 else x) + float(number) * reach for index, number in enumerate(numbers)]
                getattr(painter, shape)(points, _COLORS[thing.color if color == "own" else color])
    if texts:
        size = max(8, width // 22, min(height // 14, int(width * 1.3 / max(map(len, texts)))))
        _write(painter, texts, size, (width / 2, 0.42 * height), "mm", ("black", "white"), size)
    note = "Drawn by the sandbox, not by a model." + f" Not drawn: {', '.join(rest)}" * bool(rest)
    size = max(8, min(width // 45, height // 30))
    _write(painter, [note], size, (width / 2, height - size / 2), "md", ("white", "black"), width)
    info, buffer = PngInfo(), io.BytesIO()
    info.add_text("Software", "sandbox")
    image.save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def _write(painter: Any, texts: list[str], size: int, place: tuple, anchor: str, colors: tuple, margin: int) -> None:
    """Write texts on a panel, with a margin at the left and right."""
    from PIL import ImageFont

    wide = max(1, int(1.6 * place[0] * 2 / size))
    text = "\n".join(line for each in texts for line in textwrap.wrap(each, wide, max_lines=3, placeholder=" ..."))
    font = ImageFont.load_default(size)
    left, top, right, bottom = painter.multiline_textbbox(place, text, font, anchor)
    panel, (ink, paper) = (left - margin, top - size / 2, right + margin, bottom + size / 2), colors
    painter.rectangle(panel, _COLORS[paper], _COLORS[ink], (anchor == "mm") * size // 12)
    painter.multiline_text(place, text, _COLORS[ink], font, anchor, align="center")
