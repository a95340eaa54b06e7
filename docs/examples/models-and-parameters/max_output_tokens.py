import os

from openai import BadRequestError, OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def ask(**limit):
    return client.responses.create(
        model="gpt-5-mini",
        input="What is an API key?",
        **limit,
    )


try:
    ask(max_tokens=500)
except TypeError as error:
    print("TypeError:", error)
else:
    raise SystemExit("The package takes max_tokens.")

try:
    ask(extra_body={"max_tokens": 500})  # as other clients send it
except BadRequestError as error:
    print(error)
else:
    raise SystemExit("The service takes max_tokens.")

print(ask(max_output_tokens=500).status)
