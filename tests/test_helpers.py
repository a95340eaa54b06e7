"""The small helpers: models, exercises, pictures."""

import base64
import io
import tomllib

import httpx2
import nbformat
import numpy as np
import openai
import pytest
from openai.types import Model
from PIL import Image

from helpers import check, download_boardwalk, find_capabilities, model_table, pick_model
from helpers.images import show_image
from helpers.models import CAPABILITIES, NoModelError
from sandbox.adapters.transports import SandboxTransport
from sandbox.service import Sandbox
from tools.lessons import ROOT


@pytest.fixture
def client():
    http_client = openai.DefaultHttpxClient(transport=SandboxTransport(Sandbox(pace=0)))
    with openai.OpenAI(api_key="sandbox", base_url="http://127.0.0.1:1/v2", http_client=http_client) as client:
        yield client


def model(name, **meta_data):
    extra = {"meta_data": meta_data} if meta_data else {}
    return Model.model_construct(id=name, object="model", created=0, owned_by="somebody", **extra)


class OtherClient:
    """Stands for a service with a list of models of its own."""

    def __init__(self, *models):
        page = type("Page", (), {"data": list(models)})()
        self.models = type("Models", (), {"list": lambda _: page})()


GPT_5 = {"chat", "tools", "vision", "json_schema", "reasoning", "responses"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (model("new-open", model_type="LLM", source_type="OPEN SOURCE"), {"chat", "completions"}),
        (model("new-closed", model_type="LLM", source_type="PROPRIETARY"), {"chat", "tools"}),
        (model("seeing", source_type="OPEN SOURCE", input_modalities="Text, Image"), {"chat", "completions", "vision"}),
        (model("vectors", hidden_size=768), {"embeddings"}),
        (model("vectors", model_type="EMBEDDING "), {"embeddings"}),
        (model("hearing", model_type="STT"), set()),
        # 0, empty, and null mean "not stated", so the id decides.
        (model("llava-v1.6-34b", max_sequence_length=0, input_modalities=[]), {"chat", "completions", "vision"}),
        (model("whisper-large-v3", model_type="NLP", hidden_size=0, input_modalities=None), set()),
        (model("gpt-5", model_type=None, source_type="", input_modalities=None), GPT_5),
        # What is stated wins.
        (model("gpt-5", model_type="LLM", input_modalities=["text"]), GPT_5 - {"vision"}),
        (model("a-new-embedder", model_type="LLM"), {"chat", "completions"}),
    ],
)
def test_capabilities_come_from_meta_data_then_from_known_ids(given, expected):
    assert find_capabilities(given) == expected


BOARDWALK = ROOT / "sandbox" / "assets" / "boardwalk.jpg"
KNOWN = tomllib.loads((ROOT / "tests" / "catalogues.toml").read_text("utf-8"))


@pytest.mark.parametrize("with_meta_data", [True, False], ids=["with meta_data", "without"])
@pytest.mark.parametrize("catalogue", KNOWN)
def test_capabilities_on_the_lists_that_the_service_had(catalogue, with_meta_data):
    wrong = {}
    for kind, names in KNOWN[catalogue].items():
        able = set(kind.split("-")) - {"other"}
        stated = {"source_type": "OPEN SOURCE" if "completions" in able else "PROPRIETARY"}
        stated["model_type"] = "EMBEDDING" if able == {"embeddings"} else "LLM" if able else "STT"
        stated["input_modalities"] = ["text", "image"] if "vision" in able else ["text"]
        for name in names:
            found = find_capabilities(model(name, **(stated if with_meta_data else {})))
            if found != able:
                wrong[name] = found ^ able
    assert wrong == {}


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_pick_model_takes_one_that_can(client, capability):
    name = pick_model(client, capability)
    models = {model.id: model for model in client.models.list()}
    assert capability in find_capabilities(models[name])


GERMANY = {"model_type": "LLM", "source_type": "OPEN SOURCE", "deployment_country": "Germany, EU"}


def test_pick_model_prefers_germany_and_avoids_what_ends():
    elsewhere, here, ending = (
        model("gpt-5"),
        model("new", **GERMANY),
        model("old", **GERMANY, end_of_life_date="2026-01-31"),
    )
    assert pick_model(OtherClient(elsewhere, ending, here), "chat") == "new"
    assert pick_model(OtherClient(ending, elsewhere), "chat") == "gpt-5"
    assert pick_model(OtherClient(ending), "chat") == "old"
    assert pick_model(OtherClient(model("a-new-one"), model("another")), "chat") == "a-new-one"


def test_readers_choose_for_themselves(monkeypatch, capsys):
    client = OtherClient(model("gpt-5"), model("gemini-3-flash"), model("text-embedding-bge-m3"))
    monkeypatch.setenv("MODEL", "gemini-3-flash")
    assert pick_model(client, "vision") == pick_model(client, "chat") == "gemini-3-flash"
    # A chat model gives no vectors, whatever the environment says.
    assert pick_model(client, "embeddings") == "text-embedding-bge-m3"
    monkeypatch.setenv("MODEL_VISION", "not-on-the-list")
    assert pick_model(client, "vision") == "not-on-the-list"
    assert "Model: not-on-the-list, as the environment asks for." in capsys.readouterr().out


