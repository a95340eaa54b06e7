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
        messages = [{"role": "system", "content": "Answer in one short sentence."}]
        questions = ["My name is Mara and I live in Kiel.", "Where do I live?"]
        for question in questions:
            messages.append({"role": "user", "content": question})
            response = await client.chat.completions.create(
                model="gpt-oss-120b",
                messages=messages,
            )
            answer = response.choices[0].message.content
            messages.append({"role": "assistant", "content": answer})
            print("User:", question)
            print("Assistant:", answer)


asyncio.run(main())
