import io
import os
import wave

from openai import BadRequestError, OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
model = "whisper-large-v3"

memory = io.BytesIO()  # as from a browser, a microphone, a database
with wave.open(memory, "wb") as file:
    file.setparams((1, 2, 16_000, 0, "NONE", ""))
    file.writeframes(bytes(32_000))  # a second of silence
data = memory.getvalue()

try:
    client.audio.transcriptions.create(model=model, file=data)
except BadRequestError as error:
    print(error.body)
else:
    raise SystemExit("The file without a name was accepted.")

named = ("question.wav", data)
transcription = client.audio.transcriptions.create(model=model, file=named)
print(f"With a name: {transcription.text!r}")
