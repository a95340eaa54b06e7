import base64
import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])

response = client.images.generate(model="gpt-image-1", prompt="A red boat on the sea")
image = response.data[0]
print("url:", image.url)
data = base64.b64decode(image.b64_json)
print("b64_json: a file of the type", data[1:4].decode())
