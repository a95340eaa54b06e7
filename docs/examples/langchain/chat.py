import os

from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel

service = {
    "api_key": os.environ["API_KEY"],
    "base_url": os.environ["BASE_URL"],
}
chat = ChatOpenAI(model="gpt-oss-120b", temperature=0, **service)
print(chat.invoke("What is an API key?").text)


class Person(BaseModel):
    name: str
    age: int


# A tool call: this model has no JSON schemas.
reader = chat.with_structured_output(Person, method="function_calling")
print(reader.invoke("Ada Kruse is 36 years old and lives in Kiel."))

embeddings = OpenAIEmbeddings(
    model="text-embedding-bge-m3",
    check_embedding_ctx_length=False,  # send texts, not token ids
    **service,
)
vectors = embeddings.embed_documents(["Water is blue.", "Grass is green."])
print(len(vectors), "vectors of", len(vectors[0]), "numbers")
