import json
import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def vector_on_the_wire(**options):
    raw = client.embeddings.with_raw_response.create(
        model="text-embedding-bge-m3",
        input="Water is blue.",
        **options,
    )
    asked = json.loads(raw.http_request.content)["encoding_format"]
    vector = json.loads(raw.text)["data"][0]["embedding"]
    return f"{asked}: {type(vector).__name__} of length {len(vector)}"


print(vector_on_the_wire())
print(vector_on_the_wire(encoding_format="float"))
