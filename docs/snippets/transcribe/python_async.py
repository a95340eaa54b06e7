import asyncio
import os
from pathlib import Path

from openai import AsyncOpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = AsyncOpenAI(api_key=key, base_url=url)


async def main():
    async with client:
        transcription = await client.audio.transcriptions.create(
            model="whisper-large-v3",
            file=Path("message.wav"),
            language="en",
        )
    print(transcription.text)


asyncio.run(main())
