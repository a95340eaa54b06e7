import os

from openai import APITimeoutError, OpenAI, Timeout

key = os.environ["API_KEY"]
queue_url = os.environ["BASE_URL"].replace("/v2", "/queue")
hasty = OpenAI(api_key=key, base_url=queue_url, timeout=0.1)
patient = hasty.with_options(timeout=Timeout(3600, connect=5), max_retries=0)


def ask(client):
    response = client.chat.completions.create(
        model="gpt-oss-120b",
        messages=[{"role": "user", "content": "What is the capital of Germany?"}],
        extra_headers={"X-Sandbox-Fault": "timeout; seconds=0.5"},
    )
    return response.choices[0].message.content


try:
    ask(hasty)
except APITimeoutError as error:
    print(error)
    print("Retries:", error.request.headers["x-stainless-retry-count"])
else:
    raise SystemExit("The answer was in time.")
print(ask(patient))
