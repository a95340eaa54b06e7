import os

from openai import OpenAI, RateLimitError

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def ask(fault):
    response = client.chat.completions.create(
        model="gpt-oss-120b",
        messages=[{"role": "user", "content": "What is an API key?"}],
        temperature=0,
        extra_headers={"X-Sandbox-Fault": fault},
    )
    return response.choices[0].message.content[:40]


print("Retry-After 0.01:", ask("rate; times=1; retry-after=0.01"))
try:
    ask("rate; times=1; retry-after=121")
except RateLimitError as error:
    print("Retries:", error.request.headers["x-stainless-retry-count"])
    seconds = float(error.response.headers.get("retry-after", 60))
    print(f"Put the work aside, and try again in {seconds:.0f} seconds.")
else:
    raise SystemExit("The package has tried again.")
