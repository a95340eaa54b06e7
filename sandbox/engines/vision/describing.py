"""The measures of one picture in words."""

from collections import Counter

from sandbox.engines.vision.picture import BROWN, CLOUD, GREEN, NAMES, SKY, WATER, Picture


def percent(share: float) -> str:
    return "less than 1%" if 0 < share < 0.005 else f"{share:.0%}"


def join_words(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def region_cells(picture: Picture, region: str = "") -> list[int]:
    """Return the cells of a region: a word of REGIONS, two of them ("top left"), or "" for the whole picture."""
    rows, columns = picture.rows, picture.columns
    low, high, first, last = 0.0, 1.0, 0.0, 1.0
    if region == "border":
        margin = max(min(rows, columns) // 10, 1)
        inner = range(margin, columns - margin)
        return [
            cell
            for cell in range(rows * columns)
            if not (margin <= cell // columns < rows - margin and cell % columns in inner)
        ]
    for word in region.split():
        low, high = {"top": (0, 1 / 3), "bottom": (2 / 3, 1), "center": (1 / 3, 2 / 3)}.get(word, (low, high))
        first, last = {"left": (0, 1 / 3), "right": (2 / 3, 1), "center": (1 / 3, 2 / 3)}.get(word, (first, last))
    lines = range(int(low * rows), max(round(high * rows), int(low * rows) + 1))
    places = range(int(first * columns), max(round(last * columns), int(first * columns) + 1))
    return [line * columns + place for line in lines for place in places]


def main_colors(picture: Picture, cells: list[int], limit: int = 5) -> list[tuple[str, float]]:
    """Return the most frequent colors among the cells with their shares; small shares are left out."""
    counted = Counter(NAMES[picture.labels[cell]] for cell in cells)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    shares = [(name, count / len(cells)) for name, count in ranked[:limit]]
    return [(name, share) for name, share in shares if share >= 0.03] or shares[:1]


def describe_place(picture: Picture, cells: list[int]) -> str:
    """Say where most of the cells are, or nothing when they are spread out."""
    if not cells or picture.rows < 3 or picture.columns < 3:
        return ""
    down = Counter(3 * (cell // picture.columns) // picture.rows for cell in cells)
    across = Counter(3 * (cell % picture.columns) // picture.columns for cell in cells)
    vertical = [("at the top", "in the middle", "at the bottom")[i] for i in range(3) if down[i] > 0.6 * len(cells)]
    level = [("on the left", "in the center", "on the right")[i] for i in range(3) if across[i] > 0.6 * len(cells)]
    if not vertical and not level and down[0] < 0.12 * len(cells):
        vertical = ["in the lower part"]
    if not vertical and not level and down[2] < 0.12 * len(cells):
        vertical = ["in the upper part"]
    if vertical == ["in the middle"] and level:
        vertical = []
    return " ".join(vertical + level)


def list_colors(picture: Picture, region: str = "") -> str:
    parts = []
    for name, share in main_colors(picture, region_cells(picture, region)):
        place = ""
        if not region and share < 0.85:
            place = describe_place(picture, [cell for cell, label in enumerate(picture.labels) if NAMES[label] == name])
        parts.append(f"{name} ({percent(share)}{', ' + place if place else ''})")
    return join_words(parts)


def measure_area(picture: Picture, *kinds: int) -> tuple[float, str]:
    """Return the share and the place of an area."""
    cells = [cell for cell, kind in enumerate(picture.areas) if kind in kinds]
    return len(cells) / len(picture.areas), describe_place(picture, cells)


def describe_orientation(picture: Picture) -> str:
    ratio = picture.width / picture.height
    if 0.98 <= ratio <= 1.02:
        return "square"
    if ratio > 2:
        return "very wide landscape format (a panorama)"
    return "landscape format" if ratio > 1 else "portrait format"


def describe_light(picture: Picture) -> str:
    limits = ((15, "very dark"), (35, "dark"), (45, "rather dark"), (58, "of medium brightness"), (78, "bright"))
    return next((word for limit, word in limits if picture.brightness < limit), "very bright")


def describe_size(picture: Picture) -> str:
    unit = "pixel" if picture.width * picture.height == 1 else "pixels"
    return f"{picture.width} x {picture.height} {unit}"


def _scene(picture: Picture) -> list[str]:
    """Interpret the areas: what the picture looks like, in up to two sentences."""
    top = main_colors(picture, region_cells(picture))
    if top[0][1] > 0.97:
        return [f"The picture is plain: nearly all of it is {top[0][0]}."]
    if picture.drawing:
        ground, share = top[0]
        return [
            "It looks like a drawing, a chart, or a screenshot rather than a photo: few flat colors with sharp edges, "
            f"mostly on {ground} ({percent(share)})."
        ]
    parts = []
    sky, clouds = measure_area(picture, SKY, CLOUD), measure_area(picture, CLOUD)
    if sky[0] >= 0.05:
        kind = "an evening or morning sky" if picture.evening_sky else "a blue sky"
        if not picture.evening_sky and clouds[0] > 0.05 * sky[0]:
            kind = "a partly cloudy sky" if clouds[0] < 0.75 * sky[0] else "a cloudy sky"
        parts.append(f"{kind} ({percent(sky[0])})")
    green, brown, water = measure_area(picture, GREEN), measure_area(picture, BROWN), measure_area(picture, WATER)
    if green[0] >= 0.05:
        kind = "textured green, like grass or leaves" if picture.edges > 2.5 else "an even green area"
        parts.append(f"{kind} ({', '.join(filter(None, (percent(green[0]), green[1])))})")
    if water[0] >= 0.05:
        parts.append(f"a water-like area ({', '.join(filter(None, (percent(water[0]), water[1])))})")
    if brown[0] >= 0.08:
        parts.append(
            f"brown tones, like wood, sand, or earth ({', '.join(filter(None, (percent(brown[0]), brown[1])))})"
        )
    found = []
    if parts:
        found.append(("It looks like an outdoor scene: " if sky[0] >= 0.05 else "It has ") + join_words(parts) + ".")
    elif picture.brightness < 20:
        found.append("It is mostly dark, like a scene at night or in a dark room.")
    if picture.path:
        found.append(
            f"A {picture.path} strip narrows from the bottom toward the middle, like a path into the distance."
        )
    return found


def _form(picture: Picture) -> list[str]:
    """Describe lines, texture, and symmetry, in at most one sentence."""
    parts = []
    if picture.horizon is not None:
        kind = ", like a horizon" if measure_area(picture, SKY, CLOUD)[0] >= 0.05 else ""
        parts.append(f"a sharp horizontal line runs {percent(picture.horizon)} of the way down{kind}")
    if picture.edges > 9:
        parts.append("it is busy, with many edges")
    elif picture.edges < 1.2:
        parts.append("it is smooth, with few edges")
    if picture.symmetric:
        parts.append("its left and right halves are much alike")
    if picture.transparent >= 0.005:
        parts.append(f"{percent(picture.transparent)} of it is transparent (seen here on white)")
    text = "; ".join(parts)
    return [capitalize_first(text) + "."] if text else []


def describe_colors(picture: Picture) -> str:
    if picture.chroma < 4:
        return f"It is black and white, or nearly so: {list_colors(picture)}."
    colors = list_colors(picture)
    return f"Its {'main colors are' if '),' in colors or ' and ' in colors else 'color is'} {colors}."


def describe(picture: Picture) -> list[str]:
    contrast = "strong" if picture.contrast > 24 else "medium" if picture.contrast > 10 else "weak"
    form = f"{describe_orientation(picture)}, {describe_size(picture)}, {describe_light(picture)}"
    scene = _scene(picture)
    colors = [] if scene and scene[0].startswith("The picture is plain") else [describe_colors(picture)]
    return [*scene, *colors, *_form(picture), f"The {picture.format} picture is {form}, with {contrast} contrast."]


def capitalize_first(text: str) -> str:
    return text[0].upper() + text[1:]
