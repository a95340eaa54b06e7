import asyncio
import math
import os

from openai import AsyncOpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = AsyncOpenAI(api_key=key, base_url=url)


def similarity(a, b):
    product = sum(x * y for x, y in zip(a, b, strict=True))
    return product / (math.hypot(*a) * math.hypot(*b))


async def main():
    async with client:
        texts = [
            "How long does a parcel to Norway take?",
            "A parcel to Norway takes three to six days.",
            "Invoices are sent by email.",
        ]
        response = await client.embeddings.create(
            model="text-embedding-bge-m3",
            input=texts,
            encoding_format="float",
        )
        question, *others = [item.embedding for item in response.data]
        print("Numbers in each vector:", len(question))
        for text, vector in zip(texts[1:], others, strict=True):
            print(f"{similarity(question, vector):.2f}  {text}")


asyncio.run(main())
