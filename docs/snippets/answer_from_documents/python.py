import math
import os

from openai import OpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = OpenAI(api_key=key, base_url=url)

QUESTION = "How long is lost property kept?"
PASSAGES = [
    "Tickets cost 6 euros for adults and 3 euros for children under 16.",
    "Lost property is kept at the front desk for 14 days.",
    "Lockers take a 1-euro coin, which you get back.",
]
RULES = (
    "Answer from the sources only. Cite the number of each source, such as [1]. "
    'If the sources do not contain the answer, say "Not in the documents."'
)


def similarity(a, b):
    product = sum(x * y for x, y in zip(a, b, strict=True))
    return product / (math.hypot(*a) * math.hypot(*b))


embeddings = client.embeddings.create(
    model="text-embedding-bge-m3",
    input=[QUESTION, *PASSAGES],
    encoding_format="float",
)
asked, *vectors = [item.embedding for item in embeddings.data]
scores = [similarity(asked, vector) for vector in vectors]
ranked = sorted(zip(scores, PASSAGES, strict=True), reverse=True)
sources = [f"[{i}] {text}" for i, (_, text) in enumerate(ranked[:2], start=1)]
prompt = "\n\n".join([*sources, f"Question: {QUESTION}"])
response = client.chat.completions.create(
    model="gpt-oss-120b",
    messages=[
        {"role": "system", "content": RULES},
        {"role": "user", "content": prompt},
    ],
)
print(response.choices[0].message.content)
print(*sources, sep="\n")
