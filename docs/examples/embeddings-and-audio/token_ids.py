import os

from openai import BadRequestError, OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
model = "text-embedding-bge-m3"

try:
    # Ids of tokens in place of a text, as LangChain sends them.
    client.embeddings.create(model=model, input=[[101, 102, 103]])
except BadRequestError as error:
    print(error.body)
else:
    raise SystemExit("The token ids were accepted.")

response = client.embeddings.create(model=model, input=["Water is blue."])
print(len(response.data[0].embedding), "numbers")
