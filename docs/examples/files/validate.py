import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
data = ("examples.jsonl", b'{"messages": []}')
file = client.files.create(file=data, purpose="fine-tune")
answer = client.get(
    f"/files/validate/{file.id}",
    cast_to=object,
    options={"headers": {"api-key": client.api_key}},
)
print(answer["message"])
print(client.files.retrieve(file.id).validation["errors"])
client.files.delete(file.id)
