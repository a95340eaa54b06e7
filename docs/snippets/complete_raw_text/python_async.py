import asyncio
import os

from openai import AsyncOpenAI

client = AsyncOpenAI(
    api_key=os.environ["API_KEY"],
    base_url=os.environ["BASE_URL"],
)


async def main():
    async with client:
        prompt = "The capital of Germany is"
        completion = await client.completions.create(
            model="Llama-3.3-70B-Instruct",
            prompt=prompt,
            temperature=0,
            max_tokens=40,
            stop=".",
        )
        print(prompt + completion.choices[0].text)


asyncio.run(main())
