"""Images with the `openai` package, against the sandbox in-process: generated, edited, and refused."""

import base64
import io
import struct
import zlib

import openai
import pytest
from direct_requests import content, post
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sandbox.adapters.transports import SandboxTransport
from sandbox.catalogue import load_models
from sandbox.engines import vision
from sandbox.engines.drawing import draw
from sandbox.service import Sandbox

MODEL = "gpt-image-1"
BOATS = "Three large red boats on the sea at sunset"
WHITE, RED = (255, 255, 255), (215, 30, 35)


@pytest.fixture
def client():
    transport = SandboxTransport(Sandbox(pace=0))
    with openai.OpenAI(
        api_key="sandbox",
        base_url="http://localhost/v2",
        max_retries=0,
        http_client=openai.DefaultHttpxClient(transport=transport),
    ) as client:
        yield client


def opened(item):
    """Open the image of an answer."""
    return Image.open(io.BytesIO(base64.b64decode(item.b64_json)))


def file_of(kind="PNG", size=(320, 200), color="white", **options):
    """Return the bytes of an image of one color."""
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, kind, **options)
    return buffer.getvalue()


def colors_of(data):
    """Return the colors of an image, but for the rare ones at the edges of letters."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    return {color for count, color in image.getcolors(image.width * image.height) if count > 500}


def refusal(call, **request):
    """Return the status of a refused request and what its body says."""
    with pytest.raises(openai.APIStatusError) as refused:
        call(**{"model": MODEL, "prompt": BOATS} | request)
    return refused.value.status_code, str(refused.value.body)


def test_an_answer_has_one_png_file_that_says_where_it_is_from(client):
    answer = client.images.generate(model=MODEL, prompt=BOATS)
    [item] = answer.data
    assert item.url is None
    image = opened(item)
    assert (image.format, image.size, image.text["Software"]) == ("PNG", (1024, 1024), "sandbox")
    assert len(base64.b64decode(item.b64_json)) < 30_000


def test_the_same_prompt_gives_the_same_images_and_n_gives_different_ones(client):
    once, again = (client.images.generate(model=MODEL, prompt=BOATS, n=4) for _ in range(2))
    assert [item.b64_json for item in once.data] == [item.b64_json for item in again.data]
    assert len({item.b64_json for item in once.data}) == 4


@pytest.mark.parametrize(
    ("asked", "size"), [("1536x1024", (1536, 1024)), ("1024x1536", (1024, 1536)), ("auto", (1024, 1024))]
)
def test_the_sizes_of_openai(client, asked, size):
    assert opened(client.images.generate(model=MODEL, prompt=BOATS, size=asked).data[0]).size == size


@pytest.mark.parametrize(
    ("prompt", "seen", "unseen"),
    [
        (BOATS, ["orange", "blue", "red", "It looks like a drawing"], ["yellow"]),
        ("A large yellow sun over a light blue sea", ["yellow", "light blue"], ["red"]),
        ("A meadow with a huge pink heart, without a sun", ["green", "pink"], ["yellow"]),
        ("Huge purple circles on a gray background", ["purple", "gray"], ["red"]),
        ("A red horse and a huge box", ["blue"], ["red"]),
    ],
)
def test_vision_sees_what_was_drawn(client, prompt, seen, unseen):
    [item] = client.images.generate(model=MODEL, prompt=prompt).data
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{item.b64_json}"}}
    question = {"type": "text", "text": "Which colors are in the image? Is it a drawing?"}
    answer = client.chat.completions.create(model="gpt-4.1", messages=[{"role": "user", "content": [question, image]}])
    text = answer.choices[0].message.content
    assert [word for word in seen if word not in text] == []
    assert [word for word in unseen if word in text] == []


def test_what_cannot_be_drawn_is_named_in_the_band():
    plain, more = (draw(prompt, (1024, 1024), 0) for prompt in ("A red circle", "A red circle, photorealistic"))
    band = (0, 960, 1024, 1024)
    different = [Image.open(io.BytesIO(file)).convert("RGB").crop(band).tobytes() for file in (plain, more)]
    assert different[0] != different[1]
    assert {(0, 0, 0), WHITE, RED} <= colors_of(plain)


def test_a_place_is_kept():
    image = Image.open(io.BytesIO(draw("A red circle on the left, a blue square on the right", (1024, 1024), 0)))
    left, right = (image.convert("RGB").crop(box) for box in ((0, 0, 512, 900), (512, 0, 1024, 900)))
    assert [RED in {color for _, color in half.getcolors(10**6)} for half in (left, right)] == [True, False]


@pytest.mark.parametrize(
    ("wrong", "status", "reason"),
    [
        ({"prompt": ""}, 400, "prompt"),
        ({"prompt": "  \n"}, 400, "prompt"),
        ({"prompt": "x" * 32_001}, 400, "at most 32000"),
        ({"size": "512x512"}, 400, "must be one of '1024x1024'"),
        ({"n": 5}, 400, "n: must be at most 4"),
        ({"quality": "low"}, 400, "The sandbox has no quality. It is OpenAI's and not documented for the service."),
        ({"output_format": "jpeg"}, 400, "no output_format"),
        ({"response_format": "url"}, 400, "no response_format"),
        ({"stream": True}, 400, "no stream"),
        ({"model": "gpt-4.1"}, 400, "It cannot draw: choose gpt-image-1."),
        ({"model": "gpt-oss-120b"}, 400, "It cannot draw"),
        ({"model": "none"}, 404, "does not exist"),
    ],
)
def test_requests_for_an_image_that_are_refused(client, wrong, status, reason):
    assert refusal(client.images.generate, **wrong)[0] == status
    assert reason in refusal(client.images.generate, **wrong)[1]


def test_an_image_model_only_draws(client):
    question = [{"role": "user", "content": "What is a rainbow?"}]
    assert refusal(lambda prompt, **request: client.chat.completions.create(**request), messages=question)[0] == 400
    assert [model.id for model in load_models().values() if "images" in model.capabilities] == [MODEL]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_an_edit_draws_onto_the_image(client, kind):
    for image in (file_of(kind), (f"photo.{kind.lower()}", file_of(kind)), [file_of(kind)]):
        [item] = client.images.edit(model=MODEL, prompt="Add a red circle, under a gray sky", image=image).data
        edited = opened(item)
        assert (edited.format, edited.size, edited.text["Software"]) == ("PNG", (320, 200), "sandbox")
        assert colors_of(base64.b64decode(item.b64_json)) >= {WHITE, RED}
        assert edited.getpixel((2, 2)) == WHITE  # neither sky nor ground covers it


def test_an_edit_keeps_the_photograph_upright(client):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    [item] = client.images.edit(model=MODEL, prompt="Add a sun", image=file_of("JPEG", exif=exif)).data
    assert opened(item).size == (200, 320)


def huge_png(width, height):
    """Return a PNG file of a few bytes that says that it has many pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\0" * 1000)
    chunks = [
        part[:0] + struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
        for part in (header, data, b"IEND")
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (b"", "The image is empty (0 bytes)."),
        (b"hello", "This is not an image. Send the bytes of a PNG, JPEG, or WebP file."),
        (b"%PDF-1.7", "This is a PDF document."),
        (file_of("GIF"), "PNG, JPEG, or WebP"),
        (file_of()[:120], "damaged or cut off"),
        (file_of("JPEG")[:300], "damaged or cut off"),
        (file_of(size=(63, 63)), "63 x 63 pixels. Send 64 to 2,048 a side."),
        (file_of(size=(2049, 64)), "2049 x 64 pixels"),
        (huge_png(50_000, 50_000), "more than 40,000,000 pixels. Shrink it first."),
        (huge_png(2000, 2000), "damaged or cut off"),
        ([file_of(), file_of()], "image: must have at most 1 item"),
    ],
    ids=range(11),
)
def test_images_that_are_refused(client, image, reason):
    status, body = refusal(client.images.edit, image=image)
    assert (status, reason in body) == (400, True), body


