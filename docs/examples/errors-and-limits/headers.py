import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])

for model in ("gpt-4.1", "Llama-3.3-70B-Instruct"):
    raw = client.chat.completions.with_raw_response.create(
        model=model,
        messages=[{"role": "user", "content": "What is an API key?"}],
        temperature=0,
    )
    requests = raw.headers.get("x-ratelimit-limit-requests", "not told")
    tokens = raw.headers.get("x-ratelimit-limit-tokens", "not told")
    print(f"{model}, in a minute: requests {requests}, tokens {tokens}")
    print(f"  This request took {raw.parse().usage.total_tokens} tokens.")
