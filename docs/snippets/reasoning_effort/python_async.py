import asyncio
import os

from openai import AsyncOpenAI

client = AsyncOpenAI(
    api_key=os.environ["API_KEY"],
    base_url=os.environ["BASE_URL"],
)


async def main():
    async with client:
        question = "How much is 17 times 23?"
        response = await client.chat.completions.create(
            model="o4-mini",
            messages=[{"role": "user", "content": question}],
            reasoning_effort="low",
        )
        print(response.choices[0].message.content)
        print("Tokens out, with the thinking:", response.usage.completion_tokens)


asyncio.run(main())
