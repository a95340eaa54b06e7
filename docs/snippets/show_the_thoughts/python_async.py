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
        stream = await client.chat.completions.create(
            model="gpt-oss-120b",
            messages=[{"role": "user", "content": "What is an API key?"}],
            reasoning_effort="low",
            stream=True,
        )
        shown = ""
        async for chunk in stream:
            if not chunk.choices:
                continue
            delta = chunk.choices[0].delta
            names = ("reasoning_content", "reasoning")
            thoughts = next(filter(None, (getattr(delta, n, None) for n in names)), "")
            for kind, text in (("Thoughts", thoughts), ("Answer", delta.content)):
                if text and kind != shown:
                    print(f"\n{kind}: " if shown else f"{kind}: ", end="")
                    shown = kind
                print(text or "", end="", flush=True)
        print()


asyncio.run(main())
