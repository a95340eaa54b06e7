import io
import os
import wave

from openai import APIStatusError, OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
RATE = 16_000
samples = bytes(2 * RATE * 50)  # 50 seconds of silence, 16 bit


def transcribe(samples):
    memory = io.BytesIO()
    with wave.open(memory, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples)
    recording = ("part.wav", memory.getvalue())
    answer = client.audio.transcriptions.create(model="whisper-large-v3", file=recording)
    return answer.text


try:
    transcribe(samples)
except APIStatusError as error:
    print(error.status_code, error.body)
else:
    print("This service takes it as a whole.")

step = 2 * RATE * 25  # better: at a pause
parts = [samples[start : start + step] for start in range(0, len(samples), step)]
print([transcribe(part) for part in parts])
