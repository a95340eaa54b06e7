"""The drawings of live objects: well-formed, within their width, readable in light and dark, and told in words."""

import base64
import re
import xml.etree.ElementTree as ET

import numpy as np
import openai
import pytest
from bs4 import BeautifulSoup
from IPython.display import HTML
from openai.types.chat import ChatCompletionChunk

from helpers import diagrams
from sandbox.adapters.transports import SandboxTransport
from sandbox.service import Sandbox

SVG = "{http://www.w3.org/2000/svg}"
TOOL = {"type": "function", "function": {"name": "get_price", "description": "Get the price of a ticket"}}
TOOL["function"]["parameters"] = {"type": "object", "properties": {"day": {"type": "string"}}, "required": ["day"]}


class Drawing:
    """What a cell shows."""

    def __init__(self, shown: HTML):
        image = BeautifulSoup(shown.data, "html.parser").img
        self.source = base64.b64decode(image["src"].removeprefix("data:image/svg+xml;base64,")).decode()
        self.svg = ET.fromstring(self.source)
        self.alt = image["alt"]
        self.size = (image["width"], image["height"])

    def texts(self) -> list[str]:
        return [text.text or "" for text in self.svg.iter(f"{SVG}text")]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Drawing]:
    """Collects what is shown, and checks at the end what holds for every drawing."""
    shown: list[Drawing] = []
    monkeypatch.setattr("IPython.display.display", lambda data: shown.append(Drawing(data)))
    yield shown
    assert shown
    for drawing in shown:
        assert drawing.alt
        assert drawing.size == (drawing.svg.get("width"), drawing.svg.get("height"))
        width, height = float(drawing.svg.get("width")), float(drawing.svg.get("height"))
        for box in drawing.svg.iter(f"{SVG}rect"):
            assert float(box.get("x", 0)) + float(box.get("width")) <= width
            assert float(box.get("y", 0)) + float(box.get("height")) <= height
        for text in drawing.svg.iter(f"{SVG}text"):
            assert 0 < float(text.get("y")) < height
            assert 0 < float(text.get("x")) < width


@pytest.fixture
def client() -> openai.OpenAI:
    http_client = openai.DefaultHttpxClient(transport=SandboxTransport(Sandbox(pace=0)))
    with openai.OpenAI(api_key="sandbox", base_url="http://127.0.0.1:1/v2", http_client=http_client) as client:
        yield client


def test_messages_show_roles_calls_ids_and_tokens(client: openai.OpenAI, drawn: list[Drawing]) -> None:
    question = {"role": "user", "content": "What is the price of a ticket on Sunday? " * 20}
    reply = client.chat.completions.create(model="gpt-oss-120b", messages=[question], tools=[TOOL])
    message = reply.choices[0].message
    call = message.tool_calls[0]
    result = {"role": "tool", "tool_call_id": call.id, "content": "<6 euros & more>"}
    picture = {
        "role": "user",
        "content": [
            {"type": "text", "text": "Look"},
            {"type": "image_url", "image_url": {"url": "https://x.example/a.jpg"}},
        ],
    }
    diagrams.draw_messages([question, message, result, picture, {"role": "assistant", "content": None}], [150, 9])
    texts = drawn[0].texts()
    assert [text for text in texts if text in ("user", "assistant", "tool")] == [
        "user", "assistant", "tool", "user", "assistant",
    ]  # fmt: skip
    assert f"with the id {call.id}" in texts
    assert f"for the call {call.id}" in texts
    assert {"<6 euros & more>", "text: Look", "image_url: a.jpg", "(empty)", "150", "9"} <= set(texts)
    assert "5 messages" in drawn[0].alt


