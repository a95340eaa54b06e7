import os

from openai import APIStatusError, OpenAI

url = os.environ["BASE_URL"].removesuffix("/v2") + "/v1"
client = OpenAI(api_key=os.environ["API_KEY"], base_url=url)
models = {
    "text_embedding_model": "text-embedding-bge-m3",
    "vision_embedding_model": "tsi-embedding-colqwen2-2b-v1",
}


def find_or_create(name):
    """Return the store of this name; create it if there is none."""
    stores = client.vector_stores.list(limit=100).data
    found = next((store for store in stores if store.name == name), None)
    return found or client.vector_stores.create(name=name, chunking_strategy=models)


store = find_or_create("traps")
try:
    client.vector_stores.create(name="traps", chunking_strategy=models)
except APIStatusError as error:
    print("Refused:", error.body)
else:
    raise SystemExit("The name can be taken twice.")
print("The same store:", find_or_create("traps").id == store.id)
client.vector_stores.delete(store.id)
