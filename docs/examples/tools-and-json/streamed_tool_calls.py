import json
import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
CITY = {"type": "object", "properties": {"city": {"type": "string"}}}
FORECAST = {
    "type": "function",
    "function": {
        "name": "get_forecast",
        "description": "Get the weather forecast for a city.",
        "parameters": CITY,
    },
}


def pieces():
    for chunk in client.chat.completions.create(
        model="gpt-oss-120b",
        messages=[{"role": "user", "content": "Forecast for Kiel and for Ulm"}],
        tools=[FORECAST],
        stream=True,
    ):
        if chunk.choices:
            yield from chunk.choices[0].delta.tool_calls or []


try:
    arguments = [piece.function.arguments or "" for piece in pieces()]
    print(json.loads("".join(arguments)))
except json.JSONDecodeError as error:
    print("JSONDecodeError:", error)
else:
    raise SystemExit("There was one call only.")

calls = {}
for piece in pieces():
    call = calls.setdefault(piece.index, {"name": "", "arguments": ""})
    call["name"] += piece.function.name or ""
    call["arguments"] += piece.function.arguments or ""
for index, call in calls.items():
    print(index, call["name"], json.loads(call["arguments"]))
