"""Several pictures: which has more of something, how alike they are, what differs."""

from collections.abc import Callable

from sandbox.engines.vision.describing import (
    capitalize_first,
    describe_size,
    join_words,
    main_colors,
    measure_area,
    percent,
    region_cells,
)
from sandbox.engines.vision.picture import NAMES, Picture
from sandbox.engines.vision.topics import AREAS

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_RANKS: dict[str, tuple[str, Callable[[Picture], float]]] = {
    "brighter": ("brightest", lambda picture: picture.brightness),
    "darker": ("darkest", lambda picture: -picture.brightness),
    "larger": ("largest", lambda picture: picture.width * picture.height),
    "smaller": ("smallest", lambda picture: -picture.width * picture.height),
    "busier": ("busiest", lambda picture: picture.edges),
    "plainer": ("plainest", lambda picture: -picture.edges),
    "colorful": ("most colorful", lambda picture: picture.chroma),
    "greener": ("greenest", lambda picture: _share_of(picture, "green")),
    "bluer": ("bluest", lambda picture: _share_of(picture, "blue")),
    "redder": ("reddest", lambda picture: _share_of(picture, "red")),
}
RANK_WORDS = {word: key for key, (most, _) in _RANKS.items() for word in (key, most)} | {
    "bigger": "larger", "biggest": "larger", "lighter": "brighter", "lightest": "brighter", "wider": "larger",
    "colourful": "colorful", "simpler": "plainer", "simplest": "plainer",
}  # fmt: skip


def _share_of(picture: Picture, color: str) -> float:
    return sum(color in NAMES[label].split() for label in picture.labels) / len(picture.labels)


def picture_name(number: int) -> str:
    return f"the {ORDINALS[number]} picture" if number < len(ORDINALS) else f"picture {number + 1}"


def _difference(first: Picture, second: Picture) -> float:
    """Return the mean difference of the reduced copies, 0 (none) to 1."""
    return sum(abs(a - b) for a, b in zip(first.small, second.small, strict=True)) / (255 * len(first.small))


def _likeness(pictures: list[Picture], first: int, second: int) -> str:
    one, other = pictures[first], pictures[second]
    apart = _difference(one, other)
    pair = f"{picture_name(first)} and {picture_name(second)}"
    if one == other:
        return f"As far as is measured, {pair} are the same."
    kind = "look almost the same" if apart < 0.02 else "are alike" if apart < 0.08 else "are different"
    return f"Reduced to a small size, {pair} {kind}: they differ by {percent(apart)} on average."


def rank_by(pictures: list[Picture], key: str) -> str:
    most, measure = _RANKS[key]
    values = [measure(picture) for picture in pictures]
    best = max(values)
    close = 0.02 * max(abs(best), 0.5)
    winners = [number for number, value in enumerate(values) if best - value <= close]
    word = most if len(pictures) > 2 else "more colorful" if key == "colorful" else key
    if len(winners) == len(pictures):
        return f"Neither is clearly {word}." if len(pictures) == 2 else f"None is clearly the {most}."
    names = join_words([picture_name(number) for number in winners])
    verb, article = "is" if len(winners) == 1 else "are", "the " if len(pictures) > 2 else ""
    return f"{capitalize_first(names)} {verb} {article}{word}."


def rank_share(pictures: list[Picture], thing: str) -> str:
    """Say which picture has most of a color ("green") or of an area ("sky")."""
    if thing in AREAS:
        thing, kinds = AREAS[thing]
        shares = [measure_area(picture, *kinds)[0] for picture in pictures]
    else:
        shares = [_share_of(picture, thing) for picture in pictures]
    best = shares.index(max(shares))
    listed = join_words([percent(share) for share in shares])
    if max(shares) - min(shares) < 0.01:
        return f"All have about as much {thing} ({listed})."
    return f"{capitalize_first(picture_name(best))} has the most {thing} ({listed})."


def compare_all(pictures: list[Picture]) -> list[str]:
    """Compare likeness, size, brightness, and colors."""
    pairs = [(i, j) for i in range(len(pictures)) for j in range(i + 1, len(pictures))]
    nearest = min(pairs, key=lambda pair: _difference(pictures[pair[0]], pictures[pair[1]]))
    if all(pictures[0] == picture for picture in pictures[1:]):
        return ["As far as is measured, the pictures are the same."]
    result = [_likeness(pictures, *nearest)]
    if len(pictures) > 2:
        result = [
            f"Of all pairs, {picture_name(nearest[0])} and {picture_name(nearest[1])} are the most alike.",
            *result,
        ]
    sizes = [describe_size(picture) for picture in pictures]
    result.append(
        f"All are {sizes[0]}." if len(set(sizes)) == 1 else f"{rank_by(pictures, 'larger')[:-1]} ({', '.join(sizes)})."
    )
    levels = ", ".join(f"{picture.brightness:.0f}" for picture in pictures)
    result.append(f"{rank_by(pictures, 'brighter')[:-1]} (mean lightness {levels}).")
    return result + compare_colors(pictures)


def compare_colors(pictures: list[Picture]) -> list[str]:
    colors = [[name for name, _ in main_colors(picture, region_cells(picture))] for picture in pictures]
    shared = [name for name in colors[0] if all(name in others for others in colors[1:])]
    parts = [f"Main colors in common: {join_words(shared)}." if shared else "They have no main color in common."]
    for number, names in enumerate(colors):
        own = [name for name in names if not any(name in others for i, others in enumerate(colors) if i != number)]
        if own:
            parts.append(f"Only {picture_name(number)} has much {join_words(own)}.")
    return parts
