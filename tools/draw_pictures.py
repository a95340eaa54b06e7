"""Draw the project's own pictures. Run `python tools/draw_pictures.py`; the files are committed.

Every picture is computed from formulas and seeded noise, so drawing again gives the same picture and nobody's rights
are touched. Each scene is drawn larger than it is needed and then reduced, which smooths its edges. Coordinates of the
scenes are relative (or meters, for the boardwalk), so a scene can be drawn at any width.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

ROOT = Path(__file__).resolve().parent.parent
Array = np.ndarray


# Noise, and colors


def noise_texture(seed: int, exponent: float, size: int = 1024) -> Array:
    """Make a square of cloud-like noise that repeats without a seam.

    White noise is filtered in the frequency domain with 1 / frequency ** exponent (spectral synthesis).

    Args:
        seed: the same seed gives the same noise.
        exponent: 1 is rough, 2 is soft.
        size: width and height in pixels.

    Returns:
        Array of shape (size, size) with mean 0 and standard deviation 1.
    """
    white = np.random.default_rng(seed).standard_normal((size, size))
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :]) * size
    frequency[0, 0] = 1.0
    spectrum = np.fft.rfft2(white) / frequency**exponent
    spectrum[0, 0] = 0.0
    noise = np.fft.irfft2(spectrum, s=(size, size))
    return (noise / noise.std()).astype(np.float32)


def sample(texture: Array, u: Array, v: Array) -> Array:
    """Look up a repeating texture at positions u (across) and v (down), 1.0 being its whole width, bilinearly."""
    size = texture.shape[0]
    u, v = u * size, v * size
    left, top = np.floor(u), np.floor(v)
    right_share, lower_share = (u - left).astype(np.float32), (v - top).astype(np.float32)
    column, row = left.astype(np.int64) % size, top.astype(np.int64) % size
    next_column, next_row = (column + 1) % size, (row + 1) % size
    upper = texture[row, column] * (1 - right_share) + texture[row, next_column] * right_share
    lower = texture[next_row, column] * (1 - right_share) + texture[next_row, next_column] * right_share
    return upper * (1 - lower_share) + lower * lower_share


def smoothstep(low: float, high: float, value: Array) -> Array:
    """Return 0 below low, 1 above high, and a smooth rise between."""
    share = np.clip((value - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


def mix(first: Array, second: Array | tuple[float, ...], share: Array | float) -> Array:
    """Mix two colors (or arrays of colors); share 0 gives the first, 1 the second."""
    share = np.asarray(share, dtype=np.float32)
    return first + (np.asarray(second, dtype=np.float32) - first) * (share[..., None] if share.ndim else share)


def gradient(position: Array, stops: list[tuple[float, tuple[int, int, int]]]) -> Array:
    """Return the colors at the positions (any shape) of a gradient given by its stops (position, color)."""
    places = [place for place, _ in stops]
    channels = [np.interp(position, places, [color[channel] for _, color in stops]) for channel in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def to_image(colors: Array) -> Image.Image:
    """Turn an array of colors (0 to 255) into a picture."""
    return Image.fromarray(np.clip(colors + 0.5, 0, 255).astype(np.uint8), "RGB")


# The boardwalk. Units are meters: x to the right, z away from the viewer.

HORIZON = 0.40  # share of the picture's height
FOCAL = 0.78  # focal length as a share of the picture's width
EYE = 1.65  # height of the eye above the ground
DECK = 0.28  # height of the boardwalk above the ground
HALF_WIDTH = 0.78  # of the boardwalk
PLANK = 0.145  # depth of one plank
HAZE = (196, 208, 204)


def path_center(z: Array | float) -> Array | float:
    """Return how far to the right (in meters) the middle of the boardwalk lies at depth z: it bends gently."""
    return 0.10 + 0.0052 * np.maximum(z - 3, 0) ** 2 * np.exp(-np.asarray(z) / 26)


def draw_boardwalk(width: int = 1200) -> Image.Image:
    """Draw a wooden boardwalk that leads through tall grass toward the horizon, 3:2.

    Args:
        width: width of the picture in pixels.

    Returns:
        The picture.
    """
    large, height = width * 2, width * 4 // 3
    colors = np.empty((height, large, 3), dtype=np.float32)
    horizon = int(height * HORIZON)
    colors[:horizon] = _day_sky(large, horizon)
    colors[horizon:] = _meadow_and_deck(large, height - horizon)
    image = to_image(colors)
    _draw_trees(image, horizon)
    _draw_grass(image, horizon)
    image = image.resize((width, height // 2), Image.Resampling.LANCZOS)
    return _warm_light(image)


def _day_sky(width: int, height: int) -> Array:
    x, y = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    sky = gradient(y, [(0, (70, 126, 190)), (0.55, (132, 178, 216)), (0.9, (201, 219, 226)), (1, (226, 226, 214))])
    texture = noise_texture(11, 1.75)
    distance = 1 / (1.12 - y)
    u, v = (x - 0.5) * distance * 0.30 + 0.75, distance * 0.21 + 0.10
    detail = noise_texture(12, 1.2)
    wisp = 0.17 * sample(detail, u * 2.1, v * 2.1)
    density = sample(texture, u, v) + wisp
    toward_sun = sample(texture, u - 0.022, v - 0.02) + wisp
    cover = smoothstep(0.0, 1.2, density) * smoothstep(1.04, 0.8, y)
    light = np.clip(0.62 + 0.55 * (density - toward_sun) - 0.16 * (density - 0.9), 0, 1)
    cloud = gradient(
        light, [(0, (150, 164, 184)), (0.45, (214, 220, 226)), (0.8, (255, 250, 240)), (1, (255, 253, 248))]
    )
    return mix(sky, cloud, cover * 0.96)


def _meadow_and_deck(width: int, height: int) -> Array:
    focal = FOCAL * width
    x, y = np.meshgrid(np.arange(width) + 0.5 - width / 2, np.arange(height) + 0.5)
    ground_z = focal * EYE / y
    patches = sample(noise_texture(21, 1.5), x * ground_z / focal / 60, ground_z / 60)
    ground = gradient(
        1 / ground_z, [(0, (176, 182, 128)), (0.05, (122, 138, 66)), (0.25, (62, 84, 32)), (1, (34, 50, 20))]
    )
    ground *= (1 + 0.08 * patches)[..., None]

    z = focal * (EYE - DECK) / y
    across = x * z / focal - path_center(z)
    blur = z * z / (focal * (EYE - DECK)) / PLANK  # how many planks fall into one row of pixels
    index = np.floor(z / PLANK).astype(np.int64)
    within = z / PLANK - index
    generator = np.random.default_rng(22)
    tone, warmth = generator.normal(0, 1, 4096), generator.normal(0, 1, 4096)
    tone, warmth = tone[index % 4096], warmth[index % 4096]
    fade = np.clip(1 - blur, 0, 1)
    grain = sample(noise_texture(23, 0.9), across * 0.11 + index * 0.377, z * 1.9)
    stains = sample(noise_texture(24, 1.6), across / 5 + index * 0.013, z / 5)
    wood = np.empty((*z.shape, 3), dtype=np.float32)
    wood[:] = (176, 152, 122)
    wood *= (1 + fade * (0.085 * tone + 0.10 * grain) + 0.055 * stains)[..., None]
    wood += (fade * warmth)[..., None] * np.array((5, 1, -5), dtype=np.float32)
    rim = smoothstep(0.80, 0.95, within) - smoothstep(0.0, 0.12, 0.12 - within)
    wood *= (1 + 0.16 * fade * rim)[..., None]
    softness = 0.03 + blur
    gap = 1 - smoothstep(0.035 - softness / 2, 0.035 + softness, np.minimum(within, 1 - within))
    wood = mix(wood, (46, 38, 30), gap * 0.85 * np.clip(1.25 - blur, 0.12, 1))
    for side in (-1, 1):  # two nails a plank on either side
        for place in (0.3, 0.7):
            nail = np.hypot((across - side * (HALF_WIDTH - 0.12)), (within - place) * PLANK)
            wood = mix(wood, (58, 52, 48), 0.8 * fade * (1 - smoothstep(0.005, 0.011, nail)))
    reach = 0.20 + 0.09 * sample(noise_texture(25, 1.0), z * 0.23, z * 0 + 0.2)
    reach = reach + 0.07 * sample(noise_texture(26, 1.0), z * 0.7 + across * 0.5, across * 0.3)
    shadow = smoothstep(0.12, -0.10, across + HALF_WIDTH - reach) * 0.62
    shadow = np.maximum(shadow, smoothstep(0.10, -0.02, HALF_WIDTH - across) * 0.3)
    wood *= 1 - shadow[..., None] * np.array((0.80, 0.76, 0.66), dtype=np.float32)
    wood = mix(wood, (205, 196, 172), smoothstep(8, 60, z) * 0.75)
    edge = focal / z * (HALF_WIDTH - np.abs(across))  # in pixels
    return mix(ground, wood, np.clip(edge + 0.5, 0, 1) * smoothstep(120, 60, z))


def _draw_trees(image: Image.Image, horizon: int) -> None:
    """Draw the tree line and the shrubs: crowns of many dabs, lit from the upper left, paler with distance."""
    draw = ImageDraw.Draw(image)
    unit = image.width / 2400
    generator = np.random.default_rng(31)
    layers = [  # haze, base color, height, spacing, how far the foot stands below the horizon
        (0.70, (88, 112, 92), 44, 13, 3),
        (0.50, (76, 104, 66), 74, 34, 7),
        (0.26, (68, 98, 48), 40, 26, 15),
    ]
    for haze, base, tall, spacing, foot in layers:
        place = -60.0
        while place < 2460:
            aside = abs(place / 2400 - 0.53)
            size = tall * (0.35 + 0.85 * generator.random()) * (0.5 + min(aside, 0.45) * 1.5)
            if foot < 15 or (np.sin(place / 97) + np.sin(place / 41) > 0.35 and aside > 0.06):
                _draw_crown(draw, generator, (place, horizon / unit + foot), size, (base, haze), unit)
            place += spacing * (0.4 + 1.2 * generator.random())


def _draw_crown(
    draw: ImageDraw.ImageDraw,
    generator: np.random.Generator,
    foot: tuple[float, float],
    size: float,
    paint: tuple[tuple[int, int, int], float],
    unit: float,
) -> None:
    base, haze = np.array(paint[0], dtype=np.float32), paint[1]
    base = base * (0.86 + 0.26 * generator.random()) + generator.normal(0, 5, 3) * (1.4, 1, 0.4)
    width = size * (0.40 + 0.35 * generator.random())
    count = int(120 + size * 7)
    lobes = generator.uniform((-0.55, 0.3), (0.55, 0.78), (7, 2))
    angle, reach = generator.uniform(0, 2 * np.pi, count), np.sqrt(generator.random(count))
    dabs = (
        lobes[generator.integers(0, 7, count)]
        + np.stack((np.cos(angle) * 0.42, np.sin(angle) * 0.24), 1) * reach[:, None]
    )
    dabs[: count // 3] = generator.uniform((-0.9, 0.0), (0.9, 0.42), (count // 3, 2))
    dabs = dabs[np.argsort(dabs[:, 1] * 0.6 - dabs[:, 0] * 0.3 + generator.normal(0, 0.2, count))]
    for across, up in dabs:
        light = 0.66 + 0.48 * up - 0.20 * across + 0.11 * generator.normal()
        color = mix(base * light + max(light - 0.85, 0) * np.array((80, 66, 10)), HAZE, haze)
        radius = size * (0.022 + 0.040 * generator.random()) + 1
        x, y = (foot[0] + across * width) * unit, (foot[1] - up * size) * unit
        box = (x - radius * unit, y - radius * unit * 0.75, x + radius * unit, y + radius * unit * 0.75)
        draw.ellipse(box, fill=tuple(int(value) for value in np.clip(color, 0, 255)))


def _draw_grass(image: Image.Image, horizon: int) -> None:
    """Draw rows of blades from the horizon to the viewer, each row over the one behind it."""
    draw = ImageDraw.Draw(image)
    focal = FOCAL * image.width
    generator = np.random.default_rng(41)
    patches = noise_texture(42, 1.5)
    depth = 60.0
    while depth > 0.95:
        half_view = 0.5 / FOCAL * depth + 0.6
        spacing = max(0.0019 * depth, 0.012)
        count = int(2 * half_view / spacing)
        x = generator.uniform(-half_view, half_view, count)
        z = depth * generator.uniform(0.982, 1.018, count)
        center = path_center(z)
        fringe = slice(0, count // 7)  # grows densely along the edge
        side = np.where(generator.random(count)[fringe] < 0.5, -1, 1)
        x[fringe] = center[fringe] + side * (HALF_WIDTH - 0.015 + generator.exponential(0.10, count // 7))
        beside = np.abs(x - center) - HALF_WIDTH
        hidden = np.clip(EYE - (EYE - DECK) * (1 + beside / HALF_WIDTH), 0, DECK)  # the part behind the boardwalk
        tone = sample(patches, x / 25, z / 25)
        dry = sample(patches, x / 9 + 0.5, z / 14 + 0.3)
        tall = (0.62 + 0.13 * tone + generator.normal(0, 0.15, count)) * np.clip(0.55 + beside * 0.6, 0.5, 1)
        chance = generator.random((count, 4))
        bend = (chance[:, 0] - 0.42) * 0.75
        inward = (np.abs(beside) < 0.10) & (chance[:, 3] < 0.28 + 0.14 * dry)  # some hang over the boardwalk
        bend[inward] = -np.sign(x - center)[inward] * (0.15 + 0.75 * chance[inward, 0])
        hue = 0.5 + 0.2 * dry + 0.55 * (chance[:, 2] - 0.5)
        stops = [(0, (70, 118, 44)), (0.45, (126, 158, 58)), (0.8, (176, 182, 84)), (1, (206, 190, 112))]
        low = (38, 60, 20) + np.maximum(hue - 0.5, 0)[:, None] * (50, 30, 10)
        high = gradient(hue, stops) * (0.86 + 0.09 * tone + 0.28 * chance[:, 3])[:, None]
        haze = 0.8 * float(smoothstep(7, 75, np.array(depth)))
        scale = focal / depth
        steps = 5 if scale * 2400 > 350 * image.width else 3 if scale * 2400 > 120 * image.width else 1
        shares = [(step + 0.9) / steps if steps > 1 else 0.72 for step in range(steps)]
        shades = [mix(mix(low, high, min(share * 1.05, 1.0) ** 1.25), (190, 196, 140), haze) for share in shares]
        shades = np.clip(np.stack(shades, axis=1), 0, 255).astype(int).tolist()
        seeds = mix(np.array((188, 164, 108)) * (0.8 + 0.35 * chance[:, 1:2]), (200, 196, 150), haze)
        thick = np.maximum(scale * (0.0030 + 0.0060 * chance[:, 1] ** 2), 0.7 * image.width / 2400)
        foot_x, foot_y = image.width / 2 + x * focal / z, horizon + focal * (EYE - hidden) / z
        for i in np.flatnonzero((beside > -0.02) & (tall > 0.1)).tolist():
            foot, long = (float(foot_x[i]), float(foot_y[i])), float(tall[i] * focal / z[i])
            points = _draw_blade(draw, foot, long, float(bend[i]), float(thick[i]), shades[i])
            if chance[i, 3] > 0.9 and tall[i] > 0.55 and scale * 2400 > 60 * image.width:
                _draw_seeds(draw, points, scale, seeds[i])
        depth *= 0.966


def _draw_blade(
    draw: ImageDraw.ImageDraw,
    foot: tuple[float, float],
    long: float,
    bend: float,
    thick: float,
    shades: list[list[int]],
) -> list[tuple[float, float]]:
    """Draw one blade as a bent, tapering strip and return its points.

    Args:
        draw: what to draw on.
        foot: x and y of its lower end in pixels.
        long: length in pixels.
        bend: how far its tip hangs over to the right, as a share of the length.
        thick: width at the foot in pixels.
        shades: the color of each piece, from the foot to the tip.
    """
    points = []
    for step in range(len(shades) + 1):
        share = step / len(shades)
        x = foot[0] + bend * long * share**2
        y = foot[1] - long * share * (1 - 0.22 * abs(bend) * share)
        points.append((x, y, thick * (1 - share * 0.92) / 2))
    for color, (x0, y0, half0), (x1, y1, half1) in zip(shades, points, points[1:], strict=False):
        draw.polygon([(x0 - half0, y0), (x0 + half0, y0), (x1 + half1, y1), (x1 - half1, y1)], fill=tuple(color))
    return [(x, y) for x, y, _ in points]


def _draw_seeds(draw: ImageDraw.ImageDraw, points: list[tuple[float, float]], scale: float, color: Array) -> None:
    """Draw a feathery seed head along the upper part of a blade."""
    (x0, y0), (x1, y1) = points[-2:]
    length = max(np.hypot(x1 - x0, y1 - y0), 1.0)
    long = 0.17 * scale
    grains = 14 if scale > 200 else 6
    for number in range(grains):
        share = number / (grains - 1)
        along = 1 - share * long / length
        x, y = x0 + (x1 - x0) * along, y0 + (y1 - y0) * along
        side = scale * 0.011 * np.sin(np.pi * (0.15 + 0.8 * share)) * (1 if number % 2 else -1)
        light = 1.1 if side < 0 else 0.88
        fill = tuple(int(value) for value in np.clip(color * light, 0, 255))
        draw.line((x, y, x + side, y - 0.020 * scale), fill=fill, width=max(round(scale * 0.0055), 1))


def _warm_light(image: Image.Image) -> Image.Image:
    """Add a little warmth from the left and darken the corners slightly."""
    colors = np.asarray(image, dtype=np.float32)
    height, width = colors.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    colors = colors * (1 + 0.05 * np.clip(-x, -1, 1))[..., None] ** np.array((1, 0.7, -0.4))
    return to_image(colors * (1 - 0.10 * np.clip(np.hypot(x, y) - 0.7, 0, 1))[..., None])


# The harbor. Scene units: 3000 across; y counts down from the top, the water begins at WATERLINE.

WATERLINE = 1090
SUN = (1890, 1010)
NIGHT = (34, 28, 46)


def draw_harbor(width: int = 3000) -> Image.Image:
    """Draw a harbor at sunset: cranes, a container ship, and their reflections in the water, 3:2.

    Args:
        width: width of the picture in pixels.

    Returns:
        The picture.
    """
    unit = width / 3000
    waterline = round(WATERLINE * unit)
    shore = _dusk_sky(width, waterline)
    layer = Image.new("RGBA", (width * 2, waterline * 2))
    _draw_port(layer, unit * 2)
    layer = layer.resize((width, waterline), Image.Resampling.BOX)
    port = np.asarray(layer, dtype=np.float32)
    shore = mix(shore, port[..., :3], port[..., 3] / 255)
    colors = np.concatenate((shore, _water(shore, round(2000 * unit) - waterline)))
    colors = colors + np.random.default_rng(58).normal(0, 2.2, colors.shape[:2])[..., None]  # the grain of a photo
    image = to_image(colors)
    _draw_quay(image, unit)
    return image


def _dusk_sky(width: int, height: int) -> Array:
    x, y = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    stops = [(0, (38, 44, 92)), (0.3, (84, 66, 122)), (0.55, (164, 88, 116)), (0.76, (226, 122, 92))]
    stops += [(0.92, (250, 176, 100)), (1, (255, 214, 140))]
    sky = gradient(y, stops)
    sun_x, sun_y = SUN[0] / 3000, SUN[1] / WATERLINE
    away = np.hypot(x - sun_x, (y - sun_y) * 0.75)
    sky = mix(sky, (255, 226, 150), 0.75 * np.exp(-away * 4.2))
    sky = mix(sky, (70, 58, 104), 0.38 * smoothstep(0.25, 0.75, np.abs(x - sun_x)) * smoothstep(0.2, 1, y))
    distance = 1 / (1.10 - y)
    soft = noise_texture(51, 1.7)
    u, v = (x - 0.6) * distance * 0.20 + 0.62, distance * 0.26 + 0.15
    density = sample(soft, u, v) + 0.15 * sample(noise_texture(52, 1.2), u * 2, v * 2)
    below = sample(soft, u, v + 0.02)
    cover = smoothstep(-0.1, 1.3, density) * 0.85 * smoothstep(1.05, 0.85, y)
    glow = np.clip(0.45 + 0.8 * (density - below) - 0.25 * (density - 0.5), 0, 1) * np.exp(-away * 0.9)
    cloud = gradient(glow, [(0, (58, 46, 88)), (0.3, (128, 72, 108)), (0.55, (232, 124, 98)), (1, (255, 206, 140))])
    sky = mix(sky, cloud, cover)
    disc = np.hypot((x - sun_x) * 3000, (y - sun_y) * WATERLINE)
    return mix(sky, (255, 244, 204), smoothstep(66, 58, disc))


def _water(shore: Array, height: int) -> Array:
    """Mirror the shore in the water: waves shift what is seen, more so toward the viewer."""
    above, width = shore.shape[:2]
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    near = (y + 0.5) / height
    distance = 1 / (near + 0.035)
    across = (x / width - 0.5) * distance
    swell, ripple = noise_texture(53, 1.25), noise_texture(54, 0.95)
    slope = sample(swell, across * 0.10, distance * 0.42) + 0.55 * sample(ripple, across * 0.31, distance * 1.25)
    row = above - 1 - y * above / height * 0.98 - slope * (6 + 80 * near) * height / 910
    column = x + 0.35 * slope * (4 + 60 * near) * height / 910
    row = np.clip(np.abs(row), 0, above - 1).astype(np.int64)
    row = np.minimum(row, 2 * (above - 1) - row)
    colors = shore[row, np.clip(column, 0, width - 1).astype(np.int64)]
    colors = colors * (0.90 - 0.30 * near)[..., None] + np.array((4, 6, 16), dtype=np.float32)
    colors = colors * (1 + 0.10 * np.clip(slope, -2, 2) * np.clip(near * 4, 0, 1))[..., None]
    sun_column = np.exp(-np.abs(x / width - SUN[0] / 3000) / (0.022 + 0.07 * near))
    sparkle = smoothstep(0.5, 1.5, slope + 0.5 * sun_column + 0.5 * (1 - near)) * sun_column
    return mix(colors, (255, 208, 130), 0.85 * sparkle)


def _draw_port(layer: Image.Image, unit: float) -> None:
    """Draw everything that stands at the water's edge, the far things paler."""
    draw = ImageDraw.Draw(layer)
    generator = np.random.default_rng(55)

    def box(left: float, top: float, right: float, bottom: float, color: tuple[int, int, int]) -> None:
        draw.rectangle((left * unit, top * unit, right * unit - 1, bottom * unit - 1), fill=color)

    hills = [(x, 1062 - 34 * np.sin(x / 410 + 0.4) ** 2 - 22 * np.sin(x / 173) ** 2) for x in range(0, 3001, 10)]
    hills = [(0, WATERLINE), *hills, (3000, WATERLINE)]
    draw.polygon([(x * unit, y * unit) for x, y in hills], fill=(132, 84, 106))
    place = 0.0
    while place < 3000:  # the town on the far shore
        wide, tall = generator.uniform(24, 70), generator.uniform(18, 76)
        box(place, WATERLINE - 6 - tall, place + wide, WATERLINE, (96, 64, 92))
        for _ in range(int(wide * tall / 420)):
            x, y = place + generator.uniform(4, wide - 6), WATERLINE - 2 - generator.uniform(8, tall)
            box(x, y, x + 4, y + 5, (255, 206, 128))
        place += wide + generator.uniform(-4, 46)
    box(1150, 1064, 3000, WATERLINE, NIGHT)
    for x, size in ((1330, 0.72), (2190, 0.88), (2560, 1.0)):
        _draw_crane(draw, (x, 1066), size, unit)
    for stack in range(22):  # containers on the quay
        left = 1440 + stack * 66
        for level in range(int(generator.integers(1, 4))):
            shade = np.array(NIGHT) + generator.uniform(0, 26, 3)
            box(left, 1044 - 22 * level, left + 62, 1065 - 22 * level, tuple(int(value) for value in shade))
    _draw_ship(draw, generator, unit)
    for x in range(1200, 3000, 150):  # lamps on the quay
        box(x, 1000, x + 4, 1066, NIGHT)
        draw.ellipse([value * unit for value in (x - 5, 990, x + 9, 1004)], fill=(255, 236, 176))


