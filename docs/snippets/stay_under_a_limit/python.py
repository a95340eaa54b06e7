import os
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from openai import OpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = OpenAI(api_key=key, base_url=url)

REQUESTS_PER_MINUTE = 240  # less than your limit
turn = Lock()


def ask(country):
    with turn:  # the next request waits here
        time.sleep(60 / REQUESTS_PER_MINUTE)
    question = f"What is the capital of {country}?"
    response = client.chat.completions.create(
        model="gpt-oss-120b",
        messages=[{"role": "user", "content": question}],
    )
    return response.choices[0].message.content


countries = ["Germany", "France", "Spain", "Japan"]
with ThreadPoolExecutor(max_workers=4) as four_at_a_time:
    for answer in four_at_a_time.map(ask, countries):
        print(answer)
