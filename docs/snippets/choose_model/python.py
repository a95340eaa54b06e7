import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])

PREFERRED = "Llama-3.3-70B-Instruct"


def fits(model):
    meta_data = getattr(model, "meta_data", None) or {}
    chats = meta_data.get("model_type") == "LLM"
    return chats and "Germany" in (meta_data.get("deployment_country") or "")


fitting = [model.id for model in client.models.list() if fits(model)]
if not fitting:
    raise LookupError("No model of yours says that it is an LLM in Germany.")
chosen = PREFERRED if PREFERRED in fitting else fitting[0]
print("Models that fit:", len(fitting))
print("Chosen:", chosen)
