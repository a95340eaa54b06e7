import io
import os
import wave

from openai import APIStatusError, OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
model = "whisper-large-v3"
SECOND = 2 * 16_000  # bytes: 16,000 samples of 16 bit
samples = bytes(50 * SECOND)  # silence


def transcribe(samples):
    memory = io.BytesIO()
    with wave.open(memory, "wb") as wav:
        wav.setparams((1, 2, 16_000, 0, "NONE", ""))
        wav.writeframes(samples)
    file = ("part.wav", memory.getvalue())
    return client.audio.transcriptions.create(model=model, file=file).text


try:
    transcribe(samples)
except APIStatusError as error:
    print(error.status_code, error.body)
else:
    print("This service accepts it as a whole.")

parts = [samples[: 25 * SECOND], samples[25 * SECOND :]]  # better: at a pause
print([transcribe(part) for part in parts])
