import os

from openai import BadRequestError, OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def ask(**limit):
    return client.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": "What is an API key?"}],
        **limit,
    )


try:
    ask(max_tokens=500)
except BadRequestError as error:
    print(error)
else:
    raise SystemExit("The model takes max_tokens.")

print(ask(max_completion_tokens=500).choices[0].finish_reason)
