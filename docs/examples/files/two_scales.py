import io
import os
import time

from openai import OpenAI
from PIL import Image

url = os.environ["BASE_URL"].removesuffix("/v2") + "/v1"
client = OpenAI(api_key=os.environ["API_KEY"], base_url=url)

Image.new("RGB", (300, 200), "blue").save(png := io.BytesIO(), "PNG")
rule = b"<p>Lost property is kept at the front desk for 14 days.</p>"
files = {}
for name, data in {"rules.html": rule, "wall.png": png.getvalue()}.items():
    file = client.files.create(file=(name, data), purpose="visual-rag")
    files[file.id] = file.filename
models = {
    "text_embedding_model": "text-embedding-bge-m3",
    "vision_embedding_model": "tsi-embedding-colqwen2-2b-v1",
}
name = f"traps-{file.id}"
store = client.vector_stores.create(name=name, chunking_strategy=models)
for key in files:
    client.vector_stores.files.create(store.id, file_id=key)
for _ in range(60):
    inside = client.vector_stores.files.list(store.id).data
    if all(entry.status != "in_progress" for entry in inside):
        break
    time.sleep(1)

query = "How long do you keep lost property, and where is the front desk?"
found = client.vector_stores.search(store.id, query=query).data
together = sorted(found, key=lambda result: result.score, reverse=True)
print("Together:", [result.content[0].type for result in together])
for kind in ("text", "base64"):
    apart = [result for result in together if result.content[0].type == kind]
    for result in apart:
        name = next((files[key] for key in files if key in result.filename), None)
        print(f"{kind:6} {result.score:.2f}  {name or result.filename}")

client.vector_stores.delete(store.id)
for key in files:
    client.files.delete(key)
