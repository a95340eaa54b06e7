import asyncio
import os

from openai import AsyncOpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = AsyncOpenAI(api_key=key, base_url=url)


async def main():
    async with client:
        response = await client.chat.completions.create(
            model="mistral-medium-3",
            messages=[{"role": "user", "content": "What is photosynthesis?"}],
            max_tokens=20,
        )
        choice = response.choices[0]
        print(choice.message.content)
        if choice.finish_reason == "length":
            print("(The limit cut the answer off.)")


asyncio.run(main())
