import asyncio
import os

from openai import AsyncOpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = AsyncOpenAI(api_key=key, base_url=url)
two_at_a_time = asyncio.Semaphore(2)


async def ask(country):
    question = f"What is the capital of {country}?"
    async with two_at_a_time:
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
