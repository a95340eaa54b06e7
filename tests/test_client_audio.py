"""Speech to text with the `openai` package, against the sandbox in-process."""

import io
import struct
import sys
import wave
from pathlib import Path

import numpy as np
import openai
import pytest
from direct_requests import KEY, content
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.models import find_capabilities
from sandbox.adapters.transports import SandboxTransport
from sandbox.core.requests import MAX_BODY_BYTES
from sandbox.engines import speech
from sandbox.service import Sandbox

SOUNDS = Path(__file__).parents[1] / "notebooks" / "sounds"
MACHINE, VISITOR, GERMAN = (SOUNDS / f"{name}.wav" for name in ("answering_machine", "visitor", "german"))
MODEL = "whisper-large-v3"
needs_recognizer = pytest.mark.skipif("not __import__('importlib.util').util.find_spec('pocketsphinx')")


@pytest.fixture(scope="module")
def client():
    transport = SandboxTransport(Sandbox(pace=0))
    with openai.OpenAI(
        api_key="sandbox",
        base_url="http://localhost/v2",
        max_retries=0,
        http_client=openai.DefaultHttpxClient(transport=transport),
    ) as client:
        yield client


def transcribe(client, file, **more):
    return client.audio.transcriptions.create(**{"model": MODEL, "file": file} | more)


def refusal(client, file=MACHINE, **more):
    """Return the status of a refused request and what its body says."""
    with pytest.raises(openai.APIStatusError) as refused:
        transcribe(client, file, **more)
    return refused.value.status_code, str(refused.value.body)


def make_wav(samples, rate=16_000, width=2, channels=1):
    """Return a WAV file with the same samples, from -1 to 1, in each channel."""
    bits = np.repeat(np.round(samples * (2 ** (8 * width - 1) - 1)).astype(np.int64), channels)
    raw = (bits + 128).astype(np.uint8) if width == 1 else bits.astype("<i8").view(np.uint8).reshape(-1, 8)[:, :width]
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(raw.tobytes())
    return ("recording.wav", buffer.getvalue())


