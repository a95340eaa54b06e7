import os
import time

from openai import NotFoundError, OpenAI

url = os.environ["BASE_URL"].removesuffix("/v2") + "/v1"
client = OpenAI(api_key=os.environ["API_KEY"], base_url=url)

data = ("rules.txt", b"Lockers take a 1-euro coin.")
file = client.files.create(file=data, purpose="visual-rag")
models = {
    "text_embedding_model": "text-embedding-bge-m3",
    "vision_embedding_model": "tsi-embedding-colqwen2-2b-v1",
}
name = f"traps-{file.id}"
store = client.vector_stores.create(name=name, chunking_strategy=models)
client.vector_stores.files.create(store.id, file_id=file.id)
for _ in range(60):
    entry = client.vector_stores.files.retrieve(file.id, vector_store_id=store.id)
    if entry.status != "in_progress":
        break
    time.sleep(1)

[result] = client.vector_stores.search(store.id, query="lockers").data
try:
    client.files.retrieve(result.file_id)
except NotFoundError:
    print("There is no file with this id.")
else:
    raise SystemExit("The id is that of the file.")

files = client.files.list(purpose="visual-rag").data
names = {file.id: file.filename for file in files}
found = next((names[key] for key in names if key in result.filename), None)
print("Found in:", found or result.filename)

client.vector_stores.delete(store.id)
client.files.delete(file.id)
