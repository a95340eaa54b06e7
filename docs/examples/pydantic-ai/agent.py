import os
from typing import Literal

from pydantic import BaseModel
from pydantic_ai import Agent, NativeOutput
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

service = OpenAIProvider(
    api_key=os.environ["API_KEY"],
    base_url=os.environ["BASE_URL"],
)
model = OpenAIChatModel("gpt-oss-120b", provider=service)
clerk = Agent(model, model_settings={"temperature": 0})


@clerk.tool_plain
def get_price(ticket: Literal["adult", "family"]) -> str:
    """Get the price of a ticket."""
    return {"adult": "8 euros", "family": "19 euros"}[ticket]


print(clerk.run_sync("What does a family ticket cost?").output)


class Person(BaseModel):
    name: str
    age: int


text = "Ada Kruse is 36 years old and lives in Kiel."
print(Agent(model, output_type=Person).run_sync(text).output)

try:
    print(Agent(model, output_type=NativeOutput(Person)).run_sync(text).output)
except ModelHTTPError as error:  # this model has no JSON schemas
    print(error.status_code, error.body["detail"])
