"""Speech: PocketSphinx, with the English model of its package, writes down what it hears in a WAV file.

It is an old and small recognizer: it writes lower case without punctuation, knows few names, and gets one word in seven
wrong in this project's clear recordings. Where its words cover only a small part of what is loud, it was no English, or
noise, and it says so. It always hears the same in the same recording.
"""

import io
import wave
from functools import lru_cache
from typing import Any

LONGEST = 30  # seconds: with noise, a second of a recording takes up to a quarter of a second
_SHORTEST = 0.1
_RATE = 16_000  # of the model
_FRAME = _RATE // 100
_SILENCE = 100  # the largest sample of a recording in which nothing is said, of 32,768
_LEAST_HEARD = 0.4  # the part of the loud time that words of the right language cover
CONVERT = "Convert it, for example: ffmpeg -i recording.mp3 -ar 16000 -ac 1 recording.wav"
_idle_decoders: list[Any] = []  # each request takes one, so that two at the same time do not share it


class UnreadableRecordingError(ValueError):
    """A recording cannot be read, or nothing can be recognized in it. The message says why and what to do."""


def transcribe(data: bytes) -> str:
    """Return the words that are said in the bytes of a WAV file, "" if it is silent.

    Raises UnreadableRecordingError, and ImportError where PocketSphinx is not installed.
    """
    import numpy as np

    samples = _read_wav(data)
    if np.abs(samples).max() < _SILENCE:
        return ""
    text, covered = _recognize(samples.clip(-32768, 32767).astype("<i2").tobytes())
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    loudness = np.sqrt((frames**2).mean(axis=1))
    loud = (loudness > loudness.max() / 20).sum()
    if covered < loud * _LEAST_HEARD:
        reason = "hears hardly any English in it. It may be in another language, or too noisy"
        raise UnreadableRecordingError(f"The sandbox recognizes English only, and {reason}.")
    return text


@lru_cache(maxsize=32)
def _recognize(audio: bytes) -> tuple[str, int]:
    """Return the words in samples of 16 bit, and how many frames they cover."""
    from pocketsphinx import Decoder

    try:
        decoder = _idle_decoders.pop()
        decoder.reinit_feat()  # else it would still be used to the voice of the recording before
    except IndexError:
        decoder = Decoder(samprate=_RATE, maxhmmpf=3000, loglevel="FATAL")
    decoder.start_utt()
    decoder.process_raw(audio, full_utt=True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    heard = [part for part in decoder.seg() or () if part.word[0] not in "<[+"]
    _idle_decoders.append(decoder)
    return hypothesis.hypstr if hypothesis else "", sum(part.end_frame - part.start_frame + 1 for part in heard)


def _read_wav(data: bytes) -> Any:
    """Return the samples of a WAV file as numbers of 16 bit: one channel at the rate of the model."""
    import numpy as np

    try:
        with wave.open(io.BytesIO(data)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            raw = np.frombuffer(file.readframes(len(data)), np.uint8)
    except (wave.Error, EOFError, RuntimeError, ValueError) as error:
        cause = f"The file is not a WAV file of plain samples, or is cut off ({str(error) or 'it ends too early'})."
        raise UnreadableRecordingError(f"{cause} {CONVERT}") from error
    length = len(raw) // (channels * width)
    if length < rate * _SHORTEST or not rate:
        raise UnreadableRecordingError(f"The recording is shorter than {_SHORTEST} seconds. Record it again.")
    if length > rate * LONGEST:
        cure = "Cut it at its pauses, and send the parts."
        seconds = f"The recording has {length / rate:,.0f} seconds, and the sandbox takes {LONGEST}"
        raise UnreadableRecordingError(f"{seconds}. {cure}")
    raw = raw[: length * channels * width].reshape(length, channels, width)
    if width == 1:  # the only width without signs
        samples = (raw[..., 0].astype(float) - 128) * 256
    else:  # the two highest bytes of each number
        samples = np.ascontiguousarray(raw[..., -2:]).view("<i2")[..., 0]
    mixed = samples.mean(axis=1)
    count = length * _RATE // rate
    return mixed if rate == _RATE else np.fft.irfft(np.fft.rfft(mixed), count) * (count / length)
