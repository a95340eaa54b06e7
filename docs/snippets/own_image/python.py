import base64
import os
from pathlib import Path

from openai import OpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = OpenAI(api_key=key, base_url=url)

encoded = base64.b64encode(Path("harbor.jpg").read_bytes()).decode()
image_url = f"data:image/jpeg;base64,{encoded}"
content = [
    {"type": "text", "text": "Describe this image in one sentence."},
    {"type": "image_url", "image_url": {"url": image_url}},
]
response = client.chat.completions.create(
    model="mistral-medium-3",
    messages=[{"role": "user", "content": content}],
)
print(response.choices[0].message.content)
