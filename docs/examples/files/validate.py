import os
import time

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
for _ in range(10):
    result = client.files.retrieve(file.id).validation
    if result["is_checked"]:
        break
    time.sleep(1)
print(result["errors"] if result["is_checked"] else "Not checked yet.")
client.files.delete(file.id)
