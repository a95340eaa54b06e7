import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])

for model in client.models.list():
    about = getattr(model, "meta_data", None) or {}
    tokens = about.get("max_sequence_length") or 0
    context = f"{tokens:,}" if tokens else "-"  # 0: not stated
    size = about.get("hidden_size") or "-"
    place = (about.get("deployment_country") or "unknown").strip()
    print(f"{model.id:<32}{context:>10}{size:>6}  {place}")
