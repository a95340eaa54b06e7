import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def count_thoughts(model, question):
    response = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": question}],
    )
    details = response.usage.completion_tokens_details
    return details.reasoning_tokens if details else "unknown"


for model in ("gpt-oss-120b", "Qwen3-30B-A3B-FP8"):
    for question in ("What is an API key? /no_think", "/no_think What is an API key?"):
        print(f"{model}, {question}", "Thoughts:", count_thoughts(model, question))
