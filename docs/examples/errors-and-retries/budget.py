import os

from openai import OpenAI, RateLimitError

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def ask(fault, **options):
    return client.with_options(**options).chat.completions.create(
        model="gpt-oss-120b",
        messages=[{"role": "user", "content": "What is an API key?"}],
        extra_headers={"X-Sandbox-Fault": fault},
    )


# The trap: the package retries both.
for fault in ("rate; retry-after=0.01", "budget; retry-after=0.01"):
    try:
        ask(fault)
    except RateLimitError as error:
        tries = 1 + int(error.request.headers["x-stainless-retry-count"])
        print(f"{tries} tries. {error.body}")
    else:
        raise SystemExit("There was no limit.")

# The fix: retry yourself, and only what can pass.
for fault in ("rate; times=1", "budget"):
    try:
        ask(fault, max_retries=0)
    except RateLimitError as error:
        over = "budget" in str(error.body).lower()
        print("Stop." if over else "Wait, then try again.")
    else:
        raise SystemExit("There was no limit.")
