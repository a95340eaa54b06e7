import os

from openai import BadRequestError, OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def ask(model, effort):
    return client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "What is an API key?"}],
        reasoning_effort=effort,
    )


for model in ("gpt-oss-120b", "mistral-medium-3"):
    try:
        ask(model, "minimal")
    except BadRequestError as error:
        print(error.body)
    else:
        raise SystemExit(f"{model} takes it.")

print(ask("gpt-oss-120b", "low").choices[0].finish_reason)