def test_other_requests_for_an_edit_that_are_refused(client):
    image = file_of()
    assert "prompt" in refusal(client.images.edit, image=image, prompt=" ")[1]
    assert "no mask" in refusal(client.images.edit, image=image, mask=image)[1]
    assert "It returns one image, of the same size" in refusal(client.images.edit, image=image, size="1024x1024")[1]
    assert "The sandbox has no n." in refusal(client.images.edit, image=image, n=2)[1]
    assert "It cannot draw" in refusal(client.images.edit, image=image, model="gpt-4.1")[1]
    json = post(Sandbox(), "/v2/images/edits", {"model": MODEL, "prompt": BOATS, "image": "x"})
    assert (json.status, "multipart/form-data" in str(content(json))) == (400, True)
    form = b'--x\r\ncontent-disposition: form-data; name="image"\r\n\r\nno file\r\n--x--\r\n'
    headers = {"content-type": "multipart/form-data; boundary=x"}
    reply = post(Sandbox(), "/v2/images/edits", form, headers)
    assert (reply.status, "must be a file, not text" in str(content(reply))) == (400, True)


def test_the_queue_has_images_and_vision_does_not():
    body = {"model": MODEL, "prompt": BOATS}
    replies = {base: post(Sandbox(), f"{base}/images/generations", body) for base in ("/v2", "/queue", "/vision")}
    assert {base: reply.status for base, reply in replies.items()} == {"/v2": 200, "/queue": 200, "/vision": 404}
    assert content(replies["/v2"])["data"] == content(replies["/queue"])["data"]


@given(st.text(st.characters(), min_size=1, max_size=300))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_any_prompt_gives_an_image(prompt):
    assert vision.read_picture(draw(prompt, (320, 200), 1)).width == 320


@pytest.mark.parametrize(
    "prompt", ["boats " * 5000, '"' * 30_000, "9" * 32_000, "'" + "x " * 15_000 + "'", "no " * 9000]
)
def test_long_prompts_give_an_image(prompt):
    assert draw(prompt, (1024, 1024), 0)
