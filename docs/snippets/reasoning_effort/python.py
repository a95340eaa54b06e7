import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])

question = "How much is 17 times 23?"
response = client.chat.completions.create(
    model="o4-mini",
    messages=[{"role": "user", "content": question}],
    reasoning_effort="low",
)
print(response.choices[0].message.content)
print("Tokens out, with the thinking:", response.usage.completion_tokens)
