"""The sandbox is safe by default: who may ask, and how much."""

import io
import json
import struct
import zlib
from base64 import b64encode

import pytest
from direct_requests import CHAT, KEY, QUESTION, chat, content, post
from PIL import Image

from sandbox.__main__ import main
from sandbox.core.requests import MAX_BODY_BYTES
from sandbox.service import Sandbox

MODEL = "Llama-3.3-70B-Instruct"
VISION = "Qwen3-VL-30B-A3B-Instruct-FP8"


def models(sandbox, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return sandbox.handle("GET", "/v2/models", KEY | named, b"")


@pytest.mark.parametrize("host", ["127.0.0.1:8011", "localhost", "LOCALHOST:1", "[::1]:8011", "127.0.0.1"])
def test_names_of_this_machine_are_answered(host):
    assert models(Sandbox(), host=host).status == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8011", "127.0.0.1.evil.example", "", "[broken", "a@b"])
def test_other_names_are_refused_with_the_cure(host):
    reply = models(Sandbox(), host=host)
    assert reply.status == 403
    assert "--allow-host" in content(reply)["detail"]


def test_a_host_name_can_be_allowed():
    assert models(Sandbox(hosts=["Sandbox.Example"]), host="sandbox.example:80").status == 200
    assert models(Sandbox(hosts=["sandbox.example"]), host="other.example").status == 403


def test_pages_of_other_origins_are_refused_unless_they_were_allowed():
    reply = models(Sandbox(), origin="https://evil.example")
    assert reply.status == 403
    assert "--allow-origin https://evil.example" in content(reply)["detail"]
    assert "access-control-allow-origin" not in reply.headers
    assert models(Sandbox(), origin="null").status == 403
    allowed = models(Sandbox(origins=["https://docs.example"]), origin="https://docs.example")
    assert (allowed.status, allowed.headers["access-control-allow-origin"]) == (200, "https://docs.example")
    assert models(Sandbox(origins=["https://docs.example"]), origin="https://evil.example").status == 403
    assert models(Sandbox(origins=["*"]), origin="https://evil.example").status == 200


def test_errors_can_be_read_by_an_allowed_page_too():
    sandbox = Sandbox(origins=["https://docs.example"])
    reply = post(sandbox, CHAT, b"{", {"origin": "https://docs.example"})
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (400, "https://docs.example")


def test_the_own_origin_is_answered():
    assert models(Sandbox(), origin="http://127.0.0.1:8011").status == 200
    assert models(Sandbox(), origin="http://127.0.0.1:9999").status == 403


def test_a_preflight_request_is_answered_for_allowed_pages_only():
    def preflight(sandbox):
        headers = {"host": "localhost", "origin": "https://docs.example", "access-control-request-method": "POST"}
        return sandbox.handle("OPTIONS", CHAT, headers, b"")

    assert preflight(Sandbox()).status == 403
    reply = preflight(Sandbox(origins=["https://docs.example"]))
    assert (reply.status, list(reply.pieces)) == (204, [])
    assert "authorization" in reply.headers["access-control-allow-headers"]
    assert Sandbox().handle("OPTIONS", CHAT, KEY, b"").status == 405


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic sandbox", "sandbox", "Bearer Sandbox", "Bearer ü"])
def test_any_key_but_its_own_is_refused(value):
    reply = models(Sandbox(), authorization=value)
    assert reply.status == 401
    assert "API key" in content(reply)["detail"]


def test_a_body_that_is_nested_too_deep_is_refused():
    for depth, problem in [(40, "must be an object"), (400, "nested deeper"), (100_000, "not valid JSON")]:
        body = b'{"model": "x", "messages": ' + b"[" * depth + b"]" * depth + b"}"
        reply = post(Sandbox(), CHAT, body)
        assert reply.status == 400
        assert problem in str(content(reply)["detail"])
    wide = {"model": MODEL, "messages": QUESTION, "stop": ["a"], "metadata": {str(n): "x" for n in range(1000)}}
    assert post(Sandbox(), CHAT, wide).status == 200


def test_a_large_body_is_refused_and_one_below_the_limit_is_read():
    for size, status in [(MAX_BODY_BYTES + 1, 413), (MAX_BODY_BYTES, 400)]:
        assert post(Sandbox(), CHAT, b" " * size).status == status


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"NaN", b"Infinity", b"1" * 5000])
def test_numbers_that_are_none_are_refused(number):
    reply = post(Sandbox(), CHAT, b'{"model": "gpt-4.1", "seed": ' + number + b"}")
    assert reply.status == 400
    assert "not valid JSON" in content(reply)["detail"]


def png_with(width, height):
    """A PNG of a few bytes that says it has that many pixels, all of one color."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(height * (1 + (width + 7) // 8)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(20_000, 20_000), (60_000, 3_000)])
def test_a_decompression_bomb_is_a_clear_error(size):
    url = f"data:image/png;base64,{b64encode(png_with(*size)).decode()}"
    assert len(url) < 200_000
    parts = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": url}}]
    reply = chat(Sandbox(), VISION, messages=[{"role": "user", "content": parts}])
    assert reply.status == 400
    assert "pixels" in content(reply)["detail"]


def test_many_pictures_are_bounded():
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(buffer, "PNG")
    url = f"data:image/png;base64,{b64encode(buffer.getvalue()).decode()}"
    part = {"type": "image_url", "image_url": {"url": url}}
    assert chat(Sandbox(), VISION, messages=[{"role": "user", "content": [part] * 16}]).status == 200
    reply = chat(Sandbox(), VISION, messages=[{"role": "user", "content": [part] * 17}])
    assert reply.status == 400
    assert "16 images" in content(reply)["detail"]


def test_the_command_line_refuses_settings_that_make_no_sense(capsys):
    for arguments in (["--pace", "-1"], ["--pace", "nan"], ["--requests-per-minute", "0"], ["--catalogue", "x"]):
        with pytest.raises(SystemExit):
            main(arguments)
        assert "error:" in capsys.readouterr().err


def test_the_command_line_prints_the_openapi_document(capsys):
    assert main(["--openapi"]) == 0
    assert json.loads(capsys.readouterr().out)["openapi"] == "3.1.0"
