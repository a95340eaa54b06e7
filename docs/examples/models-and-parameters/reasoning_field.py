import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def ask(model):
    response = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "What is an API key?"}],
        reasoning_effort="low",
    )
    return response.choices[0].message


def thoughts(message):
    names = ("reasoning_content", "reasoning")
    return next(filter(None, (getattr(message, n, None) for n in names)), "")


try:
    print(ask("gpt-oss-120b").reasoning_content)
except AttributeError as error:
    print("AttributeError:", error)
else:
    raise SystemExit("The field is called reasoning_content.")

for model in ("gpt-oss-120b", "claude-haiku-4.5", "gpt-5-mini"):
    print(f"{model}: {thoughts(ask(model))[:40]!r}")