def read_samples():
    """Return the first sentences of the answering machine: to recognize all of them takes three times as long."""
    with wave.open(str(MACHINE)) as file:
        return np.frombuffer(file.readframes(file.getframerate() * 7 // 2), "<i2") / 32_768


@needs_recognizer
def test_most_words_are_recognized_and_the_tokens_are_those_of_the_text(client):
    answer = transcribe(client, MACHINE, language="en", temperature=0)
    assert "we open at seven every day" in answer.text
    assert "in the evening" in answer.text
    assert answer.usage.prompt_tokens == 0
    assert answer.usage.total_tokens == answer.usage.completion_tokens > 20


@needs_recognizer
def test_the_same_recording_gives_the_same_whatever_came_before(client):
    alone = transcribe(client, VISITOR).text
    transcribe(client, MACHINE)
    assert transcribe(client, VISITOR).text == alone
    assert transcribe(client.with_options(base_url="http://localhost/queue"), VISITOR).text == alone


@needs_recognizer
@pytest.mark.parametrize(("width", "channels"), [(1, 1), (2, 2), (3, 1), (4, 2)])
def test_each_width_and_number_of_channels_is_read(client, width, channels):
    found = transcribe(client, make_wav(read_samples(), width=width, channels=channels)).text
    assert "we open at seven every day" in found


@needs_recognizer
@pytest.mark.parametrize("rate", [11_025, 44_100, 48_000])
def test_each_rate_is_read(client, rate):
    samples = read_samples()
    count = len(samples) * rate // 16_000
    changed = np.fft.irfft(np.fft.rfft(samples), count) * (count / len(samples))
    assert "at seven every day" in transcribe(client, make_wav(changed, rate)).text


@needs_recognizer
def test_a_translation_of_english_is_the_same_text_and_the_package_calls_it_deprecated(client):
    with pytest.warns(DeprecationWarning, match="deprecated"):
        translated = client.audio.translations.create(model=MODEL, file=MACHINE)
    assert translated.text == transcribe(client, MACHINE).text


@needs_recognizer
def test_text_alone_comes_as_text(client):
    assert transcribe(client, MACHINE, response_format="text").strip() == transcribe(client, MACHINE).text


@needs_recognizer
def test_silence_has_no_words_and_what_is_no_english_is_refused(client):
    assert transcribe(client, make_wav(np.zeros(16_000))).text == ""
    for recording in (GERMAN, make_wav(np.random.default_rng(0).normal(0, 0.05, 32_000).clip(-1, 1))):
        status, body = refusal(client, recording)
        assert (status, "hardly any English" in body) == (400, True)


@pytest.mark.parametrize(
    ("request_", "status", "reason"),
    [
        ({"language": "de"}, 400, "English only"),
        ({"response_format": "srt"}, 400, "'json' or 'text'"),
        ({"stream": True}, 400, "documents none"),
        ({"timestamp_granularities": ["word"]}, 400, "documents none"),
        ({"model": "gpt-4.1"}, 400, "model_type is STT"),
        ({"model": "none"}, 404, "does not exist"),
        ({"file": io.BytesIO(b"abc")}, 400, "Unrecognized file format"),
        ({"file": ("notes.txt", b"abc")}, 400, "Unrecognized file format"),
        ({"file": ("voice.mp3", b"abc")}, 400, "reads WAV only"),
        ({"file": ("voice.wav", b"")}, 400, "is empty"),
        ({"file": ("voice.wav", b"abc")}, 400, "not a WAV file"),
        ({"file": make_wav(np.zeros(100))}, 400, "shorter than"),
        ({"file": make_wav(np.zeros(31 * 4_000), rate=4_000)}, 400, "Cut it at its pauses"),
        ({"file": ("voice.wav", bytes(MAX_BODY_BYTES))}, 413, "larger than the limit"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(client, request_, status, reason):
    found, body = refusal(client, **request_)
    assert found == status
    assert reason in body


def test_without_the_recognizer_it_says_what_to_install(client, monkeypatch):
    speech._recognize.cache_clear()
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    status, body = refusal(client)
    assert status == 400
    assert "pip install pocketsphinx" in body


def test_a_file_has_to_be_a_file():
    head = KEY | {"content-type": "multipart/form-data; boundary=x"}
    form = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc\r\n--x--\r\n'
    reply = Sandbox().handle("POST", "/v2/audio/transcriptions", head, form)
    assert reply.status == 400
    assert "must be a file, not text" in str(content(reply))


@settings(max_examples=200)
@given(st.binary(max_size=12), st.integers(0, 40))
def test_a_broken_header_is_never_a_defect_of_the_sandbox(change, place):
    _, data = make_wav(np.zeros(1_600))
    broken = data[:place] + change + data[place + len(change) :]
    part = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    form = part % (b"model", b"", MODEL.encode()) + part % (b"file", b'; filename="a.wav"', broken) + b"--x--\r\n"
    head = KEY | {"content-type": "multipart/form-data; boundary=x"}
    assert Sandbox().handle("POST", "/v2/audio/transcriptions", head, form).status in (200, 400)


@pytest.mark.parametrize(
    ("channels", "rate", "bits"), [(0, 16_000, 16), (1, 0, 16), (1, 2**31, 16), (9, 1, 64), (1, 1, 0)]
)
def test_odd_numbers_in_a_header_are_refused(client, channels, rate, bits):
    chunk = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, rate, 0, 0, bits)
    body = b"WAVE" + chunk + struct.pack("<4sI", b"data", 4_000) + bytes(4_000)
    assert refusal(client, ("a.wav", struct.pack("<4sI", b"RIFF", len(body)) + body))[0] == 400


def test_the_models_for_speech_are_listed_and_do_nothing_else(client):
    listed = client.with_options(base_url="http://localhost/v2/audio").models.list().data
    assert [model.id for model in listed] == [MODEL, f"{MODEL}-turbo"]
    assert {model.meta_data["model_type"] for model in listed} == {"STT"}
    assert not any(map(find_capabilities, listed))
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "Hello"}])
    with pytest.raises(openai.BadRequestError):
        client.embeddings.create(model=MODEL, input="Hello")
