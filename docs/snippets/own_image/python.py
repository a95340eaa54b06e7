import base64
import os
from pathlib import Path

from openai import OpenAI

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])

encoded = base64.b64encode(Path("harbor.jpg").read_bytes()).decode()
image_url = f"data:image/jpeg;base64,{encoded}"
content = [
    {"type": "text", "text": "Describe this picture in one sentence."},
    {"type": "image_url", "image_url": {"url": image_url}},
]
response = client.chat.completions.create(
    model="Qwen3-VL-30B-A3B-Instruct-FP8",
    messages=[{"role": "user", "content": content}],
    temperature=0,
)
print(response.choices[0].message.content)
