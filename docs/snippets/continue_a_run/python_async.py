import asyncio
import json
import os
from pathlib import Path

from openai import AsyncOpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = AsyncOpenAI(api_key=key, base_url=url)
path = Path("answers.jsonl")
two_at_a_time = asyncio.Semaphore(2)


async def ask(country):
    question = f"What is the capital of {country}?"
    async with two_at_a_time:
        response = await client.chat.completions.create(
            model="gpt-oss-120b",
            messages=[{"role": "user", "content": question}],
        )
    return {"key": country, "answer": response.choices[0].message.content}


def read_answers():
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return {line["key"]: line["answer"] for line in map(json.loads, lines)}


async def main():
    countries = ["Germany", "France", "Spain", "Japan"]
    done = read_answers()
    async with client:
        with path.open("a", encoding="utf-8") as file:
            tasks = [ask(country) for country in countries if country not in done]
            for task in asyncio.as_completed(tasks):
                try:
                    file.write(json.dumps(await task) + "\n")
                    file.flush()
                except Exception as error:
                    print(f"Left for the next run: {error!r}")

    for country, answer in sorted(read_answers().items()):
        print(f"{country}: {answer}")


asyncio.run(main())
