import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])

for effort in ("high", "low"):
    response = client.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": "What is an API key?"}],
        reasoning_effort=effort,
    )
    words = len((response.choices[0].message.content or "").split())
    tokens = response.usage.completion_tokens
    details = response.usage.completion_tokens_details
    thinking = details.reasoning_tokens if details else "an unknown number"
    print(f"{effort}: {words} words, {tokens} tokens, {thinking} for thinking")
