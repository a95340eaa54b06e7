import os

from openai import NotFoundError, OpenAI

base_url = os.environ["BASE_URL"]  # ends in /v2
question = [{"role": "user", "content": "What is an API key?"}]


def ask(base_url):
    client = OpenAI(api_key=os.environ["API_KEY"], base_url=base_url)
    return client.chat.completions.create(
        model="gpt-oss-120b",
        messages=question,
        temperature=0,
    )


for wrong in (base_url.replace("/v2", "/v1"), f"{base_url}/chat/completions"):
    try:
        ask(wrong)
    except NotFoundError as error:
        print(error, "for", error.request.url.path)
        print(error.body)
    else:
        raise SystemExit(f"{wrong} works.")

print(ask(base_url).choices[0].message.content)
