import json
import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def get_weather(city):
    # A real function would look the city up.
    return {"temperature": "14 degrees Celsius"}


functions = {"get_weather": get_weather}
tools = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Look up the weather of a city",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
        },
    }
]
messages = [{"role": "user", "content": "How warm is it in Leipzig?"}]
for _ in range(5):
    response = client.chat.completions.create(
        model="gpt-4.1",
        messages=messages,
        tools=tools,
    )
    message = response.choices[0].message
    if not message.tool_calls:
        print("Answer:", message.content)
        break
    messages.append(message)
    for call in message.tool_calls:
        print("Call:", call.function.name, call.function.arguments)
        function = functions[call.function.name]
        arguments = json.loads(call.function.arguments)
        result = json.dumps(function(**arguments))
        reply = {"role": "tool", "tool_call_id": call.id, "content": result}
        messages.append(reply)
