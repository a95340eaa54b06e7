import io
import re

import httpx2
from openai import DefaultHttpx2Client, OpenAI


# Stands for the service, and shows which file name it gets.
def show_file_name(request):
    print(re.search(rb'filename="(.*?)"', request.read())[1].decode())
    return httpx2.Response(200, json={"text": ""})


transport = httpx2.MockTransport(show_file_name)
client = OpenAI(
    api_key="your-key",
    base_url="https://llm.example/v2",
    http_client=DefaultHttpx2Client(transport=transport),
)
sound = io.BytesIO(b"RIFF...")  # from a browser, a microphone, a database

for file in (sound, ("question.wav", sound)):
    client.audio.transcriptions.create(model="whisper-large-v3", file=file)
