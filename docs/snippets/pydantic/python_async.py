import asyncio
import os
from typing import Literal

import openai
from openai import AsyncOpenAI
from pydantic import BaseModel

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = AsyncOpenAI(api_key=key, base_url=url)

text = "I am Mara Klein (mara@example.com). My invoice is wrong."


class Ticket(BaseModel):
    name: str
    email: str
    topic: Literal["invoice", "delivery", "other"]


async def main():
    async with client:
        try:
            response = await client.chat.completions.parse(
                model="gpt-5-mini",
                messages=[
                    {"role": "system", "content": "Extract who writes and why."},
                    {"role": "user", "content": text},
                ],
                response_format=Ticket,
            )
        except openai.LengthFinishReasonError:
            raise SystemExit("The answer was cut off: allow more tokens.") from None
        message = response.choices[0].message
        if message.parsed is None:
            raise SystemExit(f"The model did not answer: {message.refusal}")
        ticket = message.parsed
        print("Name:", ticket.name)
        print("Email:", ticket.email)
        print("Topic:", ticket.topic)


asyncio.run(main())