def _draw_crane(draw: ImageDraw.ImageDraw, foot: tuple[float, float], size: float, unit: float) -> None:
    """Draw a gantry crane; its boom reaches out to the left."""
    color = tuple(int(value * (1.25 - 0.25 * size)) for value in NIGHT)

    def line(x0: float, y0: float, x1: float, y1: float, thick: float) -> None:
        ends = [((foot[0] + x * size) * unit, (foot[1] + y * size) * unit) for x, y in ((x0, y0), (x1, y1))]
        draw.line(ends, fill=color, width=max(round(thick * size * unit), 1))

    for x in (-60, 60):
        line(x, 0, x * 0.9, -330, 15)
    line(-62, -120, 62, -120, 12)
    line(-60, -110, 56, -325, 7)
    line(-430, -338, 190, -338, 18)
    line(-54, -335, 0, -520, 11)
    line(54, -335, 0, -520, 11)
    line(0, -518, -400, -340, 5)
    line(0, -518, -220, -340, 5)
    line(0, -518, 180, -340, 5)
    for x in range(-430, 190, 40):
        line(x, -338, x + 20, -362, 3)
        line(x + 20, -362, x + 40, -338, 3)
    line(-430, -362, 190, -362, 4)
    line(100, -362, 170, -362, 40)
    line(-250, -330, -250, -312, 34)
    for x in (-262, -238):
        line(x, -320, x, -150, 3)
    line(-285, -148, -215, -148, 14)


