import base64
import os
import struct
from pathlib import Path

from openai import OpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = OpenAI(api_key=key, base_url=url)

response = client.images.generate(
    model="gpt-image-1",
    prompt="Three red boats on the sea at sunset",
)
data = base64.b64decode(response.data[0].b64_json)
Path("image.png").write_bytes(data)
width, height = struct.unpack(">II", data[16:24])
print(f"Saved image.png: {width} x {height} pixels")