def test_where_nobody_knows_pick_model_guesses_and_says_so(capsys):
    unknown = OtherClient(model("a-new-one"), model("text-embedding-bge-m3"))
    assert pick_model(unknown, "tools") == pick_model(unknown, "vision") == "a-new-one"
    assert capsys.readouterr().out.count("this is a guess") == 2


def test_pick_model_says_what_is_missing():
    with pytest.raises(NoModelError, match=r"no model that supports vision \(1 on its list\).*MODEL_VISION"):
        pick_model(OtherClient(model("a-new-one", input_modalities=["text"])), "vision")
    with pytest.raises(ValueError, match="Choose one of chat"):
        pick_model(OtherClient(), "chatting")


def test_a_wrong_key_or_address_gets_a_note_that_says_what_to_do(client):
    with pytest.raises(openai.AuthenticationError) as wrong_key:
        pick_model(client.with_options(api_key="another"), "chat")
    assert "Incorrect API key provided" in wrong_key.value.__notes__[0]
    assert "another" not in wrong_key.value.__notes__[0]
    with (
        openai.OpenAI(api_key="sandbox", base_url="http://127.0.0.1:9/v2", max_retries=0) as nobody,
        pytest.raises(openai.APIConnectionError) as no_answer,
    ):
        pick_model(nobody, "chat")
    assert "Nothing answers at http://127.0.0.1:9/v2/" in no_answer.value.__notes__[0]
    page = httpx2.MockTransport(lambda _: httpx2.Response(200, html="<html></html>"))
    with (
        openai.OpenAI(api_key="x", base_url="http://127.0.0.1/", http_client=httpx2.Client(transport=page)) as web_page,
        pytest.raises(AttributeError) as no_api,
    ):
        pick_model(web_page, "chat")
    assert "has to end in /v2" in no_api.value.__notes__[0]


def test_the_guessed_capabilities_agree_with_the_sandbox(client):
    """What the helper derives from outside has to be what the sandbox accepts."""
    from sandbox.catalogue import load_models

    for entry in client.models.list():
        # The service documents the Responses API for gpt-oss-120b "in part", so the helper chooses others.
        partly = {"responses"} if entry.id == "gpt-oss-120b" else set()
        assert find_capabilities(entry) == load_models()[entry.id].capabilities - partly - {"transcription"}, entry.id


def test_the_table_has_a_row_for_each_model(client):
    lines = model_table(client.models.list()).splitlines()
    assert len(lines) == 2 + len(client.models.list().data)
    assert "| `jina-embeddings-v2-base-de` | embeddings | 8,192 | - | 768 | Germany, EU |" in lines


def test_check_knows_what_the_sandbox_cannot_answer(client, capsys):
    for question, start in [
        ("Write a poem about rain.", "Not yet: it works. Your request is fine"),
        ("What is a rainbow?", "Done"),
    ]:
        messages = [{"role": "user", "content": question}]
        answer = client.chat.completions.with_raw_response.create(model="gpt-5", messages=messages)
        assert ("x-sandbox-unanswered" in answer.headers) == (start != "Done")
        check("it works", lambda: True, answer.parse())
        assert capsys.readouterr().out.startswith(start)


@pytest.mark.parametrize(
    ("test", "start"), [(lambda: 3, "Done: "), (lambda: None, "Not yet: "), (lambda: None.text, "Not yet: ")]
)
def test_check_never_raises(capsys, test, start):
    check("it works", test)
    assert capsys.readouterr().out.startswith(f"{start}it works")


def test_the_boardwalk_is_a_drawing_for_the_sandbox(client, capsys):
    assert download_boardwalk(client, "https://photographs.invalid/") == BOARDWALK.read_bytes()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("sent", [b"<html>Log in</html>", None])
def test_the_boardwalk_is_a_drawing_where_the_photograph_cannot_be_downloaded(monkeypatch, capsys, sent):
    assert download_photograph(monkeypatch, sent) == BOARDWALK.read_bytes()
    assert "cannot be downloaded" in capsys.readouterr().out


def test_the_boardwalk_is_the_photograph_elsewhere(monkeypatch, capsys):
    assert download_photograph(monkeypatch, b"\xff\xd8 photograph") == b"\xff\xd8 photograph"
    assert capsys.readouterr().out == ""


def download_photograph(monkeypatch, sent):
    """Call the function where the web answers with the bytes, or does not answer (None)."""

    def get(url, **_):
        if sent is None:
            raise httpx2.ConnectError("Nobody is there.")
        return httpx2.Response(200, content=sent)

    monkeypatch.setattr(httpx2, "get", get)
    page = openai.DefaultHttpxClient(transport=WithoutMark(Sandbox(pace=0)))
    other = openai.OpenAI(api_key="sandbox", base_url="http://127.0.0.1:1/v2", http_client=page)
    return download_boardwalk(other, "https://photographs.invalid/")