def _draw_ship(draw: ImageDraw.ImageDraw, generator: np.random.Generator, unit: float) -> None:
    def area(points: list[tuple[float, float]], color: tuple[int, ...]) -> None:
        draw.polygon([(x * unit, y * unit) for x, y in points], fill=color)

    deck = 990
    area([(300, 968), (390, 982), (1180, 984), (1180, WATERLINE), (385, WATERLINE), (350, 1050)], (44, 34, 52))
    area([(368, 1076), (1180, 1076), (1180, WATERLINE), (385, WATERLINE)], (104, 44, 50))
    for column in range(10):
        left = 430 + column * 54
        for level in range(int(generator.integers(2, 6))):
            shade = np.array((62, 46, 62)) + generator.uniform(-14, 34, 3) * (1.5, 0.7, 0.7)
            top = deck - 8 - 25 * (level + 1)
            area([(left, top), (left + 51, top), (left + 51, top + 23), (left, top + 23)], tuple(int(v) for v in shade))
    area([(1010, deck), (1010, 800), (990, 800), (990, 776), (1130, 776), (1130, deck)], (70, 54, 72))
    area([(1082, 776), (1086, 716), (1124, 716), (1130, 776)], (120, 58, 60))
    area([(1036, 776), (1040, 690), (1044, 776)], (52, 40, 56))
    area([(996, 784), (1124, 784), (1124, 796), (996, 796)], (255, 216, 140))
    for row in range(7):
        for column in range(6):
            if generator.random() < 0.7:
                x, y = 1022 + column * 17, 814 + row * 24
                area([(x, y), (x + 9, y), (x + 9, y + 10), (x, y + 10)], (255, 204, 126))


