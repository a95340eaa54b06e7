"""Diagrams of live objects as SVG: a conversation, a stream, a text cut open, models, vectors, lines, and trees.

Each function takes what the API returned and shows a drawing under the cell, with an alternative text that says what is
in it. The drawings bring their own background and can be read in light and dark.
"""

from __future__ import annotations

import base64
import json
import math
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from helpers.models import find_capabilities, read_meta_data

if TYPE_CHECKING:
    from openai.types import Model
    from openai.types.chat import ChatCompletionChunk

_WIDTH = 720  # pixels, as wide as a page's text
_LINE = 20  # pixels from line to line
_ROW = 30  # pixels from box to box
# Each class of a box with its fill in light and in dark; text on all of them has a contrast of 4.5:1 and more.
_FILLS = {
    "ground": ("#faf8f9", "#211c20"),
    "system": ("#e4e1e6", "#443d43"),
    "user": ("#d3e6f7", "#1f4460"),
    "assistant": ("#f6d5e6", "#5c2243"),
    "tool": ("#d5ecd9", "#224c30"),
    "other": ("#f5e6c8", "#53431d"),
}
_STROKES = (("#a3145c", "#ff9ccb"), ("#1d5f91", "#8cc8f5"), ("#2f6b3f", "#8fd6a2"), ("#7a5a00", "#e6c163"))
_STYLE = (
    "svg{font:14px system-ui,sans-serif}text{fill:var(--ink)}.quiet{fill:var(--quiet)}.quiet,.small{font-size:12px}"
)


def draw_messages(messages: Iterable[Any], tokens: Sequence[int] = ()) -> None:
    """Draw a conversation: one row for each message with its role, its text, and its calls with their ids.

    Args:
        messages: the messages, as dictionaries or as the objects that the API returned.
        tokens: how many tokens each message has, if known; they are drawn as bars at the right.
    """
    rows: list[tuple[str, list[str], int | None]] = []
    plain = [message if isinstance(message, Mapping) else message.model_dump() for message in messages]
    for place, message in enumerate(plain):
        wide = 54 if tokens else 72
        wrapped = [textwrap.wrap(part, wide, max_lines=3, placeholder=" ...") for part in _content(message)]
        lines = [line for part in wrapped for line in part]
        for call in message.get("tool_calls") or []:
            lines.append(f"calls {call['function']['name']}({call['function']['arguments']})")
            lines.append(f"with the id {call['id']}")
        if message.get("tool_call_id"):
            lines.append(f"for the call {message['tool_call_id']}")
        rows.append((message["role"], lines or ["(empty)"], tokens[place] if place < len(tokens) else None))
    most = max(tokens, default=1) or 1
    parts, top = [], 8
    for role, lines, count in rows:
        height = len(lines) * _LINE + 12
        box = _WIDTH - 116 - (126 if tokens else 0)
        fill = role if role in _FILLS else "other"
        parts += [_text(12, top + 21, role), _box(100, top, box, height, fill)]
        parts += [_text(110, top + 21 + _LINE * number, _cut(line, box - 14)) for number, line in enumerate(lines)]
        if count is not None:
            parts += [_box(_WIDTH - 126, top + 6, max(2, 60 * count / most), 20, "other")]
            parts += [_text(_WIDTH - 60, top + 21, f"{count:,}")]
        top += height + 6
    told = "; ".join(
        f"{role}: {' '.join(lines)}" + (f" ({n} tokens)" if n is not None else "") for role, lines, n in rows
    )
    _show(parts, top + 4, f"A conversation of {len(rows)} messages. {told}")


