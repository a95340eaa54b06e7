import asyncio
import os

from openai import AsyncOpenAI

client = AsyncOpenAI(
    api_key=os.environ["API_KEY"],
    base_url=os.environ["BASE_URL"],
)


async def main():
    async with client:
        # The sandbox's own picture. The real service takes any https address.
        image_url = "http://127.0.0.1:8011/assets/boardwalk.jpg"
        content = [
            {"type": "text", "text": "Describe this picture in one sentence."},
            {"type": "image_url", "image_url": {"url": image_url}},
        ]
        response = await client.chat.completions.create(
            model="Qwen3-VL-30B-A3B-Instruct-FP8",
            messages=[{"role": "user", "content": content}],
            temperature=0,
        )
        print(response.choices[0].message.content)


asyncio.run(main())
