import base64
import io
import os
import random

from openai import APIStatusError, OpenAI
from PIL import Image

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def ask(picture, kind):
    file = io.BytesIO()
    picture.save(file, kind)
    data = base64.b64encode(file.getvalue()).decode()
    print(f"{kind}, {len(data) / 1e6:.1f} MB:", end=" ")
    url = f"data:image/{kind.lower()};base64,{data}"
    parts = [
        {"type": "text", "text": "How large is this picture?"},
        {"type": "image_url", "image_url": {"url": url}},
    ]
    response = client.chat.completions.create(
        model="Qwen3-VL-30B-A3B-Instruct-FP8",
        messages=[{"role": "user", "content": parts}],
        temperature=0,
    )
    return response.choices[0].message.content


# Noise stands for a photo: neither can be packed much.
noise = random.Random(1).randbytes(1600 * 1200 * 3)
picture = Image.frombytes("RGB", (1600, 1200), noise)
try:
    print(ask(picture, "PNG"))
except APIStatusError as error:
    print(error.status_code, error.body)
else:
    raise SystemExit("The picture was accepted.")

picture.thumbnail((768, 768))
print(ask(picture, "JPEG"))