def _draw_quay(image: Image.Image, unit: float) -> None:
    """Draw the near quay with two bollards and a rope, dark against the water, in the lower left corner."""
    large = Image.new("L", (image.width * 2, image.height * 2))
    draw = ImageDraw.Draw(large)
    scale = unit * 2
    draw.polygon([(x * scale, y * scale) for x, y in ((0, 1760), (820, 1850), (1130, 2000), (0, 2000))], fill=255)
    for x, y in ((250, 1770), (690, 1822)):
        draw.rectangle([value * scale for value in (x - 34, y - 74, x + 34, y + 40)], fill=255)
        draw.rounded_rectangle([value * scale for value in (x - 58, y - 104, x + 58, y - 66)], 18 * scale, fill=255)
    rope = [(250 + 440 * t, 1726 + 52 * t + 150 * t * (1 - t)) for t in np.linspace(0, 1, 40)]
    draw.line([(x * scale, y * scale) for x, y in rope], fill=255, width=max(round(11 * scale), 1), joint="curve")
    mask = large.resize(image.size, Image.Resampling.BOX)
    image.paste(Image.new("RGB", image.size, (24, 20, 34)), mask=mask)
    rim = Image.new("L", image.size)
    draw = ImageDraw.Draw(rim)
    draw.line([(x * unit, y * unit) for x, y in ((0, 1761), (820, 1851))], fill=150, width=max(round(5 * unit), 1))
    image.paste(Image.new("RGB", image.size, (226, 150, 110)), mask=rim.filter(ImageFilter.GaussianBlur(2 * unit)))


