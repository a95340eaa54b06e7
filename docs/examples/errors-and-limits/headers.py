import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])

for model in ("gpt-5-mini", "gpt-oss-120b"):
    raw = client.chat.completions.with_raw_response.create(
        model=model,
        messages=[{"role": "user", "content": "What is an API key?"}],
    )
    requests = raw.headers.get("x-ratelimit-limit-requests", "not sent")
    tokens = raw.headers.get("x-ratelimit-limit-tokens", "not sent")
    print(f"{model}, in a minute: requests {requests}, tokens {tokens}")
    print(f"  This request used {raw.parse().usage.total_tokens} tokens.")
