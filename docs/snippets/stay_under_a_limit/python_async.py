import asyncio
import os

from openai import AsyncOpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = AsyncOpenAI(api_key=key, base_url=url)

REQUESTS_PER_MINUTE = 240  # less than your limit
turn = asyncio.Lock()
four_at_a_time = asyncio.Semaphore(4)


async def ask(country):
    question = f"What is the capital of {country}?"
    async with four_at_a_time:
        async with turn:  # the next request waits here
            await asyncio.sleep(60 / REQUESTS_PER_MINUTE)
        response = await client.chat.completions.create(
            model="gpt-oss-120b",
            messages=[{"role": "user", "content": question}],
        )
    return response.choices[0].message.content


async def main():
    async with client:
        countries = ["Germany", "France", "Spain", "Japan"]
        for answer in await asyncio.gather(*map(ask, countries)):
            print(answer)


asyncio.run(main())
