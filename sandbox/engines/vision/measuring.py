"""Measuring the reduced copy of a picture, in CIELAB (see the package's docstring for the rules)."""

from collections import Counter
from typing import TYPE_CHECKING

from sandbox.engines.vision.picture import BROWN, CLOUD, COLORS, GREEN, NAMES, OTHER, SKY, WATER

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image as PillowImage


def _lab(rgb: "NDArray | list[tuple[int, int, int]]") -> "NDArray":
    """Turn sRGB colors (0 to 255, last axis) into CIELAB with the D65 white point (IEC 61966-2-1, CIE 15)."""
    import numpy as np

    share = np.asarray(rgb, dtype=np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    matrix = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = linear @ np.array(matrix).T / np.array([0.95047, 1.0, 1.08883])
    root = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack((116 * y - 16, 500 * (x - y), 200 * (y - z)), axis=-1)


def measure(image: "PillowImage") -> dict:
    """Measure the reduced copy: the fields of `Picture` from `columns` on."""
    import numpy as np
    from PIL import Image

    rgb = np.asarray(image, dtype=np.int16)
    rows, columns = rgb.shape[:2]
    lab = _lab(rgb)
    lightness = lab[..., 0]
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    distances = ((lab[:, :, None, :] - _lab([color for _, color in COLORS])) ** 2).sum(axis=-1)
    across = np.abs(np.diff(lightness, axis=1, append=lightness[:, -1:]))
    down = np.abs(np.diff(lightness, axis=0, append=lightness[-1:]))
    step = np.maximum(
        np.abs(np.diff(rgb, axis=1, append=rgb[:, -1:])).max(axis=-1),
        np.abs(np.diff(rgb, axis=0, append=rgb[-1:])).max(axis=-1),
    )
    common = Counter(map(tuple, (rgb // 12).reshape(-1, 3).tolist())).most_common(5)
    few = sum(count for _, count in common) / (rows * columns)
    flat, texture = ((step <= 1) & (lightness > 8)).mean(), ((step > 2) & (step <= 24)).mean()
    drawing = bool(flat > 0.35 and texture < 0.45 and few > 0.6 and (step > 24).any())
    horizon = _find_line(lab)
    areas, evening = _find_areas(lab, chroma, horizon)
    if drawing or (step <= 1).all():
        areas[:], evening = OTHER, False  # flat colors are no landscape
    spread = np.abs(lab - lab.mean(axis=(0, 1))).mean()
    mirrored = np.abs(lab - lab[:, ::-1]).mean()
    return {
        "columns": columns,
        "rows": rows,
        "labels": distances.argmin(axis=-1).astype(np.uint8).tobytes(),
        "areas": areas.tobytes(),
        "small": image.resize((16, 16), Image.Resampling.BOX).tobytes(),
        "brightness": float(lightness.mean()),
        "contrast": float(lightness.std()),
        "chroma": float(chroma.mean()),
        "edges": float((across + down).mean()),
        "evening_sky": evening,
        "horizon": horizon,
        "symmetric": bool(columns > 8 and spread > 2 and mirrored < 0.35 * spread),
        "path": "" if drawing else _find_path(lab),
        "drawing": drawing,
    }


def _find_line(lab: "NDArray") -> float | None:
    """Find the row at which the color steps in at least 70 percent of the columns; return its height as a share."""
    import numpy as np

    rows = lab.shape[0]
    if rows < 16:
        return None
    sums = np.cumsum(np.concatenate((np.zeros_like(lab[:1]), lab)), axis=0)
    mean = (sums[3:] - sums[:-3]) / 3  # of three rows
    jump = np.sqrt(((mean[3:] - mean[:-3]) ** 2).sum(axis=-1))
    share = (jump > 14).mean(axis=1)
    size = jump.mean(axis=1) * (share >= 0.7)
    size[: rows // 10] = 0
    size[len(size) - rows // 10 :] = 0
    found = np.flatnonzero(size)
    if not len(found) or share.mean() >= 0.4:  # steps everywhere are texture, not a line
        return None
    first = int(found[0])  # the uppermost line, where its step is largest
    return (first + int(size[first : first + 5].argmax()) + 3) / rows


def _find_areas(lab: "NDArray", chroma: "NDArray", horizon: float | None) -> tuple["NDArray", bool]:
    """Return the area of every cell, and whether the sky is an evening sky."""
    import numpy as np

    lightness = lab[..., 0]
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) % 360
    rows = lab.shape[0]
    blue = (hue > 205) & (hue < 300) & (chroma > 6)
    green = (hue > 97) & (hue < 180) & (chroma > 11) & (lightness > 6)
    brown = (hue > 35) & (hue < 97) & (chroma > 8) & (chroma < 45) & (lightness > 15) & (lightness < 82)
    areas = np.full(lightness.shape, OTHER, dtype=np.uint8)
    areas[brown] = BROWN
    areas[green] = GREEN

    pale = (lightness > 55) & (chroma < 16)
    sky = np.logical_and.accumulate((blue & (lightness > 30)) | pale, axis=0)
    if horizon is not None:
        sky &= np.arange(rows)[:, None] < horizon * rows
    wide = sky[: max(rows // 20, 1)].all(axis=0).mean() > 0.55
    is_sky, evening = bool(wide and sky.mean() > 0.08 and (sky & blue).sum() > 0.2 * sky.sum()), False
    if is_sky:
        areas[sky] = SKY
        areas[sky & pale & (chroma < 14) & (lightness > 60) & ((hue < 220) | (chroma < 9))] = CLOUD
    else:
        change = np.sqrt((np.diff(lab, axis=0, prepend=lab[:1]) ** 2).sum(axis=-1))
        smooth = np.logical_and.accumulate((change < 11) & ~((hue > 97) & (hue < 205) & (chroma > 11)), axis=0)
        warm = ((hue < 95) | (hue > 300)) & (chroma > 12)
        bottom = lab[smooth & ~np.roll(smooth, -1, axis=0)]
        shift = np.sqrt(((bottom.mean(axis=0) - lab[0].mean(axis=0)) ** 2).sum()) if len(bottom) else 0
        if smooth.mean() > 0.15 and shift > 20 and (smooth & warm).sum() > 0.35 * smooth.sum():
            if horizon is not None:
                areas[: int(horizon * rows)][brown[: int(horizon * rows)]] = OTHER  # warm light, no wood
            areas[smooth] = SKY
            is_sky = evening = True
    lower = np.arange(rows)[:, None] > 0.4 * rows
    water = blue & (lightness > 10) & lower & (areas == OTHER)
    if is_sky and horizon is not None and _mirrors(lab):
        water = np.arange(rows)[:, None] >= horizon * rows
        water = np.broadcast_to(water, areas.shape) & (areas != GREEN)
    if is_sky or horizon is not None:
        areas[water] = WATER
    return areas, evening


def _mirrors(lab: "NDArray") -> bool:
    """Say whether the picture below some row near the middle repeats what is above it upside down."""
    import numpy as np

    rows = lab.shape[0]
    best = 0.0
    for axis in range(int(rows * 0.35), int(rows * 0.65)):
        reach = min(axis, rows - axis, max(rows // 3, 1))
        above, below = lab[axis - reach : axis][::-1], lab[axis : axis + reach]
        above, below = above - above.mean(axis=(0, 1)), below - below.mean(axis=(0, 1))
        size = np.sqrt((above**2).sum() * (below**2).sum())
        best = max(best, float((above * below).sum() / size) if size else 0.0)
    return best > 0.6


def _find_path(lab: "NDArray") -> str:
    """Return the color of the lower middle if a strip of this color narrows steadily upward, else nothing."""
    import numpy as np

    rows, columns = lab.shape[:2]
    if rows < 24 or columns < 24:
        return ""
    low = lab[-rows // 8 :]
    middle, edge = columns // 2, columns // 10
    color = np.median(low[:, middle - edge : middle + edge].reshape(-1, 3), axis=0)
    sides = [np.median(part.reshape(-1, 3), axis=0) for part in (low[:, :edge], low[:, -edge:])]
    if min(np.sqrt(((color - side) ** 2).sum()) for side in sides) < 15:
        return ""
    weight = np.array([0.6, 1.5, 1.5])  # shadow changes lightness more than hue
    own = np.sqrt((((lab - color) * weight) ** 2).sum(axis=-1))
    other = np.minimum(*(np.sqrt((((lab - side) * weight) ** 2).sum(axis=-1)) for side in sides))
    member = own < np.minimum(other, 40)
    rows_used = range(rows - 2, int(rows * 0.55), -1)
    widths = np.array([member[row, columns // 10 : -columns // 10].mean() for row in rows_used])
    if not 0.1 < widths[:4].mean() < 0.95 or widths[-4:].mean() > 0.7 * widths[:4].mean() or widths.min() < 0.02:
        return ""
    if np.corrcoef(widths, np.arange(len(widths)))[0, 1] > -0.85:
        return ""
    distances = ((_lab([color for _, color in COLORS]) - color) ** 2).sum(axis=-1)
    return NAMES[int(distances.argmin())]
