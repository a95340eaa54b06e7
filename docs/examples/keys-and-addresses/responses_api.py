import os

from openai import BadRequestError, NotFoundError, OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
model = "claude-haiku-4.5"
question = "What is an API key?"

try:
    client.responses.create(model=model, input=question)
except (BadRequestError, NotFoundError) as error:
    print(error, "for", error.request.url.path)
    print(error.body)
else:
    raise SystemExit("The Responses API has answered.")

response = client.chat.completions.create(
    model=model,
    messages=[{"role": "user", "content": question}],
    temperature=0,
)
print(response.choices[0].message.content)
