import asyncio
import json
import os

from openai import AsyncOpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = AsyncOpenAI(api_key=key, base_url=url)


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


async def main():
    async with client:
        messages = [{"role": "user", "content": "How warm is it in Leipzig?"}]
        for _ in range(5):
            response = await client.chat.completions.create(
                model="gpt-oss-120b",
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
        else:
            print("No answer after five rounds.")


asyncio.run(main())
