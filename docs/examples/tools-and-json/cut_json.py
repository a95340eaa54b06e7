import json
import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "city": {"type": "string"}},
    "required": ["name", "city"],
    "additionalProperties": False,
}
wanted = {"name": "person", "strict": True, "schema": SCHEMA}

for limit in (50, 1000):
    response = client.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": "Ada Kruse lives in Kiel."}],
        response_format={"type": "json_schema", "json_schema": wanted},
        max_completion_tokens=limit,
        reasoning_effort="low",
    )
    choice = response.choices[0]
    print(f"At most {limit} tokens, finish_reason {choice.finish_reason}:")
    try:
        print(" ", json.loads(choice.message.content or ""))
    except json.JSONDecodeError as error:
        print("  JSONDecodeError:", error)
        print(" ", choice.message.content or "(empty)")
