import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])

prompt = "The capital of Germany is"
completion = client.completions.create(
    model="Llama-3.3-70B-Instruct",
    prompt=prompt,
    temperature=0,
    max_tokens=40,
    stop=".",
)
print(prompt + completion.choices[0].text)
