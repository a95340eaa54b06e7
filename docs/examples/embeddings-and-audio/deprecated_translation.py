import io
import os
import warnings
import wave

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])

memory = io.BytesIO()
with wave.open(memory, "wb") as file:
    file.setparams((1, 2, 16_000, 0, "NONE", ""))
    file.writeframes(bytes(32_000))  # a second of silence
recording = ("question.wav", memory.getvalue())


def translate():
    return client.audio.translations.create(model="whisper-large-v3", file=recording)


with warnings.catch_warnings():
    warnings.simplefilter("error")  # as many test suites have it
    try:
        translate()
    except DeprecationWarning as warning:
        print(f"{type(warning).__name__}: {warning}")
    else:
        raise SystemExit("There was no warning.")

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    print(f"Translated: {translate().text!r}")
