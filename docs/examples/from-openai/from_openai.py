import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])

response = client.chat.completions.create(
    model="gpt-oss-120b",  # one of your key's models
    messages=[{"role": "user", "content": "Why is the sky blue?"}],
    temperature=0,
)
print(response.choices[0].message.content)
