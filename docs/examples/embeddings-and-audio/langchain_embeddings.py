import os

import requests
from langchain_openai import OpenAIEmbeddings

# As in a company without free access to the internet.
os.environ["TIKTOKEN_CACHE_DIR"] = ""
os.environ["HTTPS_PROXY"] = "http://127.0.0.1:9"

settings = {
    "model": "text-embedding-bge-m3",
    "api_key": os.environ["API_KEY"],
    "base_url": os.environ["BASE_URL"],
}

try:
    OpenAIEmbeddings(**settings).embed_query("Water is blue.")
except requests.ConnectionError as error:
    print(str(error).partition(" with url")[0])
else:
    raise SystemExit("No tokenizer was needed.")

embeddings = OpenAIEmbeddings(**settings, check_embedding_ctx_length=False)
print(len(embeddings.embed_query("Water is blue.")), "numbers")
