import os

import openai
from openai import OpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = OpenAI(
    api_key=key,
    base_url=url,
    max_retries=4,
    timeout=openai.Timeout(60, connect=5),
)

try:
    response = client.chat.completions.create(
        model="no-such-model",
        messages=[{"role": "user", "content": "Why is the sky blue?"}],
    )
    print(response.choices[0].message.content)
except openai.APIStatusError as error:
    body = error.body if isinstance(error.body, dict) else {}
    reason = body.get("detail") or body.get("message") or error.message
    print(f"Refused with status {error.status_code}: {reason}")
except openai.APIConnectionError as error:
    print(f"No answer from {client.base_url}: {error}")
