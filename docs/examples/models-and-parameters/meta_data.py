import os

import httpx2
from openai import DefaultHttpx2Client, OpenAI


# Stands for another OpenAI-compatible server, without the extension.
def other_server(request):
    model = {"id": "a-model", "object": "model", "created": 0, "owned_by": ""}
    return httpx2.Response(200, json={"object": "list", "data": [model]})


def place(model):
    data = getattr(model, "meta_data", None) or {}
    return (data.get("deployment_country") or "unknown").strip()


transport = httpx2.MockTransport(other_server)
http_client = DefaultHttpx2Client(transport=transport)
server = {"api_key": "any", "base_url": "https://other.example/v1"}
(other_model,) = OpenAI(**server, http_client=http_client).models.list()
try:
    print(other_model.meta_data["deployment_country"])
except AttributeError as error:
    print("AttributeError:", error)
else:
    raise SystemExit("The other server has meta_data.")
print(other_model.id, "runs in:", place(other_model))

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])
model = client.models.retrieve("Mistral-Small-3")
raw = model.meta_data["deployment_country"]
print(f"{raw!r} -> {place(model)!r}")
