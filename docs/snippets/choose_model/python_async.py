import asyncio
import os

from openai import AsyncOpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = AsyncOpenAI(api_key=key, base_url=url)

PREFERRED = "gpt-oss-120b"


def fits(model):
    meta_data = getattr(model, "meta_data", None) or {}
    chats = meta_data.get("model_type") == "LLM"
    return chats and "Germany" in (meta_data.get("deployment_country") or "")


async def main():
    async with client:
        fitting = [model.id async for model in client.models.list() if fits(model)]
        if not fitting:
            raise LookupError("No model of yours says that it is an LLM in Germany.")
        chosen = PREFERRED if PREFERRED in fitting else fitting[0]
        print("Models that fit:", len(fitting))
        print("Chosen:", chosen)


asyncio.run(main())
