import os
from pathlib import Path

from openai import OpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = OpenAI(api_key=key, base_url=url)

transcription = client.audio.transcriptions.create(
    model="whisper-large-v3",
    file=Path("message.wav"),
    language="en",
)
print(transcription.text)