def test_chunks_show_what_each_carries(client: openai.OpenAI, drawn: list[Drawing]) -> None:
    request = {"model": "gpt-oss-120b", "messages": [{"role": "user", "content": "What is a rainbow?"}], "stream": True}
    chunks = list(client.chat.completions.create(**request, stream_options={"include_usage": True}))
    diagrams.draw_chunks(chunks)
    texts = drawn[0].texts()
    assert len(texts) == 60
    assert texts[0] == "role: assistant"
    assert texts[-2:] == ["finish_reason: stop", f"usage: {chunks[-1].usage.total_tokens} tokens"]
    assert any(text.endswith("more ...") for text in texts)
    # An error in mid-stream leaves neither choices nor usage.
    broken = ChatCompletionChunk.model_construct(choices=None, usage=None)
    diagrams.draw_chunks([*chunks[:1], broken])
    assert drawn[1].texts() == ["role: assistant", "no choices"]


def test_parts_are_named_and_long_ones_shortened(drawn: list[Drawing]) -> None:
    diagrams.draw_parts([("data:", "scheme"), ("A" * 500, "the file"), ("\n", "end of line")])
    assert drawn[0].texts()[::2] == ["data:", f"{'A' * 30} ... {'A' * 10}", "\\n"]
    assert drawn[0].texts()[1::2] == ["scheme", "the file", "end of line"]


def test_models_stand_by_place_and_kind(client: openai.OpenAI, drawn: list[Drawing]) -> None:
    models = client.models.list().data
    diagrams.draw_models(models)
    assert [model.id for model in models if model.id not in drawn[0].alt] == []
    assert {"otc-germany", "azure-sweden-central", "text in, vectors out"} <= set(drawn[0].texts())
    diagrams.draw_models([models[0].model_copy(update={"meta_data": None})])
    assert "place not stated" in drawn[1].texts()


def test_close_vectors_are_close_points(drawn: list[Drawing]) -> None:
    vectors = np.array([[1.0, 0, 0], [0.9, 0.1, 0], [0, 0, 1.0]])
    diagrams.draw_points(vectors, ["a", "b", "c"])
    a, b, c = (np.array([float(p.get("cx")), float(p.get("cy"))]) for p in drawn[0].svg.iter(f"{SVG}circle"))
    assert np.linalg.norm(a - b) < np.linalg.norm(a - c)
    diagrams.draw_points(vectors, ["a", "b", "c"])
    assert drawn[1].source == drawn[0].source
    diagrams.draw_points(vectors[:2], ["a", "b"])


def test_lines_rise_with_their_numbers(drawn: list[Drawing]) -> None:
    diagrams.draw_lines({"all": [1, 400, 900], "some": [0, 0, 3]}, across="turn", up="tokens")
    all_, some = (
        [float(y) for y in re.findall(r",(\d+)", line.get("points"))] for line in drawn[0].svg.iter(f"{SVG}polyline")
    )
    assert all_[0] > all_[1] > all_[2]
    assert some[2] > all_[2]
    assert {"all", "some", "turn", "tokens", "800"} <= set(drawn[0].texts())
    diagrams.draw_lines({"none": [0]}, across="turn", up="tokens")


def test_a_tree_shows_and_tells_every_node(drawn: list[Drawing]) -> None:
    tree = {"root": ["left", "right"], "left": ["below"]}
    diagrams.draw_tree("root", lambda node: tree.get(node, []), str)
    assert drawn[0].texts() == ["root", "left", "below", "right"]
    assert drawn[0].alt == "A tree, from the top: root (above left (above below), right)"
    diagrams.draw_tree("a long name " * 20, lambda _: [], str)


def luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted([luminance(first), luminance(second)])
    return (high + 0.05) / (low + 0.05)


def test_text_and_lines_can_be_read_in_light_and_dark(drawn: list[Drawing]) -> None:
    diagrams.draw_parts([("text", "name")])
    for scheme in re.findall(r"svg\{(--ink.*?)\}", drawn[0].source):
        colors = dict(re.findall(r"--(\w+):(#\w+)", scheme))
        fills = ("ground", "system", "user", "assistant", "tool", "other")
        assert all(contrast(colors["ink"], colors[fill]) >= 4.5 for fill in fills)
        assert contrast(colors["quiet"], colors["ground"]) >= 4.5
        assert all(contrast(colors[f"line{number}"], colors["ground"]) >= 3 for number in range(4))
    assert drawn[0].source.count("--ink:") == 2
