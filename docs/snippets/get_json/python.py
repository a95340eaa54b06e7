import json
import os

from openai import OpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = OpenAI(api_key=key, base_url=url)

text = "I am Mara Klein (mara@example.com). My invoice is wrong."
schema = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "email": {"type": "string"},
        "topic": {"type": "string", "enum": ["invoice", "delivery", "other"]},
    },
    "required": ["name", "email", "topic"],
    "additionalProperties": False,
}
response_format = {
    "type": "json_schema",
    "json_schema": {"name": "request", "strict": True, "schema": schema},
}

response = client.chat.completions.create(
    model="gpt-5-mini",
    messages=[
        {"role": "system", "content": "Extract who writes and why."},
        {"role": "user", "content": text},
    ],
    response_format=response_format,
)
choice = response.choices[0]
if choice.finish_reason != "stop" or not choice.message.content:
    reason = choice.message.refusal or choice.finish_reason
    raise SystemExit(f"There is no complete answer: {reason}")
request = json.loads(choice.message.content)
print("Name:", request["name"])
print("Email:", request["email"])
print("Topic:", request["topic"])
