import os
from concurrent.futures import ThreadPoolExecutor

from openai import OpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = OpenAI(api_key=key, base_url=url)


def ask(country):
    question = f"What is the capital of {country}?"
    response = client.chat.completions.create(
        model="gpt-oss-120b",
        messages=[{"role": "user", "content": question}],
    )
    return response.choices[0].message.content


countries = ["Germany", "France", "Spain", "Japan"]
with ThreadPoolExecutor(max_workers=2) as two_at_a_time:
    for answer in two_at_a_time.map(ask, countries):
        print(answer)
