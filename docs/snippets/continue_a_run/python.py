import json
import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from openai import OpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = OpenAI(api_key=key, base_url=url)
path = Path("answers.jsonl")


def ask(country):
    question = f"What is the capital of {country}?"
    response = client.chat.completions.create(
        model="gpt-oss-120b",
        messages=[{"role": "user", "content": question}],
    )
    return {"key": country, "answer": response.choices[0].message.content}


def read_answers():
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return {line["key"]: line["answer"] for line in map(json.loads, lines)}


countries = ["Germany", "France", "Spain", "Japan"]
done = read_answers()
pool = ThreadPoolExecutor(max_workers=2)
tasks = [pool.submit(ask, country) for country in countries if country not in done]
with path.open("a", encoding="utf-8") as file:
    try:
        for task in as_completed(tasks):
            try:
                file.write(json.dumps(task.result()) + "\n")
                file.flush()
            except Exception as error:
                print(f"Left for the next run: {error!r}")
    finally:
        pool.shutdown(cancel_futures=True)  # Ctrl+C begins no further requests

for country, answer in sorted(read_answers().items()):
    print(f"{country}: {answer}")
