import json
import os

from openai import OpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = OpenAI(api_key=key, base_url=url)

text = """\
I lost a blue cap on Sunday.
I miss my watch.
My red bag is gone."""
item = {
    "type": "object",
    "properties": {
        "item": {"type": "string", "enum": ["bag", "cap", "watch", "other"]},
        "color": {"type": ["string", "null"], "enum": ["blue", "red", None]},
        "day": {"type": ["string", "null"]},
    },
    "required": ["item", "color", "day"],
    "additionalProperties": False,
}
schema = {
    "type": "object",
    "properties": {"items": {"type": "array", "items": item}},
    "required": ["items"],
    "additionalProperties": False,
}
response_format = {
    "type": "json_schema",
    "json_schema": {"name": "lost_property", "strict": True, "schema": schema},
}

response = client.chat.completions.create(
    model="gpt-5-mini",
    messages=[
        {"role": "system", "content": "List the lost property."},
        {"role": "user", "content": text},
    ],
    response_format=response_format,
)
choice = response.choices[0]
if choice.finish_reason != "stop" or not choice.message.content:
    reason = choice.message.refusal or choice.finish_reason
    raise SystemExit(f"There is no complete answer: {reason}")
for row in json.loads(choice.message.content)["items"]:
    print(*(value or "-" for value in row.values()), sep=" | ")
