import os

from openai import BadRequestError, OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def ask(**options):
    return client.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": "What is an API key?"}],
        **options,
    )


try:
    ask(temperature=0)
except BadRequestError as error:
    print(error)
else:
    raise SystemExit("The model takes a temperature.")

print(ask(reasoning_effort="low").choices[0].finish_reason)
