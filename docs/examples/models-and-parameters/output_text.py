import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
response = client.responses.create(model="gpt-5-mini", input="What is an API key?")

try:
    print(response.output[0].content[0].text)
except TypeError as error:
    print("TypeError:", error)
else:
    raise SystemExit("The first item is a message.")

print("Items:", [item.type for item in response.output])
print(response.output_text)
