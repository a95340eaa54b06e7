import os
from typing import Literal

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # before the import

from haystack.components.agents import Agent
from haystack.components.embedders import OpenAITextEmbedder
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage
from haystack.tools import tool
from haystack.utils import Secret

service = {
    "api_key": Secret.from_env_var("API_KEY"),
    "api_base_url": os.environ["BASE_URL"],
}


@tool
def get_price(ticket: Literal["adult", "family"]) -> str:
    """Get the price of a ticket."""
    return {"adult": "8 euros", "family": "19 euros"}[ticket]


chat = OpenAIChatGenerator(model="gpt-oss-120b", **service)
clerk = Agent(chat_generator=chat, tools=[get_price])
question = ChatMessage.from_user("What does a family ticket cost?")
print(clerk.run(messages=[question])["last_message"].text)

embedder = OpenAITextEmbedder(model="text-embedding-bge-m3", **service)
print(len(embedder.run("Water is blue.")["embedding"]), "numbers")
