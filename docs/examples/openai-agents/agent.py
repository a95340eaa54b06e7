import os
from typing import Literal

from agents import (
    Agent,
    OpenAIChatCompletionsModel,
    Runner,
    SQLiteSession,
    function_tool,
    set_tracing_disabled,
)
from openai import APIStatusError, AsyncOpenAI
from pydantic import BaseModel

set_tracing_disabled(True)  # or the texts of each run go to api.openai.com

client = AsyncOpenAI(
    api_key=os.environ["API_KEY"],
    base_url=os.environ["BASE_URL"],
)
model = OpenAIChatCompletionsModel("gpt-oss-120b", client)


@function_tool
def get_price(ticket: Literal["adult", "family"]) -> str:
    """Get the price of a ticket."""
    return {"adult": "8 euros", "family": "19 euros"}[ticket]


clerk = Agent("Clerk", tools=[get_price], model=model)
session = SQLiteSession("a visitor")  # in memory, without a file's name
for ticket in ("a family ticket", "an adult ticket"):
    question = f"What does {ticket} cost?"
    print(Runner.run_sync(clerk, question, session=session).final_output)


class Person(BaseModel):
    name: str
    age: int


reader = Agent("Reader", output_type=Person, model=model)
try:
    print(Runner.run_sync(reader, "Ada Kruse is 36 years old.").final_output)
except APIStatusError as error:  # this model has no JSON schemas
    print(error)
    print(error.body["detail"])
