"""What a question can be about: each topic takes a picture and the words of the question, and returns sentences."""

from collections.abc import Callable

from sandbox.engines.vision.describing import (
    capitalize_first,
    describe_colors,
    describe_light,
    describe_orientation,
    describe_place,
    describe_size,
    join_words,
    list_colors,
    main_colors,
    measure_area,
    percent,
)
from sandbox.engines.vision.picture import BROWN, CLOUD, GREEN, NAMES, SKY, WATER, Picture

_YES_NO_STARTS = frozenset("is are was were does do did can has have isn't aren't".split())


def about_size(picture: Picture, asked: list[str]) -> list[str]:
    millions = picture.width * picture.height / 1e6
    more = f", about {millions:.1f} megapixels" if millions >= 0.1 else ""
    return [f"It is {describe_size(picture)} (width x height){more}."]


def _about_orientation(picture: Picture, asked: list[str]) -> list[str]:
    return [f"It is {describe_orientation(picture)}: {describe_size(picture)}."]


def _about_format(picture: Picture, asked: list[str]) -> list[str]:
    return [f"It is a {picture.format} file."]


def _about_light(picture: Picture, asked: list[str]) -> list[str]:
    return [
        f"It is {describe_light(picture)}: the mean lightness is {picture.brightness:.0f} of 100, "
        f"with a spread (contrast) of {picture.contrast:.0f}."
    ]


def _about_time(picture: Picture, asked: list[str]) -> list[str]:
    sky = measure_area(picture, SKY, CLOUD)[0]
    if picture.drawing:
        guess = "It does not look like a photo, so the time of day cannot be told"
    elif picture.evening_sky:
        guess = "It looks like evening or early morning: the upper part changes smoothly to warm colors"
    elif picture.brightness < 25:
        guess = "It looks like night: most of it is dark"
    elif sky >= 0.05:
        guess = "It looks like day: there is a bright, blue or cloudy area at the top"
    else:
        guess = "The time of day cannot be told from colors, since no area looks like sky"
    return [f"{guess}; the mean lightness is {picture.brightness:.0f} of 100."]


def about_colors(picture: Picture, asked: list[str]) -> list[str]:
    return [describe_colors(picture)]


def about_region(picture: Picture, asked: list[str]) -> list[str]:
    """Answer with the colors of a region ("the top left") or of an area ("the sky")."""
    for word in asked:
        if word in AREAS:
            name, kinds = AREAS[word]
            cells = [cell for cell, kind in enumerate(picture.areas) if kind in kinds]
            if len(cells) < 0.02 * len(picture.areas):
                return [f"No area looks like {name}."]
            colors = join_words([f"{color} ({percent(share)})" for color, share in main_colors(picture, cells, 4)])
            return [f"The area that looks like {name} is {colors}."]
    regions = list(dict.fromkeys(REGIONS[word] for word in asked if word in REGIONS))
    if "border" in regions:
        regions = ["border"]
    elif len(regions) == 2 and {"top", "bottom"} & set(regions) and {"left", "right"} & set(regions):
        regions = [" ".join(regions)]
    return [f"The {region} is {list_colors(picture, region)}." for region in regions]


def about_area(picture: Picture, asked: list[str]) -> list[str]:
    """Answer whether, where, and how much there is of areas such as sky or grass."""
    sentences = []
    for name, kinds in dict.fromkeys(AREAS[word] for word in asked if word in AREAS):
        share, place = measure_area(picture, *kinds)
        if share < 0.01:
            sentences.append(f"No, no area looks like {name}.")
            continue
        amount = "A little" if share < 0.05 else "Yes, much of it" if share > 0.3 else "Yes"
        where = f", {place}" if place else ""
        sentences.append(f"{amount}: {percent(share)} of the picture looks like {name}{where}.")
        if CLOUD in kinds and picture.evening_sky:
            sentences.append("It changes smoothly to warm colors, as in the evening.")
        elif kinds == (BROWN,) and picture.path:
            sentences.append("A strip narrows from the bottom toward the middle, like a path into the distance.")
    return sentences


