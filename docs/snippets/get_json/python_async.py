import asyncio
import json
import os

from openai import AsyncOpenAI

client = AsyncOpenAI(
    api_key=os.environ["API_KEY"],
    base_url=os.environ["BASE_URL"],
)

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


async def main():
    async with client:
        response = await client.chat.completions.create(
            model="gpt-4.1",
            messages=[
                {"role": "system", "content": "Extract who writes and why."},
                {"role": "user", "content": text},
            ],
            response_format=response_format,
        )
        request = json.loads(response.choices[0].message.content)
        print("Name:", request["name"])
        print("Email:", request["email"])
        print("Topic:", request["topic"])


asyncio.run(main())
