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
            model="gpt-oss-120b",
            messages=[{"role": "user", "content": "What is an API key?"}],
            temperature=0,
        )
    print(response.choices[0].message.content)


# Stands for a cell, which Jupyter runs inside its own event loop.
async def cell():
    program = main()
    try:
        asyncio.run(program)
    except RuntimeError as error:
        print("RuntimeError:", error)
    else:
        raise SystemExit("It has worked.")
    await program


asyncio.run(cell())
