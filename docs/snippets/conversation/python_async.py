import asyncio
import os

from openai import AsyncOpenAI

client = AsyncOpenAI(
    api_key=os.environ["API_KEY"],
    base_url=os.environ["BASE_URL"],
)


async def main():
    async with client:
        messages = [{"role": "system", "content": "Answer in one short sentence."}]
        questions = ["My name is Mara and I live in Kiel.", "Where do I live?"]
        for question in questions:
            messages.append({"role": "user", "content": question})
            response = await client.chat.completions.create(
                model="Llama-3.3-70B-Instruct",
                messages=messages,
                temperature=0,
            )
            answer = response.choices[0].message.content
            messages.append({"role": "assistant", "content": answer})
            print("User:", question)
            print("Assistant:", answer)


asyncio.run(main())