# The chart


def draw_chart() -> Image.Image:
    """Draw a bar chart of made-up numbers, 640x400."""
    scale = 2
    image = Image.new("RGB", (640 * scale, 400 * scale), "white")
    draw = ImageDraw.Draw(image)
    bars = [("Mon", 42), ("Tue", 58), ("Wed", 72), ("Thu", 63), ("Fri", 31)]
    dark, gray, pale = (38, 44, 56), (92, 100, 114), (222, 226, 232)

    def text(place: tuple[float, float], words: str, size: int, color: tuple[int, int, int], anchor: str) -> None:
        font = ImageFont.load_default(size=size * scale)
        draw.text((place[0] * scale, place[1] * scale), words, fill=color, font=font, anchor=anchor)

    text((72, 34), "Requests per day (example data)", 21, dark, "lm")
    left, right, top, bottom, highest = 72, 616, 70, 336, 80
    for value in range(0, highest + 1, 20):
        y = bottom - (bottom - top) * value / highest
        color = gray if value == 0 else pale
        draw.line([(left * scale, y * scale), (right * scale, y * scale)], fill=color, width=scale)
        text((left - 10, y), str(value), 14, gray, "rm")
    step = (right - left) / len(bars)
    for number, (day, value) in enumerate(bars):
        middle = left + step * (number + 0.5)
        y = bottom - (bottom - top) * value / highest
        color = (226, 0, 116) if value == max(height for _, height in bars) else (64, 112, 176)
        draw.rectangle([v * scale for v in (middle - 32, y, middle + 32, bottom - 0.5)], fill=color)
        text((middle, y - 12), str(value), 15, dark, "mm")
        text((middle, bottom + 18), day, 15, dark, "mm")
    text(((left + right) / 2, 380), "Day of the week", 15, gray, "mm")
    label = Image.new("L", (220 * scale, 24 * scale))
    font = ImageFont.load_default(size=15 * scale)
    ImageDraw.Draw(label).text((110 * scale, 12 * scale), "Requests", fill=255, font=font, anchor="mm")
    label = label.rotate(90, expand=True)
    place = (20 * scale - label.width // 2, (top + bottom) * scale // 2 - label.height // 2)
    image.paste(Image.new("RGB", label.size, gray), place, label)
    return image.resize((640, 400), Image.Resampling.BOX)


# The card that other sites show beside a link to this one


def draw_card() -> Image.Image:
    """Draw the project's mark and name, 1200 x 630 pixels."""
    scale = 2
    ground, pale = (134, 18, 78), (255, 214, 233)
    image = Image.new("RGB", (1200 * scale, 630 * scale), ground)
    draw = ImageDraw.Draw(image)

    def at(*values: float) -> list[float]:
        return [value * scale for value in values]

    draw.rounded_rectangle(at(90, 90, 258, 222), 24 * scale, fill="white")
    draw.polygon(at(118, 210, 118, 264, 178, 216), fill="white")
    draw.line(at(130, 124, 162, 156, 130, 188), fill=ground, width=17 * scale, joint="curve")
    draw.line(at(176, 188, 218, 188), fill=ground, width=17 * scale)
    for top, size, text, color in (
        (330, 76, "LLM Serving Tutorials", "white"),
        (440, 32, "Lessons, snippets, and a reference for an OpenAI-compatible service.", pale),
        (495, 32, "Everything in them runs: with a key, or without.", pale),
    ):
        draw.text(at(90, top), text, fill=color, font=ImageFont.load_default(size=size * scale))
    return image.resize((1200, 630), Image.Resampling.BOX)


# The files

PICTURES: dict[str, tuple[Callable[[], Image.Image], dict[str, object]]] = {
    "sandbox/assets/boardwalk.jpg": (draw_boardwalk, {"quality": 72, "optimize": True, "progressive": True}),
    "notebooks/images/harbor.jpg": (draw_harbor, {"quality": 92, "optimize": True}),
    "notebooks/images/chart.png": (draw_chart, {"optimize": True}),
    "docs/assets/social.png": (draw_card, {"optimize": True}),
}


def main() -> None:
    """Draw every picture and write it to its place."""
    for name, (draw, options) in PICTURES.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draw().save(path, **options)
        print(f"{name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
