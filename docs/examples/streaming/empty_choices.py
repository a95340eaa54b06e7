import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def stream():
    return client.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": "What is an API key?"}],
        reasoning_effort="low",
        stream=True,
        stream_options={"include_usage": True},
    )


try:
    for chunk in stream():
        print(chunk.choices[0].delta.content or "", end="")
except IndexError as error:
    print("IndexError:", error)
else:
    raise SystemExit("Every chunk has choices.")

for chunk in stream():
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="")
    if chunk.usage:
        print(f"\n{chunk.usage.completion_tokens} tokens")