class WithoutMark(SandboxTransport):
    """A service that does not say that it is the sandbox."""

    def handle_request(self, request):
        response = super().handle_request(request)
        del response.headers["x-sandbox"]
        return response


def test_a_shown_picture_is_upright_and_on_white(monkeypatch):
    displayed = []
    monkeypatch.setattr("IPython.display.display", displayed.append)
    image = Image.new("RGBA", (60, 30), (0, 0, 0, 0))
    image.getexif()[0x0112] = 6
    show_image(image, alt="Nothing")
    shown = Image.open(io.BytesIO(displayed[0].data)).convert("RGB")
    assert shown.size == (30, 60)
    assert shown.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("size", "shown"), [((1280, 400), (640, 200)), ((100, 50), (100, 50)), ((10, 2000), (10, 2000))]
)
def test_a_shown_picture_is_small_and_has_alternative_text(monkeypatch, tmp_path, size, shown):
    displayed = []
    monkeypatch.setattr("IPython.display.display", displayed.append)
    Image.new("RGB", size, "green").save(tmp_path / "green.png")
    show_image(tmp_path / "green.png", alt="A green area")
    assert Image.open(io.BytesIO(displayed[0].data)).size == shown
    _, metadata = displayed[0]._repr_mimebundle_()
    assert "A green area" in str(metadata)


RAMP = np.tile(np.arange(256), (8, 1))
SIXTEEN_BITS = (RAMP * 257).astype(np.uint16)
TURNED = Image.Exif()
TURNED[0x0112] = 6


def encode(image: Image.Image, format_: str, **options: object) -> io.BytesIO:
    file = io.BytesIO()
    image.save(file, format_, **options)
    return file


# A ramp from black to white in every mode that a file can bring, but for the colors that need no more than `convert`.
GRAYS = {
    "1 bit": encode(Image.fromarray(RAMP.astype(np.uint8)).convert("1"), "PNG"),
    "8 bits": encode(Image.fromarray(RAMP.astype(np.uint8)), "PNG"),
    "palette": encode(Image.fromarray(RAMP.astype(np.uint8)).convert("P"), "GIF"),
    "animation": encode(
        Image.fromarray(RAMP.astype(np.uint8)), "GIF", save_all=True, append_images=[Image.new("L", (256, 8))]
    ),
    "four inks": encode(Image.fromarray(RAMP.astype(np.uint8)).convert("CMYK"), "JPEG"),
    "16 bits": encode(Image.fromarray(SIXTEEN_BITS), "PNG"),
    "16 bits, turned": encode(Image.fromarray(SIXTEEN_BITS), "PNG", exif=TURNED),
    "16 bits, TIFF": encode(Image.fromarray(SIXTEEN_BITS), "TIFF"),
    "16 bits, high byte first": encode(
        Image.frombytes("I;16B", (256, 8), SIXTEEN_BITS.astype(">u2").tobytes()), "TIFF"
    ),
    "16 bits, PGM": io.BytesIO(b"P5 256 8 65535\n" + SIXTEEN_BITS.astype(">u2").tobytes()),
    "32 bits": encode(Image.fromarray((RAMP * 8_000_000).astype(np.int32)), "TIFF"),
    "floats to 1": encode(Image.fromarray((RAMP / 255).astype(np.float32)), "TIFF"),
    "floats to 255": encode(Image.fromarray(RAMP.astype(np.float32)), "TIFF"),
}
EACH_GRAY = pytest.mark.parametrize("name", GRAYS)


def mean_gray(picture: bytes) -> float:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("L")).mean()


@EACH_GRAY
def test_a_shown_picture_keeps_its_grays(monkeypatch, name):
    displayed = []
    monkeypatch.setattr("IPython.display.display", displayed.append)
    show_image(Image.open(GRAYS[name]), alt="A ramp from black to white")
    assert mean_gray(displayed[0].data) == pytest.approx(127.5, abs=1)


@EACH_GRAY
def test_a_picture_is_sent_with_its_grays(name):
    """The function of the lesson is there to be taken along, so it has to do with pictures that the lesson has not."""
    cells = nbformat.read(ROOT / "notebooks" / "13_own_image.ipynb", as_version=4).cells
    [source] = [cell.source for cell in cells if "def to_data_url" in cell.source]
    names = {"base64": base64, "BytesIO": io.BytesIO, "Image": Image}
    exec(source, names)
    sent = base64.b64decode(names["to_data_url"](GRAYS[name]).partition(",")[2])
    assert mean_gray(sent) == pytest.approx(127.5, abs=1)
    assert Image.open(io.BytesIO(sent)).size == ((8, 256) if "turned" in name else (256, 8))


@pytest.mark.parametrize("mode", ["LA", "RGBA", "P"])
def test_a_shown_picture_is_on_white_whatever_says_that_it_is_transparent(monkeypatch, mode):
    displayed = []
    monkeypatch.setattr("IPython.display.display", displayed.append)
    options = {"transparency": 0} if mode == "P" else {}
    show_image(Image.open(encode(Image.new(mode, (8, 8), 0), "PNG", **options)), alt="Nothing")
    assert mean_gray(displayed[0].data) == 255