def about_one_color(picture: Picture, asked: list[str]) -> list[str]:
    """Answer how much there is of the colors named, their lighter and darker kinds included."""
    yes, no = ("Yes, ", "No, ") if asked[0] in _YES_NO_STARTS else ("", "")
    sentences = []
    for color in dict.fromkeys("gray" if word == "grey" else word for word in asked):
        if color not in COLOR_WORDS:
            continue
        cells = [cell for cell, label in enumerate(picture.labels) if color in NAMES[label].split()]
        share, place = len(cells) / len(picture.labels), describe_place(picture, cells)
        if share < 0.005:
            sentences.append(f"{no}there is no {color} in it to speak of.")
        else:
            sentences.append(f"{yes}{percent(share)} of it is {color}{', ' + place if place else ''}.")
    return [capitalize_first(sentence) for sentence in sentences]


def about_gray(picture: Picture, asked: list[str]) -> list[str]:
    if picture.chroma < 4:
        return ["Yes, it is black and white, or nearly so."]
    return [f"No, it has colors: {list_colors(picture)}."]


def _about_kind(picture: Picture, asked: list[str]) -> list[str]:
    if picture.drawing:
        return ["It looks like a drawing, a chart, or a screenshot: few flat colors with sharp edges."]
    if picture.edges < 1.2:
        return ["It is too plain or smooth to tell a photo from a drawing."]
    return ["It looks more like a photo or a painting than a chart or a screenshot: its colors change gradually."]


def _about_texture(picture: Picture, asked: list[str]) -> list[str]:
    kind = "busy" if picture.edges > 9 else "plain" if picture.edges < 2 else "neither busy nor plain"
    return [f"It is {kind}: between neighbors, the lightness changes by {picture.edges:.1f} of 100 on average."]


def _about_symmetry(picture: Picture, asked: list[str]) -> list[str]:
    alike = (
        "Yes, its left and right halves are much alike" if picture.symmetric else "No, its left and right halves differ"
    )
    return [f"{alike}."]


def _about_horizon(picture: Picture, asked: list[str]) -> list[str]:
    if picture.horizon is None:
        return ["No sharp horizontal line runs across it."]
    return [f"A sharp horizontal line runs across it, {percent(picture.horizon)} of the way down."]


def _about_transparency(picture: Picture, asked: list[str]) -> list[str]:
    if picture.transparent < 0.005:
        return ["No part of it is transparent."]
    return [f"{percent(picture.transparent)} of it is transparent; the sandbox looks at it on white."]


AREAS = {}
for _label, _kinds, _triggers in (
    ("sky", (SKY, CLOUD), "sky skies outdoor outdoors outside"),
    ("cloud", (CLOUD,), "cloud clouds cloudy"),
    (
        "grass or leaves",
        (GREEN,),
        "grass grassy lawn meadow plant plants leaf leaves vegetation tree trees forest greenery",
    ),
    ("water", (WATER,), "water sea ocean lake river pond"),
    ("wood, sand, or earth", (BROWN,), "wood wooden sand sandy beach earth soil path road boardwalk desert dirt"),
):
    AREAS.update(dict.fromkeys(_triggers.split(), (_label, _kinds)))
REGIONS = {
    "top": "top", "upper": "top", "above": "top", "bottom": "bottom", "lower": "bottom", "foreground": "bottom",
    "left": "left", "right": "right", "center": "center", "centre": "center", "middle": "center",
    "background": "border", "border": "border", "edge": "border", "edges": "border", "margin": "border",
}  # fmt: skip
COLOR_WORDS = frozenset(word for name in NAMES for word in name.split()) - {"light", "dark"}
COLOR_QUESTION = frozenset("color colors colour colours colored coloured hue hues shade shades palette".split())
Topic = Callable[[Picture, list[str]], list[str]]
TOPICS: tuple[tuple[str, Topic], ...] = (
    ("size pixel pixels dimension dimensions resolution megapixel megapixels width height", about_size),
    ("portrait orientation square upright panorama", _about_orientation),
    ("format jpeg jpg png gif webp filetype", _about_format),
    ("bright brightness dark darkness contrast lightness", _about_light),
    ("day daytime night nighttime evening morning dusk dawn sunset sunrise", _about_time),
    ("grayscale greyscale monochrome", about_gray),
    ("photo photograph drawing painting chart diagram screenshot graph", _about_kind),
    ("busy plain simple complex cluttered empty smooth", _about_texture),
    ("symmetric symmetrical symmetry", _about_symmetry),
    ("horizon horizontal", _about_horizon),
    ("transparent transparency alpha", _about_transparency),
)
