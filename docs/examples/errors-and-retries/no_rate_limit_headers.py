import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
NAME = "x-ratelimit-remaining-requests"


def headers_of(model):
    raw = client.chat.completions.with_raw_response.create(
        model=model,
        messages=[{"role": "user", "content": "What is an API key?"}],
    )
    return raw.headers


try:
    print(headers_of("gpt-oss-120b")[NAME])
except KeyError as error:
    print("KeyError:", error)
else:
    raise SystemExit("The header is there.")

for model in ("gpt-5-mini", "gpt-oss-120b"):
    remaining = headers_of(model).get(NAME)
    print(model, "does not say" if remaining is None else "says a number")
