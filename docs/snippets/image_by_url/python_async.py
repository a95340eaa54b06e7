import asyncio
import os

from openai import AsyncOpenAI

client = AsyncOpenAI(
    api_key=os.environ["API_KEY"],
    base_url=os.environ["BASE_URL"],
)


async def main():
    async with client:
        # For the real service, any image on the web:
        # image_url = "https://www.example.com/photo.jpg"
        # For the sandbox, its own:
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
