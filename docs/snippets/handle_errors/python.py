import os

import openai
from openai import OpenAI

client = OpenAI(
    api_key=os.environ["API_KEY"],
    base_url=os.environ["BASE_URL"],
    max_retries=4,
    timeout=openai.Timeout(60, connect=5),
)

try:
    response = client.chat.completions.create(
        model="no-such-model",
        messages=[{"role": "user", "content": "What is an API key?"}],
    )
    print(response.choices[0].message.content)
except openai.APIStatusError as error:
    body = error.body if isinstance(error.body, dict) else {}
    reason = body.get("detail") or body.get("message") or error.message
    print(f"Refused with status {error.status_code}: {reason}")
except openai.APIConnectionError as error:
    print(f"No answer from {client.base_url}: {error}")
