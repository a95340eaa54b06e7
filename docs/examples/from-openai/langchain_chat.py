import os

from langchain_openai import ChatOpenAI, OpenAIEmbeddings

service = {
    "api_key": os.environ["API_KEY"],
    "base_url": os.environ["BASE_URL"],
}

chat = ChatOpenAI(model="gpt-oss-120b", temperature=0, **service)
print(chat.invoke("What is an API key?").text)

embeddings = OpenAIEmbeddings(
    model="text-embedding-bge-m3",
    check_embedding_ctx_length=False,  # send texts, not token ids
    **service,
)
vectors = embeddings.embed_documents(["Water is blue.", "Grass is green."])
print(len(vectors), "vectors of", len(vectors[0]), "numbers")
