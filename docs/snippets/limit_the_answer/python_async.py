import asyncio
import os

from openai import AsyncOpenAI

client = AsyncOpenAI(
    api_key=os.environ["API_KEY"],
    base_url=os.environ["BASE_URL"],
)


async def main():
    async with client:
        response = await client.chat.completions.create(
            model="Llama-3.3-70B-Instruct",
            messages=[{"role": "user", "content": "What is cloud computing?"}],
            temperature=0,
            max_tokens=20,
        )
        choice = response.choices[0]
        print(choice.message.content)
        if choice.finish_reason == "length":
            print("(The limit has cut the answer off.)")


asyncio.run(main())
