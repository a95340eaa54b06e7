import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])

for limit in (20, 1000):
    response = client.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": "What is an API key?"}],
        max_completion_tokens=limit,
        reasoning_effort="low",
    )
    choice = response.choices[0]
    details = response.usage.completion_tokens_details
    thinking = details.reasoning_tokens if details else "an unknown number"
    print(f"At most {limit} tokens, {thinking} of them for thinking:")
    print(f"  {choice.finish_reason}, {choice.message.content!r}")