def draw_chunks(chunks: Sequence[ChatCompletionChunk], most: int = 60) -> None:
    """Draw a stream in the order of arrival: a box for each chunk with what it carries.

    Args:
        chunks: the chunks of one stream.
        most: how many are drawn; of a longer stream the middle is left out.
    """
    boxes = [_chunk_box(chunk) for chunk in chunks]
    if len(boxes) > most:
        left_out = len(boxes) - most + 1
        boxes[most // 2 : most // 2 + left_out] = [("ground", f"... {left_out} more ...")]
    parts, height = _flow([(fill, text, "") for fill, text in boxes])
    told = ", ".join(text for _, text in boxes)
    _show(parts, height, f"A stream of {len(chunks)} chunks from left to right, line by line: {told}")


def draw_parts(parts: Sequence[tuple[str, str]]) -> None:
    """Draw a text cut open: a box for each part, with its name below.

    Args:
        parts: pairs of a part of the text and what it is; long parts are shortened in the drawing.
    """
    fills = ["user", "assistant", "tool", "other", "system"]
    kinds = list(dict.fromkeys(name for _, name in parts))
    shown = [text if len(text) <= 60 else f"{text[:30]} ... {text[-10:]}" for text, _ in parts]
    boxes = [(fills[kinds.index(name) % len(fills)], text, name) for text, (_, name) in zip(shown, parts, strict=True)]
    drawn, height = _flow(boxes)
    told = ", then ".join(f"{name}: {text}" for _, text, name in boxes)
    _show(drawn, height, f"A text in {len(parts)} parts. {told}")


def draw_models(models: Iterable[Model]) -> None:
    """Draw models by where they run and by what goes in and comes out.

    Args:
        models: entries of `client.models.list()`.
    """
    kinds = {"embeddings": "text in, vectors out", "vision": "text and images in", "chat": "text in", "": "others"}
    places: dict[str, dict[str, list[str]]] = {}
    for model in models:
        data = read_meta_data(model)
        place = str(data.get("deployment_region") or data.get("deployment_country") or "place not stated")
        found = find_capabilities(model)
        kind = next(kind for capability, kind in kinds.items() if capability in found or not capability)
        places.setdefault(place, {}).setdefault(kind, []).append(model.id)
    columns = [kind for kind in reversed(kinds.values()) if any(kind in row for row in places.values())]
    wide = (_WIDTH - 8) / len(columns)
    parts, top, told = [], 8, []
    for number, column in enumerate(columns):
        parts.append(_text(12 + number * wide, top + 16, column))
    for place, row in places.items():
        top += _ROW + 10
        parts.append(_text(12, top, place, "quiet"))
        for number, column in enumerate(columns):
            for line, name in enumerate(row.get(column, [])):
                left, y = 8 + number * wide, top + 8 + line * 28
                parts += [_box(left, y, wide - 8, 24, ("user", "assistant", "tool", "other")[number % 4])]
                parts += [_text(left + 8, y + 17, _cut(name, (wide - 20) * 14 / 12), "small")]
        told.append(f"{place}: " + "; ".join(f"{kind}: {', '.join(names)}" for kind, names in row.items()))
        top += max(len(names) for names in row.values()) * 28
    _show(parts, top + 16, f"Models by place, and by what goes in and out. {'. '.join(told)}")


def draw_points(vectors: Any, labels: Sequence[str]) -> None:
    """Draw vectors in the plane in which they differ most (the first two principal components).

    Args:
        vectors: numbers of shape (n, dimensions).
        labels: n short names.
    """
    import numpy as np

    rows = np.asarray(vectors, dtype=float)
    centered = rows - rows.mean(axis=0)
    axes = np.linalg.svd(centered, full_matrices=False)[2][:2]
    # The sign of an axis is arbitrary; fixed, so that the same vectors give the same drawing.
    axes *= np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])[:, None]
    plane = centered @ axes.T
    low, high = plane.min(axis=0), plane.max(axis=0)
    scaled = (plane - low) / np.where(high > low, high - low, 1)
    height = 380
    parts, told, placed = [], [], []
    for number, (label, (right, up)) in enumerate(zip(labels, scaled, strict=True)):
        x, y = 30 + right * (_WIDTH - 60), height - 40 - up * (height - 80)
        end = x > _WIDTH * 0.6
        parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="6" fill="var(--line{number % len(_STROKES)})"/>')
        line = y + 5
        while any(abs(x - other) < _width(label) and abs(line - taken) < _LINE for other, taken in placed):
            line += 4
        placed.append((x, line))
        parts.append(_text(x - 12 if end else x + 12, line, label, anchor="end" if end else "start"))
        told.append(f"{label} at {right:.1f}, {up:.1f}")
    alt = f"{len(told)} points in a plane, close ones alike (right and up from 0 to 1): {'; '.join(told)}"
    _show(parts, height, alt)


