import base64
import io
import os
import random

from openai import APIStatusError, OpenAI
from PIL import Image

client = OpenAI(api_key=os.environ["API_KEY"], base_url=os.environ["BASE_URL"])


def ask(image, kind):
    file = io.BytesIO()
    image.save(file, kind)
    data = base64.b64encode(file.getvalue()).decode()
    print(f"{kind}, {len(data) / 1e6:.1f} MB:", end=" ")
    url = f"data:image/{kind.lower()};base64,{data}"
    parts = [
        {"type": "text", "text": "How large is this image?"},
        {"type": "image_url", "image_url": {"url": url}},
    ]
    response = client.chat.completions.create(
        model="Qwen3-VL-30B-A3B-Instruct-FP8",
        messages=[{"role": "user", "content": parts}],
        temperature=0,
    )
    return response.choices[0].message.content


# Noise, because like a photo it cannot be compressed much.
noise = random.Random(1).randbytes(1600 * 1200 * 3)
image = Image.frombytes("RGB", (1600, 1200), noise)
try:
    print(ask(image, "PNG"))
except APIStatusError as error:
    print(error.status_code, error.body)
else:
    raise SystemExit("The image was accepted.")

image.thumbnail((768, 768))
print(ask(image, "JPEG"))
