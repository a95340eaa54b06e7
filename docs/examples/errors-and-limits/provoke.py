import os

from openai import APIError, APIStatusError, OpenAI

# No retries, so that the first error shows. X-Sandbox-Fault is the sandbox's.
client = OpenAI(
    api_key=os.environ["API_KEY"],
    base_url=os.environ["BASE_URL"],
    max_retries=0,
)
nowhere = client.copy(base_url="http://127.0.0.1:9/v2")
stranger = client.copy(api_key="wrong")


def ask(client, fault=None, text="Hello", **options):
    options.setdefault("model", "gpt-oss-120b")
    return client.chat.completions.create(
        messages=[{"role": "user", "content": text}],
        extra_headers={"X-Sandbox-Fault": fault} if fault else {},
        **options,
    )


def describe(error):
    """Name the class of an error, its status, and what its body says."""
    status = error.status_code if isinstance(error, APIStatusError) else "none"
    body = error.body if isinstance(error.body, dict) else {}
    message = body.get("message") or body.get("detail") or str(error)
    return f"{type(error).__name__}, status {status}\n  {message}"


attempts = {
    "a wrong value": lambda: ask(client, temperature=3),
    "the same on Azure": lambda: ask(client, temperature=3, model="gpt-5-mini"),
    "a wrong key": lambda: ask(stranger),
    "a wrong model": lambda: ask(client, model="a-retired-model"),
    "a body that is too large": lambda: ask(client, text="x" * 5_000_000),
    "a rate limit": lambda: ask(client, "rate"),
    "the end of the budget": lambda: ask(client, "budget"),
    "a model that is down": lambda: ask(client, "unavailable"),
    "no answer in time": lambda: ask(client, "timeout", timeout=0.2),
    "a wrong base URL": lambda: ask(nowhere),
}
for what, attempt in attempts.items():
    try:
        attempt()
    except APIError as error:
        print(f"{what}: {describe(error)}")
    else:
        print(f"{what}: no error")
