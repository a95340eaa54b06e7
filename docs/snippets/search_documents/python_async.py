import asyncio
import os

from openai import AsyncOpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = AsyncOpenAI(api_key=key, base_url=url.rstrip("/").removesuffix("/v2") + "/v1")


async def main():
    async with client:
        with open("lindenbad.pdf", "rb") as document:
            file = await client.files.create(file=document, purpose="visual-rag")
        models = {
            "text_embedding_model": "text-embedding-bge-m3",
            "vision_embedding_model": "tsi-embedding-colqwen2-2b-v1",
        }
        stores = client.vector_stores
        name = f"lindenbad-{file.id}"
        store = await stores.create(name=name, chunking_strategy=models)

        await stores.files.create(store.id, file_id=file.id)
        for _ in range(60):
            entry = await stores.files.retrieve(file.id, vector_store_id=store.id)
            if entry.status != "in_progress":
                break
            await asyncio.sleep(1)
        if entry.status != "completed":
            raise SystemExit(f"Not indexed: {entry.status}")

        found = await stores.search(
            store.id,
            query="What does a card for ten visits cost?",
            extra_body={"top_k_texts": 1, "top_k_images": 1},
        )
        for result in found.data:
            part = result.content[0]
            print(f"{part.type}, page {result.page_number}: {part.text[:21]}")


asyncio.run(main())