def draw_lines(series: Mapping[str, Sequence[float]], across: str, up: str) -> None:
    """Draw numbers as lines over 1, 2, 3, ...

    Args:
        series: the numbers of each line by its name.
        across: what is counted from left to right, such as "turn".
        up: what the numbers are, such as "tokens sent".
    """
    longest = max(len(numbers) for numbers in series.values())
    most = max(max(numbers) for numbers in series.values()) or 1
    left, right, top = 70, _WIDTH - 30, 44 + 22 * len(series)
    bottom = top + 260
    step = 10 ** math.floor(math.log10(most))
    step = next(size for size in (step / 5, step / 2, step, step * 2) if most / size <= 6)
    parts = [_text(12, 18, up, "quiet"), _text(right, bottom + 40, across, "quiet", "end")]

    def point(number: int, value: float) -> tuple[float, float]:
        return left + (right - left) * number / max(longest - 1, 1), bottom - (bottom - top) * value / most

    for mark in range(int(most / step) + 1):
        y = point(0, mark * step)[1]
        parts.append(f'<path d="M{left},{y:.0f}H{right}" stroke="var(--quiet)" stroke-width="0.5"/>')
        parts.append(_text(left - 8, y + 4, f"{mark * step:,.6g}", "quiet", "end"))
    parts += [
        _text(point(number, 0)[0], bottom + 20, str(number + 1), "quiet", "middle")
        for number in range(0, longest, max(1, longest // 10))
    ]
    for number, (name, values) in enumerate(series.items()):
        points = " ".join("{:.0f},{:.0f}".format(*point(place, value)) for place, value in enumerate(values))
        color = f"var(--line{number % len(_STROKES)})"
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="3"/>')
        parts.append(f'<path d="M{left + 14},{38 + number * 22}h24" stroke="{color}" stroke-width="3"/>')
        parts.append(_text(left + 46, 43 + number * 22, name))
    told = "; ".join(f"{name} from {values[0]:,.6g} to {values[-1]:,.6g}" for name, values in series.items())
    _show(parts, bottom + 54, f"Lines of {up} by {across}, 1 to {longest}. {told}")


def draw_tree(root: Any, children: Callable[[Any], Iterable[Any]], label: Callable[[Any], str]) -> None:
    """Draw a tree: a line for each node, further to the right than the node above it.

    Args:
        root: the node at the top.
        children: returns the nodes right below a node.
        label: returns what to write for a node.
    """
    parts, rows = [], 0

    def draw(node: Any, depth: int) -> str:
        nonlocal rows
        x, y, told = 8 + depth * 36, 8 + rows * _ROW, []
        rows += 1
        name = _cut(label(node), _WIDTH - x - 24)
        parts.append(_box(x, y, _width(name) + 16, 26, ("assistant", "user", "tool", "other")[depth % 4]))
        parts.append(_text(x + 8, y + 18, name))
        for child in children(node):
            parts.append(f'<path d="M{x + 16.5},{y + 26}V{21 + rows * _ROW}h20" fill="none" stroke="var(--quiet)"/>')
            told.append(draw(child, depth + 1))
        return f"{name} (above {', '.join(told)})" if told else name

    alt = f"A tree, from the top: {draw(root, 0)}"
    _show(parts, rows * _ROW + 12, alt)


def _content(message: Mapping[str, Any]) -> list[str]:
    """Return a message's content part by part; of an image, the name of its file or the size of its data."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return [content]
    return [
        f"{part['type']}: {part.get('text') or _name(part.get('image_url', {}).get('url', ''))}" for part in content
    ]


def _name(url: str) -> str:
    return f"data URL, {len(url) / 1000:,.0f} kB" if url.startswith("data:") else url.rpartition("/")[2]


def _chunk_box(chunk: ChatCompletionChunk) -> tuple[str, str]:
    """Return the class of a chunk's box and its text."""
    if not chunk.choices:
        return "tool", f"usage: {chunk.usage.total_tokens} tokens" if chunk.usage else "no choices"
    choice = chunk.choices[0]
    if choice.delta.content:
        return "assistant", choice.delta.content
    thought = getattr(choice.delta, "reasoning", None) or getattr(choice.delta, "reasoning_content", None)
    if thought:
        return "other", thought
    if choice.finish_reason:
        return "user", f"finish_reason: {choice.finish_reason}"
    return "system", f"role: {choice.delta.role}" if choice.delta.role else "empty"


def _flow(boxes: Sequence[tuple[str, str, str]]) -> tuple[list[str], float]:
    """Place boxes (class, text, name below) side by side, line by line; return them and the height."""
    named = any(name for _, _, name in boxes)
    parts, left, top = [], 8.0, 8.0
    for fill, text, name in boxes:
        shown = json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"')
        wide = min(max(_width(shown), _width(name) * 0.9) + 14, _WIDTH - 16)
        if left + wide > _WIDTH - 8:
            left, top = 8.0, top + _ROW + (22 if named else 0)
        parts += [_box(left, top, wide, 26, fill), _text(left + 7, top + 18, _cut(shown, wide - 10))]
        if name:
            parts.append(_text(left + 7, top + 42, name, "quiet"))
        left += wide + 4
    return parts, top + _ROW + (26 if named else 8)


def _width(text: str) -> float:
    """Estimate the width of a text in pixels, rather too large."""
    narrow, wide = " .,:;'|!ijlt()[]", "mwMW%@"
    return sum(
        4.5 if letter in narrow else 13.5 if letter in wide else 9.8 if letter.isupper() else 8.3 for letter in text
    )


def _cut(text: str, wide: float) -> str:
    if _width(text) <= wide:
        return text
    while _width(text) > wide - 14:
        text = text[:-1]
    return f"{text}..."


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    kind = f' class="{kind}"' if kind else ""
    anchor = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:.0f}" y="{y:.0f}"{kind}{anchor} xml:space="preserve">{escape(text)}</text>'


def _box(x: float, y: float, wide: float, high: float, fill: str) -> str:
    return f'<rect x="{x:.0f}" y="{y:.0f}" width="{wide:.0f}" height="{high:.0f}" rx="5" fill="var(--{fill})"/>'


def _show(parts: Sequence[str], height: float, alt: str) -> None:
    """Show the parts as one drawing."""
    from IPython.display import HTML, display

    def colors(which: int) -> str:
        named = {"ink": ("#1f1a1e", "#f1ecf0"), "quiet": ("#5b5160", "#bfb4bd"), **_FILLS}
        named |= {f"line{number}": pair for number, pair in enumerate(_STROKES)}
        return "svg{" + ";".join(f"--{name}:{pair[which]}" for name, pair in named.items()) + "}"

    style = f"{colors(0)}@media(prefers-color-scheme:dark){{{colors(1)}}}{_STYLE}"
    size = f'width="{_WIDTH}" height="{height:.0f}"'
    ground = f'<rect width="{_WIDTH}" height="{height:.0f}" rx="8" fill="var(--ground)"/>'
    alt = escape(textwrap.shorten(alt, 900, placeholder=" ..."))
    frame = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" {size}'
    svg = f"<svg {frame}><style>{style}</style>{ground}{''.join(parts)}</svg>"
    # JupyterLab shows no SVG of a notebook that it does not trust yet, but an image in HTML.
    data = base64.b64encode(svg.encode()).decode()
    display(HTML(f'<img alt="{alt}" {size} src="data:image/svg+xml;base64,{data}">'))
