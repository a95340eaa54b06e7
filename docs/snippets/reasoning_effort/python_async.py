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
            model="gpt-oss-120b",
            messages=[{"role": "user", "content": "How much is 17 times 23?"}],
            reasoning_effort="low",
        )
        print(response.choices[0].message.content)
        if response.usage:
            print("Output tokens, thinking included:", response.usage.completion_tokens)


asyncio.run(main())
