import os

from openai import OpenAI, RateLimitError

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])

for fault in (
    "rate; times=2; retry-after=0.1",
    "rate; retry-after=0.1",
    "rate; retry-after=121",
):
    try:
        raw = client.models.with_raw_response.list(
            extra_headers={"X-Sandbox-Fault": fault},
        )
    except RateLimitError as error:
        sent = error.request.headers["x-stainless-retry-count"]
        print(f"{fault}: failed after {sent} retries")
    else:
        print(f"{fault}: answered after {raw.retries_taken} retries")
