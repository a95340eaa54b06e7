import json
import os

from openai import OpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = OpenAI(api_key=key, base_url=url)


def get_weather(city):
    # A real function would look the city up.
    return {"temperature": "14 degrees Celsius"}


functions = {"get_weather": get_weather}
tools = [
    {
        "type": "function",
        "name": "get_weather",
        "description": "Look up the weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    }
]
items = [{"role": "user", "content": "How warm is it in Leipzig?"}]
for _ in range(5):
    response = client.responses.create(
        model="gpt-5-mini",
        input=items,
        tools=tools,
    )
    items += response.output
    calls = [item for item in response.output if item.type == "function_call"]
    if not calls:
        print("Answer:", response.output_text)
        break
    for call in calls:
        print("Call:", call.name, call.arguments)
        arguments = json.loads(call.arguments)
        result = json.dumps(functions[call.name](**arguments))
        reply = {"call_id": call.call_id, "output": result}
        items.append({"type": "function_call_output", **reply})
else:
    print("No answer after five rounds.")
