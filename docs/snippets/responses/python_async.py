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
        response = await client.responses.create(
            model="gpt-5-mini",
            instructions="Answer in one sentence.",
            input="What is an API key?",
        )
        print(response.output_text)
        if response.status == "incomplete":
            print("(A limit cut the answer off.)")


asyncio.run(main())
