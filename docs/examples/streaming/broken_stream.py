import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def ask(fault=None):
    text, finish_reason = "", None
    for chunk in client.chat.completions.create(
        model="mistral-medium-3",
        messages=[{"role": "user", "content": "What is an API key?"}],
        temperature=0,
        stream=True,
        extra_headers={"X-Sandbox-Fault": fault} if fault else None,
    ):
        if chunk.choices:
            text += chunk.choices[0].delta.content or ""
            finish_reason = chunk.choices[0].finish_reason or finish_reason
    return text, finish_reason


for fault in ("broken-stream", None):
    text, finish_reason = ask(fault)
    complete = "complete" if finish_reason else "broken off"
    print(f"{complete}, finish_reason {finish_reason}: ...{text[-30:]}")
